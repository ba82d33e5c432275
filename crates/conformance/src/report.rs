//! What a run came to: tables for people, one JSON file for programs.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::{Deserialize, Serialize};

/// The scenarios of one area.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Every step held.
    pub passed: u64,
    /// A step did not.
    pub failed: u64,
    /// Not asked of Keystead.
    pub left_out: u64,
}

/// A scenario that did not pass.
#[derive(Clone, Debug, Serialize)]
pub struct Failure {
    /// Where it stands.
    pub at: String,
    /// Its name.
    pub scenario: String,
    /// The first step that did not hold.
    pub step: String,
    /// What the step met.
    pub why: String,
    /// Everything that the scenario needs and Keystead or the harness does not have.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
    /// Whether everything else held.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub only_missing: bool,
}

/// A scenario that was left out.
#[derive(Clone, Debug, Serialize)]
pub struct LeftOut {
    /// Where it stands.
    pub at: String,
    /// The reason.
    pub why: String,
}

/// What a run came to.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The database's kind.
    pub database: String,
    /// Tallies by area.
    pub areas: BTreeMap<String, Tally>,
    /// What did not pass.
    pub failures: Vec<Failure>,
    /// What was left out.
    pub left_out: Vec<LeftOut>,
}

impl Report {
    /// A report of nothing yet.
    pub fn new(database: &str) -> Self {
        Self {
            database: database.to_owned(),
            areas: BTreeMap::new(),
            failures: Vec::new(),
            left_out: Vec::new(),
        }
    }

    /// The tally of everything.
    pub fn total(&self) -> Tally {
        self.areas
            .values()
            .fold(Tally::default(), |sum, area| Tally {
                passed: sum.passed + area.passed,
                failed: sum.failed + area.failed,
                left_out: sum.left_out + area.left_out,
            })
    }

    /// The table, what is missing, why scenarios fail, and the closing line.
    pub fn text(&self, reasons: usize) -> String {
        let mut text = String::new();
        let line = |text: &mut String, name: &str, tally: &Tally| {
            let asked = tally.passed + tally.failed;
            let percent = match asked {
                0 => "-".to_owned(),
                _ => format!("{:.1}", 100.0 * tally.passed as f64 / asked as f64),
            };
            let Tally {
                passed,
                failed,
                left_out,
            } = tally;
            let _ = writeln!(
                text,
                "{name:<20} {passed:>7} {failed:>7} {left_out:>9} {percent:>7}"
            );
        };
        let _ = writeln!(
            text,
            "area                  passed  failed  left out       %"
        );
        for (name, tally) in &self.areas {
            line(&mut text, name, tally);
        }
        line(&mut text, "all", &self.total());

        let lists = [
            (
                "left out",
                counted(self.left_out.iter().map(|left| left.why.clone())),
            ),
            ("missing steps", self.missing(true)),
            ("missing nouns", self.missing(false)),
            (
                "failing only for what is missing",
                counted(
                    self.failures
                        .iter()
                        .filter(|f| f.only_missing)
                        .map(|f| f.missing.join(", ")),
                ),
            ),
            (
                "failing because",
                counted(
                    self.failures
                        .iter()
                        .filter(|f| !f.only_missing)
                        .map(|f| blurred(&f.why)),
                ),
            ),
        ];
        for (title, list) in lists {
            if list.is_empty() {
                continue;
            }
            let _ = writeln!(text, "\n{title}:");
            for (what, count) in list.iter().take(reasons) {
                let _ = writeln!(text, "{count:>6}  {what}");
            }
            if list.len() > reasons {
                let _ = writeln!(text, "        and {} more", list.len() - reasons);
            }
        }
        let Tally {
            passed,
            failed,
            left_out,
        } = self.total();
        let _ = writeln!(
            text,
            "\n{passed} passed, {failed} failed, {left_out} skipped"
        );
        text
    }

    fn missing(&self, steps: bool) -> Vec<(String, usize)> {
        counted(
            self.failures
                .iter()
                .flat_map(|failure| &failure.missing)
                .filter(|what| what.starts_with("step: ") == steps)
                .map(|what| what.trim_start_matches("step: ").to_owned()),
        )
    }
}

/// How often each occurs, the most frequent first.
fn counted(items: impl Iterator<Item = String>) -> Vec<(String, usize)> {
    let mut counts = BTreeMap::new();
    for item in items {
        *counts.entry(item).or_insert(0) += 1;
    }
    let mut list: Vec<(String, usize)> = counts.into_iter().collect();
    list.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    list
}

/// A reason without what is particular to one run: ids, secrets, times.
fn blurred(why: &str) -> String {
    let mut text = String::new();
    let word = |text: &mut String, word: &str| {
        let particular = word.len() >= 8 && word.bytes().any(|byte| byte.is_ascii_digit());
        text.push_str(if particular { "…" } else { word });
    };
    let mut start = 0;
    for (at, letter) in why.char_indices() {
        if !(letter.is_ascii_alphanumeric() || "-_:.+/=@".contains(letter)) {
            word(&mut text, &why[start..at]);
            text.push(letter);
            start = at + letter.len_utf8();
        }
    }
    word(&mut text, &why[start..]);
    match text.char_indices().nth(160) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
