//! Webhooks on their way: one try after the other, each a job of its own queue, so that a dead
//! receiver with a million events delays nothing else.
//!
//! What is tried, and what becomes of it, is decided here and in `domain/webhook`; who carries
//! bytes over the network is above this crate.

mod courier;
mod deliver;

pub use courier::{Courier, Parcel, Receipt};
pub use deliver::{Deliver, Deliveries, deliver};

/// The queue of deliveries.
pub const WEBHOOKS: &str = "webhooks";
