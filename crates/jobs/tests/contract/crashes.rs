//! Workers that vanish with jobs in their hands.

use std::sync::Arc;
use std::time::Duration;

use chrono::DateTime;
use keystead_jobs::{Clock, Context, Handlers, NewJob, Outcome, Report, WorkerSpec};
use tokio::time::Instant;

use crate::stage::{Log, Probe, QUEUE, Running, Stage, counts, drained, eventually, probe, spec};

const LEASE: Duration = Duration::from_secs(60);

pub async fn a_crashed_workers_job_goes_to_another(stage: Stage) {
    let backend = stage.backend();
    let log = Log::default();
    backend.enqueue(&[probe(1)]).await.unwrap();
    // A process that takes the job and is never heard of again.
    assert_eq!(
        backend
            .claim(QUEUE, "crashed", LEASE, 10)
            .await
            .unwrap()
            .len(),
        1
    );

    let spec = WorkerSpec {
        lease: Duration::from_millis(300),
        ..spec()
    };
    let workers = Running::start(stage.backend(), log.succeeding(), spec);
    stage.advance(LEASE - Duration::from_secs(1));
    backend.enqueue(&[probe(2)]).await.unwrap();
    eventually("the other worker looked", || async { log.runs_of(2) == 1 }).await;
    assert_eq!(log.runs_of(1), 0, "the lease has a second to go");
    stage.advance(Duration::from_secs(1));
    drained(backend.as_ref()).await;
    workers.stopped().await;

    let attempts: Vec<_> = log
        .all()
        .iter()
        .filter(|seen| seen.number == 1)
        .map(|seen| seen.attempt)
        .collect();
    assert_eq!(attempts, [2]);
}

pub async fn a_job_that_keeps_crashing_its_worker_is_buried(stage: Stage) {
    let backend = stage.backend();
    backend
        .enqueue(&[NewJob {
            max_attempts: 3,
            ..probe(1)
        }])
        .await
        .unwrap();

    let mut claims = 0;
    for _ in 0..5 {
        claims += backend
            .claim(QUEUE, "crashing", LEASE, 10)
            .await
            .unwrap()
            .len();
        stage.advance(LEASE);
        backend.recover(QUEUE, 10).await.unwrap();
    }

    assert_eq!(claims, 3);
    let dead = backend.dead_letters(QUEUE, 10).await.unwrap();
    assert_eq!(
        (dead[0].attempt, dead[0].error.as_str()),
        (3, "its worker vanished")
    );
    assert_eq!(
        backend.claim(QUEUE, "crashing", LEASE, 10).await.unwrap(),
        []
    );
}

pub async fn a_running_job_keeps_its_lease(stage: Stage) {
    // Here the clock runs, for the lease has to run out in the time in which it is renewed.
    let (start, began) = (stage.now(), Instant::now());
    let clock: Clock = Arc::new(move || start + began.elapsed());
    let backend = stage.backend_with(clock.clone());
    let log = Log::default();
    let lease = Duration::from_millis(1_500);
    let handlers = {
        let (log, clock) = (log.clone(), clock.clone());
        Handlers::new().on(move |context: Context, probe: Probe| {
            let (log, clock) = (log.clone(), clock.clone());
            async move {
                log.note(&context, &probe);
                let end = context.now + lease * 2;
                eventually("two leases are over", || async { clock() > end }).await;
                Ok(())
            }
        })
    };
    backend.enqueue(&[probe(1)]).await.unwrap();

    let spec = WorkerSpec { lease, ..spec() };
    let one = Running::start(
        stage.backend_with(clock.clone()),
        handlers.clone(),
        spec.clone(),
    );
    let other = Running::start(stage.backend_with(clock), handlers, spec);
    drained(backend.as_ref()).await;
    one.stopped().await;
    other.stopped().await;

    assert_eq!(log.runs_of(1), 1);
}

pub async fn a_late_report_changes_nothing(stage: Stage) {
    let backend = stage.backend();
    backend.enqueue(&[probe(1)]).await.unwrap();
    let late = backend
        .claim(QUEUE, "late", LEASE, 1)
        .await
        .unwrap()
        .remove(0);
    stage.advance(LEASE);
    backend.recover(QUEUE, 10).await.unwrap();
    let held = backend
        .claim(QUEUE, "other", LEASE, 1)
        .await
        .unwrap()
        .remove(0);
    assert_eq!(late.id, held.id);

    let report = |outcome| Report {
        id: late.id.clone(),
        attempt: late.envelope.attempt,
        outcome,
    };
    for outcome in [
        Outcome::Done,
        Outcome::Released,
        Outcome::Dead("late".to_owned()),
        Outcome::Retry(DateTime::UNIX_EPOCH, "late".to_owned()),
    ] {
        backend.settle(QUEUE, &[report(outcome)]).await.unwrap();
    }
    backend
        .renew(
            QUEUE,
            &[(late.id.clone(), late.envelope.attempt)],
            LEASE * 100,
        )
        .await
        .unwrap();

    let queue = counts(backend.as_ref()).await.unwrap();
    assert_eq!((queue.waiting, queue.running, queue.dead), (0, 1, 0));
    stage.advance(LEASE);
    assert_eq!(
        backend.recover(QUEUE, 10).await.unwrap(),
        1,
        "the lease is the holder's"
    );
}

pub async fn workers_may_share_a_name(stage: Stage) {
    let backend = stage.backend();
    let log = Log::default();
    let one = stage.work(log.succeeding());
    let other = stage.work(log.succeeding());

    let jobs: Vec<_> = (0..200).map(probe).collect();
    backend.enqueue(&jobs).await.unwrap();
    drained(backend.as_ref()).await;
    one.stopped().await;
    backend.enqueue(&[probe(200)]).await.unwrap();
    drained(backend.as_ref()).await;
    other.stopped().await;

    assert_eq!(log.all().len(), 201);
}
