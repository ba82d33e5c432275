//! Tests of terms, against the reference's tables.

use super::*;

fn at(text: &str) -> DateTime<Utc> {
    let text = if text.contains('T') {
        format!("{text}Z")
    } else {
        format!("{text}T00:00:00Z")
    };
    text.parse().expect("the test writes times in RFC 3339")
}

fn seconds(seconds: i64) -> CalendarDuration {
    CalendarDuration::from_seconds(seconds).expect("not negative")
}

#[test]
fn seconds_are_added_as_calendar_parts() {
    #[rustfmt::skip]
    let table = [
        // seconds,    from 2024-01-01,        from 2023-01-31
        (1_209_600,  "2024-01-15",            "2023-02-14"),
        (2_592_000,  "2024-01-31",            "2023-03-02"),
        (2_629_746,  "2024-02-01",            "2023-02-28"),
        (5_184_000,  "2024-03-01T13:30:54",   "2023-03-29T13:30:54"),
        (7_889_238,  "2024-04-01",            "2023-04-30"),
        (31_536_000, "2024-12-31T04:39:54",   "2024-01-30T04:39:54"),
        (31_556_952, "2025-01-01",            "2024-01-31"),
        (31_557_600, "2025-01-01T00:10:48",   "2024-01-31T00:10:48"),
        (0,          "2024-01-01",            "2023-01-31"),
    ];
    for (length, from_new_year, from_month_end) in table {
        let duration = seconds(length);
        assert_eq!(
            duration.after(at("2024-01-01")),
            Some(at(from_new_year)),
            "{length} s"
        );
        assert_eq!(
            duration.after(at("2023-01-31")),
            Some(at(from_month_end)),
            "{length} s"
        );
    }
}

#[test]
fn check_outs_last_as_long_as_the_contract_shows() {
    let issued = at("2022-10-16T14:52:48");

    assert_eq!(
        seconds(2_629_746).after(issued),
        Some(at("2022-11-16T14:52:48"))
    );
    assert_eq!(
        seconds(189_341_712).after(issued),
        Some(at("2028-10-16T14:52:48"))
    );
    assert_eq!(
        seconds(86_400).after(issued),
        Some(at("2022-10-17T14:52:48"))
    );
}

#[test]
fn years_are_clamped_before_months_are_added() {
    let leap_day = at("2024-02-29");

    assert_eq!(
        seconds(31_556_952 + 2_629_746).after(leap_day),
        Some(at("2025-03-28"))
    );
}

#[test]
fn durations_are_neither_negative_nor_beyond_the_calendar() {
    assert_eq!(CalendarDuration::from_seconds(-1), None);
    assert_eq!(seconds(i64::MAX).after(at("2024-01-01")), None);
    assert!(
        seconds(i64::from(i32::MAX))
            .after(at("2024-01-01"))
            .is_some()
    );
}

#[test]
fn check_ins_follow_the_calendar() {
    use CheckInInterval::*;

    #[rustfmt::skip]
    let table = [
        // unit, count, last check-in,  next check-in
        (Day,    1,     "2024-02-28",   "2024-02-29"),
        (Day,    30,    "2024-01-01",   "2024-01-31"),
        (Week,   2,     "2024-01-01",   "2024-01-15"),
        (Month,  1,     "2024-01-15",   "2024-02-15"),
        (Month,  3,     "2024-11-15",   "2025-02-15"),
        (Year,   1,     "2024-03-01",   "2025-03-01"),
    ];
    for (unit, count, last, next) in table {
        let interval = Interval { unit, count };
        let (last, next) = (at(last), at(next));
        assert_eq!(interval.next(last), next, "{count} {unit}");
        assert!(
            !interval.overdue(last, next),
            "{count} {unit} from {last}, in time"
        );
        assert!(
            interval.overdue(last, next + TimeDelta::seconds(1)),
            "{count} {unit}, late"
        );
    }
}

#[test]
fn a_late_check_in_is_counted_back_from_now() {
    let month = Interval {
        unit: CheckInInterval::Month,
        count: 1,
    };
    let last = at("2024-01-31");

    // A month before 29 February is 29 January: nobody who came on the 31st is late yet.
    assert_eq!(month.next(last), at("2024-02-29"));
    assert!(!month.overdue(last, at("2024-02-29T23:59:59")));
    assert!(month.overdue(last, at("2024-03-01")));
}

#[test]
fn an_override_goes_before_the_policy_unless_it_is_zero() {
    #[rustfmt::skip]
    let table = [
        // override, policy,   effective
        (None,       None,     None),
        (None,       Some(5),  Some(5)),
        (Some(3),    Some(5),  Some(3)),
        (Some(9),    None,     Some(9)),
        (Some(0),    Some(5),  Some(5)),
        (Some(0),    None,     None),
        (None,       Some(0),  Some(0)),
    ];
    for (over, policy, expected) in table {
        assert_eq!(
            effective(over, policy),
            expected,
            "{over:?} over {policy:?}"
        );
    }
}

