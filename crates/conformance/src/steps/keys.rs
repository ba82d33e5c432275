//! Keys and certificates that an account signed, taken apart and verified.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};
use futures::FutureExt;
use keystead_store::entities::Account;
use num_bigint::BigUint;
use rsa::RsaPublicKey;
use rsa::pkcs8::DecodePublicKey;
use rsa::traits::PublicKeyParts;
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use super::{Call, Entry};
use crate::compare::{deeply_includes, equal, expect, includes};
use crate::fault::{Outcome, broken, failed, missing};
use crate::signatures::verify;
use crate::words::plural;
use crate::world::World;

pub const STEPS: &[Entry] = &[
    (
        r#"the response body should {body} an? {s} with {an} (?:encrypted|signed|JWT) key (?:of )?(?:{s}|'([^']*)') using {s}"#,
        |w, c| key(w, c).boxed(),
    ),
    (
        r#"the response body should a "license" that contains a valid {s} key with the following dataset:"#,
        |w, c| dataset(w, c).boxed(),
    ),
    (
        "the response body should be meta that contains a valid activation proof of the following dataset:",
        |w, c| proof(w, c).boxed(),
    ),
    ("the response should be a {s} certificate", |w, c| {
        file(w, c).boxed()
    }),
    (
        "the response should be a {s} certificate signed using {s}",
        |w, c| file_signed(w, c).boxed(),
    ),
    (
        "the response should be a {s} certificate with the following encoded data:",
        |w, c| file_holds(w, c, false).boxed(),
    ),
    (
        "the response should be a {s} certificate with the following encrypted data:",
        |w, c| file_holds(w, c, true).boxed(),
    ),
    (
        "the response body should be a {s} with a certificate signed using {s}",
        |w, c| signed(w, c).boxed(),
    ),
    (
        "the response body should be a {s} with the following encoded certificate data:",
        |w, c| holds(w, c, false).boxed(),
    ),
    (
        "the response body should be a {s} with the following encrypted certificate data:",
        |w, c| holds(w, c, true).boxed(),
    ),
];

/// The key that an answer's license shows.
fn shown(w: &World, name: &str) -> Outcome<String> {
    let json = w.answer()?.json()?;
    if json.pointer("/data/type").and_then(Json::as_str) != Some(plural(name).as_str()) {
        return failed(format!("no {name}"));
    }
    match json.pointer("/data/attributes/key").and_then(Json::as_str) {
        Some(key) => Ok(key.to_owned()),
        None => failed("there is no key"),
    }
}

fn decoded(text: &str) -> Outcome<Vec<u8>> {
    match URL_SAFE
        .decode(text)
        .or_else(|_| URL_SAFE_NO_PAD.decode(text))
    {
        Ok(bytes) => Ok(bytes),
        Err(_) => failed(format!("{text:.40} is no base64 for URLs")),
    }
}

/// What a signed text holds, once its signature has been verified.
async fn opened(w: &World, scheme: &str, key: &str) -> Outcome<Vec<u8>> {
    let account = w.account_named(&w.account()?.to_string()).await?;
    if scheme == "RSA_2048_PKCS1_ENCRYPT" {
        return unlocked(&account, &decoded(key)?);
    }
    let (signed, signature) = key.rsplit_once('.').unwrap_or((key, ""));
    let signature = decoded(signature)?;
    let (algorithm, message, inner) = match scheme {
        "RSA_2048_PKCS1_SIGN" => ("rsa-sha256", decoded(signed)?, signed),
        "RSA_2048_PKCS1_PSS_SIGN" => ("rsa-pss-sha256", decoded(signed)?, signed),
        "RSA_2048_JWT_RS256" => {
            let (head, claims) = signed.split_once('.').unwrap_or((signed, ""));
            let head: Json = serde_json::from_slice(&decoded(head)?)?;
            if !equal(&head, &serde_json::json!({ "alg": "RS256" })) {
                return failed(format!("the head is {head}"));
            }
            ("rsa-sha256", signed.as_bytes().to_vec(), claims)
        }
        "RSA_2048_PKCS1_SIGN_V2" => ("rsa-sha256", signed.as_bytes().to_vec(), prefixed(signed)?),
        "RSA_2048_PKCS1_PSS_SIGN_V2" => (
            "rsa-pss-sha256",
            signed.as_bytes().to_vec(),
            prefixed(signed)?,
        ),
        "ED25519_SIGN" => ("ed25519", signed.as_bytes().to_vec(), prefixed(signed)?),
        "ECDSA_P256_SIGN" => ("ecdsa-p256", signed.as_bytes().to_vec(), prefixed(signed)?),
        other => return missing(format!("opening of {other}")),
    };
    match verify(&account, algorithm, &message, &signature)? {
        true => decoded(inner),
        false => failed("the signature does not verify"),
    }
}

