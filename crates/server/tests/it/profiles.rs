//! Who am I? As clients see it.

use keystead_testkit::World;
use serde_json::json;

use crate::users::made;

#[tokio::test]
async fn everybody_is_shown_themselves_with_the_token_in_use() {
    let w = World::start().await;
    let product = w.product().await;
    let license = w.license().create().await;
    let ada = w.user("ada@example.com").await;

    #[rustfmt::skip]
    let table = [
        (w.log_in("ada@example.com").await,          "/users/",    ada,                Some("user-token")),
        (w.bearer(&w.product_token(&product).await), "/products/", product,            Some("product-token")),
        (license.holder,                             "/licenses/", license.id.clone(), None),
    ];
    for (caller, nouns, id, kind) in table {
        let me = caller.get("/me").await.expect(200);
        let shown = w.admin().get(&format!("{nouns}{id}")).await.expect(200);
        assert_eq!(me.at("/data"), shown.at("/data"), "{nouns}");
        let profile = caller.get("/profile").await.expect(200);
        assert_eq!(profile.at("/data"), shown.at("/data"), "{nouns}");
        assert_eq!(profile.at("/included"), &json!(null));

        let Some(kind) = kind else {
            assert_eq!(me.at("/included"), &json!(null));
            assert_eq!(profile.at("/meta"), &json!({ "tokenId": null }));
            continue;
        };
        let token = me.at("/included/0");
        assert_eq!(
            (&token["type"], &token["attributes"]["kind"]),
            (&json!("tokens"), &json!(kind))
        );
        assert_eq!(
            token["attributes"].get("token"),
            None,
            "the secret stays secret"
        );
        assert_eq!(token["relationships"]["bearer"]["data"]["id"], json!(id));
        assert_eq!(profile.at("/meta"), &json!({ "tokenId": token["id"] }));
    }
}

#[tokio::test]
async fn strangers_are_nobody() {
    let w = World::start().await;

    w.anyone().get("/me").await.expect(401);
    w.anyone().get("/profile").await.expect(401);
}

#[tokio::test]
async fn one_must_be_permitted_to_read_oneself() {
    let w = World::start().await;
    let blind = w
        .license()
        .with("permissions", json!(["license.validate"]))
        .create()
        .await;
    let clerk = json!({
        "email": "clerk@a.b", "password": keystead_testkit::ADMIN_PASSWORD, "role": "admin",
        "permissions": ["user.read", "token.generate"],
    });
    made(&w, clerk).await;
    let clerk = w.log_in("clerk@a.b").await;

    blind.holder.get("/me").await.expect(403);
    blind.holder.get("/profile").await.expect(403);
    clerk.get("/me").await.expect(200);
    clerk.get("/profile").await.expect(403);
}

#[tokio::test]
async fn an_older_client_knows_itself_in_its_own_words() {
    let w = World::start().await;
    let license = w.license().create().await;

    let me = license
        .holder
        .with("keygen-version", "1.5")
        .get("/me")
        .await
        .expect(200);

    assert!(me.at("/data/relationships").get("owner").is_none());
    assert!(me.at("/data/relationships").get("user").is_some());
}
