//! Policies: the terms shared by many licenses of a product.

pub mod create;
pub mod delete;
pub mod entitlements;
pub mod list;
pub mod pool;
pub mod related;
pub mod show;
mod terms;
pub mod update;

pub use create::{Draft, create};
pub use delete::delete;
pub use list::list;
pub use related::{license, product};
pub use show::show;
pub use terms::terms;
pub use update::{Change, Changeable, changeable, update};

/// The type of policies in the event log.
const NOUN: &str = "policies";
