//! `/settings`: what an account decided for all that is new in it (identity reference §16.2).

mod input;
mod resource;

use keystead_app::Cx;
use keystead_app::settings;
use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;

pub use self::resource::resource;

use self::input::{NewSettingBody, SettingChangeBody};
use crate::body::Body;
use crate::casing;
use crate::document::{Created, Document, List, NoContent};
use crate::listing::Listing;
use crate::nouns::Settings;
use crate::problem::Result;
use crate::shape::Guards;
use crate::tags::Tag;

/// Operations on settings.
pub struct SettingsApi;

#[OpenApi(tag = "Tag::Accounts")]
impl SettingsApi {
    /// List settings
    ///
    /// Those the account has set, newest first.
    #[oai(path = "/settings", method = "get", operation_id = "listSettings")]
    async fn list(&self, cx: Data<&Cx>, query: Listing) -> Result<List<Settings>> {
        cx.bearer()?;
        let paging = query.paging()?;
        let page = settings::list(&cx, paging.page, paging.direction).await?;
        Ok(query.list(paging, page.map(resource)))
    }

    /// Create a setting
    #[oai(path = "/settings", method = "post", operation_id = "createSetting")]
    async fn create(&self, cx: Data<&Cx>, body: Body<NewSettingBody>) -> Result<Created<Settings>> {
        settings::creatable(&cx)?;
        let sent = body.read(&Guards::at(cx.version))?;
        let setting = settings::create(&cx, input::draft(sent)).await?;
        Ok(Created(Document::of(resource(setting))))
    }

    /// Retrieve a setting
    ///
    /// By its id or key, as everywhere below `/settings`.
    #[oai(
        path = "/settings/:setting",
        method = "get",
        operation_id = "getSetting"
    )]
    async fn show(&self, cx: Data<&Cx>, setting: Path<String>) -> Result<Document<Settings>> {
        let setting = settings::show(&cx, &named(&setting)).await?;
        Ok(Document::of(resource(setting)))
    }

    /// Update a setting
    #[oai(
        path = "/settings/:setting",
        method = "patch",
        operation_id = "updateSetting"
    )]
    async fn update(
        &self,
        cx: Data<&Cx>,
        setting: Path<String>,
        body: Body<SettingChangeBody>,
    ) -> Result<Document<Settings>> {
        update(&cx, &setting, body).await
    }

    /// Update a setting
    ///
    /// The same as with `PATCH`.
    #[oai(
        path = "/settings/:setting",
        method = "put",
        operation_id = "putSetting"
    )]
    async fn put(
        &self,
        cx: Data<&Cx>,
        setting: Path<String>,
        body: Body<SettingChangeBody>,
    ) -> Result<Document<Settings>> {
        update(&cx, &setting, body).await
    }

    /// Delete a setting
    ///
    /// What it decided is as usual again.
    #[oai(
        path = "/settings/:setting",
        method = "delete",
        operation_id = "deleteSetting"
    )]
    async fn delete(&self, cx: Data<&Cx>, setting: Path<String>) -> Result<NoContent> {
        settings::delete(&cx, &named(&setting)).await?;
        Ok(NoContent)
    }
}

/// A path's id or key: keys may be spelled in any casing, as in bodies.
fn named(id_or_key: &str) -> String {
    match uuid::Uuid::try_parse(id_or_key) {
        Ok(_) => id_or_key.to_owned(),
        Err(_) => casing::snake(id_or_key).into_owned(),
    }
}

async fn update(
    cx: &Cx,
    setting: &str,
    body: Body<SettingChangeBody>,
) -> Result<Document<Settings>> {
    let setting = settings::changeable(cx, &named(setting)).await?;
    let sent = body.read(&Guards::at(cx.version))?;
    let setting = settings::update(cx, setting, sent.data.attributes.value).await?;
    Ok(Document::of(resource(setting)))
}
