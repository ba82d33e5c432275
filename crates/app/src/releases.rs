//! Releases: versions of a product, as they are shipped.

pub mod list;
pub mod related;
pub mod show;
mod verdict;

pub use list::list;
pub use related::{constraint, constraints, entitlement, entitlements, package, product};
pub use show::show;
pub(crate) use verdict::admit;
