//! `/webhook-events`: events on their way to receivers (machines reference §5.3).

use keystead_app::Cx;
use keystead_app::webhook_events;
use keystead_domain::version::ApiVersion;
use keystead_domain::words::WebhookStatus;
use keystead_store::entities::WebhookEvent;
use poem::web::Data;
use poem_openapi::param::Path;
use poem_openapi::{Object, OpenApi};
use serde::{Deserialize, Serialize};

use crate::document::{
    AccountLink, Created, Document, EnvironmentLink, List, NoContent, Place, Rendered, Resource,
};
use crate::fields::{Nullable, OneOf, Time};
use crate::listing::Listing;
use crate::nouns::WebhookEvents;
use crate::problem::Result;
use crate::tags::Tag;

/// A webhook event's attributes.
#[derive(Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub struct WebhookEventAttributes {
    /// Where it goes.
    endpoint: String,
    /// The version of the API that its payload speaks.
    api_version: OneOf<ApiVersion>,
    /// The document of what it is about, as it was then: JSON in a text.
    payload: String,
    /// What happened.
    event: String,
    /// What became of it so far.
    status: OneOf<WebhookStatus>,
    /// The status code of the last answer; null when there was none.
    last_response_code: Nullable<i64>,
    /// The last answer, or why there was none.
    last_response_body: Nullable<String>,
    /// When it happened.
    created: Time,
    /// When it was last tried.
    updated: Time,
}

/// A webhook event's relationships.
#[derive(Object, Serialize)]
pub struct WebhookEventRelationships {
    /// The account.
    account: AccountLink,
    /// The environment; global when null.
    environment: EnvironmentLink,
}

/// What is said of a webhook event besides.
#[derive(Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub struct WebhookEventMeta {
    /// What receivers know repetitions by.
    idempotency_token: String,
}

impl Rendered for WebhookEvents {
    const NAME: &'static str = "WebhookEvent";
    type Attributes = WebhookEventAttributes;
    type Relationships = WebhookEventRelationships;
    type Meta = WebhookEventMeta;
}

/// A webhook event as it is answered.
pub fn resource(event: WebhookEvent) -> Resource<WebhookEvents> {
    let place = Place::of::<WebhookEvents>(event.account_id, event.id);
    let relationships = WebhookEventRelationships {
        account: place.account_link(),
        environment: place.environment_link(event.environment_id),
    };
    let attributes = WebhookEventAttributes {
        endpoint: event.endpoint,
        api_version: OneOf(event.api_version),
        payload: event.payload,
        event: event.event,
        status: OneOf(event.status),
        last_response_code: Nullable(event.last_response_code),
        last_response_body: Nullable(event.last_response_body),
        created: Time(event.created_at),
        updated: Time(event.updated_at),
    };
    let meta = WebhookEventMeta {
        idempotency_token: event.idempotency_token,
    };
    Resource {
        meta: Some(meta),
        ..Resource::new(place, attributes, relationships)
    }
}

/// Which webhook events are wanted.
#[derive(Debug, Default, Object, Deserialize)]
#[serde(default)]
pub struct WebhookEventFilters {
    /// With one of these names.
    events: Option<Vec<String>>,
}

/// Operations on webhook events.
pub struct WebhookEventsApi;

#[OpenApi(tag = "Tag::WebhookEvents")]
impl WebhookEventsApi {
    /// List webhook events
    ///
    /// The events that the bearer sees, newest first.
    #[oai(
        path = "/webhook-events",
        method = "get",
        operation_id = "listWebhookEvents"
    )]
    async fn list(
        &self,
        cx: Data<&Cx>,
        query: Listing<WebhookEventFilters>,
    ) -> Result<List<WebhookEvents>> {
        cx.bearer()?;
        let paging = query.paging()?;
        let names = query.filters()?.events.unwrap_or_default();
        let page = webhook_events::list(&cx, &names, paging.page, paging.direction).await?;
        Ok(query.list(paging, page.map(resource)))
    }

    /// Retrieve a webhook event
    #[oai(
        path = "/webhook-events/:event",
        method = "get",
        operation_id = "getWebhookEvent"
    )]
    async fn show(&self, cx: Data<&Cx>, event: Path<String>) -> Result<Document<WebhookEvents>> {
        let event = webhook_events::show(&cx, &event).await?;
        Ok(Document::of(resource(event)))
    }

    /// Delete a webhook event
    ///
    /// If it is on its way, it is not tried again.
    #[oai(
        path = "/webhook-events/:event",
        method = "delete",
        operation_id = "deleteWebhookEvent"
    )]
    async fn delete(&self, cx: Data<&Cx>, event: Path<String>) -> Result<NoContent> {
        webhook_events::delete(&cx, &event).await?;
        Ok(NoContent)
    }

    /// Retry a webhook event
    ///
    /// Sends a copy of it, whatever became of the first, to whoever is called at its URL now.
    #[oai(
        path = "/webhook-events/:event/actions/retry",
        method = "post",
        operation_id = "retryWebhookEvent"
    )]
    async fn retry(&self, cx: Data<&Cx>, event: Path<String>) -> Result<Created<WebhookEvents>> {
        let event = webhook_events::retry(&cx, &event).await?;
        Ok(Created(Document::of(resource(event))))
    }
}
