//! Products, as clients see them: related.

use keystead_testkit::{Answer, World};
use serde_json::json;

fn ids(answer: &Answer) -> Vec<String> {
    let rows = answer.at("/data").as_array().expect("a list");
    rows.iter()
        .map(|row| row["id"].as_str().expect("an id").to_owned())
        .collect()
}

#[tokio::test]
async fn below_a_product_is_what_belongs_to_it() {
    let w = World::start().await;
    let product = w.product().await;
    let policy = w.policy().of(&product).create().await;
    let ada = w.user("ada@example.com").await;
    w.user("eve@example.com").await;
    let license = w.license().of(&policy).owner(&ada).create().await;
    w.license().of(&policy).owner(&ada).create().await;
    let foreign = w.license().create().await;
    let foreign_policy = w.policy().create().await;
    let machine = license.activate("laptop").await.expect(201).id();
    foreign.activate("laptop").await.expect(201);
    let token = w.product_token(&product).await;

    for caller in [w.admin(), w.bearer(&token)] {
        let base = format!("/products/{product}");
        let policies = caller.get(&format!("{base}/policies")).await.expect(200);
        assert_eq!(ids(&policies), std::slice::from_ref(&policy));
        caller
            .get(&format!("{base}/policies/{policy}"))
            .await
            .expect(200);
        caller
            .get(&format!("{base}/policies/{foreign_policy}"))
            .await
            .expect(404);
        let licenses = caller.get(&format!("{base}/licenses")).await.expect(200);
        assert_eq!(ids(&licenses).len(), 2);
        assert!(ids(&licenses).contains(&license.id));
        assert!(!ids(&licenses).contains(&foreign.id));
        let users = caller.get(&format!("{base}/users")).await.expect(200);
        assert_eq!(ids(&users), std::slice::from_ref(&ada));
        let machines = caller.get(&format!("{base}/machines")).await.expect(200);
        assert_eq!(ids(&machines), std::slice::from_ref(&machine));
        let tokens = caller.get(&format!("{base}/tokens")).await.expect(200);
        assert_eq!(ids(&tokens).len(), 1);
        assert_eq!(tokens.at("/data/0/attributes/kind"), "product-token");
        assert_eq!(tokens.at("/data/0/attributes/token"), &json!(null));
    }
}

#[tokio::test]
async fn a_new_token_shows_its_secret_once() {
    let w = World::start().await;
    let product = w.product().await;
    let path = format!("/products/{product}/tokens");

    let made = w.admin().post(&path, json!({})).await.expect(200);

    let secret = made.at("/data/attributes/token").as_str().unwrap();
    assert!(secret.starts_with("prod-"), "{secret}");
    assert_eq!(made.at("/data/attributes/expiry"), &json!(null));
    let me = w.bearer(secret).get("/me").await.expect(200);
    assert_eq!(me.id(), product);
    w.admin()
        .post("/products/nope/tokens", json!({}))
        .await
        .expect(404);
}

#[tokio::test]
async fn pages_below_a_product_link_back_to_it() {
    let w = World::start().await;
    let product = w.product().await;
    w.policy().of(&product).create().await;

    let path = format!("/products/{product}/policies?page[number]=1&page[size]=1");
    let page = w.admin().get(&path).await.expect(200);

    assert_eq!(
        page.at("/links/self").as_str().unwrap(),
        format!(
            "/v1/accounts/{}/products/{product}/policies?page%5Bnumber%5D=1&page%5Bsize%5D=1",
            w.account()
        )
    );
    assert_eq!(page.at("/links/meta"), &json!({ "pages": 1, "count": 1 }));
}
