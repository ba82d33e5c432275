//! Tests of the matrix and of the order in which reasons to refuse are found.

mod environments;
mod reasons;

use super::*;
use crate::ids::AccountId;
use crate::refusal::{Code, Kind, Refused};
use uuid::Uuid;

const ACCOUNT: AccountId = AccountId(Uuid::from_u128(1));
const ME: UserId = UserId(Uuid::from_u128(2));
const YOU: UserId = UserId(Uuid::from_u128(3));
const PRODUCT: ProductId = ProductId(Uuid::from_u128(4));
const LICENSE: LicenseId = LicenseId(Uuid::from_u128(5));
const SANDBOX: EnvironmentId = EnvironmentId(Uuid::from_u128(6));
const OTHER: EnvironmentId = EnvironmentId(Uuid::from_u128(7));
const TOKEN: TokenId = TokenId(Uuid::from_u128(8));

const GENERAL: &str = "ensure the token or license is allowed to access all resources";

/// A bearer of this role with everything the role allows.
fn bearer(role: Role) -> Bearer {
    let id = match role {
        Role::Environment => BearerId::Environment(SANDBOX),
        Role::Product => BearerId::Product(PRODUCT),
        Role::License => BearerId::License(LICENSE),
        _ => BearerId::User(ME),
    };
    let environment = (role == Role::Environment).then_some(SANDBOX);
    Bearer {
        role,
        id,
        environment,
        permissions: PermissionSet::ANY,
        token: None,
    }
}

/// The environment a bearer of this role is at home in.
fn home(role: Role) -> Environment {
    match role {
        Role::Environment => Environment::Isolated(SANDBOX),
        _ => Environment::Global,
    }
}

fn user(role: UserRole) -> UserTie {
    UserTie {
        role,
        permissions: PermissionSet::NONE,
        sole_product: false,
    }
}

/// A record that has no tie to any bearer, seen without anybody's eyes.
fn stranger(role: Role) -> Tie {
    Tie {
        environment: home(role).id(),
        ..Tie::default()
    }
}

fn reason(refused: &Refused) -> &str {
    let detail = refused.problems[0].detail.as_ref();
    detail
        .strip_prefix("You do not have permission to complete the request (")
        .and_then(|rest| rest.strip_suffix(')'))
        .unwrap_or(detail)
}

/// What is said to a bearer of this role about a record that no look-up of its own has shown.
fn told(role: Role, action: Action, tie: Tie) -> Result<(), String> {
    allow_create(Some(&bearer(role)), &home(role), action, &tie)
        .map_err(|refused| reason(&refused).to_owned())
}

#[test]
fn the_matrix_is_the_golden_one() {
    crate::golden::check("access.txt", &golden());
}

#[test]
fn columns_of_the_matrix_follow_the_list_of_roles() {
    for (column, role) in Role::ALL.into_iter().enumerate() {
        assert_eq!(role as usize, column, "{role:?}");
    }
}

#[test]
fn roles_are_ranked() {
    #[rustfmt::skip]
    let ranked = [
        Role::Admin, Role::Environment, Role::Developer, Role::Product, Role::SalesAgent,
        Role::SupportAgent, Role::ReadOnly,
    ];
    assert!(
        ranked
            .windows(2)
            .all(|pair| pair[0].rank() == pair[1].rank() + 1)
    );
    assert_eq!(Role::ReadOnly.rank(), 1);
    assert_eq!([Role::User.rank(), Role::License.rank()], [0, 0]);
}

#[test]
fn every_permission_but_hosted_and_reserved_ones_opens_some_action() {
    let needed: Vec<_> = Action::ALL
        .iter()
        .flat_map(|action| action.permissions())
        .collect();

    let unused: Vec<_> = Permission::ALL
        .iter()
        .filter(|permission| !needed.contains(permission))
        .map(|permission| permission.as_str())
        .collect();

    #[rustfmt::skip]
    assert_eq!(unused, [
        // Hosted plans.
        "account.billing.read", "account.billing.update", "account.plan.read",
        "account.plan.update", "account.subscription.read", "account.subscription.update",
        // Needed besides `user.*` when the user is an admin, or never used by the contract.
        "admin.create", "admin.delete", "admin.invite", "admin.read", "admin.update",
        "user.invite", "user.password.reset",
    ]);
}

