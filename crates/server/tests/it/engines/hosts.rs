//! Hosts of engines, and URLs that stay on the host that was asked.

use keystead_server::config::{Config, Tenancy};
use keystead_testkit::World;
use reqwest::Method;

use super::*;

fn named(config: &mut Config) {
    config.http.domain = Some("example.com".to_owned());
}

#[tokio::test]
async fn an_engines_host_serves_its_clients_by_short_paths() {
    let w = World::with(named).await;
    let shelf = Shelf::of(&w, "OPEN").await;
    let package = shelf.package("fernweh", Some("pypi")).await;
    let account = w.account();
    let asked = w.anyone().with("host", "pypi.pkg.example.com:8443");
    let get = async |path: &str| asked.send_raw(Method::GET, path, None).await;

    let long = format!("/v1/accounts/{account}/engines/pypi/simple/");
    let expected = format!(
        "href=\"http://pypi.pkg.example.com:8443/v1/accounts/{account}/engines/pypi/simple/{package}/\""
    );
    for path in ["/simple/", "/simple", "/v1/engines/pypi/simple/", &long] {
        let page = get(path).await.expect(200);
        assert!(page.text.contains(&expected), "{path}: {}", page.text);
    }
    assert!(
        get("/simple/fernweh/")
            .await
            .expect(200)
            .text
            .contains("<h1>")
    );
    get("/v1/ping").await.expect(200);
    get("/nothing/").await.expect(404);
    // Another engine's host doesn't know pip's paths.
    let npm = w.anyone().with("host", "npm.pkg.example.com");
    npm.send_raw(Method::GET, "/simple/", None)
        .await
        .expect(404);
}

#[tokio::test]
async fn among_many_accounts_the_path_begins_with_one() {
    let w = World::with(|config| {
        named(config);
        config.tenancy = Tenancy::Multi;
    })
    .await;
    let shelf = Shelf::of(&w, "OPEN").await;
    shelf.package("fernweh", Some("pypi")).await;
    let account = w.account();
    let asked = w.anyone().with("host", "pypi.pkg.example.com");
    let path = format!("/{account}/simple/");

    let page = asked.send_raw(Method::GET, &path, None).await.expect(200);

    let expected = format!("\"http://pypi.pkg.example.com/v1/accounts/{account}/engines/pypi/");
    assert!(page.text.contains(&expected), "{}", page.text);
    asked
        .send_raw(Method::GET, "/simple/fernweh", None)
        .await
        .expect(404);
}

#[tokio::test]
async fn a_trusted_proxy_says_which_host_was_asked() {
    let w = World::with(|config| {
        named(config);
        config.http.trusted_proxies = vec!["127.0.0.1/32".parse().expect("a network")];
    })
    .await;
    let shelf = Shelf::of(&w, "OPEN").await;
    shelf.package("fernweh", Some("pypi")).await;

    let asked = reqwest::Client::new()
        .get(format!("{}/simple/", w.base()))
        .header("x-forwarded-host", "pypi.pkg.example.com")
        .header("x-forwarded-proto", "https");
    let page = asked.send().await.expect("an answer");

    let page = page.text().await.expect("a page");
    assert!(
        page.contains("href=\"https://pypi.pkg.example.com/v1/accounts/"),
        "{page}"
    );
}
