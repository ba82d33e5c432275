//! A clock that stands still until a test moves it, and ids that count up.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use keystead_app::Clock;
use keystead_domain::ids::Ids;
use uuid::Uuid;

/// A frozen clock, shared by the test and the server.
#[derive(Clone, Debug)]
pub struct TestClock(Arc<Mutex<DateTime<Utc>>>);

impl TestClock {
    /// Starts at 2026-01-01T00:00:00Z.
    pub fn frozen() -> Self {
        let start = DateTime::from_timestamp(1_767_225_600, 0).expect("a valid instant");
        Self(Arc::new(Mutex::new(start)))
    }

    /// The present of this world.
    pub fn now(&self) -> DateTime<Utc> {
        *self
            .0
            .lock()
            .expect("no test panics while it holds the clock")
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: TimeDelta) {
        *self
            .0
            .lock()
            .expect("no test panics while it holds the clock") += by;
    }

    /// The clock, as the server takes it.
    pub fn handle(&self) -> Clock {
        let clock = self.clone();
        Clock::new(move || clock.now())
    }
}

/// Ids that count up from `first`, in the shape of UUID v7, so that a snapshot can hold them.
pub fn counted_ids(first: u64) -> Ids {
    let next = AtomicU64::new(first);
    Ids::new(move || {
        let n = next.fetch_add(1, Ordering::Relaxed);
        Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0000 | u128::from(n))
    })
}
