//! Scopes: what part of an account a look-up starts from, and records found within it.

use super::{Bearer, BearerId, Role};
use crate::ids::{AccountId, EnvironmentId, LicenseId, ProductId, UserId};

/// The environment a request is made in (identity reference §15).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Environment {
    /// No environment: the records that have none.
    #[default]
    Global,
    /// An environment that sees its own records only.
    Isolated(EnvironmentId),
    /// An environment that sees the global records too, but doesn't change them.
    Shared(EnvironmentId),
}

impl Environment {
    /// The environment's id, which new records take; none for the global one.
    pub const fn id(self) -> Option<EnvironmentId> {
        match self {
            Self::Global => None,
            Self::Isolated(id) | Self::Shared(id) => Some(id),
        }
    }

    /// Whether a record of `environment` may be read here.
    pub fn reads(self, environment: Option<EnvironmentId>) -> bool {
        environment == self.id() || matches!((self, environment), (Self::Shared(_), None))
    }

    /// Whether a record of `environment` may be changed here.
    pub fn writes(self, environment: Option<EnvironmentId>) -> bool {
        environment == self.id()
    }
}

/// Whose eyes a look-up sees with (identity reference §14.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Viewer {
    /// Everything in the account.
    All,
    /// The records of an environment.
    Environment(EnvironmentId),
    /// A product's records, every role-`user` user, every group, every entitlement.
    Product(ProductId),
    /// What a user owns or shares a license of.
    User(UserId),
    /// What belongs to a license.
    License(LicenseId),
    /// What is open to strangers.
    Nobody,
}

impl Viewer {
    pub(super) fn of(bearer: Option<&Bearer>) -> Self {
        let Some(bearer) = bearer else {
            return Self::Nobody;
        };
        match (bearer.role, bearer.id) {
            (Role::User, BearerId::User(id)) => Self::User(id),
            (_, BearerId::User(_)) => Self::All,
            (_, BearerId::Product(id)) => Self::Product(id),
            (_, BearerId::License(id)) => Self::License(id),
            (_, BearerId::Environment(id)) => Self::Environment(id),
        }
    }
}

/// What a look-up starts from: an account, its visible environments, and whose eyes look.
///
/// Only the makers below make one, so a query that takes a scope can't forget the tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scope {
    account: AccountId,
    environment: Option<Environment>,
    viewer: Viewer,
    /// Whether `viewer` is the bearer of a request, so that what it sees proves something.
    personal: bool,
}

impl Scope {
    /// What a request's bearer sees, or what strangers see when there is none.
    pub fn of(account: AccountId, environment: Environment, bearer: Option<&Bearer>) -> Self {
        Self {
            account,
            environment: Some(environment),
            viewer: Viewer::of(bearer),
            personal: true,
        }
    }

    /// A whole account, for work that no bearer asked for: sweeps, jobs, first run.
    pub fn system(account: AccountId) -> Self {
        Self {
            account,
            environment: None,
            viewer: Viewer::All,
            personal: false,
        }
    }

    /// What exists in an environment, whoever asks: credentials being checked, keys being
    /// validated, records named in a body (which answer 422 or 403, never 404).
    pub fn existing(account: AccountId, environment: Environment) -> Self {
        Self {
            environment: Some(environment),
            ..Self::system(account)
        }
    }

    /// The account.
    pub fn account(&self) -> AccountId {
        self.account
    }

    /// The environment of the request; none when every environment is in sight.
    pub fn environment(&self) -> Option<Environment> {
        self.environment
    }

    /// Whose eyes look.
    pub fn viewer(&self) -> Viewer {
        self.viewer
    }

    /// A record that was looked up within this scope, and that nobody has been allowed yet.
    pub fn seen<T>(&self, record: T) -> Seen<T> {
        Seen {
            record,
            by: self.personal.then_some(self.viewer),
        }
    }
}

/// A record that was looked up within a scope, and that nobody has been allowed yet.
///
/// [`super::allow`] turns it into the record. It keeps who saw it: what a bearer sees through its
/// own scope is known to concern it.
#[derive(Clone, Debug)]
#[must_use = "a record that was seen must be allowed, too"]
pub struct Seen<T> {
    record: T,
    by: Option<Viewer>,
}

impl<T> Seen<T> {
    /// A look at the record, for what must be known before anyone is allowed anything.
    pub fn peek(&self) -> &T {
        &self.record
    }

    /// The same record with more facts to its tie, e.g. whether the bearer is a member.
    pub fn map<U>(self, with: impl FnOnce(T) -> U) -> Seen<U> {
        Seen {
            record: with(self.record),
            by: self.by,
        }
    }

    pub(super) fn by(&self) -> Option<Viewer> {
        self.by
    }

    pub(super) fn into_record(self) -> T {
        self.record
    }
}
