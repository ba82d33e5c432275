//! An identity provider in this process: it speaks OpenID Connect, describes itself, signs with RSA,
//! and lies when a test wants it to.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use poem::http::{Method, StatusCode, Uri};
use poem::listener::{Acceptor, Listener, TcpListener};
use poem::{Body, Request, Response, Server, endpoint};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use tokio::task::AbortHandle;
use url::{Url, form_urlencoded};

/// The id that every realm gives its client.
pub const CLIENT_ID: &str = "keystead";
/// The secret that every realm gives its client. What is odd in it is told in the protocol's way.
pub const CLIENT_SECRET: &str = "s3cret: %+/&";

/// The end of year 9999: tokens end when a test says so.
const NEVER: i64 = 253_402_300_799;

/// One key for all realms of a process, because it takes a while to make.
static KEY: LazyLock<KeyPair> =
    LazyLock::new(|| KeyPair::generate(KeySize::Rsa2048).expect("entropy is there"));

/// What a realm says that is not so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lie {
    /// A signature that somebody altered.
    Signature,
    /// No signature at all.
    Unsigned,
    /// A token of another issuer.
    Issuer,
    /// A token for another client.
    Audience,
    /// A token that answers another question.
    Nonce,
    /// A token that has ended.
    Ended,
}

/// Serves realms.
#[derive(Debug)]
pub struct IdentityProvider {
    address: SocketAddr,
    realms: Realms,
    serving: AbortHandle,
}

/// One issuer with people of its own.
#[derive(Clone, Debug)]
pub struct Realm {
    issuer: String,
    number: usize,
    realms: Realms,
}

type Realms = Arc<Mutex<Vec<Inside>>>;

/// What is inside of a realm.
#[derive(Debug, Default)]
struct Inside {
    grants: HashMap<String, Grant>,
    refusals: HashMap<String, String>,
    lie: Option<Lie>,
    rotations: usize,
    /// Whether claims are only told to whoever asks with an access token.
    shy: bool,
    told: Map<String, Value>,
}

/// What a code is good for.
#[derive(Clone, Debug)]
struct Grant {
    claims: Map<String, Value>,
    nonce: Option<String>,
    challenge: Option<String>,
    redirect_uri: Option<String>,
}

impl IdentityProvider {
    /// A provider without realms.
    ///
    /// # Panics
    /// When no port can be had.
    pub async fn start() -> Self {
        let acceptor = TcpListener::bind("127.0.0.1:0").into_acceptor().await;
        let acceptor = acceptor.expect("a free port");
        let address = acceptor.local_addr().remove(0);
        let address = *address.as_socket_addr().expect("an address of TCP");
        let realms = Realms::default();
        let inside = realms.clone();
        let app = endpoint::make(move |request: Request| {
            let inside = inside.clone();
            async move { Ok::<_, poem::Error>(answer(&inside, address, request).await) }
        });
        let serving =
            tokio::spawn(async move { Server::new_with_acceptor(acceptor).run(app).await });
        Self {
            address,
            realms,
            serving: serving.abort_handle(),
        }
    }

    /// A new realm.
    pub fn realm(&self) -> Realm {
        let mut realms = locked(&self.realms);
        realms.push(Inside::default());
        let number = realms.len() - 1;
        Realm {
            issuer: issuer(self.address, number),
            number,
            realms: self.realms.clone(),
        }
    }
}

impl Drop for IdentityProvider {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Realm {
    /// The issuer URL.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Gives out a code that nobody asked for, as when somebody starts here.
    pub fn grant(&self, code: &str, claims: Value) {
        self.inside(|inside| inside.grants.insert(code.to_owned(), Grant::of(claims)));
    }

    /// Ties a code to a question: the nonce to repeat, and the digest of what redeems it.
    pub fn tie(&self, code: &str, nonce: &str, challenge: &str) {
        self.inside(|inside| {
            if let Some(grant) = inside.grants.get_mut(code) {
                grant.nonce = Some(nonce.to_owned());
                grant.challenge = Some(challenge.to_owned());
            }
        });
    }

    /// Refuses a code with an error.
    pub fn refuse(&self, code: &str, error: &str) {
        self.inside(|inside| inside.refusals.insert(code.to_owned(), error.to_owned()));
    }

    /// Lies from now on.
    pub fn lie(&self, lie: Lie) {
        self.inside(|inside| inside.lie = Some(lie));
    }

