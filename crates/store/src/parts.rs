//! What components and processes have in common: the machine they are of, and whose that is.

use keystead_domain::access::{Scope, Tie, Viewer};
use keystead_domain::words::{
    ComponentUniquenessStrategy, HeartbeatCullStrategy, HeartbeatResurrectionStrategy,
    OverageStrategy, ProcessLeasingStrategy,
};
use keystead_domain::{EnvironmentId, LicenseId, MachineId, PolicyId, ProductId, UserId};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, FromQueryResult};
use uuid::Uuid;

use crate::dialect::Dialect;
use crate::entities::{License, Machine, Policy, license, machine, policy};
use crate::{Result, Tx, machines};

/// What the machine of a component or process, its license and policy say about it.
#[derive(Clone, Debug, PartialEq, FromQueryResult)]
pub struct Surroundings {
    /// The machine's owner.
    pub owner_id: Option<UserId>,
    /// The machine's own limit of processes.
    pub machine_max_processes: Option<i64>,
    /// The machine's license.
    pub license_id: LicenseId,
    /// The license's product.
    pub product_id: ProductId,
    /// The license's policy.
    pub policy_id: PolicyId,
    /// Who owns the license.
    pub license_owner_id: Option<UserId>,
    /// Whether the license is protected from its users.
    pub protected: bool,
    /// Whether the policy is.
    pub policy_protected: bool,
    /// The license's own limit of processes.
    pub license_max_processes: Option<i64>,
    /// The policy's.
    pub policy_max_processes: Option<i64>,
    /// Where fingerprints of components must be unique.
    pub component_uniqueness_strategy: ComponentUniquenessStrategy,
    /// Which processes are counted together.
    pub process_leasing_strategy: ProcessLeasingStrategy,
    /// How far limits may be exceeded.
    pub overage_strategy: OverageStrategy,
    /// How long a heart may be silent, in seconds.
    pub heartbeat_duration: Option<i64>,
    /// What becomes of the dead.
    pub heartbeat_cull_strategy: HeartbeatCullStrategy,
    /// How long the dead can come back.
    pub heartbeat_resurrection_strategy: HeartbeatResurrectionStrategy,
}

/// The columns of [`Surroundings`] under the prefix `of_`, from `machines`, `licenses` and
/// `policies`.
pub(crate) const SURROUNDINGS: &str = "machines.owner_id AS of_owner_id, \
    machines.max_processes AS of_machine_max_processes, machines.license_id AS of_license_id, \
    licenses.product_id AS of_product_id, licenses.policy_id AS of_policy_id, \
    licenses.owner_id AS of_license_owner_id, licenses.protected AS of_protected, \
    policies.protected AS of_policy_protected, \
    licenses.max_processes AS of_license_max_processes, \
    policies.max_processes AS of_policy_max_processes, \
    policies.component_uniqueness_strategy AS of_component_uniqueness_strategy, \
    policies.process_leasing_strategy AS of_process_leasing_strategy, \
    policies.overage_strategy AS of_overage_strategy, \
    policies.heartbeat_duration AS of_heartbeat_duration, \
    policies.heartbeat_cull_strategy AS of_heartbeat_cull_strategy, \
    policies.heartbeat_resurrection_strategy AS of_heartbeat_resurrection_strategy";

/// What joins a part, whose machine is in `table.machine_id`, with what surrounds it.
pub(crate) fn joins(table: &str) -> String {
    format!(
        "JOIN machines ON machines.id = {table}.machine_id \
         JOIN licenses ON licenses.id = machines.license_id \
         JOIN policies ON policies.id = licenses.policy_id"
    )
}

impl Surroundings {
    /// What will surround the parts of a machine that is being made.
    pub fn of(machine: &Machine, license: &License, policy: &Policy) -> Self {
        Self {
            owner_id: machine.owner_id,
            machine_max_processes: machine.max_processes,
            license_id: license.id,
            product_id: license.product_id,
            policy_id: license.policy_id,
            license_owner_id: license.owner_id,
            protected: license.protected,
            policy_protected: policy.protected,
            license_max_processes: license.max_processes,
            policy_max_processes: policy.max_processes,
            component_uniqueness_strategy: policy.component_uniqueness_strategy,
            process_leasing_strategy: policy.process_leasing_strategy,
            overage_strategy: policy.overage_strategy,
            heartbeat_duration: policy.heartbeat_duration,
            heartbeat_cull_strategy: policy.heartbeat_cull_strategy,
            heartbeat_resurrection_strategy: policy.heartbeat_resurrection_strategy,
        }
    }

