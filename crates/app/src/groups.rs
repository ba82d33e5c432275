//! Groups: users, licenses and machines that share limits, and who may look at them.

pub mod create;
pub mod delete;
pub mod list;
pub mod owners;
pub mod related;
pub mod show;
pub mod update;

pub use create::{Draft, create};
pub use delete::delete;
pub use list::list;
pub use owners::{attach, detach, owner, owners};
pub use related::{license, licenses, machine, machines, user, users};
pub use show::show;
pub use update::{Change, Changeable, changeable, update};

use keystead_domain::Code;
use keystead_domain::access::Seen;
use keystead_domain::draft::Problems;
use keystead_store::entities::Group;
use keystead_store::groups::{self, Loaded};

use crate::{Cx, Result};

/// The noun in events.
const NOUN: &str = "groups";

/// The group with this id, if the bearer sees it.
///
/// # Errors
/// 401, 404.
pub async fn seen(cx: &Cx, id: &str) -> Result<Seen<Loaded>> {
    cx.bearer()?;
    Ok(groups::find(&cx.db, &cx.scope(), id).await?)
}

/// The group with this id, whoever asks: outsiders get 403 here (identity §14.5).
///
/// # Errors
/// 401, 404 when there is none in the environment.
async fn existing(cx: &Cx, id: &str) -> Result<Seen<Loaded>> {
    cx.bearer()?;
    let viewer = cx.scope().viewer();
    Ok(groups::find_for(&cx.db, &cx.existing(), viewer, id).await?)
}

/// What is wrong with a group as it will be stored.
fn problems(group: &Group) -> Problems {
    let mut problems = Problems::none();
    problems.require(!group.name.trim().is_empty(), Code::NameMissing, "name");
    problems.short(&group.name, Code::NameTooLong, "name");
    problems.metadata(&group.metadata);
    problems
}
