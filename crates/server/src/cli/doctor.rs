//! `keystead doctor`: what is wrong with an installation, if something is.

mod checks;

use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use serde::Serialize;
use serde_json::json;

use super::{Global, output};
use crate::config::{Backend, Config};

/// Flags of `keystead doctor`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  keystead doctor\n  keystead doctor --json | jq '.checks[] | select(.state != \"ok\")'\n\nChanges nothing. Exits with 1 when a check fails; warnings don't count."
)]
pub struct Doctor {
    /// Prints one line of JSON.
    #[arg(long)]
    json: bool,
}

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    Ok,
    /// Works, but should not stay so.
    Warning,
    /// Keeps a server from starting or from doing its work.
    Failed,
}

/// One thing that was looked at.
#[derive(Clone, Debug, Serialize)]
pub struct Check {
    name: &'static str,
    state: State,
    /// What was found, and when it isn't fine, what to do.
    detail: String,
}

impl Check {
    fn ok(name: &'static str, detail: impl Into<String>) -> Self {
        Self {
            name,
            state: State::Ok,
            detail: detail.into(),
        }
    }

    fn warning(name: &'static str, detail: impl Into<String>) -> Self {
        Self {
            name,
            state: State::Warning,
            detail: detail.into(),
        }
    }

    fn failed(name: &'static str, detail: impl Into<String>) -> Self {
        Self {
            name,
            state: State::Failed,
            detail: detail.into(),
        }
    }
}

impl Doctor {
    pub async fn run(self, global: &Global) -> Result<ExitCode> {
        let checks = match global.load(Vec::new()) {
            Ok(loaded) => {
                let source = loaded.file.as_ref().map_or_else(
                    || "no file; defaults, environment and flags".to_owned(),
                    |file| file.display().to_string(),
                );
                let mut checks = vec![Check::ok("configuration", source)];
                checks.extend(look(&loaded.config).await);
                checks
            }
            Err(error) => vec![Check::failed("configuration", format!("{error:#}"))],
        };
        let healthy = checks.iter().all(|check| check.state != State::Failed);

        if self.json {
            output::json(&json!({ "healthy": healthy, "checks": checks }))?;
        } else {
            let mark = |state| match state {
                State::Ok => "ok",
                State::Warning => "warning",
                State::Failed => "FAILED",
            };
            let rows: Vec<Vec<String>> = checks
                .iter()
                .map(|check| {
                    vec![
                        mark(check.state).to_owned(),
                        check.name.to_owned(),
                        check.detail.clone(),
                    ]
                })
                .collect();
            output::table(&rows)?;
        }
        Ok(if healthy {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }
}

async fn look(config: &Config) -> Vec<Check> {
    let mut checks = vec![
        checks::secrets(config),
        checks::data_dir(config),
        checks::master_key(config),
        checks::clock(),
    ];
    checks.extend(checks::open_files(config));
    let (found, db) = checks::database(config).await;
    checks.extend(found);
    if config.jobs.backend == Backend::Redis {
        checks.push(checks::redis(config, db.as_ref()).await);
    }
    if let Some(db) = db
        && let Err(error) = db.close().await
    {
        checks.push(Check::warning(
            "database",
            format!("closed out of order: {error}"),
        ));
    }
    checks
}
