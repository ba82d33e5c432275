//! The members of a group, for those who run the account and for its owners.
//!
//! A product sees of them what is its own. An owner sees them all: membership is what makes them
//! its to see, here and nowhere else.

use keystead_domain::access::{Action, Scope, Viewer};
use keystead_domain::words::UserRole;
use keystead_domain::{GroupId, ProductId, Refused};
use keystead_signing::digest::sha256;
use keystead_store::licenses::{self, Loaded as License};
use keystead_store::page::{Direction, Page, Slice};
use keystead_store::{machines, tokens, users};

use super::seen;
use crate::machines::View;
use crate::users::{Person, people, person};
use crate::{Cx, Result};

/// The users of the group with this id, a page at a time.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the group, 403 by the access matrix.
pub async fn users(
    cx: &Cx,
    id: &str,
    filter: users::Filter,
    page: Page,
    direction: Direction,
) -> Result<Slice<Person>> {
    let group = Members::of(cx, id, Action::GroupUsers).await?;
    let filter = users::Filter {
        group: Some(group.id.to_string()),
        product: group.product.map(|id| id.to_string()).or(filter.product),
        // Who owns a group is still a customer: its staff is not told.
        roles: if group.owned {
            Some(vec![UserRole::User])
        } else {
            filter.roles
        },
        ..filter
    };
    let page = users::list(&cx.db, &group.scope, &filter, page, direction).await?;
    if group.owned {
        return people(cx, page).await;
    }
    let page = cx.allow_each(Action::UserShow, &group.scope, page)?;
    people(cx, page).await
}

/// One of the users of the group with this id, by id or address.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the group or the user is not in it, 403 by the access
/// matrix.
pub async fn user(cx: &Cx, id: &str, id_or_email: &str) -> Result<Person> {
    let group = Members::of(cx, id, Action::GroupUsers).await?;
    let found = users::find(&cx.db, &group.scope, id_or_email).await?;
    let known = found.peek();
    let customer = match group.product {
        Some(product) => tokens::is_customer(&cx.db, &group.scope, known.id, product).await?,
        None => !group.owned || known.role == UserRole::User,
    };
    if known.group_id != Some(group.id) || !customer {
        return Err(Refused::not_found("user", id_or_email).into());
    }
    if group.owned {
        let user = found.peek().clone();
        return person(cx, user).await;
    }
    person(cx, cx.allow(Action::UserShow, found)?).await
}

/// The licenses of the group with this id, a page at a time.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the group, 403 by the access matrix.
pub async fn licenses(
    cx: &Cx,
    id: &str,
    filter: licenses::Filter,
    page: Page,
    direction: Direction,
) -> Result<Slice<License>> {
    let group = Members::of(cx, id, Action::GroupLicenses).await?;
    let filter = licenses::Filter {
        group: Some(group.id.to_string()),
        ..filter
    };
    Ok(licenses::list(&cx.db, &group.scope, &filter, page, direction).await?)
}

/// One of the licenses of the group with this id, by id or key.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the group or the license is not in it, 403 by the access
/// matrix.
pub async fn license(cx: &Cx, id: &str, id_or_key: &str) -> Result<License> {
    let group = Members::of(cx, id, Action::GroupLicenses).await?;
    let digest = sha256(id_or_key.as_bytes());
    let found = licenses::find(&cx.db, &group.scope, id_or_key, digest).await?;
    if found.peek().license.group_id != Some(group.id) {
        return Err(Refused::not_found("license", id_or_key).into());
    }
    if group.owned {
        return Ok(found.peek().clone());
    }
    Ok(cx.allow(Action::LicenseShow, found)?)
}

/// The machines of the group with this id, a page at a time.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the group, 403 by the access matrix.
pub async fn machines(
    cx: &Cx,
    id: &str,
    filter: machines::Filter,
    page: Page,
    direction: Direction,
) -> Result<Slice<View>> {
    let group = Members::of(cx, id, Action::GroupMachines).await?;
    let filter = machines::Filter {
        group: Some(group.id.to_string()),
        ..filter
    };
    let page = machines::list(&cx.db, &group.scope, &filter, page, direction).await?;
    Ok(page.map(|loaded| View::of(cx, loaded)))
}

/// One of the machines of the group with this id, by id or fingerprint.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the group or the machine is not in it, 403 by the access
/// matrix.
pub async fn machine(cx: &Cx, id: &str, id_or_fingerprint: &str) -> Result<View> {
    let group = Members::of(cx, id, Action::GroupMachines).await?;
    let digest = sha256(id_or_fingerprint.as_bytes());
    let found = machines::find(&cx.db, &group.scope, id_or_fingerprint, digest).await?;
    if found.peek().machine.group_id != Some(group.id) {
        return Err(Refused::not_found("machine", id_or_fingerprint).into());
    }
    if group.owned {
        return Ok(View::of(cx, found.peek().clone()));
    }
    Ok(View::of(cx, cx.allow(Action::MachineShow, found)?))
}

/// Whose members are wanted, and with whose eyes they are looked up.
struct Members {
    id: GroupId,
    scope: Scope,
    /// Whether the bearer owns the group.
    owned: bool,
    /// The product whose customers alone are wanted.
    product: Option<ProductId>,
}

impl Members {
    async fn of(cx: &Cx, id: &str, action: Action) -> Result<Self> {
        let group = cx.allow(action, seen(cx, id).await?)?;
        let owned = group.owner.is_some();
        let scope = if owned { cx.existing() } else { cx.scope() };
        let product = match scope.viewer() {
            Viewer::Product(id) => Some(id),
            _ => None,
        };
        Ok(Self {
            id: group.group.id,
            scope,
            owned,
            product,
        })
    }
}
