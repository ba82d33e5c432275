//! `/policies`: the terms shared by many licenses of a product (licensing reference §2).

mod input;
mod related;
mod resource;

use keystead_app::Cx;
use keystead_app::policies;
use keystead_store::policies::Filter;
use poem::web::Data;
use poem_openapi::param::Path;
use poem_openapi::{Object, OpenApi};
use serde::Deserialize;

pub use self::related::PolicyRelationsApi;
pub use self::resource::resource;

use self::input::{NewPolicyBody, PolicyChangeBody};
use crate::body::Body;
use crate::document::{Created, Document, List, NoContent};
use crate::listing::Listing;
use crate::nouns::Policies;
use crate::problem::Result;
use crate::tags::Tag;

/// Which policies are wanted. What is no id where one is needed matches nothing.
#[derive(Debug, Default, Object, Deserialize)]
#[serde(default)]
pub struct PolicyFilters {
    /// Of the product with this id.
    product: Option<String>,
}

/// Operations on policies.
pub struct PoliciesApi;

#[OpenApi(tag = "Tag::Policies")]
impl PoliciesApi {
    /// List policies
    ///
    /// The policies that the bearer sees, newest first. Users and licenses see those of their
    /// licenses.
    #[oai(path = "/policies", method = "get", operation_id = "listPolicies")]
    async fn list(&self, cx: Data<&Cx>, query: Listing<PolicyFilters>) -> Result<List<Policies>> {
        cx.bearer()?;
        let paging = query.paging()?;
        let filter = Filter {
            product: query.filters()?.product,
        };
        let page = policies::list(&cx, &filter, paging.page, paging.direction).await?;
        Ok(query.list(paging, page.map(resource)))
    }

    /// Create a policy
    #[oai(path = "/policies", method = "post", operation_id = "createPolicy")]
    async fn create(&self, cx: Data<&Cx>, body: Body<NewPolicyBody>) -> Result<Created<Policies>> {
        cx.bearer()?;
        let sent = body.read(&input::guards(&cx))?;
        let policy = policies::create(&cx, input::draft(sent)).await?;
        Ok(Created(Document::of(resource(policy))))
    }

    /// Retrieve a policy
    #[oai(path = "/policies/:policy", method = "get", operation_id = "getPolicy")]
    async fn show(&self, cx: Data<&Cx>, policy: Path<String>) -> Result<Document<Policies>> {
        let policy = policies::show(&cx, &policy).await?;
        Ok(Document::of(resource(policy)))
    }

    /// Update a policy
    ///
    /// All of its licenses live by the new terms at once; what they took from it when they were
    /// made (expiry, key, protection) stays.
    #[oai(
        path = "/policies/:policy",
        method = "patch",
        operation_id = "updatePolicy"
    )]
    async fn update(
        &self,
        cx: Data<&Cx>,
        policy: Path<String>,
        body: Body<PolicyChangeBody>,
    ) -> Result<Document<Policies>> {
        update(&cx, &policy, body).await
    }

    /// Update a policy
    ///
    /// The same as with `PATCH`.
    #[oai(path = "/policies/:policy", method = "put", operation_id = "putPolicy")]
    async fn put(
        &self,
        cx: Data<&Cx>,
        policy: Path<String>,
        body: Body<PolicyChangeBody>,
    ) -> Result<Document<Policies>> {
        update(&cx, &policy, body).await
    }

    /// Delete a policy
    ///
    /// Its licenses, their machines and tokens go with it.
    #[oai(
        path = "/policies/:policy",
        method = "delete",
        operation_id = "deletePolicy"
    )]
    async fn delete(&self, cx: Data<&Cx>, policy: Path<String>) -> Result<NoContent> {
        policies::delete(&cx, &policy).await?;
        Ok(NoContent)
    }
}

async fn update(cx: &Cx, policy: &str, body: Body<PolicyChangeBody>) -> Result<Document<Policies>> {
    let policy = policies::changeable(cx, policy).await?;
    let sent = body.read(&input::guards(cx))?;
    let policy = policies::update(cx, policy, input::change(sent)).await?;
    Ok(Document::of(resource(policy)))
}
