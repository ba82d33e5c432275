//! The program as an operator meets it: arguments in, exit code and output out.
#![expect(clippy::unwrap_used, reason = "a step that fails ends its test")]

mod commands;
mod secrets;
mod serve;
mod settings;

use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};

use tempfile::TempDir;

/// A directory to work in, with nothing of ours in the environment.
struct Place {
    directory: TempDir,
    environment: Vec<(&'static str, String)>,
}

/// What a finished command said.
struct Said {
    status: ExitStatus,
    out: String,
    err: String,
}

impl Place {
    fn new() -> Self {
        Self {
            directory: tempfile::tempdir().unwrap(),
            environment: Vec::new(),
        }
    }

    fn with(mut self, name: &'static str, value: &str) -> Self {
        self.environment.push((name, value.to_owned()));
        self
    }

    fn data(&self) -> PathBuf {
        self.directory.path().join("keystead-data")
    }

    fn key_file(&self) -> PathBuf {
        self.data().join("master.key")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_keystead"));
        command.args(arguments).current_dir(self.directory.path());
        let inherited = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
        for name in inherited.filter(|name| name.starts_with("KEYSTEAD_")) {
            command.env_remove(name);
        }
        for (name, value) in &self.environment {
            command.env(name, value);
        }
        command
    }

    fn run(&self, arguments: &[&str]) -> Said {
        let output = self.command(arguments).output().unwrap();
        Said {
            status: output.status,
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Starts a server on a free port and reads on until it listens.
    fn serve(&self, arguments: &[&str]) -> Serving {
        let all = [
            &[
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--set",
                "metrics.listen=",
            ],
            arguments,
        ]
        .concat();
        let mut process = self
            .command(&all)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut reader = BufReader::new(process.stdout.take().unwrap());
        let mut said = String::new();
        let url = loop {
            let mut line = String::new();
            if reader.read_line(&mut line).unwrap() == 0 {
                let mut err = String::new();
                process
                    .stderr
                    .take()
                    .unwrap()
                    .read_to_string(&mut err)
                    .unwrap();
                panic!("it ended: {said}{err}");
            }
            if let Some(url) = line.strip_prefix("listening on ") {
                break url.trim().to_owned();
            }
            said.push_str(&line);
        };
        Serving {
            process,
            reader,
            said,
            url,
        }
    }
}

/// A running server; killed when dropped.
struct Serving {
    process: Child,
    reader: BufReader<ChildStdout>,
    /// What it said before it listened.
    said: String,
    url: String,
}

impl Serving {
    fn signal(&self, name: &str) {
        let id = self.process.id().to_string();
        assert!(
            Command::new("kill")
                .args([name, &id])
                .status()
                .unwrap()
                .success()
        );
    }

    /// Ends it as a service manager does, and returns what it still said.
    fn stop(mut self) -> (ExitStatus, String) {
        self.signal("-TERM");
        let mut rest = String::new();
        self.reader.read_to_string(&mut rest).unwrap();
        (self.process.wait().unwrap(), rest)
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}
