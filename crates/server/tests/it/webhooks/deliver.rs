//! What receivers are sent, and what becomes of it.

use keystead_signing::response::digest_header;
use reqwest::header::HOST;

use super::*;

/// A world with one receiver of products, and that receiver.
async fn with_sink(attributes: Value) -> (World, Sink, String) {
    let (w, sink) = (world().await, Sink::start().await);
    let mut attributes = attributes;
    attributes["subscriptions"] = json!(["product.created"]);
    let made = endpoint(&w.admin(), &sink.url, attributes)
        .await
        .expect(201);
    (w, sink, made.id())
}

#[tokio::test]
async fn a_receiver_is_sent_the_event_signed() {
    let (w, sink, _) = with_sink(json!({})).await;
    let product = w.product().await;

    assert_eq!(deliver(&w).await, 1);

    let received = sink.received();
    assert_eq!(received.len(), 1);
    let sent = &received[0];
    assert_eq!(sent.target, "/hooks?from=keystead");
    assert_eq!(sent.header("content-type"), "application/json");
    assert_eq!(sent.header("keygen-version"), "1.8");
    assert_eq!(
        sent.header("user-agent"),
        "Keygen/1.8 (+https://keygen.sh/docs/api/webhooks/)"
    );
    assert_eq!(sent.header("digest"), digest_header(sent.text.as_bytes()));
    assert_eq!(sent.header("keygen-digest"), sent.header("digest"));
    assert_eq!(sent.header("keygen-date"), sent.header("date"));
    let host = sent.header(HOST.as_str()).split(':').next().unwrap();
    let signed = format!(
        "(request-target): post {}\nhost: {host}\ndate: {}\ndigest: {}",
        sent.target,
        sent.header("date"),
        sent.header("digest")
    );
    assert!(
        w.anyone()
            .verifies(&signed, sent.header("keygen-signature")),
        "{sent:?}"
    );
    let body = sent.body();
    assert_eq!(body["data"]["type"], "webhook-events");
    assert_eq!(body["data"]["attributes"]["status"], "DELIVERING");
    assert_eq!(body["data"]["attributes"]["event"], "product.created");
    assert_eq!(sent.payload()["data"]["id"], product.as_str());
    assert_eq!(
        on_their_way(&w).await,
        [("product.created".into(), "DELIVERED".into())]
    );
    assert_eq!(deliver(&w).await, 0);
}

#[tokio::test]
async fn what_a_receiver_says_is_kept() {
    let (w, sink, _) = with_sink(json!({})).await;
    for (status, body, kept) in [
        (200, "thanks", "thanks"),
        (500, "oops", "oops"),
        (500, &*"x".repeat(2_049), "RES_BODY_TOO_LARGE"),
    ] {
        sink.say(status, body);
        w.product().await;
        assert_eq!(deliver(&w).await, 1);

        let events = w.admin().get("/webhook-events?limit=1").await.expect(200);
        assert_eq!(events.at("/data/0/attributes/lastResponseCode"), status);
        assert_eq!(events.at("/data/0/attributes/lastResponseBody"), kept);
        w.advance(TimeDelta::seconds(1));
    }
}

#[tokio::test]
async fn what_fails_is_tried_again_later_until_it_is_given_up() {
    let (w, sink, _) = with_sink(json!({})).await;
    sink.say(500, "oops");
    w.product().await;

    assert_eq!(deliver(&w).await, 1);
    assert_eq!(
        on_their_way(&w).await,
        [("product.created".into(), "FAILING".into())]
    );
    assert_eq!(deliver(&w).await, 0);
    w.advance(TimeDelta::minutes(9));
    assert_eq!(deliver(&w).await, 0);

    // Rests of the receiver come on top of what an event waits for by itself.
    while on_their_way(&w).await[0].1 == "FAILING" {
        w.advance(TimeDelta::hours(20));
        deliver(&w).await;
        assert!(sink.received().len() <= 16, "tried for ever");
    }
    assert_eq!(sink.received().len(), 16);
    assert_eq!(
        on_their_way(&w).await,
        [("product.created".into(), "FAILED".into())]
    );
    let tokens: std::collections::BTreeSet<_> = sink
        .received()
        .iter()
        .map(|sent| sent.body()["data"]["meta"]["idempotencyToken"].to_string())
        .collect();
    assert_eq!(tokens.len(), 1);
}

#[tokio::test]
async fn a_receiver_that_is_gone_is_not_called_again() {
    for status in [410, 530] {
        let (w, sink, id) = with_sink(json!({})).await;
        sink.say(status, "gone");
        let before = w
            .admin()
            .get(&format!("/webhook-endpoints/{id}"))
            .await
            .expect(200);
        w.product().await;
        w.product().await;
        w.advance(TimeDelta::seconds(1));

        assert_eq!(deliver(&w).await, 2);

        assert_eq!(sink.received().len(), 1);
        let after = w
            .admin()
            .get(&format!("/webhook-endpoints/{id}"))
            .await
            .expect(200);
        assert_eq!(after.at("/data/attributes/subscriptions"), &json!([]));
        let updated = "/data/attributes/updated";
        assert_eq!(after.at(updated), before.at(updated));
        // The second one stops where it is.
        let statuses: Vec<_> = on_their_way(&w)
            .await
            .into_iter()
            .map(|(_, it)| it)
            .collect();
        assert_eq!(statuses, ["FAILED", "DELIVERING"]);
    }
}

