//! Changes an environment.

use keystead_domain::EnvironmentId;
use keystead_domain::access::Action;
use keystead_domain::event::EventName;
use keystead_store::entities::Environment;
use keystead_store::{OnDuplicate, environments};

use super::{NOUN, code_taken, find, problems};
use crate::herald::Payload;
use crate::{Cx, Result};

/// What to change of an environment: an absent attribute stays. Whether it is isolated can't be
/// changed: records would turn up where nobody expects them.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// Its name.
    pub name: Option<String>,
    /// A name to look it up by, beside its id.
    pub code: Option<String>,
}

/// An environment that the bearer may change.
#[derive(Debug)]
pub struct Changeable(EnvironmentId);

/// The environment with this id or code, if the bearer may change it: asked before the body is
/// read.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it, 403 by the access matrix.
pub async fn changeable(cx: &Cx, id_or_code: &str) -> Result<Changeable> {
    let environment = find(cx, id_or_code).await?;
    let id = cx.allow(Action::EnvironmentUpdate, environment)?.id;
    Ok(Changeable(id))
}

/// Changes an environment.
///
/// # Errors
/// 422 for the problems of what it would become, 404 when it is gone by now.
pub async fn update(cx: &Cx, environment: Changeable, change: Change) -> Result<Environment> {
    let tx = cx.begin().await?;
    let was = environments::lock(&tx, &cx.scope(), environment.0).await?;
    let environment = Environment {
        name: change.name.unwrap_or(was.name),
        code: change.code.unwrap_or(was.code),
        updated_at: cx.now,
        ..was
    };
    problems(&environment).into_result()?;
    let environment = environments::update(&tx, environment)
        .await
        .on_duplicate(code_taken())?;
    let event = cx.event(
        EventName::EnvironmentUpdated.as_str(),
        NOUN,
        environment.id.0,
    );
    cx.tell(&tx, event, Payload::Environment(&environment))
        .await?;
    tx.commit().await?;
    Ok(environment)
}
