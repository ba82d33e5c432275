//! `/releases`: versions of products, as they are shipped (distribution reference §1).

mod constraint;
mod files;
mod filters;
mod related;
mod resource;

use keystead_app::Cx;
use keystead_app::releases;
use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;

pub use self::constraint::constraint;
pub use self::files::WithFiles;
pub use self::filters::{ProductReleaseFilters, ReleaseFilters, named};
pub use self::related::ReleaseRelationsApi;
pub use self::resource::resource;

use crate::document::{Document, List};
use crate::listing::{Listing, Parameters};
use crate::nouns::Releases;
use crate::problem::Result;
use crate::tags::Tag;

/// Operations on releases.
pub struct ReleasesApi;

#[OpenApi(tag = "Tag::Releases")]
impl ReleasesApi {
    /// List releases
    ///
    /// The releases that the bearer sees, newest first. Strangers see what open products publish.
    #[oai(path = "/releases", method = "get", operation_id = "listReleases")]
    async fn list(
        &self,
        cx: Data<&Cx>,
        query: Listing<ReleaseFilters>,
    ) -> Result<WithFiles<List<Releases>>> {
        let paging = query.paging()?;
        let filter = query.filters()?.filter(query.query());
        let page = releases::list(&cx, filter, paging.page, paging.direction).await?;
        let files = WithFiles::files(&cx, &page.rows).await?;
        Ok(files.and(query.list(paging, page.map(resource))))
    }

    /// Retrieve a release
    ///
    /// By its id, version or tag: of several, the oldest that the parameters let through.
    #[oai(
        path = "/releases/:release",
        method = "get",
        operation_id = "getRelease"
    )]
    async fn show(
        &self,
        cx: Data<&Cx>,
        release: Path<String>,
        query: Parameters<ReleaseFilters>,
    ) -> Result<WithFiles<Document<Releases>>> {
        let filter = query.lenient()?.filter(query.query());
        let found = releases::show(&cx, &release, &filter).await?;
        WithFiles::document(&cx, found).await
    }
}
