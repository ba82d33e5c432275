//! Custom domains: hosts that lead to an account.

use keystead_app::accounts::domains;
use keystead_app::accounts::{Founding, found};
use keystead_server::config::Tenancy;
use keystead_signing::Secret;
use keystead_testkit::World;
use reqwest::Method;

const HOST: &str = "licensing.acme.example";

async fn many() -> World {
    World::with(|config| {
        config.tenancy = Tenancy::Multi;
        config.http.domain = Some("keystead.example".to_owned());
    })
    .await
}

#[tokio::test]
async fn a_host_leads_to_its_account_without_naming_it() {
    let w = many().await;
    let by_host = w.admin().with("host", HOST);
    let get = async |path: &str| by_host.send_raw(Method::GET, path, None).await;
    get("/v1/me").await.expect(404);

    domains::add(w.app(), "acme", HOST, w.now()).await.unwrap();

    let me = get("/v1/me").await.expect(200);
    assert_eq!(me.header("keygen-account"), w.account());
    assert_ne!(me.header("keygen-signature"), "");
    get("/v1/accounts/acme/me").await.expect(200);
    // Accounts are managed under the server's own name.
    for path in [
        "/v1/accounts/acme",
        "/v1/settings",
        "/v1/accounts/acme/settings",
    ] {
        get(path).await.expect(404);
    }
    let founding = by_host
        .send_raw(Method::POST, "/v1/accounts", Some("{}".to_owned()))
        .await;
    founding.expect(404);

    domains::remove(w.app(), "acme", HOST).await.unwrap();
    get("/v1/me").await.expect(404);
}

#[tokio::test]
async fn the_host_wins_over_the_path() {
    let w = many().await;
    let founding = Founding {
        slug: "rival".to_owned(),
        name: "Rival".to_owned(),
        email: "admin@rival.example".to_owned(),
        password: Secret::new("another good password".to_owned()),
        protected: true,
    };
    found(w.app(), founding).await.unwrap();
    domains::add(w.app(), "acme", HOST, w.now()).await.unwrap();

    let by_host = w.admin().with("host", HOST);
    let me = by_host
        .send_raw(Method::GET, "/v1/accounts/rival/me", None)
        .await
        .expect(200);

    assert_eq!(me.header("keygen-account"), w.account());
}

#[tokio::test]
async fn a_host_is_a_free_name_that_is_not_the_servers_own() {
    let w = many().await;
    domains::add(w.app(), "acme", HOST, w.now()).await.unwrap();

    for (host, why) in [
        (HOST, "leads to an account already"),
        ("LICENSING.acme.example.", "leads to an account already"),
        ("api.keystead.example", "belongs to this installation"),
        ("localhost", "is no name of a host"),
        ("192.0.2.1", "is no name of a host"),
        ("a b.example", "is no name of a host"),
    ] {
        let refused = domains::add(w.app(), "acme", host, w.now())
            .await
            .unwrap_err();
        assert!(refused.to_string().contains(why), "{host}: {refused}");
    }
}
