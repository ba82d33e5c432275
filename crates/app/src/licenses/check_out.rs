//! Checks a license out: a signed file that its app can verify without a connection
//! (licensing §7).

use super::keys::scheme;
use super::show::find;
use crate::check_outs::{Ask, Offer, Plan, Subject, all, certify, may_include, plan};
use crate::herald::Payload;
use crate::users::{Person, people, person};
use crate::{Cx, Error, Result};
use keystead_domain::access::Action;
use keystead_domain::event::EventName;
use keystead_domain::permissions::Permission;
use keystead_domain::{LicenseFileId, LicenseId};
use keystead_store::entities::{Entitlement, Environment, Group, Product};
use keystead_store::licenses::{self, Loaded};
use keystead_store::page::{Direction, Slice};
use keystead_store::users::Filter;
use keystead_store::{accounts, entitlements, groups, products, users};

/// What a license file may hold besides.
#[rustfmt::skip]
const OFFERS: &[Offer] = &[
    ("entitlements", Permission::EntitlementRead),
    ("environment",  Permission::EnvironmentRead),
    ("group",        Permission::GroupRead),
    ("product",      Permission::ProductRead),
    ("policy",       Permission::PolicyRead),
    ("owner",        Permission::UserRead),
    ("users",        Permission::UserRead),
];

/// What a file tells.
#[derive(Debug)]
pub struct Dataset<'a> {
    /// The license, as it was before.
    pub license: Loaded,
    /// How the file is made.
    pub plan: &'a Plan,
    /// What it holds besides, in the order that was asked for.
    pub included: Vec<Included>,
}

/// Something that a file holds besides its license.
#[derive(Debug)]
pub enum Included {
    /// The entitlements that the license holds, by itself and through its policy.
    Entitlements(Vec<Entitlement>),
    /// Its environment.
    Environment(Option<Environment>),
    /// Its group.
    Group(Option<Box<Group>>),
    /// Its product.
    Product(Option<Box<Product>>),
    /// Its policy.
    Policy,
    /// Its owner.
    Owner(Option<Box<Person>>),
    /// Its owner and the users attached to it.
    Users(Vec<Person>),
}

/// A license file. It is not kept.
#[derive(Debug)]
pub struct File {
    /// A random id.
    pub id: LicenseFileId,
    /// The license.
    pub license: LicenseId,
    /// How it was made.
    pub plan: Plan,
    /// The file.
    pub certificate: String,
}

/// Checks out the license with this id or key. `render` prints what the file tells.
///
/// `ask` may be what is wrong with the request: that is told only to whoever sees the license.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it, `ask`'s own, 403 by the access matrix or for want of
/// a permission to what is asked for along, 400 for a file that can't be made.
pub async fn check_out<E: From<Error>>(
    cx: &Cx,
    id_or_key: &str,
    ask: Result<Ask, E>,
    render: impl FnOnce(Dataset<'_>) -> String,
) -> Result<File, E> {
    let seen = find(cx, id_or_key).await?;
    let ask = ask?;
    let license = cx
        .allow(Action::LicenseCheckOut, seen)
        .map_err(Error::from)?;
    Ok(file(cx, license, ask, render).await?)
}

async fn file(
    cx: &Cx,
    license: Loaded,
    ask: Ask,
    render: impl FnOnce(Dataset<'_>) -> String,
) -> Result<File> {
    may_include(cx, &ask, OFFERS)?;
    let plan = plan(ask, OFFERS, scheme(&license.policy), cx.now)?;
    let mut included = Vec::new();
    for name in &plan.includes {
        included.extend(include(cx, &license, name).await?);
    }
    let (id, subject) = (
        license.license.id,
        Subject::License(license.license.key.clone()),
    );
    let mut checked_out = license.clone();
    checked_out.license.last_check_out_at = Some(cx.now);
    checked_out.license.updated_at = cx.now;
    let dataset = render(Dataset {
        license,
        plan: &plan,
        included,
    });
    let certificate = certify(cx, subject, dataset, plan.algorithm).await?;

    let tx = cx.begin().await?;
    licenses::checked_out(&tx, id, cx.now).await?;
    let event = cx.event(EventName::LicenseCheckedOut.as_str(), "licenses", id.0);
    cx.tell(&tx, event, Payload::License(&checked_out)).await?;
    tx.commit().await?;
    Ok(File {
        id: cx.ids.next(),
        license: id,
        plan,
        certificate,
    })
}

/// What a file holds under this name; nothing when it isn't offered.
pub(crate) async fn include(cx: &Cx, loaded: &Loaded, name: &str) -> Result<Option<Included>> {
    let (db, existing, license) = (&cx.db, cx.existing(), &loaded.license);
    Ok(Some(match name {
        "entitlements" => Included::Entitlements(held(cx, loaded).await?),
        "environment" => Included::Environment(match license.environment_id {
            Some(id) => accounts::environment(db, cx.account(), &id.to_string()).await?,
            None => None,
        }),
        "group" => Included::Group(match license.group_id {
            Some(id) => groups::by_id(db, &existing, id).await?.map(Box::new),
            None => None,
        }),
        "product" => {
            let product = products::by_id(db, &existing, license.product_id).await?;
            Included::Product(product.map(Box::new))
        }
        "policy" => Included::Policy,
        "owner" => Included::Owner(match license.owner_id {
            Some(id) => match users::by_id(db, &existing, id).await? {
                Some(user) => Some(Box::new(person(cx, user).await?)),
                None => None,
            },
            None => None,
        }),
        "users" => Included::Users(holders(cx, loaded).await?),
        _ => return Ok(None),
    }))
}

async fn held(cx: &Cx, loaded: &Loaded) -> Result<Vec<Entitlement>> {
    let ids = (loaded.license.id, loaded.policy.id);
    let existing = cx.existing();
    all(
        |page| entitlements::list_of_license(&cx.db, &existing, ids, page, Direction::Ascending),
        |entitlement| entitlement.id.0,
    )
    .await
}

async fn holders(cx: &Cx, loaded: &Loaded) -> Result<Vec<Person>> {
    let filter = Filter {
        license: Some(loaded.license.id.to_string()),
        ..Filter::default()
    };
    let existing = cx.existing();
    let rows = all(
        |page| users::list(&cx.db, &existing, &filter, page, Direction::Ascending),
        |user| user.id.0,
    )
    .await?;
    let slice = Slice {
        rows,
        total: None,
        more: false,
    };
    Ok(people(cx, slice).await?.rows)
}
