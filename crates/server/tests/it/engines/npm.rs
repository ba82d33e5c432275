//! Packages as npm and its kin read them.

use keystead_app::PACKAGES;
use keystead_testkit::{Answer, Caller, World};
use reqwest::Method;
use serde_json::json;

use crate::artifacts::process::{TGZ, arrived, arrived_with, package, package_of, release_of};

/// A version of a package that was looked into; its release.
async fn version(w: &World, product: &str, package: &str, version: &str) -> String {
    let release = release_of(w, product, package, version).await;
    arrived(w, &release, &format!("ping-{version}.tgz"), TGZ).await;
    w.work_off(PACKAGES).await;
    release
}

fn keys(answer: &Answer, pointer: &str) -> Vec<String> {
    let object = answer.at(pointer).as_object().expect("an object");
    object.keys().cloned().collect()
}

async fn show(caller: &Caller, name: &str) -> Answer {
    caller.get(&format!("/engines/npm/{name}")).await
}

#[tokio::test]
async fn a_package_tells_its_versions_and_where_they_are() {
    let w = World::start().await;
    let (product, package) = package(&w, "npm", "@keystead/ping").await;
    let release = release_of(&w, &product, &package, "1.2.0").await;
    let attributes = json!({ "filename": "ping-1.2.0.tgz", "checksum": "0".repeat(40) });
    let artifact = arrived_with(&w, &release, attributes, TGZ).await;
    w.work_off(PACKAGES).await;

    let shown = show(&w.anyone(), "@keystead/ping").await.expect(200);

    let (base, account) = (w.base(), w.account());
    let tarball = format!("{base}/v1/accounts/{account}/artifacts/{artifact}/ping-1.2.0.tgz");
    assert_eq!(*shown.at("/name"), "@keystead/ping");
    assert_eq!(*shown.at("/dist-tags"), json!({ "latest": "1.2.0" }));
    assert_eq!(keys(&shown, "/time"), ["created", "modified", "1.2.0"]);
    assert_eq!(
        *shown.at("/versions"),
        json!({ "1.2.0": {
            "name": "@keystead/ping",
            "version": "1.2.0",
            "description": "Answers pings",
            "main": "index.js",
            "license": "MIT",
            "author": "Ada Lovelace <ada@example.com>",
            "dependencies": { "left-pad": "^1.3.0" },
            "dist": { "tarball": tarball, "shasum": "0".repeat(40) },
        } })
    );
    assert_eq!(
        shown.header("content-type"),
        "application/json; charset=utf-8"
    );
    // However it is asked for, it is the same.
    for name in ["@keystead%2Fping", "%40keystead%2fping", package.as_str()] {
        assert_eq!(
            show(&w.anyone(), name).await.expect(200).text,
            shown.text,
            "{name}"
        );
    }
}

#[tokio::test]
async fn checksums_are_told_in_the_words_of_npm() {
    let w = World::start().await;
    let (product, package) = package(&w, "npm", "ping").await;
    let sha512 = format!("{}==", "A".repeat(86));
    #[rustfmt::skip]
    let table = [
        ("1.0.0", sha512.as_str(),    json!({ "integrity": format!("sha512-{sha512}") })),
        ("1.0.1", &"a".repeat(40),    json!({ "shasum": "a".repeat(40) })),
        ("1.0.2", &"a".repeat(64),    json!({})),
        ("1.0.3", "a checksum",       json!({})),
    ];
    for (version, checksum, _) in &table {
        let release = release_of(&w, &product, &package, version).await;
        let filename = format!("ping-{version}.tgz");
        let attributes = json!({ "filename": filename, "checksum": checksum });
        arrived_with(&w, &release, attributes, TGZ).await;
    }
    w.work_off(PACKAGES).await;

    let shown = show(&w.anyone(), "ping").await.expect(200);

    for (version, checksum, mut expected) in table {
        let mut dist = shown.body["versions"][version]["dist"].clone();
        expected["tarball"] = dist["tarball"].take();
        dist["tarball"] = expected["tarball"].clone();
        assert_eq!(dist, expected, "{checksum}");
    }
}

#[tokio::test]
async fn tags_name_versions_and_the_highest_is_the_latest_unless_one_says_so() {
    let w = World::start().await;
    let (product, package) = package(&w, "npm", "ping").await;
    let mut releases = Vec::new();
    for number in ["1.9.0", "1.10.0", "2.0.0-beta.1"] {
        releases.push(version(&w, &product, &package, number).await);
    }

    let untagged = show(&w.anyone(), "ping").await.expect(200);
    for (release, tag) in [(&releases[0], "latest"), (&releases[2], "next")] {
        let body = json!({ "data": { "type": "releases", "attributes": { "tag": tag } } });
        let path = format!("/releases/{release}");
        w.admin().patch(&path, body).await.expect(200);
    }
    let tagged = show(&w.anyone(), "ping").await.expect(200);

    let versions = ["2.0.0-beta.1", "1.10.0", "1.9.0"];
    assert_eq!(keys(&untagged, "/versions"), versions);
    assert_eq!(
        *untagged.at("/dist-tags"),
        json!({ "latest": "2.0.0-beta.1" })
    );
    assert_eq!(
        *tagged.at("/dist-tags"),
        json!({ "latest": "1.9.0", "next": "2.0.0-beta.1" })
    );
}

