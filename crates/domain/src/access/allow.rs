//! The decision: whether a bearer may do something to a record it has seen.
//!
//! A look-up within the bearer's scope comes first, so that what is out of sight is not found;
//! then environment, permissions of the role, permissions of the token, and the reach of the role.

use super::matrix::Rule;
use super::scope::{Environment, Scope, Seen, Viewer};
use super::{Action, Bearer, BearerId, Place, Reach, Role, Tie, Tied, UserTie, privilege};
use crate::ids::{AccountId, EnvironmentId};
use crate::permissions::Permission;
use crate::refusal::{Code, Refused};
use crate::words::UserRole;

/// The record, if the bearer may do this to it.
///
/// # Errors
/// 401 when nobody asks and the action is not for strangers, else 403 with the first reason of:
/// environment, permission of the role, permission of the token, reach of the role.
pub fn allow<T: Tied>(
    bearer: Option<&Bearer>,
    environment: &Environment,
    action: Action,
    seen: Seen<T>,
) -> Result<T, Refused> {
    let tie = seen.peek().tie();
    decide(bearer, *environment, action, &tie, seen.by())?;
    Ok(seen.into_record())
}

/// Whether the bearer may make a record with this tie.
///
/// # Errors
/// As [`allow`].
pub fn allow_create(
    bearer: Option<&Bearer>,
    environment: &Environment,
    action: Action,
    draft: &Tie,
) -> Result<(), Refused> {
    decide(bearer, *environment, action, draft, None)
}

/// The scope of a list, if the bearer may have the list at all; the scope narrows what is in it.
///
/// # Errors
/// As [`allow`].
pub fn allow_list(
    account: AccountId,
    environment: &Environment,
    bearer: Option<&Bearer>,
    action: Action,
) -> Result<Scope, Refused> {
    let rule = authenticated(bearer, action)?;
    if let Some(bearer) = bearer {
        lives_here(bearer, *environment)?;
        for permission in rule.permissions {
            require(bearer, *permission)?;
        }
    }
    if action.reach(bearer.map(|bearer| bearer.role)) == Reach::Never {
        return Err(unreached(bearer));
    }
    Ok(Scope::of(account, *environment, bearer))
}

/// Whether the bearer and its token hold one more permission than the action needs by itself:
/// the includes of a check-out, the components of a new machine.
///
/// # Errors
/// 403, naming which of the two lacks it.
pub fn require(bearer: &Bearer, permission: Permission) -> Result<(), Refused> {
    if !bearer.permissions.holds(permission, bearer.role) {
        let role = bearer.role.words();
        return Err(Refused::forbidden(&format!(
            "{role} lacks permission to perform action"
        )));
    }
    match bearer.token {
        Some(token) if !token.permissions.holds(permission, bearer.role) => Err(
            Refused::forbidden("token lacks permission to perform action"),
        ),
        _ => Ok(()),
    }
}

/// The environments of a record and of what is to be attached to it, or detached.
#[derive(Clone, Copy, Debug)]
pub struct Bond<'a> {
    /// The environment of the record.
    pub parent: Option<EnvironmentId>,
    /// The environments of the records at the other end.
    pub children: &'a [Option<EnvironmentId>],
}

/// Whether records may be attached to, or detached from, a parent in this environment.
///
/// What hangs on a record of an environment need only be readable there; what hangs on a global
/// record must be writable.
///
/// # Errors
/// 403 when a record's environment doesn't fit.
pub fn allow_attached(environment: &Environment, bond: Bond<'_>) -> Result<(), Refused> {
    let fits = |child: &Option<EnvironmentId>| match bond.parent {
        Some(_) => environment.reads(*child),
        None => environment.writes(*child),
    };
    if bond.children.iter().all(fits) {
        return Ok(());
    }
    Err(Refused::forbidden(
        "a record's environment is not compatible with the current environment",
    ))
}

fn decide(
    bearer: Option<&Bearer>,
    environment: Environment,
    action: Action,
    tie: &Tie,
    by: Option<Viewer>,
) -> Result<(), Refused> {
    let rule = authenticated(bearer, action)?;
    if let Some(bearer) = bearer {
        lives_here(bearer, environment)?;
    }
    if !in_place(rule.place, environment, tie.environment) {
        return Err(Refused::forbidden(
            "record environment is not compatible with the current environment",
        ));
    }
    if let Some(bearer) = bearer {
        for permission in rule
            .permissions
            .iter()
            .copied()
            .chain(for_admins(action, tie))
        {
            require(bearer, permission)?;
        }
    }
    let reach = action.reach(bearer.map(|bearer| bearer.role));
    if !reaches(reach, bearer, tie, by) {
        return Err(match (reach, action) {
            (Reach::SoleCustomer, _) => Refused::forbidden("user cannot belong to another product"),
            (Reach::RoleUser, Action::UserBan | Action::UserUnban) => {
                Refused::forbidden("must have a user role")
            }
            _ => unreached(bearer),
        });
    }
    match (action, tie.user) {
        (Action::UserCreate | Action::UserUpdate | Action::UserDelete, Some(user)) => {
            privilege::manage(bearer, user.role, user.permissions)
        }
        _ => Ok(()),
    }
}

