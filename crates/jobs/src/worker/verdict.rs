//! What becomes of a job, by how its handler ended: every end is seen, time-outs and panics too.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use apalis::prelude::{BoxDynError, Task};
use chrono::{DateTime, Utc};
use tokio::sync::mpsc;
use tower::{Layer, Service};

use crate::error::{Failure, chain};
use crate::schedule::schedule_of;
use crate::{Backoff, Delivery, JobBackend, JobError, JobId, Outcome, Report};

/// A handler can't make a job spin.
const SHORTEST_WAIT: Duration = Duration::from_secs(1);

#[derive(Clone)]
pub(crate) struct VerdictLayer {
    pub backend: Arc<dyn JobBackend>,
    pub reports: mpsc::UnboundedSender<Report>,
    pub backoff: Backoff,
}

impl<S> Layer<S> for VerdictLayer {
    type Service = Verdict<S>;

    fn layer(&self, inner: S) -> Verdict<S> {
        Verdict {
            inner,
            layer: self.clone(),
        }
    }
}

/// Runs a job, reports the outcome to the pump, and has nothing to complain about itself.
#[derive(Clone)]
pub(crate) struct Verdict<S> {
    inner: S,
    layer: VerdictLayer,
}

impl<S> Service<Task<Delivery>> for Verdict<S>
where
    S: Service<Task<Delivery>, Response = ()>,
    S::Error: Into<BoxDynError>,
    S::Future: Send + 'static,
{
    type Response = ();
    type Error = BoxDynError;
    type Future = Pin<Box<dyn Future<Output = Result<(), BoxDynError>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxDynError>> {
        self.inner.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, task: Task<Delivery>) -> Self::Future {
        let VerdictLayer {
            backend,
            reports,
            backoff,
        } = self.layer.clone();
        let case = Case::of(&task.args);
        let trial = self.inner.call(task);
        Box::pin(async move {
            let failure = trial.await.map_err(Into::into).err();
            if let Some(schedule) = &case.schedule {
                let error = failure.as_ref().map(|error| chain(error.as_ref()));
                note(backend.as_ref(), schedule, error.as_deref()).await;
            }
            let outcome = case.outcome(failure, backend.now(), backoff);
            // The pump outlives every job, unless the worker is being torn down.
            let _ = reports.send(Report {
                id: case.id,
                attempt: case.attempt,
                outcome,
            });
            Ok(())
        })
    }
}

/// Telling how a schedule fares is no reason to fail its job.
async fn note(backend: &dyn JobBackend, schedule: &str, error: Option<&str>) {
    let result = error.map_or(Ok(()), Err);
    if let Err(error) = backend.schedule_finished(schedule, result).await {
        tracing::warn!(schedule, %error, "the end of a schedule's job was not noted");
    }
}

/// What is remembered of a job while it runs.
pub(crate) struct Case {
    pub id: JobId,
    kind: String,
    pub attempt: u32,
    max_attempts: u32,
    schedule: Option<String>,
}

impl Case {
    pub fn of(delivery: &Delivery) -> Self {
        Self {
            id: delivery.id.clone(),
            kind: delivery.envelope.kind.clone(),
            attempt: delivery.envelope.attempt,
            max_attempts: delivery.max_attempts,
            schedule: delivery
                .envelope
                .unique
                .as_deref()
                .and_then(schedule_of)
                .map(str::to_owned),
        }
    }

    pub fn outcome(
        &self,
        failure: Option<BoxDynError>,
        now: DateTime<Utc>,
        backoff: Backoff,
    ) -> Outcome {
        let Some(error) = failure else {
            return Outcome::Done;
        };
        let text = chain(error.as_ref());
        let wait = match error.downcast_ref::<Failure>() {
            Some(Failure(JobError::Discard(_))) => None,
            Some(Failure(JobError::RetryAfter(delay))) => Some((*delay).max(SHORTEST_WAIT)),
            // Panics and time-outs come here too.
            _ => Some(backoff.delay(&self.id.0, self.attempt)),
        };
        match wait.filter(|_| self.attempt < self.max_attempts) {
            Some(wait) => {
                tracing::info!(
                    id = %self.id, kind = self.kind, attempt = self.attempt, error = text,
                    wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX),
                    "a job failed and is tried again"
                );
                // A delay beyond the end of the calendar is as good as its end.
                let at = now.checked_add_signed(
                    chrono::TimeDelta::from_std(wait).unwrap_or(chrono::TimeDelta::MAX),
                );
                Outcome::Retry(at.unwrap_or(DateTime::<Utc>::MAX_UTC), text)
            }
            // The next tick is its next try; a dead letter per tick would bury the others.
            None if self.schedule.is_some() => {
                tracing::error!(kind = self.kind, error = text, "a schedule's job failed");
                Outcome::Done
            }
            None => {
                tracing::error!(
                    id = %self.id, kind = self.kind, attempt = self.attempt, error = text,
                    "a job failed for good and is a dead letter"
                );
                Outcome::Dead(text)
            }
        }
    }
}
