//! Hears a process's heart. What arrives together is looked up and written together.

use keystead_domain::access::{Action, Seen, Viewer};
use keystead_domain::event::EventName;
use keystead_domain::heartbeat::{self, Ping, dead, moved_due};
use keystead_domain::words::HeartbeatStatus;
use keystead_domain::{Code, ProcessId};
use keystead_store::processes::{self, Beat, Loaded};

use super::show::find;
use super::{NOUN, View};
use crate::heartbeats::pulse;
use crate::herald::Kept;
use crate::{Cx, Result};

/// Pings the process with this id; durable when it answers.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it, 403 by the access matrix, 422 when it is dead for good.
pub async fn ping(cx: &Cx, id: &str) -> Result<View> {
    cx.bearer()?;
    let process = look(cx, id).await?;
    let mut loaded = cx.allow(Action::ProcessPing, process)?;

    let revives = match decide(cx, &loaded).await? {
        Ping::Beats => false,
        Ping::Revives => true,
        Ping::Dead => return Err(dead(Code::ProcessHeartbeatDead).into()),
    };
    let due_at = moved_due(loaded.pulse.due_at, loaded.heart().window, cx.now);
    let process = loaded.process.id;
    let beat = Beat {
        process,
        at: cx.now,
        due_at,
        revives,
    };
    if !cx.process_pings.beat(beat).await? {
        return Err(processes::not_found(process).into());
    }

    let name = match revives {
        true => EventName::ProcessHeartbeatResurrected,
        false => EventName::ProcessHeartbeatPing,
    };
    loaded.pulse.last_at = loaded.pulse.last_at.max(cx.now);
    loaded.pulse.due_at = due_at.or(loaded.pulse.due_at);
    let mut view = View::of(cx, loaded);
    if revives {
        // Told this once; the next look says it is alive.
        view.loaded.pulse.died_at = None;
        view.status = HeartbeatStatus::Resurrected;
    }
    let event = cx.event(name.as_str(), NOUN, process.0);
    cx.journal
        .record(event, Kept::Process(Box::new(view.clone())));
    Ok(view)
}

/// The process, from the statement that pings share where it can tell who sees it: a user may see
/// it through a license that it is merely attached to.
async fn look(cx: &Cx, id: &str) -> Result<Seen<Loaded>> {
    let scope = cx.scope();
    if let Ok(uuid) = uuid::Uuid::parse_str(id)
        && let Some(loaded) = cx.process_pings.look(cx.account(), ProcessId(uuid)).await?
    {
        let here = scope
            .environment()
            .is_none_or(|here| here.reads(loaded.process.environment_id));
        let own = match scope.viewer() {
            Viewer::All | Viewer::Environment(_) => true,
            Viewer::Product(id) => loaded.of.product_id == id,
            Viewer::User(id) => {
                [loaded.of.owner_id, loaded.of.license_owner_id].contains(&Some(id))
            }
            Viewer::License(id) => loaded.of.license_id == id,
            Viewer::Nobody => false,
        };
        if here && own {
            return Ok(scope.seen(loaded));
        }
    }
    find(cx, id).await
}

/// What the ping does. Before it is refused, we make sure that the fault is not ours.
async fn decide(cx: &Cx, loaded: &Loaded) -> Result<Ping> {
    let does = judge(cx, loaded);
    if does != Ping::Dead || cx.hearts.awake(cx.now) {
        return Ok(does);
    }
    // Nobody has noticed yet that we were gone.
    pulse(&cx.app(), cx.now).await?;
    Ok(judge(cx, loaded))
}

fn judge(cx: &Cx, loaded: &Loaded) -> Ping {
    let strategy = loaded.of.heartbeat_resurrection_strategy;
    let heart = cx.hearts.excuse(loaded.heart());
    match heartbeat::ping(&heart, strategy, cx.now) {
        Ping::Dead if cx.hearts.second_chance(&heart, strategy, cx.now).is_some() => Ping::Revives,
        does => does,
    }
}
