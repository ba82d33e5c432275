//! Machines: what a scope sees of them, loaded together with their heart and the terms of their
//! license that every rule about them asks for.

mod find;
mod knock;
mod list;
mod neighbours;
mod ping;
mod tally;
mod write;

use chrono::{DateTime, Utc};
use keystead_domain::access::{Scope, Tie, Tied, Viewer};
use keystead_domain::admission::{Load, Seating};
use keystead_domain::heartbeat::{Heart, window};
use keystead_domain::term::{Limits, effective};
use keystead_domain::words::{
    HeartbeatBasis, HeartbeatCullStrategy, HeartbeatResurrectionStrategy, MachineLeasingStrategy,
    OverageStrategy,
};
use keystead_domain::{AccountId, EnvironmentId, GroupId, PolicyId, ProductId, UserId};
use sea_orm::prelude::DateTimeUtc;
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition, DbErr, QueryResult};

pub use find::{by_id, by_ids, find, lock};
pub use knock::{Knock, by_knock};
pub(crate) use list::read;
pub use list::{Filter, Silence, list};
pub use neighbours::{Owner, fingerprint_is_an_id, in_group, owner, reserve_fingerprint, taken};
pub use ping::{Wanted, by_ping};
pub use tally::{Seat, give_back, of_owner, take};
pub use write::{
    checked_out, count_activation, count_deactivation, counted_most, delete, seat, seat_at_once,
    seats_at_once, touch, update,
};

use crate::cells::{Cells, Listed, listed};
use crate::entities::machine::{self, Column};
use crate::entities::{License, Machine, Policy, heartbeat, license, policy};
use crate::{Result, licenses, visible};

/// A machine with its heart and the terms it lives under.
#[derive(Clone, Debug, PartialEq)]
pub struct Loaded {
    /// The machine.
    pub machine: Machine,
    /// What is known of its heart.
    pub pulse: Pulse,
    /// What its license and policy say about it.
    pub terms: Terms,
}

/// What is stored of a machine's heart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pulse {
    /// The last ping.
    pub last_at: Option<DateTimeUtc>,
    /// When the sweep looks next.
    pub due_at: Option<DateTimeUtc>,
    /// When a sweep found the machine dead; cleared by a resurrection only.
    pub died_at: Option<DateTimeUtc>,
}

/// What the license and the policy of a machine say about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Terms {
    /// The license's product.
    pub product_id: ProductId,
    /// The license's policy.
    pub policy_id: PolicyId,
    /// Who owns the license.
    pub license_owner_id: Option<UserId>,
    /// The license's environment.
    pub license_environment_id: Option<EnvironmentId>,
    /// The license's group, which new machines inherit.
    pub license_group_id: Option<GroupId>,
    /// Whether the license is protected from its users.
    pub protected: bool,
    /// Whether the policy is.
    pub policy_protected: bool,
    /// The license's own limit of processes.
    pub license_max_processes: Option<i64>,
    /// The policy's.
    pub policy_max_processes: Option<i64>,
    /// The license's own limits of machines, cores, memory and disk.
    pub license_max_machines: Option<i64>,
    /// See above.
    pub license_max_cores: Option<i64>,
    /// See above.
    pub license_max_memory: Option<i64>,
    /// See above.
    pub license_max_disk: Option<i64>,
    /// The policy's limits.
    pub policy_max_machines: Option<i64>,
    /// See above.
    pub policy_max_cores: Option<i64>,
    /// See above.
    pub policy_max_memory: Option<i64>,
    /// See above.
    pub policy_max_disk: Option<i64>,
    /// All machines of the license.
    pub machines_count: i64,
    /// Their cores.
    pub machines_cores: i64,
    /// Their memory.
    pub machines_memory: i64,
    /// Their disk.
    pub machines_disk: i64,
    /// How far the limits may be exceeded.
    pub overage_strategy: OverageStrategy,
    /// Which machines are counted together.
    pub machine_leasing_strategy: MachineLeasingStrategy,
    /// Whether machines must send heartbeats.
    pub require_heartbeat: bool,
    /// How long a heart may be silent, in seconds.
    pub heartbeat_duration: Option<i64>,
    /// What starts a heart.
    pub heartbeat_basis: HeartbeatBasis,
    /// What becomes of the dead.
    pub heartbeat_cull_strategy: HeartbeatCullStrategy,
    /// How long the dead can come back.
    pub heartbeat_resurrection_strategy: HeartbeatResurrectionStrategy,
}

