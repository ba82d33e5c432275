//! Runs acceptance scenarios against Keystead: the real router, middleware and store, in process.
//!
//! The scenarios are not part of this repository; see docs/decisions/0008-conformance.md.

#![expect(
    clippy::disallowed_methods,
    reason = "a test tool: its clock is the system's until a scenario moves it, its ids are v7"
)]

mod compare;
mod databases;
mod door;
mod factory;
mod fault;
mod floor;
mod left_out;
mod nouns;
mod placeholders;
mod report;
mod run;
mod shelf;
mod signatures;
mod steps;
mod suite;
mod time;
mod words;
mod world;

pub use databases::Kind;
pub use floor::Floor;
pub use report::{Report, Tally};
pub use run::{Mode, Options, run};
