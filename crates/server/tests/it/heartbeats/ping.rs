//! What a ping does, and what it costs.

use chrono::TimeDelta;
use futures::future::join_all;
use keystead_app::{Cx, machines};
use keystead_domain::LicenseId;
use keystead_domain::access::{Bearer, BearerId, Environment, Role};
use keystead_domain::event::EventName;
use keystead_domain::permissions::PermissionSet;
use keystead_domain::version::ApiVersion;
use keystead_store::dialect::Dialect;
use keystead_testkit::{License, World};
use serde_json::json;
use std::sync::Arc;

use super::*;

/// A request of an app that holds the license's key, without the HTTP around it.
async fn request(w: &World, license: &License) -> Cx {
    let app = w.app().clone();
    let tenant = app
        .tenants
        .only()
        .await
        .expect("the database answers")
        .expect("an account");
    let id: LicenseId = license.id.parse().expect("an id");
    let bearer = Bearer {
        role: Role::License,
        id: BearerId::License(id),
        environment: None,
        permissions: PermissionSet::ANY,
        token: None,
    };
    let request = app.ids.next();
    let environment = Environment::Global;
    let version = ApiVersion::LATEST;
    Cx::new(
        app,
        tenant,
        environment,
        Some(Arc::new(bearer)),
        w.now(),
        request,
        version,
    )
}

#[tokio::test]
async fn pings_that_arrive_together_share_their_statements() {
    let w = World::start().await;
    let license = watched(&w).await;
    let first = machine(&license, "laptop").await;
    let fleet = copies(&w, &first, 200, w.now()).await;
    let cx = request(&w, &license).await;
    let db = &w.app().db;
    w.advance(TimeDelta::minutes(1));

    w.app().settle().await;
    let before = db.statements();
    machines::ping(&cx, &first).await.unwrap();
    let lone = db.statements() - before;
    let before = db.statements();
    let pings = join_all(fleet.iter().map(|machine| machines::ping(&cx, machine))).await;
    let together = db.statements() - before;

    assert!(pings.into_iter().all(|ping| ping.is_ok()));
    // One look and one write; SQLite's writer says BEGIN and COMMIT around it.
    assert!(lone <= 4, "{lone} statements for one ping");
    assert!(
        together <= 40,
        "{together} statements for {} pings",
        fleet.len()
    );
}

#[tokio::test]
async fn a_ping_moves_the_deadline_of_the_sweep_only_when_it_nears() {
    let w = World::start().await;
    let license = watched(&w).await;
    let laptop = machine(&license, "laptop").await;
    let activated = w.now();
    let due = async || heart(&w, &laptop).await.unwrap().due_at.unwrap();
    assert_eq!(due().await, activated + WINDOW);

    w.advance(TimeDelta::minutes(5));
    ping(&license, &laptop).await.expect(200);
    assert_eq!(
        due().await,
        activated + WINDOW,
        "half of the window is left"
    );
    assert_eq!(heart(&w, &laptop).await.unwrap().last_at, Some(w.now()));

    w.advance(TimeDelta::minutes(2));
    ping(&license, &laptop).await.expect(200);
    assert_eq!(
        due().await,
        w.now() + WINDOW,
        "less than two fifths were left"
    );
}

#[tokio::test]
async fn a_ping_is_found_by_id_and_by_fingerprint_whoever_sends_it() {
    let w = World::start().await;
    let license = watched(&w).await;
    let other = watched(&w).await;
    let laptop = machine(&license, "4d:71").await;
    let theirs = machine(&other, "4d:71").await;

    for segment in [laptop.as_str(), &laptop.to_uppercase(), "4d:71"] {
        let answer = ping(&license, segment).await.expect(200);
        assert_eq!(answer.id(), laptop, "{segment}");
        assert_eq!(answer.at("/data/attributes/heartbeatStatus"), "ALIVE");
    }
    let path = "/machines/4d:71/actions/ping-heartbeat";
    assert_eq!(
        w.admin().post(path, json!({})).await.expect(200).id(),
        laptop,
        "the oldest"
    );
    assert_eq!(ping(&other, "4d:71").await.expect(200).id(), theirs);
    assert_eq!(ping(&other, &laptop).await.code(), "NOT_FOUND");
    assert_eq!(ping(&license, "4d:71%0A").await.code(), "NOT_FOUND");
    assert_eq!(w.anyone().post(path, json!({})).await.status, 401);
}

