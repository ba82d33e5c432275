//! What belongs to a license: below `/licenses/{license}`.

use keystead_app::{Cx, licenses};
use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;

use super::resource::resource;
use crate::body::Body;
use crate::document::{Document, List};
use crate::fields::{LinkBody, NullableLinkBody};
use crate::listing::Listing;
use crate::machines::resource::resource as machine;
use crate::nouns::{Groups, Licenses, Machines, Policies, Tokens, Users};
use crate::problem::Result;
use crate::shape::Guards;
use crate::tags::Tag;
use crate::tokens::resource as token;
use crate::{groups, users};

use super::tokens::{NewLicenseTokenBody, create};

/// Operations on what belongs to a license.
pub struct LicenseRelationsApi;

#[OpenApi(tag = "Tag::Licenses")]
impl LicenseRelationsApi {
    /// Move a license to another policy
    ///
    /// One that its key and its machines can live under, of another product too. Its expiry is
    /// kept or reset, as the new policy says.
    #[oai(
        path = "/licenses/:license/policy",
        method = "put",
        operation_id = "changeLicensePolicy"
    )]
    async fn change_policy(
        &self,
        cx: Data<&Cx>,
        license: Path<String>,
        body: Body<LinkBody<Policies>>,
    ) -> Result<Document<Licenses>> {
        cx.bearer()?;
        let policy = body.read(&Guards::at(cx.version))?.id();
        let license = licenses::transfer(&cx, &license, policy).await?;
        Ok(Document::of(resource(license, cx.now)))
    }

    /// Change a license's owner
    ///
    /// A license without a group joins its new owner's.
    #[oai(
        path = "/licenses/:license/owner",
        method = "put",
        operation_id = "changeLicenseOwner"
    )]
    async fn change_owner(
        &self,
        cx: Data<&Cx>,
        license: Path<String>,
        body: Body<NullableLinkBody<Users>>,
    ) -> Result<Document<Licenses>> {
        let license = licenses::ownable(&cx, &license).await?;
        let owner = body.read(&Guards::at(cx.version))?.id();
        let license = licenses::change_owner(&cx, license, owner).await?;
        Ok(Document::of(resource(license, cx.now)))
    }

    /// Retrieve a license's user
    ///
    /// What older clients call its owner.
    #[oai(
        path = "/licenses/:license/user",
        method = "get",
        operation_id = "getLicenseUserOfOld"
    )]
    async fn user(&self, cx: Data<&Cx>, license: Path<String>) -> Result<Document<Users>> {
        let user = licenses::user(&cx, &license).await?;
        Ok(Document::from(user.map(users::resource)))
    }

    /// Change a license's user
    ///
    /// What older clients call its owner.
    #[oai(
        path = "/licenses/:license/user",
        method = "put",
        operation_id = "changeLicenseUser"
    )]
    async fn change_user(
        &self,
        cx: Data<&Cx>,
        license: Path<String>,
        body: Body<NullableLinkBody<Users>>,
    ) -> Result<Document<Licenses>> {
        let license = licenses::user_changeable(&cx, &license).await?;
        let user = body.read(&Guards::at(cx.version))?.id();
        let license = licenses::change_owner(&cx, license, user).await?;
        Ok(Document::of(resource(license, cx.now)))
    }

    /// Retrieve a license's group
    ///
    /// 404 when it is in none.
    #[oai(
        path = "/licenses/:license/group",
        method = "get",
        operation_id = "getLicenseGroup"
    )]
    async fn group(&self, cx: Data<&Cx>, license: Path<String>) -> Result<Document<Groups>> {
        let group = licenses::group(&cx, &license).await?;
        Ok(Document::of(groups::resource(group)))
    }

    /// Change a license's group
    #[oai(
        path = "/licenses/:license/group",
        method = "put",
        operation_id = "changeLicenseGroup"
    )]
    async fn change_group(
        &self,
        cx: Data<&Cx>,
        license: Path<String>,
        body: Body<NullableLinkBody<Groups>>,
    ) -> Result<Document<Licenses>> {
        cx.bearer()?;
        let group = body.read(&Guards::at(cx.version))?.id();
        let license = licenses::change_group(&cx, &license, group).await?;
        Ok(Document::of(resource(license, cx.now)))
    }

    /// Retrieve one of a license's machines
    ///
    /// By its id or fingerprint.
    #[oai(
        path = "/licenses/:license/machines/:machine",
        method = "get",
        operation_id = "getLicenseMachine"
    )]
    async fn machine(
        &self,
        cx: Data<&Cx>,
        license: Path<String>,
        machine: Path<String>,
    ) -> Result<Document<Machines>> {
        let found = licenses::machine(&cx, &license, &machine).await?;
        Ok(Document::of(self::machine(found)))
    }

    /// List a license's tokens
    ///
    /// Never their secrets.
    #[oai(
        path = "/licenses/:license/tokens",
        method = "get",
        operation_id = "listLicenseTokens"
    )]
    async fn tokens(
        &self,
        cx: Data<&Cx>,
        license: Path<String>,
        query: Listing,
    ) -> Result<List<Tokens>> {
        cx.bearer()?;
        let paging = query.paging()?;
        let page = licenses::tokens(&cx, &license, paging.page, paging.direction).await?;
        Ok(query.list(paging, page.map(|issued| token(&issued, None))))
    }

    /// Retrieve one of a license's tokens
    ///
    /// Never its secret.
    #[oai(
        path = "/licenses/:license/tokens/:token",
        method = "get",
        operation_id = "getLicenseToken"
    )]
    async fn token(
        &self,
        cx: Data<&Cx>,
        license: Path<String>,
        token: Path<String>,
    ) -> Result<Document<Tokens>> {
        let issued = licenses::token(&cx, &license, &token).await?;
        Ok(Document::of(self::token(&issued, None)))
    }

    /// Create a token of a license
    ///
    /// The secret is in this answer alone.
    #[oai(
        path = "/licenses/:license/tokens",
        method = "post",
        operation_id = "createLicenseToken"
    )]
    async fn create_token(
        &self,
        cx: Data<&Cx>,
        license: Path<String>,
        body: Body<NewLicenseTokenBody>,
    ) -> Result<Document<Tokens>> {
        let bearer = licenses::bearer(&cx, &license).await?;
        create(&cx, bearer, body).await
    }
}
