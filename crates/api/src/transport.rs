//! What the HTTP front knows of a request before it reaches an operation: put in its extensions.

pub use keystead_domain::RequestId;

/// The request as it came in, before the account was peeled off its path. Response signatures and
/// pagination links repeat it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestLine {
    /// Path and query exactly as received; `/` when empty.
    pub original_path_and_query: String,
    /// The host that was asked, with its port if it had one; empty when the client named none.
    pub host: String,
}

/// Where absolute URLs begin that keep a client on the host that it asked: scheme, host and port,
/// without a slash at the end. Clients of packages send their credentials to no other host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(pub String);

/// The account named in the path (`/v1/accounts/{account}/…`), percent-decoded: an id or a slug.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountSegment(pub Option<String>);

/// The client's address: the other end of the connection, or whom a trusted proxy names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientAddress(pub std::net::IpAddr);
