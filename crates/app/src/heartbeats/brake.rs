//! The brake: a sweep that would remove a suspicious share of an account's machines stops for
//! that account, and somebody is asked.
//!
//! While it holds, a ping brings any of the account's dead back: we doubt that they died. It is
//! released by an admin, or when its window passes and pings arrive.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use keystead_domain::AccountId;
use keystead_domain::heartbeat::{Brake as Rule, Pressure};
use keystead_store::Db;
use keystead_store::heartbeats::{self, Brake};

use super::sweep::survey;
use crate::{App, Result};

/// Machines made due again in one statement.
const WOKEN: u64 = 1_000;

/// Which accounts' culls must wait, and until when; `goes` says how many machines of an account
/// the sweep would remove.
pub(super) async fn holds(
    app: &App,
    goes: &BTreeMap<AccountId, u64>,
    now: DateTime<Utc>,
) -> Result<BTreeMap<AccountId, DateTime<Utc>>> {
    let accounts: Vec<AccountId> = goes.keys().copied().collect();
    let mut known: BTreeMap<AccountId, Brake> = BTreeMap::new();
    for brake in heartbeats::brakes(&app.db, &accounts).await? {
        known.insert(brake.account_id, brake);
    }
    let mut held = BTreeMap::new();
    for (account, goes) in goes {
        let until = match known.remove(account) {
            Some(brake) if brake.is_pulled() => stays(app, brake, now).await?,
            brake => pulls(app, *account, brake, *goes, now).await?,
        };
        if let Some(until) = until {
            held.insert(*account, until);
        }
    }
    Ok(held)
}

/// Until when a pulled brake holds; none once it lets go.
async fn stays(app: &App, brake: Brake, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>> {
    let (Some(pulled_at), Some(until)) = (brake.pulled_at, brake.holds_until) else {
        return Ok(None);
    };
    if now < until {
        return Ok(Some(until));
    }
    let account = brake.account_id;
    if heartbeats::pinged_since(&app.db, account, pulled_at).await? {
        heartbeats::release(&app.db, account, "pings", now).await?;
        tracing::warn!(%account, "the brake let go: its window passed, and pings arrive");
        return Ok(None);
    }
    let until = now + app.hearts.settings.brake_window();
    tracing::warn!(%account, %until, "the brake holds on: no ping arrived since it was pulled");
    put(
        app,
        &Brake {
            holds_until: Some(until),
            ..brake
        },
    )
    .await?;
    Ok(Some(until))
}

/// Pulls the brake if the sweep presses too hard; until when it holds.
async fn pulls(
    app: &App,
    account: AccountId,
    brake: Option<Brake>,
    goes: u64,
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>> {
    let settings = &app.hearts.settings;
    let window = settings.brake_window();
    let released_at = brake.as_ref().and_then(|brake| brake.released_at);
    if released_at.is_some_and(|released_at| now < released_at + window) {
        return Ok(None);
    }
    let rule = Rule {
        share_percent: settings.brake_share_percent,
        minimum: settings.brake_minimum,
    };
    let (_, culled) = counted(brake, window, now);
    if culled + goes <= rule.minimum {
        return Ok(None);
    }

    // Another sweep may be at work on the same dead: counted anew in this order, what it removes
    // meanwhile is counted among the machines rather than twice among the culls.
    let share = u64::from(rule.share_percent.max(1));
    let enough = (culled + goes) * 100 / share + 1;
    let machines = heartbeats::has_machines(&app.db, account, enough).await?;
    let brake = heartbeats::brakes(&app.db, &[account]).await?.pop();
    let (counted_from, culled) = counted(brake, window, now);
    let goes = survey(app, now, Some(account)).await?.unwrap_or_default();
    let goes = goes.get(&account).copied().unwrap_or(0);
    let pressure = Pressure {
        culls: culled + goes,
        machines: machines + culled,
    };
    if !rule.holds(pressure) {
        return Ok(None);
    }

    let until = now + window;
    let stored = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let pulled = Brake {
        account_id: account,
        counted_from,
        culled: stored(culled),
        pulled_at: Some(now),
        holds_until: Some(until),
        would_cull: stored(goes),
        of_machines: stored(pressure.machines),
        released_at: None,
        released_by: None,
    };
    put(app, &pulled).await?;
    metrics::counter!("keystead_sweep_brakes_pulled_total").increment(1);
    tracing::warn!(
        %account,
        would_cull = goes,
        culled,
        of_machines = pressure.machines,
        %until,
        "the brake is pulled: too many machines of one account would go at once. Confirm that \
         they are gone, or wait for pings to arrive"
    );
    Ok(Some(until))
}

/// Since when culls are counted, and how many there were.
fn counted(brake: Option<Brake>, window: TimeDelta, now: DateTime<Utc>) -> (DateTime<Utc>, u64) {
    let counted = brake.filter(|brake| now < brake.counted_from + window);
    counted.map_or((now, 0), |it| {
        (it.counted_from, it.culled.try_into().unwrap_or(0))
    })
}

async fn put(app: &App, brake: &Brake) -> Result<()> {
    let tx = app.db.begin().await?;
    heartbeats::put_brake(&tx, brake).await?;
    Ok(tx.commit().await?)
}

/// The brakes that are pulled, for an operator to look at.
///
/// # Errors
/// When the database fails.
pub async fn pulled(db: &Db) -> Result<Vec<Brake>> {
    Ok(heartbeats::pulled(db).await?)
}

/// Whether the deaths of an account's machines are in doubt.
pub(crate) async fn in_doubt(app: &App, account: AccountId) -> Result<bool> {
    let brakes = heartbeats::brakes(&app.db, &[account]).await?;
    Ok(brakes.iter().any(Brake::is_pulled))
}

/// Confirms that an account's dead machines may go: the next sweep removes them. `by` is who says
/// so. False when no brake was pulled.
///
/// # Errors
/// When the database fails.
pub async fn release(db: &Db, account: AccountId, by: &str, now: DateTime<Utc>) -> Result<bool> {
    let Some(brake) = heartbeats::release(db, account, by, now).await? else {
        return Ok(false);
    };
    tracing::warn!(%account, by, "the brake was released");
    // What was put aside until the window passes is due again.
    if let Some(held) = brake.holds_until {
        while heartbeats::wake(db, account, held, now, WOKEN).await? > 0 {}
    }
    Ok(true)
}
