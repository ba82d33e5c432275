//! `/machines`: devices bound to licenses, and their heartbeats (machines reference §1, §3).

mod actions;
mod file;
mod input;
pub mod resource;

use keystead_app::Cx;
use keystead_app::machines::{self, View};
use keystead_signing::digest::sha256;
use keystead_store::machines::Filter;
use poem::web::Data;
use poem_openapi::param::Path;
use poem_openapi::{Object, OpenApi};
use serde::Deserialize;

pub use self::actions::MachineActionsApi;

use self::input::{GroupBody, MachineChangeBody, NewMachineBody, OwnerBody};
use self::resource::{Owned, resource};
use crate::body::Body;
use crate::document::{Created, Document, List, NoContent};
use crate::fields::Metadata;
use crate::listing::Listing;
use crate::nouns::{Groups, Licenses, Machines, Products, Users};
use crate::problem::Result;
use crate::shape::Guards;
use crate::tags::Tag;
use crate::{groups, products, users};

/// Which machines are wanted. What is no id where one is needed matches nothing.
#[derive(Debug, Default, Object, Deserialize)]
#[serde(default)]
pub struct MachineFilters {
    /// With exactly this fingerprint.
    fingerprint: Option<String>,
    /// With exactly this address.
    ip: Option<String>,
    /// With exactly this host name.
    hostname: Option<String>,
    /// `alive` or `dead`, in any case.
    status: Option<String>,
    /// Of the product with this id.
    product: Option<String>,
    /// Of the policy with this id.
    policy: Option<String>,
    /// Of the license with this id.
    license: Option<String>,
    /// In the group with this id.
    group: Option<String>,
    /// Of the license with exactly this key.
    key: Option<String>,
    /// Owned by the user with this id or address.
    owner: Option<String>,
    /// Of a license owned by, or shared with, the user with this id or address.
    user: Option<String>,
    /// With all of these in its metadata; a number, true, false or null as it prints.
    metadata: Option<Metadata>,
}

impl MachineFilters {
    /// The filter, and the state that is wanted.
    fn split(self) -> (Filter, Option<String>) {
        let Self {
            fingerprint,
            ip,
            hostname,
            status,
            product,
            policy,
            license,
            group,
            key,
            owner,
            user,
            metadata,
        } = self;
        let digest = |text: Option<String>| text.map(|text| sha256(text.as_bytes()));
        let filter = Filter {
            fingerprint: digest(fingerprint),
            key: digest(key),
            ip,
            hostname,
            product,
            policy,
            license,
            group,
            owner,
            user,
            metadata: metadata.map(Metadata::texts).unwrap_or_default(),
            ..Filter::default()
        };
        (filter, status)
    }
}

/// Which machines of a license are wanted.
#[derive(Debug, Default, Object, Deserialize)]
#[serde(default)]
pub struct LicenseMachineFilters {
    /// With exactly this fingerprint.
    fingerprint: Option<String>,
    /// Of the product with this id.
    product: Option<String>,
    /// Of a license owned by, or shared with, the user with this id or address.
    user: Option<String>,
}

/// Operations on machines.
pub struct MachinesApi;

#[OpenApi(tag = "Tag::Machines")]
impl MachinesApi {
    /// List machines
    ///
    /// The machines that the bearer sees, newest first.
    #[oai(path = "/machines", method = "get", operation_id = "listMachines")]
    async fn list(&self, cx: Data<&Cx>, query: Listing<MachineFilters>) -> Result<List<Machines>> {
        cx.bearer()?;
        let paging = query.paging()?;
        let (filter, status) = query.filters()?.split();
        let page = machines::list(
            &cx,
            filter,
            status.as_deref(),
            paging.page,
            paging.direction,
        )
        .await?;
        Ok(query.list(paging, page.map(resource)))
    }

    /// Activate a machine
    ///
    /// Binds a device to a license, taking one of its seats.
    #[oai(path = "/machines", method = "post", operation_id = "activateMachine")]
    async fn activate(
        &self,
        cx: Data<&Cx>,
        body: Body<NewMachineBody>,
    ) -> Result<Owned<Created<Machines>>> {
        cx.bearer()?;
        let sent = body.read(&input::guards(&cx))?;
        let machine = machines::activate(&cx, input::draft(sent)).await?;
        Ok(Owned::of(
            &machine.clone(),
            Created(Document::of(resource(machine))),
        ))
    }

