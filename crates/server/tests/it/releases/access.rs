//! Who may have which release.

use chrono::TimeDelta;
use keystead_domain::words::ReleaseStatus;
use keystead_testkit::World;
use serde_json::json;

use super::{Shelf, versions};

#[tokio::test]
async fn strangers_have_what_open_products_publish_without_conditions() {
    let w = World::start().await;
    let (open, licensed) = (Shelf::of(&w, "OPEN").await, Shelf::of(&w, "LICENSED").await);
    let published = open.release("1.0.0").await;
    let draft = open
        .put("1.1.0", |it| it.status = ReleaseStatus::Draft)
        .await;
    let constrained = open.release("1.2.0").await;
    let attributes = json!({ "name": "Pro", "code": "PRO" });
    let body = json!({ "data": { "type": "entitlements", "attributes": attributes } });
    let pro = w.admin().post("/entitlements", body).await.expect(201).id();
    open.constrain(&constrained, &pro).await;
    let other = licensed.release("3.0.0").await;

    let list = w.anyone().get("/releases").await.expect(200);
    let files = w.anyone().get("/artifacts").await.expect(200);

    assert_eq!(versions(&list), ["1.0.0"]);
    assert_eq!(files.at("/data").as_array().map(Vec::len), Some(1));
    for (release, status) in [
        (&published, 200),
        (&draft, 404),
        (&constrained, 404),
        (&other, 404),
    ] {
        let path = format!("/releases/{}", release.id);
        w.anyone().get(&path).await.expect(status);
        w.admin().get(&path).await.expect(200);
    }
    let below = format!("/products/{}/releases", open.product());
    w.anyone().get(&below).await.expect(401);
}

#[tokio::test]
async fn a_license_has_the_releases_of_its_product_that_it_is_entitled_to() {
    let w = World::start().await;
    let shelf = Shelf::of(&w, "LICENSED").await;
    let foreign = Shelf::of(&w, "LICENSED").await;
    let closed = Shelf::of(&w, "CLOSED").await;
    let attributes = json!({ "name": "Pro", "code": "PRO" });
    let body = json!({ "data": { "type": "entitlements", "attributes": attributes } });
    let pro = w.admin().post("/entitlements", body).await.expect(201).id();
    let constrained = shelf.release("2.0.0").await;
    shelf.constrain(&constrained, &pro).await;
    shelf.release("1.0.0").await;
    foreign.release("9.0.0").await;
    closed.release("8.0.0").await;
    let policy = shelf.policy("name", "Pro").await;
    let license = w.license().of(&policy).create().await;
    let path = format!("/releases/{}", constrained.id);

    let before = license.holder.get("/releases").await.expect(200);
    license.holder.get(&path).await.expect(404);
    let link = json!({ "data": [{ "type": "entitlements", "id": pro }] });
    let attach = format!("/policies/{policy}/entitlements");
    w.admin().post(&attach, link).await.expect(200);
    let after = license.holder.get("/releases?order=asc").await.expect(200);

    assert_eq!(versions(&before), ["1.0.0"]);
    assert_eq!(versions(&after), ["2.0.0", "1.0.0"]);
    license.holder.get(&path).await.expect(200);
    let asked = format!("{path}/entitlements");
    let asked = license.holder.get(&asked).await.expect(200);
    assert_eq!(asked.at("/data/0/attributes/code"), "PRO");
    let asked = license.holder.get(&format!("{path}/constraints")).await;
    let link = asked.expect(200);
    assert_eq!(link.at("/data/0/relationships/entitlement/data/id"), &pro);
}

#[tokio::test]
async fn an_expired_license_keeps_what_its_policy_leaves_it() {
    let w = World::start().await;
    let shelf = Shelf::of(&w, "LICENSED").await;
    let (now, day) = (w.now(), TimeDelta::days(1));
    shelf.put("1.0.0", |it| it.created_at = now - day * 3).await;
    shelf.put("2.0.0", |it| it.created_at = now - day).await;
    shelf
        .put("1.5.0", |it| {
            it.created_at = now - day;
            it.backdated_at = Some(now - day * 2);
        })
        .await;

    #[rustfmt::skip]
    let table: [(&str, &[&str]); 4] = [
        ("ALLOW_ACCESS",    &["1.0.0", "1.5.0", "2.0.0"]),
        ("MAINTAIN_ACCESS", &["1.0.0", "1.5.0"]),
        ("RESTRICT_ACCESS", &["1.0.0", "1.5.0"]),
        ("REVOKE_ACCESS",   &[]),
    ];
    for (strategy, expected) in table {
        let policy = shelf.policy("expirationStrategy", strategy).await;
        let ada = format!("{}@example.com", strategy.to_lowercase());
        let owner = w.user(&ada).await;
        let expiry = (now - day * 2).to_rfc3339();
        let license = w.license().of(&policy).owner(&owner);
        license.with("expiry", expiry).create().await;

        let list = w.log_in(&ada).await.get("/releases").await.expect(200);

        let mut seen = versions(&list);
        seen.sort_unstable();
        assert_eq!(seen, expected, "{strategy}");
    }
}

#[tokio::test]
async fn a_suspended_license_is_told_so_and_any_other_license_of_the_user_helps() {
    let w = World::start().await;
    let shelf = Shelf::of(&w, "LICENSED").await;
    let release = shelf.release("1.0.0").await;
    let policy = shelf.policy("name", "Pro").await;
    let ada = w.user("ada@example.com").await;
    let license = w.license().of(&policy).owner(&ada);
    license.with("suspended", true).create().await;
    let caller = w.log_in("ada@example.com").await;
    let path = format!("/releases/{}", release.id);

    let refused = caller.get(&path).await.expect(403);
    caller.get("/releases").await.expect(403);
    w.license().of(&policy).owner(&ada).create().await;
    caller.get(&path).await.expect(200);

    assert!(refused.detail().contains("license is suspended"));
}

#[tokio::test]
async fn a_product_sees_its_own_and_not_even_open_ones_of_others() {
    let w = World::start().await;
    let (own, open) = (Shelf::of(&w, "CLOSED").await, Shelf::of(&w, "OPEN").await);
    own.put("1.0.0", |it| it.status = ReleaseStatus::Yanked)
        .await;
    let other = open.release("2.0.0").await;
    let caller = w.bearer(&w.product_token(own.product()).await);

    let list = caller.get("/releases").await.expect(200);

    assert_eq!(versions(&list), ["1.0.0"]);
    let path = format!("/releases/{}", other.id);
    caller.get(&path).await.expect(404);
}
