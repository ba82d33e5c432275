//! The owners of a group.

use super::*;

#[tokio::test]
async fn owners_come_all_or_none() {
    let w = World::start().await;
    let id = group(&w, json!({ "name": "Team A" })).await;
    let (ada, bob) = (
        w.user("ada@example.com").await,
        w.user("bob@example.com").await,
    );
    let path = format!("/groups/{id}/owners");
    let stranger = "d22692b1-0b4b-4cb7-9e3e-449e0fdf9cd8";

    let unknown = w
        .admin()
        .post(&path, users(&[&ada, stranger]))
        .await
        .expect(422);
    assert_eq!(unknown.code(), "USER_NOT_FOUND");
    assert_eq!(unknown.pointer(), "/data/relationships/user");
    assert!(ids(&w.admin().get(&path).await.expect(200).body).is_empty());

    let made = w.admin().post(&path, users(&[&ada])).await.expect(200);
    let owner = &made.body["data"][0];
    assert_eq!(owner["type"], "group-owners");
    assert_eq!(owner["relationships"]["user"]["data"]["id"], ada.as_str());
    assert_eq!(owner["relationships"]["group"]["data"]["id"], id.as_str());

    let taken = w
        .admin()
        .post(&path, users(&[&bob, &ada]))
        .await
        .expect(422);
    assert_eq!(taken.code(), "USER_TAKEN");
    let twice = w
        .admin()
        .post(&path, users(&[&bob, &bob]))
        .await
        .expect(422);
    assert_eq!(twice.code(), "USER_TAKEN");
    assert_eq!(ids(&w.admin().get(&path).await.expect(200).body).len(), 1);
}

#[tokio::test]
async fn owners_go_all_or_none() {
    let w = World::start().await;
    let id = group(&w, json!({ "name": "Team A" })).await;
    let (ada, bob) = (
        w.user("ada@example.com").await,
        w.user("bob@example.com").await,
    );
    let path = format!("/groups/{id}/owners");
    w.admin().post(&path, users(&[&ada])).await.expect(200);
    let detach = async |ids: &[&str]| {
        w.admin()
            .send(reqwest::Method::DELETE, &path, Some(users(ids)))
            .await
    };

    let refused = detach(&[&ada, &bob]).await.expect(422);
    assert_eq!(refused.at("/errors/0/title"), "Unprocessable entity");
    assert_eq!(refused.pointer(), "/data/1");
    assert_eq!(
        refused.detail(),
        format!("owner relationship for user '{bob}' not found")
    );
    assert_eq!(ids(&w.admin().get(&path).await.expect(200).body).len(), 1);

    detach(&[&ada]).await.expect(204);
    assert!(ids(&w.admin().get(&path).await.expect(200).body).is_empty());
}

#[tokio::test]
async fn an_owner_reads_and_changes_nothing() {
    let w = World::start().await;
    let id = group(&w, json!({ "name": "Team A" })).await;
    let other = group(&w, json!({ "name": "Team B" })).await;
    let ada = w.user("ada@example.com").await;
    let path = format!("/groups/{id}");
    let owners = format!("{path}/owners");
    let made = w.admin().post(&owners, users(&[&ada])).await.expect(200);
    let owner = made.body["data"][0]["id"].as_str().unwrap().to_owned();
    let caller = w.log_in("ada@example.com").await;

    assert_eq!(
        ids(&caller.get("/groups").await.expect(200).body),
        [id.as_str()]
    );
    caller.get(&path).await.expect(200);
    caller.get(&format!("{owners}/{owner}")).await.expect(200);
    caller.get(&format!("/groups/{other}")).await.expect(403);
    caller.patch(&path, json!({})).await.expect(403);
    caller.delete(&path).await.expect(403);
    caller.post(&owners, users(&[&ada])).await.expect(403);
}
