//! Work that a request leaves behind: events, notifications, logs, e-mails.

use futures::FutureExt;
use keystead_app::webhooks::WEBHOOKS;
use keystead_store::outbox;

use super::{Call, Entry};
use crate::fault::{Outcome, failed, missing};
use crate::words::singular;
use crate::world::{World, uuid_at};

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
        // Our logs are written, not queued: what the suite counts as jobs are their lines.
        "event-log" => lines(w, "event", "name", expected).await,
        "request-log" => lines(w, "request_log", "url", expected).await,
        "webhook" => deliveries(w, expected).await,
        // What follows from an event is done with it, or in the journal: one reaction each.
        "event-notification" => lines(w, "event", "name", expected).await,
        "touch-license" => touched(w, expected).await,
        other => missing(format!("{other} jobs")),
    }
}

/// Lines of a log that requests wrote; those that the scenario laid there itself don't count.
async fn lines(w: &World, noun: &str, telling: &str, expected: usize) -> Outcome {
    let (_, mut rows) = w.records(noun, None).await?;
    rows.retain(|row| uuid_at(row, "id").is_none_or(|id| !w.laid.contains(&id)));
    if rows.len() == expected {
        return Ok(());
    }
    let told: Vec<&str> = rows
        .iter()
        .filter_map(|row| row[telling].as_str())
        .collect();
    failed(format!(
        "{} {noun}s instead of {expected}: {}",
        told.len(),
        told.join(", ")
    ))
}

/// Licenses that remember a validation: ours are stamped in batches.
async fn touched(w: &World, expected: usize) -> Outcome {
    let (_, rows) = w.records("license", None).await?;
    let count = rows
        .iter()
        .filter(|row| !row["last_validated_at"].is_null())
        .count();
    match count == expected {
        true => Ok(()),
        false => failed(format!("{count} touched licenses instead of {expected}")),
    }
}

/// Deliveries of webhooks that wait: nobody works here, so all of them do.
async fn deliveries(w: &World, expected: usize) -> Outcome {
    w.settle().await;
    let queues = outbox::stats(&w.app().db, w.time.now()).await?;
    let waiting = queues
        .iter()
        .find(|queue| queue.queue == WEBHOOKS)
        .map_or(0, |queue| queue.waiting);
    match usize::try_from(waiting) == Ok(expected) {
        true => Ok(()),
        false => failed(format!("{waiting} webhooks instead of {expected}")),
    }
}
