//! Policies: defaults, the rules their attributes obey, and moving a license between two of them.
//!
//! Licensing reference §2.2 to §2.5, §3.6.

mod rules;
mod terms;

pub use terms::{Changes, Terms};

use crate::refusal::{At, Code, Problem, Refused};
use crate::term::Limits;
use crate::version::ApiVersion;
use crate::words::{ComponentUniquenessStrategy, MachineUniquenessStrategy, Scheme, Word};
use terms::ORDER;

impl Terms {
    /// What a new policy says. `protected` is the account's, for a client that doesn't say.
    ///
    /// # Errors
    /// All that is wrong with it, in the order of the attributes.
    pub fn draft(changes: Changes, version: ApiVersion, protected: bool) -> Result<Self, Refused> {
        let require_heartbeat = changes.require_heartbeat.unwrap_or(false);
        let mut terms = Self::empty(version, protected, require_heartbeat);
        let mut problems = Vec::new();
        if changes.name.is_none() {
            problems.push(Code::NameMissing.at(At::Attribute("name".into())));
        }
        terms.use_pool = changes.use_pool.unwrap_or(false);
        terms.encrypted = changes.encrypted.unwrap_or(false);
        match changes.scheme.as_deref() {
            Some(text) => match Scheme::parse(text) {
                Some(scheme) => terms.scheme = Some(scheme),
                None => problems.push(Code::SchemeNotAllowed.at(At::Attribute("scheme".into()))),
            },
            None => terms.scheme = terms.encrypted.then_some(Scheme::LegacyEncrypt),
        }
        terms.apply(changes, &mut problems);
        if !terms.floating {
            terms.max_machines.get_or_insert(1);
        }
        terms.check(problems)
    }

    /// What a policy says after a change. What is set on creation only is left alone.
    ///
    /// # Errors
    /// All that is wrong with it, in the order of the attributes.
    pub fn revise(mut self, changes: Changes) -> Result<Self, Refused> {
        let mut problems = Vec::new();
        self.apply(changes, &mut problems);
        self.check(problems)
    }

    /// The policy's limits, before any overrides of a license.
    pub fn limits(&self) -> Limits {
        Limits {
            machines: self.max_machines,
            processes: self.max_processes,
            users: self.max_users,
            cores: self.max_cores,
            memory: self.max_memory,
            disk: self.max_disk,
            uses: self.max_uses,
        }
    }

    /// What of the policy a license can't change.
    pub fn nature(&self) -> Nature {
        Nature {
            encrypted: self.encrypted,
            use_pool: self.use_pool,
            scheme: self.scheme,
            machines: self.machine_uniqueness_strategy,
            components: self.component_uniqueness_strategy,
        }
    }

    fn check(self, mut problems: Vec<Problem>) -> Result<Self, Refused> {
        rules::check(&self, &mut problems);
        problems.sort_by_key(|problem| match &problem.at {
            At::Attribute(name) => ORDER.iter().position(|other| other == name),
            _ => None,
        });
        Refused::unless_empty(problems)?;
        Ok(self)
    }

    #[rustfmt::skip]
    fn apply(&mut self, changes: Changes, problems: &mut Vec<Problem>) {
        self.choose(&changes, problems);
        set(&mut self.name, changes.name);
        set(&mut self.duration, changes.duration);
        set(&mut self.strict, changes.strict);
        set(&mut self.floating, changes.floating);
        set(&mut self.protected, changes.protected);
        set(&mut self.max_machines, changes.max_machines);
        set(&mut self.max_processes, changes.max_processes);
        set(&mut self.max_users, changes.max_users);
        set(&mut self.max_cores, changes.max_cores);
        set(&mut self.max_memory, changes.max_memory);
        set(&mut self.max_disk, changes.max_disk);
        set(&mut self.max_uses, changes.max_uses);
        set(&mut self.require_product_scope, changes.require_product_scope);
        set(&mut self.require_policy_scope, changes.require_policy_scope);
        set(&mut self.require_machine_scope, changes.require_machine_scope);
        set(&mut self.require_fingerprint_scope, changes.require_fingerprint_scope);
        set(&mut self.require_components_scope, changes.require_components_scope);
        set(&mut self.require_user_scope, changes.require_user_scope);
        set(&mut self.require_checksum_scope, changes.require_checksum_scope);
        set(&mut self.require_version_scope, changes.require_version_scope);
        set(&mut self.require_check_in, changes.require_check_in);
        set(&mut self.check_in_interval_count, changes.check_in_interval_count);
        set(&mut self.require_heartbeat, changes.require_heartbeat);
        set(&mut self.heartbeat_duration, changes.heartbeat_duration);
    }

