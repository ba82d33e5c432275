//! In 1.0, a release was its one file.

use keystead_domain::version::ApiVersion;
use keystead_domain::words::ReleaseStatus;
use serde_json::{Map, Value, json};

use super::{Exchange, Migration, response, same_request};
use crate::versions::ReleaseFile;

pub(super) const MIGRATION: Migration = Migration {
    until: ApiVersion::V1_0,
    description: "releases show their file, and one that isn't published is `NOT_PUBLISHED`; files show their key and product",
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
    show_products(document, exchange);
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

/// A file had its name twice, and its product.
fn show_products(document: &mut Value, exchange: &Exchange<'_>) {
    response::resources(document, "artifacts", |file, _| {
        if let Some(name) = file
            .get("attributes")
            .and_then(|all| all.get("filename"))
            .cloned()
            && let Some(Value::Object(attributes)) = file.get_mut("attributes")
        {
            attributes.insert("key".to_owned(), name);
        }
        let product = file
            .get("id")
            .and_then(Value::as_str)
            .and_then(|id| id.parse().ok())
            .and_then(|id| exchange.products?.0.get(&id));
        let account = file
            .get("relationships")
            .and_then(|all| all.pointer("/account/data/id"));
        let account = account.and_then(Value::as_str).map(str::to_owned);
        if let (Some(product), Some(account)) = (product, account)
            && let Some(Value::Object(relationships)) = file.get_mut("relationships")
        {
            let link = format!("/v1/accounts/{account}/products/{product}");
            relationships.insert(
                "product".to_owned(),
                json!({
                    "links": { "related": link },
                    "data": { "type": "products", "id": product },
                }),
            );
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
