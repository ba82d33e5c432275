//! Gems as bundler and gem read them.

use keystead_app::PACKAGES;
use keystead_testkit::{Answer, Caller, World};
use serde_json::json;

use crate::artifacts::process::{GEM, TGZ, arrived, arrived_with, package, package_of, release_of};

/// What `gem build` made for another platform.
const JAVA: &[u8] = include_bytes!("../../../../formats/fixtures/ping-2.0.0.pre.beta.1-java.gem");

const CHECKSUM: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

async fn ask(caller: &Caller, path: &str) -> Answer {
    caller.get(&format!("/engines/rubygems/{path}")).await
}

/// The gem `ping` with a stable version and one before a release, of an open product.
async fn ping(w: &World) -> (String, String) {
    let (product, package) = package(w, "rubygems", "ping").await;
    let release = release_of(w, &product, &package, "1.2.0").await;
    let attributes = json!({ "filename": "ping-1.2.0.gem", "checksum": CHECKSUM });
    arrived_with(w, &release, attributes, GEM).await;
    let release = release_of(w, &product, &package, "2.0.0-beta.1").await;
    let filename = "ping-2.0.0.pre.beta.1-java.gem";
    arrived(w, &release, filename, JAVA).await;
    w.work_off(PACKAGES).await;
    (product, package)
}

/// The bytes of an answer.
async fn bytes(w: &World, path: &str) -> Vec<u8> {
    let url = format!(
        "{}/v1/accounts/{}/engines/rubygems/{path}",
        w.base(),
        w.account()
    );
    let answer = reqwest::get(url).await.expect("the server answers");
    assert_eq!(answer.status(), 200, "{path}");
    assert_eq!(answer.headers()["content-type"], "application/octet-stream");
    answer.bytes().await.expect("a body").to_vec()
}

#[tokio::test]
async fn indexes_of_text_tell_versions_and_what_they_need() {
    let w = World::start().await;
    let (_, package) = ping(&w).await;

    let info = ask(&w.anyone(), "info/ping").await.expect(200);
    let versions = ask(&w.anyone(), "versions").await.expect(200);
    let names = ask(&w.anyone(), "names").await.expect(200);

    assert_eq!(
        info.text,
        format!(
            "---\n1.2.0 json:< 9&>= 1.8,rake:~> 13.0,minitest:>= 5|checksum:{CHECKSUM},ruby:< 5&>= 2.7,rubygems:>= 3.0\n\
             2.0.0.pre.beta.1-java |checksum:,rubygems:> 1.3.1\n"
        )
    );
    assert_eq!(info.header("content-type"), "text/plain; charset=utf-8");
    let lines: Vec<&str> = versions.text.lines().collect();
    assert!(lines[0].starts_with("created_at: 20"), "{}", lines[0]);
    assert_eq!(lines[1], "---");
    assert!(
        lines[2].starts_with("ping 1.2.0,2.0.0.pre.beta.1-java "),
        "{}",
        lines[2]
    );
    assert_eq!(lines.len(), 3);
    assert_eq!(names.text, "---\nping\n");
    let same = ask(&w.anyone(), &format!("info/{package}"))
        .await
        .expect(200);
    assert_eq!(same.text, info.text);
    let etag = info.header("etag").to_owned();
    let again = ask(&w.anyone().with("if-none-match", &etag), "info/ping").await;
    assert_eq!((again.status, again.text.as_str()), (304, ""));
}

#[tokio::test]
async fn whoever_looks_first_whether_gems_are_served_is_told_so() {
    let w = World::start().await;
    let base = format!("{}/v1/accounts/{}/engines/rubygems", w.base(), w.account());
    for url in [format!("{base}/"), base] {
        let answer = reqwest::Client::new().head(&url).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{url}");
    }
}

#[tokio::test]
async fn texts_are_spoken_where_they_are_read_and_bytes_elsewhere() {
    let w = World::start().await;
    ping(&w).await;
    #[rustfmt::skip]
    let table = [
        ("versions",         "text/plain",               200),
        ("versions",         "*/*",                      200),
        ("versions",         "text/html",                400),
        ("names",            "application/json",         400),
        ("info/ping",        "text/html",                400),
        ("specs.4.8.gz",     "application/octet-stream", 200),
        ("specs.4.8.gz",     "text/html",                200),
    ];
    for (path, accept, status) in table {
        let url = format!(
            "{}/v1/accounts/{}/engines/rubygems/{path}",
            w.base(),
            w.account()
        );
        let request = reqwest::Client::new().get(url).header("accept", accept);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), status, "{path} {accept}");
    }
    let missing = ask(&w.anyone(), "info/nothing").await.expect(404);
    assert_eq!(missing.header("content-type"), "text/plain; charset=utf-8");
}

