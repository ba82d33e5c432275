//! Creates a policy.

use keystead_domain::access::{Action, Tie};
use keystead_domain::draft::Problems;
use keystead_domain::event::EventName;
use keystead_domain::policy::{Changes, Terms};
use keystead_domain::{At, Code, EnvironmentId, ProductId, Refused};
use keystead_store::entities::{Policy, Product};
use keystead_store::{policies, products};
use serde_json::{Value, json};

use super::NOUN;
use super::terms::{Frame, row};
use crate::herald::Payload;
use crate::{Cx, Result};

/// A policy to be made.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The product whose licenses it is for.
    pub product: ProductId,
    /// What it says; the rest is as the client's version has it by default.
    pub terms: Changes,
    /// Free data: an object with keys in snake case.
    pub metadata: Option<Value>,
    /// Its environment: unsaid, global, or this one.
    pub environment: Option<Option<EnvironmentId>>,
}

/// Creates a policy.
///
/// # Errors
/// 401, 403 by the access matrix (also when a product names one that isn't there), and 422 for
/// the draft's problems.
pub async fn create(cx: &Cx, draft: Draft) -> Result<Policy> {
    cx.bearer()?;
    let environment = draft.environment.unwrap_or(cx.environment.id());
    let product = products::by_id(&cx.db, &cx.existing(), draft.product).await?;
    let tie = Tie {
        environment,
        product: product.as_ref().map(|product| product.id),
        ..Tie::default()
    };
    cx.allow_create(Action::PolicyCreate, &tie)?;
    let policy = drafted(cx, draft, product, environment)?;

    let tx = cx.begin().await?;
    let policy = policies::insert(&tx, policy).await?;
    let event = cx.event(EventName::PolicyCreated.as_str(), NOUN, policy.id.0);
    cx.tell(&tx, event, Payload::Policy(&policy)).await?;
    tx.commit().await?;
    Ok(policy)
}

fn drafted(
    cx: &Cx,
    draft: Draft,
    product: Option<Product>,
    environment: Option<EnvironmentId>,
) -> Result<Policy, Refused> {
    let protected = cx.tenant.account.protected;
    let metadata = draft.metadata.unwrap_or_else(|| json!({}));
    let mut problems = Problems::none();
    if product.is_none() {
        problems.add(Code::ProductNotFound.at(At::Relationship("product".into())));
    }
    let terms = problems.take(Terms::draft(draft.terms, cx.version, protected));
    problems.metadata(&metadata);
    problems.into_result()?;
    let (product, terms) = product.zip(terms).expect("what is missing is a problem");
    let frame = Frame {
        id: cx.ids.next(),
        account_id: cx.account(),
        environment_id: environment,
        product_id: product.id,
        require_environment_scope: false,
        metadata,
        created_at: cx.now,
        updated_at: cx.now,
    };
    Ok(row(frame, terms))
}
