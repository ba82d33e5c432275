//! Licenses, as clients see them: validate machines.

use chrono::TimeDelta;
use keystead_testkit::{Answer, License, World};
use serde_json::{Value, json};

use super::{change, key};

async fn ask(w: &World, made: &License, scope: Value) -> Answer {
    let body = key(&made.key, scope);
    w.anyone()
        .post("/licenses/actions/validate-key", body)
        .await
        .expect(200)
}

async fn code(w: &World, made: &License, scope: Value) -> String {
    ask(w, made, scope)
        .await
        .at("/meta/code")
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

#[tokio::test]
async fn a_strict_license_wants_a_machine_and_says_so_in_one_or_many() {
    let w = World::start().await;
    let locked = w
        .license()
        .policy("strict", true)
        .policy("floating", false)
        .create()
        .await;
    let floating = w
        .license()
        .policy("strict", true)
        .policy("maxMachines", 2)
        .create()
        .await;
    let print = json!({ "fingerprint": "laptop" });

    assert_eq!(code(&w, &locked, Value::Null).await, "NO_MACHINE");
    assert_eq!(code(&w, &floating, Value::Null).await, "NO_MACHINES");
    assert_eq!(code(&w, &locked, print.clone()).await, "NO_MACHINE");
    let answer = ask(&w, &floating, print.clone()).await;
    assert_eq!(answer.at("/meta/code"), "NO_MACHINES");
    assert_eq!(
        answer.at("/meta/detail"),
        "fingerprint is not activated (has no associated machines)"
    );

    locked.activate("laptop").await.expect(201);
    floating.activate("laptop").await.expect(201);
    assert_eq!(code(&w, &locked, print.clone()).await, "VALID");
    assert_eq!(code(&w, &floating, print).await, "VALID");
}

#[tokio::test]
async fn a_fingerprint_or_machine_must_be_the_licenses_own() {
    let w = World::start().await;
    let made = w.license().policy("maxMachines", 3).create().await;
    let other = w.license().policy("maxMachines", 3).create().await;
    let laptop = made.activate("laptop").await.expect(201).id();
    let theirs = other.activate("tower").await.expect(201).id();
    made.activate("desktop").await.expect(201);
    #[rustfmt::skip]
    let table = [
        (json!({ "fingerprint": "laptop" }),                       "VALID"),
        (json!({ "fingerprint": "Laptop" }),                       "FINGERPRINT_SCOPE_MISMATCH"),
        (json!({ "fingerprint": "tower" }),                        "FINGERPRINT_SCOPE_MISMATCH"),
        (json!({ "fingerprint": laptop }),                         "FINGERPRINT_SCOPE_MISMATCH"),
        (json!({ "machine": laptop }),                             "VALID"),
        (json!({ "machine": theirs }),                             "MACHINE_SCOPE_MISMATCH"),
        (json!({ "machine": "laptop" }),                           "MACHINE_SCOPE_MISMATCH"),
        (json!({ "fingerprints": ["laptop"] }),                    "VALID"),
        (json!({ "fingerprints": ["laptop", "tower"] }),           "VALID"),
        (json!({ "fingerprints": ["phone", "tower"] }),            "FINGERPRINT_SCOPE_MISMATCH"),
        (json!({ "fingerprints": [] }),                            "FINGERPRINT_SCOPE_EMPTY"),
        (json!({ "fingerprint": "tower", "fingerprints": ["laptop"] }), "FINGERPRINT_SCOPE_MISMATCH"),
        (json!({ "fingerprint": "laptop", "machine": laptop }),    "VALID"),
        (json!({ "fingerprint": "laptop", "components": [] }),     "COMPONENTS_SCOPE_EMPTY"),
        (json!({ "fingerprint": "laptop", "components": ["gpu"] }),"COMPONENTS_SCOPE_MISMATCH"),
    ];
    for (scope, expected) in table {
        assert_eq!(code(&w, &made, scope.clone()).await, expected, "{scope}");
    }
}

#[tokio::test]
async fn of_several_fingerprints_as_many_match_as_the_policy_wants() {
    let w = World::start().await;
    #[rustfmt::skip]
    let table = [
        // strategy,    how many of four match
        ("MATCH_ANY",   1),
        ("MATCH_TWO",   2),
        ("MATCH_MOST",  2),
        ("MATCH_ALL",   4),
    ];
    let prints = ["a", "b", "c", "d"];
    for (strategy, wanted) in table {
        let made = w
            .license()
            .policy("machineMatchingStrategy", strategy)
            .policy("maxMachines", 5)
            .create()
            .await;
        made.activate("spare").await.expect(201);
        for (already, print) in prints.iter().enumerate() {
            let expected = if already < wanted {
                "FINGERPRINT_SCOPE_MISMATCH"
            } else {
                "VALID"
            };
            let scope = json!({ "fingerprints": prints });
            assert_eq!(
                code(&w, &made, scope).await,
                expected,
                "{strategy}: {already}"
            );
            made.activate(print).await.expect(201);
        }
        assert_eq!(
            code(&w, &made, json!({ "fingerprints": prints })).await,
            "VALID"
        );
    }
}

#[tokio::test]
async fn too_much_of_anything_is_told_of_a_strict_license() {
    let w = World::start().await;
    let made = w
        .license()
        .policy("strict", true)
        .policy("maxMachines", 3)
        .create()
        .await;
    for fingerprint in ["laptop", "desktop"] {
        let body = json!({ "data": {
            "type": "machines",
            "attributes": { "fingerprint": fingerprint, "cores": 8, "memory": 1024, "disk": 2048 },
            "relationships": { "license": { "data": { "type": "licenses", "id": made.id } } },
        } });
        made.holder.post("/machines", body).await.expect(201);
    }
    assert_eq!(code(&w, &made, Value::Null).await, "VALID");
    #[rustfmt::skip]
    let table = [
        // In order of precedence, from the last: each new limit takes the answer over.
        ("maxDisk",     4095, "TOO_MUCH_DISK"),
        ("maxMemory",   2047, "TOO_MUCH_MEMORY"),
        ("maxCores",    15,   "TOO_MANY_CORES"),
        ("maxMachines", 1,    "TOO_MANY_MACHINES"),
    ];
    for (attribute, limit, expected) in table {
        let path = format!("/licenses/{}", made.id);
        w.admin()
            .patch(&path, change(json!({ attribute: limit })))
            .await
            .expect(200);

        assert_eq!(code(&w, &made, Value::Null).await, expected);
    }
}

#[tokio::test]
async fn machines_are_counted_by_owner_where_the_policy_says_so() {
    let w = World::start().await;
    let ann = w.user("ann@acme.example").await;
    let made = w
        .license()
        .policy("strict", true)
        .policy("maxMachines", 1)
        .policy("machineLeasingStrategy", "PER_USER")
        .owner(&ann)
        .create()
        .await;
    let activate = async |fingerprint: &str, owner: Option<&str>| {
        let mut body = json!({ "data": {
            "type": "machines",
            "attributes": { "fingerprint": fingerprint },
            "relationships": { "license": { "data": { "type": "licenses", "id": made.id } } },
        } });
        if let Some(owner) = owner {
            body["data"]["relationships"]["owner"] =
                json!({ "data": { "type": "users", "id": owner } });
        }
        w.admin().post("/machines", body).await.expect(201);
    };

    activate("laptop", Some(&ann)).await;
    activate("kiosk", None).await;

    assert_eq!(code(&w, &made, Value::Null).await, "VALID");
    assert_eq!(code(&w, &made, json!({ "user": ann })).await, "VALID");
    assert_eq!(
        code(&w, &made, json!({ "user": "ann@acme.example" })).await,
        "VALID"
    );
}

#[tokio::test]
async fn a_required_heart_must_beat_and_a_dead_machine_is_no_match() {
    let w = World::start().await;
    let made = w
        .license()
        .policy("maxMachines", 2)
        .policy("requireHeartbeat", true)
        .policy("heartbeatBasis", "FROM_FIRST_PING")
        .policy("heartbeatDuration", 600)
        .policy("heartbeatCullStrategy", "KEEP_DEAD")
        .create()
        .await;
    let machine = made.activate("laptop").await.expect(201).id();
    let print = json!({ "fingerprint": "laptop" });
    let id = json!({ "machine": machine });

    assert_eq!(
        code(&w, &made, print.clone()).await,
        "HEARTBEAT_NOT_STARTED"
    );
    assert_eq!(code(&w, &made, id.clone()).await, "HEARTBEAT_NOT_STARTED");
    assert_eq!(code(&w, &made, Value::Null).await, "VALID");

    made.holder
        .post(&format!("/machines/{machine}/actions/ping"), json!({}))
        .await
        .expect(200);
    assert_eq!(code(&w, &made, print.clone()).await, "VALID");

    w.advance(TimeDelta::seconds(600));
    assert_eq!(code(&w, &made, print.clone()).await, "VALID");
    w.advance(TimeDelta::milliseconds(1));
    assert_eq!(code(&w, &made, print).await, "HEARTBEAT_DEAD");
    assert_eq!(code(&w, &made, id).await, "HEARTBEAT_DEAD");
    let both = json!({ "fingerprints": ["laptop", "desktop"] });
    assert_eq!(code(&w, &made, both).await, "FINGERPRINT_SCOPE_MISMATCH");
}
