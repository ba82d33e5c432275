//! Tests of the permission list and of how sets combine.

use super::*;
use Permission::*;

fn set(names: &[&str]) -> PermissionSet {
    PermissionSet::parse(names).expect("the names are permissions")
}

fn count(set: PermissionSet) -> usize {
    set.names().count()
}

#[test]
fn the_list_is_ascending_and_counts_what_the_contract_counts() {
    assert_eq!(Permission::ALL.len(), 144);
    assert!(
        Permission::ALL
            .windows(2)
            .all(|pair| pair[0].as_str() < pair[1].as_str())
    );

    #[rustfmt::skip]
    let counts = [
        //                  allowed, default
        (Role::Admin,        144,    144),
        (Role::Developer,    144,    144),
        (Role::SalesAgent,   144,    144),
        (Role::SupportAgent, 144,    144),
        (Role::Environment,  127,    127),
        (Role::Product,      109,    109),
        (Role::ReadOnly,      41,     41),
        (Role::User,          59,     54),
        (Role::License,       41,     37),
    ];
    for (role, allowed, default) in counts {
        assert_eq!(
            count(PermissionSet::allowed_for(role)),
            allowed,
            "{role:?} allowed"
        );
        assert_eq!(
            count(PermissionSet::default_for(role)),
            default,
            "{role:?} default"
        );
    }
}

#[test]
fn the_list_is_the_golden_one() {
    crate::golden::check("permissions.txt", &golden());
}

#[test]
fn some_permissions_are_allowed_but_not_default() {
    let extra = |role| {
        let default = PermissionSet::default_for(role);
        let allowed = PermissionSet::allowed_for(role);
        allowed
            .listed()
            .filter(|&p| !default.contains(p))
            .collect::<Vec<_>>()
    };

    assert_eq!(
        extra(Role::User),
        [
            AccountRead,
            LicenseUsersAttach,
            LicenseUsersDetach,
            PolicyRead,
            ProductRead
        ]
    );
    assert_eq!(
        extra(Role::License),
        [AccountRead, PolicyRead, ProductRead, UserRead]
    );
}

#[test]
fn the_default_set_of_a_license_is_the_contracts() {
    let names: Vec<_> = PermissionSet::default_for(Role::License).names().collect();

    assert_eq!(
        names.join(" "),
        "arch.read artifact.read channel.read component.create component.delete component.read \
         component.update constraint.read engine.read entitlement.read group.owners.read \
         group.read license.check-in license.check-out license.read license.usage.increment \
         license.validate machine.check-out machine.create machine.delete machine.heartbeat.ping \
         machine.proofs.generate machine.read machine.update package.read platform.read \
         process.create process.delete process.heartbeat.ping process.read process.update \
         release.download release.read release.upgrade token.read token.regenerate token.revoke"
    );
}

#[test]
fn names_come_back_ascending_however_they_went_in() {
    let scrambled = set(&["machine.read", "*", "arch.read", "webhook-event.retry"]);

    let names: Vec<_> = scrambled.names().collect();

    assert_eq!(
        names,
        ["*", "arch.read", "machine.read", "webhook-event.retry"]
    );
}

#[test]
fn unknown_and_repeated_names_are_refused() {
    assert_eq!(
        PermissionSet::parse(["license.read", "license.fly"]),
        Err(NotPermissions::Unknown("license.fly".into()))
    );
    assert_eq!(
        PermissionSet::parse(["license.read", "license.read"]),
        Err(NotPermissions::Duplicate("license.read".into()))
    );
    assert_eq!(
        PermissionSet::parse(["*", "*"]),
        Err(NotPermissions::Duplicate("*".into()))
    );
    assert_eq!(PermissionSet::parse::<&str>([]), Ok(PermissionSet::NONE));
}

#[test]
fn the_wildcard_is_what_the_role_allows_and_no_more() {
    let any = PermissionSet::ANY;

    assert!(any.holds(LicenseRead, Role::License));
    assert!(any.holds(ProductRead, Role::License));
    assert!(!any.holds(LicenseCreate, Role::License));
    assert!(any.holds(AccountUpdate, Role::Admin));
    assert!(!any.holds(AccountUpdate, Role::Environment));
    assert_eq!(
        any.expand(Role::Product),
        PermissionSet::allowed_for(Role::Product)
    );
    assert!(!any.contains(LicenseRead));
}

#[test]
fn a_name_the_role_may_not_hold_counts_for_nothing() {
    assert!(!set(&["license.create"]).holds(LicenseCreate, Role::License));
    assert!(set(&["license.create"]).holds(LicenseCreate, Role::User));
}

