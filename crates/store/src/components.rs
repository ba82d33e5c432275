//! Components: the hardware of machines, as a scope sees it.

use std::collections::BTreeMap;

use keystead_domain::access::{Scope, Seen, Tie, Tied};
use keystead_domain::words::ComponentUniquenessStrategy;
use keystead_domain::{ComponentId, MachineId, Refused};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult,
    IntoActiveModel, QueryFilter, QueryResult,
};
use uuid::Uuid;

use crate::columns::columns;
use crate::entities::machine_component::{Column, Entity};
use crate::entities::{Component, license, machine};
use crate::page::{self, Direction, Page, Slice};
use crate::parts::{self, Filter, Surroundings};
use crate::{Db, Result, Tx};

/// What a look-up that finds nothing calls it.
const NOUN: &str = "machine component";

/// A component, and what surrounds it.
#[derive(Clone, Debug, PartialEq)]
pub struct Loaded {
    /// The component.
    pub component: Component,
    /// Its machine's license and policy.
    pub of: Surroundings,
}

impl Tied for Loaded {
    fn tie(&self) -> Tie {
        self.of.tie(self.component.environment_id)
    }
}

fn visible(scope: &Scope) -> Condition {
    parts::visible(
        scope,
        (Column::AccountId, Column::EnvironmentId, Column::MachineId),
    )
}

fn joined() -> SelectStatement {
    parts::joined(
        columns::<Entity>("machine_components"),
        "machine_components",
    )
}

fn loaded(row: &QueryResult) -> Result<Loaded> {
    Ok(Loaded {
        component: Component::from_query_result(row, "machine_components_")?,
        of: Surroundings::from_query_result(row, "of_")?,
    })
}

/// The component with this id.
///
/// # Errors
/// Not found when `scope` doesn't see it; otherwise when the database fails.
pub async fn find<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    id: &str,
) -> Result<Seen<Loaded>> {
    let not_found = || Refused::not_found(NOUN, id);
    let uuid = Uuid::parse_str(id).map_err(|_| not_found())?;
    let mut select = joined();
    select
        .cond_where(visible(scope))
        .and_where(Column::Id.eq(uuid));
    let statement = connection.get_database_backend().build(&select);
    match connection.query_one_raw(statement).await? {
        Some(row) => Ok(scope.seen(loaded(&row)?)),
        None => Err(not_found().into()),
    }
}

/// One page of the components that `scope` sees and `filter` lets through.
///
/// Uses `machine_components_by_account`, or `machine_components_fingerprint` for one machine.
///
/// # Errors
/// When the database fails.
pub async fn list(
    db: &Db,
    scope: &Scope,
    filter: &Filter,
    page: Page,
    direction: Direction,
) -> Result<Slice<Loaded>> {
    let select = Entity::find()
        .filter(visible(scope))
        .filter(filter.condition(db.dialect(), scope, Column::MachineId));
    let Slice { rows, total, more } =
        page::read(db, select, Column::CreatedAt, Column::Id, page, direction).await?;
    let mut whole = BTreeMap::new();
    if !rows.is_empty() {
        let ids: Vec<ComponentId> = rows.iter().map(|row| row.id).collect();
        let select = joined().and_where(Column::Id.is_in(ids)).take();
        let statement = db.get_database_backend().build(&select);
        for row in db.query_all_raw(statement).await? {
            let component = loaded(&row)?;
            whole.insert(component.component.id, component);
        }
    }
    // What vanished in between is no longer on the page.
    let rows = rows
        .into_iter()
        .filter_map(|row| whole.remove(&row.id))
        .collect();
    Ok(Slice { rows, total, more })
}

/// The machine of a component that has this fingerprint already, where `strategy` looks; one of
/// the same machine comes first.
///
/// Uses `machine_components_fingerprint` or `machine_components_by_fingerprint`.
///
/// # Errors
/// When the database fails.
pub async fn taken(
    tx: &Tx,
    scope: &Scope,
    machine: MachineId,
    of: &Surroundings,
    digest: [u8; 32],
) -> Result<Option<MachineId>> {
    use ComponentUniquenessStrategy as Strategy;
    let license = |column: license::Column, id: Uuid| {
        let machines = Query::select()
            .column((machine::Entity, machine::Column::Id))
            .from(machine::Entity)
            .inner_join(
                license::Entity,
                Expr::col(("licenses", "id")).equals(("machines", "license_id")),
            )
            .and_where(column.eq(id))
            .take();
        Condition::all().add(Column::MachineId.in_subquery(machines))
    };
    let within = match of.component_uniqueness_strategy {
        Strategy::UniquePerAccount => Condition::all(),
        Strategy::UniquePerProduct => license(license::Column::ProductId, of.product_id.0),
        Strategy::UniquePerPolicy => license(license::Column::PolicyId, of.policy_id.0),
        Strategy::UniquePerLicense => license(license::Column::Id, of.license_id.0),
        Strategy::UniquePerMachine => Condition::all().add(Column::MachineId.eq(machine)),
    };
    let mut select = Query::select();
    select
        .column(Column::MachineId)
        .from(Entity)
        .and_where(Column::AccountId.eq(scope.account()))
        .and_where(Column::FingerprintDigest.eq(digest.to_vec()))
        .cond_where(
            Condition::any()
                .add(Column::MachineId.eq(machine))
                .add(within),
        )
        .order_by_expr(
            Expr::case(Column::MachineId.eq(machine), Expr::val(0))
                .finally(Expr::val(1))
                .into(),
            sea_orm::Order::Asc,
        )
        .limit(1);
    let found = tx
        .query_one_raw(tx.get_database_backend().build(&select))
        .await?;
    Ok(found.map(|row| row.try_get("", "machine_id")).transpose()?)
}

/// Stores a new component.
///
/// # Errors
/// A duplicate when the machine has the fingerprint already; otherwise when the database fails.
pub async fn insert(tx: &Tx, row: &Component) -> Result<()> {
    Entity::insert(row.clone().into_active_model())
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// Stores the components of a new machine.
///
/// # Errors
/// When the database fails.
pub async fn insert_all(tx: &Tx, rows: Vec<Component>) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let rows = rows.into_iter().map(IntoActiveModel::into_active_model);
    Entity::insert_many(rows).exec_without_returning(tx).await?;
    Ok(())
}

/// Writes every attribute of a component.
///
/// # Errors
/// When it is gone, or the database fails.
pub async fn update(tx: &Tx, row: Component) -> Result<Component> {
    Ok(row.into_active_model().reset_all().update(tx).await?)
}

/// Removes a component.
///
/// # Errors
/// When the database fails.
pub async fn delete(tx: &Tx, id: ComponentId) -> Result<()> {
    Entity::delete_by_id(id).exec(tx).await?;
    Ok(())
}
