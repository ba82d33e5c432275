//! Privilege: who may manage which users, and that an account keeps an admin.
//!
//! Identity reference §17.4.

use super::{Bearer, Role};
use crate::permissions::PermissionSet;
use crate::refusal::{At, Code, Problem, Refused};
use crate::words::UserRole;

/// Whether the bearer may make, change or remove a user of this role with these permissions.
///
/// [`super::allow`] asks about the user as it is; a change asks again about the user as it will be.
///
/// # Errors
/// 403 when the user outranks the bearer, or is its equal with more permissions.
pub fn manage(
    bearer: Option<&Bearer>,
    role: UserRole,
    permissions: PermissionSet,
) -> Result<(), Refused> {
    let target = Role::from(role);
    let Some(bearer) = bearer else {
        return if target == Role::User {
            Ok(())
        } else {
            Err(lacks_privileges("anon"))
        };
    };
    let outranked = target.rank() > bearer.role.rank();
    let exceeded = target == bearer.role
        && !bearer.is_root()
        && !permissions.within(bearer.permissions, target);
    if outranked || exceeded {
        return Err(lacks_privileges(bearer.role.words()));
    }
    Ok(())
}

fn lacks_privileges(who: &str) -> Refused {
    Refused::forbidden(&format!("{who} lacks privileges to perform action on user"))
}

/// A user, as far as the minimum of admins is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The user's role.
    pub role: UserRole,
    /// The user's own set.
    pub permissions: PermissionSet,
}

impl Standing {
    fn full_admin(self) -> bool {
        self.role == UserRole::Admin && self.permissions.is_full()
    }
}

/// The admins of an account besides the one that changes, in all of its environments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OtherAdmins {
    /// How many there are.
    pub count: u64,
    /// How many of them have every permission.
    pub full: u64,
}

/// Whether the account still has an admin, and one with every permission, after a user changes
/// from `before` to `after`, or goes.
///
/// # Errors
/// A problem at the account when it would not.
pub fn keep_admins(
    before: Standing,
    after: Option<Standing>,
    others: OtherAdmins,
) -> Result<(), Problem> {
    if before.role != UserRole::Admin || after == Some(before) {
        return Ok(());
    }
    let account = || At::Relationship("account".into());
    let remains = after.is_some_and(|after| after.role == UserRole::Admin);
    if !remains && others.count == 0 {
        return Err(Code::AccountAdminsRequired.at(account()));
    }
    let loses_full = if remains {
        !after.is_some_and(Standing::full_admin)
    } else {
        before.full_admin()
    };
    if loses_full && others.full == 0 {
        return Err(Code::AccountAdminsRequired.says(
            "account must have at least 1 admin user with a full permission set",
            account(),
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::BearerId;
    use crate::ids::UserId;

    fn bearer(role: Role, names: &[&str]) -> Bearer {
        Bearer {
            role,
            id: BearerId::User(UserId(uuid::Uuid::from_u128(1))),
            environment: None,
            permissions: set(names),
            token: None,
        }
    }

    fn set(names: &[&str]) -> PermissionSet {
        PermissionSet::parse(names).unwrap()
    }

    #[test]
    fn who_manages_a_user_weighs_no_less_and_among_equals_holds_no_less() {
        let few: &[&str] = &["user.read"];
        let more: &[&str] = &["user.read", "user.update"];
        let any: &[&str] = &["*"];

        #[rustfmt::skip]
        let table = [
            // bearer,                              target's role and set,     may
            (Some(bearer(Role::Admin, any)),        UserRole::Admin,     any,  true),
            (Some(bearer(Role::Admin, more)),       UserRole::Admin,     few,  true),
            (Some(bearer(Role::Admin, few)),        UserRole::Admin,     more, false),
            (Some(bearer(Role::Admin, more)),       UserRole::Admin,     any,  false),
            (Some(bearer(Role::Admin, few)),        UserRole::Developer, any,  true),
            (Some(bearer(Role::Developer, any)),    UserRole::Admin,     few,  false),
            (Some(bearer(Role::Developer, any)),    UserRole::Developer, any,  true),
            (Some(bearer(Role::Developer, few)),    UserRole::Developer, more, false),
            (Some(bearer(Role::SalesAgent, any)),   UserRole::Developer, few,  false),
            (Some(bearer(Role::SalesAgent, few)),   UserRole::User,      any,  true),
            (Some(bearer(Role::Product, few)),      UserRole::User,      any,  true),
            (Some(bearer(Role::Product, any)),      UserRole::Developer, few,  false),
            (Some(bearer(Role::Environment, any)),  UserRole::Admin,     few,  false),
            (Some(bearer(Role::User, few)),         UserRole::User,      few,  true),
            (Some(bearer(Role::User, few)),         UserRole::User,      more, false),
            (None,                                  UserRole::User,      any,  true),
            (None,                                  UserRole::ReadOnly,  few,  false),
        ];
        for (row, (bearer, role, names, may)) in table.into_iter().enumerate() {
            let said = manage(bearer.as_ref(), role, set(names));
            assert_eq!(said.is_ok(), may, "row {row}: {said:?}");
        }
    }

    #[test]
    fn the_refusal_names_the_bearers_role() {
        let refused = manage(
            Some(&bearer(Role::SalesAgent, &["*"])),
            UserRole::Admin,
            PermissionSet::NONE,
        );

        assert_eq!(
            refused.unwrap_err().problems[0].detail,
            "You do not have permission to complete the request \
             (sales agent lacks privileges to perform action on user)"
        );
    }

    #[test]
    fn an_account_keeps_an_admin_with_every_permission() {
        let admin = |names| Standing {
            role: UserRole::Admin,
            permissions: set(names),
        };
        let user = Standing {
            role: UserRole::User,
            permissions: PermissionSet::ANY,
        };
        let (full, poor, poorer) = (admin(&["*"]), admin(&["user.read"]), admin(&[]));
        let others = |count, full| OtherAdmins { count, full };
        let one = Some("account must have at least 1 admin user");
        let one_full = Some("account must have at least 1 admin user with a full permission set");

        #[rustfmt::skip]
        let table = [
            // before, after,       others,       refused with
            (full,    None,         others(0, 0), one),
            (full,    Some(user),   others(0, 0), one),
            (full,    None,         others(1, 1), None),
            (full,    Some(user),   others(1, 1), None),
            (full,    None,         others(1, 0), one_full),
            (full,    Some(user),   others(1, 0), one_full),
            (full,    Some(poor),   others(0, 0), one_full),
            (full,    Some(poor),   others(1, 0), one_full),
            (full,    Some(poor),   others(2, 1), None),
            (full,    Some(full),   others(0, 0), None),
            (poor,    Some(poor),   others(0, 0), None),
            (poor,    Some(poorer), others(1, 0), one_full),
            (poor,    Some(full),   others(0, 0), None),
            (poor,    None,         others(1, 0), None),
            (user,    None,         others(0, 0), None),
            (user,    Some(full),   others(0, 0), None),
        ];
        for (row, (before, after, others, detail)) in table.into_iter().enumerate() {
            let problem = keep_admins(before, after, others).err();
            assert_eq!(
                problem.as_ref().map(|p| p.detail.as_ref()),
                detail,
                "row {row}"
            );
            if let Some(problem) = problem {
                assert_eq!(problem.code, Some(Code::AccountAdminsRequired));
                assert_eq!(problem.at, At::Relationship("account".into()));
            }
        }
    }
}
