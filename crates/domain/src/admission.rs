//! Admission: whether one more machine, process or user fits, and what is told when it doesn't.
//!
//! Machines reference §1.3, §2; licensing reference §3.7. The statement that writes decides races;
//! these rules say what it compares with, and word the refusal.

use crate::refusal::{At, Code, Problem};
use crate::term::Limits;
use crate::words::{
    ComponentUniquenessStrategy, MachineLeasingStrategy, MachineUniquenessStrategy,
    OverageStrategy, ProcessLeasingStrategy,
};

/// What machines take of a license's limits: one machine, or all in a bucket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Load {
    /// How many they are.
    pub machines: i64,
    /// Their cores.
    pub cores: i64,
    /// Their memory, in bytes.
    pub memory: i64,
    /// Their disk, in bytes.
    pub disk: i64,
}

/// What every limit of a license stands against, once tolerated overage is counted in.
///
/// None is unlimited. The first machine of a bucket passes the machine ceiling, whatever it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ceilings {
    /// Machines.
    pub machines: Option<i64>,
    /// Cores.
    pub cores: Option<i64>,
    /// Memory, in bytes.
    pub memory: Option<i64>,
    /// Disk, in bytes.
    pub disk: Option<i64>,
}

/// The rules of a policy that machines are admitted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seating {
    /// How far limits may be exceeded.
    pub overage: OverageStrategy,
    /// The bucket that machines are counted in, with those of their owner or of the license.
    pub leasing: MachineLeasingStrategy,
    /// The license's effective limits.
    pub limits: Limits,
}

impl Seating {
    /// What the statement that takes a seat compares with.
    pub fn ceilings(&self) -> Ceilings {
        Ceilings {
            machines: self.overage.ceiling(self.limits.machines),
            cores: self.overage.ceiling(self.limits.cores),
            memory: self.overage.ceiling(self.limits.memory),
            disk: self.overage.ceiling(self.limits.disk),
        }
    }

    /// What is wrong with one more machine, when the bucket would come to `after` with it.
    pub fn activate(&self, after: Load) -> Vec<Problem> {
        let first = after.machines <= 1;
        let machines = self.exceeded(
            Code::MachineLimitExceeded,
            if first { 0 } else { after.machines },
            self.limits.machines,
        );
        machines.into_iter().chain(self.resize(after)).collect()
    }

    /// What is wrong with a machine that changes, when the bucket would come to `after`. Every
    /// change asks, so a machine that no longer fits can't be touched.
    pub fn resize(&self, after: Load) -> Vec<Problem> {
        [
            (
                Code::MachineCoreLimitExceeded,
                after.cores,
                self.limits.cores,
            ),
            (
                Code::MachineMemoryLimitExceeded,
                after.memory,
                self.limits.memory,
            ),
            (Code::MachineDiskLimitExceeded, after.disk, self.limits.disk),
        ]
        .into_iter()
        .filter_map(|(code, count, max)| self.exceeded(code, count, max))
        .collect()
    }

    fn exceeded(&self, code: Code, count: i64, max: Option<i64>) -> Option<Problem> {
        let what = match code {
            Code::MachineLimitExceeded => "machine count",
            Code::MachineCoreLimitExceeded => "machine core count",
            Code::MachineMemoryLimitExceeded => "machine memory",
            _ => "machine disk",
        };
        let whose = match self.leasing {
            MachineLeasingStrategy::PerLicense => "license",
            MachineLeasingStrategy::PerUser => "user",
        };
        exceeded(self.overage, count, max)
            .map(|max| code.says(limit_text(what, whose, max), At::Record))
    }
}

/// What is wrong with one more process, when its bucket would come to `after`.
///
/// `max` is the machine's limit for the bucket of a machine, else the license's. There is no
/// exemption for the first one.
pub fn spawn(
    overage: OverageStrategy,
    leasing: ProcessLeasingStrategy,
    after: i64,
    max: Option<i64>,
) -> Option<Problem> {
    let whose = match leasing {
        ProcessLeasingStrategy::PerMachine => "machine",
        ProcessLeasingStrategy::PerLicense => "license",
        ProcessLeasingStrategy::PerUser => "user",
    };
    let max = exceeded(overage, after, max)?;
    let detail = limit_text("process count", whose, max);
    Some(Code::MachineProcessLimitExceeded.says(detail, At::Record))
}

/// What is wrong with one more user of a license, when owner and members would come to `after`.
pub fn share(overage: OverageStrategy, after: i64, max: Option<i64>) -> Option<Problem> {
    let max = exceeded(overage, after, max)?;
    let detail = limit_text("user count", "license", max);
    Some(Code::UserLimitExceeded.says(detail, At::Relationship("users".into())))
}

fn exceeded(overage: OverageStrategy, count: i64, max: Option<i64>) -> Option<i64> {
    max.filter(|&max| !overage.tolerates(count, max))
}

fn limit_text(what: &str, whose: &str, max: i64) -> String {
    format!("{what} has exceeded maximum allowed for {whose} ({max})")
}

/// What may belong to a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Member {
    /// A user.
    User,
    /// A license.
    License,
    /// A machine.
    Machine,
}

/// What is wrong with one more member of a group that has `count` of its kind. Only a record
/// whose group changes asks.
pub fn join(member: Member, count: i64, max: Option<i64>) -> Option<Problem> {
    let (code, what) = match member {
        Member::User => (Code::GroupUserLimitExceeded, "user"),
        Member::License => (Code::GroupLicenseLimitExceeded, "license"),
        Member::Machine => (Code::GroupMachineLimitExceeded, "machine"),
    };
    let max = max.filter(|&max| count >= max)?;
    let detail = format!("{what} count has exceeded maximum allowed by current group ({max})");
    Some(code.says(detail, At::Relationship("group".into())))
}

/// What a fingerprint is told that another machine has already. `same_license` when that machine
/// is of the same license, which no strategy allows.
pub fn machine_taken(strategy: MachineUniquenessStrategy, same_license: bool) -> Problem {
    let scope = match strategy {
        _ if same_license => None,
        MachineUniquenessStrategy::UniquePerAccount => Some("account"),
        MachineUniquenessStrategy::UniquePerProduct => Some("product"),
        MachineUniquenessStrategy::UniquePerPolicy => Some("policy"),
        MachineUniquenessStrategy::UniquePerLicense => None,
    };
    taken(scope)
}

/// What a fingerprint is told that another component has already. `same_machine` when that
/// component is of the same machine, which no strategy allows.
pub fn component_taken(strategy: ComponentUniquenessStrategy, same_machine: bool) -> Problem {
    let scope = match strategy {
        _ if same_machine => None,
        ComponentUniquenessStrategy::UniquePerAccount => Some("account"),
        ComponentUniquenessStrategy::UniquePerProduct => Some("product"),
        ComponentUniquenessStrategy::UniquePerPolicy => Some("policy"),
        ComponentUniquenessStrategy::UniquePerLicense => Some("license"),
        ComponentUniquenessStrategy::UniquePerMachine => None,
    };
    taken(scope)
}

fn taken(scope: Option<&str>) -> Problem {
    let at = At::Attribute("fingerprint".into());
    match scope {
        None => Code::FingerprintTaken.at(at),
        Some(scope) => {
            Code::FingerprintTaken.says(format!("has already been taken for this {scope}"), at)
        }
    }
}

#[cfg(test)]
mod tests;
