//! `/releases`: versions of products, as they are shipped (distribution reference §1).

mod constraint;
mod constraints;
mod files;
mod filters;
mod input;
mod old;
mod related;
mod resource;

use keystead_app::Cx;
use keystead_app::releases;
use keystead_domain::version::ApiVersion;
use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;

pub use self::constraint::constraint;
pub use self::constraints::ReleaseConstraintsApi;
pub use self::files::WithFiles;
pub use self::filters::{ProductReleaseFilters, ReleaseFilters, named};
pub use self::old::OldReleasesApi;
pub use self::related::ReleaseRelationsApi;
pub use self::resource::resource;

use self::input::{NewReleaseBody, OldReleaseChangeBody, ReleaseChangeBody};
use crate::body::Body;
use crate::document::{Created, Document, List, NoContent};
use crate::listing::{Listing, Parameters};
use crate::nouns::Releases;
use crate::problem::Result;
use crate::shape::Guards;
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
        let filter = query.filters()?.filter(query.query(), cx.version);
        let page = releases::list(&cx, filter, paging.page, paging.direction).await?;
        let files = WithFiles::files(&cx, &page.rows).await?;
        Ok(files.and(query.list(paging, page.map(resource))))
    }

    /// Create a release
    ///
    /// A draft, unless it says otherwise: nobody but its vendor sees it before it is published.
    #[oai(path = "/releases", method = "post", operation_id = "createRelease")]
    async fn create(
        &self,
        cx: Data<&Cx>,
        body: Body<NewReleaseBody>,
    ) -> Result<WithFiles<Created<Releases>>> {
        old::create(&cx, body).await
    }

    /// Update a release
    #[oai(
        path = "/releases/:release",
        method = "patch",
        operation_id = "updateRelease"
    )]
    async fn update(
        &self,
        cx: Data<&Cx>,
        release: Path<String>,
        body: Body<ReleaseChangeBody>,
    ) -> Result<WithFiles<Document<Releases>>> {
        update(&cx, &release, body).await
    }

    /// Update a release
    ///
    /// The same as with `PATCH`.
    #[oai(
        path = "/releases/:release",
        method = "put",
        operation_id = "putRelease"
    )]
    async fn put(
        &self,
        cx: Data<&Cx>,
        release: Path<String>,
        body: Body<ReleaseChangeBody>,
    ) -> Result<WithFiles<Document<Releases>>> {
        update(&cx, &release, body).await
    }

    /// Delete a release
    ///
    /// Its files and constraints go with it.
    #[oai(
        path = "/releases/:release",
        method = "delete",
        operation_id = "deleteRelease"
    )]
    async fn delete(&self, cx: Data<&Cx>, release: Path<String>) -> Result<NoContent> {
        releases::delete(&cx, &release).await?;
        Ok(NoContent)
    }

    /// Publish a release
    ///
    /// From whatever state; it may be repeated.
    #[oai(
        path = "/releases/:release/actions/publish",
        method = "post",
        operation_id = "publishRelease"
    )]
    async fn publish(
        &self,
        cx: Data<&Cx>,
        release: Path<String>,
    ) -> Result<WithFiles<Document<Releases>>> {
        let published = releases::publish(&cx, &release).await?;
        WithFiles::document(&cx, published).await
    }

    /// Yank a release
    ///
    /// It is no longer there to be had.
    #[oai(
        path = "/releases/:release/actions/yank",
        method = "post",
        operation_id = "yankRelease"
    )]
    async fn yank(
        &self,
        cx: Data<&Cx>,
        release: Path<String>,
    ) -> Result<WithFiles<Document<Releases>>> {
        let yanked = releases::yank(&cx, &release).await?;
        WithFiles::document(&cx, yanked).await
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
        let filter = query.lenient()?.filter(query.query(), cx.version);
        let found = releases::show(&cx, &release, &filter).await?;
        WithFiles::document(&cx, found).await
    }
}

async fn update(
    cx: &Cx,
    release: &str,
    body: Body<ReleaseChangeBody>,
) -> Result<WithFiles<Document<Releases>>> {
    let release = releases::changeable(cx, release).await?;
    let guards = Guards::at(cx.version);
    let change = match cx.version {
        ApiVersion::V1_0 => input::old_change(body.of::<OldReleaseChangeBody>().read(&guards)?),
        _ => input::change(body.read(&guards)?),
    };
    let release = releases::update(cx, release, change).await?;
    WithFiles::document(cx, release).await
}
