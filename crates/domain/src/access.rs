//! Access: who asks, what they may see, and which action reaches which records.
//!
//! Identity reference §10.3, §14, §15. The matrix itself is `access/actions.rs`.

mod allow;
mod matrix;
pub mod privilege;
mod scope;

pub use allow::{Bond, allow, allow_attached, allow_create, allow_list, require};
pub use matrix::{Action, Place, Reach, golden};
pub use scope::{Environment, Scope, Seen, Viewer};

use crate::ids::{EnvironmentId, LicenseId, ProductId, TokenId, UserId};
use crate::permissions::{Permission, PermissionSet};
use crate::words::{BearerKind, UserRole};

/// What a bearer is: a user in one of six roles, or one of the things that hold credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// A user who runs the account.
    Admin,
    /// A user who does almost everything an admin does, but to admins.
    Developer,
    /// A user who sells: policies and licenses.
    SalesAgent,
    /// A user who helps customers: mends, but makes nothing.
    SupportAgent,
    /// A user who looks.
    ReadOnly,
    /// A token of an environment.
    Environment,
    /// A token of a product.
    Product,
    /// A customer.
    User,
    /// A license, by its key or a token.
    License,
}

impl Role {
    /// Every role, in the order of the matrix' columns.
    pub const ALL: [Self; 9] = [
        Self::Admin,
        Self::Developer,
        Self::SalesAgent,
        Self::SupportAgent,
        Self::ReadOnly,
        Self::Environment,
        Self::Product,
        Self::User,
        Self::License,
    ];

    /// How much the role weighs against another: who manages a user must weigh no less.
    pub const fn rank(self) -> u8 {
        match self {
            Self::Admin => 7,
            Self::Environment => 6,
            Self::Developer => 5,
            Self::Product => 4,
            Self::SalesAgent => 3,
            Self::SupportAgent => 2,
            Self::ReadOnly => 1,
            Self::License | Self::User => 0,
        }
    }

    /// The role in words, as refusals name it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Developer => "developer",
            Self::SalesAgent => "sales agent",
            Self::SupportAgent => "support agent",
            Self::ReadOnly => "read only",
            Self::Environment => "environment",
            Self::Product => "product",
            Self::User => "user",
            Self::License => "license",
        }
    }
}

impl From<UserRole> for Role {
    fn from(role: UserRole) -> Self {
        match role {
            UserRole::Admin => Self::Admin,
            UserRole::Developer => Self::Developer,
            UserRole::SalesAgent => Self::SalesAgent,
            UserRole::SupportAgent => Self::SupportAgent,
            UserRole::ReadOnly => Self::ReadOnly,
            UserRole::User => Self::User,
        }
    }
}

/// The record behind a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BearerId {
    /// A user of any role.
    User(UserId),
    /// A product.
    Product(ProductId),
    /// A license.
    License(LicenseId),
    /// An environment.
    Environment(EnvironmentId),
}

impl BearerId {
    /// The kind of record.
    pub const fn kind(self) -> BearerKind {
        match self {
            Self::User(_) => BearerKind::User,
            Self::Product(_) => BearerKind::Product,
            Self::License(_) => BearerKind::License,
            Self::Environment(_) => BearerKind::Environment,
        }
    }

    /// The id, without its kind.
    pub const fn uuid(self) -> uuid::Uuid {
        match self {
            Self::User(id) => id.0,
            Self::Product(id) => id.0,
            Self::License(id) => id.0,
            Self::Environment(id) => id.0,
        }
    }

    /// The bearer of this kind with this id.
    pub const fn new(kind: BearerKind, id: uuid::Uuid) -> Self {
        match kind {
            BearerKind::User => Self::User(UserId(id)),
            BearerKind::Product => Self::Product(ProductId(id)),
            BearerKind::License => Self::License(LicenseId(id)),
            BearerKind::Environment => Self::Environment(EnvironmentId(id)),
        }
    }
}

/// Who presents a credential, as authentication found it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bearer {
    /// What the bearer is.
    pub role: Role,
    /// The record behind the credential.
    pub id: BearerId,
    /// The environment the bearer lives in; an environment lives in itself.
    pub environment: Option<EnvironmentId>,
    /// The bearer's effective set: for a license with an owner, what both permit.
    pub permissions: PermissionSet,
    /// The token in use; none with a license key.
    pub token: Option<TokenGrant>,
}

/// The token in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenGrant {
    /// The token.
    pub id: TokenId,
    /// The token's own set, before it meets the bearer's.
    pub permissions: PermissionSet,
    /// The environment the token was issued for.
    pub environment: Option<EnvironmentId>,
}

impl Bearer {
    /// Whether the bearer and the token in use both have the permission.
    pub fn holds(&self, permission: Permission) -> bool {
        let token = self
            .token
            .is_none_or(|token| token.permissions.holds(permission, self.role));
        token && self.permissions.holds(permission, self.role)
    }

    /// Whether the bearer is an admin with every permission there is.
    pub fn is_root(&self) -> bool {
        self.role == Role::Admin && self.permissions.is_full()
    }
}

/// How a record hangs together with bearers; what a rule may look at besides visibility.
///
/// Nothing in it grants anything by being absent: the default tie belongs to nobody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tie {
    /// The environment the record lives in.
    pub environment: Option<EnvironmentId>,
    /// The bearer the record is, or whose credential or factor it is.
    pub subject: Option<BearerId>,
    /// The product the record belongs to; for a user, one it is a customer of.
    pub product: Option<ProductId>,
    /// The license the record is, or belongs to.
    pub license: Option<LicenseId>,
    /// The user who owns the record itself.
    pub owner: Option<UserId>,
    /// The user who owns the license that the record belongs to.
    pub license_owner: Option<UserId>,
    /// Whether the bearer is among the users or members of the record.
    pub member: bool,
    /// Whether the license (for a new user: the account) is protected.
    pub protected: bool,
    /// Whether the policy is protected.
    pub policy_protected: bool,
    /// Whether the product distributes to nobody but its vendor.
    pub closed: bool,
    /// The user that the record is, or whose credential it is.
    pub user: Option<UserTie>,
}

/// What rules about users look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UserTie {
    /// The user's role.
    pub role: UserRole,
    /// The user's own set.
    pub permissions: PermissionSet,
    /// Whether the user is known to hold licenses of no product but the bearer's.
    pub sole_product: bool,
}

/// A record that rules can judge.
pub trait Tied {
    /// How the record hangs together with bearers.
    fn tie(&self) -> Tie;
}

impl Tied for Tie {
    fn tie(&self) -> Tie {
        *self
    }
}

#[cfg(test)]
mod tests;
