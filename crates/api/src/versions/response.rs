//! Responses in an older version's words.

use keystead_domain::version::ApiVersion;
use serde_json::{Map, Value};

use super::{Exchange, of};

/// Rewrites the bytes of an answer into the words of the client's version.
///
/// The newest version's bytes come back untouched, without being parsed.
pub fn downgrade_bytes(exchange: &Exchange<'_>, body: Vec<u8>) -> Vec<u8> {
    if exchange.version == ApiVersion::LATEST {
        return body;
    }
    let Ok(mut document) = serde_json::from_slice(&body) else {
        return body;
    };
    downgrade(exchange, &mut document);
    serde_json::to_vec(&document).unwrap_or(body)
}

/// Rewrites a document into the words of the exchange's version.
pub fn downgrade(exchange: &Exchange<'_>, document: &mut Value) {
    for migration in of(exchange.version) {
        (migration.response)(document, exchange);
    }
}

/// Where in a document a resource was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Data,
    Included,
}

/// Visits every resource of a type in a document: its `data`, list items, `included`.
pub(super) fn resources(
    document: &mut Value,
    kind: &str,
    mut visit: impl FnMut(&mut Map<String, Value>, Part),
) {
    for (member, part) in [("data", Part::Data), ("included", Part::Included)] {
        let resources = match document.get_mut(member) {
            Some(Value::Array(items)) => items.as_mut_slice(),
            Some(one) => std::slice::from_mut(one),
            None => continue,
        };
        for resource in resources.iter_mut().filter_map(Value::as_object_mut) {
            if resource.get("type").and_then(Value::as_str) == Some(kind) {
                visit(resource, part);
            }
        }
    }
}

/// Visits the attributes of every resource of a type.
pub(super) fn attributes(
    document: &mut Value,
    kind: &str,
    mut visit: impl FnMut(&mut Map<String, Value>),
) {
    resources(document, kind, |resource, _| {
        if let Some(Value::Object(attributes)) = resource.get_mut("attributes") {
            visit(attributes);
        }
    });
}

/// Visits every error of a document.
pub(super) fn errors(document: &mut Value, mut visit: impl FnMut(&mut Map<String, Value>)) {
    if let Some(Value::Array(errors)) = document.get_mut("errors") {
        errors
            .iter_mut()
            .filter_map(Value::as_object_mut)
            .for_each(&mut visit);
    }
}

/// The code of an error.
pub(super) fn code(error: &Map<String, Value>) -> &str {
    error
        .get("code")
        .and_then(Value::as_str)
        .unwrap_or_default()
}
