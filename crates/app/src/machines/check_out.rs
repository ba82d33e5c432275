//! Checks a machine out: a signed file that its app can verify without a connection, on that
//! device alone (machines §4).

use keystead_domain::access::Action;
use keystead_domain::event::EventName;
use keystead_domain::permissions::Permission;
use keystead_domain::{LicenseId, MachineFileId, MachineId, Refused};
use keystead_store::components::{self, Loaded as Component};
use keystead_store::entities::{Environment, Group};
use keystead_store::licenses::{self, Loaded as License};
use keystead_store::machines::{self, Loaded};
use keystead_store::page::Direction;
use keystead_store::parts::Filter;
use keystead_store::{accounts, groups, users};

use super::fit::still_fits;
use super::show::find;
use super::{NOUN, View};
use crate::check_outs::{Ask, Offer, Plan, Subject, all, certify, may_include, plan};
use crate::herald::Payload;
use crate::licenses::check_out::{Included as OfLicense, include as include_of_license};
use crate::licenses::scheme;
use crate::users::{Person, person};
use crate::{Cx, Error, Result};

/// What a machine file may hold besides.
#[rustfmt::skip]
const OFFERS: &[Offer] = &[
    ("license",              Permission::LicenseRead),
    ("license.entitlements", Permission::EntitlementRead),
    ("license.product",      Permission::ProductRead),
    ("license.policy",       Permission::PolicyRead),
    ("license.owner",        Permission::UserRead),
    ("license.users",        Permission::UserRead),
    ("owner",                Permission::UserRead),
    ("components",           Permission::ComponentRead),
    ("environment",          Permission::EnvironmentRead),
    ("group",                Permission::GroupRead),
];

/// What a file tells.
#[derive(Debug)]
pub struct Dataset<'a> {
    /// The machine, as it was before.
    pub machine: View,
    /// Its license.
    pub license: License,
    /// How the file is made.
    pub plan: &'a Plan,
    /// What it holds besides, in the order that was asked for.
    pub included: Vec<Included>,
}

/// Something that a file holds besides its machine.
#[derive(Debug)]
pub enum Included {
    /// Its license.
    License,
    /// Its license, and something that belongs to it.
    OfLicense(OfLicense),
    /// Its owner.
    Owner(Option<Box<Person>>),
    /// Its hardware.
    Components(Vec<Component>),
    /// Its environment.
    Environment(Option<Environment>),
    /// Its group.
    Group(Option<Box<Group>>),
}

/// A machine file. It is not kept.
#[derive(Debug)]
pub struct File {
    /// A random id.
    pub id: MachineFileId,
    /// The machine.
    pub machine: MachineId,
    /// Its license.
    pub license: LicenseId,
    /// How it was made.
    pub plan: Plan,
    /// The file.
    pub certificate: String,
}

/// Checks out the machine with this id or fingerprint. `render` prints what the file tells.
///
/// `ask` may be what is wrong with the request: that is told only to whoever sees the machine.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it, `ask`'s own, 403 by the access matrix or for want of
/// a permission to what is asked for along, 400 for a file that can't be made, 422 when the machine
/// no longer fits its license.
pub async fn check_out<E: From<Error>>(
    cx: &Cx,
    id_or_fingerprint: &str,
    ask: Result<Ask, E>,
    render: impl FnOnce(Dataset<'_>) -> String,
) -> Result<File, E> {
    let seen = find(cx, id_or_fingerprint).await?;
    let ask = ask?;
    let machine = cx
        .allow(Action::MachineCheckOut, seen)
        .map_err(Error::from)?;
    Ok(file(cx, machine, ask, render).await?)
}

async fn file(
    cx: &Cx,
    machine: Loaded,
    ask: Ask,
    render: impl FnOnce(Dataset<'_>) -> String,
) -> Result<File> {
    may_include(cx, &ask, OFFERS)?;
    let Loaded { machine: row, .. } = &machine;
    let (id, existing) = (row.id, cx.existing());
    let license = licenses::by_id(&cx.db, &existing, row.license_id).await?;
    let license = license.ok_or_else(|| Refused::missing("license"))?;
    let plan = plan(ask, OFFERS, scheme(&license.policy), cx.now)?;
    still_fits(&cx.db, &machine.terms, row, row).await?;
    let mut included = Vec::new();
    for name in &plan.includes {
        included.extend(include(cx, &machine, &license, name).await?);
    }
    let license_id = license.license.id;
    let subject = Subject::Machine {
        key: license.license.key.clone(),
        fingerprint: row.fingerprint.clone(),
    };
    let mut checked_out = machine.clone();
    checked_out.machine.last_check_out_at = Some(cx.now);
    checked_out.machine.updated_at = cx.now;
    let dataset = render(Dataset {
        machine: View::of(cx, machine),
        license,
        plan: &plan,
        included,
    });
    let certificate = certify(cx, subject, dataset, plan.algorithm).await?;

    let tx = cx.begin().await?;
    machines::checked_out(&tx, id, cx.now).await?;
    let event = cx.event(EventName::MachineCheckedOut.as_str(), NOUN, id.0);
    cx.tell(&tx, event, Payload::Machine(&View::of(cx, checked_out)))
        .await?;
    tx.commit().await?;
    Ok(File {
        id: cx.ids.next(),
        machine: id,
        license: license_id,
        plan,
        certificate,
    })
}

async fn include(
    cx: &Cx,
    loaded: &Loaded,
    license: &License,
    name: &str,
) -> Result<Option<Included>> {
    let (db, existing, machine) = (&cx.db, cx.existing(), &loaded.machine);
    if let Some(name) = name.strip_prefix("license.") {
        let found = include_of_license(cx, license, name).await?;
        return Ok(found.map(Included::OfLicense));
    }
    Ok(Some(match name {
        "license" => Included::License,
        "owner" => Included::Owner(match machine.owner_id {
            Some(id) => match users::by_id(db, &existing, id).await? {
                Some(user) => Some(Box::new(person(cx, user).await?)),
                None => None,
            },
            None => None,
        }),
        "components" => Included::Components(parts(cx, machine.id).await?),
        "environment" => Included::Environment(match machine.environment_id {
            Some(id) => accounts::environment(db, cx.account(), &id.to_string()).await?,
            None => None,
        }),
        "group" => Included::Group(match machine.group_id {
            Some(id) => groups::by_id(db, &existing, id).await?.map(Box::new),
            None => None,
        }),
        _ => return Ok(None),
    }))
}

async fn parts(cx: &Cx, machine: MachineId) -> Result<Vec<Component>> {
    let filter = Filter {
        machine: Some(machine.to_string()),
        ..Filter::default()
    };
    let existing = cx.existing();
    all(
        |page| components::list(&cx.db, &existing, &filter, page, Direction::Ascending),
        |loaded| loaded.component.id.0,
    )
    .await
}
