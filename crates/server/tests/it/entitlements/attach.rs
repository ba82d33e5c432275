//! Entitlements of policies and licenses.

use std::collections::BTreeMap;

use futures::future::join_all;
use keystead_domain::event::EventName;
use keystead_store::entities::event;
use keystead_testkit::World;
use reqwest::Method;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use super::*;

const UNKNOWN: &str = "0b7f0a0e-5d3c-4a0b-8f1f-0c1e7a3a4b10";

async fn detach(w: &World, path: &str, ids: &[&str]) -> Answer {
    w.admin().send(Method::DELETE, path, Some(links(ids))).await
}

#[tokio::test]
async fn what_is_attached_is_answered_as_what_joins_the_two() {
    let w = World::start().await;
    let (policy, license) = {
        let policy = w.policy().create().await;
        let license = w.license().of(&policy).create().await;
        (policy, license.id)
    };
    let (one, two) = (entitlement(&w, "ONE").await, entitlement(&w, "TWO").await);
    let account = w.account();

    for (noun, singular, id, entitlement) in [
        ("policies", "policy", &policy, &one),
        ("licenses", "license", &license, &two),
    ] {
        let path = format!("/{noun}/{id}/entitlements");
        let answer = w
            .admin()
            .post(&path, links(&[entitlement]))
            .await
            .expect(200);
        let joined = answer.at("/data/0");
        assert_eq!(joined["type"], format!("{singular}-entitlements"));
        assert_eq!(
            joined["links"],
            json!({ "related": format!("/v1/accounts/{account}{path}/{entitlement}") })
        );
        assert_eq!(
            joined["relationships"][singular],
            json!({
                "links": { "related": format!("/v1/accounts/{account}/{noun}/{id}") },
                "data": { "type": noun, "id": id },
            })
        );
        assert_eq!(
            joined["relationships"]["entitlement"]["data"]["id"],
            entitlement.as_str()
        );
    }
}

#[tokio::test]
async fn all_are_attached_or_none() {
    let w = World::start().await;
    let path = format!("/policies/{}/entitlements", w.policy().create().await);
    let (one, two) = (entitlement(&w, "ONE").await, entitlement(&w, "TWO").await);
    w.admin().post(&path, links(&[&one])).await.expect(200);
    let many = vec![two.as_str(); 101];

    let at = "/data/relationships/entitlement";
    #[rustfmt::skip]
    let table: [(&[&str], _); 5] = [
        (&[&two, &one],     (422, "ENTITLEMENT_TAKEN",     at,      "already exists")),
        (&[&two, &two],     (422, "ENTITLEMENT_TAKEN",     at,      "already exists")),
        (&[&two, UNKNOWN],  (422, "ENTITLEMENT_NOT_FOUND", at,      "must exist")),
        (&[],               (400, "",                      "/data", "length must be between 1 and 100 (inclusive)")),
        (&many,             (400, "",                      "/data", "length must be between 1 and 100 (inclusive)")),
    ];
    for (ids, expected) in table {
        let refused = w.admin().post(&path, links(ids)).await;
        assert_eq!(
            (
                refused.status,
                refused.code(),
                refused.pointer(),
                refused.detail()
            ),
            expected
        );
    }
    assert_eq!(codes(&w.admin().get(&path).await), ["ONE"]);
}

#[tokio::test]
async fn all_are_detached_or_none_and_the_entitlements_stay() {
    let w = World::start().await;
    let policy = w.policy().create().await;
    let license = w.license().of(&policy).create().await;
    let (one, two) = (entitlement(&w, "ONE").await, entitlement(&w, "TWO").await);
    let of_policy = format!("/policies/{policy}/entitlements");
    let of_license = format!("/licenses/{}/entitlements", license.id);
    w.admin().post(&of_policy, links(&[&one])).await.expect(200);
    w.admin()
        .post(&of_license, links(&[&two]))
        .await
        .expect(200);

    let unknown = detach(&w, &of_policy, &[&one, UNKNOWN]).await.expect(422);
    assert_eq!(unknown.at("/errors/0/title"), "Unprocessable entity");
    assert_eq!(
        (unknown.pointer(), unknown.detail()),
        (
            "/data/1",
            format!("cannot detach entitlement '{UNKNOWN}' (entitlement is not attached)").as_str()
        )
    );
    let inherited = detach(&w, &of_license, &[&two, &one]).await.expect(403);
    assert_eq!(
        (inherited.pointer(), inherited.detail()),
        (
            "/data/1",
            format!("cannot detach entitlement '{one}' (entitlement is attached through policy)")
                .as_str()
        )
    );
    let conflict = w
        .admin()
        .post(&of_license, links(&[&one]))
        .await
        .expect(422);
    assert_eq!(conflict.code(), "ENTITLEMENT_CONFLICT");
    let both = w.admin().get(&of_license).await.expect(200);
    assert_eq!(codes(&both).len(), 2);

    detach(&w, &of_license, &[&two]).await.expect(204);
    detach(&w, &of_policy, &[&one]).await.expect(204);
    assert!(codes(&w.admin().get(&of_license).await).is_empty());
    assert_eq!(codes(&w.admin().get("/entitlements").await).len(), 2);
}

#[tokio::test]
async fn the_log_tells_which_codes_came_and_went() {
    let w = World::start().await;
    let policy = w.policy().create().await;
    let path = format!("/policies/{policy}/entitlements");
    let one = entitlement(&w, "ONE").await;

    w.admin().post(&path, links(&[&one])).await.expect(200);
    detach(&w, &path, &[&one]).await.expect(204);

    for name in [
        EventName::PolicyEntitlementsAttached,
        EventName::PolicyEntitlementsDetached,
    ] {
        let told = event::Entity::find()
            .filter(event::Column::Name.eq(name.as_str()))
            .one(&w.app().db)
            .await
            .expect("the database answers")
            .expect("an event");
        assert_eq!(told.metadata, Some(json!({ "codes": ["ONE"] })));
        assert_eq!(told.resource_id, policy.parse::<Uuid>().unwrap());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixteen_that_attach_the_same_do_it_once() {
    let w = World::start().await;
    let license = w.license().create().await;
    let path = format!("/licenses/{}/entitlements", license.id);
    let one = entitlement(&w, "ONE").await;
    let admin = w.admin();

    let answers = join_all((0..16).map(|_| admin.post(&path, links(&[&one])))).await;

    let mut outcomes = BTreeMap::new();
    for answer in &answers {
        *outcomes.entry(answer.status).or_insert(0) += 1;
    }
    assert_eq!(outcomes, BTreeMap::from([(200, 1), (422, 15)]));
}

#[tokio::test]
async fn a_validation_finds_what_was_attached() {
    let w = World::start().await;
    let license = w.license().create().await;
    let one = entitlement(&w, "ONE").await;
    let ask = json!({ "meta": { "key": license.key, "scope": { "entitlements": ["ONE"] } } });
    let valid = async || {
        let answer = w
            .anyone()
            .post("/licenses/actions/validate-key", ask.clone())
            .await
            .expect(200);
        answer.at("/meta/valid").as_bool().expect("a verdict")
    };
    let path = format!("/licenses/{}/entitlements", license.id);

    assert!(!valid().await);
    w.admin().post(&path, links(&[&one])).await.expect(200);
    assert!(valid().await);
    w.admin().delete("/entitlements/ONE").await.expect(204);
    assert!(!valid().await);
}
