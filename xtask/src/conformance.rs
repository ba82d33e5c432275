//! `cargo xtask conformance`: runs a copy of the contract's acceptance suite against Keystead.

use std::ffi::OsString;

use anyhow::Result;

use crate::program::{cargo, program, run as run_program};
use crate::services::{Durability, Postgres};
use crate::workspace;

const BINARY: &str = "keystead-conformance";
/// Where the runner looks for a server of databases.
const SERVER: &str = "KEYSTEAD_TEST_POSTGRES";

/// Runs acceptance scenarios in process; see docs/decisions/0008-conformance.md. `--suite DIR` names
/// the copy; every other argument goes to the runner, whose `--help` tells them.
#[derive(clap::Args)]
#[command(disable_help_flag = true)]
pub struct Options {
    /// For the runner.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

/// Builds the runner and runs it. On PostgreSQL it gets a throw-away server, unless it is told of one.
pub fn run(options: &Options) -> Result<()> {
    // As the tests build it: with a package's own features, most crates would be built anew.
    run_program(cargo().args(["build", "--quiet", "--workspace", "--bin", BINARY]))?;
    let said = |name: &str| options.arguments.iter().any(|argument| argument == name);
    let told = said("--postgres") || std::env::var_os(SERVER).is_some();
    let server = (said("postgres") && !told)
        .then(|| Postgres::start(Durability::None))
        .transpose()?;
    let mut runner = program(workspace::target().join("debug").join(BINARY));
    if let Some(server) = &server {
        runner.env(SERVER, server.url());
    }
    run_program(runner.args(&options.arguments))
}
