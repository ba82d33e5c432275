//! `/keys`: keys made beforehand, waiting in the pools of policies (licensing reference §8.1).

mod input;
mod resource;

use keystead_app::Cx;
use keystead_app::keys;
use keystead_store::keys::Filter;
use poem::web::Data;
use poem_openapi::param::Path;
use poem_openapi::{Object, OpenApi};
use serde::Deserialize;

pub use self::resource::resource;

use self::input::{KeyChangeBody, NewKeyBody};
use crate::body::Body;
use crate::document::{Created, Document, List, NoContent};
use crate::listing::Listing;
use crate::nouns::{Keys, Policies, Products};
use crate::problem::Result;
use crate::shape::Guards;
use crate::tags::Tag;
use crate::{policies, products};

/// Which keys are wanted. What is no id where one is needed matches nothing.
#[derive(Debug, Default, Object, Deserialize)]
#[serde(default)]
pub struct KeyFilters {
    /// Of the product with this id.
    product: Option<String>,
    /// Of the policy with this id.
    policy: Option<String>,
}

/// Operations on pooled keys.
pub struct KeysApi;

#[OpenApi(tag = "Tag::Keys")]
impl KeysApi {
    /// List keys
    ///
    /// The pooled keys that the bearer sees, newest first.
    #[oai(path = "/keys", method = "get", operation_id = "listKeys")]
    async fn list(&self, cx: Data<&Cx>, query: Listing<KeyFilters>) -> Result<List<Keys>> {
        cx.bearer()?;
        let paging = query.paging()?;
        let KeyFilters { product, policy } = query.filters()?;
        let filter = Filter { product, policy };
        let page = keys::list(&cx, &filter, paging.page, paging.direction).await?;
        Ok(query.list(paging, page.map(resource)))
    }

    /// Create a key
    ///
    /// Puts it into the pool of a policy, where it waits for a license to take it.
    #[oai(path = "/keys", method = "post", operation_id = "createKey")]
    async fn create(&self, cx: Data<&Cx>, body: Body<NewKeyBody>) -> Result<Created<Keys>> {
        cx.bearer()?;
        let sent = body.read(&Guards::at(cx.version))?;
        let key = keys::create(&cx, input::draft(sent)).await?;
        Ok(Created(Document::of(resource(key))))
    }

    /// Retrieve a key
    #[oai(path = "/keys/:key", method = "get", operation_id = "getKey")]
    async fn show(&self, cx: Data<&Cx>, key: Path<String>) -> Result<Document<Keys>> {
        let key = keys::show(&cx, &key).await?;
        Ok(Document::of(resource(key)))
    }

    /// Update a key
    #[oai(path = "/keys/:key", method = "patch", operation_id = "updateKey")]
    async fn update(
        &self,
        cx: Data<&Cx>,
        key: Path<String>,
        body: Body<KeyChangeBody>,
    ) -> Result<Document<Keys>> {
        update(&cx, &key, body).await
    }

    /// Update a key
    ///
    /// The same as with `PATCH`.
    #[oai(path = "/keys/:key", method = "put", operation_id = "putKey")]
    async fn put(
        &self,
        cx: Data<&Cx>,
        key: Path<String>,
        body: Body<KeyChangeBody>,
    ) -> Result<Document<Keys>> {
        update(&cx, &key, body).await
    }

    /// Delete a key
    ///
    /// No license will take it.
    #[oai(path = "/keys/:key", method = "delete", operation_id = "deleteKey")]
    async fn delete(&self, cx: Data<&Cx>, key: Path<String>) -> Result<NoContent> {
        keys::delete(&cx, &key).await?;
        Ok(NoContent)
    }

    /// Retrieve a key's product
    #[oai(
        path = "/keys/:key/product",
        method = "get",
        operation_id = "getKeyProduct"
    )]
    async fn product(&self, cx: Data<&Cx>, key: Path<String>) -> Result<Document<Products>> {
        let product = keys::product(&cx, &key).await?;
        Ok(Document::of(products::resource(product)))
    }

    /// Retrieve a key's policy
    #[oai(
        path = "/keys/:key/policy",
        method = "get",
        operation_id = "getKeyPolicy"
    )]
    async fn policy(&self, cx: Data<&Cx>, key: Path<String>) -> Result<Document<Policies>> {
        let policy = keys::policy(&cx, &key).await?;
        Ok(Document::of(policies::resource(policy)))
    }
}

async fn update(cx: &Cx, key: &str, body: Body<KeyChangeBody>) -> Result<Document<Keys>> {
    let key = keys::changeable(cx, key).await?;
    let sent = body.read(&Guards::at(cx.version))?;
    let key = keys::update(cx, key, sent.data.attributes.key).await?;
    Ok(Document::of(resource(key)))
}
