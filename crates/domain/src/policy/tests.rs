//! Tests of policies: defaults, every rule by itself, rules together, and transfers.

use super::*;
use crate::words::*;

fn named() -> Changes {
    Changes {
        name: Some("Pro".into()),
        ..Changes::default()
    }
}

fn floating() -> Changes {
    Changes {
        floating: Some(true),
        ..named()
    }
}

fn draft(changes: Changes) -> Result<Terms, Refused> {
    Terms::draft(changes, ApiVersion::LATEST, false)
}

/// What is told about a policy: attribute, code and detail of each problem.
fn told(refused: Refused) -> Vec<(String, &'static str, String)> {
    let tell = |problem: Problem| {
        let At::Attribute(name) = problem.at else {
            panic!("not an attribute: {problem:?}")
        };
        (
            name.into_owned(),
            problem.code.unwrap().as_str(),
            problem.detail.into_owned(),
        )
    };
    refused.problems.into_iter().map(tell).collect()
}

#[test]
fn a_policy_with_a_name_takes_the_contracts_defaults() {
    let terms = draft(named()).unwrap();

    assert_eq!(
        terms,
        Terms {
            name: "Pro".into(),
            max_machines: Some(1),
            ..Terms::empty(ApiVersion::LATEST, false, false)
        }
    );
    assert_eq!(terms.overage_strategy, OverageStrategy::NoOverage);
    assert_eq!(terms.heartbeat_basis, HeartbeatBasis::FromFirstPing);
    assert_eq!(draft(floating()).unwrap().max_machines, None);
    assert!(
        Terms::draft(named(), ApiVersion::LATEST, true)
            .unwrap()
            .protected
    );
    let open = Changes {
        protected: Some(false),
        ..named()
    };
    assert!(
        !Terms::draft(open, ApiVersion::LATEST, true)
            .unwrap()
            .protected
    );
}

#[test]
fn defaults_depend_on_the_version_the_client_speaks() {
    for &version in ApiVersion::ALL {
        let of = |require_heartbeat| {
            let changes = Changes {
                require_heartbeat: Some(require_heartbeat),
                ..named()
            };
            Terms::draft(changes, version, false).unwrap()
        };
        let overage = if version <= ApiVersion::V1_1 {
            OverageStrategy::AlwaysAllowOverage
        } else {
            OverageStrategy::NoOverage
        };
        let basis = if version <= ApiVersion::V1_2 {
            HeartbeatBasis::FromFirstPing
        } else {
            HeartbeatBasis::FromCreation
        };

        assert_eq!(of(false).overage_strategy, overage, "{version}");
        assert_eq!(of(true).heartbeat_basis, basis, "{version}");
        assert_eq!(
            of(false).heartbeat_basis,
            HeartbeatBasis::FromFirstPing,
            "{version}"
        );
    }
    let asked = Changes {
        overage_strategy: Some("ALLOW_2X_OVERAGE".into()),
        heartbeat_basis: Some("FROM_CREATION".into()),
        ..named()
    };
    let terms = Terms::draft(asked, ApiVersion::V1_0, false).unwrap();
    assert_eq!(terms.overage_strategy, OverageStrategy::Allow2xOverage);
    assert_eq!(terms.heartbeat_basis, HeartbeatBasis::FromCreation);
}

