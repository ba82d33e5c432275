//! Which users a list is narrowed to (identity reference §17.1).

use chrono::{DateTime, Utc};
use keystead_domain::user::ACTIVE_FOR;
use keystead_domain::words::{UserRole, UserStatus};
use keystead_store::users::{Filter, Wanted};
use poem_openapi::Object;
use serde::Deserialize;

use crate::fields::Metadata;
use crate::listing::Listing;
use crate::problem::Result;

/// Which users are wanted. What is no id where one is needed matches nothing.
#[derive(Debug, Default, Object, Deserialize)]
#[serde(default)]
pub struct UserFilters {
    /// In one of these roles; customers (`user`) when absent.
    roles: Option<Vec<String>>,
    /// Who own or share a license of the product with this id.
    product: Option<String>,
    /// Who own or share the license with this id.
    license: Option<String>,
    /// In the group with this id.
    group: Option<String>,
    /// Who own a license, or none.
    assigned: Option<bool>,
    /// An older name of `assigned`.
    active: Option<bool>,
    /// Who are in this state now.
    status: Option<String>,
    /// With all of these in their metadata; a number, true, false or null as it prints.
    metadata: Option<Metadata>,
}

impl UserFilters {
    /// The roles that are asked for, where none is meant unless it is said.
    pub fn roles(&self) -> Option<Vec<UserRole>> {
        self.roles.as_deref().map(known)
    }
}

/// What a list is asked for, at this instant.
///
/// # Errors
/// When a filter can't be read, which none refuses to be.
pub fn filter(query: &Listing<UserFilters>, now: DateTime<Utc>) -> Result<Filter> {
    let filters = query.filters()?;
    let roles = match filters.roles {
        Some(roles) => Some(known(&roles)),
        // One role that is no list asks for every role.
        None if query.query().text("roles").is_some() => None,
        None => Some(vec![UserRole::User]),
    };
    let since = now - ACTIVE_FOR;
    let wanted = |text: String| Wanted {
        status: UserStatus::parse(&text.to_uppercase()),
        since,
    };
    Ok(Filter {
        roles,
        product: filters.product,
        license: filters.license,
        group: filters.group,
        assigned: filters.assigned.or(filters.active),
        status: filters.status.map(wanted),
        metadata: filters.metadata.map(Metadata::texts).unwrap_or_default(),
    })
}

/// The roles that are there; dashes may be underscores.
fn known(roles: &[String]) -> Vec<UserRole> {
    roles
        .iter()
        .filter_map(|role| UserRole::parse(&role.replace('_', "-")))
        .collect()
}