/// What the account's private key locked: its public key gives the block back, padding and all.
fn unlocked(account: &Account, locked: &[u8]) -> Outcome<Vec<u8>> {
    let public = match RsaPublicKey::from_public_key_pem(&account.rsa2048_public) {
        Ok(public) => public,
        Err(error) => return broken(error),
    };
    let n = BigUint::from_bytes_be(&public.n().to_be_bytes());
    let e = BigUint::from_bytes_be(&public.e().to_be_bytes());
    let block = BigUint::from_bytes_be(locked).modpow(&e, &n).to_bytes_be();
    // The leading zero of 0, 1, 255…, 0, text is no digit of the number.
    let padded = block.strip_prefix(&[1]).unwrap_or_default();
    let end = padded.iter().position(|byte| *byte != 0xff);
    match end.and_then(|end| padded[end..].strip_prefix(&[0])) {
        Some(text) => Ok(text.to_vec()),
        None => failed("the key is not locked with the account's"),
    }
}

fn prefixed(signed: &str) -> Outcome<&str> {
    signed
        .strip_prefix("key/")
        .map_or_else(|| failed("no key/ in front"), Ok)
}

async fn key(w: &mut World, c: &Call<'_>) -> Outcome {
    let expected = c.maybe(1).or(c.maybe(2)).unwrap_or_default();
    let scheme = c.text(3)?;
    let inner = opened(w, scheme, &shown(w, c.text(0)?)?).await?;
    let same = match scheme {
        "RSA_2048_JWT_RS256" => equal(
            &serde_json::from_slice(&inner)?,
            &serde_json::from_str(expected)?,
        ),
        _ => inner == expected.as_bytes(),
    };
    match same {
        true => Ok(()),
        false => failed(format!("the key holds {}", String::from_utf8_lossy(&inner))),
    }
}

async fn dataset(w: &mut World, c: &Call<'_>) -> Outcome {
    let expected = c.json(w).await?;
    let inner = opened(w, c.text(0)?, &shown(w, "license")?).await?;
    expect(
        includes,
        "the dataset",
        &serde_json::from_slice(&inner)?,
        &expected,
    )
}

async fn proof(w: &mut World, c: &Call<'_>) -> Outcome {
    let expected = c.json(w).await?;
    let json = w.answer()?.json()?;
    let Some(proof) = json.pointer("/meta/proof").and_then(Json::as_str) else {
        return failed("there is no proof");
    };
    let (signed, signature) = proof.split_once('.').unwrap_or((proof, ""));
    let Some(inner) = signed.strip_prefix("proof/") else {
        return failed("no proof/ in front");
    };
    let account = w.account_named(&w.account()?.to_string()).await?;
    if !verify(
        &account,
        "rsa-sha256",
        signed.as_bytes(),
        &decoded(signature)?,
    )? {
        return failed("the proof does not verify");
    }
    expect(
        includes,
        "the dataset",
        &serde_json::from_slice(&decoded(inner)?)?,
        &expected,
    )
}

/// A certificate's envelope: `enc`, `sig`, `alg`.
struct Envelope {
    kind: String,
    enc: String,
    sig: String,
    alg: String,
}

/// The envelope inside a certificate of this kind.
fn envelope(certificate: &str, kind: &str) -> Outcome<Envelope> {
    let name = kind.to_uppercase();
    let inner = certificate
        .strip_prefix(&format!("-----BEGIN {name} FILE-----\n"))
        .and_then(|rest| rest.strip_suffix(&format!("-----END {name} FILE-----\n")));
    let Some(inner) = inner else {
        return failed(format!("no {kind} file: {certificate:.60}"));
    };
    let base64: String = inner.split_whitespace().collect();
    let Ok(bytes) = STANDARD.decode(base64) else {
        return failed("the file is no base64");
    };
    let json: Json = serde_json::from_slice(&bytes)?;
    let part = |name: &str| match json[name].as_str() {
        Some(text) => Ok(text.to_owned()),
        None => failed(format!("the file has no {name}")),
    };
    Ok(Envelope {
        kind: kind.to_lowercase(),
        enc: part("enc")?,
        sig: part("sig")?,
        alg: part("alg")?,
    })
}

/// The envelope inside the certificate that a resource shows.
fn attribute(w: &World, name: &str) -> Outcome<Envelope> {
    let json = w.answer()?.json()?;
    let kind = json
        .pointer("/data/type")
        .and_then(Json::as_str)
        .unwrap_or_default();
    if kind != plural(name) {
        return failed(format!("it is {kind}"));
    }
    let certificate = json
        .pointer("/data/attributes/certificate")
        .and_then(Json::as_str);
    let algorithm = json
        .pointer("/data/attributes/algorithm")
        .and_then(Json::as_str);
    let envelope = envelope(
        certificate.unwrap_or_default(),
        kind.trim_end_matches("-files"),
    )?;
    match algorithm == Some(envelope.alg.as_str()) {
        true => Ok(envelope),
        false => failed(format!(
            "algorithm is {algorithm:?}, the file's {}",
            envelope.alg
        )),
    }
}

