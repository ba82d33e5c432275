//! Relationships as they are answered (identity §5): to one by link and linkage, to many by
//! link alone, all printed without a text being made first.

use std::fmt;
use std::marker::PhantomData;

use keystead_domain::{AccountId, EnvironmentId};
use poem_openapi::registry::{MetaSchema, MetaSchemaRef};
use poem_openapi::types::Type;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::json;
use uuid::Uuid;

use super::object;
use super::resource::{Place, Text};
use crate::fields::maybe::or_null;
use crate::input::Nothing;
use crate::nouns::{Accounts, Environments, Noun, Nouns};

/// The account that a resource belongs to.
#[derive(Clone, Copy, Debug)]
pub struct AccountLink(pub(super) AccountId);

/// The environment that a resource belongs to; without one, link and linkage are null.
#[derive(Clone, Copy, Debug)]
pub struct EnvironmentLink {
    pub(super) account: AccountId,
    pub(super) id: Option<EnvironmentId>,
}

/// A relationship to one resource at most, of one of the types `N`.
#[derive(Clone, Copy, Debug)]
pub struct ToOne<N> {
    related: Related,
    data: Option<(&'static str, Uuid)>,
    nouns: PhantomData<fn() -> N>,
}

/// A relationship to many resources, with something said of them or nothing.
#[derive(Clone, Copy, Debug)]
pub struct ToMany<M = Nothing> {
    pub(super) related: Related,
    pub(super) meta: Option<M>,
}

/// What a relationship's link points to.
#[derive(Clone, Copy, Debug)]
pub enum Related {
    /// Below the resource: `<place>/<name>`.
    Nested {
        /// The resource.
        place: Place,
        /// The relationship's path.
        name: &'static str,
    },
    /// The other resource itself.
    Direct(Place),
}

impl<N> ToOne<N> {
    pub(super) fn new(related: Related, data: Option<(&'static str, Uuid)>) -> Self {
        Self {
            related,
            data,
            nouns: PhantomData,
        }
    }
}

impl fmt::Display for Related {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nested { place, name } => write!(f, "{place}/{name}"),
            Self::Direct(place) => place.fmt(f),
        }
    }
}

/// `{"links": {"related": …}, "data": {"type", "id"} | null}`.
pub(super) fn to_one<S: Serializer>(
    serializer: S,
    related: Option<Related>,
    data: Option<(&'static str, Uuid)>,
) -> Result<S::Ok, S::Error> {
    let mut members = serializer.serialize_map(Some(2))?;
    members.serialize_entry("links", &Links(related))?;
    members.serialize_entry("data", &data.map(|(kind, id)| Linkage { kind, id }))?;
    members.end()
}

struct Links(Option<Related>);

impl Serialize for Links {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut members = serializer.serialize_map(Some(1))?;
        members.serialize_entry("related", &self.0.map(Text))?;
        members.end()
    }
}

#[derive(Serialize)]
struct Linkage {
    #[serde(rename = "type")]
    kind: &'static str,
    id: Uuid,
}

impl Serialize for AccountLink {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let related = Related::Direct(Place::account(self.0));
        to_one(serializer, Some(related), Some((Accounts::TYPE, self.0.0)))
    }
}

impl Serialize for EnvironmentLink {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let place = |id| Place::of::<Environments>(self.account, id);
        let related = self.id.map(|id| Related::Direct(place(id)));
        to_one(
            serializer,
            related,
            self.id.map(|id| (Environments::TYPE, id.0)),
        )
    }
}

impl<N> Serialize for ToOne<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        to_one(serializer, Some(self.related), self.data)
    }
}

impl<M: Serialize> Serialize for ToMany<M> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut members = serializer.serialize_map(None)?;
        members.serialize_entry("links", &Links(Some(self.related)))?;
        if let Some(meta) = &self.meta {
            members.serialize_entry("meta", meta)?;
        }
        members.end()
    }
}

pub(super) fn links_schema(related: MetaSchemaRef) -> MetaSchemaRef {
    let links = object(vec![("related", related)], &[]);
    MetaSchemaRef::Inline(Box::new(links))
}

pub(super) fn link_schema() -> MetaSchemaRef {
    schema!("string", format: Some("uri-reference"))
}

pub(super) fn linkage_schema<N: Nouns>() -> MetaSchemaRef {
    let kinds = N::TYPES.iter().map(|(kind, _)| json!(kind)).collect();
    let linkage = object(
        vec![
            ("type", schema!("string", enum_items: kinds)),
            ("id", schema!("string", format: Some("uuid"))),
        ],
        &[],
    );
    MetaSchemaRef::Inline(Box::new(linkage))
}

/// `ToLicense`; a choice is `ToUserOrProduct`.
pub(super) fn to_one_name<N: Nouns>() -> String {
    let names = N::TYPES
        .iter()
        .map(|(_, singular)| pascal(singular))
        .collect::<Vec<_>>();
    format!("To{}", names.join("Or"))
}

fn pascal(dashed: &str) -> String {
    dashed
        .split('-')
        .map(|word| {
            let (first, rest) = word.split_at(1.min(word.len()));
            first.to_ascii_uppercase() + rest
        })
        .collect()
}

fn to_many_name<M: Type>() -> String {
    let nothing = M::schema_ref() == Nothing::schema_ref();
    if nothing {
        "ToMany".to_owned()
    } else {
        format!("ToManyWith{}", M::name())
    }
}

wire!(answered [] AccountLink {
    required: true,
    name: "ToOwnAccount",
    schema: super::reference("ToOwnAccount"),
    register: |registry| registry.create_schema::<Self, _>("ToOwnAccount".to_owned(), |_| object(
        vec![("links", links_schema(link_schema())), ("data", linkage_schema::<Accounts>())],
        &[],
    )),
});

wire!(answered [] EnvironmentLink {
    required: true,
    name: "ToOwnEnvironment",
    schema: super::reference("ToOwnEnvironment"),
    register: |registry| registry.create_schema::<Self, _>("ToOwnEnvironment".to_owned(), |_| object(
        vec![
            ("links", links_schema(or_null(link_schema()))),
            ("data", or_null(linkage_schema::<Environments>())),
        ],
        &[],
    )),
});

wire!(answered [N: Nouns] ToOne<N> {
    required: true,
    name: to_one_name::<N>(),
    schema: super::reference(to_one_name::<N>()),
    register: |registry| registry.create_schema::<Self, _>(to_one_name::<N>(), |_| object(
        vec![("links", links_schema(link_schema())), ("data", or_null(linkage_schema::<N>()))],
        &[],
    )),
});

wire!(answered [M: Type + Serialize] ToMany<M> {
    required: true,
    name: to_many_name::<M>(),
    schema: super::reference(to_many_name::<M>()),
    register: |registry| registry.create_schema::<Self, _>(to_many_name::<M>(), |registry| {
        M::register(registry);
        let mut properties = vec![("links", links_schema(link_schema()))];
        if M::schema_ref() != Nothing::schema_ref() {
            properties.push(("meta", M::schema_ref()));
        }
        MetaSchema { ..object(properties, &["meta"]) }
    }),
});
