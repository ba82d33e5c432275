//! Query parameters: one argument of a handler becomes one parameter per field.

use serde_json::{Map, Value, json};

use super::{operations, resolve, section};
use crate::listing::{PAGED, PARAMETERS};

/// The parameters of a page, shared by every list.
fn page() -> Value {
    json!({
        "limit": {
            "name": "limit",
            "in": "query",
            "description": "How many rows, where no page is asked for.",
            "schema": {"type": "integer", "minimum": 1, "maximum": 100, "default": 10},
        },
        "order": {
            "name": "order",
            "in": "query",
            "description": "By creation: `desc` for newest first.",
            "schema": {"type": "string", "enum": ["asc", "desc"], "default": "desc"},
        },
        "page": {
            "name": "page",
            "in": "query",
            "description": "A page by `number`, or after a `cursor`: the last id of the page before, \
                empty for the first page.",
            "style": "deepObject",
            "explode": true,
            "schema": {
                "type": "object",
                "properties": {
                    "number": {"type": "integer", "minimum": 1, "maximum": 100},
                    "size": {"type": "integer", "minimum": 1, "maximum": 100, "default": 10},
                    "cursor": {"type": "string"},
                },
            },
        },
    })
}

/// Replaces each handler's argument by the parameters it stands for.
pub fn expand(document: &mut Value) {
    let known = document.clone();
    let mut paged = false;
    operations(document, |_, _, operation| {
        let Some(Value::Array(parameters)) = operation.get_mut("parameters") else {
            return;
        };
        let mut expanded = Vec::new();
        for parameter in parameters.drain(..) {
            let schema = &parameter["schema"];
            if schema["format"] != PARAMETERS {
                expanded.push(plain(parameter));
                continue;
            }
            if schema["title"] == PAGED {
                paged = true;
                let names = ["limit", "order", "page"];
                expanded.extend(
                    names.map(|name| json!({"$ref": format!("#/components/parameters/{name}")})),
                );
            }
            for fields in schema["allOf"].as_array().into_iter().flatten() {
                expanded.extend(fields_of(resolve(&known, fields)));
            }
        }
        *parameters = expanded;
    });
    if paged && let Value::Object(page) = page() {
        section(document, &["components", "parameters"]).extend(page);
    }
}

/// A parameter of the path or a header, without what goes without saying.
fn plain(mut parameter: Value) -> Value {
    if let Some(members) = parameter.as_object_mut() {
        members.retain(|key, value| match key.as_str() {
            "deprecated" => *value == true,
            "explode" => *value == false,
            _ => true,
        });
    }
    parameter
}

fn fields_of(schema: &Value) -> Vec<Value> {
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    let properties = schema["properties"]
        .as_object()
        .cloned()
        .unwrap_or_default();
    properties
        .into_iter()
        .map(|(name, schema)| {
            let required = required.contains(&json!(name));
            parameter(name, schema, required)
        })
        .collect()
}

fn parameter(name: String, mut schema: Value, required: bool) -> Value {
    let description = schema
        .as_object_mut()
        .and_then(|schema| schema.remove("description"));
    let mut parameter = Map::new();
    let list = schema["type"] == "array";
    parameter.insert(
        "name".to_owned(),
        json!(if list { format!("{name}[]") } else { name }),
    );
    parameter.insert("in".to_owned(), json!("query"));
    parameter.extend(description.map(|text| ("description".to_owned(), text)));
    if required {
        parameter.insert("required".to_owned(), json!(true));
    }
    if schema["type"] == "object" || schema.get("$ref").is_some() {
        parameter.insert("style".to_owned(), json!("deepObject"));
        parameter.insert("explode".to_owned(), json!(true));
    }
    parameter.insert("schema".to_owned(), schema);
    Value::Object(parameter)
}
