//! The event log.

use super::*;

#[tokio::test]
async fn an_event_says_who_did_what_to_what_in_which_request() {
    let w = World::start().await;
    let body = json!({ "data": { "type": "products", "attributes": { "name": "Editor" } } });
    let made = w.admin().post("/products", body).await.expect(201);

    let list = w
        .admin()
        .get("/event-logs?event=product.created")
        .await
        .expect(200);

    assert_eq!(rows(&list), 1);
    let event = list.at("/data/0");
    assert_eq!(event["type"], "event-logs");
    assert_eq!(event["attributes"]["event"], "product.created");
    assert_eq!(event["attributes"]["metadata"], json!({}));
    let relationships = &event["relationships"];
    assert_eq!(
        relationships["resource"]["data"],
        json!({ "type": "products", "id": made.id() })
    );
    assert_eq!(relationships["whodunnit"]["data"]["type"], "users");
    let request = made.header("x-request-id");
    assert_eq!(
        relationships["request"]["data"],
        json!({ "type": "request-logs", "id": request })
    );
    let shown = w
        .admin()
        .get(&format!("/event-logs/{}", event["id"].as_str().unwrap()))
        .await;
    assert_eq!(shown.expect(200).at("/data"), event);
}

#[tokio::test]
async fn events_are_found_by_day_name_record_bearer_and_request() {
    let w = World::start().await;
    let product = w.product().await;
    let license = w.license().create().await;
    license.activate("laptop").await.expect(201);
    w.app().settle().await;
    let day = |by: i64| {
        (w.now() + TimeDelta::days(by))
            .format("%Y-%m-%d")
            .to_string()
    };
    let (yesterday, tomorrow, later) = (day(-1), day(1), day(9));
    let first = &product[..13];
    let id = &license.id;

    #[rustfmt::skip]
    let table = [
        (format!("event=product.created&resource={product}"),              1),
        (format!("resource[type]=product&resource[id]={product}"),         1),
        (format!("resource[]=PRODUCTS&resource[]={}", product.to_uppercase()), 1),
        (format!("event=product.created&resource[id]={first}"),            2),
        (format!("resource[type]=license&resource[id]={product}"),         0),
        (format!("whodunnit[type]=license&whodunnit[id]={id}"),            1),
        (format!("whodunnit={id}"),                                        1),
        ("events[]=machine.created&events[]=license.created".to_owned(),   2),
        (format!("event=license.created&date[start]={yesterday}&date[end]={tomorrow}"), 1),
        (format!("event=license.created&date[start]={tomorrow}&date[end]={later}"), 0),
        ("event=nothing.of.the.kind".to_owned(),                           0),
        ("request=00000000-0000-0000-0000-000000000000".to_owned(),        0),
    ];
    for (query, expected) in table {
        let list = w
            .admin()
            .get(&format!("/event-logs?{query}"))
            .await
            .expect(200);
        assert_eq!(rows(&list), expected, "{query}: {}", list.text);
    }
}

#[tokio::test]
async fn a_range_without_sense_is_refused() {
    let w = World::start().await;

    for noun in ["event-logs", "request-logs"] {
        let refused = w
            .admin()
            .get(&format!("/{noun}?date[start]=2017-1-1&date[end]=2017-2-2"))
            .await
            .expect(400);
        assert_eq!(
            refused.detail(),
            "date range must be between 1 and 31 days (got 32)"
        );
        assert_eq!(refused.at("/errors/0/source/parameter"), "date");
    }
}

#[tokio::test]
async fn validations_leave_their_code() {
    let w = World::start().await;
    let license = w.license().create().await;
    let path = format!("/licenses/{}/actions/validate", license.id);
    w.admin().post(&path, json!({})).await.expect(200);
    w.app().settle().await;

    let list = w
        .admin()
        .get("/event-logs?event=license.validation.succeeded")
        .await
        .expect(200);

    assert_eq!(
        list.at("/data/0/attributes/metadata"),
        &json!({ "code": "VALID" })
    );
}

