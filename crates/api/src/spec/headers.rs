//! Headers that every request may carry, and that every answer does.

use serde_json::{Value, json};

use super::{METHODS, operations, section};

#[rustfmt::skip]
const REQUEST: &[(&str, &str, &str)] = &[
    ("Version",         "Keygen-Version",          "The version of the API to speak, `1.0` to `1.8`; else the account's."),
    ("Environment",     "Keygen-Environment",      "The environment to act in, by id or code; else the global one."),
    ("AcceptSignature", "Keygen-Accept-Signature", "The algorithm to sign the answer with, e.g. `algorithm=\"ed25519\"`."),
];

#[rustfmt::skip]
const RESPONSE: &[(&str, &str)] = &[
    ("X-Request-Id",     "The request's id."),
    ("Keygen-Version",   "The version of the API that the answer speaks."),
    ("Keygen-Account",   "The account's id."),
    ("Keygen-Date",      "When the answer was made; also `Date`."),
    ("Keygen-Digest",    "SHA-256 of the body; also `Digest`."),
    ("Keygen-Signature", "The signature over request line, host, date and digest."),
];

/// Adds both, described once and referred to from everywhere.
pub fn add(document: &mut Value) {
    let parameters = REQUEST.iter().map(|(key, name, description)| {
        let parameter = json!({
            "name": name,
            "in": "header",
            "description": description,
            "schema": {"type": "string"},
        });
        ((*key).to_owned(), parameter)
    });
    section(document, &["components", "parameters"]).extend(parameters);
    let headers = RESPONSE.iter().map(|(name, description)| {
        (
            (*name).to_owned(),
            json!({"description": description, "schema": {"type": "string"}}),
        )
    });
    section(document, &["components", "headers"]).extend(headers);

    for item in section(document, &["paths"])
        .values_mut()
        .filter_map(Value::as_object_mut)
    {
        if METHODS.iter().any(|method| item.contains_key(*method)) {
            let parameters = REQUEST
                .iter()
                .map(|(key, ..)| refer("parameters", key))
                .collect();
            item.insert("parameters".to_owned(), Value::Array(parameters));
        }
    }
    operations(document, |_, _, operation| {
        let responses = operation
            .get_mut("responses")
            .and_then(Value::as_object_mut);
        for response in responses
            .into_iter()
            .flat_map(|responses| responses.values_mut())
        {
            if response.get("$ref").is_none() {
                add_to(response);
            }
        }
    });
    section(document, &["components", "responses"])
        .values_mut()
        .for_each(add_to);
}

fn refer(section: &str, key: &str) -> Value {
    json!({"$ref": format!("#/components/{section}/{key}")})
}

fn add_to(response: &mut Value) {
    let headers = section(response, &["headers"]);
    for (name, _) in RESPONSE {
        headers
            .entry(*name)
            .or_insert_with(|| refer("headers", name));
    }
}
