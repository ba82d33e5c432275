//! Components: the hardware that machines are made of (machines §2.1).

pub mod create;
pub mod delete;
pub mod list;
pub mod related;
pub mod show;
pub mod update;

pub use create::{Draft, create};
pub use delete::delete;
pub use list::{list, list_of_machine};
pub use related::{license, machine, product};
pub use show::{show, show_of_machine};
pub use update::{Change, Changeable, changeable, update};

/// The type of components in the event log.
const NOUN: &str = "components";
