//! Sends a webhook event once more.

use keystead_domain::access::Action;
use keystead_domain::words::WebhookStatus;
use keystead_domain::{Kind, Problem};
use keystead_jobs::new_job;
use keystead_store::entities::WebhookEvent;
use keystead_store::{outbox, webhook_endpoints, webhook_events};

use crate::webhooks::Deliver;
use crate::{Cx, Result};

/// Puts a copy of the event with this id on its way, whatever became of the first: to whoever is
/// called at its URL now. Receivers know it by the same token.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it, 403 by the access matrix, 422 when nobody is called at
/// its URL any more.
pub async fn retry(cx: &Cx, id: &str) -> Result<WebhookEvent> {
    cx.bearer()?;
    let event = webhook_events::find(&cx.db, &cx.scope(), id).await?;
    let event = cx.allow(Action::WebhookEventRetry, event)?.event;

    let tx = cx.begin().await?;
    let (environment, url) = (event.environment_id, event.endpoint.as_str());
    let known = event.endpoint_id;
    let endpoint = webhook_endpoints::at_url(&tx, cx.account(), environment, url, known).await?;
    let endpoint = endpoint
        .ok_or_else(|| Problem::new(Kind::UnprocessableEntity, "webhook event failed to retry"))?;
    let again = WebhookEvent {
        id: cx.ids.next(),
        endpoint_id: endpoint.id,
        status: WebhookStatus::Delivering,
        last_response_code: None,
        last_response_body: None,
        created_at: cx.now,
        updated_at: cx.now,
        ..event
    };
    let again = webhook_events::insert(&tx, again).await?;
    outbox::put(&tx, cx.now, &[new_job(&Deliver::first(again.id))]).await?;
    tx.commit().await?;
    Ok(again)
}
