//! Products: what a vendor sells.

pub mod create;
pub mod delete;
pub mod list;
pub mod show;
pub mod update;

pub use create::{Draft, create};
pub use delete::delete;
pub use list::list;
pub use show::show;
pub use update::{Change, update};
