//! Tauri: what its updater, of either version, asks on behalf of an app (distribution reference
//! §9.7).

use keystead_app::Cx;
use keystead_app::engines::tauri::{self, Installed};
use poem::http::{StatusCode, header};
use poem::web::Data;
use poem::{IntoResponse, Request, Response};
use poem_openapi::param::Path;
use poem_openapi::registry::{MetaMediaType, MetaResponse, MetaResponses, Registry};
use poem_openapi::types::Type;
use poem_openapi::{ApiResponse, Object, OpenApi};
use serde::{Deserialize, Serialize};

use super::Urls;
use crate::fields::{Nullable, Time};
use crate::listing::Parameters;
use crate::negotiate::{JSON, Media, Spoken};
use crate::problem::{Error, Result};
use crate::tags::Tag;

/// What the updater reads. It asks for files, too.
pub const SPOKEN: Spoken = Spoken {
    media: Media::Json,
    asked: &[
        "application/json",
        "application/vnd.api+json",
        "application/octet-stream",
        "application/*",
    ],
};

/// Operations for Tauri's updater.
pub struct TauriApi;

/// What is installed, and what may follow it.
#[derive(Debug, Object, Deserialize)]
struct UpdateQuery {
    /// The id or key of the app's platform: what the updater calls its target.
    platform: String,
    /// The id or key of the app's arch.
    arch: String,
    /// The app's version.
    version: String,
    /// The channel to look on, by its id or key; the installed release's own when unsaid.
    channel: Option<String>,
    /// Which versions will do: as in `1`, `1.2` or `1.2.3`.
    constraint: Option<String>,
}

/// What is to be installed instead.
#[derive(Debug, Object, Serialize)]
struct TauriUpdate {
    /// Where the file is, with the same credential.
    url: String,
    /// What vouches for the file: the updater checks it.
    signature: Nullable<String>,
    /// The version of the file.
    version: String,
    /// When its release was made.
    pub_date: Time,
    /// What there is to say of it.
    notes: Nullable<String>,
}

#[OpenApi(tag = "Tag::Engines")]
impl TauriApi {
    /// Find an update for a Tauri app
    ///
    /// The highest release of the package that may follow the installed one, if it has a file for
    /// this platform and arch: what was packed for updaters, or else an installer.
    #[oai(
        path = "/engines/tauri/:package",
        method = "get",
        operation_id = "getTauriUpdate"
    )]
    async fn update(
        &self,
        cx: Data<&Cx>,
        request: &Request,
        package: Path<String>,
        query: Parameters<UpdateQuery>,
    ) -> Result<Offer> {
        let asked = query.read()?;
        let installed = Installed {
            package: &package,
            version: &asked.version,
            platform: &asked.platform,
            arch: &asked.arch,
            channel: asked.channel.as_deref(),
            constraint: asked.constraint.as_deref(),
        };
        let Some(update) = tauri::update(&cx, installed).await? else {
            return Ok(Offer(None));
        };
        let update = TauriUpdate {
            url: Urls::of(request, &cx).file(&update.artifact),
            signature: Nullable(update.artifact.signature),
            version: update.release.version,
            pub_date: Time(update.release.created_at),
            notes: Nullable(update.release.description),
        };
        Ok(Offer(Some(
            serde_json::to_vec(&update).map_err(Error::failed)?,
        )))
    }
}

/// An update as it is printed, or that there is none.
struct Offer(Option<Vec<u8>>);

impl IntoResponse for Offer {
    fn into_response(self) -> Response {
        match self.0 {
            Some(update) => Response::builder()
                .header(header::CONTENT_TYPE, JSON)
                .body(update),
            None => StatusCode::NO_CONTENT.into(),
        }
    }
}

impl ApiResponse for Offer {
    fn meta() -> MetaResponses {
        let response = |status: StatusCode, description, content| MetaResponse {
            description,
            status: Some(status.as_u16()),
            status_range: None,
            content,
            headers: Vec::new(),
        };
        let content = MetaMediaType {
            content_type: "application/json",
            schema: TauriUpdate::schema_ref(),
        };
        MetaResponses {
            responses: vec![
                response(StatusCode::OK, "There is an update.", vec![content]),
                response(StatusCode::NO_CONTENT, "There is none.", Vec::new()),
            ],
        }
    }

    fn register(registry: &mut Registry) {
        TauriUpdate::register(registry);
    }
}
