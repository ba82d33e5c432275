//! Licenses, as clients see them: list.

use keystead_testkit::{Answer, World};

fn ids(answer: &Answer) -> Vec<String> {
    let rows = answer.at("/data").as_array().expect("a list");
    rows.iter()
        .map(|row| row["id"].as_str().expect("an id").to_owned())
        .collect()
}

#[tokio::test]
async fn a_list_holds_what_its_bearer_sees_newest_first() {
    let w = World::start().await;
    let product = w.product().await;
    let policy = w.policy().of(&product).create().await;
    let ann = w.user("ann@acme.example").await;
    let first = w.license().of(&policy).create().await;
    w.advance(chrono::TimeDelta::seconds(1));
    let second = w.license().of(&policy).owner(&ann).create().await;
    w.advance(chrono::TimeDelta::seconds(1));
    let other = w.license().create().await;
    let product_token = w.product_token(&product).await;

    let all = w.admin().get("/licenses").await.expect(200);
    assert_eq!(
        ids(&all),
        [other.id.clone(), second.id.clone(), first.id.clone()]
    );
    let oldest = w
        .admin()
        .get("/licenses?order=asc&limit=1")
        .await
        .expect(200);
    assert_eq!(ids(&oldest), std::slice::from_ref(&first.id));
    let of_product = w.bearer(&product_token).get("/licenses").await.expect(200);
    assert_eq!(ids(&of_product), [second.id.clone(), first.id]);
    let of_ann = w
        .log_in("ann@acme.example")
        .await
        .get("/licenses")
        .await
        .expect(200);
    assert_eq!(ids(&of_ann), [second.id]);
    other.holder.get("/licenses").await.expect(403);
    w.anyone().get("/licenses").await.expect(401);
}

#[tokio::test]
async fn filters_narrow_and_what_is_no_id_matches_nothing() {
    let w = World::start().await;
    let product = w.product().await;
    let policy = w.policy().of(&product).create().await;
    let ann = w.user("ann@acme.example").await;
    let mine = w.license().of(&policy).owner(&ann).create().await;
    let other = w.license().create().await;
    let machine = other.activate("laptop").await.expect(201).id();
    #[rustfmt::skip]
    let table = [
        (format!("product={product}"),         vec![mine.id.clone()]),
        (format!("policy={policy}"),           vec![mine.id.clone()]),
        (format!("owner={ann}"),               vec![mine.id.clone()]),
        ("owner=Ann@acme.example".to_owned(),  vec![mine.id.clone()]),
        (format!("user={ann}"),                vec![mine.id.clone()]),
        ("user=ann@acme.example".to_owned(),   vec![mine.id.clone()]),
        (format!("machine={machine}"),         vec![other.id.clone()]),
        (format!("machine={machine}&owner={ann}"), vec![]),
        ("product=Editor".to_owned(),          vec![]),
        (format!("group={ann}"),               vec![]),
        ("policy=".to_owned(),                 vec![other.id.clone(), mine.id.clone()]),
    ];
    for (query, expected) in table {
        let answer = w
            .admin()
            .get(&format!("/licenses?{query}"))
            .await
            .expect(200);
        let mut found = ids(&answer);
        let mut expected = expected;
        found.sort();
        expected.sort();
        assert_eq!(found, expected, "{query}");
    }
}

#[tokio::test]
async fn pages_follow_each_other_by_cursor() {
    let w = World::start().await;
    let policy = w.policy().create().await;
    for _ in 0..3 {
        w.license().of(&policy).create().await;
    }

    let first = w
        .admin()
        .get("/licenses?page[cursor]=&page[size]=2")
        .await
        .expect(200);
    let last = ids(&first)[1].clone();
    assert_eq!(ids(&first).len(), 2);
    let second = format!("/licenses?page[cursor]={last}&page[size]=2");
    let second = w.admin().get(&second).await.expect(200);
    assert_eq!(ids(&second).len(), 1);
    assert!(!ids(&first).contains(&ids(&second)[0]));
}
