//! `/components`: the hardware of machines (machines reference §2.1).

pub mod input;
mod resource;

use keystead_app::Cx;
use keystead_app::components;
use keystead_store::parts::Filter;
use poem::web::Data;
use poem_openapi::param::Path;
use poem_openapi::{Object, OpenApi};
use serde::Deserialize;

use self::input::{ComponentChangeBody, DESCRIPTION, NewComponentBody};
pub use self::resource::resource;
use crate::body::Body;
use crate::document::{Created, Document, List, NoContent};
use crate::listing::Listing;
use crate::machines::resource::Owned;
use crate::nouns::{Components, Licenses, Machines, Products};
use crate::problem::Result;
use crate::shape::Guards;
use crate::tags::Tag;
use crate::{licenses, machines, products};

/// Which components are wanted. What is no id where one is needed matches nothing.
#[derive(Debug, Default, Object, Deserialize)]
#[serde(default)]
pub struct ComponentFilters {
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
}

/// Operations on components.
pub struct ComponentsApi;

#[OpenApi(tag = "Tag::Components")]
impl ComponentsApi {
    /// List components
    ///
    /// The components that the bearer sees, newest first.
    #[oai(path = "/components", method = "get", operation_id = "listComponents")]
    async fn list(
        &self,
        cx: Data<&Cx>,
        query: Listing<ComponentFilters>,
    ) -> Result<List<Components>> {
        cx.bearer()?;
        let paging = query.paging()?;
        let ComponentFilters {
            product,
            license,
            machine,
            owner,
            user,
        } = query.filters()?;
        let filter = Filter {
            product,
            license,
            machine,
            owner,
            user,
        };
        let page = components::list(&cx, filter, paging.page, paging.direction).await?;
        Ok(query.list(paging, page.map(resource)))
    }

    /// Create a component
    ///
    /// Adds a part to a machine.
    #[oai(
        path = "/components",
        method = "post",
        operation_id = "createComponent"
    )]
    async fn create(
        &self,
        cx: Data<&Cx>,
        body: Body<NewComponentBody>,
    ) -> Result<Created<Components>> {
        cx.bearer()?;
        let sent = body.read(&Guards::at(cx.version))?;
        let component = components::create(&cx, input::draft(sent)).await?;
        Ok(Created(Document::of(resource(component))))
    }

    /// Retrieve a component
    #[oai(
        path = "/components/:component",
        method = "get",
        operation_id = "getComponent"
    )]
    async fn show(&self, cx: Data<&Cx>, component: Path<String>) -> Result<Document<Components>> {
        let component = components::show(&cx, &component).await?;
        Ok(Document::of(resource(component)))
    }

    /// Update a component
    #[oai(
        path = "/components/:component",
        method = "patch",
        operation_id = "updateComponent"
    )]
    async fn update(
        &self,
        cx: Data<&Cx>,
        component: Path<String>,
        body: Body<ComponentChangeBody>,
    ) -> Result<Document<Components>> {
        update(&cx, &component, body).await
    }

    /// Update a component
    ///
    /// The same as with `PATCH`.
    #[oai(
        path = "/components/:component",
        method = "put",
        operation_id = "putComponent"
    )]
    async fn put(
        &self,
        cx: Data<&Cx>,
        component: Path<String>,
        body: Body<ComponentChangeBody>,
    ) -> Result<Document<Components>> {
        update(&cx, &component, body).await
    }

    /// Delete a component
    #[oai(
        path = "/components/:component",
        method = "delete",
        operation_id = "deleteComponent"
    )]
    async fn delete(&self, cx: Data<&Cx>, component: Path<String>) -> Result<NoContent> {
        components::delete(&cx, &component).await?;
        Ok(NoContent)
    }

    /// Retrieve a component's product
    #[oai(
        path = "/components/:component/product",
        method = "get",
        operation_id = "getComponentProduct"
    )]
    async fn product(&self, cx: Data<&Cx>, component: Path<String>) -> Result<Document<Products>> {
        let product = components::product(&cx, &component).await?;
        Ok(Document::of(products::resource(product)))
    }

    /// Retrieve a component's license
    #[oai(
        path = "/components/:component/license",
        method = "get",
        operation_id = "getComponentLicense"
    )]
    async fn license(&self, cx: Data<&Cx>, component: Path<String>) -> Result<Document<Licenses>> {
        let license = components::license(&cx, &component).await?;
        Ok(Document::of(licenses::resource::resource(license, cx.now)))
    }

    /// Retrieve a component's machine
    #[oai(
        path = "/components/:component/machine",
        method = "get",
        operation_id = "getComponentMachine"
    )]
    async fn machine(
        &self,
        cx: Data<&Cx>,
        component: Path<String>,
    ) -> Result<Owned<Document<Machines>>> {
        let machine = components::machine(&cx, &component).await?;
        Ok(Owned::of(
            &machine.clone(),
            Document::of(machines::resource::resource(machine)),
        ))
    }

    /// List a machine's components
    #[oai(
        path = "/machines/:machine/components",
        method = "get",
        operation_id = "listMachineComponents"
    )]
    async fn list_of_machine(
        &self,
        cx: Data<&Cx>,
        machine: Path<String>,
        query: Listing,
    ) -> Result<List<Components>> {
        cx.bearer()?;
        let paging = query.paging()?;
        let page =
            components::list_of_machine(&cx, &machine, paging.page, paging.direction).await?;
        Ok(query.list(paging, page.map(resource)))
    }

    /// Retrieve a machine's component
    #[oai(
        path = "/machines/:machine/components/:component",
        method = "get",
        operation_id = "getMachineComponent"
    )]
    async fn show_of_machine(
        &self,
        cx: Data<&Cx>,
        machine: Path<String>,
        component: Path<String>,
    ) -> Result<Document<Components>> {
        let component = components::show_of_machine(&cx, &machine, &component).await?;
        Ok(Document::of(resource(component)))
    }
}

async fn update(
    cx: &Cx,
    component: &str,
    body: Body<ComponentChangeBody>,
) -> Result<Document<Components>> {
    let component = components::changeable(cx, component).await?;
    let guards = Guards::at(cx.version).allow(component.describable, DESCRIPTION);
    let change = input::change(body.read(&guards)?);
    let component = components::update(cx, component, change).await?;
    Ok(Document::of(resource(component)))
}
