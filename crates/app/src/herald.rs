//! Who hears of what happens: the event log, and the webhooks of whoever subscribed.
//!
//! A use case tells once, in the transaction of its change:
//!
//! ```ignore
//! let event = cx.event(EventName::KeyCreated.as_str(), NOUN, key.id.0);
//! cx.tell(&tx, event, Payload::Key(&pooled)).await?;
//! tx.commit().await?;
//! ```
//!
//! The log's row, the events on their way and the jobs that deliver them are written with the
//! change, or none of them is. When nobody subscribed, all that happens besides the log's row is
//! one indexed look-up; nothing is rendered.
//!
//! **Telling of a new noun:** a variant of [`Payload`] that borrows what the operation answers, its
//! line in [`Payload::shown`] (who might see it), and its line in `api/telling.rs` (how it is
//! rendered). What is told is what clients are shown after the change: build the view *before* the
//! commit. Deletions tell of what is about to go, before they remove it. Several records attached
//! at once are one event, whose payload is a list.
//!
//! Where nobody waits (validations, pings), [`crate::Journal::record`] takes the event and a
//! [`Kept`] copy of what it is about.

mod payload;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use keystead_domain::access::{self, Bearer, BearerId, Environment, Role, Scope};
use keystead_domain::ids::Ids;
use keystead_domain::version::ApiVersion;
use keystead_domain::words::WebhookStatus;
use keystead_domain::{AccountId, WebhookEventId};
use keystead_jobs::new_job;
use keystead_signing::digest::sha256;
use keystead_store::entities::{Event, WebhookEvent};
use keystead_store::webhooks::{self, Listener};
use keystead_store::{Tx, outbox};

pub use payload::{Kept, Payload};

use crate::webhooks::Deliver;

/// Prints what events are about. Implemented where documents are known, above this crate.
pub trait Documents: fmt::Debug + Send + Sync {
    /// The document as a client of `version` reads it at `now`, without secrets: JSON.
    fn render(&self, payload: Payload<'_>, version: ApiVersion, now: DateTime<Utc>) -> String;

    /// The document that is delivered of an event on its way, its payload in the words of
    /// `version`: JSON.
    fn parcel(&self, event: &WebhookEvent, version: ApiVersion) -> String;
}

/// An event, and what it is about.
#[derive(Debug)]
pub struct Told<'a> {
    /// The log's row.
    pub event: &'a Event,
    /// The records it is about.
    pub payload: Payload<'a>,
}

/// Tells. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Herald {
    documents: Arc<dyn Documents>,
    ids: Ids,
}

/// Whoever may have subscribed, of some accounts, as one transaction sees it.
#[derive(Debug)]
pub struct Audience(Vec<Listener>);

impl Audience {
    /// Whether anybody listens for this event.
    pub fn hears(&self, event: &Event) -> bool {
        self.of(event).next().is_some()
    }

    /// "The account's endpoints in exactly the event's environment that subscribe to `*` or the
    /// exact name" (machines reference §5.2).
    fn of<'a>(&'a self, event: &'a Event) -> impl Iterator<Item = &'a Listener> {
        self.0.iter().filter(|listener| {
            listener.account_id == event.account_id
                && listener.environment_id == event.environment_id
                && listener.subscribes(&event.name)
        })
    }
}

impl Herald {
    /// A herald that prints with `documents`.
    pub fn new(documents: Arc<dyn Documents>, ids: Ids) -> Self {
        Self { documents, ids }
    }

    /// Writes events to the log and puts them on their way to whoever subscribed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tell(
        &self,
        tx: &Tx,
        told: &[Told<'_>],
        now: DateTime<Utc>,
    ) -> keystead_store::Result<()> {
        let rows: Vec<Event> = told.iter().map(|told| told.event.clone()).collect();
        let accounts = rows.iter().map(|event| event.account_id).collect();
        let audience = Audience(webhooks::append_and_listen(tx, &rows, accounts).await?);
        self.send(tx, &audience, told, now).await
    }

