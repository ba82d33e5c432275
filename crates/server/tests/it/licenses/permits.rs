//! Renewals, suspensions, check-ins and revocations.

use chrono::TimeDelta;
use keystead_domain::event::EventName;
use keystead_testkit::{Answer, Caller, World};
use serde_json::{Value, json};

use super::{act, told};

/// Fourteen days, as a policy says them.
const TWO_WEEKS: i64 = 14 * 86_400;

fn expiry(answer: &Answer) -> String {
    let text = answer.at("/data/attributes/expiry").as_str();
    text.expect("an expiry").to_owned()
}

#[tokio::test]
async fn a_renewal_counts_from_where_its_policy_says() {
    let w = World::start().await;
    let text = |time: chrono::DateTime<chrono::Utc>| {
        time.to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
    };
    let created = w.now();
    let weeks = TimeDelta::weeks;
    #[rustfmt::skip]
    let table = [
        // basis,                after a week,          long after it expired
        ("FROM_EXPIRY",          created + weeks(4),    created + weeks(6)),
        ("FROM_NOW",             created + weeks(3),    created + weeks(12)),
        ("FROM_NOW_IF_EXPIRED",  created + weeks(4),    created + weeks(12)),
    ];
    let mut licenses = Vec::new();
    for (basis, ..) in table {
        let made = w
            .license()
            .policy("duration", TWO_WEEKS)
            .policy("renewalBasis", basis);
        licenses.push(made.create().await);
    }

    for (days, late) in [(7, false), (63, true)] {
        w.advance(TimeDelta::days(days));
        for (license, (basis, early_expiry, late_expiry)) in licenses.iter().zip(table) {
            let renewed = act(&w.admin(), license, "renew").await.expect(200);

            let expected = if late { late_expiry } else { early_expiry };
            assert_eq!(expiry(&renewed), text(expected), "{basis} {late}");
        }
    }
    assert_eq!(told(&w, EventName::LicenseRenewed).await, 6);
}

#[tokio::test]
async fn what_has_no_duration_or_no_expiry_is_not_renewed() {
    let w = World::start().await;
    let endless = w.license().create().await;
    let lasting = w.license().policy("duration", TWO_WEEKS).create().await;
    let clear = json!({ "data": { "type": "licenses", "attributes": { "expiry": null } } });
    let path = format!("/licenses/{}", lasting.id);
    w.admin().patch(&path, clear).await.expect(200);

    let refused = act(&w.admin(), &endless, "renew").await.expect(422);
    let silent = act(&w.admin(), &lasting, "renew").await.expect(422);

    assert_eq!(
        refused.detail(),
        "cannot be renewed because the policy does not have a duration"
    );
    assert_eq!(refused.at("/errors/0/source"), &Value::Null);
    assert_eq!(
        silent.detail(),
        "cannot be renewed because it does not expire"
    );
    assert_eq!(told(&w, EventName::LicenseRenewed).await, 0);
}

#[tokio::test]
async fn a_license_is_suspended_once_and_reinstated_once() {
    let w = World::start().await;
    let license = w.license().create().await;
    let suspended = |answer: &Answer| answer.at("/data/attributes/suspended").clone();

    let first = act(&w.admin(), &license, "suspend").await.expect(200);
    let again = act(&w.admin(), &license, "suspend").await.expect(422);
    let key = license
        .holder
        .get(&format!("/licenses/{}", license.id))
        .await;
    let back = act(&w.admin(), &license, "reinstate").await.expect(200);
    let twice = act(&w.admin(), &license, "reinstate").await.expect(422);

    assert_eq!(
        (suspended(&first), suspended(&back)),
        (true.into(), false.into())
    );
    assert_eq!(first.at("/data/attributes/status"), "SUSPENDED");
    assert_eq!(
        (again.detail(), again.pointer()),
        ("is already suspended", "/data/attributes/suspended")
    );
    assert_eq!(
        (twice.detail(), twice.pointer()),
        ("is not suspended", "/data/attributes/suspended")
    );
    assert_eq!((key.status, key.code()), (403, "LICENSE_SUSPENDED"));
    assert_eq!(told(&w, EventName::LicenseSuspended).await, 1);
    assert_eq!(told(&w, EventName::LicenseReinstated).await, 1);
    assert_eq!(told(&w, EventName::LicenseUpdated).await, 0);
}

