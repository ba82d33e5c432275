//! What package files are made of, and how the indexes of package managers are spelled: pure
//! functions over bytes, without a clock, a database or a word of HTTP.
//!
//! What is read here comes from strangers. Whatever they send, reading ends soon, in bounded memory
//! and without a panic: see [`archive`] for what unpacks to more than it says, and [`yaml`] for what
//! refers to itself.

pub mod archive;
mod error;
pub mod gem;
pub mod gemspec;
pub mod marshal;
pub mod npm;
pub mod platform;
pub mod rubygems;
pub mod yaml;

pub use error::{Malformed, Result};
