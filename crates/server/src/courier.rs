//! Carries webhooks: to addresses that were looked at before they are connected to.
//!
//! A receiver's name is resolved once for a connection, by a resolver that leaves out what is not
//! public: there is no second look-up in which the name could mean something else. Redirects are
//! not followed, and no proxy is asked.

mod addresses;

use std::error::Error as StdError;
use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use anyhow::{Context, Result};
use async_trait::async_trait;
use keystead_app::webhooks::{Courier, Parcel, Receipt};
use keystead_domain::webhook::{Lost, Reach};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, Url};

use self::addresses::public;

/// For connecting, and for each wait for more of an answer.
const PATIENCE: Duration = Duration::from_secs(15);
/// For all of it: connecting, sending and receiving.
const PATIENCE_IN_ALL: Duration = Duration::from_secs(45);
/// Bytes of an answer that are kept.
const MAX_REPLY_BYTES: usize = 2_048;

/// Carries webhooks over HTTP.
#[derive(Clone, Debug)]
pub struct Messenger {
    client: Client,
    reach: Reach,
}

impl Messenger {
    /// A messenger who goes as far as `reach` lets it.
    ///
    /// # Errors
    /// When TLS can't be set up.
    pub fn new(reach: Reach) -> Result<Self> {
        let client = Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .connect_timeout(PATIENCE)
            .read_timeout(PATIENCE)
            .timeout(PATIENCE_IN_ALL)
            .dns_resolver(Resolver { reach })
            .build()
            .context("can't set up a client for webhooks")?;
        Ok(Self { client, reach })
    }
}

#[async_trait]
impl Courier for Messenger {
    async fn carry(&self, parcel: Parcel) -> Result<Receipt, Lost> {
        let url = Url::parse(&parcel.url).map_err(|_| Lost::Unresolved)?;
        // An address needs no resolver, so it is looked at here.
        let literal = url.host_str().and_then(|host| {
            let host = host.trim_start_matches('[').trim_end_matches(']');
            host.parse::<IpAddr>().ok()
        });
        if literal.is_some_and(|address| !allowed(self.reach, address)) {
            return Err(Lost::HostUnreachable);
        }
        let mut request = self.client.post(url).body(parcel.body);
        for (name, value) in parcel.headers {
            request = request.header(name, value);
        }
        let response = request.send().await.map_err(|error| lost(&error))?;
        let status = response.status().as_u16();
        let body = reply(response).await?;
        Ok(Receipt { status, body })
    }
}

/// What the receiver said, if it is short enough to be kept.
async fn reply(mut response: Response) -> Result<Option<String>, Lost> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| lost(&error))? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > MAX_REPLY_BYTES {
            return Ok(None);
        }
    }
    Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
}

fn allowed(reach: Reach, address: IpAddr) -> bool {
    reach == Reach::Internal || public(address)
}

/// Resolves names to what may be called.
#[derive(Clone, Copy, Debug)]
struct Resolver {
    reach: Reach,
}

/// A name without an address, or without one that may be called.
#[derive(Clone, Copy, Debug, thiserror::Error)]
enum Unresolved {
    #[error("the name has no address")]
    Nowhere,
    #[error("the name has no public address")]
    Forbidden,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.reach;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await;
            let found: Vec<SocketAddr> = match found {
                Ok(found) => found.collect(),
                Err(_) => return Err(Unresolved::Nowhere.into()),
            };
            if found.is_empty() {
                return Err(Unresolved::Nowhere.into());
            }
            let allowed: Vec<SocketAddr> = found
                .into_iter()
                .filter(|address| allowed(reach, address.ip()))
                .collect();
            if allowed.is_empty() {
                return Err(Unresolved::Forbidden.into());
            }
            let addresses: Addrs = Box::new(allowed.into_iter());
            Ok(addresses)
        })
    }
}

/// Why nothing came back: the first cause that says so.
fn lost(error: &reqwest::Error) -> Lost {
    let mut cause: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(error) = cause {
        if let Some(lost) = said_by(error) {
            return lost;
        }
        // An I/O error's own source skips the error that it wraps.
        let wrapped = error
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref);
        cause = match wrapped {
            Some(wrapped) => Some(wrapped),
            None => error.source(),
        };
    }
    if error.is_timeout() {
        Lost::TimedOut
    } else {
        Lost::Ended
    }
}

/// What one error in a chain of causes says by itself.
fn said_by(error: &(dyn StdError + 'static)) -> Option<Lost> {
    if let Some(unresolved) = error.downcast_ref::<Unresolved>() {
        return Some(match unresolved {
            Unresolved::Nowhere => Lost::Unresolved,
            Unresolved::Forbidden => Lost::HostUnreachable,
        });
    }
    if error.is::<rustls::Error>() {
        return Some(Lost::Tls);
    }
    match error.downcast_ref::<std::io::Error>()?.kind() {
        ErrorKind::ConnectionRefused => Some(Lost::Refused),
        ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted => Some(Lost::Reset),
        ErrorKind::HostUnreachable => Some(Lost::HostUnreachable),
        ErrorKind::NetworkUnreachable => Some(Lost::NetworkUnreachable),
        ErrorKind::TimedOut => Some(Lost::TimedOut),
        ErrorKind::UnexpectedEof | ErrorKind::BrokenPipe => Some(Lost::Ended),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
