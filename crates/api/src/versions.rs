//! Older versions of the API: handlers speak the newest, and the edge translates (identity §8).

mod request;

pub use request::{Renamed, upgrade_request};
