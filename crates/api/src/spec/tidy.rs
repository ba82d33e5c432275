//! What the derived document holds too much of.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{objects, operations, section};
use crate::listing::PARAMETERS;
use crate::shape::{JUDGED_LATER, METADATA, RESOURCE_TYPE, SCALARS};

/// Formats that mean something to the shape of a body, and nothing to a reader.
const INTERNAL: &[&str] = &[JUDGED_LATER, METADATA, RESOURCE_TYPE, SCALARS, PARAMETERS];

/// Gives each operation an id of its own: a handler of two methods is derived as two operations.
pub fn name_operations_once(document: &mut Value) {
    let mut names = BTreeSet::new();
    operations(document, |method, _, operation| {
        let Some(name) = operation.get("operationId").and_then(Value::as_str) else {
            return;
        };
        let mut name = name.to_owned();
        if names.contains(&name) {
            name.push_str("By");
            name.push_str(&method[..1].to_ascii_uppercase());
            name.push_str(&method[1..]);
            operation.insert("operationId".to_owned(), json!(name));
        }
        names.insert(name);
    });
}

/// Gives each request body a schema of its own, which both media types refer to.
///
/// Expects that operations have ids of their own.
pub fn name_bodies(document: &mut Value) {
    let mut bodies = Vec::new();
    operations(document, |_, _, operation| {
        let Some(id) = operation.get("operationId").and_then(Value::as_str) else {
            return;
        };
        let name = format!("{}{}Body", id[..1].to_ascii_uppercase(), &id[1..]);
        let content = operation
            .get_mut("requestBody")
            .and_then(|body| body.get_mut("content"));
        let Some(content) = content.and_then(Value::as_object_mut) else {
            return;
        };
        for media in content
            .values_mut()
            .filter(|media| media["schema"].get("$ref").is_none())
        {
            let reference = json!({"$ref": format!("#/components/schemas/{name}")});
            bodies.push((
                name.clone(),
                std::mem::replace(&mut media["schema"], reference),
            ));
        }
    });
    section(document, &["components", "schemas"]).extend(bodies);
}

/// Removes the formats and titles that only this crate reads.
pub fn drop_internal_formats(document: &mut Value) {
    objects(document, &mut |schema| {
        let format = schema.get("format").and_then(Value::as_str);
        if format.is_some_and(|format| INTERNAL.contains(&format)) {
            schema.shift_remove("format");
        }
    });
    for schema in section(document, &["components", "schemas"]).values_mut() {
        if let Value::Object(schema) = schema {
            schema.shift_remove("title");
        }
    }
}

/// Removes the schemas that nothing refers to, such as those of filters.
pub fn drop_unused_schemas(document: &mut Value) {
    loop {
        let mut used = BTreeSet::new();
        objects(document, &mut |object| {
            let name = object.get("$ref").and_then(Value::as_str);
            let name = name.and_then(|name| name.strip_prefix("#/components/schemas/"));
            used.extend(name.map(str::to_owned));
        });
        let schemas = section(document, &["components", "schemas"]);
        let before = schemas.len();
        schemas.retain(|name, _| used.contains(name));
        if schemas.len() == before {
            return;
        }
    }
}
