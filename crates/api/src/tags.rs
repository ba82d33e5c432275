//! The sections of the API's description.

use poem_openapi::Tags;

/// A section: one noun and what can be done with it.
#[derive(Tags)]
pub enum Tag {
    /// A vendor's tenant: its settings and its public keys.
    Accounts,
    /// Bearer credentials: logging in, issuing, regenerating, revoking.
    Tokens,
    /// People: those who run the account, and those who hold licenses.
    Users,
    /// Codes from an authenticator app, which a login asks for besides the password.
    SecondFactors,
    /// Users, licenses and machines that share limits.
    Groups,
    /// Partitions of an account's records: isolated, or shared with the global one.
    Environments,
    /// What a vendor sells.
    Products,
    /// The terms shared by many licenses.
    Policies,
    /// Keys made beforehand, waiting in the pools of policies.
    Keys,
    /// Named rights that licenses hold, by themselves or through their policies.
    Entitlements,
    /// A customer's right to use a product, and its validation.
    Licenses,
    /// Devices bound to licenses, and their heartbeats.
    Machines,
    /// The hardware that machines are made of.
    Components,
    /// What runs on machines, and its heartbeats.
    Processes,
    /// Receivers of events.
    #[oai(rename = "Webhook endpoints")]
    WebhookEndpoints,
    /// Events on their way to receivers, and what became of them.
    #[oai(rename = "Webhook events")]
    WebhookEvents,
    /// Who did what, and when.
    #[oai(rename = "Event logs")]
    EventLogs,
    /// Which requests were answered, and how.
    #[oai(rename = "Request logs")]
    RequestLogs,
    /// Versions of products, as they are shipped, and what they ask of licenses.
    Releases,
    /// The files of releases.
    Artifacts,
    /// Groups of releases, each for the clients of one engine or of none.
    Packages,
    /// What releases are told apart by: platforms, arches, channels and engines.
    Facets,
    /// Packages as the clients of engines read them: pip and whatever else installs software.
    Engines,
    /// Finding what an account holds.
    Search,
    /// Who am I?
    Profiles,
}
