//! `keystead migrate`: the schema alone.

use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Args;
use serde_json::json;

use super::{Global, output};
use crate::boot;

/// Flags of `keystead migrate`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  keystead migrate\n  keystead migrate --check    exits with 1 when something is missing\n\nServers migrate by themselves when they start; one does it while the others wait."
)]
pub struct Migrate {
    /// Only looks, and exits with 1 when something is missing.
    #[arg(long)]
    check: bool,
    /// Prints one line of JSON.
    #[arg(long)]
    json: bool,
}

impl Migrate {
    pub async fn run(self, global: &Global) -> Result<ExitCode> {
        let config = global.load(Vec::new())?.config;
        let db = boot::connect(&config).await?;
        let names = if self.check {
            keystead_store::migrate::pending(&db)
                .await
                .context("can't look at the schema")?
        } else {
            keystead_store::migrate::up(&db)
                .await
                .context("can't bring the schema up to date")?
        };
        db.close().await?;

        let word = if self.check { "missing" } else { "done" };
        if self.json {
            output::json(&json!({ word: names }))?;
        } else if names.is_empty() {
            output::line("the schema is up to date")?;
        } else {
            for name in &names {
                output::line(&format!("{word}: {name}"))?;
            }
        }
        let missing = self.check && !names.is_empty();
        Ok(if missing {
            ExitCode::FAILURE
        } else {
            ExitCode::SUCCESS
        })
    }
}
