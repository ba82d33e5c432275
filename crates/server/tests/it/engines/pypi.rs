//! The simple repository that pip reads.

use keystead_testkit::{Answer, World};

use super::*;

/// The links of a page: where each leads, and its text.
fn links(page: &Answer) -> Vec<(&str, &str)> {
    let parts = page.text.split("<a href=\"").skip(1);
    parts
        .map(|part| {
            let (url, rest) = part.split_once('"').expect("a URL ends");
            let (_, rest) = rest.split_once('>').expect("a tag ends");
            (url, rest.split_once("</a>").expect("a link ends").0)
        })
        .collect()
}

/// The texts of a page's links.
fn names(page: &Answer) -> Vec<&str> {
    links(page).into_iter().map(|(_, name)| name).collect()
}

const SHA256: &str = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae";

#[tokio::test]
async fn files_are_listed_with_their_digests_and_the_newest_version_first() {
    let w = World::start().await;
    let shelf = Shelf::of(&w, "OPEN").await;
    let package = shelf.package("fernweh-sdk", Some("pypi")).await;
    for version in ["1.9.0", "1.10.0"] {
        let release = shelf
            .put(version, |release| release.package_id = Some(package))
            .await;
        let filename = format!("fernweh_sdk-{version}+local.zip");
        shelf.file(&release, &filename, SHA256).await;
    }

    let page = w.anyone().get("/engines/pypi/simple/fernweh-sdk/").await;
    let page = page.expect(200);

    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    let wheels: Vec<_> = links(&page)
        .into_iter()
        .filter(|(_, name)| name.starts_with("fernweh"))
        .collect();
    let names: Vec<_> = wheels.iter().map(|(_, name)| *name).collect();
    assert_eq!(
        names,
        [
            "fernweh_sdk-1.10.0+local.zip",
            "fernweh_sdk-1.9.0+local.zip"
        ]
    );
    let (url, _) = wheels[0];
    let beginning = format!("{}/v1/accounts/{}/artifacts/", w.base(), w.account());
    let ending = format!("/fernweh_sdk-1.10.0%2Blocal.zip#sha256={SHA256}");
    assert!(
        url.starts_with(&beginning) && url.ends_with(&ending),
        "{url}"
    );
    assert!(page.text.contains("<title>Files for fernweh-sdk by "));
}

#[tokio::test]
async fn a_package_is_found_however_its_name_is_spelled() {
    let w = World::start().await;
    let shelf = Shelf::of(&w, "OPEN").await;
    let package = shelf.package("Fernweh-SDK", Some("pypi")).await;
    let other = Shelf::of(&w, "OPEN").await;
    other.package("fernweh", Some("npm")).await;

    #[rustfmt::skip]
    let table = [
        ("Fernweh-SDK",           200, ""),
        ("fernweh-sdk",           200, ""),
        ("fernweh_sdk",           200, ""),
        ("fernweh.-_sdk",         200, ""),
        (&*package.to_string(),   200, ""),
        ("fernweh",               307, "https://pypi.org/simple/fernweh"),
        ("a%2Fb%20c",             307, "https://pypi.org/simple/a%2Fb%20c"),
    ];
    for (name, status, location) in table {
        let path = format!("/engines/pypi/simple/{name}");
        let answer = w.anyone().staying().get(&path).await;
        assert_eq!(answer.status, status, "{name}: {}", answer.text);
        assert_eq!(answer.header("location"), location, "{name}");
    }
}

#[tokio::test]
async fn a_package_that_is_here_is_refused_and_never_looked_for_elsewhere() {
    let w = World::start().await;
    let licensed = Shelf::of(&w, "LICENSED").await;
    licensed.package("licensed", Some("pypi")).await;
    let closed = Shelf::of(&w, "CLOSED").await;
    closed.package("closed", Some("pypi")).await;
    let own = holder(&w, &licensed).await;
    let of_closed = holder(&w, &closed).await;
    let product = w.bearer(&w.product_token(closed.product()).await);

    #[rustfmt::skip]
    let table = [
        ("stranger",        w.anyone(),        "licensed", 401),
        ("stranger",        w.anyone(),        "Closed",   401),
        ("own license",     own.clone(),       "licensed", 200),
        ("own license",     own,               "closed",   403),
        ("other license",   of_closed.clone(), "licensed", 403),
        ("closed license",  of_closed,         "closed",   403),
        ("other product",   product.clone(),   "licensed", 403),
        ("product",         product,           "closed",   200),
        ("admin",           w.admin(),         "closed",   200),
        ("bad token",       w.bearer("nonsense"), "licensed", 401),
    ];
    for (who, caller, name, status) in table {
        let answer = caller.get(&format!("/engines/pypi/simple/{name}")).await;
        assert_eq!(answer.status, status, "{who}, {name}: {}", answer.text);
        let page = "text/html; charset=utf-8";
        assert_eq!(answer.header("content-type"), page, "{who}, {name}");
    }
    let answer = w.anyone().get("/engines/pypi/simple/licensed").await;
    assert_eq!(answer.text, "Unauthorized");
    assert_eq!(answer.header("www-authenticate"), "Basic realm=\"keygen\"");
}