#[test]
fn a_role_that_may_not_hold_the_permission_reaches_nothing() {
    // A cell that grants what the permission list forbids would only mislead the reader.
    for action in Action::ALL {
        for role in Role::ALL {
            let held = action.permissions().iter().all(|p| p.allowed_for(role));
            assert!(
                held || action.reach(Some(role)) == Reach::Never,
                "{action:?} grants {role:?} what it can't hold"
            );
        }
    }
}

#[test]
fn each_reach_asks_for_its_own_tie() {
    use Action::*;
    use Role::*;

    let license = Tie {
        license: Some(LICENSE),
        product: Some(PRODUCT),
        ..Tie::default()
    };
    let mine = Tie {
        owner: Some(ME),
        license_owner: Some(ME),
        ..license
    };
    let yours = Tie {
        owner: Some(YOU),
        license_owner: Some(YOU),
        ..license
    };
    let machine_mine = Tie {
        owner: Some(ME),
        license_owner: Some(YOU),
        ..license
    };
    let shared = Tie {
        member: true,
        ..yours
    };
    let protected = |tie: Tie| Tie {
        protected: true,
        ..tie
    };
    let policy_protected = |tie: Tie| Tie {
        policy_protected: true,
        ..tie
    };
    let elsewhere = Tie::default();
    let token = |subject, user| Tie {
        subject: Some(subject),
        user,
        ..Tie::default()
    };
    let me = BearerId::User(ME);
    let you = BearerId::User(YOU);

    #[rustfmt::skip]
    let table: &[(Role, Action, Tie, bool)] = &[
        // Staff.
        (Admin,        LicenseShow,           elsewhere,               true),
        (SalesAgent,   PolicyUpdate,          elsewhere,               true),
        (SalesAgent,   PolicyDelete,          elsewhere,               false),
        (SalesAgent,   MachinePing,           elsewhere,               false),
        (SupportAgent, MachineUpdate,         elsewhere,               true),
        (SupportAgent, MachineDelete,         elsewhere,               false),
        (SupportAgent, LicenseUsersAttach,    elsewhere,               true),
        (Developer,    MachinePing,           elsewhere,               true),
        (Developer,    AccountDelete,         elsewhere,               false),
        (Admin,        AccountDelete,         elsewhere,               false),
        // Products.
        (Product,      LicenseShow,           license,                 true),
        (Product,      LicenseShow,           elsewhere,               false),
        (Product,      LicenseList,           elsewhere,               false),
        (Product,      ProductUpdate,         token(BearerId::Product(PRODUCT), None), true),
        (Product,      ProductUpdate,         license,                 false),
        (Product,      TokenGenerate,         license,                 true),
        (Product,      TokenGenerate,         token(BearerId::Product(PRODUCT), None), false),
        (Product,      TokenGenerate,         Tie { product: Some(PRODUCT), user: Some(user(UserRole::User)), ..elsewhere }, true),
        (Product,      TokenGenerate,         Tie { product: Some(PRODUCT), user: Some(user(UserRole::Admin)), ..elsewhere }, false),
        (Product,      TokenGenerate,         Tie { user: Some(user(UserRole::User)), ..elsewhere }, false),
        // Licenses.
        (License,      LicenseShow,           license,                 true),
        (License,      LicenseShow,           Tie { license: None, ..license }, false),
        (License,      MachineCreate,         protected(license),      true),
        (License,      MachineUpdate,         license,                 true),
        (License,      MachineUpdate,         protected(license),      false),
        (License,      MachineDelete,         protected(license),      true),
        (License,      ComponentUpdate,       protected(license),      true),
        (License,      LicenseCheckIn,        protected(license),      true),
        // Users.
        (User,         LicenseShow,           mine,                    true),
        (User,         LicenseShow,           shared,                  true),
        (User,         LicenseShow,           yours,                   false),
        (User,         LicenseCreate,         mine,                    true),
        (User,         LicenseCreate,         protected(mine),         true),
        (User,         LicenseCreate,         policy_protected(mine),  false),
        (User,         LicenseCreate,         yours,                   false),
        (User,         LicenseRenew,          shared,                  false),
        (User,         LicenseCheckIn,        mine,                    true),
        (User,         LicenseCheckIn,        policy_protected(mine),  true),
        (User,         LicenseCheckIn,        protected(mine),         false),
        (User,         LicenseCheckIn,        shared,                  false),
        (User,         LicenseCheckOut,       shared,                  true),
        (User,         LicenseCheckOut,       protected(shared),       false),
        (User,         LicensePolicyUpdate,   mine,                    true),
        (User,         LicensePolicyUpdate,   protected(mine),         false),
        (User,         LicensePolicyTarget,   elsewhere,               true),
        (User,         LicensePolicyTarget,   policy_protected(elsewhere), false),
        (User,         LicenseUser,           mine,                    true),
        (User,         LicenseUser,           shared,                  false),
        (User,         LicenseOwner,          shared,                  true),
        (User,         MachineCreate,         machine_mine,            true),
        (User,         MachineCreate,         protected(machine_mine), false),
        (User,         MachineCreate,         shared,                  false),
        (User,         MachineProof,          mine,                    true),
        (User,         MachineProof,          machine_mine,            false),
        (User,         MachineUser,           machine_mine,            false),
        (User,         MachineCheckOut,       shared,                  true),
        (User,         GroupUsers,            Tie { owner: Some(ME), ..elsewhere }, true),
        (User,         GroupUsers,            shared,                  false),
        (User,         UserUpdate,            token(me, Some(user(UserRole::User))),  true),
        (User,         UserUpdate,            token(you, Some(user(UserRole::User))), false),
        // Users as records.
        (Developer,    UserShow,              token(you, Some(user(UserRole::Admin))), true),
        (SalesAgent,   UserCreate,            token(you, Some(user(UserRole::User))), true),
        (SalesAgent,   UserCreate,            token(you, Some(user(UserRole::ReadOnly))), false),
        (Product,      UserUpdate,            token(you, Some(user(UserRole::User))), true),
        (Product,      UserUpdate,            token(you, Some(user(UserRole::Developer))), false),
        (SupportAgent, UserCreate,            token(you, Some(user(UserRole::User))), false),
        // Tokens and factors.
        (Admin,        TokenGenerate,         token(me, Some(user(UserRole::Admin))), true),
        (Admin,        TokenGenerate,         token(you, Some(user(UserRole::User))), true),
        (Admin,        TokenGenerate,         token(you, Some(user(UserRole::Admin))), false),
        (Admin,        TokenGenerate,         token(BearerId::License(LICENSE), None), false),
        (Admin,        TokenRegenerate,       token(BearerId::License(LICENSE), None), true),
        (Admin,        TokenRegenerate,       token(you, Some(user(UserRole::User))), true),
        (Admin,        TokenRegenerate,       token(you, Some(user(UserRole::SalesAgent))), false),
        (Admin,        TokenRegenerate,       token(you, None),        false),
        (Admin,        TokenRevoke,           token(you, Some(user(UserRole::Admin))), true),
        (SalesAgent,   TokenRevoke,           token(you, Some(user(UserRole::User))), false),
        (SalesAgent,   TokenRevoke,           token(me, Some(user(UserRole::SalesAgent))), true),
        (License,      TokenGenerate,         token(BearerId::License(LICENSE), None), false),
        (Admin,        SecondFactorShow,      token(you, Some(user(UserRole::User))), true),
        (Developer,    SecondFactorShow,      token(you, Some(user(UserRole::User))), false),
        (Developer,    SecondFactorShow,      token(me, Some(user(UserRole::Developer))), true),
    ];
    for (row, &(role, action, tie, allowed)) in table.iter().enumerate() {
        let said = told(role, action, tie);
        assert_eq!(
            said.is_ok(),
            allowed,
            "row {row}: {role:?} {action:?}: {said:?}"
        );
    }
}