#[test]
fn each_rule_by_itself_is_told_in_the_contracts_words() {
    let text = |text: &str| Some(text.to_owned());
    #[rustfmt::skip]
    let table: Vec<(Changes, &str, &str, &str)> = vec![
        (Changes { name: None, ..floating() },                            "name", "NAME_MISSING", "can't be blank"),
        (Changes { name: Some("x".repeat(256)), ..floating() },           "name", "NAME_TOO_LONG", "is too long (maximum is 255 characters)"),
        (Changes { duration: Some(Some(86_399)), ..floating() },          "duration", "DURATION_INVALID", "must be greater than or equal to 86400 (1 day)"),
        (Changes { duration: Some(Some(2_147_483_648)), ..floating() },   "duration", "DURATION_INVALID", "must be less than or equal to 2147483647"),
        (Changes { scheme: text("ROT13"), ..floating() },                 "scheme", "SCHEME_NOT_ALLOWED", "unsupported signing scheme"),
        (Changes { scheme: text("LEGACY_ENCRYPT"), ..floating() },        "scheme", "SCHEME_INVALID", "must be encrypted when using LEGACY_ENCRYPT scheme"),
        (Changes { scheme: text("ED25519_SIGN"), encrypted: Some(true), ..floating() }, "scheme", "SCHEME_NOT_ALLOWED", "unsupported encryption scheme (scheme must be LEGACY_ENCRYPT for legacy encrypted policies)"),
        (Changes { scheme: text("ED25519_SIGN"), use_pool: Some(true), ..floating() },  "scheme", "SCHEME_NOT_SUPPORTED", "cannot use a scheme and use a pool"),
        (Changes { max_machines: Some(Some(0)), ..floating() },           "max_machines", "MAX_MACHINES_INVALID", "must be greater than or equal to 1 for floating policy"),
        (Changes { max_machines: Some(Some(2)), ..named() },              "max_machines", "MAX_MACHINES_INVALID", "must be equal to 1 for non-floating policy"),
        (Changes { max_machines: Some(Some(2_147_483_648)), ..floating() }, "max_machines", "MAX_MACHINES_INVALID", "must be less than or equal to 2147483647"),
        (Changes { max_processes: Some(Some(0)), ..floating() },          "max_processes", "MAX_PROCESSES_INVALID", "must be greater than 0"),
        (Changes { max_processes: Some(Some(2_147_483_648)), ..floating() }, "max_processes", "MAX_PROCESSES_INVALID", "must be less than or equal to 2147483647"),
        (Changes { max_users: Some(Some(0)), ..floating() },              "max_users", "MAX_USERS_INVALID", "must be greater than 0"),
        (Changes { max_cores: Some(Some(0)), ..floating() },              "max_cores", "MAX_CORES_INVALID", "must be greater than or equal to 1"),
        (Changes { max_memory: Some(Some(0)), ..floating() },             "max_memory", "MAX_MEMORY_INVALID", "must be greater than or equal to 1"),
        (Changes { max_disk: Some(Some(0)), ..floating() },               "max_disk", "MAX_DISK_INVALID", "must be greater than or equal to 1"),
        (Changes { max_uses: Some(Some(-1)), ..floating() },              "max_uses", "MAX_USES_INVALID", "must be greater than or equal to 0"),
        (Changes { machine_uniqueness_strategy: text("UNIQUE_PER_MACHINE"), ..floating() }, "machine_uniqueness_strategy", "MACHINE_UNIQUENESS_STRATEGY_NOT_ALLOWED", "unsupported machine uniqueness strategy"),
        (Changes { machine_matching_strategy: text("x"), ..floating() },  "machine_matching_strategy", "MACHINE_MATCHING_STRATEGY_NOT_ALLOWED", "unsupported machine matching strategy"),
        (Changes { component_uniqueness_strategy: text("x"), ..floating() }, "component_uniqueness_strategy", "COMPONENT_UNIQUENESS_STRATEGY_NOT_ALLOWED", "unsupported component uniqueness strategy"),
        (Changes { component_matching_strategy: text("x"), ..floating() }, "component_matching_strategy", "COMPONENT_MATCHING_STRATEGY_NOT_ALLOWED", "unsupported component matching strategy"),
        (Changes { expiration_strategy: text("x"), ..floating() },        "expiration_strategy", "EXPIRATION_STRATEGY_NOT_ALLOWED", "unsupported expiration strategy"),
        (Changes { expiration_basis: text("x"), ..floating() },           "expiration_basis", "EXPIRATION_BASIS_NOT_ALLOWED", "unsupported expiration basis"),
        (Changes { renewal_basis: text("x"), ..floating() },              "renewal_basis", "RENEWAL_BASIS_NOT_ALLOWED", "unsupported renewal basis"),
        (Changes { transfer_strategy: text("x"), ..floating() },          "transfer_strategy", "TRANSFER_STRATEGY_NOT_ALLOWED", "unsupported transfer strategy"),
        (Changes { authentication_strategy: text("x"), ..floating() },    "authentication_strategy", "AUTHENTICATION_STRATEGY_NOT_ALLOWED", "unsupported authentication strategy"),
        (Changes { machine_leasing_strategy: text("PER_MACHINE"), ..floating() }, "machine_leasing_strategy", "MACHINE_LEASING_STRATEGY_NOT_ALLOWED", "unsupported machine leasing strategy"),
        (Changes { process_leasing_strategy: text("x"), ..floating() },   "process_leasing_strategy", "PROCESS_LEASING_STRATEGY_NOT_ALLOWED", "unsupported process leasing strategy"),
        (Changes { overage_strategy: text("x"), ..floating() },           "overage_strategy", "OVERAGE_STRATEGY_NOT_ALLOWED", "unsupported overage strategy"),
        (Changes { check_in_interval: Some(text("hour")), ..floating() }, "check_in_interval", "CHECK_IN_INTERVAL_NOT_ALLOWED", "must be one of: day, week, month, year"),
        (Changes { require_check_in: Some(true), check_in_interval_count: Some(Some(1)), ..floating() }, "check_in_interval", "CHECK_IN_INTERVAL_NOT_ALLOWED", "must be one of: day, week, month, year"),
        (Changes { require_check_in: Some(true), check_in_interval: Some(text("day")), ..floating() }, "check_in_interval_count", "CHECK_IN_INTERVAL_COUNT_NOT_ALLOWED", "must be a number between 1 and 365 inclusive"),
        (Changes { require_check_in: Some(true), check_in_interval: Some(text("day")), check_in_interval_count: Some(Some(366)), ..floating() }, "check_in_interval_count", "CHECK_IN_INTERVAL_COUNT_NOT_ALLOWED", "must be a number between 1 and 365 inclusive"),
        (Changes { heartbeat_duration: Some(Some(59)), ..floating() },    "heartbeat_duration", "HEARTBEAT_DURATION_INVALID", "must be greater than or equal to 60 (1 minute)"),
        (Changes { heartbeat_cull_strategy: text("x"), ..floating() },    "heartbeat_cull_strategy", "HEARTBEAT_CULL_STRATEGY_NOT_ALLOWED", "unsupported heartbeat cull strategy"),
        (Changes { heartbeat_resurrection_strategy: text("x"), ..floating() }, "heartbeat_resurrection_strategy", "HEARTBEAT_RESURRECTION_STRATEGY_NOT_ALLOWED", "unsupported heartbeat resurrection strategy"),
        (Changes { heartbeat_basis: text("x"), ..floating() },            "heartbeat_basis", "HEARTBEAT_BASIS_NOT_ALLOWED", "unsupported heartbeat basis"),
        (Changes { heartbeat_resurrection_strategy: text("ALWAYS_REVIVE"), ..floating() }, "heartbeat_cull_strategy", "HEARTBEAT_CULL_STRATEGY_NOT_ALLOWED", "incompatible heartbeat cull strategy (must be KEEP_DEAD when resurrection strategy is ALWAYS_REVIVE)"),
    ];
    for (changes, attribute, code, detail) in table {
        let told = told(draft(changes).unwrap_err());
        assert_eq!(told, [(attribute.into(), code, detail.into())]);
    }
}

