//! Keys are taken apart here the way a client takes them apart, with other libraries.

use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use num_bigint::BigUint;
use proptest::prelude::*;
use rsa::{RsaPublicKey, pkcs8::DecodePublicKey, traits::PublicKeyParts};
use uuid::Uuid;

use super::*;
use crate::{
    entropy::{SystemEntropy, counting::Counting},
    password::Verdict,
    testkeys,
};

const FULL_DATASET: &str = r#"{"account":{"id":"11111111-1111-4111-8111-111111111111"},"product":{"id":"22222222-2222-4222-8222-222222222222"},"policy":{"id":"33333333-3333-4333-8333-333333333333","duration":31556952},"user":{"id":"44444444-4444-4444-8444-444444444444","email":"ada@example.com"},"license":{"id":"66666666-6666-4666-8666-666666666666","created":"2026-01-31T09:15:27.123Z","expiry":"2027-01-31T09:15:27.123Z"}}"#;

fn id(text: &str) -> Uuid {
    text.parse().unwrap()
}

pub(super) fn facts() -> Facts<'static> {
    Facts {
        account: id("11111111-1111-4111-8111-111111111111"),
        product: id("22222222-2222-4222-8222-222222222222"),
        policy: id("33333333-3333-4333-8333-333333333333"),
        duration_seconds: Some(31_556_952),
        owner: Some(Owner {
            id: id("44444444-4444-4444-8444-444444444444"),
            email: "ada@example.com",
        }),
        license: id("66666666-6666-4666-8666-666666666666"),
        created_at: "2026-01-31T09:15:27.123456Z".parse().unwrap(),
        expires_at: Some("2027-01-31T09:15:27.123456Z".parse().unwrap()),
        issuer: "https://licensing.example.com",
    }
}

/// The same without all that may be missing.
pub(super) fn anonymous() -> Facts<'static> {
    Facts {
        duration_seconds: None,
        owner: None,
        expires_at: None,
        ..facts()
    }
}

fn key(scheme: Scheme, given: Option<&str>) -> Result<String, IssueError> {
    let issued = issue(
        Some(scheme),
        given,
        &facts(),
        &testkeys::signer(),
        &mut SystemEntropy,
    )?;
    assert_eq!(issued.raw, None);
    Ok(issued.key)
}

fn text(bytes: Vec<u8>) -> Result<String, String> {
    String::from_utf8(bytes).map_err(|error| error.to_string())
}

