//! Lists settings.

use keystead_domain::access::Action;
use keystead_store::entities::AccountSetting;
use keystead_store::page::{Direction, Page, Slice};
use keystead_store::settings;

use crate::{Cx, Result};

/// The account's settings, a page at a time.
///
/// # Errors
/// 401 and 403 by the access matrix.
pub async fn list(cx: &Cx, page: Page, direction: Direction) -> Result<Slice<AccountSetting>> {
    let scope = cx.allow_list(Action::SettingList)?;
    Ok(settings::list(&cx.db, &scope, page, direction).await?)
}
