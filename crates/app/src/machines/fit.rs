//! Whether a machine fits: its license's limits, its group, its owner.

use keystead_domain::access::Scope;
use keystead_domain::admission::{self, Load, Member};
use keystead_domain::term::Limits;
use keystead_domain::words::MachineLeasingStrategy;
use keystead_domain::{At, Code, GroupId, LicenseId, Problem, Refused, UserId};
use keystead_store::entities::Machine;
use keystead_store::machines::{self as rows, Terms};
use keystead_store::{Connection, Tx, groups};

use crate::{Cx, Result};

/// Whose machines are counted together with one of this owner, without machine `but`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bucket<'a> {
    pub license: LicenseId,
    pub terms: &'a Terms,
    pub owner: Option<UserId>,
    pub but: Option<&'a Machine>,
}

impl Bucket<'_> {
    /// What the bucket holds; under the license's lock it stays true until the transaction ends.
    pub async fn load(self, connection: &impl Connection) -> Result<Load> {
        match self.terms.machine_leasing_strategy {
            MachineLeasingStrategy::PerLicense => {
                let all = self.terms.tally();
                let but = self.but.map(rows::load).unwrap_or_default();
                Ok(Load {
                    machines: all.machines - but.machines,
                    cores: all.cores - but.cores,
                    memory: all.memory - but.memory,
                    disk: all.disk - but.disk,
                })
            }
            MachineLeasingStrategy::PerUser => {
                let but = self.but.map(|machine| machine.id);
                Ok(rows::of_owner(connection, self.license, self.owner, but).await?)
            }
        }
    }
}

/// Whether cores, memory or disk are limited at all: most often they aren't, and nothing has to
/// be counted.
pub(super) fn sized(limits: &Limits) -> bool {
    limits.cores.or(limits.memory).or(limits.disk).is_some()
}

/// A machine that no longer fits its license's cores, memory and disk can't be touched
/// (machines §1.3): every change asks.
pub(super) async fn still_fits(
    connection: &impl Connection,
    terms: &Terms,
    before: &Machine,
    after: &Machine,
) -> Result<()> {
    let seating = terms.seating();
    if !sized(&seating.limits) {
        return Ok(());
    }
    let bucket = Bucket {
        license: before.license_id,
        terms,
        owner: after.owner_id,
        but: Some(before),
    };
    let others = bucket.load(connection).await?;
    Ok(Refused::unless_empty(
        seating.resize(sum(others, rows::load(after))),
    )?)
}

pub(super) fn sum(a: Load, b: Load) -> Load {
    Load {
        machines: a.machines + b.machines,
        cores: a.cores.saturating_add(b.cores),
        memory: a.memory.saturating_add(b.memory),
        disk: a.disk.saturating_add(b.disk),
    }
}

/// What is wrong with a machine joining a group, which stays locked until the transaction ends.
pub(super) async fn joins(cx: &Cx, tx: &Tx, group: GroupId) -> Result<Option<Problem>> {
    let at = |name: &'static str| At::Relationship(name.into());
    let anywhere = Scope::system(cx.account());
    let Some(group) = groups::lock(tx, &anywhere, group).await? else {
        return Ok(Some(Code::GroupNotFound.at(at("group"))));
    };
    if !cx.environment.reads(group.environment_id) {
        let detail = "must be compatible with group environment";
        return Ok(Some(
            Code::EnvironmentNotAllowed.says(detail, at("environment")),
        ));
    }
    let count = rows::in_group(tx, &anywhere, group.id).await?;
    Ok(admission::join(Member::Machine, count, group.max_machines))
}

/// What is known of a machine's new owner.
pub(super) struct NewOwner {
    pub group: Option<GroupId>,
    pub problems: Vec<Problem>,
}

/// The user who shall own a machine of a license, and what is wrong with that.
pub(super) async fn new_owner(
    cx: &Cx,
    tx: &Tx,
    license: LicenseId,
    license_owner: Option<UserId>,
    id: UserId,
) -> Result<NewOwner> {
    let at = || At::Relationship("owner".into());
    let owner = rows::owner(tx, &Scope::system(cx.account()), license, license_owner, id).await?;
    let mut problems = Vec::new();
    match &owner {
        None => problems.push(Code::OwnerNotFound.at(at())),
        Some(owner) => {
            if !cx.environment.reads(owner.environment_id) {
                let detail = "must be compatible with owner environment";
                let at = At::Relationship("environment".into());
                problems.push(Code::EnvironmentNotAllowed.says(detail, at));
            }
            if !owner.holds {
                problems.push(Code::OwnerInvalid.says("must be a valid license user", at()));
            }
        }
    }
    Ok(NewOwner {
        group: owner.and_then(|owner| owner.group_id),
        problems,
    })
}
