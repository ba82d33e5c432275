//! Licenses, as clients see them: validate access.

use chrono::TimeDelta;
use keystead_testkit::World;
use serde_json::{Value, json};

use super::{change, key};

const PATH: &str = "/licenses/actions/validate-key";

#[tokio::test]
async fn anyone_who_knows_the_key_may_ask_whatever_the_policy_says_of_credentials() {
    let w = World::start().await;
    for strategy in ["TOKEN", "LICENSE", "MIXED", "NONE"] {
        let made = w
            .license()
            .policy("authenticationStrategy", strategy)
            .create()
            .await;

        let answer = w
            .anyone()
            .post(PATH, key(&made.key, Value::Null))
            .await
            .expect(200);
        assert_eq!(answer.at("/meta/code"), "VALID", "{strategy}");
    }
}

#[tokio::test]
async fn a_credential_that_is_given_must_be_good_and_be_the_licenses_own() {
    let w = World::start().await;
    let product = w.product().await;
    let policy = w.policy().of(&product).create().await;
    let ann = w.user("ann@acme.example").await;
    w.user("bob@acme.example").await;
    let made = w.license().of(&policy).owner(&ann).create().await;
    let other = w.license().create().await;
    let own_token = w.product_token(&product).await;
    let other_product = w.product().await;
    let other_token = w.product_token(&other_product).await;
    let body = || key(&made.key, Value::Null);

    let may = [
        w.admin(),
        w.bearer(&own_token),
        w.log_in("ann@acme.example").await,
        made.holder.clone(),
    ];
    for bearer in may {
        let answer = bearer.post(PATH, body()).await.expect(200);
        assert_eq!(answer.at("/meta/code"), "VALID");
    }
    let may_not = [
        w.bearer(&other_token),
        w.log_in("bob@acme.example").await,
        other.holder.clone(),
    ];
    for bearer in &may_not {
        bearer.post(PATH, body()).await.expect(403);
        let path = format!("/licenses/{}/actions/validate", made.id);
        bearer.post(&path, json!({})).await.expect(404);
        bearer.get(&path).await.expect(404);
        let answer = bearer
            .post(PATH, key("no such key", Value::Null))
            .await
            .expect(200);
        assert_eq!(answer.at("/meta/code"), "NOT_FOUND");
    }
    let answer = w
        .bearer("admin-0123456789abcdef")
        .post(PATH, body())
        .await
        .expect(401);
    assert_eq!(answer.code(), "TOKEN_INVALID");
    let answer = w.holder("no such key").post(PATH, body()).await.expect(401);
    assert_eq!(answer.code(), "LICENSE_INVALID");
}

#[tokio::test]
async fn a_key_as_credential_is_refused_where_the_license_is_no_good() {
    let w = World::start().await;
    let token_only = w
        .license()
        .policy("authenticationStrategy", "TOKEN")
        .create()
        .await;
    let suspended = w.license().create().await;
    let revoked = w
        .license()
        .policy("duration", 86_400)
        .policy("expirationStrategy", "REVOKE_ACCESS")
        .create()
        .await;
    let path = format!("/licenses/{}", suspended.id);
    w.admin()
        .patch(&path, change(json!({ "suspended": true })))
        .await
        .expect(200);
    w.advance(TimeDelta::days(2));

    let table = [
        (token_only, "LICENSE_NOT_ALLOWED"),
        (suspended, "LICENSE_SUSPENDED"),
        (revoked, "LICENSE_EXPIRED"),
    ];
    for (made, code) in table {
        let answer = made
            .holder
            .post(PATH, key(&made.key, Value::Null))
            .await
            .expect(403);
        assert_eq!(answer.code(), code);
    }
}

#[tokio::test]
async fn by_id_a_credential_is_needed() {
    let w = World::start().await;
    let made = w.license().create().await;
    let path = format!("/licenses/{}/actions/validate", made.id);

    let answer = w.anyone().post(&path, json!({})).await.expect(401);
    assert_eq!(answer.code(), "TOKEN_MISSING");
    w.anyone().get(&path).await.expect(401);
    for bearer in [w.admin(), made.holder.clone()] {
        assert_eq!(
            bearer
                .post(&path, json!({}))
                .await
                .expect(200)
                .at("/meta/code"),
            "VALID"
        );
        assert_eq!(
            bearer.get(&path).await.expect(200).at("/meta/code"),
            "VALID"
        );
    }
    let by_key = format!("/licenses/{}/actions/validate", made.key);
    assert_eq!(w.admin().get(&by_key).await.expect(200).id(), made.id);
    let quick = w.admin().get(&path).await.expect(200);
    assert_eq!(quick.at("/meta/nonce"), &Value::Null);
    assert_eq!(quick.at("/meta/scope"), &Value::Null);
}
