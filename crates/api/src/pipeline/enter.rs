//! The way in: everything that is settled before an operation starts.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use keystead_app::authenticate::authenticate;
use keystead_app::{Cx, Tenant};
use keystead_domain::access::Environment;
use keystead_domain::version::ApiVersion;
use keystead_domain::words::IsolationStrategy;
use keystead_domain::{At, Code, Kind, Problem, Refused};
use keystead_signing::response::{AcceptError, AcceptSignature};
use keystead_store::accounts;
use poem::Request;
use poem::http::Method;

use super::{Gate, Known, text};
use crate::credentials::{Presented, presented};
use crate::negotiate::Format;
use crate::problem::{Error, Result};
use crate::query::Query;
use crate::transport::AccountSegment;
use crate::{body, negotiate, syntax};

/// Settles version, account, signature, environment and bearer, in this order.
pub(super) async fn enter<E>(
    gate: &Gate<E>,
    request: &mut Request,
    known: &mut Known,
    now: DateTime<Utc>,
) -> Result<Cx> {
    syntax::judge(request.method().as_str(), request.uri().path())?;
    known.media = negotiate::accepted(text(request.headers(), "accept"), true)?;
    if let Format::Answered(path, media) = negotiate::format(&known.path)? {
        known.media = media;
        reroute(request, path);
    }
    either_verb(request);
    let sent = body::parse_early(request, gate.options.max_body_bytes).await?;
    if let Some(heard) = &mut known.heard {
        heard.body = sent;
    }
    let headers = request.headers();
    let query = Query::parse(request.uri().query().unwrap_or_default())?;
    let asked = match text(headers, "keygen-version") {
        Some(version) => Some(ApiVersion::requested(version).ok_or_else(unsupported_version)?),
        None => None,
    };

    let segment = request
        .extensions()
        .get::<AccountSegment>()
        .and_then(|s| s.0.as_deref());
    let tenant = account(gate, segment).await?;
    known.tenant = Some(tenant.clone());
    let version = asked
        .or_else(|| ApiVersion::parse(&tenant.account.api_version))
        .unwrap_or(ApiVersion::LATEST);
    known.version = Some(version);

    known.accept = match text(headers, "keygen-accept-signature") {
        Some(header) => Some(wish(header, &tenant, known)?),
        None => Some(AcceptSignature::default()),
    };

    let wanted = text(headers, "keygen-environment")
        .map(str::to_owned)
        .or_else(|| query.text("environment").map(str::to_owned));
    let environment = match wanted {
        Some(id_or_code) => environment(gate, &tenant, &id_or_code, known).await?,
        None => Environment::Global,
    };
    known.environment_id = environment.id();

    let logs_in = request.method() == Method::POST && request.uri().path() == "/v1/tokens";
    let found = presented(
        text(headers, "authorization"),
        |name| query.text(name).map(str::to_owned),
        logs_in,
    )?;
    let bearer = match &found {
        Presented::Credential(_) if ignores_credentials(request) => None,
        Presented::Credential(credential) => {
            let bearer = authenticate(&gate.app, &tenant, environment, credential, now).await?;
            Some(Arc::new(bearer))
        }
        Presented::Login(_) | Presented::Nothing => None,
    };
    known.bearer.clone_from(&bearer);

    let extensions = request.extensions_mut();
    extensions.insert(found);
    let request = known.request.unwrap_or_else(|| gate.app.ids.next());
    Ok(Cx::new(
        gate.app.clone(),
        tenant,
        environment,
        bearer,
        now,
        request,
        version,
    ))
}

/// "Credentials ignored" (identity reference §9.3): whoever lost a password may still hold a token
/// that opens nothing any more.
fn ignores_credentials(request: &Request) -> bool {
    let path = request.uri().path();
    let resets = path.starts_with("/v1/users/") && path.ends_with("/actions/reset-password");
    request.method() == Method::POST && (resets || path == "/v1/passwords")
}

/// The account of the path, or the only one (identity reference §1).
async fn account<E>(gate: &Gate<E>, segment: Option<&str>) -> Result<Arc<Tenant>> {
    let tenants = &gate.app.tenants;
    if gate.app.settings.multi_account {
        let segment = segment.ok_or_else(|| not_found("account is required".to_owned()))?;
        let tenant = tenants.find(segment).await?;
        return tenant.ok_or_else(|| Refused::not_found("account", segment).into());
    }
    let only = tenants.only().await?;
    let only = only.ok_or_else(|| not_found("account is required".to_owned()))?;
    let Some(segment) = segment else {
        return Ok(only);
    };
    match tenants.find(segment).await? {
        Some(named) if named.account.id == only.account.id => Ok(only),
        Some(_) => {
            let expected = only.account.id;
            Err(not_found(format!("account is invalid (expected {expected})")).into())
        }
        None => Err(Refused::not_found("account", segment).into()),
    }
}

/// Routes a request to another path below `/v1`.
fn reroute(request: &mut Request, path: &str) {
    let line = match request.uri().query() {
        Some(query) => format!("/v1{path}?{query}"),
        None => format!("/v1{path}"),
    };
    if let Ok(uri) = line.parse() {
        *request.uri_mut() = uri;
    }
}

/// "Relationship updates are documented as `PUT` and accept `PATCH` too" (identity reference §1).
fn either_verb(request: &mut Request) {
    let path = request
        .uri()
        .path()
        .strip_prefix("/v1/")
        .unwrap_or_default();
    if request.method() == Method::PATCH && path.split('/').count() == 3 {
        request.set_method(Method::PUT);
    }
}

/// How the client wants its answer signed. A refusal is signed, too, when only the key is unknown.
fn wish(header: &str, tenant: &Tenant, known: &mut Known) -> Result<AcceptSignature> {
    AcceptSignature::parse(header, tenant.account.id).map_err(|error| {
        let detail = error.to_string();
        if let AcceptError::KeyidNotFound(wish) = error {
            known.accept = Some(wish);
        }
        Problem::new(Kind::BadRequest, detail).into()
    })
}

fn not_found(detail: String) -> Refused {
    Problem::new(Kind::NotFound, detail)
        .code(Code::NotFound)
        .into()
}

fn unsupported_version() -> Error {
    let code = Code::InvalidApiVersion;
    Problem::new(Kind::BadRequest, code.detail())
        .code(code)
        .about("versioning/")
        .into()
}

async fn environment<E>(
    gate: &Gate<E>,
    tenant: &Tenant,
    id_or_code: &str,
    known: &mut Known,
) -> Result<Environment> {
    let code = Code::EnvironmentInvalid;
    let unknown = || {
        Problem::new(Kind::BadRequest, code.detail())
            .code(code)
            .at(At::Header("Keygen-Environment"))
    };
    if id_or_code.is_empty() {
        return Err(unknown().into());
    }
    let found = accounts::environment(&gate.app.db, tenant.account.id, id_or_code).await?;
    let found = found.ok_or_else(unknown)?;
    known.environment = Some(found.code);
    Ok(match found.isolation_strategy {
        IsolationStrategy::Isolated => Environment::Isolated(found.id),
        IsolationStrategy::Shared => Environment::Shared(found.id),
    })
}
