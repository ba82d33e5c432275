//! Load from wrk, which runs beside the server as pgbench runs beside PostgreSQL.

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

use super::seed::MACHINES_PER_LICENSE;
use crate::program;
use crate::server::Server;
use crate::tools::{self, Package};

const WRK: Package = Package {
    apt: &["wrk"],
    brew: &["wrk"],
};

/// A hot path, as the script calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Path {
    /// `GET /livez`: what the HTTP stack takes by itself.
    Hello,
    /// Validation of a random license by its key.
    Validate,
    /// A ping of a random machine by its license.
    Ping,
    /// A new machine for a random license, by that license.
    Activate,
}

impl Path {
    /// Activation comes last, because it adds machines.
    pub const ALL: [Self; 4] = [Self::Hello, Self::Validate, Self::Ping, Self::Activate];

    /// Its name in the script and in the table.
    pub fn name(self) -> &'static str {
        match self {
            Self::Hello => "hello",
            Self::Validate => "validate",
            Self::Ping => "ping",
            Self::Activate => "activate",
        }
    }
}

/// What one run of wrk measured.
#[derive(Debug, Deserialize, Serialize)]
pub struct Load {
    requests: u64,
    duration_us: u64,
    /// Median latency.
    pub p50_us: u64,
    /// The latency that one request in a hundred exceeds.
    pub p99_us: u64,
    refused: u64,
    broken: u64,
}

impl Load {
    /// A second with one answer, for tests of what is made of it.
    #[cfg(test)]
    pub fn of_latencies(p50_us: u64, p99_us: u64) -> Self {
        Self {
            requests: 1,
            duration_us: 1_000_000,
            p50_us,
            p99_us,
            refused: 0,
            broken: 0,
        }
    }

    /// Answered requests a second.
    pub fn per_second(&self) -> f64 {
        self.requests as f64 * 1e6 / self.duration_us as f64
    }
}

/// Loads one path with so many connections; an error when any answer was one.
pub fn run(
    server: &Server,
    path: Path,
    machines: u64,
    connections: u32,
    seconds: u32,
) -> Result<Load> {
    let wrk = tools::find_or_install("wrk", &[], &WRK)?;
    let tag = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)?
        .as_nanos();
    let said = program::output(
        program::program(wrk)
            .args(["--threads=1", "--timeout=10s"])
            .arg(format!("--connections={connections}"))
            .arg(format!("--duration={seconds}s"))
            .args([
                "--script",
                "xtask/bench/hot_paths.lua",
                server.url(),
                "--",
                path.name(),
            ])
            .args([
                machines.to_string(),
                MACHINES_PER_LICENSE.to_string(),
                tag.to_string(),
            ]),
    )?;
    let line = said
        .lines()
        .rfind(|line| line.starts_with('{'))
        .context("wrk gave no summary")?;
    let load: Load = serde_json::from_str(line)?;
    if load.refused > 0 || load.broken > 0 {
        bail!(
            "{} at {connections} connections: {} of {} answers were errors and {} connections broke\n{}",
            path.name(),
            load.refused,
            load.requests,
            load.broken,
            server.last_words()?
        );
    }
    Ok(load)
}
