//! The walk over a document, in the contract's order and words.

use keystead_domain::words::{Scheme, UserRole};
use poem_openapi::Object;
use proptest::prelude::*;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::*;
use crate::fields::{Is, Judged, Links, Maybe, MaybeLink, Metadata, OneOf, Time};
use crate::input::{Create, Doc, Nothing, Sent};
use crate::nouns::{Groups, Licenses, Policies, Users};

/// Two kinds of licenses' worth of fields.
#[derive(Debug, Object, Deserialize)]
#[oai(rename_all = "camelCase")]
struct Attributes {
    /// Documented, to make sure a description changes nothing.
    name: String,
    #[oai(validator(min_length = 1))]
    code: Option<String>,
    #[oai(validator(min_length = 6, max_length = 8))]
    password: Option<String>,
    #[oai(validator(pattern = "^[0-9]+$"))]
    otp: Option<String>,
    max_machines: Option<i64>,
    #[serde(default)]
    max_uses: Maybe<i64>,
    small: Option<u32>,
    protected: Option<bool>,
    ratio: Option<f64>,
    #[serde(default)]
    expiry: Maybe<Time>,
    started: Option<Time>,
    role: Option<OneOf<UserRole>>,
    scheme: Option<Judged<Scheme>>,
    permissions: Option<Vec<String>>,
    metadata: Option<Metadata>,
    /// One of ours, inside.
    scope: Option<Scope>,
}

/// A nested object.
#[derive(Debug, Object, Deserialize)]
struct Scope {
    user: String,
}

#[derive(Debug, Object, Deserialize)]
#[oai(rename_all = "camelCase")]
struct Relationships {
    policy: crate::fields::Link<Policies>,
    #[serde(default)]
    group: MaybeLink<Groups>,
}

type Body = Create<Licenses, Attributes, Option<Relationships>, Option<Uuid>>;

/// A document without faults, to spoil.
fn good() -> Value {
    json!({"data": {"type": "licenses", "attributes": {"name": "x"}}})
}

fn faults_with(document: &mut Value, guards: &Guards) -> Vec<String> {
    let faults = Shape::of::<Body>().check(document, guards, Source::Body);
    faults
        .iter()
        .map(|fault| format!("/{} {}", fault.path_text(), fault.detail))
        .collect()
}

fn faults(mut document: Value) -> Vec<String> {
    faults_with(&mut document, &Guards::none())
}

/// The faults of a good document with one attribute more.
fn faults_of_attribute(key: &str, value: &Value) -> Vec<String> {
    let mut document = good();
    document["data"]["attributes"][key] = value.clone();
    faults(document)
}

#[test]
fn a_good_document_has_no_faults() {
    assert_eq!(faults(good()), [""; 0]);
    assert_eq!(
        faults(json!({"data": {
            "type": "license",
            "id": "0B7F0A0E5D3C4A0B8F1F0C1E7A3A4B10",
            "attributes": {
                "name": "", "code": "c", "password": "secret", "otp": "123", "max_machines": 1,
                "max_uses": null, "protected": false, "ratio": 1, "expiry": "2026-01-31T09:15:27Z",
                "role": "read-only", "scheme": "FOO", "permissions": ["a"], "metadata": {},
                "scope": {"user": "u"}, "small": 7,
            },
            "relationships": {
                "policy": {"data": {"type": "Policy", "id": "0b7f0a0e-5d3c-4a0b-8f1f-0c1e7a3a4b10"}},
                "group": {"data": null},
            },
        }})),
        [""; 0],
    );
}

