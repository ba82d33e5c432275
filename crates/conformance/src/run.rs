//! A run: every scenario in a world of its own, several at a time.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Result;
use futures::{FutureExt, StreamExt};

use crate::databases::{Databases, Kind};
use crate::fault::Fault;
use crate::left_out;
use crate::report::{Failure, LeftOut, Report};
use crate::steps;
use crate::suite::{self, Scenario};
use crate::world::{Shared, World};

/// How many accounts the server serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Mode {
    /// One.
    Single,
    /// Many.
    Multi,
}

/// What to run, and on what.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// The directory of the suite: the one that holds `features/`
    #[arg(long)]
    pub suite: PathBuf,
    /// The database
    #[arg(long, value_enum, default_value_t = Kind::Sqlite)]
    pub db: Kind,
    /// The PostgreSQL server that databases are made on
    #[arg(
        long,
        env = "KEYSTEAD_TEST_POSTGRES",
        default_value = "postgres://postgres@127.0.0.1:5432"
    )]
    pub postgres: String,
    /// Only scenarios whose path, tag (`@…`) or name contains this; may be given again
    #[arg(long)]
    pub only: Vec<String>,
    /// Scenarios at a time
    #[arg(long, default_value_t = 4)]
    pub jobs: usize,
    /// How many accounts the server serves; as each scenario is tagged when unsaid
    #[arg(long, value_enum)]
    pub mode: Option<Mode>,
    /// What chance starts from: the same seed rolls the same dice
    #[arg(long, default_value_t = 0)]
    pub seed: u64,
}

impl Options {
    fn wants(&self, scenario: &Scenario) -> bool {
        let matches = |only: &String| match only.strip_prefix('@') {
            Some(tag) => scenario.tags.iter().any(|known| known == tag),
            None => scenario.at.contains(only.as_str()) || scenario.name.contains(only.as_str()),
        };
        self.only.is_empty() || self.only.iter().any(matches)
    }
}

/// Runs a suite.
///
/// # Errors
/// When the suite can't be read or no database can be made; never for a scenario that fails.
pub async fn run(options: &Options) -> Result<Report> {
    let (scenarios, unreadable) = suite::read(&options.suite)?;
    let databases = Databases::start(options.db, &options.postgres, options.jobs * 2).await?;
    let shared = Arc::new(Shared::new(databases).await?);
    let mut report = Report::new(options.db.as_str());
    for file in unreadable {
        report.areas.entry(file.area).or_default().failed += 1;
        report.failures.push(Failure {
            at: file.at,
            scenario: String::new(),
            step: String::new(),
            why: format!("can't be parsed: {}", file.why),
            missing: Vec::new(),
            only_missing: false,
        });
    }

    let mut asked = Vec::new();
    for scenario in scenarios
        .into_iter()
        .filter(|scenario| options.wants(scenario))
    {
        match left_out::reason(&scenario, options.mode) {
            Some(why) => {
                report.areas.entry(scenario.area).or_default().left_out += 1;
                report.left_out.push(LeftOut {
                    at: scenario.at,
                    why: why.to_owned(),
                });
            }
            None => asked.push(scenario),
        }
    }

    let (mode, seed) = (options.mode, options.seed);
    let mut results = futures::stream::iter(asked)
        .map(|scenario| {
            let shared = shared.clone();
            tokio::spawn(async move {
                let failure = play(shared, &scenario, mode, seed).await;
                (scenario, failure)
            })
        })
        .buffered(options.jobs.max(1));
    while let Some(result) = results.next().await {
        let (scenario, failure) = result?;
        let tally = report.areas.entry(scenario.area).or_default();
        match failure {
            None => tally.passed += 1,
            Some(failure) => {
                tally.failed += 1;
                report.failures.push(failure);
            }
        }
    }
    drop(results);
    let databases = shared.databases.clone();
    drop(shared);
    databases.finish().await;
    Ok(report)
}

/// Plays one scenario; what it failed with, if it did.
async fn play(
    shared: Arc<Shared>,
    scenario: &Scenario,
    mode: Option<Mode>,
    seed: u64,
) -> Option<Failure> {
    let multi = match mode {
        Some(mode) => mode == Mode::Multi,
        None => !scenario.tags.iter().any(|tag| tag == "sp"),
    };
    let mut hasher = DefaultHasher::new();
    (&scenario.at, seed).hash(&mut hasher);
    let failure = |step: &str, why: String| Failure {
        at: scenario.at.clone(),
        scenario: scenario.name.clone(),
        step: step.to_owned(),
        why,
        missing: Vec::new(),
        only_missing: false,
    };
    let mut world = match World::start(shared, multi, hasher.finish()).await {
        Ok(world) => world,
        Err(error) => return Some(failure("", format!("no world: {error:#}"))),
    };
    let tagged = |tag: &str| scenario.tags.iter().any(|known| known == tag);
    world.prefix = match () {
        () if tagged("api/priv") => "/-",
        () if scenario.tags.iter().any(|tag| tag.starts_with("api/v1")) => "/v1",
        () => "",
    };

    let mut first: Option<Failure> = None;
    let (mut hard, mut stuck) = (false, false);
    for step in &scenario.steps {
        let ran = AssertUnwindSafe(steps::run(&mut world, step))
            .catch_unwind()
            .await;
        let outcome = ran.unwrap_or_else(|panic| {
            let why = panic.downcast_ref::<String>().cloned();
            let why = why.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
            Err(Fault::Broken(format!(
                "a panic: {}",
                why.unwrap_or_default()
            )))
        });
        // A scenario may do without what is missing, to tell what else it meets; it has failed.
        let mut faults: Vec<Fault> = world.lacking.drain(..).map(Fault::Missing).collect();
        faults.extend(outcome.err());
        for fault in faults {
            let told = first.get_or_insert_with(|| failure(&step.text, fault.to_string()));
            match fault {
                Fault::Missing(what) => {
                    stuck |= what.starts_with("endpoint: ");
                    if !told.missing.contains(&what) {
                        told.missing.push(what);
                    }
                }
                // What was to be made and could not be is not there for later steps either.
                Fault::Broken(_) if !told.missing.is_empty() => stuck = true,
                other if !hard => {
                    hard = true;
                    step.text.clone_into(&mut told.step);
                    told.why = other.to_string();
                }
                _ => {}
            }
        }
        // Without the request there is nothing to look at, and one wrong answer is enough.
        let unsent =
            step.text.contains(" request to ") && first.is_some() && world.answer.is_none();
        if hard || stuck || unsent {
            break;
        }
    }
    world.stop().await;
    if let Some(failure) = &mut first {
        failure.only_missing = !hard;
        failure.missing.sort();
    }
    first
}
