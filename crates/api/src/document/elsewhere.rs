//! Relationships to records that live elsewhere and may be absent: then link and linkage are null.

use std::marker::PhantomData;

use keystead_domain::AccountId;
use poem_openapi::registry::MetaSchemaRef;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::json;
use uuid::Uuid;

use super::object;
use super::relationships::{
    Related, link_schema, linkage_schema, links_schema, to_one, to_one_name,
};
use super::resource::Place;
use crate::fields::maybe::or_null;
use crate::nouns::{Accounts, Noun};

/// A relationship to one record of the noun `N`, if there is one.
#[derive(Clone, Copy, Debug)]
pub struct ToElsewhere<N> {
    target: Option<Place>,
    nouns: PhantomData<fn() -> N>,
}

impl<N: Noun> ToElsewhere<N> {
    /// To the record with this id, or to none.
    pub fn of(account: AccountId, id: Option<N::Id>) -> Self {
        Self {
            target: id.map(|id| Place::of::<N>(account, id)),
            nouns: PhantomData,
        }
    }
}

impl<N: Noun> Serialize for ToElsewhere<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let data = self.target.map(|place| (N::TYPE, place.id()));
        to_one(serializer, self.target.map(Related::Direct), data)
    }
}

wire!(answered [N: Noun] ToElsewhere<N> {
    required: true,
    name: format!("{}Elsewhere", to_one_name::<N>()),
    schema: super::reference(format!("{}Elsewhere", to_one_name::<N>())),
    register: |registry| registry.create_schema::<Self, _>(
        format!("{}Elsewhere", to_one_name::<N>()),
        |_| object(
            vec![
                ("links", links_schema(or_null(link_schema()))),
                ("data", or_null(linkage_schema::<N>())),
            ],
            &[],
        ),
    ),
});

/// A relationship to a record of any type, if there is one.
#[derive(Clone, Debug)]
pub struct ToAny {
    account: AccountId,
    target: Option<(String, Uuid)>,
}

impl ToAny {
    /// To the record of this type (a dashed plural) with this id, or to none.
    pub fn of(account: AccountId, target: Option<(String, Uuid)>) -> Self {
        Self { account, target }
    }
}

#[derive(Serialize)]
struct Links {
    related: Option<String>,
}

#[derive(Serialize)]
struct Linkage<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    id: Uuid,
}

impl Serialize for ToAny {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { account, target } = self;
        let related = target.as_ref().map(|(kind, id)| match kind.as_str() {
            Accounts::TYPE => format!("/v1/accounts/{id}"),
            kind => format!("/v1/accounts/{account}/{kind}/{id}"),
        });
        let data = target.as_ref().map(|(kind, id)| Linkage { kind, id: *id });
        let mut members = serializer.serialize_map(Some(2))?;
        members.serialize_entry("links", &Links { related })?;
        members.serialize_entry("data", &data)?;
        members.end()
    }
}

fn any_linkage() -> MetaSchemaRef {
    let linkage = object(
        vec![
            ("type", schema!("string", example: Some(json!("licenses")))),
            ("id", schema!("string", format: Some("uuid"))),
        ],
        &[],
    );
    MetaSchemaRef::Inline(Box::new(linkage))
}

wire!(answered [] ToAny {
    required: true,
    name: "ToAny",
    schema: super::reference("ToAny"),
    register: |registry| registry.create_schema::<Self, _>("ToAny".to_owned(), |_| object(
        vec![
            ("links", links_schema(or_null(link_schema()))),
            ("data", or_null(any_linkage())),
        ],
        &[],
    )),
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nouns::Products;
    use keystead_domain::ProductId;

    const ACCOUNT: AccountId = AccountId(Uuid::from_u128(1));

    #[test]
    fn what_is_not_there_has_neither_link_nor_linkage() {
        let nothing = json!({"links": {"related": null}, "data": null});

        assert_eq!(json!(ToElsewhere::<Products>::of(ACCOUNT, None)), nothing);
        assert_eq!(json!(ToAny::of(ACCOUNT, None)), nothing);
    }

    #[test]
    fn what_is_there_is_linked_to_where_it_lives() {
        let id = Uuid::from_u128(2);
        let there = json!({
            "links": {"related": format!("/v1/accounts/{ACCOUNT}/products/{id}")},
            "data": {"type": "products", "id": id},
        });

        let product = ToElsewhere::<Products>::of(ACCOUNT, Some(ProductId(id)));
        assert_eq!(json!(product), there);
        let any = ToAny::of(ACCOUNT, Some(("products".to_owned(), id)));
        assert_eq!(json!(any), there);
        let account = ToAny::of(ACCOUNT, Some(("accounts".to_owned(), id)));
        assert_eq!(
            json!(account)["links"]["related"],
            json!(format!("/v1/accounts/{id}"))
        );
    }
}