#[test]
fn two_sets_meet_in_what_both_permit() {
    let reads = set(&["license.read", "machine.read"]);
    let machines = set(&["machine.create", "machine.read"]);
    let any = PermissionSet::ANY;

    #[rustfmt::skip]
    let table = [
        // token or license,     bearer or owner,      effective
        (any,                    reads,                reads),
        (reads,                  any,                  reads),
        (any,                    any,                  any),
        (reads,                  machines,             set(&["machine.read"])),
        (reads,                  PermissionSet::NONE,  PermissionSet::NONE),
        (PermissionSet::NONE,    any,                  PermissionSet::NONE),
        (any,                    PermissionSet::NONE,  PermissionSet::NONE),
    ];
    for (left, right, effective) in table {
        assert_eq!(left.meet(right), effective, "{left:?} and {right:?}");
    }
}

#[test]
fn a_new_role_keeps_only_what_is_default_for_it() {
    let user = set(&["account.read", "license.read", "user.update"]);

    assert_eq!(
        user.after_role_change(Role::ReadOnly),
        set(&["account.read", "license.read"])
    );
    assert_eq!(
        user.after_role_change(Role::User),
        set(&["license.read", "user.update"])
    );
    assert_eq!(
        set(&["*", "admin.create"]).after_role_change(Role::User),
        PermissionSet::ANY
    );
}

#[test]
fn a_set_is_assignable_when_the_role_allows_every_name() {
    assert!(set(&["license.read", "user.read"]).assignable_to(Role::License));
    assert!(PermissionSet::ANY.assignable_to(Role::License));
    assert!(PermissionSet::NONE.assignable_to(Role::License));
    assert!(!set(&["license.read", "license.create"]).assignable_to(Role::License));
}

#[test]
fn a_token_carries_a_subset_of_its_bearers_permissions() {
    let bearer = set(&["license.read", "machine.read"]);

    assert!(set(&["license.read"]).grantable_by(bearer, Role::License));
    assert!(PermissionSet::ANY.grantable_by(bearer, Role::License));
    assert!(!set(&["license.validate"]).grantable_by(bearer, Role::License));
    assert!(set(&["license.validate"]).grantable_by(PermissionSet::ANY, Role::License));
    assert!(!set(&["license.create"]).grantable_by(PermissionSet::ANY, Role::License));
}

#[test]
fn a_set_lies_within_another_by_what_it_comes_to() {
    let all = PermissionSet::allowed_for(Role::Admin);

    assert!(PermissionSet::ANY.within(all, Role::Admin));
    assert!(all.within(PermissionSet::ANY, Role::Admin));
    assert!(!PermissionSet::ANY.within(set(&["license.read"]), Role::Admin));
    assert!(set(&["license.read"]).within(all, Role::Admin));
}

#[test]
fn only_the_wildcard_and_the_whole_list_are_full() {
    assert!(PermissionSet::ANY.is_full());
    assert!(PermissionSet::allowed_for(Role::Admin).is_full());
    assert!(!PermissionSet::allowed_for(Role::Environment).is_full());
    assert!(!PermissionSet::NONE.is_full());
}

#[cfg(feature = "orm")]
#[test]
fn what_a_role_holds_by_default_is_stored_by_one_name() {
    let stored = |set: PermissionSet| match sea_orm::Value::from(set) {
        sea_orm::Value::Json(Some(json)) => *json,
        other => panic!("{other:?} is no JSON"),
    };
    for (role, name) in [
        (Role::License, "default:license"),
        (Role::User, "default:user"),
        (Role::Product, "default:product"),
        (Role::Environment, "default:environment"),
        (Role::ReadOnly, "default:read-only"),
        (Role::Admin, "default:admin"),
    ] {
        let defaults = PermissionSet::default_for(role);
        let json = stored(defaults);

        assert_eq!(json, serde_json::json!([name]));
        assert_eq!(
            serde_json::from_value::<PermissionSet>(json).unwrap(),
            defaults
        );
        // As rows hold it that were written when the names were spelled out.
        assert_eq!(
            serde_json::from_value::<PermissionSet>(defaults.names().collect()).unwrap(),
            defaults
        );
    }

    let fewer = set(&["license.read", "license.validate"]);
    assert_eq!(
        stored(fewer),
        serde_json::json!(["license.read", "license.validate"])
    );
    assert_eq!(stored(PermissionSet::ANY), serde_json::json!(["*"]));
}

#[test]
fn the_names_of_defaults_are_no_permissions_to_ask_for() {
    assert_eq!(
        PermissionSet::parse(["default:license"]),
        Err(NotPermissions::Unknown("default:license".into()))
    );
}

#[test]
fn a_set_is_an_array_of_names_in_json() {
    let stored = set(&["machine.read", "license.read"]);

    let json = serde_json::to_string(&stored).unwrap();

    assert_eq!(json, r#"["license.read","machine.read"]"#);
    assert_eq!(
        serde_json::from_str::<PermissionSet>(&json).unwrap(),
        stored
    );
    assert!(serde_json::from_str::<PermissionSet>(r#"["license.fly"]"#).is_err());
}
