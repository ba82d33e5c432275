//! Single sign-on, with a provider that signs, and that lies when it is told to.

mod accounts;
mod people;
mod start;
mod trust;

use keystead_app::sso::settings::{self, Change};
use keystead_server::config::Config;
use keystead_signing::Secret;
use keystead_testkit::{Answer, CLIENT_ID, CLIENT_SECRET, Caller, IdentityProvider, Realm, World};
use reqwest::redirect::Policy;
use serde_json::{Value, json};

use crate::tokens::basic;

const PORTAL: &str = "https://portal.acme.example";
const CALLBACK: &str = "https://auth.acme.example/sso";

/// A server, and the provider that its people sign on at.
struct Place {
    w: World,
    realm: Realm,
    provider: IdentityProvider,
}

impl Place {
    /// The account signs on with addresses of `acme.example`, and makes users on the way.
    async fn new() -> Self {
        Self::with(|_| {}).await
    }

    async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let provider = IdentityProvider::start().await;
        let realm = provider.realm();
        let w = World::with(|config| {
            config.portal.origin = Some(PORTAL.parse().expect("it is one"));
            config.portal.cookie_domain = Some("acme.example".to_owned());
            config.sso.callback_url = Some(CALLBACK.parse().expect("it is one"));
            config.sso.issuer = Some(realm.issuer().to_owned());
            config.sso.client_id = Some(CLIENT_ID.to_owned());
            config.sso.client_secret = Some(Secret::new(CLIENT_SECRET.to_owned()));
            change(config);
        })
        .await;
        let place = Self { w, realm, provider };
        place
            .set(Change {
                organization: Some("acme".to_owned()),
                domains: Some(vec!["acme.example".to_owned()]),
                jit_provisioning: Some(true),
                ..Change::default()
            })
            .await;
        place
    }

    async fn set(&self, change: Change) {
        settings::set(self.w.app(), "acme", change, self.w.now())
            .await
            .expect("the settings are good");
    }

    /// Somebody's try to log in by password, which is answered by a link to the provider.
    async fn link(&self, email: &str) -> String {
        self.link_of(&self.w.anyone(), email).await
    }

    async fn link_of(&self, caller: &Caller, email: &str) -> String {
        let caller = caller.with("authorization", &basic(email, "whatever"));
        let answer = caller.post("/tokens", json!({})).await.expect(401);
        assert_eq!(answer.code(), "SSO_REQUIRED");
        let link = answer.at("/errors/0/links/redirect").as_str();
        link.expect("a link").to_owned()
    }

    /// Somebody signs on, and the provider says this of them.
    async fn sign_on(&self, claims: Value) -> Answer {
        let email = claims["email"].as_str().expect("an address").to_owned();
        let link = self.link(&email).await;
        self.follow(&self.realm.consent(&link, claims)).await
    }

    /// A browser follows a link back to the server.
    async fn follow(&self, link: &str) -> Answer {
        let (_, query) = link.split_once('?').expect("a query");
        self.back(query).await
    }

    async fn back(&self, query: &str) -> Answer {
        let client = reqwest::Client::builder().redirect(Policy::none()).build();
        let url = format!("{}/sso?{query}", self.w.base());
        let sent = client.expect("TLS can be set up").get(url).send().await;
        let response = sent.expect("the server answers");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.expect("text");
        Answer {
            status,
            headers,
            body: Value::Null,
            text,
        }
    }

    /// A page of the portal with the cookie that an answer hands out.
    fn page(&self, answer: &Answer) -> Caller {
        let cookie = answer.header("set-cookie");
        let cookie = cookie.split(';').next().unwrap_or_default();
        self.w
            .anyone()
            .with("origin", PORTAL)
            .with("cookie", cookie)
    }

    async fn user(&self, email: &str) -> Answer {
        self.w.admin().get(&format!("/users/{email}")).await
    }
}

/// What the provider says of Ada, unless it says something else.
fn ada(more: Value) -> Value {
    let mut claims = json!({
        "sub": "ada-1",
        "email": "ada@acme.example",
        "email_verified": true,
        "given_name": "Ada",
        "family_name": "Byron",
    });
    for (name, value) in more.as_object().into_iter().flatten() {
        claims[name] = value.clone();
    }
    claims
}

/// Somebody was turned away, and the browser has nothing to show for it.
#[track_caller]
fn turned_away(answer: &Answer, code: &str) {
    assert_eq!(answer.status, 303);
    let told = format!("{PORTAL}/sso/error?code={code}");
    assert_eq!(answer.header("location"), told);
    assert_eq!(answer.header("set-cookie"), "");
}

/// Somebody is in.
#[track_caller]
fn let_in(answer: &Answer) {
    assert_eq!(answer.status, 303);
    assert_eq!(answer.header("location"), format!("{PORTAL}/acme"));
    assert_ne!(answer.header("set-cookie"), "");
}
