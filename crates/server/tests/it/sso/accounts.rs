//! Several accounts, each with people of its own.

use keystead_app::accounts::{Founding, found};
use keystead_app::sso::settings::{self, Change, Own};
use keystead_server::config::{Config, Tenancy};
use keystead_signing::Secret;
use keystead_testkit::{CLIENT_ID, CLIENT_SECRET, Caller};
use serde_json::json;

use super::{PORTAL, Place, ada, let_in, turned_away};

/// Acme and its rival share the installation's provider, which tells them apart.
async fn two() -> (Place, Caller) {
    let change = |config: &mut Config| {
        config.tenancy = Tenancy::Multi;
        config.sso.organization_claim = Some("org".to_owned());
    };
    let p = Place::with(change).await;
    let founding = Founding {
        slug: "rival".to_owned(),
        name: "Rival".to_owned(),
        email: "admin@rival.example".to_owned(),
        password: Secret::new("another good password".to_owned()),
        protected: true,
    };
    found(p.w.app(), founding).await.expect("it is set");
    let secret =
        p.w.token_of("rival", "admin@rival.example", "another good password")
            .await;
    let rival = Change {
        organization: Some("rival".to_owned()),
        domains: Some(vec!["rival.example".to_owned(), "acme.example".to_owned()]),
        jit_provisioning: Some(true),
        ..Change::default()
    };
    settings::set(p.w.app(), "rival", rival, p.w.now())
        .await
        .expect("it is set");
    let admin = p.w.bearer(&secret);
    (p, admin)
}

#[tokio::test]
async fn the_organization_says_which_account_somebody_is_of() {
    let (p, _) = two().await;

    let_in(&p.sign_on(ada(json!({ "org": "acme" }))).await);

    for (org, code) in [
        (json!("rival"), "SSO_STATE_INVALID"),
        (json!("nobody"), "SSO_ACCOUNT_NOT_FOUND"),
        (json!(null), "SSO_ACCOUNT_NOT_FOUND"),
    ] {
        turned_away(&p.sign_on(ada(json!({ "org": org }))).await, code);
    }
    p.realm.grant("loose", ada(json!({ "org": "acme" })));
    turned_away(&p.back("code=loose").await, "SSO_STATE_MISSING");
}

#[tokio::test]
async fn an_accounts_own_provider_speaks_for_that_account_alone() {
    let (p, _) = two().await;
    let own = p.provider.realm();
    let change = Change {
        provider: Some(Some(Own {
            issuer: own.issuer().to_owned(),
            client_id: CLIENT_ID.to_owned(),
            client_secret: Some(Secret::new(CLIENT_SECRET.to_owned())),
        })),
        ..Change::default()
    };
    settings::set(p.w.app(), "rival", change, p.w.now())
        .await
        .unwrap();

    // The rival's provider may say anything of anybody, and it is still of the rival.
    let path = "/v1/accounts/rival/tokens";
    let caller = p.w.anyone();
    let caller = caller.with(
        "authorization",
        &crate::tokens::basic("ada@acme.example", ""),
    );
    let answer = caller
        .send_raw(reqwest::Method::POST, path, Some("{}".to_owned()))
        .await
        .expect(401);
    let link = answer.at("/errors/0/links/redirect").as_str().unwrap();
    assert!(link.starts_with(own.issuer()), "{link}");
    let answer = p
        .follow(&own.consent(link, ada(json!({ "org": "acme" }))))
        .await;
    assert_eq!(answer.header("location"), format!("{PORTAL}/rival"));
    p.user("ada@acme.example").await.expect(404);
    p.page(&answer).get("/me").await.expect(401);

    // And the installation's provider no longer speaks for the rival.
    p.realm.grant("loose", ada(json!({ "org": "rival" })));
    turned_away(&p.back("code=loose").await, "SSO_ACCOUNT_NOT_FOUND");
}

#[tokio::test]
async fn the_secret_of_a_provider_is_sealed_and_is_for_that_provider_alone() {
    let (p, _) = two().await;
    let change = |issuer: &str, secret: Option<&str>| Change {
        provider: Some(Some(Own {
            issuer: issuer.to_owned(),
            client_id: CLIENT_ID.to_owned(),
            client_secret: secret.map(|secret| Secret::new(secret.to_owned())),
        })),
        ..Change::default()
    };
    let set = async |change| settings::set(p.w.app(), "rival", change, p.w.now()).await;

    let kept = set(change("https://one.example", Some("hunter2")))
        .await
        .unwrap();
    let sealed = kept.client_secret.unwrap();
    assert!(!sealed.windows(7).any(|window| window == b"hunter2"));
    set(change("https://one.example", None)).await.unwrap();
    set(change("https://two.example", None)).await.unwrap_err();
}

#[tokio::test]
async fn an_organization_is_one_accounts() {
    let (p, _) = two().await;
    let taken = Change {
        organization: Some("acme".to_owned()),
        ..Change::default()
    };

    let refused = settings::set(p.w.app(), "rival", taken, p.w.now()).await;

    assert!(
        refused
            .unwrap_err()
            .to_string()
            .contains("another account's")
    );
    assert!(settings::remove(p.w.app(), "rival").await.unwrap());
    assert!(!settings::remove(p.w.app(), "rival").await.unwrap());
    assert!(settings::show(p.w.app(), "rival").await.unwrap().is_none());
}
