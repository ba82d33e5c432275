//! The harness on features of our own: they pass as they are, and fail however they are altered.

use std::path::{Path, PathBuf};

use keystead_conformance::{Kind, Options, Report, run};

fn options(suite: &Path) -> Options {
    Options {
        suite: suite.to_owned(),
        db: Kind::Sqlite,
        postgres: String::new(),
        only: Vec::new(),
        jobs: 2,
        mode: None,
        seed: 7,
    }
}

fn ours() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("features")
}

/// Runs one text as a suite.
async fn play(text: &str) -> Report {
    let suite = tempfile::tempdir().expect("a temporary directory");
    std::fs::write(suite.path().join("one.feature"), text).expect("a file");
    run(&options(suite.path())).await.expect("a run")
}

#[tokio::test]
async fn our_own_features_pass() {
    let report = run(&options(&ours())).await.expect("a run");

    assert!(report.failures.is_empty(), "{}", report.text(50));
    assert!(report.total().passed >= 4);
}

/// Every way to alter one expectation: the changed file, and the line that was changed.
fn mutations(text: &str) -> Vec<(String, String)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut mutated = Vec::new();
    let (mut expecting, mut in_block) = (false, false);
    for (index, line) in lines.iter().enumerate() {
        let start = line.trim_start();
        if start.starts_with("\"\"\"") {
            in_block = !in_block;
            continue;
        }
        match start.split(' ').next() {
            _ if in_block => {}
            Some("Then") => expecting = true,
            Some("Given" | "When" | "Scenario:" | "Background:") => expecting = false,
            _ => {}
        }
        if !expecting {
            continue;
        }
        let changed: Vec<String> = match in_block {
            true => match line.split_once(": ") {
                Some((key, value)) => {
                    let comma = if value.ends_with(',') { "," } else { "" };
                    vec![
                        format!("{key}: \"altered\"{comma}"),
                        format!("{key}: 41{comma}"),
                    ]
                }
                None => Vec::new(),
            },
            false => altered(line),
        };
        for changed in changed {
            let mut all: Vec<&str> = lines.clone();
            all[index] = &changed;
            mutated.push((alone(&all, index), changed.clone()));
        }
    }
    mutated
}

/// The scenario that a line stands in, with what stands before the first one.
fn alone(lines: &[&str], index: usize) -> String {
    let starts = |line: &&str| line.trim_start().starts_with("Scenario:");
    let head = lines.iter().position(starts).unwrap_or(0);
    let from = (0..=index)
        .rev()
        .find(|&at| starts(&lines[at]))
        .unwrap_or(head);
    let until = (index..lines.len())
        .find(|&at| starts(&lines[at]))
        .unwrap_or(lines.len());
    [&lines[..head], &lines[from..until]].concat().join("\n")
}

/// A line with one of its numbers or quoted words altered.
fn altered(line: &str) -> Vec<String> {
    // Whose events and whose signature is how a step is chosen, not what it expects.
    const CHOICES: &[&str] = &["event-log", "lighthouse"];
    let mut found = Vec::new();
    let words: Vec<&str> = line.split(' ').collect();
    for (index, word) in words.iter().enumerate() {
        let inner = word.trim_matches('"');
        let mut changed = words.clone();
        let other = match inner.parse::<u32>() {
            Ok(number) => word.replace(inner, &(number + 1).to_string()),
            Err(_) if word.starts_with('"') && !CHOICES.contains(&inner) => {
                word.replace(inner, "policy")
            }
            Err(_) => continue,
        };
        changed[index] = &other;
        found.push(changed.join(" "));
    }
    found
}

#[tokio::test]
async fn every_altered_expectation_is_caught() {
    let text = std::fs::read_to_string(ours().join("licensing.feature")).expect("our feature");
    let suite = tempfile::tempdir().expect("a temporary directory");
    let mutations = mutations(&text);
    for (index, (text, _)) in mutations.iter().enumerate() {
        let path = suite.path().join(format!("m{index:03}.feature"));
        std::fs::write(path, text).expect("a file");
    }

    let report = run(&options(suite.path())).await.expect("a run");

    assert!(mutations.len() > 25, "only {} mutations", mutations.len());
    let uncaught: Vec<&str> = mutations
        .iter()
        .enumerate()
        .filter(|(index, _)| {
            let file = format!("m{index:03}.feature:");
            let caught = report
                .failures
                .iter()
                .filter(|failure| failure.at.starts_with(&file));
            caught.filter(|failure| !failure.only_missing).count() != 1
        })
        .map(|(_, (_, line))| line.trim())
        .collect();
    assert_eq!(uncaught, Vec::<&str>::new());
}

#[tokio::test]
async fn a_step_nobody_knows_fails_its_scenario() {
    let report = play("Feature: F\n  Scenario: S\n    Given a moose at \"4\" o'clock\n").await;

    assert_eq!(report.total().failed, 1);
    assert_eq!(
        report.failures[0].missing,
        ["step: a moose at \"…\" o'clock"]
    );
}

#[tokio::test]
async fn a_noun_nobody_has_fails_its_scenario() {
    let text = "Feature: F\n  Scenario: S\n    Given there exists an account \"a\"\n    \
        And the current account is \"a\"\n    And the current account has 1 \"moose\"\n";

    let report = play(text).await;

    assert_eq!(report.total().failed, 1);
    assert!(report.failures[0].only_missing);
}

#[tokio::test]
async fn what_is_left_out_is_told_and_never_passed() {
    let text = "Feature: F\n  @ce\n  Scenario: S\n    Given a moose\n  Scenario: T\n    \
        Given the account \"a\" is canceled\n";

    let report = play(text).await;

    let total = report.total();
    assert_eq!((total.passed, total.failed, total.left_out), (0, 0, 2));
    assert!(report.text(5).ends_with("0 passed, 0 failed, 2 skipped\n"));
}
