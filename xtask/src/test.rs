//! `cargo xtask test`: the gate. It brings what it needs and shows everything that is wrong at once.

use std::fs;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use clap::ValueEnum;

use crate::python::Environment;
use crate::services::{Durability, Postgres, Redis};
use crate::steps::{Outcome, Steps};
use crate::{compose, generated, program, tidy, tools, workspace};

/// Versions that are built when cargo has none of its own.
const NEXTEST: &str = "0.9.143";
const DENY: &str = "0.20.2";
/// What installs packages from the server under test.
const PIP: &str = "pip==25.3";
/// The programs that do so too, and who has them.
#[rustfmt::skip]
const CLIENTS: &[(&str, tools::Package)] = &[
    ("npm",    tools::Package { apt: &["npm"],          brew: &["node"] }),
    ("gem",    tools::Package { apt: &["ruby"],         brew: &["ruby"] }),
    ("bundle", tools::Package { apt: &["ruby-bundler"], brew: &["ruby"] }),
];

/// What the tests connect to; they use databases and key prefixes of their own there.
const POSTGRES_FOR_TESTS: &str = "KEYSTEAD_TEST_POSTGRES";
const REDIS_FOR_TESTS: &str = "KEYSTEAD_TEST_REDIS";
const DATABASE_FOR_TESTS: &str = "KEYSTEAD_TEST_DATABASE";
/// Whose pip the tests use.
const PYTHON_FOR_TESTS: &str = "KEYSTEAD_TEST_PYTHON";

/// Finds or installs PostgreSQL, Redis, Python, Node, Ruby and the cargo tools, starts throw-away servers on free
/// ports, runs every step even after one failed, and ends with `N passed, N failed`, tests and
/// steps counted together.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  cargo xtask test                        everything, as CI runs it
  cargo xtask test --only fmt --only tidy two steps
  cargo xtask test --fix                  formats and rewrites generated files, then checks
  cargo xtask test --only test -- --workspace machines::
                                          the tests whose name contains `machines::`")]
pub struct Options {
    /// Only this step; may be repeated.
    #[arg(long, value_name = "STEP")]
    only: Vec<Step>,
    /// First mend what can be mended by itself: format, clippy's suggestions, generated files.
    #[arg(long)]
    fix: bool,
    /// Passed on to `cargo nextest run`.
    #[arg(last = true, default_value = "--workspace")]
    nextest: Vec<String>,
}

/// In the order they run: what fails fastest comes first.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Step {
    /// Formatting.
    Fmt,
    /// The house rules of `cargo xtask tidy`.
    Tidy,
    /// Lints, over all targets, as errors.
    Clippy,
    /// All tests, on SQLite, PostgreSQL and Redis.
    Test,
    /// Whether openapi/keystead.json is what the server says, and a valid `OpenAPI` document.
    Openapi,
    /// Whether the generated parts of docs/ are what the server says.
    Docs,
    /// Whether docker-compose.yml is a valid Compose file.
    Compose,
    /// Licenses, bans, sources and advisories of everything we depend on.
    Deny,
}

/// Runs the steps and prints the summary.
pub fn run(options: &Options) -> ExitCode {
    let wanted = |step: &Step| options.only.is_empty() || options.only.contains(step);

    let mut steps = Steps::default();
    if options.fix {
        steps.run("fix", fix);
    }
    for step in Step::value_variants().iter().filter(|step| wanted(step)) {
        match step {
            Step::Fmt => steps.run("fmt", fmt),
            Step::Tidy => steps.run("tidy", || passed(tidy::run())),
            Step::Clippy => steps.run("clippy", clippy),
            Step::Test => {
                steps.run("test", || test(&options.nextest, Main::Sqlite));
                steps.run("test on PostgreSQL", || {
                    test(&options.nextest, Main::Postgres)
                });
            }
            Step::Openapi => {
                steps.run("openapi fresh", || passed(generated::openapi_is_fresh()));
                steps.run("openapi valid", || passed(generated::openapi_is_valid()));
            }
            Step::Docs => steps.run("docs fresh", || passed(generated::docs_are_fresh())),
            Step::Compose => steps.run("compose", || passed(compose::check())),
            Step::Deny => {
                steps.run("deny", deny);
                steps.run("advisories", advisories);
            }
        }
    }

    if steps.summarise() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn passed(outcome: Result<()>) -> Result<Outcome> {
    outcome.map(|()| Outcome::Passed)
}

fn fix() -> Result<Outcome> {
    program::run(program::cargo().args([
        "clippy",
        "--workspace",
        "--all-targets",
        "--fix",
        "--allow-dirty",
        "--allow-staged",
    ]))?;
    program::run(program::cargo().args(["fmt", "--all"]))?;
    generated::write_openapi()?;
    generated::write_docs()?;
    Ok(Outcome::Passed)
}

fn fmt() -> Result<Outcome> {
    passed(program::run(
        program::cargo().args(["fmt", "--all", "--check"]),
    ))
    .map_err(|fault| anyhow!("{fault}: run `cargo fmt --all`"))
}

fn clippy() -> Result<Outcome> {
    passed(program::run(
        program::cargo()
            .args([
                "clippy",
                "--workspace",
                "--all-targets",
                "--keep-going",
                "--quiet",
            ])
            .args(["--", "--deny", "warnings"]),
    ))
}

/// The database that the server under test keeps everything in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Main {
    /// The embedded default; tests of single crates bring all their databases themselves.
    Sqlite,
    /// The production store: once more, everything that talks to a whole server.
    Postgres,
}

