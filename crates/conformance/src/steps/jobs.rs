//! Work that a request leaves behind: events, notifications, logs, e-mails.

use futures::FutureExt;

use super::{Call, Entry};
use crate::fault::{Outcome, failed, missing};
use crate::words::singular;
use crate::world::World;

pub const STEPS: &[Entry] = &[
    (
        r"sidekiq should (?:have|process) {n} {s} jobs?(?: queued in ([.\d]+ \w+))?",
        |w, c| jobs(w, c).boxed(),
    ),
    (
        "the (?:account|user) should(?: not)? receive an? {s} email",
        |_, _| async { missing("e-mails") }.boxed(),
    ),
    (
        "AWS S3 is (?:responding with a \\d+ status|timing out)",
        |_, _| async { missing("artifacts") }.boxed(),
    ),
];

async fn jobs(w: &mut World, c: &Call<'_>) -> Outcome {
    let expected = c.number(0)?;
    match singular(c.text(1)?).as_str() {
        // Our log is written, not queued: what the suite counts as jobs are its lines.
        "event-log" => {
            let (_, events) = w.records("event", None).await?;
            match events.len() == expected {
                true => Ok(()),
                false => {
                    let names: Vec<&str> = events
                        .iter()
                        .filter_map(|event| event["name"].as_str())
                        .collect();
                    failed(format!(
                        "{} events instead of {expected}: {}",
                        names.len(),
                        names.join(", ")
                    ))
                }
            }
        }
        "request-log" => missing("request-logs"),
        "webhook" => missing("webhook-endpoints"),
        "event-notification" => missing("event notifications"),
        other => missing(format!("{other} jobs")),
    }
}
