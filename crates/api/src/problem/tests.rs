//! Errors as documents.

use keystead_domain::{At, RequestId};
use poem::error::{MethodNotAllowedError, NotFoundError};
use serde_json::{Value, json};

use super::*;

fn told(error: Error, path: &str) -> Value {
    let rendering = Rendering {
        request_id: Some(RequestId::from(uuid::Uuid::nil())),
        path,
        docs_url: "https://docs/",
    };
    serde_json::to_value(ErrorDocument::of(&error, &rendering)).unwrap()
}

#[test]
fn every_kind_has_its_line() {
    #[rustfmt::skip]
    let table = [
        (Kind::BadRequest,          400, "Bad request"),
        (Kind::Unauthorized,        401, "Unauthorized"),
        (Kind::Forbidden,           403, "Access denied"),
        (Kind::NotFound,            404, "Not found"),
        (Kind::Conflict,            409, "Conflict"),
        (Kind::Unprocessable,       422, "Unprocessable resource"),
        (Kind::UnprocessableEntity, 422, "Unprocessable entity"),
        (Kind::TooManyRequests,     429, "Too many requests"),
    ];
    for (kind, status, title) in table {
        assert_eq!(
            (line(kind).status.as_u16(), line(kind).title),
            (status, title)
        );
    }
}

#[test]
fn a_field_problem_is_told_with_code_pointer_and_page() {
    let error = Code::GroupNotFound.at(At::Relationship("group".into()));

    assert_eq!(
        told(error.into(), "/users"),
        json!({
            "meta": {"id": "00000000-0000-0000-0000-000000000000"},
            "errors": [{
                "title": "Unprocessable resource",
                "detail": "must exist",
                "code": "GROUP_NOT_FOUND",
                "source": {"pointer": "/data/relationships/group"},
                "links": {"about": "https://docs/users/#users-object-relationships-group"},
            }],
        }),
    );
}

#[test]
fn places_are_pointers_in_lower_camel_case() {
    #[rustfmt::skip]
    let table = [
        (At::Attribute("max_machines".into()),    json!({"pointer": "/data/attributes/maxMachines"})),
        (At::Relationship("second_factors".into()), json!({"pointer": "/data/relationships/secondFactors"})),
        (At::Record,                              json!({"pointer": "/data"})),
        (At::Id,                                  json!({"pointer": "/data/id"})),
        (At::Meta("scope/my_key".into()),         json!({"pointer": "/meta/scope/myKey"})),
        (At::Path("data/0/my_key".into()),        json!({"pointer": "/data/0/myKey"})),
        (At::Parameter("page[size]".into()),      json!({"parameter": "page[size]"})),
        (At::Header("Keygen-Environment"),        json!({"header": "Keygen-Environment"})),
        (At::Nowhere,                             Value::Null),
    ];
    for (at, source) in table {
        let error = Problem::new(Kind::BadRequest, "is invalid").at(at);
        assert_eq!(told(error.into(), "/users")["errors"][0]["source"], source);
    }
}

#[test]
fn pages_follow_the_field_and_the_path() {
    let page = |path: &str, at: At, topic: Option<&'static str>| {
        let mut error = Error::from(Code::PermissionsNotAllowed.at(at));
        error.topic = topic;
        told(error, path)["errors"][0]["links"]["about"].clone()
    };
    let field = |name: &'static str| At::Attribute(name.into());
    #[rustfmt::skip]
    let table = [
        ("/tokens",                field("permissions"),  None, "tokens/#tokens-object-attrs-permissions"),
        ("/tokens/1",              field("max_uses"),     None, "tokens/#tokens-object-attrs-maxUses"),
        ("/users/1/tokens",        field("expiry"),       None, "tokens/#tokens-object-attrs-expiry"),
        ("/users/1/second-factors", field("otp"),         None, "second-factors/#second-factors-object-attrs-otp"),
        ("/licenses/1/policy",     At::Relationship("policy".into()), None, "licenses/#licenses-object-relationships-policy"),
        ("/licenses/1/users",      At::Record,            None, "licenses/#licenses-object"),
        ("/licenses",              At::Path("data/attributes/metadata/a".into()), None, "licenses/#licenses-object-attrs-metadata"),
        ("/accounts",              At::Path("data/relationships/admins/data/0/attributes/email".into()), None, "accounts/#accounts-object-relationships-admins"),
        ("/settings",              field("value"),        None, "account-settings/#account-settings-object-attrs-value"),
        ("/licenses/1/entitlements", At::Relationship("entitlement".into()), None, "entitlements/#entitlements-object-relationships-entitlement"),
        ("/licenses",              field("name"),         Some("users"), "users/#users-object-attrs-name"),
    ];
    for (path, at, topic, page_of_it) in table {
        assert_eq!(
            page(path, at, topic),
            json!(format!("https://docs/{page_of_it}")),
            "{path}"
        );
    }
}

