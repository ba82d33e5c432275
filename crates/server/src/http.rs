//! The HTTP front: connections, limits, request ids, health, and the account peeled off the path.
//!
//! What a stranger can't exceed is decided here, before any credential is looked at.

mod account;
mod client;
mod connections;
mod engine;
mod front;
mod health;
mod manners;
mod origin;
mod refusal;

#[cfg(test)]
mod tests;

use std::time::Duration;

pub use client::Proxies;
pub use connections::{Listening, serve};
pub use front::Front;
pub use health::Health;
pub use manners::Manners;
pub use origin::Names;

use crate::config::Config;

/// What a stranger can't exceed.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The largest request head.
    pub max_header_bytes: usize,
    /// The longest path with query.
    pub max_url_bytes: usize,
    /// Connections open at once.
    pub max_connections: usize,
    /// How long one request may take, body included.
    pub request_timeout: Duration,
    /// How long a connection may go without the complete head of a next request.
    pub idle_timeout: Duration,
}

impl Limits {
    /// The limits of a configuration.
    pub fn of(config: &Config) -> Self {
        let http = &config.http;
        Self {
            max_header_bytes: http.max_header_bytes,
            max_url_bytes: http.max_url_bytes,
            max_connections: http.max_connections,
            request_timeout: http.request_timeout,
            idle_timeout: http.idle_timeout,
        }
    }
}