listed!(Terms as "terms_" {
    product_id: one = "licenses.product_id",
    policy_id: one = "licenses.policy_id",
    license_owner_id: maybe = "licenses.owner_id",
    license_environment_id: maybe = "licenses.environment_id",
    license_group_id: maybe = "licenses.group_id",
    protected: one = "licenses.protected",
    policy_protected: one = "policies.protected",
    license_max_processes: maybe = "licenses.max_processes",
    policy_max_processes: maybe = "policies.max_processes",
    license_max_machines: maybe = "licenses.max_machines",
    license_max_cores: maybe = "licenses.max_cores",
    license_max_memory: maybe = "licenses.max_memory",
    license_max_disk: maybe = "licenses.max_disk",
    policy_max_machines: maybe = "policies.max_machines",
    policy_max_cores: maybe = "policies.max_cores",
    policy_max_memory: maybe = "policies.max_memory",
    policy_max_disk: maybe = "policies.max_disk",
    machines_count: one = "licenses.machines_count",
    machines_cores: one = "licenses.machines_cores",
    machines_memory: one = "licenses.machines_memory",
    machines_disk: one = "licenses.machines_disk",
    overage_strategy: one = "policies.overage_strategy",
    machine_leasing_strategy: one = "policies.machine_leasing_strategy",
    require_heartbeat: one = "policies.require_heartbeat",
    heartbeat_duration: maybe = "policies.heartbeat_duration",
    heartbeat_basis: one = "policies.heartbeat_basis",
    heartbeat_cull_strategy: one = "policies.heartbeat_cull_strategy",
    heartbeat_resurrection_strategy: one = "policies.heartbeat_resurrection_strategy",
});

listed!(Pulse as "pulse_" of "heartbeats" {
    last_at: maybe,
    due_at: maybe,
    died_at: maybe,
});

impl Terms {
    /// The terms that a new machine of this license will live under.
    pub fn of(license: &License, policy: &Policy) -> Self {
        Self {
            product_id: license.product_id,
            policy_id: license.policy_id,
            license_owner_id: license.owner_id,
            license_environment_id: license.environment_id,
            license_group_id: license.group_id,
            protected: license.protected,
            policy_protected: policy.protected,
            license_max_processes: license.max_processes,
            policy_max_processes: policy.max_processes,
            license_max_machines: license.max_machines,
            license_max_cores: license.max_cores,
            license_max_memory: license.max_memory,
            license_max_disk: license.max_disk,
            policy_max_machines: policy.max_machines,
            policy_max_cores: policy.max_cores,
            policy_max_memory: policy.max_memory,
            policy_max_disk: policy.max_disk,
            machines_count: license.machines_count,
            machines_cores: license.machines_cores,
            machines_memory: license.machines_memory,
            machines_disk: license.machines_disk,
            overage_strategy: policy.overage_strategy,
            machine_leasing_strategy: policy.machine_leasing_strategy,
            require_heartbeat: policy.require_heartbeat,
            heartbeat_duration: policy.heartbeat_duration,
            heartbeat_basis: policy.heartbeat_basis,
            heartbeat_cull_strategy: policy.heartbeat_cull_strategy,
            heartbeat_resurrection_strategy: policy.heartbeat_resurrection_strategy,
        }
    }

    /// The limits that machines are admitted by, and how far they bend.
    pub fn seating(&self) -> Seating {
        Seating {
            overage: self.overage_strategy,
            leasing: self.machine_leasing_strategy,
            limits: Limits {
                machines: effective(self.license_max_machines, self.policy_max_machines),
                cores: effective(self.license_max_cores, self.policy_max_cores),
                memory: effective(self.license_max_memory, self.policy_max_memory),
                disk: effective(self.license_max_disk, self.policy_max_disk),
                ..Limits::default()
            },
        }
    }

    /// All machines of the license, as its row counts them.
    pub fn tally(&self) -> Load {
        Load {
            machines: self.machines_count,
            cores: self.machines_cores,
            memory: self.machines_memory,
            disk: self.machines_disk,
        }
    }
}

/// What a machine takes of its license's limits.
pub fn load(machine: &Machine) -> Load {
    Load {
        machines: 1,
        cores: machine.cores.unwrap_or(0),
        memory: machine.memory.unwrap_or(0),
        disk: machine.disk.unwrap_or(0),
    }
}

impl Loaded {
    /// The machine's heart, judged by its current policy; without what an amnesty excuses.
    pub fn heart(&self) -> Heart {
        Heart {
            window: window(self.terms.heartbeat_duration),
            required: self.terms.require_heartbeat,
            created: self.machine.created_at,
            last_at: self.pulse.last_at,
            excused_until: None,
        }
    }

