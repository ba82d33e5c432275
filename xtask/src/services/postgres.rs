//! A throw-away PostgreSQL server.

use std::cmp::Reverse;
use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::free_port;
use super::reaper::Reaper;
use crate::program;
use crate::tools::{self, Package};

const PACKAGE: Package = Package {
    apt: &["postgresql"],
    brew: &["postgresql@16"],
};

/// What the server does at a commit.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Nothing reaches the disk in time: for tests, whose data dies with them anyway.
    None,
    /// A commit is on disk, and the memory is that of a small server: for measuring.
    Full,
}

/// A running server; stopped and removed when dropped.
pub struct Postgres {
    bin: PathBuf,
    port: u16,
    _reaper: Reaper,
}

impl Postgres {
    /// Finds or installs PostgreSQL, makes a cluster and starts it.
    pub fn start(durability: Durability) -> Result<Self> {
        let bin = bin_directory()?;
        let reaper = Reaper::with_directory("postgres")?;
        let owner = Owner::of_cluster();
        owner.take(reaper.directory())?;

        let data = reaper.directory().join("data");
        program::quiet(
            owner
                .command(&bin.join("initdb"), reaper.directory())
                .args([
                    "--username=postgres",
                    "--auth=trust",
                    "--encoding=UTF8",
                    "--no-sync",
                ])
                .args(["--locale=C", "--pgdata"])
                .arg(&data),
        )?;
        let port = free_port()?;
        let configuration = data.join("postgresql.auto.conf");
        fs::write(&configuration, settings(durability, port)).context("cannot configure")?;
        program::quiet(
            owner
                .command(&bin.join("pg_ctl"), reaper.directory())
                .args(["start", "--wait", "--timeout=60", "--silent", "--pgdata"])
                .arg(&data)
                .arg("--log")
                .arg(reaper.directory().join("log")),
        )?;

        Ok(Self {
            bin,
            port,
            _reaper: reaper,
        })
    }

    /// Connects as the superuser to the database `postgres`.
    pub fn url(&self) -> String {
        self.url_of("postgres")
    }

    /// Connects as the superuser to the named database.
    pub fn url_of(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }

    /// A client program of this PostgreSQL's version, such as `pgbench`.
    pub fn client(&self, name: &str) -> Command {
        let mut command = program::program(self.bin.join(name));
        command
            .env("PGHOST", "127.0.0.1")
            .env("PGPORT", self.port.to_string())
            .env("PGUSER", "postgres");
        command
    }
}

/// TCP only: the path of a socket in a temporary directory may be longer than a socket's may be.
fn settings(durability: Durability, port: u16) -> String {
    let of_kind = match durability {
        Durability::None => {
            "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\nautovacuum = off\n"
        }
        Durability::Full => {
            "shared_buffers = 1GB\nmax_wal_size = 8GB\ncheckpoint_timeout = 15min\n"
        }
    };
    format!(
        "listen_addresses = '127.0.0.1'\nport = {port}\nunix_socket_directories = ''\n\
         max_connections = 400\n{of_kind}"
    )
}

/// PostgreSQL refuses to run as root, so it is given to someone else then.
enum Owner {
    Us,
    Other { user: u32, group: u32 },
}

impl Owner {
    fn of_cluster() -> Self {
        if !tools::is_root() {
            return Self::Us;
        }
        ["postgres", "nobody"]
            .into_iter()
            .find_map(|name| {
                let user = tools::user_id(Some(name))?;
                let group = tools::group_id(name)?;
                Some(Self::Other { user, group })
            })
            .unwrap_or(Self::Us)
    }

    fn take(&self, directory: &Path) -> Result<()> {
        if let Self::Other { user, group } = self {
            chown(directory, Some(*user), Some(*group)).context("cannot change the owner")?;
        }
        fs::set_permissions(directory, Permissions::from_mode(0o755))?;
        Ok(())
    }

    fn command(&self, program: &Path, directory: &Path) -> Command {
        let mut command = program::program(program);
        command.current_dir(directory);
        if let Self::Other { user, group } = self {
            command.uid(*user).gid(*group);
        }
        command
    }
}

/// The directory with `initdb`, `pg_ctl` and `postgres`; Debian keeps it out of `PATH`.
fn bin_directory() -> Result<PathBuf> {
    let initdb = match program::find("initdb", &usual_places()) {
        Some(found) => found,
        None => {
            tools::install("initdb", &PACKAGE)?;
            program::find("initdb", &usual_places())
                .context("installed PostgreSQL, but can't find its `initdb`")?
        }
    };
    // Through symbolic links, because its siblings need not be linked beside it.
    let initdb = initdb.canonicalize()?;
    let directory = initdb.parent().context("`initdb` is in no directory")?;
    Ok(directory.to_path_buf())
}

/// Newest version first.
fn usual_places() -> Vec<PathBuf> {
    let mut places: Vec<(u32, PathBuf)> = [
        ("/usr/lib/postgresql", ""),
        ("/opt/homebrew/opt", "postgresql@"),
        ("/usr/local/opt", "postgresql@"),
        ("/usr", "pgsql-"),
    ]
    .into_iter()
    .flat_map(|(parent, prefix)| versions(Path::new(parent), prefix))
    .collect();
    places.sort_by_key(|(version, _)| Reverse(*version));

    let configured = program::program("pg_config").arg("--bindir").output();
    let configured = configured
        .ok()
        .and_then(|output| String::from_utf8(output.stdout).ok())
        .map(|path| PathBuf::from(path.trim()));

    places
        .into_iter()
        .map(|(_, path)| path)
        .chain(configured)
        .collect()
}

fn versions(parent: &Path, prefix: &str) -> Vec<(u32, PathBuf)> {
    let entries = fs::read_dir(parent).into_iter().flatten().flatten();
    entries
        .filter_map(|entry| {
            let name = entry.file_name();
            let version = name.to_str()?.strip_prefix(prefix)?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .collect()
}
