//! `/licenses`: a customer's right to use a product, and its validation (licensing reference
//! §3, §5).

mod actions;
mod entitlements;
mod file;
mod filters;
mod input;
mod related;
pub mod resource;
mod tokens;
mod users;
pub mod validation;

use keystead_app::Cx;
use keystead_app::licenses;
use poem::http::HeaderMap;
use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;

pub use self::actions::LicenseActionsApi;
pub use self::entitlements::LicenseEntitlementsApi;
pub use self::file::records as file_records;
pub use self::filters::{LicenseFilters, filter};
pub use self::related::LicenseRelationsApi;
pub use self::users::{LicenseUsersApi, attachment};

use self::input::{LicenseChangeBody, NewLicenseBody};
use self::resource::{resource, with_key};
use self::validation::{AskBody, KeyBody, ValidationAsk, ValidationMeta, document};
use crate::body::Body;
use crate::document::{Created, Document, List, NoContent};
use crate::listing::Listing;
use crate::nouns::{Licenses, Policies, Products, Users};
use crate::problem::{Error, Result};
use crate::shape::Guards;
use crate::tags::Tag;
use crate::users::resource as user;
use crate::{policies, products};

/// Where the vendor's dashboard lives, whose look at a license is no use of it.
const DASHBOARD: &str = "https://app.keygen.sh";

/// Operations on licenses.
pub struct LicensesApi;

#[OpenApi(tag = "Tag::Licenses")]
impl LicensesApi {
    /// List licenses
    ///
    /// The licenses that the bearer sees, newest first.
    #[oai(path = "/licenses", method = "get", operation_id = "listLicenses")]
    async fn list(&self, cx: Data<&Cx>, query: Listing<LicenseFilters>) -> Result<List<Licenses>> {
        let paging = query.paging()?;
        let filter = filter(&query, cx.now)?;
        let page = licenses::list(&cx, filter, paging.page, paging.direction).await?;
        Ok(query.list(paging, page.map(|license| resource(license, cx.now))))
    }

    /// Create a license
    ///
    /// Grants the right to use a product under a policy's terms. Its key is the one given, made
    /// under the policy's scheme, or random.
    #[oai(path = "/licenses", method = "post", operation_id = "createLicense")]
    async fn create(&self, cx: Data<&Cx>, body: Body<NewLicenseBody>) -> Result<Created<Licenses>> {
        cx.bearer()?;
        let sent = body.read(&input::guards(&cx))?;
        let created = licenses::create(&cx, input::draft(sent)).await?;
        let resource = match created.raw_key {
            Some(raw) => with_key(created.license, Some(raw.expose().clone()), cx.now),
            None => resource(created.license, cx.now),
        };
        Ok(Created(Document::of(resource)))
    }

