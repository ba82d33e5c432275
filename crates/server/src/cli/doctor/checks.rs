//! The checks themselves. None of them changes anything.

use std::time::Duration;

use chrono::{DateTime, Utc};
use keystead_store::{Db, Options, accounts, migrate};

use super::super::master_key_variable;
use super::Check;
use crate::config::{Config, redacted_url, weak_password};
use crate::{data_dir as directory, master_key as key, runtime, workers};

/// How long a service may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Files that are open besides connections of clients: databases, logs, the listeners.
const OTHER_FILES: u64 = 100;

/// Before this version existed: a clock that says so is wrong.
const EARLIEST: &str = "2026-01-01T00:00:00Z";

/// Passwords of the configuration.
pub fn secrets(config: &Config) -> Check {
    const NAME: &str = "secrets";
    match weak_password(config) {
        // In production the configuration itself would have been refused.
        Some(why) => Check::warning(NAME, format!("`bootstrap.password` {why}")),
        None if config.is_production() => Check::ok(NAME, "strict, as for production"),
        None => Check::ok(NAME, "lenient, as for development"),
    }
}

/// Who can look into the data directory.
pub fn data_dir(config: &Config) -> Check {
    const NAME: &str = "data directory";
    let path = &config.data_dir;
    let shown = path.display();
    match directory::mode(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Check::ok(NAME, format!("{shown} will be made on the first start"))
        }
        Err(error) => Check::failed(NAME, format!("{shown}: {error}")),
        Ok(_) if !path.is_dir() => Check::failed(NAME, format!("{shown} is not a directory")),
        Ok(mode) if mode & 0o077 != 0 => Check::warning(
            NAME,
            format!("{shown} is open to others (mode {mode:03o}): run `chmod 700 {shown}`"),
        ),
        Ok(_) => Check::ok(NAME, shown.to_string()),
    }
}

/// Whether there is a master key that may be used.
pub fn master_key(config: &Config) -> Check {
    const NAME: &str = "master key";
    let variable = master_key_variable();
    match key::load(variable.as_deref(), &config.data_dir) {
        Err(error) => Check::failed(NAME, error.to_string()),
        Ok(None) => Check::ok(NAME, "will be made on the first start"),
        Ok(Some(found)) => match key::weakness(&found) {
            Some(why) if config.is_production() => Check::failed(NAME, why),
            Some(why) => Check::warning(NAME, why),
            None if variable.is_some_and(|text| !text.is_empty()) => {
                Check::ok(NAME, format!("from {}", key::VARIABLE))
            }
            None => Check::ok(NAME, key::path(&config.data_dir).display().to_string()),
        },
    }
}

/// Whether the system's clock can be right.
pub fn clock() -> Check {
    const NAME: &str = "clock";
    let now = runtime::system_clock().now();
    let earliest: DateTime<Utc> = EARLIEST.parse().expect("it is a time");
    if now < earliest {
        Check::failed(
            NAME,
            format!("{now} is in the past: expiries and signatures would be wrong"),
        )
    } else {
        Check::ok(NAME, now.to_rfc3339_opts(chrono::SecondsFormat::Secs, true))
    }
}

/// Whether the system lets this process have as many connections as it is configured for.
pub fn open_files(config: &Config) -> Option<Check> {
    const NAME: &str = "open files";
    let limits = std::fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"))?;
    let allowed: u64 = match line.split_whitespace().next()? {
        "unlimited" => u64::MAX,
        soft => soft.parse().ok()?,
    };
    let wanted = config.http.max_connections as u64 + OTHER_FILES;
    Some(if allowed < wanted {
        Check::warning(
            NAME,
            format!(
                "{allowed} allowed, but `http.max_connections` may need {wanted}: raise the limit \
                 (`ulimit -n`, `LimitNOFILE=`)"
            ),
        )
    } else {
        Check::ok(NAME, format!("{allowed} allowed"))
    })
}

/// Whether the database answers, and what is in it; the database itself, if it does.
pub async fn database(config: &Config) -> (Vec<Check>, Option<Db>) {
    let url = config.database_url();
    let shown = redacted_url(&url);
    let sqlite_file = url.expose().strip_prefix("sqlite://");
    if let Some(file) = sqlite_file.map(|rest| rest.split('?').next().unwrap_or(rest))
        && !std::path::Path::new(file).exists()
    {
        let check = Check::ok(
            "database",
            format!("{shown} will be made on the first start"),
        );
        return (vec![check], None);
    }
    let options = Options {
        max_connections: 2,
        acquire_timeout: PATIENCE,
        ..Options::default()
    };
    let db = match Db::connect(url.expose(), &options).await {
        Ok(db) => db,
        Err(error) => {
            return (
                vec![Check::failed("database", format!("{shown}: {error}"))],
                None,
            );
        }
    };
    let mut checks = vec![Check::ok("database", shown), schema(&db).await];
    if checks.iter().all(|check| check.state == super::State::Ok) {
        checks.push(accounts(&db).await);
    }
    (checks, Some(db))
}

async fn schema(db: &Db) -> Check {
    const NAME: &str = "schema";
    match migrate::pending(db).await {
        Err(error) => Check::failed(NAME, error.to_string()),
        Ok(pending) if pending.is_empty() => Check::ok(NAME, "up to date"),
        Ok(pending) => Check::warning(
            NAME,
            format!(
                "{} missing; the next start or `keystead migrate` adds them",
                pending.join(", ")
            ),
        ),
    }
}

async fn accounts(db: &Db) -> Check {
    const NAME: &str = "accounts";
    match accounts::count(db).await {
        Err(error) => Check::failed(NAME, error.to_string()),
        Ok(0) => Check::ok(NAME, "none; the first start makes one"),
        Ok(count) => Check::ok(NAME, count.to_string()),
    }
}

/// Whether Redis answers, and whether it keeps what it is given.
pub async fn redis(config: &Config, db: Option<&Db>) -> Check {
    const NAME: &str = "redis";
    let Some(url) = &config.redis.url else {
        return Check::failed(NAME, "`redis.url` is not set");
    };
    let shown = redacted_url(url);
    let ping = async {
        let client = redis::Client::open(url.expose().as_str())?;
        let mut connection = client.get_multiplexed_async_connection().await?;
        redis::cmd("PING")
            .query_async::<String>(&mut connection)
            .await
    };
    match tokio::time::timeout(PATIENCE, ping).await {
        Ok(Ok(_)) => {}
        Ok(Err(error)) => return Check::failed(NAME, format!("{shown}: {error}")),
        Err(_) => return Check::failed(NAME, format!("{shown} does not answer")),
    }
    let advice = match db {
        Some(db) => workers::redis_advice(url, db).await.unwrap_or_default(),
        None => Vec::new(),
    };
    if advice.is_empty() {
        Check::ok(NAME, shown)
    } else {
        Check::warning(NAME, format!("{shown}: {}", advice.join("; ")))
    }
}
