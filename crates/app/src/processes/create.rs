//! Starts a process on a machine, if it may run one more.

use keystead_domain::access::{Action, Scope, Tie};
use keystead_domain::admission::spawn;
use keystead_domain::draft::Problems;
use keystead_domain::event::EventName;
use keystead_domain::machine::check_pid;
use keystead_domain::words::ProcessLeasingStrategy;
use keystead_domain::{At, Code, EnvironmentId, MachineId, Problem, ProcessId, Refused, metadata};
use keystead_signing::digest::sha256;
use keystead_store::entities::Process;
use keystead_store::parts::Surroundings;
use keystead_store::processes::{self, Bucket, Loaded, Pulse};
use keystead_store::{Tx, parts};
use serde_json::{Value, json};

use super::{NOUN, View};
use crate::herald::Payload;
use crate::{Cx, Error, Result};

/// A process to be started.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The id, where the client chooses it.
    pub id: Option<ProcessId>,
    /// The machine it runs on.
    pub machine: MachineId,
    /// Its environment: unsaid, global, or this one.
    pub environment: Option<Option<EnvironmentId>>,
    /// What tells it from the machine's other processes.
    pub pid: String,
    /// Free data: an object with keys in snake case.
    pub metadata: Option<Value>,
}

/// Starts a process. Its heart beats from now on.
///
/// # Errors
/// 401, 403 by the access matrix, also for somebody else's machine, and 422 for everything that is
/// wrong with the draft.
pub async fn create(cx: &Cx, draft: Draft) -> Result<View> {
    cx.bearer()?;
    let environment = draft.environment.unwrap_or(cx.environment.id());
    let tx = cx.begin().await?;
    // Locked: what is counted stays true until the process is there.
    let anywhere = Scope::system(cx.account());
    let machine = parts::lock_machine(&tx, &anywhere, draft.machine).await?;
    let tie = machine.as_ref().map_or_else(
        || Tie {
            environment,
            ..Tie::default()
        },
        |machine| machine.of.tie(environment),
    );
    cx.allow_create(Action::ProcessCreate, &tie)?;

    let mut problems = Problems::none();
    problems.extend(check_pid(&draft.pid));
    problems.extend(draft.metadata.iter().flat_map(metadata::problems));
    let Some(machine) = machine else {
        problems.add(Code::MachineNotFound.at(At::Relationship("machine".into())));
        problems.into_result()?;
        return Err(Refused::missing("machine").into());
    };
    if !cx.environment.reads(machine.environment_id) {
        let detail = "must be compatible with machine environment";
        let at = At::Relationship("environment".into());
        problems.add(Code::EnvironmentNotAllowed.says(detail, at));
    }
    problems.extend(one_more(&tx, draft.machine, &machine.of).await?);
    problems.into_result()?;

    let loaded = started(cx, draft, environment, machine.of);
    processes::insert(&tx, &loaded.process, loaded.pulse)
        .await
        .map_err(taken)?;
    let view = View::of(cx, loaded);
    let id = view.loaded.process.id.0;
    let event = cx.event(EventName::ProcessCreated.as_str(), NOUN, id);
    cx.tell(&tx, event, Payload::Process(&view)).await?;
    tx.commit().await?;
    Ok(view)
}

fn started(cx: &Cx, draft: Draft, environment: Option<EnvironmentId>, of: Surroundings) -> Loaded {
    let process = Process {
        id: draft.id.unwrap_or_else(|| cx.ids.next()),
        account_id: cx.account(),
        environment_id: environment,
        machine_id: draft.machine,
        pid_digest: sha256(draft.pid.as_bytes()).to_vec(),
        pid: draft.pid,
        metadata: draft.metadata.unwrap_or_else(|| json!({})),
        created_at: cx.now,
        updated_at: cx.now,
    };
    let mut loaded = Loaded {
        process,
        pulse: Pulse {
            last_at: cx.now,
            due_at: None,
            died_at: None,
        },
        of,
    };
    loaded.pulse.due_at = loaded.heart().deadline();
    loaded
}

/// What is wrong with one more process on the machine. Dead ones count until they are removed.
async fn one_more(tx: &Tx, machine: MachineId, of: &Surroundings) -> Result<Option<Problem>> {
    let (bucket, max) = match of.process_leasing_strategy {
        ProcessLeasingStrategy::PerMachine => (Bucket::Machine(machine), of.machine_processes()),
        ProcessLeasingStrategy::PerLicense => {
            (Bucket::License(of.license_id), of.license_processes())
        }
        ProcessLeasingStrategy::PerUser => (
            Bucket::Owner(of.license_id, of.owner_id),
            of.license_processes(),
        ),
    };
    if max.is_none() {
        return Ok(None);
    }
    let after = processes::running(tx, bucket).await? + 1;
    Ok(spawn(
        of.overage_strategy,
        of.process_leasing_strategy,
        after,
        max,
    ))
}

/// What a unique index refused: the process on its machine, or the id.
fn taken(error: keystead_store::Error) -> Error {
    match error.duplicate() {
        None => error.into(),
        Some(index) if index.contains("_pkey") || index.contains("machine_processes.id") => {
            let detail = "must not conflict with another process";
            Code::IdConflict.says(detail, At::Id).into()
        }
        Some(_) => Code::PidTaken.at(At::Attribute("pid".into())).into(),
    }
}
