//! Carries an event to its receiver: one try.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use keystead_domain::access::Scope;
use keystead_domain::webhook::{
    Consequence, Ending, RETRIES, consequence, rest_after, wait_before,
};
use keystead_domain::words::{WebhookSignatureAlgorithm, WebhookStatus};
use keystead_domain::{WebhookEndpointId, WebhookEventId};
use keystead_jobs::{Job, NewJob, new_job};
use keystead_signing::Algorithm;
use keystead_signing::digest::sha256;
use keystead_signing::response::{
    AcceptSignature, Message, SIGNATURE_HEADER, digest_header, legacy_signature,
};
use keystead_store::entities::{WebhookEndpoint, WebhookEvent};
use keystead_store::webhook_events::Reply;
use keystead_store::webhooks::subscribes;
use keystead_store::{outbox, webhook_endpoints, webhook_events};
use serde::{Deserialize, Serialize};

use super::{Courier, Parcel, Receipt, WEBHOOKS};
use crate::{App, Error, Result, Tenant};

/// One try of a delivery, written with the event or with what became of the try before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deliver {
    /// The event on its way.
    pub event: WebhookEventId,
    /// Tries before this one.
    #[serde(default)]
    pub tries: u32,
}

impl Job for Deliver {
    const KIND: &'static str = "webhooks.deliver";
    const QUEUE: &'static str = WEBHOOKS;
    // A try that ended is done, however it ended. These are for tries that a crash cut short.
    const MAX_ATTEMPTS: u32 = 5;
}

impl Deliver {
    /// The first try.
    pub fn first(event: WebhookEventId) -> Self {
        Self { event, tries: 0 }
    }

    fn at(self, due: DateTime<Utc>) -> NewJob {
        NewJob {
            run_at: Some(due),
            ..new_job(&self)
        }
    }

    /// Chance enough to spread events that failed together.
    fn chance(self) -> u64 {
        let mut seed = self.event.0.as_bytes().to_vec();
        seed.extend(self.tries.to_le_bytes());
        let digest = sha256(&seed);
        u64::from_le_bytes(digest[..8].try_into().unwrap_or_default())
    }
}

/// What runs at once to one receiver in this process at most: the others of its events wait
/// without keeping anybody busy.
const AT_ONCE: usize = 4;
/// How long an event waits for a place among these.
const CROWDED: TimeDelta = TimeDelta::seconds(5);
/// What stands in place of an answer that is too long to be kept.
const TOO_LARGE: &str = "RES_BODY_TOO_LARGE";

/// The deliveries that run in this process.
#[derive(Clone, Debug)]
pub struct Deliveries {
    courier: Arc<dyn Courier>,
    running: Arc<Mutex<HashMap<WebhookEndpointId, usize>>>,
}

impl Deliveries {
    /// None yet.
    pub fn new(courier: Arc<dyn Courier>) -> Self {
        Self {
            courier,
            running: Arc::default(),
        }
    }

    /// A place among those that run to one receiver, if one is free.
    fn place(&self, endpoint: WebhookEndpointId) -> Option<Place> {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let count = running.entry(endpoint).or_default();
        if *count >= AT_ONCE {
            return None;
        }
        *count += 1;
        Some(Place {
            endpoint,
            running: self.running.clone(),
        })
    }
}

struct Place {
    endpoint: WebhookEndpointId,
    running: Arc<Mutex<HashMap<WebhookEndpointId, usize>>>,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = running.get_mut(&self.endpoint) {
            *count -= 1;
            if *count == 0 {
                running.remove(&self.endpoint);
            }
        }
    }
}

/// Tries once to carry an event to its receiver, and notes what became of it. An event that is
/// gone or delivered, or whose receiver is gone or no longer subscribes, is let be as it is.
///
/// # Errors
/// When the database fails; the same try is made again then.
pub async fn deliver(
    app: &App,
    deliveries: &Deliveries,
    job: Deliver,
    now: DateTime<Utc>,
) -> Result<()> {
    let Some(event) = webhook_events::by_id(&app.db, job.event).await? else {
        return Ok(());
    };
    let settled = matches!(
        event.status,
        WebhookStatus::Delivered | WebhookStatus::Failed
    );
    let scope = Scope::system(event.account_id);
    let endpoint = webhook_endpoints::by_id(&app.db, &scope, event.endpoint_id).await?;
    let Some(endpoint) =
        endpoint.filter(|it| !settled && subscribes(&it.subscriptions, &event.event))
    else {
        return Ok(());
    };
    let Some(tenant) = app.tenants.find(&event.account_id.to_string()).await? else {
        return Ok(());
    };
    let resting = endpoint.rests_until.filter(|until| *until > now);
    let place = deliveries.place(endpoint.id);
    let (None, Some(_place)) = (resting, &place) else {
        // Not a try: it comes again when there is room, or when the receiver has had its rest.
        let until =
            resting.unwrap_or(now) + CROWDED * i32::try_from(job.chance() % 6 + 1).unwrap_or(1);
        outbox::enqueue(&app.db, now, &[job.at(until)]).await?;
        return Ok(());
    };

    let parcel = parcel(app, &event, &endpoint, &tenant, now)?;
    let answered = deliveries.courier.carry(parcel).await;
    settle(app, job, &endpoint, answered, now).await
}

