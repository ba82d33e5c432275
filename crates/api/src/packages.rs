//! `/packages`: groups of a product's releases (distribution reference §3).

mod input;
mod resource;

use keystead_app::Cx;
use keystead_app::packages;
use keystead_store::packages::Filter;
use poem::web::Data;
use poem_openapi::param::Path;
use poem_openapi::{Object, OpenApi};
use serde::Deserialize;

pub use self::resource::resource;

use self::input::{NewPackageBody, PackageChangeBody};
use crate::body::Body;
use crate::document::{Created, Document, List, NoContent};
use crate::listing::Listing;
use crate::nouns::Packages;
use crate::problem::Result;
use crate::query::Query;
use crate::releases::named;
use crate::shape::Guards;
use crate::tags::Tag;

/// Which packages are wanted. What is no id where one is needed matches nothing.
#[derive(Debug, Default, Object, Deserialize)]
#[serde(default)]
pub struct PackageFilters {
    /// Of the product with this id.
    product: Option<String>,
    /// With the engine that has this id or key; when empty, with none.
    engine: Option<String>,
}

/// Which of a product's packages are wanted.
#[derive(Debug, Default, Object, Deserialize)]
#[serde(default)]
pub struct ProductPackageFilters {
    /// With the engine that has this id or key; when empty, with none.
    engine: Option<String>,
}

impl ProductPackageFilters {
    /// The filter, with what is asked for by being empty.
    pub fn filter(self, query: &Query) -> Filter {
        Filter {
            engine: named(query, "engine", self.engine),
            ..Filter::default()
        }
    }
}

/// Operations on packages.
pub struct PackagesApi;

#[OpenApi(tag = "Tag::Packages")]
impl PackagesApi {
    /// List packages
    ///
    /// The packages that the bearer sees, newest first. Strangers see those of open products.
    #[oai(path = "/packages", method = "get", operation_id = "listPackages")]
    async fn list(&self, cx: Data<&Cx>, query: Listing<PackageFilters>) -> Result<List<Packages>> {
        let paging = query.paging()?;
        let PackageFilters { product, engine } = query.filters()?;
        let filter = Filter {
            product,
            engine: named(query.query(), "engine", engine),
        };
        let page = packages::list(&cx, filter, paging.page, paging.direction).await?;
        Ok(query.list(paging, page.map(resource)))
    }

    /// Create a package
    #[oai(path = "/packages", method = "post", operation_id = "createPackage")]
    async fn create(&self, cx: Data<&Cx>, body: Body<NewPackageBody>) -> Result<Created<Packages>> {
        cx.bearer()?;
        let sent = body.read(&Guards::at(cx.version))?;
        let package = packages::create(&cx, input::draft(sent)).await?;
        Ok(Created(Document::of(resource(package))))
    }

    /// Update a package
    #[oai(
        path = "/packages/:package",
        method = "patch",
        operation_id = "updatePackage"
    )]
    async fn update(
        &self,
        cx: Data<&Cx>,
        package: Path<String>,
        body: Body<PackageChangeBody>,
    ) -> Result<Document<Packages>> {
        update(&cx, &package, body).await
    }

    /// Update a package
    ///
    /// The same as with `PATCH`.
    #[oai(
        path = "/packages/:package",
        method = "put",
        operation_id = "putPackage"
    )]
    async fn put(
        &self,
        cx: Data<&Cx>,
        package: Path<String>,
        body: Body<PackageChangeBody>,
    ) -> Result<Document<Packages>> {
        update(&cx, &package, body).await
    }

    /// Delete a package
    ///
    /// Its releases go with it.
    #[oai(
        path = "/packages/:package",
        method = "delete",
        operation_id = "deletePackage"
    )]
    async fn delete(&self, cx: Data<&Cx>, package: Path<String>) -> Result<NoContent> {
        packages::delete(&cx, &package).await?;
        Ok(NoContent)
    }

    /// Retrieve a package
    ///
    /// By its id or key.
    #[oai(
        path = "/packages/:package",
        method = "get",
        operation_id = "getPackage"
    )]
    async fn show(&self, cx: Data<&Cx>, package: Path<String>) -> Result<Document<Packages>> {
        let package = packages::show(&cx, &package, &Filter::default()).await?;
        Ok(Document::of(resource(package)))
    }
}

async fn update(
    cx: &Cx,
    package: &str,
    body: Body<PackageChangeBody>,
) -> Result<Document<Packages>> {
    let package = packages::changeable(cx, package).await?;
    let sent = body.read(&Guards::at(cx.version))?;
    let package = packages::update(cx, package, input::change(sent)).await?;
    Ok(Document::of(resource(package)))
}
