//! Layers, unknown keys, rules, and the annotated file as the only truth about defaults.

use std::path::PathBuf;

use super::layers::known_keys;
use super::*;

fn environment(variables: &[(&str, &str)]) -> Sources {
    let environment = variables
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    Sources {
        environment,
        ..Sources::default()
    }
}

fn flag(key: &str, value: &str) -> Override {
    Override {
        key: key.to_owned(),
        value: value.to_owned(),
        flag: format!("--set {key}={value}"),
    }
}

/// A directory with a `keystead.toml` of this content.
fn directory(content: &str) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("keystead.toml"), content).unwrap();
    directory
}

fn file(content: &str) -> (tempfile::TempDir, Sources) {
    let directory = directory(content);
    let file = Some(directory.path().join("keystead.toml"));
    (
        directory,
        Sources {
            file,
            ..Sources::default()
        },
    )
}

fn complaint(sources: &Sources) -> String {
    sources.load().unwrap_err().to_string()
}

#[test]
fn the_annotated_file_is_the_default_configuration() {
    let loaded = Sources::default().load().unwrap();

    assert_eq!(loaded.config, Config::default());
    assert_eq!(loaded.file, None);
}

#[test]
fn every_key_of_the_struct_stands_in_the_annotated_file() {
    let whole: toml::Table = DEFAULTS.parse().unwrap();

    // No key has a second default hidden in the code: without its line the file doesn't parse.
    for key in known_keys().keys() {
        let mut rest = whole.clone();
        remove(&mut rest, key);
        let error = toml::from_str::<Config>(&rest.to_string())
            .unwrap_err()
            .to_string();
        let last = key.rsplit('.').next().unwrap();
        assert!(
            error.contains(&format!("missing field `{last}`")),
            "{key}: {error}"
        );
    }
}

#[test]
fn every_key_of_the_annotated_file_stands_in_the_struct() {
    let whole: toml::Table = DEFAULTS.parse().unwrap();
    let mut tables: Vec<&String> = whole
        .iter()
        .filter(|(_, value)| value.is_table())
        .map(|(name, _)| name)
        .collect();
    tables.sort();

    for table in &tables {
        let mut more = whole.clone();
        more[*table]
            .as_table_mut()
            .unwrap()
            .insert("strange".into(), 1.into());
        let error = toml::from_str::<Config>(&more.to_string())
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("unknown field `strange`"),
            "{table}: {error}"
        );
    }
    assert_eq!(
        tables.len(),
        DEFAULTS
            .lines()
            .filter(|line| line.starts_with('['))
            .count()
    );
}

#[test]
fn every_key_of_the_annotated_file_is_explained() {
    let lines: Vec<&str> = DEFAULTS.lines().collect();

    for (at, line) in lines.iter().enumerate() {
        if line.starts_with('[') || line.contains(" = ") && !line.starts_with('#') {
            assert!(lines[at - 1].starts_with("# "), "{line} has no comment");
            assert!(
                lines[at - 1].ends_with('.'),
                "the comment of {line} is no sentence"
            );
        }
    }
}

fn remove(table: &mut toml::Table, key: &str) {
    match key.split_once('.') {
        None => assert!(table.remove(key).is_some()),
        Some((name, rest)) => remove(table[name].as_table_mut().unwrap(), rest),
    }
}

#[test]
fn later_layers_win() {
    let (_directory, mut sources) =
        file("[http]\nmax_body_bytes = 1\nmax_url_bytes = 1\nmax_connections = 1\n");
    sources.environment = vec![
        ("KEYSTEAD_HTTP__MAX_URL_BYTES".into(), "2".into()),
        ("KEYSTEAD_HTTP__MAX_CONNECTIONS".into(), "2".into()),
    ];
    sources.overrides = vec![flag("http.max_connections", "3")];

    let config = sources.load().unwrap().config;

    assert_eq!(
        config.http.max_body_bytes, 1,
        "the file wins over the default"
    );
    assert_eq!(
        config.http.max_url_bytes, 2,
        "the environment wins over the file"
    );
    assert_eq!(
        config.http.max_connections, 3,
        "a flag wins over the environment"
    );
    assert_eq!(
        config.http.max_header_bytes,
        Config::default().http.max_header_bytes
    );
}

