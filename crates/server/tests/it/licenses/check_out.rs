//! License files, opened the way a client opens them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use keygen_rs::config::{KeygenConfig, set_config};
use keygen_rs::license_file::LicenseFile;
use keystead_domain::event::EventName;
use keystead_testkit::{License, World};
use serde_json::{Value, json};

use super::told;

fn path(license: &License) -> String {
    format!("/licenses/{}/actions/check-out", license.id)
}

/// What is in the armor of a file.
fn envelope(certificate: &str) -> Value {
    let body = certificate
        .strip_prefix("-----BEGIN LICENSE FILE-----\n")
        .and_then(|rest| rest.strip_suffix("-----END LICENSE FILE-----\n"))
        .unwrap_or_else(|| panic!("no armor: {certificate}"));
    let json = STANDARD.decode(body.replace('\n', "")).expect("base64");
    serde_json::from_slice(&json).expect("an envelope")
}

/// What a file that isn't encrypted tells.
fn dataset(certificate: &str) -> Value {
    let envelope = envelope(certificate);
    let enc = envelope["enc"].as_str().expect("a dataset");
    serde_json::from_slice(&STANDARD.decode(enc).expect("base64")).expect("a document")
}

fn certificate(answer: &keystead_testkit::Answer) -> String {
    let text = answer.at("/data/attributes/certificate").as_str();
    text.expect("a certificate").to_owned()
}

#[tokio::test]
async fn a_file_tells_what_the_license_was_shown_as() {
    let w = World::start().await;
    let license = w.license().with("name", "ACME seat").create().await;
    let shown = w.admin().get(&format!("/licenses/{}", license.id)).await;

    let file = w.admin().post(&path(&license), json!({})).await.expect(200);

    let told_of = dataset(&certificate(&file));
    assert_eq!(told_of["data"], shown.body["data"]);
    assert_eq!(told_of.get("included"), None);
    let text = |time: chrono::DateTime<chrono::Utc>| {
        time.to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
    };
    let expiry = w.now() + chrono::Months::new(1);
    let meta = json!({ "issued": text(w.now()), "expiry": text(expiry), "ttl": 2_629_746 });
    assert_eq!(told_of["meta"], meta);
    assert_eq!(file.at("/data/type"), "license-files");
    assert_eq!(file.at("/data/links"), &Value::Null);
    assert_eq!(file.at("/data/attributes/algorithm"), "base64+ed25519");
    for name in ["issued", "expiry", "ttl"] {
        assert_eq!(file.at(&format!("/data/attributes/{name}")), &meta[name]);
    }
    let after = w.admin().get(&format!("/licenses/{}", license.id)).await;
    assert_eq!(after.at("/data/attributes/lastCheckOut"), &meta["issued"]);
    assert_eq!(told(&w, EventName::LicenseCheckedOut).await, 1);
}

#[tokio::test]
async fn a_file_can_be_saved_under_the_license_s_id() {
    let w = World::start().await;
    let license = w.license().create().await;
    let query = format!("{}?ttl=&algorithm=base64%2Brsa-pss-sha256", path(&license));

    let file = license.holder.get(&query).await.expect(200);

    assert_eq!(file.header("content-type"), "application/octet-stream");
    let name = format!("attachment; filename=\"{}.lic\"", license.id);
    assert_eq!(file.header("content-disposition"), name);
    assert_eq!(envelope(&file.text)["alg"], "base64+rsa-pss-sha256");
    assert_eq!(dataset(&file.text)["meta"]["expiry"], Value::Null);
    assert_eq!(dataset(&file.text)["meta"]["ttl"], Value::Null);
}

#[tokio::test]
async fn what_is_asked_for_along_is_linked_and_included() {
    let w = World::start().await;
    let ann = w.user("ann@acme.example").await;
    let license = w.license().owner(&ann).create().await;
    let body = json!({ "data": { "type": "entitlements",
        "attributes": { "name": "Export", "code": "EXPORT" } } });
    let entitlement = w.admin().post("/entitlements", body).await.expect(201).id();
    let attach = json!({ "data": [{ "type": "entitlements", "id": entitlement }] });
    let entitlements = format!("/licenses/{}/entitlements", license.id);
    w.admin().post(&entitlements, attach).await.expect(200);
    let ask =
        json!({ "meta": { "include": ["user", "entitlements", "policy", "product", "users"] } });

    let file = w.admin().post(&path(&license), ask).await.expect(200);

    let includes = json!(["entitlements", "policy", "product", "users", "owner"]);
    assert_eq!(file.at("/data/attributes/includes"), &includes);
    let told_of = dataset(&certificate(&file));
    let linked = |name: &str| &told_of["data"]["relationships"][name]["data"];
    let to = |kind: &str, id: &str| json!({ "type": kind, "id": id });
    assert_eq!(
        linked("entitlements"),
        &json!([to("entitlements", &entitlement)])
    );
    assert_eq!(linked("users"), &json!([to("users", &ann)]));
    assert_eq!(linked("owner"), &to("users", &ann));
    let kinds: Vec<_> = told_of["included"]
        .as_array()
        .expect("records come along")
        .iter()
        .map(|record| record["type"].as_str().unwrap_or_default())
        .collect();
    assert_eq!(kinds, ["entitlements", "policies", "products", "users"]);
}

