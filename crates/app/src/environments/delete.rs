//! Deletes an environment.

use keystead_domain::access::Action;
use keystead_domain::event::EventName;
use keystead_jobs::new_job;
use keystead_store::{environments, outbox};

use super::{Empty, NOUN, find};
use crate::herald::Payload;
use crate::{Cx, Result};

/// Removes the environment with this id or code. Nobody enters it from then on; what is in it is
/// removed by a job of the same transaction, piece by piece, however much it is.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it, 403 by the access matrix.
pub async fn delete(cx: &Cx, id_or_code: &str) -> Result<()> {
    let environment = find(cx, id_or_code).await?;
    let gone = cx.allow(Action::EnvironmentDelete, environment)?;
    let environment = gone.id;

    let tx = cx.begin().await?;
    let event = cx.event(EventName::EnvironmentDeleted.as_str(), NOUN, environment.0);
    cx.tell(&tx, event, Payload::Environment(&gone)).await?;
    environments::close(&tx, environment, cx.now).await?;
    outbox::put(&tx, cx.now, &[new_job(&Empty { environment })]).await?;
    tx.commit().await?;
    Ok(())
}
