//! `/users/{user}/second-factors`: one-time codes besides the password (identity reference §12).

mod input;
mod resource;

use keystead_app::{Cx, second_factors};
use keystead_domain::access::Action;
use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;

pub use self::resource::told;

use self::input::{NewSecondFactorBody, RemovalBody, SecondFactorChangeBody};
use self::resource::resource;
use crate::body::Body;
use crate::document::{Created, Document, List, NoContent};
use crate::listing::Listing;
use crate::nouns::SecondFactors;
use crate::problem::Result;
use crate::shape::Guards;
use crate::tags::Tag;

/// Operations on second factors.
pub struct SecondFactorsApi;

#[OpenApi(tag = "Tag::SecondFactors")]
impl SecondFactorsApi {
    /// List a user's second factors
    ///
    /// A user has one at most.
    #[oai(
        path = "/users/:user/second-factors",
        method = "get",
        operation_id = "listSecondFactors"
    )]
    async fn list(
        &self,
        cx: Data<&Cx>,
        user: Path<String>,
        query: Listing,
    ) -> Result<List<SecondFactors>> {
        cx.bearer()?;
        let paging = query.paging()?;
        let page = second_factors::list(&cx, &user, paging.page, paging.direction).await?;
        Ok(query.list(paging, page.map(resource)))
    }

    /// Create a second factor
    ///
    /// It does nothing until it is enabled. The answer holds what an authenticator app makes codes
    /// from.
    #[oai(
        path = "/users/:user/second-factors",
        method = "post",
        operation_id = "createSecondFactor"
    )]
    async fn create(
        &self,
        cx: Data<&Cx>,
        user: Path<String>,
        body: Body<NewSecondFactorBody>,
    ) -> Result<Created<SecondFactors>> {
        let holder = second_factors::holder(&cx, Action::SecondFactorCreate, &user).await?;
        let sent = body.read(&Guards::at(cx.version))?;
        let made = second_factors::create(&cx, holder, input::proof(sent)).await?;
        Ok(Created(Document::of(resource(made))))
    }

    /// Retrieve a second factor
    #[oai(
        path = "/users/:user/second-factors/:factor",
        method = "get",
        operation_id = "getSecondFactor"
    )]
    async fn show(
        &self,
        cx: Data<&Cx>,
        user: Path<String>,
        factor: Path<String>,
    ) -> Result<Document<SecondFactors>> {
        let found = second_factors::show(&cx, &user, &factor).await?;
        Ok(Document::of(resource(found)))
    }

    /// Enable or disable a second factor
    ///
    /// With a code of this very factor. Once enabled, a login asks for one.
    #[oai(
        path = "/users/:user/second-factors/:factor",
        method = "patch",
        operation_id = "updateSecondFactor"
    )]
    async fn update(
        &self,
        cx: Data<&Cx>,
        user: Path<String>,
        factor: Path<String>,
        body: Body<SecondFactorChangeBody>,
    ) -> Result<Document<SecondFactors>> {
        update(&cx, &user, &factor, body).await
    }

    /// Enable or disable a second factor
    ///
    /// The same as with `PATCH`.
    #[oai(
        path = "/users/:user/second-factors/:factor",
        method = "put",
        operation_id = "putSecondFactor"
    )]
    async fn put(
        &self,
        cx: Data<&Cx>,
        user: Path<String>,
        factor: Path<String>,
        body: Body<SecondFactorChangeBody>,
    ) -> Result<Document<SecondFactors>> {
        update(&cx, &user, &factor, body).await
    }

    /// Delete a second factor
    ///
    /// One that is enabled only with a code of it.
    #[oai(
        path = "/users/:user/second-factors/:factor",
        method = "delete",
        operation_id = "deleteSecondFactor"
    )]
    async fn delete(
        &self,
        cx: Data<&Cx>,
        user: Path<String>,
        factor: Path<String>,
        body: Body<RemovalBody>,
    ) -> Result<NoContent> {
        let holder = second_factors::holder(&cx, Action::SecondFactorDelete, &user).await?;
        let owned = second_factors::removable(&cx, &holder, &factor).await?;
        let sent = body.read(&Guards::at(cx.version))?;
        let otp = sent.meta.and_then(|meta| meta.otp);
        second_factors::delete(&cx, owned, otp.as_deref()).await?;
        Ok(NoContent)
    }
}

async fn update(
    cx: &Cx,
    user: &str,
    factor: &str,
    body: Body<SecondFactorChangeBody>,
) -> Result<Document<SecondFactors>> {
    let holder = second_factors::holder(cx, Action::SecondFactorUpdate, user).await?;
    let owned = second_factors::changeable(cx, &holder, factor).await?;
    let sent = body.read(&Guards::at(cx.version))?;
    let enabled = sent.data.attributes.enabled;
    let changed = second_factors::update(cx, owned, enabled, &sent.meta.otp).await?;
    Ok(Document::of(resource(changed)))
}
