//! Use cases: one file per verb. Each is a story of who may, on what, by which rule, what is
//! written, and who hears of it.

pub mod accounts;
pub mod authenticate;
mod context;
mod error;
mod lookups;
mod tenants;

pub use context::{App, Clock, Cx, Parts, Settings};
pub use error::{Error, Result};
pub use lookups::Lookups;
pub use tenants::{Tenant, Tenants};