#[tokio::test]
async fn a_receiver_that_keeps_failing_is_left_alone_for_a_while() {
    let (w, sink, id) = with_sink(json!({})).await;
    sink.say(500, "oops");
    for _ in 0..8 {
        w.product().await;
    }

    assert_eq!(deliver(&w).await, 8);

    // Five in a row were enough; the others are let wait without a try.
    assert_eq!(sink.received().len(), 5);
    let waiting = on_their_way(&w)
        .await
        .iter()
        .filter(|(_, it)| it == "DELIVERING")
        .count();
    assert_eq!(waiting, 3);

    // Whoever mends the endpoint says so, and need not wait.
    sink.say(200, "better");
    let mended = json!({ "data": { "type": "webhook-endpoints", "attributes": {} } });
    w.admin()
        .patch(&format!("/webhook-endpoints/{id}"), mended)
        .await
        .expect(200);
    wait_for_retry(&w);
    assert_eq!(deliver(&w).await, 8);
    let delivered = on_their_way(&w)
        .await
        .iter()
        .filter(|(_, it)| it == "DELIVERED")
        .count();
    assert_eq!(delivered, 8);
}

#[tokio::test]
async fn nobody_there_is_final() {
    let w = world().await;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);
    endpoint(
        &w.admin(),
        &url,
        json!({ "subscriptions": ["product.created"] }),
    )
    .await
    .expect(201);
    w.product().await;

    assert_eq!(deliver(&w).await, 1);

    let events = w.admin().get("/webhook-events").await.expect(200);
    let attributes = events.at("/data/0/attributes");
    assert_eq!(attributes["status"], "FAILED");
    assert_eq!(attributes["lastResponseCode"], Value::Null);
    assert_eq!(attributes["lastResponseBody"], "CONN_REFUSED");
    wait_for_retry(&w);
    assert_eq!(deliver(&w).await, 0);
}

#[tokio::test]
async fn an_endpoint_that_unsubscribed_or_went_is_not_called() {
    let (w, sink, id) = with_sink(json!({})).await;
    let path = format!("/webhook-endpoints/{id}");
    w.product().await;
    let other = json!({ "data": { "type": "webhook-endpoints",
        "attributes": { "subscriptions": ["product.deleted"] } } });
    w.admin().patch(&path, other).await.expect(200);
    assert_eq!(deliver(&w).await, 1);

    let back = json!({ "data": { "type": "webhook-endpoints",
        "attributes": { "subscriptions": ["product.created"] } } });
    w.admin().patch(&path, back).await.expect(200);
    w.product().await;
    w.admin().delete(&path).await.expect(204);
    assert_eq!(deliver(&w).await, 1);

    assert_eq!(sink.received().len(), 0);
    let statuses: Vec<_> = on_their_way(&w)
        .await
        .into_iter()
        .map(|(_, it)| it)
        .collect();
    assert_eq!(statuses, ["DELIVERING", "DELIVERING"]);
}

#[tokio::test]
async fn a_receiver_within_the_operators_network_is_not_called() {
    let w = world().await;
    let sink = Sink::start().await;
    endpoint(&w.admin(), &sink.url, json!({})).await.expect(201);
    w.product().await;
    let messenger = keystead_server::courier::Messenger::new(Default::default()).unwrap();
    let deliveries = keystead_app::webhooks::Deliveries::new(std::sync::Arc::new(messenger));
    let events = w.admin().get("/webhook-events").await.expect(200);
    let event = events.at("/data/0/id").as_str().unwrap().parse().unwrap();
    let job = keystead_app::webhooks::Deliver::first(event);

    keystead_app::webhooks::deliver(w.app(), &deliveries, job, w.now())
        .await
        .unwrap();

    assert_eq!(sink.received().len(), 0);
    let events = w.admin().get("/webhook-events").await.expect(200);
    assert_eq!(
        events.at("/data/0/attributes/lastResponseBody"),
        "HOST_UNREACH"
    );
    assert_eq!(events.at("/data/0/attributes/status"), "FAILED");
}

#[tokio::test]
async fn every_algorithm_signs() {
    for algorithm in ["ed25519", "rsa-pss-sha256", "rsa-sha256", "ecdsa-p256"] {
        let (w, sink, _) = with_sink(json!({ "signatureAlgorithm": algorithm })).await;
        w.product().await;

        assert_eq!(deliver(&w).await, 1);

        let header = sink.received()[0].header("keygen-signature").to_owned();
        let says = format!(
            "keyid=\"{}\", algorithm=\"{algorithm}\", signature=\"",
            w.account()
        );
        assert!(header.starts_with(&says), "{header}");
    }
}
