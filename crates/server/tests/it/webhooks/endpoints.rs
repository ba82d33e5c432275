//! Endpoints by themselves.

use super::*;

#[tokio::test]
async fn an_endpoint_is_made_changed_and_removed() {
    let w = World::start().await;
    let url = "https://hooks.example.com/in?token=x";

    let made = endpoint(&w.admin(), url, json!({})).await.expect(201);

    let path = format!("/webhook-endpoints/{}", made.id());
    let attributes = made.at("/data/attributes");
    assert_eq!(
        (
            &attributes["url"],
            &attributes["subscriptions"],
            &attributes["signatureAlgorithm"],
            &attributes["apiVersion"]
        ),
        (&json!(url), &json!(["*"]), &json!("ed25519"), &json!("1.8"))
    );
    let nowhere = json!({ "links": { "related": null }, "data": null });
    assert_eq!(made.at("/data/relationships/product"), &nowhere);
    let product = w.product().await;
    let change = json!({ "data": { "type": "webhookEndpoint",
        "attributes": { "subscriptions": ["key.created", "key.created", "user.created"],
            "signatureAlgorithm": "rsa-sha256", "apiVersion": "1.2" },
        "relationships": { "product": { "data": { "type": "products", "id": product } } } } });
    let changed = w.admin().patch(&path, change).await.expect(200);
    assert_eq!(
        changed.at("/data/attributes/subscriptions"),
        &json!(["key.created", "user.created"])
    );
    assert_eq!(changed.at("/data/attributes/apiVersion"), "1.2");
    let related = format!("/v1/accounts/{}/products/{product}", w.account());
    assert_eq!(
        changed.at("/data/relationships/product/links/related"),
        related.as_str()
    );
    let list = w.admin().get("/webhook-endpoints").await.expect(200);
    assert_eq!(list.at("/data/0"), changed.at("/data"));
    w.admin().delete(&path).await.expect(204);
    w.admin().get(&path).await.expect(404);
}

#[tokio::test]
async fn what_is_wrong_with_an_endpoint_is_told_with_its_pointer() {
    let w = World::start().await;
    let url = "https://hooks.example.com";

    #[rustfmt::skip]
    let table = [
        ("no url",               json!({}),                                (422, "URL_INVALID",                     "/data/attributes/url")),
        ("http://a.example.com", json!({}),                                (422, "URL_PROTOCOL_INVALID",            "/data/attributes/url")),
        ("https://localhost",    json!({}),                                (422, "URL_HOST_INVALID",                "/data/attributes/url")),
        ("https://10.0.0.1/",    json!({}),                                (422, "URL_HOST_INVALID",                "/data/attributes/url")),
        (url,                    json!({ "subscriptions": [] }),           (422, "SUBSCRIPTIONS_TOO_SHORT",         "/data/attributes/subscriptions")),
        (url,                    json!({ "subscriptions": ["license.*"] }), (422, "SUBSCRIPTIONS_NOT_ALLOWED",      "/data/attributes/subscriptions")),
        (url,                    json!({ "signatureAlgorithm": "sha1" }),  (422, "SIGNATURE_ALGORITHM_NOT_ALLOWED", "/data/attributes/signatureAlgorithm")),
        (url,                    json!({ "apiVersion": "9.9" }),           (400, "",                                "/data/attributes/apiVersion")),
    ];
    for (url, attributes, expected) in table {
        let refused = endpoint(&w.admin(), url, attributes.clone()).await;
        let said = (refused.status, refused.code(), refused.pointer());
        assert_eq!(said, expected, "{url} {attributes}");
    }
}

#[tokio::test]
async fn a_product_has_endpoints_of_its_own_and_gives_none_away() {
    let w = World::start().await;
    let (mine, other) = (w.product().await, w.product().await);
    let caller = w.bearer(&w.product_token(&mine).await);
    let foreign = endpoint(&w.admin(), "https://a.example.com", json!({}))
        .await
        .expect(201);

    let made = endpoint(&caller, "https://b.example.com", json!({}))
        .await
        .expect(201);

    assert_eq!(
        made.at("/data/relationships/product/data/id"),
        mine.as_str()
    );
    let list = caller.get("/webhook-endpoints").await.expect(200);
    assert_eq!(list.at("/data").as_array().map(Vec::len), Some(1));
    let path = format!("/webhook-endpoints/{}", foreign.id());
    caller.get(&path).await.expect(404);
    caller.delete(&path).await.expect(404);
    for product in [json!({ "type": "products", "id": other }), Value::Null] {
        let change = json!({ "data": { "type": "webhook-endpoints",
            "relationships": { "product": { "data": product } } } });
        let path = format!("/webhook-endpoints/{}", made.id());
        caller.patch(&path, change).await.expect(403);
    }
}

#[tokio::test]
async fn customers_have_nothing_to_do_with_endpoints() {
    let w = World::start().await;
    let made = endpoint(&w.admin(), "https://a.example.com", json!({}))
        .await
        .expect(201);
    let license = w.license().create().await;

    let path = format!("/webhook-endpoints/{}", made.id());
    license.holder.get("/webhook-endpoints").await.expect(403);
    license.holder.get(&path).await.expect(404);
    let refused = endpoint(&license.holder, "https://b.example.com", json!({})).await;
    assert_eq!(refused.status, 403);
}
