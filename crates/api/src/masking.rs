//! What the request log keeps of bodies and URLs (machines reference §7.2).

use keystead_domain::masking::{masked, sensitive};
use serde_json::Value;

use crate::casing;

/// What is kept of a request's body: `meta` and `data`, masked, as the contract spells them.
pub fn request(body: &[u8]) -> Option<String> {
    if body.is_empty() {
        return None;
    }
    let mut document = crate::json::document(body).ok()?;
    document.retain(|name, _| name == "meta" || name == "data");
    if document.is_empty() {
        return None;
    }
    Some(masked(camelled(Value::Object(document))).to_string())
}

fn camelled(value: Value) -> Value {
    match value {
        Value::Object(members) => members
            .into_iter()
            .map(|(name, value)| (casing::camel(&name).into_owned(), camelled(value)))
            .collect(),
        Value::Array(items) => items.into_iter().map(camelled).collect(),
        other => other,
    }
}

/// A URL's path and query, without the values of parameters that sound secret.
pub fn url(target: &str) -> String {
    let Some((path, query)) = target.split_once('?') else {
        return target.to_owned();
    };
    let parameters: Vec<String> = query
        .split('&')
        .map(|parameter| match parameter.split_once('=') {
            Some((name, _)) if sensitive(name) => format!("{name}=[FILTERED]"),
            _ => parameter.to_owned(),
        })
        .collect();
    format!("{path}?{}", parameters.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_request_its_document_is_kept() {
        let body = br#"{"data": {"attributes": {"first_name": "Ada", "password": "hunter22"}},
            "meta": {"nonce": 1}, "jsonapi": {"version": "1.0"}}"#;

        assert_eq!(
            request(body).as_deref(),
            Some(
                r#"{"data":{"attributes":{"firstName":"Ada","password":"h...2"}},"meta":{"nonce":1}}"#
            )
        );
        assert_eq!(request(b""), None);
        assert_eq!(request(b"{}"), None);
        assert_eq!(request(b"{"), None);
    }

    #[test]
    fn a_url_keeps_no_token() {
        assert_eq!(
            url("/v1/licenses?limit=5&token=abc&auth=user:pass"),
            "/v1/licenses?limit=5&token=[FILTERED]&auth=[FILTERED]"
        );
        assert_eq!(url("/v1/licenses"), "/v1/licenses");
    }
}
