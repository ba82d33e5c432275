//! `/entitlements`: named rights that licenses hold (licensing reference §8.2).

pub mod attached;
mod input;
mod resource;

use keystead_app::Cx;
use keystead_app::entitlements;
use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;

pub use self::resource::resource;

use self::input::{EntitlementChangeBody, NewEntitlementBody};
use crate::body::Body;
use crate::document::{Created, Document, List, NoContent};
use crate::listing::Listing;
use crate::nouns::Entitlements;
use crate::problem::Result;
use crate::shape::Guards;
use crate::tags::Tag;

/// Operations on entitlements.
pub struct EntitlementsApi;

#[OpenApi(tag = "Tag::Entitlements")]
impl EntitlementsApi {
    /// List entitlements
    ///
    /// The entitlements that the bearer sees, newest first. Users and licenses see those they
    /// hold.
    #[oai(
        path = "/entitlements",
        method = "get",
        operation_id = "listEntitlements"
    )]
    async fn list(&self, cx: Data<&Cx>, query: Listing) -> Result<List<Entitlements>> {
        cx.bearer()?;
        let paging = query.paging()?;
        let page = entitlements::list(&cx, paging.page, paging.direction).await?;
        Ok(query.list(paging, page.map(resource)))
    }

    /// Create an entitlement
    #[oai(
        path = "/entitlements",
        method = "post",
        operation_id = "createEntitlement"
    )]
    async fn create(
        &self,
        cx: Data<&Cx>,
        body: Body<NewEntitlementBody>,
    ) -> Result<Created<Entitlements>> {
        cx.bearer()?;
        let sent = body.read(&Guards::at(cx.version))?;
        let entitlement = entitlements::create(&cx, input::draft(sent)).await?;
        Ok(Created(Document::of(resource(entitlement))))
    }

    /// Retrieve an entitlement
    #[oai(
        path = "/entitlements/:entitlement",
        method = "get",
        operation_id = "getEntitlement"
    )]
    async fn show(
        &self,
        cx: Data<&Cx>,
        entitlement: Path<String>,
    ) -> Result<Document<Entitlements>> {
        let entitlement = entitlements::show(&cx, &entitlement).await?;
        Ok(Document::of(resource(entitlement)))
    }

    /// Update an entitlement
    #[oai(
        path = "/entitlements/:entitlement",
        method = "patch",
        operation_id = "updateEntitlement"
    )]
    async fn update(
        &self,
        cx: Data<&Cx>,
        entitlement: Path<String>,
        body: Body<EntitlementChangeBody>,
    ) -> Result<Document<Entitlements>> {
        update(&cx, &entitlement, body).await
    }

    /// Update an entitlement
    ///
    /// The same as with `PATCH`.
    #[oai(
        path = "/entitlements/:entitlement",
        method = "put",
        operation_id = "putEntitlement"
    )]
    async fn put(
        &self,
        cx: Data<&Cx>,
        entitlement: Path<String>,
        body: Body<EntitlementChangeBody>,
    ) -> Result<Document<Entitlements>> {
        update(&cx, &entitlement, body).await
    }

    /// Delete an entitlement
    ///
    /// Policies and licenses lose it.
    #[oai(
        path = "/entitlements/:entitlement",
        method = "delete",
        operation_id = "deleteEntitlement"
    )]
    async fn delete(&self, cx: Data<&Cx>, entitlement: Path<String>) -> Result<NoContent> {
        entitlements::delete(&cx, &entitlement).await?;
        Ok(NoContent)
    }
}

async fn update(
    cx: &Cx,
    entitlement: &str,
    body: Body<EntitlementChangeBody>,
) -> Result<Document<Entitlements>> {
    let entitlement = entitlements::changeable(cx, entitlement).await?;
    let sent = body.read(&Guards::at(cx.version))?;
    let entitlement = entitlements::update(cx, entitlement, input::change(sent)).await?;
    Ok(Document::of(resource(entitlement)))
}
