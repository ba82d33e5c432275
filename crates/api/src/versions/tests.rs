//! Older versions, request by request and answer by answer.

use std::collections::HashMap;

use keystead_domain::{MachineId, UserId};
use poem::http::{Method, StatusCode};
use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::problem::Cause;
use crate::shape::{Fault, Step};

fn exchange<'a>(
    version: ApiVersion,
    method: &'a Method,
    path: &'a str,
    status: u16,
) -> Exchange<'a> {
    Exchange {
        version,
        method,
        path,
        status: StatusCode::from_u16(status).unwrap(),
        owners: None,
        files: None,
        products: None,
    }
}

/// What a client at `version` gets of a document answered to a plain GET.
fn shown(version: ApiVersion, document: &Value) -> Value {
    let mut document = document.clone();
    downgrade(
        &exchange(version, &Method::GET, "/things", 200),
        &mut document,
    );
    document
}

/// For each version, what `look` finds in what its clients get: newest first.
fn by_version<T>(look: impl Fn(ApiVersion) -> T) -> Vec<T> {
    ApiVersion::ALL
        .iter()
        .rev()
        .map(|version| look(*version))
        .collect()
}

fn policy() -> Value {
    json!({"type": "policies", "id": "1", "attributes": {
        "name": "x",
        "machineUniquenessStrategy": "UNIQUE_PER_LICENSE",
        "machineMatchingStrategy": "MATCH_ANY",
        "machineLeasingStrategy": "PER_LICENSE",
        "processLeasingStrategy": "PER_MACHINE",
        "overageStrategy": "NO_OVERAGE",
        "metadata": {},
    }})
}

#[test]
fn migrations_are_listed_newest_first() {
    let untils: Vec<_> = changes().map(|(until, _)| until).collect();

    assert!(
        untils.windows(2).all(|pair| pair[0] > pair[1]),
        "{untils:?}"
    );
    assert!(changes().all(|(_, description)| !description.is_empty()));
    assert_eq!(of(ApiVersion::LATEST).count(), 0);
}

#[test]
fn the_newest_version_is_not_even_parsed() {
    let body = b"{ \"data\" : null }".to_vec();
    let exchange = exchange(ApiVersion::LATEST, &Method::GET, "/x", 200);

    assert_eq!(downgrade_bytes(&exchange, body.clone()), body);
}

#[test]
fn bytes_that_are_no_document_are_left_alone() {
    for body in [&b""[..], b"-----BEGIN LICENSE FILE-----"] {
        let exchange = exchange(ApiVersion::V1_0, &Method::GET, "/x", 200);
        assert_eq!(downgrade_bytes(&exchange, body.to_vec()), body);
    }
}

#[test]
fn policies_are_named_as_each_version_knew_them() {
    let names = |version: ApiVersion| {
        let shown = shown(version, &json!({"data": policy()}));
        let attributes = shown["data"]["attributes"].as_object().unwrap().clone();
        attributes.keys().cloned().collect::<Vec<_>>().join(" ")
    };
    let newest = "name machineUniquenessStrategy machineMatchingStrategy machineLeasingStrategy \
                  processLeasingStrategy overageStrategy metadata";
    let until_1_6 = "name machineUniquenessStrategy machineMatchingStrategy machineLeasingStrategy \
                     leasingStrategy overageStrategy metadata";
    let until_1_3 = "name fingerprintUniquenessStrategy fingerprintMatchingStrategy \
                     machineLeasingStrategy leasingStrategy overageStrategy metadata";
    let until_1_1 = format!("{until_1_3} concurrent");

    assert_eq!(
        by_version(names),
        [
            newest, newest, until_1_6, until_1_6, until_1_6, until_1_3, until_1_3, &until_1_1,
            &until_1_1,
        ],
    );
}

#[test]
fn policies_are_rewritten_in_lists_and_among_the_included() {
    let shown = shown(
        ApiVersion::V1_6,
        &json!({"data": [policy()], "included": [policy()]}),
    );

    assert_eq!(
        shown["data"][0]["attributes"]["leasingStrategy"],
        json!("PER_MACHINE")
    );
    assert_eq!(
        shown["included"][0]["attributes"]["leasingStrategy"],
        json!("PER_MACHINE")
    );
}