#[tokio::test]
async fn indexes_of_bytes_are_the_same_at_any_time() {
    let w = World::start().await;
    ping(&w).await;

    let (stable, latest) = (
        bytes(&w, "specs.4.8.gz").await,
        bytes(&w, "latest_specs.4.8.gz").await,
    );
    let before = bytes(&w, "prerelease_specs.4.8.gz").await;
    let spec = bytes(&w, "quick/Marshal.4.8/ping-1.2.0.gemspec.rz").await;

    assert_eq!(stable[..2], [0x1f, 0x8b]);
    assert_eq!(stable, latest);
    assert_ne!(stable, before);
    assert_eq!(spec[..2], [0x78, 0x01]);
    for path in [
        "quick/Marshal.4.8/pong-1.2.0.gemspec.rz",
        "quick/Marshal.4.8/ping-1.2.0",
    ] {
        ask(&w.anyone(), path).await.expect(404);
    }
}

#[tokio::test]
async fn a_gem_is_fetched_from_the_storage_and_told_of() {
    let w = World::start().await;
    ping(&w).await;
    let path = format!(
        "/v1/accounts/{}/engines/rubygems/gems/ping-1.2.0.gem",
        w.account()
    );

    let fetched = reqwest::get(format!("{}{path}", w.base())).await.unwrap();

    assert!(
        fetched.url().path().starts_with("/objects/"),
        "{}",
        fetched.url()
    );
    assert_eq!(fetched.bytes().await.unwrap(), GEM);
    let events = w.admin().get("/event-logs?limit=100").await.expect(200);
    assert!(events.text.contains("\"artifact.downloaded\""));
    assert!(!events.text.contains("\"release.downloaded\""));
    ask(&w.anyone(), "gems/ping-9.0.0.gem").await.expect(404);
}

#[tokio::test]
async fn what_is_hidden_yanked_or_no_gem_is_not_there() {
    let w = World::start().await;
    let (product, _) = ping(&w).await;
    let licensed = w.product().await;
    let hidden = package_of(&w, &licensed, "rubygems", "hidden").await;
    let release = release_of(&w, &licensed, &hidden, "1.0.0").await;
    arrived(&w, &release, "hidden-1.0.0.gem", GEM).await;
    let broken = package_of(&w, &product, "rubygems", "broken").await;
    let release = release_of(&w, &product, &broken, "1.0.0").await;
    arrived(&w, &release, "broken-1.0.0.gem", TGZ).await;
    let raw = package_of(&w, &product, "raw", "raw").await;
    let release = release_of(&w, &product, &raw, "1.0.0").await;
    arrived(&w, &release, "raw-1.0.0.gem", GEM).await;
    w.work_off(PACKAGES).await;

    for name in ["hidden", "broken", "raw"] {
        ask(&w.anyone(), &format!("info/{name}")).await.expect(404);
        ask(&w.anyone(), &format!("gems/{name}-1.0.0.gem"))
            .await
            .expect(404);
        let quick = format!("quick/Marshal.4.8/{name}-1.0.0.gemspec.rz");
        ask(&w.anyone(), &quick).await.expect(404);
    }
    let names = ask(&w.anyone(), "names").await.expect(200);
    assert_eq!(names.text, "---\nping\n");
    let ours = ask(&w.admin(), "names").await.expect(200);
    assert_eq!(ours.text, "---\nhidden\nping\n");

    let releases = w
        .admin()
        .get("/releases?version=1.2.0&limit=100")
        .await
        .expect(200);
    let releases = releases.body["data"].as_array().expect("a list").clone();
    let stable = releases
        .iter()
        .find(|one| one["attributes"]["version"] == "1.2.0");
    let stable = stable
        .and_then(|one| one["id"].as_str())
        .expect("it was made");
    let path = format!("/releases/{stable}/actions/yank");
    w.admin().post(&path, json!({})).await.expect(200);
    let info = ask(&w.admin(), "info/ping").await.expect(200);
    assert!(!info.text.contains("1.2.0"), "{}", info.text);
    ask(&w.admin(), "gems/ping-1.2.0.gem").await.expect(404);
}

#[tokio::test]
async fn many_gems_cost_no_more_statements_than_one() {
    let w = World::start().await;
    let (product, package) = ping(&w).await;

    let count = async |path: &str| {
        w.app().settle().await;
        let before = w.app().db.statements();
        let url = format!(
            "{}/v1/accounts/{}/engines/rubygems/{path}",
            w.base(),
            w.account()
        );
        assert_eq!(reqwest::get(url).await.unwrap().status(), 200);
        w.app().db.statements() - before
    };
    let paths = ["versions", "names", "info/ping", "specs.4.8.gz"];
    // The first to ask is looked up once.
    count("names").await;
    let mut few = Vec::new();
    for path in paths {
        few.push(count(path).await);
    }
    for number in ["1.3.0", "1.4.0", "1.5.0"] {
        let release = release_of(&w, &product, &package, number).await;
        arrived(&w, &release, &format!("ping-{number}.gem"), GEM).await;
    }
    w.work_off(PACKAGES).await;

    for (path, few) in paths.into_iter().zip(few) {
        let many = count(path).await;
        assert_eq!(many, few, "{path}");
    }
}
