//! What becomes of the dead.

use chrono::TimeDelta;
use keystead_app::{CHORES, heartbeats};
use keystead_domain::event::EventName;
use keystead_testkit::World;
use serde_json::json;

use super::*;

const DEAD: EventName = EventName::MachineHeartbeatDead;

#[tokio::test]
async fn a_dead_machine_is_told_and_removed_and_its_seat_is_free() {
    let w = World::start().await;
    let license = w
        .license()
        .policy("requireHeartbeat", true)
        .max_machines(1)
        .create()
        .await;
    let laptop = machine(&license, "laptop").await;

    w.advance(WINDOW);
    assert_eq!(sweep(&w).await.culled, 0, "its window ends now");
    w.advance(TimeDelta::seconds(1));
    let report = sweep(&w).await;

    assert_eq!((report.told, report.culled), (1, 1));
    assert_eq!(told(&w, DEAD).await, 1);
    assert_eq!(told(&w, EventName::MachineDeleted).await, 0);
    assert_eq!(
        w.admin().get(&format!("/machines/{laptop}")).await.status,
        404
    );
    assert_eq!(counted(&w, &license).await, 0);
    license.activate("desktop").await.expect(201);
}

#[tokio::test]
async fn sweeps_at_once_tell_every_death_once() {
    let w = World::with(|config| {
        config.heartbeat.sweep_batch = 50;
        config.heartbeat.brake_share_percent = 100;
    })
    .await;
    let license = watched(&w).await;
    let first = machine(&license, "laptop").await;
    copies(&w, &first, 600, w.now()).await;
    w.advance(WINDOW + TimeDelta::seconds(1));

    let (a, b, c) = tokio::join!(sweep(&w), sweep(&w), sweep(&w));
    // Those whose license another sweep held are left for the next.
    let last = sweep(&w).await;

    assert_eq!(
        [a, b, c, last]
            .iter()
            .map(|report| report.told)
            .sum::<u64>(),
        601
    );
    assert_eq!(told(&w, DEAD).await, 601);
    assert_eq!(counted(&w, &license).await, 0);
}

#[tokio::test]
async fn the_kept_dead_are_told_once_and_cost_no_further_sweep() {
    let w = World::start().await;
    let license = w
        .license()
        .policy("requireHeartbeat", true)
        .policy("heartbeatCullStrategy", "KEEP_DEAD")
        .create()
        .await;
    let laptop = machine(&license, "laptop").await;
    w.advance(WINDOW + TimeDelta::seconds(1));

    assert_eq!(sweep(&w).await.told, 1);
    w.advance(TimeDelta::days(1));

    assert_eq!(sweep(&w).await, SweepReport::default());
    assert_eq!(told(&w, DEAD).await, 1);
    assert_eq!(status(&w, &laptop).await, "DEAD");
    assert_eq!(
        ping(&license, &laptop).await.code(),
        "MACHINE_HEARTBEAT_DEAD"
    );
    assert_eq!(counted(&w, &license).await, 1);
}

#[tokio::test]
async fn the_dead_that_may_come_back_stay_until_they_no_longer_may() {
    let w = World::start().await;
    let license = w
        .license()
        .policy("requireHeartbeat", true)
        .policy("heartbeatResurrectionStrategy", "5_MINUTE_REVIVE")
        .create()
        .await;
    let laptop = machine(&license, "laptop").await;
    let dies = async || {
        w.advance(WINDOW + TimeDelta::seconds(1));
        sweep(&w).await
    };

    let report = dies().await;
    assert_eq!((report.told, report.kept, report.culled), (1, 1, 0));
    assert_eq!(status(&w, &laptop).await, "DEAD");
    ping(&license, &laptop).await.expect(200);
    let report = dies().await;
    assert_eq!(
        (report.told, report.culled),
        (1, 0),
        "another life, another death"
    );

    w.advance(TimeDelta::minutes(5));
    let report = sweep(&w).await;
    assert_eq!((report.told, report.culled), (0, 1));
    assert_eq!(told(&w, DEAD).await, 2);
}

