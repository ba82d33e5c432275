//! Linkage that clients send: `{"data": {"type", "id"}}`, the type in any spelling.

use std::marker::PhantomData;

use poem_openapi::registry::MetaSchemaRef;
use serde::{Deserialize, Deserializer, de};
use serde_json::json;
use uuid::Uuid;

use super::maybe::{Maybe, Nullable, or_null};
use crate::casing;
use crate::nouns::{Noun, Nouns};
use crate::shape;

/// The `type` member of a document: one of the nouns' spellings.
#[derive(Debug, PartialEq, Eq)]
pub struct Is<N>(&'static str, PhantomData<fn() -> N>);

/// A relationship that must point somewhere.
#[derive(Debug, PartialEq, Eq)]
pub struct Link<N> {
    kind: &'static str,
    id: Uuid,
    nouns: PhantomData<fn() -> N>,
}

/// A relationship that may be absent, cleared with null (as a whole, or its `data`), or set.
///
/// A struct that holds one is deserialised with `#[serde(default)]`.
#[derive(Debug, PartialEq, Eq)]
pub struct MaybeLink<N>(Maybe<Link<N>>);

/// A body that sets a to-one relationship: `{"data": {"type", "id"}}`.
#[derive(Debug, PartialEq, Eq)]
pub struct LinkBody<N>(Link<N>);

/// A body that sets or clears a to-one relationship: `{"data": {"type", "id"} | null}`.
#[derive(Debug, PartialEq, Eq)]
pub struct NullableLinkBody<N>(Option<Link<N>>);

/// A body that attaches or detaches 1 to 100 records: `{"data": [{"type", "id"}, …]}`.
#[derive(Debug, PartialEq, Eq)]
pub struct Links<N>(Vec<Link<N>>);

impl<N> Is<N> {
    /// The type as the contract spells it.
    pub fn kind(&self) -> &'static str {
        self.0
    }
}

impl<N> Link<N> {
    /// The id pointed to, whatever its noun.
    pub fn uuid(&self) -> Uuid {
        self.id
    }

    /// The type pointed to, as the contract spells it.
    pub fn kind(&self) -> &'static str {
        self.kind
    }
}

impl<N: Noun> Link<N> {
    /// The id pointed to.
    pub fn id(&self) -> N::Id {
        self.id.into()
    }
}

impl<N: Noun> MaybeLink<N> {
    /// The id pointed to, if one was sent.
    pub fn id(&self) -> Option<N::Id> {
        self.sent().value()
    }

    /// The id pointed to: absent, cleared or set.
    pub fn sent(&self) -> Maybe<N::Id> {
        match &self.0 {
            Maybe::Absent => Maybe::Absent,
            Maybe::Null => Maybe::Null,
            Maybe::Value(link) => Maybe::Value(link.id()),
        }
    }
}

impl<N> Default for MaybeLink<N> {
    fn default() -> Self {
        Self(Maybe::Absent)
    }
}

impl<N: Noun> LinkBody<N> {
    /// The id pointed to.
    pub fn id(&self) -> N::Id {
        self.0.id()
    }
}

impl<N: Noun> NullableLinkBody<N> {
    /// The id pointed to, or none to clear the relationship.
    pub fn id(&self) -> Option<N::Id> {
        self.0.as_ref().map(Link::id)
    }
}

impl<N: Noun> Links<N> {
    /// The ids pointed to, in the order sent.
    pub fn ids(&self) -> Vec<N::Id> {
        self.0.iter().map(Link::id).collect()
    }
}

/// The type that a client's spelling means: singular or plural, in any casing.
fn kind_of<N: Nouns>(spelling: &str) -> Option<&'static str> {
    let spelling = casing::snake(spelling);
    N::TYPES
        .iter()
        .find(|(plural, singular)| {
            spelling == casing::snake(plural) || spelling == casing::snake(singular)
        })
        .map(|(plural, _)| *plural)
}

impl<'de, N: Nouns> Deserialize<'de> for Is<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let kind = kind_of::<N>(&String::deserialize(deserializer)?);
        let kind = kind.ok_or_else(|| de::Error::custom("not the type wanted here"))?;
        Ok(Self(kind, PhantomData))
    }
}

/// A member `data`, which may also be missing or null where that is allowed.
#[derive(Deserialize)]
struct Data<T> {
    data: T,
}

#[derive(Deserialize)]
#[serde(bound = "N: Nouns")]
struct Identifier<N> {
    #[serde(rename = "type")]
    kind: Is<N>,
    id: Uuid,
}

impl<N> From<Identifier<N>> for Link<N> {
    fn from(identifier: Identifier<N>) -> Self {
        Self {
            kind: identifier.kind.0,
            id: identifier.id,
            nouns: PhantomData,
        }
    }
}

impl<'de, N: Nouns> Deserialize<'de> for Link<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Data::<Identifier<N>>::deserialize(deserializer)?
            .data
            .into())
    }
}

