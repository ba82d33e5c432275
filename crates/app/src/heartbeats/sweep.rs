//! The sweep: what becomes of machines whose hearts stopped. Its cost is set by what is due.
//!
//! First it counts, then it acts: whether too many would go must be known before the first one
//! does. Any number of replicas may sweep at once.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use keystead_domain::event::EventName;
use keystead_domain::heartbeat::{Fate, Judgement, judge};
use keystead_domain::{AccountId, EventId, MachineId};
use keystead_store::entities::Event;
use keystead_store::heartbeats::{self, Due, Settled};
use keystead_store::{Tx, events, machines};

use super::{Hearts, brake, pulse};
use crate::herald::{Payload, Told};
use crate::machines::View;
use crate::{App, Result};

/// What a sweep did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SweepReport {
    /// Machines that were due and turned out to be alive.
    pub alive: u64,
    /// Deaths that were told.
    pub told: u64,
    /// Machines that were removed.
    pub culled: u64,
    /// Dead machines that stay, for now or for good.
    pub kept: u64,
    /// Dead machines that a brake keeps.
    pub held: u64,
}

/// Looks at every machine that is due, and does what its policy says.
///
/// # Errors
/// When the database fails; what was committed before stays done.
pub async fn sweep(app: &App, now: DateTime<Utc>) -> Result<SweepReport> {
    // Whether we were gone must be known before anybody is called dead.
    pulse(app, now).await?;
    let mut report = SweepReport::default();
    let Some(goes) = survey(app, now, None).await? else {
        return Ok(report);
    };
    let held = if goes.is_empty() {
        BTreeMap::new()
    } else {
        brake::holds(app, &goes, now).await?
    };

    let mut after = None;
    loop {
        let tx = app.db.begin().await?;
        let due = heartbeats::lock_due(&tx, now, after, app.hearts.settings.batch).await?;
        let Some(last) = due.last() else { break };
        after = Some(last.place());
        let batch = settle(app, &tx, due, &held, now).await?;
        tx.commit().await?;
        report.add(batch);
    }
    report.publish();
    Ok(report)
}

/// How many machines would go, by account, or of one account only; none when nothing is due.
pub(super) async fn survey(
    app: &App,
    now: DateTime<Utc>,
    only: Option<AccountId>,
) -> Result<Option<BTreeMap<AccountId, u64>>> {
    let mut goes: BTreeMap<AccountId, u64> = BTreeMap::new();
    let mut after: Option<(DateTime<Utc>, MachineId)> = None;
    loop {
        let batch = app.hearts.settings.batch;
        let due = heartbeats::due(&app.db, now, after, batch).await?;
        let Some(last) = due.last() else { break };
        after = Some(last.place());
        for due in due
            .iter()
            .filter(|due| only.is_none_or(|only| due.account_id == only))
        {
            if judged(&app.hearts, due, now).fate == Fate::Goes {
                *goes.entry(due.account_id).or_default() += 1;
            }
        }
    }
    Ok(after.map(|_| goes))
}

fn judged(hearts: &Hearts, due: &Due, now: DateTime<Utc>) -> Judgement {
    let heart = hearts.excuse(due.heart());
    let resurrection = due.heartbeat_resurrection_strategy;
    let told = due.died_at.is_some();
    let judgement = judge(&heart, due.heartbeat_cull_strategy, resurrection, told, now);
    match hearts.second_chance(&heart, resurrection, now) {
        Some(until) if judgement.fate == Fate::Goes => Judgement {
            fate: Fate::Waits(until),
            ..judgement
        },
        _ => judgement,
    }
}