#[test]
fn of_two_flags_for_one_key_the_last_wins() {
    let overrides = vec![flag("jobs.concurrency", "2"), flag("jobs.concurrency", "3")];

    let config = Sources {
        overrides,
        ..Sources::default()
    }
    .load()
    .unwrap()
    .config;

    assert_eq!(config.jobs.concurrency, 3);
}

#[test]
fn the_environment_is_read_as_the_type_of_its_key() {
    let config = environment(&[
        ("KEYSTEAD_BOOTSTRAP__PASSWORD", "123456789012"),
        ("KEYSTEAD_BOOTSTRAP__ACCOUNT", "true"),
        ("KEYSTEAD_TELEMETRY__OTLP_SAMPLE_SHARE", "1"),
        ("KEYSTEAD_HEARTBEAT__SWEEP_INTERVAL", "1m30s"),
        ("KEYSTEAD_REDIS__URL", ""),
        ("PATH", "/bin"),
    ])
    .load()
    .unwrap()
    .config;

    assert_eq!(config.bootstrap.password.unwrap().expose(), "123456789012");
    assert_eq!(config.bootstrap.account, "true");
    assert!((config.telemetry.otlp_sample_share - 1.0).abs() < f64::EPSILON);
    assert_eq!(config.heartbeat.sweep_interval, Duration::from_secs(90));
    assert_eq!(config.redis.url, None);
}

#[test]
fn a_value_of_the_wrong_type_is_named_with_its_source() {
    assert_eq!(
        complaint(&environment(&[("KEYSTEAD_JOBS__CONCURRENCY", "many")])),
        "KEYSTEAD_JOBS__CONCURRENCY is \"many\", but has to be a whole number, such as 10"
    );
    let spelling = complaint(&environment(&[("KEYSTEAD_TENANCY", "double")]));
    assert!(
        spelling.contains("KEYSTEAD_TENANCY") && spelling.contains("`single`"),
        "{spelling}"
    );

    let (directory, sources) = file("[http]\nrequest_timeout = 15\n");
    let bare = complaint(&sources);
    assert!(bare.contains("a duration with its unit"), "{bare}");
    assert!(bare.contains("http.request_timeout"), "{bare}");
    assert!(
        bare.contains(&directory.path().display().to_string()),
        "{bare}"
    );
}

#[test]
fn a_table_given_as_a_value_is_a_type_error() {
    let (_directory, sources) = file("http = 3\n");

    let message = complaint(&sources);

    assert!(
        message.contains("invalid type") && message.contains("http"),
        "{message}"
    );
}

#[test]
fn unknown_keys_name_the_nearest_and_where_they_stand() {
    let (directory, mut sources) =
        file("lisen = \"x\"\n[htpp]\nlisten = \"x\"\n[zzz]\nqqqqq = 1\n");
    sources.environment = vec![
        ("KEYSTEAD_HTTP_LISTEN".into(), "127.0.0.1:1".into()),
        ("KEYSTEAD_PORT".into(), "6480".into()),
    ];
    sources.overrides = vec![flag("database.uri", "x")];
    let path = directory.path().join("keystead.toml").display().to_string();

    let message = complaint(&sources);

    assert_eq!(
        message.lines().collect::<Vec<_>>(),
        [
            format!("unknown key `htpp.listen` in {path}: did you mean `http.listen`?"),
            format!("unknown key `lisen` in {path}: did you mean `http.listen`?"),
            format!("unknown key `zzz.qqqqq` in {path}: `keystead config` lists every key"),
            "unknown key KEYSTEAD_HTTP_LISTEN in the environment: did you mean KEYSTEAD_HTTP__LISTEN?".to_owned(),
            "unknown key KEYSTEAD_PORT in the environment: `keystead config` lists every key".to_owned(),
            "unknown key --set database.uri=x in flags: did you mean `database.url`?".to_owned(),
        ]
    );
}

