//! Profiles: who somebody is who presents a credential.

use keystead_domain::access::{Action, Bearer, BearerId, Scope, Tied, require};
use keystead_domain::{Permission, Refused};
use keystead_store::entities::{Environment, Product};
use keystead_store::licenses::Loaded;
use keystead_store::tokens::Issued;
use keystead_store::{accounts, licenses, products, tokens, users};

use crate::users::{Person, person};
use crate::{Cx, Result};

/// The record behind a credential.
#[derive(Clone, Debug)]
pub enum Holder {
    /// A user of any role.
    User(Person),
    /// A product.
    Product(Product),
    /// A license.
    License(Box<Loaded>),
    /// An environment.
    Environment(Environment),
}

/// Who asks, and the token in use.
///
/// # Errors
/// 401, and 403 without the permission to read one's kind.
pub async fn me(cx: &Cx) -> Result<(Holder, Option<Issued>)> {
    let bearer = cx.bearer()?;
    require(
        bearer,
        match bearer.id {
            BearerId::User(_) => Permission::UserRead,
            BearerId::Product(_) => Permission::ProductRead,
            BearerId::License(_) => Permission::LicenseRead,
            BearerId::Environment(_) => Permission::EnvironmentRead,
        },
    )?;
    Ok((holder(cx, bearer).await?, token(cx, bearer).await?))
}

/// Who asks, if it may be shown to itself: an admin needs `admin.read` besides.
///
/// # Errors
/// 401, and 403 by the access matrix.
pub async fn profile(cx: &Cx) -> Result<Holder> {
    let holder = holder(cx, cx.bearer()?).await?;
    let scope = cx.scope();
    match &holder {
        Holder::User(person) => {
            cx.allow(Action::UserShow, scope.seen(person.user.tie()))?;
        }
        Holder::Product(product) => {
            cx.allow(Action::ProductShow, scope.seen(product.tie()))?;
        }
        Holder::License(license) => {
            cx.allow(Action::LicenseShow, scope.seen(license.tie()))?;
        }
        Holder::Environment(environment) => {
            cx.allow(Action::EnvironmentShow, scope.seen(environment.tie()))?;
        }
    }
    Ok(holder)
}

/// The bearer's record. Looked up in the whole account: a global admin may act in an environment
/// that doesn't show the admin itself.
async fn holder(cx: &Cx, bearer: &Bearer) -> Result<Holder> {
    let account = Scope::system(cx.account());
    let found = match bearer.id {
        BearerId::User(id) => match users::by_id(&cx.db, &account, id).await? {
            Some(user) => Some(Holder::User(person(cx, user).await?)),
            None => None,
        },
        BearerId::Product(id) => products::by_id(&cx.db, &account, id)
            .await?
            .map(Holder::Product),
        BearerId::License(id) => {
            let license = licenses::by_id(&cx.db, &account, id).await?;
            license.map(|license| Holder::License(Box::new(license)))
        }
        BearerId::Environment(id) => {
            let found = accounts::environment(&cx.db, cx.account(), &id.to_string()).await?;
            found.map(Holder::Environment)
        }
    };
    Ok(found.ok_or_else(|| Refused::missing("resource"))?)
}

async fn token(cx: &Cx, bearer: &Bearer) -> Result<Option<Issued>> {
    let Some(grant) = bearer.token else {
        return Ok(None);
    };
    let account = Scope::system(cx.account());
    let found = tokens::find(&cx.db, &account, &grant.id.to_string()).await?;
    Ok(Some(found.peek().clone()))
}
