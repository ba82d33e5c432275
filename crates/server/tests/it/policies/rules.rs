//! Policies, as clients see them: rules.

use keystead_testkit::World;
use serde_json::json;

use super::policy;

#[tokio::test]
async fn each_rule_has_its_code_and_place() {
    let w = World::start().await;
    let product = w.product().await;

    #[rustfmt::skip]
    let table = [
        (json!({}),                                              "name",     "NAME_MISSING",     "can't be blank"),
        (json!({ "name": "x".repeat(256) }),                     "name",     "NAME_TOO_LONG",    "is too long (maximum is 255 characters)"),
        (json!({ "name": "A", "duration": 86_399 }),             "duration", "DURATION_INVALID", "must be greater than or equal to 86400 (1 day)"),
        (json!({ "name": "A", "duration": 2_147_483_648_i64 }),  "duration", "DURATION_INVALID", "must be less than or equal to 2147483647"),
        (json!({ "name": "A", "usePool": true, "scheme": "ED25519_SIGN" }), "scheme", "SCHEME_NOT_SUPPORTED", "cannot use a scheme and use a pool"),
        (json!({ "name": "A", "scheme": "LEGACY_ENCRYPT" }),     "scheme",   "SCHEME_INVALID",   "must be encrypted when using LEGACY_ENCRYPT scheme"),
        (json!({ "name": "A", "encrypted": true, "scheme": "ED25519_SIGN" }), "scheme", "SCHEME_NOT_ALLOWED", "unsupported encryption scheme (scheme must be LEGACY_ENCRYPT for legacy encrypted policies)"),
        (json!({ "name": "A", "scheme": "ROT13" }),              "scheme",   "SCHEME_NOT_ALLOWED", "unsupported signing scheme"),
        (json!({ "name": "A", "floating": true, "maxMachines": 0 }), "maxMachines", "MAX_MACHINES_INVALID", "must be greater than or equal to 1 for floating policy"),
        (json!({ "name": "A", "maxMachines": 2 }),               "maxMachines",  "MAX_MACHINES_INVALID",  "must be equal to 1 for non-floating policy"),
        (json!({ "name": "A", "maxProcesses": 0 }),              "maxProcesses", "MAX_PROCESSES_INVALID", "must be greater than 0"),
        (json!({ "name": "A", "maxUsers": 0 }),                  "maxUsers",     "MAX_USERS_INVALID",     "must be greater than 0"),
        (json!({ "name": "A", "maxCores": 0 }),                  "maxCores",     "MAX_CORES_INVALID",     "must be greater than or equal to 1"),
        (json!({ "name": "A", "maxUses": -1 }),                  "maxUses",      "MAX_USES_INVALID",      "must be greater than or equal to 0"),
        (json!({ "name": "A", "expirationStrategy": "VANISH" }), "expirationStrategy", "EXPIRATION_STRATEGY_NOT_ALLOWED", "unsupported expiration strategy"),
        (json!({ "name": "A", "machineUniquenessStrategy": "UNIQUE_PER_MACHINE" }), "machineUniquenessStrategy", "MACHINE_UNIQUENESS_STRATEGY_NOT_ALLOWED", "unsupported machine uniqueness strategy"),
        (json!({ "name": "A", "requireCheckIn": true, "checkInInterval": "week" }), "checkInIntervalCount", "CHECK_IN_INTERVAL_COUNT_NOT_ALLOWED", "must be a number between 1 and 365 inclusive"),
        (json!({ "name": "A", "requireCheckIn": true, "checkInIntervalCount": 1 }), "checkInInterval", "CHECK_IN_INTERVAL_NOT_ALLOWED", "must be one of: day, week, month, year"),
        (json!({ "name": "A", "heartbeatDuration": 59 }),        "heartbeatDuration", "HEARTBEAT_DURATION_INVALID", "must be greater than or equal to 60 (1 minute)"),
        (json!({ "name": "A", "heartbeatResurrectionStrategy": "ALWAYS_REVIVE" }), "heartbeatCullStrategy", "HEARTBEAT_CULL_STRATEGY_NOT_ALLOWED", "incompatible heartbeat cull strategy (must be KEEP_DEAD when resurrection strategy is ALWAYS_REVIVE)"),
        (json!({ "name": "A", "overageStrategy": "ALLOW_1_5X_OVERAGE" }), "overageStrategy", "OVERAGE_STRATEGY_NOT_ALLOWED", "incompatible overage strategy (cannot use ALLOW_1_5X_OVERAGE for node-locked policy)"),
        (json!({ "name": "A", "floating": true, "maxMachines": 6, "overageStrategy": "ALLOW_1_25X_OVERAGE" }), "overageStrategy", "OVERAGE_STRATEGY_NOT_ALLOWED", "incompatible overage strategy (cannot use ALLOW_1_25X_OVERAGE with a max machines value not divisible by 4)"),
    ];
    for (attributes, name, code, detail) in table {
        let sent = policy(&product, attributes.clone());
        let answer = w.admin().post("/policies", sent).await.expect(422);
        let pointer = format!("/data/attributes/{name}");
        assert_eq!(
            (answer.pointer(), answer.code(), answer.detail()),
            (pointer.as_str(), code, detail),
            "{attributes}"
        );
        assert_eq!(
            answer.at("/errors").as_array().unwrap().len(),
            1,
            "{attributes}"
        );
    }
}

#[tokio::test]
async fn everything_that_breaks_a_rule_is_told_at_once() {
    let w = World::start().await;
    let broken = json!({
        "duration": 0, "maxUses": -1, "encrypted": true, "usePool": true,
        "metadata": { "k": "x".repeat(17_000) },
    });

    let unknown = "5f6c1a52-6f5e-4a0c-9d4e-2f1f7a0f3b11";
    let answer = w
        .admin()
        .post("/policies", policy(unknown, broken))
        .await
        .expect(422);

    let errors = answer.at("/errors").as_array().unwrap().iter();
    let told: Vec<_> = errors
        .map(|error| {
            (
                error["code"].as_str().unwrap(),
                error["source"]["pointer"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("PRODUCT_NOT_FOUND", "/data/relationships/product"),
            ("NAME_MISSING", "/data/attributes/name"),
            ("DURATION_INVALID", "/data/attributes/duration"),
            ("ENCRYPTED_NOT_SUPPORTED", "/data/attributes/encrypted"),
            ("SCHEME_NOT_SUPPORTED", "/data/attributes/scheme"),
            ("MAX_USES_INVALID", "/data/attributes/maxUses"),
            ("METADATA_TOO_LONG", "/data/attributes/metadata"),
        ]
    );
}
