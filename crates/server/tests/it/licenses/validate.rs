//! Licenses, as clients see them: validate.

use chrono::TimeDelta;
use keystead_testkit::{Answer, Caller, World};
use serde_json::{Value, json};

use super::{change, key};

async fn ask(caller: &Caller, license_key: &str, scope: Value) -> Answer {
    caller
        .post("/licenses/actions/validate-key", key(license_key, scope))
        .await
        .expect(200)
}

fn code(answer: &Answer) -> &str {
    answer.at("/meta/code").as_str().unwrap_or_default()
}

#[tokio::test]
async fn a_good_license_is_valid_and_its_answer_repeats_what_was_asked() {
    let w = World::start().await;
    let product = w.product().await;
    let policy = w.policy().of(&product).create().await;
    let made = w.license().of(&policy).create().await;

    let body = json!({ "meta": {
        "key": made.key, "nonce": 1_574_265_297,
        "scope": { "product": product, "policy": null, "user": null, "entitlements": null },
    } });
    let answer = w
        .anyone()
        .post("/licenses/actions/validate-key", body)
        .await
        .expect(200);

    assert_eq!(
        answer.at("/meta"),
        &json!({
            "ts": "2026-01-01T00:00:00.000Z",
            "valid": true,
            "detail": "is valid",
            "code": "VALID",
            "nonce": 1_574_265_297,
            "scope": { "product": product, "user": null },
        }),
    );
    assert_eq!(answer.id(), made.id);
    assert_eq!(
        answer.at("/data/attributes/lastValidated"),
        "2026-01-01T00:00:00.000Z"
    );
}

#[tokio::test]
async fn a_key_nobody_has_is_not_found_and_no_error() {
    let w = World::start().await;

    let answer = ask(&w.anyone(), "no such key", json!({})).await;

    assert_eq!(
        answer.body,
        json!({ "data": null, "meta": {
            "ts": "2026-01-01T00:00:00.000Z", "valid": false, "detail": "does not exist",
            "code": "NOT_FOUND", "scope": {},
        } }),
    );
    assert_eq!(
        code(&ask(&w.admin(), "no such key", Value::Null).await),
        "NOT_FOUND"
    );
}

#[tokio::test]
async fn a_suspended_license_says_so_before_anything_else() {
    let w = World::start().await;
    let made = w
        .license()
        .with("suspended", true)
        .policy("requireProductScope", true)
        .create()
        .await;

    let answer = ask(&w.anyone(), &made.key, Value::Null).await;

    assert_eq!(code(&answer), "SUSPENDED");
    assert_eq!(answer.at("/meta/valid"), false);
}

#[tokio::test]
async fn expiry_counts_as_far_as_the_policy_says() {
    let w = World::start().await;
    #[rustfmt::skip]
    let table = [
        ("RESTRICT_ACCESS", false),
        ("REVOKE_ACCESS",   false),
        ("MAINTAIN_ACCESS", true),
        ("ALLOW_ACCESS",    true),
    ];
    let mut made = Vec::new();
    for (strategy, valid) in table {
        let policy = w
            .policy()
            .with("duration", 86_400)
            .with("expirationStrategy", strategy);
        let license = w.license().of(&policy.create().await).create().await;
        assert_eq!(
            code(&ask(&w.anyone(), &license.key, Value::Null).await),
            "VALID"
        );
        made.push((strategy, valid, license));
    }

    w.advance(TimeDelta::days(1) + TimeDelta::milliseconds(1));

    for (strategy, valid, license) in made {
        let answer = ask(&w.anyone(), &license.key, Value::Null).await;
        assert_eq!(code(&answer), "EXPIRED", "{strategy}");
        assert_eq!(answer.at("/meta/valid"), valid, "{strategy}");
        assert_eq!(answer.at("/data/attributes/status"), "EXPIRED");
    }
}