#[tokio::test]
async fn a_ping_revives_the_dead_as_long_as_their_policy_says() {
    let w = World::start().await;
    #[rustfmt::skip]
    let table = [
        // strategy,           cull,              seconds of silence, status
        ("NO_REVIVE",        "DEACTIVATE_DEAD", 600,    "ALIVE"),
        ("NO_REVIVE",        "DEACTIVATE_DEAD", 601,    "is dead"),
        ("5_MINUTE_REVIVE",  "DEACTIVATE_DEAD", 900,    "RESURRECTED"),
        ("5_MINUTE_REVIVE",  "DEACTIVATE_DEAD", 901,    "is dead"),
        ("ALWAYS_REVIVE",    "KEEP_DEAD",       99_999, "RESURRECTED"),
    ];
    for (strategy, cull, silence, expected) in table {
        let license = w
            .license()
            .policy("requireHeartbeat", true)
            .policy("heartbeatCullStrategy", cull)
            .policy("heartbeatResurrectionStrategy", strategy)
            .create()
            .await;
        let laptop = machine(&license, "laptop").await;
        w.advance(TimeDelta::seconds(silence));

        let answer = ping(&license, &laptop).await;

        let found = match answer.status {
            200 => answer
                .at("/data/attributes/heartbeatStatus")
                .as_str()
                .unwrap_or_default(),
            _ => {
                assert_eq!(
                    (answer.status, answer.code()),
                    (422, "MACHINE_HEARTBEAT_DEAD")
                );
                answer.detail()
            }
        };
        assert_eq!(found, expected, "{strategy}, {silence} s");
        if expected == "RESURRECTED" {
            assert_eq!(status(&w, &laptop).await, "ALIVE", "it is told this once");
        }
    }
}

#[tokio::test]
async fn pings_and_resurrections_are_in_the_event_log_once_each() {
    let w = World::start().await;
    let license = w
        .license()
        .policy("requireHeartbeat", true)
        .policy("heartbeatResurrectionStrategy", "5_MINUTE_REVIVE")
        .create()
        .await;
    let laptop = machine(&license, "laptop").await;

    ping(&license, &laptop).await.expect(200);
    assert_eq!(told(&w, EventName::MachineHeartbeatPing).await, 1);
    w.advance(WINDOW + TimeDelta::minutes(1));
    ping(&license, &laptop).await.expect(200);

    assert_eq!(told(&w, EventName::MachineHeartbeatPing).await, 1);
    assert_eq!(told(&w, EventName::MachineHeartbeatResurrected).await, 1);
}

#[tokio::test]
async fn a_machine_that_was_never_pinged_starts_with_its_first_ping() {
    let w = World::start().await;
    let license = w
        .license()
        .policy("heartbeatBasis", "FROM_FIRST_PING")
        .create()
        .await;
    let laptop = machine(&license, "laptop").await;
    assert_eq!(status(&w, &laptop).await, "NOT_STARTED");
    assert_eq!(heart(&w, &laptop).await.unwrap().due_at, None);

    w.advance(TimeDelta::days(30));
    let answer = ping(&license, &laptop).await.expect(200);

    assert_eq!(answer.at("/data/attributes/heartbeatStatus"), "ALIVE");
    assert_eq!(answer.at("/data/attributes/requireHeartbeat"), true);
    assert_eq!(
        heart(&w, &laptop).await.unwrap().due_at,
        Some(w.now() + WINDOW)
    );
}

#[tokio::test]
async fn a_reset_machine_has_not_beaten_yet() {
    let w = World::start().await;
    let license = w.license().create().await;
    let laptop = machine(&license, "laptop").await;
    ping(&license, &laptop).await.expect(200);

    let path = format!("/machines/{laptop}/actions/reset");
    assert_eq!(license.holder.post(&path, json!({})).await.status, 403);
    let answer = w.admin().post(&path, json!({})).await.expect(200);

    assert_eq!(answer.at("/data/attributes/heartbeatStatus"), "NOT_STARTED");
    assert_eq!(
        answer.at("/data/attributes/lastHeartbeat"),
        &serde_json::Value::Null
    );
    w.advance(TimeDelta::days(1));
    assert_eq!(status(&w, &laptop).await, "NOT_STARTED");
    assert_eq!(sweep(&w).await, SweepReport::default());
}

#[tokio::test]
async fn a_ping_is_heard_while_everything_else_waits_for_a_connection() {
    let w = World::with(|config| config.database.max_connections = 2).await;
    // SQLite has one writer, whoever asks.
    if w.app().db.dialect() != Dialect::Postgres {
        return;
    }
    let license = watched(&w).await;
    let laptop = machine(&license, "laptop").await;
    let db = &w.app().db;
    let _busy = [db.begin().await.unwrap(), db.begin().await.unwrap()];

    ping(&license, &laptop).await.expect(200);
    let key = json!({ "meta": { "key": license.key } });
    let valid = w
        .anyone()
        .post("/licenses/actions/validate-key", key)
        .await
        .expect(200);

    assert_eq!(valid.at("/meta/valid"), &json!(true));
}
