//! Passwords: changed by who knows the old one, or reset by who reads the user's mail.

pub(crate) mod hash;
pub mod request;
pub mod reset;
pub mod update;

pub use request::request;
pub use reset::{Resettable, reset, resettable};
pub use update::{Own, own, update};
