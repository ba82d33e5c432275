//! Validate, ping and activate, on both databases, with few machines and with many.

use std::fs;
use std::path::Path as File;
use std::time::Duration;

use anyhow::{Context, Result};

use super::load::{self, Path};
use super::report::{Boot, Measured, Report};
use super::seed;
use super::yardsticks::{CLIENTS, Yardsticks};
use crate::database::Database;
use crate::server::{self, Build, Server};
use crate::services::{Durability, Postgres};

/// How long the server rests before its idle memory is read.
const REST: Duration = Duration::from_secs(5);

/// How long, what of it, and where to.
#[derive(clap::Args)]
#[group(skip)]
pub struct Options {
    #[command(flatten)]
    all: super::Options,
    /// Only this path; may be given again
    #[arg(long, value_enum)]
    path: Vec<Path>,
    /// PostgreSQL alone, with which the goals are
    #[arg(long)]
    postgres: bool,
    /// Rounds, each with its own yardsticks, instead of three
    #[arg(long)]
    rounds: Option<u32>,
}

struct Plan {
    /// Few and many.
    machines: [u64; 2],
    /// Yardsticks and paths take turns, so that a slow minute of the machine hits both.
    rounds: u32,
    seconds: u32,
    paths: Vec<Path>,
}

impl Plan {
    fn of(options: &Options) -> Self {
        // Activation comes last in any order that was asked for, because it adds machines.
        let asked = |path: &Path| options.path.is_empty() || options.path.contains(path);
        let paths = Path::ALL.into_iter().filter(asked).collect();
        if options.all.quick {
            Self {
                paths,
                machines: [1_000, 20_000],
                rounds: options.rounds.unwrap_or(1),
                seconds: 4,
            }
        } else {
            Self {
                paths,
                machines: [1_000, 1_000_000],
                rounds: options.rounds.unwrap_or(3),
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
    let on_sqlite = plan.machines.into_iter().filter(|_| !options.postgres);
    for machines in on_sqlite {
        let server = Server::start(&binary, &[])?;
        let database = Database::in_directory(&server.data());
        fill(&server, &database, machines)?;
        for _ in 0..plan.rounds {
            measure(&server, &database, machines, &plan, &mut report)?;
        }
    }

    println!("\n{report}");
    if let Some(file) = &options.all.json {
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
    for &path in &plan.paths {
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
