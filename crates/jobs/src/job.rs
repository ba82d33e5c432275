//! Jobs with a type: what their name, queue and patience are.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::NewJob;

/// The payload of a job, with what is the same for all of its kind.
///
/// ```
/// # use keystead_jobs::{Job, new_job};
/// #[derive(serde::Serialize, serde::Deserialize)]
/// struct Deliver {
///     event: u64,
/// }
///
/// impl Job for Deliver {
///     const KIND: &'static str = "webhooks.deliver";
///     const QUEUE: &'static str = "webhooks";
/// }
///
/// let job = new_job(&Deliver { event: 7 });
/// assert_eq!(job.payload["event"], 7);
/// ```
pub trait Job: Serialize + DeserializeOwned + Send + 'static {
    /// The name of its handler, the same for ever.
    const KIND: &'static str;
    /// The queue whose workers take it.
    const QUEUE: &'static str;
    /// The shape of the payload. Raise it when an older handler can't read a newer payload;
    /// it then leaves the job to a replica that can.
    const VERSION: u16 = 1;
    /// How often it may be tried.
    const MAX_ATTEMPTS: u32 = 12;
}

/// A job that is due at once and not unique; set [`NewJob::run_at`] and [`NewJob::unique`] if
/// it shall be otherwise.
///
/// A unique job is let drop while another with its key is waiting *or running*: it suits work
/// that looks up what there is to do, not work that must see every change made meanwhile.
///
/// # Panics
/// When the payload has no JSON form (a map whose keys are no strings), which is a mistake in
/// its type.
pub fn new_job<J: Job>(job: &J) -> NewJob {
    NewJob {
        queue: J::QUEUE.to_owned(),
        kind: J::KIND.to_owned(),
        version: J::VERSION,
        payload: serde_json::to_value(job).expect("a payload has a JSON form"),
        unique: None,
        run_at: None,
        max_attempts: J::MAX_ATTEMPTS,
    }
}
