//! Documents as responses: 200, 201 with `Location`, 204.

use poem::http::{StatusCode, header};
use poem::{IntoResponse, Response};
use poem_openapi::ApiResponse;
use poem_openapi::registry::{
    MetaHeader, MetaMediaType, MetaResponse, MetaResponses, MetaSchemaRef, Registry,
};
use poem_openapi::types::Type;
use serde::Serialize;

use super::{Document, List, Rendered};
use crate::input::Nothing;
use crate::negotiate::JSON_API;

/// 201: a resource that was created, with its address in `Location`.
///
/// The address is a path here; the pipeline puts the public URL in front.
#[derive(Debug)]
pub struct Created<N: Rendered, M = Nothing>(pub Document<N, M>);

/// 204: done, with nothing to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoContent;

/// Bytes that a document usually takes; a list takes a multiple.
const USUAL_BYTES: usize = 4096;

fn respond(status: StatusCode, document: &impl Serialize) -> Response {
    let mut body = Vec::with_capacity(USUAL_BYTES);
    match serde_json::to_writer(&mut body, document) {
        Ok(()) => Response::builder()
            .status(status)
            .header(header::CONTENT_TYPE, JSON_API)
            .body(body),
        Err(error) => {
            tracing::error!(%error, "a document could not be printed");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

impl<N: Rendered, M: Serialize + Send> IntoResponse for Document<N, M>
where
    N::Attributes: Send,
    N::Relationships: Send,
    N::Meta: Send,
{
    fn into_response(self) -> Response {
        respond(StatusCode::OK, &self)
    }
}

impl<N: Rendered> IntoResponse for List<N>
where
    N::Attributes: Send,
    N::Relationships: Send,
    N::Meta: Send,
{
    fn into_response(self) -> Response {
        respond(StatusCode::OK, &self)
    }
}

impl<N: Rendered, M: Serialize + Send> IntoResponse for Created<N, M>
where
    N::Attributes: Send,
    N::Relationships: Send,
    N::Meta: Send,
{
    fn into_response(self) -> Response {
        let mut response = respond(StatusCode::CREATED, &self.0);
        let place = self.0.data.and_then(|data| data.address().parse().ok());
        if let Some(place) = place {
            response.headers_mut().insert(header::LOCATION, place);
        }
        response
    }
}

impl IntoResponse for NoContent {
    fn into_response(self) -> Response {
        StatusCode::NO_CONTENT.into_response()
    }
}

/// The description of a response with a document of `schema`, in both media types.
pub(crate) fn described(
    status: StatusCode,
    description: &'static str,
    schema: Option<MetaSchemaRef>,
    headers: Vec<MetaHeader>,
) -> MetaResponses {
    let media = |content_type| {
        schema.clone().map(|schema| MetaMediaType {
            content_type,
            schema,
        })
    };
    MetaResponses {
        responses: vec![MetaResponse {
            description,
            status: Some(status.as_u16()),
            status_range: None,
            content: ["application/vnd.api+json", "application/json"]
                .into_iter()
                .filter_map(media)
                .collect(),
            headers,
        }],
    }
}

impl<N: Rendered, M: Type + Serialize> ApiResponse for Document<N, M> {
    fn meta() -> MetaResponses {
        described(
            StatusCode::OK,
            "Done.",
            Some(Self::schema_ref()),
            Vec::new(),
        )
    }

    fn register(registry: &mut Registry) {
        <Self as Type>::register(registry);
    }
}

impl<N: Rendered> ApiResponse for List<N> {
    fn meta() -> MetaResponses {
        described(
            StatusCode::OK,
            "One page.",
            Some(Self::schema_ref()),
            Vec::new(),
        )
    }

    fn register(registry: &mut Registry) {
        <Self as Type>::register(registry);
    }
}

impl<N: Rendered, M: Type + Serialize> ApiResponse for Created<N, M> {
    fn meta() -> MetaResponses {
        let location = MetaHeader {
            name: "Location".to_owned(),
            description: Some("The new resource's URL.".to_owned()),
            required: true,
            deprecated: false,
            schema: schema!("string", format: Some("uri")),
        };
        let schema = Document::<N, M>::schema_ref();
        described(
            StatusCode::CREATED,
            "Created.",
            Some(schema),
            vec![location],
        )
    }

    fn register(registry: &mut Registry) {
        <Document<N, M> as Type>::register(registry);
    }
}

impl ApiResponse for NoContent {
    fn meta() -> MetaResponses {
        described(
            StatusCode::NO_CONTENT,
            "Done, with nothing to say.",
            None,
            Vec::new(),
        )
    }

    fn register(_registry: &mut Registry) {}
}
