//! `/webhook-endpoints`: receivers of events (machines reference §5.1).

mod input;
mod resource;

use keystead_app::Cx;
use keystead_app::webhook_endpoints;
use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;

use self::input::{EndpointChangeBody, NewEndpointBody};
use self::resource::resource;
use crate::body::Body;
use crate::document::{Created, Document, List, NoContent};
use crate::listing::Listing;
use crate::nouns::WebhookEndpoints;
use crate::problem::Result;
use crate::shape::Guards;
use crate::tags::Tag;

/// Operations on webhook endpoints.
pub struct WebhookEndpointsApi;

#[OpenApi(tag = "Tag::WebhookEndpoints")]
impl WebhookEndpointsApi {
    /// List webhook endpoints
    ///
    /// The endpoints that the bearer sees, newest first.
    #[oai(
        path = "/webhook-endpoints",
        method = "get",
        operation_id = "listWebhookEndpoints"
    )]
    async fn list(&self, cx: Data<&Cx>, query: Listing) -> Result<List<WebhookEndpoints>> {
        cx.bearer()?;
        let paging = query.paging()?;
        let page = webhook_endpoints::list(&cx, paging.page, paging.direction).await?;
        Ok(query.list(paging, page.map(resource)))
    }

    /// Create a webhook endpoint
    ///
    /// It is told of every event it subscribes to from now on, of its environment alone.
    #[oai(
        path = "/webhook-endpoints",
        method = "post",
        operation_id = "createWebhookEndpoint"
    )]
    async fn create(
        &self,
        cx: Data<&Cx>,
        body: Body<NewEndpointBody>,
    ) -> Result<Created<WebhookEndpoints>> {
        cx.bearer()?;
        let sent = body.read(&Guards::at(cx.version))?;
        let endpoint = webhook_endpoints::create(&cx, input::draft(sent)).await?;
        Ok(Created(Document::of(resource(endpoint))))
    }

    /// Retrieve a webhook endpoint
    #[oai(
        path = "/webhook-endpoints/:endpoint",
        method = "get",
        operation_id = "getWebhookEndpoint"
    )]
    async fn show(
        &self,
        cx: Data<&Cx>,
        endpoint: Path<String>,
    ) -> Result<Document<WebhookEndpoints>> {
        let endpoint = webhook_endpoints::show(&cx, &endpoint).await?;
        Ok(Document::of(resource(endpoint)))
    }

    /// Update a webhook endpoint
    #[oai(
        path = "/webhook-endpoints/:endpoint",
        method = "patch",
        operation_id = "updateWebhookEndpoint"
    )]
    async fn update(
        &self,
        cx: Data<&Cx>,
        endpoint: Path<String>,
        body: Body<EndpointChangeBody>,
    ) -> Result<Document<WebhookEndpoints>> {
        update(&cx, &endpoint, body).await
    }

    /// Update a webhook endpoint
    ///
    /// The same as with `PATCH`.
    #[oai(
        path = "/webhook-endpoints/:endpoint",
        method = "put",
        operation_id = "putWebhookEndpoint"
    )]
    async fn put(
        &self,
        cx: Data<&Cx>,
        endpoint: Path<String>,
        body: Body<EndpointChangeBody>,
    ) -> Result<Document<WebhookEndpoints>> {
        update(&cx, &endpoint, body).await
    }

    /// Delete a webhook endpoint
    ///
    /// What is on its way to it stops there.
    #[oai(
        path = "/webhook-endpoints/:endpoint",
        method = "delete",
        operation_id = "deleteWebhookEndpoint"
    )]
    async fn delete(&self, cx: Data<&Cx>, endpoint: Path<String>) -> Result<NoContent> {
        webhook_endpoints::delete(&cx, &endpoint).await?;
        Ok(NoContent)
    }
}

async fn update(
    cx: &Cx,
    endpoint: &str,
    body: Body<EndpointChangeBody>,
) -> Result<Document<WebhookEndpoints>> {
    let endpoint = webhook_endpoints::changeable(cx, endpoint).await?;
    let sent = body.read(&Guards::at(cx.version))?;
    let endpoint = webhook_endpoints::update(cx, endpoint, input::change(sent)).await?;
    Ok(Document::of(resource(endpoint)))
}
