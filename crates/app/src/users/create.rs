//! Creates a user: by somebody who may, or by the user itself where the account lets strangers in.

use keystead_domain::access::{Action, Role, Tie, UserTie};
use keystead_domain::draft::{self, Problems};
use keystead_domain::event::EventName;
use keystead_domain::permissions::PermissionSet;
use keystead_domain::user::normalised_email;
use keystead_domain::words::UserRole;
use keystead_domain::{At, Code, EnvironmentId, GroupId};
use keystead_signing::Secret;
use keystead_store::entities::User;
use keystead_store::{OnDuplicate, Tx, groups, users};
use serde_json::{Value, json};

use super::{Person, email_taken, judge, person_in};
use crate::herald::Payload;
use crate::passwords::hash;
use crate::{Cx, Result};

/// A user to be made.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// The address, unique in the account.
    pub email: String,
    /// The first name.
    pub first_name: Option<String>,
    /// The last name.
    pub last_name: Option<String>,
    /// The password, 6 to 72 characters; without one the user can't log in.
    pub password: Option<Secret<String>>,
    /// How the user may act: a customer when unsaid.
    pub role: Option<UserRole>,
    /// What the user may do: the role's usual permissions when unsaid.
    pub permissions: Option<Vec<String>>,
    /// Free data: an object with keys in snake case.
    pub metadata: Option<Value>,
    /// Its group.
    pub group: Option<GroupId>,
    /// Its environment: unsaid, global, or this one.
    pub environment: Option<Option<EnvironmentId>>,
}

/// Creates a user. Nobody needs to be authenticated unless the account is protected.
///
/// # Errors
/// 401, 403 by the access matrix and the rules of privilege, 422 for the draft's problems.
pub async fn create(cx: &Cx, draft: Draft) -> Result<Person> {
    let permissions = draft::permissions(draft.permissions.as_deref())?;
    let role = draft.role.unwrap_or(UserRole::User);
    let permissions = permissions.unwrap_or_else(|| PermissionSet::default_for(Role::from(role)));
    let environment = draft.environment.unwrap_or(cx.environment.id());
    let tie = Tie {
        environment,
        protected: cx.tenant.account.protected,
        user: Some(UserTie {
            role,
            permissions,
            sole_product: false,
        }),
        ..Tie::default()
    };
    cx.allow_create(Action::UserCreate, &tie)?;

    let user = User {
        id: cx.ids.next(),
        account_id: cx.account(),
        environment_id: environment,
        group_id: draft.group,
        email: normalised_email(&draft.email),
        first_name: draft.first_name,
        last_name: draft.last_name,
        password_hash: None,
        role,
        permissions,
        metadata: draft.metadata.unwrap_or_else(|| json!({})),
        banned_at: None,
        created_at: cx.now,
        updated_at: cx.now,
    };
    let mut problems = Problems::none();
    judge(&user, &mut problems);
    hash::judge(draft.password.as_ref(), &mut problems);
    problems.into_result()?;
    let user = User {
        password_hash: hash::make(draft.password).await?,
        ..user
    };

    let tx = cx.begin().await?;
    take_place_in_group(cx, &tx, user.group_id).await?;
    let user = users::insert(&tx, user).await.on_duplicate(email_taken())?;
    let event = cx.event(EventName::UserCreated.as_str(), "users", user.id.0);
    let person = person_in(cx, &tx, user).await?;
    cx.tell(&tx, event, Payload::User(&person)).await?;
    tx.commit().await?;
    Ok(person)
}

/// One of a group's places for users; the group stays locked until it is taken.
pub(super) async fn take_place_in_group(cx: &Cx, tx: &Tx, group: Option<GroupId>) -> Result<()> {
    let Some(id) = group else { return Ok(()) };
    let at = || At::Relationship("group".into());
    let group = groups::lock(tx, &cx.existing(), id).await?;
    let group = group.ok_or_else(|| Code::GroupNotFound.at(at()))?;
    let Some(max) = group.max_users else {
        return Ok(());
    };
    if users::in_group(tx, cx.account(), id).await? < max {
        return Ok(());
    }
    let detail = format!("user count has exceeded maximum allowed by current group ({max})");
    Err(Code::GroupUserLimitExceeded.says(detail, at()).into())
}
