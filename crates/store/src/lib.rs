//! Rows and queries: the only crate that speaks SQL.
//!
//! Every query but the sweeps starts from a [`Scope`](keystead_domain::access::Scope), so that an
//! unchecked look-up does not type-check.

pub mod accounts;
pub mod batch;
pub mod columns;
pub mod credentials;
mod db;
pub mod dialect;
mod diff;
pub mod entities;
pub mod entitlements;
mod error;
pub mod events;
pub mod groups;
pub mod heartbeats;
pub mod history;
pub mod keys;
pub mod licenses;
pub mod machines;
pub mod migrate;
mod orphans;
pub mod outbox;
pub mod page;
pub mod password_resets;
pub mod policies;
pub mod products;
pub mod request_logs;
pub mod second_factors;
pub mod sessions;
pub mod tokens;
mod tx;
pub mod users;
pub mod visible;
pub mod webhook_endpoints;
pub mod webhook_events;
pub mod webhooks;

pub use db::{Db, Options};
pub use diff::diff;
pub use error::{Error, OnDuplicate, Result};
/// What queries run on: the pool, or a transaction.
pub use sea_orm::ConnectionTrait as Connection;
pub use tx::Tx;
