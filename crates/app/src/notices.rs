//! Notices: tells who listens that licenses expire, or must check in (licensing §9).
//!
//! Nothing is scheduled per license: a sweep finds them by an index over their times. Who notes
//! that a notice is told tells it, so that of any number of replicas one does.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use keystead_domain::event::EventName;
use keystead_domain::notice::{AGAIN, Window, check_in_is_told, of_check_ins, of_expiries};
use keystead_domain::term::Interval;
use keystead_domain::{EventId, LicenseId};
use keystead_store::entities::Event;
use keystead_store::notices::{self, Candidate, CheckIns, Wanted};
use keystead_store::{Tx, events, licenses};

use crate::herald::{Payload, Told};
use crate::{App, Result};

/// Licenses that are told of in one transaction.
const BATCH: u64 = 500;

/// Tells what is due at `now`, and how much that was.
///
/// # Errors
/// When the database fails; what was committed before stays told.
pub async fn sweep(app: &App, now: DateTime<Utc>) -> Result<u64> {
    let mut told = 0;
    for window in of_expiries(now) {
        told += walk(app, now, window, None).await?;
    }
    let mut after = None;
    loop {
        let policies = notices::check_ins(&app.db, after, BATCH).await?;
        let Some(last) = policies.last() else {
            return Ok(told);
        };
        after = Some(last.id);
        for policy in policies {
            told += of_policy(app, now, policy).await?;
        }
    }
}

async fn of_policy(app: &App, now: DateTime<Utc>, policy: CheckIns) -> Result<u64> {
    let Ok(count) = u32::try_from(policy.check_in_interval_count) else {
        return Ok(0);
    };
    let unit = policy.check_in_interval;
    let interval = Interval { unit, count };
    let mut told = 0;
    for window in of_check_ins(interval, now).into_iter().flatten() {
        told += walk(app, now, window, Some((policy, interval))).await?;
    }
    Ok(told)
}

/// Tells one notice of the licenses in its window, batch by batch.
async fn walk(
    app: &App,
    now: DateTime<Utc>,
    (notice, from, until): Window,
    policy: Option<(CheckIns, Interval)>,
) -> Result<u64> {
    let mut wanted = Wanted {
        notice,
        told_after: now - AGAIN,
        from,
        until,
        after: None,
        limit: BATCH,
    };
    let mut told = 0;
    loop {
        let mut found = match policy {
            None => notices::expiring(&app.db, wanted).await?,
            Some((policy, _)) => notices::checking_in(&app.db, policy.id, now, wanted).await?,
        };
        let Some(last) = found.last() else {
            return Ok(told);
        };
        wanted.after = Some((last.at, last.id));
        if let Some((_, interval)) = policy {
            found.retain(|license| check_in_is_told(notice, interval, license.at, now));
        }
        told += tell(app, now, wanted, found).await?;
    }
}

async fn tell(
    app: &App,
    now: DateTime<Utc>,
    wanted: Wanted,
    licenses: Vec<Candidate>,
) -> Result<u64> {
    if licenses.is_empty() {
        return Ok(0);
    }
    let tx = app.db.begin().await?;
    let ids = licenses.iter().map(|license| license.id).collect();
    let claimed = notices::claim(&tx, wanted.notice, ids, wanted.told_after, now).await?;
    let claimed: HashSet<_> = claimed.into_iter().collect();
    let told: Vec<Event> = licenses
        .iter()
        .filter(|license| claimed.contains(&license.id))
        .map(|license| event(app, wanted.notice, license, now))
        .collect();
    events::append(&tx, &told).await?;
    send(app, &tx, &told, now).await?;
    tx.commit().await?;
    Ok(told.len() as u64)
}

/// Puts notices on their way. Licenses are read whole only where somebody listens.
async fn send(app: &App, tx: &Tx, told: &[Event], now: DateTime<Utc>) -> Result<()> {
    let audience = app.herald.audience(tx, told).await?;
    let heard: Vec<&Event> = told.iter().filter(|it| audience.hears(it)).collect();
    if heard.is_empty() {
        return Ok(());
    }
    let ids: Vec<_> = heard.iter().map(|it| LicenseId(it.resource_id)).collect();
    let licenses = licenses::by_ids(tx, &ids).await?;
    let licenses: HashMap<_, _> = licenses
        .into_iter()
        .map(|loaded| (loaded.license.id.0, loaded))
        .collect();
    let told: Vec<Told<'_>> = heard
        .into_iter()
        .filter_map(|event| {
            let payload = Payload::License(licenses.get(&event.resource_id)?);
            Some(Told { event, payload })
        })
        .collect();
    Ok(app.herald.send(tx, &audience, &told, now).await?)
}

/// The event that tells: nobody's doing, in the license's own environment.
fn event(app: &App, notice: EventName, license: &Candidate, now: DateTime<Utc>) -> Event {
    Event {
        id: app.ids.next::<EventId>(),
        account_id: license.account_id,
        environment_id: license.environment_id,
        name: notice.as_str().to_owned(),
        resource_type: "licenses".to_owned(),
        resource_id: license.id.0,
        bearer_type: None,
        bearer_id: None,
        request_id: None,
        metadata: None,
        created_at: now,
    }
}
