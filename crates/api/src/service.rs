//! Every noun's operations as one service, behind the gate; the document that describes them.

use std::sync::Arc;

use keystead_app::App;
use poem::endpoint::BoxEndpoint;
use poem::{Endpoint, EndpointExt, Response, Route, endpoint, get};
use poem_openapi::OpenApiService;

use crate::accounts::AccountsApi;
use crate::entitlements::EntitlementsApi;
use crate::keys::KeysApi;
use crate::licenses::{LicenseEntitlementsApi, LicensesApi};
use crate::machines::MachinesApi;
use crate::pipeline::{Gate, Options};
use crate::policies::{PoliciesApi, PolicyRelationsApi};
use crate::products::{ProductRelationsApi, ProductsApi};
use crate::profiles::ProfilesApi;
use crate::spec;
use crate::tokens::TokensApi;
use crate::users::UsersApi;

/// Every noun's operations. A new noun is one more line here.
fn operations() -> impl poem_openapi::OpenApi {
    (
        AccountsApi,
        EntitlementsApi,
        KeysApi,
        (LicensesApi, LicenseEntitlementsApi),
        MachinesApi,
        (PoliciesApi, PolicyRelationsApi),
        (ProductsApi, ProductRelationsApi),
        ProfilesApi,
        TokensApi,
        UsersApi,
    )
}

fn service() -> OpenApiService<impl poem_openapi::OpenApi, ()> {
    OpenApiService::new(operations(), "Keystead", env!("CARGO_PKG_VERSION"))
}

/// The OpenAPI document of the whole API, printed for people to read.
pub fn document() -> String {
    spec::document(&service().spec())
}

/// Answers everything below `/v1`, and the pages that describe it.
///
/// Expects what [`crate::transport`] declares in the extensions of a request.
pub fn endpoint(app: Arc<App>, options: Options) -> BoxEndpoint<'static, Response> {
    let document: Arc<str> = document().into();
    let page: Arc<str> = spec::page(&document).into();
    let described = serve(document, "application/json; charset=utf-8");
    Route::new()
        .at("/v1/openapi.json", get(described))
        .at("/docs", get(serve(page, "text/html; charset=utf-8")))
        .nest_no_strip(
            "/v1",
            Gate::new(app, options, Route::new().nest("/v1", service())),
        )
        .map_to_response()
        .boxed()
}

fn serve(text: Arc<str>, content_type: &'static str) -> impl Endpoint<Output = Response> {
    endpoint::make_sync(move |_| {
        Response::builder()
            .content_type(content_type)
            .body(text.to_string())
    })
}
