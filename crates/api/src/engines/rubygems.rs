//! RubyGems: the indexes that bundler and gem read, new and old (distribution reference §9.5).

use keystead_app::Cx;
use keystead_app::engines::rubygems::{self, Which};
use keystead_domain::Refused;
use poem::Request;
use poem::web::Data;
use poem_openapi::param::Path;
use poem_openapi::payload::PlainText;
use poem_openapi::{ApiResponse, OpenApi};

use super::{Cached, Elsewhere, Octets, Text};
use crate::negotiate::{Answers, Media, Spoken};
use crate::problem::Result;
use crate::tags::Tag;

/// What bundler reads: texts.
const SPOKEN: Spoken = Spoken {
    media: Media::Text,
    asked: &["text/plain", "text/*"],
};

/// Operations for bundler and gem.
pub struct RubygemsApi;

/// Nothing at all, which says that there is an index.
#[derive(ApiResponse)]
enum Probed {
    /// Gems are served here.
    #[oai(status = 200)]
    Here(PlainText<String>),
}

#[OpenApi(tag = "Tag::Engines")]
impl RubygemsApi {
    /// Ask whether gems are served
    ///
    /// What a `HEAD` of `/engines/rubygems` is answered, which bundler sends before it asks.
    #[oai(
        path = "/engines/rubygems/-/probe",
        method = "get",
        operation_id = "probeGems"
    )]
    async fn probe(&self, _cx: Data<&Cx>) -> Probed {
        Probed::Here(PlainText(String::new()))
    }

    /// List gems and their versions for bundler
    #[oai(
        path = "/engines/rubygems/versions",
        method = "get",
        operation_id = "listGemVersions"
    )]
    async fn versions(&self, cx: Data<&Cx>, request: &Request) -> Result<Cached<Text>> {
        Ok(Cached::new(request, rubygems::versions(&cx).await?))
    }

    /// List the names of gems for bundler
    #[oai(
        path = "/engines/rubygems/names",
        method = "get",
        operation_id = "listGemNames"
    )]
    async fn names(&self, cx: Data<&Cx>, request: &Request) -> Result<Cached<Text>> {
        Ok(Cached::new(request, rubygems::names(&cx).await?))
    }

    /// Show a gem's versions to bundler
    ///
    /// A line for each version: what it needs, and the digest of its file.
    #[oai(
        path = "/engines/rubygems/info/:gem",
        method = "get",
        operation_id = "getGem"
    )]
    async fn info(
        &self,
        cx: Data<&Cx>,
        request: &Request,
        gem: Path<String>,
    ) -> Result<Cached<Text>> {
        Ok(Cached::new(request, rubygems::info(&cx, &gem).await?))
    }

    /// List gems for old clients
    #[oai(
        path = "/engines/rubygems/specs.4.8.gz",
        method = "get",
        operation_id = "listGemSpecs"
    )]
    async fn specs(&self, cx: Data<&Cx>, request: &Request) -> Result<Cached<Octets>> {
        specs(&cx, request, Which::Stable).await
    }

    /// List the latest versions of gems for old clients
    #[oai(
        path = "/engines/rubygems/latest_specs.4.8.gz",
        method = "get",
        operation_id = "listLatestGemSpecs"
    )]
    async fn latest(&self, cx: Data<&Cx>, request: &Request) -> Result<Cached<Octets>> {
        specs(&cx, request, Which::Latest).await
    }

    /// List what comes before releases of gems for old clients
    #[oai(
        path = "/engines/rubygems/prerelease_specs.4.8.gz",
        method = "get",
        operation_id = "listPrereleaseGemSpecs"
    )]
    async fn prereleases(&self, cx: Data<&Cx>, request: &Request) -> Result<Cached<Octets>> {
        specs(&cx, request, Which::Prerelease).await
    }

    /// Show a gem's specification
    ///
    /// What a version of a gem says of itself, as Ruby writes it. The name is that of its file, with
    /// `.gemspec.rz` in place of `.gem`.
    #[oai(
        path = "/engines/rubygems/quick/Marshal.4.8/:name",
        method = "get",
        operation_id = "getGemSpec"
    )]
    async fn quick(
        &self,
        cx: Data<&Cx>,
        request: &Request,
        name: Path<String>,
    ) -> Result<Cached<Octets>> {
        let stem = name.strip_suffix(".gemspec.rz");
        let stem = stem.ok_or_else(|| Refused::not_found("release artifact", &name))?;
        let packed = rubygems::quick(&cx, &format!("{stem}.gem")).await?;
        Ok(Cached::new(request, packed))
    }

    /// Download a gem
    ///
    /// Where the storage has the file: clients send no credentials there.
    #[oai(
        path = "/engines/rubygems/gems/:name",
        method = "get",
        operation_id = "downloadGem"
    )]
    async fn download(&self, cx: Data<&Cx>, name: Path<String>) -> Result<Elsewhere<303>> {
        Ok(Elsewhere(rubygems::download(&cx, &name).await?))
    }
}

async fn specs(cx: &Cx, request: &Request, which: Which) -> Result<Cached<Octets>> {
    Ok(Cached::new(request, rubygems::specs(cx, which).await?))
}

/// What may be asked for below the engine: texts of what is a text, anything of what is bytes.
pub(super) fn answers(rest: &str) -> Answers {
    let text = matches!(rest, "versions" | "names") || rest.starts_with("info/");
    match text {
        true => Answers::Only(&SPOKEN),
        false => Answers::Files,
    }
}
