//! The floor: how many scenarios of an area passed before. It only rises.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::report::Report;

/// Scenarios that passed, by database and area.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Floor(BTreeMap<String, BTreeMap<String, u64>>);

impl Floor {
    /// The floor that a file holds; none when there is no such file.
    ///
    /// # Errors
    /// When the file can't be read as a floor.
    pub fn read(path: &Path) -> Result<Self> {
        match std::fs::read_to_string(path) {
            Ok(text) => {
                toml::from_str(&text).with_context(|| format!("{} is no floor", path.display()))
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error.into()),
        }
    }

    /// Areas of a run that fell below the floor, as sentences.
    pub fn fallen(&self, report: &Report) -> Vec<String> {
        let Some(areas) = self.0.get(&report.database) else {
            return Vec::new();
        };
        areas
            .iter()
            .filter_map(|(area, floor)| {
                let passed = report.areas.get(area).map_or(0, |tally| tally.passed);
                (passed < *floor).then(|| {
                    format!(
                        "{area}: {passed} passed on {}, the floor is {floor}",
                        report.database
                    )
                })
            })
            .collect()
    }

    /// Raises the floor to what a run reached; it never sinks.
    pub fn raise(&mut self, report: &Report) {
        let areas = self.0.entry(report.database.clone()).or_default();
        for (area, tally) in &report.areas {
            if tally.passed > 0 {
                let floor = areas.entry(area.clone()).or_default();
                *floor = tally.passed.max(*floor);
            }
        }
    }

    /// Writes the floor.
    ///
    /// # Errors
    /// When the file can't be written.
    pub fn write(&self, path: &Path) -> Result<()> {
        let head = "# Scenarios that pass, by database and area. `cargo xtask conformance` fails \
                    below it;\n# `--raise` lifts it to what a whole run reached.\n\n";
        if let Some(directory) = path.parent() {
            std::fs::create_dir_all(directory)?;
        }
        std::fs::write(path, format!("{head}{}", toml::to_string(self)?))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Tally;

    fn reached(passed: u64) -> Report {
        let mut report = Report::new("sqlite");
        report.areas.insert(
            "licenses".to_owned(),
            Tally {
                passed,
                failed: 0,
                left_out: 0,
            },
        );
        report
    }

    #[test]
    fn the_floor_rises_and_never_sinks() {
        let mut floor = Floor::default();

        floor.raise(&reached(7));
        floor.raise(&reached(5));

        assert!(floor.fallen(&reached(7)).is_empty());
        assert_eq!(
            floor.fallen(&reached(6)),
            ["licenses: 6 passed on sqlite, the floor is 7"]
        );
    }
}
