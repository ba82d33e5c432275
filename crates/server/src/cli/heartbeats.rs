//! `keystead heartbeats`: which sweeps had to stop, and the word that they may go on.

use std::process::ExitCode;

use anyhow::{Result, bail};
use chrono::SecondsFormat;
use clap::{Args, Subcommand};
use keystead_app::heartbeats;
use keystead_store::{Db, accounts, migrate};
use serde_json::json;

use super::{Global, output};
use crate::{boot, runtime};

/// Arguments of `keystead heartbeats`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  keystead heartbeats brakes\n  keystead heartbeats release acme --by ann@example.com"
)]
pub struct Heartbeats {
    #[command(subcommand)]
    command: Command,
    /// Prints one line of JSON for each row.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Accounts whose dead machines wait, because too many would go at once.
    Brakes,
    /// Confirms that an account's dead machines may go: the next sweep removes them.
    Release {
        /// The account's id or slug.
        account: String,
        /// Who says so, for the record.
        #[arg(long, value_name = "NAME", default_value = "operator")]
        by: String,
    },
}

impl Heartbeats {
    pub async fn run(self, global: &Global) -> Result<ExitCode> {
        let config = global.load(Vec::new())?.config;
        let db = boot::connect(&config).await?;
        if !migrate::pending(&db).await?.is_empty() {
            bail!("the schema is not up to date: run `keystead migrate` first");
        }
        let code = match self.command {
            Command::Brakes => brakes(&db, self.json).await?,
            Command::Release { account, by } => release(&db, &account, &by, self.json).await?,
        };
        db.close().await?;
        Ok(code)
    }
}

async fn brakes(db: &Db, json: bool) -> Result<ExitCode> {
    let titles = ["ACCOUNT", "WOULD GO", "OF", "SINCE", "HOLDS UNTIL"];
    let mut rows = vec![titles.map(str::to_owned).to_vec()];
    for brake in heartbeats::pulled(db).await? {
        let time = |time: Option<chrono::DateTime<chrono::Utc>>| {
            time.map(|time| time.to_rfc3339_opts(SecondsFormat::Secs, true))
        };
        let (since, until) = (time(brake.pulled_at), time(brake.holds_until));
        if json {
            output::json(&json!({
                "account": brake.account_id.to_string(),
                "would_cull": brake.would_cull,
                "of_machines": brake.of_machines,
                "pulled_at": since,
                "holds_until": until,
            }))?;
        }
        rows.push(vec![
            brake.account_id.to_string(),
            brake.would_cull.to_string(),
            brake.of_machines.to_string(),
            since.unwrap_or_default(),
            until.unwrap_or_default(),
        ]);
    }
    match (json, rows.len()) {
        (true, _) => {}
        (false, 1) => output::line("no brake is pulled")?,
        (false, _) => output::table(&rows)?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn release(db: &Db, account: &str, by: &str, json: bool) -> Result<ExitCode> {
    let Some(found) = accounts::find(db, account).await? else {
        bail!("there is no account {account:?}");
    };
    let now = runtime::system_clock().now();
    let released = heartbeats::release(db, found.id, by, now).await?;
    if json {
        output::json(&json!({ "account": found.id.to_string(), "released": released }))?;
    } else if released {
        output::line(&format!(
            "{account}: the next sweep removes its dead machines"
        ))?;
    } else {
        output::line(&format!("{account}: no brake is pulled"))?;
    }
    Ok(if released {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
