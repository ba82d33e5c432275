//! Puts a key into a policy's pool.

use keystead_domain::access::{Action, Scope, Tie};
use keystead_domain::draft::Problems;
use keystead_domain::event::EventName;
use keystead_domain::{At, Code, EnvironmentId, PolicyId, Refused, key};
use keystead_signing::digest::sha256;
use keystead_store::entities::{Key, Policy};
use keystead_store::keys::{self, Pooled};
use keystead_store::{OnDuplicate, policies};

use super::{NOUN, refuse_conflict, taken};
use crate::herald::Payload;
use crate::{Cx, Result};

/// A key to be put into a pool.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The key.
    pub key: String,
    /// The policy whose pool it is for.
    pub policy: PolicyId,
    /// Its environment: unsaid, global, or this one.
    pub environment: Option<Option<EnvironmentId>>,
}

/// Puts a key into a policy's pool.
///
/// # Errors
/// 401, 403 by the access matrix (also when a product names a policy that isn't there), and 422
/// for the draft's problems.
pub async fn create(cx: &Cx, draft: Draft) -> Result<Pooled> {
    cx.bearer()?;
    let environment = draft.environment.unwrap_or(cx.environment.id());
    // In whatever environment it is: a wrong one is told as such.
    let policy = policies::by_id(&cx.db, &Scope::system(cx.account()), draft.policy).await?;
    let tie = Tie {
        environment,
        product: policy.as_ref().map(|policy| policy.product_id),
        ..Tie::default()
    };
    cx.allow_create(Action::KeyCreate, &tie)?;
    problems(cx, &draft, policy.as_ref()).into_result()?;
    let policy = policy.ok_or_else(|| Refused::missing("policy"))?;

    let tx = cx.begin().await?;
    refuse_conflict(cx, &tx, &draft.key).await?;
    let row = Key {
        id: cx.ids.next(),
        account_id: cx.account(),
        environment_id: environment,
        policy_id: policy.id,
        key_digest: sha256(draft.key.as_bytes()).to_vec(),
        key: draft.key,
        created_at: cx.now,
        updated_at: cx.now,
    };
    let key = keys::insert(&tx, row).await.on_duplicate(taken())?;
    let created = EventName::KeyCreated.as_str();
    let event = cx.event(created, NOUN, key.id.0);
    let key = Pooled {
        key,
        product: policy.product_id,
    };
    cx.tell(&tx, event, Payload::Key(&key)).await?;
    tx.commit().await?;
    Ok(key)
}

fn problems(cx: &Cx, draft: &Draft, policy: Option<&Policy>) -> Problems {
    let at = |name: &'static str| At::Relationship(name.into());
    let mut problems = Problems::none();
    match policy {
        None => problems.add(Code::PolicyNotFound.at(at("policy"))),
        Some(policy) if !cx.environment.reads(policy.environment_id) => {
            let detail = "must be compatible with policy environment";
            problems.add(Code::EnvironmentNotAllowed.says(detail, at("environment")));
        }
        Some(policy) if !policy.use_pool => {
            problems.add(Code::PolicyNotSupported.at(at("policy")));
        }
        Some(_) => {}
    }
    key::judge(&draft.key, &mut problems);
    problems
}
