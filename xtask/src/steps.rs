//! A run of named, timed steps: one that fails doesn't keep the others from being seen.

use std::time::{Duration, Instant};

use anyhow::Result;

/// What a step has to say when it did not fail.
pub enum Outcome {
    /// It holds.
    Passed,
    /// It ran this many tests, of which some may have failed.
    Tests { passed: usize, failed: usize },
    /// It could not look, and says why; counts as neither passed nor failed.
    NotChecked(String),
}

struct Done {
    name: &'static str,
    outcome: Result<Outcome>,
    took: Duration,
}

/// The steps so far.
#[derive(Default)]
pub struct Steps {
    done: Vec<Done>,
}

impl Steps {
    /// Runs one step and says at once when it failed.
    pub fn run(&mut self, name: &'static str, step: impl FnOnce() -> Result<Outcome>) {
        println!("\n── {name}");
        let started = Instant::now();
        let outcome = step();
        let took = started.elapsed();
        if let Err(fault) = &outcome {
            println!("{name} failed: {fault:#}");
        }
        self.done.push(Done {
            name,
            outcome,
            took,
        });
    }

    /// Prints every step with its time, then `N passed, N failed` alone on the last line.
    /// Returns whether nothing failed.
    pub fn summarise(&self) -> bool {
        println!("\n── summary");
        for done in &self.done {
            println!(
                "{:<14} {:>7.1} s  {}",
                done.name,
                done.took.as_secs_f64(),
                verdict(&done.outcome)
            );
        }
        let (passed, failed) = self.counts();
        println!("\n{passed} passed, {failed} failed");
        failed == 0
    }

    /// Tests and steps together: a step that ran tests counts as those and not by itself.
    fn counts(&self) -> (usize, usize) {
        self.done
            .iter()
            .fold((0, 0), |(passed, failed), done| match &done.outcome {
                Ok(Outcome::Passed) => (passed + 1, failed),
                Ok(Outcome::Tests {
                    passed: p,
                    failed: f,
                }) => (passed + p, failed + f),
                Ok(Outcome::NotChecked(_)) => (passed, failed),
                Err(_) => (passed, failed + 1),
            })
    }
}

fn verdict(outcome: &Result<Outcome>) -> String {
    match outcome {
        Ok(Outcome::Passed) => "passed".to_owned(),
        Ok(Outcome::Tests { passed, failed }) => format!("{passed} tests passed, {failed} failed"),
        Ok(Outcome::NotChecked(why)) => format!("not checked: {why}"),
        Err(fault) => format!("FAILED: {}", first_line(&format!("{fault:#}"))),
    }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::*;

    #[test]
    fn tests_and_steps_are_counted_together() {
        let mut steps = Steps::default();
        steps.run("a", || Ok(Outcome::Passed));
        steps.run("b", || Err(anyhow!("broken")));
        steps.run("c", || {
            Ok(Outcome::Tests {
                passed: 7,
                failed: 2,
            })
        });
        steps.run("d", || Ok(Outcome::NotChecked("no network".to_owned())));

        assert_eq!(steps.counts(), (8, 3));
        assert!(!steps.summarise());
    }

    #[test]
    fn a_run_without_a_failure_succeeds() {
        let mut steps = Steps::default();
        steps.run("a", || Ok(Outcome::Passed));

        assert!(steps.summarise());
    }
}
