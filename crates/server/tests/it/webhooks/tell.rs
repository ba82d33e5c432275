//! Who is told of what.

use keystead_domain::words::HeartbeatStatus;

use super::*;

#[tokio::test]
async fn an_event_is_told_to_whoever_subscribed_and_to_nobody_else() {
    let w = World::start().await;
    endpoint(&w.admin(), "https://all.example.com", json!({}))
        .await
        .expect(201);
    let some = json!({ "subscriptions": ["product.deleted"] });
    endpoint(&w.admin(), "https://some.example.com", some)
        .await
        .expect(201);

    let product = w.product().await;
    assert_eq!(told(&w).await, ["product.created"]);

    w.admin()
        .delete(&format!("/products/{product}"))
        .await
        .expect(204);
    assert_eq!(
        told(&w).await,
        ["product.created", "product.deleted", "product.deleted"]
    );
}

#[tokio::test]
async fn what_is_told_is_what_was_answered() {
    let w = World::start().await;
    endpoint(&w.admin(), "https://all.example.com", json!({}))
        .await
        .expect(201);
    let body = json!({ "data": { "type": "products", "attributes": { "name": "Editor" } } });

    let answered = w.admin().post("/products", body).await.expect(201);

    let events = w.admin().get("/webhook-events").await.expect(200);
    let payload = events
        .at("/data/0/attributes/payload")
        .as_str()
        .expect("a text");
    assert_eq!(
        serde_json::from_str::<Value>(payload).unwrap(),
        answered.body
    );
    let token = events
        .at("/data/0/meta/idempotencyToken")
        .as_str()
        .expect("a token");
    assert_eq!((token.len(), &token[62..]), (64, "v3"));
}

#[tokio::test]
async fn a_token_is_told_without_its_secret() {
    let w = World::start().await;
    endpoint(&w.admin(), "https://all.example.com", json!({}))
        .await
        .expect(201);

    let answered = w.admin().post("/tokens", json!({})).await.expect(201);

    let secret = answered
        .at("/data/attributes/token")
        .as_str()
        .expect("a secret");
    let events = w.admin().get("/webhook-events").await.expect(200);
    assert_eq!(events.at("/data/0/attributes/event"), "token.generated");
    assert!(!events.text.contains(secret), "{}", events.text);
}

#[tokio::test]
async fn every_validation_and_every_ping_is_told() {
    let w = World::start().await;
    let policy = w.policy().with("requireHeartbeat", true).create().await;
    let license = w.license().of(&policy).create().await;
    let machine = license.activate("laptop").await.expect(201).id();
    let names = json!({ "subscriptions":
        ["license.validation.failed", "license.validation.succeeded", "machine.heartbeat.ping"] });
    endpoint(&w.admin(), "https://all.example.com", names)
        .await
        .expect(201);

    let validate = format!("/licenses/{}/actions/validate", license.id);
    for nonce in [1, 2] {
        let body = json!({ "meta": { "nonce": nonce } });
        w.admin().post(&validate, body).await.expect(200);
    }
    let ping = format!("/machines/{machine}/actions/ping");
    for _ in 0..3 {
        w.admin().post(&ping, json!({})).await.expect(200);
    }

    w.app().settle().await;
    let events = w.admin().get("/webhook-events?order=asc").await.expect(200);
    let payloads: Vec<Value> = events
        .at("/data")
        .as_array()
        .expect("a list")
        .iter()
        .map(|row| serde_json::from_str(row["attributes"]["payload"].as_str().unwrap()).unwrap())
        .collect();
    assert_eq!(payloads.len(), 5);
    let mut nonces: Vec<_> = payloads
        .iter()
        .filter_map(|it| it["meta"]["nonce"].as_i64())
        .collect();
    nonces.sort_unstable();
    assert_eq!(nonces, [1, 2]);
    let alive = HeartbeatStatus::Alive.as_str();
    let pings = payloads
        .iter()
        .filter(|it| it["data"]["attributes"]["heartbeatStatus"] == alive);
    assert_eq!(pings.count(), 3);
}

#[tokio::test]
async fn a_death_is_told_before_the_dead_goes() {
    let w = World::start().await;
    let policy = w
        .policy()
        .with("requireHeartbeat", true)
        .with("heartbeatDuration", 60)
        .create()
        .await;
    let license = w.license().of(&policy).create().await;
    let machine = license.activate("laptop").await.expect(201).id();
    endpoint(&w.admin(), "https://all.example.com", json!({}))
        .await
        .expect(201);
    w.advance(TimeDelta::minutes(5));

    keystead_app::heartbeats::sweep(w.app(), w.now())
        .await
        .expect("the sweep ends");

    w.admin()
        .get(&format!("/machines/{machine}"))
        .await
        .expect(404);
    let events = w.admin().get("/webhook-events").await.expect(200);
    assert_eq!(
        events.at("/data/0/attributes/event"),
        "machine.heartbeat.dead"
    );
    let payload = events
        .at("/data/0/attributes/payload")
        .as_str()
        .expect("a text");
    let payload: Value = serde_json::from_str(payload).unwrap();
    assert_eq!(payload["data"]["id"], machine.as_str());
    assert_eq!(payload["data"]["attributes"]["heartbeatStatus"], "DEAD");
}

#[tokio::test]
async fn a_products_endpoint_hears_of_that_product_alone() {
    let w = World::start().await;
    let (mine, other) = (w.product().await, w.product().await);
    let caller = w.bearer(&w.product_token(&mine).await);
    endpoint(&caller, "https://mine.example.com", json!({}))
        .await
        .expect(201);

    w.license()
        .of(&w.policy().of(&other).create().await)
        .create()
        .await;
    assert_eq!(told(&w).await, Vec::<String>::new());
    w.license()
        .of(&w.policy().of(&mine).create().await)
        .create()
        .await;
    assert_eq!(told(&w).await, ["policy.created", "license.created"]);
}

#[tokio::test]
async fn an_older_receiver_reads_older_words() {
    let w = World::start().await;
    let old = json!({ "apiVersion": "1.5", "subscriptions": ["license.created"] });
    endpoint(&w.admin(), "https://old.example.com", old)
        .await
        .expect(201);
    let owner = w.user("ann@acme.example").await;

    w.license().owner(&owner).create().await;

    let events = w.admin().get("/webhook-events").await.expect(200);
    assert_eq!(events.at("/data/0/attributes/apiVersion"), "1.5");
    let payload = events
        .at("/data/0/attributes/payload")
        .as_str()
        .expect("a text");
    let payload: Value = serde_json::from_str(payload).unwrap();
    let relationships = &payload["data"]["relationships"];
    assert_eq!(relationships["user"]["data"]["id"], owner.as_str());
    assert_eq!(relationships["owner"], Value::Null);
}

#[tokio::test]
async fn a_change_that_is_refused_is_not_told() {
    let w = World::start().await;
    endpoint(&w.admin(), "https://all.example.com", json!({}))
        .await
        .expect(201);
    let license = w.license().max_machines(1).create().await;
    license.activate("laptop").await.expect(201);
    let before = told(&w).await.len();

    license.activate("desktop").await.expect(422);

    assert_eq!(told(&w).await.len(), before);
}
