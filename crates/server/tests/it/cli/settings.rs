//! Where settings come from, and those that don't exist.

use super::Place;

#[test]
fn unknown_settings_are_refused_wherever_they_stand() {
    let in_environment = Place::new()
        .with("KEYSTEAD_HTTP_LISTEN", "127.0.0.1:0")
        .run(&["setup"]);
    let in_flag = Place::new().run(&["setup", "--set", "htpp.listen=127.0.0.1:0"]);
    let place = Place::new();
    std::fs::write(
        place.directory.path().join("keystead.toml"),
        "[http]\nlisen = \"x\"\n",
    )
    .unwrap();
    let in_file = place.run(&["setup"]);

    for said in [&in_environment, &in_flag, &in_file] {
        assert_eq!(said.status.code(), Some(1));
        assert!(said.err.starts_with("error: unknown key "), "{}", said.err);
    }
    assert!(
        in_environment
            .err
            .contains("did you mean KEYSTEAD_HTTP__LISTEN?")
    );
    assert!(in_flag.err.contains("did you mean `http.listen`?"));
    assert!(
        in_file
            .err
            .contains("keystead.toml: did you mean `http.listen`?"),
        "{}",
        in_file.err
    );
}

#[test]
fn the_file_named_by_the_environment_is_read_and_a_flag_wins_over_it() {
    let elsewhere = tempfile::tempdir().unwrap();
    let file = elsewhere.path().join("k.toml");
    std::fs::write(&file, "data_dir = \"from-file\"\n").unwrap();
    let place = Place::new().with("KEYSTEAD_CONFIG", file.to_str().unwrap());

    assert!(place.run(&["setup"]).status.success());
    assert!(
        place
            .run(&["setup", "--data-dir", "from-flag"])
            .status
            .success()
    );

    assert!(
        place
            .directory
            .path()
            .join("from-file/keystead.db")
            .exists()
    );
    assert!(
        place
            .directory
            .path()
            .join("from-flag/keystead.db")
            .exists()
    );
}

#[test]
fn the_printed_configuration_is_one_that_works() {
    let place = Place::new();

    let printed = place.run(&["config"]);
    std::fs::write(place.directory.path().join("keystead.toml"), &printed.out).unwrap();
    let doctor = place.run(&["doctor", "--json"]);

    assert!(printed.out.contains("[http]"));
    assert!(doctor.status.success(), "{}", doctor.out);
    assert!(doctor.out.contains("keystead.toml"), "{}", doctor.out);
}
