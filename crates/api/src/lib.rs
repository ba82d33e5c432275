//! The contract on the wire: documents, input, errors, versions and the operations over `app`.

#[macro_use]
pub mod fields;

pub mod accounts;
pub mod body;
pub mod casing;
pub mod cookies;
pub mod credentials;
pub mod document;
pub mod entitlements;
pub mod environments;
pub mod event_logs;
pub mod history;
pub mod input;
pub mod json;
pub mod keys;
pub mod licenses;
pub mod listing;
pub mod machines;
pub mod masking;
pub mod negotiate;
pub mod nouns;
pub mod paging;
mod passwords;
pub mod pipeline;
pub mod policies;
pub mod problem;
pub mod products;
pub mod profiles;
pub mod query;
pub mod request_logs;
mod second_factors;
pub mod service;
pub mod shape;
pub mod spec;
pub mod syntax;
pub mod tags;
pub mod telling;
pub mod throttle;
pub mod tokens;
pub mod transport;
pub mod users;
pub mod versions;
pub mod webhook_endpoints;
pub mod webhook_events;

pub use pipeline::Options;
pub use service::{document, endpoint};
