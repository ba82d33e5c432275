//! Removing a whole account, a bounded number of rows at a time.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use keystead_domain::AccountId;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Statement};

use crate::entities::account::{Column, Entity};
use crate::{Db, Result, Tx};

/// Marks an account as one to be destroyed: it is served no more, and its slug is free.
///
/// # Errors
/// When the database fails.
pub async fn doom(tx: &Tx, id: AccountId, now: DateTime<Utc>) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::DoomedAt, Expr::value(now))
        // No slug has a colon, so nobody can have taken it.
        .col_expr(Column::Slug, Expr::value(format!("doomed:{id}")))
        .filter(Column::Id.eq(id))
        .exec(tx)
        .await?;
    Ok(())
}

/// The tables that hold rows of accounts, each before those it refers to: so a row takes few others
/// along when it goes.
///
/// Asked of the database itself, so that no new table is forgotten.
///
/// # Errors
/// When the database fails.
pub async fn tables_below(db: &Db) -> Result<Vec<String>> {
    let sql = db.dialect().tables_with_account();
    let mut parents: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let statement = Statement::from_string(db.get_database_backend(), sql);
    for row in db.query_all_raw(statement).await? {
        let table: String = row.try_get("", "child")?;
        let parent: Option<String> = row.try_get("", "parent")?;
        parents.entry(table).or_default().extend(parent);
    }
    Ok(children_first(&parents))
}

/// Every table before those it refers to; what refers in a circle comes in order of its name.
fn children_first(parents: &BTreeMap<String, BTreeSet<String>>) -> Vec<String> {
    let mut left: BTreeSet<&String> = parents.keys().collect();
    let mut order = Vec::new();
    while !left.is_empty() {
        let referred_to = |table: &String| {
            left.iter()
                .any(|other| *other != table && parents[*other].contains(table))
        };
        let free = left.iter().copied().find(|table| !referred_to(table));
        let Some(next) = free.or_else(|| left.first().copied()) else {
            break;
        };
        left.remove(next);
        order.push(next.clone());
    }
    order
}

/// Removes some rows of an account from one of [`tables_below`]; says how many.
///
/// # Errors
/// When the database fails.
pub async fn remove_some(tx: &Tx, account: AccountId, table: &str, limit: u64) -> Result<u64> {
    let row = tx.dialect().row();
    // The name comes from the database's own catalogue.
    let sql = format!(
        "DELETE FROM \"{table}\" WHERE {row} IN \
         (SELECT {row} FROM \"{table}\" WHERE account_id = $1 LIMIT {limit})"
    );
    let removed = tx.execute_raw(tx.statement(sql, [account.into()])).await?;
    Ok(removed.rows_affected())
}

/// Removes an account that [`doom`] marked.
///
/// # Errors
/// When the database fails.
pub async fn remove_doomed(tx: &Tx, id: AccountId) -> Result<()> {
    Entity::delete_many()
        .filter(Column::Id.eq(id))
        .filter(Column::DoomedAt.is_not_null())
        .exec(tx)
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(tables: &[(&str, &[&str])]) -> Vec<String> {
        let tables = tables.iter().map(|(table, parents)| {
            let parents = parents.iter().map(|&parent| parent.to_owned()).collect();
            ((*table).to_owned(), parents)
        });
        children_first(&tables.collect())
    }

    #[test]
    fn what_refers_goes_first_and_circles_do_not_hold_up() {
        let known = order(&[
            ("licenses", &["policies", "users"]),
            ("machines", &["licenses", "machines"]),
            ("policies", &[]),
            ("users", &[]),
        ]);

        assert_eq!(known, ["machines", "licenses", "policies", "users"]);
        assert_eq!(order(&[("a", &["b"]), ("b", &["a"])]), ["a", "b"]);
    }
}
