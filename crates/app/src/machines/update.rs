//! Changes a machine.

use keystead_domain::access::{Action, Role, Scope};
use keystead_domain::admission::Ceilings;
use keystead_domain::admission::Load;
use keystead_domain::draft::Problems;
use keystead_domain::event::EventName;
use keystead_domain::machine::Description;
use keystead_domain::words::MachineLeasingStrategy;
use keystead_domain::{LicenseId, MachineId, Refused, metadata};
use keystead_store::diff;
use keystead_store::entities::Machine;
use keystead_store::machines::{self, Loaded, Seat, load};
use serde_json::Value;

use super::fit::still_fits;
use super::{NOUN, View, show};
use crate::herald::Payload;
use crate::{Cx, Result};

/// What to change of a machine: an absent attribute stays, and the inner none clears.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// Its name.
    pub name: Option<Option<String>>,
    /// Its address.
    pub ip: Option<Option<String>>,
    /// Its name in the network.
    pub hostname: Option<Option<String>>,
    /// What it runs.
    pub platform: Option<Option<String>>,
    /// Its cores.
    pub cores: Option<Option<i64>>,
    /// Its memory, in bytes.
    pub memory: Option<Option<i64>>,
    /// Its disk, in bytes.
    pub disk: Option<Option<i64>>,
    /// Free data, replaced as a whole: an object with keys in snake case.
    pub metadata: Option<Value>,
}

/// A machine that the bearer may change.
#[derive(Debug)]
pub struct Changeable {
    license: LicenseId,
    id: MachineId,
    /// Whether the bearer may say how large the machine is, and write its metadata.
    pub sizable: bool,
}

/// The machine with this id or fingerprint, if the bearer may change it: asked before the body is
/// read.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it, 403 by the access matrix.
pub async fn changeable(cx: &Cx, id_or_fingerprint: &str) -> Result<Changeable> {
    let role = cx.bearer()?.role;
    let machine = show::find(cx, id_or_fingerprint).await?;
    let machine = cx.allow(Action::MachineUpdate, machine)?.machine;
    let sizable = !matches!(role, Role::SupportAgent | Role::User | Role::License);
    Ok(Changeable {
        license: machine.license_id,
        id: machine.id,
        sizable,
    })
}

/// Changes a machine.
///
/// # Errors
/// 422 for the problems of what it would become, 404 when it is gone by now.
pub async fn update(cx: &Cx, machine: Changeable, change: Change) -> Result<View> {
    let tx = cx.begin().await?;
    let scope = Scope::system(cx.account());
    let loaded = machines::lock(&tx, &scope, machine.license, machine.id).await?;
    let before = loaded.machine.clone();
    let after = changed(before.clone(), change, cx)?;
    still_fits(&tx, &loaded.terms, &before, &after).await?;
    let more = difference(load(&after), load(&before));
    if more != Load::default() {
        let ceilings = match loaded.terms.machine_leasing_strategy {
            MachineLeasingStrategy::PerLicense => loaded.terms.seating().ceilings(),
            MachineLeasingStrategy::PerUser => Ceilings {
                machines: None,
                cores: None,
                memory: None,
                disk: None,
            },
        };
        let seat = Seat {
            license: machine.license,
            more,
            ceilings,
            expiry: None,
        };
        if !machines::take(&tx, seat, cx.now).await? {
            return Err(Refused::conflict().into());
        }
    }
    let row = machines::update(&tx, after).await?;
    let mut event = cx.event(EventName::MachineUpdated.as_str(), NOUN, row.id.0);
    event.metadata = Some(diff(&before, &row));
    let loaded = Loaded {
        machine: row,
        ..loaded
    };
    let view = View::of(cx, loaded);
    cx.tell(&tx, event, Payload::Machine(&view)).await?;
    tx.commit().await?;
    Ok(view)
}

fn changed(machine: Machine, change: Change, cx: &Cx) -> Result<Machine> {
    let machine = Machine {
        name: change.name.unwrap_or(machine.name),
        ip: change.ip.unwrap_or(machine.ip),
        hostname: change.hostname.unwrap_or(machine.hostname),
        platform: change.platform.unwrap_or(machine.platform),
        cores: change.cores.unwrap_or(machine.cores),
        memory: change.memory.unwrap_or(machine.memory),
        disk: change.disk.unwrap_or(machine.disk),
        metadata: change.metadata.unwrap_or(machine.metadata),
        updated_at: cx.now,
        ..machine
    };
    let description = Description {
        name: machine.name.as_deref(),
        ip: machine.ip.as_deref(),
        hostname: machine.hostname.as_deref(),
        platform: machine.platform.as_deref(),
        cores: machine.cores,
        memory: machine.memory,
        disk: machine.disk,
    };
    let mut problems = Problems::none();
    problems.extend(description.check());
    problems.extend(metadata::problems(&machine.metadata));
    problems.into_result()?;
    Ok(machine)
}

fn difference(after: Load, before: Load) -> Load {
    Load {
        machines: after.machines - before.machines,
        cores: after.cores - before.cores,
        memory: after.memory - before.memory,
        disk: after.disk - before.disk,
    }
}