#[tokio::test]
async fn a_check_in_starts_the_interval_anew() {
    let w = World::start().await;
    let license = w
        .license()
        .policy("requireCheckIn", true)
        .policy("checkInInterval", "day")
        .policy("checkInIntervalCount", 1)
        .create()
        .await;
    let validate = format!("/licenses/{}/actions/validate", license.id);
    w.advance(TimeDelta::hours(25));

    let overdue = w.admin().get(&validate).await.expect(200);
    let checked_in = act(&license.holder, &license, "check-in").await.expect(200);
    let fine = w.admin().get(&validate).await.expect(200);

    assert_eq!(overdue.at("/meta/code"), "OVERDUE");
    assert_eq!(fine.at("/meta/code"), "VALID");
    let shown = |name: &str| checked_in.at(&format!("/data/attributes/{name}")).clone();
    let text = |time: chrono::DateTime<chrono::Utc>| {
        Value::from(time.to_rfc3339_opts(chrono::SecondsFormat::Millis, true))
    };
    assert_eq!(shown("lastCheckIn"), text(w.now()));
    assert_eq!(shown("nextCheckIn"), text(w.now() + TimeDelta::days(1)));
    assert_eq!(told(&w, EventName::LicenseCheckedIn).await, 1);
}

#[tokio::test]
async fn nobody_checks_in_who_need_not() {
    let w = World::start().await;
    let license = w.license().create().await;

    let refused = act(&w.admin(), &license, "check-in").await.expect(422);

    assert_eq!(
        refused.detail(),
        "cannot be checked in because the policy does not require it"
    );
    assert_eq!(refused.at("/errors/0/code"), &Value::Null);
}

#[tokio::test]
async fn a_revoked_license_is_gone_with_all_it_had() {
    let w = World::start().await;
    let license = w.license().create().await;
    let machine = license.activate("laptop").await.expect(201).id();
    let path = format!("/licenses/{}/actions/revoke", license.id);

    let revoked = w.admin().delete(&path).await.expect(204);

    assert_eq!(revoked.text, "");
    w.admin()
        .get(&format!("/licenses/{}", license.id))
        .await
        .expect(404);
    w.admin()
        .get(&format!("/machines/{machine}"))
        .await
        .expect(404);
    w.admin().delete(&path).await.expect(404);
    assert_eq!(told(&w, EventName::LicenseRevoked).await, 1);
    assert_eq!(told(&w, EventName::LicenseDeleted).await, 0);
}

#[tokio::test]
async fn protection_decides_what_an_owner_may_do() {
    let w = World::start().await;
    let ann = w.user("ann@acme.example").await;
    let owner = w.log_in("ann@acme.example").await;
    let make = async |protected: bool| {
        w.license()
            .policy("protected", protected)
            .policy("duration", TWO_WEEKS)
            .policy("requireCheckIn", true)
            .policy("checkInInterval", "week")
            .policy("checkInIntervalCount", 1)
            .owner(&ann)
            .create()
            .await
    };
    let (open, closed) = (make(false).await, make(true).await);

    #[rustfmt::skip]
    let table = [
        // action,           open, protected
        ("renew",            200,  403),
        ("check-in",         200,  403),
        ("increment-usage",  200,  403),
        ("suspend",          403,  403),
        ("reinstate",        403,  403),
        ("decrement-usage",  403,  403),
        ("reset-usage",      403,  403),
    ];
    for (action, unprotected, protected) in table {
        let answer = act(&owner, &open, action).await;
        assert_eq!(answer.status, unprotected, "{action}: {}", answer.text);
        let answer = act(&owner, &closed, action).await;
        assert_eq!(answer.status, protected, "{action}: {}", answer.text);
    }
    let revoke = async |who: &Caller, license: &str| {
        who.delete(&format!("/licenses/{license}/actions/revoke"))
            .await
            .status
    };
    assert_eq!(revoke(&owner, &closed.id).await, 403);
    assert_eq!(revoke(&owner, &open.id).await, 204);
}
