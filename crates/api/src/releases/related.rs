//! What a release is related to: below `/releases/{release}`.

use keystead_app::{Cx, artifacts, releases};
use poem::Request;
use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;

use super::WithFiles;
use super::filters::UpgradeFilters;
use super::resource::Steps;
use crate::artifacts::{
    Downloaded, How, OfProducts, Prefers, ReleaseArtifactFilters, resource as artifact,
};
use crate::body::Body;
use crate::document::{Document, List};
use crate::entitlements::resource as entitlement;
use crate::fields::NullableLinkBody;
use crate::listing::{Listing, Parameters};
use crate::nouns::{Artifacts, Entitlements, Packages, Products, Releases};
use crate::packages::resource as package;
use crate::problem::Result;
use crate::products::resource as product;
use crate::shape::Guards;
use crate::tags::Tag;

/// Operations on what a release is related to.
pub struct ReleaseRelationsApi;

#[OpenApi(tag = "Tag::Releases")]
impl ReleaseRelationsApi {
    /// Retrieve a release's product
    #[oai(
        path = "/releases/:release/product",
        method = "get",
        operation_id = "getReleaseProduct"
    )]
    async fn product(&self, cx: Data<&Cx>, release: Path<String>) -> Result<Document<Products>> {
        let found = releases::product(&cx, &release).await?;
        Ok(Document::of(product(found)))
    }

    /// Retrieve a release's package
    ///
    /// Nothing, if it is in none.
    #[oai(
        path = "/releases/:release/package",
        method = "get",
        operation_id = "getReleasePackage"
    )]
    async fn package(&self, cx: Data<&Cx>, release: Path<String>) -> Result<Document<Packages>> {
        let found = releases::package(&cx, &release).await?;
        Ok(found.map(package).into())
    }

    /// Put a release into another package
    ///
    /// Null takes it out of its package.
    #[oai(
        path = "/releases/:release/package",
        method = "put",
        operation_id = "changeReleasePackage"
    )]
    async fn repackage(
        &self,
        cx: Data<&Cx>,
        release: Path<String>,
        body: Body<NullableLinkBody<Packages>>,
    ) -> Result<Document<Packages>> {
        let release = releases::movable(&cx, &release).await?;
        let sent = body.read(&Guards::at(cx.version))?;
        let found = releases::repackage(&cx, release, sent.id()).await?;
        Ok(found.map(package).into())
    }

    /// Retrieve a release's upgrade
    ///
    /// The highest release that may follow it on its channel, as far as the bearer may have it.
    #[oai(
        path = "/releases/:release/upgrade",
        method = "get",
        operation_id = "getReleaseUpgrade"
    )]
    async fn upgrade(
        &self,
        cx: Data<&Cx>,
        release: Path<String>,
        query: Parameters<UpgradeFilters>,
    ) -> Result<WithFiles<Document<Releases, Steps>>> {
        let asked = query.lenient()?.asked(query.query());
        let upgrade = releases::upgrade(&cx, &release, &asked).await?;
        let files = WithFiles::files(&cx, std::slice::from_ref(&upgrade.next)).await?;
        let steps = Steps {
            current: upgrade.current,
            next: upgrade.next.version.clone(),
        };
        Ok(files.and(Document::of(super::resource(upgrade.next)).with_meta(steps)))
    }

    /// List a release's files
    #[oai(
        path = "/releases/:release/artifacts",
        method = "get",
        operation_id = "listReleaseArtifacts"
    )]
    async fn artifacts(
        &self,
        cx: Data<&Cx>,
        release: Path<String>,
        query: Listing<ReleaseArtifactFilters>,
    ) -> Result<OfProducts<List<Artifacts>>> {
        let paging = query.paging()?;
        let filter = query.filters()?.into();
        let (page, direction) = (paging.page, paging.direction);
        let page = artifacts::list_of_release(&cx, &release, filter, page, direction).await?;
        let products = OfProducts::of(&page.rows);
        Ok(products.and(query.list(paging, page.map(artifact))))
    }

    /// Retrieve one of a release's files
    ///
    /// By its id or name. Whoever may have it is sent to it.
    #[oai(
        path = "/releases/:release/artifacts/:artifact",
        method = "get",
        operation_id = "getReleaseArtifact"
    )]
    async fn artifact(
        &self,
        cx: Data<&Cx>,
        request: &Request,
        release: Path<String>,
        artifact: Path<String>,
        how: Parameters<How>,
    ) -> Result<Downloaded> {
        let found = artifacts::show_of_release(&cx, &release, &artifact).await?;
        let prefers = Prefers::of(request, how.query());
        let wish = prefers.wish(how.query());
        let download = artifacts::download(&cx, found, &wish).await?;
        Ok(OfProducts::downloaded(download, prefers))
    }

    /// List the entitlements that a release asks for
    #[oai(
        path = "/releases/:release/entitlements",
        method = "get",
        operation_id = "listReleaseEntitlements"
    )]
    async fn entitlements(
        &self,
        cx: Data<&Cx>,
        release: Path<String>,
        query: Listing,
    ) -> Result<List<Entitlements>> {
        cx.bearer()?;
        let paging = query.paging()?;
        let page = releases::entitlements(&cx, &release, paging.page, paging.direction).await?;
        Ok(query.list(paging, page.map(entitlement)))
    }

    /// Retrieve one of the entitlements that a release asks for
    #[oai(
        path = "/releases/:release/entitlements/:entitlement",
        method = "get",
        operation_id = "getReleaseEntitlement"
    )]
    async fn entitlement(
        &self,
        cx: Data<&Cx>,
        release: Path<String>,
        entitlement: Path<String>,
    ) -> Result<Document<Entitlements>> {
        let found = releases::entitlement(&cx, &release, &entitlement).await?;
        Ok(Document::of(self::entitlement(found)))
    }
}
