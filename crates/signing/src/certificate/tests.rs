//! Certificates are opened here the way a client opens them, with other libraries.

use aes_gcm::{Aes256Gcm, KeyInit, aead::Aead};
use proptest::prelude::*;
use sha2::{Digest as _, Sha256};

use super::*;
use crate::{entropy::SystemEntropy, testkeys};

const KEY: &str = "B8F3C1-0A2D4E-99AABB-CCDDEE-FF0011-V3";
const DATASET: &str = r#"{"data":{"id":"1","type":"licenses"},"meta":{"ttl":2629746}}"#;
const LICENSE: Subject<'_> = Subject::License { key: KEY };
const MACHINE: Subject<'_> = Subject::Machine {
    key: KEY,
    fingerprint: "4d:5e",
};

/// Checks armor, signature and encryption as a client would; `secret` is what it knows.
fn open(certificate: &str, kind: &str, secret: &str) -> Result<String, String> {
    let fail = |what: &str| what.to_owned();
    let upper = kind.to_uppercase();
    let body = certificate
        .strip_prefix(&format!("-----BEGIN {upper} FILE-----\n"))
        .and_then(|rest| rest.strip_suffix(&format!("-----END {upper} FILE-----\n")))
        .ok_or_else(|| fail("armor"))?;
    let json = STANDARD
        .decode(body.replace('\n', ""))
        .map_err(|_| fail("base64"))?;
    let envelope: serde_json::Value = serde_json::from_slice(&json).map_err(|_| fail("json"))?;
    let member = |name: &str| envelope[name].as_str().ok_or_else(|| fail(name));
    let (enc, sig, alg) = (member("enc")?, member("sig")?, member("alg")?);
    let (encoding, signing) = alg.split_once('+').ok_or_else(|| fail("alg"))?;

    let signer = testkeys::signer();
    testkeys::verify(
        signer.public_keys().unwrap(),
        Algorithm::from_name(signing).ok_or_else(|| fail("signing"))?,
        format!("{kind}/{enc}").as_bytes(),
        &STANDARD.decode(sig).map_err(|_| fail("sig"))?,
    )?;

    let plain = match encoding {
        "base64" => STANDARD.decode(enc).map_err(|_| fail("enc"))?,
        "aes-256-gcm" => {
            let parts: Vec<_> = enc
                .split('.')
                .map(|part| STANDARD.decode(part).unwrap())
                .collect();
            let [text, nonce, tag] = parts.as_slice() else {
                return Err(fail("parts"));
            };
            Aes256Gcm::new_from_slice(&Sha256::digest(secret))
                .unwrap()
                .decrypt(
                    nonce.as_slice().into(),
                    [text.as_slice(), tag].concat().as_slice(),
                )
                .map_err(|_| fail("decrypt"))?
        }
        _ => return Err(fail("encoding")),
    };
    String::from_utf8(plain).map_err(|_| fail("utf-8"))
}

fn certificate(subject: Subject<'_>, algorithm: &str) -> String {
    certify(
        subject,
        DATASET,
        algorithm.parse().unwrap(),
        &testkeys::signer(),
        &mut SystemEntropy,
    )
    .unwrap()
}

#[test]
fn every_algorithm_makes_a_file_its_client_can_open() {
    for encoding in ["base64", "aes-256-gcm"] {
        for signing in Algorithm::ALL {
            let algorithm = format!("{encoding}+{signing}");

            let license = certificate(LICENSE, &algorithm);
            let machine = certificate(MACHINE, &algorithm);

            assert_eq!(open(&license, "license", KEY).unwrap(), DATASET);
            assert_eq!(
                open(&machine, "machine", &format!("{KEY}4d:5e")).unwrap(),
                DATASET
            );
        }
    }
}

#[test]
fn an_encrypted_file_opens_only_with_its_secret() {
    let license = certificate(LICENSE, "aes-256-gcm+ed25519");
    let machine = certificate(MACHINE, "aes-256-gcm+ed25519");

    assert_eq!(
        open(&license, "license", "another key"),
        Err("decrypt".to_owned())
    );
    assert_eq!(open(&machine, "machine", KEY), Err("decrypt".to_owned()));
}

