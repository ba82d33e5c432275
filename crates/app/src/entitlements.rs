//! Entitlements: named rights that licenses hold.

mod attach;
pub mod create;
pub mod delete;
pub mod list;
pub mod show;
pub mod update;

pub(crate) use attach::{already, detachable, named, through_policy, told};
pub use create::{Draft, create};
pub use delete::delete;
pub use list::list;
pub use show::show;
pub use update::{Change, Changeable, changeable, update};

use keystead_domain::draft::Problems;
use keystead_domain::{At, Code, Problem, code};
use keystead_store::entities::Entitlement;

/// The type of entitlements in the event log.
const NOUN: &str = "entitlements";

/// What is wrong with an entitlement as it will be stored, in the order of the attributes.
fn problems(entitlement: &Entitlement) -> Problems {
    let mut problems = Problems::none();
    let named = !entitlement.name.trim().is_empty();
    problems.require(named, Code::NameMissing, "name");
    problems.short(&entitlement.name, Code::NameTooLong, "name");
    let coded = !entitlement.code.trim().is_empty();
    problems.require(coded, Code::CodeMissing, "code");
    code::judge(&entitlement.code, &mut problems);
    problems.metadata(&entitlement.metadata);
    problems
}

fn code_taken() -> Problem {
    Code::CodeTaken.at(At::Attribute("code".into()))
}
