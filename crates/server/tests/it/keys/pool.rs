//! Pools: each key is handed out once.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use chrono::TimeDelta;
use futures::future::join_all;
use keystead_store::keys as stored;
use keystead_testkit::World;
use serde_json::json;

use super::*;
use crate::users::staff;

/// The body of a new license.
fn license(policy: &str) -> Value {
    json!({ "data": {
        "type": "licenses",
        "relationships": { "policy": { "data": { "type": "policies", "id": policy } } },
    } })
}

#[tokio::test]
async fn the_oldest_key_is_popped_first_and_an_empty_pool_says_so() {
    let w = World::start().await;
    let policy = pooled(&w).await;
    for key in ["POOL-0001", "POOL-0002"] {
        put(&w, &policy, key).await.expect(201);
        w.advance(TimeDelta::seconds(1));
    }
    let path = format!("/policies/{policy}/pool");
    let waiting = w.admin().get(&path).await.expect(200);
    assert_eq!(super::keys(&waiting), ["POOL-0002", "POOL-0001"]);

    let popped = w.admin().delete(&path).await.expect(200);

    assert_eq!(popped.at("/data/attributes/key"), "POOL-0001");
    assert_eq!(
        popped.at("/data/relationships/policy/data/id"),
        policy.as_str()
    );
    w.admin()
        .get(&format!("{path}/{}", popped.id()))
        .await
        .expect(404);
    w.admin().delete(&path).await.expect(200);
    let empty = w.admin().delete(&path).await.expect(422);
    assert_eq!(empty.at("/errors/0/title"), "Unprocessable entity");
    assert_eq!(
        (empty.pointer(), empty.detail()),
        ("/data/relationships/pool", "pool is empty")
    );
}

#[tokio::test]
async fn a_policy_without_a_pool_has_none_to_pop_from() {
    let w = World::start().await;
    let path = format!("/policies/{}/pool", w.policy().create().await);

    let waiting = w.admin().get(&path).await.expect(200);
    assert!(super::keys(&waiting).is_empty());

    let refused = w.admin().delete(&path).await.expect(422);
    assert_eq!(refused.detail(), "pool is not supported");
}

#[tokio::test]
async fn who_sells_may_look_into_a_pool_and_take_nothing_out() {
    let w = World::start().await;
    let policy = pooled(&w).await;
    put(&w, &policy, "POOL-0001").await.expect(201);
    let path = format!("/policies/{policy}/pool");
    let sales = staff(&w, "sales-agent").await;

    sales.get(&path).await.expect(200);
    sales.delete(&path).await.expect(403);
}

#[tokio::test]
async fn a_license_takes_its_key_from_the_pool_or_brings_its_own() {
    let w = World::start().await;
    let policy = pooled(&w).await;
    put(&w, &policy, "POOL-0001").await.expect(201);

    let own = w
        .license()
        .of(&policy)
        .with("key", "BROUGHT")
        .create()
        .await;
    assert_eq!(own.key, "BROUGHT");
    let taken = w.license().of(&policy).create().await;
    assert_eq!(taken.key, "POOL-0001");

    assert!(super::keys(&w.admin().get("/keys").await).is_empty());
    taken.holder.get("/me").await.expect(200);
    let refused = w.admin().post("/licenses", license(&policy)).await;
    assert_eq!(
        (refused.status, refused.code(), refused.pointer()),
        (422, "POLICY_POOL_EMPTY", "/data/relationships/policy")
    );
    assert_eq!(refused.detail(), "pool is empty");
}

#[tokio::test]
async fn a_license_that_is_refused_leaves_its_key_in_the_pool() {
    let w = World::start().await;
    let policy = pooled(&w).await;
    put(&w, &policy, "POOL-0001").await.expect(201);
    let existing = w.license().create().await;
    let mut body = license(&policy);
    body["data"]["id"] = json!(existing.id);

    let refused = w.admin().post("/licenses", body).await.expect(422);

    assert_eq!(refused.code(), "ID_CONFLICT");
    assert_eq!(super::keys(&w.admin().get("/keys").await), ["POOL-0001"]);
}

#[tokio::test]
async fn a_key_that_became_a_licenses_by_another_way_blocks_nobody() {
    let w = World::start().await;
    let policy = pooled(&w).await;
    put(&w, &policy, "POOL-0001").await.expect(201);
    w.advance(TimeDelta::seconds(1));
    put(&w, &policy, "POOL-0002").await.expect(201);
    w.license().with("key", "POOL-0001").create().await;

    let license = w.license().of(&policy).create().await;

    assert_eq!(license.key, "POOL-0002");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn forty_that_want_a_key_of_twenty_get_one_each_and_none_is_handed_out_twice() {
    let w = World::start().await;
    let policy = pooled(&w).await;
    for n in 0..20 {
        put(&w, &policy, &format!("POOL-00{n:02}"))
            .await
            .expect(201);
    }
    let admin = w.admin();
    let path = format!("/policies/{policy}/pool");

    // Half of them pop, half of them make licenses.
    let pops = join_all((0..20).map(|_| admin.delete(&path)));
    let licenses = join_all((0..20).map(|_| admin.post("/licenses", license(&policy))));
    let (pops, licenses) = tokio::join!(pops, licenses);

    let answers: Vec<Answer> = pops.into_iter().chain(licenses).collect();
    let mut outcomes = BTreeMap::new();
    for answer in &answers {
        *outcomes.entry(answer.status / 100).or_insert(0) += 1;
    }
    assert_eq!(outcomes, BTreeMap::from([(2, 20), (4, 20)]));
    let handed_out: BTreeSet<_> = answers
        .iter()
        .filter(|answer| answer.status < 300)
        .map(|answer| answer.at("/data/attributes/key").to_string())
        .collect();
    assert_eq!(handed_out.len(), 20, "each to one");
    assert!(super::keys(&w.admin().get(&path).await).is_empty());
}

/// The last key is in somebody's hands who puts it back: nobody is told that the pool is empty.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_last_key_that_is_put_back_goes_to_who_waits() {
    let w = World::start().await;
    let policy = pooled(&w).await;
    put(&w, &policy, "POOL-0001").await.expect(201);
    let account = w.account().parse().expect("an id");
    let scope = keystead_domain::access::Scope::system(account);
    let path = format!("/policies/{policy}/pool");

    let tx = w.app().db.begin().await.expect("a transaction");
    let held = stored::pop(&tx, &scope, policy.parse().expect("an id")).await;
    assert!(held.expect("the database answers").is_some());
    let admin = w.admin();
    let mut waiting = tokio::spawn(async move { admin.delete(&path).await });
    let early = tokio::time::timeout(Duration::from_millis(200), &mut waiting).await;
    assert!(early.is_err(), "it waits");
    drop(tx);

    let popped = waiting.await.expect("an answer").expect(200);
    assert_eq!(popped.at("/data/attributes/key"), "POOL-0001");
}
