//! A million machines in a minute, as the benchmark wants them.

use anyhow::Result;

use crate::database::Database;
use crate::seed::{self, Amounts};
use crate::server::Server;

/// As many as an office shares one key.
pub const MACHINES_PER_LICENSE: u64 = 10;

/// Fills the server's database with this many machines and makes sure that the copies work.
pub fn fill(server: &Server, database: &Database<'_>, machines: u64) -> Result<()> {
    let amounts = Amounts {
        licenses: machines / MACHINES_PER_LICENSE,
        machines,
        users: 0,
    };
    seed::fill(server, database, amounts, &mut |_, _| ())
}