#[test]
fn what_the_program_itself_reads_is_no_unknown_key() {
    let sources = environment(&[
        ("KEYSTEAD_MASTER_KEY", "00"),
        ("KEYSTEAD_CONFIG", "x"),
        ("KEYSTEAD_SERVICE_HOST", "10.0.0.1"),
    ]);

    assert_eq!(sources.load().unwrap().config, Config::default());
}

#[test]
fn a_named_file_has_to_exist() {
    let sources = Sources {
        file: Some(PathBuf::from("/nowhere/k.toml")),
        ..Sources::default()
    };

    assert!(complaint(&sources).starts_with("can't read the configuration file /nowhere/k.toml: "));
}

#[test]
fn an_unnamed_file_is_looked_for_in_the_working_then_in_the_data_directory() {
    let working = tempfile::tempdir().unwrap();
    let data = directory("[jobs]\nconcurrency = 3\n");
    let mut sources = Sources {
        working_dir: Some(working.path().to_path_buf()),
        overrides: vec![flag("data_dir", data.path().to_str().unwrap())],
        ..Sources::default()
    };

    let from_data = sources.load().unwrap();
    std::fs::write(
        working.path().join("keystead.toml"),
        "[jobs]\nconcurrency = 2\n",
    )
    .unwrap();
    let from_working = sources.load().unwrap();
    sources.working_dir = None;
    let from_nowhere = sources.load().unwrap();

    assert_eq!(from_data.config.jobs.concurrency, 3);
    assert_eq!(from_data.file, Some(data.path().join("keystead.toml")));
    assert_eq!(from_working.config.jobs.concurrency, 2);
    assert_eq!(
        from_nowhere.config.jobs.concurrency,
        Config::default().jobs.concurrency
    );
}

#[test]
fn rules_name_the_key_to_change() {
    #[rustfmt::skip]
    let broken = [
        ("drain_timeout", "0s"),                ("http.max_body_bytes", "0"),
        ("http.max_header_bytes", "8191"),      ("http.max_url_bytes", "0"),
        ("http.max_url_bytes", "99999999"),     ("http.max_connections", "0"),
        ("http.request_timeout", "0s"),         ("http.idle_timeout", "0s"),
        ("http.public_url", "ftp://x"),         ("database.url", "mysql://x"),
        ("database.max_connections", "1"),      ("database.min_connections", "99"),
        ("database.acquire_timeout", "0s"),     ("database.statement_timeout", "0s"),
        ("jobs.concurrency", "0"),
        ("redis.url", "http://x"),              ("metrics.listen", "127.0.0.1:6480"),
        ("telemetry.otlp_endpoint", "grpc://x"), ("telemetry.otlp_sample_share", "1.1"),
        ("bootstrap.account", "Acme Inc"),      ("bootstrap.email", "admin"),
        ("heartbeat.sweep_interval", "999ms"),     ("heartbeat.sweep_batch", "0"),
        ("heartbeat.brake_share_percent", "101"),      ("heartbeat.brake_window", "0s"),
        ("heartbeat.pulse_interval", "999ms"), ("webhooks.concurrency", "0"),
        ("storage.max_object_bytes", "0"),      ("storage.endpoint", "ftp://x"),
        ("sso.issuer", "ftp://x"),             ("sso.role_claim", ""),
    ];

    for (key, value) in broken {
        let sources = Sources {
            overrides: vec![flag(key, value)],
            ..Sources::default()
        };
        let message = complaint(&sources);
        assert!(
            message.contains(&format!("`{key}` must ")),
            "{key}={value}: {message}"
        );
    }
}

