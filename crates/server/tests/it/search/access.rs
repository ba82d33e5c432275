//! Who may search, and what is no search.

use super::*;

#[tokio::test]
async fn only_those_who_run_the_account_search() {
    let w = World::start().await;
    w.user("ada@example.com").await;
    let product = w.product().await;
    let license = w.license().create().await;
    let body = || json!({ "meta": { "type": "users", "query": { "email": "ada" } } });

    for caller in [
        w.log_in("ada@example.com").await,
        w.bearer(&w.product_token(&product).await),
        license.holder,
    ] {
        caller.post("/search", body()).await.expect(403);
    }
    w.anyone().post("/search", body()).await.expect(401);
    w.admin().post("/search", body()).await.expect(200);
}

#[tokio::test]
async fn what_is_no_search_is_told_where() {
    let w = World::start().await;

    #[rustfmt::skip]
    let table = [
        ("accounts", json!({ "name": "test" }),          "/meta/type",                 "search type 'accounts' is not supported"),
        ("users",    json!({ "foo": "bar" }),            "/meta/query/foo",            "search query 'foo' is not supported for resource type 'users'"),
        ("users",    json!({ "lastName": "ab" }),        "/meta/query/lastName",       "search query for 'lastName' is too small (minimum 3 characters)"),
        ("users",    json!({}),                          "/meta/query",                "cannot be blank"),
        ("users",    json!({ "metadata": ["abc"] }),     "/meta/query/metadata",       "search query for 'metadata' must be a hash of key-value search terms"),
        ("licenses", json!({ "metadata": {"aB": "x"} }), "/meta/query/metadata/aB",    "search query for 'aB' is too small (minimum 3 characters)"),
    ];
    for (kind, query, pointer, detail) in table {
        let refused = search(&w, kind, query).await.expect(400);
        assert_eq!((refused.pointer(), refused.detail()), (pointer, detail));
    }
}

#[tokio::test]
async fn a_search_stays_in_its_environment() {
    let w = World::start().await;
    w.user("ada@example.com").await;
    let environment = json!({ "data": { "type": "environments", "attributes": {
        "name": "Staging", "code": "staging", "isolationStrategy": "ISOLATED",
    }, "relationships": { "admins": { "data": [{ "type": "users", "attributes": {
        "email": "admin@staging.example", "password": keystead_testkit::ADMIN_PASSWORD,
    } }] } } } });
    w.admin()
        .post("/environments", environment)
        .await
        .expect(201);
    let inside = w.log_in_to("staging", "admin@staging.example").await;
    let body = |email: &str| json!({ "meta": { "type": "users", "query": { "email": email } } });

    let none = inside.post("/search", body("ada@")).await.expect(200);
    assert_eq!(none.body["data"], json!([]));
    let itself = inside.post("/search", body("@staging")).await.expect(200);
    assert_eq!(itself.body["data"].as_array().unwrap().len(), 1);
    assert!(
        found(&w, "users", json!({ "email": "@staging" }))
            .await
            .is_empty()
    );
}
