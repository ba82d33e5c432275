//! Answers that only say where else to go.

use poem::http::{StatusCode, header};
use poem::{IntoResponse, Response};
use poem_openapi::ApiResponse;
use poem_openapi::registry::{MetaHeader, MetaResponse, MetaResponses, Registry};

/// A redirection with this status to an absolute URL.
#[derive(Debug)]
pub struct Elsewhere<const STATUS: u16>(pub String);

impl<const STATUS: u16> IntoResponse for Elsewhere<STATUS> {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(STATUS).unwrap_or(StatusCode::SEE_OTHER);
        Response::builder()
            .status(status)
            .header(header::LOCATION, self.0)
            .finish()
    }
}

impl<const STATUS: u16> ApiResponse for Elsewhere<STATUS> {
    fn meta() -> MetaResponses {
        let location = MetaHeader {
            name: "Location".to_owned(),
            description: Some("Where it is.".to_owned()),
            required: true,
            deprecated: false,
            schema: schema!("string", format: Some("uri")),
        };
        MetaResponses {
            responses: vec![MetaResponse {
                description: "It is elsewhere.",
                status: Some(STATUS),
                status_range: None,
                content: Vec::new(),
                headers: vec![location],
            }],
        }
    }

    fn register(_registry: &mut Registry) {}
}