#[test]
fn each_limit_is_overridden_by_its_own_override() {
    let policy = Limits {
        machines: Some(1),
        processes: Some(2),
        users: Some(3),
        cores: Some(4),
        memory: Some(5),
        disk: Some(6),
        uses: Some(7),
    };
    let overrides = Limits {
        machines: Some(11),
        processes: Some(12),
        users: Some(13),
        cores: Some(14),
        memory: Some(15),
        disk: Some(16),
        uses: Some(17),
    };

    assert_eq!(Limits::effective(overrides, policy), overrides);
    assert_eq!(Limits::effective(Limits::default(), policy), policy);
}

#[test]
fn the_first_status_that_applies_is_the_status() {
    let now = at("2024-06-01");
    let old = at("2024-01-01");
    let fresh = Life {
        owner_banned: false,
        suspended: false,
        expiry: None,
        created: at("2024-05-31"),
        last_validated: None,
        last_check_out: None,
        last_check_in: None,
    };

    #[rustfmt::skip]
    let table = [
        (Life { owner_banned: true, suspended: true, ..fresh },              LicenseStatus::Banned),
        (Life { suspended: true, expiry: Some(old), ..fresh },               LicenseStatus::Suspended),
        (Life { expiry: Some(now - TimeDelta::seconds(1)), ..fresh },        LicenseStatus::Expired),
        (Life { expiry: Some(now), ..fresh },                                LicenseStatus::Active),
        (Life { expiry: Some(now + TimeDelta::seconds(1)), ..fresh },        LicenseStatus::Expiring),
        (Life { expiry: Some(now + TimeDelta::hours(71)), created: old, ..fresh }, LicenseStatus::Expiring),
        (Life { expiry: Some(now + TimeDelta::days(3)), ..fresh },           LicenseStatus::Active),
        (Life { created: old, ..fresh },                                     LicenseStatus::Inactive),
        (Life { created: old, last_validated: Some(now), ..fresh },          LicenseStatus::Active),
        (Life { created: old, last_check_out: Some(now), ..fresh },          LicenseStatus::Active),
        (Life { created: old, last_check_in: Some(now), ..fresh },           LicenseStatus::Active),
        (Life { created: old, last_check_in: Some(old), ..fresh },           LicenseStatus::Inactive),
        (fresh,                                                              LicenseStatus::Active),
    ];
    for (row, (life, status)) in table.into_iter().enumerate() {
        assert_eq!(life.status(now), status, "row {row}");
    }
}

#[test]
fn a_term_starts_at_its_moment_and_only_once() {
    let now = at("2024-01-31");
    let month = Some(seconds(2_629_746));
    for &basis in ExpirationBasis::ALL {
        for &moment in ExpirationBasis::ALL {
            let started = start(None, basis, moment, month, now);
            assert_eq!(
                started,
                (basis == moment).then(|| at("2024-02-29")),
                "{basis} at {moment}"
            );
        }
        assert_eq!(
            start(Some(now), basis, basis, month, now),
            None,
            "{basis} again"
        );
        assert_eq!(
            start(None, basis, basis, None, now),
            None,
            "{basis} without a duration"
        );
    }
}

#[test]
fn renewal_counts_from_what_the_basis_says() {
    use RenewalBasis::*;

    let quarter = 7_889_238;
    let month = 2_629_746;
    #[rustfmt::skip]
    let table = [
        // basis,          expiry,        now,                    duration, new expiry
        (FromExpiry,       "2021-07-19",  "2024-01-21T21:30:00",  quarter,  "2021-10-19"),
        (FromNow,          "2021-07-19",  "2024-01-21T21:30:00",  month,    "2024-02-21T21:30:00"),
        (FromNow,          "2025-07-19",  "2024-01-21T21:30:00",  month,    "2024-02-21T21:30:00"),
        (FromNowIfExpired, "2021-07-19",  "2024-01-21T21:30:00",  month,    "2024-02-21T21:30:00"),
        (FromNowIfExpired, "2025-07-19",  "2024-01-21T21:30:00",  month,    "2025-08-19"),
    ];
    for (basis, expiry, now, duration, renewed) in table {
        let result = renew(Some(at(expiry)), basis, Some(seconds(duration)), at(now));
        assert_eq!(result, Ok(at(renewed)), "{basis}");
    }
    let now = at("2024-01-01");
    assert_eq!(
        renew(Some(now), FromNow, None, now),
        Err(NotRenewable::NoDuration)
    );
    assert_eq!(
        renew(None, FromNow, None, now),
        Err(NotRenewable::NoDuration)
    );
    assert_eq!(
        renew(None, FromNow, Some(seconds(1)), now),
        Err(NotRenewable::NoExpiry)
    );
}

#[test]
fn a_transfer_keeps_the_expiry_or_resets_it() {
    let (now, expiry) = (at("2024-01-31"), Some(at("2030-01-01")));
    let month = Some(seconds(2_629_746));

    assert_eq!(
        transfer(expiry, TransferStrategy::KeepExpiry, month, now),
        expiry
    );
    assert_eq!(
        transfer(None, TransferStrategy::KeepExpiry, month, now),
        None
    );
    assert_eq!(
        transfer(expiry, TransferStrategy::ResetExpiry, month, now),
        Some(at("2024-02-29"))
    );
    assert_eq!(
        transfer(expiry, TransferStrategy::ResetExpiry, None, now),
        None
    );
}
