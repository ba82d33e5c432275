//! What clients send: documents of one resource, with the parts that an endpoint takes.

use poem_openapi::registry::MetaSchemaRef;
use poem_openapi::types::Type;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Deserializer, Serialize};

use crate::fields::Is;
use crate::nouns::Nouns;

/// A part that an endpoint doesn't take: its key is unpermitted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Nothing;

/// A request document: `{"data": …, "meta": …}`, each part optional, required or not taken.
#[derive(Debug, Deserialize)]
pub struct Doc<D, M = Nothing> {
    /// The resource, or whatever else `data` is.
    pub data: D,
    /// What is said besides.
    pub meta: M,
}

/// A resource as clients send it: its type, and the parts that the endpoint takes.
#[derive(Debug, Deserialize)]
#[serde(bound(
    deserialize = "N: Nouns, A: DeserializeOwned, R: DeserializeOwned, I: DeserializeOwned"
))]
pub struct Sent<N, A = Nothing, R = Nothing, I = Nothing> {
    /// The resource's type, in any spelling.
    #[serde(rename = "type")]
    pub kind: Is<N>,
    /// The id, where a client may choose it.
    pub id: I,
    /// The attributes.
    pub attributes: A,
    /// The relationships.
    pub relationships: R,
}

/// The body of a creation: `data` with attributes and relationships.
pub type Create<N, A, R = Nothing, I = Nothing> = Doc<Sent<N, A, R, I>>;

/// The body of an update: `data` with attributes, its id accepted and ignored.
pub type Update<N, A> = Doc<Sent<N, A, Nothing, Option<String>>>;

/// The body of an action: `meta` alone.
pub type Meta<M> = Doc<Nothing, M>;

impl<'de> Deserialize<'de> for Nothing {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Through an option, because serde reads a missing key as none.
        Option::<IgnoredAny>::deserialize(deserializer).map(|_| Self)
    }
}

impl Nothing {
    /// The schema of what may not be sent; objects leave out members that have it.
    fn schema() -> MetaSchemaRef {
        schema!("object", max_properties: Some(0))
    }
}

/// The schema of an object with the `members` that can be sent.
fn object(members: Vec<(&'static str, MetaSchemaRef, bool)>) -> MetaSchemaRef {
    let nothing = Nothing::schema();
    let members = || members.iter().filter(|(_, schema, _)| *schema != nothing);
    schema!("object",
        required: members().filter(|(_, _, required)| *required).map(|(name, ..)| *name).collect(),
        properties: members().map(|(name, schema, _)| (*name, schema.clone())).collect(),
    )
}

wire!(both [] Nothing {
    required: false,
    name: "nothing",
    schema: Nothing::schema(),
    register: |_registry| (),
});

wire!(asked [D: Type + DeserializeOwned, M: Type + DeserializeOwned] Doc<D, M> {
    required: true,
    name: format!("document of {} and {}", D::name(), M::name()),
    schema: object(vec![
        ("data", D::schema_ref(), D::IS_REQUIRED),
        ("meta", M::schema_ref(), M::IS_REQUIRED),
    ]),
    register: |registry| {
        D::register(registry);
        M::register(registry);
    },
});

wire!(asked [
    N: Nouns,
    A: Type + DeserializeOwned,
    R: Type + DeserializeOwned,
    I: Type + DeserializeOwned,
] Sent<N, A, R, I> {
    required: true,
    name: format!("{} with {} and {}", Is::<N>::name(), A::name(), R::name()),
    schema: object(vec![
        ("type", Is::<N>::schema_ref(), true),
        ("id", I::schema_ref(), I::IS_REQUIRED),
        ("attributes", A::schema_ref(), A::IS_REQUIRED),
        ("relationships", R::schema_ref(), R::IS_REQUIRED),
    ]),
    register: |registry| {
        A::register(registry);
        R::register(registry);
        I::register(registry);
    },
});
