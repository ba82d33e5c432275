//! Up to 1.4, only the first level of metadata was answered in lowerCamelCase.

use keystead_domain::version::ApiVersion;
use serde_json::{Map, Value};

use super::{Exchange, Migration, same_request};
use crate::casing;

pub(super) const MIGRATION: Migration = Migration {
    until: ApiVersion::V1_4,
    description: "keys below the first level of metadata are in snake case",
    request: same_request,
    response: snake_below_first_level,
};

fn snake_below_first_level(document: &mut Value, _exchange: &Exchange<'_>) {
    for member in ["data", "included"] {
        let resources = match document.get_mut(member) {
            Some(Value::Array(items)) => items.as_mut_slice(),
            Some(one) => std::slice::from_mut(one),
            None => continue,
        };
        for resource in resources {
            if let Some(Value::Object(metadata)) = resource.pointer_mut("/attributes/metadata") {
                metadata.values_mut().for_each(snake);
            }
        }
    }
}

fn snake(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(snake),
        Value::Object(members) => {
            let old: Map<String, Value> = std::mem::take(members);
            for (key, mut value) in old {
                snake(&mut value);
                members.insert(casing::snake(&key).into_owned(), value);
            }
        }
        _ => {}
    }
}
