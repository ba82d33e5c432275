//! Changes a policy: all of its licenses live by the new terms at once.

use keystead_domain::access::Action;
use keystead_domain::draft::Problems;
use keystead_domain::event::EventName;
use keystead_domain::policy::Changes;
use keystead_domain::{PolicyId, Refused};
use keystead_jobs::new_job;
use keystead_store::entities::Policy;
use keystead_store::{diff, outbox, policies};
use serde_json::Value;

use super::NOUN;
use super::terms::{Frame, row, terms};
use crate::heartbeats::Rewindow;
use crate::herald::Payload;
use crate::{Cx, Result};

/// What to change of a policy: an absent attribute stays.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// What it says.
    pub terms: Changes,
    /// Free data, replaced as a whole: an object with keys in snake case.
    pub metadata: Option<Value>,
}

/// A policy that the bearer may change.
#[derive(Debug)]
pub struct Changeable(PolicyId);

/// The policy with this id, if the bearer may change it: asked before the body is read.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it, 403 by the access matrix.
pub async fn changeable(cx: &Cx, id: &str) -> Result<Changeable> {
    cx.bearer()?;
    let policy = policies::find(&cx.db, &cx.scope(), id).await?;
    Ok(Changeable(cx.allow(Action::PolicyUpdate, policy)?.id))
}

/// Changes a policy.
///
/// # Errors
/// 422 for the problems of what it would become, 404 when it is gone by now.
pub async fn update(cx: &Cx, policy: Changeable, change: Change) -> Result<Policy> {
    let tx = cx.begin().await?;
    let before = policies::lock(&tx, &cx.scope(), policy.0).await?;
    let policy = policies::update(&tx, changed(cx, &before, change)?).await?;
    let updated = EventName::PolicyUpdated.as_str();
    let mut event = cx.event(updated, NOUN, policy.id.0);
    event.metadata = Some(diff(&before, &policy));
    cx.tell(&tx, event, Payload::Policy(&policy)).await?;
    if window(&policy) != window(&before) {
        // With the change or not at all: a crash leaves no machine to its old window.
        let rewindow = Rewindow {
            policy: policy.id,
            license: None,
        };
        outbox::put(&tx, cx.now, &[new_job(&rewindow)]).await?;
    }
    tx.commit().await?;
    Ok(policy)
}

fn changed(cx: &Cx, policy: &Policy, change: Change) -> Result<Policy, Refused> {
    let metadata = change.metadata.unwrap_or_else(|| policy.metadata.clone());
    let mut problems = Problems::none();
    let terms = problems.take(terms(policy).revise(change.terms));
    problems.metadata(&metadata);
    problems.into_result()?;
    let frame = Frame {
        id: policy.id,
        account_id: policy.account_id,
        environment_id: policy.environment_id,
        product_id: policy.product_id,
        require_environment_scope: policy.require_environment_scope,
        metadata,
        created_at: policy.created_at,
        updated_at: cx.now,
    };
    Ok(row(frame, terms.expect("what is missing is a problem")))
}

/// What decides when machines are looked at next.
fn window(policy: &Policy) -> (bool, Option<i64>) {
    (policy.require_heartbeat, policy.heartbeat_duration)
}
