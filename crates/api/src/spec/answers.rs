//! The answers that any operation may give: the error document and its statuses.

use serde_json::{Map, Value, json};

use super::{operations, section};

/// When an operation may answer with a status.
#[derive(Clone, Copy, PartialEq, Eq)]
enum When {
    Always,
    /// It writes: a POST, PUT, PATCH or DELETE.
    Writes,
    /// It takes a body.
    TakesBody,
}

#[rustfmt::skip]
const ERRORS: &[(&str, &str, When, &str)] = &[
    ("400", "BadRequest",          When::Always,    "The request is malformed; `source` says where."),
    ("401", "Unauthorized",        When::Always,    "No credential, or one that is no good."),
    ("403", "AccessDenied",        When::Always,    "The bearer may not do this."),
    ("404", "NotFound",            When::Always,    "There is no such thing, as far as the bearer may see."),
    ("409", "Conflict",            When::Writes,    "Another change came first."),
    ("413", "PayloadTooLarge",     When::TakesBody, "The body is larger than the server reads."),
    ("422", "Unprocessable",       When::Writes,    "A rule refuses the change; each error has a `code` and a `source`."),
    ("429", "TooManyRequests",     When::Always,    "Too much, too fast; `Retry-After` says when to come back."),
    ("500", "InternalServerError", When::Always,    "A failure of the server, which has been logged."),
    ("503", "ServiceUnavailable",  When::Always,    "The server is too busy, or took too long."),
];

/// Adds the errors that each operation may answer, described once for all.
pub fn add_errors(document: &mut Value) {
    operations(document, |method, _, operation| {
        let writes = method != "get";
        let takes_body = operation.contains_key("requestBody");
        let responses = operation.entry("responses").or_insert_with(|| json!({}));
        let Value::Object(responses) = responses else {
            return;
        };
        let reads_texts = responses.values().any(is_text);
        for (status, name, when, text) in ERRORS {
            let may = match when {
                When::Always => true,
                When::Writes => writes,
                When::TakesBody => takes_body,
            };
            if may && !responses.contains_key(*status) {
                // Clients that read pages or texts are told the status alone.
                let answer = match reads_texts {
                    true => json!({"description": text}),
                    false => json!({"$ref": format!("#/components/responses/{name}")}),
                };
                responses.insert((*status).to_owned(), answer);
            }
        }
    });
    let described = ERRORS
        .iter()
        .map(|(_, name, _, text)| ((*name).to_owned(), response(text)));
    section(document, &["components", "responses"]).extend(described);
    section(document, &["components", "schemas"]).extend(schemas());
}

fn is_text(response: &Value) -> bool {
    let content = response.get("content").and_then(Value::as_object);
    let mut types = content.into_iter().flat_map(Map::keys);
    types.any(|media| media.starts_with("text/"))
}

fn response(description: &str) -> Value {
    let media = json!({"schema": {"$ref": "#/components/schemas/ErrorDocument"}});
    json!({
        "description": description,
        "content": {"application/vnd.api+json": media, "application/json": media},
    })
}

/// The schema of `problem::ErrorDocument`.
fn schemas() -> Map<String, Value> {
    let schemas = json!({
        "ErrorDocument": {
            "type": "object",
            "required": ["errors"],
            "properties": {
                "meta": {
                    "type": "object",
                    "required": ["id"],
                    "properties": {"id": {
                        "type": "string",
                        "format": "uuid",
                        "description": "The request's id, as in `X-Request-Id`.",
                    }},
                },
                "errors": {
                    "type": "array",
                    "minItems": 1,
                    "items": {"$ref": "#/components/schemas/Error"},
                },
            },
        },
        "Error": {
            "type": "object",
            "required": ["title", "detail"],
            "properties": {
                "title": {"type": "string", "example": "Unprocessable resource"},
                "detail": {"type": "string", "example": "has already been taken"},
                "code": {
                    "type": "string",
                    "description": "What is wrong, for programs.",
                    "example": "FINGERPRINT_TAKEN",
                },
                "source": {
                    "type": "object",
                    "description": "Exactly one of its members is there.",
                    "properties": {
                        "pointer": {
                            "type": "string",
                            "description": "A JSON pointer into the request's body.",
                            "example": "/data/attributes/fingerprint",
                        },
                        "parameter": {"type": "string", "description": "A query parameter."},
                        "header": {"type": "string", "description": "A request header."},
                    },
                },
                "links": {
                    "type": "object",
                    "properties": {
                        "about": {
                            "type": "string",
                            "format": "uri",
                            "description": "The page that explains it.",
                        },
                        "redirect": {
                            "type": "string",
                            "format": "uri",
                            "description": "Where to sign on instead, for `SSO_REQUIRED`.",
                        },
                    },
                },
            },
        },
    });
    match schemas {
        Value::Object(schemas) => schemas,
        _ => Map::new(),
    }
}
