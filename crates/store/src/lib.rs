//! Rows and queries: the only crate that speaks SQL.
//!
//! Every query but the sweeps starts from a [`Scope`](keystead_domain::access::Scope), so that an
//! unchecked look-up does not type-check.

pub mod batch;
mod db;
pub mod dialect;
pub mod entities;
mod error;
pub mod outbox;
pub mod page;
mod tx;

pub use db::{Db, Options};
pub use error::{Error, OnDuplicate, Result};
pub use tx::Tx;
