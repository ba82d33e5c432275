//! Products, as clients see them: negotiation.

use keystead_testkit::World;
use reqwest::Method;
use serde_json::json;

use super::product;

#[tokio::test]
async fn the_answer_comes_in_the_type_that_is_accepted() {
    let w = World::start().await;

    #[rustfmt::skip]
    let table = [
        ("*/*",                                       "application/vnd.api+json; charset=utf-8"),
        ("application/vnd.api+json",                  "application/vnd.api+json; charset=utf-8"),
        ("application/json",                          "application/json; charset=utf-8"),
        ("application/json, application/vnd.api+json", "application/json; charset=utf-8"),
        ("application/xml, */*;q=0.5",                "application/vnd.api+json; charset=utf-8"),
    ];
    for (accept, content_type) in table {
        let answer = w
            .admin()
            .with("accept", accept)
            .get("/products")
            .await
            .expect(200);
        assert_eq!(answer.header("content-type"), content_type, "{accept}");
    }

    let refused = w
        .admin()
        .with("accept", "text/html")
        .get("/products")
        .await
        .expect(400);
    assert_eq!(refused.code(), "MIME_TYPE_INVALID");
    assert_eq!(refused.at("/meta"), &json!(null));
}

#[tokio::test]
async fn any_usual_content_type_is_read_as_json() {
    let w = World::start().await;

    for content_type in [
        "application/vnd.api+json",
        "application/vnd.keygen+json",
        "application/json",
        "application/x-www-form-urlencoded",
        "text/plain",
    ] {
        let caller = w.admin().with("content-type", content_type);
        caller
            .post("/products", product(json!({ "name": "A" })))
            .await
            .expect(201);
    }
}

#[tokio::test]
async fn comments_are_ignored_and_broken_json_is_refused() {
    let w = World::start().await;
    let path = format!("/v1/accounts/{}/products", w.account());
    let send = |body: &str| {
        let (admin, path, body) = (w.admin(), path.clone(), body.to_owned());
        async move { admin.send_raw(Method::POST, &path, Some(body)).await }
    };

    let commented = r#"{"data": /* a comment */ {"type": "products", "attributes": {"name": "A" /*, "x": 1 */}}}"#;
    send(commented).await.expect(201);
    let broken = send(r#"{"data": {"type": 'products'}}"#).await.expect(400);
    assert_eq!(broken.code(), "JSON_INVALID");
    let null_byte = send(r#"{"data": {"type": "products", "attributes": {"name": "A\u0000"}}}"#);
    assert_eq!(null_byte.await.expect(400).code(), "ENCODING_INVALID");
}
