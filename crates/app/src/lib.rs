//! Use cases: one file per verb. Each is a story of who may, on what, by which rule, what is
//! written, and who hears of it.

pub mod accounts;
pub mod artifacts;
pub mod authenticate;
pub mod check_outs;
pub mod components;
mod context;
pub mod engines;
pub mod entitlements;
pub mod environments;
mod error;
pub mod event_logs;
pub mod facets;
pub mod groups;
pub mod heartbeats;
pub mod herald;
pub mod history;
pub mod hosts;
mod journal;
pub mod keys;
pub mod licenses;
mod lookups;
pub mod machines;
pub mod mail;
pub mod notices;
mod pace;
pub mod packages;
mod pages;
pub mod passwords;
pub mod policies;
pub mod processes;
pub mod products;
pub mod profiles;
pub mod releases;
pub mod request_logs;
pub mod search;
pub mod second_factors;
pub mod sessions;
pub mod settings;
pub mod sso;
mod stamps;
mod tenants;
pub mod tokens;
pub mod users;
pub mod webhook_endpoints;
pub mod webhook_events;
pub mod webhooks;

/// The queue of work that a request leaves to be done soon, in pieces.
pub const CHORES: &str = "chores";

/// The queue of uploaded packages that are to be looked into: one that is large holds up no chore.
pub const PACKAGES: &str = "packages";

pub use context::{App, Client, Clock, Cx, Outset, Parts, Settings};
pub use error::{Error, Result};
pub use hosts::Hosts;
pub use journal::Journal;
pub use lookups::Lookups;
pub use request_logs::RequestLogs;
pub use stamps::Stamps;
pub use tenants::{Tenant, Tenants};
