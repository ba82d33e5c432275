//! Putting jobs in and getting them out again.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use keystead_jobs::{Context, Handlers, NewJob, WorkerSpec, put};

use crate::stage::{
    Log, Probe, QUEUE, Running, Stage, counts, drained, eventually, probe, settled, spec,
    unique_probe,
};

pub async fn a_job_is_done_once_and_forgotten(stage: Stage) {
    let backend = stage.backend();
    let log = Log::default();
    backend.enqueue(&[probe(7), probe(8)]).await.unwrap();

    let workers = stage.work(log.succeeding());
    drained(backend.as_ref()).await;
    workers.stopped().await;

    let mut numbers: Vec<_> = log
        .all()
        .iter()
        .map(|seen| (seen.number, seen.attempt))
        .collect();
    numbers.sort_unstable();
    assert_eq!(numbers, [(7, 1), (8, 1)]);
    assert_eq!(backend.dead_letters(QUEUE, 10).await.unwrap(), []);
}

pub async fn a_job_waits_for_its_time(stage: Stage) {
    let backend = stage.backend();
    let log = Log::default();
    let later = NewJob {
        run_at: Some(stage.now() + Duration::from_secs(60)),
        ..probe(1)
    };
    backend.enqueue(&[later]).await.unwrap();
    let workers = stage.work(log.succeeding());

    stage.advance(Duration::from_secs(59));
    // The second one proves that the worker has looked since.
    backend.enqueue(&[probe(2)]).await.unwrap();
    settled(backend.as_ref(), 1).await;
    assert_eq!(log.runs_of(1), 0);

    stage.advance(Duration::from_secs(1));
    drained(backend.as_ref()).await;
    workers.stopped().await;
    assert_eq!((log.runs_of(1), log.runs_of(2)), (1, 1));
}

pub async fn a_duplicate_key_runs_once(stage: Stage) {
    let log = Log::default();
    let replicas = [stage.backend(), stage.backend()];

    let racing: Vec<_> = (0..32)
        .map(|number: u64| {
            let backend = replicas[usize::from(number % 2 == 1)].clone();
            tokio::spawn(async move { backend.enqueue(&[unique_probe(number, "same")]).await })
        })
        .collect();
    let mut added = 0;
    for enqueued in racing {
        added += enqueued.await.unwrap().unwrap();
    }
    let workers = stage.work(log.succeeding());
    drained(replicas[0].as_ref()).await;
    workers.stopped().await;

    assert_eq!(added, 1);
    assert_eq!(log.all().len(), 1);
}

pub async fn a_duplicate_does_not_hold_up_its_batch(stage: Stage) {
    let backend = stage.backend();

    let batch = [
        unique_probe(1, "a"),
        unique_probe(2, "b"),
        unique_probe(3, "a"),
        probe(4),
    ];
    assert_eq!(backend.enqueue(&batch).await.unwrap(), 3);
    assert_eq!(backend.enqueue(&batch).await.unwrap(), 1);

    assert_eq!(counts(backend.as_ref()).await.unwrap().waiting, 4);
}

pub async fn a_key_is_free_again_when_its_job_is_done(stage: Stage) {
    let backend = stage.backend();
    let log = Log::default();
    let gate = Arc::new(tokio::sync::Semaphore::new(0));
    let handlers = {
        let (log, gate) = (log.clone(), gate.clone());
        Handlers::new().on(move |context: Context, probe: Probe| {
            let (log, gate) = (log.clone(), gate.clone());
            async move {
                log.note(&context, &probe);
                gate.acquire().await.unwrap().forget();
                Ok(())
            }
        })
    };
    let workers = stage.work(handlers);

    assert_eq!(backend.enqueue(&[unique_probe(1, "key")]).await.unwrap(), 1);
    eventually("it runs", || async { log.runs_of(1) == 1 }).await;
    assert_eq!(
        backend.enqueue(&[unique_probe(2, "key")]).await.unwrap(),
        0,
        "running counts"
    );
    gate.add_permits(1);
    drained(backend.as_ref()).await;
    assert_eq!(backend.enqueue(&[unique_probe(3, "key")]).await.unwrap(), 1);

    gate.add_permits(1);
    drained(backend.as_ref()).await;
    workers.stopped().await;
    assert_eq!((log.runs_of(2), log.runs_of(3)), (0, 1));
}

pub async fn a_job_lives_and_dies_with_its_transaction(stage: Stage) {
    let backend = stage.backend();
    let log = Log::default();
    let workers = stage.work(log.succeeding());

    let tx = stage.db.begin().await.unwrap();
    put(&tx, stage.now(), &[probe(1)]).await.unwrap();
    drop(tx);
    let tx = stage.db.begin().await.unwrap();
    let added = put(
        &tx,
        stage.now(),
        &[unique_probe(2, "k"), unique_probe(3, "k")],
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    backend.wake();
    eventually("the second has run", || async { !log.all().is_empty() }).await;
    drained(backend.as_ref()).await;
    workers.stopped().await;

    assert_eq!(added, 1);
    let numbers: Vec<_> = log.all().iter().map(|seen| seen.number).collect();
    assert!(numbers == [2] || numbers == [3], "{numbers:?}");
}

/// A burst of due jobs neither kills a worker nor runs any of them twice.
pub async fn fifty_thousand_due_jobs_drain(stage: Stage) {
    const BURST: u64 = 50_000;
    let backend = stage.backend();
    let jobs: Vec<_> = (0..BURST).map(probe).collect();
    assert_eq!(backend.enqueue(&jobs).await.unwrap(), BURST);
    let (runs, sum) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let handlers = {
        let (runs, sum) = (runs.clone(), sum.clone());
        Handlers::new().on(move |_: Context, probe: Probe| {
            runs.fetch_add(1, Ordering::Relaxed);
            sum.fetch_add(probe.number, Ordering::Relaxed);
            async { Ok(()) }
        })
    };

    let spec = WorkerSpec {
        concurrency: 64,
        batch: 500,
        ..spec()
    };
    let workers = Running::start(backend.clone(), handlers, spec);
    eventually("all have run", || async {
        runs.load(Ordering::Relaxed) >= BURST
    })
    .await;
    drained(backend.as_ref()).await;
    workers.stopped().await;

    assert_eq!(runs.load(Ordering::Relaxed), BURST);
    assert_eq!(sum.load(Ordering::Relaxed), BURST * (BURST - 1) / 2);
}

pub async fn the_state_of_a_queue_can_be_told(stage: Stage) {
    let backend = stage.backend();
    let due_since = stage.now();
    let later = NewJob {
        run_at: Some(stage.now() + Duration::from_secs(3_600)),
        ..probe(3)
    };
    backend.enqueue(&[probe(1), probe(2), later]).await.unwrap();
    stage.advance(Duration::from_secs(5));

    let before = counts(backend.as_ref()).await.unwrap();
    backend
        .claim(QUEUE, "somebody", Duration::from_secs(60), 1)
        .await
        .unwrap();
    let after = counts(backend.as_ref()).await.unwrap();

    assert_eq!(
        (before.waiting, before.due, before.running, before.dead),
        (3, 2, 0, 0)
    );
    assert_eq!(before.due_since, Some(due_since));
    assert_eq!(
        (after.waiting, after.due, after.running, after.dead),
        (2, 1, 1, 0)
    );
}
