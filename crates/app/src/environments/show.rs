//! Shows an environment.

use keystead_domain::access::Action;
use keystead_store::entities::Environment;

use super::find;
use crate::{Cx, Result};

/// The environment with this id or code.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it, 403 by the access matrix.
pub async fn show(cx: &Cx, id_or_code: &str) -> Result<Environment> {
    let environment = find(cx, id_or_code).await?;
    Ok(cx.allow(Action::EnvironmentShow, environment)?)
}
