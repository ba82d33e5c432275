//! `cargo xtask`: the repository's own chores. What the product does is never done here.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a command line tool: it prints, reads the environment and waits for processes"
)]

mod bench;
mod compose;
mod conformance;
mod database;
mod fuzz;
mod generated;
mod http;
mod program;
mod python;
mod seed;
mod server;
mod services;
mod steps;
mod test;
mod tidy;
mod tools;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Chores of the Keystead repository.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Everything that has to pass before a change lands; brings what it needs.
    Test(test::Options),
    /// The house rules that no lint knows.
    Tidy,
    /// Writes openapi/keystead.json from the server's own description of itself.
    Openapi(generated::Options),
    /// Rewrites the generated blocks in docs/.
    Docs(generated::Options),
    /// Sends every operation what it does not expect, and fails on any 5xx.
    Fuzz(fuzz::Options),
    /// Runs the contract's acceptance suite, of which nothing is in this repository.
    Conformance(conformance::Options),
    /// Fills an empty database with licenses and machines, in minutes.
    Seed(seed::Options),
    /// Measures the server beside a yardstick, on throw-away databases.
    #[command(subcommand)]
    Bench(bench::Benchmark),
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().chore {
        Chore::Test(options) => return test::run(&options),
        Chore::Tidy => tidy::run(),
        Chore::Openapi(options) => generated::openapi(&options),
        Chore::Docs(options) => generated::docs(&options),
        Chore::Fuzz(options) => fuzz::run(&options),
        Chore::Conformance(options) => conformance::run(&options),
        Chore::Seed(options) => seed::run(&options),
        Chore::Bench(benchmark) => bench::run(&benchmark),
    };

    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("{fault:#}");
            ExitCode::FAILURE
        }
    }
}