#[test]
fn the_bounds_themselves_are_fine() {
    let changes = Changes {
        name: Some("é".repeat(255)),
        duration: Some(Some(86_400)),
        max_machines: Some(Some(1)),
        max_processes: Some(Some(1)),
        max_users: Some(Some(1)),
        max_cores: Some(Some(1)),
        max_memory: Some(Some(i64::MAX)),
        max_disk: Some(Some(i64::MAX)),
        max_uses: Some(Some(0)),
        require_check_in: Some(true),
        check_in_interval: Some(Some("year".into())),
        check_in_interval_count: Some(Some(365)),
        heartbeat_duration: Some(Some(60)),
        heartbeat_resurrection_strategy: Some("ALWAYS_REVIVE".into()),
        heartbeat_cull_strategy: Some("KEEP_DEAD".into()),
        ..floating()
    };

    assert!(draft(changes).is_ok());
}

#[test]
fn problems_are_told_in_the_order_of_the_attributes() {
    let broken = Changes {
        heartbeat_duration: Some(Some(0)),
        expiration_strategy: Some("x".into()),
        max_cores: Some(Some(0)),
        duration: Some(Some(0)),
        ..Changes::default()
    };

    let told = told(draft(broken).unwrap_err());

    let codes: Vec<_> = told.iter().map(|(_, code, _)| *code).collect();
    #[rustfmt::skip]
    assert_eq!(codes, [
        "NAME_MISSING", "DURATION_INVALID", "DURATION_INVALID", "MAX_CORES_INVALID",
        "EXPIRATION_STRATEGY_NOT_ALLOWED", "HEARTBEAT_DURATION_INVALID",
    ]);
    assert_eq!(told[1].2, "must be greater than 0");
}

