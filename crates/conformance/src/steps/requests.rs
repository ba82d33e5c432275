//! Requests.

use futures::FutureExt;
use poem::http::Method;

use super::{Call, Entry};
use crate::door::{HOST, Sent, encode};
use crate::fault::{Outcome, broken};
use crate::placeholders;
use crate::world::World;

pub const STEPS: &[Entry] = &[
    (
        "I send an? (GET|HEAD|POST|PUT|PATCH|DELETE) request to {s}",
        |w, c| plain(w, c).boxed(),
    ),
    (
        "I send an? (POST|PUT|PATCH|DELETE) request to {s} with the following:",
        |w, c| with_body(w, c, false).boxed(),
    ),
    (
        "I send an? (POST|PUT|PATCH) request to {s} with the following badly encoded data:",
        |w, c| with_body(w, c, true).boxed(),
    ),
];

/// The request that a line names.
async fn request(w: &mut World, c: &Call<'_>) -> Outcome<Sent> {
    let method: Method = c.text(0)?.parse().or_else(broken)?;
    let path = placeholders::fill_path(w, c.text(1)?).await?;
    let (host, target) = match path.strip_prefix("//") {
        Some(rest) => match rest.split_once('/') {
            Some((host, path)) => (host.to_owned(), format!("/{path}")),
            None => (rest.to_owned(), "/".to_owned()),
        },
        None => (
            HOST.to_owned(),
            format!("{}/{}", w.prefix, path.trim_start_matches('/')),
        ),
    };
    // Where people come back from their provider.
    let target = match target.starts_with("/sso?") {
        true => super::sso::translated(w, &target).await?,
        false => target,
    };
    Ok(Sent {
        method,
        target: encode(&target),
        host,
    })
}

async fn plain(w: &mut World, c: &Call<'_>) -> Outcome {
    let sent = request(w, c).await?;
    w.send(sent, None).await
}

async fn with_body(w: &mut World, c: &Call<'_>, bad: bool) -> Outcome {
    let sent = request(w, c).await?;
    let text = c.filled(w).await?;
    let body = match bad {
        false => text.into_bytes(),
        // The Western code page: what it has beyond ASCII is no UTF-8.
        true => text
            .chars()
            .map(|letter| u8::try_from(u32::from(letter)).unwrap_or(b'?'))
            .collect(),
    };
    w.send(sent, Some(body)).await
}
