//! The table: every path beside its yardstick, as medians and ratios.

use std::fmt;

use serde::Serialize;

use super::load::{Load, Path};
use super::yardsticks::{Figure, Workload};

/// What is compared with what, and the least ratio that is good enough for now. SQLite is shown
/// beside the same yardstick, but has no goal: its own commits are cheaper, its writer is one.
#[rustfmt::skip]
const GOALS: &[(Path, Workload, f64)] = &[
    (Path::Validate, Workload::Select, 0.2),
    (Path::Ping,     Workload::Update, 0.6),
    (Path::Activate, Workload::TpcB,   0.5),
];

/// Many machines may cost this much more than few.
const FLATNESS: f64 = 1.3;
const BOOT_MS: f64 = 1_000.0;
const IDLE_MIB: f64 = 80.0;
const MIB: f64 = 1_048_576.0;

/// Every figure of a run.
#[derive(Serialize)]
pub struct Report {
    boot: Boot,
    /// One for each round, workload and number of clients.
    pub yardsticks: Vec<Figure>,
    /// One for each round, database, number of machines, path and number of connections.
    pub paths: Vec<Measured>,
}

/// The server by itself, on SQLite.
#[derive(Serialize)]
pub struct Boot {
    /// With an empty directory: keys, schema and account are made.
    pub first_ms: f64,
    /// With everything there.
    pub again_ms: f64,
    /// Resident memory at rest.
    pub idle_bytes: u64,
}

/// One path under load, once.
#[derive(Serialize)]
pub struct Measured {
    /// What was loaded.
    pub path: Path,
    /// On what it ran.
    pub database: &'static str,
    /// How many machines there were.
    pub machines: u64,
    /// How many connections sent requests, one after another each.
    pub connections: u32,
    /// Answered requests a second.
    pub per_second: f64,
    /// What wrk said.
    pub load: Load,
}

/// The medians of one path in one setting.
struct Row {
    path: Path,
    database: &'static str,
    machines: u64,
    connections: u32,
    per_second: f64,
    p50_ms: f64,
    p99_ms: f64,
}

impl Report {
    /// A report that knows nothing but the start.
    pub fn new(boot: Boot) -> Self {
        Self {
            boot,
            yardsticks: Vec::new(),
            paths: Vec::new(),
        }
    }

    fn yardstick(&self, workload: Workload, clients: u32) -> Option<f64> {
        let figures = self
            .yardsticks
            .iter()
            .filter(|figure| figure.workload == workload && figure.clients == clients);
        median(figures.map(|figure| figure.tps).collect())
    }

    /// In the order they were first measured.
    fn rows(&self) -> Vec<Row> {
        let mut rows: Vec<Row> = Vec::new();
        for it in &self.paths {
            if !rows.iter().any(|row| row.is_of(it)) {
                rows.extend(self.row(it));
            }
        }
        rows
    }

    fn row(&self, like: &Measured) -> Option<Row> {
        let median_of = |value: fn(&Measured) -> f64| {
            let same = self.paths.iter().filter(|it| {
                (it.path, it.database, it.machines, it.connections)
                    == (like.path, like.database, like.machines, like.connections)
            });
            median(same.map(value).collect())
        };
        Some(Row {
            path: like.path,
            database: like.database,
            machines: like.machines,
            connections: like.connections,
            per_second: median_of(|it| it.per_second)?,
            p50_ms: median_of(|it| milliseconds(it.load.p50_us))?,
            p99_ms: median_of(|it| milliseconds(it.load.p99_us))?,
        })
    }
}

