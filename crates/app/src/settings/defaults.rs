//! What new users and licenses may do, as the account has it (identity reference §14.3).

use keystead_domain::access::Role;
use keystead_domain::permissions::PermissionSet;
use keystead_domain::setting::{self, SettingKey};
use keystead_store::settings;

use crate::{Cx, Result};

/// What a new bearer of this role may do when nobody says: as the account set it, else as usual.
///
/// # Errors
/// When the database fails.
pub async fn default_permissions(cx: &Cx, role: Role) -> Result<PermissionSet> {
    let usual = PermissionSet::default_for(role);
    let key = match role {
        Role::User => SettingKey::DefaultUserPermissions,
        Role::License => SettingKey::DefaultLicensePermissions,
        _ => return Ok(usual),
    };
    let set = settings::value(&cx.db, &cx.existing(), key).await?;
    // What is stored was checked; a permission that a later release takes away counts for nothing.
    let set = set.and_then(|value| setting::check(key.as_str(), &value).ok());
    Ok(set.map_or(usual, |(_, permissions)| permissions))
}