#[test]
fn a_license_file_cannot_pass_for_a_machine_file() {
    let license = certificate(LICENSE, "base64+ed25519");

    let disguised = license.replace("LICENSE FILE", "MACHINE FILE");

    assert!(open(&disguised, "machine", KEY).is_err());
}

#[test]
fn the_armor_has_lines_of_sixty_characters_and_a_final_newline() {
    let certificate = certificate(LICENSE, "base64+rsa-sha256");

    let lines: Vec<_> = certificate
        .strip_suffix('\n')
        .unwrap()
        .split('\n')
        .collect();
    let [first, body @ .., last] = lines.as_slice() else {
        panic!("{certificate}");
    };
    assert_eq!(*first, "-----BEGIN LICENSE FILE-----");
    assert_eq!(*last, "-----END LICENSE FILE-----");
    let (end, full) = body.split_last().unwrap();
    assert!(full.len() > 5 && full.iter().all(|line| line.len() == 60));
    assert!((1..=60).contains(&end.len()));
}

#[test]
fn a_body_of_whole_lines_ends_without_an_empty_one() {
    assert_eq!(
        armor("LICENSE FILE", &"x".repeat(120)),
        format!(
            "-----BEGIN LICENSE FILE-----\n{0}\n{0}\n-----END LICENSE FILE-----\n",
            "x".repeat(60)
        )
    );
}

#[test]
fn the_envelope_has_its_members_in_order() {
    let certificate = certificate(LICENSE, "base64+ed25519");

    let body: String = certificate
        .lines()
        .filter(|line| !line.starts_with('-'))
        .collect();
    let json = String::from_utf8(STANDARD.decode(body).unwrap()).unwrap();
    let enc = STANDARD.encode(DATASET);
    assert!(
        json.starts_with(&format!(r#"{{"enc":"{enc}","sig":""#)),
        "{json}"
    );
    assert!(json.ends_with(r#"","alg":"base64+ed25519"}"#), "{json}");
}

#[test]
fn an_unknown_half_of_an_algorithm_is_named() {
    for (text, error) in [
        ("", "invalid encoding algorithm"),
        ("ed25519", "invalid encoding algorithm"),
        ("aes-128-gcm+ed25519", "invalid encoding algorithm"),
        ("rot13+md5", "invalid encoding algorithm"),
        ("base64", "invalid signing algorithm"),
        ("base64+", "invalid signing algorithm"),
        ("base64+rsa-sha1", "invalid signing algorithm"),
        ("base64+ed25519+ed25519", "invalid signing algorithm"),
    ] {
        let parsed = text.parse::<CertificateAlgorithm>();

        assert_eq!(parsed.unwrap_err().to_string(), error, "{text:?}");
    }
}

#[test]
fn a_subject_prints_without_its_secrets() {
    assert_eq!(
        format!("{LICENSE:?} {MACHINE:?}"),
        "license/*** machine/***"
    );
}

proptest! {
    #[test]
    fn a_file_with_any_character_changed_never_says_anything_else(
        at in any::<prop::sample::Index>(),
        to in "[A-Za-z0-9+/]",
        encoding in prop::sample::select(vec!["base64", "aes-256-gcm"]),
        signing in prop::sample::select(Algorithm::ALL.to_vec()),
        of_machine in any::<bool>(),
    ) {
        let (subject, kind, secret) = match of_machine {
            true => (MACHINE, "machine", format!("{KEY}4d:5e")),
            false => (LICENSE, "license", KEY.to_owned()),
        };
        let mut certificate = certificate(subject, &format!("{encoding}+{signing}"));
        let at = at.index(certificate.len());
        prop_assume!(&certificate[at..=at] != to.as_str());
        certificate.replace_range(at..=at, &to);

        // White space after the envelope is all that can change and still be the same file.
        prop_assert!(matches!(open(&certificate, kind, &secret).as_deref(), Err(_) | Ok(DATASET)));
    }

    #[test]
    fn any_dataset_survives_the_way(dataset in "\\PC{0,300}") {
        let algorithm = "aes-256-gcm+ed25519".parse().unwrap();

        let certificate =
            certify(LICENSE, &dataset, algorithm, &testkeys::signer(), &mut SystemEntropy).unwrap();

        prop_assert_eq!(open(&certificate, "license", KEY).unwrap(), dataset);
    }
}