    #[rustfmt::skip]
    fn choose(&mut self, changes: &Changes, problems: &mut Vec<Problem>) {
        let mut choose = Choose { problems };
        choose.word(&mut self.machine_uniqueness_strategy, &changes.machine_uniqueness_strategy, "machine_uniqueness_strategy", Code::MachineUniquenessStrategyNotAllowed);
        choose.word(&mut self.machine_matching_strategy, &changes.machine_matching_strategy, "machine_matching_strategy", Code::MachineMatchingStrategyNotAllowed);
        choose.word(&mut self.component_uniqueness_strategy, &changes.component_uniqueness_strategy, "component_uniqueness_strategy", Code::ComponentUniquenessStrategyNotAllowed);
        choose.word(&mut self.component_matching_strategy, &changes.component_matching_strategy, "component_matching_strategy", Code::ComponentMatchingStrategyNotAllowed);
        choose.word(&mut self.expiration_strategy, &changes.expiration_strategy, "expiration_strategy", Code::ExpirationStrategyNotAllowed);
        choose.word(&mut self.expiration_basis, &changes.expiration_basis, "expiration_basis", Code::ExpirationBasisNotAllowed);
        choose.word(&mut self.renewal_basis, &changes.renewal_basis, "renewal_basis", Code::RenewalBasisNotAllowed);
        choose.word(&mut self.transfer_strategy, &changes.transfer_strategy, "transfer_strategy", Code::TransferStrategyNotAllowed);
        choose.word(&mut self.authentication_strategy, &changes.authentication_strategy, "authentication_strategy", Code::AuthenticationStrategyNotAllowed);
        choose.word(&mut self.machine_leasing_strategy, &changes.machine_leasing_strategy, "machine_leasing_strategy", Code::MachineLeasingStrategyNotAllowed);
        choose.word(&mut self.process_leasing_strategy, &changes.process_leasing_strategy, "process_leasing_strategy", Code::ProcessLeasingStrategyNotAllowed);
        choose.word(&mut self.overage_strategy, &changes.overage_strategy, "overage_strategy", Code::OverageStrategyNotAllowed);
        choose.word(&mut self.heartbeat_cull_strategy, &changes.heartbeat_cull_strategy, "heartbeat_cull_strategy", Code::HeartbeatCullStrategyNotAllowed);
        choose.word(&mut self.heartbeat_resurrection_strategy, &changes.heartbeat_resurrection_strategy, "heartbeat_resurrection_strategy", Code::HeartbeatResurrectionStrategyNotAllowed);
        choose.word(&mut self.heartbeat_basis, &changes.heartbeat_basis, "heartbeat_basis", Code::HeartbeatBasisNotAllowed);
        match &changes.check_in_interval {
            None => {}
            Some(None) => self.check_in_interval = None,
            Some(Some(text)) => match Word::parse(text) {
                Some(interval) => self.check_in_interval = Some(interval),
                None => choose.refuse("check_in_interval", Code::CheckInIntervalNotAllowed),
            },
        }
    }
}

fn set<T>(target: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *target = value;
    }
}

/// Sets words from what a client spells; a word that is none leaves the target as it was.
struct Choose<'a> {
    problems: &'a mut Vec<Problem>,
}

impl Choose<'_> {
    fn word<W: Word>(
        &mut self,
        target: &mut W,
        text: &Option<String>,
        name: &'static str,
        code: Code,
    ) {
        let Some(text) = text else { return };
        match W::parse(text) {
            Some(word) => *target = word,
            None => self.refuse(name, code),
        }
    }

    fn refuse(&mut self, name: &'static str, code: Code) {
        self.problems.push(code.at(At::Attribute(name.into())));
    }
}

/// What of a policy a license can't change by moving to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Nature {
    /// Whether keys are hashed.
    pub encrypted: bool,
    /// Whether keys come from a pool.
    pub use_pool: bool,
    /// How keys are made.
    pub scheme: Option<Scheme>,
    /// Where fingerprints of machines are unique.
    pub machines: MachineUniquenessStrategy,
    /// Where fingerprints of components are unique.
    pub components: ComponentUniquenessStrategy,
}

impl Nature {
    /// Whether a license may move from a policy of this nature to one of another. The first
    /// property that differs decides, even if it decides for the move.
    ///
    /// # Errors
    /// What stands against it.
    pub fn may_become(&self, other: &Self) -> Result<(), Problem> {
        let refuse = |detail: &'static str| {
            Err(Code::PolicyNotCompatible.says(detail, At::Relationship("policy".into())))
        };
        if self.encrypted != other.encrypted {
            return refuse(
                "cannot change from an encrypted policy to an unencrypted policy (or vice-versa)",
            );
        }
        if self.use_pool != other.use_pool {
            return refuse(
                "cannot change from a pooled policy to an unpooled policy (or vice-versa)",
            );
        }
        if self.scheme != other.scheme {
            return refuse("cannot change to a policy with a different scheme");
        }
        if self.machines != other.machines {
            if other.machines.rank() < self.machines.rank() {
                return Ok(());
            }
            return refuse(
                "cannot change to a policy with a more strict machine uniqueness strategy",
            );
        }
        if other.components.rank() > self.components.rank() {
            return refuse(
                "cannot change to a policy with a more strict component uniqueness strategy",
            );
        }
        Ok(())
    }
}

impl MachineUniquenessStrategy {
    /// How strict the strategy is.
    const fn rank(self) -> u8 {
        match self {
            Self::UniquePerAccount => 4,
            Self::UniquePerProduct => 3,
            Self::UniquePerPolicy => 2,
            Self::UniquePerLicense => 1,
        }
    }
}

impl ComponentUniquenessStrategy {
    /// How strict the strategy is.
    const fn rank(self) -> u8 {
        match self {
            Self::UniquePerAccount => 4,
            Self::UniquePerProduct => 3,
            Self::UniquePerPolicy => 2,
            Self::UniquePerLicense => 1,
            Self::UniquePerMachine => 0,
        }
    }
}

#[cfg(test)]
mod tests;
