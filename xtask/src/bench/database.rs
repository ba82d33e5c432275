//! The database under a measured server, reached beside it: for what would take hours through it.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::program;
use crate::services::Postgres;

/// Where the statements go.
pub enum Database<'a> {
    /// A database of this name.
    Postgres { server: &'a Postgres, name: String },
    /// A file.
    Sqlite { file: PathBuf },
}

impl<'a> Database<'a> {
    /// Creates an empty database on the server.
    pub fn on_postgres(server: &'a Postgres, name: &str) -> Result<Self> {
        program::quiet(server.client("createdb").arg(name))?;
        Ok(Self::Postgres {
            server,
            name: name.to_owned(),
        })
    }

    /// The file that a server with this data directory makes by itself.
    pub fn in_directory(data: &Path) -> Self {
        Self::Sqlite {
            file: data.join("keystead.db"),
        }
    }

    /// How people call it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Postgres { .. } => "PostgreSQL",
            Self::Sqlite { .. } => "SQLite",
        }
    }

    /// Runs one statement and returns its rows, a line each, columns apart by `|`.
    pub fn run(&self, statement: &str) -> Result<String> {
        match self {
            Self::Postgres { server, name } => program::output(
                server
                    .client("psql")
                    .args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align"])
                    .args([
                        "--set=ON_ERROR_STOP=1",
                        "--dbname",
                        name,
                        "--command",
                        statement,
                    ]),
            ),
            Self::Sqlite { file } => program::output(
                program::program("python3")
                    .arg("xtask/python/sqlite.py")
                    .arg(file)
                    .arg(statement),
            ),
        }
    }

    /// The columns of a table in their order.
    pub fn columns(&self, table: &str) -> Result<Vec<String>> {
        let statement = match self {
            Self::Postgres { .. } => format!(
                "SELECT column_name FROM information_schema.columns \
                 WHERE table_schema = 'public' AND table_name = '{table}' ORDER BY ordinal_position"
            ),
            Self::Sqlite { .. } => format!("SELECT name FROM pragma_table_info('{table}')"),
        };
        Ok(self.run(&statement)?.lines().map(str::to_owned).collect())
    }

    /// Gathers statistics and writes out what is pending, so that neither happens while measuring.
    pub fn settle(&self) -> Result<()> {
        match self {
            Self::Postgres { .. } => {
                self.run("VACUUM ANALYZE")?;
                self.run("CHECKPOINT")?;
            }
            Self::Sqlite { .. } => {
                self.run("ANALYZE")?;
                self.run("PRAGMA wal_checkpoint(TRUNCATE)")?;
            }
        }
        Ok(())
    }

    /// Rows `n` = 1 to `count`: what stands before an INSERT, and what its FROM names.
    pub fn series(&self, count: u64) -> (String, String) {
        match self {
            Self::Postgres { .. } => (
                String::new(),
                format!("generate_series(1, {count}) AS s(n)"),
            ),
            Self::Sqlite { .. } => (
                format!(
                    "WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {count}) "
                ),
                "s".to_owned(),
            ),
        }
    }

    /// The id whose last twelve digits are the number, in hexadecimal; `family` is one digit.
    pub fn id(&self, family: u8, number: &str) -> String {
        match self {
            Self::Postgres { .. } => format!(
                "('0190000{family}-0000-7000-8000-' || lpad(to_hex({number}), 12, '0'))::uuid"
            ),
            Self::Sqlite { .. } => {
                format!("from_hex('0190000{family}000070008000' || printf('%012x', {number}))")
            }
        }
    }

    /// An id as this database spells its literals.
    pub fn id_literal(&self, id: &str) -> String {
        match self {
            Self::Postgres { .. } => format!("'{id}'::uuid"),
            Self::Sqlite { .. } => format!("from_hex('{}')", id.replace('-', "")),
        }
    }

    /// The prefix and the number, in twelve decimal digits.
    pub fn numbered(&self, prefix: &str, number: &str) -> String {
        match self {
            Self::Postgres { .. } => format!("'{prefix}' || lpad(({number})::text, 12, '0')"),
            Self::Sqlite { .. } => format!("printf('{prefix}%012d', {number})"),
        }
    }

    /// SHA-256 of a text.
    pub fn digest(&self, text: &str) -> String {
        match self {
            Self::Postgres { .. } => format!("sha256(convert_to({text}, 'UTF8'))"),
            Self::Sqlite { .. } => format!("sha256({text})"),
        }
    }

    /// So many seconds before now; negative for after.
    pub fn seconds_ago(&self, seconds: &str) -> String {
        match self {
            Self::Postgres { .. } => format!("now() - ({seconds}) * interval '1 second'"),
            Self::Sqlite { .. } => format!("ago({seconds})"),
        }
    }
}
