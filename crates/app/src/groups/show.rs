//! Shows a group.

use keystead_domain::access::Action;
use keystead_store::entities::Group;

use super::existing;
use crate::{Cx, Result};

/// The group with this id.
///
/// # Errors
/// 401, 404 when there is none, 403 by the access matrix: also for who is neither its member nor
/// its owner.
pub async fn show(cx: &Cx, id: &str) -> Result<Group> {
    let group = existing(cx, id).await?;
    Ok(cx.allow(Action::GroupShow, group)?.group)
}
