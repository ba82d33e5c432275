//! npm: what npm, pnpm and yarn read of a package (distribution reference §9.4).

use keystead_app::Cx;
use keystead_app::engines::npm::{self, Packument, Version};
use keystead_domain::release::checksum::{Algorithm, Checksum, Encoding};
use poem::Request;
use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use serde_json::{Map, Value, json};

use super::{Cached, Gone, Json, Urls};
use crate::fields::Time;
use crate::negotiate::{Answers, Media, Spoken};
use crate::problem::Result;
use crate::tags::Tag;

/// What npm and its kin read.
const SPOKEN: Spoken = Spoken {
    media: Media::Json,
    asked: &[
        "application/json",
        "application/*",
        "application/vnd.npm.install-v1+json",
        "application/vnd.api+json",
    ],
};

/// Where npm's services are that no registry has to offer: audits, log-ins, searches.
const SERVICES: &str = "-/npm/";

/// Operations for npm and its kin.
pub struct NpmApi;

#[OpenApi(tag = "Tag::Engines")]
impl NpmApi {
    /// Show a package to npm
    ///
    /// A package's versions, each with what its `package.json` says and where its tarball is. A name
    /// with a scope may have its slash encoded or not.
    #[oai(
        path = "/engines/npm/:package",
        method = "get",
        operation_id = "getNpmPackage"
    )]
    async fn show(
        &self,
        cx: Data<&Cx>,
        request: &Request,
        package: Path<String>,
    ) -> Result<Cached<Json>> {
        let found = npm::packument(&cx, &package).await?;
        let modified_at = found.modified_at();
        let document = printed(&found, &Urls::of(request, &cx));
        Ok(Cached::new(request, document).modified(modified_at))
    }

    /// Ask a service of npm's
    ///
    /// There are none: npm goes on without them.
    #[oai(
        path = "/engines/npm/-/npm/:service",
        method = "get",
        operation_id = "getNpmService"
    )]
    async fn asked(&self, _cx: Data<&Cx>, service: Path<String>) -> Gone {
        gone(&service)
    }

    /// Send something to a service of npm's
    ///
    /// There are none: npm goes on without an audit.
    #[oai(
        path = "/engines/npm/-/npm/:service",
        method = "post",
        operation_id = "postNpmService"
    )]
    async fn sent(&self, _cx: Data<&Cx>, service: Path<String>) -> Gone {
        gone(&service)
    }

    /// Put something at a service of npm's
    ///
    /// There are none.
    #[oai(
        path = "/engines/npm/-/npm/:service",
        method = "put",
        operation_id = "putNpmService"
    )]
    async fn put(&self, _cx: Data<&Cx>, service: Path<String>) -> Gone {
        gone(&service)
    }

    /// Delete something at a service of npm's
    ///
    /// There are none.
    #[oai(
        path = "/engines/npm/-/npm/:service",
        method = "delete",
        operation_id = "deleteNpmService"
    )]
    async fn deleted(&self, _cx: Data<&Cx>, service: Path<String>) -> Gone {
        gone(&service)
    }
}

fn gone(service: &str) -> Gone {
    tracing::debug!(service, "a service of npm's was asked for");
    Gone
}

/// What may be asked for below the engine.
pub(super) fn answers(rest: &str) -> Answers {
    match is_service(rest) {
        true => Answers::Files,
        false => Answers::Only(&SPOKEN),
    }
}

/// Whether a path below the engine leads to a service.
pub(super) fn is_service(rest: &str) -> bool {
    rest.starts_with(SERVICES)
}

/// Where a name begins that has slashes in it: a package's with a scope, or a service's.
pub(super) fn name_in(rest: &str) -> Option<usize> {
    if is_service(rest) {
        return Some(SERVICES.len());
    }
    (rest.starts_with('@') || rest.starts_with("%40")).then_some(0)
}

/// The document. It is put together as a text, for what packages say of themselves is one already.
fn printed(found: &Packument, urls: &Urls) -> String {
    let Packument { package, versions } = found;
    let mut time = Map::new();
    time.insert("created".to_owned(), json!(Time(package.created_at)));
    if let Some(at) = found.modified_at() {
        time.insert("modified".to_owned(), json!(Time(at)));
    }
    let mut tags = Map::new();
    if let Some(highest) = versions.first() {
        tags.insert("latest".to_owned(), json!(highest.release.version));
    }
    for Version {
        artifact, release, ..
    } in versions
    {
        time.insert(release.version.clone(), json!(Time(artifact.created_at)));
        if let Some(tag) = release.tag.as_ref().filter(|tag| !tag.is_empty()) {
            tags.insert(tag.clone(), json!(release.version));
        }
    }
    let head = json!({ "name": package.key, "time": time, "dist-tags": tags });
    let mut text = head.to_string();
    // The last brace of the head is that of the whole.
    text.pop();
    text.push_str(",\"versions\":{");
    for (index, version) in versions.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        text.push_str(&json!(version.release.version).to_string());
        text.push(':');
        text.push_str(&described(version, urls));
    }
    text.push_str("}}");
    text
}

/// What a version says of itself, and where it is to be had.
fn described(version: &Version, urls: &Urls) -> String {
    let dist = dist(version, urls);
    let said = version.said.as_str();
    // A package that was installed once may have such a member already.
    if said.contains("\"dist\":")
        && let Ok(mut said) = serde_json::from_str::<Map<String, Value>>(said)
    {
        said.insert("dist".to_owned(), dist);
        return Value::Object(said).to_string();
    }
    let members = said.strip_suffix('}').unwrap_or("{");
    let comma = if members == "{" { "" } else { "," };
    format!("{members}{comma}\"dist\":{dist}}}")
}

fn dist(version: &Version, urls: &Urls) -> Value {
    let mut dist = json!({ "tarball": urls.file(&version.artifact) });
    let checksum = version.artifact.checksum.as_deref();
    let Some(checksum) = checksum.and_then(Checksum::parse) else {
        return dist;
    };
    match (checksum.encoding, checksum.algorithm) {
        (
            Encoding::Base64,
            algorithm @ (Algorithm::Sha256 | Algorithm::Sha384 | Algorithm::Sha512),
        ) => {
            dist["integrity"] = json!(format!("{}-{}", algorithm.as_str(), checksum.text));
        }
        (Encoding::Hex, Algorithm::Sha1) => dist["shasum"] = json!(checksum.text),
        _ => {}
    }
    dist
}
