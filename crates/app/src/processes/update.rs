//! Changes a process: its metadata.

use keystead_domain::access::{Action, Role};
use keystead_domain::draft::Problems;
use keystead_domain::event::EventName;
use keystead_store::diff;
use keystead_store::processes::{self, Loaded};
use serde_json::Value;

use super::show::find;
use super::{NOUN, View};
use crate::herald::Payload;
use crate::{Cx, Result};

/// A process that the bearer may change.
#[derive(Debug)]
pub struct Changeable {
    loaded: Loaded,
    /// Whether the bearer may write its metadata.
    pub describable: bool,
}

/// The process with this id, if the bearer may change it: asked before the body is read.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it, 403 by the access matrix.
pub async fn changeable(cx: &Cx, id: &str) -> Result<Changeable> {
    let role = cx.bearer()?.role;
    let process = find(cx, id).await?;
    Ok(Changeable {
        loaded: cx.allow(Action::ProcessUpdate, process)?,
        describable: !matches!(role, Role::User | Role::License),
    })
}

/// Changes a process; its metadata is replaced as a whole.
///
/// # Errors
/// 422 for the problems of the change.
pub async fn update(cx: &Cx, process: Changeable, metadata: Option<Value>) -> Result<View> {
    let mut loaded = process.loaded;
    let before = loaded.process.clone();
    let mut problems = Problems::none();
    if let Some(metadata) = metadata {
        problems.metadata(&metadata);
        loaded.process.metadata = metadata;
    }
    problems.into_result()?;
    loaded.process.updated_at = cx.now;

    let tx = cx.begin().await?;
    loaded.process = processes::update(&tx, loaded.process).await?;
    let view = View::of(cx, loaded);
    let id = view.loaded.process.id.0;
    let mut event = cx.event(EventName::ProcessUpdated.as_str(), NOUN, id);
    event.metadata = Some(diff(&before, &view.loaded.process));
    cx.tell(&tx, event, Payload::Process(&view)).await?;
    tx.commit().await?;
    Ok(view)
}
