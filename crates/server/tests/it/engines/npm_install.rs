//! npm itself, as it is: it finds, verifies and installs what a license gives.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use keystead_app::PACKAGES;
use keystead_signing::digest::sha512;
use keystead_testkit::World;
use serde_json::{Value, json};
use tokio::process::Command;

use super::programs::{done, program, ran, said};
use crate::artifacts::process::{arrived_with, package_of, release_of};

/// npm in a directory, with nothing but what its `.npmrc` says.
fn npm(home: &Path, arguments: &[&str]) -> Command {
    let mut command = program("npm", home);
    command
        .env("npm_config_update_notifier", "false")
        .env("npm_config_fund", "false")
        .env("npm_config_fetch_retries", "0")
        .args(arguments);
    command
}

/// A version of a package, packed by npm and uploaded.
async fn ships(w: &World, product: &str, package: &str, manifest: Value, script: &str) {
    let directory = tempfile::tempdir().expect("a directory");
    let home = directory.path();
    std::fs::write(home.join("package.json"), manifest.to_string()).expect("a file");
    std::fs::write(home.join("index.js"), script).expect("a file");
    let packed = done(&mut npm(home, &["pack", "--silent"])).await;
    let filename = packed.trim();
    let bytes = std::fs::read(home.join(filename)).expect("npm packed it");
    let version = manifest["version"].as_str().expect("a version");
    let release = release_of(w, product, package, version).await;
    let checksum = STANDARD.encode(sha512(&bytes));
    let attributes = json!({ "filename": filename, "checksum": checksum });
    arrived_with(w, &release, attributes, bytes).await;
    assert_eq!(w.work_off(PACKAGES).await, 1);
}

/// A customer's directory, where `.npmrc` says whose registry is asked and by whom.
fn customer(w: &World, key: Option<&str>) -> tempfile::TempDir {
    let directory = tempfile::tempdir().expect("a directory");
    let host = w.base().trim_start_matches("http:");
    let registry = format!("{}/v1/accounts/{}/engines/npm/", w.base(), w.account());
    let mut lines = format!("registry={registry}\n@acme:registry={registry}\n");
    if let Some(key) = key {
        let basic = STANDARD.encode(format!("license:{key}"));
        lines.push_str(&format!("{host}/:_auth={basic}\n"));
    }
    std::fs::write(directory.path().join(".npmrc"), lines).expect("a file");
    let manifest = json!({ "name": "app", "version": "1.0.0", "private": true });
    std::fs::write(directory.path().join("package.json"), manifest.to_string()).expect("a file");
    directory
}

#[tokio::test]
async fn npm_installs_what_a_license_gives() {
    let w = World::start().await;
    let product = w.product().await;
    let ping = package_of(&w, &product, "npm", "@acme/ping").await;
    let pong = package_of(&w, &product, "npm", "@acme/pong").await;
    for version in ["1.0.0", "1.1.0", "2.0.0"] {
        let manifest = json!({ "name": "@acme/pong", "version": version });
        let script = format!("module.exports = 'pong {version}'");
        ships(&w, &product, &pong, manifest, &script).await;
    }
    let needs = json!({ "@acme/pong": "^1.0.0" });
    let manifest = json!({ "name": "@acme/ping", "version": "1.0.0", "dependencies": needs });
    let script = "module.exports = () => require('@acme/pong')";
    ships(&w, &product, &ping, manifest, script).await;
    let policy = w.policy().of(&product).create().await;
    let license = w.license().of(&policy).create().await;

    // What it needs is found by what the package says, and its digest is compared.
    let here = customer(&w, Some(&license.key));
    done(&mut npm(here.path(), &["install", "@acme/ping"])).await;
    let mut node = program("node", here.path());
    let told = done(node.args(["-p", "require('@acme/ping')()"])).await;
    assert_eq!(told.trim(), "pong 1.1.0");
    let lock = std::fs::read_to_string(here.path().join("package-lock.json")).expect("a lock");
    assert_eq!(
        lock.matches("\"integrity\": \"sha512-").count(),
        2,
        "{lock}"
    );

    // From the lock alone, without asking for the packages again.
    std::fs::remove_dir_all(here.path().join("node_modules")).expect("it was installed");
    done(&mut npm(here.path(), &["ci"])).await;
    let versions = ["view", "@acme/pong", "versions", "--json"];
    let told = done(&mut npm(here.path(), &versions)).await;
    let told: Value = serde_json::from_str(&told).expect("JSON");
    assert_eq!(told, json!(["1.0.0", "1.1.0", "2.0.0"]));

    // Without the license there is nothing.
    let stranger = customer(&w, None);
    let refused = ran(&mut npm(stranger.path(), &["install", "@acme/ping"])).await;
    assert!(!refused.status.success());
    assert!(said(&refused).contains("E404"), "{}", said(&refused));
}

#[tokio::test]
async fn npm_refuses_a_tarball_that_is_not_what_was_said() {
    let w = World::start().await;
    let product = w.product().await;
    let ping = package_of(&w, &product, "npm", "@acme/ping").await;
    let manifest = json!({ "name": "@acme/ping", "version": "1.0.0" });
    ships(&w, &product, &ping, manifest, "").await;
    let artifacts = w.admin().get("/artifacts").await.expect(200);
    let path = format!(
        "/artifacts/{}",
        artifacts.body["data"][0]["id"].as_str().expect("an id")
    );
    let checksum = STANDARD.encode(sha512(b"something else"));
    let body = json!({ "data": { "type": "artifacts", "attributes": { "checksum": checksum } } });
    w.admin().patch(&path, body).await.expect(200);
    let policy = w.policy().of(&product).create().await;
    let license = w.license().of(&policy).create().await;

    let here = customer(&w, Some(&license.key));
    let refused = ran(&mut npm(here.path(), &["install", "@acme/ping"])).await;

    assert!(!refused.status.success());
    assert!(said(&refused).contains("EINTEGRITY"), "{}", said(&refused));
}
