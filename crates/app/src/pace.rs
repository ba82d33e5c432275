//! How many lines of a log are kept a second: one that keeps up with a storm is part of it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Lets so many pass in each second.
#[derive(Debug)]
pub struct Pace {
    per_second: u32,
    /// The second that is counted, and how many passed in it: 32 bits each, so that both change at
    /// once.
    window: AtomicU64,
}

impl Pace {
    /// A pace of so many a second; none means no limit.
    pub fn new(per_second: u32) -> Self {
        Self {
            per_second,
            window: AtomicU64::new(0),
        }
    }

    /// Whether one more passes, so long after the start of the process.
    pub fn admits(&self, elapsed: Duration) -> bool {
        if self.per_second == 0 {
            return true;
        }
        let second = elapsed.as_secs() & u64::from(u32::MAX);
        let admit = |window: u64| {
            let passed = match window >> 32 == second {
                true => window & u64::from(u32::MAX),
                false => 0,
            };
            (passed < u64::from(self.per_second)).then_some((second << 32) | (passed + 1))
        };
        self.window
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, admit)
            .is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_pass_in_each_second() {
        let pace = Pace::new(3);
        let passed = |millis| {
            (0..5)
                .filter(|_| pace.admits(Duration::from_millis(millis)))
                .count()
        };

        assert_eq!(
            [passed(0), passed(999), passed(1_000), passed(7_500)],
            [3, 0, 3, 3]
        );
    }

    #[test]
    fn without_a_limit_everything_passes() {
        let pace = Pace::new(0);

        assert!((0..10_000).all(|_| pace.admits(Duration::ZERO)));
    }
}
