//! Pooled keys: made beforehand, printed on cards or boxes perhaps, and taken by licenses later.

pub mod create;
pub mod delete;
pub mod list;
pub mod related;
pub mod show;
pub mod update;

pub use create::{Draft, create};
pub use delete::delete;
pub use list::list;
pub use related::{policy, product};
pub use show::show;
pub use update::{Changeable, changeable, update};

use keystead_domain::access::Scope;
use keystead_domain::{At, Code, LicenseId, Problem};
use keystead_signing::digest::sha256;
use keystead_store::{Tx, keys, licenses};

use crate::{Cx, Result};

/// The type of keys in the event log.
pub(crate) const NOUN: &str = "keys";

/// A key must neither be a license's already, nor the id of one: paths take either.
async fn refuse_conflict(cx: &Cx, tx: &Tx, key: &str) -> Result<()> {
    let account = Scope::system(cx.account());
    let at = || At::Attribute("key".into());
    if let Ok(id) = key.parse::<LicenseId>()
        && licenses::by_id(tx, &account, id).await?.is_some()
    {
        return Err(Code::KeyConflict.at(at()).into());
    }
    if keys::is_licenses(tx, &account, sha256(key.as_bytes())).await? {
        let detail = "is already being used as a license's key";
        return Err(Code::KeyConflict.says(detail, at()).into());
    }
    Ok(())
}

fn taken() -> Problem {
    Code::KeyTaken.at(At::Attribute("key".into()))
}
