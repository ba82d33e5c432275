//! Adds a component to a machine.

use keystead_domain::access::{Action, Scope, Tie};
use keystead_domain::admission::component_taken;
use keystead_domain::draft::Problems;
use keystead_domain::event::EventName;
use keystead_domain::machine::check_fingerprint;
use keystead_domain::words::ComponentUniquenessStrategy;
use keystead_domain::{At, Code, EnvironmentId, MachineId, Refused, metadata};
use keystead_signing::digest::sha256;
use keystead_store::components::{self, Loaded};
use keystead_store::entities::Component;
use keystead_store::parts::Surroundings;
use keystead_store::{OnDuplicate, Tx, machines, parts};
use serde_json::{Value, json};

use super::NOUN;
use crate::herald::Payload;
use crate::{Cx, Result};

/// A component to be added.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The machine it is in.
    pub machine: MachineId,
    /// Its environment: unsaid, global, or this one.
    pub environment: Option<Option<EnvironmentId>>,
    /// What tells it from other components.
    pub fingerprint: String,
    /// A name for people.
    pub name: String,
    /// Free data: an object with keys in snake case.
    pub metadata: Option<Value>,
}

/// Adds a component.
///
/// # Errors
/// 401, 403 by the access matrix, also for somebody else's machine, and 422 for everything that is
/// wrong with the draft.
pub async fn create(cx: &Cx, draft: Draft) -> Result<Loaded> {
    cx.bearer()?;
    let environment = draft.environment.unwrap_or(cx.environment.id());
    let tx = cx.begin().await?;
    let anywhere = Scope::system(cx.account());
    let machine = parts::lock_machine(&tx, &anywhere, draft.machine).await?;
    let tie = machine.as_ref().map_or_else(
        || Tie {
            environment,
            ..Tie::default()
        },
        |machine| machine.of.tie(environment),
    );
    cx.allow_create(Action::ComponentCreate, &tie)?;

    let mut problems = Problems::none();
    problems.extend(check_fingerprint(&draft.fingerprint));
    problems.short(&draft.name, Code::NameTooLong, "name");
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
    let digest = sha256(draft.fingerprint.as_bytes());
    refuse_taken(cx, &tx, draft.machine, &machine.of, digest, &mut problems).await?;
    problems.into_result()?;

    let component = Component {
        id: cx.ids.next(),
        account_id: cx.account(),
        environment_id: environment,
        machine_id: draft.machine,
        fingerprint: draft.fingerprint,
        fingerprint_digest: digest.to_vec(),
        name: draft.name,
        metadata: draft.metadata.unwrap_or_else(|| json!({})),
        created_at: cx.now,
        updated_at: cx.now,
    };
    let same_machine = component_taken(ComponentUniquenessStrategy::UniquePerMachine, true);
    components::insert(&tx, &component)
        .await
        .on_duplicate(same_machine)?;
    let loaded = Loaded {
        component,
        of: machine.of,
    };
    let id = loaded.component.id.0;
    let event = cx.event(EventName::ComponentCreated.as_str(), NOUN, id);
    cx.tell(&tx, event, Payload::Component(&loaded)).await?;
    tx.commit().await?;
    Ok(loaded)
}

async fn refuse_taken(
    cx: &Cx,
    tx: &Tx,
    machine: MachineId,
    of: &Surroundings,
    digest: [u8; 32],
    problems: &mut Problems,
) -> Result<()> {
    let scope = Scope::system(cx.account());
    let strategy = of.component_uniqueness_strategy;
    // Within the machine a unique index decides, and within the license its lock.
    if !matches!(
        strategy,
        ComponentUniquenessStrategy::UniquePerMachine
            | ComponentUniquenessStrategy::UniquePerLicense
    ) {
        machines::reserve_fingerprint(tx, &scope, digest).await?;
    }
    if let Some(other) = components::taken(tx, &scope, machine, of, digest).await? {
        problems.add(component_taken(strategy, other == machine));
    }
    Ok(())
}
