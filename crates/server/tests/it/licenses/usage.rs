//! Counts of uses: never more than allowed, whoever races.

use std::collections::BTreeMap;

use futures::future::join_all;
use keystead_domain::event::EventName;
use keystead_testkit::{Answer, Caller, License, World};
use serde_json::{Value, json};

use super::{act, told};

async fn count(caller: &Caller, license: &License, action: &str, meta: Value) -> Answer {
    let path = format!("/licenses/{}/actions/{action}", license.id);
    caller.post(&path, json!({ "meta": meta })).await
}

fn uses(answer: &Answer) -> i64 {
    let uses = answer.at("/data/attributes/uses").as_i64();
    uses.unwrap_or_else(|| panic!("no uses in {}", answer.text))
}

async fn stored(w: &World, license: &License) -> i64 {
    let path = format!("/licenses/{}", license.id);
    uses(&w.admin().get(&path).await.expect(200))
}

#[tokio::test]
async fn uses_go_up_and_down_by_one_or_by_what_is_said() {
    let w = World::start().await;
    let license = w.license().create().await;
    let admin = w.admin();
    #[rustfmt::skip]
    let table = [
        ("increment-usage", json!({}),                 1),
        ("increment-usage", json!({ "increment": 9 }), 10),
        ("decrement-usage", json!({}),                 9),
        ("decrement-usage", json!({ "decrement": 4 }), 5),
        ("increment-usage", json!({ "increment": -2 }), 3),
        ("decrement-usage", json!({ "decrement": -3 }), 6),
    ];

    for (action, meta, after) in table {
        let answer = count(&admin, &license, action, meta.clone())
            .await
            .expect(200);
        assert_eq!(uses(&answer), after, "{action} {meta}");
    }
    let reset = act(&admin, &license, "reset-usage").await.expect(200);

    assert_eq!((uses(&reset), stored(&w, &license).await), (0, 0));
    assert_eq!(told(&w, EventName::LicenseUsageIncremented).await, 3);
    assert_eq!(told(&w, EventName::LicenseUsageDecremented).await, 3);
    assert_eq!(told(&w, EventName::LicenseUsageReset).await, 1);
}

#[tokio::test]
async fn a_count_that_leaves_its_bounds_changes_nothing() {
    let w = World::start().await;
    let license = w.license().policy("maxUses", 5).create().await;
    let admin = w.admin();
    count(
        &admin,
        &license,
        "increment-usage",
        json!({ "increment": 3 }),
    )
    .await
    .expect(200);
    let too_many = "usage exceeds maximum allowed for license (5)";
    let too_few = "must be greater than or equal to 0";
    let too_large = "integer is too large";
    let max = i64::from(i32::MAX);
    #[rustfmt::skip]
    let table = [
        ("increment", json!(3),         422, "USES_LIMIT_EXCEEDED", too_many,  "/data/attributes/uses"),
        ("decrement", json!(4),         422, "USES_INVALID",        too_few,   "/data/attributes/uses"),
        ("decrement", json!(-3),        422, "USES_LIMIT_EXCEEDED", too_many,  "/data/attributes/uses"),
        ("increment", json!(max),       400, "",                    too_large, "/meta/increment"),
        ("increment", json!(i64::MAX),  400, "",                    too_large, "/meta/increment"),
        ("decrement", json!(i64::MIN),  400, "",                    too_large, "/meta/decrement"),
        ("increment", json!("1"),       400, "",  "type mismatch (received string expected integer)", "/meta/increment"),
    ];

    for (verb, by, status, code, detail, pointer) in table {
        let answer = count(
            &admin,
            &license,
            &format!("{verb}-usage"),
            json!({ verb: by }),
        )
        .await;
        let found = (
            answer.status,
            answer.code(),
            answer.detail(),
            answer.pointer(),
        );
        assert_eq!(found, (status, code, detail, pointer), "{verb} {by}");
    }

    assert_eq!(stored(&w, &license).await, 3);
    assert_eq!(told(&w, EventName::LicenseUsageIncremented).await, 1);
}

#[tokio::test]
async fn a_license_has_its_own_maximum_before_its_policy_s_and_zero_is_none() {
    let w = World::start().await;
    let own = w
        .license()
        .policy("maxUses", 5)
        .with("maxUses", 7)
        .create()
        .await;
    let none = w
        .license()
        .policy("maxUses", 5)
        .with("maxUses", 0)
        .create()
        .await;
    let admin = w.admin();
    let by = |n: i64| json!({ "increment": n });

    assert_eq!(
        uses(
            &count(&admin, &own, "increment-usage", by(7))
                .await
                .expect(200)
        ),
        7
    );
    count(&admin, &own, "increment-usage", by(1))
        .await
        .expect(422);
    assert_eq!(
        uses(
            &count(&admin, &none, "increment-usage", by(5))
                .await
                .expect(200)
        ),
        5
    );
    count(&admin, &none, "increment-usage", by(1))
        .await
        .expect(422);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixty_four_that_want_forty_uses_get_forty() {
    let w = World::start().await;
    let license = w.license().policy("maxUses", 40).create().await;

    let racing = (0..64).map(|_| count(&license.holder, &license, "increment-usage", json!({})));
    let answers = join_all(racing).await;

    let mut outcomes: BTreeMap<u16, usize> = BTreeMap::new();
    for answer in &answers {
        *outcomes.entry(answer.status).or_default() += 1;
    }
    assert_eq!(outcomes, BTreeMap::from([(200, 40), (422, 24)]));
    let mut seen: Vec<i64> = answers
        .iter()
        .filter(|it| it.status == 200)
        .map(uses)
        .collect();
    seen.sort_unstable();
    assert_eq!(
        seen,
        (1..=40).collect::<Vec<_>>(),
        "no use is counted twice"
    );
    assert_eq!(stored(&w, &license).await, 40);
    assert_eq!(told(&w, EventName::LicenseUsageIncremented).await, 40);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn ups_and_downs_at_once_leave_a_true_count() {
    let w = World::start().await;
    let license = w.license().create().await;
    let admin = w.admin();
    count(
        &admin,
        &license,
        "increment-usage",
        json!({ "increment": 32 }),
    )
    .await
    .expect(200);

    let up = (0..32).map(|_| count(&admin, &license, "increment-usage", json!({})));
    let down = (0..32).map(|_| count(&admin, &license, "decrement-usage", json!({})));
    let (up, down) = tokio::join!(join_all(up), join_all(down));

    assert!(up.iter().chain(&down).all(|answer| answer.status == 200));
    assert_eq!(stored(&w, &license).await, 32);
}

#[tokio::test]
async fn the_first_use_may_start_the_term() {
    let w = World::start().await;
    let license = w
        .license()
        .policy("duration", 14 * 86_400)
        .policy("expirationBasis", "FROM_FIRST_USE")
        .create()
        .await;
    let expiry = |answer: &Answer| answer.at("/data/attributes/expiry").clone();
    let text = |days: i64| {
        let time = w.now() + chrono::TimeDelta::days(days);
        Value::from(time.to_rfc3339_opts(chrono::SecondsFormat::Millis, true))
    };

    let down = count(
        &w.admin(),
        &license,
        "decrement-usage",
        json!({ "decrement": 0 }),
    )
    .await;
    let first = count(&license.holder, &license, "increment-usage", json!({})).await;
    let starts = text(14);
    w.advance(chrono::TimeDelta::days(1));
    let second = count(&license.holder, &license, "increment-usage", json!({})).await;

    assert_eq!(expiry(&down), Value::Null);
    assert_eq!(expiry(&first), starts);
    assert_eq!(expiry(&second), starts);
}
