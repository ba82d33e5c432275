//! How files are had.

use chrono::TimeDelta;
use keystead_testkit::World;
use serde_json::json;

use super::{fetch, next, plain, release, uploaded, url};

#[tokio::test]
async fn whoever_may_have_a_file_is_sent_to_it() {
    let w = World::start().await;
    let (product, release) = release(&w, "LICENSED", "1.0.0").await;
    let artifact = uploaded(&w, &release, "aurora.zip", "hello").await;
    let policy = w.policy().of(&product).create().await;
    let license = w.license().of(&policy).create().await;
    let holder = license.holder;
    let other = w.license().create().await.holder;

    for path in [
        format!("/artifacts/{artifact}"),
        "/artifacts/aurora.zip".to_owned(),
        format!("/releases/{release}/artifacts/aurora.zip"),
        format!("/products/{product}/artifacts/aurora.zip"),
    ] {
        let had = holder.get(&path).await.expect(200);
        assert_eq!(had.text, "hello", "{path}");
        other.get(&path).await.expect(404);
        let status = if path.starts_with("/products") {
            401
        } else {
            404
        };
        w.anyone().get(&path).await.expect(status);
    }
    let closed = json!({ "data": {
        "type": "products",
        "attributes": { "distributionStrategy": "CLOSED" },
    } });
    let path = format!("/products/{product}");
    w.admin().patch(&path, closed).await.expect(200);
    holder.get("/artifacts/aurora.zip").await.expect(404);
}

#[tokio::test]
async fn what_is_not_there_or_was_taken_back_has_no_url() {
    let w = World::start().await;
    let (_, release) = release(&w, "OPEN", "1.0.0").await;
    let artifact = uploaded(&w, &release, "aurora.zip", "hello").await;
    let waiting = super::waiting(&w, &release, "other.zip").await.id();
    let (there, absent) = (
        format!("/artifacts/{artifact}"),
        format!("/artifacts/{waiting}"),
    );

    let shown = plain(&w.anyone()).get(&there).await.expect(200);
    let link = url(&shown);
    let unasked = w.anyone().with("prefer", "no-download");
    let unasked = unasked.get(&there).await.expect(200);
    let unready = w.admin().get(&absent).await.expect(200);
    w.anyone().get(&absent).await.expect(404);
    let path = format!("/releases/{release}/actions/yank");
    w.admin().post(&path, json!({})).await.expect(200);
    let yanked = w.admin().get(&there).await.expect(200);

    for answer in [unasked, unready, yanked] {
        assert_eq!(answer.at("/data/links/redirect"), &json!(null));
        assert_eq!(answer.header("location"), "");
    }
    w.anyone().get(&there).await.expect(404);
    w.admin().delete(&there).await.expect(204);
    assert_eq!(fetch(&link).await.0, 404);
}

#[tokio::test]
async fn a_part_of_a_file_may_be_had_and_what_is_known_need_not_be() {
    let w = World::start().await;
    let (_, release) = release(&w, "OPEN", "1.0.0").await;
    let artifact = uploaded(&w, &release, "Aurora ä.zip", "hello world").await;
    let path = format!("/artifacts/{artifact}");
    let link = url(&plain(&w.anyone()).get(&path).await.expect(200));
    let client = reqwest::Client::new();

    let whole = client.get(&link).send().await.unwrap();
    let etag = whole.headers()["etag"].clone();
    #[rustfmt::skip]
    let table = [
        ("range",         "bytes=6-",       206, "world"),
        ("range",         "bytes=0-3",      206, "hell"),
        ("range",         "bytes=-2",       206, "ld"),
        ("range",         "bytes=99-",      416, ""),
        ("range",         "lines=1-2",      200, "hello world"),
        ("if-none-match", etag.to_str().unwrap(), 304, ""),
        ("if-none-match", "\"other\"",      200, "hello world"),
    ];
    for (name, value, status, body) in table {
        let answer = client.get(&link).header(name, value).send().await.unwrap();
        assert_eq!(answer.status(), status, "{name}: {value}");
        assert_eq!(answer.text().await.unwrap(), body, "{name}: {value}");
    }
    let head = client.head(&link).send().await.unwrap();
    let header = |name: &str| head.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-length"), "11");
    assert_eq!(header("accept-ranges"), "bytes");
    assert_eq!(
        header("content-disposition"),
        "attachment; filename*=UTF-8''Aurora%20%C3%A4.zip"
    );
}

#[tokio::test]
async fn vendors_say_how_long_a_url_is_good() {
    let w = World::start().await;
    let (_, release) = release(&w, "OPEN", "1.0.0").await;
    let artifact = uploaded(&w, &release, "aurora.zip", "hello").await;
    let path = |ttl: &str| format!("/artifacts/{artifact}?ttl={ttl}");

    let short = url(&plain(&w.admin()).get(&path("60")).await.expect(200));
    let usual = url(&plain(&w.anyone()).get(&path("60")).await.expect(200));
    w.advance(TimeDelta::seconds(61));

    assert_eq!(fetch(&short).await.0, 403);
    assert_eq!(fetch(&usual).await.0, 200);
    for ttl in ["x", "0", "604801"] {
        let refused = w.admin().get(&path(ttl)).await.expect(400);
        assert_eq!(refused.at("/errors/0/source/parameter"), &json!("ttl"));
    }
    w.advance(TimeDelta::hours(1));
    assert_eq!(fetch(&usual).await.0, 403);
}

#[tokio::test]
async fn a_name_after_an_id_is_that_of_a_neighbour() {
    let w = World::start().await;
    let (product, release) = release(&w, "OPEN", "1.0.0").await;
    let feed = uploaded(&w, &release, "latest.yml", "feed").await;
    uploaded(&w, &release, "dir/aurora.zip", "hello").await;
    let later = next(&w, &product, "2.0.0").await;
    uploaded(&w, &later, "later.zip", "later").await;
    let fetched = async |name: &str| {
        let path = format!("/artifacts/{feed}/{name}");
        let shown = plain(&w.anyone()).get(&path).await.expect(200);
        fetch(&url(&shown)).await
    };

    assert_eq!(fetched("latest.yml").await, (200, "feed".to_owned()));
    assert_eq!(fetched("dir/aurora.zip").await, (200, "hello".to_owned()));
    assert_eq!(fetched("dir%2Faurora.zip").await, (200, "hello".to_owned()));
    assert_eq!(fetched("later.zip").await.0, 404);
    assert_eq!(fetched("nothing.zip").await.0, 404);
}

#[tokio::test]
async fn a_file_is_shown_whatever_is_accepted() {
    let w = World::start().await;
    let (_, release) = release(&w, "OPEN", "1.0.0").await;
    let artifact = uploaded(&w, &release, "aurora.zip", "hello").await;
    let path = format!("/artifacts/{artifact}");

    for accept in [
        "application/octet-stream",
        "text/html",
        "image/png",
        "*/*",
        "application/xml",
    ] {
        let caller = plain(&w.anyone()).with("accept", accept);
        caller.get(&path).await.expect(200);
    }
}