#[tokio::test]
async fn a_machine_that_was_pinged_meanwhile_is_looked_at_later() {
    let w = World::start().await;
    let license = watched(&w).await;
    let laptop = machine(&license, "laptop").await;
    w.advance(TimeDelta::minutes(5));
    ping(&license, &laptop).await.expect(200);
    w.advance(TimeDelta::minutes(6));

    let report = sweep(&w).await;

    assert_eq!((report.alive, report.told), (1, 0));
    let pinged_at = w.now() - TimeDelta::minutes(6);
    assert_eq!(
        heart(&w, &laptop).await.unwrap().due_at,
        Some(pinged_at + WINDOW)
    );
}

#[tokio::test]
async fn a_sweep_that_finds_nobody_due_costs_nothing_of_what_is_alive() {
    let w = World::start().await;
    let license = watched(&w).await;
    let first = machine(&license, "laptop").await;
    copies(&w, &first, 2_000, w.now()).await;
    w.advance(TimeDelta::minutes(1));

    w.app().settle().await;
    let before = w.app().db.statements();
    assert_eq!(sweep(&w).await, SweepReport::default());

    let statements = w.app().db.statements() - before;
    // The pulse, the gaps and one look at the index; SQLite says BEGIN and COMMIT for the pulse.
    assert!(statements <= 5, "{statements} statements");
}

#[tokio::test]
async fn a_policy_that_changes_its_mind_is_heard_by_the_next_sweep() {
    let w = World::start().await;
    let policy = w
        .policy()
        .with("heartbeatBasis", "FROM_FIRST_PING")
        .create()
        .await;
    let license = w.license().of(&policy).create().await;
    let pinged = machine(&license, "laptop").await;
    let silent = machine(&license, "desktop").await;
    ping(&license, &pinged).await.expect(200);
    let change = async |attributes: serde_json::Value| {
        let body = json!({ "data": { "type": "policies", "attributes": attributes } });
        w.admin()
            .patch(&format!("/policies/{policy}"), body)
            .await
            .expect(200);
        assert_eq!(w.work_off(CHORES).await, 1, "written with the change");
    };

    w.advance(TimeDelta::minutes(2));
    change(json!({ "heartbeatDuration": 60 })).await;
    assert_eq!(status(&w, &pinged).await, "DEAD");
    assert_eq!(sweep(&w).await.culled, 1);
    assert!(heart(&w, &pinged).await.is_none());
    assert_eq!(status(&w, &silent).await, "NOT_STARTED");

    change(json!({ "requireHeartbeat": true })).await;
    assert_eq!(sweep(&w).await.culled, 1);
    assert!(heart(&w, &silent).await.is_none());
}

#[tokio::test]
async fn a_rewindow_reaches_every_machine_of_a_policy() {
    let w = World::start().await;
    let policy = w.policy().with("requireHeartbeat", true).create().await;
    let license = w.license().of(&policy).create().await;
    let first = machine(&license, "laptop").await;
    let fleet = copies(&w, &first, 1_500, w.now()).await;
    let body = json!({ "data": {
        "type": "policies", "attributes": { "heartbeatDuration": 120 },
    } });
    let activated = w.now();

    w.admin()
        .patch(&format!("/policies/{policy}"), body)
        .await
        .expect(200);

    assert_eq!(
        heart(&w, &first).await.unwrap().due_at,
        Some(activated + WINDOW),
        "the request waits for none of it"
    );

    assert_eq!(w.work_off(CHORES).await, 1);

    let due = activated + TimeDelta::seconds(120);
    for machine in [&first, &fleet[0], &fleet[749], &fleet[1_499]] {
        assert_eq!(heart(&w, machine).await.unwrap().due_at, Some(due));
    }
    let id = policy.parse().unwrap();
    heartbeats::rewindow(w.app(), id).await.unwrap();
    assert_eq!(
        heart(&w, &first).await.unwrap().due_at,
        Some(due),
        "again does no harm"
    );
}

#[tokio::test]
async fn a_change_that_leaves_the_window_alone_asks_for_no_rewindow() {
    let w = World::start().await;
    let policy = w.policy().with("requireHeartbeat", true).create().await;
    let body = json!({ "data": { "type": "policies", "attributes": { "name": "Pro" } } });

    w.admin()
        .patch(&format!("/policies/{policy}"), body)
        .await
        .expect(200);

    assert_eq!(w.work_off(CHORES).await, 0);
}
