//! One id type per noun. Ids are UUID v7 when made here; any UUID is accepted from clients.

ids! {
    /// A vendor's tenant.
    AccountId
    /// A partition of an account's records: isolated from, or shared with, the global one.
    EnvironmentId
    /// A person who administers the account or holds licenses.
    UserId
    /// What a vendor sells.
    ProductId
    /// The terms shared by many licenses of a product.
    PolicyId
    /// A customer's right to use a product.
    LicenseId
    /// A pre-made key waiting in a policy's pool.
    KeyId
    /// A device bound to a license.
    MachineId
    /// A hardware part of a machine.
    ComponentId
    /// A running instance on a machine.
    ProcessId
    /// A bearer credential.
    TokenId
    /// A portal session.
    SessionId
    /// A time-based second factor of a user.
    SecondFactorId
    /// A set of users, licenses and machines with shared limits.
    GroupId
    /// A user's ownership of a group.
    GroupOwnerId
    /// A named right that a license may hold.
    EntitlementId
    /// A setting of an account.
    SettingId
    /// A receiver of webhooks.
    WebhookEndpointId
    /// One delivery to a receiver.
    WebhookEventId
    /// Something that happened, as recorded in the event log.
    EventId
    /// One HTTP request; the `X-Request-Id` header and error `meta.id`.
    RequestId
}

/// A source of new ids: UUID v7 in production, counted in tests.
#[derive(Clone)]
pub struct Ids(std::sync::Arc<dyn Fn() -> uuid::Uuid + Send + Sync>);

impl Ids {
    /// Wraps a function that never returns the same id twice.
    pub fn new(make: impl Fn() -> uuid::Uuid + Send + Sync + 'static) -> Self {
        Self(std::sync::Arc::new(make))
    }

    /// A new id of the wanted noun.
    pub fn next<I: From<uuid::Uuid>>(&self) -> I {
        I::from((self.0)())
    }
}

impl std::fmt::Debug for Ids {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ids")
    }
}
