//! Keys of licenses: made under the policy's scheme, and legacy ones matched.

use std::sync::Arc;

use keystead_domain::words;
use keystead_domain::{At, Code, Problem};
use keystead_signing::digest::sha256;
use keystead_signing::license_key::{self, Facts, IssueError, Issued, Owner, legacy};
use keystead_signing::password::Verdict;
use keystead_signing::{Scheme, Secret, SystemEntropy};
use keystead_store::entities::{License, Policy};
use keystead_store::licenses::{self, Candidate};

use crate::{Cx, Error, Result};

/// The issuer that JWT keys name: clients compare it.
const ISSUER: &str = "https://keygen.sh";

/// How keys of the policy's licenses are made.
pub(crate) fn scheme(policy: &Policy) -> Option<words::Scheme> {
    match policy.encrypted {
        true => Some(words::Scheme::LegacyEncrypt),
        false => policy.scheme,
    }
}

/// The owner as a key may tell of it.
#[derive(Clone, Debug)]
pub(super) struct Holder {
    pub id: uuid::Uuid,
    pub email: String,
}

/// Makes the key of a new license, whose row is complete but for it.
///
/// # Errors
/// 422 when the given key doesn't suit the scheme.
pub(super) async fn issue(
    cx: &Cx,
    policy: &Policy,
    row: &License,
    owner: Option<Holder>,
    given: Option<String>,
) -> Result<Issued> {
    let scheme = scheme(policy).and_then(|scheme| Scheme::from_name(scheme.as_str()));
    let tenant = Arc::clone(&cx.tenant);
    let (product, policy, duration_seconds) = (policy.product_id.0, policy.id.0, policy.duration);
    let (account, license) = (cx.account().0, row.id.0);
    let (created_at, expires_at) = (row.created_at, row.expiry);
    let make = move || {
        let facts = Facts {
            account,
            product,
            policy,
            duration_seconds,
            owner: owner.as_ref().map(|owner| Owner {
                id: owner.id,
                email: &owner.email,
            }),
            license,
            created_at,
            expires_at,
            issuer: ISSUER,
        };
        license_key::issue(
            scheme,
            given.as_deref(),
            &facts,
            &tenant.signer,
            &mut SystemEntropy,
        )
    };
    // RSA takes a millisecond or three: others would wait for it.
    let issued = match scheme {
        None => make(),
        Some(_) => tokio::task::spawn_blocking(make)
            .await
            .map_err(Error::failed)?,
    };
    issued.map_err(|error| match error {
        IssueError::ByteSizeExceeded => about_key(Code::KeyByteSizeExceeded, &error),
        IssueError::JwtClaims(_) => about_key(Code::KeyJwtClaimsInvalid, &error),
        IssueError::CannotBeGiven => about_key(Code::KeyNotSupported, &error),
        IssueError::Signing(error) => Error::failed(error),
    })
}

fn about_key(code: Code, error: &IssueError) -> Error {
    let problem: Problem = code.says(error.to_string(), At::Attribute("key".into()));
    problem.into()
}

/// The license that a legacy raw key opens, and its machine with the fingerprint.
///
/// # Errors
/// When the database fails.
pub(super) async fn unlock(
    cx: &Cx,
    raw: &str,
    fingerprint: Option<[u8; 32]>,
) -> Result<Option<Candidate>> {
    let Some(id) = legacy::license_id(raw).map(|id| id.to_string()) else {
        return Ok(None);
    };
    let digest = sha256(id.as_bytes());
    let found = licenses::candidate(&cx.db, &cx.existing(), &id, digest, fingerprint).await;
    let candidate = match found {
        Ok(seen) => seen.peek().clone(),
        Err(keystead_store::Error::Refused(_)) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    // The key is what it was made as, whatever policy its license moved to since.
    if !legacy::is_hash(&candidate.license.license.key) {
        return Ok(None);
    }
    let (given, stored) = (raw.to_owned(), candidate.license.license.key.clone());
    let verify = move || legacy::verify(&given, &stored);
    match tokio::task::spawn_blocking(verify)
        .await
        .map_err(Error::failed)?
    {
        Ok(Verdict::Right) => Ok(Some(candidate)),
        Ok(Verdict::Outdated) => {
            modernise(cx, &candidate, raw).await?;
            Ok(Some(candidate))
        }
        Ok(Verdict::Wrong) => Ok(None),
        Err(error) => Err(Error::failed(error)),
    }
}

/// Stores today's hash of a raw key in place of the oldest form.
async fn modernise(cx: &Cx, candidate: &Candidate, raw: &str) -> Result<()> {
    let key = legacy::hash(&Secret::new(raw.to_owned()), &mut SystemEntropy);
    let digest = sha256(key.as_bytes());
    let tx = cx.begin().await?;
    licenses::rekey(&tx, candidate.license.license.id, key, digest).await?;
    tx.commit().await?;
    Ok(())
}
