//! Documents that say where else to go: `Location`, and a status that sends clients there unless
//! they would rather not.

use poem::http::{StatusCode, header};
use poem::{IntoResponse, Response};
use poem_openapi::ApiResponse;
use poem_openapi::registry::{MetaHeader, MetaResponses, Registry};

/// A document, and where to go from it. `STATUS` is the redirection's.
#[derive(Debug)]
pub struct Directed<D, const STATUS: u16> {
    answer: D,
    location: Option<String>,
    follows: bool,
}

impl<D, const STATUS: u16> Directed<D, STATUS> {
    /// The document with where to go, if anywhere; `follows` sends the client there.
    pub fn new(answer: D, location: Option<String>, follows: bool) -> Self {
        Self {
            answer,
            location,
            follows,
        }
    }
}

impl<D: IntoResponse, const STATUS: u16> IntoResponse for Directed<D, STATUS> {
    fn into_response(self) -> Response {
        let mut response = self.answer.into_response();
        let location = self.location.and_then(|location| location.parse().ok());
        if let Some(location) = location {
            response.headers_mut().insert(header::LOCATION, location);
            if self.follows {
                let redirection = StatusCode::from_u16(STATUS);
                response.set_status(redirection.unwrap_or(StatusCode::OK));
            }
        }
        response
    }
}

impl<D: ApiResponse, const STATUS: u16> ApiResponse for Directed<D, STATUS> {
    fn meta() -> MetaResponses {
        let location = || MetaHeader {
            name: "Location".to_owned(),
            description: Some("Where to go, without credentials.".to_owned()),
            required: false,
            deprecated: false,
            schema: schema!("string", format: Some("uri")),
        };
        let mut responses = D::meta().responses;
        for response in &mut responses {
            response.headers.push(location());
        }
        let redirections: Vec<_> = D::meta()
            .responses
            .into_iter()
            .map(|mut response| {
                response.status = Some(STATUS);
                response.description = "Done, and it goes on elsewhere.";
                response.headers.push(MetaHeader {
                    required: true,
                    ..location()
                });
                response
            })
            .collect();
        responses.extend(redirections);
        MetaResponses { responses }
    }

    fn register(registry: &mut Registry) {
        D::register(registry);
    }
}
