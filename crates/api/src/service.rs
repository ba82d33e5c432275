//! Every noun's operations as one service, behind the gate; the document that describes them.

use std::sync::{Arc, LazyLock};

use keystead_app::App;
use poem::endpoint::BoxEndpoint;
use poem::{Endpoint, EndpointExt, Response, Route, endpoint, get};
use poem_openapi::OpenApiService;

use crate::accounts::AccountsApi;
use crate::artifacts::ArtifactsApi;
use crate::components::ComponentsApi;
use crate::engines::{NpmApi, PypiApi, RawApi, RubygemsApi, TauriApi};
use crate::entitlements::EntitlementsApi;
use crate::environments::EnvironmentsApi;
use crate::event_logs::EventLogsApi;
use crate::facets::FacetsApi;
use crate::groups::{GroupRelationsApi, GroupsApi};
use crate::keys::KeysApi;
use crate::licenses::{
    LicenseActionsApi, LicenseEntitlementsApi, LicenseRelationsApi, LicenseUsersApi, LicensesApi,
};
use crate::machines::{MachineActionsApi, MachinesApi};
use crate::objects::Objects;
use crate::packages::PackagesApi;
use crate::passwords::PasswordsApi;
use crate::pipeline::{Gate, Options};
use crate::policies::{PoliciesApi, PolicyRelationsApi};
use crate::processes::ProcessesApi;
use crate::products::{ProductDistributionApi, ProductRelationsApi, ProductsApi};
use crate::profiles::ProfilesApi;
use crate::releases::{OldReleasesApi, ReleaseConstraintsApi, ReleaseRelationsApi, ReleasesApi};
use crate::request_logs::RequestLogsApi;
use crate::search::SearchApi;
use crate::second_factors::SecondFactorsApi;
use crate::settings::SettingsApi;
use crate::spec;
use crate::sso;
use crate::tokens::TokensApi;
use crate::users::{UserRelationsApi, UsersApi};
use crate::webhook_endpoints::WebhookEndpointsApi;
use crate::webhook_events::WebhookEventsApi;

/// Every noun's operations. A new noun is one more line here, in a group while sixteen are the most
/// that one tuple holds.
fn operations() -> impl poem_openapi::OpenApi {
    (
        (
            AccountsApi,
            PasswordsApi,
            ProfilesApi,
            SearchApi,
            SecondFactorsApi,
            SettingsApi,
            TokensApi,
        ),
        EntitlementsApi,
        EnvironmentsApi,
        (GroupsApi, GroupRelationsApi),
        KeysApi,
        (
            LicensesApi,
            LicenseActionsApi,
            LicenseEntitlementsApi,
            LicenseRelationsApi,
            LicenseUsersApi,
        ),
        (MachinesApi, MachineActionsApi, ComponentsApi, ProcessesApi),
        (PoliciesApi, PolicyRelationsApi),
        (ProductsApi, ProductRelationsApi, ProductDistributionApi),
        (
            ReleasesApi,
            ReleaseRelationsApi,
            ReleaseConstraintsApi,
            OldReleasesApi,
            ArtifactsApi,
            PackagesApi,
            FacetsApi,
        ),
        (NpmApi, PypiApi, RawApi, RubygemsApi, TauriApi),
        (UsersApi, UserRelationsApi),
        (WebhookEndpointsApi, WebhookEventsApi),
        (EventLogsApi, RequestLogsApi),
    )
}

fn service() -> OpenApiService<impl poem_openapi::OpenApi, ()> {
    OpenApiService::new(operations(), "Keystead", env!("CARGO_PKG_VERSION"))
}

/// The OpenAPI document of the whole API, printed for people to read.
pub fn document() -> String {
    spec::document(&service().spec())
}

/// The document and its page. They say the same of every server of this build, and making them takes
/// longer than everything else at a start.
static DESCRIBED: LazyLock<(String, String)> = LazyLock::new(|| {
    let document = document();
    let page = spec::page(&document);
    (document, page)
});

/// The page brings its script and its style along, and loads nothing from anywhere else.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'unsafe-inline'; style-src \
    'unsafe-inline'; worker-src blob:; img-src data:; connect-src 'self'";

/// Answers everything below `/v1`, the pages that describe it, and browsers that come back from
/// identity providers.
///
/// Expects what [`crate::transport`] declares in the extensions of a request.
pub fn endpoint(app: Arc<App>, options: Options) -> BoxEndpoint<'static, Response> {
    let json = serve(
        "application/json; charset=utf-8",
        "default-src 'none'",
        || &DESCRIBED.0,
    );
    let html = serve("text/html; charset=utf-8", PAGE_POLICY, || &DESCRIBED.1);
    let pages = Route::new()
        .at("/v1/openapi.json", get(json))
        .at("/docs", get(html))
        .at("/objects/*object", Objects::new(app.clone()));
    // People come back from identity providers to a portal, or not at all.
    let pages = match options.portal.clone() {
        Some(portal) => pages.at("/sso", get(sso::callback(app.clone(), portal))),
        None => pages,
    };
    pages
        .nest_no_strip(
            "/v1",
            Gate::new(app, options, Route::new().nest("/v1", service())),
        )
        .map_to_response()
        .boxed()
}

fn serve(
    content_type: &'static str,
    policy: &'static str,
    text: fn() -> &'static str,
) -> impl Endpoint<Output = Response> {
    endpoint::make_sync(move |_| {
        Response::builder()
            .content_type(content_type)
            .header("content-security-policy", policy)
            .body(text())
    })
}
