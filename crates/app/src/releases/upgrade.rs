//! Finds the release that comes after another (distribution reference §7).

use keystead_domain::access::Action;
use keystead_domain::release::Semver;
use keystead_domain::release::upgrade::{Range, follows};
use keystead_domain::words::ReleaseStatus;
use keystead_domain::{Code, Refused};
use keystead_store::entities::Release;
use keystead_store::releases::{Filter, Named};

use super::admit;
use super::next::{highest, refuse, tell};
use super::show::find;
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
    let (channel, constraint) = (asked.channel.as_deref(), asked.constraint.as_deref());
    let next = following(cx, &current, channel, constraint).await?;
    let next = next.ok_or_else(|| Refused::missing("release"))?;

    let tx = cx.begin().await?;
    tell(cx, &tx, &next).await?;
    tx.commit().await?;
    Ok(Upgrade {
        current: current.version,
        next,
    })
}

/// The highest release that may follow this one, if there is one: on its own channel, unless another
/// is named, and within the constraint.
///
/// # Errors
/// 400 for a constraint that can't be read, 403 when the bearer's licenses don't give what follows.
pub(crate) async fn following(
    cx: &Cx,
    current: &Release,
    channel: Option<&str>,
    constraint: Option<&str>,
) -> Result<Option<Release>> {
    let range = constraint.map(range).transpose()?;
    let Some(version) = Semver::parse(&current.version) else {
        return Ok(None);
    };
    let package = current.package_id.map(|id| Named::Is(id.to_string()));
    let channel = channel.unwrap_or_else(|| current.channel.as_str());
    let candidates = Filter {
        product: Some(current.product_id.to_string()),
        package: Some(package.unwrap_or(Named::None)),
        channel: Some(channel.to_owned()),
        status: Some(ReleaseStatus::Published.as_str().to_owned()),
        ..Filter::default()
    };
    let fits = |candidate: &Semver| {
        follows(candidate, &version) && range.as_ref().is_none_or(|range| range.holds(candidate))
    };
    let next = highest(cx, &candidates, version.major, Semver::cmp, fits).await?;
    if let Some(next) = &next {
        admit(cx, &[next]).await?;
    }
    Ok(next)
}

fn range(text: &str) -> Result<Range> {
    Ok(Range::parse(text).ok_or_else(|| refuse(Code::ConstraintInvalid, "constraint"))?)
}
