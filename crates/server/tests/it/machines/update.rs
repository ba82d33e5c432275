//! What of a machine may be changed, and by whom.

use super::*;

#[tokio::test]
async fn staff_may_change_what_a_machine_is_and_how_large() {
    let w = World::start().await;
    let license = w.license().with("maxCores", 8).create().await;
    let body = machine(
        &license,
        json!({ "fingerprint": "laptop", "cores": 4, "ip": "::1" }),
    );
    let laptop = license
        .holder
        .post("/machines", body)
        .await
        .expect(201)
        .id();
    let path = format!("/machines/{laptop}");
    w.advance(chrono::TimeDelta::seconds(1));

    let body = change(json!({ "name": "Ann's", "ip": null, "cores": 8, "metadata": { "a": 1 } }));
    let answer = w.admin().patch(&path, body).await.expect(200);

    assert_eq!(answer.at("/data/attributes/name"), "Ann's");
    assert_eq!(answer.at("/data/attributes/ip"), &Value::Null);
    assert_eq!(answer.at("/data/attributes/metadata"), &json!({ "a": 1 }));
    assert_eq!(
        answer.at("/data/attributes/updated"),
        "2026-01-01T00:00:01.000Z"
    );
    assert_eq!(tally(&w, &license).await, [1, 8, 0, 0]);
    assert_eq!(told(&w, EventName::MachineUpdated).await, 1);

    let answer = w
        .admin()
        .patch(&path, change(json!({ "cores": 9 })))
        .await
        .expect(422);
    assert_eq!(answer.code(), "MACHINE_CORE_LIMIT_EXCEEDED");
    w.admin()
        .put(&path, change(json!({ "cores": 2 })))
        .await
        .expect(200);
    assert_eq!(tally(&w, &license).await, [1, 2, 0, 0]);
    let answer = w
        .admin()
        .patch(&path, change(json!({ "fingerprint": "b" })))
        .await
        .expect(400);
    assert_eq!(answer.detail(), "unpermitted parameter");
}

#[tokio::test]
async fn customers_and_support_may_change_what_a_machine_is_called() {
    let w = World::start().await;
    let license = w.license().with("protected", false).create().await;
    let guarded = w.license().with("protected", true).create().await;
    let support = crate::users::staff(&w, "support-agent").await;
    let laptop = license.activate("laptop").await.expect(201).id();
    guarded.activate("laptop").await.expect(201);
    let path = format!("/machines/{laptop}");

    for caller in [&license.holder, &support] {
        caller
            .patch(&path, change(json!({ "name": "mine" })))
            .await
            .expect(200);
        caller.patch(&path, change(json!({}))).await.expect(200);
        for (name, value) in [("cores", json!(2)), ("metadata", json!({}))] {
            let answer = caller
                .patch(&path, change(json!({ name: value })))
                .await
                .expect(400);
            assert_eq!(answer.detail(), "unpermitted parameter", "{name}");
            assert_eq!(answer.pointer(), format!("/data/attributes/{name}"));
        }
    }
    guarded
        .holder
        .patch("/machines/laptop", change(json!({ "name": "x" })))
        .await
        .expect(403);
}

#[tokio::test]
async fn a_machine_that_no_longer_fits_can_not_be_touched() {
    let w = World::start().await;
    let license = w.license().with("maxCores", 8).create().await;
    let body = machine(&license, json!({ "fingerprint": "laptop", "cores": 8 }));
    let laptop = license
        .holder
        .post("/machines", body)
        .await
        .expect(201)
        .id();
    let lower = json!({ "data": { "type": "licenses", "attributes": { "maxCores": 4 } } });
    w.admin()
        .patch(&format!("/licenses/{}", license.id), lower)
        .await
        .expect(200);
    let action = |name: &str| format!("/machines/{laptop}/actions/{name}");

    for answer in [
        license.holder.post(&action("ping"), json!({})).await,
        w.admin().post(&action("reset"), json!({})).await,
        w.admin()
            .patch(
                &format!("/machines/{laptop}"),
                change(json!({ "name": "x" })),
            )
            .await,
    ] {
        assert_eq!(
            (answer.status, answer.code()),
            (422, "MACHINE_CORE_LIMIT_EXCEEDED")
        );
    }
    w.admin()
        .patch(
            &format!("/machines/{laptop}"),
            change(json!({ "cores": 4 })),
        )
        .await
        .expect(200);
    license
        .holder
        .post(&action("ping"), json!({}))
        .await
        .expect(200);
}
