//! The database under a server, reached beside it: for what would take hours through it.

use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::program;
use crate::services::Postgres;

/// Where the statements go.
pub enum Database<'a> {
    /// A database of this name.
    Postgres { server: &'a Postgres, name: String },
    /// A database somewhere else, of this URL.
    Remote { url: String },
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

    /// The database of a URL as the server takes it.
    pub fn of_url(url: &str) -> Result<Self> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(Self::Remote {
                url: url.to_owned(),
            });
        }
        let Some(file) = url.strip_prefix("sqlite://") else {
            bail!("a database URL starts with `postgres://` or `sqlite://`, not like {url:?}");
        };
        Ok(Self::Sqlite { file: file.into() })
    }

    /// How people call it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Postgres { .. } | Self::Remote { .. } => "PostgreSQL",
            Self::Sqlite { .. } => "SQLite",
        }
    }

    /// Runs one statement and returns its rows, a line each, columns apart by `|`.
    pub fn run(&self, statement: &str) -> Result<String> {
        let psql = |mut psql: Command, database: &str| {
            psql.args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align"])
                .args(["--set=ON_ERROR_STOP=1", "--dbname", database])
                .args(["--command", statement]);
            program::output(&mut psql)
        };
        match self {
            Self::Postgres { server, name } => psql(server.client("psql"), name),
            Self::Remote { url } => psql(program::program("psql"), url),
            Self::Sqlite { file } => program::output(
                program::program("python3")
                    .arg("xtask/python/sqlite.py")
                    .arg(file)
                    .arg(statement),
            ),
        }
    }

    /// The columns of a table in their order, but for those that it computes itself.
    pub fn columns(&self, table: &str) -> Result<Vec<String>> {
        let statement = match self {
            Self::Postgres { .. } | Self::Remote { .. } => format!(
                "SELECT column_name FROM information_schema.columns \
                 WHERE table_schema = 'public' AND table_name = '{table}' \
                 AND is_generated = 'NEVER' ORDER BY ordinal_position"
            ),
            Self::Sqlite { .. } => format!("SELECT name FROM pragma_table_info('{table}')"),
        };
        Ok(self.run(&statement)?.lines().map(str::to_owned).collect())
    }

    /// Gathers statistics and writes out what is pending, so that neither happens while measuring.
    pub fn settle(&self) -> Result<()> {
        match self {
            Self::Postgres { .. } | Self::Remote { .. } => {
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

    /// Rows `n` of a range: what stands before an INSERT, and what its FROM names.
    pub fn series(&self, range: RangeInclusive<u64>) -> (String, String) {
        let (from, to) = range.into_inner();
        match self {
            Self::Postgres { .. } | Self::Remote { .. } => (
                String::new(),
                format!("generate_series({from}, {to}) AS s(n)"),
            ),
            Self::Sqlite { .. } => (
                format!(
                    "WITH RECURSIVE s(n) AS (SELECT {from} UNION ALL \
                     SELECT n + 1 FROM s WHERE n < {to}) "
                ),
                "s".to_owned(),
            ),
        }
    }

    /// Takes away the indexes of a table that nothing depends on, and says how to make them again:
    /// many rows are added faster without. Nothing where that makes little difference.
    pub fn drop_indexes(&self, table: &str) -> Result<Vec<String>> {
        if matches!(self, Self::Sqlite { .. }) {
            return Ok(Vec::new());
        }
        let indexes = self.run(&format!(
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' \
             AND tablename = '{table}' AND indexdef NOT LIKE 'CREATE UNIQUE%'"
        ))?;
        let indexes: Vec<_> = indexes
            .lines()
            .filter_map(|line| line.split_once('|'))
            .collect();
        for (name, _) in &indexes {
            self.run(&format!("DROP INDEX {name}"))?;
        }
        Ok(indexes
            .into_iter()
            .map(|(_, definition)| definition.to_owned())
            .collect())
    }

    /// The id whose last twelve digits are the number, in hexadecimal; `family` is one digit.
    pub fn id(&self, family: u8, number: &str) -> String {
        match self {
            Self::Postgres { .. } | Self::Remote { .. } => format!(
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
            Self::Postgres { .. } | Self::Remote { .. } => format!("'{id}'::uuid"),
            Self::Sqlite { .. } => format!("from_hex('{}')", id.replace('-', "")),
        }
    }

    /// The prefix and the number, in twelve decimal digits.
    pub fn numbered(&self, prefix: &str, number: &str) -> String {
        match self {
            Self::Postgres { .. } | Self::Remote { .. } => {
                format!("'{prefix}' || lpad(({number})::text, 12, '0')")
            }
            Self::Sqlite { .. } => format!("printf('{prefix}%012d', {number})"),
        }
    }

    /// SHA-256 of a text.
    pub fn digest(&self, text: &str) -> String {
        match self {
            Self::Postgres { .. } | Self::Remote { .. } => {
                format!("sha256(convert_to({text}, 'UTF8'))")
            }
            Self::Sqlite { .. } => format!("sha256({text})"),
        }
    }

    /// So many seconds before now; negative for after.
    pub fn seconds_ago(&self, seconds: &str) -> String {
        match self {
            Self::Postgres { .. } | Self::Remote { .. } => {
                format!("now() - ({seconds}) * interval '1 second'")
            }
            Self::Sqlite { .. } => format!("ago({seconds})"),
        }
    }
}
