//! What a job is, and how it is kept, handed out, retried and given up; never what it does.
//!
//! A job is written with the change that asks for it ([`put`]), or by itself
//! ([`JobBackend::enqueue`]). [`Workers`] run it at least once, so handlers are idempotent.
//! Which store holds what is due is chosen at run time: [`SqlBackend`] or [`RedisBackend`].

mod backend;
mod backoff;
mod error;
mod handlers;
mod job;
mod redis;
mod schedule;
mod sql;
mod worker;

use std::sync::Arc;

use chrono::{DateTime, Utc};

pub use self::redis::RedisBackend;
pub use backend::{DeadLetter, Delivery, Envelope, JobBackend, JobId, Outcome, Report};
pub use backoff::Backoff;
pub use error::{Error, JobError, Result};
pub use handlers::{Context, Handlers};
pub use job::{Job, new_job};
pub use keystead_store::outbox::schedules::ScheduleRow;
pub use keystead_store::outbox::{NewJob, QueueStats, put};
pub use schedule::{Schedule, Schedules};
pub use sql::SqlBackend;
pub use worker::{WorkerSpec, Workers, work_off};

/// What time it is; only the server knows a real one.
pub type Clock = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;
