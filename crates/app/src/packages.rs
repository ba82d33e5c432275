//! Packages: groups of a product's releases, each for the clients of one engine or of none.

pub mod create;
pub mod delete;
pub mod list;
pub mod show;
pub mod update;

pub use create::{Draft, create};
pub use delete::delete;
pub use list::list;
pub use show::show;
pub use update::{Change, Changeable, changeable, update};

use keystead_domain::{At, Code, Problem};

/// What events are about.
const NOUN: &str = "packages";

fn key_taken() -> Problem {
    Code::KeyTaken.says("already exists", At::Attribute("key".into()))
}
