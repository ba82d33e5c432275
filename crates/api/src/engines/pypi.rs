//! PyPI: the simple repository that pip and its kin read, in HTML (PEP 503, distribution reference
//! §9.3).

use keystead_app::Cx;
use keystead_app::engines::pypi;
use keystead_domain::release::checksum::Checksum;
use keystead_domain::words::Engine;
use keystead_storage::encoded;
use poem::web::Data;
use poem::{IntoResponse, Request, Response};
use poem_openapi::param::Path;
use poem_openapi::registry::{MetaResponses, Registry};
use poem_openapi::{ApiResponse, OpenApi};

use super::{Cached, Elsewhere, Html, Page, Urls};
use crate::negotiate::{Media, Spoken};
use crate::problem::Result;
use crate::tags::Tag;

/// What pip and its kin read.
pub const SPOKEN: Spoken = Spoken {
    media: Media::Html,
    asked: &[
        "text/html",
        "text/*",
        "application/xhtml+xml",
        "application/vnd.pypi.simple.v1+html",
        "application/vnd.pypi.simple.latest+html",
    ],
};

/// Where packages are that nobody has here.
const PUBLIC_INDEX: &str = "https://pypi.org/simple";

/// Operations for pip and its kin.
pub struct PypiApi;

#[OpenApi(tag = "Tag::Engines")]
impl PypiApi {
    /// List packages for pip
    ///
    /// A page of links to the packages that the bearer may know of.
    #[oai(
        path = "/engines/pypi/simple",
        method = "get",
        operation_id = "listPypiPackages"
    )]
    async fn index(&self, cx: Data<&Cx>, request: &Request) -> Result<Cached<Html>> {
        let urls = Urls::of(request, &cx);
        let mut page = Page::new(&format!("Packages for {}", cx.tenant.account.name));
        for package in pypi::packages(&cx).await? {
            let url = urls.engine(Engine::Pypi, format_args!("simple/{}/", package.id));
            page.link(&url, &package.key, &package.metadata);
        }
        Ok(Cached::new(request, page.finish()))
    }

    /// List a package's files for pip
    ///
    /// A page of links to the files that the bearer may have, those of the highest version first. A
    /// package that isn't here is on the public index, and one that the bearer may not have is
    /// refused: pip asks for a credential then, instead of looking elsewhere.
    #[oai(
        path = "/engines/pypi/simple/:package",
        method = "get",
        operation_id = "getPypiPackage"
    )]
    async fn show(
        &self,
        cx: Data<&Cx>,
        request: &Request,
        package: Path<String>,
    ) -> Result<Simple> {
        let Some((package, files)) = pypi::files(&cx, &package).await? else {
            let name = encoded(&package).replace('/', "%2F");
            let url = format!("{PUBLIC_INDEX}/{name}");
            return Ok(Simple::Elsewhere(Elsewhere(url)));
        };
        let (name, account) = (&package.name, &cx.tenant.account.name);
        let urls = Urls::of(request, &cx);
        let mut page = Page::new(&format!("Files for {name} by {account}"));
        for file in &files {
            let mut url = urls.file(file);
            let checksum = file.checksum.as_deref().and_then(Checksum::parse);
            if let Some((algorithm, hex)) = checksum.as_ref().and_then(Checksum::hex) {
                url.push_str(&format!("#{algorithm}={hex}"));
            }
            page.link(&url, &file.filename, &file.metadata);
        }
        let modified_at = files.iter().map(|file| file.updated_at).max();
        let page = Cached::new(request, page.finish()).modified(modified_at);
        Ok(Simple::Page(page))
    }
}

/// A page, or where it is.
enum Simple {
    Page(Cached<Html>),
    Elsewhere(Elsewhere<307>),
}

impl IntoResponse for Simple {
    fn into_response(self) -> Response {
        match self {
            Self::Page(page) => page.into_response(),
            Self::Elsewhere(elsewhere) => elsewhere.into_response(),
        }
    }
}

impl ApiResponse for Simple {
    fn meta() -> MetaResponses {
        let mut all = Cached::<Html>::meta();
        all.responses.extend(Elsewhere::<307>::meta().responses);
        all
    }

    fn register(_registry: &mut Registry) {}
}
