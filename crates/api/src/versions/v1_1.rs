//! Up to 1.1, overage was allowed or not, and validations had a constant for a code.

use keystead_domain::version::ApiVersion;
use keystead_domain::words::OverageStrategy;
use keystead_domain::{At, Kind, Problem};
use poem::http::Method;
use serde_json::{Value, json};

use super::{Exchange, Migration, Renamed, request, response};
use crate::problem::Result;
use crate::shape;

pub(super) const MIGRATION: Migration = Migration {
    until: ApiVersion::V1_1,
    description: "policies have `concurrent`, validations have `constant` and tolerate no overage",
    request: accept_concurrent,
    response: answer_as_1_1,
};

fn accept_concurrent(document: &mut Value, _renamed: &mut Renamed) -> Result<()> {
    let Some(attributes) = request::attributes(document, "policies", "policy") else {
        return Ok(());
    };
    let strategy = match attributes.get("concurrent") {
        None => return Ok(()),
        Some(Value::Null) => None,
        Some(Value::Bool(true)) => Some(OverageStrategy::AlwaysAllowOverage),
        Some(Value::Bool(false)) => Some(OverageStrategy::NoOverage),
        Some(other) => {
            let received = shape::name_of(other);
            let detail = format!("type mismatch (received {received} expected boolean)");
            let at = At::Attribute("concurrent".into());
            return Err(Problem::new(Kind::BadRequest, detail).at(at).into());
        }
    };
    attributes.shift_remove("concurrent");
    if let Some(strategy) = strategy {
        attributes
            .entry("overage_strategy")
            .or_insert_with(|| json!(strategy));
    }
    Ok(())
}

fn answer_as_1_1(document: &mut Value, exchange: &Exchange<'_>) {
    response::attributes(document, "policies", |attributes| {
        let none = json!(OverageStrategy::NoOverage);
        let concurrent = attributes
            .get("overageStrategy")
            .is_some_and(|strategy| *strategy != none);
        attributes.insert("concurrent".to_owned(), json!(concurrent));
    });
    let validation = exchange.is(&[Method::POST], "/licenses/actions/validate-key")
        || exchange.is(&[Method::GET, Method::POST], "/licenses/*/actions/validate");
    if validation && let Some(Value::Object(meta)) = document.get_mut("meta") {
        let code = meta.get("code").and_then(Value::as_str);
        if !matches!(code, Some("VALID" | "EXPIRED")) {
            meta.insert("valid".to_owned(), json!(false));
        }
        request::rename(meta, "code", "constant");
    }
}
