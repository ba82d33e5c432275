//! The vocabulary: every step that a scenario can take, and how a line finds its step.

mod answers;
mod counts;
mod credentials;
mod documents;
mod gems;
mod givens;
mod jobs;
mod keys;
mod pages;
mod relations;
mod requests;
mod sessions;
pub mod sso;
mod states;

use std::sync::LazyLock;

use futures::future::BoxFuture;
use regex::{Regex, RegexSet};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use crate::fault::{Fault, Outcome, broken};
use crate::nouns::Row;
use crate::placeholders;
use crate::suite::Step;
use crate::words::snake;
use crate::world::World;

/// What a step does.
type Run = for<'a> fn(&'a mut World, &'a Call<'a>) -> BoxFuture<'a, Outcome>;

/// A step as a file of the vocabulary lists it: what it says, what it does. In braces:
/// `{s}` a quoted text, `{n}` a number, `{nth}` a place, `{traits}` traits, `{with}` for or with.
type Entry = (&'static str, Run);

/// A line of a scenario, taken apart.
pub struct Call<'a> {
    captures: Vec<Option<&'a str>>,
    step: &'a Step,
}

/// A way to carry out one step.
struct Known {
    pattern: Regex,
    run: Run,
}

static VOCABULARY: LazyLock<(RegexSet, Vec<Known>)> = LazyLock::new(|| {
    let lists: [&[Entry]; 14] = [
        answers::STEPS,
        counts::STEPS,
        credentials::STEPS,
        documents::STEPS,
        gems::STEPS,
        givens::STEPS,
        jobs::STEPS,
        keys::STEPS,
        pages::STEPS,
        relations::STEPS,
        requests::STEPS,
        sessions::STEPS,
        sso::STEPS,
        states::STEPS,
    ];
    let (patterns, known): (Vec<_>, Vec<_>) = lists
        .iter()
        .flat_map(|list| list.iter())
        .map(|(text, run)| {
            let pattern = expression(text);
            let known = Known {
                pattern: Regex::new(&pattern).expect("the vocabulary is valid"),
                run: *run,
            };
            (pattern, known)
        })
        .unzip();
    (
        RegexSet::new(patterns).expect("the vocabulary is valid"),
        known,
    )
});

/// The regular expression that an entry stands for.
fn expression(text: &str) -> String {
    let text = text
        .replace("{s}", "\"([^\"]*)\"")
        .replace("{n}", r"(\d+)")
        .replace(
            "{nth}",
            "(first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|last)",
        )
        .replace("{traits}", r"(?:([\w+]+) )?")
        .replace("{with}", "(?:with|for|in)")
        .replace("{body}", "(?:contain|be)")
        .replace("{an}", "(?:an?|the)");
    format!("^{text}$")
}

/// Carries out a step.
///
/// # Errors
/// What did not hold; a step that nobody knows, or that two know, is such a fault.
pub async fn run(w: &mut World, step: &Step) -> Outcome {
    let (set, known) = &*VOCABULARY;
    let found: Vec<usize> = set.matches(&step.text).into_iter().collect();
    let [index] = found.as_slice() else {
        return match found.is_empty() {
            true => Err(Fault::Missing(format!("step: {}", shape(&step.text)))),
            false => {
                let patterns: Vec<&str> = found
                    .iter()
                    .map(|index| known[*index].pattern.as_str())
                    .collect();
                broken(format!("ambiguous: {}", patterns.join(" and ")))
            }
        };
    };
    let captured = known[*index].pattern.captures(&step.text);
    let captures = captured
        .iter()
        .flat_map(|captures| captures.iter().skip(1))
        .map(|capture| capture.map(|capture| capture.as_str()))
        .collect();
    (known[*index].run)(w, &Call { captures, step }).await
}

/// A step's text with its particulars taken out, so that equal ones can be counted.
pub fn shape(text: &str) -> String {
    static PARTS: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r#""[^"]*"|\b\d+\b"#).expect("a valid expression"));
    PARTS
        .replace_all(text, |part: &regex::Captures<'_>| {
            match part[0].starts_with('"') {
                true => "\"…\"".to_owned(),
                false => "N".to_owned(),
            }
        })
        .into_owned()
}

impl<'a> Call<'a> {
    /// A captured text.
    pub fn text(&self, index: usize) -> Outcome<&'a str> {
        self.maybe(index)
            .map_or_else(|| broken(format!("no part number {index}")), Ok)
    }

    /// A captured text that may be absent.
    pub fn maybe(&self, index: usize) -> Option<&'a str> {
        self.captures.get(index).copied().flatten()
    }

    /// A captured number.
    pub fn number(&self, index: usize) -> Outcome<usize> {
        self.text(index)?.parse().or_else(broken)
    }

    /// Captured traits.
    pub fn traits(&self, index: usize) -> Vec<String> {
        let text = self.maybe(index).unwrap_or_default();
        text.split('+')
            .filter(|name| !name.is_empty())
            .map(str::to_owned)
            .collect()
    }

    /// The text block, as it stands.
    pub fn raw(&self) -> Outcome<&'a str> {
        self.step
            .body
            .as_deref()
            .map_or_else(|| broken("there is no text block"), Ok)
    }

    /// The text block, with its placeholders filled in.
    pub async fn filled(&self, w: &mut World) -> Outcome<String> {
        let account = w.account;
        self.filled_for(w, account).await
    }

    /// The same, with the records of another account.
    pub async fn filled_for(&self, w: &mut World, account: Option<Uuid>) -> Outcome<String> {
        placeholders::fill(w, self.raw()?, account).await
    }

    /// The text block as JSON, with its placeholders filled in.
    pub async fn json(&self, w: &mut World) -> Outcome<Json> {
        Ok(serde_json::from_str(&self.filled(w).await?)?)
    }

    /// The text block as attributes in snake case.
    pub async fn attributes(&self, w: &mut World) -> Outcome<Row> {
        let account = w.account;
        self.attributes_for(w, account).await
    }

    /// The same, with the records of another account.
    pub async fn attributes_for(&self, w: &mut World, account: Option<Uuid>) -> Outcome<Row> {
        match snakes(serde_json::from_str(&self.filled_for(w, account).await?)?) {
            Json::Object(row) => Ok(row),
            other => broken(format!("no attributes: {other}")),
        }
    }

    /// The table as attributes, one set per row; empty cells are null.
    pub fn rows(&self) -> Outcome<Vec<Row>> {
        let Some((names, rows)) = self
            .step
            .table
            .as_ref()
            .and_then(|table| table.split_first())
        else {
            return broken("there is no table");
        };
        let cell = |text: &String| match text.as_str() {
            "" => Json::Null,
            text => text.into(),
        };
        Ok(rows
            .iter()
            .map(|row| {
                names
                    .iter()
                    .map(|name| snake(name))
                    .zip(row.iter().map(cell))
                    .collect()
            })
            .collect())
    }
}

/// JSON with every key in snake case, at every depth.
fn snakes(json: Json) -> Json {
    match json {
        Json::Object(object) => {
            let object: Map<String, Json> = object
                .into_iter()
                .map(|(key, value)| (snake(&key), snakes(value)))
                .collect();
            Json::Object(object)
        }
        Json::Array(items) => Json::Array(items.into_iter().map(snakes).collect()),
        other => other,
    }
}
