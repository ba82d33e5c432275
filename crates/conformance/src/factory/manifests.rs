//! What packages say of themselves, as if their files had been looked into.

use keystead_formats::gemspec::Gemspec;
use keystead_signing::digest::{sha256, sha512};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::{Order, parent, row, store};
use crate::fault::Outcome;
use crate::world::World;

pub(super) async fn manifest(w: &mut World, mut order: Order) -> Outcome<Uuid> {
    // A file brings its release along.
    order.take("release_id");
    let artifact = parent(w, "artifact", "release_artifact_id", &order).await?;
    let content = order.take("content");
    let content = match content.as_ref().and_then(Json::as_str) {
        Some(content) => content.to_owned(),
        None => w.dice.hex(128),
    };
    let gemspec = Gemspec::parse(&content).ok();
    let (path, content_type) = match (&gemspec, artifact["filetype"].as_str()) {
        (Some(gemspec), _) => (format!("{}.gemspec", gemspec.name), "application/x-yaml"),
        (None, Some("tgz")) => (
            "package.json".to_owned(),
            "application/vnd.npm.install-v1+json",
        ),
        _ => (w.dice.hex(8), "application/octet-stream"),
    };
    let digest = match content_type.ends_with("json") {
        true => format!("sha512-{}", hex::encode(sha512(content.as_bytes()))),
        false => format!("sha256-{}", hex::encode(sha256(content.as_bytes()))),
    };
    let facts = gemspec.map(|gemspec| serde_json::to_value(&gemspec.summary));
    let defaults = row(json!({
        "artifact_id": artifact["id"],
        "path": path,
        "content_type": content_type,
        "digest": digest,
        "content_length": content.len(),
        "content": hex::encode(&content),
        "facts": facts.transpose()?,
    }));
    store(w, "release_manifest", defaults, order).await
}
