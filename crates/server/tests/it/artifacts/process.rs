//! How uploaded packages are looked into.

use chrono::TimeDelta;
use keystead_app::{PACKAGES, artifacts};
use keystead_testkit::World;
use serde_json::{Value, json};

use super::{file, plain, send, status, url};

/// Packages that real tools made; see `crates/formats/fixtures/README.md`.
pub const TGZ: &[u8] = include_bytes!("../../../../formats/fixtures/keystead-ping-1.2.0.tgz");
pub const GEM: &[u8] = include_bytes!("../../../../formats/fixtures/ping-1.2.0.gem");

/// A package of an open product, for the clients of an engine: product and package.
pub async fn package(w: &World, engine: &str, key: &str) -> (String, String) {
    let body = json!({ "data": {
        "type": "products",
        "attributes": { "name": "Aurora", "distributionStrategy": "OPEN" },
    } });
    let product = w.admin().post("/products", body).await.expect(201).id();
    let package = package_of(w, &product, engine, key).await;
    (product, package)
}

/// A package of a product.
pub async fn package_of(w: &World, product: &str, engine: &str, key: &str) -> String {
    let body = json!({ "data": {
        "type": "packages",
        "attributes": { "name": key, "key": key, "engine": engine },
        "relationships": { "product": { "data": { "type": "products", "id": product } } },
    } });
    w.admin().post("/packages", body).await.expect(201).id()
}

/// A published release in a package.
pub async fn release_of(w: &World, product: &str, package: &str, version: &str) -> String {
    let channel = match version.split_once('-') {
        Some((_, tag)) => tag.split('.').next().expect("a word"),
        None => "stable",
    };
    let body = json!({ "data": {
        "type": "releases",
        "attributes": { "version": version, "channel": channel, "status": "PUBLISHED" },
        "relationships": {
            "product": { "data": { "type": "products", "id": product } },
            "package": { "data": { "type": "packages", "id": package } },
        },
    } });
    w.admin().post("/releases", body).await.expect(201).id()
}

/// A file of this name and type whose bytes have come; its id.
pub async fn arrived(
    w: &World,
    release: &str,
    filename: &str,
    bytes: impl Into<reqwest::Body>,
) -> String {
    arrived_with(w, release, json!({ "filename": filename }), bytes).await
}

/// The same of a file of which more is said than its name.
pub async fn arrived_with(
    w: &World,
    release: &str,
    mut attributes: Value,
    bytes: impl Into<reqwest::Body>,
) -> String {
    let filename = attributes["filename"].as_str().unwrap_or_default();
    attributes["filetype"] = json!(filename.rsplit('.').next());
    let body = file(release, attributes);
    let artifact = plain(&w.admin()).post("/artifacts", body).await.expect(200);
    let upload = reqwest::Client::new().put(url(&artifact));
    let sent = upload.body(bytes).send().await.expect("the server answers");
    assert_eq!(sent.status(), 200);
    artifact.id()
}

/// What was told of a file, the first first: the events' names and metadata.
async fn told(w: &World, artifact: &str) -> Vec<(String, String)> {
    let path = format!("/event-logs?limit=100&resource[id]={artifact}");
    let events = w.admin().get(&path).await.expect(200);
    let events = events.at("/data").as_array().expect("a list").clone();
    let events = events.iter().rev().map(|event| {
        let reason = event["attributes"]["metadata"]["reason"].as_str();
        let name = event["attributes"]["event"].as_str();
        (
            name.unwrap_or_default().to_owned(),
            reason.unwrap_or_default().to_owned(),
        )
    });
    events.filter(|(name, _)| name.contains("upload")).collect()
}

#[tokio::test]
async fn packages_are_looked_into_before_they_are_there() {
    let w = World::start().await;
    for (engine, filename, bytes) in [
        ("npm", "ping-1.2.0.tgz", TGZ),
        ("rubygems", "ping-1.2.0.gem", GEM),
    ] {
        let (product, package) = package(&w, engine, filename).await;
        let release = release_of(&w, &product, &package, "1.2.0").await;

        let artifact = arrived(&w, &release, filename, bytes).await;
        let path = format!("/artifacts/{artifact}");
        let early = plain(&w.anyone()).get(&path).await.status;
        let before = status(&w, &artifact).await;
        assert_eq!(w.work_off(PACKAGES).await, 1);

        assert_eq!((before.as_str(), early), ("PROCESSING", 404), "{engine}");
        assert_eq!(status(&w, &artifact).await, "UPLOADED", "{engine}");
        let download = plain(&w.anyone()).get(&path).await.expect(200);
        let fetched = reqwest::get(url(&download)).await.unwrap().bytes().await;
        assert_eq!(fetched.unwrap(), bytes);
        let names: Vec<_> = told(&w, &artifact)
            .await
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        let expected = ["artifact.upload.processing", "artifact.upload.succeeded"];
        assert_eq!(names, expected, "{engine}");
    }
}

