//! Answers that leave more to the pipeline than a document: cookies, and who spoke.

use std::sync::Arc;

use keystead_app::Cx;
use keystead_domain::EnvironmentId;
use keystead_domain::access::Bearer;
use keystead_store::entities::Session;
use poem::{IntoResponse, Response};
use poem_openapi::ApiResponse;
use poem_openapi::registry::{MetaResponses, Registry};

use crate::cookies::Change;

/// What the pipeline adds to an answer.
#[derive(Clone, Debug, Default)]
pub struct Dress {
    /// What happens to the browser's cookies.
    pub cookies: Vec<Change>,
    /// Who spoke, when the operation itself found out.
    pub bearer: Option<Arc<Bearer>>,
}

/// An answer with what the pipeline is to add to it.
#[derive(Debug)]
pub struct Dressed<T>(T, Dress);

impl<T> Dressed<T> {
    /// The answer as it is.
    pub fn new(answer: T) -> Self {
        Self(answer, Dress::default())
    }

    /// The answer to whoever has just logged in.
    #[must_use]
    pub fn by(mut self, cx: &Cx) -> Self {
        self.1.bearer.clone_from(&cx.bearer);
        self
    }

    /// The answer with the cookie of a session, if one was opened.
    #[must_use]
    pub fn giving(mut self, session: Option<Session>) -> Self {
        let session = session.map(|session| Change::Give(Box::new(session)));
        self.1.cookies.extend(session);
        self
    }

    /// The answer that takes the cookies of these environments away.
    #[must_use]
    pub fn taking(mut self, environments: Vec<Option<EnvironmentId>>) -> Self {
        self.1
            .cookies
            .extend(environments.into_iter().map(Change::Take));
        self
    }
}

impl<T: IntoResponse> IntoResponse for Dressed<T> {
    fn into_response(self) -> Response {
        let mut response = self.0.into_response();
        response.set_data(self.1);
        response
    }
}

impl<T: ApiResponse> ApiResponse for Dressed<T> {
    fn meta() -> MetaResponses {
        T::meta()
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}
