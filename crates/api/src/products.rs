//! `/products`: what a vendor sells (licensing reference §1).

mod distribution;
mod input;
mod related;
mod resource;

use keystead_app::Cx;
use keystead_app::products;
use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;

pub use self::distribution::ProductDistributionApi;
pub use self::related::{ProductMachineFilters, ProductRelationsApi};
pub use self::resource::resource;

use self::input::{NewProductBody, ProductChangeBody};
use crate::body::Body;
use crate::document::{Created, Document, List, NoContent};
use crate::listing::Listing;
use crate::nouns::Products;
use crate::problem::Result;
use crate::tags::Tag;

/// Operations on products.
pub struct ProductsApi;

#[OpenApi(tag = "Tag::Products")]
impl ProductsApi {
    /// List products
    ///
    /// The products that the bearer sees, newest first. Users and licenses see open products, and
    /// those they hold a license of.
    #[oai(path = "/products", method = "get", operation_id = "listProducts")]
    async fn list(&self, cx: Data<&Cx>, query: Listing) -> Result<List<Products>> {
        cx.bearer()?;
        let paging = query.paging()?;
        let page = products::list(&cx, paging.page, paging.direction).await?;
        Ok(query.list(paging, page.map(resource)))
    }

    /// Create a product
    #[oai(path = "/products", method = "post", operation_id = "createProduct")]
    async fn create(&self, cx: Data<&Cx>, body: Body<NewProductBody>) -> Result<Created<Products>> {
        cx.bearer()?;
        let sent = body.read(&input::guards(&cx))?;
        let product = products::create(&cx, input::draft(sent)).await?;
        Ok(Created(Document::of(resource(product))))
    }

    /// Retrieve a product
    ///
    /// By its id or code, as everywhere below `/products`.
    #[oai(
        path = "/products/:product",
        method = "get",
        operation_id = "getProduct"
    )]
    async fn show(&self, cx: Data<&Cx>, product: Path<String>) -> Result<Document<Products>> {
        let product = products::show(&cx, &product).await?;
        Ok(Document::of(resource(product)))
    }

    /// Update a product
    #[oai(
        path = "/products/:product",
        method = "patch",
        operation_id = "updateProduct"
    )]
    async fn update(
        &self,
        cx: Data<&Cx>,
        product: Path<String>,
        body: Body<ProductChangeBody>,
    ) -> Result<Document<Products>> {
        update(&cx, &product, body).await
    }

    /// Update a product
    ///
    /// The same as with `PATCH`.
    #[oai(
        path = "/products/:product",
        method = "put",
        operation_id = "putProduct"
    )]
    async fn put(
        &self,
        cx: Data<&Cx>,
        product: Path<String>,
        body: Body<ProductChangeBody>,
    ) -> Result<Document<Products>> {
        update(&cx, &product, body).await
    }

    /// Delete a product
    ///
    /// Its policies, licenses, machines and tokens go with it.
    #[oai(
        path = "/products/:product",
        method = "delete",
        operation_id = "deleteProduct"
    )]
    async fn delete(&self, cx: Data<&Cx>, product: Path<String>) -> Result<NoContent> {
        products::delete(&cx, &product).await?;
        Ok(NoContent)
    }
}

async fn update(
    cx: &Cx,
    product: &str,
    body: Body<ProductChangeBody>,
) -> Result<Document<Products>> {
    let product = products::changeable(cx, product).await?;
    let sent = body.read(&input::guards(cx))?;
    let product = products::update(cx, product, input::change(sent)).await?;
    Ok(Document::of(resource(product)))
}