#[tokio::test]
async fn what_is_no_package_has_failed_and_says_why() {
    let w = World::start().await;
    let table: &[(&str, &str, &'static [u8], &str)] = &[
        (
            "npm",
            "a.tgz",
            b"no gzip, but twenty-eight bytes",
            "the archive can't be read",
        ),
        (
            "npm",
            "b.tgz",
            b"too short",
            "it must have 28 to 33554432 bytes",
        ),
        ("npm", "c.tgz", GEM, "the archive can't be read"),
        ("npm", "d.tgz", &TGZ[..200], "the archive can't be read"),
        ("rubygems", "e.gem", TGZ, "the archive can't be read"),
        (
            "rubygems",
            "f.gem",
            b"gem",
            "it must have 5 to 33554432 bytes",
        ),
    ];
    for (engine, filename, bytes, reason) in table {
        let (product, package) = package(&w, engine, filename).await;
        let release = release_of(&w, &product, &package, "1.0.0").await;
        let artifact = arrived(&w, &release, filename, *bytes).await;

        w.work_off(PACKAGES).await;

        assert_eq!(status(&w, &artifact).await, "FAILED", "{filename}");
        let told = told(&w, &artifact).await;
        let (name, why) = told.last().expect("it is told");
        assert_eq!(name, "artifact.upload.failed");
        assert!(why.starts_with(reason), "{filename}: {why}");
        let path = format!("/artifacts/{artifact}");
        assert_eq!(plain(&w.anyone()).get(&path).await.status, 404);
    }
}

#[tokio::test]
async fn other_files_are_there_at_once() {
    let w = World::start().await;
    for (engine, filename) in [
        ("npm", "ping.zip"),
        ("rubygems", "ping.tgz"),
        ("raw", "ping.gem"),
    ] {
        let (product, package) = package(&w, engine, filename).await;
        let release = release_of(&w, &product, &package, "1.0.0").await;

        let artifact = arrived(&w, &release, filename, "anything").await;

        assert_eq!(status(&w, &artifact).await, "UPLOADED", "{filename}");
        assert_eq!(w.work_off(PACKAGES).await, 0);
        let names: Vec<_> = told(&w, &artifact)
            .await
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        assert_eq!(names, ["artifact.upload.succeeded", "artifact.uploaded"]);
    }
}

#[tokio::test]
async fn a_package_that_went_meanwhile_is_left_alone() {
    let w = World::start().await;
    let (product, package) = package(&w, "npm", "ping").await;
    let release = release_of(&w, &product, &package, "1.2.0").await;
    let artifact = arrived(&w, &release, "ping-1.2.0.tgz", TGZ).await;

    w.admin()
        .delete(&format!("/artifacts/{artifact}"))
        .await
        .expect(204);

    assert_eq!(w.work_off(PACKAGES).await, 1);
    let path = format!("/artifacts/{artifact}?prefer=no-download");
    assert_eq!(w.admin().get(&path).await.status, 404);
}

#[tokio::test]
async fn nobody_waits_for_ever_for_a_package_to_be_looked_into() {
    let w = World::start().await;
    let (product, package) = package(&w, "npm", "ping").await;
    let release = release_of(&w, &product, &package, "1.2.0").await;
    let artifact = arrived(&w, &release, "ping-1.2.0.tgz", TGZ).await;

    w.advance(TimeDelta::hours(23));
    assert_eq!(artifacts::sweep(w.app(), w.now()).await.unwrap(), 0);
    w.advance(TimeDelta::hours(2));
    assert_eq!(artifacts::sweep(w.app(), w.now()).await.unwrap(), 1);

    assert_eq!(status(&w, &artifact).await, "FAILED");
    w.work_off(PACKAGES).await;
    assert_eq!(status(&w, &artifact).await, "FAILED", "it is late now");
}

#[tokio::test]
async fn packages_that_came_behind_the_servers_back_are_looked_into_too() {
    let w = World::start().await;
    let (product, package) = package(&w, "npm", "ping").await;
    let release = release_of(&w, &product, &package, "1.2.0").await;
    let body = file(
        &release,
        json!({ "filename": "ping-1.2.0.tgz", "filetype": "tgz" }),
    );
    let artifact = plain(&w.admin())
        .post("/artifacts", body)
        .await
        .expect(200)
        .id();
    let row = keystead_store::artifacts::by_id(&w.app().db, artifact.parse().unwrap());
    let row = row.await.unwrap().expect("it was made");
    let bytes = futures::stream::iter([Ok(TGZ.into())]);
    let put = w
        .app()
        .storage
        .put(artifacts::key(&row), Box::pin(bytes), 1 << 20);
    put.await.unwrap();

    assert_eq!(artifacts::sweep(w.app(), w.now()).await.unwrap(), 1);
    assert_eq!(status(&w, &artifact).await, "PROCESSING");
    w.work_off(PACKAGES).await;

    assert_eq!(status(&w, &artifact).await, "UPLOADED");
}

#[tokio::test]
async fn a_package_that_is_replaced_is_looked_into_again() {
    let w = World::start().await;
    let (product, package) = package(&w, "npm", "ping").await;
    let release = release_of(&w, &product, &package, "1.2.0").await;
    let artifact = arrived(&w, &release, "ping-1.2.0.tgz", TGZ).await;
    w.work_off(PACKAGES).await;
    let old = plain(&w.admin()).with("keygen-version", "1.0");
    let path = format!("/releases/{release}/artifact");
    let again = old.put(&path, json!({})).await;
    let upload = again.header("location").to_owned();

    assert_eq!(
        send(&upload, "no gzip, but twenty-eight bytes")
            .await
            .status(),
        200
    );
    assert_eq!(status(&w, &artifact).await, "PROCESSING");
    w.work_off(PACKAGES).await;
    assert_eq!(status(&w, &artifact).await, "FAILED");
}
