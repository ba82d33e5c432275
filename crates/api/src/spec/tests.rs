//! The description that is published.

use keystead_domain::{AccountId, UserId};
use keystead_store::page::Slice;
use poem_openapi::param::Path;
use poem_openapi::{Object, OpenApi, OpenApiService, Tags};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::*;
use crate::body::Body;
use crate::document::{
    AccountLink, Created, Document, EnvironmentLink, List, NoContent, Place, Rendered, Resource,
    ToMany, ToOne,
};
use crate::fields::{Maybe, MaybeLink, Metadata, OneOf, Time};
use crate::input::{Create, Nothing, Update};
use crate::listing::Listing;
use crate::nouns::{Groups, Noun, Users};
use crate::problem::Result;
use crate::shape::Guards;
use keystead_domain::words::UserRole;

/// People, as far as these tests know them.
pub enum People {}

impl Noun for People {
    const TYPE: &'static str = "people";
    const SINGULAR: &'static str = "person";
    type Id = UserId;

    fn uuid(id: UserId) -> Uuid {
        id.0
    }
}

/// What a person is.
#[derive(Object, Serialize)]
#[oai(rename = "PersonAttributes", rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub struct Attributes {
    /// First and last name.
    full_name: Option<String>,
    email: String,
    role: OneOf<UserRole>,
    metadata: Metadata,
    created: Time,
}

/// What a person belongs to.
#[derive(Object, Serialize)]
#[oai(rename = "PersonRelationships")]
pub struct Relationships {
    account: AccountLink,
    environment: EnvironmentLink,
    group: ToOne<Groups>,
    tokens: ToMany,
}

impl Rendered for People {
    const NAME: &'static str = "Person";
    type Attributes = Attributes;
    type Relationships = Relationships;
    type Meta = Nothing;
}

/// A new person.
#[derive(Debug, Object, Deserialize)]
#[oai(rename_all = "camelCase")]
struct NewPerson {
    email: String,
    /// Who the person is.
    role: Option<OneOf<UserRole>>,
    nested: Option<Nested>,
    metadata: Option<Metadata>,
}

/// Something nested.
#[derive(Debug, Object, Deserialize)]
struct Nested {
    value: i64,
}

/// What a new person belongs to.
#[derive(Debug, Default, Object, Deserialize)]
#[serde(default)]
struct NewPersonLinks {
    group: MaybeLink<Groups>,
}

/// What changes.
#[derive(Debug, Default, Object, Deserialize)]
#[serde(default)]
struct PersonChange {
    expiry: Maybe<Time>,
}

/// Which people.
#[derive(Debug, Default, Object, Deserialize)]
struct PersonFilters {
    /// Whether they may log in.
    status: Option<String>,
    roles: Option<Vec<String>>,
    metadata: Option<Metadata>,
}

#[derive(Tags)]
enum Tag {
    /// People of all kinds.
    People,
}

fn person() -> Resource<People> {
    let place = Place::of::<People>(AccountId::from(Uuid::nil()), UserId::from(Uuid::nil()));
    Resource::new(
        place,
        Attributes {
            full_name: None,
            email: "ada@example.com".to_owned(),
            role: OneOf(UserRole::User),
            metadata: Metadata::default(),
            created: Time(chrono::DateTime::UNIX_EPOCH),
        },
        Relationships {
            account: place.account_link(),
            environment: place.environment_link(None),
            group: place.to_one("group", None),
            tokens: place.to_many("tokens"),
        },
    )
}

struct Api;

#[OpenApi(tag = "Tag::People")]
impl Api {
    /// List people
    #[oai(path = "/people", method = "get", operation_id = "listPeople")]
    async fn list(&self, listing: Listing<PersonFilters>) -> Result<List<People>> {
        let _filters = listing.filters()?;
        let slice = Slice {
            rows: vec![person()],
            total: None,
            more: false,
        };
        Ok(listing.list(listing.paging()?, slice))
    }

    /// Create a person
    #[oai(path = "/people", method = "post", operation_id = "createPerson")]
    async fn create(
        &self,
        body: Body<Create<Users, NewPerson, Option<NewPersonLinks>>>,
    ) -> Result<Created<People>> {
        body.read(&Guards::none())?;
        Ok(Created(Document::of(person())))
    }

    /// Update a person
    #[oai(
        path = "/people/:id",
        method = "patch",
        method = "put",
        operation_id = "updatePerson"
    )]
    async fn update(
        &self,
        id: Path<String>,
        body: Body<Update<Users, PersonChange>>,
    ) -> Result<Document<People>> {
        let _ = (id, body.read(&Guards::none())?);
        Ok(Document::of(person()))
    }

    /// Delete a person
    #[oai(path = "/people/:id", method = "delete", operation_id = "deletePerson")]
    async fn delete(&self, id: Path<String>) -> Result<NoContent> {
        let _ = id;
        Ok(NoContent)
    }

    /// Sign up
    #[oai(path = "/users", method = "post", operation_id = "signUp")]
    async fn sign_up(&self) -> Result<NoContent> {
        Ok(NoContent)
    }
}

fn described() -> Value {
    let derived = OpenApiService::new(Api, "Keystead", "1").spec();
    serde_json::from_str(&document(&derived)).unwrap()
}

/// The names of an operation's parameters, references by what they refer to.
fn parameters(operation: &Value) -> Vec<String> {
    let parameters = operation["parameters"].as_array().unwrap();
    let name = |parameter: &Value| {
        let name = parameter
            .get("name")
            .or_else(|| parameter.get("$ref"))
            .unwrap();
        name.as_str().unwrap().to_owned()
    };
    parameters.iter().map(name).collect()
}

