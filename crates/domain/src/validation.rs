//! Validation: whether a license is good, and the first reason why not.
//!
//! Licensing reference §5.4. The decision is the table in `validation/checks.rs`; this file has
//! the facts it looks at. Facts are loaded before; rows only look.

mod checks;

pub use checks::{CHECKS, Check};

use chrono::{DateTime, Utc};

use crate::ids::{EnvironmentId, MachineId, PolicyId, ProductId, UserId, id_shaped};
use crate::term::{Interval, Limits};
use crate::words::{
    ExpirationStrategy, HeartbeatStatus, MachineLeasingStrategy, MatchingStrategy, OverageStrategy,
    ProcessLeasingStrategy,
};

words! {
    /// What a validation found, as the contract spells it.
    ValidationCode {
        Valid = "VALID",
        NotFound = "NOT_FOUND",
        Banned = "BANNED",
        Suspended = "SUSPENDED",
        Expired = "EXPIRED",
        Overdue = "OVERDUE",
        NoMachine = "NO_MACHINE",
        NoMachines = "NO_MACHINES",
        TooManyMachines = "TOO_MANY_MACHINES",
        TooManyCores = "TOO_MANY_CORES",
        TooMuchMemory = "TOO_MUCH_MEMORY",
        TooMuchDisk = "TOO_MUCH_DISK",
        TooManyProcesses = "TOO_MANY_PROCESSES",
        TooManyUsers = "TOO_MANY_USERS",
        EnvironmentScopeRequired = "ENVIRONMENT_SCOPE_REQUIRED",
        EnvironmentScopeMismatch = "ENVIRONMENT_SCOPE_MISMATCH",
        ProductScopeRequired = "PRODUCT_SCOPE_REQUIRED",
        ProductScopeMismatch = "PRODUCT_SCOPE_MISMATCH",
        PolicyScopeRequired = "POLICY_SCOPE_REQUIRED",
        PolicyScopeMismatch = "POLICY_SCOPE_MISMATCH",
        UserScopeRequired = "USER_SCOPE_REQUIRED",
        UserScopeMismatch = "USER_SCOPE_MISMATCH",
        EntitlementsScopeEmpty = "ENTITLEMENTS_SCOPE_EMPTY",
        EntitlementsMissing = "ENTITLEMENTS_MISSING",
        MachineScopeRequired = "MACHINE_SCOPE_REQUIRED",
        MachineScopeMismatch = "MACHINE_SCOPE_MISMATCH",
        FingerprintScopeRequired = "FINGERPRINT_SCOPE_REQUIRED",
        FingerprintScopeEmpty = "FINGERPRINT_SCOPE_EMPTY",
        FingerprintScopeMismatch = "FINGERPRINT_SCOPE_MISMATCH",
        HeartbeatNotStarted = "HEARTBEAT_NOT_STARTED",
        HeartbeatDead = "HEARTBEAT_DEAD",
        ComponentsScopeRequired = "COMPONENTS_SCOPE_REQUIRED",
        ComponentsScopeEmpty = "COMPONENTS_SCOPE_EMPTY",
        ComponentsScopeMismatch = "COMPONENTS_SCOPE_MISMATCH",
        ChecksumScopeRequired = "CHECKSUM_SCOPE_REQUIRED",
        ChecksumScopeMismatch = "CHECKSUM_SCOPE_MISMATCH",
        VersionScopeRequired = "VERSION_SCOPE_REQUIRED",
        VersionScopeMismatch = "VERSION_SCOPE_MISMATCH",
    }
}

/// Everything validation looks at. Without a scope it is numbers only.
#[derive(Clone, Debug)]
pub struct Facts<'a> {
    /// The instant of the request.
    pub now: DateTime<Utc>,
    /// Whether everything about scopes is skipped.
    pub quick: bool,
    /// The license.
    pub license: License,
    /// The policy's rules.
    pub policy: Rules,
    /// The license's effective limits.
    pub limits: Limits,
    /// What counts against them.
    pub tally: Tally,
    /// What the client wants to hold.
    pub asked: Asked<'a>,
    /// What was found of it.
    pub found: Found<'a>,
}

