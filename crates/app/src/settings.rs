//! Settings of the account (identity reference §16.2).

pub mod create;
mod defaults;
pub mod delete;
pub mod list;
pub mod show;
pub mod update;

pub use create::{Draft, creatable, create};
pub use defaults::default_permissions;
pub use delete::delete;
pub use list::list;
pub use show::show;
pub use update::{Changeable, changeable, update};

/// The type of settings in the event log.
const NOUN: &str = "settings";
