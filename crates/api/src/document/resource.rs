//! A resource as it is answered: id, type, attributes, relationships, links.

use std::fmt;

use keystead_domain::{AccountId, EnvironmentId};
use poem_openapi::types::Type;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::json;
use uuid::Uuid;

use super::object;
use super::relationships::{AccountLink, EnvironmentLink, Related, ToMany, ToOne};
use crate::input::Nothing;
use crate::nouns::{Accounts, Noun, Nouns};

/// A noun that is answered: what its documents hold.
pub trait Rendered: Noun + Sized {
    /// The resource's name in the API description, e.g. `License`.
    const NAME: &'static str;
    /// The attributes, in the order they are printed.
    type Attributes: Type + Serialize;
    /// The relationships, in the order they are printed.
    type Relationships: Type + Serialize;
    /// What is said of the resource besides; `Nothing` for nearly every noun.
    type Meta: Type + Serialize;
}

/// Where a resource lives: the base of its links.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    account: AccountId,
    kind: &'static str,
    id: Uuid,
}

impl Place {
    /// The place of a resource of an account.
    pub fn of<N: Noun>(account: AccountId, id: N::Id) -> Self {
        Self {
            account,
            kind: N::TYPE,
            id: N::uuid(id),
        }
    }

    /// The place of an account itself.
    pub fn account(account: AccountId) -> Self {
        Self {
            account,
            kind: Accounts::TYPE,
            id: account.0,
        }
    }

    /// The relationship to the account.
    pub fn account_link(&self) -> AccountLink {
        AccountLink(self.account)
    }

    /// The relationship to the environment; without one even its link is null.
    pub fn environment_link(&self, environment: Option<EnvironmentId>) -> EnvironmentLink {
        EnvironmentLink {
            account: self.account,
            id: environment,
        }
    }

    /// A relationship to one resource at most; its link is there even when it is not.
    pub fn to_one<N: Noun>(&self, name: &'static str, id: Option<N::Id>) -> ToOne<N> {
        let data = id.map(|id| (N::TYPE, N::uuid(id)));
        ToOne::new(Related::Nested { place: *self, name }, data)
    }

    /// A relationship to a resource that is linked to where it lives itself.
    pub fn to_one_at<N: Nouns>(target: Place) -> ToOne<N> {
        ToOne::new(Related::Direct(target), Some((target.kind, target.id)))
    }

    /// A relationship to many resources, given by link alone.
    pub fn to_many(&self, name: &'static str) -> ToMany {
        self.to_many_with(name, None)
    }

    /// A relationship to many resources, with something said of them.
    pub fn to_many_with<M>(&self, name: &'static str, meta: Option<M>) -> ToMany<M> {
        ToMany {
            related: Related::Nested { place: *self, name },
            meta,
        }
    }

    /// The resource's id.
    pub fn id(&self) -> Uuid {
        self.id
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { account, kind, id } = self;
        if *kind == Accounts::TYPE {
            write!(f, "/v1/accounts/{id}")
        } else {
            write!(f, "/v1/accounts/{account}/{kind}/{id}")
        }
    }
}

/// A noun's resource, ready to be printed.
pub struct Resource<N: Rendered> {
    /// Where it lives, which gives its id, type and links.
    pub place: Place,
    /// Its attributes.
    pub attributes: N::Attributes,
    /// Its relationships.
    pub relationships: N::Relationships,
    /// What is said of it besides.
    pub meta: Option<N::Meta>,
    /// What `links` holds: `self`, or for a record that only joins two others `related`.
    pub link: Link,
}

/// The one link of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// `{"self": <place>}`.
    ToSelf,
    /// `{"self": <place>/<name>/<own id>}`: the record lives below another.
    Below {
        /// The other record.
        place: Place,
        /// The collection below it.
        name: &'static str,
    },
    /// `{"related": <place>/<name>/<id>}`: the record joins these two.
    Joined {
        /// One of the two.
        place: Place,
        /// The other's collection below it.
        name: &'static str,
        /// The other's id.
        id: Uuid,
    },
    /// `{"self": <place>/<name>/<id>}`: the record lives below another.
    Below {
        /// The other.
        place: Place,
        /// The collection below it.
        name: &'static str,
        /// The record's own id.
        id: Uuid,
    },
}

impl<N: Rendered> Resource<N> {
    /// The resource at `place`.
    pub fn new(place: Place, attributes: N::Attributes, relationships: N::Relationships) -> Self {
        Self {
            place,
            attributes,
            relationships,
            meta: None,
            link: Link::ToSelf,
        }
    }
}

impl<N: Rendered> Resource<N> {
    /// Where the resource is found: its own path, or below another record's.
    pub fn address(&self) -> String {
        match self.link {
            Link::Below { place, name } => format!("{place}/{name}/{}", self.place.id),
            Link::ToSelf | Link::Joined { .. } => self.place.to_string(),
        }
    }
}

impl<N: Rendered> Serialize for Resource<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut members = serializer.serialize_map(None)?;
        members.serialize_entry("id", &self.place.id)?;
        members.serialize_entry("type", self.place.kind)?;
        members.serialize_entry("attributes", &self.attributes)?;
        members.serialize_entry("relationships", &self.relationships)?;
        members.serialize_entry("links", &LinkOf(self.place, self.link))?;
        if let Some(meta) = &self.meta {
            members.serialize_entry("meta", meta)?;
        }
        members.end()
    }
}

struct LinkOf(Place, Link);

impl Serialize for LinkOf {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut members = serializer.serialize_map(Some(1))?;
        match self.1 {
            Link::ToSelf => members.serialize_entry("self", &Text(self.0))?,
            Link::Below { place, name } => {
                let id = self.0.id;
                members.serialize_entry("self", &Text(format_args!("{place}/{name}/{id}")))?;
            }
            Link::Joined { place, name, id } => {
                members.serialize_entry("related", &Text(format_args!("{place}/{name}/{id}")))?;
            }
            Link::Below { place, name, id } => {
                members.serialize_entry("self", &Text(format_args!("{place}/{name}/{id}")))?;
            }
        }
        members.end()
    }
}

/// Prints as a text without making one first.
pub(super) struct Text<T>(pub T);

impl<T: fmt::Display> Serialize for Text<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

wire!(answered [N: Rendered] Resource<N> {
    required: true,
    name: N::NAME,
    schema: super::reference(N::NAME),
    register: |registry| registry.create_schema::<Self, _>(N::NAME.to_owned(), |registry| {
        N::Attributes::register(registry);
        N::Relationships::register(registry);
        N::Meta::register(registry);
        let link = schema!("string", format: Some("uri-reference"));
        let mut properties = vec![
            ("id", schema!("string", format: Some("uuid"))),
            ("type", schema!("string", enum_items: vec![json!(N::TYPE)])),
            ("attributes", N::Attributes::schema_ref()),
            ("relationships", N::Relationships::schema_ref()),
            ("links", schema!("object", properties: vec![("self", link.clone()), ("related", link)])),
        ];
        if N::Meta::schema_ref() != Nothing::schema_ref() {
            properties.push(("meta", N::Meta::schema_ref()));
        }
        object(properties, &["meta"])
    }),
});