#[test]
fn a_tie_to_nobody_opens_only_what_reaches_everything() {
    let unconditional = [Reach::All, Reach::Unprotected, Reach::PolicyUnprotected];
    for action in Action::ALL {
        for role in Role::ALL {
            let open = unconditional.contains(&action.reach(Some(role)));
            let said = told(role, *action, stranger(role));
            assert_eq!(said.is_ok(), open, "{action:?} {role:?}: {said:?}");
        }
    }
}

#[test]
fn a_record_seen_through_a_users_own_scope_is_the_users() {
    let me = bearer(Role::User);
    let here = Environment::Global;
    let licence = Tie {
        license: Some(LICENSE),
        ..Tie::default()
    };

    let own = Scope::of(ACCOUNT, here, Some(&me)).seen(licence);
    let found = Scope::existing(ACCOUNT, here).seen(licence);

    assert!(allow(Some(&me), &here, Action::LicenseShow, own.clone()).is_ok());
    assert!(allow(Some(&me), &here, Action::LicenseCheckIn, own).is_err());
    assert!(allow(Some(&me), &here, Action::LicenseShow, found).is_err());
}

#[test]
fn visibility_through_another_bearers_scope_proves_nothing() {
    let me = bearer(Role::User);
    let you = Bearer {
        id: BearerId::User(YOU),
        ..me.clone()
    };
    let here = Environment::Global;

    let seen = Scope::of(ACCOUNT, here, Some(&you)).seen(Tie::default());

    assert!(allow(Some(&me), &here, Action::PolicyShow, seen.clone()).is_err());
    assert!(allow(Some(&you), &here, Action::PolicyShow, seen).is_ok());
}

