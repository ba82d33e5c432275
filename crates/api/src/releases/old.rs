//! What clients of API 1.0 do with releases: to them a release is its one file (distribution
//! reference §11.1). For newer clients none of these paths is there.

use keystead_app::Cx;
use keystead_app::releases::{self, Sought, Wanted, file};
use keystead_domain::version::ApiVersion;
use keystead_domain::{At, Kind, Problem};
use poem::web::Data;
use poem::{IntoResponse, Request, Response};
use poem_openapi::param::Path;
use poem_openapi::registry::{MetaResponses, Registry};
use poem_openapi::{ApiResponse, Object, OpenApi};
use serde::Deserialize;

use super::input::{NewReleaseBody, OldReleaseBody};
use super::resource::Steps;
use super::{WithFiles, input, resource};
use crate::artifacts::{Downloaded, How, OfProducts, Prefers, Uploading, resource as artifact};
use crate::body::Body;
use crate::document::{Created, Directed, Document, Link, NoContent};
use crate::listing::Parameters;
use crate::nouns::{Artifacts, Releases};
use crate::problem::{Result, unknown_endpoint};
use crate::query::Query;
use crate::shape::Guards;
use crate::tags::Tag;

/// Operations of API 1.0 on releases.
pub struct OldReleasesApi;

/// The path is there for clients of API 1.0 alone.
fn of_old(cx: &Cx) -> Result<()> {
    match cx.version {
        ApiVersion::V1_0 => Ok(()),
        _ => Err(unknown_endpoint()),
    }
}

/// Which upgrade is wanted of a release.
#[derive(Debug, Default, Object, Deserialize)]
#[serde(default)]
pub struct OfferFilters {
    /// On the channel with this key, or on one that is more finished; stable when absent.
    channel: Option<String>,
    /// Which versions will do: `1`, `1.2` or `1.2.3`, of which the last number but one is exact.
    constraint: Option<String>,
}

/// Which upgrade is wanted of a version.
#[derive(Debug, Default, Object, Deserialize)]
#[serde(default)]
pub struct VersionOfferFilters {
    /// The id of the product.
    product: Option<String>,
    /// The id or key of the platform.
    platform: Option<String>,
    /// The id or key of the file type.
    filetype: Option<String>,
    /// The version.
    version: Option<String>,
    /// On the channel with this key, or on one that is more finished; stable when absent.
    channel: Option<String>,
    /// Which versions will do: `1`, `1.2` or `1.2.3`, of which the last number but one is exact.
    constraint: Option<String>,
}

fn wanted(query: &Query) -> Wanted {
    let text = |name: &str| query.text(name).map(str::to_owned);
    Wanted {
        channel: text("channel"),
        constraint: text("constraint"),
    }
}

/// The file of a newer release, or nothing.
#[derive(Debug)]
pub enum Offered {
    /// There is one.
    Some(Box<OfProducts<Directed<Document<Artifacts, Steps>, 303>>>),
    /// There is none.
    None,
}

impl IntoResponse for Offered {
    fn into_response(self) -> Response {
        match self {
            Self::Some(answer) => answer.into_response(),
            Self::None => NoContent.into_response(),
        }
    }
}

impl ApiResponse for Offered {
    fn meta() -> MetaResponses {
        let mut responses = Directed::<Document<Artifacts, Steps>, 303>::meta();
        responses.responses.extend(NoContent::meta().responses);
        responses
    }

    fn register(registry: &mut Registry) {
        Directed::<Document<Artifacts, Steps>, 303>::register(registry);
    }
}

async fn offered(cx: &Cx, sought: Sought, query: &Query) -> Result<Offered> {
    let Some(offer) = releases::offer(cx, sought, &wanted(query)).await? else {
        return Ok(Offered::None);
    };
    let steps = Steps {
        current: offer.current,
        next: offer.file.release.version.clone(),
    };
    let products = OfProducts::of([&offer.file]);
    let mut shown = artifact(offer.file);
    if let Link::File { redirect, .. } = &mut shown.link {
        *redirect = Some(offer.url.clone());
    }
    let document = Document::of(shown).with_meta(steps);
    let answer = Directed::new(document, Some(offer.url), true);
    Ok(Offered::Some(Box::new(products.and(answer))))
}

