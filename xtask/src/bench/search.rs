//! Searches among few licenses and among many, beside the list of the newest.

use std::fmt;
use std::fs;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde::Serialize;
use serde_json::{Value, json};

use super::Options;
use crate::database::Database;
use crate::http::Client;
use crate::seed;
use crate::server::{self, Build, Server};
use crate::services::{Durability, Postgres};

const LICENSE_FAMILY: u8 = 3;

/// What many may take of what few take, before an index is suspected not to be used.
const FLATNESS: f64 = 3.0;

struct Plan {
    /// Few and many.
    licenses: [u64; 2],
    /// Requests of each kind; a few before them are not counted.
    requests: u64,
}

impl Plan {
    fn of(options: &Options) -> Self {
        if options.quick {
            Self {
                licenses: [1_000, 10_000],
                requests: 40,
            }
        } else {
            Self {
                licenses: [10_000, 1_000_000],
                requests: 400,
            }
        }
    }
}

/// What is asked for. Each asks for another license every time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Ask {
    /// The yardstick: the ten newest.
    List,
    /// A part of a name that one license has.
    Name,
    /// A part of a name that none has.
    NoName,
    /// A part of one license's id.
    Id,
    /// A whole key.
    Key,
    /// A member of one license's metadata.
    Metadata,
}

impl Ask {
    const ALL: [Self; 6] = [
        Self::List,
        Self::Name,
        Self::NoName,
        Self::Id,
        Self::Key,
        Self::Metadata,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Name => "name",
            Self::NoName => "no such name",
            Self::Id => "part of an id",
            Self::Key => "key",
            Self::Metadata => "metadata",
        }
    }

    /// The terms that license `n` is found by; none for the list.
    fn query(self, n: u64) -> Option<Value> {
        Some(match self {
            Self::List => return None,
            Self::Name => json!({ "name": format!("omer {n:012}") }),
            Self::NoName => json!({ "name": format!("nobody {n:012}") }),
            Self::Id => json!({ "id": format!("-8000-{n:012x}") }),
            Self::Key => json!({ "key": format!("SEARCH-{n:012}") }),
            Self::Metadata => json!({ "metadata": { "customerId": format!("c-{n:012}") } }),
        })
    }

    fn run(self, client: &Client, n: u64) -> Result<()> {
        let (found, expected) = match self.query(n) {
            None => (client.get("/v1/licenses?limit=10")?, 10),
            Some(query) => {
                let document = json!({ "meta": { "type": "licenses", "query": query } });
                let expected = usize::from(self != Self::NoName);
                (client.post("/v1/search", &document)?, expected)
            }
        };
        let count = found["data"].as_array().map_or(0, Vec::len);
        if count != expected {
            bail!("{} {n} found {count} instead of {expected}", self.name());
        }
        Ok(())
    }
}

/// One kind of question in one setting.
#[derive(Serialize)]
struct Measured {
    database: &'static str,
    licenses: u64,
    ask: Ask,
    p50_ms: f64,
    p99_ms: f64,
}

/// Every figure of a run.
#[derive(Serialize)]
struct Report(Vec<Measured>);

/// Prints the table, and writes every figure where it was asked to.
pub fn run(options: &Options) -> Result<()> {
    let plan = Plan::of(options);
    let binary = server::build(Build::Release)?;
    let mut report = Report(Vec::new());

    let postgres = Postgres::start(Durability::Full)?;
    for licenses in plan.licenses {
        let name = format!("keystead_search_{licenses}");
        let database = Database::on_postgres(&postgres, &name)?;
        let url = postgres.url_of(&name);
        let server = Server::start(&binary, &[("KEYSTEAD_DATABASE__URL", &url)])?;
        measure(&server, &database, licenses, &plan, &mut report)?;
    }
    for licenses in plan.licenses {
        let server = Server::start(&binary, &[])?;
        let database = Database::in_directory(&server.data());
        measure(&server, &database, licenses, &plan, &mut report)?;
    }

    println!("\n{report}");
    if let Some(file) = &options.json {
        fs::write(file, serde_json::to_string_pretty(&report)?)
            .with_context(|| format!("cannot write {}", file.display()))?;
    }
    Ok(())
}

