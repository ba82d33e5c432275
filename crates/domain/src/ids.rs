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
    /// A license that was checked out, for use without a connection.
    LicenseFileId
    /// A pre-made key waiting in a policy's pool.
    KeyId
    /// A device bound to a license.
    MachineId
    /// A machine that was checked out, for use without a connection.
    MachineFileId
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
    /// What attaches an entitlement to a policy.
    PolicyEntitlementId
    /// What attaches an entitlement to a license.
    LicenseEntitlementId
    /// What attaches a user to a license.
    LicenseUserId
    /// A group of a product's releases, which may have an engine.
    PackageId
    /// A version of a product, as it is shipped.
    ReleaseId
    /// A file of a release.
    ArtifactId
    /// What a processed file says of itself.
    ManifestId
    /// A platform, arch, channel, file type or engine.
    FacetId
    /// An entitlement that a release asks for.
    ConstraintId
    /// A setting of an account.
    SettingId
    /// A host that leads to an account.
    DomainId
    /// How an account's users sign on.
    SsoId
    /// Who a user is to an identity provider.
    SsoIdentityId
    /// A receiver of webhooks.
    WebhookEndpointId
    /// One delivery to a receiver.
    WebhookEventId
    /// Something that happened, as recorded in the event log.
    EventId
    /// One HTTP request; the `X-Request-Id` header and error `meta.id`.
    RequestId
}

/// The id that a text has the shape of: dashes are optional, letters may be of either case.
///
/// Where a path takes an id or an alias, only such a text is tried as an id; where an alias must
/// not be mistaken for an id, no such text is allowed.
pub fn id_shaped(text: &str) -> Option<uuid::Uuid> {
    let digits = text
        .bytes()
        .all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    uuid::Uuid::try_parse(text).ok().filter(|_| digits)
}

/// Whether the word can't be an alias, because paths use it for actions.
pub fn reserved(word: &str) -> bool {
    matches!(word, "actions" | "action")
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_uuids_have_the_shape_of_an_id() {
        let id = uuid::Uuid::from_u128(0x0190_c1de_7a3e_7c55_9a52_1f0b_6e8c_2d11);

        #[rustfmt::skip]
        let table = [
            ("0190c1de-7a3e-7c55-9a52-1f0b6e8c2d11",            Some(id)),
            ("0190C1DE-7A3E-7C55-9A52-1F0B6E8C2D11",            Some(id)),
            ("0190c1de7a3e7c559a521f0b6e8c2d11",                Some(id)),
            ("{0190c1de-7a3e-7c55-9a52-1f0b6e8c2d11}",          None),
            ("urn:uuid:0190c1de-7a3e-7c55-9a52-1f0b6e8c2d11",   None),
            ("0190c1de-7a3e-7c55-9a52-1f0b6e8c2d11\n",          None),
            ("0190c1de-7a3e-7c55-9a52-1f0b6e8c2d1",             None),
            ("0190c1de7a3e7c55-9a52-1f0b6e8c2d11",              None),
            ("aurora",                                          None),
            ("",                                                None),
        ];
        for (text, expected) in table {
            assert_eq!(id_shaped(text), expected, "{text:?}");
        }
    }

    #[test]
    fn ids_come_from_their_source_in_order() {
        let count = std::sync::atomic::AtomicU64::new(0);
        let ids = Ids::new(move || {
            let next = count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            uuid::Uuid::from_u128(u128::from(next))
        });

        let (first, second): (LicenseId, MachineId) = (ids.next(), ids.next());

        assert_eq!(first.0.as_u128(), 0);
        assert_eq!(second.0.as_u128(), 1);
        assert_eq!(first.to_string(), "00000000-0000-0000-0000-000000000000");
    }

    #[test]
    fn words_of_paths_are_reserved() {
        assert!(reserved("actions") && reserved("action"));
        assert!(!reserved("Action") && !reserved("act"));
    }
}
