//! Changes a pooled key.

use keystead_domain::KeyId;
use keystead_domain::access::Action;
use keystead_domain::draft::Problems;
use keystead_domain::event::EventName;
use keystead_domain::key::judge;
use keystead_signing::digest::sha256;
use keystead_store::entities::Key;
use keystead_store::keys::{self, Pooled};
use keystead_store::{OnDuplicate, diff};

use super::{NOUN, refuse_conflict, taken};
use crate::herald::Payload;
use crate::{Cx, Result};

/// A key that the bearer may change.
#[derive(Debug)]
pub struct Changeable(KeyId);

/// The key with this id, if the bearer may change it: asked before the body is read.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it, 403 by the access matrix.
pub async fn changeable(cx: &Cx, id: &str) -> Result<Changeable> {
    cx.bearer()?;
    let key = keys::find(&cx.db, &cx.scope(), id).await?;
    Ok(Changeable(cx.allow(Action::KeyUpdate, key)?.key.id))
}

/// Makes it another key; unsaid, the same.
///
/// # Errors
/// 422 for what is wrong with the new key, 404 when the old one is gone by now.
pub async fn update(cx: &Cx, key: Changeable, text: Option<String>) -> Result<Pooled> {
    let tx = cx.begin().await?;
    let Pooled { key, product } = keys::lock(&tx, &cx.scope(), key.0).await?;
    let text = text.unwrap_or_else(|| key.key.clone());
    if text != key.key {
        let mut problems = Problems::none();
        judge(&text, &mut problems);
        problems.into_result()?;
        refuse_conflict(cx, &tx, &text).await?;
    }
    let row = Key {
        key_digest: sha256(text.as_bytes()).to_vec(),
        key: text,
        updated_at: cx.now,
        ..key.clone()
    };
    let before = key;
    let key = keys::update(&tx, row).await.on_duplicate(taken())?;
    let updated = EventName::KeyUpdated.as_str();
    let mut event = cx.event(updated, NOUN, key.id.0);
    event.metadata = Some(diff(&before, &key));
    let key = Pooled { key, product };
    cx.tell(&tx, event, Payload::Key(&key)).await?;
    tx.commit().await?;
    Ok(key)
}
