//! The owners and the members of a group: below `/groups/{group}`.

use keystead_app::{Cx, groups};
use keystead_store::users::Filter as UserFilter;
use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;

use super::resource::owner;
use crate::body::Body;
use crate::document::{Document, List, NoContent};
use crate::fields::Links;
use crate::licenses::{LicenseFilters, filter as narrowed, resource::resource as license};
use crate::listing::Listing;
use crate::machines::resource::resource as machine;
use crate::nouns::{GroupOwners, Licenses, Machines, Users};
use crate::problem::Result;
use crate::products::ProductMachineFilters;
use crate::shape::Guards;
use crate::tags::Tag;
use crate::users::{UserFilters, filter, resource as user};

/// Operations on what belongs to a group.
pub struct GroupRelationsApi;

#[OpenApi(tag = "Tag::Groups")]
impl GroupRelationsApi {
    /// List a group's owners
    #[oai(
        path = "/groups/:group/owners",
        method = "get",
        operation_id = "listGroupOwners"
    )]
    async fn owners(
        &self,
        cx: Data<&Cx>,
        group: Path<String>,
        query: Listing,
    ) -> Result<List<GroupOwners>> {
        cx.bearer()?;
        let paging = query.paging()?;
        let page = groups::owners(&cx, &group, paging.page, paging.direction).await?;
        Ok(query.list(paging, page.map(|found| owner(&found))))
    }

    /// Retrieve one of a group's owners
    #[oai(
        path = "/groups/:group/owners/:owner",
        method = "get",
        operation_id = "getGroupOwner"
    )]
    async fn owner(
        &self,
        cx: Data<&Cx>,
        group: Path<String>,
        owner: Path<String>,
    ) -> Result<Document<GroupOwners>> {
        let found = groups::owner(&cx, &group, &owner).await?;
        Ok(Document::of(self::owner(&found)))
    }

    /// Attach owners to a group
    ///
    /// All of the users or none. Owners read the group and its members, and change nothing.
    #[oai(
        path = "/groups/:group/owners",
        method = "post",
        operation_id = "attachGroupOwners"
    )]
    async fn attach(
        &self,
        cx: Data<&Cx>,
        group: Path<String>,
        body: Body<Links<Users>>,
    ) -> Result<List<GroupOwners>> {
        let group = groups::seen(&cx, &group).await?;
        let ids = body.read(&Guards::at(cx.version))?.ids();
        let made = groups::attach(&cx, group, &ids).await?;
        Ok(made.iter().map(owner).collect())
    }

    /// Detach owners from a group
    ///
    /// All of the users or none.
    #[oai(
        path = "/groups/:group/owners",
        method = "delete",
        operation_id = "detachGroupOwners"
    )]
    async fn detach(
        &self,
        cx: Data<&Cx>,
        group: Path<String>,
        body: Body<Links<Users>>,
    ) -> Result<NoContent> {
        let group = groups::seen(&cx, &group).await?;
        let ids = body.read(&Guards::at(cx.version))?.ids();
        groups::detach(&cx, group, &ids).await?;
        Ok(NoContent)
    }

    /// List a group's users
    ///
    /// Of whatever role, unless `roles[]` asks for some.
    #[oai(
        path = "/groups/:group/users",
        method = "get",
        operation_id = "listGroupUsers"
    )]
    async fn users(
        &self,
        cx: Data<&Cx>,
        group: Path<String>,
        query: Listing<UserFilters>,
    ) -> Result<List<Users>> {
        cx.bearer()?;
        let paging = query.paging()?;
        let filter = UserFilter {
            roles: query.filters()?.roles(),
            ..filter(&query, cx.now)?
        };
        let page = groups::users(&cx, &group, filter, paging.page, paging.direction).await?;
        Ok(query.list(paging, page.map(user)))
    }

    /// Retrieve one of a group's users
    ///
    /// By id or address.
    #[oai(
        path = "/groups/:group/users/:user",
        method = "get",
        operation_id = "getGroupUser"
    )]
    async fn user(
        &self,
        cx: Data<&Cx>,
        group: Path<String>,
        user: Path<String>,
    ) -> Result<Document<Users>> {
        let found = groups::user(&cx, &group, &user).await?;
        Ok(Document::of(self::user(found)))
    }

    /// List a group's licenses
    #[oai(
        path = "/groups/:group/licenses",
        method = "get",
        operation_id = "listGroupLicenses"
    )]
    async fn licenses(
        &self,
        cx: Data<&Cx>,
        group: Path<String>,
        query: Listing<LicenseFilters>,
    ) -> Result<List<Licenses>> {
        cx.bearer()?;
        let paging = query.paging()?;
        let filter = narrowed(&query, cx.now)?;
        let page = groups::licenses(&cx, &group, filter, paging.page, paging.direction).await?;
        Ok(query.list(paging, page.map(|found| license(found, cx.now))))
    }

    /// Retrieve one of a group's licenses
    ///
    /// By its id or key.
    #[oai(
        path = "/groups/:group/licenses/:license",
        method = "get",
        operation_id = "getGroupLicense"
    )]
    async fn license(
        &self,
        cx: Data<&Cx>,
        group: Path<String>,
        license: Path<String>,
    ) -> Result<Document<Licenses>> {
        let found = groups::license(&cx, &group, &license).await?;
        Ok(Document::of(self::license(found, cx.now)))
    }

    /// List a group's machines
    #[oai(
        path = "/groups/:group/machines",
        method = "get",
        operation_id = "listGroupMachines"
    )]
    async fn machines(
        &self,
        cx: Data<&Cx>,
        group: Path<String>,
        query: Listing<ProductMachineFilters>,
    ) -> Result<List<Machines>> {
        cx.bearer()?;
        let paging = query.paging()?;
        let filter = query.filters()?.into();
        let page = groups::machines(&cx, &group, filter, paging.page, paging.direction).await?;
        Ok(query.list(paging, page.map(machine)))
    }

    /// Retrieve one of a group's machines
    ///
    /// By its id or fingerprint.
    #[oai(
        path = "/groups/:group/machines/:machine",
        method = "get",
        operation_id = "getGroupMachine"
    )]
    async fn machine(
        &self,
        cx: Data<&Cx>,
        group: Path<String>,
        machine: Path<String>,
    ) -> Result<Document<Machines>> {
        let found = groups::machine(&cx, &group, &machine).await?;
        Ok(Document::of(self::machine(found)))
    }
}
