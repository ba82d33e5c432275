//! A throw-away Redis server.

use std::fs;
use std::net::{Ipv4Addr, TcpStream};
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use super::free_port;
use super::reaper::Reaper;
use crate::program;
use crate::tools::{self, Package};

const PACKAGE: Package = Package {
    apt: &["redis-server"],
    brew: &["redis"],
};

/// A running server that keeps nothing on disk; stopped and removed when dropped.
pub struct Redis {
    port: u16,
    _reaper: Reaper,
}

impl Redis {
    /// Finds or installs Redis and starts it.
    pub fn start() -> Result<Self> {
        let server = tools::find_or_install("redis-server", &[], &PACKAGE)?;
        let reaper = Reaper::with_directory("redis")?;
        let port = free_port()?;
        program::quiet(
            program::program(server)
                .args(["--daemonize", "yes", "--bind", "127.0.0.1"])
                .args(["--save", "", "--appendonly", "no", "--port"])
                .arg(port.to_string())
                .arg("--dir")
                .arg(reaper.directory())
                .arg("--pidfile")
                .arg(reaper.directory().join("redis.pid"))
                .arg("--logfile")
                .arg(reaper.directory().join("log")),
        )?;

        let deadline = Instant::now() + Duration::from_secs(20);
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            if Instant::now() > deadline {
                let log = fs::read_to_string(reaper.directory().join("log")).unwrap_or_default();
                bail!("redis-server does not answer\n{log}");
            }
            std::thread::sleep(Duration::from_millis(20));
        }

        Ok(Self {
            port,
            _reaper: reaper,
        })
    }

    /// Where it listens.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.port)
    }
}