fn measure(
    server: &Server,
    database: &Database<'_>,
    licenses: u64,
    plan: &Plan,
    report: &mut Report,
) -> Result<()> {
    println!("{} with {licenses} licenses", database.kind());
    let client = server.admin()?;
    fill(&client, database, licenses)?;
    for ask in Ask::ALL {
        let mut took = Vec::new();
        for request in 0..plan.requests + plan.requests / 10 {
            // Spread over all of them, the same in every run.
            let n = request.wrapping_mul(2_654_435_761) % licenses + 1;
            let started = Instant::now();
            ask.run(&client, n)?;
            if request >= plan.requests / 10 {
                took.push(started.elapsed());
            }
        }
        took.sort_unstable();
        let measured = Measured {
            database: database.kind(),
            licenses,
            ask,
            p50_ms: quantile(&took, 50),
            p99_ms: quantile(&took, 99),
        };
        println!("{measured}");
        report.0.push(measured);
    }
    Ok(())
}

/// Copies one license many times, each with a name, a key and a customer of its own.
fn fill(client: &Client, database: &Database<'_>, licenses: u64) -> Result<()> {
    let key = database.numbered("SEARCH-", "n");
    let customer = database.numbered("c-", "n");
    let metadata = match database {
        Database::Postgres { .. } | Database::Remote { .. } => {
            format!("jsonb_build_object('customer_id', {customer})")
        }
        Database::Sqlite { .. } => format!("json_object('customer_id', {customer})"),
    };
    let anew = [
        ("id", database.id(LICENSE_FAMILY, "n")),
        ("key_digest", database.digest(&key)),
        ("key", key),
        ("name", database.numbered("Customer ", "n")),
        ("metadata", metadata),
    ];
    seed::licenses(client, database, licenses, &anew)
}

fn quantile(sorted: &[Duration], percent: usize) -> f64 {
    let at = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted
        .get(at)
        .map_or(f64::NAN, |took| took.as_secs_f64() * 1e3)
}

impl Report {
    fn of(&self, like: &Measured, ask: Ask, licenses: u64) -> Option<&Measured> {
        self.0
            .iter()
            .find(|it| (it.database, it.ask, it.licenses) == (like.database, ask, licenses))
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "| database | licenses | search | p50 ms | p99 ms | × list | × fewest | goal | met |"
        )?;
        writeln!(f, "|---|---:|---|---:|---:|---:|---:|---:|---|")?;
        let fewest = self.0.iter().map(|it| it.licenses).min().unwrap_or(0);
        for it in &self.0 {
            let list = self
                .of(it, Ask::List, it.licenses)
                .map_or(1.0, |it| it.p50_ms);
            let few = self.of(it, it.ask, fewest).map_or(1.0, |it| it.p50_ms);
            let growth = it.p50_ms / few;
            let met = if growth <= FLATNESS { "yes" } else { "NO" };
            writeln!(
                f,
                "| {} | {} | {} | {:.2} | {:.2} | {:.2} | {growth:.2} | ≤ {FLATNESS} | {met} |",
                it.database,
                it.licenses,
                it.ask.name(),
                it.p50_ms,
                it.p99_ms,
                it.p50_ms / list,
            )?;
        }
        Ok(())
    }
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:<10} {:>8} licenses  {:<14} p50 {:>8.2} ms  p99 {:>8.2} ms",
            self.database,
            self.licenses,
            self.ask.name(),
            self.p50_ms,
            self.p99_ms
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_are_compared_with_few_and_each_with_the_list() {
        let measured = |licenses, ask, p50_ms| Measured {
            database: "SQLite",
            licenses,
            ask,
            p50_ms,
            p99_ms: 9.0,
        };
        let report = Report(vec![
            measured(10, Ask::List, 1.0),
            measured(10, Ask::Name, 2.0),
            measured(1_000, Ask::List, 1.0),
            measured(1_000, Ask::Name, 8.0),
        ]);

        let table = report.to_string();

        let row = "| SQLite | 1000 | name | 8.00 | 9.00 | 8.00 | 4.00 | ≤ 3 | NO |";
        assert!(table.contains(row), "{table}");
    }

    #[test]
    fn a_quantile_is_one_of_the_times() {
        let took: Vec<_> = (1..=100).map(Duration::from_millis).collect();

        assert!((quantile(&took, 50) - 51.0).abs() < 1e-9);
        assert!((quantile(&took, 99) - 100.0).abs() < 1e-9);
    }
}
