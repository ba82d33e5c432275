//! Policies, as clients see them: update.

use chrono::{DateTime, TimeDelta, Utc};
use keystead_app::CHORES;
use keystead_testkit::World;
use sea_orm::ConnectionTrait;
use serde_json::json;

use super::{change, policy};

#[tokio::test]
async fn what_is_not_sent_stays_and_null_clears_limits_alone() {
    let w = World::start().await;
    let product = w.product().await;
    let attributes = json!({
        "name": "Pro", "floating": true, "maxMachines": 5, "duration": 86_400,
        "expirationStrategy": "ALLOW_ACCESS",
    });
    let created = w
        .admin()
        .post("/policies", policy(&product, attributes))
        .await
        .expect(201);
    let path = format!("/policies/{}", created.id());
    w.advance(TimeDelta::minutes(1));

    let sent = change(json!({ "maxUses": 7 }));
    let changed = w.admin().patch(&path, sent).await.expect(200);

    let mut expected = created.body.clone();
    expected["data"]["attributes"]["maxUses"] = json!(7);
    expected["data"]["attributes"]["updated"] = json!("2026-01-01T00:01:00.000Z");
    assert_eq!(changed.body, expected);

    let nulls = json!({
        "name": null, "maxMachines": null, "duration": null, "maxUses": null,
        "expirationStrategy": null, "strict": null,
    });
    let cleared = w.admin().put(&path, change(nulls)).await.expect(200);
    let attributes = cleared.at("/data/attributes");
    for name in ["maxMachines", "duration", "maxUses"] {
        assert_eq!(attributes[name], json!(null), "{name}");
    }
    assert_eq!(attributes["name"], "Pro");
    assert_eq!(attributes["expirationStrategy"], "ALLOW_ACCESS");
}

#[tokio::test]
async fn what_is_said_once_is_not_said_again() {
    let w = World::start().await;
    let path = format!("/policies/{}", w.policy().create().await);

    for (name, value) in [
        ("scheme", json!("ED25519_SIGN")),
        ("encrypted", json!(true)),
        ("usePool", json!(null)),
    ] {
        let refused = w
            .admin()
            .patch(&path, change(json!({ name: value })))
            .await
            .expect(400);
        let pointer = format!("/data/attributes/{name}");
        assert_eq!(
            (refused.pointer(), refused.detail()),
            (pointer.as_str(), "unpermitted parameter")
        );
    }
    let moved = json!({ "data": { "type": "policies", "attributes": {}, "relationships": {} } });
    let refused = w.admin().patch(&path, moved).await.expect(400);
    assert_eq!(refused.pointer(), "/data/relationships");
}

#[tokio::test]
async fn the_whole_policy_is_judged_after_a_change() {
    let w = World::start().await;
    let path = format!(
        "/policies/{}",
        w.policy().with("maxMachines", 5).create().await
    );

    let refused = w
        .admin()
        .patch(&path, change(json!({ "floating": false })))
        .await
        .expect(422);
    assert_eq!(refused.code(), "MAX_MACHINES_INVALID");

    let cleared = change(json!({ "floating": false, "maxMachines": null }));
    let changed = w.admin().patch(&path, cleared).await.expect(200);
    assert_eq!(changed.at("/data/attributes/maxMachines"), &json!(null));
}

#[tokio::test]
async fn licenses_live_by_the_new_terms_at_once() {
    let w = World::start().await;
    let policy = w
        .policy()
        .with("maxMachines", 1)
        .with("strict", true)
        .create()
        .await;
    let license = w.license().of(&policy).create().await;
    license.activate("laptop").await.expect(201);
    license.activate("desktop").await.expect(422);

    let wider = change(json!({ "maxMachines": 2 }));
    w.admin()
        .patch(&format!("/policies/{policy}"), wider)
        .await
        .expect(200);

    license.activate("desktop").await.expect(201);
}

#[tokio::test]
async fn a_shorter_window_kills_hearts_that_a_longer_one_kept_alive() {
    let w = World::start().await;
    let policy = w
        .policy()
        .with("requireHeartbeat", true)
        .with("heartbeatDuration", 86_400)
        .create()
        .await;
    let license = w.license().of(&policy).create().await;
    let machine = license.activate("laptop").await.expect(201).id();
    let path = format!("/machines/{machine}");
    w.advance(TimeDelta::hours(1));
    let alive = w.admin().get(&path).await.expect(200);
    assert_eq!(alive.at("/data/attributes/heartbeatStatus"), "ALIVE");

    let shorter = change(json!({ "heartbeatDuration": 600 }));
    w.admin()
        .patch(&format!("/policies/{policy}"), shorter)
        .await
        .expect(200);

    let dead = w.admin().get(&path).await.expect(200);
    assert_eq!(dead.at("/data/attributes/heartbeatStatus"), "DEAD");
    w.work_off(CHORES).await;
    assert_eq!(due(&w, &machine).await, "2026-01-01T00:10:00+00:00");
}

/// When the sweep looks at a machine next.
async fn due(w: &World, machine: &str) -> String {
    let db = &w.app().db;
    let id: uuid::Uuid = machine.parse().expect("an id");
    let sql = "SELECT due_at FROM heartbeats WHERE machine_id = $1";
    let row = db
        .query_one_raw(db.statement(sql, [id.into()]))
        .await
        .expect("the database answers")
        .expect("a heart");
    let due: DateTime<Utc> = row.try_get("", "due_at").expect("a time");
    due.to_rfc3339()
}