#[test]
fn an_encrypted_pool_breaks_two_rules() {
    let told = told(
        draft(Changes {
            encrypted: Some(true),
            use_pool: Some(true),
            ..named()
        })
        .unwrap_err(),
    );

    assert_eq!(
        told,
        [
            (
                "encrypted".into(),
                "ENCRYPTED_NOT_SUPPORTED",
                "cannot be encrypted and use a pool".into()
            ),
            (
                "scheme".into(),
                "SCHEME_NOT_SUPPORTED",
                "cannot use a scheme and use a pool".into()
            ),
        ]
    );
}

#[test]
fn encryption_implies_its_scheme() {
    let terms = draft(Changes {
        encrypted: Some(true),
        ..named()
    })
    .unwrap();

    assert_eq!(terms.scheme, Some(Scheme::LegacyEncrypt));
}

#[test]
fn an_overage_must_be_whole_for_every_limit() {
    let quarter = "ALLOW_1_25X_OVERAGE";
    let half = "ALLOW_1_5X_OVERAGE";
    let detail = |changes: Changes, strategy: &str| {
        let changes = Changes {
            overage_strategy: Some(strategy.into()),
            ..changes
        };
        draft(changes)
            .err()
            .map(|refused| told(refused).remove(0).2)
    };
    let cannot = |strategy: &str, why: &str| {
        Some(format!(
            "incompatible overage strategy (cannot use {strategy} {why})"
        ))
    };
    let limits = Changes {
        max_machines: Some(Some(4)),
        max_cores: Some(Some(8)),
        max_memory: Some(Some(12)),
        max_disk: Some(Some(16)),
        max_processes: Some(Some(20)),
        max_users: Some(Some(24)),
        ..floating()
    };

    assert_eq!(
        detail(named(), quarter),
        cannot(quarter, "for node-locked policy")
    );
    assert_eq!(
        detail(named(), half),
        cannot(half, "for node-locked policy")
    );
    assert_eq!(detail(named(), "ALLOW_2X_OVERAGE"), None);
    assert_eq!(
        detail(floating(), quarter),
        None,
        "what isn't limited is divisible"
    );
    assert_eq!(detail(limits.clone(), quarter), None);

    type Odd = fn(&mut Changes, i64);
    let odd: [(&str, Odd); 6] = [
        ("machines", |c, n| c.max_machines = Some(Some(n))),
        ("cores", |c, n| c.max_cores = Some(Some(n))),
        ("memory", |c, n| c.max_memory = Some(Some(n))),
        ("disk", |c, n| c.max_disk = Some(Some(n))),
        ("processes", |c, n| c.max_processes = Some(Some(n))),
        ("users", |c, n| c.max_users = Some(Some(n))),
    ];
    for (what, set) in odd {
        let with = |n| {
            let mut changes = limits.clone();
            set(&mut changes, n);
            changes
        };
        let why = |divisor| format!("with a max {what} value not divisible by {divisor}");
        assert_eq!(detail(with(6), quarter), cannot(quarter, &why(4)));
        assert_eq!(detail(with(5), half), cannot(half, &why(2)));
        assert_eq!(detail(with(6), half), None, "{what}");
    }
}

