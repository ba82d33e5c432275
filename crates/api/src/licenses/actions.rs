//! What can be done with a license besides validating it: permits, uses, check-outs
//! (licensing §6, §7).

use keystead_app::Cx;
use keystead_app::licenses::{self, usage};
use keystead_domain::license::Usage;
use keystead_store::licenses::Loaded;
use poem::web::Data;
use poem_openapi::param::Path;
use poem_openapi::{Object, OpenApi};
use serde::Deserialize;

use super::file::{dataset, file_resource};
use super::resource::resource;
use crate::body::Body;
use crate::check_outs::{CheckOutBody, CheckOutParameters, Download, ask};
use crate::document::{Document, NoContent};
use crate::input::Meta;
use crate::listing::Parameters;
use crate::nouns::{LicenseFiles, Licenses};
use crate::problem::{Error, Result};
use crate::shape::Guards;
use crate::tags::Tag;

/// How much is added to the uses.
#[derive(Debug, Default, Object, Deserialize)]
#[serde(default)]
pub struct Increment {
    /// How much; 1 when absent. Below zero it is taken away.
    increment: Option<i64>,
}

/// How much is taken from the uses.
#[derive(Debug, Default, Object, Deserialize)]
#[serde(default)]
pub struct Decrement {
    /// How much; 1 when absent. Below zero it is added.
    decrement: Option<i64>,
}

/// What a client calls the owner of a license besides `owner`.
const ALIAS: (&str, &str) = ("user", "owner");

/// Actions on licenses.
pub struct LicenseActionsApi;

#[OpenApi(tag = "Tag::Licenses")]
impl LicenseActionsApi {
    /// Renew a license
    ///
    /// Its expiry moves by its policy's duration.
    #[oai(
        path = "/licenses/:license/actions/renew",
        method = "post",
        operation_id = "renewLicense"
    )]
    async fn renew(&self, cx: Data<&Cx>, license: Path<String>) -> Result<Document<Licenses>> {
        Ok(answer(&cx, licenses::renew(&cx, &license).await?))
    }

    /// Suspend a license
    #[oai(
        path = "/licenses/:license/actions/suspend",
        method = "post",
        operation_id = "suspendLicense"
    )]
    async fn suspend(&self, cx: Data<&Cx>, license: Path<String>) -> Result<Document<Licenses>> {
        Ok(answer(&cx, licenses::suspend(&cx, &license).await?))
    }

    /// Reinstate a license
    ///
    /// It is no longer suspended.
    #[oai(
        path = "/licenses/:license/actions/reinstate",
        method = "post",
        operation_id = "reinstateLicense"
    )]
    async fn reinstate(&self, cx: Data<&Cx>, license: Path<String>) -> Result<Document<Licenses>> {
        Ok(answer(&cx, licenses::reinstate(&cx, &license).await?))
    }

    /// Revoke a license
    ///
    /// It is deleted, with its machines, tokens and attachments.
    #[oai(
        path = "/licenses/:license/actions/revoke",
        method = "delete",
        operation_id = "revokeLicense"
    )]
    async fn revoke(&self, cx: Data<&Cx>, license: Path<String>) -> Result<NoContent> {
        licenses::revoke(&cx, &license).await?;
        Ok(NoContent)
    }

    /// Check a license in
    ///
    /// Its app is still there: the time until the next check-in starts anew.
    #[oai(
        path = "/licenses/:license/actions/check-in",
        method = "post",
        operation_id = "checkInLicense"
    )]
    async fn check_in(&self, cx: Data<&Cx>, license: Path<String>) -> Result<Document<Licenses>> {
        Ok(answer(&cx, licenses::check_in(&cx, &license).await?))
    }

    /// Increment a license's uses
    ///
    /// All of it or nothing: a license is never used more often than it may be.
    #[oai(
        path = "/licenses/:license/actions/increment-usage",
        method = "post",
        operation_id = "incrementLicenseUsage"
    )]
    async fn increment(
        &self,
        cx: Data<&Cx>,
        license: Path<String>,
        body: Body<Meta<Option<Increment>>>,
    ) -> Result<Document<Licenses>> {
        let license = usage::incrementable(&cx, &license).await?;
        let sent = body.read(&Guards::at(cx.version))?.meta.unwrap_or_default();
        let by = Usage::Increment(sent.increment.unwrap_or(1));
        Ok(answer(&cx, usage::count(&cx, license, by).await?))
    }

    /// Decrement a license's uses
    #[oai(
        path = "/licenses/:license/actions/decrement-usage",
        method = "post",
        operation_id = "decrementLicenseUsage"
    )]
    async fn decrement(
        &self,
        cx: Data<&Cx>,
        license: Path<String>,
        body: Body<Meta<Option<Decrement>>>,
    ) -> Result<Document<Licenses>> {
        let license = usage::decrementable(&cx, &license).await?;
        let sent = body.read(&Guards::at(cx.version))?.meta.unwrap_or_default();
        let by = Usage::Decrement(sent.decrement.unwrap_or(1));
        Ok(answer(&cx, usage::count(&cx, license, by).await?))
    }

    /// Reset a license's uses
    ///
    /// To zero.
    #[oai(
        path = "/licenses/:license/actions/reset-usage",
        method = "post",
        operation_id = "resetLicenseUsage"
    )]
    async fn reset(&self, cx: Data<&Cx>, license: Path<String>) -> Result<Document<Licenses>> {
        Ok(answer(&cx, usage::reset(&cx, &license).await?))
    }

    /// Check a license out
    ///
    /// Makes a signed file that an app can verify without a connection.
    #[oai(
        path = "/licenses/:license/actions/check-out",
        method = "post",
        operation_id = "checkOutLicense"
    )]
    async fn check_out(
        &self,
        cx: Data<&Cx>,
        license: Path<String>,
        query: Parameters<CheckOutParameters>,
        body: Body<CheckOutBody>,
    ) -> Result<Document<LicenseFiles>> {
        let asked = query.read().and_then(|query| {
            let meta = body.read(&Guards::at(cx.version))?.meta;
            Ok(ask(query, meta, ALIAS))
        });
        let print = |told: licenses::check_out::Dataset<'_>| dataset(&cx, told);
        let file = licenses::check_out::<Error>(&cx, &license, asked, print).await?;
        Ok(Document::of(file_resource(&cx, file)))
    }

    /// Download a license's file
    ///
    /// The same file, to be saved as it is.
    #[oai(
        path = "/licenses/:license/actions/check-out",
        method = "get",
        operation_id = "downloadLicenseFile"
    )]
    async fn download(
        &self,
        cx: Data<&Cx>,
        license: Path<String>,
        query: Parameters<CheckOutParameters>,
    ) -> Result<Download> {
        let asked = query.read().map(|query| ask(query, None, ALIAS));
        let print = |told: licenses::check_out::Dataset<'_>| dataset(&cx, told);
        let file = licenses::check_out::<Error>(&cx, &license, asked, print).await?;
        let name = format!("{}.lic", file.license);
        Ok(Download::of(file.certificate, &name))
    }
}

fn answer(cx: &Cx, license: Loaded) -> Document<Licenses> {
    Document::of(resource(license, cx.now))
}
