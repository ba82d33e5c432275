//! `/groups`: users, licenses and machines that share limits (identity reference §19).

mod input;
mod related;
mod resource;

use keystead_app::Cx;
use keystead_app::groups;
use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;

pub use self::related::GroupRelationsApi;
pub use self::resource::{owner, resource};

use self::input::{GroupChangeBody, NewGroupBody};
use crate::body::Body;
use crate::document::{Created, Document, List, NoContent};
use crate::listing::Listing;
use crate::nouns::Groups;
use crate::problem::Result;
use crate::shape::Guards;
use crate::tags::Tag;

/// Operations on groups.
pub struct GroupsApi;

#[OpenApi(tag = "Tag::Groups")]
impl GroupsApi {
    /// List groups
    ///
    /// The groups that the bearer sees, newest first. Users see those they own or are in, licenses
    /// the one they are in.
    #[oai(path = "/groups", method = "get", operation_id = "listGroups")]
    async fn list(&self, cx: Data<&Cx>, query: Listing) -> Result<List<Groups>> {
        cx.bearer()?;
        let paging = query.paging()?;
        let page = groups::list(&cx, paging.page, paging.direction).await?;
        Ok(query.list(paging, page.map(resource)))
    }

    /// Create a group
    #[oai(path = "/groups", method = "post", operation_id = "createGroup")]
    async fn create(&self, cx: Data<&Cx>, body: Body<NewGroupBody>) -> Result<Created<Groups>> {
        cx.bearer()?;
        let sent = body.read(&Guards::at(cx.version))?;
        let group = groups::create(&cx, input::draft(sent)).await?;
        Ok(Created(Document::of(resource(group))))
    }

    /// Retrieve a group
    #[oai(path = "/groups/:group", method = "get", operation_id = "getGroup")]
    async fn show(&self, cx: Data<&Cx>, group: Path<String>) -> Result<Document<Groups>> {
        let group = groups::show(&cx, &group).await?;
        Ok(Document::of(resource(group)))
    }

    /// Update a group
    ///
    /// A limit below what the group holds keeps further members out and nobody else.
    #[oai(
        path = "/groups/:group",
        method = "patch",
        operation_id = "updateGroup"
    )]
    async fn update(
        &self,
        cx: Data<&Cx>,
        group: Path<String>,
        body: Body<GroupChangeBody>,
    ) -> Result<Document<Groups>> {
        update(&cx, &group, body).await
    }

    /// Update a group
    ///
    /// The same as with `PATCH`.
    #[oai(path = "/groups/:group", method = "put", operation_id = "putGroup")]
    async fn put(
        &self,
        cx: Data<&Cx>,
        group: Path<String>,
        body: Body<GroupChangeBody>,
    ) -> Result<Document<Groups>> {
        update(&cx, &group, body).await
    }

    /// Delete a group
    ///
    /// Its members stay, in no group.
    #[oai(
        path = "/groups/:group",
        method = "delete",
        operation_id = "deleteGroup"
    )]
    async fn delete(&self, cx: Data<&Cx>, group: Path<String>) -> Result<NoContent> {
        groups::delete(&cx, &group).await?;
        Ok(NoContent)
    }
}

async fn update(cx: &Cx, group: &str, body: Body<GroupChangeBody>) -> Result<Document<Groups>> {
    let group = groups::changeable(cx, group).await?;
    let sent = body.read(&Guards::at(cx.version))?;
    let group = groups::update(cx, group, input::change(sent)).await?;
    Ok(Document::of(resource(group)))
}
