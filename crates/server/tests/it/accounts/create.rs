//! Accounts, as clients see them: create.

use keystead_server::config::Tenancy;
use keystead_testkit::{Answer, World};
use reqwest::Method;
use serde_json::{Value, json};

async fn many() -> World {
    World::with(|config| config.tenancy = Tenancy::Multi).await
}

fn founding(attributes: Value, admins: &[Value]) -> Value {
    let admins: Vec<_> = admins
        .iter()
        .map(|attributes| json!({ "type": "users", "attributes": attributes }))
        .collect();
    let plan = json!({ "type": "plans", "id": "00000000-0000-0000-0000-000000000000" });
    json!({ "data": {
        "type": "accounts",
        "attributes": attributes,
        "relationships": { "plan": { "data": plan }, "admins": { "data": admins } },
    } })
}

async fn found(w: &World, body: Value) -> Answer {
    let body = Some(body.to_string());
    w.anyone()
        .send_raw(Method::POST, "/v1/accounts", body)
        .await
}

fn ada() -> Value {
    json!({ "email": "Ada@Rival.example", "password": "a good password" })
}

#[tokio::test]
async fn anybody_founds_an_account_and_runs_it() {
    let w = many().await;
    let sent = founding(
        json!({ "name": "Rival", "slug": "rival", "protected": true }),
        &[ada()],
    );

    let founded = found(&w, sent).await.expect(201);

    let attributes = founded.at("/data/attributes");
    assert_eq!(attributes["name"], "Rival");
    assert_eq!(attributes["slug"], "rival");
    assert_eq!(attributes["protected"], true);
    assert_eq!(attributes["apiVersion"], "1.8");
    let location = founded.header("location");
    assert!(
        location.ends_with(&format!("/v1/accounts/{}", founded.id())),
        "{location}"
    );
    assert_eq!(
        founded.header("keygen-signature"),
        "",
        "nobody's key signs yet"
    );
    let token = w
        .token_of("rival", "ada@rival.example", "a good password")
        .await;
    let path = "/v1/accounts/rival/users?roles[]=admin";
    let admins = w
        .bearer(&token)
        .send_raw(Method::GET, path, None)
        .await
        .expect(200);
    assert_eq!(admins.at("/data").as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn an_account_speaks_the_version_it_was_founded_in() {
    let w = many().await;
    let sent = founding(json!({}), &[ada()]).to_string();

    let old = w.anyone().with("keygen-version", "1.5");
    let founded = old
        .send_raw(Method::POST, "/v1/accounts", Some(sent))
        .await
        .expect(201);

    assert_eq!(founded.at("/data/attributes/apiVersion"), "1.5");
}

#[tokio::test]
async fn names_that_nobody_gives_come_from_the_founders_address() {
    let w = many().await;

    let company = found(&w, founding(json!({}), &[ada()])).await.expect(201);
    assert_eq!(company.at("/data/attributes/slug"), "rival-example");
    assert_eq!(company.at("/data/attributes/name"), "rival.example");
    let again = found(&w, founding(json!({}), &[ada()])).await.expect(422);
    assert_eq!(again.pointer(), "/data/attributes/slug");
    assert!(again.detail().starts_with("already exists for this domain"));

    let grace = || json!({ "email": "grace_h@gmail.com" });
    let person = found(&w, founding(json!({}), &[grace()])).await.expect(201);
    assert_eq!(person.at("/data/attributes/slug"), "grace-h");
    let namesake = found(&w, founding(json!({}), &[grace()])).await.expect(201);
    let slug = namesake.at("/data/attributes/slug").as_str().unwrap();
    assert!(slug.starts_with("grace-h-"), "{slug}");
}

#[tokio::test]
async fn what_is_wrong_is_told_at_its_place_and_nothing_is_founded() {
    let w = many().await;
    let broken = json!({ "email": "no address", "password": "short" });

    let refused = found(&w, founding(json!({ "slug": "ACME" }), &[ada(), broken])).await;

    let refused = refused.expect(422);
    let told: Vec<_> = refused
        .at("/errors")
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["source"]["pointer"].as_str().unwrap())
        .collect();
    let admin = "/data/relationships/admins/data/1/attributes";
    assert_eq!(
        told,
        [
            format!("{admin}/email").as_str(),
            format!("{admin}/password").as_str(),
            "/data/attributes/slug",
            "/data/attributes/slug",
        ]
    );

    let twice = found(&w, founding(json!({ "slug": "twice" }), &[ada(), ada()]))
        .await
        .expect(422);
    assert_eq!(twice.pointer(), format!("{admin}/email"));
    w.anyone()
        .send_raw(Method::GET, "/v1/accounts/twice/me", None)
        .await
        .expect(404);

    for (sent, pointer) in [
        (founding(json!({}), &[]), "/data/relationships/admins/data"),
        (
            founding(json!({}), &vec![ada(); 11]),
            "/data/relationships/admins/data",
        ),
        (
            founding(
                json!({}),
                &[json!({ "email": "a@b.example", "role": "user" })],
            ),
            "/data/relationships/admins/data/0/attributes/role",
        ),
        (
            json!({ "data": { "type": "accounts", "relationships": {} } }),
            "/data/relationships/plan",
        ),
    ] {
        assert_eq!(found(&w, sent).await.expect(400).pointer(), pointer);
    }
}

#[tokio::test]
async fn one_of_two_gets_the_slug() {
    let w = many().await;
    let founding = |email: &str| founding(json!({ "slug": "rival" }), &[json!({ "email": email })]);

    let (a, b) = tokio::join!(
        found(&w, founding("ada@one.example")),
        found(&w, founding("bob@two.example")),
    );

    assert_eq!(u32::from(a.created()) + u32::from(b.created()), 1);
    let refused = if a.created() { b } else { a };
    assert_eq!((refused.status, refused.code()), (422, "SLUG_TAKEN"));
}

#[tokio::test]
async fn a_server_of_one_account_founds_no_other() {
    let w = World::start().await;

    let refused = found(&w, founding(json!({}), &[ada()])).await.expect(404);

    assert_eq!(refused.code(), "NOT_FOUND");
}