/// Notes what came back, and what follows from it.
async fn settle(
    app: &App,
    job: Deliver,
    endpoint: &WebhookEndpoint,
    answered: Result<Receipt, keystead_domain::webhook::Lost>,
    now: DateTime<Utc>,
) -> Result<()> {
    let host = host(&endpoint.url).to_ascii_lowercase();
    let (ending, code, body) = match &answered {
        Ok(receipt) => {
            let body = receipt.body.as_deref().unwrap_or(TOO_LARGE);
            let (status, host) = (receipt.status, host.as_str());
            (Ending::Answered { status, host, body }, Some(status), body)
        }
        Err(lost) => (Ending::Lost(*lost), None, lost.word()),
    };
    let Consequence {
        status,
        again,
        disables,
        troubles,
    } = consequence(&ending);
    let again = again && job.tries < RETRIES;
    let reply = Reply {
        status: match status {
            WebhookStatus::Failing if !again => WebhookStatus::Failed,
            other => other,
        },
        code,
        body: body.replace('\0', ""),
    };
    metrics::counter!("keystead_webhooks_total", "status" => reply.status.as_str()).increment(1);

    let tx = app.db.begin().await?;
    webhook_events::note(&tx, job.event, &reply, now).await?;
    if again {
        let wait = wait_before(job.tries, job.chance());
        let next = Deliver {
            tries: job.tries + 1,
            ..job
        };
        outbox::put(&tx, now, &[next.at(now + wait)]).await?;
    }
    if disables {
        webhook_endpoints::disable(&tx, endpoint.id).await?;
    }
    if troubles {
        let failures = webhook_endpoints::count_failure(&tx, endpoint.id).await?;
        if let Some(rest) = rest_after(failures) {
            webhook_endpoints::rest(&tx, endpoint.id, now + rest).await?;
        }
    } else if endpoint.failures > 0 {
        webhook_endpoints::recovered(&tx, endpoint.id).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// The signed request (machines reference §5.4).
fn parcel(
    app: &App,
    event: &WebhookEvent,
    endpoint: &WebhookEndpoint,
    tenant: &Tenant,
    now: DateTime<Utc>,
) -> Result<Parcel> {
    let version = endpoint.api_version.min(event.api_version);
    let body = app.herald.print_event(event, version).into_bytes();
    let date = now.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let digest = digest_header(&body);
    let (host, target) = (host(&endpoint.url), target(&endpoint.url));
    let message = Message {
        method: "POST",
        target,
        host,
        date: &date,
        digest: &digest,
    };
    let accept = AcceptSignature::of(algorithm(endpoint.signature_algorithm));
    let signature = message
        .signature_header(event.account_id, &accept, &tenant.signer)
        .map_err(Error::failed)?;
    let agent = format!("Keygen/{version} (+https://keygen.sh/docs/api/webhooks/)");
    let mut headers = vec![
        ("User-Agent", agent),
        ("Content-Type", "application/json".to_owned()),
        ("Date", date.clone()),
        ("Keygen-Date", date),
        ("Digest", digest.clone()),
        ("Keygen-Digest", digest),
        (SIGNATURE_HEADER, signature),
        ("Keygen-Version", version.to_string()),
    ];
    if tenant.account.legacy_signature {
        let legacy = legacy_signature(&body, &tenant.signer).map_err(Error::failed)?;
        headers.push(("X-Signature", legacy));
    }
    Ok(Parcel {
        url: endpoint.url.clone(),
        headers,
        body,
    })
}

fn algorithm(word: WebhookSignatureAlgorithm) -> Algorithm {
    match word {
        WebhookSignatureAlgorithm::Ed25519 => Algorithm::Ed25519,
        WebhookSignatureAlgorithm::RsaPssSha256 => Algorithm::RsaPssSha256,
        WebhookSignatureAlgorithm::RsaSha256 => Algorithm::RsaSha256,
        WebhookSignatureAlgorithm::EcdsaP256 => Algorithm::EcdsaP256,
    }
}

/// What comes after `https://`, up to the path.
fn authority(url: &str) -> (&str, &str) {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    rest.split_at(end)
}

/// The host, without port and credentials: what the signature names.
fn host(url: &str) -> &str {
    let (authority, _) = authority(url);
    let host = authority.rsplit('@').next().unwrap_or_default();
    match host.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => host,
    }
}

/// Path and query as they are sent; a fragment never is.
fn target(url: &str) -> &str {
    let (_, target) = authority(url);
    target.split('#').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_signed_as_it_is_sent() {
        #[rustfmt::skip]
        let table = [
            ("https://a.example",                  "a.example", ""),
            ("https://a.example/",                 "a.example", "/"),
            ("https://a.example:8443/in?x=1#frag", "a.example", "/in?x=1"),
            ("https://user:pw@a.example/in",       "a.example", "/in"),
            ("https://a.example?x=1",              "a.example", "?x=1"),
        ];
        for (url, named, sent) in table {
            assert_eq!((host(url), target(url)), (named, sent), "{url}");
        }
    }
}
