//! Which environments an action works in, and for whom.

use super::*;

#[test]
fn records_are_reached_from_the_environments_the_contract_says() {
    let (global, isolated, shared) = (
        Environment::Global,
        Environment::Isolated(SANDBOX),
        Environment::Shared(SANDBOX),
    );

    #[rustfmt::skip]
    let table = [
        // current, record,        reads, writes
        (global,   None,           true,  true),
        (global,   Some(SANDBOX),  false, false),
        (isolated, None,           false, false),
        (isolated, Some(SANDBOX),  true,  true),
        (isolated, Some(OTHER),    false, false),
        (shared,   None,           true,  false),
        (shared,   Some(SANDBOX),  true,  true),
        (shared,   Some(OTHER),    false, false),
    ];
    // A global admin without a token may be anywhere, so that only the record's place matters.
    let admin = bearer(Role::Admin);
    for (environment, record, reads, writes) in table {
        let tie = Tie {
            environment: record,
            ..Tie::default()
        };
        let ask = |action| allow_create(Some(&admin), &environment, action, &tie).is_ok();

        assert_eq!(
            ask(Action::LicenseShow),
            reads,
            "reading {record:?} in {environment:?}"
        );
        assert_eq!(
            ask(Action::LicenseValidate),
            reads,
            "validating {record:?} in {environment:?}"
        );
        assert_eq!(
            ask(Action::MachinePing),
            reads,
            "pinging {record:?} in {environment:?}"
        );
        assert_eq!(
            ask(Action::LicenseUpdate),
            writes,
            "writing {record:?} in {environment:?}"
        );
        assert_eq!(
            ask(Action::LicenseCheckOut),
            writes,
            "check-out {record:?} in {environment:?}"
        );
        assert!(ask(Action::AccountShow), "the account is everywhere");
    }
}

#[test]
fn tokens_may_be_issued_from_the_global_environment_into_others_but_not_back() {
    let admin = bearer(Role::Admin);
    let issue = |from, into| {
        let tie = Tie {
            environment: into,
            subject: Some(admin.id),
            ..Tie::default()
        };
        allow_create(Some(&admin), &from, Action::TokenGenerate, &tie).is_ok()
    };

    assert!(issue(Environment::Global, None));
    assert!(issue(Environment::Global, Some(SANDBOX)));
    assert!(issue(Environment::Isolated(SANDBOX), Some(SANDBOX)));
    assert!(!issue(Environment::Isolated(SANDBOX), None));
    assert!(!issue(Environment::Shared(SANDBOX), None));
}

#[test]
fn bearers_are_let_into_environments_as_the_contract_says() {
    let (global, isolated, shared) = (
        Environment::Global,
        Environment::Isolated(SANDBOX),
        Environment::Shared(SANDBOX),
    );
    let (here, none) = (Some(SANDBOX), None);

    #[rustfmt::skip]
    let table = [
        // current, role,            of bearer, of token, let in
        (global,   Role::Admin,      none,      none,     true),
        (global,   Role::Admin,      here,      none,     false),
        (global,   Role::Admin,      none,      here,     false),
        (isolated, Role::Admin,      here,      here,     true),
        (isolated, Role::Admin,      none,      here,     true),
        (isolated, Role::Admin,      none,      none,     false),
        (isolated, Role::Developer,  none,      here,     false),
        (isolated, Role::Developer,  here,      here,     true),
        (shared,   Role::Developer,  none,      none,     true),
        (shared,   Role::Developer,  here,      here,     true),
        (shared,   Role::Developer,  Some(OTHER), here,   false),
        (shared,   Role::Developer,  here, Some(OTHER),   false),
    ];
    for (row, (environment, role, of_bearer, of_token, let_in)) in table.into_iter().enumerate() {
        let token = TokenGrant {
            id: TOKEN,
            permissions: PermissionSet::ANY,
            environment: of_token,
        };
        let who = Bearer {
            environment: of_bearer,
            token: Some(token),
            ..bearer(role)
        };
        let listed = allow_list(ACCOUNT, &environment, Some(&who), Action::LicenseList);
        assert_eq!(listed.is_ok(), let_in, "row {row}");
    }
}

#[test]
fn what_is_attached_must_fit_the_environment_of_its_parent() {
    let (shared, here, none) = (Environment::Shared(SANDBOX), Some(SANDBOX), None);

    #[rustfmt::skip]
    let table = [
        // current,            parent, child, fits
        (shared,               here,   none,  true),
        (shared,               here,   here,  true),
        (shared,               none,   here,  true),
        (shared,               none,   none,  false),
        (Environment::Global,  none,   none,  true),
        (Environment::Global,  none,   here,  false),
    ];
    for (environment, parent, child, fits) in table {
        let bond = Bond {
            parent,
            children: &[here.filter(|_| environment == shared), child],
        };
        assert_eq!(
            allow_attached(&environment, bond).is_ok(),
            fits,
            "{environment:?} {bond:?}"
        );
    }
    let bond = Bond {
        parent: none,
        children: &[none],
    };
    assert_eq!(
        reason(&allow_attached(&shared, bond).unwrap_err()),
        "a record's environment is not compatible with the current environment"
    );
}

#[test]
fn the_system_scope_sees_every_environment() {
    let system = Scope::system(ACCOUNT);
    let existing = Scope::existing(ACCOUNT, Environment::Shared(SANDBOX));

    assert_eq!((system.environment(), system.viewer()), (None, Viewer::All));
    assert_eq!(existing.environment(), Some(Environment::Shared(SANDBOX)));
    assert_eq!(
        (existing.account(), existing.viewer()),
        (ACCOUNT, Viewer::All)
    );
}
