//! Tests of admission under every overage strategy.

use super::*;
use OverageStrategy::*;

fn seating(overage: OverageStrategy, limits: Limits) -> Seating {
    Seating {
        overage,
        leasing: MachineLeasingStrategy::PerLicense,
        limits,
    }
}

fn details(problems: &[Problem]) -> Vec<&str> {
    problems
        .iter()
        .map(|problem| problem.detail.as_ref())
        .collect()
}

#[test]
fn machines_fit_up_to_the_tolerated_overage() {
    #[rustfmt::skip]
    let table = [
        // strategy,           max,       last that fits
        (NoOverage,            Some(1),   1),
        (NoOverage,            Some(5),   5),
        (Allow1_25xOverage,    Some(4),   5),
        (Allow1_5xOverage,     Some(4),   6),
        (Allow2xOverage,       Some(5),   10),
        (Allow2xOverage,       Some(1),   2),
        // The first machine always passes.
        (NoOverage,            Some(0),   1),
        (Allow2xOverage,       Some(0),   1),
    ];
    for (overage, max, last) in table {
        let seating = seating(
            overage,
            Limits {
                machines: max,
                ..Limits::default()
            },
        );
        let activate = |machines| {
            seating.activate(Load {
                machines,
                ..Load::default()
            })
        };

        assert_eq!(activate(last), [], "{overage} of {max:?}: {last}");
        assert_eq!(
            activate(last + 1).len(),
            1,
            "{overage} of {max:?}: {}",
            last + 1
        );
    }
    for (overage, max) in [(AlwaysAllowOverage, Some(1)), (NoOverage, None)] {
        let seating = seating(
            overage,
            Limits {
                machines: max,
                ..Limits::default()
            },
        );
        assert_eq!(
            seating.activate(Load {
                machines: 1_000,
                ..Load::default()
            }),
            []
        );
    }
}

#[test]
fn the_ceilings_agree_with_the_rule() {
    for &overage in OverageStrategy::ALL {
        for max in 0..20 {
            let seating = seating(
                overage,
                Limits {
                    machines: Some(max),
                    ..Limits::default()
                },
            );
            for machines in 1..50 {
                let fits = seating
                    .activate(Load {
                        machines,
                        ..Load::default()
                    })
                    .is_empty();
                let below = seating
                    .ceilings()
                    .machines
                    .is_none_or(|ceiling| machines <= ceiling);
                assert_eq!(
                    fits,
                    below || machines == 1,
                    "{overage}: {machines} of {max}"
                );
            }
        }
    }
}

#[test]
fn what_machines_have_is_limited_from_the_first_one_on() {
    let limits = Limits {
        cores: Some(8),
        memory: Some(16),
        disk: Some(32),
        ..Limits::default()
    };
    let full = Load {
        machines: 1,
        cores: 8,
        memory: 16,
        disk: 32,
    };

    assert_eq!(seating(NoOverage, limits).activate(full), []);
    assert_eq!(
        seating(Allow2xOverage, limits).activate(Load { cores: 16, ..full }),
        []
    );
    assert_eq!(
        details(&seating(NoOverage, limits).activate(Load {
            cores: 9,
            memory: 17,
            disk: 33,
            ..full
        })),
        [
            "machine core count has exceeded maximum allowed for license (8)",
            "machine memory has exceeded maximum allowed for license (16)",
            "machine disk has exceeded maximum allowed for license (32)",
        ]
    );
}

#[test]
fn refusals_name_the_record_the_limit_and_whose_it_is() {
    let limits = Limits {
        machines: Some(2),
        cores: Some(8),
        ..Limits::default()
    };
    let load = Load {
        machines: 3,
        cores: 9,
        ..Load::default()
    };
    let per_user = Seating {
        leasing: MachineLeasingStrategy::PerUser,
        ..seating(NoOverage, limits)
    };

    let problems = seating(NoOverage, limits).activate(load);

    let codes: Vec<_> = problems.iter().map(|problem| problem.code).collect();
    assert_eq!(
        codes,
        [
            Some(Code::MachineLimitExceeded),
            Some(Code::MachineCoreLimitExceeded)
        ]
    );
    assert!(problems.iter().all(|problem| problem.at == At::Record));
    assert_eq!(
        problems[0].detail,
        "machine count has exceeded maximum allowed for license (2)"
    );
    assert_eq!(
        details(&per_user.activate(load)),
        [
            "machine count has exceeded maximum allowed for user (2)",
            "machine core count has exceeded maximum allowed for user (8)",
        ]
    );
}

