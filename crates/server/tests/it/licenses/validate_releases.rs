//! Licenses, as clients see them: validations that name a release by its version or by the checksum
//! of its file.

use chrono::TimeDelta;
use keystead_store::entities::license;
use keystead_testkit::{Answer, License, World};
use sea_orm::EntityTrait;
use serde_json::{Value, json};

use super::key;
use crate::releases::Shelf;

const PATH: &str = "/licenses/actions/validate-key";

async fn validate(w: &World, license: &License, scope: Value) -> Answer {
    let body = key(&license.key, scope);
    w.anyone().post(PATH, body).await.expect(200)
}

/// What the license remembers: (version, checksum).
async fn remembered(w: &World, license: &License) -> (Option<String>, Option<String>) {
    w.app().settle().await;
    let id: keystead_domain::LicenseId = license.id.parse().expect("an id");
    let row = license::Entity::find_by_id(id)
        .one(&w.app().db)
        .await
        .expect("a query");
    let row = row.expect("a license");
    (row.version, row.validated_checksum)
}

#[tokio::test]
async fn a_license_remembers_the_version_that_it_was_validated_for() {
    let w = World::start().await;
    let shelf = Shelf::of(&w, "LICENSED").await;
    shelf.release("1.2.3").await;
    let policy = shelf.policy("name", "Pro").await;
    let license = w.license().of(&policy).create().await;

    let wrong = validate(&w, &license, json!({ "version": "9.9.9" })).await;
    assert_eq!(wrong.at("/meta/code"), "VERSION_SCOPE_MISMATCH");
    assert_eq!(remembered(&w, &license).await, (None, None));

    let right = validate(&w, &license, json!({ "version": "1.2.3" })).await;
    assert_eq!(right.at("/meta/code"), "VALID");
    assert_eq!(right.at("/data/attributes/version"), "1.2.3");
    assert_eq!(remembered(&w, &license).await.0.as_deref(), Some("1.2.3"));

    // Who asks nothing of releases leaves what was known.
    validate(&w, &license, Value::Null).await;
    assert_eq!(remembered(&w, &license).await.0.as_deref(), Some("1.2.3"));
}

#[tokio::test]
async fn of_the_releases_with_a_file_the_highest_counts_unless_a_version_is_named() {
    let w = World::start().await;
    let shelf = Shelf::of(&w, "LICENSED").await;
    for version in ["2.0.0", "2.0.1+hotfix", "2.0.1", "2.0.1-beta.1", "1.9.0"] {
        let release = shelf.release(version).await;
        shelf.file(&release, "setup.exe", "e3b0").await;
    }
    let policy = shelf.policy("name", "Pro").await;
    let license = w.license().of(&policy).create().await;

    let by_file = validate(&w, &license, json!({ "checksum": "e3b0" })).await;
    assert_eq!(by_file.at("/meta/code"), "VALID");
    assert_eq!(by_file.at("/data/attributes/version"), "2.0.1+hotfix");
    let both = json!({ "checksum": "e3b0", "version": "1.9.0" });
    let both = validate(&w, &license, both).await;
    assert_eq!(both.at("/data/attributes/version"), "1.9.0");
    let known = remembered(&w, &license).await;
    assert_eq!(known, (Some("1.9.0".to_owned()), Some("e3b0".to_owned())));

    // The checksum passed although the version didn't: that much is remembered.
    let half = json!({ "checksum": "e3b0", "version": "9.9.9" });
    let half = validate(&w, &license, half).await;
    assert_eq!(half.at("/meta/code"), "VERSION_SCOPE_MISMATCH");
    let version = remembered(&w, &license).await.0;
    assert_eq!(version.as_deref(), Some("2.0.1+hotfix"));
    let none = validate(&w, &license, json!({ "checksum": "d41d" })).await;
    assert_eq!(none.at("/meta/code"), "CHECKSUM_SCOPE_MISMATCH");
}