/// The action's rule, unless nobody asks and it is not for strangers.
fn authenticated(bearer: Option<&Bearer>, action: Action) -> Result<&'static Rule, Refused> {
    let rule = action.rule();
    if bearer.is_none() && rule.nobody == Reach::Never {
        let mut refused = Refused::unauthorized(Code::TokenMissing);
        refused
            .problems
            .iter_mut()
            .for_each(|p| p.about = Some("authentication/".into()));
        return Err(refused);
    }
    Ok(rule)
}

/// Whether bearer and token live in the environment, or come from the global one as far as it
/// lets them in.
fn lives_here(bearer: &Bearer, environment: Environment) -> Result<(), Refused> {
    // A global admin enters an isolated environment, with a token issued for it.
    let admin = bearer.role == Role::Admin && bearer.environment.is_none();
    if !environment.reads(bearer.environment) && !admin {
        let role = bearer.role.words();
        return Err(Refused::forbidden(&format!(
            "{role} environment is not compatible with the current environment"
        )));
    }
    match bearer.token {
        Some(token) if !environment.reads(token.environment) => Err(Refused::forbidden(
            "token environment is not compatible with the current environment",
        )),
        _ => Ok(()),
    }
}

fn in_place(place: Place, environment: Environment, record: Option<EnvironmentId>) -> bool {
    match place {
        Place::Read => environment.reads(record),
        Place::Write => environment.writes(record),
        Place::Issue => environment == Environment::Global || environment.writes(record),
        Place::Any => true,
    }
}

/// What an action needs besides when the user it concerns is an admin.
fn for_admins(action: Action, tie: &Tie) -> Option<Permission> {
    let permission = match action {
        Action::UserShow => Permission::AdminRead,
        Action::UserCreate => Permission::AdminCreate,
        Action::UserUpdate => Permission::AdminUpdate,
        Action::UserDelete => Permission::AdminDelete,
        _ => return None,
    };
    tie.user
        .is_some_and(|user| user.role == UserRole::Admin)
        .then_some(permission)
}

fn unreached(bearer: Option<&Bearer>) -> Refused {
    Refused::forbidden(match bearer {
        Some(_) => "ensure the token or license is allowed to access all resources",
        None => "ensure a token or license is present and valid",
    })
}

/// Whether the reach of a bearer extends to a record with this tie, seen `by` these eyes.
fn reaches(reach: Reach, bearer: Option<&Bearer>, tie: &Tie, by: Option<Viewer>) -> bool {
    let visible = by == Some(Viewer::of(bearer));
    let id = bearer.map(|bearer| bearer.id);
    let itself = id.is_some() && tie.subject == id;
    let role_user = tie.user.is_some_and(|user| user.role == UserRole::User);
    let owns = |owner| matches!((id, owner), (Some(BearerId::User(me)), Some(you)) if me == you);
    let license_owner = owns(tie.license_owner);
    let owner = owns(tie.owner) || license_owner;
    let own = match id {
        Some(BearerId::Product(product)) => tie.product == Some(product),
        Some(BearerId::License(license)) => tie.license == Some(license) || tie.member,
        Some(BearerId::User(_)) => owner || tie.member || visible,
        Some(BearerId::Environment(_)) | None => false,
    };

    match reach {
        Reach::Never => false,
        Reach::All => true,
        Reach::Own => own,
        Reach::Visible => visible,
        Reach::VisibleOpen => visible && !tie.closed,
        Reach::Itself => itself,
        Reach::RoleUser => role_user,
        Reach::ItselfOrRoleUser => itself || role_user,
        Reach::ItselfOrNoStaff => itself || (tie.subject.is_some() && !staff(tie)),
        Reach::Customer => own && (tie.license.is_some() || role_user),
        Reach::SoleCustomer => {
            role_user
                && tie
                    .user
                    .is_some_and(|UserTie { sole_product, .. }| sole_product)
        }
        Reach::Owner => owner,
        Reach::LicenseOwner => license_owner,
        Reach::OwnerUnprotected => owner && !tie.protected,
        Reach::OwnerPolicyUnprotected => owner && !tie.policy_protected,
        Reach::LicenseOwnerUnprotected => license_owner && !tie.protected,
        Reach::OwnUnprotected => own && !tie.protected,
        Reach::Unprotected => !tie.protected,
        Reach::PolicyUnprotected => !tie.policy_protected,
    }
}

/// Whether the record is, or belongs to, a member of staff; a user whose role is unknown counts.
fn staff(tie: &Tie) -> bool {
    matches!(tie.subject, Some(BearerId::User(_)))
        && tie.user.is_none_or(|user| user.role != UserRole::User)
}
