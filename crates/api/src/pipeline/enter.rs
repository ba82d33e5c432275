//! The way in: everything that is settled before an operation starts.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use keystead_app::authenticate::{Credential, authenticate, authenticate_ping};
use keystead_app::{Client, Cx, Outset, Tenant, hosts};
use keystead_domain::access::Environment;
use keystead_domain::version::ApiVersion;
use keystead_domain::words::IsolationStrategy;
use keystead_domain::{At, Code, Kind, Problem, Refused};
use keystead_signing::response::{AcceptError, AcceptSignature};
use keystead_store::accounts;
use poem::Request;
use poem::http::Method;

use super::{Gate, Known, session, text};
use crate::credentials::{self, Presented};
use crate::negotiate::Format;
use crate::problem::{Error, Result};
use crate::query::Query;
use crate::throttle::Attempt;
use crate::transport::{AccountSegment, ClientAddress};
use crate::{body, engines, negotiate, problem, syntax};

/// Where a request is by the time its operation starts.
pub(super) enum Entered {
    /// In an account.
    Account(Cx),
    /// Where there is no account yet: it founds one.
    Nowhere(Outset),
}

/// Settles version, account, signature, environment and bearer, in this order.
pub(super) async fn enter<E>(
    gate: &Gate<E>,
    request: &mut Request,
    known: &mut Known,
    now: DateTime<Utc>,
) -> Result<Entered> {
    syntax::judge(request.method().as_str(), request.uri().path())?;
    known.media = negotiate::accepted(
        text(request.headers(), "accept"),
        negotiate::answers(&known.path),
    )?;
    if let Format::Answered(path, media) = negotiate::format(&known.path)? {
        known.media = media;
        reroute(request, path);
    }
    one_name(request, &known.path);
    if let Some(path) = engines::probe(request.method(), &known.path) {
        reroute(request, path);
    }
    either_verb(request);
    let sent = match brings_file(request, &known.path)? {
        true => bytes::Bytes::new(),
        false => body::parse_early(request, gate.options.max_body_bytes).await?,
    };
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
    if founds(gate, request) && segment.is_none() && !led(gate, known).await? {
        let version = asked.unwrap_or(ApiVersion::LATEST);
        known.version = Some(version);
        session::look(gate, headers, known);
        let app = gate.app.clone();
        return Ok(Entered::Nowhere(Outset { app, version }));
    }
    if request.uri().path() == "/v1/accounts" {
        return Err(problem::unknown_endpoint());
    }
    let tenant = account(gate, segment, known).await?;
    if known.custom_domain && on_own_host_only(request.uri().path()) {
        return Err(problem::unknown_endpoint());
    }
    known.tenant = Some(tenant.clone());
    let version = asked
        .or_else(|| ApiVersion::parse(&tenant.account.api_version))
        .unwrap_or(ApiVersion::LATEST);
    known.version = Some(version);

    let logs_in = request.method() == Method::POST && request.uri().path() == "/v1/tokens";
    let of_header = credentials::of_header(text(headers, "authorization"), logs_in);
    let address = request.extensions().get::<ClientAddress>();
    let address = address.map_or(Ipv4Addr::LOCALHOST.into(), |address| address.0);
    let cookies = session::look(gate, headers, known);
    count(gate, request, known, address, of_header.as_ref().ok(), now)?;

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

    let query = |name: &str| query.text(name).map(str::to_owned);
    let found = match of_header? {
        Some(presented) => presented,
        None => session::cookie(&cookies, environment)
            .map_or_else(|| credentials::of_query(query), Presented::Session),
    };
    let mut client = Client {
        address: Some(address),
        user_agent: text(headers, "user-agent").map(str::to_owned),
        portal: known.cookies.is_some(),
        session: None,
    };
    let mut glimpse = None;
    let bearer = match &found {
        Presented::Credential(_) | Presented::Session(_) if ignores_credentials(request) => None,
        Presented::Credential(credential) => Some(match (credential, pinged(request)) {
            (Credential::LicenseKey(key), Some(machine)) => {
                let (bearer, seen) =
                    authenticate_ping(&gate.app, &tenant, environment, key, machine, now).await?;
                glimpse = Some(seen);
                bearer
            }
            _ => authenticate(&gate.app, &tenant, environment, credential, now).await?,
        }),
        Presented::Session(value) => {
            Some(session::enter(gate, &tenant, environment, value, &mut client, known, now).await?)
        }
        Presented::Login(_) | Presented::Nothing => None,
    };
    let bearer = bearer.map(Arc::new);
    known.bearer.clone_from(&bearer);

    let extensions = request.extensions_mut();
    extensions.insert(found);
    let request = known.request.unwrap_or_else(|| gate.app.ids.next());
    let cx = Cx::new(
        gate.app.clone(),
        tenant,
        environment,
        bearer,
        now,
        request,
        version,
    );
    let cx = cx.from_client(client);
    Ok(Entered::Account(match glimpse {
        Some(glimpse) => cx.with_glimpse(glimpse),
        None => cx,
    }))
}

