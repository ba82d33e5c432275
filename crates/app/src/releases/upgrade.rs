//! Finds the release that comes after another (distribution reference §7).

use keystead_domain::access::Action;
use keystead_domain::event::EventName;
use keystead_domain::release::Semver;
use keystead_domain::release::upgrade::{Range, follows};
use keystead_domain::words::ReleaseStatus;
use keystead_domain::{At, Code, Kind, Problem, Refused};
use keystead_store::entities::Release;
use keystead_store::releases::{self, Filter, Named, Ranked};

use super::show::find;
use super::{NOUN, admit};
use crate::artifacts::download::begin_term;
use crate::herald::Payload;
use crate::{Cx, Result};

/// What somebody wants who asks for a newer release.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// The id of the product, to tell releases of the same version apart.
    pub product: Option<String>,
    /// The package that both releases are in.
    pub package: Option<Named>,
    /// The channel to look on, instead of the release's own.
    pub channel: Option<String>,
    /// Which versions will do.
    pub constraint: Option<String>,
}

/// A release, and the one that comes after it.
#[derive(Clone, Debug)]
pub struct Upgrade {
    /// The version that somebody has.
    pub current: String,
    /// What may follow it.
    pub next: Release,
}

/// Releases looked at in one statement.
const BATCH: u64 = 50;

/// The highest release that may follow this one.
///
/// # Errors
/// 404 when the bearer doesn't see the release or none follows, 400 for a constraint that can't be
/// read, 403 by the access matrix or when its licenses don't give it.
pub async fn upgrade(cx: &Cx, name: &str, asked: &Asked) -> Result<Upgrade> {
    let qualified = Filter {
        product: asked.product.clone(),
        package: asked.package.clone(),
        ..Filter::default()
    };
    let current = find(cx, name, &qualified, Action::ReleaseUpgrade).await?;
    let range = asked.constraint.as_deref().map(range).transpose()?;
    let version = Semver::parse(&current.version).ok_or_else(|| Refused::missing("release"))?;

    let package = current.package_id.map(|id| Named::Is(id.to_string()));
    let channel = match &asked.channel {
        Some(channel) => channel.clone(),
        None => current.channel.as_str().to_owned(),
    };
    let candidates = Filter {
        product: Some(current.product_id.to_string()),
        package: Some(package.unwrap_or(Named::None)),
        channel: Some(channel),
        status: Some(ReleaseStatus::Published.as_str().to_owned()),
        ..Filter::default()
    };
    let fits = |candidate: &Semver| {
        follows(candidate, &version) && range.as_ref().is_none_or(|range| range.holds(candidate))
    };
    let next = highest(cx, &candidates, version.major, fits).await?;
    let next = next.ok_or_else(|| Refused::missing("release"))?;
    admit(cx, &[&next]).await?;

    let tx = cx.begin().await?;
    let event = cx.event(EventName::ReleaseUpgraded.as_str(), NOUN, next.id.0);
    cx.tell(&tx, event, Payload::Release(&next)).await?;
    begin_term(cx, &tx).await?;
    tx.commit().await?;
    Ok(Upgrade {
        current: current.version,
        next,
    })
}

/// The highest of the releases that the bearer sees and whose version fits.
async fn highest(
    cx: &Cx,
    filter: &Filter,
    least_major: i64,
    fits: impl Fn(&Semver) -> bool,
) -> Result<Option<Release>> {
    let mut ranked = Ranked {
        least_major,
        skip: 0,
        limit: BATCH,
    };
    loop {
        let batch = releases::ranked(&cx.db, &cx.scope(), cx.now, filter, ranked).await?;
        let last = (batch.len() as u64) < BATCH;
        let found = batch
            .into_iter()
            .find(|release| Semver::parse(&release.version).is_some_and(|it| fits(&it)));
        if found.is_some() || last {
            return Ok(found);
        }
        ranked.skip += BATCH;
    }
}

fn range(text: &str) -> Result<Range> {
    let range = Range::parse(text).ok_or_else(|| {
        let code = Code::ConstraintInvalid;
        Problem::new(Kind::BadRequest, code.detail())
            .code(code)
            .at(At::Parameter("constraint".into()))
    });
    Ok(range?)
}
