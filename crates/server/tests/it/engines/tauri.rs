//! What Tauri's updater is told.

use keystead_testkit::World;
use serde_json::json;

use super::*;

const PLATFORM: &str = "platform=linux&arch=x64";

#[tokio::test]
async fn the_updater_is_told_of_what_may_follow_and_where_it_is() {
    let w = World::start().await;
    let shelf = Shelf::of(&w, "LICENSED").await;
    let package = shelf.package("fernweh", Some("tauri")).await;
    for version in ["1.0.0", "1.1.0-beta.1"] {
        shelf
            .put(version, |release| release.package_id = Some(package))
            .await;
    }
    let next = shelf
        .put("1.1.0", |release| {
            release.package_id = Some(package);
            release.description = Some("Faster import.".to_owned());
        })
        .await;
    let setup = shelf.file(&next, "fernweh-setup.nsis.zip", "x").await;
    let own = holder(&w, &shelf).await;

    let path = format!("/engines/tauri/fernweh?{PLATFORM}&version=1.0.0");
    let answer = own
        .with("accept", "application/octet-stream")
        .get(&path)
        .await
        .expect(200);

    assert_eq!(
        answer.header("content-type"),
        "application/json; charset=utf-8"
    );
    assert_eq!(
        answer.body,
        json!({
            "url": file_url(&w, &setup.to_string(), "fernweh-setup.nsis.zip"),
            "signature": null,
            "version": "1.1.0",
            "pub_date": w.now().format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(),
            "notes": "Faster import.",
        }),
    );
    let log = w.admin().get("/event-logs?limit=1").await.expect(200);
    assert_eq!(
        log.at("/data/0/attributes/event"),
        &json!("release.upgraded")
    );
    let file = answer.at("/url").as_str().expect("a URL");
    let file = file.split_once("/artifacts").expect("of a file").1;
    let path = format!("/artifacts{file}");
    let file = own.staying().get(&path).await.expect(303);
    assert!(file.header("location").contains("fernweh-setup.nsis.zip"));
}

#[tokio::test]
async fn there_is_nothing_new_or_nothing_at_all() {
    let w = World::start().await;
    let shelf = Shelf::of(&w, "LICENSED").await;
    let package = shelf.package("fernweh", Some("tauri")).await;
    shelf.package("other", Some("pypi")).await;
    for version in ["1.0.0", "1.1.0", "2.0.0-beta.1"] {
        shelf
            .put(version, |release| release.package_id = Some(package))
            .await;
    }
    let own = holder(&w, &shelf).await;
    let before = w.admin().get("/event-logs").await.expect(200);

    #[rustfmt::skip]
    let table = [
        (&own,        "fernweh", "platform=linux&arch=x64&version=1.1.0",               204),
        (&own,        "fernweh", "platform=linux&arch=x64&version=9.9.9",               204),
        (&own,        "fernweh", "platform=windows&arch=x64&version=1.0.0",             204),
        (&own,        "fernweh", "platform=linux&arch=arm64&version=1.0.0",             204),
        (&own,        "fernweh", "platform=linux&arch=x64&version=1.0.0&constraint=2",  204),
        (&own,        "fernweh", "platform=linux&arch=x64&version=1.0.0&constraint=x",  400),
        (&own,        "fernweh", "platform=linux&arch=x64",                             400),
        (&own,        "fernweh", "platform=linux&version=1.0.0",                        400),
        (&own,        "fernweh", "arch=x64&version=1.0.0",                              400),
        (&own,        "other",   "platform=linux&arch=x64&version=1.0.0",               404),
        (&own,        "nothing", "platform=linux&arch=x64&version=1.0.0",               404),
        (&w.anyone(), "fernweh", "platform=linux&arch=x64&version=1.0.0",               404),
    ];
    for (caller, package, query, status) in table {
        let path = format!("/engines/tauri/{package}?{query}");
        let answer = caller.get(&path).await;
        assert_eq!(answer.status, status, "{path}: {}", answer.text);
        if status >= 400 {
            let kind = "application/json; charset=utf-8";
            assert_eq!(answer.header("content-type"), kind, "{path}");
        }
    }
    let after = w.admin().get("/event-logs").await.expect(200);
    assert_eq!(after.at("/data"), before.at("/data"));

    let path = format!("/engines/tauri/fernweh?{PLATFORM}&version=1.1.0&channel=beta");
    let beta = own.get(&path).await.expect(200);
    assert_eq!(beta.at("/version"), &json!("2.0.0-beta.1"));
}

#[tokio::test]
async fn a_file_that_only_vouches_for_another_is_never_offered() {
    let w = World::start().await;
    let shelf = Shelf::of(&w, "OPEN").await;
    let package = shelf.package("fernweh", Some("tauri")).await;
    for version in ["1.0.0", "1.1.0"] {
        shelf
            .put(version, |release| release.package_id = Some(package))
            .await;
    }
    let files = w.admin().get("/releases/1.1.0/artifacts").await.expect(200);
    let only = files.at("/data/0/id").as_str().expect("a file").to_owned();
    let path = format!("/engines/tauri/fernweh?{PLATFORM}&version=1.0.0");
    let offered = w.anyone().get(&path).await.expect(200);
    let url = file_url(&w, &only, "aurora.zip");
    assert_eq!(offered.at("/url"), &json!(url));

    w.admin()
        .delete(&format!("/artifacts/{only}"))
        .await
        .expect(204);
    let body = crate::artifacts::file(
        files
            .at("/data/0/relationships/release/data/id")
            .as_str()
            .expect("a release"),
        json!({ "filename": "aurora.sig", "filetype": "sig", "platform": "linux", "arch": "x64" }),
    );
    let made = crate::artifacts::plain(&w.admin())
        .post("/artifacts", body)
        .await
        .expect(200);
    let upload = crate::artifacts::url(&made);
    assert_eq!(crate::artifacts::send(&upload, "ok").await.status(), 200);

    w.anyone().get(&path).await.expect(204);
}
