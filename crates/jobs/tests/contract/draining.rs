//! Stopping a process that has work to do.

use std::sync::Arc;
use std::time::Duration;

use keystead_jobs::{Context, Handlers, WorkerSpec, Workers};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::stage::{Log, Probe, QUEUE, Running, Stage, counts, drained, eventually, probe, spec};

fn gated(log: &Log, gate: &Arc<Semaphore>) -> Handlers {
    let (log, gate) = (log.clone(), gate.clone());
    Handlers::new().on(move |context: Context, probe: Probe| {
        let (log, gate) = (log.clone(), gate.clone());
        async move {
            log.note(&context, &probe);
            gate.acquire().await.unwrap().forget();
            Ok(())
        }
    })
}

pub async fn running_jobs_end_and_the_rest_is_handed_back(stage: Stage) {
    const JOBS: u64 = 200;
    let backend = stage.backend();
    let log = Log::default();
    let told = CancellationToken::new();
    let handlers = {
        let (log, told, backend) = (log.clone(), told.clone(), backend.clone());
        Handlers::new().on(move |context: Context, probe: Probe| {
            let (log, told, backend) = (log.clone(), told.clone(), backend.clone());
            async move {
                log.note(&context, &probe);
                told.cancelled().await;
                // Work that takes longer than it takes the signal to arrive.
                backend.stats().await?;
                Ok(())
            }
        })
    };
    let jobs: Vec<_> = (0..JOBS).map(probe).collect();
    backend.enqueue(&jobs).await.unwrap();
    let spec = WorkerSpec {
        concurrency: 2,
        batch: 150,
        ..spec()
    };
    let workers = Running::start(stage.backend(), handlers, spec);
    eventually("two run and all that fit are in hand", || async {
        log.all().len() == 2 && counts(backend.as_ref()).await.unwrap().running == 150
    })
    .await;

    workers.stop.cancel();
    told.cancel();
    workers.stopped().await;

    let ended = log.all().len() as u64;
    assert!(
        (2..JOBS / 2).contains(&ended),
        "{ended} of {JOBS} were begun"
    );
    let queue = counts(backend.as_ref()).await.unwrap();
    assert_eq!(
        (queue.waiting, queue.due, queue.running),
        (JOBS - ended, JOBS - ended, 0)
    );
    let rest = backend
        .claim(QUEUE, "next", Duration::from_secs(60), 200)
        .await
        .unwrap();
    assert_eq!(rest.len() as u64, JOBS - ended);
    assert!(
        rest.iter().all(|job| job.envelope.attempt == 1),
        "not begun is not an attempt"
    );
}

pub async fn a_job_that_does_not_end_is_left_to_another(stage: Stage) {
    let backend = stage.backend();
    let log = Log::default();
    let gate = Arc::new(Semaphore::new(0));
    backend.enqueue(&[probe(1)]).await.unwrap();
    let workers = Workers::new(stage.backend(), gated(&log, &gate), "stuck")
        .with(spec())
        .drain_for(Duration::from_millis(50));
    let workers = Running::start_workers(workers);
    eventually("it runs", || async { log.runs_of(1) == 1 }).await;

    workers.stopped().await;
    assert_eq!(counts(backend.as_ref()).await.unwrap().running, 1);
    stage.advance(spec().lease);
    gate.add_permits(1);
    let next = stage.work(gated(&log, &gate));
    drained(backend.as_ref()).await;
    next.stopped().await;

    assert_eq!(log.runs_of(1), 2);
}