impl Row {
    fn is_of(&self, it: &Measured) -> bool {
        (self.path, self.database, self.machines, self.connections)
            == (it.path, it.database, it.machines, it.connections)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = self.rows();
        writeln!(
            f,
            "| database | machines | path | clients | req/s | p50 ms | p99 ms | yardstick/s | ratio | goal | met |"
        )?;
        writeln!(f, "|---|---:|---|---:|---:|---:|---:|---:|---:|---:|---|")?;
        for row in &rows {
            write!(
                f,
                "| {} | {} | {} | {} | {:.0} | {:.2} | {:.2} |",
                row.database,
                row.machines,
                row.path.name(),
                row.connections,
                row.per_second,
                row.p50_ms,
                row.p99_ms
            )?;
            let goal = GOALS.iter().find(|(path, ..)| *path == row.path);
            match goal
                .and_then(|(_, work, goal)| Some((self.yardstick(*work, row.connections)?, goal)))
            {
                Some((yardstick, _)) if row.database != "PostgreSQL" => {
                    let ratio = row.per_second / yardstick;
                    writeln!(f, " {yardstick:.0} | {ratio:.2} | | |")?;
                }
                Some((yardstick, goal)) => {
                    let ratio = row.per_second / yardstick;
                    writeln!(
                        f,
                        " {yardstick:.0} | {ratio:.2} | ≥ {goal} | {} |",
                        yes(ratio >= *goal)
                    )?;
                }
                None => writeln!(f, " | | | |")?,
            }
        }
        flatness(f, &rows)?;
        let idle_mib = self.boot.idle_mib();
        writeln!(
            f,
            "\n| SQLite | measured | goal | met |\n|---|---:|---:|---|"
        )?;
        for (name, boot_ms) in [
            ("first start", self.boot.first_ms),
            ("start", self.boot.again_ms),
        ] {
            writeln!(
                f,
                "| {name} | {boot_ms:.0} ms | ≤ {BOOT_MS} ms | {} |",
                yes(boot_ms <= BOOT_MS)
            )?;
        }
        write!(
            f,
            "| memory at rest | {idle_mib:.0} MiB | ≤ {IDLE_MIB} MiB | {} |",
            yes(idle_mib <= IDLE_MIB)
        )
    }
}

/// The most machines against the fewest, on the same database.
fn flatness(f: &mut fmt::Formatter<'_>, rows: &[Row]) -> fmt::Result {
    writeln!(
        f,
        "\n| database | path | clients | p99, many to few machines | req/s, few to many | goal | met |"
    )?;
    writeln!(f, "|---|---|---:|---:|---:|---:|---|")?;
    for few in rows.iter().filter(|row| row.path != Path::Hello) {
        let many = rows.iter().find(|row| {
            (row.path, row.database, row.connections) == (few.path, few.database, few.connections)
                && row.machines > few.machines
        });
        let Some(many) = many else { continue };
        let (p99, rate) = (many.p99_ms / few.p99_ms, few.per_second / many.per_second);
        writeln!(
            f,
            "| {} | {} | {} | {p99:.2} | {rate:.2} | ≤ {FLATNESS} | {} |",
            few.database,
            few.path.name(),
            few.connections,
            yes(p99 <= FLATNESS && rate <= FLATNESS)
        )?;
    }
    Ok(())
}

impl Boot {
    fn idle_mib(&self) -> f64 {
        self.idle_bytes as f64 / MIB
    }
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:<10} {:>8} machines  {:<8} c{:<3} {:>7.0}/s  p50 {:>6.2} ms  p99 {:>7.2} ms",
            self.database,
            self.machines,
            self.path.name(),
            self.connections,
            self.per_second,
            milliseconds(self.load.p50_us),
            milliseconds(self.load.p99_us)
        )
    }
}

fn yes(met: bool) -> &'static str {
    if met { "yes" } else { "NO" }
}

fn milliseconds(microseconds: u64) -> f64 {
    microseconds as f64 / 1e3
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 {
        return values.get(middle).copied();
    }
    Some((values.get(middle.checked_sub(1)?)? + values.get(middle)?) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle() {
        assert_eq!(median(vec![]), None);
        assert_eq!(median(vec![3.0]), Some(3.0));
        assert_eq!(median(vec![9.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(vec![4.0, 1.0, 2.0, 9.0]), Some(3.0));
    }

    #[test]
    fn a_path_is_measured_by_the_median_of_its_own_yardstick() {
        let mut report = Report::new(Boot {
            first_ms: 1.0,
            again_ms: 1.0,
            idle_bytes: 1,
        });
        for (clients, tps) in [(16, 90.0), (16, 100.0), (16, 900.0), (64, 7.0)] {
            let (workload, mean_ms) = (Workload::Update, 1.0);
            report.yardsticks.push(Figure {
                workload,
                clients,
                tps,
                mean_ms,
            });
        }
        for per_second in [50.0, 1.0, 999.0] {
            report.paths.push(Measured {
                path: Path::Ping,
                database: "PostgreSQL",
                machines: 10,
                connections: 16,
                per_second,
                load: Load::of_latencies(1_000, 2_000),
            });
        }

        let table = report.to_string();

        let row = "| PostgreSQL | 10 | ping | 16 | 50 | 1.00 | 2.00 | 100 | 0.50 | ≥ 0.6 | NO |";
        assert!(table.contains(row), "{table}");
    }
}
