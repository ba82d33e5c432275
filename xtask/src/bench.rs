//! `cargo xtask bench`: the server beside a yardstick, on the same machine in the same run.

mod yardsticks;

use std::path::PathBuf;

use anyhow::Result;
use clap::Subcommand;

use self::yardsticks::Yardsticks;
use crate::services::{Durability, Postgres};

/// What to measure.
#[derive(Subcommand)]
pub enum Benchmark {
    /// Validate, ping and activate against what PostgreSQL itself can do.
    HotPaths(Options),
}

/// How long, and where to.
#[derive(clap::Args)]
pub struct Options {
    /// A minute or two, for the order of magnitude only.
    #[arg(long)]
    quick: bool,
    /// Also write every figure to this file.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

/// Runs the benchmark and prints its table.
pub fn run(benchmark: &Benchmark) -> Result<()> {
    match benchmark {
        Benchmark::HotPaths(options) => hot_paths(options),
    }
}

fn hot_paths(options: &Options) -> Result<()> {
    let postgres = Postgres::start(Durability::Full)?;
    let yardsticks = Yardsticks::prepare(&postgres, options.quick)?;
    let figures = yardsticks.measure(&postgres)?;
    for figure in &figures {
        println!("{figure}");
    }
    if let Some(file) = &options.json {
        std::fs::write(file, serde_json::to_string_pretty(&figures)?)?;
    }
    Ok(())
}
