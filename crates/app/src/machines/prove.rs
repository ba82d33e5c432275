//! Proves a machine's activation: one signed line that its app can verify without a connection
//! (machines §4.3). Deprecated by machine files.

use std::sync::Arc;

use keystead_domain::Refused;
use keystead_domain::access::Action;
use keystead_domain::event::EventName;
use keystead_signing::proof;
use keystead_store::licenses::{self, Loaded as License};
use keystead_store::machines::Loaded;
use serde_json::{Value, json};

use super::show::find;
use super::{NOUN, View};
use crate::herald::Payload;
use crate::{Cx, Error, Result};

/// A machine whose activation the bearer may have proven.
#[derive(Debug)]
pub struct Provable(Loaded);

/// The machine with this id or fingerprint, if the bearer may have a proof of it: asked before the
/// body is read.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it, 403 by the access matrix.
pub async fn provable(cx: &Cx, id_or_fingerprint: &str) -> Result<Provable> {
    let machine = find(cx, id_or_fingerprint).await?;
    Ok(Provable(cx.allow(Action::MachineProof, machine)?))
}

/// The machine, and a proof of `dataset` or, without one, of who the machine and its license are.
///
/// # Errors
/// When the license is gone by now, or the account's key can't sign.
pub async fn prove(
    cx: &Cx,
    Provable(machine): Provable,
    dataset: Option<Value>,
) -> Result<(View, String)> {
    let id = machine.machine.id;
    let dataset = match dataset {
        Some(dataset) => dataset,
        None => {
            let license = machine.machine.license_id;
            let license = licenses::by_id(&cx.db, &cx.existing(), license).await?;
            let license = license.ok_or_else(|| Refused::missing("license"))?;
            usual(cx, &machine, &license)
        }
    };
    let tenant = Arc::clone(&cx.tenant);
    let sign = move || proof::prove(&dataset.to_string(), &tenant.signer);
    // RSA takes as long as twenty of the others: it would hold up everyone on this thread.
    let proof = tokio::task::spawn_blocking(sign)
        .await
        .map_err(Error::failed)?
        .map_err(Error::failed)?;

    let view = View::of(cx, machine);
    let tx = cx.begin().await?;
    let event = cx.event(EventName::MachineProofsGenerated.as_str(), NOUN, id.0);
    cx.tell(&tx, event, Payload::Machine(&view)).await?;
    tx.commit().await?;
    Ok((view, proof))
}

/// What a proof holds when nobody says.
fn usual(cx: &Cx, Loaded { machine, .. }: &Loaded, loaded: &License) -> Value {
    let License {
        license, policy, ..
    } = loaded;
    let wire =
        |at: chrono::DateTime<chrono::Utc>| at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
    json!({
        "account": { "id": cx.account().0 },
        "product": { "id": license.product_id.0 },
        "policy": { "id": policy.id.0, "duration": policy.duration },
        "license": {
            "id": license.id.0,
            "key": license.key,
            "expiry": license.expiry.map(wire),
        },
        "machine": {
            "id": machine.id.0,
            "fingerprint": machine.fingerprint,
            "created": wire(machine.created_at),
        },
        "ts": wire(cx.now),
    })
}