#[test]
fn each_attribute_is_judged_in_the_contracts_words() {
    #[rustfmt::skip]
    let table = [
        ("name",         json!(1),                 "type mismatch (received integer expected string)"),
        ("name",         json!(null),              "cannot be null"),
        ("name",         json!([]),                "type mismatch (received array expected string)"),
        ("code",         json!(""),                "cannot be blank"),
        ("code",         json!("  "),              "cannot be blank"),
        ("password",     json!("short"),           "length must be between 6 and 8 (inclusive)"),
        ("password",     json!("much too long"),   "length must be between 6 and 8 (inclusive)"),
        ("password",     json!(""),                "cannot be blank"),
        ("otp",          json!("12x"),             "format is invalid"),
        ("max_machines", json!("1"),               "type mismatch (received string expected integer)"),
        ("max_machines", json!(1.5),               "type mismatch (received float expected integer)"),
        ("max_machines", json!(true),              "type mismatch (received boolean expected integer)"),
        ("max_machines", json!({}),                "type mismatch (received object expected integer)"),
        ("max_machines", json!(u64::MAX),          "integer is too large"),
        ("max_machines", json!(1e30),              "integer is too large"),
        ("small",        json!(-1),                "is invalid"),
        ("small",        json!(4_294_967_296_i64), "integer is too large"),
        ("protected",    json!("true"),            "type mismatch (received string expected boolean)"),
        ("ratio",        json!("1.5"),             "type mismatch (received string expected float)"),
        ("expiry",       json!("soon"),            "failed to coerce string to time"),
        ("expiry",       json!(u64::MAX),          "failed to coerce integer to time"),
        ("expiry",       json!(true),              "type mismatch (received boolean expected time)"),
        ("role",         json!("root"),            "is invalid"),
        ("role",         json!(1),                 "type mismatch (received integer expected string)"),
        ("permissions",  json!("a"),               "type mismatch (received string expected array)"),
        ("metadata",     json!("a"),               "type mismatch (received string expected object)"),
        ("scope",        json!([]),                "type mismatch (received array expected object)"),
    ];
    for (key, value, detail) in table {
        assert_eq!(
            faults_of_attribute(key, &value),
            [format!("/data/attributes/{key} {detail}")],
            "{key}: {value}",
        );
    }
}

#[test]
fn faults_lie_where_they_are_found() {
    let id = "0b7f0a0e-5d3c-4a0b-8f1f-0c1e7a3a4b10";
    #[rustfmt::skip]
    let table = [
        (json!({}),                                        "/data is missing"),
        (json!({"data": null}),                            "/data cannot be null"),
        (json!({"data": []}),                              "/data type mismatch (received array expected object)"),
        (json!({"data": {"attributes": {"name": "x"}}}),   "/data/type is missing"),
        (json!({"data": {"type": "users", "attributes": {"name": "x"}}}), "/data/type is invalid"),
        (json!({"data": {"type": "licenses"}}),            "/data/attributes is missing"),
        (json!({"data": {"type": "licenses", "attributes": {"name": "x"}, "id": "1"}}),
            "/data/id type mismatch (received string expected UUID string)"),
        (json!({"data": {"type": "licenses", "attributes": {"name": "x"}, "relationships": {}}}),
            "/data/relationships/policy is missing"),
        (json!({"data": {"type": "licenses", "attributes": {"name": "x"}, "relationships": {"policy": {}}}}),
            "/data/relationships/policy/data is missing"),
        (json!({"data": {"type": "licenses", "attributes": {"name": "x"},
                "relationships": {"policy": {"data": {"type": "policies", "id": format!("{{{id}}}")}}}}}),
            "/data/relationships/policy/data/id type mismatch (received string expected UUID string)"),
        (json!({"data": {"type": "licenses", "attributes": {"name": "x"},
                "relationships": {"policy": {"data": {"type": "policies", "id": id}}, "group": {}}}}),
            "/data/relationships/group/data is missing"),
        (json!({"data": {"type": "licenses", "attributes": {"name": "x", "permissions": ["a", null]}}}),
            "/data/attributes/permissions/1 cannot be null"),
        (json!({"data": {"type": "licenses", "attributes": {"name": "x", "scope": {}}}}),
            "/data/attributes/scope/user is missing"),
    ];
    for (document, fault) in table {
        assert_eq!(faults(document.clone()), [fault], "{document}");
    }
}

#[test]
fn undeclared_keys_are_told_first_in_the_order_they_were_sent() {
    let document = json!({
        "zeta": 1,
        "data": {
            "type": 7,
            "attributes": {"unpermitted_param": null, "scope": {"user": "x", "other": 1}},
            "links": {},
        },
        "meta": {},
    });

    assert_eq!(
        faults(document),
        [
            "/zeta unpermitted parameter",
            "/data/attributes/unpermitted_param unpermitted parameter",
            "/data/attributes/scope/other unpermitted parameter",
            "/data/links unpermitted parameter",
            "/meta unpermitted parameter",
            "/data/type type mismatch (received integer expected string)",
            "/data/attributes/name is missing",
        ],
    );
}

