//! Tokens below their bearer's path, and who may issue which.

use keystead_testkit::{Caller, World};
use serde_json::{Value, json};

use crate::users::made;

fn secret(answer: &keystead_testkit::Answer) -> String {
    let token = answer.at("/data/attributes/token").as_str();
    token.expect("a secret").to_owned()
}

fn asking(attributes: Value) -> Value {
    json!({ "data": { "type": "tokens", "attributes": attributes } })
}

#[tokio::test]
async fn a_license_is_given_a_token_with_its_limits() {
    let w = World::start().await;
    let license = w.license().create().await;
    let path = format!("/licenses/{}/tokens", license.id);
    let body = asking(json!({ "name": "Kiosk", "maxActivations": 1, "maxDeactivations": 0 }));

    let made = w.admin().post(&path, body).await.expect(200);

    assert_eq!(made.header("location"), "");
    #[rustfmt::skip]
    let expected = [
        ("kind",             json!("activation-token")),
        ("name",             json!("Kiosk")),
        ("expiry",           json!(null)),
        ("maxActivations",   json!(1)),
        ("activations",      json!(0)),
        ("maxDeactivations", json!(0)),
        ("deactivations",    json!(0)),
    ];
    for (name, value) in expected {
        assert_eq!(
            made.at(&format!("/data/attributes/{name}")),
            &value,
            "{name}"
        );
    }
    let app = w.bearer(&secret(&made));
    let body = |fingerprint: &str| {
        json!({ "data": {
        "type": "machines",
        "attributes": { "fingerprint": fingerprint },
        "relationships": { "license": { "data": { "type": "licenses", "id": license.id } } },
    } })
    };
    let machine = app.post("/machines", body("laptop")).await.expect(201).id();
    let over = app.post("/machines", body("desktop")).await.expect(422);
    assert_eq!(over.code(), "ACTIVATIONS_LIMIT_EXCEEDED");
    let over = app
        .delete(&format!("/machines/{machine}"))
        .await
        .expect(422);
    assert_eq!(over.code(), "DEACTIVATIONS_LIMIT_EXCEEDED");
    let listed = w.admin().get(&path).await.expect(200);
    assert_eq!(listed.at("/data/0/attributes/activations"), 1);
    assert!(listed.at("/data/0/attributes/token").is_null());
}

#[tokio::test]
async fn a_limit_below_nothing_is_refused_with_its_name() {
    let w = World::start().await;
    let license = w.license().create().await;
    let path = format!("/licenses/{}/tokens", license.key);

    for (name, code) in [
        ("maxActivations", "MAX_ACTIVATIONS_INVALID"),
        ("maxDeactivations", "MAX_DEACTIVATIONS_INVALID"),
    ] {
        let answer = w
            .admin()
            .post(&path, asking(json!({ name: -1 })))
            .await
            .expect(422);
        assert_eq!(answer.code(), code);
        assert_eq!(answer.pointer(), format!("/data/attributes/{name}"));
    }
    let product = w.product().await;
    let body = asking(json!({ "maxActivations": 1 }));
    let answer = w
        .admin()
        .post(&format!("/products/{product}/tokens"), body)
        .await;
    assert_eq!(answer.expect(400).detail(), "unpermitted parameter");
}

#[tokio::test]
async fn a_users_token_ends_in_two_weeks_unless_told_otherwise() {
    let w = World::start().await;
    let ada = w.user("ada@example.com").await;
    let path = format!("/users/{ada}/tokens");

    let made = w.admin().post(&path, json!({})).await.expect(200);
    assert_eq!(
        made.at("/data/attributes/expiry"),
        "2026-01-15T00:00:00.000Z"
    );
    assert_eq!(made.at("/data/attributes/kind"), "user-token");
    let made = w
        .admin()
        .post(&path, asking(json!({ "expiry": null })))
        .await
        .expect(200);
    assert!(made.at("/data/attributes/expiry").is_null());
    let past = asking(json!({ "expiry": "2020-01-01T00:00:00Z" }));
    let made = w.admin().post(&path, past).await.expect(200);
    let answer = w.bearer(&secret(&made)).get("/me").await.expect(401);
    assert_eq!(answer.code(), "TOKEN_EXPIRED");
}

