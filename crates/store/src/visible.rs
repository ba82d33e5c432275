//! What a scope can see: the condition that every query starts from.

use keystead_domain::access::{Environment, Scope};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, Select};

/// Rows of the scope's account that its environment can read.
pub fn rows<E: EntityTrait>(
    scope: &Scope,
    account: E::Column,
    environment: E::Column,
) -> Select<E> {
    E::find().filter(in_account(scope, account, environment))
}

/// Records of the scope's account that its environment can read.
pub fn in_account<C: ColumnTrait>(scope: &Scope, account: C, environment: C) -> Condition {
    Condition::all()
        .add(account.eq(scope.account()))
        .add(in_environment(scope, environment))
}

/// Records that the scope's environment can read (identity §15.2).
pub fn in_environment<C: ColumnTrait>(scope: &Scope, environment: C) -> Condition {
    match scope.environment() {
        None => Condition::all(),
        Some(Environment::Global) => Condition::all().add(environment.is_null()),
        Some(Environment::Isolated(id)) => Condition::all().add(environment.eq(id)),
        Some(Environment::Shared(id)) => Condition::any()
            .add(environment.eq(id))
            .add(environment.is_null()),
    }
}

/// A condition that no row fulfils.
pub fn nothing() -> Expr {
    Expr::cust("1 = 0")
}
