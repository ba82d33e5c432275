//! What is not believed: of browsers, of strangers, and of the provider.

use chrono::TimeDelta;
use keystead_app::sso::settings::Change;
use keystead_testkit::Lie;
use reqwest::Url;
use serde_json::json;

use super::{Place, ada, let_in, turned_away};

#[tokio::test]
async fn a_provider_that_lies_is_not_believed() {
    for lie in [
        Lie::Signature,
        Lie::Unsigned,
        Lie::Issuer,
        Lie::Audience,
        Lie::Nonce,
        Lie::Ended,
    ] {
        let p = Place::new().await;
        p.realm.lie(lie);

        let answer = p.sign_on(ada(json!({}))).await;

        assert_eq!((lie, answer.status), (lie, 303));
        turned_away(&answer, "SSO_INVALID");
        assert_eq!(p.user("ada@acme.example").await.status, 404, "{lie:?}");
    }
}

#[tokio::test]
async fn what_was_sent_along_comes_back_as_it_was_and_in_time() {
    let p = Place::new().await;
    let back = p
        .realm
        .consent(&p.link("ada@acme.example").await, ada(json!({})));
    let back: Url = back.parse().unwrap();
    let fields: Vec<(String, String)> = back.query_pairs().into_owned().collect();
    let state = &fields[1].1;
    let (id, sealed) = state.split_once('.').unwrap();
    let mut altered = sealed.to_owned();
    let last = if altered.ends_with('A') { "B" } else { "A" };
    altered.replace_range(20..21, last);
    let elsewhere = "A".repeat(id.len());

    for state in [
        "bad".to_owned(),
        ".".to_owned(),
        format!("{id}.{altered}"),
        format!("{id}."),
        format!("{elsewhere}.{sealed}"),
        sealed.to_owned(),
    ] {
        let answer = p.back(&format!("code=code-0&state={state}")).await;
        turned_away(&answer, "SSO_STATE_INVALID");
    }
    p.w.advance(TimeDelta::minutes(5));
    turned_away(&p.follow(back.as_str()).await, "SSO_STATE_INVALID");
    // None of them used the code up; in time it would have been good.
    p.w.advance(TimeDelta::minutes(-5));
    let_in(&p.follow(back.as_str()).await);
}

#[tokio::test]
async fn a_code_is_good_for_once_and_for_whom_it_was_given_out() {
    let p = Place::new().await;
    let ours = p
        .realm
        .consent(&p.link("ada@acme.example").await, ada(json!({})));
    let other = p.link("ada@acme.example").await;
    let other = p.realm.consent(&other, ada(json!({})));

    // A stolen code is tied to the question that it answers.
    let code = |link: &str| {
        link.parse::<Url>()
            .unwrap()
            .query_pairs()
            .into_owned()
            .next()
            .unwrap()
            .1
    };
    let mixed = ours.replace(&code(&ours), &code(&other));
    turned_away(&p.follow(&mixed).await, "SSO_INVALID_GRANT");

    let_in(&p.follow(&ours).await);
    turned_away(&p.follow(&ours).await, "SSO_INVALID_GRANT");
}

#[tokio::test]
async fn what_the_provider_refuses_is_told_by_its_code_and_no_more() {
    let p = Place::new().await;
    let state = p.link("ada@acme.example").await;
    let state: Url = state.parse().unwrap();
    let state = state
        .query_pairs()
        .into_owned()
        .find(|(name, _)| name == "state");
    let state = state.unwrap().1;

    for (query, code) in [
        ("error=access_denied".to_owned(), "SSO_ACCESS_DENIED"),
        (
            format!("error=login_required&state={state}"),
            "SSO_LOGIN_REQUIRED",
        ),
        ("error=%0d%0aset-cookie:%20a=b".to_owned(), "SSO_INVALID"),
        ("error=https://evil.example".to_owned(), "SSO_INVALID"),
        (format!("state={state}"), "SSO_INVALID"),
        (String::new(), "SSO_INVALID"),
        ("code=%ff".to_owned(), "SSO_INVALID"),
        (format!("code=none&state={state}"), "SSO_INVALID_GRANT"),
    ] {
        turned_away(&p.back(&query).await, code);
    }
    p.realm.refuse("no", "access_denied");
    let refused = p.back(&format!("code=no&state={state}")).await;
    turned_away(&refused, "SSO_ACCESS_DENIED");
}

#[tokio::test]
async fn an_address_that_the_provider_has_not_proven_is_nobodys() {
    let p = Place::new().await;

    let answer = p.sign_on(ada(json!({ "email_verified": false }))).await;

    turned_away(&answer, "SSO_USER_NOT_ALLOWED");
}

#[tokio::test]
async fn somebody_from_elsewhere_signs_on_where_that_is_allowed() {
    let p = Place::new().await;
    let begun = p.link("ada@acme.example").await;
    let stranger = ada(json!({ "email": "eve@elsewhere.example" }));

    let back = p.realm.consent(&begun, stranger);
    turned_away(&p.follow(&back).await, "SSO_USER_NOT_ALLOWED");

    p.set(Change {
        external_authn: Some(true),
        domains: Some(Vec::new()),
        ..Change::default()
    })
    .await;
    let id = json!({ "email": "dev@elsewhere.example", "role": "developer" });
    let id = json!({ "data": { "type": "users", "attributes": id } });
    p.w.admin().post("/users", id).await.expect(201);
    let dev = ada(json!({ "sub": "dev", "email": "dev@elsewhere.example" }));
    let_in(&p.sign_on(dev).await);
}

#[tokio::test]
async fn who_starts_at_the_provider_is_sent_there_again_or_turned_away() {
    let p = Place::new().await;
    p.realm.grant("first", ada(json!({})));
    p.realm.grant("second", ada(json!({})));

    turned_away(&p.back("code=first").await, "SSO_STATE_MISSING");
    p.set(Change {
        idp_initiated: Some(true),
        ..Change::default()
    })
    .await;
    let again = p.back("code=second").await;

    assert_eq!((again.status, again.header("set-cookie")), (303, ""));
    let link = again.header("location");
    assert!(link.starts_with(p.realm.issuer()), "{link}");
    let_in(&p.follow(&p.realm.consent(link, ada(json!({})))).await);
}

#[tokio::test]
async fn a_provider_may_change_its_keys() {
    let p = Place::new().await;
    let_in(&p.sign_on(ada(json!({}))).await);

    p.realm.rotate_keys();

    let_in(&p.sign_on(ada(json!({}))).await);
}

#[tokio::test]
async fn what_the_token_leaves_out_is_asked_for() {
    let p = Place::new().await;
    p.realm.be_shy();

    let_in(&p.sign_on(ada(json!({ "role": "developer" }))).await);

    let user = p.user("ada@acme.example").await.expect(200);
    assert_eq!(user.at("/data/attributes/firstName"), "Ada");
    assert_eq!(user.at("/data/attributes/role"), "developer");
}

#[tokio::test]
async fn without_a_portal_there_is_no_way_back() {
    let p = Place::with(|config| config.portal.origin = None).await;

    assert_eq!(p.back("error=access_denied").await.status, 404);
}