#[tokio::test]
async fn what_a_policy_requires_of_the_scope_must_be_there() {
    let w = World::start().await;
    #[rustfmt::skip]
    let table = [
        ("requireProductScope",     "PRODUCT_SCOPE_REQUIRED"),
        ("requirePolicyScope",      "POLICY_SCOPE_REQUIRED"),
        ("requireUserScope",        "USER_SCOPE_REQUIRED"),
        ("requireMachineScope",     "MACHINE_SCOPE_REQUIRED"),
        ("requireFingerprintScope", "FINGERPRINT_SCOPE_REQUIRED"),
        ("requireComponentsScope",  "COMPONENTS_SCOPE_REQUIRED"),
        ("requireChecksumScope",    "CHECKSUM_SCOPE_REQUIRED"),
        ("requireVersionScope",     "VERSION_SCOPE_REQUIRED"),
    ];
    for (requirement, expected) in table {
        let made = w.license().policy(requirement, true).create().await;

        assert_eq!(
            code(&ask(&w.anyone(), &made.key, Value::Null).await),
            expected
        );
        let quick = w
            .admin()
            .get(&format!("/licenses/{}/actions/validate", made.id))
            .await;
        assert_eq!(
            code(&quick.expect(200)),
            "VALID",
            "a quick look has no scope"
        );
    }
}

#[tokio::test]
async fn a_scope_that_does_not_match_says_which_member() {
    let w = World::start().await;
    let ann = w.user("ann@acme.example").await;
    let product = w.product().await;
    let policy = w.policy().of(&product).create().await;
    let made = w.license().of(&policy).owner(&ann).create().await;
    let other = "00000000-0000-7000-8000-ffffffffffff";
    #[rustfmt::skip]
    let table = [
        (json!({ "product": product }),                   "VALID"),
        (json!({ "product": product.replace('-', "") }),  "VALID"),
        (json!({ "product": other }),                     "PRODUCT_SCOPE_MISMATCH"),
        (json!({ "product": "Editor" }),                  "PRODUCT_SCOPE_MISMATCH"),
        (json!({ "policy": policy }),                     "VALID"),
        (json!({ "policy": other }),                      "POLICY_SCOPE_MISMATCH"),
        (json!({ "user": ann }),                          "VALID"),
        (json!({ "user": "ann@acme.example" }),           "VALID"),
        (json!({ "user": "bob@acme.example" }),           "USER_SCOPE_MISMATCH"),
        (json!({ "user": other }),                        "USER_SCOPE_MISMATCH"),
        (json!({ "user": null }),                         "USER_SCOPE_MISMATCH"),
        (json!({ "environment": null }),                  "VALID"),
        (json!({ "environment": "sandbox" }),             "ENVIRONMENT_SCOPE_MISMATCH"),
        (json!({ "entitlements": [] }),                   "ENTITLEMENTS_SCOPE_EMPTY"),
        (json!({ "entitlements": ["EXPORT", "EXPORT"] }), "ENTITLEMENTS_MISSING"),
        (json!({ "components": ["a"] }),                  "FINGERPRINT_SCOPE_REQUIRED"),
        (json!({ "checksum": "abc" }),                    "CHECKSUM_SCOPE_MISMATCH"),
        (json!({ "version": "1.0.0" }),                   "VERSION_SCOPE_MISMATCH"),
        (json!({ "machine": null, "fingerprint": null }), "VALID"),
        // Of two that fail, the earlier check answers.
        (json!({ "product": other, "policy": other }),    "PRODUCT_SCOPE_MISMATCH"),
        (json!({ "version": "1", "entitlements": ["X"] }),"ENTITLEMENTS_MISSING"),
    ];
    for (scope, expected) in table {
        let answer = ask(&w.anyone(), &made.key, scope.clone()).await;
        assert_eq!(code(&answer), expected, "{scope}");
        assert_eq!(answer.at("/meta/valid"), expected == "VALID", "{scope}");
    }
}

