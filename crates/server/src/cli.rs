//! The command line: what can be asked of `keystead`, and how its answers are written.

mod accounts;
mod config;
mod doctor;
mod healthcheck;
mod heartbeats;
mod jobs;

mod migrate;
mod openapi;

mod output;
mod serve;
mod setup;
mod sso;
mod token;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Args, CommandFactory, Parser, Subcommand};
use clap_complete::Shell;

use crate::config::{Loaded, Override, Sources};
use crate::runtime;

/// What a shell reports for a program ended by Ctrl-C.
const INTERRUPTED: u8 = 130;

const EXAMPLES: &str = "\
Examples:
  keystead serve                            everything, with SQLite in ./keystead-data
  keystead serve --listen 0.0.0.0:6480 \\
    --set database.url=postgres://keystead:secret@db/keystead
  keystead config > keystead.toml           every setting, explained
  keystead doctor                           what is wrong, if something is

Every setting is also an environment variable: `http.listen` is KEYSTEAD_HTTP__LISTEN.";

/// A self-hosted software licensing server.
#[derive(Debug, Parser)]
#[command(name = "keystead", version, term_width = 100, after_help = EXAMPLES)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// Flags of every command.
#[derive(Args, Clone, Debug, Default)]
pub struct Global {
    /// Configuration file [default: $KEYSTEAD_CONFIG, else ./keystead.toml if there is one].
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        help_heading = "Configuration"
    )]
    config: Option<PathBuf>,
    /// Directory of the SQLite database and the master key [default: ./keystead-data].
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        help_heading = "Configuration"
    )]
    data_dir: Option<String>,
    /// Sets any key of the configuration; may be repeated.
    #[arg(
        long,
        global = true,
        value_name = "KEY=VALUE",
        value_parser = key_and_value,
        help_heading = "Configuration"
    )]
    set: Vec<(String, String)>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs the server; on an empty database it makes the first account and admin.
    Serve(serve::Serve),
    /// Brings the database schema up to date.
    Migrate(migrate::Migrate),
    /// Makes data directory, master key, schema, account and admin, without serving.
    Setup(setup::Setup),
    /// Manages custom domains, and ends accounts.
    Accounts(accounts::Accounts),
    /// Manages how the people of an account sign on.
    Sso(sso::Sso),
    /// Makes credentials.
    Token(token::Token),
    /// Looks at jobs, retries and drops them.
    Jobs(jobs::Jobs),
    /// Looks at sweeps that had to stop, and lets them go on.
    Heartbeats(heartbeats::Heartbeats),
    /// Checks configuration, database, schema, clock, keys and Redis.
    Doctor(doctor::Doctor),
    /// Asks a running server whether it is ready; for containers.
    Healthcheck(healthcheck::Healthcheck),
    /// Prints the annotated default configuration.
    Config(config::Config),
    /// Prints the OpenAPI document.
    Openapi,
    /// Prints completions for a shell.
    #[command(
        after_help = "Example:\n  keystead completions bash > ~/.local/share/bash-completion/completions/keystead"
    )]
    Completions {
        /// The shell.
        shell: Shell,
    },
}

/// Runs the command of this process's arguments.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    // Several libraries could each bring a provider; the first one to open a connection must not
    // be the one to decide.
    if rustls::crypto::aws_lc_rs::default_provider()
        .install_default()
        .is_err()
    {
        output::error(&anyhow::anyhow!("another TLS provider was installed first"));
        return ExitCode::FAILURE;
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            output::error(&anyhow::Error::from(error).context("can't start the runtime"));
            return ExitCode::FAILURE;
        }
    };
    let code = runtime.block_on(run(cli)).unwrap_or_else(|error| {
        output::error(&error);
        ExitCode::FAILURE
    });
    // What still runs by now was given up, by a second Ctrl-C or when the drain time was over.
    runtime.shutdown_background();
    code
}

async fn run(cli: Cli) -> Result<ExitCode> {
    let global = cli.global;
    match cli.command {
        Command::Serve(command) => command.run(&global).await,
        Command::Migrate(command) => command.run(&global).await,
        Command::Setup(command) => command.run(&global).await,
        Command::Accounts(command) => command.run(&global).await,
        Command::Sso(command) => command.run(&global).await,
        Command::Token(command) => command.run(&global).await,
        Command::Jobs(command) => command.run(&global).await,
        Command::Heartbeats(command) => command.run(&global).await,
        Command::Doctor(command) => command.run(&global).await,
        Command::Healthcheck(command) => command.run(&global).await,
        Command::Config(command) => command.run(),
        Command::Openapi => openapi::run(),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "keystead", &mut script);
            output::text(&String::from_utf8_lossy(&script))?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

impl Global {
    /// Reads the configuration, with a command's own flags last.
    fn load(&self, flags: Vec<Override>) -> Result<Loaded> {
        Ok(self.sources(flags)?.load()?)
    }

    fn sources(&self, flags: Vec<Override>) -> Result<Sources> {
        let environment = runtime::environment();
        let named = environment
            .iter()
            .find(|(name, value)| name == "KEYSTEAD_CONFIG" && !value.is_empty());
        let set = self.set.iter().map(|(key, value)| Override {
            key: key.clone(),
            value: value.clone(),
            flag: format!("--set {key}"),
        });
        let mut overrides: Vec<Override> = set.collect();
        overrides.extend(flag("--data-dir", "data_dir", self.data_dir.as_ref()));
        overrides.extend(flags);
        Ok(Sources {
            file: self
                .config
                .clone()
                .or_else(|| named.map(|(_, path)| PathBuf::from(path))),
            environment,
            overrides,
            working_dir: Some(std::env::current_dir().context("can't find the working directory")?),
        })
    }
}

/// The override that a flag stands for, when it was given.
fn flag(name: &str, key: &str, value: Option<&impl ToString>) -> Option<Override> {
    Some(Override {
        key: key.to_owned(),
        value: value?.to_string(),
        flag: name.to_owned(),
    })
}

/// The variable of the master key, when it is set.
fn master_key_variable() -> Option<String> {
    let variable = crate::master_key::VARIABLE;
    runtime::environment()
        .into_iter()
        .find_map(|(name, value)| (name == variable).then_some(value))
}

fn key_and_value(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("write KEY=VALUE, such as http.listen=127.0.0.1:8080".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_says_what_it_does() {
        for command in Cli::command().get_subcommands() {
            assert!(command.get_about().is_some(), "{}", command.get_name());
        }
    }
}
