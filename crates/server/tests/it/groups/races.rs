//! Many at once want the last places of a group: the group's lock settles it.

use futures::future::join_all;

use super::*;

fn created(statuses: &[u16]) -> (usize, usize) {
    let count = |wanted| statuses.iter().filter(|status| **status == wanted).count();
    (count(201), count(422))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn twelve_users_that_want_three_places_get_three() {
    let w = World::start().await;
    let id = group(&w, json!({ "name": "Team A", "maxUsers": 3 })).await;

    let bodies = (0..12).map(|n| {
        json!({ "data": {
            "type": "users",
            "attributes": { "email": format!("user-{n}@example.com") },
            "relationships": { "group": { "data": { "type": "groups", "id": id } } },
        } })
    });
    let admin = w.admin();
    let answers = join_all(bodies.map(|body| admin.post("/users", body))).await;

    let statuses: Vec<_> = answers.iter().map(|answer| answer.status).collect();
    assert_eq!(created(&statuses), (3, 9));
    let refused = answers.iter().find(|answer| answer.status == 422).unwrap();
    assert_eq!(refused.code(), "GROUP_USER_LIMIT_EXCEEDED");
    assert_eq!(refused.pointer(), "/data/relationships/group");
    let members = w
        .admin()
        .get(&format!("/groups/{id}/users"))
        .await
        .expect(200);
    assert_eq!(ids(&members.body).len(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn twelve_licenses_and_machines_that_inherit_a_group_share_its_places() {
    let w = World::start().await;
    let id = group(
        &w,
        json!({ "name": "Team A", "maxLicenses": 2, "maxMachines": 4 }),
    )
    .await;
    let owner = user_in(&w, &id, "ada@example.com").await;
    let policy = w.policy().create().await;
    let admin = w.admin();

    let licenses = join_all((0..12).map(|_| {
        let body = json!({ "data": {
            "type": "licenses",
            "relationships": {
                "policy": { "data": { "type": "policies", "id": policy } },
                "owner": { "data": { "type": "users", "id": owner } },
            },
        } });
        admin.post("/licenses", body)
    }))
    .await;
    let statuses: Vec<_> = licenses.iter().map(|answer| answer.status).collect();
    assert_eq!(created(&statuses), (2, 10));

    let license = licenses
        .iter()
        .find(|answer| answer.created())
        .unwrap()
        .id();
    let machines = join_all((0..12).map(|n| {
        let body = json!({ "data": {
            "type": "machines",
            "attributes": { "fingerprint": format!("machine-{n}") },
            "relationships": { "license": { "data": { "type": "licenses", "id": license } } },
        } });
        admin.post("/machines", body)
    }))
    .await;
    let statuses: Vec<_> = machines.iter().map(|answer| answer.status).collect();
    assert_eq!(created(&statuses), (4, 8));
    let refused = machines.iter().find(|answer| answer.status == 422).unwrap();
    assert_eq!(refused.code(), "GROUP_MACHINE_LIMIT_EXCEEDED");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_user_is_made_an_owner_once() {
    let w = World::start().await;
    let id = group(&w, json!({ "name": "Team A" })).await;
    let ada = w.user("ada@example.com").await;
    let (admin, path) = (w.admin(), format!("/groups/{id}/owners"));

    let answers = join_all((0..8).map(|_| admin.post(&path, users(&[&ada])))).await;

    let statuses: Vec<_> = answers.iter().map(|answer| answer.status).collect();
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1);
    assert_eq!(statuses.iter().filter(|status| **status == 422).count(), 7);
}
