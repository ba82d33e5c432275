//! Validates a license: is it good, and if not, what is the first reason?

use keystead_domain::UserId;
use keystead_domain::access::{Action, BearerId, Role, Seen};
use keystead_domain::event::EventName;
use keystead_domain::term::{self, CalendarDuration};
use keystead_domain::validation::{self, Asked, Verdict};
use keystead_domain::words::ExpirationBasis;
use keystead_signing::digest::sha256;
use keystead_store::licenses::{self, Answers, Candidate, Key, Loaded, Stamp};
use serde_json::json;

use super::facts::{facts, lone_fingerprint, questions};
use super::{Wanted, keys};
use crate::herald::Kept;
use crate::{Cx, Error, Result};

/// What a client sends along.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ask {
    /// A number that the answer repeats.
    pub nonce: Option<i64>,
    /// What the client wants to hold.
    pub scope: Option<Wanted>,
}

/// The answer, and what it is about.
#[derive(Clone, Debug)]
pub struct Validation {
    /// The license, already with the stamp of this validation; none when there is none.
    pub license: Option<Loaded>,
    /// The answer.
    pub verdict: Verdict,
    /// What the client sent along.
    pub ask: Ask,
}

/// Validates the license with this key, which may be a legacy encrypted one.
///
/// Anyone may ask. One statement for the license, its policy, its owner and the one machine whose
/// fingerprint is named; a second one only for what else the scope asks. Both are shared with
/// whoever else is asking.
///
/// # Errors
/// 403 when a bearer may not validate the license that was found.
pub async fn validate_key(cx: &Cx, key: &str, legacy: bool, ask: Ask) -> Result<Validation> {
    let wanted = ask.scope.clone().unwrap_or_default();
    let asked = wanted.asked();
    let fingerprint = lone_fingerprint(&asked);
    let found = if legacy {
        keys::unlock(cx, key, fingerprint).await?
    } else {
        let digest = sha256(key.as_bytes());
        let found = cx
            .lookups
            .candidate(Key {
                account: cx.account(),
                digest,
                fingerprint,
            })
            .await?;
        // What is stored of a legacy key is its hash, which opens nothing.
        found.filter(|candidate| !candidate.license.policy.encrypted)
    };
    let visible = found.filter(|candidate| {
        cx.environment
            .reads(candidate.license.license.environment_id)
    });
    let Some(candidate) = visible else {
        return Ok(Validation {
            license: None,
            verdict: Verdict::NOT_FOUND,
            ask,
        });
    };
    let seen = cx.existing().seen(candidate);
    let member = match cx.bearer.as_deref() {
        Some(bearer) if bearer.role == Role::User => user(bearer.id),
        _ => None,
    };
    let judged = judge(cx, Action::LicenseValidateKey, seen, member, asked, false).await?;
    Ok(told(cx, judged, ask))
}

/// Validates the license with this id or key.
///
/// `ask` may be what is wrong with the request's body: that is told only to whoever may validate.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the license, 403 by the access matrix, then `ask`'s own.
pub async fn validate<E: From<Error>>(
    cx: &Cx,
    id_or_key: &str,
    ask: Result<Ask, E>,
) -> Result<Validation, E> {
    let wanted = ask
        .as_ref()
        .ok()
        .and_then(|ask| ask.scope.clone())
        .unwrap_or_default();
    let asked = wanted.asked();
    let seen = find(cx, id_or_key, &asked).await?;
    let judged = judge(cx, Action::LicenseValidate, seen, None, asked, false).await?;
    Ok(told(cx, judged, ask?))
}

/// Validates the license with this id or key without a scope and without telling anyone.
///
/// `touch` is whether the license remembers it.
///
/// # Errors
/// 401, 404 when the bearer doesn't see the license, 403 by the access matrix.
pub async fn glance(cx: &Cx, id_or_key: &str, touch: bool) -> Result<Validation> {
    let asked = Asked::default();
    let seen = find(cx, id_or_key, &asked).await?;
    let mut judged = judge(cx, Action::LicenseValidate, seen, None, asked, true).await?;
    if touch {
        stamp(cx, &mut judged, None);
    }
    Ok(Validation {
        license: Some(judged.license),
        verdict: judged.verdict,
        ask: Ask::default(),
    })
}

