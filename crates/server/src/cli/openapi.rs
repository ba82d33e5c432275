//! `keystead openapi`: the description of the API.

use std::process::ExitCode;

use anyhow::Result;

use super::output;

pub fn run() -> Result<ExitCode> {
    output::line(keystead_api::document().trim_end())?;
    Ok(ExitCode::SUCCESS)
}