    /// Signs under another key id from now on.
    pub fn rotate_keys(&self) {
        self.inside(|inside| inside.rotations += 1);
    }

    /// Puts little more than the subject into ID tokens from now on.
    pub fn be_shy(&self) {
        self.inside(|inside| inside.shy = true);
    }

    /// What happens when a person with these claims follows a link to the provider and agrees: the
    /// link back.
    ///
    /// # Panics
    /// When it is no link to this realm, or asks for something else than a code for a client.
    #[track_caller]
    pub fn consent(&self, link: &str, claims: Value) -> String {
        let link: Url = link.parse().expect("a URL");
        let asked: HashMap<String, String> = link.query_pairs().into_owned().collect();
        let here = link.as_str().split('?').next().unwrap_or_default();
        assert_eq!(here, format!("{}/authorize", self.issuer));
        assert_eq!(asked["response_type"], "code");
        assert_eq!(asked["client_id"], CLIENT_ID);
        assert_eq!(asked["code_challenge_method"], "S256");
        assert!(asked["scope"].split(' ').any(|scope| scope == "openid"));
        let redirect_uri = asked["redirect_uri"].clone();
        let grant = Grant {
            nonce: Some(asked["nonce"].clone()),
            challenge: Some(asked["code_challenge"].clone()),
            redirect_uri: Some(redirect_uri.clone()),
            ..Grant::of(claims)
        };
        let code = self.inside(|inside| {
            let code = format!("code-{}", inside.grants.len());
            inside.grants.insert(code.clone(), grant);
            code
        });
        let mut back: Url = redirect_uri.parse().expect("a URL");
        back.query_pairs_mut()
            .append_pair("code", &code)
            .append_pair("state", &asked["state"]);
        back.into()
    }

    fn inside<T>(&self, change: impl FnOnce(&mut Inside) -> T) -> T {
        change(&mut locked(&self.realms)[self.number])
    }
}

impl Grant {
    fn of(claims: Value) -> Self {
        let Value::Object(claims) = claims else {
            panic!("claims are an object");
        };
        Self {
            claims,
            nonce: None,
            challenge: None,
            redirect_uri: None,
        }
    }
}

fn locked(realms: &Mutex<Vec<Inside>>) -> std::sync::MutexGuard<'_, Vec<Inside>> {
    realms.lock().unwrap_or_else(PoisonError::into_inner)
}

fn issuer(address: SocketAddr, realm: usize) -> String {
    format!("http://{address}/realms/{realm}")
}

async fn answer(realms: &Realms, address: SocketAddr, mut request: Request) -> Response {
    let body = request.take_body();
    let Some((realm, path)) = place(request.uri()) else {
        return StatusCode::NOT_FOUND.into();
    };
    let form = fields(body).await;
    let mut realms = locked(realms);
    let Some(inside) = realms.get_mut(realm) else {
        return StatusCode::NOT_FOUND.into();
    };
    let issuer = issuer(address, realm);
    match (request.method(), path.as_str()) {
        (&Method::GET, "/.well-known/openid-configuration") => {
            told(StatusCode::OK, &described(&issuer))
        }
        (&Method::GET, "/keys") => told(StatusCode::OK, &keys(inside)),
        (&Method::POST, "/token") => match redeem(inside, &issuer, &request, &form) {
            Ok(tokens) => told(StatusCode::OK, &tokens),
            Err(error) => told(StatusCode::BAD_REQUEST, &json!({ "error": error })),
        },
        (&Method::GET, "/userinfo") => told(StatusCode::OK, &Value::Object(inside.told.clone())),
        _ => StatusCode::NOT_FOUND.into(),
    }
}

fn place(uri: &Uri) -> Option<(usize, String)> {
    let rest = uri.path().strip_prefix("/realms/")?;
    let (realm, path) = rest.split_once('/')?;
    Some((realm.parse().ok()?, format!("/{path}")))
}

async fn fields(body: Body) -> HashMap<String, String> {
    let bytes = body.into_vec().await.unwrap_or_default();
    form_urlencoded::parse(&bytes).into_owned().collect()
}

fn told(status: StatusCode, value: &Value) -> Response {
    Response::builder()
        .status(status)
        .content_type("application/json")
        .body(value.to_string())
}

