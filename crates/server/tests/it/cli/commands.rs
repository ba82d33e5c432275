//! The commands around a server, as scripts use them.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use super::{Place, Said};

#[test]
fn a_token_made_here_is_a_credential_there() {
    let place = Place::new();
    let server = place.serve(&[]);

    let plain = place.run(&["token", "create", "--name", "ci", "--expires-in", "30d"]);
    let json = place.run(&["token", "create", "--permission", "license.read", "--json"]);
    let nobody = place.run(&["token", "create", "--email", "nobody@example.com"]);
    let nowhere = place.run(&["token", "create", "--account", "elsewhere"]);

    assert!(plain.status.success(), "{}", plain.err);
    assert_eq!(me(&server.url, plain.out.trim()), "200");
    assert_eq!(me(&server.url, "admin-nonsense"), "401");
    let made: Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(made["email"], "admin@localhost");
    assert_eq!(made["expiry"], Value::Null);
    assert_eq!(
        me(&server.url, made["token"].as_str().unwrap()),
        "403",
        "it may read licenses only"
    );
    assert!(
        nobody
            .err
            .contains("there is no user \"nobody@example.com\""),
        "{}",
        nobody.err
    );
    assert!(
        nowhere.err.contains("there is no account \"elsewhere\""),
        "{}",
        nowhere.err
    );
}

/// The status that `/v1/me` answers with to this token.
fn me(url: &str, token: &str) -> String {
    let mut stream = TcpStream::connect(url.trim_start_matches("http://")).unwrap();
    let request = format!(
        "GET /v1/me HTTP/1.1\r\nhost: a\r\nconnection: close\r\nauthorization: Bearer {token}\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.split(' ').nth(1).unwrap_or_default().to_owned()
}

#[test]
fn the_description_of_the_api_is_printed_as_it_is_served() {
    let said = Place::new().run(&["openapi"]);

    let document: Value = serde_json::from_str(&said.out).unwrap();
    assert!(document["openapi"].as_str().unwrap().starts_with("3."));
    assert!(!document["paths"].as_object().unwrap().is_empty());
}

#[test]
fn setup_makes_everything_and_then_nothing() {
    let place = Place::new();

    let first = place.run(&["setup"]);
    let second = place.run(&["setup"]);
    let in_json = place.run(&["setup", "--json"]);

    assert!(first.out.contains("password"), "{}{}", first.out, first.err);
    assert_eq!(
        second.out,
        "there is an account already; nothing was changed\n"
    );
    assert_eq!((in_json.status.code(), in_json.out.as_str()), (Some(0), ""));
}

#[test]
fn migrate_brings_the_schema_up_and_check_only_looks() {
    let place = Place::new();

    let before = place.run(&["migrate", "--check"]);
    let looked_again = place.run(&["migrate", "--check", "--json"]);
    let migrated = place.run(&["migrate", "--json"]);
    let after = place.run(&["migrate", "--check"]);

    assert_eq!(before.status.code(), Some(1));
    assert!(
        before.out.starts_with("missing: "),
        "{}{}",
        before.out,
        before.err
    );
    let missing: Value = serde_json::from_str(&looked_again.out).unwrap();
    let done: Value = serde_json::from_str(&migrated.out).unwrap();
    assert!(!missing["missing"].as_array().unwrap().is_empty());
    assert_eq!(missing["missing"], done["done"]);
    assert_eq!(
        (after.status.code(), after.out.as_str()),
        (Some(0), "the schema is up to date\n")
    );
}

#[test]
fn doctor_finds_what_is_wrong_and_changes_nothing() {
    let place = Place::new();

    let before = place.run(&["doctor"]);
    let made_by_looking = place.data().exists();
    assert!(place.run(&["setup"]).status.success());
    let after = place.run(&["doctor", "--json"]);
    std::fs::set_permissions(place.key_file(), std::fs::Permissions::from_mode(0o640)).unwrap();
    let exposed = place.run(&["doctor", "--json"]);

    assert!(before.status.success(), "{}", before.out);
    assert!(!made_by_looking);
    let state = |said: &Said, name: &str| {
        let report: Value = serde_json::from_str(&said.out).unwrap();
        let checks = report["checks"].as_array().unwrap().clone();
        checks.iter().find(|check| check["name"] == name).unwrap()["state"].clone()
    };
    for name in [
        "configuration",
        "data directory",
        "master key",
        "clock",
        "database",
        "schema",
        "accounts",
    ] {
        assert_eq!(state(&after, name), "ok", "{name}: {}", after.out);
    }
    assert_eq!(exposed.status.code(), Some(1));
    assert_eq!(state(&exposed, "master key"), "failed");
}

#[test]
fn doctor_reports_services_that_do_not_answer() {
    let place = Place::new()
        .with(
            "KEYSTEAD_DATABASE__URL",
            "postgres://keystead:hunter2@127.0.0.1:1/keystead",
        )
        .with("KEYSTEAD_JOBS__BACKEND", "redis")
        .with("KEYSTEAD_REDIS__URL", "redis://:hunter2@127.0.0.1:1/0");

    let said = place.run(&["doctor"]);

    assert_eq!(said.status.code(), Some(1));
    assert!(said.out.contains("FAILED  database"), "{}", said.out);
    assert!(said.out.contains("FAILED  redis"), "{}", said.out);
    assert!(!said.out.contains("hunter2"), "{}", said.out);
}

#[test]
fn jobs_are_counted_and_a_missing_one_is_an_error() {
    let place = Place::new();
    assert!(place.run(&["setup"]).status.success());

    let listed = place.run(&["jobs", "list"]);
    let retried = place.run(&["jobs", "retry", "default", "12345"]);

    assert_eq!(listed.out, "no job failed for good\n", "{}", listed.err);
    assert_eq!(retried.status.code(), Some(1));
    assert!(
        retried
            .out
            .contains("no job 12345 in default failed for good"),
        "{}",
        retried.out
    );
}

#[test]
fn completions_are_there_for_every_shell() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let said = Place::new().run(&["completions", shell]);
        assert!(said.status.success());
        assert!(said.out.contains("healthcheck"), "{shell}");
    }
}