#[test]
fn every_reference_leads_somewhere() {
    let document = described();
    let mut references = Vec::new();
    objects(&mut document.clone(), &mut |object| {
        references.extend(
            object
                .get("$ref")
                .and_then(Value::as_str)
                .map(str::to_owned),
        );
    });

    assert!(references.len() > 50, "{}", references.len());
    for reference in references {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}

#[test]
fn a_listing_becomes_the_parameters_of_a_page_and_its_filters() {
    let document = described();
    let list = &document["paths"]["/people"]["get"];

    assert_eq!(
        parameters(list),
        [
            "#/components/parameters/limit",
            "#/components/parameters/order",
            "#/components/parameters/page",
            "status",
            "roles[]",
            "metadata",
        ],
    );
    assert_eq!(
        list["parameters"][3],
        json!({
            "name": "status",
            "in": "query",
            "description": "Whether they may log in.",
            "schema": {"type": "string"},
        }),
    );
    assert_eq!(list["parameters"][5]["style"], json!("deepObject"));
}

#[test]
fn operations_of_two_methods_have_two_ids() {
    let document = described();
    let item = &document["paths"]["/people/{id}"];

    assert_eq!(item["put"]["operationId"], json!("updatePerson"));
    assert_eq!(item["patch"]["operationId"], json!("updatePersonByPatch"));
}

#[test]
fn errors_are_described_once_and_where_they_can_happen() {
    let document = described();
    let statuses = |path: &str, method: &str| {
        let responses = document["paths"][path][method]["responses"]
            .as_object()
            .unwrap();
        responses.keys().cloned().collect::<Vec<_>>().join(" ")
    };

    assert_eq!(
        statuses("/people", "get"),
        "200 400 401 403 404 429 500 503"
    );
    assert_eq!(
        statuses("/people", "post"),
        "201 400 401 403 404 409 413 422 429 500 503"
    );
    assert_eq!(
        statuses("/people/{id}", "delete"),
        "204 400 401 403 404 409 422 429 500 503"
    );
}

#[test]
fn what_is_not_required_may_be_null() {
    let document = described();
    let schemas = &document["components"]["schemas"];
    let properties = &schemas["NewPerson"]["properties"];

    assert_eq!(schemas["NewPerson"]["required"], json!(["email"]));
    assert_eq!(properties["email"].get("nullable"), None);
    assert_eq!(properties["role"]["nullable"], json!(true));
    assert_eq!(
        properties["role"]["enum"].as_array().unwrap().last(),
        Some(&Value::Null)
    );
    assert_eq!(
        properties["nested"],
        json!({"allOf": [{"$ref": "#/components/schemas/Nested"}], "nullable": true}),
    );
    assert_eq!(
        schemas["PersonAttributes"]["properties"]["fullName"]["nullable"],
        json!(true)
    );
}

#[test]
fn credentials_are_asked_for_unless_an_operation_needs_none() {
    let document = described();
    let any = json!([{"bearer": []}, {"basic": []}, {"license": []}, {"token": []}]);
    let or_none = json!([{"bearer": []}, {"basic": []}, {"license": []}, {"token": []}, {}]);

    assert_eq!(document["security"], any);
    assert_eq!(document["paths"]["/people"]["get"].get("security"), None);
    assert_eq!(document["paths"]["/users"]["post"]["security"], or_none);
}

#[test]
fn every_body_has_an_example_of_its_shape() {
    let document = described();
    let example = |schema: &str| document["components"]["schemas"][schema]["example"].clone();

    assert_eq!(
        example("CreatePersonBody")["data"],
        json!({
            "type": "users",
            "attributes": {
                "email": "ada@example.com",
                "role": "admin",
                "nested": {"value": 1},
                "metadata": {"customerId": "c-1842"},
            },
            "relationships": {
                "group": {"data": {"type": "groups", "id": "0b7f0a0e-5d3c-4a0b-8f1f-0c1e7a3a4b10"}},
            },
        }),
    );
    assert_eq!(example("PersonDocument")["data"]["type"], json!("people"));
    assert_eq!(
        example("ErrorDocument")["errors"][0]["code"],
        json!("FINGERPRINT_TAKEN"),
    );
    let body = &document["paths"]["/people"]["post"]["requestBody"]["content"];
    assert_eq!(
        body["application/json"]["schema"],
        json!({"$ref": "#/components/schemas/CreatePersonBody"}),
    );
}

#[test]
fn nothing_internal_is_left() {
    let text = document(&OpenApiService::new(Api, "Keystead", "1").spec());

    for internal in [
        "resource-type",
        "query-parameters",
        "\"format\": \"metadata\"",
        "PersonFilters",
    ] {
        assert!(!text.contains(internal), "{internal}");
    }
    assert!(text.ends_with("}\n"));
}

#[test]
fn a_location_is_described_by_its_name() {
    let document = described();
    let headers = &document["paths"]["/people"]["post"]["responses"]["201"]["headers"];

    assert_eq!(headers["Location"]["required"], json!(true));
    assert_eq!(
        headers["Keygen-Signature"]["$ref"],
        json!("#/components/headers/Keygen-Signature")
    );
}

#[test]
fn the_page_shows_the_document_and_loads_nothing_foreign() {
    let document = document(&OpenApiService::new(Api, "Keystead", "1").spec());
    let page = page(&document);

    assert!(page.contains("\"operationId\": \"createPerson\""));
    assert!(!page.contains("fonts.googleapis.com/css"));
    assert!(page.contains("<title>Keystead API</title>"));
}