fn described(issuer: &str) -> Value {
    json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "userinfo_endpoint": format!("{issuer}/userinfo"),
        "jwks_uri": format!("{issuer}/keys"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
    })
}

fn keys(inside: &Inside) -> Value {
    let key = KEY.public_key();
    let number = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    json!({ "keys": [{
        "kty": "RSA",
        "use": "sig",
        "alg": "RS256",
        "kid": inside.rotations.to_string(),
        "n": number(key.modulus().big_endian_without_leading_zero()),
        "e": number(key.exponent().big_endian_without_leading_zero()),
    }] })
}

/// Tokens for a code, or the error of the protocol that says why not.
fn redeem(
    inside: &mut Inside,
    issuer: &str,
    request: &Request,
    form: &HashMap<String, String>,
) -> Result<Value, String> {
    let field = |name: &str| form.get(name).map(String::as_str);
    if client(request).as_deref() != Some(&format!("{CLIENT_ID}:{CLIENT_SECRET}")) {
        return Err("invalid_client".to_owned());
    }
    if field("grant_type") != Some("authorization_code") {
        return Err("unsupported_grant_type".to_owned());
    }
    let code = field("code").unwrap_or_default();
    if let Some(error) = inside.refusals.get(code) {
        return Err(error.clone());
    }
    let refused = || "invalid_grant".to_owned();
    // A code is good for once, whatever comes of it.
    let grant = inside.grants.remove(code).ok_or_else(refused)?;
    let digest = field("code_verifier").map(|text| URL_SAFE_NO_PAD.encode(Sha256::digest(text)));
    let redirected =
        grant.redirect_uri.is_none() || grant.redirect_uri.as_deref() == field("redirect_uri");
    if digest != grant.challenge || !redirected {
        return Err(refused());
    }
    Ok(json!({
        "access_token": "an access token",
        "token_type": "Bearer",
        "id_token": token(inside, issuer, grant),
    }))
}

/// Who redeems: the protocol has both parts encoded as in a form first.
fn client(request: &Request) -> Option<String> {
    let basic = request.header("authorization")?.strip_prefix("Basic ")?;
    let decoded = String::from_utf8(STANDARD.decode(basic).ok()?).ok()?;
    let (id, secret) = decoded.split_once(':')?;
    let plain = |text: &str| {
        let line = format!("x={text}");
        let mut pairs = form_urlencoded::parse(line.as_bytes());
        pairs.next().map(|(_, value)| value.into_owned())
    };
    Some(format!("{}:{}", plain(id)?, plain(secret)?))
}

fn token(inside: &mut Inside, issuer: &str, grant: Grant) -> String {
    let lie = inside.lie;
    let mut claims = grant.claims;
    if inside.shy {
        inside.told = claims.clone();
        claims.retain(|name, _| name == "sub");
    }
    let text = |is: bool, lied: &str, truth: String| if is { lied.to_owned() } else { truth };
    claims.insert(
        "iss".to_owned(),
        text(
            lie == Some(Lie::Issuer),
            "https://elsewhere.example",
            issuer.to_owned(),
        )
        .into(),
    );
    claims.insert(
        "aud".to_owned(),
        text(lie == Some(Lie::Audience), "somebody", CLIENT_ID.to_owned()).into(),
    );
    claims.insert("iat".to_owned(), 0.into());
    claims.insert(
        "exp".to_owned(),
        if lie == Some(Lie::Ended) { 1 } else { NEVER }.into(),
    );
    if let Some(nonce) = grant.nonce {
        claims.insert(
            "nonce".to_owned(),
            text(lie == Some(Lie::Nonce), "another", nonce).into(),
        );
    }
    let algorithm = if lie == Some(Lie::Unsigned) {
        "none"
    } else {
        "RS256"
    };
    let header = json!({ "alg": algorithm, "typ": "JWT", "kid": inside.rotations.to_string() });
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(&header), part(&Value::Object(claims)));
    let mut signature = vec![0; KEY.public_modulus_len()];
    KEY.sign(
        &RSA_PKCS1_SHA256,
        &SystemRandom::new(),
        signed.as_bytes(),
        &mut signature,
    )
    .expect("the key signs");
    match lie {
        Some(Lie::Signature) => signature[100] ^= 1,
        Some(Lie::Unsigned) => signature.clear(),
        _ => {}
    }
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}
