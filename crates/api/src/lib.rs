//! The contract on the wire: documents, input, errors, versions and the operations over `app`.

#[macro_use]
pub mod fields;

pub mod body;
pub mod casing;
pub mod document;
pub mod input;
pub mod json;
pub mod negotiate;
pub mod nouns;
pub mod problem;
pub mod query;
pub mod shape;
pub mod versions;
