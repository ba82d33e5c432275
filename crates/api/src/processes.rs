//! `/processes`: what runs on machines, and its heartbeats (machines reference §2.2).

mod input;
mod resource;

use keystead_app::Cx;
use keystead_app::processes;
use keystead_store::parts::Filter;
use poem::web::Data;
use poem_openapi::param::Path;
use poem_openapi::{Object, OpenApi};
use serde::Deserialize;

use self::input::{DESCRIPTION, NewProcessBody, ProcessChangeBody};
pub use self::resource::resource;
use crate::body::Body;
use crate::document::{Created, Document, List, NoContent};
use crate::listing::Listing;
use crate::machines::resource::Owned;
use crate::nouns::{Licenses, Machines, Processes, Products};
use crate::problem::Result;
use crate::shape::Guards;
use crate::tags::Tag;
use crate::{licenses, machines, products};

/// Which processes are wanted. What is no id where one is needed matches nothing.
#[derive(Debug, Default, Object, Deserialize)]
#[serde(default)]
pub struct ProcessFilters {
    /// Of the product with this id.
    product: Option<String>,
    /// Of the license with this id.
    license: Option<String>,
    /// Of the machine with this id.
    machine: Option<String>,
    /// Of machines that the user with this id owns.
    owner: Option<String>,
    /// Of a license owned by, or shared with, the user with this id or address.
    user: Option<String>,
    /// `alive` or `dead`, in any case.
    status: Option<String>,
}

/// Operations on processes.
pub struct ProcessesApi;

#[OpenApi(tag = "Tag::Processes")]
impl ProcessesApi {
    /// List processes
    ///
    /// The processes that the bearer sees, newest first.
    #[oai(path = "/processes", method = "get", operation_id = "listProcesses")]
    async fn list(&self, cx: Data<&Cx>, query: Listing<ProcessFilters>) -> Result<List<Processes>> {
        cx.bearer()?;
        let paging = query.paging()?;
        let ProcessFilters {
            product,
            license,
            machine,
            owner,
            user,
            status,
        } = query.filters()?;
        let filter = Filter {
            product,
            license,
            machine,
            owner,
            user,
        };
        let page = processes::list(
            &cx,
            filter,
            status.as_deref(),
            paging.page,
            paging.direction,
        )
        .await?;
        Ok(query.list(paging, page.map(resource)))
    }

    /// Create a process
    ///
    /// Starts one more instance on a machine, if it may run one more.
    #[oai(path = "/processes", method = "post", operation_id = "createProcess")]
    async fn create(
        &self,
        cx: Data<&Cx>,
        body: Body<NewProcessBody>,
    ) -> Result<Created<Processes>> {
        cx.bearer()?;
        let sent = body.read(&Guards::at(cx.version))?;
        let process = processes::create(&cx, input::draft(sent)).await?;
        Ok(Created(Document::of(resource(process))))
    }

    /// Retrieve a process
    #[oai(
        path = "/processes/:process",
        method = "get",
        operation_id = "getProcess"
    )]
    async fn show(&self, cx: Data<&Cx>, process: Path<String>) -> Result<Document<Processes>> {
        let process = processes::show(&cx, &process).await?;
        Ok(Document::of(resource(process)))
    }

    /// Update a process
    #[oai(
        path = "/processes/:process",
        method = "patch",
        operation_id = "updateProcess"
    )]
    async fn update(
        &self,
        cx: Data<&Cx>,
        process: Path<String>,
        body: Body<ProcessChangeBody>,
    ) -> Result<Document<Processes>> {
        update(&cx, &process, body).await
    }

    /// Update a process
    ///
    /// The same as with `PATCH`.
    #[oai(
        path = "/processes/:process",
        method = "put",
        operation_id = "putProcess"
    )]
    async fn put(
        &self,
        cx: Data<&Cx>,
        process: Path<String>,
        body: Body<ProcessChangeBody>,
    ) -> Result<Document<Processes>> {
        update(&cx, &process, body).await
    }

    /// Delete a process
    #[oai(
        path = "/processes/:process",
        method = "delete",
        operation_id = "deleteProcess"
    )]
    async fn delete(&self, cx: Data<&Cx>, process: Path<String>) -> Result<NoContent> {
        processes::delete(&cx, &process).await?;
        Ok(NoContent)
    }

    /// Ping a process's heartbeat
    ///
    /// Tells that the process is alive. Answered when it is durable.
    #[oai(
        path = "/processes/:process/actions/ping",
        method = "post",
        operation_id = "pingProcess"
    )]
    async fn ping(&self, cx: Data<&Cx>, process: Path<String>) -> Result<Document<Processes>> {
        let process = processes::ping(&cx, &process).await?;
        Ok(Document::of(resource(process)))
    }

    /// Retrieve a process's product
    #[oai(
        path = "/processes/:process/product",
        method = "get",
        operation_id = "getProcessProduct"
    )]
    async fn product(&self, cx: Data<&Cx>, process: Path<String>) -> Result<Document<Products>> {
        let product = processes::product(&cx, &process).await?;
        Ok(Document::of(products::resource(product)))
    }

    /// Retrieve a process's license
    #[oai(
        path = "/processes/:process/license",
        method = "get",
        operation_id = "getProcessLicense"
    )]
    async fn license(&self, cx: Data<&Cx>, process: Path<String>) -> Result<Document<Licenses>> {
        let license = processes::license(&cx, &process).await?;
        Ok(Document::of(licenses::resource::resource(license, cx.now)))
    }

    /// Retrieve a process's machine
    #[oai(
        path = "/processes/:process/machine",
        method = "get",
        operation_id = "getProcessMachine"
    )]
    async fn machine(
        &self,
        cx: Data<&Cx>,
        process: Path<String>,
    ) -> Result<Owned<Document<Machines>>> {
        let machine = processes::machine(&cx, &process).await?;
        Ok(Owned::of(
            &machine.clone(),
            Document::of(machines::resource::resource(machine)),
        ))
    }

    /// List a machine's processes
    #[oai(
        path = "/machines/:machine/processes",
        method = "get",
        operation_id = "listMachineProcesses"
    )]
    async fn list_of_machine(
        &self,
        cx: Data<&Cx>,
        machine: Path<String>,
        query: Listing,
    ) -> Result<List<Processes>> {
        cx.bearer()?;
        let paging = query.paging()?;
        let page = processes::list_of_machine(&cx, &machine, paging.page, paging.direction).await?;
        Ok(query.list(paging, page.map(resource)))
    }

    /// Retrieve a machine's process
    #[oai(
        path = "/machines/:machine/processes/:process",
        method = "get",
        operation_id = "getMachineProcess"
    )]
    async fn show_of_machine(
        &self,
        cx: Data<&Cx>,
        machine: Path<String>,
        process: Path<String>,
    ) -> Result<Document<Processes>> {
        let process = processes::show_of_machine(&cx, &machine, &process).await?;
        Ok(Document::of(resource(process)))
    }
}

async fn update(
    cx: &Cx,
    process: &str,
    body: Body<ProcessChangeBody>,
) -> Result<Document<Processes>> {
    let process = processes::changeable(cx, process).await?;
    let guards = Guards::at(cx.version).allow(process.describable, DESCRIPTION);
    let metadata = input::metadata(body.read(&guards)?);
    let process = processes::update(cx, process, metadata).await?;
    Ok(Document::of(resource(process)))
}
