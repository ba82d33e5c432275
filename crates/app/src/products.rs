//! Products: what a vendor sells.

pub mod create;
pub mod delete;
pub mod distribution;
pub mod list;
pub mod related;
pub mod show;
pub mod update;

pub use create::{Draft, create};
pub use delete::delete;
pub use list::list;
pub use related::{
    bearer, license, machine, machines, policies, policy, token, tokens, user, users,
};
pub use show::show;
pub use update::{Change, Changeable, changeable, update};

use keystead_domain::access::Role;
use keystead_domain::draft::Problems;
use keystead_domain::words::DistributionStrategy;
use keystead_domain::{At, Code, Problem, code, product};
use keystead_store::entities::Product;

/// What is wrong with a product as it will be stored, and with its strategy as it was `spelled`, in
/// the order of the attributes. What is stored already has no problems.
fn problems(product: &Product, spelled: Option<&str>) -> Problems {
    let mut problems = Problems::none();
    problems.require(!product.name.trim().is_empty(), Code::NameMissing, "name");
    problems.short(&product.name, Code::NameTooLong, "name");
    if let Some(code) = &product.code {
        code::judge(code, &mut problems);
    }
    problems.word::<DistributionStrategy>(
        spelled,
        Code::DistributionStrategyNotAllowed,
        "distribution_strategy",
    );
    if let Some(url) = &product.url {
        product::judge_url(url, &mut problems);
    }
    let assignable = product.permissions.assignable_to(Role::Product);
    problems.require(assignable, Code::PermissionsNotAllowed, "permissions");
    problems.metadata(&product.metadata);
    problems
}

fn code_taken() -> Problem {
    Code::CodeTaken.at(At::Attribute("code".into()))
}
