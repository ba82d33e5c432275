//! Tokens and sessions point to bearers of four kinds, so no foreign key removes them: whoever
//! removes bearers removes their tokens first, and the sessions that have none.

use keystead_domain::AccountId;
use keystead_domain::access::BearerId;
use keystead_domain::words::BearerKind;
use sea_orm::sea_query::{Query, SimpleExpr};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::entities::license;
use crate::entities::token::{Column, Entity};
use crate::{Result, Tx, sessions};

/// Removes the tokens and sessions of a bearer that is about to go. Uses `tokens_by_bearer`.
pub(crate) async fn of_bearer(tx: &Tx, account: AccountId, bearer: BearerId) -> Result<()> {
    sessions::delete_of_bearer(tx, account, bearer).await?;
    Entity::delete_many()
        .filter(Column::AccountId.eq(account))
        .filter(Column::BearerKind.eq(bearer.kind()))
        .filter(Column::BearerId.eq(bearer.uuid()))
        .exec(tx)
        .await?;
    Ok(())
}

/// Removes the tokens of `licenses` that are about to go with what they belong to.
pub(crate) async fn of_licenses(tx: &Tx, account: AccountId, licenses: SimpleExpr) -> Result<()> {
    let ids = Query::select()
        .column(license::Column::Id)
        .from(license::Entity)
        .and_where(license::Column::AccountId.eq(account))
        .and_where(licenses)
        .take();
    Entity::delete_many()
        .filter(Column::AccountId.eq(account))
        .filter(Column::BearerKind.eq(BearerKind::License))
        .filter(Column::BearerId.in_subquery(ids))
        .exec(tx)
        .await?;
    Ok(())
}
