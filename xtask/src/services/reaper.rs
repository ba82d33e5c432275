//! Cleans up after a throw-away service even when we are killed.
//!
//! A small shell process waits at a pipe whose other end only we hold. When we close it, or die of
//! whatever cause, the pipe ends and the shell stops the service and removes its directory.

use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};

use anyhow::{Context, Result};

/// `$1` is the service's directory, and the first line of a pid file there is its process id.
/// SIGQUIT is PostgreSQL's "stop at once".
const SCRIPT: &str = r#"
cat >/dev/null
stop() {
    [ -f "$2" ] || return
    pid=$(head -n 1 "$2")
    kill -"$1" "$pid" 2>/dev/null
    i=0
    while kill -0 "$pid" 2>/dev/null && [ $i -lt 100 ]; do i=$((i + 1)); sleep 0.05; done
    kill -KILL "$pid" 2>/dev/null
}
stop QUIT "$1/data/postmaster.pid"
stop TERM "$1/redis.pid"
stop TERM "$1/server.pid"
rm -rf "$1"
"#;

/// Owns the directory of one service.
pub struct Reaper {
    directory: PathBuf,
    pipe: Option<ChildStdin>,
    process: Child,
}

impl Reaper {
    /// Makes a fresh directory and sets the watch over it.
    pub fn with_directory(name: &str) -> Result<Self> {
        let directory = tempfile::Builder::new()
            .prefix(&format!("keystead-{name}-"))
            .tempdir()
            .context("no temporary directory")?
            .keep();
        let mut process = Command::new("sh")
            .args(["-c", SCRIPT, "reaper"])
            .arg(&directory)
            // Out of reach of the terminal's ctrl-c, which is one of the deaths it waits for.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("cannot run `sh`")?;
        let pipe = process.stdin.take();

        Ok(Self {
            directory,
            pipe,
            process,
        })
    }

    /// The directory that will be removed.
    pub fn directory(&self) -> &Path {
        &self.directory
    }
}

impl Drop for Reaper {
    fn drop(&mut self) {
        drop(self.pipe.take());
        let _ = self.process.wait();
    }
}