fn test(arguments: &[String], main: Main) -> Result<Outcome> {
    tools::cargo_subcommand("nextest", NEXTEST)?;
    let postgres = Postgres::start(Durability::None)?;
    let redis = Redis::start()?;
    let python = Environment::with("pip", &[PIP])?;
    for (program, package) in CLIENTS {
        tools::find_or_install(program, &[], package)?;
    }
    println!("PostgreSQL at {}, Redis at {}", postgres.url(), redis.url());

    // Left from an earlier run, it would be counted as this one's when nothing compiles.
    let report = workspace::target().join("nextest/ci/junit.xml");
    workspace::remove_leftover(&report)?;
    let mut nextest = program::cargo();
    nextest
        .args(["nextest", "run", "--profile", "ci"])
        .env(POSTGRES_FOR_TESTS, postgres.url())
        .env(REDIS_FOR_TESTS, redis.url())
        .env(PYTHON_FOR_TESTS, python.path("python"));
    if main == Main::Postgres {
        nextest
            .env(DATABASE_FOR_TESTS, "postgres")
            .args(["-E", "binary(it)"]);
    }
    let ran = program::run(nextest.args(arguments));

    match (ran, fs::read_to_string(&report)) {
        (Err(fault), Err(_)) => Err(fault),
        (ran, report) => {
            let outcome = counts(&report.context("nextest left no report")?)?;
            // Tests that all passed in a run that failed: something else broke, and it must show.
            match (&outcome, ran) {
                (Outcome::Tests { failed: 0, .. }, Err(fault)) => Err(fault),
                _ => Ok(outcome),
            }
        }
    }
}

/// Reads the totals off nextest's `JUnit` report.
fn counts(report: &str) -> Result<Outcome> {
    let head = report
        .split_once("<testsuites")
        .and_then(|(_, rest)| rest.split_once('>'))
        .map(|(head, _)| head)
        .context("nextest's report has no totals")?;
    let number = |name: &str| -> Result<usize> {
        head.split_once(&format!(" {name}=\""))
            .and_then(|(_, rest)| rest.split_once('"'))
            .with_context(|| format!("nextest's report does not say `{name}`"))?
            .0
            .parse()
            .with_context(|| format!("`{name}` in nextest's report is no number"))
    };
    let failed = number("failures")? + number("errors")?;
    Ok(Outcome::Tests {
        passed: number("tests")? - failed,
        failed,
    })
}

fn deny() -> Result<Outcome> {
    tools::cargo_subcommand("deny", DENY)?;
    passed(program::run(program::cargo().args([
        "deny",
        "--log-level",
        "error",
        "check",
        "bans",
        "licenses",
        "sources",
    ])))
}

/// The advisories live in a Git repository of their own, which a machine may not reach.
fn advisories() -> Result<Outcome> {
    tools::cargo_subcommand("deny", DENY)?;
    let fetched = program::succeeds(
        program::cargo()
            .args(["deny", "fetch", "db"])
            .env("GIT_TERMINAL_PROMPT", "0"),
        Duration::from_secs(120),
    );
    if !fetched {
        let why = "the advisory database could not be fetched";
        println!("advisories were NOT checked: {why}");
        return Ok(Outcome::NotChecked(why.to_owned()));
    }
    passed(program::run(program::cargo().args([
        "deny",
        "--log-level",
        "error",
        "check",
        "--disable-fetch",
        "advisories",
    ])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_totals_are_read_off_the_report() {
        let report = r#"<?xml version="1.0"?><testsuites name="ci" tests="12" failures="2" errors="1" time="0.1"><testsuite tests="99" failures="9"/></testsuites>"#;

        let outcome = counts(report).unwrap();

        assert!(matches!(
            outcome,
            Outcome::Tests {
                passed: 9,
                failed: 3
            }
        ));
    }

    #[test]
    fn a_report_without_totals_is_an_error() {
        assert!(counts("<testsuites name=\"ci\">").is_err());
        assert!(counts("").is_err());
    }
}
