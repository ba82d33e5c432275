//! What a release asks of licenses: below `/releases/{release}/constraints`.

use keystead_app::{Cx, releases};
use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;

use super::constraint;
use super::input::NewConstraints;
use crate::body::Body;
use crate::document::{Document, List, NoContent};
use crate::fields::Links;
use crate::listing::Listing;
use crate::nouns::Constraints;
use crate::problem::Result;
use crate::shape::Guards;
use crate::tags::Tag;

/// Operations on the constraints of a release.
pub struct ReleaseConstraintsApi;

#[OpenApi(tag = "Tag::Releases")]
impl ReleaseConstraintsApi {
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

    /// Attach constraints to a release
    ///
    /// All of them or none.
    #[oai(
        path = "/releases/:release/constraints",
        method = "post",
        operation_id = "attachReleaseConstraints"
    )]
    async fn attach(
        &self,
        cx: Data<&Cx>,
        release: Path<String>,
        body: Body<NewConstraints>,
    ) -> Result<List<Constraints>> {
        cx.bearer()?;
        let asked = body.read(&Guards::at(cx.version))?.entitlements();
        let made = releases::attach(&cx, &release, &asked).await?;
        Ok(made.into_iter().map(constraint).collect())
    }

    /// Detach constraints from a release
    ///
    /// All of them or none.
    #[oai(
        path = "/releases/:release/constraints",
        method = "delete",
        operation_id = "detachReleaseConstraints"
    )]
    async fn detach(
        &self,
        cx: Data<&Cx>,
        release: Path<String>,
        body: Body<Links<Constraints>>,
    ) -> Result<NoContent> {
        cx.bearer()?;
        let ids = body.read(&Guards::at(cx.version))?.ids();
        releases::detach(&cx, &release, &ids).await?;
        Ok(NoContent)
    }
}