#[test]
fn how_an_account_signs_on_is_set_shown_and_taken_back() {
    let place = Place::new();
    place.run(&["setup"]);
    let secret = place.data().join("secret");
    std::fs::write(&secret, "hunter2\n").unwrap();
    let secret = secret.to_str().unwrap();

    let unset = place.run(&["sso", "show", "default"]);
    let nameless = place.run(&["sso", "set", "default", "--domains", "acme.com"]);
    #[rustfmt::skip]
    let set = place.run(&[
        "sso", "set", "default", "--organization", "acme", "--domains", "Acme.com,acme.net",
        "--session-duration", "12h", "--jit-provisioning", "true", "--issuer",
        "https://login.acme.com", "--client-id", "keystead", "--client-secret-file", secret, "--json",
    ]);
    let shown = place.run(&["sso", "show", "default"]);
    let insecure = place.run(&[
        "sso",
        "set",
        "default",
        "--issuer",
        "ftp://login.acme.com",
        "--client-id",
        "keystead",
    ]);
    let removed = place.run(&["sso", "remove", "default"]);

    assert!(
        unset.err.contains("default does not sign on"),
        "{}",
        unset.err
    );
    assert!(
        nameless.err.contains("an organization is needed"),
        "{}",
        nameless.err
    );
    let told: Value = serde_json::from_str(&set.out).unwrap();
    assert_eq!(told["domains"], serde_json::json!(["acme.com", "acme.net"]));
    assert_eq!(told["sessionDuration"], 43_200);
    assert_eq!(told["jitProvisioning"], true);
    assert_eq!(told["issuer"], "https://login.acme.com");
    assert!(shown.out.contains("organization: acme\n"), "{}", shown.out);
    assert!(!(set.out + &shown.out).contains("hunter2"));
    assert!(
        insecure.err.contains("must be an https:// URL"),
        "{}",
        insecure.err
    );
    assert!(removed.status.success(), "{}", removed.err);
}