/// The license, as far as validation looks.
#[derive(Clone, Copy, Debug)]
pub struct License {
    /// Its environment.
    pub environment: Option<EnvironmentId>,
    /// Its product.
    pub product: ProductId,
    /// Its policy.
    pub policy: PolicyId,
    /// Its owner.
    pub owner: Option<UserId>,
    /// Whether the owner is banned; banned members do not matter.
    pub owner_banned: bool,
    /// Whether it is suspended.
    pub suspended: bool,
    /// When it expires.
    pub expiry: Option<DateTime<Utc>>,
    /// When it checked in last.
    pub last_check_in: Option<DateTime<Utc>>,
}

/// The policy, as far as validation looks.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// Whether machines and what they have are counted at all.
    pub strict: bool,
    /// Whether a license may be on several machines.
    pub floating: bool,
    /// What expiry takes away.
    pub expiration: ExpirationStrategy,
    /// How far limits may be exceeded.
    pub overage: OverageStrategy,
    /// How many of several fingerprints must match.
    pub machine_matching: MatchingStrategy,
    /// How many components must match.
    pub component_matching: MatchingStrategy,
    /// How often a license must check in; none when it need not.
    pub check_in: Option<Interval>,
    /// Whether a machine named by the scope must have a beating heart.
    pub require_heartbeat: bool,
    /// Which members the scope must have.
    pub require: Requirements,
}

/// Which members the scope must have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Requirements {
    /// `environment`; neither settable nor shown.
    pub environment: bool,
    /// `product`.
    pub product: bool,
    /// `policy`.
    pub policy: bool,
    /// `user`.
    pub user: bool,
    /// `machine`.
    pub machine: bool,
    /// `fingerprint` or `fingerprints`.
    pub fingerprint: bool,
    /// `components`.
    pub components: bool,
    /// `checksum`.
    pub checksum: bool,
    /// `version`.
    pub version: bool,
}

/// What counts against the limits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// The owner and the members.
    pub users: i64,
    /// All machines of the license, dead ones included.
    pub all_machines: i64,
    /// The machines in the bucket of [`machine_bucket`].
    pub machines: i64,
    /// Their cores.
    pub cores: i64,
    /// Their memory, in bytes.
    pub memory: i64,
    /// Their disk, in bytes.
    pub disk: i64,
    /// The processes in the bucket of [`process_bucket`]; none when there is no such bucket.
    pub processes: Option<Processes>,
}

/// Processes, and the limit of the bucket they were counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Processes {
    /// How many run.
    pub count: i64,
    /// How many may: the machine's limit for the bucket of a machine, else the license's.
    pub max: Option<i64>,
}

/// The scope that the client sent; an absent member is not asked for. Lists are [`distinct`].
#[derive(Clone, Debug, Default)]
pub struct Asked<'a> {
    /// An environment's id or code; null asks for none.
    pub environment: Option<Option<&'a str>>,
    /// A product's id.
    pub product: Option<&'a str>,
    /// A policy's id.
    pub policy: Option<&'a str>,
    /// A user's id or e-mail; null asks for none.
    pub user: Option<Option<&'a str>>,
    /// Codes of entitlements.
    pub entitlements: Option<Vec<&'a str>>,
    /// A machine's id.
    pub machine: Option<&'a str>,
    /// A machine's fingerprint; it wins over `fingerprints`.
    pub fingerprint: Option<&'a str>,
    /// Fingerprints of machines.
    pub fingerprints: Option<Vec<&'a str>>,
    /// Fingerprints of components.
    pub components: Option<Vec<&'a str>>,
    /// An artifact's checksum.
    pub checksum: Option<&'a str>,
    /// A release's version.
    pub version: Option<&'a str>,
}

impl<'a> Asked<'a> {
    /// The machines asked for by fingerprint, in either spelling.
    pub fn prints(&self) -> Option<&[&'a str]> {
        match &self.fingerprint {
            Some(fingerprint) => Some(std::slice::from_ref(fingerprint)),
            None => self.fingerprints.as_deref(),
        }
    }

    /// The id of the machine asked for, if it is one.
    pub fn machine_id(&self) -> Option<MachineId> {
        self.machine.and_then(id_shaped).map(MachineId)
    }
}

/// The strings of a list, each once, in their order.
pub fn distinct(given: &[String]) -> Vec<&str> {
    let mut seen = std::collections::HashSet::new();
    given
        .iter()
        .map(String::as_str)
        .filter(|text| seen.insert(*text))
        .collect()
}