#[test]
fn only_the_first_limit_is_told() {
    let changes = Changes {
        overage_strategy: Some("ALLOW_1_5X_OVERAGE".into()),
        max_users: Some(Some(3)),
        max_cores: Some(Some(3)),
        ..floating()
    };

    let told = told(draft(changes).unwrap_err());

    assert_eq!(told.len(), 1);
    assert!(told[0].2.contains("max cores value"));
}

#[test]
fn a_revision_changes_what_is_sent_and_checks_the_whole() {
    let terms = draft(Changes {
        max_machines: Some(Some(5)),
        ..floating()
    })
    .unwrap();

    let renamed = terms.clone().revise(Changes {
        name: Some("Max".into()),
        ..Changes::default()
    });
    assert_eq!(
        renamed,
        Ok(Terms {
            name: "Max".into(),
            ..terms.clone()
        })
    );

    let locked = Changes {
        floating: Some(false),
        ..Changes::default()
    };
    let refused = terms.clone().revise(locked.clone()).unwrap_err();
    assert_eq!(
        told(refused)[0].2,
        "must be equal to 1 for non-floating policy"
    );

    let unlimited = Changes {
        max_machines: Some(None),
        ..locked
    };
    assert_eq!(terms.clone().revise(unlimited).unwrap().max_machines, None);

    let fixed = Changes {
        encrypted: Some(true),
        use_pool: Some(true),
        ..Changes::default()
    };
    assert_eq!(
        terms.clone().revise(fixed),
        Ok(terms),
        "keys are settled on creation"
    );
}

#[test]
fn the_first_difference_decides_a_transfer() {
    use ComponentUniquenessStrategy as Component;
    use MachineUniquenessStrategy as Machine;

    let from = Nature {
        encrypted: false,
        use_pool: false,
        scheme: None,
        machines: Machine::UniquePerPolicy,
        components: Component::UniquePerPolicy,
    };
    let machines = |machines| Nature { machines, ..from };
    let components = |components| Nature { components, ..from };
    let scheme = Some(Scheme::Ed25519Sign);
    let strict = Nature {
        components: Component::UniquePerAccount,
        ..from
    };

    #[rustfmt::skip]
    let table = [
        (from, None),
        (Nature { encrypted: true, use_pool: true, scheme, ..strict },
            Some("cannot change from an encrypted policy to an unencrypted policy (or vice-versa)")),
        (Nature { use_pool: true, scheme, ..strict },
            Some("cannot change from a pooled policy to an unpooled policy (or vice-versa)")),
        (Nature { scheme, ..strict },
            Some("cannot change to a policy with a different scheme")),
        (machines(Machine::UniquePerProduct),
            Some("cannot change to a policy with a more strict machine uniqueness strategy")),
        (machines(Machine::UniquePerLicense), None),
        (Nature { machines: Machine::UniquePerLicense, ..strict }, None),
        (components(Component::UniquePerAccount),
            Some("cannot change to a policy with a more strict component uniqueness strategy")),
        (components(Component::UniquePerMachine), None),
    ];
    for (to, detail) in table {
        let problem = from.may_become(&to).err();
        assert_eq!(
            problem.as_ref().map(|p| p.detail.as_ref()),
            detail,
            "{to:?}"
        );
        if let Some(problem) = problem {
            assert_eq!(problem.code, Some(Code::PolicyNotCompatible));
            assert_eq!(problem.at, At::Relationship("policy".into()));
        }
    }
}

#[test]
fn limits_and_nature_are_the_terms_own() {
    let changes = Changes {
        max_machines: Some(Some(2)),
        max_uses: Some(Some(7)),
        scheme: Some("ED25519_SIGN".into()),
        ..floating()
    };

    let terms = draft(changes).unwrap();

    assert_eq!(
        terms.limits(),
        Limits {
            machines: Some(2),
            uses: Some(7),
            ..Limits::default()
        }
    );
    assert_eq!(terms.nature().scheme, Some(Scheme::Ed25519Sign));
}
