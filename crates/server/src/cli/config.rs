//! `keystead config`: the annotated default file, or its reference as tables.

use std::process::ExitCode;

use anyhow::Result;
use clap::Args;

use super::output;
use crate::config::{DEFAULTS, markdown};

/// Flags of `keystead config`.
#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  keystead config > keystead.toml    then delete what you don't change"
)]
pub struct Config {
    /// Prints tables in Markdown instead.
    #[arg(long)]
    markdown: bool,
}

impl Config {
    pub fn run(self) -> Result<ExitCode> {
        if self.markdown {
            output::text(&markdown(DEFAULTS))?;
        } else {
            output::text(DEFAULTS)?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
