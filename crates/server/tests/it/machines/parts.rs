//! Machines, as clients see them: activated with their hardware.

use keystead_domain::event::EventName;
use keystead_testkit::{License, World};
use serde_json::{Value, json};

use super::{machine, told};

/// The body that activates a machine with parts of these fingerprints.
fn with(license: &License, fingerprint: &str, parts: &[&str]) -> Value {
    let mut body = machine(license, json!({ "fingerprint": fingerprint }));
    let parts: Vec<Value> = parts
        .iter()
        .map(|part| {
            let attributes = json!({ "fingerprint": part, "name": "CPU" });
            json!({ "type": "components", "attributes": attributes })
        })
        .collect();
    body["data"]["relationships"]["components"] = json!({ "data": parts });
    body
}

async fn parts(w: &World) -> usize {
    let list = w.admin().get("/components").await.expect(200);
    list.at("/data").as_array().map_or(0, Vec::len)
}

#[tokio::test]
async fn a_machine_comes_with_its_parts_and_one_event_tells_of_all() {
    let w = World::start().await;
    let license = w.license().create().await;
    let body = with(&license, "laptop", &["cpu", "gpu"]);

    let made = license.holder.post("/machines", body).await.expect(201);

    let below = format!("/machines/{}/components", made.id());
    let listed = license.holder.get(&below).await.expect(200);
    let mut prints: Vec<&str> = listed.at("/data").as_array().expect("a list")[..]
        .iter()
        .filter_map(|part| part["attributes"]["fingerprint"].as_str())
        .collect();
    prints.sort_unstable();
    assert_eq!(prints, ["cpu", "gpu"]);
    assert_eq!(told(&w, EventName::MachineCreated).await, 1);
    assert_eq!(told(&w, EventName::ComponentCreated).await, 0);
}

#[tokio::test]
async fn parts_that_are_taken_or_twice_there_keep_the_machine_out() {
    let w = World::start().await;
    let license = w
        .license()
        .policy("componentUniquenessStrategy", "UNIQUE_PER_LICENSE")
        .create()
        .await;
    let first = with(&license, "laptop", &["cpu"]);
    w.admin().post("/machines", first).await.expect(201);
    let many: Vec<String> = (0..21).map(|n| format!("part-{n}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();

    let taken = with(&license, "desktop", &["gpu", "cpu"]);
    let taken = w.admin().post("/machines", taken).await.expect(422);
    let twice = with(&license, "desktop", &["gpu", "gpu"]);
    let twice = w.admin().post("/machines", twice).await.expect(422);
    let many = with(&license, "desktop", &many);
    let many = w.admin().post("/machines", many).await.expect(422);

    let at = |n: u8| {
        json!(format!(
            "/data/relationships/components/data/{n}/attributes/fingerprint"
        ))
    };
    assert_eq!(taken.code(), "COMPONENTS_FINGERPRINT_TAKEN");
    assert_eq!(taken.detail(), "has already been taken for this license");
    assert_eq!(taken.at("/errors/0/source/pointer"), &at(1));
    assert_eq!(twice.code(), "COMPONENTS_FINGERPRINT_CONFLICT");
    assert_eq!(twice.at("/errors/0/source/pointer"), &at(0));
    assert_eq!(twice.at("/errors/1/source/pointer"), &at(1));
    assert_eq!(many.detail(), "too many records");
    assert_eq!(parts(&w).await, 1);
    w.admin().get("/machines/desktop").await.expect(404);
}

#[tokio::test]
async fn who_may_not_add_components_brings_none() {
    let w = World::start().await;
    let permissions = json!(["machine.create", "machine.read"]);
    let license = w.license().with("permissions", permissions).create().await;

    let body = with(&license, "laptop", &["cpu"]);
    license.holder.post("/machines", body).await.expect(403);
    let bare = machine(&license, json!({ "fingerprint": "laptop" }));
    license.holder.post("/machines", bare).await.expect(201);
    assert_eq!(parts(&w).await, 0);
}
