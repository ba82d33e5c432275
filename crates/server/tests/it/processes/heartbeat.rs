//! Hearts of processes: pings, deaths, and what becomes of the dead.

use chrono::TimeDelta;
use futures::future::join_all;
use keystead_app::processes;
use keystead_domain::event::EventName;
use keystead_store::entities::event;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

use super::*;

const WINDOW: TimeDelta = TimeDelta::minutes(10);

async fn ping(caller: &Caller, id: &str) -> Answer {
    caller
        .post(&format!("/processes/{id}/actions/ping"), json!({}))
        .await
}

async fn told(w: &World, name: EventName) -> u64 {
    w.app().journal.flush().await;
    event::Entity::find()
        .filter(event::Column::Name.eq(name.as_str()))
        .count(&w.app().db)
        .await
        .expect("the database answers")
}

async fn sweep(w: &World) -> u64 {
    processes::sweep(w.app(), w.now())
        .await
        .expect("the sweep ends")
}

#[tokio::test]
async fn pings_keep_a_process_alive_and_silence_ends_it() {
    let w = World::start().await;
    let license = w.license().create().await;
    let laptop = machine(&license, "laptop").await;
    let id = spawn(&license.holder, &laptop, "1").await.expect(201).id();
    let path = format!("/processes/{id}");

    for _ in 0..5 {
        w.advance(WINDOW - TimeDelta::seconds(1));
        assert_eq!(sweep(&w).await, 0);
        let pinged = ping(&license.holder, &id).await.expect(200);
        assert_eq!(pinged.at("/data/attributes/status"), "ALIVE");
    }
    w.advance(WINDOW + TimeDelta::seconds(1));
    let silent = w.admin().get(&path).await.expect(200);
    let refused = ping(&license.holder, &id).await.expect(422);
    let culled = sweep(&w).await;

    assert_eq!(silent.at("/data/attributes/status"), "DEAD");
    assert_eq!(refused.code(), "PROCESS_HEARTBEAT_DEAD");
    assert_eq!(culled, 1);
    w.admin().get(&path).await.expect(404);
    assert_eq!(sweep(&w).await, 0);
    assert_eq!(told(&w, EventName::ProcessHeartbeatDead).await, 1);
    assert_eq!(told(&w, EventName::ProcessDeleted).await, 0);
}

#[tokio::test]
async fn the_dead_are_kept_and_revived_as_the_policy_says() {
    let w = World::start().await;
    let license = w
        .license()
        .policy("heartbeatCullStrategy", "KEEP_DEAD")
        .policy("heartbeatResurrectionStrategy", "5_MINUTE_REVIVE")
        .create()
        .await;
    let laptop = machine(&license, "laptop").await;
    let id = spawn(&license.holder, &laptop, "1").await.expect(201).id();

    w.advance(WINDOW + TimeDelta::minutes(4));
    sweep(&w).await;
    let revived = ping(&license.holder, &id).await.expect(200);
    let alive = ping(&license.holder, &id).await.expect(200);
    w.advance(WINDOW + TimeDelta::minutes(6));
    sweep(&w).await;
    sweep(&w).await;
    let dead = ping(&license.holder, &id).await.expect(422);

    assert_eq!(revived.at("/data/attributes/status"), "RESURRECTED");
    assert_eq!(alive.at("/data/attributes/status"), "ALIVE");
    assert_eq!(dead.code(), "PROCESS_HEARTBEAT_DEAD");
    w.admin().get(&format!("/processes/{id}")).await.expect(200);
    assert_eq!(told(&w, EventName::ProcessHeartbeatDead).await, 2);
    assert_eq!(told(&w, EventName::ProcessHeartbeatResurrected).await, 1);
}

#[tokio::test]
async fn lists_tell_the_dead_from_the_living() {
    let w = World::start().await;
    let license = w.license().create().await;
    let laptop = machine(&license, "laptop").await;
    let dead = spawn(&license.holder, &laptop, "1").await.expect(201).id();
    w.advance(WINDOW + TimeDelta::seconds(1));
    let alive = spawn(&license.holder, &laptop, "2").await.expect(201).id();

    for (status, expected) in [
        ("alive", vec![&*alive]),
        ("DEAD", vec![&*dead]),
        ("x", vec![]),
    ] {
        let answer = w
            .admin()
            .get(&format!("/processes?status={status}"))
            .await
            .expect(200);
        assert_eq!(ids(&answer), expected, "{status}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixty_four_pings_share_their_statements() {
    let w = World::start().await;
    let license = w.license().create().await;
    let laptop = machine(&license, "laptop").await;
    let mut running = Vec::new();
    for pid in 0..16 {
        running.push(
            spawn(&license.holder, &laptop, &pid.to_string())
                .await
                .expect(201)
                .id(),
        );
    }
    w.app().journal.flush().await;

    let before = w.app().db.statements();
    let pings = (0..64).map(|n| ping(&license.holder, &running[n % 16]));
    let answers = join_all(pings).await;

    assert!(answers.iter().all(|answer| answer.status == 200));
    let statements = w.app().db.statements() - before;
    assert!(statements < 150, "{statements} statements for 64 pings");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_replicas_sweep_the_dead_once() {
    let w = World::start().await;
    let license = w.license().create().await;
    let laptop = machine(&license, "laptop").await;
    for pid in 0..30 {
        spawn(&license.holder, &laptop, &pid.to_string())
            .await
            .expect(201);
    }
    w.advance(WINDOW + TimeDelta::seconds(1));

    let sweeps = join_all((0..6).map(|_| processes::sweep(w.app(), w.now()))).await;

    let culled: u64 = sweeps
        .into_iter()
        .map(|it| it.expect("the sweep ends"))
        .sum();
    assert_eq!(culled, 30);
    assert_eq!(told(&w, EventName::ProcessHeartbeatDead).await, 30);
}
