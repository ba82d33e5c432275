//! A built `keystead` on a throw-away data directory and a port of its own.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::http::Client;
use crate::services::Reaper;
use crate::{program, workspace};

/// Longer than any start should take, so that a hang is told from a slow one.
const PATIENCE: Duration = Duration::from_secs(60);
const LISTENING: &str = "listening on ";
const DATA: &str = "data";
const LOG: &str = "log";

/// What the server says once, on an empty database.
#[derive(Debug, Deserialize)]
pub struct FirstRun {
    /// The one account.
    pub account_id: String,
    /// The administrator's.
    pub email: String,
    /// The administrator's, said this once.
    pub password: String,
}

/// A running server; killed and its data removed when dropped.
pub struct Server {
    binary: PathBuf,
    settings: Vec<(String, String)>,
    process: Child,
    url: String,
    boot: Duration,
    first_run: FirstRun,
    reaper: Reaper,
}

/// Which of cargo's builds.
#[derive(Clone, Copy)]
pub enum Build {
    /// Quick to build.
    Debug,
    /// What users run.
    Release,
}

/// Builds the binary and says where it is.
pub fn build(build: Build) -> Result<PathBuf> {
    let mut command = program::cargo();
    command.args(["build", "--bin", "keystead"]);
    let directory = match build {
        // With what the tests were built from, which is most of it.
        Build::Debug => {
            command.arg("--workspace");
            "debug"
        }
        Build::Release => {
            command.args(["--package", "keystead-server", "--release"]);
            "release"
        }
    };
    program::run(&mut command)?;
    Ok(workspace::target().join(directory).join("keystead"))
}

impl Server {
    /// Starts it with these settings on an otherwise default configuration and an empty data
    /// directory, and waits until it listens.
    pub fn start(binary: &Path, settings: &[(&str, &str)]) -> Result<Self> {
        let reaper = Reaper::with_directory("server")?;
        let settings: Vec<_> = settings
            .iter()
            .map(|(name, value)| ((*name).into(), (*value).into()))
            .collect();
        let start = start(binary, &settings, reaper.directory(), true)?;
        let first_run = start
            .first_run
            .context("it said nothing about its first account")?;
        Ok(Self {
            binary: binary.to_owned(),
            settings,
            process: start.process,
            url: start.url,
            boot: start.boot,
            first_run,
            reaper,
        })
    }

    /// Ends it as an operator would and starts it again on the data it has.
    pub fn restart(&mut self) -> Result<()> {
        let id = self.process.id().to_string();
        program::run(program::program("kill").args(["-TERM", &id]))?;
        self.process.wait()?;
        let start = start(&self.binary, &self.settings, self.reaper.directory(), false)?;
        (self.process, self.url, self.boot) = (start.process, start.url, start.boot);
        Ok(())
    }

    /// Where it listens, without a slash at the end.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// From the start of the process until it listened, as of the latest start.
    pub fn boot(&self) -> Duration {
        self.boot
    }

    /// What it said about its first account.
    pub fn first_run(&self) -> &FirstRun {
        &self.first_run
    }

    /// Logs the administrator in: the new token, as the API answers it.
    pub fn log_in(&self) -> Result<Value> {
        let FirstRun {
            email, password, ..
        } = &self.first_run;
        Client::basic(&self.url, email, password).post("/v1/tokens", &json!({}))
    }

    /// The administrator, logged in.
    pub fn admin(&self) -> Result<Client> {
        let token = self.log_in()?;
        let secret = token
            .pointer("/data/attributes/token")
            .and_then(Value::as_str);
        Ok(Client::bearer(
            &self.url,
            secret.context("the new token is not in the answer")?,
        ))
    }

    /// What it logged since the latest start.
    pub fn log(&self) -> PathBuf {
        self.reaper.directory().join(LOG)
    }

    /// The end of its log, for an error that is about it.
    pub fn last_words(&self) -> Result<String> {
        let log = fs::read_to_string(self.log())?;
        let lines: Vec<&str> = log.lines().collect();
        Ok(lines[lines.len().saturating_sub(20)..].join("\n"))
    }

    /// Its data directory.
    pub fn data(&self) -> PathBuf {
        self.reaper.directory().join(DATA)
    }

    /// Whether it still runs.
    pub fn is_alive(&mut self) -> bool {
        matches!(self.process.try_wait(), Ok(None))
    }

    /// Memory in use right now.
    pub fn resident_bytes(&self) -> Result<u64> {
        let id = self.process.id().to_string();
        let said = program::output(program::program("ps").args(["-o", "rss=", "-p", &id]))?;
        let kibibytes: u64 = said.trim().parse().context("`ps` gave no number")?;
        Ok(kibibytes * 1024)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

struct Start {
    process: Child,
    url: String,
    boot: Duration,
    first_run: Option<FirstRun>,
}

fn start(
    binary: &Path,
    settings: &[(String, String)],
    directory: &Path,
    is_first: bool,
) -> Result<Start> {
    let log = directory.join(LOG);
    let started = Instant::now();
    let mut process = program::program(binary)
        .args(["serve", "--json"])
        .current_dir(directory)
        .env("KEYSTEAD_DATA_DIR", directory.join(DATA))
        .env("KEYSTEAD_HTTP__LISTEN", "127.0.0.1:0")
        .env("KEYSTEAD_METRICS__LISTEN", "")
        .envs(settings.iter().map(|(name, value)| (name, value)))
        .stdout(Stdio::piped())
        .stderr(fs::File::create(&log)?)
        .spawn()
        .with_context(|| format!("cannot run {}", binary.display()))?;
    fs::write(directory.join("server.pid"), process.id().to_string())?;

    let stdout = process
        .stdout
        .take()
        .context("the server's output is piped")?;
    match hear(&lines(stdout), is_first) {
        Ok((url, first_run)) => Ok(Start {
            process,
            url,
            boot: started.elapsed(),
            first_run,
        }),
        Err(fault) => {
            let _ = process.kill();
            let _ = process.wait();
            let log = fs::read_to_string(&log).unwrap_or_default();
            Err(fault.context(format!("the server did not start:\n{log}")))
        }
    }
}

/// Reads on for as long as the process writes, so that it never waits for a reader.
fn lines(output: impl std::io::Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            let _ = sender.send(line);
        }
    });
    receiver
}

fn hear(lines: &Receiver<String>, is_first: bool) -> Result<(String, Option<FirstRun>)> {
    let deadline = Instant::now() + PATIENCE;
    let mut first_run = None;
    let mut url = None;
    while url.is_none() || (is_first && first_run.is_none()) {
        match lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(line) => {
                if let Some((_, said)) = line.split_once(LISTENING) {
                    url = Some(said.trim().trim_end_matches('/').to_owned());
                } else if let Ok(said) = serde_json::from_str(&line) {
                    first_run = Some(said);
                }
            }
            Err(RecvTimeoutError::Timeout) => bail!("it said nothing for {PATIENCE:?}"),
            Err(RecvTimeoutError::Disconnected) => bail!("it ended"),
        }
    }
    Ok((url.context("it did not say where it listens")?, first_run))
}
