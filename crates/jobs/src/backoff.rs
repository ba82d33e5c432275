//! How long a failed job waits for its next try.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

/// Exponential back-off with jitter: twice as long each time, up to a cap, and between half and
/// all of that, so that jobs that failed together don't come back together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    /// The wait after the first attempt, at most.
    pub base: Duration,
    /// The wait after any attempt, at most.
    pub cap: Duration,
}

impl Default for Backoff {
    /// From 2 seconds to an hour: twelve attempts span about an hour and a half.
    fn default() -> Self {
        Self {
            base: Duration::from_secs(2),
            cap: Duration::from_secs(3_600),
        }
    }
}

impl Backoff {
    /// The wait after `attempt` (from 1) of the job called `id`.
    ///
    /// The jitter comes from the id and the attempt rather than from chance: it differs between
    /// jobs, and a job's waits can be told beforehand.
    pub fn delay(&self, id: &str, attempt: u32) -> Duration {
        let doublings = attempt.saturating_sub(1).min(31);
        let full = self.base.saturating_mul(1 << doublings).min(self.cap);
        let mut hasher = DefaultHasher::new();
        (id, attempt).hash(&mut hasher);
        let share = 512 + u32::try_from(hasher.finish() % 513).unwrap_or(512);
        full.saturating_mul(share) / 1_024
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_up_to_the_cap() {
        let backoff = Backoff {
            base: Duration::from_secs(1),
            cap: Duration::from_secs(60),
        };

        for attempt in 1..40 {
            let full = Duration::from_secs(1 << (attempt - 1).min(6)).min(backoff.cap);
            let delay = backoff.delay("7", attempt);
            assert!(
                delay >= full / 2 && delay <= full,
                "attempt {attempt}: {delay:?}"
            );
        }
    }

    #[test]
    fn jobs_that_failed_together_come_back_apart() {
        let backoff = Backoff {
            base: Duration::from_secs(100),
            cap: Duration::from_secs(100),
        };

        let mut seconds: Vec<_> = (0..1_000)
            .map(|id| backoff.delay(&format!("{id}"), 1).as_secs())
            .collect();
        seconds.sort_unstable();
        seconds.dedup();

        assert!(
            seconds.len() > 40,
            "{} different seconds of 50",
            seconds.len()
        );
    }
}
