//! The request log.

use super::*;

/// The requests whose URL holds this, the newest first.
async fn requests(w: &World, url: &str) -> Answer {
    w.app().settle().await;
    w.admin()
        .get(&format!("/request-logs?url={url}&limit=100"))
        .await
        .expect(200)
}

#[tokio::test]
async fn a_request_is_logged_with_what_was_said() {
    let w = World::start().await;
    let body = json!({ "data": { "type": "products",
        "attributes": { "name": "Editor", "metadata": { "apiKey": "0123456789abcdefghij" } } } });
    let made = w
        .admin()
        .with("user-agent", "curl/8")
        .post("/products", body)
        .await
        .expect(201);

    let list = requests(&w, "/products").await;

    assert_eq!(rows(&list), 1);
    let listed = list.at("/data/0/attributes");
    assert_eq!(
        (&listed["method"], &listed["status"]),
        (&json!("POST"), &json!("201"))
    );
    assert_eq!(listed["userAgent"], "curl/8");
    assert_eq!(listed["requestBody"], Value::Null);
    assert_eq!(list.at("/data/0/id"), made.header("x-request-id"));
    let shown = w
        .admin()
        .get(&format!("/request-logs/{}", made.header("x-request-id")))
        .await;
    let shown = shown.expect(200);
    let attributes = shown.at("/data/attributes");
    assert_eq!(attributes["ip"], "127.0.0.1");
    assert_eq!(
        attributes["url"],
        format!("/v1/accounts/{}/products", w.account())
    );
    assert_eq!(
        attributes["responseSignature"],
        made.header("keygen-signature")
    );
    assert_eq!(
        attributes["responseHeaders"]["Digest"],
        made.header("digest")
    );
    assert_eq!(attributes["requestHeaders"]["Authorization"], Value::Null);
    let sent: Value = serde_json::from_str(attributes["requestBody"].as_str().unwrap()).unwrap();
    assert_eq!(
        sent["data"]["attributes"]["metadata"]["apiKey"],
        "0123...ghij"
    );
    let answered: Value =
        serde_json::from_str(attributes["responseBody"].as_str().unwrap()).unwrap();
    assert_eq!(answered["data"]["id"], made.id().as_str());
    assert_eq!(
        answered["data"]["attributes"]["metadata"]["apiKey"],
        "0123...ghij"
    );
    let relationships = shown.at("/data/relationships");
    assert_eq!(
        relationships["resource"]["data"],
        json!({ "type": "products", "id": made.id() })
    );
    assert_eq!(relationships["requestor"]["data"]["type"], "users");
}

#[tokio::test]
async fn refusals_are_logged_too_and_secrets_never_are() {
    let w = World::start().await;
    w.anyone().get("/products").await.expect(401);
    w.admin().get("/products/unknown").await.expect(404);
    let license = w.license().create().await;
    let token = license.holder.post("/tokens", json!({})).await;
    w.anyone()
        .get("/licenses?token=a-secret-of-mine")
        .await
        .expect(401);

    let list = requests(&w, "").await;

    let statuses: Vec<&str> = list
        .at("/data")
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|row| row["attributes"]["status"].as_str())
        .collect();
    for status in ["401", "404", "201"] {
        assert!(statuses.contains(&status), "{statuses:?}");
    }
    let mut everything = list.text.clone();
    for row in list.at("/data").as_array().unwrap() {
        let path = format!("/request-logs/{}", row["id"].as_str().unwrap());
        everything.push_str(&w.admin().get(&path).await.expect(200).text);
    }
    for secret in [
        "a-secret-of-mine",
        keystead_testkit::ADMIN_PASSWORD,
        license.key.as_str(),
    ] {
        assert!(!everything.contains(secret), "{secret}");
    }
    if let Some(secret) = token.at("/data/attributes/token").as_str() {
        assert!(!everything.contains(secret));
    }
}

#[tokio::test]
async fn the_log_does_not_log_itself() {
    let w = World::start().await;
    for path in [
        "/request-logs",
        "/event-logs",
        "/webhook-endpoints",
        "/webhook-events",
    ] {
        w.admin().get(path).await.expect(200);
    }
    w.admin().get("/me").await.expect(200);

    let list = requests(&w, "/v1/").await;

    let urls: Vec<String> = list
        .at("/data")
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|row| row["attributes"]["url"].as_str())
        .map(|url| url.rsplit('/').next().unwrap_or_default().to_owned())
        .collect();
    // The admin logged in before.
    assert_eq!(urls, ["me", "tokens"]);
}

#[tokio::test]
async fn requests_are_found_by_what_they_were() {
    let w = World::start().await;
    let product = w.product().await;
    w.admin()
        .get(&format!("/products/{product}"))
        .await
        .expect(200);
    w.admin().get("/products/unknown").await.expect(404);
    w.app().settle().await;
    let me = w.admin().get("/me").await.expect(200).id();

    #[rustfmt::skip]
    let table = [
        ("url=/products&method=post".to_owned(),                        1),
        ("url=/products&method=GET".to_owned(),                         2),
        ("url=/PRODUCTS".to_owned(),                                    0),
        ("status=404".to_owned(),                                       1),
        ("status=4xx".to_owned(),                                       0),
        ("url=/products&ip=127.0.".to_owned(),                          3),
        ("ip=10.".to_owned(),                                           0),
        (format!("resource[type]=product&resource[id]={product}"),      2),
        (format!("url=/products&requestor[type]=user&requestor[id]={me}"), 3),
        (format!("requestor[type]=license&requestor[id]={me}"),         0),
    ];
    for (query, expected) in table {
        let list = w
            .admin()
            .get(&format!("/request-logs?{query}"))
            .await
            .expect(200);
        assert_eq!(rows(&list), expected, "{query}: {}", list.text);
    }
}

#[tokio::test]
async fn an_operator_may_do_without() {
    let w = World::with(|config| config.history.requests = false).await;
    w.product().await;
    assert_eq!(rows(&requests(&w, "").await), 0);

    let w = World::with(|config| config.history.request_bodies = false).await;
    let product = w.product().await;
    let list = requests(&w, "/products").await;
    let id = list.at("/data/0/id").as_str().unwrap();
    let shown = w
        .admin()
        .get(&format!("/request-logs/{id}"))
        .await
        .expect(200);
    assert_eq!(shown.at("/data/attributes/requestBody"), &Value::Null);
    assert_eq!(shown.at("/data/attributes/responseBody"), &Value::Null);
    assert!(!shown.text.contains(&product), "{}", shown.text);
}