#[tokio::test]
async fn what_is_hidden_of_another_engine_or_not_looked_into_is_not_there() {
    let w = World::start().await;
    let (product, open) = package(&w, "npm", "ping").await;
    version(&w, &product, &open, "1.0.0").await;
    package_of(&w, &product, "npm", "empty").await;
    let raw = package_of(&w, &product, "raw", "raw").await;
    version(&w, &product, &raw, "1.0.0").await;
    let late = package_of(&w, &product, "npm", "late").await;
    let release = release_of(&w, &product, &late, "1.0.0").await;
    arrived(&w, &release, "late-1.0.0.tgz", TGZ).await;
    let licensed = w.product().await;
    let hidden = package_of(&w, &licensed, "npm", "hidden").await;
    version(&w, &licensed, &hidden, "1.0.0").await;
    let body = json!({ "data": { "type": "releases", "attributes": { "version": "2.0.0",
        "channel": "stable", "status": "DRAFT" }, "relationships": {
        "product": { "data": { "type": "products", "id": product } },
        "package": { "data": { "type": "packages", "id": open } } } } });
    let draft = w.admin().post("/releases", body).await.expect(201).id();
    arrived(&w, &draft, "ping-2.0.0.tgz", TGZ).await;

    // Looked into by now, all but the draft's, was what came before it.
    for name in ["empty", "raw", "hidden", "nothing"] {
        let told = show(&w.anyone(), name).await.expect(404);
        assert_eq!(
            told.header("content-type"),
            "application/json; charset=utf-8"
        );
        assert!(told.at("/errors").is_array(), "{name}");
    }
    w.work_off(PACKAGES).await;
    show(&w.admin(), "hidden").await.expect(200);
    let theirs = show(&w.anyone(), "ping").await.expect(200);
    assert_eq!(keys(&theirs, "/versions"), ["1.0.0"]);
    let ours = show(&w.admin(), "ping").await.expect(200);
    assert_eq!(keys(&ours, "/versions"), ["2.0.0", "1.0.0"]);
    show(&w.bearer("nobody's"), "ping").await.expect(401);
}

#[tokio::test]
async fn who_has_it_already_is_told_so_and_only_json_is_spoken() {
    let w = World::start().await;
    let (product, package) = package(&w, "npm", "ping").await;
    version(&w, &product, &package, "1.0.0").await;

    let shown = show(&w.anyone(), "ping").await.expect(200);
    let etag = shown.header("etag").to_owned();
    let again = show(&w.anyone().with("if-none-match", &etag), "ping").await;
    version(&w, &product, &package, "1.1.0").await;
    let changed = show(&w.anyone().with("if-none-match", &etag), "ping").await;

    assert!(etag.starts_with("W/\"") && etag.len() == 36, "{etag}");
    assert_eq!(
        shown.header("cache-control"),
        "max-age=600, private, no-transform"
    );
    assert!(shown.header("last-modified").ends_with("GMT"));
    assert_eq!((again.status, again.text.as_str()), (304, ""));
    changed.expect(200);
    #[rustfmt::skip]
    let table = [
        ("application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*", 200),
        ("application/json", 200),
        ("*/*",              200),
        ("text/html",        400),
    ];
    for (accept, status) in table {
        let told = show(&w.anyone().with("accept", accept), "ping").await;
        assert_eq!(told.status, status, "{accept}");
    }
}

#[tokio::test]
async fn services_of_npm_are_gone_whatever_is_sent_to_them() {
    let w = World::start().await;
    let base = format!("/v1/accounts/{}/engines/npm/-/npm", w.account());
    for (method, path) in [
        (Method::GET, "v1/search"),
        (Method::POST, "v1/security/advisories/bulk"),
        (Method::PUT, "v1/user"),
        (Method::DELETE, "v1/tokens/token/x"),
    ] {
        let body = (method != Method::GET).then(|| "\u{1f}no JSON".to_owned());
        let caller = w.anyone().with("content-type", "application/json");
        let told = caller
            .send_raw(method, &format!("{base}/{path}"), body)
            .await;
        assert_eq!((told.status, told.text.as_str()), (410, ""), "{path}");
    }
}

#[tokio::test]
async fn of_several_files_of_a_version_the_oldest_is_told() {
    let w = World::start().await;
    let (product, package) = package(&w, "npm", "ping").await;
    let release = version(&w, &product, &package, "1.0.0").await;
    arrived(&w, &release, "other-1.0.0.tgz", TGZ).await;
    w.work_off(PACKAGES).await;

    let shown = show(&w.anyone(), "ping").await.expect(200);

    let tarball = shown.body["versions"]["1.0.0"]["dist"]["tarball"].as_str();
    assert!(tarball.is_some_and(|url| url.ends_with("/ping-1.0.0.tgz")));
}

#[tokio::test]
async fn many_versions_cost_no_more_statements_than_one() {
    let w = World::start().await;
    let (product, package) = package(&w, "npm", "ping").await;
    version(&w, &product, &package, "1.0.0").await;

    // The first to ask is looked up once.
    show(&w.anyone(), "ping").await.expect(200);
    let cost = async || {
        w.app().settle().await;
        let before = w.app().db.statements();
        show(&w.anyone(), "ping").await.expect(200);
        w.app().db.statements() - before
    };
    let one = cost().await;
    for number in ["1.1.0", "1.2.0", "1.3.0", "1.4.0"] {
        version(&w, &product, &package, number).await;
    }
    let five = cost().await;

    assert_eq!(one, five);
}
