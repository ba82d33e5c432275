//! Amnesty: no customer loses a machine because the server was down.
//!
//! The gap is one row, written once; every deadline is reckoned with it (see `Hearts::excuse`), so
//! the return of a server with a million machines costs as much as that of an empty one.

use chrono::{DateTime, Utc};
use keystead_domain::heartbeat::Gap;
use keystead_store::heartbeats;
use uuid::Uuid;

use crate::{App, Result};

/// Gaps that are remembered; older ones excuse nobody who was heard since.
const REMEMBERED: u64 = 1_000;

/// Notes that the server is alive. If nobody did for more than three intervals, nobody could be
/// pinged either: the gap is noted, and excuses the silence of those who were alive before it.
///
/// To be called before the first request is served, and every few seconds from then on. Any number
/// of replicas may; one of them finds the gap.
///
/// # Errors
/// When the database fails.
pub async fn pulse(app: &App, now: DateTime<Utc>) -> Result<()> {
    let every = app.hearts.settings.pulse_every();
    let gap = if heartbeats::keep_alive(&app.db, now - every, now).await? {
        None
    } else {
        look_into(app, now).await?
    };
    if let Some(gap) = gap {
        let seconds = gap.length().num_seconds();
        tracing::warn!(
            from = %gap.from,
            until = %gap.until,
            seconds,
            "nobody could be pinged for a while: hearts that were alive before have a full window \
             from now"
        );
        metrics::counter!("keystead_amnesties_total").increment(1);
        metrics::counter!("keystead_amnesty_seconds_total")
            .increment(seconds.try_into().unwrap_or(0));
    }
    let gaps = heartbeats::gaps(&app.db, REMEMBERED).await?;
    app.hearts.note(now, gaps);
    Ok(())
}

/// The newest pulse is late: under its lock, whether that is a gap.
async fn look_into(app: &App, now: DateTime<Utc>) -> Result<Option<Gap>> {
    let tx = app.db.begin().await?;
    let newest = heartbeats::lock_pulse(&tx, now).await?;
    let gap = Gap::between(newest, now, app.hearts.settings.pulse_every());
    match gap {
        Some(gap) => heartbeats::note_gap(&tx, app.ids.next::<Uuid>(), gap).await?,
        None => heartbeats::set_pulse(&tx, newest.max(now)).await?,
    }
    tx.commit().await?;
    Ok(gap)
}