/// Who may issue which token below a path: a status for each pair.
#[tokio::test]
async fn tokens_are_issued_by_those_who_may() {
    let w = World::start().await;
    let product = w.product().await;
    let policy = w.policy().of(&product).create().await;
    let ada = w.user("ada@example.com").await;
    let license = w.license().of(&policy).owner(&ada).create().await;
    let bob = w.user("bob@example.com").await;
    let mut staff = Vec::new();
    for role in ["developer", "sales-agent", "support-agent", "read-only"] {
        let email = format!("{role}@acme.example");
        let password = keystead_testkit::ADMIN_PASSWORD;
        made(
            &w,
            json!({ "email": email, "password": password, "role": role }),
        )
        .await;
        staff.push(w.log_in(&email).await);
    }
    let vendor = w.bearer(&w.product_token(&product).await);
    let stranger = w.bearer(&w.product_token(&w.product().await).await);
    let user = w.log_in("ada@example.com").await;
    let me = w.admin().get("/me").await.expect(200).id();
    #[rustfmt::skip]
    let table: [(String, [u16; 9]); 5] = [
        //                                            admin devel sales suppo reado vendo other ada  license
        (format!("/users/{ada}/tokens"),              [200,  200,  403,  403,  403,  200,  403,  403, 403]),
        (format!("/users/{bob}/tokens"),              [200,  200,  403,  403,  403,  403,  403,  404, 404]),
        (format!("/users/{me}/tokens"),               [200,  403,  403,  403,  403,  404,  404,  404, 404]),
        (format!("/products/{product}/tokens"),       [200,  200,  403,  403,  403,  403,  404,  403, 403]),
        (format!("/licenses/{}/tokens", license.id),  [200,  200,  200,  403,  403,  200,  404,  403, 403]),
    ];
    let callers: [&Caller; 9] = [
        &w.admin(),
        &staff[0],
        &staff[1],
        &staff[2],
        &staff[3],
        &vendor,
        &stranger,
        &user,
        &license.holder,
    ];
    for (path, statuses) in table {
        for (n, (caller, status)) in callers.iter().zip(statuses).enumerate() {
            let answer = caller.post(&path, json!({})).await;
            assert_eq!(
                answer.status, status,
                "{path} by number {n}: {}",
                answer.text
            );
        }
        let answer = w.anyone().post(&path, json!({})).await;
        assert_eq!(answer.expect(401).code(), "TOKEN_MISSING");
    }
}

#[tokio::test]
async fn sales_may_not_say_what_a_token_permits() {
    let w = World::start().await;
    let license = w.license().create().await;
    let seller = json!({
        "email": "seller@a.b", "password": keystead_testkit::ADMIN_PASSWORD, "role": "sales-agent",
    });
    made(&w, seller).await;
    let seller = w.log_in("seller@a.b").await;
    let path = format!("/licenses/{}/tokens", license.id);
    let body = asking(json!({ "permissions": ["license.validate"] }));

    let refused = seller.post(&path, body.clone()).await.expect(400);
    assert_eq!(refused.pointer(), "/data/attributes/permissions");
    let made = w.admin().post(&path, body).await.expect(200);
    assert_eq!(
        made.at("/data/attributes/permissions"),
        &json!(["license.validate"])
    );
    w.bearer(&secret(&made)).get("/me").await.expect(403);
}

#[tokio::test]
async fn one_of_a_bearers_tokens_is_shown_below_its_path_alone() {
    let w = World::start().await;
    let (ada, bob) = (w.user("ada@a.b").await, w.user("bob@a.b").await);
    let made = w
        .admin()
        .post(&format!("/users/{ada}/tokens"), json!({}))
        .await
        .expect(200);

    let path = |user: &str| format!("/users/{user}/tokens/{}", made.id());
    w.admin().get(&path(&ada)).await.expect(200);
    w.admin().get(&path("ada@a.b")).await.expect(200);
    w.admin().get(&path(&bob)).await.expect(404);
}

#[tokio::test]
async fn tokens_are_found_by_their_bearers_role() {
    let w = World::start().await;
    let product = w.product().await;
    w.product_token(&product).await;
    let license = w.license().create().await;
    let path = format!("/licenses/{}/tokens", license.id);
    w.admin().post(&path, json!({})).await.expect(200);
    let count = async |query: &str| {
        let listed = w.admin().get(&format!("/tokens?{query}")).await.expect(200);
        listed.at("/data").as_array().map(Vec::len)
    };

    assert_eq!(count("bearer[role]=admin").await, Some(1));
    assert_eq!(count("bearer[role]=product").await, Some(1));
    assert_eq!(
        count("bearer[role][]=license&bearer[role][]=admin").await,
        Some(2)
    );
    assert_eq!(count("bearer[role]=user").await, Some(0));
    assert_eq!(count("bearer[role]=nonsense").await, Some(0));
}

#[tokio::test]
async fn the_token_in_use_gets_a_new_secret_and_a_key_has_none() {
    let w = World::start().await;
    let product = w.product().await;
    let old = w.product_token(&product).await;

    let again = w.bearer(&old).put("/tokens", json!({})).await.expect(200);

    w.bearer(&old).get("/me").await.expect(401);
    w.bearer(&secret(&again)).get("/me").await.expect(200);
    let license = w.license().create().await;
    license.holder.put("/tokens", json!({})).await.expect(404);
}
