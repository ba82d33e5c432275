//! Who does which kind of job.

use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::{Delivery, Job, JobError, JobId};

type Outcome = Result<(), JobError>;
type Handler =
    Arc<dyn Fn(Context, Delivery) -> Pin<Box<dyn Future<Output = Outcome> + Send>> + Send + Sync>;

/// What a handler is told besides the payload.
#[derive(Clone, Debug)]
pub struct Context {
    /// The job. The same job may come more than once; its id tells.
    pub id: JobId,
    /// Its queue.
    pub queue: String,
    /// Which try this is, from 1.
    pub attempt: u32,
    /// How many there may be.
    pub max_attempts: u32,
    /// The time at which this try began.
    pub now: DateTime<Utc>,
}

impl Context {
    /// Whether a failure now is final.
    pub fn is_last_attempt(&self) -> bool {
        self.attempt >= self.max_attempts
    }
}

/// The handlers of all kinds of jobs. Cheap to clone.
#[derive(Clone, Default)]
pub struct Handlers {
    by_kind: Arc<HashMap<&'static str, (u16, Handler)>>,
}

impl fmt::Debug for Handlers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.by_kind.keys()).finish()
    }
}

impl Handlers {
    /// No handlers.
    pub fn new() -> Self {
        Self::default()
    }

    /// These and a handler for jobs of type `J`. A later one for the same kind takes its place.
    ///
    /// Jobs come at least once: a handler that runs twice does no more than one that runs once.
    #[must_use]
    pub fn on<J, H, F>(mut self, handler: H) -> Self
    where
        J: Job,
        H: Fn(Context, J) -> F + Send + Sync + 'static,
        F: Future<Output = Outcome> + Send + 'static,
    {
        let handler = Arc::new(handler);
        let erased: Handler = Arc::new(move |context, delivery: Delivery| {
            let handler = handler.clone();
            Box::pin(async move {
                let payload =
                    serde_json::from_value(delivery.envelope.payload).map_err(|error| {
                        JobError::Discard(format!("the payload can't be read: {error}"))
                    })?;
                handler(context, payload).await
            })
        });
        Arc::make_mut(&mut self.by_kind).insert(J::KIND, (J::VERSION, erased));
        self
    }

    /// Does the job, or says why not.
    pub(crate) async fn run(&self, delivery: Delivery, now: DateTime<Utc>) -> Outcome {
        let envelope = &delivery.envelope;
        // While replicas of two releases run, the older one meets jobs that it does not know:
        // it leaves them to the other.
        let Some((version, handler)) = self.by_kind.get(envelope.kind.as_str()) else {
            return Err(unknown(format!("no handler for `{}`", envelope.kind)));
        };
        if envelope.v > *version {
            return Err(unknown(format!(
                "`{}` of version {}",
                envelope.kind, envelope.v
            )));
        }
        let context = Context {
            id: delivery.id.clone(),
            queue: delivery.queue.clone(),
            attempt: envelope.attempt,
            max_attempts: delivery.max_attempts,
            now,
        };
        handler(context, delivery).await
    }
}

fn unknown(what: String) -> JobError {
    JobError::Retry(format!("{what} in this release").into())
}
