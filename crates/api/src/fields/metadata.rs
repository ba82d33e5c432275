//! Free data that clients attach to records: snake-case keys inside, lowerCamelCase outside.

use poem_openapi::registry::{MetaSchema, MetaSchemaRef};
use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Map, Value, json};

use crate::{casing, shape};

/// Metadata with its keys as they are stored; answered with lowerCamelCase keys at every depth.
///
/// Its size is judged by `keystead_domain::metadata`, its depth by the shape of the document.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(transparent)]
pub struct Metadata(pub Map<String, Value>);

impl Metadata {
    /// The members that are texts, as a filter has them; nested and blank ones narrow nothing.
    pub fn texts(self) -> Vec<(String, String)> {
        let text = |(name, value)| match value {
            Value::String(text) if !text.is_empty() => Some((name, text)),
            _ => None,
        };
        self.0.into_iter().filter_map(text).collect()
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
}
