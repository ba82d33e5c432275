//! Jobs that fail: how they are tried again, and where they end.

use std::time::Duration;

use keystead_jobs::{Context, Handlers, Job, JobError, JobId, NewJob, WorkerSpec};

use crate::stage::{
    Log, Probe, QUEUE, Running, Stage, counts, drained, eventually, probe, settled, spec,
    unique_probe,
};

fn failing(log: &Log) -> Handlers {
    log.answering(|_, _| Err(std::io::Error::other("no luck").into()))
}

pub async fn a_failing_job_waits_longer_each_time_and_ends_in_the_dead_letters(stage: Stage) {
    let backend = stage.backend();
    let log = Log::default();
    let workers = stage.work(failing(&log));
    backend.enqueue(&[probe(1)]).await.unwrap();

    for attempt in 1..Probe::MAX_ATTEMPTS {
        eventually("it ran", || async { log.runs_of(1) == attempt as usize }).await;
        settled(backend.as_ref(), 1).await;
        // Half of the wait is certain, the rest is jitter. A job that is put now proves that
        // the worker looked and left the other alone.
        let wait = Duration::from_secs(10 << (attempt - 1));
        stage.advance(wait / 2 - Duration::from_millis(1));
        backend
            .enqueue(&[NewJob {
                max_attempts: 1,
                ..probe(100)
            }])
            .await
            .unwrap();
        eventually("the worker looked", || async {
            log.runs_of(100) == attempt as usize
        })
        .await;
        assert_eq!(log.runs_of(1), attempt as usize, "too early");
        stage.advance(wait / 2 + Duration::from_millis(1));
    }
    drained(backend.as_ref()).await;
    workers.stopped().await;

    let attempts: Vec<_> = log
        .all()
        .iter()
        .filter(|seen| seen.number == 1)
        .map(|seen| seen.attempt)
        .collect();
    assert_eq!(attempts, [1, 2, 3, 4]);
    let dead = backend.dead_letters(QUEUE, 10).await.unwrap();
    let letter = dead
        .iter()
        .find(|letter| letter.payload["number"] == 1)
        .unwrap();
    assert_eq!((letter.kind.as_str(), letter.attempt), (Probe::KIND, 4));
    assert_eq!(letter.error, "no luck");
    assert_eq!(letter.died_at, stage.now());
}

pub async fn a_dead_letter_gets_a_new_life(stage: Stage) {
    let backend = stage.backend();
    let log = Log::default();
    let workers = stage.work(failing(&log));
    let once = |number| NewJob {
        max_attempts: 1,
        ..probe(number)
    };
    backend.enqueue(&[once(1), once(2)]).await.unwrap();
    eventually("both ran", || async { log.all().len() == 2 }).await;
    drained(backend.as_ref()).await;
    workers.stopped().await;
    let dead = backend.dead_letters(QUEUE, 10).await.unwrap();
    let id = |number: u64| {
        dead.iter()
            .find(|letter| letter.payload["number"] == number)
            .unwrap()
            .id
            .clone()
    };

    assert!(backend.retry_dead(QUEUE, &id(1)).await.unwrap());
    assert!(backend.drop_dead(QUEUE, &id(2)).await.unwrap());
    assert!(
        !backend.retry_dead(QUEUE, &id(1)).await.unwrap(),
        "it is not dead any more"
    );
    assert!(
        !backend
            .drop_dead(QUEUE, &JobId("no such".to_owned()))
            .await
            .unwrap()
    );
    let second = Log::default();
    let workers = stage.work(second.succeeding());
    drained(backend.as_ref()).await;
    workers.stopped().await;

    let runs: Vec<_> = second
        .all()
        .iter()
        .map(|seen| (seen.number, seen.attempt))
        .collect();
    assert_eq!(runs, [(1, 1)]);
    assert_eq!(backend.dead_letters(QUEUE, 10).await.unwrap(), []);
}