    /// Validate a license by its key
    ///
    /// Tells whether the license with this key is good, and the first reason why not. Anyone who
    /// knows the key may ask.
    #[oai(
        path = "/licenses/actions/validate-key",
        method = "post",
        operation_id = "validateLicenseKey"
    )]
    async fn validate_key(
        &self,
        cx: Data<&Cx>,
        body: Body<KeyBody>,
    ) -> Result<Document<Licenses, ValidationMeta>> {
        let (key, legacy, ask) = body.read(&Guards::at(cx.version))?.meta.split();
        let validation = licenses::validate_key(&cx, &key, legacy, ask).await?;
        Ok(document(validation, cx.now))
    }

    /// Retrieve a license
    #[oai(
        path = "/licenses/:license",
        method = "get",
        operation_id = "getLicense"
    )]
    async fn show(&self, cx: Data<&Cx>, license: Path<String>) -> Result<Document<Licenses>> {
        let license = licenses::show(&cx, &license).await?;
        Ok(Document::of(resource(license, cx.now)))
    }

    /// Update a license
    #[oai(
        path = "/licenses/:license",
        method = "patch",
        operation_id = "updateLicense"
    )]
    async fn update(
        &self,
        cx: Data<&Cx>,
        license: Path<String>,
        body: Body<LicenseChangeBody>,
    ) -> Result<Document<Licenses>> {
        update(&cx, &license, body).await
    }

    /// Update a license
    ///
    /// The same as with `PATCH`.
    #[oai(
        path = "/licenses/:license",
        method = "put",
        operation_id = "putLicense"
    )]
    async fn put(
        &self,
        cx: Data<&Cx>,
        license: Path<String>,
        body: Body<LicenseChangeBody>,
    ) -> Result<Document<Licenses>> {
        update(&cx, &license, body).await
    }

    /// Delete a license
    ///
    /// Its machines and tokens go with it.
    #[oai(
        path = "/licenses/:license",
        method = "delete",
        operation_id = "deleteLicense"
    )]
    async fn delete(&self, cx: Data<&Cx>, license: Path<String>) -> Result<NoContent> {
        licenses::delete(&cx, &license).await?;
        Ok(NoContent)
    }

    /// Retrieve a license's product
    #[oai(
        path = "/licenses/:license/product",
        method = "get",
        operation_id = "getLicenseProduct"
    )]
    async fn product(&self, cx: Data<&Cx>, license: Path<String>) -> Result<Document<Products>> {
        let product = licenses::product(&cx, &license).await?;
        Ok(Document::of(products::resource(product)))
    }

    /// Retrieve a license's policy
    #[oai(
        path = "/licenses/:license/policy",
        method = "get",
        operation_id = "getLicensePolicy"
    )]
    async fn policy(&self, cx: Data<&Cx>, license: Path<String>) -> Result<Document<Policies>> {
        let policy = licenses::policy(&cx, &license).await?;
        Ok(Document::of(policies::resource(policy)))
    }

    /// Retrieve a license's owner
    ///
    /// Null when nobody owns it.
    #[oai(
        path = "/licenses/:license/owner",
        method = "get",
        operation_id = "getLicenseOwner"
    )]
    async fn owner(&self, cx: Data<&Cx>, license: Path<String>) -> Result<Document<Users>> {
        let owner = licenses::owner(&cx, &license).await?;
        Ok(Document::from(owner.map(user)))
    }

    /// Validate a license
    ///
    /// Tells whether the license is good, and the first reason why not.
    #[oai(
        path = "/licenses/:license/actions/validate",
        method = "post",
        operation_id = "validateLicense"
    )]
    async fn validate(
        &self,
        cx: Data<&Cx>,
        license: Path<String>,
        body: Body<AskBody>,
    ) -> Result<Document<Licenses, ValidationMeta>> {
        let sent = body.read(&Guards::at(cx.version));
        let ask = sent.map(|sent| ValidationAsk::from(sent.meta).0);
        let validation = licenses::validate::<Error>(&cx, &license, ask).await?;
        Ok(document(validation, cx.now))
    }

    /// Validate a license quickly
    ///
    /// The same without a scope, and without an event.
    #[oai(
        path = "/licenses/:license/actions/validate",
        method = "get",
        operation_id = "quickValidateLicense"
    )]
    async fn glance(
        &self,
        cx: Data<&Cx>,
        license: Path<String>,
        headers: &HeaderMap,
    ) -> Result<Document<Licenses, ValidationMeta>> {
        let dashboard = headers
            .get("origin")
            .is_some_and(|origin| origin == DASHBOARD);
        let validation = licenses::glance(&cx, &license, !dashboard).await?;
        Ok(document(validation, cx.now))
    }
}

async fn update(
    cx: &Cx,
    license: &str,
    body: Body<LicenseChangeBody>,
) -> Result<Document<Licenses>> {
    let license = licenses::changeable(cx, license).await?;
    let sent = body.read(&input::changing(cx))?;
    let license = licenses::update(cx, license, input::change(sent)).await?;
    Ok(Document::of(resource(license, cx.now)))
}
