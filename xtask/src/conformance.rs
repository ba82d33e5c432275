//! `cargo xtask conformance`: runs a copy of the contract's acceptance suite against Keystead.

use std::ffi::OsString;

use anyhow::Result;

use crate::program::{cargo, run as run_program};

/// Runs acceptance scenarios in process; see docs/decisions/0008-conformance.md. `--suite DIR` names
/// the copy; every other argument goes to the runner, whose `--help` tells them.
#[derive(clap::Args)]
#[command(disable_help_flag = true)]
pub struct Options {
    /// For the runner.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

/// Builds the runner and runs it.
pub fn run(options: &Options) -> Result<()> {
    let mut runner = cargo();
    runner.args(["run", "--quiet", "--package", "keystead-conformance", "--"]);
    run_program(runner.args(&options.arguments))
}
