//! Documents: what is printed, and how it is described.

use keystead_domain::{AccountId, EnvironmentId, LicenseId, PolicyId, ProductId, UserId};
use poem::IntoResponse as _;
use poem_openapi::Object;
use uuid::Uuid;

use super::*;
use crate::nouns::Noun;
use crate::nouns::{Bearers, Policies, Products, Users};

/// What a license says of itself.
#[derive(Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub struct LicenseAttributes {
    name: Option<String>,
    max_machines: Option<i64>,
}

/// How many machines a license has.
#[derive(Object, Serialize)]
pub struct MachineTotals {
    count: i64,
}

/// What a license belongs to.
#[derive(Object, Serialize)]
#[oai(rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub struct LicenseRelationships {
    account: AccountLink,
    environment: EnvironmentLink,
    policy: ToOne<Policies>,
    owner: ToOne<Users>,
    bearer: ToOne<Bearers>,
    users: ToMany,
    machines: ToMany<MachineTotals>,
}

/// Licenses, as far as these tests know them.
pub enum Licenses {}

impl Noun for Licenses {
    const TYPE: &'static str = "licenses";
    const SINGULAR: &'static str = "license";
    type Id = LicenseId;

    fn uuid(id: LicenseId) -> Uuid {
        id.0
    }
}

impl Rendered for Licenses {
    const NAME: &'static str = "License";
    type Attributes = LicenseAttributes;
    type Relationships = LicenseRelationships;
    type Meta = Nothing;
}

/// What a validation found.
#[derive(Object, Serialize)]
struct Validation {
    valid: bool,
}

fn id(last: u128) -> Uuid {
    Uuid::from_u128(last)
}

fn license(environment: Option<EnvironmentId>, owner: Option<UserId>) -> Resource<Licenses> {
    let account = AccountId::from(id(1));
    let place = Place::of::<Licenses>(account, LicenseId::from(id(2)));
    let attributes = LicenseAttributes {
        name: None,
        max_machines: Some(5),
    };
    let relationships = LicenseRelationships {
        account: place.account_link(),
        environment: place.environment_link(environment),
        policy: place.to_one("policy", Some(PolicyId::from(id(3)))),
        owner: place.to_one("owner", owner),
        bearer: Place::to_one_at(Place::of::<Products>(account, ProductId::from(id(4)))),
        users: place.to_many("users"),
        machines: place.to_many_with("machines", Some(MachineTotals { count: 2 })),
    };
    Resource::new(place, attributes, relationships)
}

#[test]
fn a_resource_is_printed_as_the_contract_shows_it() {
    let uuid = |last: u8| format!("00000000-0000-0000-0000-00000000000{last}");
    let a = format!("/v1/accounts/{}", uuid(1));
    let l = format!("{a}/licenses/{}", uuid(2));

    let printed = serde_json::to_string(&Document::of(license(None, None))).unwrap();

    assert_eq!(
        printed,
        format!(
            r#"{{"data":{{"id":"{license}","type":"licenses","#,
            license = uuid(2),
        ) + r#""attributes":{"name":null,"maxMachines":5},"relationships":{"#
            + &format!(
                r#""account":{{"links":{{"related":"{a}"}},"data":{{"type":"accounts","id":"{}"}}}},"#,
                uuid(1)
            )
            + r#""environment":{"links":{"related":null},"data":null},"#
            + &format!(
                r#""policy":{{"links":{{"related":"{l}/policy"}},"data":{{"type":"policies","id":"{}"}}}},"#,
                uuid(3)
            )
            + &format!(r#""owner":{{"links":{{"related":"{l}/owner"}},"data":null}},"#)
            + &format!(
                r#""bearer":{{"links":{{"related":"{a}/products/{id}"}},"data":{{"type":"products","id":"{id}"}}}},"#,
                id = uuid(4)
            )
            + &format!(r#""users":{{"links":{{"related":"{l}/users"}}}},"#)
            + &format!(
                r#""machines":{{"links":{{"related":"{l}/machines"}},"meta":{{"count":2}}}}}},"#
            )
            + &format!(r#""links":{{"self":"{l}"}}}}}}"#),
    );
}

#[test]
fn an_environment_is_linked_to_where_it_lives() {
    let printed = json!(license(
        Some(EnvironmentId::from(id(9))),
        Some(UserId::from(id(8)))
    ));
    let environment = id(9);

    assert_eq!(
        printed["relationships"]["environment"],
        json!({
            "links": {"related": format!("/v1/accounts/{}/environments/{environment}", id(1))},
            "data": {"type": "environments", "id": environment},
        }),
    );
    assert_eq!(
        printed["relationships"]["owner"]["data"],
        json!({"type": "users", "id": id(8)})
    );
}

#[test]
fn a_record_that_joins_two_is_linked_through_them() {
    let mut resource = license(None, None);
    let place = Place::of::<Licenses>(AccountId::from(id(1)), LicenseId::from(id(2)));
    resource.link = Link::Joined {
        place,
        name: "users",
        id: id(7),
    };

    let expected = format!("/v1/accounts/{}/licenses/{}/users/{}", id(1), id(2), id(7));
    assert_eq!(json!(resource)["links"], json!({"related": expected}));
}

#[test]
fn an_account_lives_at_the_top() {
    let account = AccountId::from(id(1));

    assert_eq!(
        Place::account(account).to_string(),
        format!("/v1/accounts/{}", id(1))
    );
}

#[test]
fn members_that_say_nothing_are_left_out() {
    let document = Document::<Licenses>::none().with_meta(Validation { valid: false });
    assert_eq!(
        serde_json::to_string(&document).unwrap(),
        r#"{"data":null,"meta":{"valid":false}}"#
    );

    assert_eq!(
        serde_json::to_string(&Document::<Licenses>::none()).unwrap(),
        r#"{"data":null}"#
    );

    let list = List::<Licenses>::from_iter([]);
    assert_eq!(serde_json::to_string(&list).unwrap(), r#"{"data":[]}"#);
}

#[test]
fn a_creation_says_where_the_resource_is() {
    let response = Created(Document::of(license(None, None))).into_response();

    assert_eq!(response.status().as_u16(), 201);
    assert_eq!(
        response.header("Location"),
        Some(format!("/v1/accounts/{}/licenses/{}", id(1), id(2)).as_str()),
    );
    assert_eq!(response.content_type(), Some(crate::negotiate::JSON_API));
}

#[test]
fn nothing_to_say_has_no_body() {
    let response = NoContent.into_response();

    assert_eq!(response.status().as_u16(), 204);
    assert_eq!(response.content_type(), None);
}

#[test]
fn documents_have_names_in_the_description() {
    let names = [
        Document::<Licenses>::name(),
        Document::<Licenses, Validation>::name(),
        List::<Licenses>::name(),
        Resource::<Licenses>::name(),
        ToOne::<Policies>::name(),
        ToOne::<Bearers>::name(),
        ToMany::<MachineTotals>::name(),
    ];

    assert_eq!(
        names,
        [
            "LicenseDocument",
            "LicenseValidationDocument",
            "LicenseList",
            "License",
            "ToPolicy",
            "ToUserOrProductOrLicenseOrEnvironment",
            "ToManyWithMachineTotals",
        ],
    );
}