async fn file(w: &mut World, c: &Call<'_>) -> Outcome {
    envelope(&w.answer()?.text(), c.text(0)?).map(|_| ())
}

async fn file_signed(w: &mut World, c: &Call<'_>) -> Outcome {
    let envelope = envelope(&w.answer()?.text(), c.text(0)?)?;
    check(w, &envelope, c.text(1)?).await
}

async fn signed(w: &mut World, c: &Call<'_>) -> Outcome {
    let envelope = attribute(w, c.text(0)?)?;
    check(w, &envelope, c.text(1)?).await
}

async fn check(w: &World, envelope: &Envelope, algorithm: &str) -> Outcome {
    let Some((_, used)) = envelope.alg.split_once('+') else {
        return failed(format!("no algorithm is {}", envelope.alg));
    };
    if !envelope.alg.ends_with(algorithm) {
        return failed(format!("signed with {used}"));
    }
    let account = w.account_named(&w.account()?.to_string()).await?;
    let message = format!("{}/{}", envelope.kind, envelope.enc);
    let Ok(signature) = STANDARD.decode(&envelope.sig) else {
        return failed("no signature");
    };
    match verify(&account, used, message.as_bytes(), &signature)? {
        true => Ok(()),
        false => failed("the signature does not verify"),
    }
}

async fn file_holds(w: &mut World, c: &Call<'_>, encrypted: bool) -> Outcome {
    let envelope = envelope(&w.answer()?.text(), c.text(0)?)?;
    compare(w, c, &envelope, encrypted).await
}

async fn holds(w: &mut World, c: &Call<'_>, encrypted: bool) -> Outcome {
    let envelope = attribute(w, c.text(0)?)?;
    compare(w, c, &envelope, encrypted).await
}

async fn compare(w: &mut World, c: &Call<'_>, envelope: &Envelope, encrypted: bool) -> Outcome {
    let expected = c.json(w).await?;
    let plain = match encrypted {
        true => decrypted(w, envelope).await?,
        false if !envelope.alg.starts_with("base64+") => {
            return failed(format!("encoded as {}", envelope.alg));
        }
        false => match STANDARD.decode(&envelope.enc) {
            Ok(plain) => plain,
            Err(_) => return failed("enc is no base64"),
        },
    };
    let actual: Json = serde_json::from_slice(&plain)?;
    for part in ["data", "meta"] {
        if !expected[part].is_null() {
            expect(deeply_includes, part, &actual[part], &expected[part])?;
        }
    }
    let nothing = expected["included"].as_array().is_none_or(Vec::is_empty);
    match nothing {
        true if actual["included"].is_null() => Ok(()),
        true => failed("something is included"),
        false => expect(
            deeply_includes,
            "included",
            &actual["included"],
            &expected["included"],
        ),
    }
}

/// The text that the license's key opens, with the machine's fingerprint where there is one.
async fn decrypted(w: &World, envelope: &Envelope) -> Outcome<Vec<u8>> {
    if !envelope.alg.starts_with("aes-256-gcm+") {
        return failed(format!("encrypted as {}", envelope.alg));
    }
    let account = w.account()?;
    let related = |json: &Json, name: &str| {
        let pointer = format!("/data/relationships/{name}/data/id");
        json.pointer(&pointer)
            .and_then(Json::as_str)
            .map(str::to_owned)
    };
    let json = w.answer()?.json().unwrap_or_default();
    let (_, licenses) = w.records("license", Some(account)).await?;
    let wanted = related(&json, "license");
    let license = licenses
        .iter()
        .find(|row| wanted.as_deref().is_none_or(|id| row["id"] == id));
    let Some(key) = license.and_then(|row| row["key"].as_str()) else {
        return broken("there is no license");
    };
    let mut secret = key.to_owned();
    if envelope.kind == "machine" {
        let (_, machines) = w.records("machine", Some(account)).await?;
        let wanted = related(&json, "machine");
        let machine = machines
            .iter()
            .find(|row| wanted.as_deref().is_none_or(|id| row["id"] == id));
        secret.push_str(
            machine
                .and_then(|row| row["fingerprint"].as_str())
                .unwrap_or_default(),
        );
    }
    let parts: Vec<Vec<u8>> = envelope
        .enc
        .split('.')
        .filter_map(|part| STANDARD.decode(part).ok())
        .collect();
    let [text, nonce, tag] = parts.as_slice() else {
        return failed("enc has not three parts");
    };
    let Ok(key) = UnboundKey::new(&AES_256_GCM, &Sha256::digest(&secret)) else {
        return broken("no key");
    };
    let Ok(nonce) = Nonce::try_assume_unique_for_key(nonce) else {
        return failed("no nonce");
    };
    let mut sealed = [text.as_slice(), tag.as_slice()].concat();
    match LessSafeKey::new(key).open_in_place(nonce, Aad::empty(), &mut sealed) {
        Ok(plain) => Ok(plain.to_vec()),
        Err(_) => failed("it can't be decrypted"),
    }
}
