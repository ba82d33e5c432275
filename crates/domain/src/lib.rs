//! Words and rules of licensing: ids, closed lists, refusals, permissions and decision tables.
//!
//! No I/O, no async, no clock: every rule is a pure function of the facts it is given.

#[macro_use]
mod macros;

pub mod access;
pub mod admission;
pub mod code;
pub mod draft;
pub mod event;
pub mod founding;
#[cfg(test)]
mod golden;
pub mod heartbeat;
pub mod ids;
pub mod issuance;
pub mod key;
pub mod license;
pub mod machine;
pub mod masking;
pub mod metadata;
pub mod notice;
pub mod overage;
pub mod permissions;
pub mod policy;
pub mod product;
mod range;
pub mod refusal;
pub mod release;
pub mod search;
pub mod setting;
pub mod span;
pub mod sso;
pub mod term;
pub mod user;
pub mod validation;
pub mod version;
pub mod webhook;
pub mod words;

pub use ids::*;
pub use permissions::{Permission, PermissionSet};
pub use refusal::{At, Code, Kind, Problem, Refused};
pub use version::ApiVersion;
