//! Where jobs wait, and who works them off in this process.

use std::sync::Arc;

use anyhow::{Context, Result};
use keystead_app::Clock;
use keystead_jobs::{JobBackend, RedisBackend, SqlBackend};
use keystead_store::Db;

use crate::config::{Backend, Config};

/// What every Redis key of ours starts with, so that a Redis may be shared.
const REDIS_PREFIX: &str = "keystead";

/// The configured job store.
///
/// # Errors
/// When its URL can't be used. Whether it can be reached shows later: workers wait for it.
pub fn backend(config: &Config, db: &Db, clock: &Clock) -> Result<Arc<dyn JobBackend>> {
    let clock = clock.clone();
    let clock: keystead_jobs::Clock = Arc::new(move || clock.now());
    Ok(match config.jobs.backend {
        Backend::Sql => Arc::new(SqlBackend::new(db.clone(), clock)),
        Backend::Redis => {
            let url = config.redis.url.as_ref().context("`redis.url` is not set")?;
            let backend = RedisBackend::new(url.expose(), REDIS_PREFIX, db.clone(), clock);
            Arc::new(backend.context("`redis.url` can't be used")?)
        }
    })
}