async fn find(cx: &Cx, id_or_key: &str, asked: &Asked<'_>) -> Result<Seen<Candidate>> {
    cx.bearer()?;
    let digest = sha256(id_or_key.as_bytes());
    let fingerprint = lone_fingerprint(asked);
    Ok(licenses::candidate(&cx.db, &cx.scope(), id_or_key, digest, fingerprint).await?)
}

fn user(id: BearerId) -> Option<UserId> {
    match id {
        BearerId::User(id) => Some(id),
        _ => None,
    }
}

/// A license, and what was found of it.
struct Judged {
    license: Loaded,
    verdict: Verdict,
    /// The scope's checksum, if it was looked at and found good.
    checksum: Option<String>,
    /// The version that the scope named or its checksum is of, if it was looked at and found good.
    version: Option<String>,
}

/// The first check that holds, once the bearer is known to be allowed to hear it.
///
/// `member` is a bearer who may be attached to the license, when the look-up didn't prove it.
async fn judge(
    cx: &Cx,
    action: Action,
    seen: Seen<Candidate>,
    member: Option<UserId>,
    asked: Asked<'_>,
    quick: bool,
) -> Result<Judged> {
    let answers = cx
        .lookups
        .facts(questions(
            &seen.peek().license,
            seen.peek().machine.as_ref(),
            &asked,
            member,
        ))
        .await?;
    let attached = answers.bearer_attached;
    let seen = seen.map(|mut candidate| {
        candidate.license.member = attached;
        candidate
    });
    let Candidate { license, machine } = cx.allow(action, seen)?;
    let facts = facts(&license, machine, &answers, asked, quick, cx);
    let verdict = validation::validate(&facts);
    let passed = (
        verdict.passed_checksum(&facts),
        verdict.passed_version(&facts),
    );
    let checksum = facts.asked.checksum.filter(|_| passed.0).map(str::to_owned);
    let Answers {
        checksum: shipped,
        version,
        ..
    } = answers;
    Ok(Judged {
        version: version
            .filter(|_| passed.1)
            .or(shipped.filter(|_| passed.0)),
        license,
        verdict,
        checksum,
    })
}

/// Leaves the stamp and the event of a validation behind, for batches to write.
fn told(cx: &Cx, mut judged: Judged, ask: Ask) -> Validation {
    let Loaded {
        license, policy, ..
    } = &judged.license;
    let expiry = term::start(
        license.expiry,
        policy.expiration_basis,
        ExpirationBasis::FromFirstValidation,
        policy.duration.and_then(CalendarDuration::from_seconds),
        cx.now,
    );
    stamp(cx, &mut judged, expiry);

    let Judged {
        license, verdict, ..
    } = judged;
    let name = match verdict.valid {
        true => EventName::LicenseValidationSucceeded,
        false => EventName::LicenseValidationFailed,
    };
    let mut event = cx.event(name.as_str(), "licenses", license.license.id.0);
    event.metadata = Some(json!({ "code": verdict.code.as_str() }));
    let validation = Validation {
        license: Some(license),
        verdict,
        ask,
    };
    let kept = Kept::Validation(Box::new(validation.clone()));
    cx.journal.record(event, kept);
    validation
}

/// The license remembers the validation, and the answer shows it already. An expiry that starts
/// now is seen by the next answer only.
fn stamp(cx: &Cx, judged: &mut Judged, expiry: Option<chrono::DateTime<chrono::Utc>>) {
    let license = &mut judged.license.license;
    license.last_validated_at = Some(cx.now);
    if judged.version.is_some() {
        license.version.clone_from(&judged.version);
    }
    cx.stamps.record(Stamp {
        license: license.id,
        at: cx.now,
        expiry,
        checksum: judged.checksum.take(),
        version: judged.version.take(),
    });
}
