//! Policies, as clients see them: list.

use chrono::TimeDelta;
use keystead_testkit::{Answer, World};
use serde_json::json;

fn ids(answer: &Answer) -> Vec<&str> {
    let rows = answer.at("/data").as_array().expect("a list");
    rows.iter()
        .map(|row| row["id"].as_str().expect("an id"))
        .collect()
}

#[tokio::test]
async fn a_list_is_newest_first_and_narrowed_by_product() {
    let w = World::start().await;
    let product = w.product().await;
    let first = w.policy().of(&product).create().await;
    w.advance(TimeDelta::seconds(1));
    let second = w.policy().create().await;
    w.advance(TimeDelta::seconds(1));
    let third = w.policy().of(&product).create().await;

    #[rustfmt::skip]
    let table = [
        (String::new(),                          vec![&third, &second, &first]),
        ("order=asc".to_owned(),                 vec![&first, &second, &third]),
        (format!("product={product}"),           vec![&third, &first]),
        (format!("product={product}&limit=1"),   vec![&third]),
        ("product=".to_owned(),                  vec![&third, &second, &first]),
        ("product[]=x".to_owned(),               vec![&third, &second, &first]),
        ("product=nope".to_owned(),              vec![]),
    ];
    for (query, expected) in table {
        let list = w
            .admin()
            .get(&format!("/policies?{query}"))
            .await
            .expect(200);
        assert_eq!(ids(&list), expected, "{query}");
    }
}

#[tokio::test]
async fn pages_keep_their_filter() {
    let w = World::start().await;
    let product = w.product().await;
    for _ in 0..3 {
        w.policy().of(&product).create().await;
        w.advance(TimeDelta::seconds(1));
    }
    w.policy().create().await;

    let path = format!("/policies?product={product}&page[number]=1&page[size]=2");
    let page = w.admin().get(&path).await.expect(200);

    assert_eq!(ids(&page).len(), 2);
    assert_eq!(page.at("/links/meta"), &json!({ "pages": 2, "count": 3 }));
    assert_eq!(
        page.at("/links/next").as_str().unwrap(),
        format!(
            "/v1/accounts/{}/policies?page%5Bnumber%5D=2&page%5Bsize%5D=2&product={product}",
            w.account()
        )
    );

    let cursor = format!("/policies?product={product}&page[cursor]=&page[size]=2");
    let page = w.admin().get(&cursor).await.expect(200);
    let next = page.at("/links/next").as_str().unwrap();
    assert!(
        next.contains(&format!("page%5Bcursor%5D={}", ids(&page)[1])),
        "{next}"
    );
}

#[tokio::test]
async fn below_a_policy_are_its_product_and_its_licenses() {
    let w = World::start().await;
    let product = w.product().await;
    let policy = w.policy().of(&product).create().await;
    let license = w.license().of(&policy).create().await;
    w.license().create().await;

    let shown = w
        .admin()
        .get(&format!("/policies/{policy}/product"))
        .await
        .expect(200);
    assert_eq!(
        (shown.id(), shown.at("/data/type")),
        (product, &json!("products"))
    );
    let listed = w
        .admin()
        .get(&format!("/policies/{policy}/licenses"))
        .await
        .expect(200);
    assert_eq!(ids(&listed), [license.id.as_str()]);
    license
        .holder
        .get(&format!("/policies/{policy}/product"))
        .await
        .expect(403);
    w.admin().get("/policies/nope/licenses").await.expect(404);
}
