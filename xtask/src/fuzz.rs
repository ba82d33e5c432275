//! `cargo xtask fuzz`: every operation of the served document with what it does not expect.

mod fixtures;
mod report;

use std::path::Path;
use std::process::{Child, Command};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use std::{fs, thread};

use anyhow::{Context, Result, bail};

use self::fixtures::Fixtures;
use self::report::Report;
use crate::http::Client;
use crate::python::Environment;
use crate::server::{self, Build, Server};
use crate::services::{Durability, Postgres};
use crate::{program, workspace};

const CONFIGURATION: &str = "schemathesis.toml";
const REPORT: &str = "report.json";
const SCHEMATHESIS: &str = "schemathesis==4.32.5";

/// Starts a server on a throw-away database, SQLite if nothing else is asked for, and sends it valid,
/// odd and broken requests, some with ids that exist. Fails on any 5xx, on any operation left out, and when the server dies.
#[derive(clap::Args)]
pub struct Options {
    /// On PostgreSQL, which is stricter about text and numbers.
    #[arg(long)]
    postgres: bool,
    /// Generated requests for each operation, beyond the systematic ones.
    #[arg(long, default_value_t = 50)]
    max_examples: u32,
    /// When to stop in any case; what was left out then is a failure.
    #[arg(long, default_value_t = 900, value_name = "SECONDS")]
    limit: u64,
    /// Repeats an earlier run; else it is the time.
    #[arg(long)]
    seed: Option<u64>,
}

/// Runs the fuzzer and prints what it tried.
pub fn run(options: &Options) -> Result<()> {
    let seed = options.seed.map_or_else(seconds_now, Ok)?;
    let schemathesis = Environment::with("fuzz", &[SCHEMATHESIS])?;
    let binary = server::build(Build::Debug)?;
    let postgres = options
        .postgres
        .then(|| Postgres::start(Durability::None))
        .transpose()?;
    let url = postgres.as_ref().map(Postgres::url).unwrap_or_default();
    let mut server = Server::start(&binary, &[("KEYSTEAD_DATABASE__URL", &url)])?;
    let fixtures = Fixtures::create(&server)?;

    // Stays, for a look at what was answered how often.
    let directory = workspace::target().join("fuzz");
    fs::create_dir_all(&directory)?;
    fs::write(directory.join(CONFIGURATION), fixtures.configuration()?)?;
    let report = directory.join(REPORT);
    workspace::remove_leftover(&report)?;
    let command = command(
        &schemathesis,
        &server,
        &fixtures,
        (options, seed),
        &directory,
    );
    let complete = within(command, Duration::from_secs(options.limit))?;
    fs::copy(server.log(), directory.join("server.log"))?;

    let written = fs::read_to_string(&report).context("schemathesis left no report")?;
    let report: Report = serde_json::from_str(&written).context("not schemathesis' report")?;
    println!("\n{report} (seed {seed})");
    println!(
        "report and the server's log are in {}",
        workspace::relative(&directory)
    );
    if !server.is_alive() {
        bail!("the server is dead");
    }
    Client::bearer(server.url(), fixtures.token())
        .get("/v1/products")
        .context("the requests locked their own token out, so they proved nothing")?;
    if !complete {
        bail!("the limit of {} s came before the end", options.limit);
    }
    report.verdict()
}

fn command(
    schemathesis: &Environment,
    server: &Server,
    fixtures: &Fixtures,
    (options, seed): (&Options, u64),
    directory: &Path,
) -> Command {
    let mut command = schemathesis.program("schemathesis");
    command
        .current_dir(directory)
        .env("FUZZ_KEPT_IDS", fixtures.kept())
        .env("FUZZ_TOKEN", fixtures.token())
        .env("FUZZ_SPARE_TOKEN", fixtures.spare())
        .arg("--config-file")
        .arg(directory.join(CONFIGURATION))
        .args([
            "run",
            "--no-color",
            "--checks=not_a_server_error",
            "--continue-on-failure",
        ])
        .args([
            "--warnings=off",
            "--request-timeout=30",
            "--suppress-health-check=all",
        ])
        .args(["--generation-database=none", "--generation-allow-x00=true"])
        .args(["--report=json", "--output-sanitize=true"])
        .arg(format!("--origin={}", server.url()))
        .arg(format!("--max-examples={}", options.max_examples))
        .arg(format!("--seed={seed}"))
        .arg("--report-json-path")
        .arg(directory.join(REPORT));
    command.arg(format!("{}/v1/openapi.json", server.url()));
    command
}

fn seconds_now() -> Result<u64> {
    Ok(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())
}

/// Waits for the command; asks it to stop, as ctrl-c does, when the limit comes first.
/// Returns whether it ended by itself.
fn within(mut command: Command, limit: Duration) -> Result<bool> {
    let mut child = command.spawn().context("cannot run schemathesis")?;
    if ends_within(&mut child, limit)? {
        return Ok(true);
    }
    program::run(program::program("kill").args(["-INT", &child.id().to_string()]))?;
    if !ends_within(&mut child, Duration::from_secs(30))? {
        child.kill()?;
        child.wait()?;
    }
    Ok(false)
}

fn ends_within(child: &mut Child, limit: Duration) -> Result<bool> {
    let deadline = Instant::now() + limit;
    while child.try_wait()?.is_none() {
        if Instant::now() > deadline {
            return Ok(false);
        }
        thread::sleep(Duration::from_millis(100));
    }
    Ok(true)
}
