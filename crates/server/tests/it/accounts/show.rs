//! Accounts, as clients see them: show.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use keystead_testkit::World;
use reqwest::Method;
use serde_json::{Value, json};

use crate::users::staff;

fn decoded(value: &Value) -> String {
    String::from_utf8(
        STANDARD
            .decode(value.as_str().expect("base64 of text"))
            .expect("base64 of text"),
    )
    .expect("base64 of text")
}

#[tokio::test]
async fn the_account_shows_itself_with_its_public_keys() {
    let w = World::start().await;

    let answer = w.admin().get("").await.expect(200);

    let mut body = answer.body.clone();
    let meta = body["data"]["meta"].take();
    insta::assert_snapshot!(serde_json::to_string_pretty(&body).unwrap(), @r#"
    {
      "data": {
        "id": "00000000-0000-7000-8000-000000000001",
        "type": "accounts",
        "attributes": {
          "name": "Acme",
          "slug": "acme",
          "apiVersion": "1.8",
          "status": "SUBSCRIBED",
          "protected": true,
          "created": "2026-01-01T00:00:00.000Z",
          "updated": "2026-01-01T00:00:00.000Z"
        },
        "relationships": {
          "settings": {
            "links": {
              "related": "/v1/accounts/00000000-0000-7000-8000-000000000001/settings"
            }
          },
          "webhookEndpoints": {
            "links": {
              "related": "/v1/accounts/00000000-0000-7000-8000-000000000001/webhook-endpoints"
            }
          },
          "webhookEvents": {
            "links": {
              "related": "/v1/accounts/00000000-0000-7000-8000-000000000001/webhook-events"
            }
          },
          "products": {
            "links": {
              "related": "/v1/accounts/00000000-0000-7000-8000-000000000001/products"
            }
          },
          "platforms": {
            "links": {
              "related": "/v1/accounts/00000000-0000-7000-8000-000000000001/platforms"
            }
          },
          "arches": {
            "links": {
              "related": "/v1/accounts/00000000-0000-7000-8000-000000000001/arches"
            }
          },
          "channels": {
            "links": {
              "related": "/v1/accounts/00000000-0000-7000-8000-000000000001/channels"
            }
          },
          "releases": {
            "links": {
              "related": "/v1/accounts/00000000-0000-7000-8000-000000000001/releases"
            }
          },
          "artifacts": {
            "links": {
              "related": "/v1/accounts/00000000-0000-7000-8000-000000000001/artifacts"
            }
          },
          "policies": {
            "links": {
              "related": "/v1/accounts/00000000-0000-7000-8000-000000000001/policies"
            }
          },
          "users": {
            "links": {
              "related": "/v1/accounts/00000000-0000-7000-8000-000000000001/users"
            }
          },
          "keys": {
            "links": {
              "related": "/v1/accounts/00000000-0000-7000-8000-000000000001/keys"
            }
          },
          "licenses": {
            "links": {
              "related": "/v1/accounts/00000000-0000-7000-8000-000000000001/licenses"
            }
          },
          "machines": {
            "links": {
              "related": "/v1/accounts/00000000-0000-7000-8000-000000000001/machines"
            }
          },
          "components": {
            "links": {
              "related": "/v1/accounts/00000000-0000-7000-8000-000000000001/components"
            }
          },
          "processes": {
            "links": {
              "related": "/v1/accounts/00000000-0000-7000-8000-000000000001/processes"
            }
          },
          "tokens": {
            "links": {
              "related": "/v1/accounts/00000000-0000-7000-8000-000000000001/tokens"
            }
          }
        },
        "links": {
          "self": "/v1/accounts/00000000-0000-7000-8000-000000000001"
        },
        "meta": null
      }
    }
    "#);
    assert_eq!(decoded(&meta["keys"]["ed25519"]).len(), 64);
    assert!(decoded(&meta["keys"]["rsa2048"]).starts_with("-----BEGIN PUBLIC KEY-----"));
    assert!(decoded(&meta["keys"]["ecdsa"]).starts_with("-----BEGIN PUBLIC KEY-----"));
    assert_eq!(meta["publicKey"], meta["keys"]["rsa2048"]);
    assert_eq!(meta.as_object().unwrap().len(), 2);
}

#[tokio::test]
async fn the_account_is_found_by_id_and_by_slug() {
    let w = World::start().await;

    for name in [w.account(), "acme", "ACME"] {
        let path = format!("/v1/accounts/{name}");
        let answer = w
            .admin()
            .send_raw(Method::GET, &path, None)
            .await
            .expect(200);
        assert_eq!(answer.id(), w.account(), "{name}");
    }
    let path = "/v1/accounts/nobody";
    let missing = w
        .admin()
        .send_raw(Method::GET, path, None)
        .await
        .expect(404);
    assert_eq!(
        missing.detail(),
        "The requested account 'nobody' was not found"
    );
}

#[tokio::test]
async fn who_may_read_the_account_is_a_matter_of_permission() {
    let w = World::start().await;
    let product = w.product().await;
    let license = w.license().create().await;
    let permitted = w
        .license()
        .with("permissions", json!(["account.read"]))
        .create()
        .await;

    w.anyone().get("").await.expect(401);
    for role in ["developer", "sales-agent", "support-agent", "read-only"] {
        staff(&w, role).await.get("").await.expect(200);
    }
    w.bearer(&w.product_token(&product).await)
        .get("")
        .await
        .expect(200);
    license.holder.get("").await.expect(403);
    permitted.holder.get("").await.expect(200);
}

#[tokio::test]
async fn nobody_deletes_the_account() {
    let w = World::start().await;

    w.admin().delete("").await.expect(403);
    w.anyone().delete("").await.expect(401);
    w.admin().get("").await.expect(200);
}
