//! How bytes come.

use chrono::TimeDelta;
use keystead_app::artifacts;
use keystead_testkit::World;

use super::{fetch, plain, release, send, status, uploaded, url, waiting};

#[tokio::test]
async fn a_file_waits_for_its_bytes_and_is_there_when_they_came() {
    let w = World::start().await;
    let (_, release) = release(&w, "LICENSED", "1.0.0").await;

    let artifact = waiting(&w, &release, "dir/Aurora 1.zip").await;
    let (before, upload) = (status(&w, &artifact.id()).await, url(&artifact));
    let sent = send(&upload, "hello").await;

    assert_eq!(before, "WAITING");
    assert_eq!(sent.status(), 200);
    assert_eq!(status(&w, &artifact.id()).await, "UPLOADED");
    let path = format!("/artifacts/{}", artifact.id());
    let shown = plain(&w.admin()).get(&path).await.expect(200);
    assert_eq!(fetch(&url(&shown)).await, (200, "hello".to_owned()));
}

#[tokio::test]
async fn bytes_come_once() {
    let w = World::start().await;
    let (_, release) = release(&w, "LICENSED", "1.0.0").await;
    let artifact = waiting(&w, &release, "aurora.zip").await;
    let upload = url(&artifact);

    let first = send(&upload, "first").await.status();
    let second = send(&upload, "second").await.status();

    assert_eq!((first.as_u16(), second.as_u16()), (200, 409));
    let path = format!("/artifacts/{}", artifact.id());
    let shown = plain(&w.admin()).get(&path).await.expect(200);
    assert_eq!(fetch(&url(&shown)).await, (200, "first".to_owned()));
}

#[tokio::test]
async fn of_two_who_upload_at_once_one_is_told_so() {
    let w = World::start().await;
    let (_, release) = release(&w, "LICENSED", "1.0.0").await;
    let artifact = waiting(&w, &release, "aurora.zip").await;
    let upload = url(&artifact);

    let (one, other) = tokio::join!(send(&upload, "one"), send(&upload, "other"));

    let mut statuses = [one.status().as_u16(), other.status().as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    let winner = if one.status() == 200 { "one" } else { "other" };
    let path = format!("/artifacts/{}", artifact.id());
    let shown = plain(&w.admin()).get(&path).await.expect(200);
    assert_eq!(fetch(&url(&shown)).await.1, winner);
}

#[tokio::test]
async fn a_url_is_good_for_an_hour_and_not_for_anything_else() {
    let w = World::start().await;
    let (_, release) = release(&w, "LICENSED", "1.0.0").await;
    let artifact = waiting(&w, &release, "aurora.zip").await;
    let upload = url(&artifact);

    let read = fetch(&upload).await.0;
    let forged = send(&upload.replace("aurora.zip", "other.zip"), "x").await;
    w.advance(TimeDelta::minutes(59));
    let other = waiting(&w, &release, "other.zip").await;
    w.advance(TimeDelta::minutes(2));
    let late = send(&upload, "x").await;

    let refused = (read, forged.status().as_u16(), late.status().as_u16());
    assert_eq!(refused, (403, 403, 403));
    assert_eq!(send(&url(&other), "x").await.status(), 200);
}

#[tokio::test]
async fn what_is_too_large_is_refused_and_leaves_nothing() {
    let w = World::with(|config| config.storage.max_object_bytes = 4).await;
    let (_, release) = release(&w, "LICENSED", "1.0.0").await;
    let artifact = waiting(&w, &release, "aurora.zip").await;

    let told = send(&url(&artifact), "hello").await;
    assert_eq!(told.status(), 413);
    assert_eq!(status(&w, &artifact.id()).await, "WAITING");
    assert_eq!(send(&url(&artifact), "four").await.status(), 200);
}

#[tokio::test]
async fn bytes_that_do_not_come_within_the_hour_have_failed() {
    let w = World::start().await;
    let (_, release) = release(&w, "LICENSED", "1.0.0").await;
    let artifact = waiting(&w, &release, "aurora.zip").await.id();
    let there = uploaded(&w, &release, "other.zip", "x").await;

    w.advance(TimeDelta::minutes(59));
    assert_eq!(artifacts::sweep(w.app(), w.now()).await.unwrap(), 0);
    w.advance(TimeDelta::minutes(2));
    assert_eq!(artifacts::sweep(w.app(), w.now()).await.unwrap(), 1);

    assert_eq!(status(&w, &artifact).await, "FAILED");
    assert_eq!(status(&w, &there).await, "UPLOADED");
    let events = w.admin().get("/event-logs?limit=100").await.expect(200);
    for name in [
        "artifact.upload.failed",
        "artifact.upload.succeeded",
        "artifact.uploaded",
    ] {
        assert!(events.text.contains(name), "{name}");
    }
}