pub async fn a_dead_letter_stays_dead_while_its_key_is_taken(stage: Stage) {
    let backend = stage.backend();
    let log = Log::default();
    let workers = stage.work(failing(&log));
    let job = NewJob {
        max_attempts: 1,
        ..unique_probe(1, "key")
    };
    backend.enqueue(&[job]).await.unwrap();
    eventually("it ran", || async { log.all().len() == 1 }).await;
    drained(backend.as_ref()).await;
    workers.stopped().await;
    let id = backend.dead_letters(QUEUE, 1).await.unwrap()[0].id.clone();

    let added = backend.enqueue(&[unique_probe(2, "key")]).await.unwrap();

    assert_eq!(added, 1, "the dead hold no keys");
    assert!(!backend.retry_dead(QUEUE, &id).await.unwrap());
    assert_eq!(backend.dead_letters(QUEUE, 10).await.unwrap().len(), 1);
    assert_eq!(counts(backend.as_ref()).await.unwrap().waiting, 1);
}

pub async fn a_job_that_asks_for_time_gets_it(stage: Stage) {
    let backend = stage.backend();
    let log = Log::default();
    let workers = stage.work(log.answering(|context, probe| {
        // The second asks for no time at all, which would be a loop.
        let delay = Duration::from_secs(if probe.number == 1 { 30 } else { 0 });
        if context.attempt == 1 {
            Err(JobError::RetryAfter(delay))
        } else {
            Ok(())
        }
    }));
    backend.enqueue(&[probe(1), probe(2)]).await.unwrap();
    eventually("both ran", || async { log.all().len() >= 2 }).await;
    settled(backend.as_ref(), 2).await;

    for (markers, (seconds, runs)) in [(0, (1, 1)), (1, (1, 2)), (28, (1, 2)), (1, (2, 2))]
        .into_iter()
        .enumerate()
    {
        stage.advance(Duration::from_secs(seconds));
        let marker = NewJob {
            max_attempts: 1,
            ..probe(100)
        };
        backend.enqueue(&[marker]).await.unwrap();
        eventually("the worker looked", || async {
            log.runs_of(100) == markers + 1
        })
        .await;
        eventually("the due ones ran", || async {
            (log.runs_of(1), log.runs_of(2)) == runs
        })
        .await;
    }
    drained(backend.as_ref()).await;
    workers.stopped().await;
    assert_eq!((log.runs_of(1), log.runs_of(2)), (2, 2));
}

pub async fn a_discarded_job_is_not_tried_again(stage: Stage) {
    let backend = stage.backend();
    let log = Log::default();
    let workers =
        stage.work(log.answering(|_, _| Err(JobError::Discard("the endpoint is gone".into()))));
    backend.enqueue(&[probe(1)]).await.unwrap();

    eventually("it ran", || async { log.runs_of(1) == 1 }).await;
    drained(backend.as_ref()).await;
    workers.stopped().await;

    let dead = backend.dead_letters(QUEUE, 10).await.unwrap();
    assert_eq!(dead.len(), 1);
    assert_eq!(
        (dead[0].attempt, dead[0].error.as_str()),
        (1, "the endpoint is gone")
    );
}

pub async fn a_panic_or_a_timeout_is_a_failure_like_any_other(stage: Stage) {
    let backend = stage.backend();
    let log = Log::default();
    let handlers = {
        let log = log.clone();
        Handlers::new().on(move |context: Context, probe: Probe| {
            let log = log.clone();
            async move {
                log.note(&context, &probe);
                match probe.number {
                    1 => panic!("out of bounds"),
                    2 => std::future::pending().await,
                    _ => Ok(()),
                }
            }
        })
    };
    let spec = WorkerSpec {
        concurrency: 1,
        timeout: Duration::from_secs(2),
        ..spec()
    };
    let workers = Running::start(backend.clone(), handlers, spec);
    let once = |number| NewJob {
        max_attempts: 1,
        ..probe(number)
    };

    backend.enqueue(&[once(1), once(2), once(3)]).await.unwrap();
    eventually("all ran", || async { log.all().len() == 3 }).await;
    drained(backend.as_ref()).await;
    workers.stopped().await;

    let mut errors: Vec<_> = backend
        .dead_letters(QUEUE, 10)
        .await
        .unwrap()
        .into_iter()
        .map(|letter| (letter.payload["number"].as_u64().unwrap(), letter.error))
        .collect();
    errors.sort();
    assert_eq!(errors.len(), 2);
    assert_eq!(errors[0], (1, "panicked: out of bounds".to_owned()));
    assert_eq!(errors[1], (2, "request timed out".to_owned()));
}

