//! Shows what a component is related to.

use keystead_domain::Refused;
use keystead_domain::access::Action;
use keystead_store::entities::Product;
use keystead_store::licenses::{self, Loaded as License};
use keystead_store::{machines, products};

use super::show::find;
use crate::machines::View;
use crate::{Cx, Result};

/// The product of the component with this id.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the component, 403 by the access matrix.
pub async fn product(cx: &Cx, id: &str) -> Result<Product> {
    let component = find(cx, id).await?;
    let id = cx.allow(Action::ComponentProduct, component)?.of.product_id;
    let product = products::by_id(&cx.db, &cx.existing(), id).await?;
    Ok(product.ok_or_else(|| Refused::missing("product"))?)
}

/// The license of the component with this id.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the component, 403 by the access matrix.
pub async fn license(cx: &Cx, id: &str) -> Result<License> {
    let component = find(cx, id).await?;
    let id = cx.allow(Action::ComponentLicense, component)?.of.license_id;
    let license = licenses::by_id(&cx.db, &cx.existing(), id).await?;
    Ok(license.ok_or_else(|| Refused::missing("license"))?)
}

/// The machine of the component with this id.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the component, 403 by the access matrix.
pub async fn machine(cx: &Cx, id: &str) -> Result<View> {
    let component = find(cx, id).await?;
    let component = cx.allow(Action::ComponentMachine, component)?.component;
    let machine = machines::by_id(&cx.db, &cx.existing(), component.machine_id).await?;
    let machine = machine.ok_or_else(|| Refused::missing("machine"))?;
    Ok(View::of(cx, machine))
}
