//! What a search answers: a list of one type or another.

use chrono::{DateTime, Utc};
use keystead_app::search::Found;
use poem::http::StatusCode;
use poem::{IntoResponse, Response};
use poem_openapi::ApiResponse;
use poem_openapi::registry::{MetaResponses, MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::types::Type;

use crate::document::{List, described};
use crate::listing::Listing;
use crate::nouns::{
    Entitlements, Groups, Licenses, Machines, Policies, Products, Releases, RequestLogs, Users,
};
use crate::paging::Paging;
use crate::{
    entitlements, groups, licenses, machines, policies, products, releases, request_logs, users,
};

/// One page of what was found, as the list of its type.
#[derive(Debug)]
pub struct Results(Response);

impl Results {
    /// The list of what was found.
    pub fn of(found: Found, query: &Listing, paging: Paging, now: DateTime<Utc>) -> Self {
        Self(match found {
            Found::Entitlements(page) => query
                .list(paging, page.map(entitlements::resource))
                .into_response(),
            Found::Groups(page) => query
                .list(paging, page.map(groups::resource))
                .into_response(),
            Found::Licenses(page) => query
                .list(
                    paging,
                    page.map(|license| licenses::resource::resource(license, now)),
                )
                .into_response(),
            Found::Machines(page) => query
                .list(paging, page.map(machines::resource::resource))
                .into_response(),
            Found::Policies(page) => query
                .list(paging, page.map(policies::resource))
                .into_response(),
            Found::Products(page) => query
                .list(paging, page.map(products::resource))
                .into_response(),
            Found::Releases(page) => query
                .list(paging, page.map(releases::resource))
                .into_response(),
            Found::RequestLogs(page) => query
                .list(paging, page.map(request_logs::listed))
                .into_response(),
            Found::Users(page) => query
                .list(paging, page.map(users::resource))
                .into_response(),
        })
    }
}

impl IntoResponse for Results {
    fn into_response(self) -> Response {
        self.0
    }
}

impl ApiResponse for Results {
    fn meta() -> MetaResponses {
        let schema = MetaSchema {
            any_of: vec![
                List::<Entitlements>::schema_ref(),
                List::<Groups>::schema_ref(),
                List::<Licenses>::schema_ref(),
                List::<Machines>::schema_ref(),
                List::<Policies>::schema_ref(),
                List::<Products>::schema_ref(),
                List::<Releases>::schema_ref(),
                List::<RequestLogs>::schema_ref(),
                List::<Users>::schema_ref(),
            ],
            ..MetaSchema::ANY
        };
        let schema = MetaSchemaRef::Inline(Box::new(schema));
        described(StatusCode::OK, "One page.", Some(schema), Vec::new())
    }

    fn register(registry: &mut Registry) {
        <List<Entitlements> as Type>::register(registry);
        <List<Groups> as Type>::register(registry);
        <List<Licenses> as Type>::register(registry);
        <List<Machines> as Type>::register(registry);
        <List<Policies> as Type>::register(registry);
        <List<Products> as Type>::register(registry);
        <List<Releases> as Type>::register(registry);
        <List<RequestLogs> as Type>::register(registry);
        <List<Users> as Type>::register(registry);
    }
}
