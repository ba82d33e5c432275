//! From the outbox to Redis: only there do jobs move from one place to another.

use std::time::Duration;

use keystead_jobs::{JobBackend, NewJob, Outcome, Report, put};
use keystead_store::outbox;
use sea_orm::ConnectionTrait;

use crate::stage::{Log, QUEUE, Stage, counts, drained, probe};

async fn put_all(stage: &Stage, jobs: &[NewJob]) {
    let tx = stage.db.begin().await.unwrap();
    put(&tx, stage.now(), jobs).await.unwrap();
    tx.commit().await.unwrap();
}

/// Jobs that wait in the outbox, and jobs in all.
async fn places(stage: &Stage, backend: &dyn JobBackend) -> (u64, u64) {
    let rows = outbox::stats(&stage.db, stage.now()).await.unwrap();
    let all = backend.stats().await.unwrap();
    (
        rows.iter().map(|queue| queue.waiting).sum(),
        all.iter().map(|queue| queue.waiting).sum(),
    )
}

#[tokio::test]
async fn what_is_not_due_stays_in_the_database() {
    let stage = Stage::redis().await;
    let backend = stage.backend();
    let later = NewJob {
        run_at: Some(stage.now() + Duration::from_secs(60)),
        ..probe(2)
    };
    put_all(&stage, &[probe(1), later]).await;

    assert_eq!(backend.carry(QUEUE).await.unwrap(), 1);

    assert_eq!(places(&stage, backend.as_ref()).await, (1, 2));
}

#[tokio::test]
async fn redis_is_given_no_more_than_it_should_hold() {
    let stage = Stage::redis().await;
    let backend = stage.backend();
    let jobs: Vec<_> = (0..7_000).map(probe).collect();
    put_all(&stage, &jobs).await;

    while backend.carry(QUEUE).await.unwrap() > 0 {}

    assert_eq!(places(&stage, backend.as_ref()).await, (2_000, 7_000));
}

#[tokio::test]
async fn a_carrier_that_crashes_half_way_runs_nothing_twice() {
    let stage = Stage::redis().await;
    let backend = stage.backend();
    put_all(&stage, &[probe(1)]).await;
    // Redis has the job, and the row can't be removed.
    let crash = "CREATE TRIGGER crash BEFORE DELETE ON jobs
                 BEGIN SELECT RAISE(ABORT, 'the carrier crashed'); END";
    stage.db.execute_unprepared(crash).await.unwrap();
    assert!(backend.carry(QUEUE).await.is_err());
    stage
        .db
        .execute_unprepared("DROP TRIGGER crash")
        .await
        .unwrap();
    let rows = outbox::stats(&stage.db, stage.now()).await.unwrap();
    assert_eq!(
        (
            rows[0].running,
            counts(backend.as_ref()).await.unwrap().waiting
        ),
        (1, 1)
    );

    // By the time the row is carried again, its job is being run.
    let lease = Duration::from_secs(3_600);
    let held = backend
        .claim(QUEUE, "worker", lease, 1)
        .await
        .unwrap()
        .remove(0);
    stage.advance(Duration::from_secs(60));
    backend.recover(QUEUE, 10).await.unwrap();
    backend.wake();
    assert_eq!(backend.carry(QUEUE).await.unwrap(), 1);

    assert_eq!(backend.claim(QUEUE, "another", lease, 1).await.unwrap(), []);
    let done = Report {
        id: held.id,
        attempt: held.envelope.attempt,
        outcome: Outcome::Done,
    };
    backend.settle(QUEUE, &[done]).await.unwrap();
    drained(backend.as_ref()).await;
    assert_eq!(outbox::stats(&stage.db, stage.now()).await.unwrap(), []);
}

#[tokio::test]
async fn jobs_are_put_while_redis_is_away() {
    let stage = Stage::redis().await;
    let nowhere = stage.backend_at("127.0.0.1:1").await;
    let log = Log::default();
    put_all(&stage, &[probe(1)]).await;
    assert!(nowhere.carry(QUEUE).await.is_err());

    let backend = stage.backend();
    let workers = stage.work(log.succeeding());
    drained(backend.as_ref()).await;
    workers.stopped().await;

    assert_eq!(log.runs_of(1), 1);
}
