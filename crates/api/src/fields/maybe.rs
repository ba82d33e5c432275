//! Fields in which null is a value of its own.

use poem_openapi::registry::{MetaSchema, MetaSchemaRef};
use poem_openapi::types::Type;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, de};
use serde_json::Value;

/// An optional field that null clears: not sent, sent as null, or sent.
///
/// A struct that holds one is deserialised with `#[serde(default)]`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Maybe<T> {
    /// Not sent: leave things as they are.
    #[default]
    Absent,
    /// Sent as null: take the value away.
    Null,
    /// Sent.
    Value(T),
}

impl<T> Maybe<T> {
    /// The value, whether absent or cleared: for creation, where both mean none.
    pub fn value(self) -> Option<T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Null => None,
        }
    }

    /// The change to make: nothing when absent, `Some(None)` to clear.
    pub fn change(self) -> Option<Option<T>> {
        match self {
            Self::Absent => None,
            Self::Null => Some(None),
            Self::Value(value) => Some(Some(value)),
        }
    }

    /// Whether the key was sent at all.
    pub fn is_sent(&self) -> bool {
        !matches!(self, Self::Absent)
    }

    /// The same with the value turned into another form.
    pub fn map<U>(self, turn: impl FnOnce(T) -> U) -> Maybe<U> {
        match self {
            Self::Absent => Maybe::Absent,
            Self::Null => Maybe::Null,
            Self::Value(value) => Maybe::Value(turn(value)),
        }
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Maybe<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Not through `Option`, which would take a missing key for null where a struct forgot
        // its `serde(default)`: this way it is an error, found when the service starts.
        match Value::deserialize(deserializer)? {
            Value::Null => Ok(Self::Null),
            value => serde_json::from_value(value)
                .map(Self::Value)
                .map_err(de::Error::custom),
        }
    }
}

/// A required field that may be null: sent as null, or sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Nullable<T>(pub Option<T>);

/// `T`'s schema, with null allowed.
pub(crate) fn or_null(schema: MetaSchemaRef) -> MetaSchemaRef {
    match schema {
        MetaSchemaRef::Inline(mut schema) => {
            schema.nullable = true;
            MetaSchemaRef::Inline(schema)
        }
        reference @ MetaSchemaRef::Reference(_) => reference.merge(MetaSchema {
            nullable: true,
            ..MetaSchema::ANY
        }),
    }
}

wire!(asked [T: Type + DeserializeOwned] Maybe<T> {
    required: false,
    name: format!("maybe_{}", T::name()),
    schema: or_null(T::schema_ref()),
    register: |registry| T::register(registry),
});

wire!(both [T: Type + Serialize + DeserializeOwned] Nullable<T> {
    required: true,
    name: format!("nullable_{}", T::name()),
    schema: or_null(T::schema_ref()),
    register: |registry| T::register(registry),
});

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[derive(Debug, Default, Deserialize)]
    #[serde(default)]
    struct Change {
        name: Maybe<String>,
    }

    #[test]
    fn a_key_is_absent_null_or_sent() {
        let read = |value| serde_json::from_value::<Change>(value).unwrap().name;

        assert_eq!(read(json!({})), Maybe::Absent);
        assert_eq!(read(json!({"name": null})), Maybe::Null);
        assert_eq!(read(json!({"name": "x"})), Maybe::Value("x".to_owned()));
    }

    #[test]
    fn a_struct_without_defaults_does_not_take_a_missing_key_for_null() {
        #[derive(Debug, Deserialize)]
        struct Careless {
            #[expect(dead_code, reason = "only its absence matters")]
            name: Maybe<String>,
        }

        assert!(serde_json::from_value::<Careless>(json!({})).is_err());
    }

    #[test]
    fn a_change_tells_clearing_from_leaving() {
        assert_eq!(Maybe::<u8>::Absent.change(), None);
        assert_eq!(Maybe::<u8>::Null.change(), Some(None));
        assert_eq!(Maybe::Value(1).change(), Some(Some(1)));
    }
}
