//! The users of a license: below `/licenses/{license}/users` (licensing reference §3.8).

use keystead_app::Cx;
use keystead_app::licenses::users;
use keystead_store::entities::LicenseUser;
use poem::web::Data;
use poem_openapi::param::Path;
use poem_openapi::{Object, OpenApi};
use serde::Serialize;

use crate::body::Body;
use crate::document::{
    AccountLink, Document, EnvironmentLink, Link, List, NoContent, Place, Rendered, Resource, ToOne,
};
use crate::fields::{Links, Time};
use crate::input::Nothing;
use crate::listing::Listing;
use crate::nouns::{LicenseUsers, Licenses, Users};
use crate::problem::Result;
use crate::shape::Guards;
use crate::tags::Tag;
use crate::users::resource;

/// An attachment's attributes.
#[derive(Object, Serialize)]
pub struct LicenseUserAttributes {
    /// When it was made.
    created: Time,
    /// When it was last changed.
    updated: Time,
}

/// What attaches a user to a license is related to.
#[derive(Object, Serialize)]
pub struct LicenseUserRelationships {
    /// The account.
    account: AccountLink,
    /// The environment; global when null.
    environment: EnvironmentLink,
    /// The license.
    license: ToOne<Licenses>,
    /// The user.
    user: ToOne<Users>,
}

impl Rendered for LicenseUsers {
    const NAME: &'static str = "LicenseUser";
    type Attributes = LicenseUserAttributes;
    type Relationships = LicenseUserRelationships;
    type Meta = Nothing;
}

/// What attaches a user to a license, as it is answered.
pub fn attachment(row: &LicenseUser) -> Resource<LicenseUsers> {
    let account = row.account_id;
    let place = Place::of::<LicenseUsers>(account, row.id);
    let license = Place::of::<Licenses>(account, row.license_id);
    let user = Place::of::<Users>(account, row.user_id);
    let attributes = LicenseUserAttributes {
        created: Time(row.created_at),
        updated: Time(row.updated_at),
    };
    let relationships = LicenseUserRelationships {
        account: place.account_link(),
        environment: place.environment_link(row.environment_id),
        license: Place::to_one_at(license),
        user: Place::to_one_at(user),
    };
    Resource {
        link: Link::Joined {
            place: license,
            name: "users",
            id: user.id(),
        },
        ..Resource::new(place, attributes, relationships)
    }
}

/// Operations on the users of a license.
pub struct LicenseUsersApi;

#[OpenApi(tag = "Tag::Licenses")]
impl LicenseUsersApi {
    /// List a license's users
    ///
    /// Its owner and those it is shared with.
    #[oai(
        path = "/licenses/:license/users",
        method = "get",
        operation_id = "listLicenseUsers"
    )]
    async fn list(
        &self,
        cx: Data<&Cx>,
        license: Path<String>,
        query: Listing,
    ) -> Result<List<Users>> {
        cx.bearer()?;
        let paging = query.paging()?;
        let page = users::list(&cx, &license, paging.page, paging.direction).await?;
        Ok(query.list(paging, page.map(resource)))
    }

    /// Retrieve one of a license's users
    ///
    /// By id or address.
    #[oai(
        path = "/licenses/:license/users/:user",
        method = "get",
        operation_id = "getLicenseUser"
    )]
    async fn show(
        &self,
        cx: Data<&Cx>,
        license: Path<String>,
        user: Path<String>,
    ) -> Result<Document<Users>> {
        let person = users::show(&cx, &license, &user).await?;
        Ok(Document::of(resource(person)))
    }

    /// Attach users to a license
    ///
    /// All of them or none.
    #[oai(
        path = "/licenses/:license/users",
        method = "post",
        operation_id = "attachLicenseUsers"
    )]
    async fn attach(
        &self,
        cx: Data<&Cx>,
        license: Path<String>,
        body: Body<Links<Users>>,
    ) -> Result<List<LicenseUsers>> {
        cx.bearer()?;
        let ids = body.read(&Guards::at(cx.version))?.ids();
        let made = users::attach(&cx, &license, &ids).await?;
        Ok(made.iter().map(attachment).collect())
    }

    /// Detach users from a license
    ///
    /// All of them or none; their machines on it stay, and are nobody's.
    #[oai(
        path = "/licenses/:license/users",
        method = "delete",
        operation_id = "detachLicenseUsers"
    )]
    async fn detach(
        &self,
        cx: Data<&Cx>,
        license: Path<String>,
        body: Body<Links<Users>>,
    ) -> Result<NoContent> {
        cx.bearer()?;
        let ids = body.read(&Guards::at(cx.version))?.ids();
        users::detach(&cx, &license, &ids).await?;
        Ok(NoContent)
    }
}
