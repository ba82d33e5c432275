//! `keystead serve`: what it says first, how it stops, what runs in it.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

use serde_json::Value;

use super::{Place, mode};

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
