//! Lists files.

use keystead_domain::ReleaseId;
use keystead_domain::access::{Action, Scope};
use keystead_store::artifacts::{self, Filter, Loaded};
use keystead_store::entities::Artifact;
use keystead_store::page::{Direction, Page, Slice};
use keystead_store::releases::Filter as ReleaseFilter;

use crate::releases::{admit, show::find};
use crate::{Cx, Result};

/// The files that the bearer, or a stranger, sees: a page at a time.
///
/// # Errors
/// 403 by the access matrix; also when one of them is refused to the bearer, whose license is
/// suspended (distribution §6.3).
pub async fn list(
    cx: &Cx,
    filter: Filter,
    page: Page,
    direction: Direction,
) -> Result<Slice<Loaded>> {
    let scope = cx.allow_list(Action::ArtifactList)?;
    within(cx, &scope, &filter, page, direction).await
}

/// The files of a release.
///
/// # Errors
/// 404 when the bearer doesn't see the release; else as [`list`].
pub async fn list_of_release(
    cx: &Cx,
    release: &str,
    filter: Filter,
    page: Page,
    direction: Direction,
) -> Result<Slice<Loaded>> {
    let any = ReleaseFilter::default();
    let release = find(cx, release, &any, Action::ReleaseArtifacts).await?;
    let filter = Filter {
        release: Some(release.id.to_string()),
        ..filter
    };
    within(cx, &cx.scope(), &filter, page, direction).await
}

pub(crate) async fn within(
    cx: &Cx,
    scope: &Scope,
    filter: &Filter,
    page: Page,
    direction: Direction,
) -> Result<Slice<Loaded>> {
    let page = artifacts::list(&cx.db, scope, cx.now, filter, page, direction).await?;
    let page = cx.allow_each(Action::ArtifactShow, scope, page)?;
    let releases: Vec<_> = page.rows.iter().map(|loaded| &loaded.release).collect();
    admit(cx, &releases).await?;
    Ok(page)
}

/// The files of releases that the bearer was shown, the oldest first, for clients to whom a release
/// was its file.
///
/// # Errors
/// When the database fails.
pub async fn of(cx: &Cx, releases: &[ReleaseId]) -> Result<Vec<Artifact>> {
    Ok(artifacts::of(&cx.db, &cx.scope(), releases).await?)
}
