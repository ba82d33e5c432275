//! Changes an entitlement.

use keystead_domain::EntitlementId;
use keystead_domain::access::Action;
use keystead_domain::event::EventName;
use keystead_store::entities::Entitlement;
use keystead_store::{OnDuplicate, diff, entitlements};
use serde_json::Value;

use super::{NOUN, code_taken, problems};
use crate::herald::Payload;
use crate::{Cx, Result};

/// What to change of an entitlement: an absent attribute stays.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// Its name.
    pub name: Option<String>,
    /// What programs ask for it by.
    pub code: Option<String>,
    /// Free data, replaced as a whole: an object with keys in snake case.
    pub metadata: Option<Value>,
}

/// An entitlement that the bearer may change.
#[derive(Debug)]
pub struct Changeable(EntitlementId);

/// The entitlement with this id or code, if the bearer may change it: asked before the body is
/// read.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it, 403 by the access matrix.
pub async fn changeable(cx: &Cx, id_or_code: &str) -> Result<Changeable> {
    cx.bearer()?;
    let entitlement = entitlements::find(&cx.db, &cx.scope(), id_or_code).await?;
    let id = cx.allow(Action::EntitlementUpdate, entitlement)?.id;
    Ok(Changeable(id))
}

/// Changes an entitlement.
///
/// # Errors
/// 422 for the problems of what it would become, 404 when it is gone by now.
pub async fn update(cx: &Cx, entitlement: Changeable, change: Change) -> Result<Entitlement> {
    let tx = cx.begin().await?;
    let was = entitlements::lock(&tx, &cx.scope(), entitlement.0).await?;
    let entitlement = Entitlement {
        name: change.name.unwrap_or_else(|| was.name.clone()),
        code: change.code.unwrap_or_else(|| was.code.clone()),
        metadata: change.metadata.unwrap_or_else(|| was.metadata.clone()),
        updated_at: cx.now,
        ..was.clone()
    };
    problems(&entitlement).into_result()?;
    let entitlement = entitlements::update(&tx, entitlement)
        .await
        .on_duplicate(code_taken())?;
    let updated = EventName::EntitlementUpdated.as_str();
    let mut event = cx.event(updated, NOUN, entitlement.id.0);
    event.metadata = Some(diff(&was, &entitlement));
    cx.tell(&tx, event, Payload::Entitlement(&entitlement))
        .await?;
    tx.commit().await?;
    Ok(entitlement)
}