    /// How a part hangs together with bearers; it lives in `environment`.
    pub fn tie(&self, environment: Option<EnvironmentId>) -> Tie {
        Tie {
            environment,
            product: Some(self.product_id),
            license: Some(self.license_id),
            owner: self.owner_id,
            license_owner: self.license_owner_id,
            protected: self.protected,
            policy_protected: self.policy_protected,
            ..Tie::default()
        }
    }
}

/// A machine that gets a part.
#[derive(Clone, Debug, PartialEq)]
pub struct Host {
    /// The machine's environment.
    pub environment_id: Option<EnvironmentId>,
    /// What will surround the part.
    pub of: Surroundings,
}

/// The machine with this id, its license's row locked until the transaction ends: parts of a
/// license's machines are counted and added one after the other. None when `scope` sees none.
///
/// # Errors
/// When the database fails.
pub async fn lock_machine(tx: &Tx, scope: &Scope, id: MachineId) -> Result<Option<Host>> {
    let values = || [id.into(), scope.account().into()];
    let lock = format!(
        "SELECT id FROM licenses WHERE id = \
         (SELECT license_id FROM machines WHERE id = $1 AND account_id = $2){}",
        tx.dialect().for_no_key_update()
    );
    tx.query_one_raw(tx.statement(lock, values())).await?;
    // Only now, because the machine may have gone while others held its license.
    let sql = format!(
        "SELECT machines.environment_id AS environment_id, {SURROUNDINGS} FROM machines \
         JOIN licenses ON licenses.id = machines.license_id \
         JOIN policies ON policies.id = licenses.policy_id \
         WHERE machines.id = $1 AND machines.account_id = $2"
    );
    let Some(row) = tx.query_one_raw(tx.statement(sql, values())).await? else {
        return Ok(None);
    };
    Ok(Some(Host {
        environment_id: row.try_get("", "environment_id")?,
        of: Surroundings::from_query_result(&row, "of_")?,
    }))
}

/// A part joined with what surrounds it.
pub(crate) fn joined(list: String, table: &'static str) -> SelectStatement {
    let column = |table: &'static str, column: &'static str| Expr::col((table, column));
    Query::select()
        .expr(Expr::cust(format!("{list}, {SURROUNDINGS}")))
        .from(table)
        .inner_join(
            machine::Entity,
            column("machines", "id").equals((table, "machine_id")),
        )
        .inner_join(
            license::Entity,
            column("licenses", "id").equals(("machines", "license_id")),
        )
        .inner_join(
            policy::Entity,
            column("policies", "id").equals(("licenses", "policy_id")),
        )
        .take()
}

/// Parts of machines that `scope` sees.
pub(crate) fn visible<C: ColumnTrait>(
    scope: &Scope,
    (account, environment, of_machine): (C, C, C),
) -> Condition {
    let own = match scope.viewer() {
        Viewer::All | Viewer::Environment(_) => Condition::all(),
        Viewer::Nobody => Condition::all().add(crate::visible::nothing()),
        Viewer::Product(_) | Viewer::User(_) | Viewer::License(_) => {
            Condition::all().add(of_machine.in_subquery(machines_where(machines::visible(scope))))
        }
    };
    crate::visible::in_account(scope, account, environment).add(own)
}

/// The ids of machines for which a condition holds.
fn machines_where(condition: Condition) -> SelectStatement {
    Query::select()
        .column(machine::Column::Id)
        .from(machine::Entity)
        .cond_where(condition)
        .take()
}

/// Which parts are wanted, as the client names them (machines §2): what is no id where one is
/// needed matches nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    /// A product's id.
    pub product: Option<String>,
    /// A license's id.
    pub license: Option<String>,
    /// A machine's id.
    pub machine: Option<String>,
    /// The id of the machine's owner.
    pub owner: Option<String>,
    /// The id or address of the license's owner or an attached user.
    pub user: Option<String>,
}

impl Filter {
    pub(crate) fn condition<C: ColumnTrait>(
        &self,
        dialect: Dialect,
        scope: &Scope,
        of_machine: C,
    ) -> Condition {
        let machine = self.machine.as_deref().map(|id| match Uuid::parse_str(id) {
            Ok(id) => Condition::all().add(of_machine.eq(id)),
            Err(_) => Condition::all().add(crate::visible::nothing()),
        });
        let others = machines::Filter {
            product: self.product.clone(),
            license: self.license.clone(),
            owner: self.owner.clone(),
            user: self.user.clone(),
            ..machines::Filter::default()
        };
        let others = (others != machines::Filter::default()).then(|| {
            let condition = Condition::all()
                .add(machine::Column::AccountId.eq(scope.account()))
                .add(others.condition(dialect, scope.account()));
            of_machine.in_subquery(machines_where(condition))
        });
        Condition::all().add_option(machine).add_option(others)
    }
}
