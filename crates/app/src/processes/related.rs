//! Shows what a process is related to.

use keystead_domain::Refused;
use keystead_domain::access::Action;
use keystead_store::entities::Product;
use keystead_store::licenses::{self, Loaded as License};
use keystead_store::{machines, products};

use super::show::find;
use crate::machines::View;
use crate::{Cx, Result};

/// The product of the process with this id.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the process, 403 by the access matrix.
pub async fn product(cx: &Cx, id: &str) -> Result<Product> {
    let process = find(cx, id).await?;
    let id = cx.allow(Action::ProcessProduct, process)?.of.product_id;
    let product = products::by_id(&cx.db, &cx.existing(), id).await?;
    Ok(product.ok_or_else(|| Refused::missing("product"))?)
}

/// The license of the process with this id.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the process, 403 by the access matrix.
pub async fn license(cx: &Cx, id: &str) -> Result<License> {
    let process = find(cx, id).await?;
    let id = cx.allow(Action::ProcessLicense, process)?.of.license_id;
    let license = licenses::by_id(&cx.db, &cx.existing(), id).await?;
    Ok(license.ok_or_else(|| Refused::missing("license"))?)
}

/// The machine of the process with this id.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the process, 403 by the access matrix.
pub async fn machine(cx: &Cx, id: &str) -> Result<View> {
    let process = find(cx, id).await?;
    let process = cx.allow(Action::ProcessMachine, process)?.process;
    let machine = machines::by_id(&cx.db, &cx.existing(), process.machine_id).await?;
    let machine = machine.ok_or_else(|| Refused::missing("machine"))?;
    Ok(View::of(cx, machine))
}
