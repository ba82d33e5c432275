//! From what was loaded to the facts that a validation is judged by.

use keystead_domain::UserId;
use keystead_domain::heartbeat::{self, Heart};
use keystead_domain::validation::{
    self, Asked, Facts, Found, Machine, MachineBucket, ProcessBucket, Processes, Requirements,
    Rules, Tally, machine_bucket, process_bucket,
};
use keystead_domain::words::{MachineLeasingStrategy, ProcessLeasingStrategy};
use keystead_signing::digest::sha256;
use keystead_store::entities::{License, Policy};
use keystead_store::licenses::{Answers, Loaded, OwnerTally, Pulse, Questions, Running, Tallied};

use super::{check_in_interval, limits};
use crate::Cx;

/// The digest of the fingerprint, when the scope names exactly one: its machine is looked up
/// together with the license.
pub(super) fn lone_fingerprint(asked: &Asked<'_>) -> Option<[u8; 32]> {
    match asked.prints() {
        Some([fingerprint]) => Some(sha256(fingerprint.as_bytes())),
        _ => None,
    }
}

/// What has to be looked up besides: nothing, for most validations.
///
/// `machine` is the one whose fingerprint is asked for alone, if the license has it.
pub(super) fn questions(
    loaded: &Loaded,
    machine: Option<&Pulse>,
    asked: &Asked<'_>,
    bearer: Option<UserId>,
) -> Questions {
    let user = asked.user.flatten();
    let policy = &loaded.policy;
    let by_owner = policy.strict
        && policy.machine_leasing_strategy == MachineLeasingStrategy::PerUser
        && loaded.license.machines_count > 0;
    let whose = || match user {
        Some(user) => Tallied::User(address(user)),
        None => Tallied::Ownerless,
    };
    let several = match asked.prints() {
        Some(prints) if prints.len() > 1 => digests(prints),
        _ => Vec::new(),
    };
    let components = match (machine, asked.fingerprint, &asked.components) {
        (Some(machine), Some(_), Some(wanted)) if !wanted.is_empty() => {
            Some((machine.id, digests(wanted)))
        }
        _ => None,
    };
    Questions {
        license: loaded.license.id,
        policy: policy.id,
        environment: asked
            .environment
            .flatten()
            .and(loaded.license.environment_id),
        bearer: bearer.filter(|user| loaded.license.owner_id != Some(*user)),
        user: user
            .filter(|user| owner(loaded, user).is_none())
            .map(address),
        entitlements: asked
            .entitlements
            .iter()
            .flatten()
            .map(|code| (*code).to_owned())
            .collect(),
        machine: asked.machine_id(),
        fingerprints: several,
        components,
        tally: by_owner.then(whose),
        processes: counts_processes(loaded)
            .then(|| running(policy, asked, machine, whose))
            .flatten(),
        checksum: asked.checksum.map(str::to_owned),
        version: asked.version.map(str::to_owned),
    }
}

/// Whether processes are counted at all.
fn counts_processes(loaded: &Loaded) -> bool {
    let License { machines_count, .. } = loaded.license;
    loaded.policy.strict && machines_count > 0 && limits(loaded).processes.is_some()
}

/// The processes that the policy counts together.
fn running(
    policy: &Policy,
    asked: &Asked<'_>,
    machine: Option<&Pulse>,
    whose: impl FnOnce() -> Tallied,
) -> Option<Running> {
    match policy.process_leasing_strategy {
        ProcessLeasingStrategy::PerLicense => Some(Running::License),
        ProcessLeasingStrategy::PerUser => Some(Running::Owned(whose())),
        ProcessLeasingStrategy::PerMachine => match asked.prints() {
            Some([_]) => Some(Running::Machines(
                machine.map(|machine| machine.id).or(asked.machine_id()),
                Vec::new(),
            )),
            Some(prints) => Some(Running::Machines(asked.machine_id(), digests(prints))),
            None => asked
                .machine_id()
                .map(|id| Running::Machines(Some(id), Vec::new())),
        },
    }
}

fn digests(fingerprints: &[&str]) -> Vec<[u8; 32]> {
    fingerprints
        .iter()
        .map(|fingerprint| sha256(fingerprint.as_bytes()))
        .collect()
}

/// A user's id, or an address as it is stored.
fn address(user: &str) -> String {
    user.to_lowercase()
}

/// The license's owner, if `user` is its id or address.
fn owner(loaded: &Loaded, user: &str) -> Option<UserId> {
    let owner = loaded.owner.as_ref()?;
    let named = owner.email == address(user) || user.parse() == Ok(owner.id);
    named.then_some(owner.id)
}

