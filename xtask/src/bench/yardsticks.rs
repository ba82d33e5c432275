//! What PostgreSQL does on this machine when nobody is in the way, as pgbench sees it.

use std::fmt;
use std::io::Write as _;

use anyhow::{Context, Result};
use serde::Serialize;
use tempfile::NamedTempFile;

use crate::program;
use crate::services::Postgres;

/// Concurrent clients; the server is measured with as many connections.
pub const CLIENTS: [u32; 2] = [16, 64];

/// At least as many branches as clients, else TPC-B measures its own row locks.
const SCALE: u32 = 64;
const DATABASE: &str = "yardstick";

/// One durable UPDATE of one row by its key.
const SINGLE_ROW_UPDATE: &str = "\
\\set aid random(1, 100000 * :scale)
UPDATE pgbench_accounts SET abalance = abalance + 1 WHERE aid = :aid;
";

/// The three workloads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Workload {
    /// `pgbench -S -M prepared`: one row by its key.
    Select,
    /// One durable UPDATE by key in a transaction of its own.
    Update,
    /// Five statements, three of them updates, in one transaction.
    TpcB,
}

/// What one run of pgbench measured.
#[derive(Debug, Serialize)]
pub struct Figure {
    /// What was run.
    pub workload: Workload,
    /// Concurrent clients.
    pub clients: u32,
    /// Transactions a second.
    pub tps: f64,
    /// Mean latency.
    pub mean_ms: f64,
}

/// The prepared database.
pub struct Yardsticks {
    seconds: u32,
    update: NamedTempFile,
}

impl Yardsticks {
    /// Fills the tables pgbench runs on; every run will take so long.
    pub fn prepare(postgres: &Postgres, seconds: u32) -> Result<Self> {
        program::quiet(postgres.client("createdb").arg(DATABASE))?;
        program::quiet(
            postgres
                .client("pgbench")
                .args(["--initialize", "--init-steps=dtGvp", "--quiet"])
                .arg(format!("--scale={SCALE}"))
                .arg(DATABASE),
        )?;
        let mut update = NamedTempFile::new()?;
        update.write_all(SINGLE_ROW_UPDATE.as_bytes())?;

        Ok(Self { seconds, update })
    }

    /// Runs all workloads with all numbers of clients.
    pub fn measure(&self, postgres: &Postgres) -> Result<Vec<Figure>> {
        let mut figures = Vec::new();
        for workload in [Workload::Select, Workload::Update, Workload::TpcB] {
            for clients in CLIENTS {
                let figure = self.pgbench(postgres, workload, clients)?;
                println!("{figure}");
                figures.push(figure);
            }
        }
        Ok(figures)
    }

    fn pgbench(&self, postgres: &Postgres, workload: Workload, clients: u32) -> Result<Figure> {
        let mut command = postgres.client("pgbench");
        command
            .args(["--protocol=prepared", "--no-vacuum", "--jobs=2"])
            .arg(format!("--client={clients}"))
            .arg(format!("--time={}", self.seconds));
        match workload {
            Workload::Select => {
                command.arg("--select-only");
            }
            Workload::Update => {
                command.arg(format!("--define=scale={SCALE}"));
                command.arg("--file").arg(self.update.path());
            }
            Workload::TpcB => {}
        }
        let said = program::output(command.arg(DATABASE))?;

        Ok(Figure {
            workload,
            clients,
            tps: number_after(&said, "tps = ")?,
            mean_ms: number_after(&said, "latency average = ")?,
        })
    }
}

fn number_after(said: &str, label: &str) -> Result<f64> {
    said.split_once(label)
        .and_then(|(_, rest)| rest.split_whitespace().next())
        .and_then(|number| number.parse().ok())
        .with_context(|| format!("pgbench did not say `{label}`:\n{said}"))
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self.workload {
            Workload::Select => "pgbench -S",
            Workload::Update => "pgbench UPDATE",
            Workload::TpcB => "pgbench TPC-B",
        };
        write!(
            f,
            "{name:<16} c{:<3} {:>9.0}/s  mean {:.2} ms",
            self.clients, self.tps, self.mean_ms
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_off_what_pgbench_says() {
        let said = "latency average = 0.637 ms\ninitial connection time = 11 ms\ntps = 25124.5 (without initial connection time)\n";

        assert!((number_after(said, "tps = ").unwrap() - 25124.5).abs() < 1e-9);
        assert!((number_after(said, "latency average = ").unwrap() - 0.637).abs() < 1e-9);
        assert!(number_after("", "tps = ").is_err());
    }
}
