//! What a signed key says when no key was given: a few facts of the license, in compact JSON.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::Scheme;
use crate::entropy::{self, Entropy};

/// The facts a key may hold, as they are when the license is created.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The account's id.
    pub account: Uuid,
    /// The product's id.
    pub product: Uuid,
    /// The policy's id.
    pub policy: Uuid,
    /// The policy's duration.
    pub duration_seconds: Option<i64>,
    /// The license's owner, if it has one.
    pub owner: Option<Owner<'a>>,
    /// The license's id.
    pub license: Uuid,
    /// When the license is created.
    pub created_at: DateTime<Utc>,
    /// When the license expires, already stamped if the policy stamps it at creation.
    pub expires_at: Option<DateTime<Utc>>,
    /// `iss` of JWT keys.
    pub issuer: &'a str,
}

/// The owner of a license.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Owner<'a> {
    /// The user's id.
    pub id: Uuid,
    /// The user's e-mail address.
    pub email: &'a str,
}

/// A time as the wire spells it, to the millisecond.
pub(super) fn wire_time(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// The dataset of a license under `scheme`. The order of members is part of the contract.
pub(super) fn of(scheme: Scheme, facts: &Facts<'_>, entropy: &mut dyn Entropy) -> String {
    let created = wire_time(facts.created_at);
    let expiry = facts.expires_at.map(wire_time);
    let json = match scheme {
        // Little enough to fit inside an RSA block.
        Scheme::Rsa2048Pkcs1Encrypt => serde_json::to_string(&Short {
            id: facts.license,
            created,
            duration: facts.duration_seconds,
            expiry,
        }),
        Scheme::Rsa2048JwtRs256 => serde_json::to_string(&Claims {
            jti: uuid::Builder::from_random_bytes(entropy::bytes(entropy)).into_uuid(),
            iss: facts.issuer,
            aud: facts.account,
            sub: facts.license,
            iat: facts.created_at.timestamp(),
            nbf: facts.created_at.timestamp(),
            exp: facts.expires_at.map(|time| time.timestamp()),
        }),
        _ => serde_json::to_string(&Full {
            account: Id { id: facts.account },
            product: Id { id: facts.product },
            policy: Policy {
                id: facts.policy,
                duration: facts.duration_seconds,
            },
            user: facts.owner,
            license: License {
                id: facts.license,
                created,
                expiry,
            },
        }),
    };
    json.expect("structs of strings and numbers are always JSON")
}

#[derive(Serialize)]
struct Short {
    id: Uuid,
    created: String,
    duration: Option<i64>,
    expiry: Option<String>,
}

#[derive(Serialize)]
struct Claims<'a> {
    jti: Uuid,
    iss: &'a str,
    aud: Uuid,
    sub: Uuid,
    iat: i64,
    nbf: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    exp: Option<i64>,
}

#[derive(Serialize)]
struct Full<'a> {
    account: Id,
    product: Id,
    policy: Policy,
    user: Option<Owner<'a>>,
    license: License,
}

#[derive(Serialize)]
struct Id {
    id: Uuid,
}

#[derive(Serialize)]
struct Policy {
    id: Uuid,
    duration: Option<i64>,
}

#[derive(Serialize)]
struct License {
    id: Uuid,
    created: String,
    expiry: Option<String>,
}