#[test]
fn a_policy_is_concurrent_when_it_tolerates_overage() {
    for (strategy, concurrent) in [
        ("NO_OVERAGE", false),
        ("ALWAYS_ALLOW_OVERAGE", true),
        ("ALLOW_2X_OVERAGE", true),
    ] {
        let mut policy = policy();
        policy["attributes"]["overageStrategy"] = json!(strategy);
        let shown = shown(ApiVersion::V1_1, &json!({"data": policy}));
        assert_eq!(
            shown["data"]["attributes"]["concurrent"],
            json!(concurrent),
            "{strategy}"
        );
    }
}

#[test]
fn a_license_calls_its_owner_user_until_1_5() {
    let license = json!({"data": {"type": "licenses", "id": "l", "relationships": {
        "policy": {},
        "owner": {"links": {"related": "/v1/accounts/a/licenses/l/owner"}, "data": null},
        "users": {},
    }}});

    assert_eq!(shown(ApiVersion::V1_6, &license), license);
    assert_eq!(
        serde_json::to_string(&shown(ApiVersion::V1_5, &license)["data"]["relationships"]).unwrap(),
        r#"{"policy":{},"user":{"links":{"related":"/v1/accounts/a/licenses/l/user"},"data":null},"users":{}}"#,
    );
}

#[test]
fn a_machine_shows_its_licenses_owner_until_1_5() {
    let id = Uuid::from_u128(7);
    let place = format!("/v1/accounts/a/machines/{id}");
    let machine = json!({
        "type": "machines",
        "id": id,
        "relationships": {"owner": {"links": {"related": format!("{place}/owner")}, "data": null}},
        "links": {"self": place},
    });
    let owners = LicenseOwners(HashMap::from([(
        MachineId::from(id),
        UserId::from(Uuid::from_u128(8)),
    )]));
    let user = json!({
        "links": {"related": format!("{place}/user")},
        "data": {"type": "users", "id": Uuid::from_u128(8)},
    });
    let shown = |exchange: Exchange<'_>| {
        let mut document = json!({"data": machine, "included": [machine]});
        downgrade(
            &Exchange {
                owners: Some(&owners),
                ..exchange
            },
            &mut document,
        );
        document
    };

    let at_1_5 = shown(exchange(ApiVersion::V1_5, &Method::GET, "/machines/m", 200));
    assert_eq!(at_1_5["data"]["relationships"], json!({"user": user}));
    assert_eq!(
        at_1_5["included"][0]["relationships"],
        json!({"owner": machine["relationships"]["owner"], "user": user}),
    );

    let at_1_6 = shown(exchange(ApiVersion::V1_6, &Method::GET, "/machines/m", 200));
    assert_eq!(at_1_6["data"], machine);

    for (method, path) in [
        (Method::POST, "/machines/m/actions/reset"),
        (Method::POST, "/machines/m/actions/reset-heartbeat"),
        (Method::PUT, "/machines/m/owner"),
    ] {
        let kept = shown(exchange(ApiVersion::V1_5, &method, path, 200));
        assert_eq!(kept["data"], machine, "{path}");
    }
}

#[test]
fn a_machine_whose_license_has_no_owner_shows_null() {
    let machine = json!({"data": {
        "type": "machines",
        "id": Uuid::from_u128(7),
        "relationships": {"owner": {}},
        "links": {"self": "/m"},
    }});

    assert_eq!(
        shown(ApiVersion::V1_5, &machine)["data"]["relationships"],
        json!({"user": {"links": {"related": "/m/user"}, "data": null}}),
    );
}

#[test]
fn an_unknown_owner_was_an_unknown_user_of_a_license_until_1_5() {
    let refusal = json!({"errors": [{
        "title": "Unprocessable resource",
        "detail": "must exist",
        "code": "OWNER_NOT_FOUND",
        "source": {"pointer": "/data/relationships/owner"},
        "links": {"about": "https://docs/licenses/#licenses-object-relationships-owner"},
    }]});
    let told = |version, method: Method, path: &str| {
        let mut document = refusal.clone();
        downgrade(&exchange(version, &method, path, 422), &mut document);
        document
    };

    for (method, path) in [
        (Method::POST, "/licenses"),
        (Method::PATCH, "/licenses/l"),
        (Method::PUT, "/licenses/l/user"),
    ] {
        assert_eq!(
            told(ApiVersion::V1_5, method, path)["errors"][0],
            json!({
                "title": "Unprocessable resource",
                "detail": "must exist",
                "code": "USER_NOT_FOUND",
                "source": {"pointer": "/data/relationships/user"},
                "links": {"about": "https://docs/licenses/#licenses-object-relationships-user"},
            }),
            "{path}",
        );
    }
    assert_eq!(
        told(ApiVersion::V1_5, Method::PUT, "/licenses/l/owner"),
        refusal
    );
    assert_eq!(told(ApiVersion::V1_5, Method::POST, "/machines"), refusal);
    assert_eq!(told(ApiVersion::V1_6, Method::POST, "/licenses"), refusal);
}

