//! Processes, as clients see them.

mod heartbeat;
mod limits;

use keystead_testkit::{Answer, Caller, License, World};
use serde_json::{Value, json};

fn body(machine: &str, attributes: Value) -> Value {
    json!({ "data": {
        "type": "processes",
        "attributes": attributes,
        "relationships": { "machine": { "data": { "type": "machines", "id": machine } } },
    } })
}

async fn spawn(caller: &Caller, machine: &str, pid: &str) -> Answer {
    caller
        .post("/processes", body(machine, json!({ "pid": pid })))
        .await
}

async fn machine(license: &License, fingerprint: &str) -> String {
    license.activate(fingerprint).await.expect(201).id()
}

fn ids(answer: &Answer) -> Vec<&str> {
    let rows = answer.at("/data").as_array().map_or(&[][..], Vec::as_slice);
    rows.iter().filter_map(|row| row["id"].as_str()).collect()
}

#[tokio::test]
async fn a_process_is_started_shown_changed_and_ended() {
    let w = World::start().await;
    let license = w.license().create().await;
    let laptop = machine(&license, "laptop").await;

    let made = spawn(&license.holder, &laptop, "1337").await.expect(201);
    let path = format!("/processes/{}", made.id());
    let change =
        json!({ "data": { "type": "processes", "attributes": { "metadata": { "a": 1 } } } });
    let changed = w.admin().patch(&path, change.clone()).await.expect(200);
    let refused = license.holder.patch(&path, change).await.expect(400);
    let listed = w
        .admin()
        .get("/machines/laptop/processes")
        .await
        .expect(200);
    license.holder.delete(&path).await.expect(204);
    let gone = w.admin().get(&path).await.expect(404);

    let attribute = |name: &str| made.at(&format!("/data/attributes/{name}"));
    assert_eq!(
        (attribute("pid"), attribute("status")),
        (&json!("1337"), &json!("ALIVE"))
    );
    let text = |seconds: i64| {
        let time = w.now() + chrono::TimeDelta::seconds(seconds);
        json!(time.to_rfc3339_opts(chrono::SecondsFormat::Millis, true))
    };
    assert_eq!(
        (attribute("interval"), attribute("lastHeartbeat")),
        (&json!(600), &text(0))
    );
    assert_eq!(attribute("nextHeartbeat"), &text(600));
    assert_eq!(changed.at("/data/attributes/metadata"), &json!({ "a": 1 }));
    assert_eq!(refused.pointer(), "/data/attributes/metadata");
    assert_eq!(ids(&listed), [made.id()]);
    let detail = format!(
        "The requested machine process '{}' was not found",
        made.id()
    );
    assert_eq!(gone.detail(), detail);
}

#[tokio::test]
async fn what_is_wrong_with_a_process_is_told() {
    let w = World::start().await;
    let license = w.license().create().await;
    let laptop = machine(&license, "laptop").await;
    let first = spawn(&w.admin(), &laptop, "1").await.expect(201).id();
    let nowhere = "0b7f0a0e-5d3c-4a0b-8f1f-0c1e7a3a4b10";
    let mut conflicting = body(&laptop, json!({ "pid": "2" }));
    conflicting["data"]["id"] = first.into();
    #[rustfmt::skip]
    let table = [
        (body(&laptop, json!({ "pid": "1" })),       422, "PID_TAKEN",         "/data/attributes/pid"),
        (body(&laptop, json!({ "pid": "" })),        400, "",                  "/data/attributes/pid"),
        (body(&laptop, json!({ "pid": "actions" })), 422, "PID_NOT_ALLOWED",   "/data/attributes/pid"),
        (body(nowhere, json!({ "pid": "1" })),       422, "MACHINE_NOT_FOUND", "/data/relationships/machine"),
        (conflicting,                                422, "ID_CONFLICT",       "/data/id"),
    ];

    for (body, status, code, pointer) in table {
        let answer = w.admin().post("/processes", body).await;
        let found = (answer.status, answer.code(), answer.pointer());
        assert_eq!(found, (status, code, pointer), "{}", answer.text);
    }
}
