//! `/artifacts`: the files of releases (distribution reference §2).

mod filters;
mod resource;

use keystead_app::Cx;
use keystead_app::artifacts;
use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;

pub use self::filters::{ArtifactFilters, ProductArtifactFilters, ReleaseArtifactFilters};
pub use self::resource::resource;

use crate::document::{Document, List};
use crate::listing::{Listing, Parameters};
use crate::nouns::Artifacts;
use crate::problem::Result;
use crate::tags::Tag;

/// Operations on files.
pub struct ArtifactsApi;

#[OpenApi(tag = "Tag::Artifacts")]
impl ArtifactsApi {
    /// List artifacts
    ///
    /// The files that the bearer sees, newest first. Strangers see what open products publish.
    #[oai(path = "/artifacts", method = "get", operation_id = "listArtifacts")]
    async fn list(
        &self,
        cx: Data<&Cx>,
        query: Listing<ArtifactFilters>,
    ) -> Result<List<Artifacts>> {
        let paging = query.paging()?;
        let filter = query.filters()?.filter(query.query());
        let page = artifacts::list(&cx, filter, paging.page, paging.direction).await?;
        Ok(query.list(paging, page.map(resource)))
    }

    /// Retrieve an artifact
    ///
    /// By its id or name: of several with the name, the one of the highest version that the
    /// parameters let through.
    #[oai(
        path = "/artifacts/:artifact",
        method = "get",
        operation_id = "getArtifact"
    )]
    async fn show(
        &self,
        cx: Data<&Cx>,
        artifact: Path<String>,
        query: Parameters<ArtifactFilters>,
    ) -> Result<Document<Artifacts>> {
        let filter = query.lenient()?.filter(query.query());
        let found = artifacts::show(&cx, &artifact, &filter).await?;
        Ok(Document::of(resource(found)))
    }
}
