//! Deletes an environment.

use keystead_domain::access::Action;
use keystead_domain::event::EventName;
use keystead_jobs::new_job;
use keystead_store::{environments, events, outbox};

use super::{Empty, NOUN, find};
use crate::{Cx, Result};

/// Removes the environment with this id or code. Nobody enters it from then on; what is in it is
/// removed by a job of the same transaction, piece by piece, however much it is.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it, 403 by the access matrix.
pub async fn delete(cx: &Cx, id_or_code: &str) -> Result<()> {
    let environment = find(cx, id_or_code).await?;
    let environment = cx.allow(Action::EnvironmentDelete, environment)?.id;

    let tx = cx.begin().await?;
    let deleted = EventName::EnvironmentDeleted.as_str();
    events::record(&tx, cx.event(deleted, NOUN, environment.0)).await?;
    environments::close(&tx, environment, cx.now).await?;
    outbox::put(&tx, cx.now, &[new_job(&Empty { environment })]).await?;
    tx.commit().await?;
    Ok(())
}
