//! Keys and passwords that keep a server from starting.

use std::os::unix::fs::PermissionsExt;

use super::Place;

#[test]
fn a_lost_master_key_is_not_replaced() {
    let place = Place::new();
    assert!(place.run(&["setup"]).status.success());
    std::fs::remove_file(place.key_file()).unwrap();

    let said = place.run(&[
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--set",
        "metrics.listen=",
    ]);

    assert_eq!(said.status.code(), Some(1));
    assert!(
        said.err.contains("the master key is missing"),
        "{}",
        said.err
    );
    assert!(!place.key_file().exists());
}

#[test]
fn another_master_key_is_refused() {
    let key = "8f1d3c5b7a9e2046f8d0b6a4c2e8135779bd1f3e5c7a9081726354afbecd0192";
    let place = Place::new();
    assert!(place.run(&["setup"]).status.success());

    let said = place.with("KEYSTEAD_MASTER_KEY", key).run(&["setup"]);

    assert_eq!(said.status.code(), Some(1));
    assert!(
        said.err.contains("the master key does not open"),
        "{}",
        said.err
    );
    assert!(!said.err.contains(key));
}

#[test]
fn a_key_file_that_others_can_read_is_refused() {
    let place = Place::new();
    assert!(place.run(&["setup"]).status.success());
    std::fs::set_permissions(place.key_file(), std::fs::Permissions::from_mode(0o644)).unwrap();

    let said = place.run(&["setup"]);

    assert_eq!(said.status.code(), Some(1));
    assert!(
        said.err.contains("can be read by others (mode 644)"),
        "{}",
        said.err
    );
}

#[test]
fn weak_secrets_keep_a_public_server_from_starting() {
    let counting: String = (0..32).map(|byte| format!("{byte:02x}")).collect();
    let weak_password = Place::new().with("KEYSTEAD_BOOTSTRAP__PASSWORD", "secret");
    let weak_key = Place::new().with("KEYSTEAD_MASTER_KEY", &counting);
    let public = [
        "setup",
        "--set",
        "http.public_url=https://licensing.example.com",
    ];

    let password = weak_password.run(&public);
    let key = weak_key.run(&public);
    let lenient = weak_key.run(&["setup"]);

    assert_eq!(password.status.code(), Some(1));
    assert!(
        password
            .err
            .contains("`bootstrap.password` is shorter than 12"),
        "{}",
        password.err
    );
    assert_eq!(key.status.code(), Some(1));
    assert!(key.err.contains("the master key counts"), "{}", key.err);
    assert!(
        lenient.status.success(),
        "on this machine alone it may: {}",
        lenient.err
    );
}
