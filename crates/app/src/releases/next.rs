//! What comes after a release: how it is looked for, and what is told when somebody gets it.

use std::cmp::Ordering;

use keystead_domain::event::EventName;
use keystead_domain::release::Semver;
use keystead_domain::{At, Code, Kind, Problem};
use keystead_store::Tx;
use keystead_store::entities::Release;
use keystead_store::releases::{self, Filter, Ranked};

use super::NOUN;
use crate::artifacts::download::begin_term;
use crate::herald::Payload;
use crate::{Cx, Result};

/// Releases looked at in one statement.
const BATCH: u64 = 50;

/// The highest in this order of the releases that the bearer sees and whose version fits. Versions
/// of the same numbers are looked at together, because they may be stored in another order.
pub(super) async fn highest(
    cx: &Cx,
    filter: &Filter,
    least_major: i64,
    order: impl Fn(&Semver, &Semver) -> Ordering,
    fits: impl Fn(&Semver) -> bool,
) -> Result<Option<Release>> {
    let mut part = Ranked {
        least_major,
        skip: 0,
        limit: BATCH,
    };
    loop {
        let batch = releases::ranked(&cx.db, &cx.scope(), cx.now, filter, part).await?;
        let last = (batch.len() as u64) < BATCH;
        let best = batch
            .into_iter()
            .filter_map(|release| Some((Semver::parse(&release.version)?, release)))
            .filter(|(version, _)| fits(version))
            .reduce(|best, other| match order(&other.0, &best.0) {
                Ordering::Greater => other,
                Ordering::Less | Ordering::Equal => best,
            });
        if last || best.is_some() {
            return Ok(best.map(|(_, release)| release));
        }
        part.skip += BATCH;
    }
}

/// Tells that somebody was given this release, and starts the term of a license that waits for it.
pub(crate) async fn tell(cx: &Cx, tx: &Tx, next: &Release) -> Result<()> {
    let event = cx.event(EventName::ReleaseUpgraded.as_str(), NOUN, next.id.0);
    cx.tell(tx, event, Payload::Release(next)).await?;
    begin_term(cx, tx).await
}

/// A parameter that can't be read.
pub(super) fn refuse(code: Code, parameter: &'static str) -> Problem {
    Problem::new(Kind::BadRequest, code.detail())
        .code(code)
        .at(At::Parameter(parameter.into()))
}