#[test]
fn forbidden_keys_come_before_coercion_even_when_null() {
    let guards = Guards::none()
        .forbid("data/attributes/protected")
        .allow(false, &["data/relationships/group"])
        .allow(true, &["data/attributes/name"]);
    let mut document = json!({"data": {
        "type": "licenses",
        "attributes": {"name": "x", "expiry": "soon", "protected": null},
    }});

    assert_eq!(
        faults_with(&mut document, &guards),
        [
            "/data/attributes/protected unpermitted parameter",
            "/data/attributes/expiry failed to coerce string to time",
        ],
    );
}

#[test]
fn checks_go_by_declaration_and_children_come_first() {
    let document = json!({"data": {
        "relationships": {"policy": 1},
        "attributes": {"metadata": 1, "code": "", "scope": {}},
        "type": "nothing",
    }});

    assert_eq!(
        faults(document),
        [
            "/data/type is invalid",
            "/data/attributes/name is missing",
            "/data/attributes/code cannot be blank",
            "/data/attributes/metadata type mismatch (received integer expected object)",
            "/data/attributes/scope/user is missing",
            "/data/relationships/policy type mismatch (received integer expected object)",
        ],
    );
}

#[test]
fn null_is_dropped_where_it_is_no_value_and_kept_where_it_is() {
    let mut document = json!({"data": {
        "type": "licenses",
        "id": null,
        "attributes": {
            "name": "x", "max_machines": null, "max_uses": null, "expiry": "", "started": " ",
            "metadata": null,
        },
        "relationships": null,
    }});

    assert_eq!(faults_with(&mut document, &Guards::none()), [""; 0]);
    assert_eq!(
        document,
        json!({"data": {
            "type": "licenses",
            "attributes": {"name": "x", "max_uses": null, "expiry": null},
        }}),
    );
}

#[test]
fn metadata_nests_two_levels() {
    let below = |value: Value| faults_of_attribute("metadata", &value);

    assert_eq!(below(json!({"object": {"nested": {"key": "v"}}})), [""; 0]);
    assert_eq!(below(json!({"array": ["a", {"key": "v"}, []]})), [""; 0]);
    #[rustfmt::skip]
    let table = [
        (json!({"a": {"b": {"c": {}}}}),          "a/b/c"),
        (json!({"a": {"b": {"c": [1]}}}),         "a/b/c"),
        (json!({"array": [1, 2, {"baz": {}}]}),   "array/2/baz"),
        (json!({"array": [1, [[]]]}),             "array/1/0"),
    ];
    for (metadata, place) in table {
        let fault = format!("/data/attributes/metadata/{place} maximum depth of 2 exceeded");
        assert_eq!(below(metadata.clone()), [fault], "{metadata}");
    }
}

#[test]
fn a_list_of_links_holds_one_to_a_hundred() {
    let link = json!({"type": "user", "id": "0b7f0a0e-5d3c-4a0b-8f1f-0c1e7a3a4b10"});
    let check = |count| {
        let mut document = json!({"data": vec![link.clone(); count]});
        let faults =
            Shape::of::<Links<Users>>().check(&mut document, &Guards::none(), Source::Body);
        faults
            .into_iter()
            .map(|fault| (fault.path_text(), fault.detail))
            .collect::<Vec<_>>()
    };
    let fault = || {
        (
            "data".to_owned(),
            "length must be between 1 and 100 (inclusive)".to_owned(),
        )
    };

    assert_eq!(check(0), [fault()]);
    assert_eq!(check(1), []);
    assert_eq!(check(100), []);
    assert_eq!(check(101), [fault()]);
}

#[test]
fn lengths_are_told_by_the_bounds_there_are() {
    #[derive(Object)]
    struct Lengths {
        #[oai(validator(max_length = 2))]
        most: Option<String>,
        #[oai(validator(min_length = 2))]
        least: Option<String>,
        #[oai(validator(min_length = 2, max_length = 2))]
        exactly: Option<String>,
        #[oai(validator(min_items = 1))]
        some: Option<Vec<String>>,
    }
    let mut document = json!({"most": "éüö", "least": "é", "exactly": "abc", "some": []});
    let faults = Shape::of::<Lengths>().check(&mut document, &Guards::none(), Source::Body);

    assert_eq!(
        faults
            .iter()
            .map(|fault| fault.detail.as_str())
            .collect::<Vec<_>>(),
        [
            "length must be less than or equal to 2",
            "length must be greater than or equal to 2",
            "length must be equal to 2",
            "cannot be blank",
        ],
    );
}

