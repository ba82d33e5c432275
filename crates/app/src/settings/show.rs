//! Shows a setting.

use keystead_domain::access::Action;
use keystead_store::entities::AccountSetting;
use keystead_store::settings;

use crate::{Cx, Result};

/// The setting with this id or key.
///
/// # Errors
/// 401, 404 when there is none, 403 by the access matrix.
pub async fn show(cx: &Cx, id_or_key: &str) -> Result<AccountSetting> {
    cx.bearer()?;
    let setting = settings::find(&cx.db, &cx.scope(), id_or_key).await?;
    Ok(cx.allow(Action::SettingShow, setting)?)
}