#[test]
fn a_machine_that_changes_is_not_counted_again() {
    let seating = seating(
        NoOverage,
        Limits {
            machines: Some(1),
            cores: Some(4),
            ..Limits::default()
        },
    );

    assert_eq!(
        seating.resize(Load {
            machines: 9,
            cores: 4,
            ..Load::default()
        }),
        []
    );
    assert_eq!(
        seating
            .resize(Load {
                machines: 1,
                cores: 5,
                ..Load::default()
            })
            .len(),
        1
    );
}

#[test]
fn processes_are_limited_from_the_first_one_on() {
    use ProcessLeasingStrategy::*;

    #[rustfmt::skip]
    let table = [
        (NoOverage,          PerMachine, 4,     Some(4), None),
        (NoOverage,          PerMachine, 5,     Some(4), Some("process count has exceeded maximum allowed for machine (4)")),
        (NoOverage,          PerLicense, 5,     Some(4), Some("process count has exceeded maximum allowed for license (4)")),
        (NoOverage,          PerUser,    1,     Some(0), Some("process count has exceeded maximum allowed for user (0)")),
        (Allow1_25xOverage,  PerMachine, 5,     Some(4), None),
        (AlwaysAllowOverage, PerMachine, 1_000, Some(4), None),
        (NoOverage,          PerMachine, 1_000, None,    None),
    ];
    for (overage, leasing, after, max, detail) in table {
        let problem = spawn(overage, leasing, after, max);
        assert_eq!(problem.as_ref().map(|p| p.detail.as_ref()), detail);
        if let Some(problem) = problem {
            assert_eq!(problem.code, Some(Code::MachineProcessLimitExceeded));
            assert_eq!(problem.at, At::Record);
        }
    }
}

#[test]
fn users_of_a_license_are_limited_with_its_owner() {
    assert_eq!(share(NoOverage, 3, Some(3)), None);
    assert_eq!(share(Allow2xOverage, 6, Some(3)), None);
    assert_eq!(share(NoOverage, 99, None), None);

    let problem = share(NoOverage, 4, Some(3)).unwrap();

    assert_eq!(
        problem.detail,
        "user count has exceeded maximum allowed for license (3)"
    );
    assert_eq!(problem.code, Some(Code::UserLimitExceeded));
    assert_eq!(problem.at, At::Relationship("users".into()));
}

#[test]
fn a_full_group_takes_nobody() {
    assert_eq!(join(Member::User, 9, None), None);
    assert_eq!(join(Member::User, 9, Some(10)), None);
    for (member, code, detail) in [
        (
            Member::User,
            Code::GroupUserLimitExceeded,
            "user count has exceeded maximum allowed by current group (10)",
        ),
        (
            Member::License,
            Code::GroupLicenseLimitExceeded,
            "license count has exceeded maximum allowed by current group (10)",
        ),
        (
            Member::Machine,
            Code::GroupMachineLimitExceeded,
            "machine count has exceeded maximum allowed by current group (10)",
        ),
    ] {
        let problem = join(member, 10, Some(10)).unwrap();
        assert_eq!(
            (problem.code, problem.detail.as_ref()),
            (Some(code), detail)
        );
        assert_eq!(problem.at, At::Relationship("group".into()));
    }
}

#[test]
fn a_taken_fingerprint_is_told_where_it_is_taken() {
    use MachineUniquenessStrategy as Machine;

    #[rustfmt::skip]
    let table = [
        // strategy,                same license, detail
        (Machine::UniquePerAccount, false,        "has already been taken for this account"),
        (Machine::UniquePerProduct, false,        "has already been taken for this product"),
        (Machine::UniquePerPolicy,  false,        "has already been taken for this policy"),
        (Machine::UniquePerLicense, false,        "has already been taken"),
        (Machine::UniquePerAccount, true,         "has already been taken"),
    ];
    for (strategy, same_license, detail) in table {
        let problem = machine_taken(strategy, same_license);
        assert_eq!(problem.detail, detail, "{strategy}");
        assert_eq!(problem.code, Some(Code::FingerprintTaken));
        assert_eq!(problem.at, At::Attribute("fingerprint".into()));
    }

    use ComponentUniquenessStrategy as Component;
    #[rustfmt::skip]
    let table = [
        (Component::UniquePerAccount, false, "has already been taken for this account"),
        (Component::UniquePerProduct, false, "has already been taken for this product"),
        (Component::UniquePerPolicy,  false, "has already been taken for this policy"),
        (Component::UniquePerLicense, false, "has already been taken for this license"),
        (Component::UniquePerMachine, false, "has already been taken"),
        (Component::UniquePerAccount, true,  "has already been taken"),
    ];
    for (strategy, same_machine, detail) in table {
        assert_eq!(
            component_taken(strategy, same_machine).detail,
            detail,
            "{strategy}"
        );
    }
}
