//! Binds a device to a license, taking one of its seats.

mod at_once;

use keystead_domain::access::{Action, BearerId, Role, Scope, Tie};
use keystead_domain::admission::{Ceilings, machine_taken};
use keystead_domain::draft::Problems;
use keystead_domain::event::EventName;
use keystead_domain::heartbeat::first_beat;
use keystead_domain::machine::{Description, check_fingerprint};
use keystead_domain::term::{CalendarDuration, start};
use keystead_domain::words::{ExpirationBasis, MachineLeasingStrategy, MachineUniquenessStrategy};
use keystead_domain::{
    At, Code, EnvironmentId, GroupId, LicenseId, MachineId, Problem, Refused, TokenId, UserId,
    metadata,
};
use keystead_signing::digest::sha256;
use keystead_store::entities::Machine;
use keystead_store::licenses::Loaded as License;
use keystead_store::machines::{self, Loaded, Pulse, Seat, Terms, load};
use keystead_store::{Tx, components, licenses};
use serde_json::{Value, json};
use uuid::Uuid;

use super::fit::{Bucket, joins, new_owner, sum};
use super::parts::{self, Part};
use super::{NOUN, View};
use crate::herald::Payload;
use crate::{Cx, Error, Result};

/// A machine to be activated.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The id, where the client chooses it.
    pub id: Option<MachineId>,
    /// The license.
    pub license: LicenseId,
    /// The user who will own it.
    pub owner: Option<UserId>,
    /// Its group; the license's when unsaid, else its owner's.
    pub group: Option<GroupId>,
    /// Its environment: unsaid, global, or this one.
    pub environment: Option<Option<EnvironmentId>>,
    /// What tells it from every other machine.
    pub fingerprint: String,
    /// Its name.
    pub name: Option<String>,
    /// Its address.
    pub ip: Option<String>,
    /// Its name in the network.
    pub hostname: Option<String>,
    /// What it runs.
    pub platform: Option<String>,
    /// Its cores.
    pub cores: Option<i64>,
    /// Its memory, in bytes.
    pub memory: Option<i64>,
    /// Its disk, in bytes.
    pub disk: Option<i64>,
    /// Free data: an object with keys in snake case.
    pub metadata: Option<Value>,
    /// Its hardware.
    pub parts: Vec<Part>,
}

/// Activates a machine: a seat of its license, a heart, and the event that tells of it, or none
/// of them.
///
/// # Errors
/// 401, 403 by the access matrix, and 422 for everything that is wrong with the draft.
pub async fn activate(cx: &Cx, draft: Draft) -> Result<View> {
    cx.bearer()?;
    if let Some(view) = at_once::activate(cx, &draft).await? {
        return Ok(view);
    }
    let tx = cx.begin().await?;
    let license = lock(cx, &tx, draft.license).await?;
    cx.allow_create(Action::MachineCreate, &tie(cx, &draft, license.as_ref()))?;
    parts::allow(cx, &draft.parts)?;

    let mut problems = Problems::none();
    check(&draft, &mut problems);
    let Some(license) = license else {
        problems.add(Code::LicenseNotFound.at(At::Relationship("license".into())));
        return Err(refused(problems));
    };
    let machine = row(cx, &draft, &license);
    let terms = Terms::of(&license.license, &license.policy);
    let machine = surround(cx, &tx, machine, &terms, &mut problems).await?;
    admit(cx, &tx, &machine, &license, &terms, &mut problems).await?;
    let components = parts::fit(cx, &tx, draft.parts, &machine, &license, &mut problems).await?;
    problems.into_result()?;

    if let Some(token) = activation_token(cx) {
        count(cx, &tx, token).await?;
    }
    let seat = seat(cx, &machine, &license, &terms);
    let loaded = start_heart(cx, machine, terms);
    // The statement that writes decides, whatever was seen before.
    let seated = machines::seat(&tx, seat, &loaded.machine, loaded.pulse, cx.now).await;
    if !seated.map_err(taken)? {
        return Err(Refused::conflict().into());
    }
    // They belong to the activation: nobody is told of them one by one.
    components::insert_all(&tx, components).await?;
    let event = cx.event(
        EventName::MachineCreated.as_str(),
        NOUN,
        loaded.machine.id.0,
    );
    let view = View::of(cx, loaded);
    cx.tell(&tx, event, Payload::Machine(&view)).await?;
    tx.commit().await?;
    Ok(view)
}

