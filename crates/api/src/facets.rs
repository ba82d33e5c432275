//! `/platforms`, `/arches`, `/channels`, `/engines`: what releases are told apart by (distribution
//! reference §4). They are made when they are first used, and only read here.

mod resource;

use keystead_app::Cx;
use keystead_app::facets;
use keystead_domain::words::FacetKind;
use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;

pub use self::resource::resource;

use crate::document::{Document, List};
use crate::listing::Listing;
use crate::nouns::{Arches, Channels, Engines, Platforms};
use crate::problem::Result;
use crate::tags::Tag;

/// Operations on facets.
pub struct FacetsApi;

#[OpenApi(tag = "Tag::Facets")]
impl FacetsApi {
    /// List platforms
    ///
    /// The platforms that files which the bearer may know of are for, newest first.
    #[oai(path = "/platforms", method = "get", operation_id = "listPlatforms")]
    async fn platforms(&self, cx: Data<&Cx>, query: Listing) -> Result<List<Platforms>> {
        let paging = query.paging()?;
        let page = facets::list(&cx, FacetKind::Platform, paging.page, paging.direction).await?;
        Ok(query.list(paging, page.map(resource)))
    }

    /// Retrieve a platform
    #[oai(
        path = "/platforms/:platform",
        method = "get",
        operation_id = "getPlatform"
    )]
    async fn platform(&self, cx: Data<&Cx>, platform: Path<String>) -> Result<Document<Platforms>> {
        let found = facets::show(&cx, FacetKind::Platform, &platform).await?;
        Ok(Document::of(resource(found)))
    }

    /// List arches
    ///
    /// The arches that files which the bearer may know of are for, newest first.
    #[oai(path = "/arches", method = "get", operation_id = "listArches")]
    async fn arches(&self, cx: Data<&Cx>, query: Listing) -> Result<List<Arches>> {
        let paging = query.paging()?;
        let page = facets::list(&cx, FacetKind::Arch, paging.page, paging.direction).await?;
        Ok(query.list(paging, page.map(resource)))
    }

    /// Retrieve an arch
    #[oai(path = "/arches/:arch", method = "get", operation_id = "getArch")]
    async fn arch(&self, cx: Data<&Cx>, arch: Path<String>) -> Result<Document<Arches>> {
        let found = facets::show(&cx, FacetKind::Arch, &arch).await?;
        Ok(Document::of(resource(found)))
    }

    /// List channels
    ///
    /// The channels that the bearer may know of, newest first.
    #[oai(path = "/channels", method = "get", operation_id = "listChannels")]
    async fn channels(&self, cx: Data<&Cx>, query: Listing) -> Result<List<Channels>> {
        let paging = query.paging()?;
        let page = facets::list(&cx, FacetKind::Channel, paging.page, paging.direction).await?;
        Ok(query.list(paging, page.map(resource)))
    }

    /// Retrieve a channel
    #[oai(
        path = "/channels/:channel",
        method = "get",
        operation_id = "getChannel"
    )]
    async fn channel(&self, cx: Data<&Cx>, channel: Path<String>) -> Result<Document<Channels>> {
        let found = facets::show(&cx, FacetKind::Channel, &channel).await?;
        Ok(Document::of(resource(found)))
    }

    /// List engines
    ///
    /// The engines of packages that the bearer may know of, newest first.
    #[oai(path = "/engines", method = "get", operation_id = "listEngines")]
    async fn engines(&self, cx: Data<&Cx>, query: Listing) -> Result<List<Engines>> {
        let paging = query.paging()?;
        let page = facets::list(&cx, FacetKind::Engine, paging.page, paging.direction).await?;
        Ok(query.list(paging, page.map(resource)))
    }

    /// Retrieve an engine
    ///
    /// By its id or key.
    #[oai(path = "/engines/:engine", method = "get", operation_id = "getEngine")]
    async fn engine(&self, cx: Data<&Cx>, engine: Path<String>) -> Result<Document<Engines>> {
        let found = facets::show(&cx, FacetKind::Engine, &engine).await?;
        Ok(Document::of(resource(found)))
    }
}
