//! What users hold.

use keystead_domain::access::Scope;
use keystead_domain::{LicenseId, UserId};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter};

use crate::entities::license::{Column, Entity};
use crate::{Result, licenses};

/// Whether a user owns or shares a license.
///
/// # Errors
/// When the database fails.
pub async fn holds<C: ConnectionTrait>(
    connection: &C,
    scope: &Scope,
    user: UserId,
    license: LicenseId,
) -> Result<bool> {
    let found = Entity::find()
        .filter(Column::Id.eq(license))
        .filter(licenses::held_by(scope.account(), user))
        .count(connection)
        .await?;
    Ok(found > 0)
}
