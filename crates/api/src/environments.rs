//! `/environments`: partitions of an account's records (identity reference §15).

mod input;
mod resource;

use keystead_app::Cx;
use keystead_app::environments;
use keystead_domain::access::Action;
use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;

pub use self::resource::resource;

use self::input::{EnvironmentChangeBody, NewEnvironmentBody};
use crate::body::Body;
use crate::document::{Created, Document, List, NoContent};
use crate::listing::Listing;
use crate::nouns::{Environments, Tokens};
use crate::problem::Result;
use crate::shape::Guards;
use crate::tags::Tag;
use crate::tokens::{NewTokenBelowBody, create_below, resource as token};

/// Operations on environments.
pub struct EnvironmentsApi;

#[OpenApi(tag = "Tag::Environments")]
impl EnvironmentsApi {
    /// List environments
    ///
    /// Newest first.
    #[oai(
        path = "/environments",
        method = "get",
        operation_id = "listEnvironments"
    )]
    async fn list(&self, cx: Data<&Cx>, query: Listing) -> Result<List<Environments>> {
        cx.bearer()?;
        let paging = query.paging()?;
        let page = environments::list(&cx, paging.page, paging.direction).await?;
        Ok(query.list(paging, page.map(resource)))
    }

    /// Create an environment
    ///
    /// Up to ten admins may be created in it in the same request: an isolated environment is
    /// entered by nobody else, but for global admins.
    #[oai(
        path = "/environments",
        method = "post",
        operation_id = "createEnvironment"
    )]
    async fn create(
        &self,
        cx: Data<&Cx>,
        body: Body<NewEnvironmentBody>,
    ) -> Result<Created<Environments>> {
        cx.bearer()?;
        let sent = body.read(&Guards::at(cx.version))?;
        let environment = environments::create(&cx, input::draft(sent)).await?;
        Ok(Created(Document::of(resource(environment))))
    }

    /// Retrieve an environment
    ///
    /// By its id or code, as everywhere below `/environments`.
    #[oai(
        path = "/environments/:environment",
        method = "get",
        operation_id = "getEnvironment"
    )]
    async fn show(
        &self,
        cx: Data<&Cx>,
        environment: Path<String>,
    ) -> Result<Document<Environments>> {
        let environment = environments::show(&cx, &environment).await?;
        Ok(Document::of(resource(environment)))
    }

    /// Update an environment
    ///
    /// Whether it is isolated can't be changed.
    #[oai(
        path = "/environments/:environment",
        method = "patch",
        operation_id = "updateEnvironment"
    )]
    async fn update(
        &self,
        cx: Data<&Cx>,
        environment: Path<String>,
        body: Body<EnvironmentChangeBody>,
    ) -> Result<Document<Environments>> {
        update(&cx, &environment, body).await
    }

    /// Update an environment
    ///
    /// The same as with `PATCH`.
    #[oai(
        path = "/environments/:environment",
        method = "put",
        operation_id = "putEnvironment"
    )]
    async fn put(
        &self,
        cx: Data<&Cx>,
        environment: Path<String>,
        body: Body<EnvironmentChangeBody>,
    ) -> Result<Document<Environments>> {
        update(&cx, &environment, body).await
    }

    /// Delete an environment
    ///
    /// Nobody enters it from now on; what is in it is removed soon after.
    #[oai(
        path = "/environments/:environment",
        method = "delete",
        operation_id = "deleteEnvironment"
    )]
    async fn delete(&self, cx: Data<&Cx>, environment: Path<String>) -> Result<NoContent> {
        environments::delete(&cx, &environment).await?;
        Ok(NoContent)
    }

    /// List an environment's tokens
    ///
    /// Never their secrets.
    #[oai(
        path = "/environments/:environment/tokens",
        method = "get",
        operation_id = "listEnvironmentTokens"
    )]
    async fn tokens(
        &self,
        cx: Data<&Cx>,
        environment: Path<String>,
        query: Listing,
    ) -> Result<List<Tokens>> {
        cx.bearer()?;
        let paging = query.paging()?;
        let page = environments::tokens(&cx, &environment, paging.page, paging.direction).await?;
        Ok(query.list(paging, page.map(|issued| token(&issued, None))))
    }

    /// Retrieve one of an environment's tokens
    ///
    /// Never its secret.
    #[oai(
        path = "/environments/:environment/tokens/:token",
        method = "get",
        operation_id = "getEnvironmentToken"
    )]
    async fn token(
        &self,
        cx: Data<&Cx>,
        environment: Path<String>,
        token: Path<String>,
    ) -> Result<Document<Tokens>> {
        let issued = environments::token(&cx, &environment, &token).await?;
        Ok(Document::of(self::token(&issued, None)))
    }

    /// Create a token of an environment
    ///
    /// The secret is in this answer alone.
    #[oai(
        path = "/environments/:environment/tokens",
        method = "post",
        operation_id = "createEnvironmentToken"
    )]
    async fn create_token(
        &self,
        cx: Data<&Cx>,
        environment: Path<String>,
        body: Body<NewTokenBelowBody>,
    ) -> Result<Created<Tokens>> {
        let bearer = environments::bearer(&cx, &environment).await?;
        let action = Action::EnvironmentTokensGenerate;
        Ok(Created(create_below(&cx, action, bearer, body).await?))
    }
}

async fn update(
    cx: &Cx,
    environment: &str,
    body: Body<EnvironmentChangeBody>,
) -> Result<Document<Environments>> {
    let environment = environments::changeable(cx, environment).await?;
    let sent = body.read(&Guards::at(cx.version))?;
    let environment = environments::update(cx, environment, input::change(sent)).await?;
    Ok(Document::of(resource(environment)))
}
