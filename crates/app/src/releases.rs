//! Releases: versions of a product, as they are shipped.

pub mod constraints;
pub mod create;
pub mod delete;
pub mod file;
pub mod list;
mod next;
pub mod offer;
pub mod package;
pub mod publish;
pub mod related;
pub mod show;
pub mod update;
pub mod upgrade;
mod verdict;

pub use constraints::{attach, detach};
pub use create::{Draft, create};
pub use delete::delete;
pub use list::list;
pub(crate) use next::tell;
pub use offer::{Offer, Sought, Wanted, offer};
pub use package::{Movable, movable, repackage};
pub use publish::{publish, yank};
pub use related::{constraint, constraints, entitlement, entitlements, package, product};
pub use show::show;
pub use update::{Change, Changeable, changeable, update};
pub(crate) use upgrade::following;
pub use upgrade::{Asked, Upgrade, upgrade};
pub(crate) use verdict::admit;

use keystead_domain::access::Scope;
use keystead_domain::draft::Problems;
use keystead_domain::{ApiVersion, Code};
use keystead_store::entities::Release;
use keystead_store::{Tx, releases};

use crate::{Cx, Result};

/// What events are about.
pub(crate) const NOUN: &str = "releases";

/// Another release of the product, or of the package, must not have the tag; nor, if the version
/// is new, the version. Clients of API 1.0 may repeat versions. The product is locked by then.
async fn refuse_taken(cx: &Cx, tx: &Tx, release: &Release, new_version: bool) -> Result<()> {
    let scope = Scope::system(cx.account());
    let taken = releases::taken(tx, &scope, release).await?;
    let judged = new_version && release.api_version != ApiVersion::V1_0;
    let mut problems = Problems::none();
    problems.require(!(judged && taken.version), Code::VersionTaken, "version");
    problems.require(!taken.tag, Code::TagTaken, "tag");
    Ok(problems.into_result()?)
}
