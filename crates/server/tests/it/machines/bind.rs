//! Another owner, another group.

use super::*;

fn link(kind: &str, id: &str) -> Value {
    json!({ "data": { "type": kind, "id": id } })
}

#[tokio::test]
async fn a_machine_can_be_given_to_a_user_of_its_license() {
    let w = World::start().await;
    let ann = w.user("ann@acme.example").await;
    let eve = w.user("eve@acme.example").await;
    let license = w.license().owner(&ann).create().await;
    let laptop = license.activate("laptop").await.expect(201).id();
    let path = format!("/machines/{laptop}/owner");

    let answer = w.admin().put(&path, link("users", &ann)).await.expect(200);
    assert_eq!(answer.id(), laptop);
    assert_eq!(answer.at("/data/relationships/owner/data/id"), ann.as_str());
    assert_eq!(told(&w, EventName::MachineOwnerUpdated).await, 1);
    let answer = w.admin().put(&path, link("users", &eve)).await.expect(422);
    assert_eq!(answer.code(), "OWNER_INVALID");
    let answer = w
        .admin()
        .put(&path, json!({ "data": null }))
        .await
        .expect(200);
    assert_eq!(answer.at("/data/relationships/owner/data"), &Value::Null);
    license
        .holder
        .put(&path, link("users", &ann))
        .await
        .expect(403);
}

#[tokio::test]
async fn a_machine_moves_between_groups_that_have_room() {
    let w = World::start().await;
    let (office, lab) = (group(&w, 1).await, group(&w, 1).await);
    let license = w.license().create().await;
    let laptop = license.activate("laptop").await.expect(201).id();
    let desktop = license.activate("desktop").await.expect(201).id();
    let join = async |machine: &str, body: Value| {
        w.admin()
            .put(&format!("/machines/{machine}/group"), body)
            .await
    };

    let answer = join(&laptop, link("groups", &office)).await.expect(200);
    assert_eq!(
        answer.at("/data/relationships/group/data/id"),
        office.as_str()
    );
    join(&laptop, link("groups", &office)).await.expect(200);
    let answer = join(&desktop, link("groups", &office)).await.expect(422);
    assert_eq!(answer.code(), "GROUP_MACHINE_LIMIT_EXCEEDED");
    join(&desktop, link("groups", &lab)).await.expect(200);
    join(&laptop, json!({ "data": null })).await.expect(200);
    join(&desktop, link("groups", &office)).await.expect(200);
    let unknown = link("groups", "0b7f0a0e-5d3c-4a0b-8f1f-0c1e7a3a4b10");
    assert_eq!(join(&laptop, unknown).await.code(), "GROUP_NOT_FOUND");
    assert_eq!(told(&w, EventName::MachineGroupUpdated).await, 5);
}
