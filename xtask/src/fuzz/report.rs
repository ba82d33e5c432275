//! What schemathesis wrote about its run, as far as we ask.

use std::collections::BTreeMap;
use std::fmt;

use anyhow::{Result, bail};
use serde::Deserialize;

/// The whole run.
#[derive(Deserialize)]
pub struct Report {
    operations: Option<Operations>,
    test_cases: Cases,
    failures: Vec<Failure>,
    errors: Vec<Trouble>,
    #[serde(default)]
    valid_rates: BTreeMap<String, BTreeMap<String, Rate>>,
}

#[derive(Deserialize)]
struct Operations {
    total: usize,
    tested: usize,
}

#[derive(Deserialize)]
struct Cases {
    generated: usize,
}

/// One kind of failure; with the one check we run, a 5xx.
#[derive(Deserialize)]
struct Failure {
    title: String,
    count: usize,
    operations: Vec<String>,
}

/// Something that kept a test from running, such as a connection that broke.
#[derive(Deserialize)]
struct Trouble {
    title: String,
    count: usize,
}

/// How an operation's requests ended.
#[derive(Deserialize)]
struct Rate {
    accepted: usize,
    unreachable: usize,
    conflicts: usize,
    rejected: usize,
}

impl Report {
    /// An error unless every operation was tried, nothing broke and none answered 5xx.
    pub fn verdict(&self) -> Result<()> {
        let Some(operations) = &self.operations else {
            bail!("schemathesis found no operations");
        };
        if operations.tested == 0 || operations.tested < operations.total {
            bail!(
                "only {} of {} operations were tried",
                operations.tested,
                operations.total
            );
        }
        if self.server_errors() > 0 {
            bail!("{} server errors", self.server_errors());
        }
        if !self.errors.is_empty() {
            bail!("some tests could not run");
        }
        Ok(())
    }

    fn server_errors(&self) -> usize {
        self.failures.iter().map(|failure| failure.count).sum()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for failure in &self.failures {
            writeln!(f, "{} × {}", failure.count, failure.title)?;
            for operation in &failure.operations {
                writeln!(f, "    {operation}")?;
            }
        }
        for trouble in &self.errors {
            writeln!(f, "{} × {}", trouble.count, trouble.title)?;
        }
        let total = |of: fn(&Rate) -> usize| -> usize {
            self.valid_rates
                .values()
                .flat_map(BTreeMap::values)
                .map(of)
                .sum()
        };
        writeln!(
            f,
            "{} accepted, {} refused for what they said, {} for what they named, {} for the state it was in",
            total(|rate| rate.accepted),
            total(|rate| rate.rejected),
            total(|rate| rate.unreachable),
            total(|rate| rate.conflicts),
        )?;
        let (tested, all) = self
            .operations
            .as_ref()
            .map_or((0, 0), |it| (it.tested, it.total));
        write!(
            f,
            "{tested} of {all} operations, {} requests, {} server errors",
            self.test_cases.generated,
            self.server_errors(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(tested: usize, failures: &str, errors: &str) -> Report {
        serde_json::from_str(&format!(
            r#"{{"operations":{{"total":3,"tested":{tested}}},"test_cases":{{"generated":9}},
                "failures":[{failures}],"errors":[{errors}]}}"#
        ))
        .unwrap()
    }

    #[test]
    fn only_a_whole_and_clean_run_passes() {
        let failure = r#"{"title":"Server error","count":2,"operations":["GET /a"]}"#;
        let error = r#"{"title":"Network Error","count":1}"#;

        assert!(report(3, "", "").verdict().is_ok());
        assert!(report(2, "", "").verdict().is_err());
        assert!(report(0, "", "").verdict().is_err());
        assert!(report(3, failure, "").verdict().is_err());
        assert!(report(3, "", error).verdict().is_err());
    }
}
