//! The way out: version, headers, and the signature over exactly the bytes that are sent.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use keystead_app::Tenant;
use keystead_domain::version::ApiVersion;
use keystead_signing::response::{AcceptSignature, Message, digest_header, legacy_signature};
use keystead_signing::{Algorithm, SigningError};
use poem::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use poem::{Body, Response};
use std::sync::Arc;

use super::{Gate, Known, log};
use crate::cookies::{self, Change};
use crate::document::Dress;
use crate::engines;
use crate::problem;
use crate::throttle::Tally;
use crate::versions::{Exchange, FileProducts, LicenseOwners, ReleaseFiles, downgrade_bytes};

/// Dresses an answer: migrates it to the client's version, names who asked, and signs it.
pub(super) async fn leave<E>(
    gate: &Gate<E>,
    mut response: Response,
    mut known: Known,
    now: DateTime<Utc>,
) -> Response {
    // An answer to an unsupported version is of no version at all.
    let Some(version) = known.version else {
        return response;
    };

    if let Some(dress) = response.data::<Dress>().cloned() {
        known.bearer = known.bearer.or(dress.bearer);
        known.changes.extend(dress.cookies);
    }
    // Whoever founds an account starts anew there.
    if known.tenant.is_none() && response.status() == StatusCode::CREATED {
        known.changes.push(Change::Take(None));
    }
    let body = response.take_body().into_vec().await.unwrap_or_default();
    // Clients of packages speak no version of ours.
    let spoken = match engines::serves(&known.path) {
        true => ApiVersion::LATEST,
        false => version,
    };
    let exchange = Exchange {
        version: spoken,
        method: &known.method,
        path: &known.path,
        status: response.status(),
        owners: response.data::<LicenseOwners>(),
        files: response.data::<ReleaseFiles>(),
        products: response.data::<FileProducts>(),
    };
    let body = downgrade_bytes(&exchange, body);
    if !body.is_empty() && !response.headers().contains_key(header::CONTENT_DISPOSITION) {
        negotiated(&mut response, &known);
    }
    let headers = response.headers_mut();
    if let Some(path) = headers
        .get(header::LOCATION)
        .and_then(|path| path.to_str().ok())
        && path.starts_with('/')
    {
        let absolute = format!("{}{path}", gate.options.public_url);
        put(headers, "location", &absolute);
    }
    name_everyone(gate, headers, &known, version);
    for (name, value) in known.tally.iter().flat_map(Tally::headers) {
        put(headers, name, &value);
    }
    set_cookies(gate, headers, &known);
    if response.status() == StatusCode::UNAUTHORIZED {
        // Clients of packages know passwords, and no other credential by themselves.
        let usual = match engines::serves(&known.path) {
            true => "Basic",
            false => "Bearer",
        };
        let challenge = problem::challenge(known.authorization.as_deref(), usual);
        put(response.headers_mut(), "www-authenticate", &challenge);
    }
    if let Some(tenant) = &known.tenant {
        sign(gate, &mut response, &known, tenant, now, &body).await;
    }
    let body = Bytes::from(body);
    response.set_body(Body::from(body.clone()));
    log::note(gate, known, &response, &body, now);
    response
}

struct HeaderNames {
    account: &'static str,
    bearer: &'static str,
    token: &'static str,
}

/// Up to version 1.3 the headers said that their values are ids (identity reference §8).
fn header_names(version: ApiVersion) -> HeaderNames {
    if version <= ApiVersion::V1_3 {
        return HeaderNames {
            account: "keygen-account-id",
            bearer: "keygen-bearer-id",
            token: "keygen-token-id",
        };
    }
    HeaderNames {
        account: "keygen-account",
        bearer: "keygen-bearer",
        token: "keygen-token",
    }
}

/// Keygen-* headers: who answered, to whom, as what (identity reference §6.1).
fn name_everyone<E>(gate: &Gate<E>, headers: &mut HeaderMap, known: &Known, version: ApiVersion) {
    let names = header_names(version);
    put(headers, "keygen-version", version.as_str());
    put(headers, "keygen-edition", "EE");
    let multi = gate.app.settings.multi_account;
    put(
        headers,
        "keygen-mode",
        if multi { "multiplayer" } else { "singleplayer" },
    );
    put(headers, "keygen-revision", gate.options.revision);
    put(headers, "x-powered-by", "Keystead");
    if let Some(tenant) = &known.tenant {
        put(headers, names.account, &tenant.account.id.to_string());
    }
    if let Some(environment) = &known.environment {
        put(headers, "keygen-environment", environment);
    }
    if let Some(bearer) = &known.bearer {
        put(headers, names.bearer, &bearer.id.uuid().to_string());
        if let Some(token) = bearer.token {
            put(headers, names.token, &token.id.to_string());
        }
    }
}