/// Settles machines whose hearts are locked.
async fn settle(
    app: &App,
    tx: &Tx,
    due: Vec<Due>,
    held: &BTreeMap<AccountId, DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<SweepReport> {
    let mut report = SweepReport::default();
    let mut settled = Vec::new();
    let mut told = Vec::new();
    let mut gone: Vec<(Due, bool)> = Vec::new();
    for due in due {
        let Judgement { fate, announce } = judged(&app.hearts, &due, now);
        let hold = held.get(&due.account_id).filter(|_| fate == Fate::Goes);
        let (due_at, announce) = match (fate, hold) {
            (Fate::Goes, None) => {
                gone.push((due, announce));
                continue;
            }
            (_, Some(until)) => {
                report.held += 1;
                // A death in doubt is not told.
                (Some(*until), false)
            }
            (Fate::Lives(next), _) => {
                report.alive += 1;
                (next, announce)
            }
            (Fate::Waits(until), _) => {
                report.kept += 1;
                (Some(until), announce)
            }
            (Fate::Stays, _) => {
                report.kept += 1;
                (None, announce)
            }
        };
        let died_at = if announce { Some(now) } else { due.died_at };
        settled.push(Settled {
            id: due.machine_id,
            due_at,
            died_at,
        });
        if announce {
            told.push(death(app, &due, now));
        }
    }

    // Whoever holds a license may be about to change one of these machines: it is left for the
    // next sweep, as what it waits for may be held by this one.
    let wanted: BTreeSet<_> = gone.iter().map(|(due, _)| due.license_id).collect();
    let locked = heartbeats::lock_licenses(tx, wanted).await?;
    gone.retain(|(due, _)| locked.contains(&due.license_id));
    told.extend(
        gone.iter()
            .filter(|(_, tell)| *tell)
            .map(|(due, _)| death(app, due, now)),
    );
    let gone: Vec<Due> = gone.into_iter().map(|(due, _)| due).collect();

    report.told = told.len() as u64;
    report.culled = gone.len() as u64;
    tell(app, tx, &told, now).await?;
    heartbeats::settle(tx, &settled).await?;
    heartbeats::remove(tx, &gone, now).await?;
    let window_start = now - app.hearts.settings.brake_window();
    heartbeats::add_culled(tx, &by_account(&gone), window_start, now).await?;
    Ok(report)
}

/// Tells of deaths, before the dead go. Machines are read whole only where somebody listens.
async fn tell(app: &App, tx: &Tx, deaths: &[Event], now: DateTime<Utc>) -> Result<()> {
    events::append(tx, deaths).await?;
    let audience = app.herald.audience(tx, deaths).await?;
    let heard: Vec<&Event> = deaths.iter().filter(|it| audience.hears(it)).collect();
    if heard.is_empty() {
        return Ok(());
    }
    let ids: Vec<_> = heard.iter().map(|it| MachineId(it.resource_id)).collect();
    let machines = machines::by_ids(tx, &ids).await?;
    let views: HashMap<_, _> = machines
        .into_iter()
        .map(|loaded| {
            let heart = app.hearts.excuse(loaded.heart());
            let status = heart.status(now);
            let id = loaded.machine.id.0;
            let view = View {
                loaded,
                heart,
                status,
            };
            (id, view)
        })
        .collect();
    let told: Vec<Told<'_>> = heard
        .into_iter()
        .filter_map(|event| {
            let view = views.get(&event.resource_id)?;
            let payload = Payload::Machine(view);
            Some(Told { event, payload })
        })
        .collect();
    Ok(app.herald.send(tx, &audience, &told, now).await?)
}

fn by_account(gone: &[Due]) -> Vec<(AccountId, i64)> {
    let mut counts: BTreeMap<AccountId, i64> = BTreeMap::new();
    for due in gone {
        *counts.entry(due.account_id).or_default() += 1;
    }
    counts.into_iter().collect()
}

/// The event that tells a death: nobody's doing, in the machine's own environment.
fn death(app: &App, due: &Due, now: DateTime<Utc>) -> Event {
    Event {
        id: app.ids.next::<EventId>(),
        account_id: due.account_id,
        environment_id: due.environment_id,
        name: EventName::MachineHeartbeatDead.as_str().to_owned(),
        resource_type: "machines".to_owned(),
        resource_id: due.machine_id.0,
        bearer_type: None,
        bearer_id: None,
        request_id: None,
        metadata: None,
        created_at: now,
    }
}

impl SweepReport {
    fn add(&mut self, batch: Self) {
        self.alive += batch.alive;
        self.told += batch.told;
        self.culled += batch.culled;
        self.kept += batch.kept;
        self.held += batch.held;
    }

    fn publish(&self) {
        let Self {
            alive,
            told,
            culled,
            kept,
            held,
        } = *self;
        metrics::counter!("keystead_sweep_alive_total").increment(alive);
        metrics::counter!("keystead_sweep_deaths_total").increment(told);
        metrics::counter!("keystead_sweep_culled_total").increment(culled);
        metrics::counter!("keystead_sweep_held_total").increment(held);
        tracing::debug!(alive, told, culled, kept, held, "swept");
    }
}