/// The machine that a request pings, by its segment; one that is percent-encoded is looked up the
/// common way.
fn pinged(request: &Request) -> Option<&str> {
    if request.method() != Method::POST {
        return None;
    }
    let path = request.uri().path().strip_prefix("/v1/machines/")?;
    let (machine, action) = path.split_once('/')?;
    let pings = matches!(action, "actions/ping" | "actions/ping-heartbeat");
    (pings && !machine.contains('%')).then_some(machine)
}

/// Counts the request against what its client may try.
fn count<E>(
    gate: &Gate<E>,
    request: &Request,
    known: &mut Known,
    address: IpAddr,
    presented: Option<&Option<Presented>>,
    now: DateTime<Utc>,
) -> Result<()> {
    let Some(tenant) = &known.tenant else {
        return Ok(());
    };
    let path = request.uri().path();
    let path = path.strip_prefix("/v1").unwrap_or(path);
    let login = match presented {
        Some(Some(Presented::Login(login))) if !login.password.is_empty() => Some(&*login.email),
        _ => None,
    };
    let email = body::peek_meta(request, "email");
    let (authorization, query) = (known.authorization.as_deref(), request.uri().query());
    let credential = authorization.or(query).unwrap_or_default();
    let attempt = Attempt {
        method: request.method(),
        path,
        account: tenant.account.id,
        address,
        login,
        email: email.as_deref(),
        credential,
    };
    known.tally = gate.throttle.count(&attempt, now);
    match known.tally {
        Some(tally) if tally.is_exceeded() => Err(tally.refusal(&gate.options.docs_url).into()),
        _ => Ok(()),
    }
}

/// "Credentials ignored" (identity reference §9.3): whoever lost a password may still hold a token
/// that opens nothing any more.
fn ignores_credentials(request: &Request) -> bool {
    let path = request.uri().path();
    let resets = path.starts_with("/v1/users/") && path.ends_with("/actions/reset-password");
    request.method() == Method::POST && (resets || path == "/v1/passwords")
}

/// Whether the request founds an account.
fn founds<E>(gate: &Gate<E>, request: &Request) -> bool {
    gate.app.settings.multi_account
        && request.method() == Method::POST
        && request.uri().path() == "/v1/accounts"
}

/// Accounts are managed under the installation's own name (identity reference §1).
fn on_own_host_only(path: &str) -> bool {
    let noun = path.split('/').nth(2).unwrap_or_default();
    matches!(noun, "accounts" | "settings" | "recover")
}

/// Whether the host that was asked leads to an account.
async fn led<E>(gate: &Gate<E>, known: &Known) -> Result<bool> {
    Ok(by_host(gate, known).await?.is_some())
}

/// The account that the host that was asked leads to. Nobody's domain is below ours.
async fn by_host<E>(gate: &Gate<E>, known: &Known) -> Result<Option<Arc<Tenant>>> {
    match hosts::name_of(&known.line.host) {
        Some(host) if !gate.app.settings.hosts.own(&host) => {
            Ok(gate.app.tenants.by_host(&host).await?)
        }
        _ => Ok(None),
    }
}

/// The account of the host, of the path, or the only one (identity reference §1).
async fn account<E>(
    gate: &Gate<E>,
    segment: Option<&str>,
    known: &mut Known,
) -> Result<Arc<Tenant>> {
    let tenants = &gate.app.tenants;
    if gate.app.settings.multi_account {
        if let Some(tenant) = by_host(gate, known).await? {
            known.custom_domain = true;
            return Ok(tenant);
        }
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

/// Whether the body is a file that is meant for elsewhere: some clients of API 1.0 send it along
/// before they are told where to, and one of them calls it JSON.
fn brings_file(request: &Request, path: &str) -> Result<bool> {
    // npm sends what it packed itself to services that there are none of.
    if engines::ignores_body(path) {
        return Ok(true);
    }
    let path = request.uri().path();
    if request.method() != Method::PUT
        || !path.starts_with("/v1/releases/")
        || !path.ends_with("/artifact")
    {
        return Ok(false);
    }
    let agent = text(request.headers(), "user-agent").unwrap_or_default();
    Ok(agent.starts_with("electron-builder")
        || negotiate::content(request.content_type())? == negotiate::Content::Ignored)
}

/// Routes what is asked of a file by its name, slashes and all, as one segment.
fn one_name(request: &mut Request, path: &str) {
    if let Some(at) = negotiate::file_in(path).or_else(|| engines::name_in(path))
        && path[at..].contains('/')
    {
        let (before, name) = path.split_at(at);
        let name = name.replace('/', "%2F");
        reroute(request, &format!("{before}{name}"));
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
