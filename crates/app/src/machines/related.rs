//! Shows what a machine is related to.

use keystead_domain::Refused;
use keystead_domain::access::Action;
use keystead_store::entities::{Group, Product};
use keystead_store::licenses::{self, Loaded as License};
use keystead_store::{groups, products, users};

use super::show::find;
use crate::users::{Person, person};
use crate::{Cx, Result};

/// The product of the machine with this id or fingerprint.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the machine, 403 by the access matrix.
pub async fn product(cx: &Cx, id_or_fingerprint: &str) -> Result<Product> {
    let machine = find(cx, id_or_fingerprint).await?;
    let id = cx.allow(Action::MachineProduct, machine)?.terms.product_id;
    let product = products::by_id(&cx.db, &cx.existing(), id).await?;
    Ok(product.ok_or_else(|| Refused::missing("product"))?)
}

/// The license of the machine with this id or fingerprint.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the machine, 403 by the access matrix.
pub async fn license(cx: &Cx, id_or_fingerprint: &str) -> Result<License> {
    let machine = find(cx, id_or_fingerprint).await?;
    let id = cx
        .allow(Action::MachineLicense, machine)?
        .machine
        .license_id;
    let license = licenses::by_id(&cx.db, &cx.existing(), id).await?;
    Ok(license.ok_or_else(|| Refused::missing("license"))?)
}

/// The owner of the machine with this id or fingerprint, if it has one.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the machine, 403 by the access matrix.
pub async fn owner(cx: &Cx, id_or_fingerprint: &str) -> Result<Option<Person>> {
    let machine = find(cx, id_or_fingerprint).await?;
    let Some(id) = cx.allow(Action::MachineOwner, machine)?.machine.owner_id else {
        return Ok(None);
    };
    match users::by_id(&cx.db, &cx.existing(), id).await? {
        Some(user) => Ok(Some(person(cx, user).await?)),
        None => Ok(None),
    }
}

/// The owner of the license of the machine with this id or fingerprint: what older clients call
/// the machine's user.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the machine or the license has no owner, 403 by the access
/// matrix.
pub async fn license_owner(cx: &Cx, id_or_fingerprint: &str) -> Result<Person> {
    let machine = find(cx, id_or_fingerprint).await?;
    let user = match cx
        .allow(Action::MachineUser, machine)?
        .terms
        .license_owner_id
    {
        Some(id) => users::by_id(&cx.db, &cx.existing(), id).await?,
        None => None,
    };
    let user = user.ok_or_else(|| Refused::missing("user"))?;
    person(cx, user).await
}

/// The group of the machine with this id or fingerprint.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the machine or it has no group, 403 by the access matrix.
pub async fn group(cx: &Cx, id_or_fingerprint: &str) -> Result<Group> {
    let machine = find(cx, id_or_fingerprint).await?;
    let group = match cx.allow(Action::MachineGroup, machine)?.machine.group_id {
        Some(id) => groups::by_id(&cx.db, &cx.existing(), id).await?,
        None => None,
    };
    Ok(group.ok_or_else(|| Refused::missing("group"))?)
}
