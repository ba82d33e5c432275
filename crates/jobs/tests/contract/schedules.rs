//! What only one of many replicas does.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use keystead_jobs::{JobBackend, Schedule, Schedules};

use crate::stage::{Log, Stage, counts, drained, probe};

fn hourly(stage: &Stage, backend: Arc<dyn JobBackend>) -> Schedules {
    let schedule = Schedule {
        name: "sweep",
        every: Duration::from_secs(3_600),
        job: probe(1),
    };
    Schedules::new(stage.db.clone(), backend, vec![schedule])
}

pub async fn one_of_all_callers_is_first(stage: Stage) {
    let replicas = [stage.backend(), stage.backend()];
    let ttl = Duration::from_secs(60);
    let race = async |key: &'static str| {
        let racing: Vec<_> = (0..16)
            .map(|caller: usize| {
                let backend = replicas[caller % 2].clone();
                tokio::spawn(async move { backend.once(key, ttl).await.unwrap() })
            })
            .collect();
        let mut first = 0;
        for caller in racing {
            first += u32::from(caller.await.unwrap());
        }
        first
    };

    assert_eq!(race("a").await, 1);
    assert_eq!(race("b").await, 1);
    stage.advance(ttl - Duration::from_millis(1));
    assert_eq!(race("a").await, 0);
    stage.advance(Duration::from_millis(1));
    assert_eq!(race("a").await, 1);
}

pub async fn a_schedule_fires_once_per_tick(stage: Stage) {
    let log = Log::default();
    let backend = stage.backend();
    let replicas: Vec<_> = (0..8)
        .map(|_| Arc::new(hourly(&stage, stage.backend())))
        .collect();
    let workers = stage.work(log.succeeding());

    for tick in 1..=3 {
        let racing: Vec<_> = replicas
            .iter()
            .map(|replica| {
                let replica = replica.clone();
                tokio::spawn(async move { replica.fire_due().await.unwrap().len() })
            })
            .collect();
        let mut fired = 0;
        for replica in racing {
            fired += replica.await.unwrap();
        }
        assert_eq!(fired, 1, "tick {tick}");
        drained(backend.as_ref()).await;
        assert_eq!(log.runs_of(1), tick);
        stage.advance(Duration::from_secs(1_800));
        assert!(
            replicas[0].fire_due().await.unwrap().is_empty(),
            "half-time"
        );
        stage.advance(Duration::from_secs(1_800));
    }
    workers.stopped().await;

    let row = replicas[0].list().await.unwrap().remove(0);
    assert_eq!((row.name.as_str(), row.error), ("sweep", None));
    assert_eq!(row.fired_at, stage.now() - TimeDelta::hours(1));
    assert_eq!(row.finished_at, Some(row.fired_at));
}

pub async fn a_schedule_does_not_pile_up(stage: Stage) {
    let backend = stage.backend();
    let schedules = hourly(&stage, backend.clone());

    for _ in 0..3 {
        assert_eq!(schedules.fire_due().await.unwrap(), ["sweep"]);
        stage.advance(Duration::from_secs(3_600));
    }

    assert_eq!(counts(backend.as_ref()).await.unwrap().waiting, 1);
}

pub async fn a_failed_schedule_says_so_and_goes_on(stage: Stage) {
    let backend = stage.backend();
    let log = Log::default();
    let schedule = Schedule {
        name: "sweep",
        every: Duration::from_secs(3_600),
        job: keystead_jobs::NewJob {
            max_attempts: 1,
            ..probe(1)
        },
    };
    let schedules = Schedules::new(stage.db.clone(), backend.clone(), vec![schedule]);
    let workers = stage.work(log.answering(|context, _| {
        if context.now.timestamp() % 7_200 == 0 {
            Err(std::io::Error::other("the table is locked").into())
        } else {
            Ok(())
        }
    }));

    schedules.fire_due().await.unwrap();
    drained(backend.as_ref()).await;
    let failed = schedules.list().await.unwrap().remove(0);
    stage.advance(Duration::from_secs(3_600));
    schedules.fire_due().await.unwrap();
    drained(backend.as_ref()).await;
    workers.stopped().await;
    let mended = schedules.list().await.unwrap().remove(0);

    assert_eq!(failed.error.as_deref(), Some("the table is locked"));
    assert_eq!(failed.finished_at, None);
    assert_eq!(
        (mended.error, mended.finished_at),
        (None, Some(stage.now()))
    );
    assert_eq!(
        backend.dead_letters(crate::stage::QUEUE, 10).await.unwrap(),
        []
    );
}

pub async fn a_clock_that_ran_ahead_does_not_stop_a_schedule(stage: Stage) {
    let backend = stage.backend();
    let schedules = hourly(&stage, backend.clone());
    assert_eq!(schedules.fire_due().await.unwrap(), ["sweep"]);
    let ahead = stage.backend_with(stage.clock_ahead(TimeDelta::days(1)));
    assert_eq!(hourly(&stage, ahead).fire_due().await.unwrap(), ["sweep"]);

    stage.advance(Duration::from_secs(3_600));
    assert_eq!(schedules.fire_due().await.unwrap(), ["sweep"]);
    assert!(schedules.fire_due().await.unwrap().is_empty());
    // A neighbour a second behind is no clock gone wrong.
    let behind = stage.backend_with(stage.clock_ahead(TimeDelta::seconds(-1)));
    assert!(hourly(&stage, behind).fire_due().await.unwrap().is_empty());
}
