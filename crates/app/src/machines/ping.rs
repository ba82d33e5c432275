//! Hears a machine's heart. What arrives together is looked up and written together.

use keystead_domain::access::{Action, Seen, Viewer};
use keystead_domain::event::EventName;
use keystead_domain::heartbeat::{self, Ping, dead, moved_due};
use keystead_domain::words::HeartbeatStatus;
use keystead_domain::{Code, Refused};
use keystead_signing::digest::sha256;
use keystead_store::heartbeats::Beat;
use keystead_store::machines::{self, Loaded, Wanted};
use uuid::Uuid;

use super::fit::still_fits;
use super::{NOUN, View, show};
use crate::heartbeats::{in_doubt, pulse};
use crate::herald::Kept;
use crate::{Cx, Result};

/// Pings the machine with this id or fingerprint; durable when it answers.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it, 403 by the access matrix, 422 when it is dead for good
/// or no longer fits its license's limits.
pub async fn ping(cx: &Cx, id_or_fingerprint: &str) -> Result<View> {
    cx.bearer()?;
    let machine = find(cx, id_or_fingerprint).await?;
    let mut loaded = cx.allow(Action::MachinePing, machine)?;
    still_fits(&cx.db, &loaded.terms, &loaded.machine, &loaded.machine).await?;

    let revives = match decide(cx, &loaded).await? {
        Ping::Beats => false,
        Ping::Revives => true,
        Ping::Dead => return Err(dead(Code::MachineHeartbeatDead).into()),
    };
    let window = loaded.heart().window;
    let due_at = moved_due(loaded.pulse.due_at, window, cx.now);
    let machine = loaded.machine.id;
    let beat = Beat {
        machine,
        at: cx.now,
        due_at,
        revives,
    };
    if !cx.hearts.beat(beat).await? {
        return Err(Refused::not_found("machine", id_or_fingerprint).into());
    }

    let event = match revives {
        true => EventName::MachineHeartbeatResurrected,
        false => EventName::MachineHeartbeatPing,
    };
    loaded.pulse.last_at = loaded.pulse.last_at.max(Some(cx.now));
    loaded.pulse.due_at = due_at.or(loaded.pulse.due_at);
    let mut view = View::of(cx, loaded);
    if revives {
        // Told this once; the next look says it is alive.
        view.loaded.pulse.died_at = None;
        view.status = HeartbeatStatus::Resurrected;
    }
    let event = cx.event(event.as_str(), NOUN, machine.0);
    cx.journal
        .record(event, Kept::Machine(Box::new(view.clone())));
    Ok(view)
}

/// The machine, from the statement that pings share where it can tell who sees it.
async fn find(cx: &Cx, id_or_fingerprint: &str) -> Result<Seen<Loaded>> {
    let scope = cx.scope();
    let glimpse = cx
        .glimpse
        .as_deref()
        .filter(|glimpse| glimpse.machine == id_or_fingerprint)
        .and_then(|glimpse| glimpse.found.clone());
    if let Some(machine) = glimpse.filter(|machine| machines::seen_by(&scope, machine)) {
        return Ok(scope.seen(machine));
    }
    let fingerprint = match scope.viewer() {
        Viewer::License(license) => Some((license, sha256(id_or_fingerprint.as_bytes()))),
        _ => None,
    };
    let id = Uuid::parse_str(id_or_fingerprint).ok();
    if id.is_some() || fingerprint.is_some() {
        let wanted = Wanted {
            account: cx.account(),
            id,
            fingerprint,
        };
        let mut found = cx.hearts.look(wanted).await?;
        found.retain(|machine| machines::seen_by(&scope, machine));
        let oldest = found
            .into_iter()
            .min_by_key(|it| (it.machine.created_at, it.machine.id));
        if let Some(machine) = oldest {
            return Ok(scope.seen(machine));
        }
    }
    show::find(cx, id_or_fingerprint).await
}

/// What the ping does. Before it is refused, we make sure that the fault is not ours.
async fn decide(cx: &Cx, loaded: &Loaded) -> Result<Ping> {
    let does = judge(cx, loaded);
    if does != Ping::Dead {
        return Ok(does);
    }
    if !cx.hearts.awake(cx.now) {
        // Nobody has noticed yet that we were gone.
        pulse(&cx.app(), cx.now).await?;
        let does = judge(cx, loaded);
        if does != Ping::Dead {
            return Ok(does);
        }
    }
    // While a brake holds, deaths are in doubt, and a ping disproves one.
    Ok(match in_doubt(&cx.app(), cx.account()).await? {
        true => Ping::Revives,
        false => Ping::Dead,
    })
}

fn judge(cx: &Cx, loaded: &Loaded) -> Ping {
    let strategy = loaded.terms.heartbeat_resurrection_strategy;
    let heart = cx.hearts.excuse(loaded.heart());
    match heartbeat::ping(&heart, strategy, cx.now) {
        Ping::Dead if cx.hearts.second_chance(&heart, strategy, cx.now).is_some() => Ping::Revives,
        does => does,
    }
}
