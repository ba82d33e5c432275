//! The program as an operator meets it: arguments in, exit code and output out.
#![expect(clippy::unwrap_used, reason = "a step that fails ends its test")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// A directory to work in, with nothing of ours in the environment.
struct Place {
    directory: TempDir,
    environment: Vec<(&'static str, String)>,
}

/// What a finished command said.
struct Said {
    status: ExitStatus,
    out: String,
    err: String,
}

impl Place {
    fn new() -> Self {
        Self {
            directory: tempfile::tempdir().unwrap(),
            environment: Vec::new(),
        }
    }

    fn with(mut self, name: &'static str, value: &str) -> Self {
        self.environment.push((name, value.to_owned()));
        self
    }

    fn data(&self) -> PathBuf {
        self.directory.path().join("keystead-data")
    }

    fn key_file(&self) -> PathBuf {
        self.data().join("master.key")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_keystead"));
        command.args(arguments).current_dir(self.directory.path());
        let inherited = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
        for name in inherited.filter(|name| name.starts_with("KEYSTEAD_")) {
            command.env_remove(name);
        }
        for (name, value) in &self.environment {
            command.env(name, value);
        }
        command
    }

    fn run(&self, arguments: &[&str]) -> Said {
        let output = self.command(arguments).output().unwrap();
        Said {
            status: output.status,
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Starts a server on a free port and reads on until it listens.
    fn serve(&self, arguments: &[&str]) -> Serving {
        let all = [
            &[
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--set",
                "metrics.listen=",
            ],
            arguments,
        ]
        .concat();
        let mut process = self
            .command(&all)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut reader = BufReader::new(process.stdout.take().unwrap());
        let mut said = String::new();
        let url = loop {
            let mut line = String::new();
            if reader.read_line(&mut line).unwrap() == 0 {
                let mut err = String::new();
                process
                    .stderr
                    .take()
                    .unwrap()
                    .read_to_string(&mut err)
                    .unwrap();
                panic!("it ended: {said}{err}");
            }
            if let Some(url) = line.strip_prefix("listening on ") {
                break url.trim().to_owned();
            }
            said.push_str(&line);
        };
        Serving {
            process,
            reader,
            said,
            url,
        }
    }
}

/// A running server; killed when dropped.
struct Serving {
    process: Child,
    reader: BufReader<ChildStdout>,
    /// What it said before it listened.
    said: String,
    url: String,
}

impl Serving {
    fn signal(&self, name: &str) {
        let id = self.process.id().to_string();
        assert!(
            Command::new("kill")
                .args([name, &id])
                .status()
                .unwrap()
                .success()
        );
    }

    /// Ends it as a service manager does, and returns what it still said.
    fn stop(mut self) -> (ExitStatus, String) {
        self.signal("-TERM");
        let mut rest = String::new();
        self.reader.read_to_string(&mut rest).unwrap();
        (self.process.wait().unwrap(), rest)
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn the_first_start_says_once_what_is_needed_to_log_in() {
    let place = Place::new();

    let first = place.serve(&[]);
    let said = first.said.clone();
    let (status, rest) = first.stop();
    let second = place.serve(&[]);
    let said_again = second.said.clone();

    for word in [
        "url",
        "account     default",
        "public key",
        "email       admin@localhost",
        "password",
    ] {
        assert!(said.contains(word), "{word} in {said}");
    }
    assert!(status.success());
    assert_eq!(rest, "");
    assert_eq!(said_again, "", "the second start has nothing to tell");
    assert_eq!(mode(&place.data()), 0o700);
    assert_eq!(mode(&place.key_file()), 0o600);
}

#[test]
fn the_first_start_speaks_json_on_request() {
    let place = Place::new();

    let said = place.serve(&["--json"]).said.clone();

    let made: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(said.lines().count(), 1);
    assert_eq!(made["account"], "default");
    assert_eq!(made["email"], "admin@localhost");
    assert_eq!(made["public_key"].as_str().unwrap().len(), 64);
    assert_eq!(made["account_id"].as_str().unwrap().len(), 36);
    assert_eq!(made["password"].as_str().unwrap().len(), 24);
}

#[test]
fn a_configured_password_is_not_repeated() {
    let place = Place::new().with(
        "KEYSTEAD_BOOTSTRAP__PASSWORD",
        "correct horse battery staple",
    );

    let said = place.run(&["setup", "--json"]);

    assert!(said.status.success(), "{}", said.err);
    assert_eq!(
        serde_json::from_str::<Value>(&said.out).unwrap()["password"],
        Value::Null
    );
    assert!(!said.out.contains("battery") && !said.err.contains("battery"));
}

#[test]
fn a_server_answers_health_checks_until_it_is_told_to_stop() {
    let place = Place::new();
    let server = place.serve(&[]);
    let url = server.url.clone();

    let ready = place.run(&["healthcheck", &url]);
    let alive = place.run(&["healthcheck", &format!("{url}/livez")]);
    let nothing_there = place.run(&["healthcheck", &format!("{url}/nowhere")]);
    let (status, _) = server.stop();
    let gone = place.run(&["healthcheck", &url]);

    assert_eq!(
        (ready.status.code(), ready.out.as_str()),
        (Some(0), "ready\n")
    );
    assert_eq!(
        (alive.status.code(), alive.out.as_str()),
        (Some(0), "alive\n")
    );
    assert_eq!(nothing_there.status.code(), Some(1));
    assert!(nothing_there.err.contains("404"), "{}", nothing_there.err);
    assert_eq!(status.code(), Some(0));
    assert_eq!(gone.status.code(), Some(1));
}

#[test]
fn ctrl_c_ends_a_server_in_order() {
    let place = Place::new();
    let mut server = place.serve(&[]);

    server.signal("-INT");

    assert_eq!(server.process.wait().unwrap().code(), Some(0));
}

#[test]
fn a_second_signal_ends_a_server_that_still_waits_for_a_request() {
    let place = Place::new();
    let mut server = place.serve(&[]);
    let mut client = TcpStream::connect(server.url.trim_start_matches("http://")).unwrap();
    // Half a body: whoever answers this has to wait for the rest. The interim answer tells that
    // somebody does.
    let head = "POST /v1/tokens HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\nexpect: 100-continue\r\n\r\n";
    client.write_all(head.as_bytes()).unwrap();
    let mut interim = [0; 12];
    client.read_exact(&mut interim).unwrap();

    server.signal("-TERM");
    while TcpStream::connect(server.url.trim_start_matches("http://")).is_ok() {
        std::thread::yield_now();
    }
    let still_runs = server.process.try_wait().unwrap().is_none();
    server.signal("-TERM");

    assert_eq!(&interim, b"HTTP/1.1 100");
    assert!(still_runs, "it did not wait for the request");
    assert_eq!(server.process.wait().unwrap().code(), Some(130));
}

#[test]
fn a_worker_answers_health_checks_and_nothing_else() {
    let place = Place::new();
    let worker = place.serve(&["--role", "worker"]);

    let ready = place.run(&["healthcheck", &worker.url]);
    let api = place.run(&["healthcheck", &format!("{}/v1/openapi.json", worker.url)]);

    assert!(ready.status.success(), "{}", ready.err);
    assert!(api.err.contains("404"), "{}", api.err);
}

#[test]
fn sweeps_run_by_themselves() {
    let place = Place::new();
    let server = place.serve(&["--set", "heartbeat.sweep_interval=1s"]);

    let swept = std::iter::repeat_with(|| place.run(&["jobs", "schedules", "--json"]).out)
        .take(200)
        .any(|rows| {
            rows.lines()
                .filter_map(|row| serde_json::from_str::<Value>(row).ok())
                .any(|row| row["schedule"] == "heartbeats.sweep" && row["finished_at"].is_string())
        });

    assert!(swept, "{}", place.run(&["jobs", "schedules"]).out);
    drop(server);
}

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
fn a_taken_port_is_named_and_nothing_is_made() {
    let place = Place::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();

    let said = place.run(&["serve", "--listen", &address]);

    assert_eq!(said.status.code(), Some(1));
    assert!(
        said.err.contains(&format!("can't listen on {address}")),
        "{}",
        said.err
    );
    assert!(!place.data().exists());
}

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
fn metrics_are_served_on_a_port_of_their_own() {
    let place = Place::new();
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap().to_string();
    drop(free);

    let server = place.serve(&["--set", &format!("metrics.listen={address}")]);
    let public = place.run(&["healthcheck", &format!("{}/metrics", server.url)]);
    let own = place.run(&["healthcheck", &format!("http://{address}/metrics")]);

    assert_eq!(public.status.code(), Some(1), "not on the public port");
    assert!(own.status.success(), "{}", own.err);
    for name in [
        "process_resident_memory_bytes",
        "process_uptime_seconds",
        "keystead_build_info",
    ] {
        assert!(own.out.contains(name), "{name}");
    }
}
