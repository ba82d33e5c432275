//! Packages: groups of a product's releases, each for the clients of one engine or of none.

pub mod list;
pub mod show;

pub use list::list;
pub use show::show;
