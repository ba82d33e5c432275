//! The list of today's sinners.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use anyhow::{Context, Result};
use serde::Deserialize;

use super::Fault;
use crate::workspace;

const LIST: &str = "xtask/tidy-allow.toml";

/// By rule, then by file.
#[derive(Deserialize)]
#[serde(transparent)]
pub struct Excuses(BTreeMap<String, BTreeMap<String, Excuse>>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Excuse {
    /// Breaches, or lines of a long file; more than that is a fault again.
    most: usize,
    /// Why it isn't mended.
    #[serde(rename = "why")]
    _why: String,
}

impl Excuses {
    /// Reads the list.
    pub fn read() -> Result<Self> {
        let text = fs::read_to_string(workspace::root().join(LIST))
            .with_context(|| format!("cannot read {LIST}"))?;
        toml::from_str(&text).with_context(|| format!("{LIST} is not a list of excuses"))
    }

    /// What is left of the faults, with a new one for every excuse that nothing needs.
    pub fn apply(&self, faults: Vec<Fault>) -> Vec<Fault> {
        let mut weights: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        for fault in &faults {
            *weights.entry((fault.check, &fault.file)).or_default() += fault.weight;
        }
        let mut used = BTreeSet::new();
        let excused: Vec<bool> = faults
            .iter()
            .map(|fault| {
                let Some(excuse) = self.0.get(fault.check).and_then(|it| it.get(&fault.file))
                else {
                    return false;
                };
                used.insert((fault.check.to_owned(), fault.file.clone()));
                weights[&(fault.check, fault.file.as_str())] <= excuse.most
            })
            .collect();

        let mut left: Vec<Fault> = faults
            .into_iter()
            .zip(excused)
            .filter(|(_, excused)| !excused)
            .map(|(fault, _)| fault)
            .collect();
        for (check, files) in &self.0 {
            for file in files.keys() {
                if !used.contains(&(check.clone(), file.clone())) {
                    left.push(Fault {
                        check: "excuse",
                        file: LIST.to_owned(),
                        line: 0,
                        message: format!(
                            "nothing is wrong with {file} ({check}): take it off the list"
                        ),
                        weight: 1,
                    });
                }
            }
        }
        left
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn long(file: &str, lines: usize) -> Fault {
        Fault {
            check: "long-file",
            file: file.to_owned(),
            line: 0,
            message: String::new(),
            weight: lines,
        }
    }

    fn left(faults: Vec<Fault>) -> Vec<(&'static str, String)> {
        let excuses: Excuses =
            toml::from_str("[long-file]\n\"a.rs\" = { most = 600, why = \"a list\" }\n").unwrap();
        excuses
            .apply(faults)
            .into_iter()
            .map(|fault| (fault.check, fault.file))
            .collect()
    }

    #[test]
    fn an_excuse_holds_up_to_its_measure() {
        assert_eq!(left(vec![long("a.rs", 600)]), []);
        assert_eq!(
            left(vec![long("a.rs", 601)]),
            [("long-file", "a.rs".to_owned())]
        );
    }

    #[test]
    fn an_excuse_is_for_one_file() {
        assert_eq!(
            left(vec![long("a.rs", 600), long("b.rs", 501)]),
            [("long-file", "b.rs".to_owned())]
        );
    }

    #[test]
    fn an_excuse_that_nothing_needs_is_a_fault() {
        assert_eq!(left(vec![]), [("excuse", LIST.to_owned())]);
    }
}
