//! Artifacts: the files of releases.

pub mod list;
pub mod show;

pub use list::{list, list_of_release, of};
pub use show::{show, show_of_release};
