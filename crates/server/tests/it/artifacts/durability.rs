//! What an upload leaves behind that doesn't come to its end.

use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::TimeDelta;
use keystead_app::artifacts;
use keystead_testkit::World;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{plain, release, send, status, uploaded, url, waiting};

/// Every file below a directory.
fn files(path: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(path) else {
        return Vec::new();
    };
    entries
        .flatten()
        .flat_map(|entry| match entry.path() {
            path if path.is_dir() => files(&path),
            path => vec![path],
        })
        .collect()
}

async fn world(objects: &Path) -> World {
    World::with(|config| config.storage.directory = Some(objects.to_owned())).await
}

/// Waits until a directory holds so many files: bytes that are under way can't be waited for.
async fn until(objects: &Path, count: usize) {
    for _ in 0..500 {
        if files(objects).len() == count {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{:?}", files(objects));
}

#[tokio::test]
async fn an_upload_that_breaks_off_leaves_nothing_and_may_be_sent_again() {
    let objects = tempfile::tempdir().unwrap();
    let w = world(objects.path()).await;
    let (_, release) = release(&w, "LICENSED", "1.0.0").await;
    let artifact = waiting(&w, &release, "aurora.zip").await;
    let upload = url(&artifact);
    let (host, path) = upload
        .trim_start_matches("http://")
        .split_once('/')
        .unwrap();

    let mut socket = TcpStream::connect(host).await.unwrap();
    let head = format!("PUT /{path} HTTP/1.1\r\nhost: {host}\r\ncontent-length: 1000\r\n\r\nhalf");
    socket.write_all(head.as_bytes()).await.unwrap();
    until(objects.path(), 1).await;
    drop(socket);
    until(objects.path(), 0).await;

    assert_eq!(status(&w, &artifact.id()).await, "WAITING");
    assert_eq!(artifacts::sweep(w.app(), w.now()).await.unwrap(), 0);
    assert_eq!(send(&upload, "whole").await.status(), 200);
    assert_eq!(status(&w, &artifact.id()).await, "UPLOADED");
    assert_eq!(files(objects.path()).len(), 1);
}

#[tokio::test]
async fn an_object_whose_file_was_not_told_before_a_crash_is_found() {
    let objects = tempfile::tempdir().unwrap();
    let w = world(objects.path()).await;
    let (_, release) = release(&w, "LICENSED", "1.0.0").await;
    let artifact = waiting(&w, &release, "aurora.zip").await.id();
    // What is on the disk when the server is killed between rename and commit.
    let directory = objects.path().join(w.account()).join(&release);
    std::fs::create_dir_all(&directory).unwrap();
    std::fs::write(directory.join(&artifact), "hello").unwrap();

    assert_eq!(artifacts::sweep(w.app(), w.now()).await.unwrap(), 1);

    assert_eq!(status(&w, &artifact).await, "UPLOADED");
    let path = format!("/artifacts/{artifact}");
    let shown = plain(&w.admin()).get(&path).await.expect(200);
    assert_eq!(super::fetch(&url(&shown)).await, (200, "hello".to_owned()));
}

#[tokio::test]
async fn objects_go_with_their_files_and_the_rest_is_swept() {
    let objects = tempfile::tempdir().unwrap();
    let w = world(objects.path()).await;
    let (product, release) = release(&w, "LICENSED", "1.0.0").await;
    let deleted = uploaded(&w, &release, "deleted.zip", "x").await;
    let kept = uploaded(
        &w,
        &super::next(&w, &product, "2.0.0").await,
        "kept.zip",
        "x",
    )
    .await;
    uploaded(&w, &release, "orphan.zip", "x").await;

    let path = format!("/artifacts/{deleted}");
    w.admin().delete(&path).await.expect(204);
    assert_eq!(
        files(objects.path()).len(),
        2,
        "its object goes with the file"
    );
    let path = format!("/releases/{release}");
    w.admin().delete(&path).await.expect(204);
    // Objects are as old as the disk says, which knows the real time.
    w.catch_up();
    assert_eq!(artifacts::tidy(w.app(), w.now()).await.unwrap(), 0);
    w.advance(TimeDelta::days(2));
    assert_eq!(artifacts::tidy(w.app(), w.now()).await.unwrap(), 1);

    let left = files(objects.path());
    assert_eq!(left.len(), 1);
    assert!(left[0].ends_with(&kept));
}

#[tokio::test]
async fn what_a_client_calls_its_file_is_no_path() {
    let objects = tempfile::tempdir().unwrap();
    let w = world(objects.path()).await;
    let (_, release) = release(&w, "LICENSED", "1.0.0").await;
    for filename in ["../../escape.zip", "/etc/escape", "a/../../b"] {
        let body = super::file(&release, serde_json::json!({ "filename": filename }));
        let answer = plain(&w.admin()).post("/artifacts", body).await.expect(422);
        assert_eq!(answer.code(), "FILENAME_INVALID", "{filename}");
    }
    let artifact = uploaded(&w, &release, "deep/down/aurora.zip", "x").await;

    let left = files(objects.path());
    assert_eq!(left.len(), 1);
    assert!(left[0].ends_with(format!("{release}/{artifact}")));
    let mut unknown = TcpStream::connect(w.base().trim_start_matches("http://"))
        .await
        .unwrap();
    let head = "GET /objects/../../etc/passwd HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    unknown.write_all(head.as_bytes()).await.unwrap();
    let mut told = String::new();
    unknown.read_to_string(&mut told).await.unwrap();
    assert!(told.starts_with("HTTP/1.1 40"), "{told}");
}
