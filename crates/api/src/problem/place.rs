//! Where a problem is: its `source`, and the page that explains it.

use std::fmt::Write as _;

use keystead_domain::{At, Kind, Problem};
use serde::Serialize;

use crate::casing;

/// The member of a request that an error blames: exactly one of the three.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// A JSON pointer into the body, in lowerCamelCase.
    Pointer(String),
    /// A query parameter.
    Parameter(String),
    /// A request header.
    Header(String),
}

/// The `source` of a place.
pub fn source(at: &At) -> Option<Source> {
    let path = match at {
        At::Attribute(name) => pointer("/data/attributes/", name),
        At::Relationship(name) => pointer("/data/relationships/", name),
        At::Record => "/data".to_owned(),
        At::Id => "/data/id".to_owned(),
        At::Meta(name) => pointer("/meta/", name),
        At::Path(path) => pointer("/", path),
        At::Parameter(name) => return Some(Source::Parameter(name.clone().into_owned())),
        At::Header(name) => return Some(Source::Header((*name).to_owned())),
        At::Nowhere => return None,
    };
    Some(Source::Pointer(path))
}

/// A prefix and a snake-case path below it, as a pointer in lowerCamelCase.
fn pointer(prefix: &str, path: &str) -> String {
    let mut pointer = prefix.to_owned();
    for (index, segment) in path.split('/').enumerate() {
        if index > 0 {
            pointer.push('/');
        }
        pointer.push_str(&casing::camel(segment));
    }
    pointer
}

/// The page that explains a problem: its own, or for a field's problem the resource's.
pub fn about(problem: &Problem, docs_url: &str, topic: Option<&str>) -> Option<String> {
    if let Some(page) = &problem.about {
        return Some(format!("{docs_url}{page}"));
    }
    let topic = topic.filter(|_| problem.kind == Kind::Unprocessable && problem.code.is_some())?;
    let mut page = format!("{docs_url}{topic}/#{topic}-object");
    let field = match &problem.at {
        At::Attribute(name) => Some(("attrs", name.as_ref())),
        At::Relationship(name) => Some(("relationships", name.as_ref())),
        At::Path(path) => None
            .or_else(|| Some(("attrs", path.strip_prefix("data/attributes/")?)))
            .or_else(|| Some(("relationships", path.strip_prefix("data/relationships/")?))),
        _ => None,
    };
    if let Some((part, path)) = field {
        let name = path.split('/').next().unwrap_or(path);
        write!(page, "-{part}-{}", casing::camel(name)).unwrap_or_default();
    }
    Some(page)
}

/// Sub-resources that have a page of their own; other paths are explained by their first noun.
const TOPICS: &[&str] = &["tokens", "second-factors", "entitlements", "owners"];

/// The page for a path relative to the account: `/licenses/<id>/tokens` is about `tokens`.
pub fn topic(path: &str) -> Option<&str> {
    let mut segments = path
        .trim_matches('/')
        .split('/')
        .filter(|segment| !segment.is_empty());
    let first = segments.next()?;
    let nested = segments.nth(1).filter(|segment| TOPICS.contains(segment));
    Some(match nested.unwrap_or(first) {
        "settings" => "account-settings",
        "owners" => "group-owners",
        topic => topic,
    })
}