#[tokio::test]
async fn only_those_who_run_the_account_read_logs() {
    let w = World::start().await;
    let license = w.license().create().await;
    let product = w.bearer(&w.product_token(&w.product().await).await);
    let list = w.admin().get("/event-logs?limit=1").await.expect(200);
    let id = list.at("/data/0/id").as_str().unwrap();

    for caller in [&license.holder, &product] {
        for noun in ["event-logs", "request-logs"] {
            caller.get(&format!("/{noun}")).await.expect(403);
        }
        let hidden = caller.get(&format!("/event-logs/{id}")).await.expect(404);
        assert_eq!(hidden.detail(), "The requested event log was not found");
    }
}

#[tokio::test]
async fn pages_of_a_log_are_not_counted() {
    let w = World::start().await;
    for _ in 0..3 {
        w.product().await;
    }

    let page = "/event-logs?event=product.created&page[number]=1&page[size]=2";
    let list = w.admin().get(page).await.expect(200);

    assert_eq!(rows(&list), 2);
    let links = list.at("/links").as_object().expect("links");
    assert_eq!(links.keys().collect::<Vec<_>>(), ["self", "prev", "next"]);
    assert_eq!(links["prev"], Value::Null);
    assert!(
        links["next"]
            .as_str()
            .unwrap()
            .contains("page%5Bnumber%5D=2")
    );
}

#[tokio::test]
async fn a_change_says_what_it_changed_and_no_secret() {
    let w = World::start().await;
    let product = w.product().await;
    let change = json!({ "data": { "type": "products",
        "attributes": { "name": "Writer", "metadata": { "apiKey": "0123456789abcdefghij" } } } });
    w.advance(TimeDelta::seconds(1));
    w.admin()
        .patch(&format!("/products/{product}"), change)
        .await
        .expect(200);
    let user = w.user("ann@acme.example").await;
    let change = json!({ "data": { "type": "users",
        "attributes": { "password": "another good password" } } });
    w.admin()
        .patch(&format!("/users/{user}"), change)
        .await
        .expect(200);

    let list = w
        .admin()
        .get("/event-logs?event=product.updated")
        .await
        .expect(200);
    let diff = list.at("/data/0/attributes/metadata/diff");
    assert_eq!(diff["name"], json!(["Editor", "Writer"]));
    assert_eq!(diff["metadata"][1]["apiKey"], "0123...ghij");
    assert_eq!(diff["updated"].as_array().map(Vec::len), Some(2));
    assert_eq!(diff["created"], Value::Null);

    let list = w
        .admin()
        .get("/event-logs?event=user.updated")
        .await
        .expect(200);
    let hash = list
        .at("/data/0/attributes/metadata/diff/passwordHash/1")
        .as_str()
        .unwrap();
    assert!(hash.len() <= 11 && hash.contains("..."), "{hash}");
}

#[tokio::test]
async fn what_is_routine_is_logged_at_a_pace_and_all_else_always() {
    let w = World::with(|config| config.history.routine_events_per_second = 1).await;
    let validate = async |policy: &str| {
        let license = w.license().policy(policy, true).create().await;
        let path = format!("/licenses/{}/actions/validate", license.id);
        w.admin().post(&path, json!({})).await.expect(200);
    };
    for _ in 0..20 {
        validate("floating").await;
    }
    validate("requireFingerprintScope").await;
    w.app().settle().await;

    let logged = async |event: &str| {
        let url = format!("/event-logs?event={event}&limit=100");
        let logs = w.admin().get(&url).await.expect(200);
        logs.body["data"].as_array().expect("a list").len()
    };

    assert_eq!(logged("license.created").await, 21);
    assert_eq!(logged("license.validation.failed").await, 1);
    let routine = logged("license.validation.succeeded").await;
    assert!((1..20).contains(&routine), "{routine}");
}
