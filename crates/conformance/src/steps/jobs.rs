//! Work that a request leaves behind: events, notifications, logs, e-mails.

use futures::FutureExt;
use keystead_app::mail::{self, Letter, Letters, SendMail};
use keystead_app::webhooks::WEBHOOKS;
use keystead_jobs::Job;
use keystead_store::outbox;
use sea_orm::ConnectionTrait;

use super::{Call, Entry};
use crate::fault::{Outcome, broken, failed, missing};
use crate::shelf::Mood;
use crate::words::{singular, snake};
use crate::world::{World, uuid_at};

pub const STEPS: &[Entry] = &[
    (
        r"sidekiq should (?:have|process) {n} {s} jobs?(?: queued in ([.\d]+ \w+))?",
        |w, c| jobs(w, c).boxed(),
    ),
    (
        "the (?:account|user) should( not)? receive an? {s} email",
        |w, c| mail(w, c).boxed(),
    ),
    (
        "AWS S3 is (responding with a \\d+ status|timing out)",
        |w, c| async { shelve(w, c) }.boxed(),
    ),
];

/// Mails that only the hosted service sends: nothing here ever does.
const HOSTED: &[&str] = &["prompt_for_first_impression", "subscription_canceled"];

/// The mails that wait to be sent, written as they would be: whom they go to.
async fn mail(w: &mut World, c: &Call<'_>) -> Outcome {
    let wanted = snake(c.text(1)?).replace(' ', "_");
    let unwanted = c.maybe(0).is_some();
    if HOSTED.contains(&wanted.as_str()) && !unwanted {
        return missing(format!("e-mail: {wanted}"));
    }
    let letters = Letters::load(None, None).or_else(broken)?;
    let mut recipients = Vec::new();
    for letter in waiting(w).await? {
        if letter.name() != wanted {
            continue;
        }
        let written = mail::write(w.app(), &letters, &letter)
            .await
            .or_else(broken)?;
        recipients.extend(written.map(|mail| mail.to));
    }
    let (_, users) = w.records("user", w.account).await?;
    recipients.retain(|to| users.iter().any(|user| user["email"] == to.as_str()));
    match (recipients.len(), unwanted) {
        (0, true) | (1, false) => Ok(()),
        (count, _) => failed(format!("{count} mails {wanted} to users")),
    }
}

/// What the jobs that send mails say.
async fn waiting(w: &World) -> Outcome<Vec<Letter>> {
    let sql = "SELECT CAST(payload AS text) AS payload FROM jobs WHERE kind = $1 ORDER BY id";
    let db = &w.app().db;
    let rows = db
        .query_all_raw(db.statement(sql, [SendMail::KIND.into()]))
        .await?;
    let mut letters = Vec::new();
    for row in rows {
        let payload: String = row.try_get("", "payload")?;
        let job: SendMail = serde_json::from_str(&payload)?;
        letters.push(job.letter);
    }
    Ok(letters)
}

/// How the storage of files behaves from now on.
fn shelve(w: &mut World, c: &Call<'_>) -> Outcome {
    w.shelf.turn(match c.text(0)? {
        "timing out" => Mood::Silent,
        "responding with a 404 status" => Mood::Empty,
        other => return missing(format!("a storage that is {other}")),
    });
    Ok(())
}

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
        // What the hosted service does with those who join it: nothing here ever does.
        "slack-invite" | "initialize-billing" if expected == 0 => Ok(()),
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