#[OpenApi(tag = "Tag::Releases")]
impl OldReleasesApi {
    /// Create a release with its file
    ///
    /// The same as with `POST`. In API 1.0 only.
    #[oai(path = "/releases", method = "put", operation_id = "upsertRelease")]
    async fn upsert(
        &self,
        cx: Data<&Cx>,
        body: Body<NewReleaseBody>,
    ) -> Result<WithFiles<Created<Releases>>> {
        of_old(&cx)?;
        create(&cx, body).await
    }

    /// Retrieve a release's file
    ///
    /// Whoever may have it is sent to it. In API 1.0 only.
    #[oai(
        path = "/releases/:release/artifact",
        method = "get",
        operation_id = "getReleaseFile"
    )]
    async fn file(
        &self,
        cx: Data<&Cx>,
        request: &Request,
        release: Path<String>,
        how: Parameters<How>,
    ) -> Result<Downloaded> {
        of_old(&cx)?;
        let prefers = Prefers::of(request, how.query());
        let found = file::download(&cx, &release, how.query().text("ttl")).await?;
        Ok(OfProducts::downloaded(found, prefers))
    }

    /// Upload a release's file
    ///
    /// The answer says where its bytes are to be sent; the release is published. In API 1.0 only.
    #[oai(
        path = "/releases/:release/artifact",
        method = "put",
        operation_id = "uploadReleaseFile"
    )]
    async fn upload(
        &self,
        cx: Data<&Cx>,
        request: &Request,
        release: Path<String>,
        how: Parameters<How>,
    ) -> Result<Uploading> {
        of_old(&cx)?;
        let prefers = Prefers::of(request, how.query());
        let (found, url) = file::upload(&cx, &release).await?;
        Ok(OfProducts::uploading(found, url, prefers))
    }

    /// Yank a release
    ///
    /// Its file is deleted. In API 1.0 only.
    #[oai(
        path = "/releases/:release/artifact",
        method = "delete",
        operation_id = "yankReleaseFile"
    )]
    async fn yank(&self, cx: Data<&Cx>, release: Path<String>) -> Result<NoContent> {
        of_old(&cx)?;
        file::yank(&cx, &release).await?;
        Ok(NoContent)
    }

    /// Retrieve the upgrade of a version
    ///
    /// The file of the highest newer release. In API 1.0 only.
    #[oai(
        path = "/releases/actions/upgrade",
        method = "get",
        operation_id = "upgradeVersion"
    )]
    async fn upgrade_version(
        &self,
        cx: Data<&Cx>,
        query: Parameters<VersionOfferFilters>,
    ) -> Result<Offered> {
        of_old(&cx)?;
        let query = query.query();
        let required = |name: &'static str| {
            query.text(name).map(str::to_owned).ok_or_else(|| {
                Problem::new(Kind::BadRequest, "is missing").at(At::Parameter(name.into()))
            })
        };
        let sought = Sought::Version {
            product: required("product")?,
            platform: required("platform")?,
            filetype: required("filetype")?,
            version: required("version")?,
        };
        offered(&cx, sought, query).await
    }

    /// Retrieve the upgrade of a release
    ///
    /// The file of the highest newer release. In API 1.0 only.
    #[oai(
        path = "/releases/:release/actions/upgrade",
        method = "get",
        operation_id = "upgradeRelease"
    )]
    async fn upgrade(
        &self,
        cx: Data<&Cx>,
        release: Path<String>,
        query: Parameters<OfferFilters>,
    ) -> Result<Offered> {
        of_old(&cx)?;
        offered(&cx, Sought::Release(release.0), query.query()).await
    }
}

/// Creates a release, with its file where the client knows no release without.
pub(super) async fn create(
    cx: &Cx,
    body: Body<NewReleaseBody>,
) -> Result<WithFiles<Created<Releases>>> {
    cx.bearer()?;
    let guards = Guards::at(cx.version);
    let draft = match cx.version {
        ApiVersion::V1_0 => input::old_draft(body.of::<OldReleaseBody>().read(&guards)?),
        _ => input::draft(body.read(&guards)?),
    };
    let release = releases::create(cx, draft).await?;
    let files = WithFiles::files(cx, std::slice::from_ref(&release)).await?;
    Ok(files.and(Created(Document::of(resource(release)))))
}
