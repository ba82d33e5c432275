//! Validate, ping and activate, on both databases, with few machines and with many.

use std::fs;
use std::path::Path as File;
use std::time::Duration;

use anyhow::{Context, Result};

use super::Options;
use super::load::{self, Path};
use super::report::{Boot, Measured, Report};
use super::seed;
use super::yardsticks::{CLIENTS, Yardsticks};
use crate::database::Database;
use crate::server::{self, Build, Server};
use crate::services::{Durability, Postgres};

/// How long the server rests before its idle memory is read.
const REST: Duration = Duration::from_secs(5);

struct Plan {
    /// Few and many.
    machines: [u64; 2],
    /// Yardsticks and paths take turns, so that a slow minute of the machine hits both.
    rounds: u32,
    seconds: u32,
}

impl Plan {
    fn of(options: &Options) -> Self {
        if options.quick {
            Self {
                machines: [1_000, 20_000],
                rounds: 1,
                seconds: 4,
            }
        } else {
            Self {
                machines: [1_000, 1_000_000],
                rounds: 3,
                seconds: 10,
            }
        }
    }
}

/// Prints the table, and writes every figure where it was asked to.
pub fn run(options: &Options) -> Result<()> {
    let plan = Plan::of(options);
    let binary = server::build(Build::Release)?;
    let mut report = Report::new(boot(&binary)?);

    let postgres = Postgres::start(Durability::Full)?;
    let yardsticks = Yardsticks::prepare(&postgres, plan.seconds)?;
    for machines in plan.machines {
        let name = format!("keystead_{machines}");
        let database = Database::on_postgres(&postgres, &name)?;
        let server = Server::start(
            &binary,
            &[("KEYSTEAD_DATABASE__URL", &postgres.url_of(&name))],
        )?;
        fill(&server, &database, machines)?;
        for round in 1..=plan.rounds {
            println!("round {round} of {}", plan.rounds);
            report.yardsticks.extend(yardsticks.measure(&postgres)?);
            measure(&server, &database, machines, &plan, &mut report)?;
        }
    }
    for machines in plan.machines {
        let server = Server::start(&binary, &[])?;
        let database = Database::in_directory(&server.data());
        fill(&server, &database, machines)?;
        for _ in 0..plan.rounds {
            measure(&server, &database, machines, &plan, &mut report)?;
        }
    }

    println!("\n{report}");
    if let Some(file) = &options.json {
        fs::write(file, serde_json::to_string_pretty(&report)?)
            .with_context(|| format!("cannot write {}", file.display()))?;
    }
    Ok(())
}

/// A first start on nothing, a second on what the first made, and what it takes at rest.
fn boot(binary: &File) -> Result<Boot> {
    let mut server = Server::start(binary, &[])?;
    let first = server.boot();
    server.restart()?;
    std::thread::sleep(REST);
    Ok(Boot {
        first_ms: first.as_secs_f64() * 1e3,
        again_ms: server.boot().as_secs_f64() * 1e3,
        idle_bytes: server.resident_bytes()?,
    })
}

fn fill(server: &Server, database: &Database<'_>, machines: u64) -> Result<()> {
    println!("{} with {machines} machines", database.kind());
    seed::fill(server, database, machines)
}

fn measure(
    server: &Server,
    database: &Database<'_>,
    machines: u64,
    plan: &Plan,
    report: &mut Report,
) -> Result<()> {
    for path in Path::ALL {
        for connections in CLIENTS {
            load::run(server, path, machines, connections, 2)?;
            let load = load::run(server, path, machines, connections, plan.seconds)?;
            let measured = Measured {
                path,
                database: database.kind(),
                machines,
                connections,
                per_second: load.per_second(),
                load,
            };
            println!("{measured}");
            report.paths.push(measured);
        }
    }
    Ok(())
}
