//! `keystead serve`: the server, until Ctrl-C or SIGTERM.

use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Args;
use keystead_signing::Secret;
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::{Global, INTERRUPTED, flag, master_key_variable, output};
use crate::boot::Overrides;
use crate::config::{Override, Role};
use crate::{Server, telemetry};

/// Flags of `keystead serve`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  keystead serve\n  keystead serve --listen 0.0.0.0:6480 --role api\n  keystead serve --json | head -1 | jq -r .password\n\nOn an empty database the first account and admin are made, and what is needed to log in is printed\nonce. Ctrl-C or SIGTERM lets running requests and jobs finish; a second one ends at once."
)]
pub struct Serve {
    /// Address and port to listen on; port 0 takes a free one, which is printed.
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<String>,
    /// What this process does.
    #[arg(long)]
    role: Option<Role>,
    /// Prints what was made on the first run as one line of JSON.
    #[arg(long)]
    json: bool,
}

impl Serve {
    pub async fn run(self, global: &Global) -> Result<ExitCode> {
        let loaded = global.load(self.overrides())?;
        let telemetry = telemetry::install(&loaded.config)?;
        if let Some(file) = &loaded.file {
            tracing::info!(file = %file.display(), "configuration read");
        }
        let mut interrupt = Interrupt::listen()?;

        let overrides = Overrides {
            master_key: master_key_variable().map(Secret::new),
            ..Overrides::default()
        };
        let running = tokio::select! {
            running = Server::start(loaded.config, overrides) => running?,
            () = interrupt.wait() => return Ok(ExitCode::SUCCESS),
        };
        if let Some(first_run) = &running.first_run {
            let announcement = first_run.announcement(&running.url);
            if self.json {
                output::json(&announcement)?;
            } else {
                output::line(&announcement.to_string())?;
            }
        }
        output::line(&format!("listening on http://{}", running.addr))?;

        interrupt.wait().await;
        tracing::info!("stopping; once more ends at once");
        tokio::select! {
            () = running.shutdown() => {}
            () = interrupt.wait() => return Ok(ExitCode::from(INTERRUPTED)),
        }
        tracing::info!("stopped");
        tokio::select! {
            flushed = tokio::task::spawn_blocking(|| telemetry.flush()) => flushed?,
            () = interrupt.wait() => return Ok(ExitCode::from(INTERRUPTED)),
        }
        Ok(ExitCode::SUCCESS)
    }

    fn overrides(&self) -> Vec<Override> {
        let role = self.role.map(Role::as_str);
        [
            flag("--listen", "http.listen", self.listen.as_ref()),
            flag("--role", "role", role.as_ref()),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// Ctrl-C, and what service managers send.
struct Interrupt {
    ctrl_c: Signal,
    terminate: Signal,
}

impl Interrupt {
    fn listen() -> Result<Self> {
        let listen = |kind| signal(kind).context("can't listen to signals");
        Ok(Self {
            ctrl_c: listen(SignalKind::interrupt())?,
            terminate: listen(SignalKind::terminate())?,
        })
    }

    async fn wait(&mut self) {
        tokio::select! {
            _ = self.ctrl_c.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
