//! The entitlements of a license: below `/licenses/{license}/entitlements` (licensing reference
//! §3.10).

use keystead_app::Cx;
use keystead_app::licenses::entitlements;
use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;

use crate::body::Body;
use crate::document::{Document, List, NoContent};
use crate::entitlements::{attached, resource};
use crate::fields::Links;
use crate::listing::Listing;
use crate::nouns::{Entitlements, LicenseEntitlements};
use crate::problem::Result;
use crate::shape::Guards;
use crate::tags::Tag;

/// Operations on the entitlements of a license.
pub struct LicenseEntitlementsApi;

#[OpenApi(tag = "Tag::Licenses")]
impl LicenseEntitlementsApi {
    /// List a license's entitlements
    ///
    /// Its own and those of its policy, each once.
    #[oai(
        path = "/licenses/:license/entitlements",
        method = "get",
        operation_id = "listLicenseEntitlements"
    )]
    async fn list(
        &self,
        cx: Data<&Cx>,
        license: Path<String>,
        query: Listing,
    ) -> Result<List<Entitlements>> {
        cx.bearer()?;
        let paging = query.paging()?;
        let page = entitlements::list(&cx, &license, paging.page, paging.direction).await?;
        Ok(query.list(paging, page.map(resource)))
    }

    /// Retrieve one of a license's entitlements
    #[oai(
        path = "/licenses/:license/entitlements/:entitlement",
        method = "get",
        operation_id = "getLicenseEntitlement"
    )]
    async fn show(
        &self,
        cx: Data<&Cx>,
        license: Path<String>,
        entitlement: Path<String>,
    ) -> Result<Document<Entitlements>> {
        let found = entitlements::show(&cx, &license, &entitlement).await?;
        Ok(Document::of(resource(found)))
    }

    /// Attach entitlements to a license
    ///
    /// All of them or none.
    #[oai(
        path = "/licenses/:license/entitlements",
        method = "post",
        operation_id = "attachLicenseEntitlements"
    )]
    async fn attach(
        &self,
        cx: Data<&Cx>,
        license: Path<String>,
        body: Body<Links<Entitlements>>,
    ) -> Result<List<LicenseEntitlements>> {
        cx.bearer()?;
        let ids = body.read(&Guards::at(cx.version))?.ids();
        let made = entitlements::attach(&cx, &license, &ids).await?;
        Ok(attached::list(made.iter().map(attached::to_license)))
    }

    /// Detach entitlements from a license
    ///
    /// All of them or none; those of its policy stay.
    #[oai(
        path = "/licenses/:license/entitlements",
        method = "delete",
        operation_id = "detachLicenseEntitlements"
    )]
    async fn detach(
        &self,
        cx: Data<&Cx>,
        license: Path<String>,
        body: Body<Links<Entitlements>>,
    ) -> Result<NoContent> {
        cx.bearer()?;
        let ids = body.read(&Guards::at(cx.version))?.ids();
        entitlements::detach(&cx, &license, &ids).await?;
        Ok(NoContent)
    }
}