/// What was found of what was asked; nothing needs to be loaded for what wasn't.
#[derive(Clone, Debug, Default)]
pub struct Found<'a> {
    /// The code of the license's environment.
    pub environment_code: Option<&'a str>,
    /// The owner or member that `user` names by id or e-mail.
    pub user: Option<UserId>,
    /// How many of the codes the license holds, by itself or through its policy.
    pub entitlements: usize,
    /// The machine of this license with the id.
    pub machine: Option<Machine>,
    /// The machines of this license with one of the fingerprints.
    pub machines: Vec<Machine>,
    /// How many of the components are on the machine with the one fingerprint.
    pub components: usize,
    /// Whether an artifact with the checksum is accessible to the license.
    pub checksum: bool,
    /// Whether a release of the version is accessible to the license.
    pub version: bool,
}

/// A machine that the scope names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Machine {
    /// Its id.
    pub id: MachineId,
    /// Its owner.
    pub owner: Option<UserId>,
    /// What its heart is doing.
    pub heartbeat: HeartbeatStatus,
}

impl Machine {
    /// Whether the machine counts as a match: it is not dead, even if it was never pinged.
    pub fn lives(&self) -> bool {
        self.heartbeat != HeartbeatStatus::Dead
    }
}

/// The machines that are counted against machine, core, memory and disk limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MachineBucket {
    /// All machines of the license.
    License,
    /// Those of one owner, or those without one.
    Owner(Option<UserId>),
}

/// The machines to count, when `user` is whom the scope's user was found to be.
///
/// A quick validation has no scope, hence no user.
pub fn machine_bucket(strategy: MachineLeasingStrategy, user: Option<UserId>) -> MachineBucket {
    match strategy {
        MachineLeasingStrategy::PerLicense => MachineBucket::License,
        MachineLeasingStrategy::PerUser => MachineBucket::Owner(user),
    }
}

/// The processes that are counted against the process limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProcessBucket {
    /// Those of one machine, against the machine's limit.
    Machine(MachineId),
    /// All processes of the license, against its limit.
    License,
    /// Those on the machines of one owner, or of none, against the license's limit.
    Owner(Option<UserId>),
}

/// The processes to count; none when the scope names no machine to count them on.
pub fn process_bucket(
    strategy: ProcessLeasingStrategy,
    asked: &Asked<'_>,
    found: &Found<'_>,
) -> Option<ProcessBucket> {
    match strategy {
        ProcessLeasingStrategy::PerLicense => Some(ProcessBucket::License),
        ProcessLeasingStrategy::PerUser => Some(ProcessBucket::Owner(found.user)),
        ProcessLeasingStrategy::PerMachine => {
            let by_print = found.machines.iter().find(|machine| machine.lives());
            let machine = match asked.prints() {
                Some(_) => by_print.or(found.machine.as_ref()),
                None => found.machine.as_ref(),
            };
            machine.map(|machine| ProcessBucket::Machine(machine.id))
        }
    }
}

/// The answer to a validation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// What was found.
    pub code: ValidationCode,
    /// Whether the license may be used.
    pub valid: bool,
    /// What was found, in words.
    pub detail: &'static str,
    step: u8,
}

impl Verdict {
    /// The answer when there is no license with the key.
    pub const NOT_FOUND: Self = Self {
        code: ValidationCode::NotFound,
        valid: false,
        detail: "does not exist",
        step: 1,
    };

    /// Whether the scope's checksum was looked at and found good, so that the license remembers
    /// it, whatever came after.
    pub fn passed_checksum(&self, facts: &Facts<'_>) -> bool {
        self.step > checks::CHECKSUM && !facts.quick && facts.asked.checksum.is_some()
    }

    /// The same for the scope's version.
    pub fn passed_version(&self, facts: &Facts<'_>) -> bool {
        self.step > checks::VERSION && !facts.quick && facts.asked.version.is_some()
    }
}

/// The first check that holds; the last one always does.
pub fn validate(facts: &Facts<'_>) -> Verdict {
    let check = CHECKS
        .iter()
        .filter(|check| !(facts.quick && check.of_scope()))
        .find(|check| (check.holds)(facts))
        .expect("the last check holds for every license");
    Verdict {
        code: check.code,
        valid: (check.valid)(facts),
        detail: check.detail,
        step: check.step,
    }
}

#[cfg(test)]
mod tests;
