//! What of a product's releases the bearer sees: lists below `/products/{product}` (distribution
//! reference §0.5).

use keystead_app::products::distribution;
use keystead_app::{Cx, artifacts};
use keystead_domain::words::FacetKind;
use poem::Request;
use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;

use crate::artifacts::{
    Downloaded, How, OfProducts, Prefers, ProductArtifactFilters, resource as artifact,
};
use crate::document::{Document, List};
use crate::facets::resource as facet;
use crate::listing::{Listing, Parameters};
use crate::nouns::{Arches, Artifacts, Channels, Engines, Packages, Platforms, Releases};
use crate::packages::{ProductPackageFilters, resource as package};
use crate::problem::Result;
use crate::releases::{ProductReleaseFilters, WithFiles, resource as release};
use crate::tags::Tag;

/// Operations on what is distributed of a product.
pub struct ProductDistributionApi;

#[OpenApi(tag = "Tag::Products")]
impl ProductDistributionApi {
    /// List a product's releases
    #[oai(
        path = "/products/:product/releases",
        method = "get",
        operation_id = "listProductReleases"
    )]
    async fn releases(
        &self,
        cx: Data<&Cx>,
        product: Path<String>,
        query: Listing<ProductReleaseFilters>,
    ) -> Result<WithFiles<List<Releases>>> {
        cx.bearer()?;
        let paging = query.paging()?;
        let filter = query.filters()?.filter(query.query(), cx.version);
        let page =
            distribution::releases(&cx, &product, filter, paging.page, paging.direction).await?;
        let files = WithFiles::files(&cx, &page.rows).await?;
        Ok(files.and(query.list(paging, page.map(release))))
    }

    /// Retrieve one of a product's releases
    ///
    /// By its id, version or tag.
    #[oai(
        path = "/products/:product/releases/:release",
        method = "get",
        operation_id = "getProductRelease"
    )]
    async fn release(
        &self,
        cx: Data<&Cx>,
        product: Path<String>,
        release: Path<String>,
    ) -> Result<WithFiles<Document<Releases>>> {
        let found = distribution::release(&cx, &product, &release).await?;
        WithFiles::document(&cx, found).await
    }

    /// List the files of a product's releases
    #[oai(
        path = "/products/:product/artifacts",
        method = "get",
        operation_id = "listProductArtifacts"
    )]
    async fn artifacts(
        &self,
        cx: Data<&Cx>,
        product: Path<String>,
        query: Listing<ProductArtifactFilters>,
    ) -> Result<OfProducts<List<Artifacts>>> {
        cx.bearer()?;
        let paging = query.paging()?;
        let filter = query.filters()?.filter(query.query());
        let page =
            distribution::artifacts(&cx, &product, filter, paging.page, paging.direction).await?;
        let products = OfProducts::of(&page.rows);
        Ok(products.and(query.list(paging, page.map(artifact))))
    }

    /// Retrieve one of the files of a product's releases
    ///
    /// By its id or name. Whoever may have it is sent to it.
    #[oai(
        path = "/products/:product/artifacts/:artifact",
        method = "get",
        operation_id = "getProductArtifact"
    )]
    async fn artifact(
        &self,
        cx: Data<&Cx>,
        request: &Request,
        product: Path<String>,
        artifact: Path<String>,
        how: Parameters<How>,
    ) -> Result<Downloaded> {
        let found = distribution::artifact(&cx, &product, &artifact).await?;
        let prefers = Prefers::of(request, how.query());
        let wish = prefers.wish(how.query());
        let download = artifacts::download(&cx, found, &wish).await?;
        Ok(OfProducts::downloaded(download, prefers))
    }

    /// List a product's packages
    #[oai(
        path = "/products/:product/packages",
        method = "get",
        operation_id = "listProductPackages"
    )]
    async fn packages(
        &self,
        cx: Data<&Cx>,
        product: Path<String>,
        query: Listing<ProductPackageFilters>,
    ) -> Result<List<Packages>> {
        cx.bearer()?;
        let paging = query.paging()?;
        let filter = query.filters()?.filter(query.query());
        let page =
            distribution::packages(&cx, &product, filter, paging.page, paging.direction).await?;
        Ok(query.list(paging, page.map(package)))
    }

    /// Retrieve one of a product's packages
    ///
    /// By its id or key.
    #[oai(
        path = "/products/:product/packages/:package",
        method = "get",
        operation_id = "getProductPackage"
    )]
    async fn package(
        &self,
        cx: Data<&Cx>,
        product: Path<String>,
        package: Path<String>,
    ) -> Result<Document<Packages>> {
        let found = distribution::package(&cx, &product, &package).await?;
        Ok(Document::of(self::package(found)))
    }

    /// List a product's platforms
    #[oai(
        path = "/products/:product/platforms",
        method = "get",
        operation_id = "listProductPlatforms"
    )]
    async fn platforms(
        &self,
        cx: Data<&Cx>,
        product: Path<String>,
        query: Listing,
    ) -> Result<List<Platforms>> {
        cx.bearer()?;
        let (paging, kind) = (query.paging()?, FacetKind::Platform);
        let page = distribution::facets(&cx, &product, kind, paging.page, paging.direction).await?;
        Ok(query.list(paging, page.map(facet)))
    }

    /// Retrieve one of a product's platforms
    #[oai(
        path = "/products/:product/platforms/:platform",
        method = "get",
        operation_id = "getProductPlatform"
    )]
    async fn platform(
        &self,
        cx: Data<&Cx>,
        product: Path<String>,
        platform: Path<String>,
    ) -> Result<Document<Platforms>> {
        let found = distribution::facet(&cx, &product, FacetKind::Platform, &platform).await?;
        Ok(Document::of(facet(found)))
    }

    /// List a product's arches
    #[oai(
        path = "/products/:product/arches",
        method = "get",
        operation_id = "listProductArches"
    )]
    async fn arches(
        &self,
        cx: Data<&Cx>,
        product: Path<String>,
        query: Listing,
    ) -> Result<List<Arches>> {
        cx.bearer()?;
        let (paging, kind) = (query.paging()?, FacetKind::Arch);
        let page = distribution::facets(&cx, &product, kind, paging.page, paging.direction).await?;
        Ok(query.list(paging, page.map(facet)))
    }

    /// Retrieve one of a product's arches
    #[oai(
        path = "/products/:product/arches/:arch",
        method = "get",
        operation_id = "getProductArch"
    )]
    async fn arch(
        &self,
        cx: Data<&Cx>,
        product: Path<String>,
        arch: Path<String>,
    ) -> Result<Document<Arches>> {
        let found = distribution::facet(&cx, &product, FacetKind::Arch, &arch).await?;
        Ok(Document::of(facet(found)))
    }

    /// List a product's channels
    #[oai(
        path = "/products/:product/channels",
        method = "get",
        operation_id = "listProductChannels"
    )]
    async fn channels(
        &self,
        cx: Data<&Cx>,
        product: Path<String>,
        query: Listing,
    ) -> Result<List<Channels>> {
        cx.bearer()?;
        let (paging, kind) = (query.paging()?, FacetKind::Channel);
        let page = distribution::facets(&cx, &product, kind, paging.page, paging.direction).await?;
        Ok(query.list(paging, page.map(facet)))
    }

    /// Retrieve one of a product's channels
    #[oai(
        path = "/products/:product/channels/:channel",
        method = "get",
        operation_id = "getProductChannel"
    )]
    async fn channel(
        &self,
        cx: Data<&Cx>,
        product: Path<String>,
        channel: Path<String>,
    ) -> Result<Document<Channels>> {
        let found = distribution::facet(&cx, &product, FacetKind::Channel, &channel).await?;
        Ok(Document::of(facet(found)))
    }

    /// List a product's engines
    #[oai(
        path = "/products/:product/engines",
        method = "get",
        operation_id = "listProductEngines"
    )]
    async fn engines(
        &self,
        cx: Data<&Cx>,
        product: Path<String>,
        query: Listing,
    ) -> Result<List<Engines>> {
        cx.bearer()?;
        let (paging, kind) = (query.paging()?, FacetKind::Engine);
        let page = distribution::facets(&cx, &product, kind, paging.page, paging.direction).await?;
        Ok(query.list(paging, page.map(facet)))
    }

    /// Retrieve one of a product's engines
    #[oai(
        path = "/products/:product/engines/:engine",
        method = "get",
        operation_id = "getProductEngine"
    )]
    async fn engine(
        &self,
        cx: Data<&Cx>,
        product: Path<String>,
        engine: Path<String>,
    ) -> Result<Document<Engines>> {
        let found = distribution::facet(&cx, &product, FacetKind::Engine, &engine).await?;
        Ok(Document::of(facet(found)))
    }
}
