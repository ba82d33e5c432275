//! The common activation in one statement: a license activates a device on itself, nobody else has
//! a say in it, and there is room.
//!
//! The license is read without a lock, in a statement shared with whoever activates at the same
//! moment; the statement that writes compares with the ceilings again. Whenever that isn't the
//! whole story, nothing is written and the common way decides, under the license's lock.

use keystead_domain::access::Action;
use keystead_domain::draft::Problems;
use keystead_domain::event::EventName;
use keystead_domain::words::{MachineLeasingStrategy, MachineUniquenessStrategy};
use keystead_store::licenses::Activatable;
use keystead_store::machines::{self, Terms, load};
use uuid::Uuid;

use super::{Draft, activation_token, check, row, seat, start_heart, taken, tie};
use crate::machines::fit::sum;
use crate::machines::{NOUN, View};
use crate::{Cx, Result};

/// Activates the machine, or leaves it to the common way.
///
/// # Errors
/// 403 by the access matrix, 422 when the license has the fingerprint already.
pub(super) async fn activate(cx: &Cx, draft: &Draft) -> Result<Option<View>> {
    if !machines::seats_at_once(&cx.db) || !draft.is_plain() || activation_token(cx).is_some() {
        return Ok(None);
    }
    let license = cx.lookups.activatable(cx.account(), draft.license).await?;
    let Some(Activatable {
        license,
        heard: false,
    }) = license
    else {
        return Ok(None);
    };
    cx.allow_create(Action::MachineCreate, &tie(cx, draft, Some(&license)))?;

    let mut problems = Problems::none();
    check(draft, &mut problems);
    let terms = Terms::of(&license.license, &license.policy);
    let machine = row(cx, draft, &license);
    let over = terms.seating().activate(sum(terms.tally(), load(&machine)));
    let alone = license.policy.machine_uniqueness_strategy
        == MachineUniquenessStrategy::UniquePerLicense
        && terms.machine_leasing_strategy == MachineLeasingStrategy::PerLicense
        && machine.group_id.is_none()
        && cx.environment.reads(terms.license_environment_id);
    if !alone || !over.is_empty() || problems.into_result().is_err() {
        return Ok(None);
    }

    let seat = seat(cx, &machine, &license, &terms);
    let loaded = start_heart(cx, machine, terms);
    let event = cx.event(
        EventName::MachineCreated.as_str(),
        NOUN,
        loaded.machine.id.0,
    );
    let seated =
        machines::seat_at_once(&cx.db, seat, &loaded.machine, loaded.pulse, &event, cx.now).await;
    Ok(seated.map_err(taken)?.then(|| View::of(cx, loaded)))
}

impl Draft {
    /// Whether nobody but the license is concerned: no owner, no group, no parts, no id of the
    /// client's own, and no fingerprint that could be one.
    fn is_plain(&self) -> bool {
        self.id.is_none()
            && self.owner.is_none()
            && self.group.is_none()
            && self.parts.is_empty()
            && Uuid::parse_str(&self.fingerprint).is_err()
    }
}
