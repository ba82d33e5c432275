//! Rules of signing on, as tables.

use serde_json::{Map, Value, json};

use super::*;

fn terms() -> Terms {
    Terms {
        domains: vec!["acme.example".to_owned(), "acme.test".to_owned()],
        ..Terms::default()
    }
}

fn claims(value: Value) -> Map<String, Value> {
    let mut claims = value.as_object().cloned().unwrap_or_default();
    claims.entry("sub").or_insert_with(|| "p1".into());
    claims
        .entry("email")
        .or_insert_with(|| "Ada@Acme.example".into());
    claims
}

fn read(value: Value) -> Result<Profile, Failure> {
    let names = ClaimNames {
        organization: Some("org".to_owned()),
        ..ClaimNames::default()
    };
    Profile::read(&claims(value), "https://idp.example", &names)
}

#[test]
fn an_address_is_of_a_domain_to_the_letter() {
    #[rustfmt::skip]
    let table = [
        ("ada@acme.example",          true),
        ("ADA@ACME.test",             true),
        ("ada@sub.acme.example",      false),
        ("ada@evilacme.example",      false),
        ("ada@acme.example.evil",     false),
        ("ada@acme.example@evil.net", false),
        ("acme.example",              false),
        ("",                          false),
    ];
    for (email, covered) in table {
        assert_eq!(terms().covers(email), covered, "{email}");
        assert_eq!(terms().admit(email).is_ok(), covered, "{email}");
    }
    let open = Terms {
        external_authn: true,
        ..terms()
    };
    assert!(open.admit("ada@elsewhere.example").is_ok());
    assert!(!open.covers("ada@elsewhere.example"));
}

#[test]
fn staff_and_whoever_signed_on_before_need_no_password() {
    for role in UserRole::ALL.iter().copied() {
        for has_identity in [true, false] {
            let must = must_sign_on(Standing { role, has_identity });
            assert_eq!(must, role != UserRole::User || has_identity, "{role}");
        }
    }
}

#[test]
fn an_error_of_the_provider_is_told_as_long_as_it_reads_like_one() {
    #[rustfmt::skip]
    let table = [
        ("access_denied",          "SSO_ACCESS_DENIED"),
        ("connection_invalid",     "SSO_CONNECTION_INVALID"),
        ("",                       "SSO_INVALID"),
        ("x&code=Y",               "SSO_INVALID"),
        ("a\r\nset-cookie: a=b",   "SSO_INVALID"),
        (&"x".repeat(65),          "SSO_INVALID"),
    ];
    for (error, code) in table {
        assert_eq!(Failure::told(error).code(), code, "{error:?}");
    }
}

#[test]
fn what_was_sent_along_is_good_for_a_while_and_for_one_person() {
    let now = DateTime::from_timestamp(1_767_225_600, 0).unwrap();
    let sent = |email| Sent {
        email,
        expires: now,
    };
    let profile = read(json!({})).unwrap();

    assert!(sent("").in_time(now - TimeDelta::seconds(1)).is_ok());
    assert!(sent("").in_time(now).is_err());
    assert!(sent("ada@ACME.example").is_of(&profile).is_ok());
    assert!(sent("bob@acme.example").is_of(&profile).is_err());
}

#[test]
fn a_session_lives_for_eight_hours_unless_the_account_says_otherwise() {
    let of = |session_seconds| Terms {
        session_seconds,
        ..terms()
    };
    assert_eq!(of(None).session_ttl(), TimeDelta::hours(8));
    assert_eq!(of(Some(43_200)).session_ttl(), TimeDelta::hours(12));
    assert!(of(Some(59)).judge().is_err());
    assert!(of(Some(i64::MAX)).judge().is_err());
    assert!(of(Some(60)).judge().is_ok());
}

#[test]
fn domains_are_judged_by_their_form() {
    for (domain, good) in [
        ("acme.example", true),
        ("localhost", false),
        ("@acme.example", false),
        ("acme .example", false),
        ("", false),
    ] {
        let terms = Terms {
            domains: vec![domain.to_owned()],
            ..Terms::default()
        };
        assert_eq!(terms.judge().is_ok(), good, "{domain}");
    }
}

#[test]
fn a_profile_is_read_from_claims_in_the_ways_that_providers_spell_them() {
    let plain = read(json!({})).unwrap();
    assert_eq!(plain.email, "ada@acme.example");
    assert_eq!(plain.connection, "https://idp.example");
    assert_eq!(plain.idp, "p1");
    assert_eq!((plain.first_name, plain.role), (None, None));
    assert!(plain.organizations.is_empty());

    #[rustfmt::skip]
    let organizations = [
        (json!("o1"),         vec!["o1"]),
        (json!(["o1", "o2"]), vec!["o1", "o2"]),
        (json!({"o1": {}}),   vec!["o1"]),
        (json!(7),            vec![]),
    ];
    for (org, names) in organizations {
        assert_eq!(read(json!({ "org": org })).unwrap().organizations, names);
    }
    #[rustfmt::skip]
    let roles = [
        (json!("admin"),                Some("admin")),
        (json!("janitor"),              Some("janitor")),
        (json!({"slug": "read-only"}),  Some("read-only")),
        (json!(["offline", "developer"]), Some("developer")),
        (json!(["offline"]),            None),
        (json!(null),                   None),
    ];
    for (role, read_as) in roles {
        let profile = read(json!({ "role": role })).unwrap();
        assert_eq!(profile.role.as_deref(), read_as, "{role}");
    }
}

#[test]
fn a_profile_without_a_proven_address_is_nobodys() {
    #[rustfmt::skip]
    let table = [
        (json!({"sub": ""}),                 Failure::invalid()),
        (json!({"email": null}),             Failure::user_invalid()),
        (json!({"email_verified": false}),   Failure::user_not_allowed()),
        (json!({"email_verified": "false"}), Failure::user_not_allowed()),
    ];
    for (claims, failure) in table {
        assert_eq!(read(claims.clone()), Err(failure), "{claims}");
    }
    assert!(read(json!({ "email_verified": true })).is_ok());
}

#[test]
fn a_role_is_one_of_ours_or_nobodys() {
    assert_eq!(role(None), Ok(None));
    assert_eq!(role(Some("read-only")), Ok(Some(UserRole::ReadOnly)));
    assert_eq!(role(Some("invalid")), Err(Failure::user_invalid()));
}
