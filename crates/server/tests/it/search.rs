//! Searching, as those who run an account do.

mod access;
mod matching;
mod plan;

use keystead_testkit::{Answer, World};
use serde_json::{Value, json};

async fn search(w: &World, kind: &str, query: Value) -> Answer {
    let body = json!({ "meta": { "type": kind, "query": query } });
    w.admin().post("/search", body).await
}

/// The ids of what a search finds, newest first.
async fn found(w: &World, kind: &str, query: Value) -> Vec<String> {
    let answer = search(w, kind, query).await.expect(200);
    let list = answer.body["data"].as_array().expect("a list");
    list.iter()
        .map(|item| item["id"].as_str().expect("an id").to_owned())
        .collect()
}
