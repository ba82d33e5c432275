//! `/me` and `/profile`: who somebody is who presents a credential (identity reference §18).

use keystead_app::Cx;
use std::marker::PhantomData;

use keystead_app::profiles::{self, Holder};
use keystead_domain::TokenId;
use poem::web::Data;
use poem::{IntoResponse, Response};
use poem_openapi::registry::{MetaResponses, Registry};
use poem_openapi::types::Type;
use poem_openapi::{ApiResponse, Object, OpenApi};
use serde::Serialize;
use serde_json::Value;

use crate::document::{Document, Rendered, Resource};
use crate::fields::Nullable;
use crate::input::Nothing;
use crate::nouns::{Environments, Licenses, Products, Users};
use crate::problem::{Error, Result};
use crate::tags::Tag;
use crate::{environments, licenses, products, tokens, users};

/// What is said of a profile besides.
#[derive(Debug, Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub struct ProfileMeta {
    /// The token in use; null without one.
    token_id: Nullable<String>,
}

/// A document of whoever asks: a user, a product, a license or an environment.
#[derive(Debug)]
pub struct Profile<M = Nothing>(Response, PhantomData<fn() -> M>);

impl<M: Serialize + Send> Profile<M> {
    fn of(holder: Holder, cx: &Cx, included: Vec<Value>, meta: Option<M>) -> Self {
        fn print<N: Rendered, M>(
            data: Resource<N>,
            included: Vec<Value>,
            meta: Option<M>,
        ) -> Response
        where
            Document<N, M>: IntoResponse,
        {
            Document {
                data: Some(data),
                included,
                meta,
            }
            .into_response()
        }
        let response = match holder {
            Holder::User(person) => print(users::resource(person), included, meta),
            Holder::Product(product) => print(products::resource(product), included, meta),
            Holder::License(license) => print(
                licenses::resource::resource(*license, cx.now),
                included,
                meta,
            ),
            Holder::Environment(environment) => {
                print(environments::resource(environment), included, meta)
            }
        };
        Self(response, PhantomData)
    }
}

impl<M: Send> IntoResponse for Profile<M> {
    fn into_response(self) -> Response {
        self.0
    }
}

impl<M: Type + Serialize> ApiResponse for Profile<M> {
    fn meta() -> MetaResponses {
        let one_of = vec![
            Document::<Users, M>::schema_ref(),
            Document::<Products, M>::schema_ref(),
            Document::<Licenses, M>::schema_ref(),
            Document::<Environments, M>::schema_ref(),
        ];
        let mut meta = <Document<Users, M> as ApiResponse>::meta();
        let contents = meta
            .responses
            .iter_mut()
            .flat_map(|response| &mut response.content);
        for content in contents {
            content.schema = schema!("object", one_of: one_of.clone());
        }
        meta
    }

    fn register(registry: &mut Registry) {
        <Document<Users, M> as Type>::register(registry);
        <Document<Products, M> as Type>::register(registry);
        <Document<Licenses, M> as Type>::register(registry);
        <Document<Environments, M> as Type>::register(registry);
    }
}

/// Operations on whoever asks.
pub struct ProfilesApi;

#[OpenApi(tag = "Tag::Profiles")]
impl ProfilesApi {
    /// Who am I?
    ///
    /// The bearer's record, with the token in use in `included`.
    #[oai(path = "/me", method = "get", operation_id = "getMe")]
    async fn me(&self, cx: Data<&Cx>) -> Result<Profile> {
        let (holder, token) = profiles::me(&cx).await?;
        let token = token.map(|issued| serde_json::to_value(tokens::resource(&issued, None)));
        let included = token.transpose().map_err(Error::failed)?;
        Ok(Profile::of(
            holder,
            &cx,
            included.into_iter().collect(),
            None,
        ))
    }

    /// Retrieve the bearer's profile
    ///
    /// The bearer's record, with the id of the token in use in `meta`.
    #[oai(path = "/profile", method = "get", operation_id = "getProfile")]
    async fn profile(&self, cx: Data<&Cx>) -> Result<Profile<ProfileMeta>> {
        let holder = profiles::profile(&cx).await?;
        let token = cx
            .bearer()?
            .token
            .map(|token| TokenId::to_string(&token.id));
        let meta = ProfileMeta {
            token_id: Nullable(token),
        };
        Ok(Profile::of(holder, &cx, Vec::new(), Some(meta)))
    }
}
