//! What belongs to a user: lists below `/users/{user}`, its group, its tokens.

use keystead_app::{Cx, users};
use keystead_domain::access::Action;
use keystead_signing::digest::sha256;
use keystead_store::machines::Filter as MachineFilter;
use poem::web::Data;
use poem_openapi::param::Path;
use poem_openapi::{Object, OpenApi};
use serde::Deserialize;

use super::resource;
use crate::body::Body;
use crate::document::{Document, List};
use crate::fields::NullableLinkBody;
use crate::groups;
use crate::licenses::{LicenseFilters, filter as narrowed, resource::resource as license};
use crate::listing::Listing;
use crate::machines::resource::resource as machine;
use crate::nouns::{Groups, Licenses, Machines, Products, Tokens, Users};
use crate::problem::Result;
use crate::products::resource as product;
use crate::shape::Guards;
use crate::tags::Tag;
use crate::tokens::{NewTokenBelowBody, create_below, resource as token};

/// Which of a user's machines are wanted. What is no id where one is needed matches nothing.
#[derive(Debug, Default, Object, Deserialize)]
#[serde(default)]
pub struct UserMachineFilters {
    /// With exactly this fingerprint.
    fingerprint: Option<String>,
    /// Of the product with this id.
    product: Option<String>,
    /// Of the license with this id.
    license: Option<String>,
}

impl From<UserMachineFilters> for MachineFilter {
    fn from(filters: UserMachineFilters) -> Self {
        Self {
            fingerprint: filters.fingerprint.map(|text| sha256(text.as_bytes())),
            product: filters.product,
            license: filters.license,
            ..Self::default()
        }
    }
}

/// Operations on what belongs to a user.
pub struct UserRelationsApi;

#[OpenApi(tag = "Tag::Users")]
impl UserRelationsApi {
    /// List a user's products
    ///
    /// Those that it holds or shares licenses of, each once.
    #[oai(
        path = "/users/:user/products",
        method = "get",
        operation_id = "listUserProducts"
    )]
    async fn products(
        &self,
        cx: Data<&Cx>,
        user: Path<String>,
        query: Listing,
    ) -> Result<List<Products>> {
        cx.bearer()?;
        let paging = query.paging()?;
        let page = users::products(&cx, &user, paging.page, paging.direction).await?;
        Ok(query.list(paging, page.map(product)))
    }

    /// Retrieve one of a user's products
    ///
    /// By its id or code.
    #[oai(
        path = "/users/:user/products/:product",
        method = "get",
        operation_id = "getUserProduct"
    )]
    async fn product(
        &self,
        cx: Data<&Cx>,
        user: Path<String>,
        product: Path<String>,
    ) -> Result<Document<Products>> {
        let found = users::product(&cx, &user, &product).await?;
        Ok(Document::of(self::product(found)))
    }

    /// List a user's licenses
    ///
    /// Those that it owns or shares.
    #[oai(
        path = "/users/:user/licenses",
        method = "get",
        operation_id = "listUserLicenses"
    )]
    async fn licenses(
        &self,
        cx: Data<&Cx>,
        user: Path<String>,
        query: Listing<LicenseFilters>,
    ) -> Result<List<Licenses>> {
        cx.bearer()?;
        let paging = query.paging()?;
        let filter = narrowed(&query, cx.now)?;
        let page = users::licenses(&cx, &user, filter, paging.page, paging.direction).await?;
        Ok(query.list(paging, page.map(|found| license(found, cx.now))))
    }

    /// Retrieve one of a user's licenses
    ///
    /// By its id or key.
    #[oai(
        path = "/users/:user/licenses/:license",
        method = "get",
        operation_id = "getUserLicense"
    )]
    async fn license(
        &self,
        cx: Data<&Cx>,
        user: Path<String>,
        license: Path<String>,
    ) -> Result<Document<Licenses>> {
        let found = users::license(&cx, &user, &license).await?;
        Ok(Document::of(self::license(found, cx.now)))
    }

    /// List a user's machines
    ///
    /// Those that its licenses are bound to.
    #[oai(
        path = "/users/:user/machines",
        method = "get",
        operation_id = "listUserMachines"
    )]
    async fn machines(
        &self,
        cx: Data<&Cx>,
        user: Path<String>,
        query: Listing<UserMachineFilters>,
    ) -> Result<List<Machines>> {
        cx.bearer()?;
        let paging = query.paging()?;
        let filter = query.filters()?.into();
        let page = users::machines(&cx, &user, filter, paging.page, paging.direction).await?;
        Ok(query.list(paging, page.map(machine)))
    }

    /// Retrieve one of a user's machines
    ///
    /// By its id or fingerprint.
    #[oai(
        path = "/users/:user/machines/:machine",
        method = "get",
        operation_id = "getUserMachine"
    )]
    async fn machine(
        &self,
        cx: Data<&Cx>,
        user: Path<String>,
        machine: Path<String>,
    ) -> Result<Document<Machines>> {
        let found = users::machine(&cx, &user, &machine).await?;
        Ok(Document::of(self::machine(found)))
    }

    /// List a user's tokens
    ///
    /// Never their secrets.
    #[oai(
        path = "/users/:user/tokens",
        method = "get",
        operation_id = "listUserTokens"
    )]
    async fn tokens(
        &self,
        cx: Data<&Cx>,
        user: Path<String>,
        query: Listing,
    ) -> Result<List<Tokens>> {
        cx.bearer()?;
        let paging = query.paging()?;
        let page = users::tokens(&cx, &user, paging.page, paging.direction).await?;
        Ok(query.list(paging, page.map(|issued| token(&issued, None))))
    }

    /// Retrieve one of a user's tokens
    ///
    /// Never its secret.
    #[oai(
        path = "/users/:user/tokens/:token",
        method = "get",
        operation_id = "getUserToken"
    )]
    async fn token(
        &self,
        cx: Data<&Cx>,
        user: Path<String>,
        token: Path<String>,
    ) -> Result<Document<Tokens>> {
        let issued = users::token(&cx, &user, &token).await?;
        Ok(Document::of(self::token(&issued, None)))
    }

    /// Create a token of a user
    ///
    /// The secret is in this answer alone.
    #[oai(
        path = "/users/:user/tokens",
        method = "post",
        operation_id = "createUserToken"
    )]
    async fn create_token(
        &self,
        cx: Data<&Cx>,
        user: Path<String>,
        body: Body<NewTokenBelowBody>,
    ) -> Result<Document<Tokens>> {
        let bearer = users::bearer(&cx, &user).await?;
        create_below(&cx, Action::UserTokensGenerate, bearer, body).await
    }

    /// Retrieve a user's group
    ///
    /// Null when it is in none.
    #[oai(
        path = "/users/:user/group",
        method = "get",
        operation_id = "getUserGroup"
    )]
    async fn group(&self, cx: Data<&Cx>, user: Path<String>) -> Result<Document<Groups>> {
        let group = users::group(&cx, &user).await?;
        Ok(Document::from(group.map(groups::resource)))
    }

    /// Change a user's group
    ///
    /// Null takes the user out of its group. The answer is the user.
    #[oai(
        path = "/users/:user/group",
        method = "put",
        operation_id = "updateUserGroup"
    )]
    async fn regroup(
        &self,
        cx: Data<&Cx>,
        user: Path<String>,
        body: Body<NullableLinkBody<Groups>>,
    ) -> Result<Document<Users>> {
        let user = users::movable(&cx, &user).await?;
        let group = body.read(&Guards::at(cx.version))?.id();
        let person = users::regroup(&cx, user, group).await?;
        Ok(Document::of(resource(person)))
    }
}