#[test]
fn metadata_is_in_snake_case_below_its_first_level_until_1_4() {
    let metadata = json!({
        "parentKey": {"childKey": [{"deepKey": "camelValue"}]},
        "listOf": [{"itemKey": 1}, "x"],
    });
    let user = json!({"type": "users", "attributes": {"metadata": metadata, "fullName": "x"}});
    let document = json!({"data": [user], "included": [user]});

    let shown_1_4 = shown(ApiVersion::V1_4, &document);
    for user in [&shown_1_4["data"][0], &shown_1_4["included"][0]] {
        assert_eq!(
            user["attributes"],
            json!({
                "metadata": {
                    "parentKey": {"child_key": [{"deep_key": "camelValue"}]},
                    "listOf": [{"item_key": 1}, "x"],
                },
                "fullName": "x",
            }),
        );
    }
    assert_eq!(shown(ApiVersion::V1_5, &document), document);
}

#[test]
fn a_new_machines_heart_had_not_started_until_1_2() {
    let machine = |status: &str, last: Value| json!({"data": {"type": "machines", "attributes": {"heartbeatStatus": status, "lastHeartbeat": last}}});
    let born = machine("ALIVE", json!("2026-01-31T09:15:27.123Z"));
    let shown = |version, method: Method, path: &str, status| {
        let mut document = born.clone();
        downgrade(&exchange(version, &method, path, status), &mut document);
        document
    };

    assert_eq!(
        shown(ApiVersion::V1_2, Method::POST, "/machines", 201),
        machine("NOT_STARTED", Value::Null),
    );
    assert_eq!(shown(ApiVersion::V1_2, Method::GET, "/machines", 200), born);
    assert_eq!(
        shown(ApiVersion::V1_3, Method::POST, "/machines", 201),
        born
    );
}

