//! What belongs to a product: lists below `/products/{product}`.

use keystead_app::{Cx, licenses, products};
use keystead_domain::access::Action;
use keystead_signing::digest::sha256;
use keystead_store::machines::Filter as MachineFilter;
use poem::web::Data;
use poem_openapi::param::Path;
use poem_openapi::{Object, OpenApi};
use serde::Deserialize;

use crate::body::Body;
use crate::document::{Document, List};
use crate::licenses::{LicenseFilters, filter as narrowed, resource::resource as license};
use crate::listing::Listing;
use crate::machines::resource::resource as machine;
use crate::nouns::{Licenses, Machines, Policies, Tokens, Users};
use crate::policies::resource as policy;
use crate::problem::Result;
use crate::tags::Tag;
use crate::tokens::{NewTokenBelowBody, create_below, resource as token};
use crate::users::{UserFilters, filter, resource as user};

/// Which of a product's machines are wanted. What is no id where one is needed matches nothing.
#[derive(Debug, Default, Object, Deserialize)]
#[serde(default)]
pub struct ProductMachineFilters {
    /// With exactly this fingerprint.
    fingerprint: Option<String>,
    /// Of the license with this id.
    license: Option<String>,
    /// Of a license owned by, or shared with, the user with this id or address.
    user: Option<String>,
}

impl From<ProductMachineFilters> for MachineFilter {
    fn from(filters: ProductMachineFilters) -> Self {
        Self {
            fingerprint: filters.fingerprint.map(|text| sha256(text.as_bytes())),
            license: filters.license,
            user: filters.user,
            ..Self::default()
        }
    }
}

/// Operations on what belongs to a product.
pub struct ProductRelationsApi;

#[OpenApi(tag = "Tag::Products")]
impl ProductRelationsApi {
    /// List a product's policies
    #[oai(
        path = "/products/:product/policies",
        method = "get",
        operation_id = "listProductPolicies"
    )]
    async fn policies(
        &self,
        cx: Data<&Cx>,
        product: Path<String>,
        query: Listing,
    ) -> Result<List<Policies>> {
        cx.bearer()?;
        let paging = query.paging()?;
        let page = products::policies(&cx, &product, paging.page, paging.direction).await?;
        Ok(query.list(paging, page.map(policy)))
    }

    /// Retrieve one of a product's policies
    #[oai(
        path = "/products/:product/policies/:policy",
        method = "get",
        operation_id = "getProductPolicy"
    )]
    async fn policy(
        &self,
        cx: Data<&Cx>,
        product: Path<String>,
        policy: Path<String>,
    ) -> Result<Document<Policies>> {
        let found = products::policy(&cx, &product, &policy).await?;
        Ok(Document::of(self::policy(found)))
    }

    /// List a product's licenses
    #[oai(
        path = "/products/:product/licenses",
        method = "get",
        operation_id = "listProductLicenses"
    )]
    async fn licenses(
        &self,
        cx: Data<&Cx>,
        product: Path<String>,
        query: Listing<LicenseFilters>,
    ) -> Result<List<Licenses>> {
        cx.bearer()?;
        let paging = query.paging()?;
        let filter = narrowed(&query, cx.now)?;
        let page =
            licenses::list_of_product(&cx, &product, filter, paging.page, paging.direction).await?;
        Ok(query.list(paging, page.map(|found| license(found, cx.now))))
    }

    /// Retrieve one of a product's licenses
    ///
    /// By its id or key.
    #[oai(
        path = "/products/:product/licenses/:license",
        method = "get",
        operation_id = "getProductLicense"
    )]
    async fn license(
        &self,
        cx: Data<&Cx>,
        product: Path<String>,
        license: Path<String>,
    ) -> Result<Document<Licenses>> {
        let found = products::license(&cx, &product, &license).await?;
        Ok(Document::of(self::license(found, cx.now)))
    }

    /// List a product's machines
    ///
    /// Those that its licenses are bound to.
    #[oai(
        path = "/products/:product/machines",
        method = "get",
        operation_id = "listProductMachines"
    )]
    async fn machines(
        &self,
        cx: Data<&Cx>,
        product: Path<String>,
        query: Listing<ProductMachineFilters>,
    ) -> Result<List<Machines>> {
        cx.bearer()?;
        let paging = query.paging()?;
        let filter = query.filters()?.into();
        let page = products::machines(&cx, &product, filter, paging.page, paging.direction).await?;
        Ok(query.list(paging, page.map(machine)))
    }

    /// Retrieve one of a product's machines
    ///
    /// By its id or fingerprint.
    #[oai(
        path = "/products/:product/machines/:machine",
        method = "get",
        operation_id = "getProductMachine"
    )]
    async fn machine(
        &self,
        cx: Data<&Cx>,
        product: Path<String>,
        machine: Path<String>,
    ) -> Result<Document<Machines>> {
        let found = products::machine(&cx, &product, &machine).await?;
        Ok(Document::of(self::machine(found)))
    }

    /// List a product's users
    ///
    /// Who own or share a license of it, each once.
    #[oai(
        path = "/products/:product/users",
        method = "get",
        operation_id = "listProductUsers"
    )]
    async fn users(
        &self,
        cx: Data<&Cx>,
        product: Path<String>,
        query: Listing<UserFilters>,
    ) -> Result<List<Users>> {
        cx.bearer()?;
        let paging = query.paging()?;
        let filter = filter(&query, cx.now)?;
        let page = products::users(&cx, &product, filter, paging.page, paging.direction).await?;
        Ok(query.list(paging, page.map(user)))
    }

    /// Retrieve one of a product's users
    ///
    /// By id or address.
    #[oai(
        path = "/products/:product/users/:user",
        method = "get",
        operation_id = "getProductUser"
    )]
    async fn user(
        &self,
        cx: Data<&Cx>,
        product: Path<String>,
        user: Path<String>,
    ) -> Result<Document<Users>> {
        let found = products::user(&cx, &product, &user).await?;
        Ok(Document::of(self::user(found)))
    }

    /// List a product's tokens
    ///
    /// Never their secrets.
    #[oai(
        path = "/products/:product/tokens",
        method = "get",
        operation_id = "listProductTokens"
    )]
    async fn tokens(
        &self,
        cx: Data<&Cx>,
        product: Path<String>,
        query: Listing,
    ) -> Result<List<Tokens>> {
        cx.bearer()?;
        let paging = query.paging()?;
        let page = products::tokens(&cx, &product, paging.page, paging.direction).await?;
        Ok(query.list(paging, page.map(|issued| token(&issued, None))))
    }

    /// Retrieve one of a product's tokens
    ///
    /// Never its secret.
    #[oai(
        path = "/products/:product/tokens/:token",
        method = "get",
        operation_id = "getProductToken"
    )]
    async fn token(
        &self,
        cx: Data<&Cx>,
        product: Path<String>,
        token: Path<String>,
    ) -> Result<Document<Tokens>> {
        let issued = products::token(&cx, &product, &token).await?;
        Ok(Document::of(self::token(&issued, None)))
    }

    /// Create a token of a product
    ///
    /// The secret is in this answer alone.
    #[oai(
        path = "/products/:product/tokens",
        method = "post",
        operation_id = "createProductToken"
    )]
    async fn create_token(
        &self,
        cx: Data<&Cx>,
        product: Path<String>,
        body: Body<NewTokenBelowBody>,
    ) -> Result<Document<Tokens>> {
        let bearer = products::bearer(&cx, &product).await?;
        create_below(&cx, Action::ProductTokensGenerate, bearer, body).await
    }
}
