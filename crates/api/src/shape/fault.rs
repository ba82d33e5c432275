//! One thing wrong with a document's shape, and where.

use std::fmt::Write as _;

use keystead_domain::{At, Kind, Problem};

use super::Source;
use crate::casing;

/// One step down a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Into an object's member, by its normalised key.
    Key(String),
    /// Into an array's item.
    Item(usize),
}

/// One thing wrong with the shape of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where: from the root to the offending place, or to where it is missing.
    pub path: Vec<Step>,
    /// What, in the contract's words.
    pub detail: String,
    /// Whether the contract tells the client where.
    pub located: bool,
}

impl Fault {
    /// The fault as the client is told of it.
    pub fn problem(&self, source: Source) -> Problem {
        let at = match source {
            _ if !self.located => At::Nowhere,
            Source::Body => At::Path(self.path_text()),
            Source::Query => At::Parameter(self.parameter().into()),
        };
        Problem::new(Kind::BadRequest, self.detail.clone()).at(at)
    }

    /// The path in snake case, joined by slashes.
    pub fn path_text(&self) -> String {
        let mut text = String::new();
        for step in &self.path {
            if !text.is_empty() {
                text.push('/');
            }
            match step {
                Step::Key(key) => text.push_str(key),
                Step::Item(index) => write!(text, "{index}").unwrap_or_default(),
            }
        }
        text
    }

    /// The path as a query parameter is spelled: `page[size]`.
    fn parameter(&self) -> String {
        let mut text = String::new();
        for step in &self.path {
            match step {
                Step::Key(key) if text.is_empty() => text.push_str(&casing::camel(key)),
                Step::Key(key) => write!(text, "[{}]", casing::camel(key)).unwrap_or_default(),
                Step::Item(index) => write!(text, "[{index}]").unwrap_or_default(),
            }
        }
        text
    }
}
