//! Users, as clients see them: create.

use keystead_testkit::{ADMIN_PASSWORD, World};
use serde_json::json;

use super::{made, path, user};

#[tokio::test]
async fn a_user_is_answered_as_a_document_with_its_address() {
    let w = World::start().await;

    let answer = made(
        &w,
        json!({
            "email": " Ada@Example.COM ",
            "firstName": "Ada",
            "lastName": "Byron",
            "permissions": ["user.read", "license.validate", "license.read"],
            "metadata": { "plan": { "seatCount": 5 }, "customerId": "c-1842" },
        }),
    )
    .await;

    let place = format!("/v1/accounts/{}/users/{}", w.account(), answer.id());
    assert_eq!(answer.header("location"), format!("{}{place}", w.base()));
    insta::assert_snapshot!(serde_json::to_string_pretty(&answer.body).unwrap(), @r#"
    {
      "data": {
        "id": "00000000-0000-7000-8000-000000001004",
        "type": "users",
        "attributes": {
          "fullName": "Ada Byron",
          "firstName": "Ada",
          "lastName": "Byron",
          "email": "ada@example.com",
          "status": "ACTIVE",
          "role": "user",
          "permissions": [
            "license.read",
            "license.validate",
            "user.read"
          ],
          "metadata": {
            "plan": {
              "seatCount": 5
            },
            "customerId": "c-1842"
          },
          "created": "2026-01-01T00:00:00.000Z",
          "updated": "2026-01-01T00:00:00.000Z"
        },
        "relationships": {
          "account": {
            "links": {
              "related": "/v1/accounts/00000000-0000-7000-8000-000000000001"
            },
            "data": {
              "type": "accounts",
              "id": "00000000-0000-7000-8000-000000000001"
            }
          },
          "environment": {
            "links": {
              "related": null
            },
            "data": null
          },
          "group": {
            "links": {
              "related": "/v1/accounts/00000000-0000-7000-8000-000000000001/users/00000000-0000-7000-8000-000000001004/group"
            },
            "data": null
          },
          "products": {
            "links": {
              "related": "/v1/accounts/00000000-0000-7000-8000-000000000001/users/00000000-0000-7000-8000-000000001004/products"
            }
          },
          "licenses": {
            "links": {
              "related": "/v1/accounts/00000000-0000-7000-8000-000000000001/users/00000000-0000-7000-8000-000000001004/licenses"
            }
          },
          "machines": {
            "links": {
              "related": "/v1/accounts/00000000-0000-7000-8000-000000000001/users/00000000-0000-7000-8000-000000001004/machines"
            }
          },
          "tokens": {
            "links": {
              "related": "/v1/accounts/00000000-0000-7000-8000-000000000001/users/00000000-0000-7000-8000-000000001004/tokens"
            }
          },
          "secondFactors": {
            "links": {
              "related": "/v1/accounts/00000000-0000-7000-8000-000000000001/users/00000000-0000-7000-8000-000000001004/second-factors"
            }
          }
        },
        "links": {
          "self": "/v1/accounts/00000000-0000-7000-8000-000000000001/users/00000000-0000-7000-8000-000000001004"
        }
      }
    }
    "#);
}

#[tokio::test]
async fn an_address_is_enough_and_permissions_are_those_usual_for_the_role() {
    let w = World::start().await;

    #[rustfmt::skip]
    let table = [
        ("user",          54),
        ("read-only",     41),
        ("support-agent", 144),
        ("sales-agent",   144),
        ("developer",     144),
        ("admin",         144),
    ];
    for (role, permissions) in table {
        let email = format!("{role}@example.com");
        let answer = made(&w, json!({ "email": email, "role": role })).await;
        let attributes = answer.at("/data/attributes");
        assert_eq!(attributes["role"], role);
        assert_eq!(
            attributes["permissions"].as_array().unwrap().len(),
            permissions,
            "{role}"
        );
        assert_eq!(attributes["fullName"], json!(null));
        assert_eq!(attributes["status"], "ACTIVE");
    }
}

#[tokio::test]
async fn a_user_with_a_password_logs_in_and_one_without_does_not() {
    let w = World::start().await;
    made(
        &w,
        json!({ "email": "ada@example.com", "password": ADMIN_PASSWORD }),
    )
    .await;
    let passwordless = made(&w, json!({ "email": "eve@example.com", "password": null })).await;

    let me = w
        .log_in("ADA@example.com")
        .await
        .get("/me")
        .await
        .expect(200);
    assert_eq!(me.at("/data/attributes/email"), "ada@example.com");
    assert!(!me.text.contains("argon2"));
    // eve@example.com:secret
    let eve = w
        .anyone()
        .with("authorization", "Basic ZXZlQGV4YW1wbGUuY29tOnNlY3JldA==");
    let refused = eve.post("/tokens", json!({})).await.expect(401);
    assert_eq!(refused.code(), "PASSWORD_NOT_SUPPORTED");
    assert_eq!(passwordless.at("/data/attributes").get("password"), None);
}

#[tokio::test]
async fn a_document_of_the_wrong_shape_is_refused_at_its_first_fault() {
    let w = World::start().await;

    #[rustfmt::skip]
    let table = [
        (user(json!({})),                                        "/data/attributes/email",      "is missing"),
        (user(json!({ "email": null })),                         "/data/attributes/email",      "cannot be null"),
        (user(json!({ "email": 1 })),                            "/data/attributes/email",      "type mismatch (received integer expected string)"),
        (user(json!({ "email": "a@b.c", "role": "owner" })),     "/data/attributes/role",       "is invalid"),
        (user(json!({ "email": "a@b.c", "role": "sales_agent" })), "/data/attributes/role",     "is invalid"),
        (user(json!({ "email": "a@b.c", "RoLe": 1 })),           "/data/attributes/roLe",       "unpermitted parameter"),
        (user(json!({ "email": "a@b.c", "status": "ACTIVE" })),  "/data/attributes/status",     "unpermitted parameter"),
        (user(json!({ "email": "a@b.c", "permissions": "*" })),  "/data/attributes/permissions", "type mismatch (received string expected array)"),
        (json!({ "data": { "type": "users", "attributes": { "email": "a@b.c" }, "relationships": { "group": { "data": { "type": "groups", "id": "x" } } } } }),
                                                                 "/data/relationships/group/data/id", "type mismatch (received string expected UUID string)"),
    ];
    for (body, pointer, detail) in table {
        let answer = w.admin().post("/users", body.clone()).await.expect(400);
        assert_eq!(
            (answer.pointer(), answer.detail()),
            (pointer, detail),
            "{body}"
        );
    }
}

#[tokio::test]
async fn each_rule_has_its_code() {
    let w = World::start().await;
    made(&w, json!({ "email": "taken@example.com" })).await;
    let long = "x".repeat(256);

    #[rustfmt::skip]
    let table = [
        (json!({ "email": "nobody" }),                              "email",       "EMAIL_INVALID",           "is invalid"),
        (json!({ "email": "" }),                                    "email",       "EMAIL_INVALID",           "is invalid"),
        (json!({ "email": " TAKEN@example.com" }),                  "email",       "EMAIL_TAKEN",             "has already been taken"),
        (json!({ "email": "a@b.c", "firstName": long }),            "firstName",   "FIRST_NAME_TOO_LONG",     "is too long (maximum is 255 characters)"),
        (json!({ "email": "a@b.c", "lastName": long }),             "lastName",    "LAST_NAME_TOO_LONG",      "is too long (maximum is 255 characters)"),
        (json!({ "email": "a@b.c", "password": "short" }),          "password",    "PASSWORD_TOO_SHORT",      "is too short (minimum is 6 characters)"),
        (json!({ "email": "a@b.c", "password": "x".repeat(73) }),   "password",    "PASSWORD_TOO_LONG",       "is too long (maximum is 72 characters)"),
        (json!({ "email": "a@b.c", "permissions": ["no.such"] }),   "permissions", "PERMISSIONS_NOT_ALLOWED", "unsupported permissions"),
        (json!({ "email": "a@b.c", "permissions": ["account.update"] }), "permissions", "PERMISSIONS_NOT_ALLOWED", "unsupported permissions"),
    ];
    for (attributes, name, code, detail) in table {
        let answer = w
            .admin()
            .post("/users", user(attributes.clone()))
            .await
            .expect(422);
        let pointer = format!("/data/attributes/{name}");
        assert_eq!(
            (answer.pointer(), answer.code(), answer.detail()),
            (pointer.as_str(), code, detail),
            "{attributes}"
        );
        let topic = answer.at("/errors/0/links/about").as_str().unwrap();
        assert!(
            topic.ends_with(&format!("users/#users-object-attrs-{name}")),
            "{topic}"
        );
    }
}

#[tokio::test]
async fn a_group_must_exist() {
    let w = World::start().await;
    let unknown = json!({ "data": {
        "type": "users",
        "attributes": { "email": "ada@example.com" },
        "relationships": {
            "group": { "data": { "type": "groups", "id": "5f6c1a52-6f5e-4a0c-9d4e-2f1f7a0f3b11" } }
        },
    } });

    let refused = w.admin().post("/users", unknown).await.expect(422);

    assert_eq!(refused.code(), "GROUP_NOT_FOUND");
    assert_eq!(refused.pointer(), "/data/relationships/group");
    w.admin().get("/users/ada@example.com").await.expect(404);
}

#[tokio::test]
async fn a_set_without_permissions_is_a_set() {
    let w = World::start().await;

    let nothing = made(&w, json!({ "email": "a@example.com", "permissions": [] })).await;
    let anything = made(
        &w,
        json!({ "email": "b@example.com", "permissions": ["*"] }),
    )
    .await;

    assert_eq!(nothing.at("/data/attributes/permissions"), &json!([]));
    assert_eq!(anything.at("/data/attributes/permissions"), &json!(["*"]));
    w.admin().get(&path(&nothing)).await.expect(200);
}
