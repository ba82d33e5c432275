//! What a release is related to: below `/releases/{release}`.

use keystead_app::{Cx, artifacts, releases};
use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;

use super::constraint;
use crate::artifacts::{ReleaseArtifactFilters, resource as artifact};
use crate::document::{Document, List};
use crate::entitlements::resource as entitlement;
use crate::listing::Listing;
use crate::nouns::{Artifacts, Constraints, Entitlements, Packages, Products};
use crate::packages::resource as package;
use crate::problem::Result;
use crate::products::resource as product;
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
    ) -> Result<List<Artifacts>> {
        let paging = query.paging()?;
        let filter = query.filters()?.into();
        let (page, direction) = (paging.page, paging.direction);
        let page = artifacts::list_of_release(&cx, &release, filter, page, direction).await?;
        Ok(query.list(paging, page.map(artifact)))
    }

    /// Retrieve one of a release's files
    ///
    /// By its id or name.
    #[oai(
        path = "/releases/:release/artifacts/:artifact",
        method = "get",
        operation_id = "getReleaseArtifact"
    )]
    async fn artifact(
        &self,
        cx: Data<&Cx>,
        release: Path<String>,
        artifact: Path<String>,
    ) -> Result<Document<Artifacts>> {
        let found = artifacts::show_of_release(&cx, &release, &artifact).await?;
        Ok(Document::of(self::artifact(found)))
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

    /// List a release's constraints
    #[oai(
        path = "/releases/:release/constraints",
        method = "get",
        operation_id = "listReleaseConstraints"
    )]
    async fn constraints(
        &self,
        cx: Data<&Cx>,
        release: Path<String>,
        query: Listing,
    ) -> Result<List<Constraints>> {
        cx.bearer()?;
        let paging = query.paging()?;
        let page = releases::constraints(&cx, &release, paging.page, paging.direction).await?;
        Ok(query.list(paging, page.map(constraint)))
    }

    /// Retrieve one of a release's constraints
    #[oai(
        path = "/releases/:release/constraints/:constraint",
        method = "get",
        operation_id = "getReleaseConstraint"
    )]
    async fn constraint(
        &self,
        cx: Data<&Cx>,
        release: Path<String>,
        constraint: Path<String>,
    ) -> Result<Document<Constraints>> {
        let found = releases::constraint(&cx, &release, &constraint).await?;
        Ok(Document::of(self::constraint(found)))
    }
}
