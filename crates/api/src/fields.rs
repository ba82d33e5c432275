//! The types of fields: each with its schema and its form on the wire, so that a noun declares
//! a struct and nothing else.

#[macro_use]
mod wire;

pub mod link;
pub mod maybe;
pub mod metadata;
pub mod time;
pub mod word;

pub use link::{Is, Link, LinkBody, Links, MaybeLink, NullableLinkBody};
pub use maybe::{Maybe, Nullable};
pub use metadata::Metadata;
pub use time::Time;
pub use word::{Judged, OneOf};
