//! Products, as clients see them: list.

use chrono::TimeDelta;
use keystead_testkit::{Answer, World};
use serde_json::json;

use super::made;

/// Products `P1` to `P<count>`, a second apart.
async fn products(w: &World, count: usize) {
    for n in 1..=count {
        made(w, json!({ "name": format!("P{n}") })).await;
        w.advance(TimeDelta::seconds(1));
    }
}

fn names(answer: &Answer) -> Vec<&str> {
    let rows = answer.at("/data").as_array().expect("a list");
    rows.iter()
        .map(|row| row["attributes"]["name"].as_str().expect("a name"))
        .collect()
}

#[tokio::test]
async fn a_list_is_newest_first_ten_at_most_and_without_links() {
    let w = World::start().await;
    products(&w, 12).await;

    let list = w.admin().get("/products").await.expect(200);

    assert_eq!(
        names(&list),
        [
            "P12", "P11", "P10", "P9", "P8", "P7", "P6", "P5", "P4", "P3"
        ]
    );
    assert_eq!(list.at("/links"), &json!(null));

    let oldest = w
        .admin()
        .get("/products?order=ASC&limit=2")
        .await
        .expect(200);
    assert_eq!(names(&oldest), ["P1", "P2"]);
}

#[tokio::test]
async fn numbered_pages_know_their_neighbours_and_their_count() {
    let w = World::start().await;
    products(&w, 5).await;

    let path = "/products?page[size]=2&page[number]=2&token=&foo=b%20r";
    let page = w.admin().get(path).await.expect(200);

    assert_eq!(names(&page), ["P3", "P2"]);
    let at = |number: u32| {
        format!(
            "/v1/accounts/{}/products?foo=b+r&page%5Bnumber%5D={number}&page%5Bsize%5D=2",
            w.account()
        )
    };
    assert_eq!(
        page.at("/links"),
        &json!({
            "self": at(2), "prev": at(1), "next": at(3), "first": at(1), "last": at(3),
            "meta": { "pages": 3, "count": 5 },
        })
    );

    let last = w
        .admin()
        .get("/products?page[size]=2&page[number]=3")
        .await
        .expect(200);
    assert_eq!(names(&last), ["P1"]);
    assert_eq!(last.at("/links/next"), &json!(null));
}

#[tokio::test]
async fn cursors_lead_through_the_whole_list() {
    let w = World::start().await;
    products(&w, 5).await;

    let mut seen = Vec::new();
    let mut next = "/products?page[cursor]=&page[size]=2".to_owned();
    loop {
        let page = w.admin().get(&next).await.expect(200);
        seen.extend(names(&page).into_iter().map(str::to_owned));
        let Some(link) = page.at("/links/next").as_str() else {
            break;
        };
        let base = format!("/v1/accounts/{}", w.account());
        next = link.strip_prefix(&base).unwrap().to_owned();
        assert!(page.at("/links").get("prev").is_none());
    }

    assert_eq!(seen, ["P5", "P4", "P3", "P2", "P1"]);
}

#[tokio::test]
async fn a_page_that_can_not_be_is_refused_at_its_parameter() {
    let w = World::start().await;

    #[rustfmt::skip]
    let table = [
        ("limit=0",           "limit",        "limit must be a number between 1 and 100 (got 0)"),
        ("limit=101",         "limit",        "limit must be a number between 1 and 100 (got 101)"),
        ("page[number]=0",    "page[number]", "page number must be a number between 1 and 100 (got 0)"),
        ("page[cursor]=foo",  "page[cursor]", "page cursor must be a valid UUID (got \"foo\")"),
        ("page[size]=2",      "page",         "page must be an object containing a cursor or number and optional size"),
        ("order=up",          "order",        "order is invalid"),
    ];
    for (query, parameter, detail) in table {
        let answer = w
            .admin()
            .get(&format!("/products?{query}"))
            .await
            .expect(400);
        assert_eq!(
            answer.at("/errors/0/source/parameter"),
            parameter,
            "{query}"
        );
        assert_eq!(answer.detail(), detail, "{query}");
    }
}