    /// Retrieve a machine
    #[oai(
        path = "/machines/:machine",
        method = "get",
        operation_id = "getMachine"
    )]
    async fn show(
        &self,
        cx: Data<&Cx>,
        machine: Path<String>,
    ) -> Result<Owned<Document<Machines>>> {
        cx.bearer()?;
        Ok(answer(machines::show(&cx, &machine).await?))
    }

    /// Update a machine
    #[oai(
        path = "/machines/:machine",
        method = "patch",
        operation_id = "updateMachine"
    )]
    async fn update(
        &self,
        cx: Data<&Cx>,
        machine: Path<String>,
        body: Body<MachineChangeBody>,
    ) -> Result<Owned<Document<Machines>>> {
        update(&cx, &machine, body).await
    }

    /// Update a machine
    ///
    /// The same as with `PATCH`.
    #[oai(
        path = "/machines/:machine",
        method = "put",
        operation_id = "putMachine"
    )]
    async fn put(
        &self,
        cx: Data<&Cx>,
        machine: Path<String>,
        body: Body<MachineChangeBody>,
    ) -> Result<Owned<Document<Machines>>> {
        update(&cx, &machine, body).await
    }

    /// Deactivate a machine
    ///
    /// Gives its seat back.
    #[oai(
        path = "/machines/:machine",
        method = "delete",
        operation_id = "deactivateMachine"
    )]
    async fn deactivate(&self, cx: Data<&Cx>, machine: Path<String>) -> Result<NoContent> {
        cx.bearer()?;
        machines::deactivate(&cx, &machine).await?;
        Ok(NoContent)
    }

    /// Ping a machine's heartbeat
    ///
    /// Tells that the machine is alive. Answered when it is durable.
    #[oai(
        path = "/machines/:machine/actions/ping",
        method = "post",
        operation_id = "pingMachine"
    )]
    async fn ping(
        &self,
        cx: Data<&Cx>,
        machine: Path<String>,
    ) -> Result<Owned<Document<Machines>>> {
        Ok(answer(machines::ping(&cx, &machine).await?))
    }

    /// Ping a machine's heartbeat
    ///
    /// An older name of `ping`.
    #[oai(
        path = "/machines/:machine/actions/ping-heartbeat",
        method = "post",
        operation_id = "pingMachineHeartbeat"
    )]
    async fn ping_heartbeat(
        &self,
        cx: Data<&Cx>,
        machine: Path<String>,
    ) -> Result<Owned<Document<Machines>>> {
        Ok(answer(machines::ping(&cx, &machine).await?))
    }

    /// Reset a machine's heartbeat
    ///
    /// Its heart starts anew with the next ping.
    #[oai(
        path = "/machines/:machine/actions/reset",
        method = "post",
        operation_id = "resetMachine"
    )]
    async fn reset(&self, cx: Data<&Cx>, machine: Path<String>) -> Result<Document<Machines>> {
        cx.bearer()?;
        Ok(Document::of(resource(
            machines::reset(&cx, &machine).await?,
        )))
    }

    /// Reset a machine's heartbeat
    ///
    /// An older name of `reset`.
    #[oai(
        path = "/machines/:machine/actions/reset-heartbeat",
        method = "post",
        operation_id = "resetMachineHeartbeat"
    )]
    async fn reset_heartbeat(
        &self,
        cx: Data<&Cx>,
        machine: Path<String>,
    ) -> Result<Document<Machines>> {
        cx.bearer()?;
        Ok(Document::of(resource(
            machines::reset(&cx, &machine).await?,
        )))
    }

    /// Retrieve a machine's product
    #[oai(
        path = "/machines/:machine/product",
        method = "get",
        operation_id = "getMachineProduct"
    )]
    async fn product(&self, cx: Data<&Cx>, machine: Path<String>) -> Result<Document<Products>> {
        cx.bearer()?;
        let product = machines::product(&cx, &machine).await?;
        Ok(Document::of(products::resource(product)))
    }

    /// Retrieve a machine's license
    #[oai(
        path = "/machines/:machine/license",
        method = "get",
        operation_id = "getMachineLicense"
    )]
    async fn license(&self, cx: Data<&Cx>, machine: Path<String>) -> Result<Document<Licenses>> {
        cx.bearer()?;
        let license = machines::license(&cx, &machine).await?;
        Ok(Document::of(crate::licenses::resource::resource(
            license, cx.now,
        )))
    }

    /// Retrieve a machine's owner
    ///
    /// Null when nobody owns it.
    #[oai(
        path = "/machines/:machine/owner",
        method = "get",
        operation_id = "getMachineOwner"
    )]
    async fn owner(&self, cx: Data<&Cx>, machine: Path<String>) -> Result<Document<Users>> {
        cx.bearer()?;
        let owner = machines::owner(&cx, &machine).await?;
        Ok(Document::from(owner.map(users::resource)))
    }

    /// Change a machine's owner
    #[oai(
        path = "/machines/:machine/owner",
        method = "put",
        operation_id = "changeMachineOwner"
    )]
    async fn change_owner(
        &self,
        cx: Data<&Cx>,
        machine: Path<String>,
        body: Body<OwnerBody>,
    ) -> Result<Document<Machines>> {
        change_owner(&cx, &machine, body).await
    }

    /// Change a machine's owner
    ///
    /// The same as `PUT`.
    #[oai(
        path = "/machines/:machine/owner",
        method = "patch",
        operation_id = "patchMachineOwner"
    )]
    async fn patch_owner(
        &self,
        cx: Data<&Cx>,
        machine: Path<String>,
        body: Body<OwnerBody>,
    ) -> Result<Document<Machines>> {
        change_owner(&cx, &machine, body).await
    }

    /// Retrieve the owner of a machine's license
    ///
    /// What older clients call the machine's user.
    #[oai(
        path = "/machines/:machine/user",
        method = "get",
        operation_id = "getMachineUser"
    )]
    async fn user(&self, cx: Data<&Cx>, machine: Path<String>) -> Result<Document<Users>> {
        cx.bearer()?;
        let user = machines::license_owner(&cx, &machine).await?;
        Ok(Document::of(users::resource(user)))
    }

    /// Retrieve a machine's group
    ///
    /// 404 when it is in none.
    #[oai(
        path = "/machines/:machine/group",
        method = "get",
        operation_id = "getMachineGroup"
    )]
    async fn group(&self, cx: Data<&Cx>, machine: Path<String>) -> Result<Document<Groups>> {
        cx.bearer()?;
        let group = machines::group(&cx, &machine).await?;
        Ok(Document::of(groups::resource(group)))
    }

    /// Change a machine's group
    #[oai(
        path = "/machines/:machine/group",
        method = "put",
        operation_id = "changeMachineGroup"
    )]
    async fn change_group(
        &self,
        cx: Data<&Cx>,
        machine: Path<String>,
        body: Body<GroupBody>,
    ) -> Result<Document<Machines>> {
        change_group(&cx, &machine, body).await
    }

    /// Change a machine's group
    ///
    /// The same as `PUT`.
    #[oai(
        path = "/machines/:machine/group",
        method = "patch",
        operation_id = "patchMachineGroup"
    )]
    async fn patch_group(
        &self,
        cx: Data<&Cx>,
        machine: Path<String>,
        body: Body<GroupBody>,
    ) -> Result<Document<Machines>> {
        change_group(&cx, &machine, body).await
    }

    /// List a license's machines
    #[oai(
        path = "/licenses/:license/machines",
        method = "get",
        operation_id = "listLicenseMachines"
    )]
    async fn list_of_license(
        &self,
        cx: Data<&Cx>,
        license: Path<String>,
        query: Listing<LicenseMachineFilters>,
    ) -> Result<List<Machines>> {
        cx.bearer()?;
        let paging = query.paging()?;
        let LicenseMachineFilters {
            fingerprint,
            product,
            user,
        } = query.filters()?;
        let filter = Filter {
            fingerprint: fingerprint.map(|text| sha256(text.as_bytes())),
            product,
            user,
            ..Filter::default()
        };
        let page =
            machines::list_of_license(&cx, &license, filter, paging.page, paging.direction).await?;
        Ok(query.list(paging, page.map(resource)))
    }
}

async fn update(
    cx: &Cx,
    machine: &str,
    body: Body<MachineChangeBody>,
) -> Result<Owned<Document<Machines>>> {
    let machine = machines::changeable(cx, machine).await?;
    let guards = Guards::at(cx.version).allow(machine.sizable, input::SIZES);
    let change = input::change(body.read(&guards)?);
    Ok(answer(machines::update(cx, machine, change).await?))
}

async fn change_owner(cx: &Cx, machine: &str, body: Body<OwnerBody>) -> Result<Document<Machines>> {
    cx.bearer()?;
    let machine = machines::ownable(cx, machine).await?;
    let owner = body.read(&Guards::at(cx.version))?.id();
    let machine = machines::change_owner(cx, machine, owner).await?;
    Ok(Document::of(resource(machine)))
}

async fn change_group(cx: &Cx, machine: &str, body: Body<GroupBody>) -> Result<Document<Machines>> {
    cx.bearer()?;
    let group = body.read(&Guards::at(cx.version))?.id();
    let machine = machines::change_group(cx, machine, group).await?;
    Ok(Document::of(resource(machine)))
}

fn answer(machine: View) -> Owned<Document<Machines>> {
    Owned::of(&machine.clone(), Document::of(resource(machine)))
}
