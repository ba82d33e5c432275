//! Deactivation gives back what activation took.

use super::*;

#[tokio::test]
async fn a_deactivated_machine_frees_its_seat() {
    let w = World::start().await;
    let license = w.license().max_machines(1).create().await;
    let body = machine(
        &license,
        json!({ "fingerprint": "lap.top:1", "cores": 4, "memory": 8 }),
    );
    license.holder.post("/machines", body).await.expect(201);
    assert_eq!(tally(&w, &license).await, [1, 4, 8, 0]);

    let answer = license
        .holder
        .delete("/machines/lap.top:1")
        .await
        .expect(204);

    assert_eq!(answer.text, "");
    assert_eq!(tally(&w, &license).await, [0, 0, 0, 0]);
    assert_eq!(told(&w, EventName::MachineDeleted).await, 1);
    license.activate("desktop").await.expect(201);
    assert_eq!(
        license.holder.delete("/machines/lap.top:1").await.code(),
        "NOT_FOUND"
    );
}

#[tokio::test]
async fn a_token_deactivates_as_often_as_it_may() {
    let w = World::start().await;
    let license = w.license().create().await;
    let app = token(
        &w,
        &license,
        tokens::Draft {
            max_deactivations: Some(1),
            ..tokens::Draft::default()
        },
    )
    .await;
    license.activate("laptop").await.expect(201);
    license.activate("desktop").await.expect(201);

    app.delete("/machines/laptop").await.expect(204);
    let answer = app.delete("/machines/desktop").await.expect(422);

    assert_eq!(answer.code(), "DEACTIVATIONS_LIMIT_EXCEEDED");
    assert_eq!(answer.pointer(), "/data/attributes/deactivations");
    assert_eq!(tally(&w, &license).await[0], 1);
}

#[tokio::test]
async fn who_may_not_deactivate_is_told_what_it_may_know() {
    let w = World::start().await;
    let license = w.license().create().await;
    let other = w.license().create().await;
    let laptop = license.activate("laptop").await.expect(201).id();
    let path = format!("/machines/{laptop}");

    other.holder.delete(&path).await.expect(404);
    w.anyone().delete(&path).await.expect(401);
    crate::users::staff(&w, "support-agent")
        .await
        .delete(&path)
        .await
        .expect(403);
    assert_eq!(tally(&w, &license).await[0], 1);
}
