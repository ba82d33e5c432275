//! The shape of a request document, taken from its OpenAPI schema, and the walk that finds
//! faults in the contract's order and wording (identity §3.4).
//!
//! One schema both documents and judges a body, so the two can't drift apart.

mod compile;
mod fault;
mod guards;
mod read;
mod sample;
mod walk;

use std::any::TypeId;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use poem_openapi::registry::Registry;
use poem_openapi::types::Type;
use regex::Regex;

pub use fault::{Fault, Step};
pub use guards::Guards;
pub use read::{read_judged, read_query};
pub use walk::{Source, is_uuid, name_of};

/// `MetaSchema::format` of an object of free keys, nested at most two levels.
pub(crate) const METADATA: &str = "metadata";
/// `MetaSchema::format` of a resource type, accepted in any casing.
pub(crate) const RESOURCE_TYPE: &str = "resource-type";
/// `MetaSchema::format` of a word that is judged later, with a 422, and not by its shape.
pub(crate) const JUDGED_LATER: &str = "word";
/// `MetaSchema::format` of an object of scalars.
pub(crate) const SCALARS: &str = "scalars";

/// What a document must look like.
#[derive(Debug)]
pub struct Shape {
    root: Node,
}

/// One place in a document.
#[derive(Clone, Debug)]
struct Node {
    kind: Kind,
    nullable: bool,
}

#[derive(Clone, Debug)]
enum Kind {
    Object(Vec<Member>),
    /// An object of any keys, its values of one kind.
    Map(Box<Node>),
    Metadata,
    Scalars,
    Array {
        items: Box<Node>,
        min: usize,
        max: Option<usize>,
    },
    Text(Text),
    Type(Vec<String>),
    Uuid,
    Time,
    Integer {
        min: Option<i64>,
        max: i64,
        range: Range,
    },
    Float,
    Boolean,
    Anything,
}

#[derive(Clone, Debug)]
struct Member {
    /// The key as normalised.
    name: String,
    required: bool,
    node: Node,
}

#[derive(Clone, Debug, Default)]
struct Text {
    words: Vec<String>,
    min: usize,
    max: Option<usize>,
    pattern: Option<Regex>,
    example: Option<String>,
}

/// Bounds that a schema declares, besides those of the integer's width.
#[derive(Clone, Copy, Debug, Default)]
struct Range {
    min: Option<f64>,
    max: Option<f64>,
}

static SHAPES: LazyLock<RwLock<HashMap<TypeId, Arc<Shape>>>> = LazyLock::new(RwLock::default);

impl Shape {
    /// The shape of `T`'s schema, compiled once per type.
    pub fn of<T: Type + 'static>() -> Arc<Self> {
        let id = TypeId::of::<T>();
        let shapes = SHAPES.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(shape) = shapes.get(&id) {
            return Arc::clone(shape);
        }
        drop(shapes);
        let mut registry = Registry::new();
        T::register(&mut registry);
        let shape = Arc::new(Self {
            root: compile::node(&T::schema_ref(), &registry),
        });
        let mut shapes = SHAPES.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(shapes.entry(id).or_insert(shape))
    }

    /// Whether an empty document would lack something.
    pub fn requires_anything(&self) -> bool {
        matches!(&self.root.kind, Kind::Object(members)
            if members.iter().any(|member| member.required))
    }
}

#[cfg(test)]
mod tests;