/// What a client does with a key under `scheme`: check it and read the seed.
fn read(scheme: Scheme, key: &str) -> Result<String, String> {
    let signer = testkeys::signer();
    let verify = |algorithm, message: &[u8], signature: &[u8]| {
        testkeys::verify(signer.public_keys().unwrap(), algorithm, message, signature)
    };
    let decode = |part: &str| URL_SAFE.decode(part).map_err(|error| error.to_string());
    let halves = || key.rsplit_once('.').ok_or("no signature");
    let prefixed = |algorithm| {
        let (signed, signature) = halves()?;
        verify(algorithm, signed.as_bytes(), &decode(signature)?)?;
        text(decode(signed.strip_prefix("key/").ok_or("no prefix")?)?)
    };
    let bare = |algorithm| {
        let (seed, signature) = halves()?;
        let seed = decode(seed)?;
        verify(algorithm, &seed, &decode(signature)?)?;
        text(seed)
    };
    match scheme {
        Scheme::Ed25519Sign => prefixed(Algorithm::Ed25519),
        Scheme::EcdsaP256Sign => prefixed(Algorithm::EcdsaP256),
        Scheme::Rsa2048Pkcs1SignV2 => prefixed(Algorithm::RsaSha256),
        Scheme::Rsa2048Pkcs1PssSignV2 => prefixed(Algorithm::RsaPssSha256),
        Scheme::Rsa2048Pkcs1Sign => bare(Algorithm::RsaSha256),
        Scheme::Rsa2048Pkcs1PssSign => bare(Algorithm::RsaPssSha256),
        Scheme::Rsa2048Pkcs1Encrypt => {
            let public = RsaPublicKey::from_public_key_pem(testkeys::RSA_PUBLIC_PEM).unwrap();
            let n = BigUint::from_bytes_be(&public.n().to_be_bytes());
            let e = BigUint::from_bytes_be(&public.e().to_be_bytes());
            let block = BigUint::from_bytes_be(&decode(key)?)
                .modpow(&e, &n)
                .to_bytes_be();
            let padded = block.strip_prefix(&[1]).ok_or("not type 1")?;
            let end = padded
                .iter()
                .position(|byte| *byte != 0xff)
                .ok_or("no end")?;
            let seed = padded[end..].strip_prefix(&[0]).ok_or("no end")?;
            if end != 256 - 3 - seed.len() {
                return Err("wrong length".to_owned());
            }
            text(seed.to_vec())
        }
        Scheme::Rsa2048JwtRs256 => {
            let (signed, signature) = halves()?;
            let decode = |part| {
                URL_SAFE_NO_PAD
                    .decode(part)
                    .map_err(|_| "base64".to_owned())
            };
            verify(Algorithm::RsaSha256, signed.as_bytes(), &decode(signature)?)?;
            let (header, claims) = signed.split_once('.').ok_or("no header")?;
            assert_eq!(text(decode(header)?)?, r#"{"alg":"RS256"}"#);
            text(decode(claims)?)
        }
        Scheme::LegacyEncrypt => Err("has no seed".to_owned()),
    }
}

fn schemes_with_seed() -> impl Iterator<Item = Scheme> {
    Scheme::all().filter(|scheme| *scheme != Scheme::LegacyEncrypt)
}

#[test]
fn a_given_seed_can_be_read_back_under_every_scheme() {
    for scheme in schemes_with_seed() {
        let given = r#"{"é":"?>~"}"#;

        let key = key(scheme, Some(given)).unwrap();

        assert_eq!(read(scheme, &key).as_deref(), Ok(given), "{scheme}");
    }
}

#[test]
fn a_seed_may_have_one_character() {
    for scheme in schemes_with_seed().filter(|scheme| *scheme != Scheme::Rsa2048JwtRs256) {
        let key = key(scheme, Some("x")).unwrap();

        assert_eq!(read(scheme, &key).as_deref(), Ok("x"), "{scheme}");
    }
}

#[test]
fn a_given_seed_is_a_template() {
    let key = key(Scheme::Ed25519Sign, Some("{{EMAIL}}/{{duration}}/{{none}}")).unwrap();

    assert_eq!(
        read(Scheme::Ed25519Sign, &key).unwrap(),
        "ada@example.com/31556952/"
    );
}

#[test]
fn base64_of_a_key_is_url_safe_and_padded() {
    let key = key(Scheme::Ed25519Sign, Some("~~~~?")).unwrap();

    // A signature of 64 bytes ends in two characters of padding.
    assert!(
        key.starts_with("key/fn5-fj8=.") && key.ends_with("=="),
        "{key}"
    );
}

#[test]
fn without_a_given_key_the_dataset_is_signed() {
    for scheme in schemes_with_seed() {
        let key = key(scheme, None).unwrap();
        let seed = read(scheme, &key).unwrap();

        match scheme {
            Scheme::Rsa2048Pkcs1Encrypt => assert_eq!(
                seed,
                r#"{"id":"66666666-6666-4666-8666-666666666666","created":"2026-01-31T09:15:27.123Z","duration":31556952,"expiry":"2027-01-31T09:15:27.123Z"}"#
            ),
            Scheme::Rsa2048JwtRs256 => {
                let (jti, rest) = seed.split_at(r#"{"jti":""#.len() + 36);
                assert_eq!(id(&jti[8..]).get_version_num(), 4);
                assert_eq!(
                    rest,
                    r#"","iss":"https://licensing.example.com","aud":"11111111-1111-4111-8111-111111111111","sub":"66666666-6666-4666-8666-666666666666","iat":1769850927,"nbf":1769850927,"exp":1801386927}"#
                );
            }
            _ => assert_eq!(seed, FULL_DATASET, "{scheme}"),
        }
    }
}

#[test]
fn what_a_license_lacks_is_null_or_left_out() {
    let seed = |scheme| {
        let signer = testkeys::signer();
        let issued = issue(
            Some(scheme),
            None,
            &anonymous(),
            &signer,
            &mut SystemEntropy,
        );
        read(scheme, &issued.unwrap().key).unwrap()
    };

    let full = seed(Scheme::Ed25519Sign);
    assert!(full.contains(r#""duration":null},"user":null,"#), "{full}");
    assert!(full.ends_with(r#""expiry":null}}"#), "{full}");
    let short = seed(Scheme::Rsa2048Pkcs1Encrypt);
    assert!(
        short.ends_with(r#""duration":null,"expiry":null}"#),
        "{short}"
    );
    let claims = seed(Scheme::Rsa2048JwtRs256);
    assert!(claims.ends_with(r#""nbf":1769850927}"#), "{claims}");
}

#[test]
fn an_email_cannot_break_out_of_the_dataset() {
    let email = r#"{{email}}","expiry":null,"x":""#;
    let mut facts = facts();
    facts.owner = facts.owner.map(|owner| Owner { email, ..owner });

    let signer = testkeys::signer();
    let scheme = Scheme::Ed25519Sign;
    let issued = issue(Some(scheme), None, &facts, &signer, &mut SystemEntropy).unwrap();

    let seed: serde_json::Value =
        serde_json::from_str(&read(scheme, &issued.key).unwrap()).unwrap();
    assert_eq!(seed["user"]["email"], email);
}

#[test]
fn a_seed_too_long_for_an_rsa_block_is_refused() {
    let longest = "x".repeat(245);
    let scheme = Scheme::Rsa2048Pkcs1Encrypt;

    let fits = key(scheme, Some(&longest)).unwrap();
    let error = key(scheme, Some(&format!("{longest}x"))).unwrap_err();

    assert_eq!(read(scheme, &fits).unwrap(), longest);
    assert_eq!(error, IssueError::ByteSizeExceeded);
    assert_eq!(
        error.to_string(),
        "key exceeds maximum byte length (max size of 245 bytes)"
    );
}

#[test]
fn the_limit_counts_bytes_after_filling_in() {
    let scheme = Scheme::Rsa2048Pkcs1Encrypt;

    let filled = key(scheme, Some(&format!("{{{{id}}}}{}", "x".repeat(210))));
    let wide = key(scheme, Some(&"é".repeat(123)));

    assert_eq!(filled, Err(IssueError::ByteSizeExceeded));
    assert_eq!(wide, Err(IssueError::ByteSizeExceeded));
}

#[test]
fn a_seed_that_is_no_claims_is_refused_with_the_reason() {
    let scheme = Scheme::Rsa2048JwtRs256;

    for (given, text) in [
        (
            "short",
            "key is not a valid JWT claims payload (must be a valid JSON encoded string)",
        ),
        (
            r#"{"exp":"2027"}"#,
            "key is not a valid JWT claims payload (exp claim must be a numeric value but it is a string)",
        ),
    ] {
        assert_eq!(key(scheme, Some(given)).unwrap_err().to_string(), text);
    }
}

#[test]
fn a_plain_key_is_thirty_hex_digits_in_groups_and_a_version() {
    let mut counting = Counting(0xa0);

    let issued = issue(None, None, &facts(), &testkeys::signer(), &mut counting).unwrap();

    assert_eq!(issued.key, "A0A1A2-A3A4A5-A6A7A8-A9AAAB-ACADAE-V3");
    assert_eq!(issued.raw, None);
}

#[test]
fn a_given_plain_key_is_kept_as_it_is() {
    let given = Some("{{email}} stays");

    let issued = issue(
        None,
        given,
        &facts(),
        &testkeys::signer(),
        &mut SystemEntropy,
    )
    .unwrap();

    assert_eq!(issued.key, "{{email}} stays");
}

#[test]
fn a_legacy_key_is_shown_once_and_stored_as_its_hash() {
    let scheme = Some(Scheme::LegacyEncrypt);
    let signer = testkeys::signer();

    let issued = issue(scheme, None, &facts(), &signer, &mut SystemEntropy).unwrap();
    let given = issue(scheme, Some("mine"), &facts(), &signer, &mut SystemEntropy);

    let raw = issued.raw.clone().unwrap();
    assert_eq!(raw.expose().len(), 128 + 3);
    assert_eq!(legacy::license_id(raw.expose()), Some(facts().license));
    assert_eq!(
        legacy::verify(raw.expose(), &issued.key),
        Ok(Verdict::Right)
    );
    assert!(!format!("{issued:?}").contains(raw.expose()));
    assert_eq!(given, Err(IssueError::CannotBeGiven));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_key_with_any_character_changed_is_refused_or_says_something_else(
        scheme in prop::sample::select(schemes_with_seed().collect::<Vec<_>>()),
        at in any::<prop::sample::Index>(),
        to in "[A-Za-z0-9_-]",
    ) {
        let genuine = key(scheme, None).unwrap();
        let seed = read(scheme, &genuine).unwrap();
        let mut altered = genuine.clone();
        let at = at.index(genuine.len());
        prop_assume!(&genuine[at..=at] != to.as_str());
        altered.replace_range(at..=at, &to);

        prop_assert!(read(scheme, &altered).is_err(), "{scheme} still gives {seed}");
    }
}
