//! Answers that show files, and say where they may be had.

use std::collections::HashMap;

use keystead_app::artifacts::{Download, Wish};
use keystead_domain::ArtifactId;
use keystead_store::artifacts::Loaded;
use poem::http::HeaderMap;
use poem::{IntoResponse, Request, Response};
use poem_openapi::registry::{MetaResponses, Registry};
use poem_openapi::{ApiResponse, Object};
use serde::Deserialize;

use super::resource;
use crate::document::{Directed, Document, Link};
use crate::nouns::Artifacts;
use crate::query::Query;
use crate::versions::FileProducts;

/// How a file is wanted.
#[derive(Debug, Default, Object, Deserialize)]
#[serde(default)]
pub struct How {
    /// Seconds that the URL is to be good for, for vendors.
    ttl: Option<String>,
    /// `no-redirect` for a plain answer, `no-download` for no URL at all; as the header `Prefer`.
    prefer: Option<String>,
}

/// What a client would rather not have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Prefers {
    /// To be sent elsewhere.
    pub no_redirect: bool,
    /// A URL at all.
    pub no_download: bool,
}

impl Prefers {
    /// What a request says: by its header, or else by a parameter.
    pub fn of(request: &Request, query: &Query) -> Self {
        let header = listed(request.headers());
        let asked = header.or_else(|| query.text("prefer").map(str::to_owned));
        let asked = asked.unwrap_or_default();
        let has = |name: &str| asked.split(',').any(|asked| asked.trim() == name);
        Self {
            no_redirect: has("no-redirect"),
            no_download: has("no-download"),
        }
    }

    /// What of a file is wanted.
    pub fn wish(self, query: &Query) -> Wish {
        Wish {
            download: !self.no_download,
            ttl: query.text("ttl").map(str::to_owned),
        }
    }
}

fn listed(headers: &HeaderMap) -> Option<String> {
    let lines: Vec<&str> = headers
        .get_all("prefer")
        .into_iter()
        .filter_map(|line| line.to_str().ok())
        .collect();
    (!lines.is_empty()).then(|| lines.join(","))
}

/// An answer that shows files, and whose products they are of for clients that want to know.
#[derive(Debug)]
pub struct OfProducts<R> {
    answer: R,
    products: FileProducts,
}

/// A file that may be had elsewhere.
pub type Downloaded = OfProducts<Directed<Document<Artifacts>, 303>>;

/// A file that is to be uploaded elsewhere.
pub type Uploading = OfProducts<Directed<Document<Artifacts>, 307>>;

impl OfProducts<()> {
    /// Whose products these files are of.
    pub fn of<'a>(files: impl IntoIterator<Item = &'a Loaded>) -> Self {
        let products: HashMap<ArtifactId, _> = files
            .into_iter()
            .map(|loaded| (loaded.artifact.id, loaded.release.product_id))
            .collect();
        Self {
            answer: (),
            products: FileProducts(products),
        }
    }

    /// An answer that shows these files.
    pub fn and<R>(self, answer: R) -> OfProducts<R> {
        OfProducts {
            answer,
            products: self.products,
        }
    }

    /// The document of one file.
    pub fn document(file: Loaded) -> OfProducts<Document<Artifacts>> {
        Self::of([&file]).and(Document::of(resource(file)))
    }

    /// A file, and where it may be had.
    pub fn downloaded(download: Download, prefers: Prefers) -> Downloaded {
        directed(download.file, download.url, !prefers.no_redirect)
    }

    /// A file, and where it is to be uploaded.
    pub fn uploading(file: Loaded, url: String, prefers: Prefers) -> Uploading {
        directed(file, Some(url), !prefers.no_redirect)
    }
}

fn directed<const STATUS: u16>(
    file: Loaded,
    url: Option<String>,
    follows: bool,
) -> OfProducts<Directed<Document<Artifacts>, STATUS>> {
    let products = OfProducts::of([&file]);
    let mut shown = resource(file);
    if let Link::File { redirect, .. } = &mut shown.link {
        redirect.clone_from(&url);
    }
    products.and(Directed::new(Document::of(shown), url, follows))
}

impl<R: IntoResponse> IntoResponse for OfProducts<R> {
    fn into_response(self) -> Response {
        let mut response = self.answer.into_response();
        response.set_data(self.products);
        response
    }
}

impl<R: ApiResponse> ApiResponse for OfProducts<R> {
    fn meta() -> MetaResponses {
        R::meta()
    }

    fn register(registry: &mut Registry) {
        R::register(registry);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_wins_over_the_parameter() {
        #[rustfmt::skip]
        let table = [
            (None,                             "",                        (false, false)),
            (Some("no-redirect"),              "",                        (true,  false)),
            (Some("foo , no-download"),        "",                        (false, true)),
            (None,                             "prefer=no-redirect",      (true,  false)),
            (Some("no-download"),              "prefer=no-redirect",      (false, true)),
            (None,                             "prefer[]=no-redirect",    (false, false)),
        ];
        for (header, query, expected) in table {
            let mut request = Request::builder();
            if let Some(header) = header {
                request = request.header("prefer", header);
            }
            let query = Query::parse(query).unwrap();
            let prefers = Prefers::of(&request.finish(), &query);
            let told = (prefers.no_redirect, prefers.no_download);
            assert_eq!(told, expected, "{header:?} {query:?}");
        }
    }
}