#[tokio::test]
async fn a_validation_that_is_asked_wrongly_is_told_where() {
    let w = World::start().await;
    let made = w.license().create().await;
    #[rustfmt::skip]
    let table = [
        (json!({}),                                                "/meta",     "is missing"),
        (json!({ "meta": {} }),                                    "/meta/key", "is missing"),
        (json!({ "meta": { "key": "" } }),                         "/meta/key", "cannot be blank"),
        (json!({ "meta": { "key": null } }),                       "/meta/key", "cannot be null"),
        (json!({ "meta": { "key": 1 } }),                          "/meta/key", "type mismatch (received integer expected string)"),
        (json!({ "meta": { "key": "k", "nonce": "n" } }),          "/meta/nonce", "type mismatch (received string expected integer)"),
        (json!({ "meta": { "key": "k", "scope": { "foo": 1 } } }), "/meta/scope/foo", "unpermitted parameter"),
        (json!({ "meta": { "key": "k", "scope": { "fingerprints": [null] } } }), "/meta/scope/fingerprints/0", "cannot be null"),
    ];
    for (body, pointer, detail) in table {
        let answer = w
            .anyone()
            .post("/licenses/actions/validate-key", body.clone())
            .await
            .expect(400);
        assert_eq!(
            (answer.pointer(), answer.detail()),
            (pointer, detail),
            "{body}"
        );
    }

    let path = format!("/licenses/{}/actions/validate", made.id);
    let wrong = json!({ "meta": { "nonce": "n" } });
    made.holder.post(&path, wrong.clone()).await.expect(400);
    w.anyone().post(&path, wrong.clone()).await.expect(401);
    let stranger = w.license().create().await.holder;
    stranger.post(&path, wrong).await.expect(404);
}

#[tokio::test]
async fn a_license_remembers_its_validations_and_the_log_tells_of_them() {
    let w = World::start().await;
    let made = w.license().create().await;
    let path = format!("/licenses/{}", made.id);
    w.advance(TimeDelta::hours(1));

    ask(&w.anyone(), &made.key, json!({})).await;
    w.app().stamps.flush().await;

    let shown = w.admin().get(&path).await.expect(200);
    assert_eq!(
        shown.at("/data/attributes/lastValidated"),
        "2026-01-01T01:00:00.000Z"
    );

    w.advance(TimeDelta::hours(1));
    let quick = format!("{path}/actions/validate");
    let dashboard = w.admin().with("origin", "https://app.keygen.sh");
    dashboard.get(&quick).await.expect(200);
    w.app().stamps.flush().await;
    let shown = w.admin().get(&path).await.expect(200);
    assert_eq!(
        shown.at("/data/attributes/lastValidated"),
        "2026-01-01T01:00:00.000Z"
    );

    w.admin().get(&quick).await.expect(200);
    w.app().stamps.flush().await;
    let shown = w.admin().get(&path).await.expect(200);
    assert_eq!(
        shown.at("/data/attributes/lastValidated"),
        "2026-01-01T02:00:00.000Z"
    );
}

#[tokio::test]
async fn the_term_starts_with_the_first_validation_when_the_policy_says_so() {
    let w = World::start().await;
    let made = w
        .license()
        .policy("duration", 2_629_746)
        .policy("expirationBasis", "FROM_FIRST_VALIDATION")
        .create()
        .await;
    let path = format!("/licenses/{}", made.id);
    let expiry = async || {
        w.app().stamps.flush().await;
        w.admin()
            .get(&path)
            .await
            .expect(200)
            .at("/data/attributes/expiry")
            .clone()
    };

    w.admin()
        .get(&format!("{path}/actions/validate"))
        .await
        .expect(200);
    assert_eq!(expiry().await, Value::Null, "a quick look starts nothing");

    let first = ask(&w.anyone(), &made.key, Value::Null).await;
    assert_eq!(first.at("/data/attributes/expiry"), &Value::Null);
    assert_eq!(expiry().await, "2026-02-01T00:00:00.000Z");

    w.advance(TimeDelta::days(3));
    ask(&w.anyone(), &made.key, Value::Null).await;
    assert_eq!(expiry().await, "2026-02-01T00:00:00.000Z");
}

#[tokio::test]
async fn an_expiry_set_by_hand_survives_a_stamp_on_its_way() {
    let w = World::start().await;
    let made = w
        .license()
        .policy("duration", 2_629_746)
        .policy("expirationBasis", "FROM_FIRST_VALIDATION")
        .create()
        .await;
    let path = format!("/licenses/{}", made.id);

    ask(&w.anyone(), &made.key, Value::Null).await;
    let attributes = json!({ "expiry": "2030-01-01T00:00:00Z" });
    w.admin().patch(&path, change(attributes)).await.expect(200);
    w.app().stamps.flush().await;

    let shown = w.admin().get(&path).await.expect(200);
    assert_eq!(
        shown.at("/data/attributes/expiry"),
        "2030-01-01T00:00:00.000Z"
    );
    assert_eq!(
        shown.at("/data/attributes/lastValidated"),
        "2026-01-01T00:00:00.000Z"
    );
}
