//! Bundler and gem themselves, as they are: they resolve, verify and install what a license gives.

use std::path::Path;

use keystead_app::PACKAGES;
use keystead_signing::digest::sha256;
use keystead_testkit::World;
use serde_json::json;
use tokio::process::Command;

use super::programs::{done, program, ran, said};
use crate::artifacts::process::{arrived_with, package_of, release_of};

/// One of Ruby's programs, which keeps what it installs in a directory.
fn ruby(name: &str, home: &Path) -> Command {
    let mut command = program(name, home);
    command
        .env("GEM_HOME", home.join("gems"))
        .env("BUNDLE_PATH", home.join("bundle"))
        .env("BUNDLE_RETRY", "0");
    command
}

/// A version of a gem, built by RubyGems and uploaded.
async fn ships(w: &World, product: &str, package: &str, name: &str, version: &str, needs: &str) {
    let directory = tempfile::tempdir().expect("a directory");
    let home = directory.path();
    let gemspec = format!(
        "Gem::Specification.new do |s|\n  s.name = '{name}'\n  s.version = '{version}'\n  \
         s.summary = 'Says {name}'\n  s.authors = ['Ada']\n  s.files = ['lib/{name}.rb']\n  {needs}\nend\n"
    );
    std::fs::create_dir(home.join("lib")).expect("a directory");
    let script = format!(
        "module {}; VERSION = '{version}'; end\n",
        name.to_uppercase()
    );
    std::fs::write(home.join(format!("lib/{name}.rb")), script).expect("a file");
    std::fs::write(home.join("it.gemspec"), gemspec).expect("a file");
    done(ruby("gem", home).args(["build", "it.gemspec"])).await;
    let filename = format!("{name}-{version}.gem");
    let bytes = std::fs::read(home.join(&filename)).expect("it was built");
    let release = release_of(w, product, package, version).await;
    let checksum = hex::encode(sha256(&bytes));
    let attributes = json!({ "filename": filename, "checksum": checksum });
    arrived_with(w, &release, attributes, bytes).await;
    assert_eq!(w.work_off(PACKAGES).await, 1);
}

/// A world whose gem `acme_ping` needs `acme_pong`, the key of a license for both, and where the gems
/// are for whom.
async fn gems(w: &World) -> (String, String) {
    let product = w.product().await;
    let ping = package_of(w, &product, "rubygems", "acme_ping").await;
    let pong = package_of(w, &product, "rubygems", "acme_pong").await;
    for version in ["1.0.0", "1.1.0", "2.0.0"] {
        ships(w, &product, &pong, "acme_pong", version, "").await;
    }
    let needs = "s.add_dependency 'acme_pong', '~> 1.0'";
    ships(w, &product, &ping, "acme_ping", "1.0.0", needs).await;
    let policy = w.policy().of(&product).create().await;
    let license = w.license().of(&policy).create().await;
    let host = w.base().trim_start_matches("http://");
    let path = format!("/v1/accounts/{}/engines/rubygems", w.account());
    let theirs = format!("http://license:{}@{host}{path}", license.key);
    (theirs, format!("http://{host}{path}"))
}

#[tokio::test]
async fn bundler_installs_what_a_license_gives() {
    let w = World::start().await;
    let (theirs, strangers) = gems(&w).await;
    let directory = tempfile::tempdir().expect("a directory");
    let home = directory.path();
    std::fs::write(
        home.join("Gemfile"),
        format!("source '{theirs}'\ngem 'acme_ping'\n"),
    )
    .expect("a file");

    done(ruby("bundle", home).arg("install")).await;
    let script = "require 'acme_pong'; puts ACME_PONG::VERSION";
    let told = done(ruby("bundle", home).args(["exec", "ruby", "-e", script])).await;

    assert!(told.contains("1.1.0"), "{told}");
    let lock = std::fs::read_to_string(home.join("Gemfile.lock")).expect("a lock");
    assert!(lock.contains("acme_pong (~> 1.0)"), "{lock}");

    // Without the license there is nothing.
    let directory = tempfile::tempdir().expect("a directory");
    let home = directory.path();
    let gemfile = format!("source '{strangers}'\ngem 'acme_ping'\n");
    std::fs::write(home.join("Gemfile"), gemfile).expect("a file");
    let refused = ran(ruby("bundle", home).arg("install")).await;
    assert!(!refused.status.success());
    assert!(said(&refused).contains("acme_ping"), "{}", said(&refused));
}

#[tokio::test]
async fn gem_installs_and_lists_what_a_license_gives() {
    let w = World::start().await;
    let (theirs, _) = gems(&w).await;
    let directory = tempfile::tempdir().expect("a directory");
    let home = directory.path();

    let source = ["--clear-sources", "--source", &format!("{theirs}/")];
    let install = ["install", "acme_ping", "--no-document"];
    done(ruby("gem", home).args(install).args(source)).await;
    let told = done(ruby("gem", home).args(["list", "--local"])).await;
    assert!(told.contains("acme_ping (1.0.0)"), "{told}");
    assert!(told.contains("acme_pong (1.1.0)"), "{told}");

    // The old indexes and the specification, as Ruby reads them.
    let list = ["list", "--remote", "--all", "acme"];
    let told = done(ruby("gem", home).args(list).args(source)).await;
    assert!(told.contains("acme_pong (2.0.0, 1.1.0, 1.0.0)"), "{told}");
    let show = ["specification", "--remote", "acme_ping"];
    let told = done(ruby("gem", home).args(show).args(source)).await;
    assert!(
        told.contains("name: acme_pong") && told.contains("summary: Says acme_ping"),
        "{told}"
    );
}