#[tokio::test]
async fn only_releases_that_the_license_gives_are_found() {
    use keystead_domain::words::ReleaseStatus::{Draft, Yanked};
    let w = World::start().await;
    let attributes = json!({ "name": "Pro", "code": "PRO" });
    let body = json!({ "data": { "type": "entitlements", "attributes": attributes } });
    let pro = w.admin().post("/entitlements", body).await.expect(201).id();
    let attach = json!({ "data": [{ "type": "entitlements", "id": pro }] });
    let foreign = Shelf::of(&w, "OPEN").await;
    foreign.release("3.0.0").await;
    #[rustfmt::skip]
    let table = [
        // product,   version,  entitled, found
        ("LICENSED",  "1.0.0",  false,    true),
        ("LICENSED",  "1.1.0",  false,    false),
        ("LICENSED",  "1.1.0",  true,     true),
        ("LICENSED",  "1.2.0",  true,     false),
        ("LICENSED",  "1.3.0",  true,     false),
        ("LICENSED",  "3.0.0",  true,     false),
        ("OPEN",      "1.0.0",  false,    true),
        ("OPEN",      "1.1.0",  false,    false),
        ("CLOSED",    "1.0.0",  true,     false),
    ];
    for strategy in ["LICENSED", "OPEN", "CLOSED"] {
        let shelf = Shelf::of(&w, strategy).await;
        shelf.release("1.0.0").await;
        let constrained = shelf.release("1.1.0").await;
        shelf.constrain(&constrained, &pro).await;
        shelf.put("1.2.0", |it| it.status = Draft).await;
        shelf.put("1.3.0", |it| it.status = Yanked).await;
        let policy = shelf.policy("name", "Pro").await;
        for (of, version, entitled, found) in table {
            if of != strategy {
                continue;
            }
            let license = w.license().of(&policy).create().await;
            if entitled {
                let path = format!("/licenses/{}/entitlements", license.id);
                w.admin().post(&path, attach.clone()).await.expect(200);
            }

            let answer = validate(&w, &license, json!({ "version": version })).await;

            let expected = match found {
                true => "VALID",
                false => "VERSION_SCOPE_MISMATCH",
            };
            assert_eq!(answer.at("/meta/code"), expected, "{strategy} {version}");
        }
    }
}

#[tokio::test]
async fn an_expired_license_keeps_what_came_before() {
    let w = World::start().await;
    let shelf = Shelf::of(&w, "LICENSED").await;
    let then = w.now() - TimeDelta::days(3);
    shelf.put("1.0.0", |it| it.created_at = then).await;
    shelf.release("2.0.0").await;
    shelf.put("2.1.0", |it| it.backdated_at = Some(then)).await;
    let expiry = w.now() - TimeDelta::days(1);
    let expiry = expiry.to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
    #[rustfmt::skip]
    let table = [
        // strategy,         version, code,                     valid
        ("RESTRICT_ACCESS",  "1.0.0", "EXPIRED",                false),
        ("RESTRICT_ACCESS",  "2.0.0", "VERSION_SCOPE_MISMATCH", false),
        ("MAINTAIN_ACCESS",  "1.0.0", "EXPIRED",                true),
        ("MAINTAIN_ACCESS",  "2.0.0", "VERSION_SCOPE_MISMATCH", false),
        ("MAINTAIN_ACCESS",  "2.1.0", "EXPIRED",                true),
        ("ALLOW_ACCESS",     "2.0.0", "EXPIRED",                true),
        ("REVOKE_ACCESS",    "1.0.0", "EXPIRED",                false),
    ];
    for (strategy, version, code, valid) in table {
        let policy = shelf.policy("expirationStrategy", strategy).await;
        let license = w
            .license()
            .of(&policy)
            .with("expiry", expiry.clone())
            .create()
            .await;

        let answer = validate(&w, &license, json!({ "version": version })).await;

        let told = (answer.at("/meta/code"), answer.at("/meta/valid"));
        let expected = (&json!(code), &json!(valid));
        assert_eq!(told, expected, "{strategy} {version}");
        let known = remembered(&w, &license).await.0;
        let kept = (strategy != "REVOKE_ACCESS" && code == "EXPIRED").then_some(version);
        assert_eq!(known.as_deref(), kept, "{strategy} {version}");
    }
}

#[tokio::test]
async fn releases_are_one_statement_more() {
    let w = World::start().await;
    let shelf = Shelf::of(&w, "LICENSED").await;
    let release = shelf.release("1.0.0").await;
    shelf.file(&release, "setup.exe", "e3b0").await;
    let policy = shelf.policy("name", "Pro").await;
    let license = w.license().of(&policy).create().await;
    validate(&w, &license, Value::Null).await;
    let scope = json!({ "checksum": "e3b0", "version": "1.0.0" });

    w.app().settle().await;
    let before = w.app().db.statements();
    let answer = validate(&w, &license, scope).await;

    assert_eq!(w.app().db.statements() - before, 2);
    assert_eq!(answer.at("/meta/code"), "VALID");
}
