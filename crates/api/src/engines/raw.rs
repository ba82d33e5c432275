//! Raw: files by product, package, version and name, for whatever fetches URLs (distribution
//! reference §9.2).

use keystead_app::Cx;
use keystead_app::engines::raw::{self, Address};
use keystead_domain::Refused;
use poem::Request;
use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;

use super::{Elsewhere, Urls};
use crate::problem::Result;
use crate::query::{self, Query};
use crate::tags::Tag;

/// Operations for whatever fetches URLs.
pub struct RawApi;

#[OpenApi(tag = "Tag::Engines")]
impl RawApi {
    /// Find a file
    ///
    /// A file of a release that is in no package, by its name or id. The parameters of the query go
    /// along to where it may be had.
    #[oai(
        path = "/engines/raw/:product/:release/:artifact",
        method = "get",
        operation_id = "findFile"
    )]
    async fn plain(
        &self,
        cx: Data<&Cx>,
        request: &Request,
        product: Path<String>,
        release: Path<String>,
        artifact: Path<String>,
    ) -> Result<Elsewhere<303>> {
        let address = Address {
            product: &product,
            package: None,
            release: &release,
            artifact: &artifact,
        };
        find(&cx, request, address).await
    }

    /// Find a file of a package
    ///
    /// The package is named by its id or key, with an `@` before it.
    #[oai(
        path = "/engines/raw/:product/:package/:release/:artifact",
        method = "get",
        operation_id = "findPackageFile"
    )]
    async fn packaged(
        &self,
        cx: Data<&Cx>,
        request: &Request,
        product: Path<String>,
        package: Path<String>,
        release: Path<String>,
        artifact: Path<String>,
    ) -> Result<Elsewhere<303>> {
        let named = package.strip_prefix('@');
        let address = Address {
            product: &product,
            package: Some(named.ok_or_else(|| Refused::not_found("release", &package))?),
            release: &release,
            artifact: &artifact,
        };
        find(&cx, request, address).await
    }
}

async fn find(cx: &Cx, request: &Request, address: Address<'_>) -> Result<Elsewhere<303>> {
    let artifact = raw::find(cx, address).await?;
    let mut url = Urls::of(request, cx).file(&artifact);
    let asked = Query::parse(request.uri().query().unwrap_or_default())?;
    for (index, (name, value)) in asked.pairs().iter().enumerate() {
        url.push(if index == 0 { '?' } else { '&' });
        url.push_str(&query::encode(name, value));
    }
    Ok(Elsewhere(url))
}

/// Where a file's name begins, after `{product}/{release}/` or `{product}/@{package}/{release}/`.
pub(super) fn name_in(rest: &str) -> Option<usize> {
    let second = rest.split('/').nth(1)?;
    let packaged = second.starts_with('@') || second.starts_with("%40");
    let before = if packaged { 3 } else { 2 };
    let (slash, _) = rest.match_indices('/').nth(before - 1)?;
    Some(slash + 1)
}
