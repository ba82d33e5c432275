//! Gives a license another owner or another group.

use keystead_domain::access::{Action, Scope};
use keystead_domain::admission::{Member, join};
use keystead_domain::event::EventName;
use keystead_domain::{At, Code, GroupId, LicenseId, Problem, Refused, UserId};
use keystead_store::entities::User;
use keystead_store::licenses::{self, Loaded, members};
use keystead_store::{Tx, groups};

use super::show::find;
use super::{NOUN, as_owner, limits, too_many_users};
use crate::herald::Payload;
use crate::{Cx, Result};

/// A license whose owner the bearer may change.
#[derive(Debug)]
pub struct Ownable {
    id: LicenseId,
    event: EventName,
}

/// The license with this id or key, if the bearer may change its owner: asked before the body is
/// read.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it, 403 by the access matrix.
pub async fn ownable(cx: &Cx, id_or_key: &str) -> Result<Ownable> {
    let license = find(cx, id_or_key).await?;
    let license = cx.allow(Action::LicenseOwnerUpdate, license)?.license;
    Ok(Ownable {
        id: license.id,
        event: EventName::LicenseOwnerUpdated,
    })
}

/// The same on the path that older clients know: the license's user.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it, 403 by the access matrix.
pub async fn user_changeable(cx: &Cx, id_or_key: &str) -> Result<Ownable> {
    let license = find(cx, id_or_key).await?;
    let license = cx.allow(Action::LicenseUserUpdate, license)?.license;
    Ok(Ownable {
        id: license.id,
        event: EventName::LicenseUserUpdated,
    })
}

/// Gives a license another owner, or none. One without a group joins its new owner's; the group
/// stays when the owner goes.
///
/// # Errors
/// 422 when there is no such user, it is attached already, or the license or the group is full;
/// 404 when the license is gone by now.
pub async fn change_owner(cx: &Cx, license: Ownable, owner: Option<UserId>) -> Result<Loaded> {
    let Ownable { id, event } = license;
    let tx = cx.begin().await?;
    let named: Vec<_> = owner.into_iter().collect();
    let user = members::keep(&tx, &Scope::system(cx.account()), &named).await?;
    let user = user.into_iter().next();
    let mut loaded = lock(cx, &tx, id).await?;

    let problems = problems(cx, &tx, &loaded, owner, user.as_ref()).await?;
    Refused::unless_empty(problems)?;
    let inherited = user.as_ref().and_then(|user| user.group_id);
    let group = loaded.license.group_id.or(inherited);
    if group != loaded.license.group_id {
        join_group(cx, &tx, group).await?;
    }
    let max = limits(&loaded).users;
    let ceiling = loaded.policy.overage_strategy.ceiling(max);
    if !members::set_owner(&tx, id, owner, group, ceiling, cx.now).await? {
        return Err(too_many_users(max).into());
    }
    loaded.license = members::reread(&tx, id).await?;
    loaded.owner = user.map(as_owner);
    let event = cx.event(event.as_str(), NOUN, id.0);
    cx.tell(&tx, event, Payload::License(&loaded)).await?;
    tx.commit().await?;
    Ok(loaded)
}

/// What is wrong with the user as the license's owner.
async fn problems(
    cx: &Cx,
    tx: &Tx,
    loaded: &Loaded,
    wanted: Option<UserId>,
    user: Option<&User>,
) -> Result<Vec<Problem>> {
    let Some(wanted) = wanted else {
        return Ok(Vec::new());
    };
    let at = || At::Relationship("owner".into());
    let Some(user) = user else {
        return Ok(vec![Code::OwnerNotFound.at(at())]);
    };
    let mut problems = Vec::new();
    if !cx.environment.reads(user.environment_id) {
        let detail = "must be compatible with owner environment";
        let at = At::Relationship("environment".into());
        problems.push(Code::EnvironmentNotAllowed.says(detail, at));
    }
    let attached = members::attached(tx, loaded.license.id, &[wanted]).await?;
    if !attached.is_empty() {
        let detail = "already exists (user is attached through users)";
        problems.push(Code::OwnerInvalid.says(detail, at()));
    }
    Ok(problems)
}

/// Moves the license with this id or key to another group, or out of all.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it, 403 by the access matrix, 422 when there is no such
/// group or it is full.
pub async fn change_group(cx: &Cx, id_or_key: &str, group: Option<GroupId>) -> Result<Loaded> {
    let license = find(cx, id_or_key).await?;
    let id = cx.allow(Action::LicenseGroupUpdate, license)?.license.id;

    let tx = cx.begin().await?;
    let mut loaded = lock(cx, &tx, id).await?;
    // Who stays where they are take no place.
    if group != loaded.license.group_id {
        join_group(cx, &tx, group).await?;
    }
    loaded.license.group_id = group;
    loaded.license.updated_at = cx.now;
    loaded.license = licenses::update(&tx, loaded.license).await?;
    let updated = EventName::LicenseGroupUpdated.as_str();
    let event = cx.event(updated, NOUN, id.0);
    cx.tell(&tx, event, Payload::License(&loaded)).await?;
    tx.commit().await?;
    Ok(loaded)
}

/// One of a group's places for licenses; the group stays locked until it is taken.
pub(super) async fn join_group(cx: &Cx, tx: &Tx, group: Option<GroupId>) -> Result<()> {
    let Some(id) = group else { return Ok(()) };
    let at = |name: &'static str| At::Relationship(name.into());
    let group = groups::lock(tx, &Scope::system(cx.account()), id).await?;
    let group = group.ok_or_else(|| Code::GroupNotFound.at(at("group")))?;
    if !cx.environment.reads(group.environment_id) {
        let detail = "must be compatible with group environment";
        return Err(Code::EnvironmentNotAllowed
            .says(detail, at("environment"))
            .into());
    }
    let count = groups::licenses(tx, cx.account(), id).await?;
    match join(Member::License, count, group.max_licenses) {
        Some(problem) => Err(problem.into()),
        None => Ok(()),
    }
}

/// The license, which the bearer was allowed to change already, with its row locked.
pub(super) async fn lock(cx: &Cx, tx: &Tx, id: LicenseId) -> Result<Loaded> {
    let seen = licenses::lock(tx, &Scope::system(cx.account()), id).await?;
    Ok(seen.peek().clone())
}
