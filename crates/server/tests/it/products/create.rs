//! Products, as clients see them: create.

use keystead_testkit::World;
use serde_json::json;

use super::{made, product};

#[tokio::test]
async fn a_product_is_answered_as_a_document_with_its_address() {
    let w = World::start().await;

    let answer = made(
        &w,
        json!({
            "name": "Aurora Studio",
            "code": "aurora",
            "url": "https://aurora.example",
            "platforms": ["macOS", "Windows"],
            "permissions": ["license.validate", "license.create", "license.read"],
            "metadata": { "tier": "gold", "Sales Region": { "Country-Code": "de" } },
        }),
    )
    .await;

    let place = format!("/v1/accounts/{}/products/{}", w.account(), answer.id());
    assert_eq!(answer.header("location"), format!("{}{place}", w.base()));
    insta::assert_snapshot!(serde_json::to_string_pretty(&answer.body).unwrap(), @r#"
    {
      "data": {
        "id": "00000000-0000-7000-8000-000000001004",
        "type": "products",
        "attributes": {
          "name": "Aurora Studio",
          "code": "aurora",
          "distributionStrategy": "LICENSED",
          "url": "https://aurora.example",
          "platforms": [
            "macOS",
            "Windows"
          ],
          "permissions": [
            "license.create",
            "license.read",
            "license.validate"
          ],
          "metadata": {
            "tier": "gold",
            "salesRegion": {
              "countryCode": "de"
            }
          },
          "created": "2026-01-01T00:00:00.000Z",
          "updated": "2026-01-01T00:00:00.000Z"
        },
        "relationships": {
          "account": {
            "links": {
              "related": "/v1/accounts/00000000-0000-7000-8000-000000000001"
            },
            "data": {
              "type": "accounts",
              "id": "00000000-0000-7000-8000-000000000001"
            }
          },
          "environment": {
            "links": {
              "related": null
            },
            "data": null
          },
          "policies": {
            "links": {
              "related": "/v1/accounts/00000000-0000-7000-8000-000000000001/products/00000000-0000-7000-8000-000000001004/policies"
            }
          },
          "licenses": {
            "links": {
              "related": "/v1/accounts/00000000-0000-7000-8000-000000000001/products/00000000-0000-7000-8000-000000001004/licenses"
            }
          },
          "machines": {
            "links": {
              "related": "/v1/accounts/00000000-0000-7000-8000-000000000001/products/00000000-0000-7000-8000-000000001004/machines"
            }
          },
          "users": {
            "links": {
              "related": "/v1/accounts/00000000-0000-7000-8000-000000000001/products/00000000-0000-7000-8000-000000001004/users"
            }
          },
          "tokens": {
            "links": {
              "related": "/v1/accounts/00000000-0000-7000-8000-000000000001/products/00000000-0000-7000-8000-000000001004/tokens"
            }
          },
          "platforms": {
            "links": {
              "related": "/v1/accounts/00000000-0000-7000-8000-000000000001/products/00000000-0000-7000-8000-000000001004/platforms"
            }
          },
          "channels": {
            "links": {
              "related": "/v1/accounts/00000000-0000-7000-8000-000000000001/products/00000000-0000-7000-8000-000000001004/channels"
            }
          },
          "releases": {
            "links": {
              "related": "/v1/accounts/00000000-0000-7000-8000-000000000001/products/00000000-0000-7000-8000-000000001004/releases"
            }
          },
          "artifacts": {
            "links": {
              "related": "/v1/accounts/00000000-0000-7000-8000-000000000001/products/00000000-0000-7000-8000-000000001004/artifacts"
            }
          }
        },
        "links": {
          "self": "/v1/accounts/00000000-0000-7000-8000-000000000001/products/00000000-0000-7000-8000-000000001004"
        }
      }
    }
    "#);
}

#[tokio::test]
async fn a_name_is_enough() {
    let w = World::start().await;

    let answer = made(&w, json!({ "name": "Aurora" })).await;

    let attributes = answer.at("/data/attributes");
    assert_eq!(attributes["distributionStrategy"], "LICENSED");
    for absent in ["code", "url", "platforms"] {
        assert_eq!(attributes[absent], json!(null), "{absent}");
    }
    assert_eq!(attributes["metadata"], json!({}));
    assert_eq!(attributes["permissions"].as_array().unwrap().len(), 109);
}

#[tokio::test]
async fn keys_are_accepted_in_any_spelling_and_null_counts_as_absent() {
    let w = World::start().await;

    let answer = made(
        &w,
        json!({
            "Name": "Aurora",
            "distribution-strategy": "OPEN",
            "URL": null,
            "code": null,
            "platforms": null,
        }),
    )
    .await;

    assert_eq!(answer.at("/data/attributes/distributionStrategy"), "OPEN");
    assert_eq!(answer.at("/data/attributes/url"), &json!(null));

    let singular = json!({ "data": { "type": "product", "attributes": {
        "name": "Borealis", "distributionStrategy": null,
    } } });
    let answer = w.admin().post("/products", singular).await.expect(201);
    assert_eq!(
        answer.at("/data/attributes/distributionStrategy"),
        "LICENSED"
    );
}

#[tokio::test]
async fn a_document_of_the_wrong_shape_is_refused_at_its_first_fault() {
    let w = World::start().await;

    #[rustfmt::skip]
    let table = [
        (json!({}),                                                     "/data",                          "is missing"),
        (json!({ "data": null }),                                       "/data",                          "cannot be null"),
        (json!({ "data": [] }),                                         "/data",                          "type mismatch (received array expected object)"),
        (json!({ "data": { "type": "products" } }),                     "/data/attributes",               "is missing"),
        (json!({ "data": { "attributes": { "name": "A" } } }),          "/data/type",                     "is missing"),
        (json!({ "data": { "type": "policies", "attributes": { "name": "A" } } }), "/data/type",          "is invalid"),
        (json!({ "data": { "type": "products", "id": "x", "attributes": { "name": "A" } } }), "/data/id", "unpermitted parameter"),
        (product(json!({})),                                            "/data/attributes/name",          "is missing"),
        (product(json!({ "name": null })),                              "/data/attributes/name",          "cannot be null"),
        (product(json!({ "name": 1 })),                                 "/data/attributes/name",          "type mismatch (received integer expected string)"),
        (product(json!({ "name": "A", "code": "" })),                   "/data/attributes/code",          "cannot be blank"),
        (product(json!({ "name": "A", "url": [] })),                    "/data/attributes/url",           "type mismatch (received array expected string)"),
        (product(json!({ "name": "A", "platforms": "mac" })),           "/data/attributes/platforms",     "type mismatch (received string expected array)"),
        (product(json!({ "name": "A", "platforms": ["mac", 1] })),      "/data/attributes/platforms/1",   "type mismatch (received integer expected string)"),
        (product(json!({ "name": "A", "Shoe_Size": 1 })),               "/data/attributes/shoeSize",      "unpermitted parameter"),
        (product(json!({ "name": "A", "metadata": 7 })),                "/data/attributes/metadata",      "type mismatch (received integer expected object)"),
        (product(json!({ "name": "A", "metadata": { "a": { "b": { "c": {} } } } })), "/data/attributes/metadata/a/b/c", "maximum depth of 2 exceeded"),
    ];
    for (body, pointer, detail) in table {
        let answer = w.admin().post("/products", body.clone()).await.expect(400);
        assert_eq!(
            (answer.pointer(), answer.detail()),
            (pointer, detail),
            "{body}"
        );
        assert_eq!(answer.at("/errors/0/title"), "Bad request", "{body}");
        assert_eq!(answer.at("/errors/0/code"), &json!(null), "{body}");
        assert_eq!(answer.at("/errors").as_array().unwrap().len(), 1, "{body}");
    }
}

#[tokio::test]
async fn everything_that_breaks_a_rule_is_told_at_once() {
    let w = World::start().await;
    let broken = product(json!({
        "name": "x".repeat(256),
        "code": "actions",
        "distributionStrategy": "SECRET",
        "url": "ftp://aurora.example",
        "permissions": ["admin.create"],
        "metadata": { "k": "x".repeat(17_000) },
    }));

    let answer = w.admin().post("/products", broken).await.expect(422);

    insta::assert_snapshot!(serde_json::to_string_pretty(answer.at("/errors")).unwrap(), @r#"
    [
      {
        "title": "Unprocessable resource",
        "detail": "is too long (maximum is 255 characters)",
        "code": "NAME_TOO_LONG",
        "source": {
          "pointer": "/data/attributes/name"
        },
        "links": {
          "about": "https://keystead.dev/docs/api/products/#products-object-attrs-name"
        }
      },
      {
        "title": "Unprocessable resource",
        "detail": "is reserved",
        "code": "CODE_NOT_ALLOWED",
        "source": {
          "pointer": "/data/attributes/code"
        },
        "links": {
          "about": "https://keystead.dev/docs/api/products/#products-object-attrs-code"
        }
      },
      {
        "title": "Unprocessable resource",
        "detail": "unsupported distribution strategy",
        "code": "DISTRIBUTION_STRATEGY_NOT_ALLOWED",
        "source": {
          "pointer": "/data/attributes/distributionStrategy"
        },
        "links": {
          "about": "https://keystead.dev/docs/api/products/#products-object-attrs-distributionStrategy"
        }
      },
      {
        "title": "Unprocessable resource",
        "detail": "must be a valid URL using one of the following protocols: https, http",
        "code": "URL_PROTOCOL_INVALID",
        "source": {
          "pointer": "/data/attributes/url"
        },
        "links": {
          "about": "https://keystead.dev/docs/api/products/#products-object-attrs-url"
        }
      },
      {
        "title": "Unprocessable resource",
        "detail": "unsupported permissions",
        "code": "PERMISSIONS_NOT_ALLOWED",
        "source": {
          "pointer": "/data/attributes/permissions"
        },
        "links": {
          "about": "https://keystead.dev/docs/api/products/#products-object-attrs-permissions"
        }
      },
      {
        "title": "Unprocessable resource",
        "detail": "too large (exceeded limit of 16384 bytes)",
        "code": "METADATA_TOO_LONG",
        "source": {
          "pointer": "/data/attributes/metadata"
        },
        "links": {
          "about": "https://keystead.dev/docs/api/products/#products-object-attrs-metadata"
        }
      }
    ]
    "#);
}

#[tokio::test]
async fn each_rule_has_its_code() {
    let w = World::start().await;
    made(&w, json!({ "name": "Taken", "code": "taken" })).await;
    let keys: serde_json::Map<_, _> = (0..65).map(|n| (format!("k{n}"), json!(n))).collect();

    #[rustfmt::skip]
    let table = [
        (json!({ "name": " " }),                                   "name",        "NAME_MISSING",           "can't be blank"),
        (json!({ "name": "A", "code": "TAKEN" }),                  "code",        "CODE_TAKEN",             "has already been taken"),
        (json!({ "name": "A", "code": "5f6c1a52-6f5e-4a0c-9d4e-2f1f7a0f3b11" }), "code", "CODE_INVALID",   "is invalid"),
        (json!({ "name": "A", "url": "https://localhost" }),       "url",         "URL_HOST_INVALID",       "must be a URL with a valid host"),
        (json!({ "name": "A", "url": "https://a b.example" }),     "url",         "URL_INVALID",            "must be a valid URL"),
        (json!({ "name": "A", "permissions": ["no.such"] }),       "permissions", "PERMISSIONS_NOT_ALLOWED", "unsupported permissions"),
        (json!({ "name": "A", "permissions": ["license.read", "license.read"] }), "permissions", "PERMISSIONS_NOT_ALLOWED", "unsupported permissions"),
        (json!({ "name": "A", "metadata": keys }),                 "metadata",    "METADATA_TOO_LONG",      "too many keys (exceeded limit of 64 keys)"),
    ];
    for (attributes, name, code, detail) in table {
        let answer = w
            .admin()
            .post("/products", product(attributes.clone()))
            .await
            .expect(422);
        let pointer = format!("/data/attributes/{name}");
        assert_eq!(
            (answer.pointer(), answer.code(), answer.detail()),
            (pointer.as_str(), code, detail),
            "{attributes}"
        );
    }
}

#[tokio::test]
async fn of_two_racing_for_a_code_one_gets_it() {
    let w = World::start().await;
    let admin = w.admin();
    let body = product(json!({ "name": "Aurora", "code": "aurora" }));

    let (a, b) = tokio::join!(
        admin.post("/products", body.clone()),
        admin.post("/products", body.clone()),
    );

    assert_eq!(u32::from(a.created()) + u32::from(b.created()), 1);
    let refused = if a.created() { b } else { a };
    assert_eq!(refused.code(), "CODE_TAKEN");
    let list = w.admin().get("/products").await.expect(200);
    assert_eq!(list.at("/data").as_array().unwrap().len(), 1);
}
