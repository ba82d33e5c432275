//! Check-outs: what licenses and machines take along where there is no connection, signed
//! (licensing §7, machines §4).

use chrono::{DateTime, Utc};
use keystead_domain::access::require;
use keystead_domain::permissions::Permission;
use keystead_domain::term::CalendarDuration;
use keystead_domain::{At, Code, Kind, Problem, Refused, words};
use keystead_signing::SystemEntropy;
use keystead_signing::certificate::{self, CertificateAlgorithm, Encoding};
use keystead_signing::{Algorithm, Scheme};
use keystead_store::page::{Page, Slice};
use std::sync::Arc;
use uuid::Uuid;

use crate::{Cx, Error, Result};

/// One month, in seconds: how long a file is good for when nobody says.
const USUAL_TTL_SECONDS: i64 = 2_629_746;
/// Rows that are read at once.
const BATCH: u64 = 100;
/// The shortest time that a file may be good for, in seconds.
const SHORTEST_TTL_SECONDS: i64 = 3_600;

/// What a client wants of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ask {
    /// Whether it shall be encrypted; an algorithm says so itself.
    pub encrypt: bool,
    /// How it shall be encoded and signed: `<encoding>+<signature>`.
    pub algorithm: Option<String>,
    /// How many seconds it shall be good for: unsaid, for ever, or so many.
    pub ttl: Option<Option<i64>>,
    /// What it shall hold besides, each once.
    pub include: Vec<String>,
}

/// Something that a file may hold besides, and the permission that it takes.
pub type Offer = (&'static str, Permission);

/// A file as it will be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// How it is encoded and signed.
    pub algorithm: CertificateAlgorithm,
    /// How many seconds it is good for; for ever when none.
    pub ttl: Option<i64>,
    /// When it is made.
    pub issued: DateTime<Utc>,
    /// Until when it is good.
    pub expiry: Option<DateTime<Utc>>,
    /// What it holds besides.
    pub includes: Vec<String>,
}

/// Whether the bearer may have along what it asks for. What isn't offered is refused later.
pub(crate) fn may_include(cx: &Cx, ask: &Ask, offers: &[Offer]) -> Result<(), Refused> {
    let bearer = cx.bearer()?;
    for (name, permission) in offers {
        if ask.include.iter().any(|wanted| wanted == name) {
            require(bearer, *permission)?;
        }
    }
    Ok(())
}

/// The file to make, in the contract's order of refusals.
pub(crate) fn plan(
    ask: Ask,
    offers: &[Offer],
    scheme: Option<words::Scheme>,
    now: DateTime<Utc>,
) -> Result<Plan, Refused> {
    let offered = |name: &String| offers.iter().any(|(offer, _)| offer == name);
    if !ask.include.iter().all(offered) {
        return Err(refused(
            Code::CheckoutIncludeInvalid,
            "invalid includes",
            "include",
        ));
    }
    let ttl = ask.ttl.unwrap_or(Some(USUAL_TTL_SECONDS));
    let short = || {
        let detail = format!("must be greater than or equal to {SHORTEST_TTL_SECONDS} (1 hour)");
        refused(Code::CheckoutTtlInvalid, detail, "ttl")
    };
    let expiry = match ttl {
        None => None,
        Some(seconds) if seconds < SHORTEST_TTL_SECONDS => return Err(short()),
        // Beyond the calendar is for ever, and there is no such file.
        Some(seconds) => Some(
            CalendarDuration::from_seconds(seconds)
                .and_then(|ttl| ttl.after(now))
                .ok_or_else(|| refused(Code::CheckoutTtlInvalid, "is too large", "ttl"))?,
        ),
    };
    let algorithm = match ask.algorithm {
        None => CertificateAlgorithm {
            encoding: match ask.encrypt {
                true => Encoding::Aes256Gcm,
                false => Encoding::Base64,
            },
            signing: signing_algorithm(scheme),
        },
        Some(text) => text
            .parse()
            .map_err(|error: certificate::CertificateAlgorithmError| {
                refused(
                    Code::CheckoutAlgorithmInvalid,
                    error.to_string(),
                    "algorithm",
                )
            })?,
    };
    Ok(Plan {
        algorithm,
        ttl,
        issued: now,
        expiry,
        includes: ask.include,
    })
}

/// What signs the files of a license whose key was made under this scheme: what its app can
/// already verify.
fn signing_algorithm(scheme: Option<words::Scheme>) -> Algorithm {
    let name = scheme.map(words::Scheme::as_str);
    match name.and_then(Scheme::from_name) {
        None | Some(Scheme::Ed25519Sign | Scheme::LegacyEncrypt) => Algorithm::Ed25519,
        Some(Scheme::EcdsaP256Sign) => Algorithm::EcdsaP256,
        Some(Scheme::Rsa2048Pkcs1PssSign | Scheme::Rsa2048Pkcs1PssSignV2) => {
            Algorithm::RsaPssSha256
        }
        Some(
            Scheme::Rsa2048Pkcs1Sign
            | Scheme::Rsa2048Pkcs1SignV2
            | Scheme::Rsa2048Pkcs1Encrypt
            | Scheme::Rsa2048JwtRs256,
        ) => Algorithm::RsaSha256,
    }
}

fn refused(
    code: Code,
    detail: impl Into<std::borrow::Cow<'static, str>>,
    at: &'static str,
) -> Refused {
    Problem::new(Kind::BadRequest, detail)
        .code(code)
        .at(At::Parameter(at.into()))
        .into()
}

/// What a file is about, with what encrypts it.
#[derive(Clone)]
pub(crate) enum Subject {
    /// A license, by its stored key.
    License(String),
    /// A machine, by the stored key of its license and by its fingerprint.
    Machine {
        /// The license's key.
        key: String,
        /// The machine's fingerprint.
        fingerprint: String,
    },
}

impl Subject {
    fn as_signed(&self) -> certificate::Subject<'_> {
        match self {
            Self::License(key) => certificate::Subject::License { key },
            Self::Machine { key, fingerprint } => {
                certificate::Subject::Machine { key, fingerprint }
            }
        }
    }
}

/// Signs a dataset with the account's key.
pub(crate) async fn certify(
    cx: &Cx,
    subject: Subject,
    dataset: String,
    algorithm: CertificateAlgorithm,
) -> Result<String> {
    let tenant = Arc::clone(&cx.tenant);
    let certify = move || {
        let (subject, signer) = (subject.as_signed(), &tenant.signer);
        certificate::certify(subject, &dataset, algorithm, signer, &mut SystemEntropy)
    };
    // RSA takes as long as twenty of the others: it would hold up everyone on this thread.
    let certificate = match algorithm.signing {
        Algorithm::RsaSha256 | Algorithm::RsaPssSha256 => tokio::task::spawn_blocking(certify)
            .await
            .map_err(Error::failed)?,
        Algorithm::Ed25519 | Algorithm::EcdsaP256 => certify(),
    };
    certificate.map_err(Error::failed)
}

/// All rows of a list, page by page.
pub(crate) async fn all<T, F>(list: impl Fn(Page) -> F, id: impl Fn(&T) -> Uuid) -> Result<Vec<T>>
where
    F: Future<Output = keystead_store::Result<Slice<T>>>,
{
    let mut rows: Vec<T> = Vec::new();
    loop {
        let after = rows.last().map(&id);
        let page = list(Page::Cursor { after, size: BATCH }).await?;
        rows.extend(page.rows);
        if !page.more {
            return Ok(rows);
        }
    }
}

#[cfg(test)]
mod tests;