#[test]
fn a_query_is_read_by_what_it_must_be_and_ignores_what_it_does_not_know() {
    let check = |mut document: Value| {
        let faults = Shape::of::<Attributes>().check(&mut document, &Guards::none(), Source::Query);
        let problems = faults.iter().map(|fault| fault.problem(Source::Query));
        (
            document,
            problems
                .map(|problem| (problem.at, problem.detail.into_owned()))
                .collect::<Vec<_>>(),
        )
    };
    let at = |name: &str| keystead_domain::At::Parameter(name.to_owned().into());

    let (read, problems) = check(json!({
        "name": "x", "max_machines": " 7 ", "ratio": "0.5", "protected": "off", "foo": "1", "code": "",
    }));
    assert_eq!(problems, []);
    assert_eq!(
        read,
        json!({"name": "x", "max_machines": 7, "ratio": 0.5, "protected": false, "foo": "1"}),
    );

    let (_, problems) = check(json!({"name": "x", "max_machines": "many", "scope": {"user": []}}));
    assert_eq!(
        problems,
        [
            (
                at("maxMachines"),
                "failed to coerce string to integer".to_owned()
            ),
            (
                at("maxMachines"),
                "type mismatch (received string expected integer)".to_owned()
            ),
            (
                at("scope[user]"),
                "type mismatch (received array expected string)".to_owned()
            ),
        ],
    );
}

#[test]
fn only_a_body_that_requires_something_is_required() {
    assert!(Shape::of::<Body>().requires_anything());
    assert!(!Shape::of::<Doc<Option<Sent<Users>>, Nothing>>().requires_anything());
    assert!(Shape::of::<Doc<Is<Users>>>().requires_anything());
}

/// Anything that a client might send where something else is wanted.
fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        (-2_i64..200).prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,9}".prop_map(Value::from),
        prop::sample::select(vec![
            "",
            "licenses",
            "policies",
            "groups",
            "admin",
            "2026-01-31",
            "secret",
            "123",
            "0b7f0a0e-5d3c-4a0b-8f1f-0c1e7a3a4b10",
        ])
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::vec(("type|id|data|user|a", inner), 0..3)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn a_document_without_faults_can_be_read(
        attributes in prop::collection::vec((
            "name|code|password|otp|max_machines|max_uses|small|protected|ratio|expiry|started|\
             role|scheme|permissions|metadata|scope",
            anything(),
        ), 0..3),
        policy in prop::option::of(anything()),
        group in prop::option::of(anything()),
        id in prop::option::of(anything()),
    ) {
        let mut document = good();
        for (key, value) in attributes {
            document["data"]["attributes"][key] = value;
        }
        for (key, value) in [("policy", policy), ("group", group)] {
            if let Some(value) = value {
                document["data"]["relationships"][key] = value;
            }
        }
        if let Some(id) = id {
            document["data"]["id"] = id;
        }
        let sent = document.to_string();

        if faults_with(&mut document, &Guards::none()).is_empty() {
            let read = serde_json::from_value::<Body>(document);
            prop_assert!(read.is_ok(), "{sent}: {:?}", read.err());
        }
    }

    #[test]
    fn a_query_without_faults_can_be_read(query in "(name|code|maxMachines|small|protected|ratio|expiry|role|permissions|metadata|scope)(\\[\\]|\\[user\\])?=[0-9a-z]{0,3}") {
        let query = crate::query::Query::parse(&format!("name=x&{query}")).unwrap_or_default();
        let mut members = Value::Object(query.members().clone());
        if Shape::of::<Attributes>().check(&mut members, &Guards::none(), Source::Query).is_empty() {
            let read = serde_json::from_value::<Attributes>(members);
            prop_assert!(read.is_ok(), "{query:?}: {:?}", read.err());
        }
    }
}

#[test]
fn samples_have_no_faults() {
    for every_key in [false, true] {
        let mut sample = Shape::of::<Body>().sample(every_key);
        // The pattern of `otp` can't be guessed from its schema.
        if let Some(otp) = sample.pointer_mut("/data/attributes/otp") {
            *otp = json!("123");
        }
        assert_eq!(faults(sample.clone()), [""; 0], "{sample}");
    }
}