#[tokio::test]
async fn what_a_bearer_may_not_read_does_not_come_along() {
    let w = World::start().await;
    let license = w.license().create().await;

    let fine = license
        .holder
        .get(&format!("{}?include=entitlements", path(&license)))
        .await;
    let refused = license
        .holder
        .get(&format!("{}?include=product", path(&license)))
        .await;

    assert_eq!(
        (fine.status, refused.status),
        (200, 403),
        "{}",
        refused.text
    );
    assert_eq!(
        refused.detail(),
        "You do not have permission to complete the request (license lacks permission to perform action)"
    );
}

#[tokio::test]
async fn a_file_that_can_t_be_made_is_refused_where_it_was_asked_for() {
    let w = World::start().await;
    let license = w.license().create().await;
    #[rustfmt::skip]
    let table = [
        ("include=machines",            "include",   "CHECKOUT_INCLUDE_INVALID",   "invalid includes"),
        ("ttl=3599",                    "ttl",       "CHECKOUT_TTL_INVALID",       "must be greater than or equal to 3600 (1 hour)"),
        ("ttl=0",                       "ttl",       "CHECKOUT_TTL_INVALID",       "must be greater than or equal to 3600 (1 hour)"),
        ("algorithm=rot13%2Bed25519",   "algorithm", "CHECKOUT_ALGORITHM_INVALID", "invalid encoding algorithm"),
        ("algorithm=base64%2Bmd5",      "algorithm", "CHECKOUT_ALGORITHM_INVALID", "invalid signing algorithm"),
    ];

    for (query, parameter, code, detail) in table {
        let asked = format!("{}?{query}", path(&license));
        for answer in [
            w.admin().get(&asked).await.expect(400),
            w.admin().post(&asked, json!({})).await.expect(400),
        ] {
            assert_eq!((answer.code(), answer.detail()), (code, detail));
            assert_eq!(answer.at("/errors/0/source/parameter"), parameter);
        }
    }
    assert_eq!(told(&w, EventName::LicenseCheckedOut).await, 0);
}

#[tokio::test]
async fn the_published_sdk_verifies_and_opens_files_and_nothing_that_was_tampered_with() {
    let w = World::start().await;
    let license = w.license().create().await;
    w.catch_up();
    set_config(KeygenConfig {
        account: w.account().to_owned(),
        public_key: Some(w.public_key()),
        ..KeygenConfig::default()
    })
    .expect("a configuration");
    let ask = json!({ "meta": { "encrypt": true } });
    let answer = license.holder.post(&path(&license), ask).await.expect(200);
    let certificate = certificate(&answer);

    let file = LicenseFile::from_cert(&license.key, &certificate).expect("a file");
    file.verify().expect("a signature of the account");
    let opened = file.decrypt(&license.key).expect("the key opens it");

    assert_eq!(opened.license.id, license.id);
    assert!(file.decrypt("another key").is_err());
    // One character in every line of the armored body.
    let lines: Vec<&str> = certificate.lines().collect();
    for n in 1..lines.len() - 1 {
        let mut altered: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        let swapped = if altered[n].starts_with('A') {
            "B"
        } else {
            "A"
        };
        altered[n].replace_range(0..1, swapped);
        let altered = LicenseFile {
            certificate: altered.join("\n"),
            ..file.clone()
        };
        assert!(
            altered.verify().is_err() || altered.decrypt(&license.key).is_err(),
            "line {n}"
        );
    }
}

#[tokio::test]
async fn a_member_checks_out_only_what_is_not_protected() {
    let w = World::start().await;
    let ann = w.user("ann@acme.example").await;
    let owner = w.log_in("ann@acme.example").await;
    let open = w.license();
    let open = open.with("protected", false).owner(&ann).create().await;
    let closed = w
        .license()
        .with("protected", true)
        .owner(&ann)
        .create()
        .await;

    assert_eq!(owner.post(&path(&open), json!({})).await.status, 200);
    assert_eq!(owner.post(&path(&closed), json!({})).await.status, 403);
    assert_eq!(
        open.holder.post(&path(&closed), json!({})).await.status,
        404
    );
}
