//! Too many dead at once: somebody is asked first.

use chrono::TimeDelta;
use keystead_app::heartbeats;
use keystead_domain::AccountId;
use keystead_domain::event::EventName;
use keystead_testkit::World;

use super::*;

const BRAKE_WINDOW: TimeDelta = TimeDelta::minutes(15);

fn account(w: &World) -> AccountId {
    w.account().parse().expect("an id")
}

async fn pulled(w: &World) -> usize {
    heartbeats::pulled(&w.app().db)
        .await
        .expect("the database answers")
        .len()
}

/// A fleet of 201 machines whose clock has just leapt by a day.
async fn leapt() -> (World, License, Vec<String>) {
    let w = World::start().await;
    let license = watched(&w).await;
    let first = machine(&license, "laptop").await;
    let mut fleet = copies(&w, &first, 200, w.now()).await;
    fleet.push(first);
    w.advance(TimeDelta::days(1));
    (w, license, fleet)
}

#[tokio::test]
async fn a_clock_that_leaps_by_a_day_culls_nobody() {
    let (w, license, _) = leapt().await;

    let report = sweep(&w).await;

    assert_eq!((report.held, report.told, report.culled), (201, 0, 0));
    assert_eq!(pulled(&w).await, 1);
    assert_eq!(counted(&w, &license).await, 201);
    assert_eq!(
        told(&w, EventName::MachineHeartbeatDead).await,
        0,
        "a death in doubt is not told"
    );
    w.advance(TimeDelta::minutes(1));
    assert_eq!(
        sweep(&w).await,
        SweepReport::default(),
        "what is held costs no sweep"
    );
}

#[tokio::test]
async fn while_the_brake_holds_a_ping_disproves_a_death() {
    let (w, license, fleet) = leapt().await;
    sweep(&w).await;

    let answer = ping(&license, &fleet[0]).await.expect(200);

    assert_eq!(answer.at("/data/attributes/heartbeatStatus"), "RESURRECTED");
    assert_eq!(status(&w, &fleet[0]).await, "ALIVE");
    assert_eq!(status(&w, &fleet[1]).await, "DEAD");
}

#[tokio::test]
async fn the_brake_lets_go_when_its_window_passes_and_pings_arrive() {
    let (w, license, fleet) = leapt().await;
    sweep(&w).await;
    w.advance(TimeDelta::minutes(8));
    ping_all(&license, &fleet[..100]).await;
    w.advance(BRAKE_WINDOW - TimeDelta::minutes(8));

    let report = sweep(&w).await;

    assert_eq!((report.culled, report.told), (101, 101));
    assert_eq!(counted(&w, &license).await, 100);
    assert_eq!(pulled(&w).await, 0);
}

#[tokio::test]
async fn the_brake_holds_on_while_no_ping_arrives() {
    let (w, license, _) = leapt().await;
    sweep(&w).await;

    for _ in 0..3 {
        w.advance(BRAKE_WINDOW);
        let report = sweep(&w).await;
        assert_eq!((report.held, report.culled), (201, 0));
    }
    assert_eq!(counted(&w, &license).await, 201);
}

#[tokio::test]
async fn an_operator_who_confirms_lets_the_dead_go_with_the_next_sweep() {
    let (w, license, _) = leapt().await;
    sweep(&w).await;
    w.advance(TimeDelta::minutes(1));

    assert!(
        heartbeats::release(&w.app().db, account(&w), "root", w.now())
            .await
            .unwrap()
    );
    assert!(
        !heartbeats::release(&w.app().db, account(&w), "root", w.now())
            .await
            .unwrap()
    );
    let report = sweep(&w).await;

    assert_eq!((report.culled, report.told), (201, 201));
    assert_eq!(counted(&w, &license).await, 0);
}

#[tokio::test]
async fn a_handful_may_always_go() {
    let w = World::start().await;
    let license = watched(&w).await;
    let first = machine(&license, "laptop").await;
    copies(&w, &first, 49, w.now()).await;
    w.advance(TimeDelta::days(1));

    assert_eq!(sweep(&w).await.culled, 50);
    assert_eq!(pulled(&w).await, 0);
}

#[tokio::test]
async fn deaths_that_come_slowly_add_up() {
    let w = World::start().await;
    let license = watched(&w).await;
    let first = machine(&license, "laptop").await;
    let now = w.now();
    copies(&w, &first, 60, now - WINDOW).await;
    copies(&w, &first, 60, now - WINDOW + TimeDelta::minutes(1)).await;
    copies(&w, &first, 279, now).await;
    w.advance(TimeDelta::seconds(1));

    assert_eq!(sweep(&w).await.culled, 60, "15 % of 400");
    w.advance(TimeDelta::minutes(1));
    let report = sweep(&w).await;

    assert_eq!(
        (report.held, report.culled),
        (60, 0),
        "with those before, 30 %"
    );
    assert_eq!(counted(&w, &license).await, 340);
}

#[tokio::test]
async fn the_kept_dead_need_no_brake() {
    let w = World::start().await;
    let license = w
        .license()
        .policy("requireHeartbeat", true)
        .policy("heartbeatCullStrategy", "KEEP_DEAD")
        .create()
        .await;
    let first = machine(&license, "laptop").await;
    copies(&w, &first, 200, w.now()).await;
    w.advance(TimeDelta::days(1));

    let report = sweep(&w).await;

    assert_eq!((report.told, report.kept, report.held), (201, 201, 0));
}

#[tokio::test]
async fn the_command_line_shows_a_brake_and_releases_it() {
    let (w, license, _) = leapt().await;
    sweep(&w).await;
    let keystead = async |arguments: &[&str]| {
        let output = tokio::process::Command::new(env!("CARGO_BIN_EXE_keystead"))
            .args(arguments)
            .arg("--json")
            .args(["--set", &format!("database.url={}", w.database_url())])
            .output()
            .await
            .unwrap();
        serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap_or_default()
    };

    let shown = keystead(&["heartbeats", "brakes"]).await;
    assert_eq!(shown["account"], w.account());
    assert_eq!(
        (&shown["would_cull"], &shown["of_machines"]),
        (&201.into(), &201.into())
    );

    let released = keystead(&["heartbeats", "release", "acme", "--by", "ann"]).await;
    assert_eq!(released["released"], true);
    let again = keystead(&["heartbeats", "release", "acme"]).await;
    assert_eq!(again["released"], false);
    assert_eq!(pulled(&w).await, 0);
    // The command reads the real clock, which this world's is moved to.
    w.catch_up();
    assert_eq!(sweep(&w).await.culled, 201);
    assert_eq!(counted(&w, &license).await, 0);
}