/// What the rules look at.
pub(super) fn facts<'a>(
    loaded: &'a Loaded,
    machine: Option<Pulse>,
    answers: &'a Answers,
    asked: Asked<'a>,
    quick: bool,
    cx: &Cx,
) -> Facts<'a> {
    let now = cx.now;
    let Loaded {
        license, policy, ..
    } = loaded;
    let user = asked
        .user
        .flatten()
        .and_then(|user| owner(loaded, user))
        .or(answers.user);
    let seen = |pulse: &Pulse| Machine {
        id: pulse.id,
        owner: pulse.owner_id,
        heartbeat: cx.hearts.excuse(heart(policy, pulse)).status(now),
    };
    let found = Found {
        environment_code: answers.environment_code.as_deref(),
        user,
        entitlements: answers.entitlements,
        machine: answers.machine.as_ref().map(seen),
        machines: machine.iter().chain(&answers.machines).map(seen).collect(),
        components: answers.components,
        checksum: answers.checksum.is_some(),
        version: answers.version.is_some(),
    };
    Facts {
        now,
        quick,
        license: validation::License {
            environment: license.environment_id,
            product: license.product_id,
            policy: license.policy_id,
            owner: license.owner_id,
            owner_banned: loaded
                .owner
                .as_ref()
                .is_some_and(|owner| owner.banned_at.is_some()),
            suspended: license.suspended,
            expiry: license.expiry,
            last_check_in: license.last_check_in_at,
        },
        policy: rules(policy),
        limits: limits(loaded),
        tally: Tally {
            processes: processes(loaded, answers, &asked, &found),
            ..tally(loaded, answers, user)
        },
        asked,
        found,
    }
}

fn rules(policy: &Policy) -> Rules {
    Rules {
        strict: policy.strict,
        floating: policy.floating,
        expiration: policy.expiration_strategy,
        overage: policy.overage_strategy,
        machine_matching: policy.machine_matching_strategy,
        component_matching: policy.component_matching_strategy,
        check_in: check_in_interval(policy),
        require_heartbeat: policy.require_heartbeat,
        require: Requirements {
            environment: policy.require_environment_scope,
            product: policy.require_product_scope,
            policy: policy.require_policy_scope,
            user: policy.require_user_scope,
            machine: policy.require_machine_scope,
            fingerprint: policy.require_fingerprint_scope,
            components: policy.require_components_scope,
            checksum: policy.require_checksum_scope,
            version: policy.require_version_scope,
        },
    }
}

fn heart(policy: &Policy, pulse: &Pulse) -> Heart {
    Heart {
        window: heartbeat::window(policy.heartbeat_duration),
        required: policy.require_heartbeat,
        created: pulse.created_at,
        last_at: pulse.last_at,
        excused_until: None,
    }
}

/// What counts against the limits: the license's own tallies, or those of one owner's machines.
fn tally(loaded: &Loaded, answers: &Answers, user: Option<UserId>) -> Tally {
    let license = &loaded.license;
    let counted = match machine_bucket(loaded.policy.machine_leasing_strategy, user) {
        MachineBucket::License => OwnerTally {
            owner_id: None,
            machines: license.machines_count,
            cores: license.machines_cores,
            memory: license.machines_memory,
            disk: license.machines_disk,
        },
        MachineBucket::Owner(owner) => {
            let of_owner = answers.tallies.iter().find(|tally| tally.owner_id == owner);
            of_owner.copied().unwrap_or_default()
        }
    };
    Tally {
        users: loaded.users(),
        all_machines: license.machines_count,
        machines: counted.machines,
        cores: counted.cores,
        memory: counted.memory,
        disk: counted.disk,
        processes: None,
    }
}

/// The processes that count, and the limit they stand against; none when they are not counted.
fn processes(
    loaded: &Loaded,
    answers: &Answers,
    asked: &Asked<'_>,
    found: &Found<'_>,
) -> Option<Processes> {
    if !counts_processes(loaded) {
        return None;
    }
    let strategy = loaded.policy.process_leasing_strategy;
    let bucket = process_bucket(strategy, asked, found)?;
    let counted = answers.processes.iter().find(|tally| match bucket {
        ProcessBucket::License => true,
        ProcessBucket::Machine(machine) => tally.id == Some(machine),
        ProcessBucket::Owner(owner) => tally.owner_id == owner,
    });
    let counted = counted.copied().unwrap_or_default();
    Some(Processes {
        count: counted.running,
        max: counted.max.or(limits(loaded).processes),
    })
}
