//! Free data that clients attach to records: snake-case keys inside, lowerCamelCase outside.

use std::borrow::Cow;

use keystead_domain::{At, Code, Problem};
use poem_openapi::registry::{MetaSchema, MetaSchemaRef};
use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Map, Value, json};

use crate::{casing, shape};

/// Bytes of JSON that metadata may take.
pub const MAX_BYTES: usize = 16_384;
/// Keys that metadata may hold, at all depths together.
pub const MAX_KEYS: usize = 64;

/// Metadata with its keys as they are stored; answered with lowerCamelCase keys at every depth.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(transparent)]
pub struct Metadata(pub Map<String, Value>);

impl Metadata {
    /// What is wrong with its size (identity §3.5); its depth is a matter of shape.
    pub fn problems(&self) -> Vec<Problem> {
        let at = || At::Attribute(Cow::Borrowed("metadata"));
        let bytes = serde_json::to_vec(&self.0).map_or(usize::MAX, |json| json.len());
        let mut problems = Vec::new();
        if bytes > MAX_BYTES {
            let limit = format!("too large (exceeded limit of {MAX_BYTES} bytes)");
            problems.push(Code::MetadataTooLong.says(limit, at()));
        }
        if keys_of(&self.0) > MAX_KEYS {
            let limit = format!("too many keys (exceeded limit of {MAX_KEYS} keys)");
            problems.push(Code::MetadataTooLong.says(limit, at()));
        }
        problems
    }
}

impl From<Value> for Metadata {
    /// Stored metadata; null and whatever else is no object stand for none.
    fn from(stored: Value) -> Self {
        match stored {
            Value::Object(members) => Self(members),
            _ => Self::default(),
        }
    }
}

impl From<Metadata> for Value {
    fn from(metadata: Metadata) -> Self {
        Self::Object(metadata.0)
    }
}

fn keys_of(members: &Map<String, Value>) -> usize {
    members.len() + members.values().map(keys_in).sum::<usize>()
}

fn keys_in(value: &Value) -> usize {
    match value {
        Value::Object(members) => keys_of(members),
        Value::Array(items) => items.iter().map(keys_in).sum(),
        _ => 0,
    }
}

impl Serialize for Metadata {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serialize_members(&self.0, serializer)
    }
}

fn serialize_members<S: Serializer>(
    members: &Map<String, Value>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(members.len()))?;
    for (key, value) in members {
        map.serialize_entry(&casing::camel(key), &Cased(value))?;
    }
    map.end()
}

/// A value whose keys are answered in lowerCamelCase.
struct Cased<'a>(&'a Value);

impl Serialize for Cased<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Object(members) => serialize_members(members, serializer),
            Value::Array(items) => serializer.collect_seq(items.iter().map(Cased)),
            scalar => scalar.serialize(serializer),
        }
    }
}

wire!(both [] Metadata {
    required: true,
    name: "metadata",
    schema: schema!("object",
        format: Some(shape::METADATA),
        description: Some("Free data: at most 64 keys, 16384 bytes, two levels of nesting."),
        additional_properties: Some(Box::new(MetaSchemaRef::Inline(Box::new(MetaSchema::ANY)))),
        example: Some(json!({"customerId": "c-1842"})),
    ),
    register: |_registry| (),
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_answered_in_lower_camel_case_at_every_depth() {
        let metadata = Metadata::from(json!({
            "customer_id": 1,
            "parent_key": {"child_key": ["a_b", {"deep_key": null}]},
        }));

        assert_eq!(
            serde_json::to_string(&metadata).unwrap(),
            r#"{"customerId":1,"parentKey":{"childKey":["a_b",{"deepKey":null}]}}"#,
        );
    }

    #[test]
    fn no_metadata_is_answered_as_an_empty_object() {
        assert_eq!(json!(Metadata::from(Value::Null)), json!({}));
    }

    #[test]
    fn size_is_limited_in_keys_and_in_bytes() {
        let keys = |count: usize| {
            let members = (1..count).map(|n| (format!("k{n}"), json!(n)));
            Metadata::from(json!({"nested": Value::Object(members.collect())}))
        };
        let bytes = |count: usize| Metadata::from(json!({"k": "x".repeat(count - 8)}));
        let details = |metadata: Metadata| {
            metadata
                .problems()
                .into_iter()
                .map(|p| p.detail.into_owned())
                .collect::<Vec<_>>()
        };

        assert_eq!(details(keys(64)), [""; 0]);
        assert_eq!(
            details(keys(65)),
            ["too many keys (exceeded limit of 64 keys)"]
        );
        assert_eq!(details(bytes(16_384)), [""; 0]);
        assert_eq!(
            details(bytes(16_385)),
            ["too large (exceeded limit of 16384 bytes)"]
        );
    }
}
