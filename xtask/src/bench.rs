//! `cargo xtask bench`: the server beside a yardstick, on the same machine in the same run.

mod hot_paths;
mod jobs;
mod load;
mod report;
mod search;
mod seed;
mod yardsticks;

use std::path::PathBuf;

use anyhow::Result;
use clap::Subcommand;

/// What to measure.
#[derive(Subcommand)]
pub enum Benchmark {
    /// Validate, ping and activate against what PostgreSQL itself can do; takes half an hour.
    HotPaths(hot_paths::Options),
    /// Enqueue beside a thousand and beside a million waiting jobs, on every store of jobs.
    Jobs(Options),
    /// Searches among ten thousand licenses and among a million; takes some minutes.
    Search(Options),
}

/// How long, and where to.
#[derive(clap::Args)]
pub struct Options {
    /// A few minutes on fewer machines, for the order of magnitude only.
    #[arg(long)]
    quick: bool,
    /// Also write every figure to this file.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

/// Runs the benchmark and prints its table.
pub fn run(benchmark: &Benchmark) -> Result<()> {
    match benchmark {
        Benchmark::HotPaths(options) => hot_paths::run(options),
        Benchmark::Jobs(options) => jobs::run(options),
        Benchmark::Search(options) => search::run(options),
    }
}
