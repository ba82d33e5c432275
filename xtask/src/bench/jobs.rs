//! Enqueueing beside a thousand and beside a million waiting jobs, on every store of jobs.

use std::fs;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::Options;
use crate::program;
use crate::services::{Durability, Postgres, Redis};

const MANY: u64 = 1_000_000;
const QUICK: u64 = 50_000;

/// A deep queue may cost this much more than a shallow one.
const FLATNESS: f64 = 1.3;

/// The columns of the table: what was timed, as the measurement names it.
const CALLS: [(&str, &str); 3] = [
    ("enqueue", "enqueue"),
    ("unique", "enqueue, new key"),
    ("duplicate", "enqueue, known key"),
];

/// Prints the table, and writes every figure where it was asked to.
pub fn run(options: &Options) -> Result<()> {
    let deep = if options.quick { QUICK } else { MANY };
    let postgres = Postgres::start(Durability::Full)?;
    let redis = Redis::start()?;
    println!("1,000 against {deep} waiting jobs on SQLite, PostgreSQL and Redis");
    let said = program::output(
        program::cargo()
            .args(["run", "--quiet", "--release", "--package", "keystead-jobs"])
            .args(["--example", "bench", "--", "--deep", &deep.to_string()])
            .args(["sqlite:", &postgres.url(), &redis.url()]),
    )?;
    let measured: Value = serde_json::from_str(&said).context("the measurement gave no JSON")?;
    if let Some(error) = measured["error"].as_str() {
        bail!("{}: {error}", measured["url"]);
    }

    let stores = measured["jobs"]
        .as_array()
        .context("nothing was measured")?;
    println!("\n{}", table(stores));
    if let Some(file) = &options.json {
        fs::write(file, serde_json::to_string_pretty(&measured)?)
            .with_context(|| format!("cannot write {}", file.display()))?;
    }
    Ok(())
}

/// Medians in microseconds, the ratio of deep to shallow, and the burst.
fn table(stores: &[Value]) -> String {
    let mut lines = vec![format!(
        "{:<10} {:<20} {:>10} {:>10} {:>7}",
        "store", "call", "1k, us", "deep, us", "ratio"
    )];
    for store in stores {
        let name = store["backend"].as_str().unwrap_or("?");
        for (key, call) in CALLS {
            let at = |depth: &str| store[depth][key]["p50_us"].as_f64().unwrap_or(f64::NAN);
            let (few, many) = (at("waiting_1k"), at("waiting_deep"));
            let verdict = if many / few <= FLATNESS {
                ""
            } else {
                "  steep"
            };
            lines.push(format!(
                "{name:<10} {call:<20} {few:>10.0} {many:>10.0} {:>7.2}{verdict}",
                many / few
            ));
        }
        let burst = |depth: &str| {
            store["burst_of_50000_s"][depth]
                .as_f64()
                .unwrap_or(f64::NAN)
        };
        lines.push(format!(
            "{name:<10} {:<20} {:>9.1}s {:>9.1}s",
            "burst of 50,000 due",
            burst("waiting_1k"),
            burst("waiting_deep")
        ));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_steep_store_is_told() {
        let times = |us: u64| json!({ "enqueue": { "p50_us": us }, "unique": { "p50_us": us }, "duplicate": { "p50_us": us } });
        let store = json!({
            "backend": "sqlite", "waiting_1k": times(100), "waiting_deep": times(140),
            "burst_of_50000_s": { "waiting_1k": 1.0, "waiting_deep": 2.0 },
        });

        let table = table(&[store]);

        assert!(table.contains("1.40  steep"), "{table}");
        assert!(table.contains("2.0s"), "{table}");
    }
}
