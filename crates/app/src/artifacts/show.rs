//! Shows a file.

use keystead_domain::access::{Action, Scope};
use keystead_store::artifacts::{self, Filter, Loaded};
use keystead_store::releases::Filter as ReleaseFilter;

use crate::releases::admit;
use crate::releases::show::find as find_release;
use crate::{Cx, Result};

/// The file with this id or name: of several, the one of the highest version.
///
/// # Errors
/// 404 when the bearer doesn't see it, 403 by the access matrix or when its licenses don't give it.
pub async fn show(cx: &Cx, name: &str, filter: &Filter) -> Result<Loaded> {
    find(cx, name, filter, Action::ArtifactShow).await
}

/// The same, to do something with it.
pub(crate) async fn find(cx: &Cx, name: &str, filter: &Filter, action: Action) -> Result<Loaded> {
    let found = artifacts::find(&cx.db, &cx.scope(), cx.now, name, filter).await?;
    let found = cx.allow(action, found)?;
    admit(cx, &[&found.release]).await?;
    Ok(found)
}

/// A file of a release.
///
/// # Errors
/// 404 when the bearer doesn't see the release; else as [`show`].
pub async fn show_of_release(cx: &Cx, release: &str, name: &str) -> Result<Loaded> {
    let any = ReleaseFilter::default();
    let release = find_release(cx, release, &any, Action::ReleaseArtifacts).await?;
    let filter = Filter {
        release: Some(release.id.to_string()),
        ..Filter::default()
    };
    within(cx, &cx.scope(), name, &filter).await
}

pub(crate) async fn within(cx: &Cx, scope: &Scope, name: &str, filter: &Filter) -> Result<Loaded> {
    let found = artifacts::find(&cx.db, scope, cx.now, name, filter).await?;
    let found = cx.allow(Action::ArtifactShow, found)?;
    admit(cx, &[&found.release]).await?;
    Ok(found)
}
