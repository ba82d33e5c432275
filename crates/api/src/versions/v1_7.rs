//! Up to 1.7, logging in didn't tell which half of the credentials was wrong.

use keystead_domain::version::ApiVersion;
use poem::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{Exchange, Migration, response, same_request};

pub(super) const MIGRATION: Migration = Migration {
    until: ApiVersion::V1_7,
    description: "a failed login says `CREDENTIALS_INVALID` and not which half is wrong",
    request: same_request,
    response: hide_which_half,
};

const TELLING: &[&str] = &[
    "EMAIL_REQUIRED",
    "EMAIL_INVALID",
    "PASSWORD_REQUIRED",
    "PASSWORD_INVALID",
    "PASSWORD_NOT_SUPPORTED",
];

fn hide_which_half(document: &mut Value, exchange: &Exchange<'_>) {
    let login = exchange.is(&[Method::POST], "/tokens");
    if !login || exchange.status != StatusCode::UNAUTHORIZED {
        return;
    }
    response::errors(document, |error| {
        if TELLING.contains(&response::code(error)) {
            error.insert("code".to_owned(), json!("CREDENTIALS_INVALID"));
            error.insert(
                "detail".to_owned(),
                json!("email and password must be valid"),
            );
        }
    });
}
