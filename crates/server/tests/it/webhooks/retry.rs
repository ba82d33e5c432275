//! Events that are looked at, sent again and removed.

use super::*;

#[tokio::test]
async fn an_event_is_sent_again_under_the_same_token() {
    let (w, sink) = (world().await, Sink::start().await);
    let names = json!({ "subscriptions": ["product.created"] });
    endpoint(&w.admin(), &sink.url, names).await.expect(201);
    w.product().await;
    deliver(&w).await;
    let first = w.admin().get("/webhook-events").await.expect(200);
    let id = first.at("/data/0/id").as_str().unwrap().to_owned();

    let path = format!("/webhook-events/{id}/actions/retry");
    let again = w.admin().post(&path, json!({})).await.expect(201);

    assert_ne!(again.id(), id);
    assert_eq!(again.at("/data/attributes/status"), "DELIVERING");
    for same in [
        "/attributes/payload",
        "/attributes/event",
        "/meta/idempotencyToken",
    ] {
        let before = first.at(&format!("/data/0{same}"));
        assert_eq!(again.at(&format!("/data{same}")), before, "{same}");
    }
    assert_eq!(deliver(&w).await, 1);
    assert_eq!(sink.received().len(), 2);
}

#[tokio::test]
async fn an_event_of_nobodys_url_is_not_sent_again() {
    let w = World::start().await;
    let made = endpoint(&w.admin(), "https://a.example.com", json!({}))
        .await
        .expect(201);
    w.product().await;
    let events = w.admin().get("/webhook-events").await.expect(200);
    let event = format!(
        "/webhook-events/{}",
        events.at("/data/0/id").as_str().unwrap()
    );
    w.admin()
        .delete(&format!("/webhook-endpoints/{}", made.id()))
        .await
        .expect(204);

    let refused = w
        .admin()
        .post(&format!("{event}/actions/retry"), json!({}))
        .await
        .expect(422);

    assert_eq!(refused.detail(), "webhook event failed to retry");
    // Another endpoint at the same URL takes its place.
    endpoint(&w.admin(), "https://a.example.com", json!({}))
        .await
        .expect(201);
    w.admin()
        .post(&format!("{event}/actions/retry"), json!({}))
        .await
        .expect(201);
    w.admin().delete(&event).await.expect(204);
    w.admin().get(&event).await.expect(404);
}

#[tokio::test]
async fn a_product_looks_at_its_events_and_does_nothing_to_them() {
    let w = World::start().await;
    let mine = w.product().await;
    let caller = w.bearer(&w.product_token(&mine).await);
    endpoint(&caller, "https://mine.example.com", json!({}))
        .await
        .expect(201);
    endpoint(
        &w.admin(),
        "https://all.example.com",
        json!({ "subscriptions": ["user.created"] }),
    )
    .await
    .expect(201);
    w.policy().of(&mine).create().await;
    w.user("ann@acme.example").await;

    let own = caller
        .get("/webhook-events?events[]=policy.created")
        .await
        .expect(200);

    let id = own.at("/data/0/id").as_str().unwrap();
    caller
        .get(&format!("/webhook-events/{id}"))
        .await
        .expect(200);
    caller
        .delete(&format!("/webhook-events/{id}"))
        .await
        .expect(403);
    let retry = format!("/webhook-events/{id}/actions/retry");
    caller.post(&retry, json!({})).await.expect(403);
    // A user is nobody's in particular: products are told of them, too.
    let all = w
        .admin()
        .get("/webhook-events?events[]=user.created&order=asc")
        .await
        .expect(200);
    let rows = all.at("/data").as_array().unwrap();
    assert_eq!(rows.len(), 2);
    let foreign = rows
        .iter()
        .find(|row| row["attributes"]["endpoint"] == "https://all.example.com");
    let foreign = foreign.and_then(|row| row["id"].as_str()).unwrap();
    caller
        .get(&format!("/webhook-events/{foreign}"))
        .await
        .expect(404);
}

#[tokio::test]
async fn what_is_old_is_forgotten() {
    let w = World::start().await;
    endpoint(&w.admin(), "https://a.example.com", json!({}))
        .await
        .expect(201);
    w.product().await;
    w.app().settle().await;
    let count = async |path: &str| {
        let list = w
            .log_in(keystead_testkit::ADMIN_EMAIL)
            .await
            .get(path)
            .await
            .expect(200);
        list.at("/data").as_array().map(Vec::len)
    };
    w.advance(TimeDelta::days(31));
    let keep = keystead_app::history::Keep {
        webhooks: Some(TimeDelta::days(30)),
        events: Some(TimeDelta::days(30)),
        requests: None,
    };

    let gone = keystead_app::history::prune(w.app(), keep, w.now())
        .await
        .expect("it ends");

    assert!(gone >= 2, "{gone} rows");
    assert_eq!(
        count("/webhook-events?events[]=product.created").await,
        Some(0)
    );
    assert_eq!(count("/event-logs?event=product.created").await, Some(0));
    let requests = w.log_in(keystead_testkit::ADMIN_EMAIL).await;
    let requests = requests
        .get("/request-logs?url=/products")
        .await
        .expect(200);
    assert_eq!(requests.at("/data").as_array().map(Vec::len), Some(1));
}
