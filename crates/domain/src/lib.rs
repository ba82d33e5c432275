//! Words and rules of licensing: ids, closed lists, refusals, permissions and decision tables.
//!
//! No I/O, no async, no clock: every rule is a pure function of the facts it is given.

#[macro_use]
mod macros;

pub mod ids;
pub mod refusal;
pub mod words;

pub use ids::*;
pub use refusal::{At, Code, Kind, Problem, Refused};
