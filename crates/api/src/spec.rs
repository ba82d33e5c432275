//! The API's description: what poem-openapi derives from the handlers, with everything that is
//! the same for all of them, so that handlers say it nowhere.

mod answers;
mod examples;
mod headers;
mod nullable;
mod page;
mod parameters;
mod security;
mod tidy;

use serde_json::{Map, Value, json};

pub use page::page;

/// What the API is, for its description's readers.
const ABOUT: &str = "Validate licenses, activate machines and manage everything around them. \
    Requests and answers are JSON:API documents; `application/json` is accepted as well. Every \
    path is served at both servers below: the account may be named in the path or, where there \
    is only one, left out. Attributes that are not required may also be sent as null.";

/// The finished OpenAPI document, printed for people to read.
///
/// `derived` is what poem-openapi prints for the handlers.
///
/// # Panics
/// When that is not an OpenAPI document, which would be a defect of poem-openapi.
pub fn document(derived: &str) -> String {
    let mut document: Value =
        serde_json::from_str(derived).expect("poem-openapi prints a JSON document");
    finish(&mut document);
    serde_json::to_string_pretty(&document).expect("a JSON value can be printed") + "\n"
}

fn finish(document: &mut Value) {
    document["openapi"] = json!("3.0.3");
    document["info"]["description"] = json!(ABOUT);
    document["info"]["license"] = json!({
        "name": "Apache-2.0",
        "url": "https://www.apache.org/licenses/LICENSE-2.0",
    });
    document["servers"] = servers();
    keep_accounts_at_the_top(document);
    parameters::expand(document);
    nullable::mark(document);
    answers::add_errors(document);
    headers::add(document);
    security::add(document);
    tidy::name_operations_once(document);
    tidy::name_bodies(document);
    tidy::drop_internal_formats(document);
    tidy::drop_unused_schemas(document);
    examples::add(document);
}

fn servers() -> Value {
    json!([
        {"url": "/v1", "description": "The only account, or the account of the asked host."},
        {
            "url": "/v1/accounts/{account}",
            "description": "An account by its id or slug.",
            "variables": {"account": {
                "default": "default",
                "description": "The account's id or slug.",
            }},
        },
    ])
}

/// An account's own path is never below an account.
fn keep_accounts_at_the_top(document: &mut Value) {
    let top = servers()[0].take();
    for (path, item) in section(document, &["paths"]) {
        if path.starts_with("/accounts") {
            item["servers"] = json!([top]);
        }
    }
}

/// The methods of a path item, which also holds other members.
const METHODS: &[&str] = &["get", "put", "post", "delete", "patch", "head", "options"];

/// Visits every operation with its method and path.
fn operations(document: &mut Value, mut visit: impl FnMut(&str, &str, &mut Map<String, Value>)) {
    let Some(Value::Object(paths)) = document.get_mut("paths") else {
        return;
    };
    for (path, item) in paths {
        for method in METHODS {
            if let Some(Value::Object(operation)) = item.get_mut(method) {
                visit(method, path, operation);
            }
        }
    }
}

/// A member of an object that is an object itself, made if it is missing.
fn section<'a>(document: &'a mut Value, path: &[&str]) -> &'a mut Map<String, Value> {
    let mut place = document;
    for key in path {
        if !place.get(key).is_some_and(Value::is_object) {
            place[*key] = json!({});
        }
        place = &mut place[*key];
    }
    place
        .as_object_mut()
        .expect("every step was made an object")
}

/// Visits every JSON object of a value, parents first.
fn objects(value: &mut Value, visit: &mut impl FnMut(&mut Map<String, Value>)) {
    match value {
        Value::Object(members) => {
            visit(members);
            members.values_mut().for_each(|value| objects(value, visit));
        }
        Value::Array(items) => items.iter_mut().for_each(|value| objects(value, visit)),
        _ => {}
    }
}

/// The schema that a reference names.
fn resolve<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    let name = schema.get("$ref").and_then(Value::as_str);
    let name = name.and_then(|name| name.strip_prefix("#/components/schemas/"));
    name.and_then(|name| document["components"]["schemas"].get(name))
        .unwrap_or(schema)
}

#[cfg(test)]
mod tests;
