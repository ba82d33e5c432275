//! Rows and queries: the only crate that speaks SQL.
//!
//! Every query but the sweeps starts from a [`Scope`](keystead_domain::access::Scope), so that an
//! unchecked look-up does not type-check.

pub mod accounts;
pub mod artifacts;
pub mod batch;
mod cells;
pub mod columns;
pub mod components;
pub mod constraints;
pub mod credentials;
mod db;
pub mod dialect;
mod diff;
pub mod domains;
pub mod entities;
pub mod entitlements;
pub mod environments;
mod error;
pub mod events;
pub mod facets;
mod fixed;
pub mod groups;
pub mod heartbeats;
pub mod history;
pub mod keys;
pub mod licenses;
pub mod machines;
pub mod manifests;
pub mod migrate;
pub mod notices;
mod noun;
mod orphans;
pub mod outbox;
pub mod packages;
pub mod page;
pub mod parts;
pub mod password_resets;
pub mod policies;
pub mod processes;
pub mod products;
pub mod releases;
pub mod request_logs;
pub mod search;
pub mod second_factors;
mod sent;
pub mod sessions;
pub mod settings;
pub mod sso;
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
pub use sent::Sent;
pub use tx::Tx;
