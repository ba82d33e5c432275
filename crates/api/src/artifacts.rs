//! `/artifacts`: the files of releases (distribution reference §2).

mod downloads;
mod filters;
mod input;
mod resource;

use keystead_app::Cx;
use keystead_app::artifacts;
use poem::Request;
use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;

pub use self::downloads::{Downloaded, How, OfProducts, Prefers, Uploading};
pub use self::filters::{ArtifactFilters, ProductArtifactFilters, ReleaseArtifactFilters};
pub use self::resource::resource;

use self::input::{ArtifactChangeBody, NewArtifactBody};
use crate::body::Body;
use crate::document::{Document, List, NoContent};
use crate::listing::{Listing, Parameters};
use crate::nouns::Artifacts;
use crate::problem::Result;
use crate::shape::Guards;
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
    ) -> Result<OfProducts<List<Artifacts>>> {
        let paging = query.paging()?;
        let filter = query.filters()?.filter(query.query());
        let page = artifacts::list(&cx, filter, paging.page, paging.direction).await?;
        let products = OfProducts::of(&page.rows);
        Ok(products.and(query.list(paging, page.map(resource))))
    }

    /// Create an artifact
    ///
    /// The answer says where its bytes are to be sent: `PUT` them to `Location` within an hour,
    /// without credentials. Clients that would repeat the request there send
    /// `Prefer: no-redirect`.
    #[oai(path = "/artifacts", method = "post", operation_id = "createArtifact")]
    async fn create(
        &self,
        cx: Data<&Cx>,
        request: &Request,
        how: Parameters<How>,
        body: Body<NewArtifactBody>,
    ) -> Result<Uploading> {
        cx.bearer()?;
        let sent = body.read(&Guards::at(cx.version))?;
        let (file, url) = artifacts::create(&cx, input::draft(sent)).await?;
        let prefers = Prefers::of(request, how.query());
        Ok(OfProducts::uploading(file, url, prefers))
    }

    /// Retrieve an artifact
    ///
    /// By its id or name: of several with the name, the one of the highest version that the
    /// parameters let through. Whoever may have the file is sent to it. An id that a name follows
    /// leads to the file of this name in the same release.
    #[oai(
        path = "/artifacts/:artifact",
        method = "get",
        operation_id = "getArtifact"
    )]
    async fn show(
        &self,
        cx: Data<&Cx>,
        request: &Request,
        artifact: Path<String>,
        query: Parameters<ArtifactFilters>,
        how: Parameters<How>,
    ) -> Result<Downloaded> {
        let prefers = Prefers::of(request, how.query());
        let wish = prefers.wish(how.query());
        let download = match vanity(&artifact) {
            Some((id, name)) => artifacts::vanity(&cx, id, name, &wish).await?,
            None => {
                let filter = ArtifactFilters::of(&query)?;
                let found = artifacts::show(&cx, &artifact, &filter).await?;
                artifacts::download(&cx, found, &wish).await?
            }
        };
        Ok(OfProducts::downloaded(download, prefers))
    }

    /// Update an artifact
    #[oai(
        path = "/artifacts/:artifact",
        method = "patch",
        operation_id = "updateArtifact"
    )]
    async fn update(
        &self,
        cx: Data<&Cx>,
        artifact: Path<String>,
        query: Parameters<ArtifactFilters>,
        body: Body<ArtifactChangeBody>,
    ) -> Result<OfProducts<Document<Artifacts>>> {
        update(&cx, &artifact, &query, body).await
    }

    /// Update an artifact
    ///
    /// The same as with `PATCH`.
    #[oai(
        path = "/artifacts/:artifact",
        method = "put",
        operation_id = "putArtifact"
    )]
    async fn put(
        &self,
        cx: Data<&Cx>,
        artifact: Path<String>,
        query: Parameters<ArtifactFilters>,
        body: Body<ArtifactChangeBody>,
    ) -> Result<OfProducts<Document<Artifacts>>> {
        update(&cx, &artifact, &query, body).await
    }

    /// Delete an artifact
    ///
    /// Nobody gets it any more; its bytes are removed as soon as the storage lets go of them.
    #[oai(
        path = "/artifacts/:artifact",
        method = "delete",
        operation_id = "deleteArtifact"
    )]
    async fn delete(
        &self,
        cx: Data<&Cx>,
        artifact: Path<String>,
        query: Parameters<ArtifactFilters>,
    ) -> Result<NoContent> {
        let filter = ArtifactFilters::of(&query)?;
        artifacts::delete(&cx, &artifact, &filter).await?;
        Ok(NoContent)
    }
}

async fn update(
    cx: &Cx,
    artifact: &str,
    query: &Parameters<ArtifactFilters>,
    body: Body<ArtifactChangeBody>,
) -> Result<OfProducts<Document<Artifacts>>> {
    let filter = ArtifactFilters::of(query)?;
    let file = artifacts::changeable(cx, artifact, &filter).await?;
    let sent = body.read(&Guards::at(cx.version))?;
    let file = artifacts::update(cx, file, input::change(sent)).await?;
    Ok(OfProducts::document(file))
}

/// The id and the name after it, where a name follows an id.
fn vanity(path: &str) -> Option<(&str, &str)> {
    let (id, name) = path.split_once('/')?;
    uuid::Uuid::parse_str(id).is_ok().then_some((id, name))
}
