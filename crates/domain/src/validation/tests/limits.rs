//! Limits, their tolerance, and expiry.

use super::*;

#[test]
fn overage_within_tolerance_is_named_but_valid() {
    use OverageStrategy::*;

    type Count = fn(&mut Facts<'static>, i64);
    #[rustfmt::skip]
    let counts: [(ValidationCode, Count); 6] = [
        (TooManyUsers,     |f, n| { f.limits.users = Some(4); f.tally.users = n }),
        (TooManyMachines,  |f, n| { f.limits.machines = Some(4); (f.tally.all_machines, f.tally.machines) = (n, n) }),
        (TooManyCores,     |f, n| { f.limits.cores = Some(4); f.tally.cores = n }),
        (TooMuchMemory,    |f, n| { f.limits.memory = Some(4); f.tally.memory = n }),
        (TooMuchDisk,      |f, n| { f.limits.disk = Some(4); f.tally.disk = n }),
        (TooManyProcesses, |f, n| f.tally.processes = Some(Processes { count: n, max: Some(4) })),
    ];
    for (code, count) in counts {
        #[rustfmt::skip]
        let table = [
            // strategy,          last valid
            (NoOverage,           4),
            (Allow1_25xOverage,   5),
            (Allow1_5xOverage,    6),
            (Allow2xOverage,      8),
            (AlwaysAllowOverage,  1_000),
        ];
        for (strategy, last) in table {
            for n in [4, 5, 6, 7, 8, 9, 1_000] {
                let mut facts = good();
                facts.policy.overage = strategy;
                count(&mut facts, n);
                let verdict = validate(&facts);
                assert_eq!(
                    verdict.code,
                    if n > 4 { code } else { Valid },
                    "{strategy} {n}"
                );
                assert_eq!(verdict.valid, n <= last, "{code} {strategy} {n}");
            }
        }
    }
}

#[test]
fn a_node_locked_license_tolerates_whole_machines_only() {
    use OverageStrategy::*;

    #[rustfmt::skip]
    let table = [
        // strategy,         limit,    machines, valid
        (NoOverage,          None,     2,        false),
        (Allow1_25xOverage,  Some(1),  2,        false),
        (Allow1_5xOverage,   Some(4),  5,        false),
        (Allow2xOverage,     None,     2,        true),
        (Allow2xOverage,     Some(1),  3,        false),
        (AlwaysAllowOverage, None,     9,        true),
    ];
    for (overage, limit, machines, valid) in table {
        let mut facts = good();
        facts.policy.floating = false;
        facts.policy.overage = overage;
        facts.limits.machines = limit;
        (facts.tally.all_machines, facts.tally.machines) = (machines, machines);

        let verdict = validate(&facts);

        assert_eq!(
            (verdict.code, verdict.valid),
            (TooManyMachines, valid),
            "{overage} {limit:?}"
        );
    }
}

#[test]
fn expiry_takes_away_what_the_strategy_says() {
    use ExpirationStrategy::*;

    #[rustfmt::skip]
    let table = [
        (RestrictAccess, false),
        (RevokeAccess,   false),
        (MaintainAccess, true),
        (AllowAccess,    true),
    ];
    for (strategy, valid) in table {
        for strict in [true, false] {
            let mut facts = good();
            expire(&mut facts);
            facts.policy.expiration = strategy;
            facts.policy.strict = strict;
            let verdict = validate(&facts);
            assert_eq!(
                (verdict.code, verdict.valid),
                (Expired, valid),
                "{strategy} {strict}"
            );
        }
    }
    let mut facts = good();
    facts.license.expiry = Some(now());
    assert_eq!(
        validate(&facts).code,
        Valid,
        "the last instant is not expired"
    );
}

#[test]
fn tolerated_overage_hides_expiry_unless_access_is_revoked() {
    let mut facts = good();
    expire(&mut facts);
    facts.policy.overage = OverageStrategy::AlwaysAllowOverage;
    facts.limits.cores = Some(1);
    facts.tally.cores = 9;

    let verdict = validate(&facts);
    assert_eq!((verdict.code, verdict.valid), (TooManyCores, true));

    facts.policy.expiration = ExpirationStrategy::RevokeAccess;
    assert_eq!(validate(&facts).code, Expired);
}

#[test]
fn machines_are_counted_under_a_strict_policy_only_but_users_always() {
    let mut facts = good();
    facts.policy.strict = false;
    facts.limits = Limits {
        machines: Some(1),
        cores: Some(1),
        ..Limits::default()
    };
    facts.tally = Tally {
        all_machines: 5,
        machines: 5,
        cores: 50,
        ..Tally::default()
    };

    assert_eq!(validate(&facts).code, Valid);

    facts.limits.users = Some(1);
    facts.tally.users = 2;
    assert_eq!(validate(&facts).code, TooManyUsers);
}
