//! Changes a component.

use keystead_domain::Code;
use keystead_domain::access::{Action, Role};
use keystead_domain::draft::Problems;
use keystead_domain::event::EventName;
use keystead_store::components::{self, Loaded};
use keystead_store::diff;
use serde_json::Value;

use super::NOUN;
use super::show::find;
use crate::herald::Payload;
use crate::{Cx, Result};

/// What to change of a component: an absent attribute stays.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// A name for people.
    pub name: Option<String>,
    /// Free data, replaced as a whole: an object with keys in snake case.
    pub metadata: Option<Value>,
}

/// A component that the bearer may change.
#[derive(Debug)]
pub struct Changeable {
    loaded: Loaded,
    /// Whether the bearer may write its metadata.
    pub describable: bool,
}

/// The component with this id, if the bearer may change it: asked before the body is read.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it, 403 by the access matrix.
pub async fn changeable(cx: &Cx, id: &str) -> Result<Changeable> {
    let role = cx.bearer()?.role;
    let component = find(cx, id).await?;
    Ok(Changeable {
        loaded: cx.allow(Action::ComponentUpdate, component)?,
        describable: !matches!(role, Role::User | Role::License),
    })
}

/// Changes a component.
///
/// # Errors
/// 422 for the problems of the change.
pub async fn update(cx: &Cx, component: Changeable, change: Change) -> Result<Loaded> {
    let mut loaded = component.loaded;
    let before = loaded.component.clone();
    let mut problems = Problems::none();
    if let Some(name) = change.name {
        problems.short(&name, Code::NameTooLong, "name");
        loaded.component.name = name;
    }
    if let Some(metadata) = change.metadata {
        problems.metadata(&metadata);
        loaded.component.metadata = metadata;
    }
    problems.into_result()?;
    loaded.component.updated_at = cx.now;

    let tx = cx.begin().await?;
    loaded.component = components::update(&tx, loaded.component).await?;
    let id = loaded.component.id.0;
    let mut event = cx.event(EventName::ComponentUpdated.as_str(), NOUN, id);
    event.metadata = Some(diff(&before, &loaded.component));
    cx.tell(&tx, event, Payload::Component(&loaded)).await?;
    tx.commit().await?;
    Ok(loaded)
}
