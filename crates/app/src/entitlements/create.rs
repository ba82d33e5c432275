//! Creates an entitlement.

use keystead_domain::EnvironmentId;
use keystead_domain::access::{Action, Tie};
use keystead_domain::event::EventName;
use keystead_store::entities::Entitlement;
use keystead_store::{OnDuplicate, entitlements};
use serde_json::{Value, json};

use super::{NOUN, code_taken, problems};
use crate::herald::Payload;
use crate::{Cx, Result};

/// An entitlement to be made.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Its name.
    pub name: String,
    /// What programs ask for it by.
    pub code: String,
    /// Free data: an object with keys in snake case.
    pub metadata: Option<Value>,
    /// Its environment: unsaid, global, or this one.
    pub environment: Option<Option<EnvironmentId>>,
}

/// Creates an entitlement.
///
/// # Errors
/// 401, 403 by the access matrix, and 422 for the draft's problems.
pub async fn create(cx: &Cx, draft: Draft) -> Result<Entitlement> {
    cx.bearer()?;
    let environment = draft.environment.unwrap_or(cx.environment.id());
    let tie = Tie {
        environment,
        ..Tie::default()
    };
    cx.allow_create(Action::EntitlementCreate, &tie)?;

    let entitlement = Entitlement {
        id: cx.ids.next(),
        account_id: cx.account(),
        environment_id: environment,
        name: draft.name,
        code: draft.code,
        metadata: draft.metadata.unwrap_or_else(|| json!({})),
        created_at: cx.now,
        updated_at: cx.now,
    };
    problems(&entitlement).into_result()?;

    let tx = cx.begin().await?;
    let entitlement = entitlements::insert(&tx, entitlement)
        .await
        .on_duplicate(code_taken())?;
    let created = EventName::EntitlementCreated.as_str();
    let event = cx.event(created, NOUN, entitlement.id.0);
    cx.tell(&tx, event, Payload::Entitlement(&entitlement))
        .await?;
    tx.commit().await?;
    Ok(entitlement)
}
