//! `/users`: people who run the account, and people who hold licenses (identity reference §17).

mod filters;
mod input;
mod related;
mod resource;

use keystead_app::Cx;
use keystead_app::users;
use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;

pub use self::filters::{UserFilters, filter};
pub use self::related::UserRelationsApi;
pub use self::resource::resource;

use self::input::{NewUserBody, UserChangeBody};
use crate::body::Body;
use crate::document::{Created, Document, List, NoContent};
use crate::listing::Listing;
use crate::nouns::Users;
use crate::problem::Result;
use crate::tags::Tag;

/// Operations on users.
pub struct UsersApi;

#[OpenApi(tag = "Tag::Users")]
impl UsersApi {
    /// List users
    ///
    /// The users that the bearer sees, newest first; those without a staff role, unless `roles[]`
    /// asks for others.
    #[oai(path = "/users", method = "get", operation_id = "listUsers")]
    async fn list(&self, cx: Data<&Cx>, query: Listing<UserFilters>) -> Result<List<Users>> {
        cx.bearer()?;
        let paging = query.paging()?;
        let filter = filter(&query, cx.now)?;
        let page = users::list(&cx, &filter, paging.page, paging.direction).await?;
        Ok(query.list(paging, page.map(resource)))
    }

    /// Create a user
    ///
    /// Nobody needs to be authenticated unless the account is protected.
    #[oai(path = "/users", method = "post", operation_id = "createUser")]
    async fn create(&self, cx: Data<&Cx>, body: Body<NewUserBody>) -> Result<Created<Users>> {
        let sent = body.read(&input::creating(&cx))?;
        let person = users::create(&cx, input::draft(sent)).await?;
        Ok(Created(Document::of(resource(person))))
    }

    /// Retrieve a user
    ///
    /// By id or address, as everywhere below `/users`.
    #[oai(path = "/users/:user", method = "get", operation_id = "getUser")]
    async fn show(&self, cx: Data<&Cx>, user: Path<String>) -> Result<Document<Users>> {
        let person = users::show(&cx, &user).await?;
        Ok(Document::of(resource(person)))
    }

    /// Update a user
    ///
    /// A change of role revokes the user's tokens. The account keeps at least one admin with every
    /// permission.
    #[oai(path = "/users/:user", method = "patch", operation_id = "updateUser")]
    async fn update(
        &self,
        cx: Data<&Cx>,
        user: Path<String>,
        body: Body<UserChangeBody>,
    ) -> Result<Document<Users>> {
        update(&cx, &user, body).await
    }

    /// Update a user
    ///
    /// The same as with `PATCH`.
    #[oai(path = "/users/:user", method = "put", operation_id = "putUser")]
    async fn put(
        &self,
        cx: Data<&Cx>,
        user: Path<String>,
        body: Body<UserChangeBody>,
    ) -> Result<Document<Users>> {
        update(&cx, &user, body).await
    }

    /// Delete a user
    ///
    /// The licenses that the user owns, their machines and tokens go with it; those it merely
    /// shares stay.
    #[oai(path = "/users/:user", method = "delete", operation_id = "deleteUser")]
    async fn delete(&self, cx: Data<&Cx>, user: Path<String>) -> Result<NoContent> {
        users::delete(&cx, &user).await?;
        Ok(NoContent)
    }

    /// Ban a user
    ///
    /// Neither the user nor the licenses it owns authenticate any more.
    #[oai(
        path = "/users/:user/actions/ban",
        method = "post",
        operation_id = "banUser"
    )]
    async fn ban(&self, cx: Data<&Cx>, user: Path<String>) -> Result<Document<Users>> {
        let person = users::ban(&cx, &user).await?;
        Ok(Document::of(resource(person)))
    }

    /// Lift a user's ban
    #[oai(
        path = "/users/:user/actions/unban",
        method = "post",
        operation_id = "unbanUser"
    )]
    async fn unban(&self, cx: Data<&Cx>, user: Path<String>) -> Result<Document<Users>> {
        let person = users::unban(&cx, &user).await?;
        Ok(Document::of(resource(person)))
    }
}

async fn update(cx: &Cx, user: &str, body: Body<UserChangeBody>) -> Result<Document<Users>> {
    let user = users::changeable(cx, user).await?;
    let sent = body.read(&input::changing(cx))?;
    let person = users::update(cx, user, input::change(sent)).await?;
    Ok(Document::of(resource(person)))
}
