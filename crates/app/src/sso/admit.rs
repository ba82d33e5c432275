//! Makes a session of a profile: the user is found or made, brought up to date, and let in, in one
//! transaction.

use keystead_domain::access::{Bearer, BearerId, Role, Scope};
use keystead_domain::draft::Problems;
use keystead_domain::event::EventName;
use keystead_domain::sso::{Failure, Profile, Terms, role};
use keystead_domain::words::UserRole;
use keystead_store::entities::{Session, SsoIdentity, User};
use keystead_store::{OnDuplicate, Tx, diff, sso, tokens, users};
use serde_json::json;

use super::finish::broken;
use crate::herald::Payload;
use crate::tokens::enters;
use crate::users::{email_taken, judge, person_in, update};
use crate::{Cx, Error, Result, sessions, settings};

/// Opens a session for whoever has this profile.
///
/// # Errors
/// When nobody has it and the account makes no users, or when it makes no valid user.
pub(super) async fn admit(cx: &Cx, terms: &Terms, profile: Profile) -> Result<Session, Failure> {
    let named = role(profile.role.as_deref());
    let tx = cx.begin().await.map_err(broken)?;
    let user = match find(cx, &tx, &profile).await.map_err(broken)? {
        Some(user) if user.banned_at.is_some() => return Err(Failure::user_not_allowed()),
        Some(user) => {
            let role = match terms.sync_roles {
                true => named?.unwrap_or(user.role),
                false => user.role,
            };
            refresh(cx, &tx, user, role, &profile).await
        }
        None if terms.jit_provisioning => {
            let role = named?.unwrap_or(UserRole::User);
            provision(cx, &tx, role, &profile).await
        }
        None => return Err(Failure::user_not_found()),
    };
    let user = user.map_err(invalid)?;
    let opened = sessions::sign_on(cx, &tx, &user, terms.session_ttl()).await;
    let session = opened.map_err(|error| {
        broken(error);
        Failure::session_invalid()
    })?;
    tx.commit().await.map_err(broken)?;
    Ok(session)
}

/// What is wrong with a user is the profile's fault; everything else is ours.
fn invalid(error: Error) -> Failure {
    match error {
        Error::Refused(refused) => {
            tracing::info!(%refused, "a profile makes no valid user");
            Failure::user_invalid()
        }
        other => broken(other),
    }
}

/// The user with this profile, else with its address: of the environment, or a global admin.
async fn find(cx: &Cx, tx: &Tx, profile: &Profile) -> Result<Option<User>> {
    let account = cx.account();
    if let Some(identity) = sso::identity(tx, account, &profile.id).await? {
        let known = users::by_id(tx, &Scope::system(account), identity.user_id).await?;
        if let Some(known) = known.filter(|user| enters(user, cx.environment)) {
            return Ok(Some(known));
        }
    }
    let known = users::by_email(tx, account, &profile.email).await?;
    Ok(known.filter(|user| enters(user, cx.environment)))
}

/// Brings a user up to date with the profile. A new role ends the user's tokens, as it does when
/// somebody changes it by hand, and is refused to the last admin.
async fn refresh(cx: &Cx, tx: &Tx, user: User, role: UserRole, profile: &Profile) -> Result<User> {
    let scope = Scope::system(cx.account());
    let before = update::lock(tx, &scope, update::Changeable::of(&user)).await?;
    let promoted = role != before.role;
    let permissions = match promoted {
        true => before.permissions.after_role_change(Role::from(role)),
        false => before.permissions,
    };
    let after = User {
        email: profile.email.clone(),
        first_name: profile.first_name.clone().or(before.first_name.clone()),
        last_name: profile.last_name.clone().or(before.last_name.clone()),
        role,
        permissions,
        ..before.clone()
    };
    if after != before {
        let after = User {
            updated_at: cx.now,
            ..after.clone()
        };
        let mut problems = Problems::none();
        judge(&after, &mut problems);
        problems.into_result()?;
        update::keep_an_admin(tx, &scope, &before, Some(&after)).await?;
        users::update(tx, after.clone())
            .await
            .on_duplicate(email_taken())?;
        if promoted {
            tokens::delete_of(tx, BearerId::User(after.id), None).await?;
        }
        tell(cx, tx, EventName::UserUpdated, &after, Some(&before)).await?;
    }
    identify(cx, tx, &after, profile).await?;
    Ok(after)
}

/// Makes a user of the profile, in the environment that is signed on to, without a password.
async fn provision(cx: &Cx, tx: &Tx, role: UserRole, profile: &Profile) -> Result<User> {
    let user = User {
        id: cx.ids.next(),
        account_id: cx.account(),
        environment_id: cx.environment.id(),
        group_id: None,
        email: profile.email.clone(),
        first_name: profile.first_name.clone(),
        last_name: profile.last_name.clone(),
        password_hash: None,
        role,
        permissions: settings::default_permissions(cx, Role::from(role)).await?,
        metadata: json!({}),
        banned_at: None,
        created_at: cx.now,
        updated_at: cx.now,
    };
    let mut problems = Problems::none();
    judge(&user, &mut problems);
    problems.into_result()?;
    let user = users::insert(tx, user).await.on_duplicate(email_taken())?;
    tell(cx, tx, EventName::UserCreated, &user, None).await?;
    identify(cx, tx, &user, profile).await?;
    Ok(user)
}

async fn identify(cx: &Cx, tx: &Tx, user: &User, profile: &Profile) -> Result<()> {
    let identity = SsoIdentity {
        id: cx.ids.next(),
        account_id: user.account_id,
        user_id: user.id,
        profile_id: profile.id.clone(),
        connection_id: profile.connection.clone(),
        idp_id: profile.idp.clone(),
        created_at: cx.now,
        updated_at: cx.now,
    };
    sso::identify(tx, identity)
        .await
        .on_duplicate(email_taken())?;
    Ok(())
}

/// Tells of what the user did by signing on.
async fn tell(cx: &Cx, tx: &Tx, name: EventName, user: &User, before: Option<&User>) -> Result<()> {
    let cx = cx.with_bearer(Bearer {
        role: user.role.into(),
        id: BearerId::User(user.id),
        environment: user.environment_id,
        permissions: user.permissions,
        token: None,
    });
    let mut event = cx.event(name.as_str(), "users", user.id.0);
    event.metadata = before.map(|before| diff(before, user));
    let person = person_in(&cx, tx, user.clone()).await?;
    cx.tell(tx, event, Payload::User(&person)).await
}
