//! The server was gone: nobody pays for that.

use std::time::Duration;

use chrono::TimeDelta;
use keystead_app::heartbeats;
use keystead_domain::event::EventName;
use keystead_store::heartbeats::gaps;
use keystead_testkit::World;
use serde_json::json;

use super::*;

/// A world that notices when time passes without it.
async fn world() -> World {
    World::with(|config| config.heartbeat.pulse_interval = Duration::from_secs(5)).await
}

/// Time passes while the server is there.
async fn live(w: &World, time: TimeDelta) {
    let until = w.now() + time;
    while w.now() < until {
        w.advance(TimeDelta::seconds(10).min(until - w.now()));
        pulse(w).await;
    }
}

async fn pulse(w: &World) {
    heartbeats::pulse(w.app(), w.now())
        .await
        .expect("the pulse is noted");
}

#[tokio::test]
async fn after_six_hours_nobody_who_pings_within_a_window_is_culled() {
    let w = world().await;
    let license = watched(&w).await;
    let first = machine(&license, "laptop").await;
    let fleet = copies(&w, &first, 9_999, w.now()).await;
    let (loyal, lost) = fleet.split_at(2_000);

    w.advance(TimeDelta::hours(6));
    let report = sweep(&w).await;

    assert_eq!((report.alive, report.told, report.culled), (10_000, 0, 0));
    assert_eq!(status(&w, &first).await, "ALIVE");
    live(&w, WINDOW - TimeDelta::seconds(1)).await;
    assert_eq!(sweep(&w).await.culled, 0);
    ping_all(&license, loyal).await;
    ping(&license, &first).await.expect(200);

    // That so many are gone is what the brake is for; a day later, an operator says yes.
    live(&w, TimeDelta::seconds(5)).await;
    let report = sweep(&w).await;
    assert_eq!((report.held, report.culled), (lost.len() as u64, 0));
    assert!(
        heartbeats::release(&w.app().db, account(&w), "root", w.now())
            .await
            .unwrap()
    );
    let report = sweep(&w).await;
    assert_eq!(report.culled, lost.len() as u64);
    assert_eq!(counted(&w, &license).await, 2_001);
    assert_eq!(
        told(&w, EventName::MachineHeartbeatDead).await,
        lost.len() as u64
    );
}

fn account(w: &World) -> keystead_domain::AccountId {
    w.account().parse().expect("an id")
}

#[tokio::test]
async fn a_client_that_comes_first_is_heard_before_anybody_noticed_the_gap() {
    let w = world().await;
    let license = watched(&w).await;
    let laptop = machine(&license, "laptop").await;

    w.advance(TimeDelta::hours(6));
    let answer = ping(&license, &laptop).await.expect(200);

    assert_eq!(answer.at("/data/attributes/heartbeatStatus"), "ALIVE");
    assert_eq!(gaps(&w.app().db, 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn until_its_window_from_the_return_ends_a_machine_validates_and_is_listed_as_alive() {
    let w = world().await;
    let license = watched(&w).await;
    let laptop = machine(&license, "laptop").await;
    let found = async |wanted: &str| {
        let list = w
            .admin()
            .get(&format!("/machines?status={wanted}"))
            .await
            .expect(200);
        list.at("/data").as_array().map_or(0, Vec::len)
    };
    let code = async || {
        let body = json!({ "meta": { "key": license.key, "scope": { "fingerprint": "laptop" } } });
        let answer = w
            .anyone()
            .post("/licenses/actions/validate-key", body)
            .await
            .expect(200);
        answer
            .at("/meta/code")
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };

    w.advance(TimeDelta::hours(6));
    pulse(&w).await;
    assert_eq!(code().await, "VALID");
    assert_eq!((found("alive").await, found("dead").await), (1, 0));
    assert_eq!(status(&w, &laptop).await, "ALIVE");

    live(&w, WINDOW + TimeDelta::seconds(1)).await;
    assert_eq!(code().await, "HEARTBEAT_DEAD");
    assert_eq!((found("alive").await, found("dead").await), (0, 1));
    assert_eq!(
        ping(&license, &laptop).await.code(),
        "MACHINE_HEARTBEAT_DEAD"
    );
}

#[tokio::test]
async fn a_server_that_goes_twice_excuses_twice() {
    let w = world().await;
    let license = watched(&w).await;
    let laptop = machine(&license, "laptop").await;

    w.advance(TimeDelta::hours(1));
    pulse(&w).await;
    live(&w, TimeDelta::minutes(2)).await;
    w.advance(TimeDelta::hours(1));
    pulse(&w).await;
    live(&w, WINDOW - TimeDelta::seconds(1)).await;
    assert_eq!(sweep(&w).await.culled, 0);
    assert_eq!(status(&w, &laptop).await, "ALIVE");

    live(&w, TimeDelta::seconds(10)).await;
    assert_eq!(sweep(&w).await.culled, 1);
}

#[tokio::test]
async fn who_was_dead_before_is_not_excused() {
    let w = world().await;
    let license = watched(&w).await;
    let laptop = machine(&license, "laptop").await;

    live(&w, WINDOW + TimeDelta::seconds(10)).await;
    w.advance(TimeDelta::hours(6));

    assert_eq!(
        ping(&license, &laptop).await.code(),
        "MACHINE_HEARTBEAT_DEAD"
    );
    assert_eq!(sweep(&w).await.culled, 1);
}

#[tokio::test]
async fn who_could_still_come_back_when_the_server_left_can_when_it_returns() {
    let w = world().await;
    let license = w
        .license()
        .policy("requireHeartbeat", true)
        .policy("heartbeatResurrectionStrategy", "5_MINUTE_REVIVE")
        .create()
        .await;
    let laptop = machine(&license, "laptop").await;
    let desktop = machine(&license, "desktop").await;
    live(&w, WINDOW + TimeDelta::minutes(1)).await;
    assert_eq!(sweep(&w).await.kept, 2);

    w.advance(TimeDelta::hours(6));
    let report = sweep(&w).await;
    assert_eq!((report.kept, report.told, report.culled), (2, 0, 0));
    let answer = ping(&license, &laptop).await.expect(200);
    assert_eq!(answer.at("/data/attributes/heartbeatStatus"), "RESURRECTED");

    live(&w, WINDOW - TimeDelta::minutes(1)).await;
    ping(&license, &laptop).await.expect(200);
    live(&w, TimeDelta::minutes(1) + TimeDelta::seconds(1)).await;
    assert_eq!(sweep(&w).await.culled, 1);
    assert!(heart(&w, &desktop).await.is_none());
    assert!(heart(&w, &laptop).await.is_some());
}

#[tokio::test]
async fn replicas_that_return_together_find_one_gap() {
    let w = world().await;
    w.advance(TimeDelta::hours(6));

    tokio::join!(pulse(&w), pulse(&w), pulse(&w));

    let found = gaps(&w.app().db, 10).await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].length(), TimeDelta::hours(6));
}

#[tokio::test]
async fn a_short_pause_is_no_absence() {
    let w = world().await;
    w.advance(TimeDelta::seconds(15));

    pulse(&w).await;

    assert!(gaps(&w.app().db, 10).await.unwrap().is_empty());
}
