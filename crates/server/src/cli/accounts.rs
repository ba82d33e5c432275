//! `keystead accounts`: what is not asked over the wire: custom domains, and the end of an account.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Result, bail};
use clap::{Args, Subcommand};
use keystead_app::App;
use keystead_app::accounts::{destroy, domains};
use keystead_signing::Secret;
use serde_json::json;

use super::{Global, master_key_variable, output};
use crate::boot::{self, Overrides};

/// Arguments of `keystead accounts`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  keystead accounts domains add acme licensing.acme.com\n  keystead accounts destroy acme --yes"
)]
pub struct Accounts {
    #[command(subcommand)]
    command: Command,
    /// Prints one line of JSON for each row.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Hosts that lead to an account without naming it in the path.
    Domains {
        #[command(subcommand)]
        command: Domains,
    },
    /// Takes an account out of sight at once, and removes all it holds in the background.
    Destroy {
        /// The account's id or slug.
        account: String,
        /// There is no way back.
        #[arg(long)]
        yes: bool,
    },
}

#[derive(Debug, Subcommand)]
enum Domains {
    /// Lists the hosts of an account.
    List {
        /// The account's id or slug.
        account: String,
    },
    /// Lets a host lead to an account; point its DNS record here as well.
    Add {
        /// The account's id or slug.
        account: String,
        /// The host, such as licensing.acme.com.
        host: String,
    },
    /// Lets a host lead nowhere.
    Remove {
        /// The account's id or slug.
        account: String,
        /// The host.
        host: String,
    },
}

impl Accounts {
    pub async fn run(self, global: &Global) -> Result<ExitCode> {
        let config = global.load(Vec::new())?.config;
        let overrides = Overrides {
            master_key: master_key_variable().map(Secret::new),
            ..Overrides::default()
        };
        let db = boot::connect(&config).await?;
        let app = boot::application(&config, overrides, db).await?;
        let done = match self.command {
            Command::Domains { command } => command.run(&app, self.json).await,
            Command::Destroy { account, yes } => end(&app, &account, yes, self.json).await,
        };
        app.db.close().await?;
        done
    }
}

impl Domains {
    async fn run(self, app: &Arc<App>, json: bool) -> Result<ExitCode> {
        match self {
            Self::List { account } => {
                for domain in domains::list(app, &account).await? {
                    tell(json, &domain.host)?;
                }
            }
            Self::Add { account, host } => {
                domains::add(app, &account, &host, app.clock.now()).await?;
                tell(json, &host)?;
            }
            Self::Remove { account, host } => {
                if !domains::remove(app, &account, &host).await? {
                    bail!("{host} does not lead to {account}");
                }
                tell(json, &host)?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn tell(json: bool, host: &str) -> Result<()> {
    match json {
        true => output::json(&json!({ "host": host }))?,
        false => output::line(host)?,
    }
    Ok(())
}

async fn end(app: &Arc<App>, account: &str, yes: bool, json: bool) -> Result<ExitCode> {
    if !yes {
        bail!("this removes {account} and all it holds, for good: say `--yes` if you mean it");
    }
    let id = destroy::doom(app, account, app.clock.now()).await?;
    match json {
        true => output::json(&json!({ "account": id.to_string(), "doomed": true }))?,
        false => output::line(&format!(
            "{account} ({id}) is out of sight; what it holds is being removed"
        ))?,
    }
    Ok(ExitCode::SUCCESS)
}