impl<'de, N: Nouns> Deserialize<'de> for MaybeLink<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(
            match Maybe::<Data<Nullable<Identifier<N>>>>::deserialize(deserializer)? {
                Maybe::Absent => Maybe::Absent,
                Maybe::Value(Data {
                    data: Nullable(Some(link)),
                }) => Maybe::Value(link.into()),
                Maybe::Value(Data {
                    data: Nullable(None),
                })
                | Maybe::Null => Maybe::Null,
            },
        ))
    }
}

impl<'de, N: Nouns> Deserialize<'de> for LinkBody<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Link::deserialize(deserializer).map(Self)
    }
}

impl<'de, N: Nouns> Deserialize<'de> for NullableLinkBody<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let sent = Data::<Option<Identifier<N>>>::deserialize(deserializer)?;
        Ok(Self(sent.data.map(Link::from)))
    }
}

impl<'de, N: Nouns> Deserialize<'de> for Links<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let sent = Data::<Vec<Identifier<N>>>::deserialize(deserializer)?;
        Ok(Self(sent.data.into_iter().map(Link::from).collect()))
    }
}

/// The schema of a resource type: both spellings of each noun.
fn type_schema<N: Nouns>() -> MetaSchemaRef {
    let words = N::TYPES
        .iter()
        .flat_map(|(plural, singular)| [json!(plural), json!(singular)]);
    schema!("string",
        format: Some(shape::RESOURCE_TYPE),
        enum_items: words.collect(),
        example: N::TYPES.first().map(|(plural, _)| json!(plural)),
    )
}

fn identifier_schema<N: Nouns>() -> MetaSchemaRef {
    schema!("object",
        required: vec!["type", "id"],
        properties: vec![("type", type_schema::<N>()), ("id", schema!("string", format: Some("uuid")))],
    )
}

fn data_schema(data: MetaSchemaRef) -> MetaSchemaRef {
    schema!("object", required: vec!["data"], properties: vec![("data", data)])
}

fn many_schema<N: Nouns>() -> MetaSchemaRef {
    schema!("array",
        items: Some(Box::new(identifier_schema::<N>())),
        min_items: Some(1),
        max_items: Some(100),
    )
}

wire!(asked [N: Nouns] Is<N> {
    required: true,
    name: "resource_type",
    schema: type_schema::<N>(),
    register: |_registry| (),
});

wire!(asked [N: Nouns] Link<N> {
    required: true,
    name: "link",
    schema: data_schema(identifier_schema::<N>()),
    register: |_registry| (),
});

wire!(asked [N: Nouns] MaybeLink<N> {
    required: false,
    name: "maybe_link",
    schema: or_null(data_schema(or_null(identifier_schema::<N>()))),
    register: |_registry| (),
});

wire!(asked [N: Nouns] LinkBody<N> {
    required: true,
    name: "link_body",
    schema: data_schema(identifier_schema::<N>()),
    register: |_registry| (),
});

wire!(asked [N: Nouns] NullableLinkBody<N> {
    required: true,
    name: "nullable_link_body",
    schema: data_schema(or_null(identifier_schema::<N>())),
    register: |_registry| (),
});

wire!(asked [N: Nouns] Links<N> {
    required: true,
    name: "links",
    schema: data_schema(many_schema::<N>()),
    register: |_registry| (),
});

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    use crate::nouns::Users;

    enum SecondFactors {}

    impl Noun for SecondFactors {
        const TYPE: &'static str = "second-factors";
        const SINGULAR: &'static str = "second-factor";
        type Id = Uuid;

        fn uuid(id: Uuid) -> Uuid {
            id
        }
    }

    #[test]
    fn a_type_is_accepted_in_every_spelling() {
        for spelling in [
            "second-factors",
            "second-factor",
            "secondFactors",
            "secondFactor",
            "second_factors",
            "second_factor",
            "SecondFactor",
        ] {
            assert_eq!(
                kind_of::<SecondFactors>(spelling),
                Some("second-factors"),
                "{spelling}"
            );
        }
        assert_eq!(kind_of::<SecondFactors>("users"), None);
    }

    #[test]
    fn an_id_is_accepted_without_dashes_and_in_any_case() {
        let link: Link<Users> = serde_json::from_value(json!({
            "data": {"type": "user", "id": "0B7F0A0E5D3C4A0B8F1F0C1E7A3A4B10"},
        }))
        .unwrap();

        assert_eq!(
            link.id().to_string(),
            "0b7f0a0e-5d3c-4a0b-8f1f-0c1e7a3a4b10"
        );
        assert_eq!(link.kind(), "users");
    }

    #[test]
    fn a_cleared_relationship_is_told_from_an_absent_one() {
        let read = |value: Value| serde_json::from_value::<MaybeLink<Users>>(value).unwrap();

        assert_eq!(read(json!(null)).sent(), Maybe::Null);
        assert_eq!(read(json!({"data": null})).sent(), Maybe::Null);
        assert_eq!(MaybeLink::<Users>::default().sent(), Maybe::Absent);
    }
}
