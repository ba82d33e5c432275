//! What is told to a bearer that is refused, and in which order reasons are found.

use super::*;

#[test]
fn nobody_is_asked_to_authenticate_unless_the_action_is_for_strangers() {
    let here = Environment::Global;
    let ask = |action, tie: &Tie| allow_create(None, &here, action, tie);

    let refused = ask(Action::LicenseShow, &Tie::default()).unwrap_err();
    assert_eq!(refused.problems[0].kind, Kind::Unauthorized);
    assert_eq!(refused.problems[0].code, Some(Code::TokenMissing));
    assert_eq!(
        refused.problems[0].about.as_deref(),
        Some("authentication/")
    );

    assert!(ask(Action::LicenseValidateKey, &Tie::default()).is_ok());
    assert!(ask(Action::UserCreate, &Tie::default()).is_ok());

    let protected = Tie {
        protected: true,
        ..Tie::default()
    };
    let refused = ask(Action::UserCreate, &protected).unwrap_err();
    assert_eq!(refused.problems[0].kind, Kind::Forbidden);
    assert_eq!(
        reason(&refused),
        "ensure a token or license is present and valid"
    );

    let admin = Tie {
        user: Some(user(UserRole::Admin)),
        ..Tie::default()
    };
    let refused = ask(Action::UserCreate, &admin).unwrap_err();
    assert_eq!(
        reason(&refused),
        "anon lacks privileges to perform action on user"
    );
}

#[test]
fn reasons_are_found_in_the_contracts_order() {
    let none = PermissionSet::NONE;
    let token = TokenGrant {
        id: TOKEN,
        permissions: none,
        environment: Some(OTHER),
    };
    let mut who = Bearer {
        environment: Some(OTHER),
        permissions: none,
        token: Some(token),
        ..bearer(Role::SalesAgent)
    };
    let mut record = Tie {
        environment: Some(OTHER),
        ..Tie::default()
    };
    let ask = |who: &Bearer, record: &Tie, action| {
        let refused = allow_create(Some(who), &Environment::Global, action, record).unwrap_err();
        assert_eq!(refused.problems[0].kind, Kind::Forbidden);
        reason(&refused).to_owned()
    };
    let action = Action::PolicyDelete;

    assert_eq!(
        ask(&who, &record, action),
        "sales agent environment is not compatible with the current environment"
    );
    who.environment = None;
    assert_eq!(
        ask(&who, &record, action),
        "token environment is not compatible with the current environment"
    );
    who.token = Some(TokenGrant {
        environment: None,
        ..token
    });
    assert_eq!(
        ask(&who, &record, action),
        "record environment is not compatible with the current environment"
    );
    record.environment = None;
    assert_eq!(
        ask(&who, &record, action),
        "sales agent lacks permission to perform action"
    );
    who.permissions = PermissionSet::default_for(Role::SalesAgent);
    assert_eq!(
        ask(&who, &record, action),
        "token lacks permission to perform action"
    );
    who.token = Some(TokenGrant {
        environment: None,
        permissions: PermissionSet::ANY,
        ..token
    });
    assert_eq!(ask(&who, &record, action), GENERAL);
}

#[test]
fn special_reasons_are_told_where_the_contract_has_them() {
    let staff = Tie {
        user: Some(user(UserRole::Developer)),
        ..Tie::default()
    };
    let customer = Tie {
        user: Some(user(UserRole::User)),
        ..Tie::default()
    };

    assert_eq!(
        told(Role::Admin, Action::UserBan, staff),
        Err("must have a user role".into())
    );
    assert_eq!(
        told(Role::Admin, Action::UserUnban, staff),
        Err("must have a user role".into())
    );
    assert_eq!(told(Role::Admin, Action::UserBan, customer), Ok(()));
    assert_eq!(
        told(Role::Product, Action::UserDelete, customer),
        Err("user cannot belong to another product".into())
    );
    assert_eq!(
        told(Role::Product, Action::UserUpdate, staff),
        Err(GENERAL.into())
    );
}

#[test]
fn a_list_hands_out_the_bearers_scope_or_nothing() {
    let here = Environment::Global;
    let list = |role, action| {
        let bearer = bearer(role);
        allow_list(ACCOUNT, &home(role), Some(&bearer), action).map(|scope| scope.viewer())
    };

    assert_eq!(list(Role::Admin, Action::LicenseList), Ok(Viewer::All));
    assert_eq!(list(Role::ReadOnly, Action::LicenseList), Ok(Viewer::All));
    assert_eq!(
        list(Role::Environment, Action::LicenseList),
        Ok(Viewer::Environment(SANDBOX))
    );
    assert_eq!(
        list(Role::Product, Action::LicenseList),
        Ok(Viewer::Product(PRODUCT))
    );
    assert_eq!(list(Role::User, Action::LicenseList), Ok(Viewer::User(ME)));
    assert_eq!(
        reason(&list(Role::License, Action::LicenseList).unwrap_err()),
        GENERAL
    );
    assert_eq!(
        list(Role::License, Action::MachineList),
        Ok(Viewer::License(LICENSE))
    );
    assert!(list(Role::Product, Action::ProductList).is_err());
    assert_eq!(
        allow_list(ACCOUNT, &here, None, Action::LicenseList)
            .unwrap_err()
            .problems[0]
            .kind,
        Kind::Unauthorized
    );
    let strangers = allow_list(ACCOUNT, &here, None, Action::ReleaseList).unwrap();
    assert_eq!(strangers.viewer(), Viewer::Nobody);
    assert_eq!(strangers.account(), ACCOUNT);
    assert_eq!(strangers.environment(), Some(here));

    let bare = Bearer {
        permissions: PermissionSet::NONE,
        ..bearer(Role::User)
    };
    let refused = allow_list(ACCOUNT, &here, Some(&bare), Action::MachineList).unwrap_err();
    assert_eq!(reason(&refused), "user lacks permission to perform action");
}

#[test]
fn a_permission_is_held_when_bearer_and_token_both_hold_it() {
    let grant = |names: &[&str]| {
        let permissions = PermissionSet::parse(names).unwrap();
        Some(TokenGrant {
            id: TOKEN,
            permissions,
            environment: None,
        })
    };
    let license = Bearer {
        permissions: PermissionSet::default_for(Role::License),
        ..bearer(Role::License)
    };
    let with = |token| Bearer {
        token,
        ..license.clone()
    };

    assert!(license.holds(Permission::LicenseRead));
    assert!(!license.holds(Permission::ProductRead));
    assert!(with(grant(&["*"])).holds(Permission::LicenseRead));
    assert!(!with(grant(&["*"])).holds(Permission::ProductRead));
    assert!(!with(grant(&["machine.read"])).holds(Permission::LicenseRead));
    assert!(require(&with(grant(&["license.read"])), Permission::LicenseRead).is_ok());
    assert_eq!(
        reason(&require(&with(grant(&["machine.read"])), Permission::LicenseRead).unwrap_err()),
        "token lacks permission to perform action"
    );
    assert_eq!(
        reason(&require(&license, Permission::ProductRead).unwrap_err()),
        "license lacks permission to perform action"
    );
}