/// The license, wherever it is: a wrong environment is told as such. Its row stays locked, so its
/// activations decide one after the other.
async fn lock(cx: &Cx, tx: &Tx, id: LicenseId) -> Result<Option<License>> {
    match licenses::lock(tx, &Scope::system(cx.account()), id).await {
        Ok(seen) => Ok(Some(seen.peek().clone())),
        Err(keystead_store::Error::Refused(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// How the machine will hang together with bearers; one without a license belongs to nobody.
fn tie(cx: &Cx, draft: &Draft, license: Option<&License>) -> Tie {
    let environment = draft.environment.unwrap_or(cx.environment.id());
    let Some(License {
        license, policy, ..
    }) = license
    else {
        return Tie {
            environment,
            ..Tie::default()
        };
    };
    Tie {
        environment,
        product: Some(license.product_id),
        license: Some(license.id),
        owner: draft.owner,
        license_owner: license.owner_id,
        protected: license.protected,
        policy_protected: policy.protected,
        ..Tie::default()
    }
}

/// What is wrong with the draft by itself.
fn check(draft: &Draft, problems: &mut Problems) {
    let description = Description {
        name: draft.name.as_deref(),
        ip: draft.ip.as_deref(),
        hostname: draft.hostname.as_deref(),
        platform: draft.platform.as_deref(),
        cores: draft.cores,
        memory: draft.memory,
        disk: draft.disk,
    };
    problems.extend(check_fingerprint(&draft.fingerprint));
    problems.extend(description.check());
    problems.extend(draft.metadata.iter().flat_map(metadata::problems));
}

fn row(cx: &Cx, draft: &Draft, License { license, .. }: &License) -> Machine {
    let draft = draft.clone();
    Machine {
        id: draft.id.unwrap_or_else(|| cx.ids.next()),
        account_id: cx.account(),
        environment_id: draft.environment.unwrap_or(cx.environment.id()),
        license_id: license.id,
        owner_id: draft.owner,
        group_id: draft.group.or(license.group_id),
        fingerprint_digest: sha256(draft.fingerprint.as_bytes()).to_vec(),
        fingerprint: draft.fingerprint,
        name: draft.name,
        ip: draft.ip,
        hostname: draft.hostname,
        platform: draft.platform,
        cores: draft.cores,
        memory: draft.memory,
        disk: draft.disk,
        max_processes: None,
        metadata: draft.metadata.unwrap_or_else(|| json!({})),
        last_check_out_at: None,
        created_at: cx.now,
        updated_at: cx.now,
    }
}

/// The machine with its group, and what is wrong with its license's environment, its owner and
/// its group.
async fn surround(
    cx: &Cx,
    tx: &Tx,
    mut machine: Machine,
    terms: &Terms,
    problems: &mut Problems,
) -> Result<Machine> {
    if !cx.environment.reads(terms.license_environment_id) {
        let at = At::Relationship("environment".into());
        let detail = "must be compatible with license environment";
        problems.add(Code::EnvironmentNotAllowed.says(detail, at));
    }
    if let Some(owner) = machine.owner_id {
        let license = machine.license_id;
        let owner = new_owner(cx, tx, license, terms.license_owner_id, owner).await?;
        problems.extend(owner.problems);
        // The group of the license's owner is not inherited, only that of the machine's.
        machine.group_id = machine.group_id.or(owner.group);
    }
    if let Some(group) = machine.group_id {
        problems.extend(joins(cx, tx, group).await?);
    }
    Ok(machine)
}

/// What is wrong with the machine among the others: its fingerprint, and its license's limits.
async fn admit(
    cx: &Cx,
    tx: &Tx,
    machine: &Machine,
    License {
        license, policy, ..
    }: &License,
    terms: &Terms,
    problems: &mut Problems,
) -> Result<()> {
    let strategy = policy.machine_uniqueness_strategy;
    let scope = Scope::system(cx.account());
    let digest = sha256(machine.fingerprint.as_bytes());
    if let Ok(id) = Uuid::parse_str(&machine.fingerprint)
        && machines::fingerprint_is_an_id(tx, &scope, MachineId(id)).await?
    {
        problems.add(Code::FingerprintConflict.at(At::Attribute("fingerprint".into())));
    }

    let bucket = Bucket {
        license: license.id,
        terms,
        owner: machine.owner_id,
        but: None,
    };
    let over = terms
        .seating()
        .activate(sum(bucket.load(tx).await?, load(machine)));
    // Within the license a unique index decides. It isn't asked when the machine finds no seat,
    // and a client that activates twice must hear of that rather than of the seat.
    let alone = strategy == MachineUniquenessStrategy::UniquePerLicense;
    if !alone {
        machines::reserve_fingerprint(tx, &scope, digest).await?;
    }
    if !alone || !over.is_empty() {
        let taken = machines::taken(tx, license, strategy, digest).await?;
        problems.extend(taken.map(|by| machine_taken(strategy, by == license.id)));
    }
    problems.extend(over);
    Ok(())
}

/// What the machine takes of its license.
fn seat(
    cx: &Cx,
    machine: &Machine,
    License {
        license, policy, ..
    }: &License,
    terms: &Terms,
) -> Seat {
    let ceilings = match terms.machine_leasing_strategy {
        MachineLeasingStrategy::PerLicense => terms.seating().ceilings(),
        // The license's tallies say nothing about one owner's; the license's lock decides.
        MachineLeasingStrategy::PerUser => Ceilings {
            machines: None,
            cores: None,
            memory: None,
            disk: None,
        },
    };
    let duration = policy.duration.and_then(CalendarDuration::from_seconds);
    let moment = ExpirationBasis::FromFirstActivation;
    let expiry = start(
        license.expiry,
        policy.expiration_basis,
        moment,
        duration,
        cx.now,
    );
    Seat {
        license: license.id,
        more: load(machine),
        ceilings,
        expiry,
    }
}

/// The machine with a heart that beats or waits for its first beat, as its policy says.
fn start_heart(cx: &Cx, machine: Machine, terms: Terms) -> Loaded {
    let last_at = first_beat(terms.heartbeat_basis, cx.now);
    let mut loaded = Loaded {
        machine,
        pulse: Pulse {
            last_at,
            ..Pulse::default()
        },
        terms,
    };
    loaded.pulse.due_at = loaded.heart().deadline();
    loaded
}

/// The token of a license that asks: it counts what it does.
pub(super) fn activation_token(cx: &Cx) -> Option<TokenId> {
    let bearer = cx.bearer.as_deref()?;
    match bearer.id {
        BearerId::License(_) if bearer.role == Role::License => Some(bearer.token?.id),
        _ => None,
    }
}

async fn count(cx: &Cx, tx: &Tx, token: TokenId) -> Result<()> {
    if machines::count_activation(tx, token, cx.now).await? {
        return Ok(());
    }
    let (most, _) = machines::counted_most(tx, token).await?;
    let detail = format!("exceeds maximum allowed ({})", most.unwrap_or(0));
    let at = At::Attribute("activations".into());
    Err(Code::ActivationsLimitExceeded.says(detail, at).into())
}

/// What a unique index refused: the fingerprint within the license, or the id.
fn taken(error: keystead_store::Error) -> Error {
    let Some(text) = error.duplicate() else {
        return error.into();
    };
    let problem: Problem = if text.contains("machines_pkey") || text.contains("machines.id") {
        Code::IdConflict.says("must not conflict with another machine", At::Id)
    } else {
        machine_taken(MachineUniquenessStrategy::UniquePerLicense, true)
    };
    problem.into()
}

fn refused(problems: Problems) -> Error {
    match problems.into_result() {
        Err(refused) => refused.into(),
        Ok(()) => Refused::missing("license").into(),
    }
}