#[test]
fn a_validation_had_a_constant_and_no_tolerance_until_1_1() {
    let validated = |version, path: &str, valid: bool, code: &str| {
        let mut document = json!({"data": null, "meta": {"ts": "now", "valid": valid, "detail": "x", "code": code}});
        downgrade(&exchange(version, &Method::POST, path, 200), &mut document);
        serde_json::to_string(&document["meta"]).unwrap()
    };
    #[rustfmt::skip]
    let table = [
        (true,  "VALID",             true),
        (true,  "EXPIRED",           true),
        (true,  "TOO_MANY_MACHINES", false),
        (false, "EXPIRED",           false),
        (false, "NOT_FOUND",         false),
    ];
    for (valid, code, shown) in table {
        for path in [
            "/licenses/actions/validate-key",
            "/licenses/l/actions/validate",
        ] {
            assert_eq!(
                validated(ApiVersion::V1_1, path, valid, code),
                format!(r#"{{"ts":"now","valid":{shown},"detail":"x","constant":"{code}"}}"#),
            );
        }
    }
    assert_eq!(
        validated(
            ApiVersion::V1_2,
            "/licenses/actions/validate-key",
            true,
            "TOO_MANY_MACHINES"
        ),
        r#"{"ts":"now","valid":true,"detail":"x","code":"TOO_MANY_MACHINES"}"#,
    );
    assert!(validated(ApiVersion::V1_1, "/licenses/l", true, "X").contains("\"code\""));
}

#[test]
fn a_failed_login_did_not_tell_which_half_was_wrong_until_1_7() {
    let told = |version, path: &str, code: &str| {
        let mut document = json!({"errors": [{
            "title": "Unauthorized",
            "detail": "as it is",
            "code": code,
            "source": {"header": "Authorization"},
        }]});
        downgrade(&exchange(version, &Method::POST, path, 401), &mut document);
        let error = &document["errors"][0];
        assert_eq!(error["source"], json!({"header": "Authorization"}));
        (
            error["code"].as_str().unwrap().to_owned(),
            error["detail"].as_str().unwrap().to_owned(),
        )
    };
    let hidden = (
        "CREDENTIALS_INVALID".to_owned(),
        "email and password must be valid".to_owned(),
    );

    for code in [
        "EMAIL_REQUIRED",
        "EMAIL_INVALID",
        "PASSWORD_REQUIRED",
        "PASSWORD_INVALID",
        "PASSWORD_NOT_SUPPORTED",
    ] {
        let as_is = (code.to_owned(), "as it is".to_owned());
        assert_eq!(told(ApiVersion::V1_7, "/tokens", code), hidden);
        assert_eq!(told(ApiVersion::V1_8, "/tokens", code), as_is);
        assert_eq!(told(ApiVersion::V1_7, "/users/u/tokens", code), as_is);
    }
    assert_eq!(
        told(ApiVersion::V1_0, "/tokens", "OTP_REQUIRED").0,
        "OTP_REQUIRED"
    );
}

/// What a policy's attributes become on the way in.
fn sent(version: ApiVersion, attributes: &Value) -> Value {
    let mut document = json!({"data": {"type": "Policy", "attributes": attributes}});
    upgrade_request(version, &mut document).unwrap();
    document["data"]["attributes"].clone()
}

#[test]
fn older_names_are_accepted_at_their_versions() {
    use ApiVersion::{V1_1, V1_2, V1_3, V1_4, V1_6, V1_7};
    #[rustfmt::skip]
    let table = [
        // until, not after, as sent, as read
        (V1_6, V1_7, json!({"leasing_strategy": "PER_USER"}),            json!({"process_leasing_strategy": "PER_USER"})),
        (V1_3, V1_4, json!({"fingerprint_uniqueness_strategy": "X"}),    json!({"machine_uniqueness_strategy": "X"})),
        (V1_3, V1_4, json!({"fingerprint_matching_strategy": "X"}),      json!({"machine_matching_strategy": "X"})),
        (V1_1, V1_2, json!({"concurrent": true}),                        json!({"overage_strategy": "ALWAYS_ALLOW_OVERAGE"})),
        (V1_1, V1_2, json!({"concurrent": false}),                       json!({"overage_strategy": "NO_OVERAGE"})),
        (V1_1, V1_2, json!({"concurrent": null}),                        json!({})),
    ];
    for (until, after, attributes, read) in table {
        assert_eq!(sent(until, &attributes), read, "{attributes} at {until}");
        assert_eq!(
            sent(ApiVersion::V1_0, &attributes),
            read,
            "{attributes} at 1.0"
        );
        assert_eq!(
            sent(after, &attributes),
            attributes,
            "{attributes} at {after}"
        );
    }
}

#[test]
fn a_newer_name_is_not_replaced_by_an_older_one() {
    let both = json!({"leasing_strategy": "A", "process_leasing_strategy": "B"});
    assert_eq!(sent(ApiVersion::V1_6, &both), both);

    let both = json!({"concurrent": true, "overage_strategy": "NO_OVERAGE"});
    assert_eq!(
        sent(ApiVersion::V1_1, &both),
        json!({"overage_strategy": "NO_OVERAGE"})
    );
}

#[test]
fn only_policies_are_rewritten_on_the_way_in() {
    let attributes = json!({"leasing_strategy": "A", "concurrent": 1});
    for document in [
        json!({"data": {"type": "licenses", "attributes": attributes}}),
        json!({"data": {"attributes": attributes}}),
        json!({"data": {"type": "policies", "attributes": [attributes]}}),
        json!({"data": [attributes]}),
        json!({"meta": {}}),
    ] {
        let mut read = document.clone();
        upgrade_request(ApiVersion::V1_0, &mut read).unwrap();
        assert_eq!(read, document);
    }
}

#[test]
fn faults_name_keys_as_they_were_sent() {
    let mut document = json!({"data": {"type": "policies", "attributes": {"leasing_strategy": 1}}});
    let renamed = upgrade_request(ApiVersion::V1_6, &mut document).unwrap();
    let path = ["data", "attributes", "process_leasing_strategy"];
    let fault = Fault {
        path: path.map(|key| Step::Key(key.to_owned())).to_vec(),
        detail: "type mismatch (received integer expected string)".to_owned(),
        located: true,
    };

    assert_eq!(
        renamed.as_sent(fault).path_text(),
        "data/attributes/leasing_strategy"
    );
}

#[test]
fn concurrent_must_be_a_boolean() {
    let mut document = json!({"data": {"type": "policies", "attributes": {"concurrent": "yes"}}});

    let error = upgrade_request(ApiVersion::V1_1, &mut document).unwrap_err();

    let Cause::Refused(refused) = error.cause else {
        panic!("it is refused")
    };
    assert_eq!(
        refused.problems[0].detail,
        "type mismatch (received string expected boolean)"
    );
}
