//! Who carries webhooks over the network.

use std::fmt;

use async_trait::async_trait;
use keystead_domain::webhook::Lost;

/// What is carried: a `POST` of these bytes with these headers.
#[derive(Clone, Debug)]
pub struct Parcel {
    /// The whole URL.
    pub url: String,
    /// The headers, `Host` aside.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// What the receiver said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The status code.
    pub status: u16,
    /// The body, if it is short enough to be kept.
    pub body: Option<String>,
}

/// Carries parcels: to public addresses alone unless the operator says otherwise, following no
/// redirect.
#[async_trait]
pub trait Courier: fmt::Debug + Send + Sync {
    /// Carries a parcel and waits for the answer, for fifteen seconds each for connecting, sending
    /// and receiving at most.
    ///
    /// # Errors
    /// Why nothing came back.
    async fn carry(&self, parcel: Parcel) -> Result<Receipt, Lost>;
}
