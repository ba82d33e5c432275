//! Notices of terms that end: each once, whoever sweeps.

use chrono::TimeDelta;
use keystead_app::notices;
use keystead_domain::event::EventName;
use keystead_testkit::{License, World};

use super::told;

const NOTICES: [EventName; 4] = [
    EventName::LicenseExpiringSoon,
    EventName::LicenseExpired,
    EventName::LicenseCheckInRequiredSoon,
    EventName::LicenseCheckInOverdue,
];

async fn sweep(w: &World) -> u64 {
    notices::sweep(w.app(), w.now())
        .await
        .expect("the sweep ends")
}

async fn counts(w: &World) -> [u64; 4] {
    let mut counts = [0; 4];
    for (count, name) in counts.iter_mut().zip(NOTICES) {
        *count = told(w, name).await;
    }
    counts
}

async fn checking_in(w: &World, unit: &str) -> License {
    w.license()
        .policy("requireCheckIn", true)
        .policy("checkInInterval", unit)
        .policy("checkInIntervalCount", 1)
        .create()
        .await
}

#[tokio::test]
async fn a_license_is_told_of_daily_before_it_expires_and_once_afterwards() {
    let w = World::start().await;
    w.license().policy("duration", 14 * 86_400).create().await;
    let mut told_of = Vec::new();

    // From ten days in, every ten minutes for six days.
    w.advance(TimeDelta::days(10));
    for _ in 0..(6 * 24 * 6) {
        if sweep(&w).await > 0 {
            told_of.push(counts(&w).await);
        }
        w.advance(TimeDelta::minutes(10));
    }

    assert_eq!(
        told_of,
        [[1, 0, 0, 0], [2, 0, 0, 0], [3, 0, 0, 0], [3, 1, 0, 0]]
    );
}

#[tokio::test]
async fn a_check_in_is_told_of_before_and_when_it_is_late() {
    let w = World::start().await;
    checking_in(&w, "week").await;
    #[rustfmt::skip]
    let table = [
        // hours since,  soon, overdue
        (24,             [0, 0]),
        (4 * 24 + 1,     [1, 0]),
        (4 * 24 + 2,     [1, 0]),
        (7 * 24 - 1,     [2, 0]),
        (7 * 24 + 1,     [2, 1]),
        (7 * 24 + 11,    [2, 1]),
        (7 * 24 + 36,    [2, 1]),
    ];
    let mut passed = 0;

    for (hours, expected) in table {
        w.advance(TimeDelta::hours(hours - passed));
        passed = hours;
        sweep(&w).await;

        let [_, _, soon, overdue] = counts(&w).await;
        assert_eq!([soon, overdue], expected, "after {hours} hours");
    }
}

#[tokio::test]
async fn what_expired_long_ago_or_never_is_not_told_of() {
    let w = World::start().await;
    w.license().create().await;
    w.license().policy("duration", 86_400).create().await;
    w.advance(TimeDelta::hours(24 + 13));

    assert_eq!(sweep(&w).await, 0);
}

#[tokio::test]
async fn an_expired_license_need_not_check_in() {
    let w = World::start().await;
    let license = checking_in(&w, "day").await;
    let past = (w.now() - TimeDelta::days(30)).to_rfc3339();
    let change = super::change(serde_json::json!({ "expiry": past }));
    w.admin()
        .patch(&format!("/licenses/{}", license.id), change)
        .await
        .expect(200);
    w.advance(TimeDelta::hours(25));

    assert_eq!(sweep(&w).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_replicas_one_tells() {
    let w = World::start().await;
    let policy = w.policy().with("duration", 2 * 86_400).create().await;
    for _ in 0..20 {
        w.license().of(&policy).create().await;
    }

    let sweeps = (0..8).map(|_| notices::sweep(w.app(), w.now()));
    let told: Result<Vec<u64>, _> = futures::future::join_all(sweeps)
        .await
        .into_iter()
        .collect();

    assert_eq!(told.expect("the sweeps end").iter().sum::<u64>(), 20);
    assert_eq!(counts(&w).await, [20, 0, 0, 0]);
}
