//! Environments: partitions of an account's records, managed from the global one.

pub mod create;
pub mod delete;
mod empty;
pub mod list;
pub mod related;
pub mod show;
pub mod update;

pub use create::{Draft, create};
pub use delete::delete;
pub use empty::{Empty, empty};
pub use list::list;
pub use related::{bearer, token, tokens};
pub use show::show;
pub use update::{Change, Changeable, changeable, update};

use keystead_domain::access::Seen;
use keystead_domain::draft::Problems;
use keystead_domain::{At, Code, Problem, code};
use keystead_store::entities::Environment;
use keystead_store::environments;

use crate::{Cx, Result};

/// The noun in events.
const NOUN: &str = "environments";

/// The environment with this id or code, as the bearer sees it.
async fn find(cx: &Cx, id_or_code: &str) -> Result<Seen<Environment>> {
    cx.bearer()?;
    Ok(environments::find(&cx.db, &cx.scope(), id_or_code).await?)
}

/// What is wrong with an environment as it will be stored.
fn problems(environment: &Environment) -> Problems {
    let mut problems = Problems::none();
    let named = !environment.name.trim().is_empty();
    problems.require(named, Code::NameMissing, "name");
    problems.short(&environment.name, Code::NameTooLong, "name");
    let coded = !environment.code.trim().is_empty();
    problems.require(coded, Code::CodeMissing, "code");
    code::judge(&environment.code, &mut problems);
    problems
}

fn code_taken() -> Problem {
    Code::CodeTaken.at(At::Attribute("code".into()))
}