#[tokio::test]
async fn a_suspended_license_is_refused_its_files() {
    let w = World::start().await;
    let shelf = Shelf::of(&w, "LICENSED").await;
    let package = shelf.package("fernweh", Some("pypi")).await;
    shelf
        .put("1.0.0", |release| release.package_id = Some(package))
        .await;
    let policy = w.policy().of(shelf.product()).create().await;
    let license = w.license().of(&policy).create().await;
    let path = format!("/licenses/{}/tokens", license.id);
    let token = w.admin().post(&path, serde_json::json!({})).await;
    let token = token
        .at("/data/attributes/token")
        .as_str()
        .expect("a token");
    let holder = w.bearer(token);
    let page = holder.get("/engines/pypi/simple/fernweh").await.expect(200);
    assert_eq!(names(&page), ["aurora.zip"]);

    let path = format!("/licenses/{}/actions/suspend", license.id);
    w.admin()
        .post(&path, serde_json::json!({}))
        .await
        .expect(200);

    let page = holder.get("/engines/pypi/simple/fernweh").await;
    assert_eq!((page.status, &*page.text), (403, "Forbidden"));
}

#[tokio::test]
async fn the_index_lists_the_packages_that_the_bearer_may_know_of() {
    let w = World::start().await;
    let open = Shelf::of(&w, "OPEN").await;
    let package = open.package("open", Some("pypi")).await;
    open.package("other", Some("npm")).await;
    let licensed = Shelf::of(&w, "LICENSED").await;
    licensed.package("licensed", Some("pypi")).await;
    let closed = Shelf::of(&w, "CLOSED").await;
    closed.package("closed", Some("pypi")).await;

    #[rustfmt::skip]
    let table = [
        (w.anyone(),                    &["open"][..]),
        (holder(&w, &licensed).await,   &["licensed", "open"]),
        (w.admin(),                     &["closed", "licensed", "open"]),
    ];
    for (caller, expected) in table {
        let page = caller.get("/engines/pypi/simple/").await.expect(200);
        assert_eq!(names(&page), expected);
    }
    let page = w.anyone().get("/engines/pypi/simple").await.expect(200);
    let (base, account) = (w.base(), w.account());
    let expected = format!("{base}/v1/accounts/{account}/engines/pypi/simple/{package}/");
    assert_eq!(links(&page), [(&*expected, "open")]);
}

#[tokio::test]
async fn a_page_that_did_not_change_is_not_sent_again() {
    let w = World::start().await;
    let shelf = Shelf::of(&w, "OPEN").await;
    let package = shelf.package("fernweh", Some("pypi")).await;
    let release = shelf
        .put("1.0.0", |release| release.package_id = Some(package))
        .await;
    let path = "/engines/pypi/simple/fernweh";
    let page = w.anyone().get(path).await.expect(200);
    let etag = page.header("etag").to_owned();
    assert!(etag.starts_with("W/\"") && etag.len() == 36, "{etag}");
    assert_eq!(
        page.header("cache-control"),
        "max-age=600, private, no-transform"
    );
    let modified = w.now().format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    assert_eq!(page.header("last-modified"), modified);

    let again = w.anyone().with("if-none-match", &etag);
    let unchanged = again.get(path).await.expect(304);
    assert_eq!((&*unchanged.text, unchanged.header("etag")), ("", &*etag));

    shelf.file(&release, "another.zip", SHA256).await;
    let changed = again.get(path).await.expect(200);
    assert_ne!(changed.header("etag"), etag);
}

#[tokio::test]
async fn pages_are_html_or_not_at_all() {
    let w = World::start().await;

    #[rustfmt::skip]
    let table = [
        ("text/html",                                                          200),
        ("*/*",                                                                200),
        ("application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html; q=0.1, text/html; q=0.01", 200),
        ("application/json",                                                   400),
        ("application/vnd.pypi.simple.v1+json",                                400),
        ("text/html;q=0",                                                      400),
    ];
    for (accept, status) in table {
        let caller = w.anyone().with("accept", accept);
        let answer = caller.get("/engines/pypi/simple").await;
        assert_eq!(answer.status, status, "{accept}: {}", answer.text);
        if status == 400 {
            assert_eq!(answer.code(), "MIME_TYPE_INVALID", "{accept}");
        }
    }
}
