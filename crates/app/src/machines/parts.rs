//! The hardware that a machine is activated with (machines §1.3).

use keystead_domain::access::{Scope, require};
use keystead_domain::admission::component_taken;
use keystead_domain::draft::Problems;
use keystead_domain::machine::check_fingerprint;
use keystead_domain::permissions::Permission;
use keystead_domain::words::ComponentUniquenessStrategy as Strategy;
use keystead_domain::{At, Code, Kind, Problem, metadata};
use keystead_signing::digest::sha256;
use keystead_store::entities::{Component, Machine};
use keystead_store::licenses::Loaded as License;
use keystead_store::parts::Surroundings;
use keystead_store::{Tx, components, machines};
use serde_json::{Value, json};

use crate::{Cx, Result};

/// Parts that one activation brings at most.
const MAX_PARTS: usize = 20;

/// A part of a machine to be activated.
#[derive(Clone, Debug)]
pub struct Part {
    /// What tells it from other components.
    pub fingerprint: String,
    /// A name for people.
    pub name: String,
    /// Free data: an object with keys in snake case.
    pub metadata: Option<Value>,
}

/// Whether the bearer may bring parts along, and so many.
///
/// # Errors
/// 403 for want of the permission, 422 for too many.
pub(super) fn allow(cx: &Cx, parts: &[Part]) -> Result<()> {
    if parts.is_empty() {
        return Ok(());
    }
    require(cx.bearer()?, Permission::ComponentCreate)?;
    if parts.len() > MAX_PARTS {
        return Err(Problem::new(Kind::UnprocessableEntity, "too many records").into());
    }
    Ok(())
}

/// The parts as they will be stored with the machine, and what is wrong with them.
pub(super) async fn fit(
    cx: &Cx,
    tx: &Tx,
    parts: Vec<Part>,
    machine: &Machine,
    license: &License,
    problems: &mut Problems,
) -> Result<Vec<Component>> {
    let of = Surroundings::of(machine, &license.license, &license.policy);
    let mut fitted: Vec<Component> = Vec::with_capacity(parts.len());
    for (index, part) in parts.iter().enumerate() {
        let place = |name: &str| {
            At::Path(format!(
                "data/relationships/components/data/{index}/attributes/{name}"
            ))
        };
        let mut own = Problems::none();
        own.extend(check_fingerprint(&part.fingerprint));
        own.short(&part.name, Code::NameTooLong, "name");
        own.extend(part.metadata.iter().flat_map(metadata::problems));
        let own = own.into_result().err().map(|refused| refused.problems);
        problems.extend(own.into_iter().flatten().map(|problem| match &problem.at {
            At::Attribute(name) => {
                let at = place(name);
                problem.at(at)
            }
            _ => problem,
        }));
        let twins = parts
            .iter()
            .filter(|other| other.fingerprint == part.fingerprint);
        let digest = sha256(part.fingerprint.as_bytes());
        if twins.count() > 1 {
            problems.add(Code::ComponentsFingerprintConflict.at(place("fingerprint")));
        } else if let Some(taken) = taken(cx, tx, machine, &of, digest).await? {
            problems.add(
                taken
                    .code(Code::ComponentsFingerprintTaken)
                    .at(place("fingerprint")),
            );
        }
        fitted.push(component(cx, machine, part.clone(), digest));
    }
    Ok(fitted)
}

/// A new machine has no parts yet: only those of others can be in the way.
async fn taken(
    cx: &Cx,
    tx: &Tx,
    machine: &Machine,
    of: &Surroundings,
    digest: [u8; 32],
) -> Result<Option<Problem>> {
    let scope = Scope::system(cx.account());
    let strategy = of.component_uniqueness_strategy;
    match strategy {
        Strategy::UniquePerMachine => return Ok(None),
        // The license is locked.
        Strategy::UniquePerLicense => {}
        Strategy::UniquePerAccount | Strategy::UniquePerProduct | Strategy::UniquePerPolicy => {
            machines::reserve_fingerprint(tx, &scope, digest).await?;
        }
    }
    let other = components::taken(tx, &scope, machine.id, of, digest).await?;
    Ok(other.map(|_| component_taken(strategy, false)))
}

fn component(cx: &Cx, machine: &Machine, part: Part, digest: [u8; 32]) -> Component {
    Component {
        id: cx.ids.next(),
        account_id: machine.account_id,
        environment_id: machine.environment_id,
        machine_id: machine.id,
        fingerprint: part.fingerprint,
        fingerprint_digest: digest.to_vec(),
        name: part.name,
        metadata: part.metadata.unwrap_or_else(|| json!({})),
        created_at: cx.now,
        updated_at: cx.now,
    }
}
