//! What is answered: documents of one resource or a list, printed straight to bytes.

mod directed;
mod dressed;
mod elsewhere;
pub mod relationships;
pub mod resource;
mod responses;

use std::fmt;

use poem_openapi::registry::{MetaSchema, MetaSchemaRef};
use poem_openapi::types::Type;
use serde::Serialize;
use serde_json::{Value, json};

use crate::fields::maybe::or_null;
use crate::input::Nothing;

pub use directed::Directed;
pub use dressed::{Dress, Dressed};
pub use elsewhere::{ToAny, ToElsewhere};
pub use relationships::{AccountLink, EnvironmentLink, Related, ToMany, ToOne};
pub use resource::{Link, Place, Rendered, Resource};
pub(crate) use responses::described;
pub use responses::{Created, NoContent};

/// A document of one resource, or of none: `{"data": …, "included"?, "meta"?}`.
#[derive(Serialize)]
#[serde(bound = "M: Serialize")]
pub struct Document<N: Rendered, M = Nothing> {
    /// The resource; null where there is none and that is no error.
    pub data: Option<Resource<N>>,
    /// Resources that the client asked to have along, already rendered.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub included: Vec<Value>,
    /// What is said besides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meta: Option<M>,
}

/// A list of resources: `{"data": […], "links"?}`.
#[derive(Serialize)]
#[serde(bound = "")]
pub struct List<N: Rendered> {
    /// The page's resources, in order.
    pub data: Vec<Resource<N>>,
    /// Where the other pages are; lists without `page` have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub links: Option<PageLinks>,
}

/// Where the pages of a list are. A missing page is null.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum PageLinks {
    /// Numbered pages that were counted.
    Counted {
        /// This page.
        #[serde(rename = "self")]
        this: String,
        /// The page before.
        prev: Option<String>,
        /// The page after.
        next: Option<String>,
        /// The first page.
        first: Option<String>,
        /// The last page.
        last: Option<String>,
        /// How much there is.
        meta: PageCount,
    },
    /// Numbered pages of a list that is too long to count.
    Uncounted {
        /// This page.
        #[serde(rename = "self")]
        this: String,
        /// The page before.
        prev: Option<String>,
        /// The page after.
        next: Option<String>,
    },
    /// Pages that follow each other.
    Cursor {
        /// This page.
        #[serde(rename = "self")]
        this: String,
        /// The page after.
        next: Option<String>,
    },
}

/// How much a list holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct PageCount {
    /// Pages of the wanted size.
    pub pages: u64,
    /// Rows in all.
    pub count: u64,
}

impl<N: Rendered> Document<N> {
    /// A document of a resource.
    pub fn of(resource: Resource<N>) -> Self {
        Self {
            data: Some(resource),
            included: Vec::new(),
            meta: None,
        }
    }

    /// A document of nothing: `{"data": null}`.
    pub fn none() -> Self {
        Self {
            data: None,
            included: Vec::new(),
            meta: None,
        }
    }
}

impl<N: Rendered, M> Document<N, M> {
    /// The same document, with something said besides.
    #[must_use]
    pub fn with_meta<T>(self, meta: T) -> Document<N, T> {
        Document {
            data: self.data,
            included: self.included,
            meta: Some(meta),
        }
    }
}

impl<N: Rendered> From<Option<Resource<N>>> for Document<N> {
    fn from(data: Option<Resource<N>>) -> Self {
        Self {
            data,
            included: Vec::new(),
            meta: None,
        }
    }
}

impl<N: Rendered> FromIterator<Resource<N>> for List<N> {
    fn from_iter<I: IntoIterator<Item = Resource<N>>>(resources: I) -> Self {
        Self {
            data: resources.into_iter().collect(),
            links: None,
        }
    }
}

impl<N: Rendered, M: fmt::Debug> fmt::Debug for Document<N, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document")
            .field("meta", &self.meta)
            .finish_non_exhaustive()
    }
}

/// A named schema of an object whose listed members are always there.
fn object(properties: Vec<(&'static str, MetaSchemaRef)>, optional: &[&'static str]) -> MetaSchema {
    let required = properties.iter().map(|(name, _)| *name);
    MetaSchema {
        required: required.filter(|name| !optional.contains(name)).collect(),
        properties,
        ..MetaSchema::new("object")
    }
}

fn reference(name: impl Into<String>) -> MetaSchemaRef {
    MetaSchemaRef::Reference(name.into())
}

/// `LicenseDocument`, or with something besides `LicenseValidationDocument`.
fn document_name<N: Rendered, M: Type>() -> String {
    let nothing = M::schema_ref() == Nothing::schema_ref();
    if nothing {
        format!("{}Document", N::NAME)
    } else {
        format!("{}{}Document", N::NAME, M::name())
    }
}

wire!(answered [N: Rendered, M: Type + Serialize] Document<N, M> {
    required: true,
    name: document_name::<N, M>(),
    schema: reference(document_name::<N, M>()),
    register: |registry| registry.create_schema::<Self, _>(document_name::<N, M>(), |registry| {
        Resource::<N>::register(registry);
        M::register(registry);
        let mut properties = vec![("data", or_null(Resource::<N>::schema_ref()))];
        if M::schema_ref() != Nothing::schema_ref() {
            properties.push(("meta", M::schema_ref()));
        }
        object(properties, &[])
    }),
});

wire!(answered [N: Rendered] List<N> {
    required: true,
    name: format!("{}List", N::NAME),
    schema: reference(format!("{}List", N::NAME)),
    register: |registry| registry.create_schema::<Self, _>(format!("{}List", N::NAME), |registry| {
        Resource::<N>::register(registry);
        PageLinks::register(registry);
        let data = schema!("array", items: Some(Box::new(Resource::<N>::schema_ref())));
        object(vec![("data", data), ("links", PageLinks::schema_ref())], &["links"])
    }),
});

wire!(answered [] PageLinks {
    required: false,
    name: "PageLinks",
    schema: reference("PageLinks"),
    register: |registry| registry.create_schema::<Self, _>("PageLinks".to_owned(), |_| {
        let link = || schema!("string", format: Some("uri-reference"));
        let number = || schema!("integer", format: Some("int64"));
        let meta = object(vec![("pages", number()), ("count", number())], &[]);
        let mut schema = object(
            vec![
                ("self", link()),
                ("prev", or_null(link())),
                ("next", or_null(link())),
                ("first", or_null(link())),
                ("last", or_null(link())),
                ("meta", MetaSchemaRef::Inline(Box::new(meta))),
            ],
            &["prev", "first", "last", "meta"],
        );
        schema.description = Some("Where the pages are: numbered pages have `prev`, `first`, \
            `last` and `meta`; pages by cursor only `next`.");
        schema.example = Some(json!({
            "self": "/v1/accounts/acme/users?page%5Bcursor%5D=&page%5Bsize%5D=5",
            "next": null,
        }));
        schema
    }),
});

#[cfg(test)]
mod tests;
