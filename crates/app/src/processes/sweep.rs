//! The sweep: what becomes of processes whose hearts stopped. Its cost is set by what is due, and
//! any number of replicas may sweep at once.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use keystead_domain::event::EventName;
use keystead_domain::heartbeat::{Fate, Judgement, judge};
use keystead_domain::{EventId, ProcessId};
use keystead_store::entities::Event;
use keystead_store::heartbeats::{self, Settled};
use keystead_store::processes::{self, Due};
use keystead_store::{Tx, events};

use super::{NOUN, View};
use crate::heartbeats::pulse;
use crate::herald::{Payload, Told};
use crate::{App, Result};

/// Looks at every process that is due, and does what its policy says. How many were removed.
///
/// # Errors
/// When the database fails; what was committed before stays done.
pub async fn sweep(app: &App, now: DateTime<Utc>) -> Result<u64> {
    // Whether we were gone must be known before anything is called dead.
    pulse(app, now).await?;
    let (mut after, mut culled) = (None, 0);
    loop {
        let tx = app.db.begin().await?;
        let due = processes::lock_due(&tx, now, after, app.hearts.settings.batch).await?;
        let Some(last) = due.last() else {
            return Ok(culled);
        };
        after = Some(last.place());
        culled += settle(app, &tx, due, now).await?;
        tx.commit().await?;
    }
}

/// Settles processes whose hearts are locked.
async fn settle(app: &App, tx: &Tx, due: Vec<Due>, now: DateTime<Utc>) -> Result<u64> {
    let (mut settled, mut gone, mut told) = (Vec::new(), Vec::new(), Vec::new());
    for due in due {
        let Judgement { fate, announce } = judged(app, &due, now);
        if announce {
            told.push(death(app, &due, now));
        }
        let due_at = match fate {
            Fate::Goes => {
                gone.push(due.process_id);
                continue;
            }
            Fate::Lives(next) => next,
            Fate::Waits(until) => Some(until),
            Fate::Stays => None,
        };
        settled.push(Settled {
            id: due.process_id,
            due_at,
            died_at: if announce { Some(now) } else { due.died_at },
        });
    }
    tell(app, tx, &told, now).await?;
    heartbeats::settle(tx, &settled).await?;
    processes::remove(tx, &gone).await?;
    Ok(gone.len() as u64)
}

/// Tells of deaths, before the dead go. Processes are read whole only where somebody listens.
async fn tell(app: &App, tx: &Tx, deaths: &[Event], now: DateTime<Utc>) -> Result<()> {
    events::append(tx, deaths).await?;
    let audience = app.herald.audience(tx, deaths).await?;
    let heard: Vec<&Event> = deaths.iter().filter(|it| audience.hears(it)).collect();
    if heard.is_empty() {
        return Ok(());
    }
    let ids: Vec<_> = heard.iter().map(|it| ProcessId(it.resource_id)).collect();
    let processes = processes::by_ids(tx, &ids).await?;
    let views: HashMap<_, _> = processes
        .into_iter()
        .map(|loaded| (loaded.process.id.0, View::at(app, loaded, now)))
        .collect();
    let told: Vec<Told<'_>> = heard
        .into_iter()
        .filter_map(|event| {
            let payload = Payload::Process(views.get(&event.resource_id)?);
            Some(Told { event, payload })
        })
        .collect();
    Ok(app.herald.send(tx, &audience, &told, now).await?)
}

fn judged(app: &App, due: &Due, now: DateTime<Utc>) -> Judgement {
    let heart = app.hearts.excuse(due.heart());
    let resurrection = due.heartbeat_resurrection_strategy;
    let told = due.died_at.is_some();
    let judgement = judge(&heart, due.heartbeat_cull_strategy, resurrection, told, now);
    match app.hearts.second_chance(&heart, resurrection, now) {
        Some(until) if judgement.fate == Fate::Goes => Judgement {
            fate: Fate::Waits(until),
            ..judgement
        },
        _ => judgement,
    }
}

/// The event that tells a death: nobody's doing, in the process's own environment.
fn death(app: &App, due: &Due, now: DateTime<Utc>) -> Event {
    Event {
        id: app.ids.next::<EventId>(),
        account_id: due.account_id,
        environment_id: due.environment_id,
        name: EventName::ProcessHeartbeatDead.as_str().to_owned(),
        resource_type: NOUN.to_owned(),
        resource_id: due.process_id.0,
        bearer_type: None,
        bearer_id: None,
        request_id: None,
        metadata: None,
        created_at: now,
    }
}