#[test]
fn a_closed_product_is_hidden_from_customers_only() {
    let here = Environment::Global;
    let closed = Tie {
        closed: true,
        ..Tie::default()
    };
    let asked = |role, tie| {
        let bearer = bearer(role);
        let seen = Scope::of(ACCOUNT, here, Some(&bearer)).seen(tie);
        allow(Some(&bearer), &here, Action::ProductShow, seen).is_ok()
    };

    assert!(asked(Role::Admin, closed));
    assert!(!asked(Role::User, closed));
    assert!(!asked(Role::License, closed));
    assert!(asked(Role::License, Tie::default()));
}

#[test]
fn a_product_removes_users_that_are_nobody_elses_customers() {
    let tie = |role, sole_product| Tie {
        user: Some(UserTie {
            role,
            permissions: PermissionSet::NONE,
            sole_product,
        }),
        ..Tie::default()
    };

    assert_eq!(
        told(Role::Product, Action::UserDelete, tie(UserRole::User, true)),
        Ok(())
    );
    assert!(
        told(
            Role::Product,
            Action::UserDelete,
            tie(UserRole::Admin, true)
        )
        .is_err()
    );
}

#[test]
fn an_admin_as_the_target_needs_a_permission_besides() {
    let admin = Tie {
        user: Some(user(UserRole::Admin)),
        ..Tie::default()
    };
    let here = Environment::Global;
    let holding = |names: &[&str]| Bearer {
        permissions: PermissionSet::parse(names).unwrap(),
        ..bearer(Role::Admin)
    };
    #[rustfmt::skip]
    let table = [
        (Action::UserShow,   "user.read",   "admin.read"),
        (Action::UserCreate, "user.create", "admin.create"),
        (Action::UserUpdate, "user.update", "admin.update"),
        (Action::UserDelete, "user.delete", "admin.delete"),
    ];
    for (action, for_users, for_admins) in table {
        let ask = |names: &[&str]| allow_create(Some(&holding(names)), &here, action, &admin);
        assert!(ask(&[for_users]).is_err(), "{action:?}");
        assert!(ask(&[for_admins]).is_err(), "{action:?}");
        assert!(ask(&[for_users, for_admins]).is_ok(), "{action:?}");
    }
}