    /// How many processes may run on it: its own limit, else the license's, else the policy's.
    pub fn max_processes(&self) -> Option<i64> {
        let license = effective(
            self.terms.license_max_processes,
            self.terms.policy_max_processes,
        );
        self.machine.max_processes.or(license)
    }

    /// When anything about the machine changed last; pings count, and so does its death.
    pub fn updated_at(&self) -> DateTime<Utc> {
        let Pulse {
            last_at, died_at, ..
        } = self.pulse;
        [last_at, died_at]
            .into_iter()
            .flatten()
            .fold(self.machine.updated_at, Ord::max)
    }
}

impl Tied for Loaded {
    fn tie(&self) -> Tie {
        Tie {
            environment: self.machine.environment_id,
            product: Some(self.terms.product_id),
            license: Some(self.machine.license_id),
            owner: self.machine.owner_id,
            license_owner: self.terms.license_owner_id,
            protected: self.terms.protected,
            policy_protected: self.terms.policy_protected,
            ..Tie::default()
        }
    }
}

/// The machines that `scope` sees (machines §1.1): a user those it owns, and those of licenses it
/// owns or is attached to; a license its own.
pub(crate) fn visible(scope: &Scope) -> Condition {
    let own = match scope.viewer() {
        Viewer::All | Viewer::Environment(_) => Condition::all(),
        Viewer::Product(id) => {
            of_licenses(scope.account(), license::Column::ProductId.eq(id).into())
        }
        Viewer::User(id) => Condition::any()
            .add(Column::OwnerId.eq(id))
            .add(of_licenses(
                scope.account(),
                licenses::held_by(scope.account(), id),
            )),
        Viewer::License(id) => Condition::all().add(Column::LicenseId.eq(id)),
        Viewer::Nobody => Condition::all().add(visible::nothing()),
    };
    visible::in_account(scope, Column::AccountId, Column::EnvironmentId).add(own)
}

/// Machines of the account's licenses that `wanted` holds for.
fn of_licenses(account: AccountId, wanted: Condition) -> Condition {
    let licenses = Query::select()
        .column(license::Column::Id)
        .from(license::Entity)
        .and_where(license::Column::AccountId.eq(account))
        .cond_where(wanted)
        .take();
    Condition::all().add(Column::LicenseId.in_subquery(licenses))
}

/// Whether `scope` is known to see the machine without asking the database. A user who is merely
/// attached to the license is not.
pub fn seen_by(scope: &Scope, loaded: &Loaded) -> bool {
    let here = scope
        .environment()
        .is_none_or(|here| here.reads(loaded.machine.environment_id));
    let own = match scope.viewer() {
        Viewer::All | Viewer::Environment(_) => true,
        Viewer::Product(id) => loaded.terms.product_id == id,
        Viewer::User(id) => {
            [loaded.machine.owner_id, loaded.terms.license_owner_id].contains(&Some(id))
        }
        Viewer::License(id) => loaded.machine.license_id == id,
        Viewer::Nobody => false,
    };
    loaded.machine.account_id == scope.account() && here && own
}

/// The columns of a [`Loaded`], from the tables that [`JOINS`] joins.
fn select_list() -> String {
    Loaded::list()
}

/// What joins a machine with its license, policy and heart.
const JOINS: &str = "JOIN licenses ON licenses.id = machines.license_id \
    JOIN policies ON policies.id = licenses.policy_id \
    LEFT JOIN heartbeats ON heartbeats.machine_id = machines.id";

fn joined() -> SelectStatement {
    let column = |table: &'static str, column: &'static str| Expr::col((table, column));
    Query::select()
        .expr(Expr::cust(select_list()))
        .from(machine::Entity)
        .inner_join(
            license::Entity,
            column("licenses", "id").equals(("machines", "license_id")),
        )
        .inner_join(
            policy::Entity,
            column("policies", "id").equals(("licenses", "policy_id")),
        )
        .left_join(
            heartbeat::Entity,
            column("heartbeats", "machine_id").equals(("machines", "id")),
        )
        .take()
}

fn loaded(row: &QueryResult) -> Result<Loaded> {
    Ok(Loaded::read(&mut Cells::of(row))?)
}

impl Listed for Loaded {
    const COLUMNS: usize = Machine::COLUMNS + Pulse::COLUMNS + Terms::COLUMNS;

    fn list() -> String {
        [Machine::list(), Pulse::list(), Terms::list()].join(", ")
    }

    fn read(cells: &mut Cells<'_>) -> Result<Self, DbErr> {
        Ok(Self {
            machine: Machine::read(cells)?,
            pulse: Pulse::read(cells)?,
            terms: Terms::read(cells)?,
        })
    }
}
