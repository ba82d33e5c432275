//! Tokens: bearer credentials of users, products, licenses and environments.

pub mod issue;
pub mod list;
pub mod log_in;
pub mod regenerate;
pub mod revoke;
pub mod show;

pub use issue::{Draft, Fresh, generate, generate_for};
pub use list::list;
pub(crate) use log_in::enters;
pub use log_in::log_in;
pub use regenerate::{regenerate, regenerate_current};
pub use revoke::revoke;
pub use show::show;

use keystead_domain::access::Role;
use keystead_domain::permissions::PermissionSet;
use keystead_domain::words::BearerKind;
use keystead_signing::token::TokenKind;
use keystead_store::tokens::Issued;

/// The kind a token shows: it follows the bearer's current role.
pub fn kind(issued: &Issued) -> TokenKind {
    role(issued).map_or(TokenKind::User, kind_of)
}

/// The permissions a token shows: what token and bearer both permit (identity §14.4).
pub fn effective(issued: &Issued) -> PermissionSet {
    let bearer = match (issued.user, issued.permissions) {
        (Some((_, permissions)), _) | (None, Some(permissions)) => permissions,
        (None, None) => PermissionSet::ANY,
    };
    issued.token.permissions.meet(bearer)
}

/// The bearer's role; none when the user is gone.
pub(crate) fn role(issued: &Issued) -> Option<Role> {
    match issued.token.bearer_kind {
        BearerKind::User => issued.user.map(|(role, _)| role.into()),
        BearerKind::Product => Some(Role::Product),
        BearerKind::License => Some(Role::License),
        BearerKind::Environment => Some(Role::Environment),
    }
}

pub(crate) fn kind_of(role: Role) -> TokenKind {
    match role {
        Role::Admin => TokenKind::Admin,
        Role::Developer => TokenKind::Developer,
        Role::SalesAgent => TokenKind::Sales,
        Role::SupportAgent => TokenKind::Support,
        Role::ReadOnly => TokenKind::ReadOnly,
        Role::Environment => TokenKind::Environment,
        Role::Product => TokenKind::Product,
        Role::User => TokenKind::User,
        Role::License => TokenKind::Activation,
    }
}
