//! `keystead-conformance`: runs a suite and prints what it came to. `cargo xtask conformance` calls it.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line tool"
)]

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use keystead_conformance::{Floor, Options, run};

/// Runs acceptance scenarios against Keystead.
#[derive(Parser)]
#[command(name = "cargo xtask conformance")]
struct Cli {
    #[command(flatten)]
    options: Options,
    /// Writes the whole report here, as JSON
    #[arg(long)]
    json: Option<PathBuf>,
    /// The floor that no area may fall below; looked at when the whole suite runs
    #[arg(long, default_value = "conformance/floor.toml")]
    floor: PathBuf,
    /// Raises the floor to what this run reaches
    #[arg(long)]
    raise: bool,
    /// Reasons told per list
    #[arg(long, default_value_t = 25)]
    reasons: usize,
}

#[tokio::main]
async fn main() -> ExitCode {
    match told(&Cli::parse()).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(fault) => {
            eprintln!("{fault:#}");
            ExitCode::FAILURE
        }
    }
}

async fn told(cli: &Cli) -> anyhow::Result<bool> {
    let started = Instant::now();
    let report = run(&cli.options).await?;
    if let Some(path) = &cli.json {
        std::fs::write(path, serde_json::to_string_pretty(&report)?)?;
    }
    println!("{}", report.text(cli.reasons).trim_end());
    eprintln!("in {} seconds", started.elapsed().as_secs());

    // Part of a suite says nothing about the floor.
    if !cli.options.only.is_empty() {
        return Ok(report.total().failed == 0);
    }
    let mut floor = Floor::read(&cli.floor)?;
    let fallen = floor.fallen(&report);
    for sentence in &fallen {
        eprintln!("{sentence}");
    }
    if cli.raise && fallen.is_empty() {
        floor.raise(&report);
        floor.write(&cli.floor)?;
    }
    Ok(fallen.is_empty())
}
