//! Licenses, as clients see them: validate versions.

use keystead_testkit::World;
use serde_json::{Value, json};

use super::{change, key};

const PATH: &str = "/licenses/actions/validate-key";

#[tokio::test]
async fn old_versions_name_the_code_a_constant_and_tolerate_no_overage() {
    let w = World::start().await;
    let made = w
        .license()
        .policy("strict", true)
        .policy("maxMachines", 3)
        .policy("overageStrategy", "ALWAYS_ALLOW_OVERAGE")
        .create()
        .await;
    made.activate("laptop").await.expect(201);
    made.activate("desktop").await.expect(201);
    let path = format!("/licenses/{}", made.id);
    w.admin()
        .patch(&path, change(json!({ "maxMachines": 1 })))
        .await
        .expect(200);
    let body = || key(&made.key, Value::Null);

    let new = w.anyone().post(PATH, body()).await.expect(200);
    assert_eq!(new.at("/meta/code"), "TOO_MANY_MACHINES");
    assert_eq!(new.at("/meta/valid"), true);

    let old = w
        .anyone()
        .with("keygen-version", "1.1")
        .post(PATH, body())
        .await
        .expect(200);
    assert_eq!(old.at("/meta/constant"), "TOO_MANY_MACHINES");
    assert_eq!(old.at("/meta/code"), &Value::Null);
    assert_eq!(old.at("/meta/valid"), false);
}

#[tokio::test]
async fn old_versions_call_the_owner_the_user() {
    let w = World::start().await;
    let ann = w.user("ann@acme.example").await;
    let made = w.license().owner(&ann).create().await;

    let old = w.anyone().with("keygen-version", "1.5");
    let answer = old
        .post(PATH, key(&made.key, Value::Null))
        .await
        .expect(200);

    assert_eq!(answer.at("/data/relationships/owner"), &Value::Null);
    assert_eq!(answer.at("/data/relationships/user/data/id"), &json!(ann));
    let link = answer
        .at("/data/relationships/user/links/related")
        .as_str()
        .unwrap();
    assert!(link.ends_with("/user"), "{link}");
}
