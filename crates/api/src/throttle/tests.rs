//! What one client may try, and what it is told.

use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};
use keystead_domain::AccountId;
use poem::http::Method;

use super::*;

const HERE: &str = "192.0.2.1";

fn start() -> DateTime<Utc> {
    DateTime::from_timestamp(1_767_225_600, 0).unwrap()
}

fn account(n: u128) -> AccountId {
    AccountId(uuid::Uuid::from_u128(n))
}

fn log_in<'a>(email: &'a str, address: &str) -> Attempt<'a> {
    Attempt {
        method: &Method::POST,
        path: "/tokens",
        account: account(1),
        address: address.parse().unwrap(),
        login: Some(email),
        email: None,
        credential: "",
    }
}

fn refused(throttle: &Throttle, attempt: &Attempt<'_>, now: DateTime<Utc>) -> bool {
    throttle
        .count(attempt, now)
        .is_some_and(|tally| tally.is_exceeded())
}

fn exhaust(throttle: &Throttle, attempt: &Attempt<'_>) {
    for _ in 0..5 {
        assert!(!refused(throttle, attempt, start()), "{attempt:?}");
    }
    assert!(refused(throttle, attempt, start()), "{attempt:?}");
}

#[test]
fn the_sixth_guess_within_a_minute_waits_for_the_next() {
    let throttle = Throttle::new(Limits::default());
    let guess = log_in("ada@example.com", HERE);
    exhaust(&throttle, &guess);

    let tally = throttle.count(&guess, start() + TimeDelta::seconds(15));

    let headers = tally.unwrap().headers();
    #[rustfmt::skip]
    assert_eq!(headers, [
        ("x-ratelimit-window",    "auth".to_owned()),
        ("x-ratelimit-count",     "7".to_owned()),
        ("x-ratelimit-limit",     "5".to_owned()),
        ("x-ratelimit-remaining", "0".to_owned()),
        ("x-ratelimit-reset",     "1767225660".to_owned()),
        ("retry-after",           "45".to_owned()),
    ]);
    assert!(!refused(
        &throttle,
        &guess,
        start() + TimeDelta::seconds(60)
    ));
}

#[test]
fn whoever_guesses_slows_only_its_own_address_down() {
    let throttle = Throttle::new(Limits::default());
    exhaust(&throttle, &log_in("ada@example.com", HERE));

    assert!(!refused(
        &throttle,
        &log_in("ada@example.com", "192.0.2.2"),
        start()
    ));
    assert!(!refused(
        &throttle,
        &log_in("bob@example.com", HERE),
        start()
    ));
    let elsewhere = Attempt {
        account: account(2),
        ..log_in("ada@example.com", HERE)
    };
    assert!(!refused(&throttle, &elsewhere, start()));
}

#[test]
fn another_spelling_is_no_new_try() {
    let id = "0b7f0a0e-5d3c-4a0b-8f1f-0c1e7a3a4b10";
    let spellings = [
        [id.to_owned(), id.to_uppercase()],
        [id.to_owned(), id.replace('-', "")],
        [id.to_owned(), id.replace('b', "%62")],
        [
            "ada@example.com".to_owned(),
            "ADA%40example.com%20".to_owned(),
        ],
    ];
    for [first, second] in spellings {
        let throttle = Throttle::new(Limits::default());
        let path = |user: &str| format!("/users/{user}/actions/update-password");
        let (first, second) = (path(&first), path(&second));
        let attempt = |path| Attempt {
            path,
            login: None,
            ..log_in("", HERE)
        };
        exhaust(&throttle, &attempt(&first));
        assert!(refused(&throttle, &attempt(&second), start()), "{second}");
    }
}

#[test]
fn an_ipv6_client_is_its_network_and_a_mapped_one_its_ipv4_address() {
    #[rustfmt::skip]
    let table = [
        ("2001:db8::1",   "2001:db8::ffff:1",    true),
        ("2001:db8::1",   "2001:db8:0:1::1",     false),
        (HERE,            "::ffff:192.0.2.1",    true),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", false),
    ];
    for (first, second, same) in table {
        let throttle = Throttle::new(Limits::default());
        exhaust(&throttle, &log_in("ada@example.com", first));
        let second = log_in("ada@example.com", second);
        assert_eq!(refused(&throttle, &second, start()), same, "{second:?}");
    }
}

#[test]
fn what_tries_a_credential_is_guarded_and_nothing_else() {
    let table = [
        (Method::POST, "/tokens", Some("auth")),
        (Method::GET, "/tokens", None),
        (Method::POST, "/passwords", Some("rstpwd")),
        (
            Method::POST,
            "/users/x/actions/update-password",
            Some("mutpwd"),
        ),
        (
            Method::POST,
            "/users/x/actions/reset-password",
            Some("mutpwd"),
        ),
        (Method::POST, "/users/x/actions/ban", None),
        (Method::POST, "/users/x/second-factors", Some("mutmfa")),
        (Method::DELETE, "/users/x/second-factors/y", Some("mutmfa")),
        (Method::PATCH, "/users/x/second-factors/y", Some("mutmfa")),
        (Method::GET, "/users/x/second-factors", None),
        (Method::POST, "/users", None),
    ];
    for (method, path, expected) in table {
        let attempt = Attempt {
            method: &method,
            path,
            ..log_in("ada@example.com", HERE)
        };
        let window = guarded(&attempt).map(|(window, _)| window.name);
        assert_eq!(window, expected, "{method} {path}");
    }
    let by_token = Attempt {
        login: None,
        ..log_in("", HERE)
    };
    assert!(guarded(&by_token).is_none());
}

#[test]
fn public_windows_count_every_client_and_the_fuller_one_is_told() {
    let throttle = Throttle::new(Limits {
        per_second: 10,
        per_minute: 12,
    });
    let of = |credential| Attempt {
        path: "/licenses",
        login: None,
        credential,
        ..log_in("", HERE)
    };
    let told = |tally: Option<Tally>| tally.unwrap().headers()[0].1.clone();

    for _ in 0..10 {
        assert!(!refused(&throttle, &of("a"), start()));
    }
    let full = throttle.count(&of("a"), start());
    assert!(full.unwrap().is_exceeded());
    assert_eq!(told(full), "1s");
    let later = throttle.count(&of("a"), start() + TimeDelta::seconds(1));
    assert!(!later.unwrap().is_exceeded());
    assert_eq!(told(later), "1m");
    assert!(!refused(&throttle, &of("b"), start()));
    assert!(
        Throttle::new(Limits::default())
            .count(&of("a"), start())
            .is_none()
    );
}

#[test]
fn memory_is_bounded_and_whoever_comes_again_is_remembered() {
    let mut windows = Windows::new(100);
    let key = |n: u32| sha256(&n.to_be_bytes());
    for n in 0..10_000 {
        windows.hit(key(n), 0);
        windows.hit(key(0), 0);
        assert!(windows.len() <= 202);
    }
    assert_eq!(windows.hit(key(0), 0), 10_002);
    assert_eq!(windows.hit(key(0), 1), 1);
    assert_eq!(windows.hit(key(5_000), 0), 1);
}

#[test]
fn addresses_of_networks_are_whole() {
    let address: IpAddr = "2001:db8:1:2:3:4:5:6".parse().unwrap();
    assert_eq!(network(address).to_string(), "2001:db8:1:2::");
}
