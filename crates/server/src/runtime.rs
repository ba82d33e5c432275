//! The only place that reads the clock and the environment, and makes ids.

use chrono::Utc;
use keystead_app::Clock;
use keystead_domain::Ids;

/// The system's clock.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the server's one reading of the clock"
)]
pub fn system_clock() -> Clock {
    Clock::new(Utc::now)
}

/// UUID v7: ids made one after the other lie side by side in an index.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the server's one maker of ids"
)]
pub fn time_ordered_ids() -> Ids {
    Ids::new(uuid::Uuid::now_v7)
}

/// The environment; values that aren't UTF-8 are none of ours.
pub fn environment() -> Vec<(String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}
