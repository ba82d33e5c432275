//! Throw-away PostgreSQL and Redis on free ports, gone when we are, however we went.

mod postgres;
mod reaper;
mod redis;

use std::net::{Ipv4Addr, TcpListener};

use anyhow::{Context, Result};

pub use self::postgres::{Durability, Postgres};
pub use self::reaper::Reaper;
pub use self::redis::Redis;

/// A TCP port of the loopback interface that nobody listens on right now.
fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no free port")?;
    Ok(listener.local_addr()?.port())
}
