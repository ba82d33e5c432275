//! Moves a license to another policy.

use keystead_domain::access::{Action, Scope, Tie};
use keystead_domain::event::EventName;
use keystead_domain::policy::Nature;
use keystead_domain::term::{self, CalendarDuration};
use keystead_domain::{At, Code, PolicyId};
use keystead_jobs::new_job;
use keystead_store::entities::Policy;
use keystead_store::licenses::{self, Loaded};
use keystead_store::{outbox, policies};

use super::NOUN;
use super::bind::lock;
use super::show::find;
use crate::heartbeats::Rewindow;
use crate::herald::Payload;
use crate::{Cx, Result};

/// Moves the license with this id or key to a policy that its key and its machines can live
/// under, of another product too; what the license has of its own stays (licensing §3.6).
///
/// # Errors
/// 401, 404 when the bearer doesn't see the license, 403 by the access matrix for either, 422
/// when there is no such policy or it is too different.
pub async fn transfer(cx: &Cx, id_or_key: &str, policy: PolicyId) -> Result<Loaded> {
    let license = find(cx, id_or_key).await?;
    let id = cx.allow(Action::LicensePolicyUpdate, license)?.license.id;

    let tx = cx.begin().await?;
    // The policy first, as where a policy takes its licenses along.
    let policy = policies::keep(&tx, &Scope::system(cx.account()), policy).await?;
    cx.allow_create(Action::LicensePolicyTarget, &tie(cx, policy.as_ref()))?;
    let policy =
        policy.ok_or_else(|| Code::PolicyNotFound.at(At::Relationship("policy".into())))?;
    let Loaded {
        mut license,
        policy: before,
        owner,
        member,
    } = lock(cx, &tx, id).await?;
    nature(&before).may_become(&nature(&policy))?;

    let duration = policy.duration.and_then(CalendarDuration::from_seconds);
    license.expiry = term::transfer(license.expiry, policy.transfer_strategy, duration, cx.now);
    license.product_id = policy.product_id;
    license.policy_id = policy.id;
    license.updated_at = cx.now;
    let license = licenses::update(&tx, license).await?;
    let event = cx.event(EventName::LicensePolicyUpdated.as_str(), NOUN, id.0);
    if license.machines_count > 0 {
        // With the change or not at all: no machine is left to its old policy's window.
        let rewindow = Rewindow {
            policy: policy.id,
            license: Some(id),
        };
        outbox::put(&tx, cx.now, &[new_job(&rewindow)]).await?;
    }
    let license = Loaded {
        license,
        policy,
        owner,
        member,
    };
    cx.tell(&tx, event, Payload::License(&license)).await?;
    tx.commit().await?;
    Ok(license)
}

/// How the policy hangs together with bearers; one that isn't there belongs to nobody.
fn tie(cx: &Cx, policy: Option<&Policy>) -> Tie {
    use keystead_domain::access::Tied;
    policy.map_or_else(
        || Tie {
            environment: cx.environment.id(),
            ..Tie::default()
        },
        Tied::tie,
    )
}

fn nature(policy: &Policy) -> Nature {
    Nature {
        encrypted: policy.encrypted,
        use_pool: policy.use_pool,
        scheme: policy.scheme,
        machines: policy.machine_uniqueness_strategy,
        components: policy.component_uniqueness_strategy,
    }
}