    /// Whoever may have subscribed to any of these events: one statement.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn audience<'a>(
        &self,
        tx: &Tx,
        events: impl IntoIterator<Item = &'a Event>,
    ) -> keystead_store::Result<Audience> {
        let accounts: BTreeSet<AccountId> =
            events.into_iter().map(|event| event.account_id).collect();
        Ok(Audience(webhooks::listeners(tx, accounts).await?))
    }

    /// Puts events on their way, without writing them to the log.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn send(
        &self,
        tx: &Tx,
        audience: &Audience,
        told: &[Told<'_>],
        now: DateTime<Utc>,
    ) -> keystead_store::Result<()> {
        let mut rows = Vec::new();
        for Told { event, payload } in told {
            // Endpoints of one version share the document.
            let mut printed: Vec<(ApiVersion, String)> = Vec::new();
            for listener in audience.of(event).filter(|it| may_hear(it, event, payload)) {
                let version = listener.api_version;
                let known = printed.iter().find(|(known, _)| *known == version);
                let document = match known {
                    Some((_, document)) => document.clone(),
                    None => {
                        let at = event.created_at;
                        let document = self.documents.render(*payload, version, at);
                        printed.push((version, document.clone()));
                        document
                    }
                };
                rows.push(self.on_its_way(listener, event, document, now));
            }
        }
        if rows.is_empty() {
            return Ok(());
        }
        let jobs: Vec<_> = rows
            .iter()
            .map(|row| new_job(&Deliver::first(row.id)))
            .collect();
        webhooks::append(tx, rows).await?;
        outbox::put(tx, now, &jobs).await?;
        Ok(())
    }

    /// What is delivered of an event on its way, in the words of `version`.
    pub fn print_event(&self, event: &WebhookEvent, version: ApiVersion) -> String {
        self.documents.parcel(event, version)
    }

    fn on_its_way(
        &self,
        listener: &Listener,
        event: &Event,
        payload: String,
        now: DateTime<Utc>,
    ) -> WebhookEvent {
        let id: WebhookEventId = self.ids.next();
        WebhookEvent {
            id,
            account_id: event.account_id,
            environment_id: event.environment_id,
            endpoint_id: listener.id,
            endpoint: listener.url.clone(),
            api_version: listener.api_version,
            event: event.name.clone(),
            payload,
            status: WebhookStatus::Delivering,
            last_response_code: None,
            last_response_body: None,
            idempotency_token: idempotency_token(id),
            created_at: now,
            updated_at: now,
        }
    }
}

/// What a receiver knows repetitions by: 64 characters, the last two of them `v3`.
fn idempotency_token(event: WebhookEventId) -> String {
    let digest = sha256(event.0.as_bytes());
    let mut token: String = digest[..31]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    token.push_str("v3");
    token
}

/// An endpoint of a product hears of what the product could be shown.
fn may_hear(listener: &Listener, event: &Event, payload: &Payload<'_>) -> bool {
    let (Some(product), Some(permissions)) = (listener.product_id, listener.product_permissions)
    else {
        return true;
    };
    let bearer = Bearer {
        role: Role::Product,
        id: BearerId::Product(product),
        environment: listener.product_environment_id,
        permissions,
        token: None,
    };
    // What happens in a shared environment may be about a global record.
    let environment = event
        .environment_id
        .map_or(Environment::Global, Environment::Shared);
    let (action, tie) = payload.shown();
    let scope = match tie.product == Some(product) {
        true => Scope::of(event.account_id, environment, Some(&bearer)),
        false => Scope::existing(event.account_id, environment),
    };
    access::allow(Some(&bearer), &environment, action, scope.seen(tie)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_64_characters_and_differ_by_event() {
        let one = idempotency_token(WebhookEventId(uuid::Uuid::from_u128(1)));
        let two = idempotency_token(WebhookEventId(uuid::Uuid::from_u128(2)));

        assert_eq!((one.len(), &one[62..]), (64, "v3"));
        assert_ne!(one, two);
    }
}