pub async fn an_unknown_kind_waits_for_a_release_that_knows_it(stage: Stage) {
    let backend = stage.backend();
    let log = Log::default();
    let old_release = stage.work(Handlers::new());
    let newer = NewJob {
        version: Probe::VERSION + 1,
        ..probe(2)
    };
    backend.enqueue(&[probe(1)]).await.unwrap();
    settled_after_one_attempt(&stage).await;
    old_release.stopped().await;

    let same_release = stage.work(log.succeeding());
    stage.advance(Duration::from_secs(10));
    drained(backend.as_ref()).await;
    backend.enqueue(&[newer]).await.unwrap();
    settled_after_one_attempt(&stage).await;
    same_release.stopped().await;

    assert_eq!((log.runs_of(1), log.runs_of(2)), (1, 0));
    assert_eq!(backend.dead_letters(QUEUE, 10).await.unwrap(), []);
}

/// Until the one job waits for a later time, so has been tried.
async fn settled_after_one_attempt(stage: &Stage) {
    let backend = stage.backend();
    eventually("it was tried", || async {
        counts(backend.as_ref())
            .await
            .is_some_and(|queue| (queue.waiting, queue.due, queue.running) == (1, 0, 0))
    })
    .await;
}

pub async fn a_payload_that_can_not_be_read_is_a_dead_letter(stage: Stage) {
    let backend = stage.backend();
    let log = Log::default();
    let workers = stage.work(log.succeeding());
    let broken = NewJob {
        payload: serde_json::json!({ "number": "seven" }),
        ..probe(1)
    };

    backend.enqueue(&[broken]).await.unwrap();
    drained(backend.as_ref()).await;
    workers.stopped().await;

    let dead = backend.dead_letters(QUEUE, 10).await.unwrap();
    assert_eq!(dead.len(), 1);
    assert!(
        dead[0].error.starts_with("the payload can't be read:"),
        "{}",
        dead[0].error
    );
    assert_eq!(dead[0].payload["number"], "seven");
}

/// A report that the store refuses would be sent for ever, and its worker do nothing else.
pub async fn an_error_of_any_text_can_be_kept(stage: Stage) {
    let backend = stage.backend();
    let log = Log::default();
    let workers = stage.work(log.answering(|_, _| {
        Err(JobError::Discard(format!(
            "\0 {}",
            "\u{1f980}".repeat(100_000)
        )))
    }));

    backend.enqueue(&[probe(1)]).await.unwrap();
    drained(backend.as_ref()).await;
    workers.stopped().await;

    let dead = backend.dead_letters(QUEUE, 10).await.unwrap();
    assert_eq!(dead.len(), 1);
    assert!(dead[0].error.chars().count() <= 2_000);
    assert!(dead[0].error.contains('\u{1f980}'));
}

pub async fn old_dead_letters_are_pruned_a_few_at_a_time(stage: Stage) {
    let backend = stage.backend();
    let log = Log::default();
    let workers = stage.work(log.answering(|_, _| Err(JobError::Discard("no".into()))));
    for batch in [0..5, 5..7] {
        let jobs: Vec<_> = batch.map(probe).collect();
        backend.enqueue(&jobs).await.unwrap();
        drained(backend.as_ref()).await;
        stage.advance(Duration::from_secs(3_600));
    }
    workers.stopped().await;

    let before = stage.now() - Duration::from_secs(5_400);
    let mut pruned = Vec::new();
    while pruned.last() != Some(&0) {
        pruned.push(backend.prune(QUEUE, before, 2).await.unwrap());
    }

    assert_eq!(pruned, [2, 2, 1, 0]);
    let mut left: Vec<_> = backend
        .dead_letters(QUEUE, 10)
        .await
        .unwrap()
        .iter()
        .map(|letter| letter.payload["number"].as_u64().unwrap())
        .collect();
    left.sort_unstable();
    assert_eq!(left, [5, 6]);
}
