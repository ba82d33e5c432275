//! Webhook endpoints: receivers of events. Nobody is told of changes to them.

pub mod create;
pub mod delete;
pub mod list;
pub mod show;
pub mod update;

pub use create::{Draft, create};
pub use delete::delete;
pub use list::list;
pub use show::show;
pub use update::{Change, Changeable, changeable, update};

use keystead_domain::access::Scope;
use keystead_domain::draft::Problems;
use keystead_domain::{At, Code, EnvironmentId, ProductId};
use keystead_store::{Connection, products};

use crate::{Cx, Result};

/// What is wrong with the product that an endpoint of this environment is bound to, wherever the
/// product is: a wrong environment is told as such.
async fn judge_product<C: Connection>(
    cx: &Cx,
    connection: &C,
    environment: Option<EnvironmentId>,
    product: Option<ProductId>,
    problems: &mut Problems,
) -> Result<()> {
    let Some(id) = product else { return Ok(()) };
    let at = |name: &'static str| At::Relationship(name.into());
    match products::by_id(connection, &Scope::system(cx.account()), id).await? {
        None => problems.add(Code::ProductNotFound.at(at("product"))),
        Some(product) if !reads(cx, environment, product.environment_id) => {
            let detail = "must be compatible with product environment";
            problems.add(Code::EnvironmentNotAllowed.says(detail, at("environment")));
        }
        Some(_) => {}
    }
    Ok(())
}

/// An endpoint may be bound to what its own environment sees.
fn reads(cx: &Cx, own: Option<EnvironmentId>, other: Option<EnvironmentId>) -> bool {
    own == other || (own == cx.environment.id() && cx.environment.reads(other))
}
