//! Entitlements by themselves.

use chrono::TimeDelta;
use keystead_testkit::World;
use serde_json::json;

use super::*;
use crate::users::staff;

#[tokio::test]
async fn an_entitlement_is_made_changed_found_by_its_code_and_removed() {
    let w = World::start().await;
    let attributes =
        json!({ "name": "PDF export", "code": "EXPORT_PDF", "metadata": { "tier": 2 } });

    let answer = made(&w, attributes).await.expect(201);

    let (account, id) = (w.account(), answer.id());
    let place = format!("/v1/accounts/{account}/entitlements/{id}");
    assert!(answer.header("location").ends_with(&place));
    assert_eq!(answer.at("/data/links"), &json!({ "self": place }));
    assert_eq!(
        answer.at("/data/attributes/metadata"),
        &json!({ "tier": 2 })
    );

    let change = body(json!({ "name": "PDF" }));
    let changed = w
        .admin()
        .patch("/entitlements/EXPORT_PDF", change)
        .await
        .expect(200);
    assert_eq!(changed.at("/data/attributes/name"), "PDF");
    assert_eq!(changed.at("/data/attributes/code"), "EXPORT_PDF");
    // Codes are unique in any case, and matched as they are.
    w.admin().get("/entitlements/export_pdf").await.expect(404);

    w.admin()
        .delete(&format!("/entitlements/{id}"))
        .await
        .expect(204);
    w.admin().get("/entitlements/EXPORT_PDF").await.expect(404);
}

#[tokio::test]
async fn what_is_wrong_with_an_entitlement_is_told_with_its_pointer() {
    let w = World::start().await;
    entitlement(&w, "EXPORT_PDF").await;
    let long = "x".repeat(256);

    #[rustfmt::skip]
    let table = [
        (json!({ "name": "A" }),                              400, "",                 "/data/attributes/code", "is missing"),
        (json!({ "code": "A" }),                              400, "",                 "/data/attributes/name", "is missing"),
        (json!({ "name": "A", "code": "" }),                  400, "",                 "/data/attributes/code", "cannot be blank"),
        (json!({ "name": " ", "code": "A" }),                 422, "NAME_MISSING",     "/data/attributes/name", "can't be blank"),
        (json!({ "name": long, "code": "A" }),                422, "NAME_TOO_LONG",    "/data/attributes/name", "is too long (maximum is 255 characters)"),
        (json!({ "name": "A", "code": long }),                422, "CODE_TOO_LONG",    "/data/attributes/code", "is too long (maximum is 255 characters)"),
        (json!({ "name": "A", "code": "actions" }),           422, "CODE_NOT_ALLOWED", "/data/attributes/code", "is reserved"),
        (json!({ "name": "A", "code": "5f6c1a526f5e4a0c9d4e2f1f7a0f3b11" }), 422, "CODE_INVALID", "/data/attributes/code", "is invalid"),
        (json!({ "name": "A", "code": "export_pdf" }),        422, "CODE_TAKEN",       "/data/attributes/code", "has already been taken"),
    ];
    for (attributes, status, code, pointer, detail) in table {
        let refused = made(&w, attributes.clone()).await.expect(status);
        assert_eq!(
            (refused.code(), refused.pointer(), refused.detail()),
            (code, pointer, detail),
            "{attributes}"
        );
    }
}

#[tokio::test]
async fn each_role_does_what_the_matrix_says() {
    let w = World::start().await;

    #[rustfmt::skip]
    let table = [
        // role,          list, show, create, update, delete
        ("developer",     [200, 200, 201, 200, 204]),
        ("sales-agent",   [200, 200, 403, 403, 403]),
        ("support-agent", [200, 200, 403, 403, 403]),
        ("read-only",     [200, 200, 403, 403, 403]),
    ];
    for (role, expected) in table {
        let path = format!("/entitlements/{}", entitlement(&w, role).await);
        let caller = staff(&w, role).await;
        let new = body(json!({ "name": "A", "code": format!("by-{role}") }));
        let answers = [
            caller.get("/entitlements").await.status,
            caller.get(&path).await.status,
            caller.post("/entitlements", new).await.status,
            caller
                .patch(&path, body(json!({ "name": "B" })))
                .await
                .status,
            caller.delete(&path).await.status,
        ];
        assert_eq!(answers, expected, "{role}");
    }
}

#[tokio::test]
async fn licenses_and_users_see_what_they_hold_and_nothing_else() {
    let w = World::start().await;
    let ada = w.user("ada@example.com").await;
    let policy = w.policy().create().await;
    let license = w.license().of(&policy).owner(&ada).create().await;
    let caller = w.log_in("ada@example.com").await;
    let own = entitlement(&w, "OWN").await;
    w.advance(TimeDelta::seconds(1));
    let inherited = entitlement(&w, "INHERITED").await;
    w.advance(TimeDelta::seconds(1));
    let foreign = entitlement(&w, "FOREIGN").await;

    for bearer in [&caller, &license.holder] {
        let none = bearer.get("/entitlements").await.expect(200);
        assert!(codes(&none).is_empty());
    }
    let to_license = format!("/licenses/{}/entitlements", license.id);
    let to_policy = format!("/policies/{policy}/entitlements");
    w.admin()
        .post(&to_license, links(&[&own]))
        .await
        .expect(200);
    w.admin()
        .post(&to_policy, links(&[&inherited]))
        .await
        .expect(200);

    for bearer in [&caller, &license.holder] {
        let held = bearer.get("/entitlements").await.expect(200);
        assert_eq!(codes(&held), ["INHERITED", "OWN"]);
        let held = bearer.get(&to_license).await.expect(200);
        assert_eq!(codes(&held), ["INHERITED", "OWN"]);
        bearer
            .get(&format!("{to_license}/{inherited}"))
            .await
            .expect(200);
        bearer.get("/entitlements/OWN").await.expect(200);
        bearer.get("/entitlements/FOREIGN").await.expect(404);
        bearer
            .get(&format!("{to_license}/{foreign}"))
            .await
            .expect(404);
        bearer
            .post(&to_license, links(&[&foreign]))
            .await
            .expect(403);
        bearer.delete("/entitlements/OWN").await.expect(403);
    }
}

#[tokio::test]
async fn a_list_is_paged() {
    let w = World::start().await;
    for code in ["A", "B", "C"] {
        entitlement(&w, code).await;
        w.advance(TimeDelta::seconds(1));
    }

    let page = w
        .admin()
        .get("/entitlements?page[number]=2&page[size]=2")
        .await
        .expect(200);

    assert_eq!(codes(&page), ["A"]);
    assert_eq!(page.at("/links/meta"), &json!({ "pages": 2, "count": 3 }));
}
