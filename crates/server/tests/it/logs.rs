//! The event log and the request log, as admins see them.

mod events;
mod requests;

use chrono::TimeDelta;
use keystead_testkit::{Answer, World};
use serde_json::{Value, json};

/// How many rows a list has.
fn rows(list: &Answer) -> usize {
    list.at("/data").as_array().expect("a list").len()
}