#[test]
fn jobs_on_redis_need_its_url() {
    let without = environment(&[("KEYSTEAD_JOBS__BACKEND", "redis")]);
    let with = environment(&[
        ("KEYSTEAD_JOBS__BACKEND", "redis"),
        ("KEYSTEAD_REDIS__URL", "redis://cache:6379/0"),
    ]);

    assert_eq!(
        complaint(&without),
        "`redis.url` must be set when `jobs.backend` is \"redis\""
    );
    assert_eq!(with.load().unwrap().config.jobs.backend, Backend::Redis);
}

#[test]
fn a_server_that_others_reach_is_production() {
    let production = |key: &str, value: &str| {
        let overrides = vec![flag(key, value)];
        Sources {
            overrides,
            ..Sources::default()
        }
        .load()
        .unwrap()
        .config
        .is_production()
    };

    assert!(!Config::default().is_production());
    assert!(!production("http.listen", "[::1]:6480"));
    assert!(!production("http.public_url", "http://localhost:8080"));
    assert!(!production("http.public_url", "http://127.0.0.1:8080"));
    assert!(production("http.listen", "0.0.0.0:6480"));
    assert!(production(
        "http.public_url",
        "https://licensing.example.com"
    ));
    assert!(production("deployment", "production"));
}

#[test]
fn a_weak_password_is_refused_in_production_alone() {
    let with = |password: &str, deployment: &str| {
        environment(&[
            ("KEYSTEAD_BOOTSTRAP__PASSWORD", password),
            ("KEYSTEAD_BOOTSTRAP__EMAIL", "admin@example.com"),
            ("KEYSTEAD_HTTP__LISTEN", "0.0.0.0:6480"),
            ("KEYSTEAD_DEPLOYMENT", deployment),
        ])
        .load()
    };

    for weak in [
        "secret",
        "elevenchars",
        "aaaaaaaaaaaaaaaa",
        "Admin@Example.com",
    ] {
        let message = with(weak, "auto").unwrap_err().to_string();
        assert!(
            message.starts_with("`bootstrap.password` "),
            "{weak}: {message}"
        );
        assert!(
            !message.contains(weak),
            "the password itself stays out of the message"
        );
        assert!(with(weak, "development").is_ok(), "{weak}");
    }
    assert!(with("twelve chars", "auto").is_ok());
}

#[test]
fn debug_output_holds_no_secret() {
    let config = environment(&[
        ("KEYSTEAD_BOOTSTRAP__PASSWORD", "correct-horse-battery"),
        (
            "KEYSTEAD_DATABASE__URL",
            "postgres://u:correct-horse-battery@db/keystead",
        ),
        (
            "KEYSTEAD_REDIS__URL",
            "redis://:correct-horse-battery@cache",
        ),
        ("KEYSTEAD_SSO__CLIENT_SECRET", "correct-horse-battery"),
        (
            "KEYSTEAD_TELEMETRY__SENTRY_DSN",
            "https://correct-horse-battery@sentry.example.com/1",
        ),
    ])
    .load()
    .unwrap()
    .config;

    assert!(!format!("{config:?}").contains("correct-horse-battery"));
}

#[test]
fn the_reference_page_is_fresh() {
    let page = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../docs/operating/configuration.md"
    );
    let page = std::fs::read_to_string(page).unwrap();

    let (_, rest) = page
        .split_once("<!-- begin: keystead config --markdown -->\n")
        .unwrap();
    let (tables, _) = rest.split_once("<!-- end -->").unwrap();

    let made = markdown(DEFAULTS);
    let strange = tables
        .trim()
        .lines()
        .zip(made.trim().lines())
        .find(|(read, made)| read != made);
    assert_eq!(
        strange, None,
        "paste what `keystead config --markdown` prints"
    );
    assert_eq!(tables.trim().lines().count(), made.trim().lines().count());
}
