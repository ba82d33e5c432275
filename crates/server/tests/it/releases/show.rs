//! One release, one file.

use chrono::TimeDelta;
use keystead_testkit::World;

use super::Shelf;

#[tokio::test]
async fn a_release_is_found_by_id_version_and_tag_and_the_oldest_wins() {
    let w = World::start().await;
    let (older, newer) = (
        Shelf::of(&w, "LICENSED").await,
        Shelf::of(&w, "LICENSED").await,
    );
    let first = older
        .put("1.0.0", |it| it.tag = Some("latest".to_owned()))
        .await;
    w.advance(TimeDelta::seconds(1));
    let second = newer
        .put("1.0.0", |it| it.tag = Some("latest".to_owned()))
        .await;
    let (first, second) = (first.id.to_string(), second.id.to_string());
    let narrowed = format!("/releases/1.0.0?product={}", newer.product());

    #[rustfmt::skip]
    let table = [
        (format!("/releases/{second}"), second.as_str()),
        ("/releases/1.0.0".to_owned(),  first.as_str()),
        ("/releases/latest".to_owned(), first.as_str()),
        (narrowed,                      second.as_str()),
    ];
    for (path, expected) in table {
        assert_eq!(
            w.admin().get(&path).await.expect(200).id(),
            expected,
            "{path}"
        );
    }
    let gone = w.admin().get("/releases/1.0").await.expect(404);
    assert_eq!(gone.detail(), "The requested release '1.0' was not found");
}

#[tokio::test]
async fn a_release_shows_the_parts_of_its_version_and_where_its_files_are() {
    let w = World::start().await;
    let shelf = Shelf::of(&w, "LICENSED").await;
    let release = shelf.release("2.4.0-beta.3+build.91").await.id;
    let path = format!("/releases/{release}");

    let shown = w.admin().get(&path).await.expect(200);
    let product = w.admin().get(&format!("{path}/product")).await.expect(200);
    let package = w.admin().get(&format!("{path}/package")).await.expect(200);
    let files = w
        .admin()
        .get(&format!("{path}/artifacts"))
        .await
        .expect(200);

    let semver = shown.at("/data/attributes/semver");
    assert_eq!(semver["minor"], 4);
    assert_eq!(semver["prerelease"], "beta.3");
    assert_eq!(semver["build"], "build.91");
    assert_eq!(product.id(), shelf.product());
    assert!(package.at("/data").is_null());
    assert_eq!(files.at("/data/0/attributes/filename"), "aurora.zip");
}

#[tokio::test]
async fn a_file_is_found_by_name_in_the_highest_version() {
    let w = World::start().await;
    let shelf = Shelf::of(&w, "OPEN").await;
    let highest = shelf.release("1.10.0").await.id;
    let beta = shelf.release("1.10.0-beta.2").await.id;
    shelf.release("1.9.0").await;

    let anyone = w.anyone().with("prefer", "no-download");
    let found = anyone.get("/artifacts/aurora.zip").await.expect(200);
    let narrowed = format!("/artifacts/aurora.zip?release={beta}");
    let narrowed = anyone.get(&narrowed).await.expect(200);

    let release = "/data/relationships/release/data/id";
    assert_eq!(found.at(release), &highest.to_string());
    assert_eq!(narrowed.at(release), &beta.to_string());
}

#[tokio::test]
async fn to_clients_of_1_0_a_release_is_its_file() {
    let w = World::start().await;
    let shelf = Shelf::of(&w, "LICENSED").await;
    let release = shelf.release("1.0.0").await.id;
    let old = w.admin().with("keygen-version", "1.0");

    let shown = old.get(&format!("/releases/{release}")).await.expect(200);
    let list = old.get("/releases").await.expect(200);

    assert_eq!(shown.at("/data/attributes/filename"), "aurora.zip");
    assert_eq!(shown.at("/data/attributes/filesize"), 42);
    let link = shown.at("/data/relationships/artifact/links/related");
    assert!(
        link.as_str()
            .is_some_and(|link| link.ends_with("/artifact"))
    );
    assert_eq!(
        shown.at("/data/relationships/artifact/data/type"),
        "artifacts"
    );
    assert_eq!(list.at("/data/0/attributes/platform"), "linux");
}
