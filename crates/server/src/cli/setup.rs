//! `keystead setup`: everything a first start makes, without serving.

use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use keystead_signing::Secret;

use super::{Global, master_key_variable, output};
use crate::boot::{self, Overrides};
use crate::{first_run, server};

/// Flags of `keystead setup`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  keystead setup\n  keystead setup --json --set bootstrap.email=ada@example.com > credentials.json\n\nOn a database that has an account it changes nothing and prints no secret."
)]
pub struct Setup {
    /// Prints what was made as one line of JSON; nothing when nothing was made.
    #[arg(long)]
    json: bool,
}

impl Setup {
    pub async fn run(self, global: &Global) -> Result<ExitCode> {
        let config = global.load(Vec::new())?.config;
        let overrides = Overrides {
            master_key: master_key_variable().map(Secret::new),
            ..Overrides::default()
        };
        let db = boot::connect(&config).await?;
        let app = boot::application(&config, overrides, db).await?;
        let made = first_run::bootstrap(&app, &config).await?;
        app.db.close().await?;

        let url = server::public_url(&config, config.http.listen);
        match made {
            Some(made) if self.json => output::json(&made.announcement(&url))?,
            Some(made) => output::text(&made.announcement(&url).to_string())?,
            None if self.json => {}
            None => output::line("there is an account already; nothing was changed")?,
        }
        Ok(ExitCode::SUCCESS)
    }
}
