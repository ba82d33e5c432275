//! Licenses, as clients see them: validate cost.

use keystead_testkit::{Caller, World};
use serde_json::{Value, json};

use super::key;

/// How many statements a request costs, the stamps it leaves behind not counted.
async fn cost(w: &World, caller: &Caller, path: &str, body: Value) -> u64 {
    w.app().settle().await;
    let before = w.app().db.statements();
    caller.post(path, body).await.expect(200);
    w.app().db.statements() - before
}

#[tokio::test]
async fn a_validation_costs_at_most_two_statements() {
    let w = World::start().await;
    let ann = w.user("ann@acme.example").await;
    let policy = w
        .policy()
        .with("strict", true)
        .with("maxMachines", 3)
        .create()
        .await;
    let made = w.license().of(&policy).owner(&ann).create().await;
    let machine = made.activate("laptop").await.expect(201).id();
    let by_key = "/licenses/actions/validate-key";
    let by_id = format!("/licenses/{}/actions/validate", made.id);
    let print = json!({ "fingerprint": "laptop" });
    let everything = json!({
        "fingerprints": ["laptop", "desktop"], "machine": machine, "user": "bob@acme.example",
        "entitlements": ["EXPORT", "IMPORT"], "environment": "sandbox", "policy": policy,
    });
    #[rustfmt::skip]
    let table = [
        // who,                by,      scope,                at most
        (w.anyone(),           by_key,  Value::Null,          1),
        (w.anyone(),           by_key,  print.clone(),        1),
        (w.anyone(),           by_key,  everything.clone(),   2),
        (made.holder.clone(),  by_key,  Value::Null,          2),
        (made.holder.clone(),  by_key,  print.clone(),        2),
        (w.admin(),            by_key,  print.clone(),        2),
        (made.holder.clone(),  &*by_id, Value::Null,          2),
        (made.holder.clone(),  &*by_id, print.clone(),        2),
    ];
    for (caller, path, scope, most) in table {
        let body = match path == by_key {
            true => key(&made.key, scope.clone()),
            false => json!({ "meta": { "scope": scope } }),
        };
        // The first request of a world also looks up the account.
        caller.post(path, body.clone()).await.expect(200);
        let statements = cost(&w, &caller, path, body).await;
        assert!(
            statements <= most,
            "{path} {scope}: {statements} statements"
        );
    }
}

#[tokio::test]
async fn validations_that_come_together_share_their_statements() {
    let w = World::start().await;
    let made = w.license().create().await;
    made.activate("laptop").await.expect(201);
    let anyone = w.anyone();
    let path = "/licenses/actions/validate-key";
    anyone
        .post(path, key(&made.key, Value::Null))
        .await
        .expect(200);
    w.app().settle().await;
    let body = key(
        &made.key,
        json!({ "fingerprint": "laptop", "entitlements": ["EXPORT"] }),
    );

    let before = w.app().db.statements();
    let asked = (0..64).map(|_| anyone.post(path, body.clone()));
    for answer in futures::future::join_all(asked).await {
        assert_eq!(answer.expect(200).at("/meta/code"), "ENTITLEMENTS_MISSING");
    }

    let statements = w.app().db.statements() - before;
    assert!(
        statements < 128,
        "{statements} statements for 64 validations"
    );
}
