//! The ways to present a credential, and the operations that need none.

use serde_json::{Value, json};

use super::{operations, section};

/// Operations that answer without a credential as well: (method, path).
const ANONYMOUS: &[(&str, &str)] = &[
    ("post", "/licenses/actions/validate-key"),
    ("post", "/users"),
    ("post", "/passwords"),
    ("get", "/ping"),
    ("get", "/health"),
];

/// Describes the schemes, and lets each operation be asked with any of them.
pub fn add(document: &mut Value) {
    let schemes = json!({
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "description": "A token of a user, product, license or environment.",
        },
        "basic": {
            "type": "http",
            "scheme": "basic",
            "description": "`token:<token>` or `license:<key>`; to create a token also \
                `<email>:<password>`.",
        },
        "license": {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`License <key>`, where the license's policy allows it.",
        },
        "token": {
            "type": "apiKey",
            "in": "query",
            "name": "token",
            "description": "A token in the query, where no header can be sent; it is never repeated \
                in links.",
        },
    });
    if let Value::Object(schemes) = schemes {
        section(document, &["components", "securitySchemes"]).extend(schemes);
    }
    document["security"] = any_scheme();
    operations(document, |method, path, operation| {
        if ANONYMOUS.contains(&(method, path)) {
            let mut schemes = any_scheme();
            if let Value::Array(schemes) = &mut schemes {
                schemes.push(json!({}));
            }
            operation.insert("security".to_owned(), schemes);
        }
    });
}

fn any_scheme() -> Value {
    json!([{"bearer": []}, {"basic": []}, {"license": []}, {"token": []}])
}
