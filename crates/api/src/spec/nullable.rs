//! Null: what a derived schema doesn't require may be null, on the way in and on the way out.

use serde_json::{Map, Value, json};

use super::objects;

/// Marks the optional properties of derived schemas, and every other nullable schema, properly.
pub fn mark(document: &mut Value) {
    objects(document, &mut |schema| {
        // Derived schemas carry their type's name; ours say themselves what may be null.
        if schema.contains_key("title") && schema.get("type") == Some(&json!("object")) {
            mark_optional(schema);
        }
    });
    objects(document, &mut |schema| {
        if schema.get("nullable") == Some(&json!(true)) {
            make_whole(schema);
        }
    });
}

fn mark_optional(schema: &mut Map<String, Value>) {
    let required = schema
        .get("required")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    let Some(Value::Object(properties)) = schema.get_mut("properties") else {
        return;
    };
    for (name, property) in properties {
        if !required.contains(&json!(name)) {
            or_null(property);
        }
    }
}

fn or_null(property: &mut Value) {
    // Nothing may stand beside a reference.
    if property.get("$ref").is_some() {
        *property = json!({"allOf": [property.take()], "nullable": true});
    } else if let Value::Object(property) = property
        && !property.is_empty()
    {
        property.insert("nullable".to_owned(), json!(true));
    }
}

/// A null that an enumeration leaves out would be no value after all.
fn make_whole(schema: &mut Map<String, Value>) {
    if let Some(Value::Array(words)) = schema.get_mut("enum")
        && !words.contains(&Value::Null)
    {
        words.push(Value::Null);
    }
}
