//! Tokens below the path of their bearer; those of products and users are with what else belongs to
//! these.

use keystead_app::Cx;
use keystead_app::tokens::{self, Draft, Parent};
use keystead_domain::access::{Action, BearerId};
use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;

use super::input::{
    NewLicenseTokenBody, NewTokenBelowBody, asked_below, asked_of_license, permitting,
};
use super::resource::{fresh, resource};
use crate::body::Body;
use crate::document::{Created, Document, List};
use crate::listing::Listing;
use crate::nouns::Tokens;
use crate::problem::Result;
use crate::tags::Tag;

/// Operations on the tokens of licenses and environments.
pub struct TokensBelowApi;

#[OpenApi(tag = "Tag::Tokens")]
impl TokensBelowApi {
    /// List a license's tokens
    ///
    /// Never their secrets.
    #[oai(
        path = "/licenses/:license/tokens",
        method = "get",
        operation_id = "listLicenseTokens"
    )]
    async fn of_license(
        &self,
        cx: Data<&Cx>,
        license: Path<String>,
        query: Listing,
    ) -> Result<List<Tokens>> {
        list(&cx, Parent::License(&license), &query).await
    }

    /// Retrieve one of a license's tokens
    ///
    /// Never its secret.
    #[oai(
        path = "/licenses/:license/tokens/:token",
        method = "get",
        operation_id = "getLicenseToken"
    )]
    async fn one_of_license(
        &self,
        cx: Data<&Cx>,
        license: Path<String>,
        token: Path<String>,
    ) -> Result<Document<Tokens>> {
        show(&cx, Parent::License(&license), &token).await
    }

    /// Create a token of a license
    ///
    /// The secret is in this answer alone. It may be limited in how many machines it activates and
    /// deactivates.
    #[oai(
        path = "/licenses/:license/tokens",
        method = "post",
        operation_id = "createLicenseToken"
    )]
    async fn create_of_license(
        &self,
        cx: Data<&Cx>,
        license: Path<String>,
        body: Body<NewLicenseTokenBody>,
    ) -> Result<Document<Tokens>> {
        let bearer = tokens::bearer_of(&cx, Parent::License(&license)).await?;
        let draft = asked_of_license(body.read(&permitting(&cx))?);
        create(&cx, Action::LicenseTokensGenerate, bearer, draft).await
    }

    /// List an environment's tokens
    ///
    /// Never their secrets.
    #[oai(
        path = "/environments/:environment/tokens",
        method = "get",
        operation_id = "listEnvironmentTokens"
    )]
    async fn of_environment(
        &self,
        cx: Data<&Cx>,
        environment: Path<String>,
        query: Listing,
    ) -> Result<List<Tokens>> {
        list(&cx, Parent::Environment(&environment), &query).await
    }

    /// Retrieve one of an environment's tokens
    ///
    /// Never its secret.
    #[oai(
        path = "/environments/:environment/tokens/:token",
        method = "get",
        operation_id = "getEnvironmentToken"
    )]
    async fn one_of_environment(
        &self,
        cx: Data<&Cx>,
        environment: Path<String>,
        token: Path<String>,
    ) -> Result<Document<Tokens>> {
        show(&cx, Parent::Environment(&environment), &token).await
    }

    /// Create a token of an environment
    ///
    /// The secret is in this answer alone. The environment must be the one of the request.
    #[oai(
        path = "/environments/:environment/tokens",
        method = "post",
        operation_id = "createEnvironmentToken"
    )]
    async fn create_of_environment(
        &self,
        cx: Data<&Cx>,
        environment: Path<String>,
        body: Body<NewTokenBelowBody>,
    ) -> Result<Created<Tokens>> {
        let bearer = tokens::bearer_of(&cx, Parent::Environment(&environment)).await?;
        let made = create_below(&cx, Action::EnvironmentTokensGenerate, bearer, body).await?;
        Ok(Created(made))
    }
}

async fn list(cx: &Cx, parent: Parent<'_>, query: &Listing) -> Result<List<Tokens>> {
    cx.bearer()?;
    let paging = query.paging()?;
    let page = tokens::list_of(cx, parent, paging.page, paging.direction).await?;
    Ok(query.list(paging, page.map(|issued| resource(&issued, None))))
}

async fn show(cx: &Cx, parent: Parent<'_>, token: &str) -> Result<Document<Tokens>> {
    let issued = tokens::show_of(cx, parent, token).await?;
    Ok(Document::of(resource(&issued, None)))
}

/// Creates a token below its bearer's path; 200, as the contract has it for most of these.
pub async fn create_below(
    cx: &Cx,
    action: Action,
    bearer: BearerId,
    body: Body<NewTokenBelowBody>,
) -> Result<Document<Tokens>> {
    let draft = asked_below(body.read(&permitting(cx))?);
    create(cx, action, bearer, draft).await
}

async fn create(
    cx: &Cx,
    action: Action,
    bearer: BearerId,
    draft: Draft,
) -> Result<Document<Tokens>> {
    Ok(fresh(
        &tokens::generate_for(cx, action, bearer, draft).await?,
    ))
}
