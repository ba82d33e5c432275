//! The checks of a validation, in order of precedence: the first row that holds is the answer.

use uuid::Uuid;

use super::ValidationCode::{self, *};
use super::{Facts, Machine};
use crate::ids::id_shaped;
use crate::words::{ExpirationStrategy, HeartbeatStatus, MatchingStrategy, OverageStrategy};

/// One row of the decision.
pub struct Check {
    /// The step of the contract's procedure (licensing reference §5.4).
    pub step: u8,
    /// The answer's code.
    pub code: ValidationCode,
    /// Whether the license is valid all the same.
    pub valid: fn(&Facts<'_>) -> bool,
    /// The answer in words.
    pub detail: &'static str,
    /// Whether the row is the answer, if no earlier one is.
    pub holds: fn(&Facts<'_>) -> bool,
}

/// The step of the checksum scope, and that of the version scope.
pub(super) const CHECKSUM: u8 = 14;
pub(super) const VERSION: u8 = 15;

impl Check {
    /// Whether the row is about the scope, and hence skipped by a quick validation.
    pub fn of_scope(&self) -> bool {
        (6..=VERSION).contains(&self.step)
    }
}

macro_rules! checks {
    ($($step:literal $code:ident $valid:ident $detail:literal $holds:expr;)*) => {
        /// In order of precedence: the first row that holds is the answer.
        pub const CHECKS: &[Check] = &[
            $(Check { step: $step, code: $code, valid: $valid, detail: $detail, holds: $holds },)*
        ];
    };
}

#[rustfmt::skip]
checks! {
    // step, code, whether it is valid all the same, detail, condition
     2 Banned                    no         "is banned"                                     |f| f.license.owner_banned;
     3 Suspended                 no         "is suspended"                                  |f| f.license.suspended;
     4 Expired                   no         "is expired"                                    |f| expired(f) && f.policy.expiration == ExpirationStrategy::RevokeAccess;
     5 Overdue                   no         "is overdue for check in"                       overdue;

     6 EnvironmentScopeMismatch  no         "environment scope does not match"              other_environment;
     6 EnvironmentScopeRequired  no         "environment scope is required"                 |f| f.policy.require.environment && f.asked.environment.is_none();
     7 ProductScopeMismatch      no         "product scope does not match"                  |f| f.asked.product.is_some_and(|id| !same(id, f.license.product.0));
     7 ProductScopeRequired      no         "product scope is required"                     |f| f.policy.require.product && f.asked.product.is_none();
     8 PolicyScopeMismatch       no         "policy scope does not match"                   |f| f.asked.policy.is_some_and(|id| !same(id, f.license.policy.0));
     8 PolicyScopeRequired       no         "policy scope is required"                      |f| f.policy.require.policy && f.asked.policy.is_none();
     9 UserScopeMismatch         no         "user scope does not match"                     other_user;
     9 UserScopeRequired         no         "user scope is required"                        |f| f.policy.require.user && f.asked.user.is_none();
    10 EntitlementsScopeEmpty    no         "entitlements scope is empty"                   |f| f.asked.entitlements.as_ref().is_some_and(Vec::is_empty);
    10 EntitlementsMissing       no         "is missing one or more required entitlements"  |f| f.asked.entitlements.as_ref().is_some_and(|codes| f.found.entitlements < codes.len());

    11 NoMachine                 no         "machine is not activated (has no associated machine)"    |f| f.asked.machine.is_some() && unused(f) && !f.policy.floating;
    11 NoMachines                no         "machine is not activated (has no associated machines)"   |f| f.asked.machine.is_some() && unused(f) && f.policy.floating;
    11 MachineScopeMismatch      no         "machine is not activated (does not match any associated machines)" |f| f.asked.machine.is_some() && f.found.machine.is_none();
    11 UserScopeMismatch         no         "user scope does not match (does not match associated machine owner)" |f| machine(f).is_some_and(|m| elses(f, m));
    11 HeartbeatNotStarted       no         "machine heartbeat is required"                 |f| machine(f).is_some_and(|m| silent(f, m));
    11 HeartbeatDead             no         "machine heartbeat is dead"                     |f| machine(f).is_some_and(|m| !m.lives());
    11 MachineScopeRequired      no         "machine scope is required"                     |f| f.policy.require.machine && f.asked.machine.is_none();

    12 FingerprintScopeEmpty     no         "fingerprint scope is empty"                    |f| f.asked.prints().is_some_and(<[_]>::is_empty);
    12 NoMachine                 no         "fingerprint is not activated (has no associated machine)"  |f| f.asked.prints().is_some() && unused(f) && !f.policy.floating;
    12 NoMachines                no         "fingerprint is not activated (has no associated machines)" |f| f.asked.prints().is_some() && unused(f) && f.policy.floating;
    12 HeartbeatDead             no         "machine heartbeat is dead"                     |f| f.asked.prints().is_some_and(|prints| f.found.machines.iter().filter(|m| !m.lives()).count() == prints.len());
    12 FingerprintScopeMismatch  no         "one or more fingerprint is not activated (does not match enough associated machines)"      |f| several(f, MatchingStrategy::MatchMost);
    12 FingerprintScopeMismatch  no         "one or more fingerprint is not activated (does not match at least 2 associated machines)"  |f| several(f, MatchingStrategy::MatchTwo);
    12 FingerprintScopeMismatch  no         "one or more fingerprint is not activated (does not match all associated machines)"         |f| several(f, MatchingStrategy::MatchAll);
    12 FingerprintScopeMismatch  no         "one or more fingerprint is not activated (does not match any associated machines)"         |f| several(f, MatchingStrategy::MatchAny);
    12 FingerprintScopeMismatch  no         "fingerprint is not activated (does not match any associated machines)"                     |f| f.asked.prints().is_some_and(|prints| prints.len() == 1) && alive(f).next().is_none();
    12 UserScopeMismatch         no         "user scope does not match (does not match associated machine owners)"                      |f| alive(f).any(|m| elses(f, m));
    12 HeartbeatNotStarted       no         "machine heartbeat is required"                 |f| alive(f).any(|m| silent(f, m));
    12 FingerprintScopeRequired  no         "fingerprint scope is required"                 |f| f.policy.require.fingerprint && f.asked.prints().is_none();

    13 FingerprintScopeRequired  no         "fingerprint scope is required when using the components scope" |f| f.asked.components.is_some() && f.asked.fingerprint.is_none();
    13 ComponentsScopeEmpty      no         "components scope is empty"                     |f| f.asked.components.as_ref().is_some_and(Vec::is_empty);
    13 ComponentsScopeMismatch   no         "one or more component is not activated (does not match enough associated components)"      |f| components(f, MatchingStrategy::MatchMost);
    13 ComponentsScopeMismatch   no         "one or more component is not activated (does not match at least 2 associated components)"  |f| components(f, MatchingStrategy::MatchTwo);
    13 ComponentsScopeMismatch   no         "one or more component is not activated (does not match all associated components)"         |f| components(f, MatchingStrategy::MatchAll);
    13 ComponentsScopeMismatch   no         "one or more component is not activated (does not match any associated components)"         |f| components(f, MatchingStrategy::MatchAny);
    13 ComponentsScopeRequired   no         "components scope is required"                  |f| f.policy.require.components && f.asked.components.is_none();

    14 ChecksumScopeMismatch     no         "checksum scope is not valid (does not match any accessible artifacts)" |f| f.asked.checksum.is_some() && !f.found.checksum;
    14 ChecksumScopeRequired     no         "checksum scope is required"                    |f| f.policy.require.checksum && f.asked.checksum.is_none();
    15 VersionScopeMismatch      no         "version scope is not valid (does not match any accessible releases)"   |f| f.asked.version.is_some() && !f.found.version;
    15 VersionScopeRequired      no         "version scope is required"                     |f| f.policy.require.version && f.asked.version.is_none();

    16 TooManyUsers              users_ok   "has too many associated users"                 |f| over(f.tally.users, f.limits.users);
    17 Expired                   access     "is expired"                                    |f| !f.policy.strict && expired(f);
    17 Valid                     yes        "is valid"                                      |f| !f.policy.strict;

    // A strict policy counts machines and what they have.
    18 NoMachine                 no         "must have exactly 1 associated machine"        |f| !f.policy.floating && unused(f);
    19 TooManyMachines           locked_ok  "has too many associated machines"              |f| !f.policy.floating && f.tally.all_machines > 1 && f.tally.machines > f.limits.machines.unwrap_or(1);
    20 NoMachines                no         "must have at least 1 associated machine"       |f| f.policy.floating && unused(f);
    21 TooManyMachines           seats_ok   "has too many associated machines"              |f| f.policy.floating && f.tally.all_machines > 1 && over(f.tally.machines, f.limits.machines);
    22 TooManyCores              cores_ok   "has too many associated machine cores"         |f| over(f.tally.cores, f.limits.cores);
    23 TooMuchMemory             memory_ok  "has too much associated machine memory"        |f| over(f.tally.memory, f.limits.memory);
    24 TooMuchDisk               disk_ok    "has too much associated machine disk"          |f| over(f.tally.disk, f.limits.disk);
    25 TooManyProcesses          runs_ok    "has too many associated processes"             |f| f.tally.processes.is_some_and(|p| over(p.count, p.max));
    26 Expired                   access     "is expired"                                    expired;
    27 Valid                     yes        "is valid"                                      |_| true;
}

fn yes(_: &Facts<'_>) -> bool {
    true
}

fn no(_: &Facts<'_>) -> bool {
    false
}

/// An expired license that its policy lets live on.
fn access(f: &Facts<'_>) -> bool {
    use ExpirationStrategy::{AllowAccess, MaintainAccess};
    matches!(f.policy.expiration, AllowAccess | MaintainAccess)
}

fn users_ok(f: &Facts<'_>) -> bool {
    tolerated(f, f.tally.users, f.limits.users)
}

/// A node-locked license tolerates whole machines only: twice as many, or any number.
fn locked_ok(f: &Facts<'_>) -> bool {
    use OverageStrategy::{Allow2xOverage, AlwaysAllowOverage};
    matches!(f.policy.overage, AlwaysAllowOverage | Allow2xOverage)
        && f.policy
            .overage
            .tolerates(f.tally.machines, f.limits.machines.unwrap_or(1))
}

fn seats_ok(f: &Facts<'_>) -> bool {
    tolerated(f, f.tally.machines, f.limits.machines)
}

fn cores_ok(f: &Facts<'_>) -> bool {
    tolerated(f, f.tally.cores, f.limits.cores)
}

fn memory_ok(f: &Facts<'_>) -> bool {
    tolerated(f, f.tally.memory, f.limits.memory)
}

fn disk_ok(f: &Facts<'_>) -> bool {
    tolerated(f, f.tally.disk, f.limits.disk)
}

fn runs_ok(f: &Facts<'_>) -> bool {
    f.tally
        .processes
        .is_none_or(|p| tolerated(f, p.count, p.max))
}

fn tolerated(f: &Facts<'_>, count: i64, max: Option<i64>) -> bool {
    max.is_none_or(|max| f.policy.overage.tolerates(count, max))
}

fn over(count: i64, max: Option<i64>) -> bool {
    max.is_some_and(|max| count > max)
}

fn expired(f: &Facts<'_>) -> bool {
    f.license.expiry.is_some_and(|expiry| expiry < f.now)
}

fn overdue(f: &Facts<'_>) -> bool {
    match (f.policy.check_in, f.license.last_check_in) {
        (Some(interval), Some(last)) => interval.overdue(last, f.now),
        _ => false,
    }
}

/// Whether the license has no machine at all.
fn unused(f: &Facts<'_>) -> bool {
    f.tally.all_machines == 0
}

fn same(text: &str, id: Uuid) -> bool {
    id_shaped(text) == Some(id)
}

fn other_environment(f: &Facts<'_>) -> bool {
    let Some(asked) = f.asked.environment else {
        return false;
    };
    let matches = match (asked, f.license.environment) {
        (None, own) => own.is_none(),
        (Some(text), Some(own)) => Some(text) == f.found.environment_code || same(text, own.0),
        (Some(_), None) => false,
    };
    !matches
}

fn other_user(f: &Facts<'_>) -> bool {
    match f.asked.user {
        None => false,
        Some(None) => f.license.owner.is_some(),
        Some(Some(_)) => f.found.user.is_none(),
    }
}

/// The machine that the scope names by id.
fn machine<'f>(f: &'f Facts<'_>) -> Option<&'f Machine> {
    f.asked.machine.and(f.found.machine.as_ref())
}

/// The living machines that the scope names by fingerprint.
fn alive<'f>(f: &'f Facts<'_>) -> impl Iterator<Item = &'f Machine> {
    let asked = f.asked.prints().is_some();
    f.found
        .machines
        .iter()
        .filter(move |machine| asked && machine.lives())
}

/// Whether the machine is owned by someone else than the user of the scope.
fn elses(f: &Facts<'_>, machine: &Machine) -> bool {
    f.asked.user.flatten().is_some() && machine.owner.is_some() && machine.owner != f.found.user
}

/// Whether the machine's heart should beat, and never has.
fn silent(f: &Facts<'_>, machine: &Machine) -> bool {
    f.policy.require_heartbeat && machine.heartbeat == HeartbeatStatus::NotStarted
}

/// Whether several fingerprints match too few machines, under the policy's strategy.
fn several(f: &Facts<'_>, strategy: MatchingStrategy) -> bool {
    let asked = f.asked.prints().map_or(0, <[_]>::len);
    asked > 1 && f.policy.machine_matching == strategy && short(alive(f).count(), asked, strategy)
}

/// Whether any number of components match too few, under the policy's strategy.
fn components(f: &Facts<'_>, strategy: MatchingStrategy) -> bool {
    f.asked.components.as_ref().is_some_and(|asked| {
        f.policy.component_matching == strategy && short(f.found.components, asked.len(), strategy)
    })
}

/// Whether `matching` of `asked` is too few.
fn short(matching: usize, asked: usize, strategy: MatchingStrategy) -> bool {
    matching
        < match strategy {
            MatchingStrategy::MatchAny => 1,
            MatchingStrategy::MatchTwo => 2,
            MatchingStrategy::MatchMost => asked.div_ceil(2),
            MatchingStrategy::MatchAll => asked,
        }
}