#[test]
fn only_field_problems_have_a_page_by_themselves() {
    let about = |problem: Problem| told(problem.into(), "/users")["errors"][0]["links"].clone();

    assert_eq!(
        about(Problem::new(Kind::BadRequest, "is missing").at(At::Record)),
        Value::Null
    );
    assert_eq!(
        about(Problem::new(Kind::UnprocessableEntity, "too many records")),
        Value::Null
    );
    assert_eq!(
        about(Problem::new(Kind::Forbidden, "no").about("authentication/#token-authentication")),
        json!({"about": "https://docs/authentication/#token-authentication"}),
    );
}

#[test]
fn equal_codes_at_one_place_are_told_once() {
    let duration = || At::Attribute("duration".into());
    let told = told(
        Refused {
            problems: vec![
                Code::DurationInvalid.says("must be greater than 0", duration()),
                Code::DurationInvalid.at(duration()),
                Code::NameMissing.at(At::Attribute("name".into())),
                Code::DurationInvalid.at(At::Record),
            ],
        }
        .into(),
        "/policies",
    );
    let details = told["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["detail"].clone());

    assert_eq!(
        details.collect::<Vec<_>>(),
        [
            "must be greater than 0",
            "can't be blank",
            "must be greater than or equal to 86400 (1 day)",
        ],
    );
}

#[test]
fn what_the_framework_raises_is_told_in_the_contracts_terms() {
    let told = |error: poem::Error| {
        let (response, error) = render(error, &Rendering::default());
        let document =
            serde_json::to_value(ErrorDocument::of(&error, &Rendering::default())).unwrap();
        let first = &document["errors"][0];
        (
            response.status().as_u16(),
            first["title"].clone(),
            first["code"].clone(),
        )
    };
    let status = |status: u16| poem::Error::from_status(StatusCode::from_u16(status).unwrap());
    let path = poem_openapi::error::ParsePathError {
        name: "param0",
        reason: String::new(),
    };
    let media = poem_openapi::error::ContentTypeError::ExpectContentType;
    let internal = poem::error::InternalServerError(std::io::Error::other("disk on fire"));
    #[rustfmt::skip]
    let table = [
        (NotFoundError.into(),         404, "Not found",             json!("NOT_FOUND")),
        (MethodNotAllowedError.into(), 404, "Not found",             json!("NOT_FOUND")),
        (path.into(),                  400, "Bad request",           json!("URI_INVALID")),
        (media.into(),                 400, "Bad request",           json!("MIME_TYPE_INVALID")),
        (status(404),                  404, "Not found",             json!("NOT_FOUND")),
        (status(405),                  404, "Not found",             json!("NOT_FOUND")),
        (status(413),                  413, "Payload too large",     Value::Null),
        (status(400),                  400, "Bad request",           Value::Null),
        (status(503),                  503, "Service unavailable",   Value::Null),
        (internal,                     500, "Internal server error", Value::Null),
    ];
    for (error, status, title, code) in table {
        let name = error.to_string();
        assert_eq!(told(error), (status, json!(title), code), "{name}");
    }
}

#[tokio::test]
async fn a_failure_is_answered_without_its_cause() {
    let error = Error::failed(std::io::Error::other("disk on fire"));
    let (response, _) = render(error.into(), &Rendering::default());
    let status = response.status();
    let body = response.into_body().into_string().await.unwrap();

    assert_eq!(status.as_u16(), 500);
    assert!(!body.contains("disk on fire"), "{body}");
}

#[test]
fn what_could_not_be_read_is_told_without_meta() {
    let told = told(Error::unreadable(Code::JsonInvalid), "/users");

    assert_eq!(
        told,
        json!({"errors": [{
            "title": "Bad request",
            "detail": "The request could not be completed because it contains invalid JSON (check formatting/encoding)",
            "code": "JSON_INVALID",
        }]}),
    );
}

#[test]
fn a_challenge_repeats_the_clients_scheme() {
    #[rustfmt::skip]
    let table = [
        (None,                 "Bearer realm=\"keygen\""),
        (Some(""),             "Bearer realm=\"keygen\""),
        (Some("basic abc"),    "Basic realm=\"keygen\""),
        (Some("LICENSE key"),  "License realm=\"keygen\""),
        (Some("x\"y: z"),      "Bearer realm=\"keygen\""),
    ];
    for (header, expected) in table {
        assert_eq!(challenge(header, "Bearer"), expected, "{header:?}");
    }
}
