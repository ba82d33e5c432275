//! Machine files and proofs, opened the way a client opens them.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use keygen_rs::config::{KeygenConfig, set_config};
use keygen_rs::machine_file::MachineFile;
use keystead_domain::event::EventName;
use keystead_testkit::{Answer, World};
use serde_json::{Value, json};

use super::told;

/// What is in the armor of a file.
fn envelope(certificate: &str) -> Value {
    let body = certificate
        .strip_prefix("-----BEGIN MACHINE FILE-----\n")
        .and_then(|rest| rest.strip_suffix("-----END MACHINE FILE-----\n"))
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

fn certificate(answer: &Answer) -> &str {
    let text = answer.at("/data/attributes/certificate").as_str();
    text.expect("a certificate")
}

#[tokio::test]
async fn a_file_tells_what_the_machine_was_shown_as() {
    let w = World::start().await;
    let license = w.license().create().await;
    let machine = license.activate("laptop").await.expect(201);
    let path = format!("/machines/{}/actions/check-out", machine.id());

    let file = w.admin().post(&path, json!({})).await.expect(200);

    let told_of = dataset(certificate(&file));
    assert_eq!(told_of["data"], machine.body["data"]);
    assert_eq!(told_of.get("included"), None);
    assert_eq!(told_of["meta"]["ttl"], 2_629_746);
    assert_eq!(file.at("/data/type"), "machine-files");
    assert_eq!(file.at("/data/links"), &Value::Null);
    let linked = |name: &str| file.at(&format!("/data/relationships/{name}/data/id"));
    assert_eq!(linked("machine"), &json!(machine.id()));
    assert_eq!(linked("license"), &json!(license.id));
    let after = w.admin().get(&format!("/machines/{}", machine.id())).await;
    assert_eq!(
        after.at("/data/attributes/lastCheckOut"),
        &told_of["meta"]["issued"]
    );
    assert_eq!(told(&w, EventName::MachineCheckedOut).await, 1);

    let saved = license
        .holder
        .get("/machines/laptop/actions/check-out?ttl=");
    let saved = saved.await.expect(200);
    assert_eq!(saved.header("content-type"), "application/octet-stream");
    let name = format!("attachment; filename=\"{}.lic\"", machine.id());
    assert_eq!(saved.header("content-disposition"), name);
    assert_eq!(dataset(&saved.text)["meta"]["expiry"], Value::Null);
}

#[tokio::test]
async fn what_is_asked_for_along_is_linked_and_included() {
    let w = World::start().await;
    let ann = w.user("ann@acme.example").await;
    let license = w.license().owner(&ann).create().await;
    let machine = license.activate("laptop").await.expect(201).id();
    let body = json!({ "data": {
        "type": "components",
        "attributes": { "fingerprint": "cpu", "name": "CPU" },
        "relationships": { "machine": { "data": { "type": "machines", "id": machine } } },
    } });
    let part = w.admin().post("/components", body).await.expect(201).id();
    let include = json!([
        "components",
        "license.user",
        "license.policy",
        "license.users"
    ]);
    let ask = json!({ "meta": { "include": include } });
    let path = "/machines/laptop/actions/check-out";

    let file = w.admin().post(path, ask.clone()).await.expect(200);

    let told_of = dataset(certificate(&file));
    let to = |kind: &str, id: &str| json!({ "type": kind, "id": id });
    let components = &told_of["data"]["relationships"]["components"]["data"];
    assert_eq!(components, &json!([to("components", &part)]));
    let included = told_of["included"].as_array().expect("a list");
    let kinds: Vec<_> = included.iter().map(|record| &record["type"]).collect();
    assert_eq!(kinds, ["components", "licenses", "policies", "users"]);
    let users = &included[1]["relationships"]["users"]["data"];
    assert_eq!(users, &json!([to("users", &ann)]));

    // By default a license reads neither its policy nor users.
    license.holder.post(path, ask).await.expect(403);
    let own = json!({ "meta": { "include": ["license", "components"] } });
    license.holder.post(path, own).await.expect(200);
    let unknown = json!({ "meta": { "include": ["account"] } });
    let refused = w.admin().post(path, unknown).await.expect(400);
    assert_eq!(refused.code(), "CHECKOUT_INCLUDE_INVALID");
    assert_eq!(refused.at("/errors/0/source/parameter"), "include");
}

#[tokio::test]
async fn a_machine_that_no_longer_fits_is_not_checked_out() {
    let w = World::start().await;
    let license = w.license().create().await;
    let body = super::machine(&license, json!({ "fingerprint": "laptop", "cores": 16 }));
    w.admin().post("/machines", body).await.expect(201);
    let lower = json!({ "data": { "type": "licenses", "attributes": { "maxCores": 8 } } });
    let path = format!("/licenses/{}", license.id);
    w.admin().patch(&path, lower).await.expect(200);

    let refused = w.admin().get("/machines/laptop/actions/check-out").await;

    assert_eq!(refused.expect(422).code(), "MACHINE_CORE_LIMIT_EXCEEDED");
    assert_eq!(told(&w, EventName::MachineCheckedOut).await, 0);
}

#[tokio::test]
async fn the_published_sdk_opens_a_file_with_key_and_fingerprint_and_nothing_tampered_with() {
    let w = World::start().await;
    let license = w.license().create().await;
    let machine = license.activate("laptop").await.expect(201).id();
    w.catch_up();
    set_config(KeygenConfig {
        account: w.account().to_owned(),
        public_key: Some(w.public_key()),
        ..KeygenConfig::default()
    })
    .expect("a configuration");
    let ask = json!({ "meta": { "encrypt": true, "include": ["license"] } });
    let path = format!("/machines/{machine}/actions/check-out");
    let answer = license.holder.post(&path, ask).await.expect(200);
    let secret = format!("{}laptop", license.key);

    let file = MachineFile::from_cert(&secret, certificate(&answer)).expect("a file");
    file.verify().expect("a signature of the account");
    let opened = file.decrypt(&secret).expect("key and fingerprint open it");

    assert_eq!(opened.machine.id, machine);
    assert!(
        file.decrypt(&license.key).is_err(),
        "the key alone opens it"
    );
    let lines: Vec<&str> = certificate(&answer).lines().collect();
    for n in 1..lines.len() - 1 {
        let mut altered: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        let swapped = match altered[n].starts_with('A') {
            true => "B",
            false => "A",
        };
        altered[n].replace_range(0..1, swapped);
        let altered = MachineFile {
            certificate: altered.join("\n"),
            ..file.clone()
        };
        assert!(
            altered.verify().is_err() || altered.decrypt(&secret).is_err(),
            "line {n}"
        );
    }
}

#[tokio::test]
async fn a_proof_holds_who_the_machine_is_or_what_the_vendor_says() {
    let w = World::start().await;
    let license = w.license().create().await;
    let machine = license.activate("laptop").await.expect(201).id();
    let path = format!("/machines/{machine}/actions/generate-offline-proof");
    let held = |answer: &Answer| -> Value {
        let proof = answer.at("/meta/proof").as_str().expect("a proof");
        let (signed, _) = proof.split_once('.').expect("a signature");
        let inner = signed.strip_prefix("proof/").expect("a prefix");
        serde_json::from_slice(&URL_SAFE.decode(inner).expect("base64")).expect("a dataset")
    };

    let usual = license.holder.post(&path, json!({})).await.expect(200);
    let own = json!({ "meta": { "dataset": { "licenseId": license.id, "nonce": 7 } } });
    let vendors = w.admin().post(&path, own.clone()).await.expect(200);
    let refused = license.holder.post(&path, own).await.expect(400);

    assert_eq!(usual.id(), machine);
    assert_eq!(held(&usual)["machine"]["fingerprint"], "laptop");
    assert_eq!(held(&usual)["license"]["key"], json!(license.key));
    assert_eq!(
        held(&vendors),
        json!({ "license_id": license.id, "nonce": 7 })
    );
    assert_eq!(refused.at("/errors/0/source/pointer"), "/meta");
    assert_eq!(told(&w, EventName::MachineProofsGenerated).await, 2);
}
