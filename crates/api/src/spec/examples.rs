//! An example for every body, made up from its schema.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{operations, resolve, section};

/// What fields of a name look like, where their schema doesn't say.
#[rustfmt::skip]
const NAMES: &[(&str, &str)] = &[
    ("name",        "Aurora Studio"),
    ("firstName",   "Ada"),
    ("lastName",    "Byron"),
    ("fullName",    "Ada Byron"),
    ("email",       "ada@example.com"),
    ("key",         "0092E3-41347C-7EB2AD-65965A-0C3224-V3"),
    ("fingerprint", "4d:Eq:UV:D3:XZ:tL:WN:Bz:mA:Eg:E6:Mk"),
    ("hostname",    "edge-04"),
    ("platform",    "linux"),
    ("ip",          "203.0.113.9"),
    ("code",        "aurora"),
    ("url",         "https://aurora.example"),
    ("permissions", "license.validate"),
    ("platforms",   "linux"),
    ("roles",       "user"),
    ("token",       "prod-3f9c1c0e77ab42d1b0a55d5f2c9e8a71v3"),
];

/// How deep examples follow schemas.
const MAX_DEPTH: usize = 12;

/// Adds an example to the schema of every body: once, however many answers share it.
pub fn add(document: &mut Value) {
    let mut bodies = BTreeSet::new();
    operations(document, |_, _, operation| {
        operation
            .get("requestBody")
            .into_iter()
            .for_each(|body| name_of(body, &mut bodies));
        let responses = operation.get("responses").and_then(Value::as_object);
        let responses = responses
            .into_iter()
            .flat_map(|responses| responses.values());
        responses.for_each(|response| name_of(response, &mut bodies));
    });
    let shared = document["components"]["responses"].as_object();
    let shared = shared.into_iter().flat_map(|responses| responses.values());
    shared.for_each(|response| name_of(response, &mut bodies));

    let known = document.clone();
    for (name, schema) in section(document, &["components", "schemas"]) {
        if let Value::Object(members) = schema
            && bodies.contains(name)
            && !members.contains_key("example")
        {
            let made = example(&known, &known["components"]["schemas"][name], "", 0);
            members.insert("example".to_owned(), made);
        }
    }
}

/// The names of the schemas of a body, in any of its media types.
fn name_of(body: &Value, names: &mut BTreeSet<String>) {
    let content = body.get("content").and_then(Value::as_object);
    for media in content.into_iter().flat_map(|content| content.values()) {
        let name = media["schema"]["$ref"].as_str();
        let name = name.and_then(|name| name.strip_prefix("#/components/schemas/"));
        names.extend(name.map(str::to_owned));
    }
}

/// A value that fits `schema`, which is that of the member `name`.
fn example(document: &Value, schema: &Value, name: &str, depth: usize) -> Value {
    let given = schema.get("example").or_else(|| schema.get("default"));
    if let Some(given) = given.filter(|_| depth > 0) {
        return given.clone();
    }
    if depth > MAX_DEPTH {
        return Value::Null;
    }
    let resolved = resolve(document, schema);
    if !std::ptr::eq(resolved, schema) {
        return example(document, resolved, name, depth + 1);
    }
    if let Some(first) = ["allOf", "oneOf", "anyOf"]
        .iter()
        .find_map(|of| schema[of].get(0))
    {
        return example(document, first, name, depth + 1);
    }
    if let Some(word) = schema["enum"].get(0) {
        return word.clone();
    }
    match schema["type"].as_str() {
        Some("object") => {
            let properties = schema["properties"].as_object();
            let members = properties
                .into_iter()
                .flatten()
                .map(|(name, schema)| (name.clone(), example(document, schema, name, depth + 1)));
            Value::Object(members.collect::<Map<_, _>>())
        }
        Some("array") => json!([example(document, &schema["items"], name, depth + 1)]),
        Some("integer") => schema
            .get("minimum")
            .and_then(Value::as_f64)
            .map_or(json!(1), |min| json!(min.ceil() as i64)),
        Some("number") => json!(1.5),
        Some("boolean") => json!(false),
        Some("string") => text(schema, name),
        _ => Value::Null,
    }
}

fn text(schema: &Value, name: &str) -> Value {
    match schema["format"].as_str() {
        Some("uuid") => json!("0b7f0a0e-5d3c-4a0b-8f1f-0c1e7a3a4b10"),
        Some("date-time") => json!("2026-01-31T09:15:27.123Z"),
        Some("uri-reference") => {
            json!("/v1/accounts/0b7f0a0e-5d3c-4a0b-8f1f-0c1e7a3a4b10")
        }
        Some("uri") => json!("https://keystead.dev/docs/api/"),
        _ => {
            let known = NAMES.iter().find(|(listed, _)| *listed == name);
            json!(known.map_or("string", |(_, text)| text))
        }
    }
}
