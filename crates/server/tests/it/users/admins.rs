//! Users, as clients see them: admins.

use keystead_testkit::{ADMIN_PASSWORD, World};
use serde_json::json;

use super::{made, path, staff, user};

#[tokio::test]
async fn the_last_admin_stays() {
    let w = World::start().await;
    let me = format!("/users/{}", w.admin().get("/me").await.expect(200).id());

    for answer in [
        w.admin().delete(&me).await,
        w.admin()
            .patch(&me, user(json!({ "role": "developer" })))
            .await,
    ] {
        let refused = answer.expect(422);
        assert_eq!(refused.code(), "ACCOUNT_ADMINS_REQUIRED");
        assert_eq!(refused.pointer(), "/data/relationships/account");
        assert_eq!(refused.detail(), "account must have at least 1 admin user");
    }
    let reduced = user(json!({ "permissions": ["user.read", "admin.read"] }));
    let refused = w.admin().patch(&me, reduced).await.expect(422);
    assert_eq!(
        refused.detail(),
        "account must have at least 1 admin user with a full permission set"
    );

    let other = made(&w, json!({ "email": "second@a.b", "role": "admin" })).await;
    w.admin()
        .patch(&path(&other), user(json!({ "permissions": ["*"] })))
        .await
        .expect(200);
    w.admin().delete(&me).await.expect(204);
}

#[tokio::test]
async fn of_two_admins_who_step_down_at_once_one_stays() {
    for _ in 0..5 {
        let w = World::start().await;
        let second = staff(&w, "admin").await;
        let ids = [
            w.admin().get("/me").await.expect(200).id(),
            second.get("/me").await.expect(200).id(),
        ];
        let down = || user(json!({ "role": "developer" }));
        let (first_path, second_path) =
            (format!("/users/{}", ids[0]), format!("/users/{}", ids[1]));
        let admin = w.admin();

        let (a, b) = tokio::join!(
            admin.patch(&first_path, down()),
            second.patch(&second_path, down()),
        );

        let mut statuses = [a.status, b.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 422], "{} {}", a.text, b.text);
    }
}

#[tokio::test]
async fn nobody_manages_their_betters() {
    let w = World::start().await;
    let developer = staff(&w, "developer").await;
    let sales = staff(&w, "sales-agent").await;
    let lacks = |who: &str| {
        format!(
            "You do not have permission to complete the request \
             ({who} lacks privileges to perform action on user)"
        )
    };

    let admin = "/users/admin@acme.example";
    let renamed = || user(json!({ "firstName": "Root" }));
    let refused = developer.patch(admin, renamed()).await.expect(403);
    assert_eq!(refused.detail(), lacks("developer"));
    developer.delete(admin).await.expect(403);
    sales
        .patch("/users/developer@staff.example", renamed())
        .await
        .expect(403);
    let customer = w.user("ada@example.com").await;
    sales
        .patch(&format!("/users/{customer}"), renamed())
        .await
        .expect(200);
}

#[tokio::test]
async fn nobody_gives_an_equal_more_than_they_have() {
    let w = World::start().await;
    let few = [
        "admin.read",
        "admin.create",
        "admin.update",
        "user.create",
        "user.read",
        "user.update",
        "token.generate",
    ];
    let poor = json!({
        "email": "poor@a.b", "password": ADMIN_PASSWORD, "role": "admin", "permissions": few,
    });
    let poor = made(&w, poor).await;
    let caller = w.log_in("poor@a.b").await;

    let all = user(json!({ "permissions": ["*"] }));
    let refused = caller.patch(&path(&poor), all).await.expect(403);
    assert!(
        refused.detail().contains("admin lacks privileges"),
        "{}",
        refused.detail()
    );
    let rich = json!({ "email": "rich@a.b", "role": "admin" });
    caller.post("/users", user(rich)).await.expect(403);
    let equal = json!({ "email": "equal@a.b", "role": "admin", "permissions": ["user.read"] });
    caller.post("/users", user(equal)).await.expect(201);
    w.admin()
        .patch(&path(&poor), user(json!({ "permissions": ["*"] })))
        .await
        .expect(200);
}

#[tokio::test]
async fn an_admin_as_the_target_needs_admin_permissions_besides() {
    let w = World::start().await;
    let attributes = json!({
        "email": "clerk@a.b", "password": ADMIN_PASSWORD, "role": "admin",
        "permissions": ["user.create", "user.read", "user.update", "token.generate"],
    });
    made(&w, attributes).await;
    let clerk = w.log_in("clerk@a.b").await;

    clerk
        .post(
            "/users",
            user(json!({ "email": "ada@a.b", "permissions": [] })),
        )
        .await
        .expect(201);
    let refused = clerk
        .post(
            "/users",
            user(json!({ "email": "eve@a.b", "role": "admin", "permissions": [] })),
        )
        .await
        .expect(403);
    assert!(
        refused.detail().contains("admin lacks permission"),
        "{}",
        refused.detail()
    );
    let promoted = user(json!({ "role": "admin", "permissions": [] }));
    clerk.patch("/users/ada@a.b", promoted).await.expect(403);
}
