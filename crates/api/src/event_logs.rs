//! `/event-logs`: who did what, and when (machines reference §7.1).

use keystead_app::{Cx, event_logs};
use keystead_store::entities::Event;
use keystead_store::events::Filter;
use poem::web::Data;
use poem_openapi::param::Path;
use poem_openapi::{Object, OpenApi};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::document::{
    AccountLink, Document, EnvironmentLink, List, Place, Rendered, Resource, ToAny, ToElsewhere,
};
use crate::fields::{Metadata, Time};
use crate::history;
use crate::input::Nothing;
use crate::listing::Listing;
use crate::nouns::{EventLogs, RequestLogs};
use crate::problem::Result;
use crate::tags::Tag;

/// An event's attributes.
#[derive(Object, Serialize)]
pub struct EventLogAttributes {
    /// What happened.
    event: String,
    /// What there is to say of it.
    metadata: Metadata,
    /// When it happened.
    created: Time,
    /// The same.
    updated: Time,
}

/// An event's relationships.
#[derive(Object, Serialize)]
pub struct EventLogRelationships {
    /// The account.
    account: AccountLink,
    /// The environment; global when null.
    environment: EnvironmentLink,
    /// The request that did it; null for what the server did by itself.
    request: ToElsewhere<RequestLogs>,
    /// Who did it; null for what the server did by itself.
    whodunnit: ToAny,
    /// The record it is about.
    resource: ToAny,
}

impl Rendered for EventLogs {
    const NAME: &'static str = "EventLog";
    type Attributes = EventLogAttributes;
    type Relationships = EventLogRelationships;
    type Meta = Nothing;
}

/// An event as it is answered.
pub fn resource(event: Event) -> Resource<EventLogs> {
    let account = event.account_id;
    let place = Place::of::<EventLogs>(account, event.id);
    let whodunnit = event.bearer_type.map(|kind| format!("{kind}s"));
    let relationships = EventLogRelationships {
        account: place.account_link(),
        environment: place.environment_link(event.environment_id),
        request: ToElsewhere::of(account, event.request_id.map(Into::into)),
        whodunnit: ToAny::of(account, whodunnit.zip(event.bearer_id)),
        resource: ToAny::of(account, Some((event.resource_type, event.resource_id))),
    };
    let attributes = EventLogAttributes {
        event: event.name,
        metadata: event.metadata.unwrap_or_else(|| json!({})).into(),
        created: Time(event.created_at),
        updated: Time(event.created_at),
    };
    Resource::new(place, attributes, relationships)
}

/// Which events are wanted. The days, the bearer and the record have several spellings.
#[derive(Debug, Default, Object, Deserialize)]
#[serde(default)]
pub struct EventLogFilters {
    /// With this name.
    event: Option<String>,
    /// With one of these names.
    events: Option<Vec<String>>,
    /// Of the request with this id, or with this part of one.
    request: Option<String>,
}

/// Operations on the event log.
pub struct EventLogsApi;

#[OpenApi(tag = "Tag::EventLogs")]
impl EventLogsApi {
    /// List event logs
    ///
    /// The events of the account, newest first. Besides the filters below: `date[start]` and
    /// `date[end]`; `whodunnit` and `resource` by id, or by type and id.
    #[oai(path = "/event-logs", method = "get", operation_id = "listEventLogs")]
    async fn list(
        &self,
        cx: Data<&Cx>,
        query: Listing<EventLogFilters>,
    ) -> Result<List<EventLogs>> {
        cx.bearer()?;
        let paging = query.paging()?;
        let sent = query.filters()?;
        let filter = Filter {
            days: history::days(query.query())?,
            whodunnit: history::who(query.query(), "whodunnit"),
            resource: history::who(query.query(), "resource"),
            request: sent.request,
            names: sent.event.map(|name| vec![name]).or(sent.events),
        };
        let page = event_logs::list(&cx, &filter, paging.page, paging.direction).await?;
        Ok(query.list(paging, page.map(resource)))
    }

    /// Retrieve an event log
    #[oai(
        path = "/event-logs/:event",
        method = "get",
        operation_id = "getEventLog"
    )]
    async fn show(&self, cx: Data<&Cx>, event: Path<String>) -> Result<Document<EventLogs>> {
        let event = event_logs::show(&cx, &event).await?;
        Ok(Document::of(resource(event)))
    }
}
