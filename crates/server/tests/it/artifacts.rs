//! The files of releases: how they come, how they are had, and how they go.

mod download;
mod durability;
mod old;
pub mod process;
mod upload;
mod write;

use keystead_testkit::{Answer, Caller, World};
use reqwest::Response;
use serde_json::{Value, json};

/// Who wants answers, and no redirections.
pub fn plain(caller: &Caller) -> Caller {
    caller.with("prefer", "no-redirect")
}

/// A published release of a new product that is distributed like this: product and release.
pub async fn release(w: &World, strategy: &str, version: &str) -> (String, String) {
    let body = json!({ "data": {
        "type": "products",
        "attributes": { "name": "Aurora", "distributionStrategy": strategy },
    } });
    let product = w.admin().post("/products", body).await.expect(201).id();
    let release = next(w, &product, version).await;
    (product, release)
}

/// One more published release of a product.
pub async fn next(w: &World, product: &str, version: &str) -> String {
    let channel = match version.split_once('-') {
        Some((_, tag)) => tag.split('.').next().expect("a word"),
        None => "stable",
    };
    let body = json!({ "data": {
        "type": "releases",
        "attributes": { "version": version, "channel": channel, "status": "PUBLISHED" },
        "relationships": { "product": { "data": { "type": "products", "id": product } } },
    } });
    w.admin().post("/releases", body).await.expect(201).id()
}

/// The body of a new file.
pub fn file(release: &str, attributes: Value) -> Value {
    json!({ "data": {
        "type": "artifacts",
        "attributes": attributes,
        "relationships": { "release": { "data": { "type": "releases", "id": release } } },
    } })
}

/// A new file that waits for its bytes.
pub async fn waiting(w: &World, release: &str, filename: &str) -> Answer {
    let body = file(release, json!({ "filename": filename }));
    plain(&w.admin()).post("/artifacts", body).await.expect(200)
}

/// Where an answer leads.
pub fn url(answer: &Answer) -> String {
    let url = answer.at("/data/links/redirect").as_str();
    assert_eq!(url, Some(answer.header("location")), "{}", answer.text);
    url.unwrap_or_default().to_owned()
}

/// Sends bytes to a URL.
pub async fn send(url: &str, bytes: &'static str) -> Response {
    let request = reqwest::Client::new().put(url).body(bytes);
    request.send().await.expect("the server answers")
}

/// A file with its bytes; its id.
pub async fn uploaded(w: &World, release: &str, filename: &str, bytes: &'static str) -> String {
    let artifact = waiting(w, release, filename).await;
    assert_eq!(send(&url(&artifact), bytes).await.status(), 200);
    artifact.id()
}

/// What a URL gives.
pub async fn fetch(url: &str) -> (u16, String) {
    let response = reqwest::get(url).await.expect("the server answers");
    let status = response.status().as_u16();
    (status, response.text().await.expect("a body"))
}

/// The status of a file, as an admin sees it.
pub async fn status(w: &World, artifact: &str) -> String {
    let path = format!("/artifacts/{artifact}?prefer=no-download");
    let shown = w.admin().get(&path).await.expect(200);
    shown
        .at("/data/attributes/status")
        .as_str()
        .unwrap_or_default()
        .to_owned()
}
