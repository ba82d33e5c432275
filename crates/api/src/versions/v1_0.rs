//! In 1.0, a release was its one file.

use keystead_domain::version::ApiVersion;
use keystead_domain::words::ReleaseStatus;
use serde_json::{Map, Value, json};

use super::{Exchange, Migration, response, same_request};
use crate::versions::ReleaseFile;

pub(super) const MIGRATION: Migration = Migration {
    until: ApiVersion::V1_0,
    description: "releases show their file, and one that isn't published is `NOT_PUBLISHED`",
    request: same_request,
    response: show_files,
};

/// What a release shows of its file; all null when it has none.
const OF_FILE: &[&str] = &[
    "platform",
    "filetype",
    "filename",
    "filesize",
    "signature",
    "checksum",
];

fn show_files(document: &mut Value, exchange: &Exchange<'_>) {
    response::resources(document, "releases", |release, _| {
        let file = release
            .get("id")
            .and_then(Value::as_str)
            .and_then(|id| id.parse().ok())
            .and_then(|id| exchange.files?.0.get(&id));
        if let Some(Value::Object(attributes)) = release.get_mut("attributes") {
            describe(attributes, file);
        }
        if let Some(Value::Object(relationships)) = release.get_mut("relationships") {
            relate(relationships, file);
        }
    });
}

fn describe(attributes: &mut Map<String, Value>, file: Option<&ReleaseFile>) {
    for name in OF_FILE {
        let told = file.and_then(|file| file.attributes.iter().find(|(known, _)| known == name));
        let value = told.map_or(Value::Null, |(_, value)| value.clone());
        attributes.insert((*name).to_owned(), value);
    }
    if attributes.get("status") == Some(&json!(ReleaseStatus::Draft)) {
        attributes.insert("status".to_owned(), json!("NOT_PUBLISHED"));
    }
}

fn relate(relationships: &mut Map<String, Value>, file: Option<&ReleaseFile>) {
    let Some(mut artifact) = relationships.remove("artifacts") else {
        return;
    };
    if let Some(Value::String(link)) = artifact.pointer_mut("/links/related")
        && link.ends_with('s')
    {
        link.pop();
    }
    artifact["data"] = match file {
        Some(file) => json!({ "type": "artifacts", "id": file.id }),
        None => Value::Null,
    };
    relationships.insert("artifact".to_owned(), artifact);
}
