//! What belongs to a policy: below `/policies/{policy}`.

use keystead_app::policies::{entitlements, pool};
use keystead_app::{Cx, licenses, policies};
use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;

use crate::body::Body;
use crate::document::{Document, List, NoContent};
use crate::entitlements::attached;
use crate::entitlements::resource as entitlement;
use crate::fields::Links;
use crate::keys::resource as key;
use crate::licenses::{LicenseFilters, filter as narrowed, resource::resource as license};
use crate::listing::Listing;
use crate::nouns::{Entitlements, Keys, Licenses, PolicyEntitlements, Products};
use crate::problem::Result;
use crate::products;
use crate::shape::Guards;
use crate::tags::Tag;

/// Operations on what belongs to a policy.
pub struct PolicyRelationsApi;

#[OpenApi(tag = "Tag::Policies")]
impl PolicyRelationsApi {
    /// Retrieve a policy's product
    #[oai(
        path = "/policies/:policy/product",
        method = "get",
        operation_id = "getPolicyProduct"
    )]
    async fn product(&self, cx: Data<&Cx>, policy: Path<String>) -> Result<Document<Products>> {
        let product = policies::product(&cx, &policy).await?;
        Ok(Document::of(products::resource(product)))
    }

    /// List a policy's licenses
    #[oai(
        path = "/policies/:policy/licenses",
        method = "get",
        operation_id = "listPolicyLicenses"
    )]
    async fn licenses(
        &self,
        cx: Data<&Cx>,
        policy: Path<String>,
        query: Listing<LicenseFilters>,
    ) -> Result<List<Licenses>> {
        cx.bearer()?;
        let paging = query.paging()?;
        let filter = narrowed(&query, cx.now)?;
        let page =
            licenses::list_of_policy(&cx, &policy, filter, paging.page, paging.direction).await?;
        Ok(query.list(paging, page.map(|found| license(found, cx.now))))
    }

    /// Retrieve one of a policy's licenses
    ///
    /// By its id or key.
    #[oai(
        path = "/policies/:policy/licenses/:license",
        method = "get",
        operation_id = "getPolicyLicense"
    )]
    async fn license(
        &self,
        cx: Data<&Cx>,
        policy: Path<String>,
        license: Path<String>,
    ) -> Result<Document<Licenses>> {
        let found = policies::license(&cx, &policy, &license).await?;
        Ok(Document::of(self::license(found, cx.now)))
    }

    /// List a policy's entitlements
    ///
    /// All of its licenses hold them.
    #[oai(
        path = "/policies/:policy/entitlements",
        method = "get",
        operation_id = "listPolicyEntitlements"
    )]
    async fn entitlements(
        &self,
        cx: Data<&Cx>,
        policy: Path<String>,
        query: Listing,
    ) -> Result<List<Entitlements>> {
        cx.bearer()?;
        let paging = query.paging()?;
        let page = entitlements::list(&cx, &policy, paging.page, paging.direction).await?;
        Ok(query.list(paging, page.map(entitlement)))
    }

    /// Retrieve one of a policy's entitlements
    #[oai(
        path = "/policies/:policy/entitlements/:entitlement",
        method = "get",
        operation_id = "getPolicyEntitlement"
    )]
    async fn entitlement(
        &self,
        cx: Data<&Cx>,
        policy: Path<String>,
        entitlement: Path<String>,
    ) -> Result<Document<Entitlements>> {
        let found = entitlements::show(&cx, &policy, &entitlement).await?;
        Ok(Document::of(self::entitlement(found)))
    }

    /// Attach entitlements to a policy
    ///
    /// All of them or none.
    #[oai(
        path = "/policies/:policy/entitlements",
        method = "post",
        operation_id = "attachPolicyEntitlements"
    )]
    async fn attach(
        &self,
        cx: Data<&Cx>,
        policy: Path<String>,
        body: Body<Links<Entitlements>>,
    ) -> Result<List<PolicyEntitlements>> {
        cx.bearer()?;
        let ids = body.read(&Guards::at(cx.version))?.ids();
        let made = entitlements::attach(&cx, &policy, &ids).await?;
        Ok(attached::list(made.iter().map(attached::to_policy)))
    }

    /// Detach entitlements from a policy
    ///
    /// All of them or none.
    #[oai(
        path = "/policies/:policy/entitlements",
        method = "delete",
        operation_id = "detachPolicyEntitlements"
    )]
    async fn detach(
        &self,
        cx: Data<&Cx>,
        policy: Path<String>,
        body: Body<Links<Entitlements>>,
    ) -> Result<NoContent> {
        cx.bearer()?;
        let ids = body.read(&Guards::at(cx.version))?.ids();
        entitlements::detach(&cx, &policy, &ids).await?;
        Ok(NoContent)
    }

    /// List the keys in a policy's pool
    #[oai(
        path = "/policies/:policy/pool",
        method = "get",
        operation_id = "listPolicyPool"
    )]
    async fn pool(
        &self,
        cx: Data<&Cx>,
        policy: Path<String>,
        query: Listing,
    ) -> Result<List<Keys>> {
        cx.bearer()?;
        let paging = query.paging()?;
        let page = pool::list(&cx, &policy, paging.page, paging.direction).await?;
        Ok(query.list(paging, page.map(key)))
    }

    /// Retrieve one of the keys in a policy's pool
    #[oai(
        path = "/policies/:policy/pool/:key",
        method = "get",
        operation_id = "getPolicyPoolKey"
    )]
    async fn pooled(
        &self,
        cx: Data<&Cx>,
        policy: Path<String>,
        key: Path<String>,
    ) -> Result<Document<Keys>> {
        let found = pool::show(&cx, &policy, &key).await?;
        Ok(Document::of(self::key(found)))
    }

    /// Take a key out of a policy's pool
    ///
    /// The oldest; nobody else will get it.
    #[oai(
        path = "/policies/:policy/pool",
        method = "delete",
        operation_id = "popPolicyPool"
    )]
    async fn pop(&self, cx: Data<&Cx>, policy: Path<String>) -> Result<Document<Keys>> {
        let popped = pool::pop(&cx, &policy).await?;
        Ok(Document::of(key(popped)))
    }
}
