//! The pool of a policy: keys made beforehand, each handed out once.

use keystead_domain::access::Action;
use keystead_domain::event::EventName;
use keystead_domain::{At, Kind, Problem, Refused};
use keystead_store::entities::Policy;
use keystead_store::keys::{self, Filter, Pooled};
use keystead_store::page::{Direction, Page, Slice};
use keystead_store::policies;

use crate::herald::Payload;
use crate::keys::NOUN;
use crate::{Cx, Result};

/// The keys in the pool of the policy with this id, a page at a time; none when it uses no pool.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the policy, 403 by the access matrix.
pub async fn list(cx: &Cx, id: &str, page: Page, direction: Direction) -> Result<Slice<Pooled>> {
    let policy = allowed(cx, id, Action::PolicyPool).await?;
    let filter = Filter {
        policy: Some(policy.id.to_string()),
        ..Filter::default()
    };
    Ok(keys::list(&cx.db, &cx.scope(), &filter, page, direction).await?)
}

/// One of the keys in the policy's pool, by its id.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the policy or the key is not in its pool, 403 by the
/// access matrix.
pub async fn show(cx: &Cx, id: &str, key: &str) -> Result<Pooled> {
    let policy = allowed(cx, id, Action::PolicyPool).await?;
    let found = keys::find(&cx.db, &cx.scope(), key).await?;
    if found.peek().key.policy_id != policy.id {
        return Err(Refused::not_found("key", key).into());
    }
    Ok(cx.allow(Action::KeyShow, found)?)
}

/// Takes the oldest key out of the policy's pool: nobody else will get it.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the policy, 403 by the access matrix, 422 when it uses no
/// pool or the pool is empty.
pub async fn pop(cx: &Cx, id: &str) -> Result<Pooled> {
    let policy = allowed(cx, id, Action::PolicyPoolPop).await?;
    if !policy.use_pool {
        return Err(about_pool("pool is not supported").into());
    }

    let tx = cx.begin().await?;
    let key = keys::pop(&tx, &cx.scope(), policy.id).await?;
    let key = key.ok_or_else(|| about_pool("pool is empty"))?;
    let popped = EventName::PolicyPoolPopped.as_str();
    let event = cx.event(popped, NOUN, key.id.0);
    let key = Pooled {
        key,
        product: policy.product_id,
    };
    cx.tell(&tx, event, Payload::Key(&key)).await?;
    tx.commit().await?;
    Ok(key)
}

fn about_pool(detail: &'static str) -> Problem {
    Problem::new(Kind::UnprocessableEntity, detail).at(At::Relationship("pool".into()))
}

async fn allowed(cx: &Cx, id: &str, action: Action) -> Result<Policy> {
    cx.bearer()?;
    let policy = policies::find(&cx.db, &cx.scope(), id).await?;
    Ok(cx.allow(action, policy)?)
}
