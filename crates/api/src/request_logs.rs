//! `/request-logs`: which requests were answered, and how (machines reference §7.2).

use keystead_app::{Cx, request_logs};
use keystead_store::entities::RequestLog;
use keystead_store::request_logs::Filter;
use poem::web::Data;
use poem_openapi::param::Path;
use poem_openapi::{Object, OpenApi};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Value, json};

use crate::document::{
    AccountLink, Document, EnvironmentLink, List, Place, Rendered, Resource, ToAny,
};
use crate::fields::{Nullable, Time};
use crate::history;
use crate::input::Nothing;
use crate::listing::Listing;
use crate::nouns::RequestLogs;
use crate::problem::Result;
use crate::tags::Tag;

/// Headers by their names; null in lists.
pub struct Headers(Option<Value>);

impl Serialize for Headers {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

wire!(answered [] Headers {
    required: true,
    name: "headers",
    schema: crate::fields::maybe::or_null(schema!("object")),
    register: |_registry| (),
});

/// A request's attributes.
#[derive(Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub struct RequestLogAttributes {
    /// Path and query, without what sounds secret.
    url: String,
    /// The method.
    method: String,
    /// The answer's status code, as a text.
    status: String,
    /// What asked.
    user_agent: Nullable<String>,
    /// The address that asked.
    ip: Nullable<String>,
    /// Some headers of the request; null in lists.
    request_headers: Headers,
    /// What was sent, masked; null in lists.
    request_body: Nullable<String>,
    /// The answer's signature; null in lists.
    response_signature: Nullable<String>,
    /// Some headers of the answer; null in lists.
    response_headers: Headers,
    /// What was answered, masked; null in lists.
    response_body: Nullable<String>,
    /// When the request came.
    created: Time,
    /// The same.
    updated: Time,
}

/// A request's relationships.
#[derive(Object, Serialize)]
pub struct RequestLogRelationships {
    /// The account.
    account: AccountLink,
    /// The environment; global when null.
    environment: EnvironmentLink,
    /// Who asked; null for nobody.
    requestor: ToAny,
    /// The record that was asked for, if there is one.
    resource: ToAny,
}

impl Rendered for RequestLogs {
    const NAME: &'static str = "RequestLog";
    type Attributes = RequestLogAttributes;
    type Relationships = RequestLogRelationships;
    type Meta = Nothing;
}

/// A request as it is answered alone.
pub fn resource(log: RequestLog) -> Resource<RequestLogs> {
    let account = log.account_id;
    let place = Place::of::<RequestLogs>(account, log.id);
    let relationships = RequestLogRelationships {
        account: place.account_link(),
        environment: place.environment_link(log.environment_id),
        requestor: ToAny::of(account, log.requestor_type.zip(log.requestor_id)),
        resource: ToAny::of(account, log.resource_type.zip(log.resource_id)),
    };
    let headers = |headers: Option<Value>| Headers(Some(headers.unwrap_or_else(|| json!({}))));
    let attributes = RequestLogAttributes {
        url: log.url,
        method: log.method,
        status: log.status.to_string(),
        user_agent: Nullable(log.user_agent),
        ip: Nullable(log.ip),
        request_headers: headers(log.request_headers),
        request_body: Nullable(log.request_body),
        response_signature: Nullable(log.response_signature),
        response_headers: headers(log.response_headers),
        response_body: Nullable(log.response_body),
        created: Time(log.created_at),
        updated: Time(log.updated_at),
    };
    Resource::new(place, attributes, relationships)
}

/// A request as it is listed: what is long is left out.
pub fn listed(log: RequestLog) -> Resource<RequestLogs> {
    let mut resource = resource(log);
    let attributes = &mut resource.attributes;
    attributes.request_headers = Headers(None);
    attributes.request_body = Nullable(None);
    attributes.response_signature = Nullable(None);
    attributes.response_headers = Headers(None);
    attributes.response_body = Nullable(None);
    resource
}

/// Which requests are wanted. The days, the bearer and the record have several spellings.
#[derive(Debug, Default, Object, Deserialize)]
#[serde(default)]
pub struct RequestLogFilters {
    /// From an address that starts so.
    ip: Option<String>,
    /// With this method, in any case.
    method: Option<String>,
    /// To a URL that holds this.
    url: Option<String>,
    /// Answered with this status code.
    status: Option<String>,
}

/// Operations on the request log.
pub struct RequestLogsApi;

#[OpenApi(tag = "Tag::RequestLogs")]
impl RequestLogsApi {
    /// List request logs
    ///
    /// The requests to the account, newest first. Besides the filters below: `date[start]` and
    /// `date[end]`; `requestor` and `resource` by id, or by type and id.
    #[oai(
        path = "/request-logs",
        method = "get",
        operation_id = "listRequestLogs"
    )]
    async fn list(
        &self,
        cx: Data<&Cx>,
        query: Listing<RequestLogFilters>,
    ) -> Result<List<RequestLogs>> {
        cx.bearer()?;
        let paging = query.paging()?;
        let sent = query.filters()?;
        let filter = Filter {
            days: history::days(query.query())?,
            requestor: history::who(query.query(), "requestor"),
            resource: history::who(query.query(), "resource"),
            ip: sent.ip,
            method: sent.method,
            url: sent.url,
            status: sent.status,
        };
        let page = request_logs::list(&cx, &filter, paging.page, paging.direction).await?;
        Ok(query.list(paging, page.map(listed)))
    }

    /// Retrieve a request log
    #[oai(
        path = "/request-logs/:request",
        method = "get",
        operation_id = "getRequestLog"
    )]
    async fn show(&self, cx: Data<&Cx>, request: Path<String>) -> Result<Document<RequestLogs>> {
        let request = request_logs::show(&cx, &request).await?;
        Ok(Document::of(resource(request)))
    }
}