/// Hands out cookies and takes them away, as far as a page of the portal asked.
fn set_cookies<E>(gate: &Gate<E>, headers: &mut HeaderMap, known: &Known) {
    let (Some(portal), Some(_)) = (&gate.options.portal, &known.cookies) else {
        return;
    };
    for change in &known.changes {
        let line = match change {
            Change::Give(session) => portal.give(&gate.app.master_key, session),
            Change::Take(environment) => portal.take(&cookies::name(*environment)),
        };
        if let Ok(line) = HeaderValue::try_from(line) {
            headers.append(header::SET_COOKIE, line);
        }
    }
}

/// Date and digest, their copies that proxies leave alone, and the signature over them.
async fn sign<E>(
    gate: &Gate<E>,
    response: &mut Response,
    known: &Known,
    tenant: &Arc<Tenant>,
    now: DateTime<Utc>,
    body: &[u8],
) {
    let date = now.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let digest = digest_header(body);
    let headers = response.headers_mut();
    for (name, value) in [
        ("date", &date),
        ("keygen-date", &date),
        ("digest", &digest),
        ("keygen-digest", &digest),
    ] {
        put(headers, name, value);
    }
    // A refused Keygen-Accept-Signature leaves nothing to sign with.
    let Some(accept) = known.accept.clone() else {
        return;
    };
    // Who asked a custom domain knows the server by no other name.
    let host = match &gate.options.public_host {
        Some(host) if !known.custom_domain => host.clone(),
        _ => known.line.host.clone(),
    };
    let work = Work {
        tenant: tenant.clone(),
        method: known.method.as_str().to_owned(),
        target: known.line.original_path_and_query.clone(),
        host,
        date,
        digest,
        accept,
        legacy: tenant.account.legacy_signature.then(|| body.to_vec()),
    };
    // RSA takes as long as twenty Ed25519 signatures: it would hold up everyone on this thread.
    let rsa = work.legacy.is_some()
        || matches!(
            work.accept.algorithm(),
            Algorithm::RsaSha256 | Algorithm::RsaPssSha256
        );
    let signed = if rsa {
        tokio::task::spawn_blocking(move || work.sign()).await
    } else {
        Ok(work.sign())
    };
    match signed {
        Ok(Ok((signature, legacy))) => {
            put(headers, "keygen-signature", &signature);
            if let Some(legacy) = legacy {
                put(headers, "x-signature", &legacy);
            }
        }
        Ok(Err(error)) => tracing::error!(%error, "an answer could not be signed"),
        Err(error) => tracing::error!(%error, "signing an answer panicked"),
    }
}

struct Work {
    tenant: Arc<Tenant>,
    method: String,
    target: String,
    host: String,
    date: String,
    digest: String,
    accept: AcceptSignature,
    legacy: Option<Vec<u8>>,
}

impl Work {
    fn sign(&self) -> Result<(String, Option<String>), SigningError> {
        let message = Message {
            method: &self.method,
            target: &self.target,
            host: &self.host,
            date: &self.date,
            digest: &self.digest,
        };
        let signer = &self.tenant.signer;
        let signature = message.signature_header(self.tenant.account.id, &self.accept, signer)?;
        let legacy = match &self.legacy {
            Some(body) => Some(legacy_signature(body, signer)?),
            None => None,
        };
        Ok((signature, legacy))
    }
}

fn negotiated(response: &mut Response, known: &Known) {
    if response
        .content_type()
        .is_none_or(|kind| kind.contains("json"))
    {
        let media = HeaderValue::from_static(known.media.content_type());
        response.headers_mut().insert(header::CONTENT_TYPE, media);
    }
}

fn put(headers: &mut HeaderMap, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::try_from(value) {
        headers.insert(HeaderName::from_static(name), value);
    }
}
