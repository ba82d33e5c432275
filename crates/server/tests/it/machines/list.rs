//! Lists of machines, and what narrows them.

use chrono::TimeDelta;

use super::*;

#[tokio::test]
async fn a_list_holds_what_its_filters_let_through() {
    let w = World::start().await;
    let ann = w.user("ann@acme.example").await;
    let product = w.product().await;
    let policy = w.policy().of(&product).create().await;
    let license = w.license().of(&policy).owner(&ann).create().await;
    let other = w.license().create().await;
    let office = group(&w, 10).await;
    let mut body = owned(&license, "laptop", &ann);
    body["data"]["attributes"]["ip"] = "203.0.113.9".into();
    body["data"]["attributes"]["hostname"] = "edge-04".into();
    body["data"]["attributes"]["metadata"] = json!({ "rackNo": 12, "spare": true, "row": "b" });
    body["data"]["relationships"]["group"] = json!({ "data": { "type": "groups", "id": office } });
    let laptop = w.admin().post("/machines", body).await.expect(201).id();
    let desktop = other.activate("desktop").await.expect(201).id();
    let find = async |query: &str| {
        w.admin()
            .get(&format!("/machines?{query}"))
            .await
            .expect(200)
    };

    let nobody = "0b7f0a0e-5d3c-4a0b-8f1f-0c1e7a3a4b10";
    for query in [
        "fingerprint=laptop".to_owned(),
        "ip=203.0.113.9".to_owned(),
        "hostname=edge-04".to_owned(),
        format!("product={product}"),
        format!("policy={policy}"),
        format!("license={}", license.id),
        format!("group={office}"),
        format!("key={}", license.key),
        format!("owner={ann}"),
        "owner=ann@acme.example".to_owned(),
        format!("user={ann}"),
        "user=ANN@acme.example".to_owned(),
        format!("user={ann}&fingerprint=laptop&product={product}"),
    ] {
        assert_eq!(ids(&find(&query).await), [laptop.as_str()], "{query}");
    }
    for query in [
        "fingerprint=lapto".to_owned(),
        format!("product={nobody}"),
        "license=none".to_owned(),
        format!("owner={nobody}"),
        format!("fingerprint=laptop&license={}", other.id),
        "status=asleep".to_owned(),
    ] {
        assert!(ids(&find(&query).await).is_empty(), "{query}");
    }
    assert_eq!(ids(&find("").await).len(), 2);
    let own = other.holder.get("/machines").await.expect(200);
    assert_eq!(ids(&own), [desktop.as_str()]);
    w.anyone().get("/machines").await.expect(401);
}

#[tokio::test]
async fn metadata_narrows_a_list_by_value_or_by_what_prints_like_it() {
    let w = World::start().await;
    let license = w.license().create().await;
    let attributes = json!({
        "fingerprint": "laptop",
        "metadata": { "rackNo": 12, "spare": true, "row": "b", "none": null, "ratio": 0.5 },
    });
    w.admin()
        .post("/machines", machine(&license, attributes))
        .await
        .expect(201);
    let desktop = json!({ "fingerprint": "desktop", "metadata": { "rackNo": "12", "row": "c" } });
    w.admin()
        .post("/machines", machine(&license, desktop))
        .await
        .expect(201);
    let found = async |query: &str| {
        ids(&w
            .admin()
            .get(&format!("/machines?{query}"))
            .await
            .expect(200))
        .len()
    };

    assert_eq!(found("metadata[rackNo]=12").await, 2);
    assert_eq!(found("metadata[rack_no]=12").await, 2);
    assert_eq!(found("metadata[spare]=true").await, 1);
    assert_eq!(found("metadata[none]=null").await, 1);
    assert_eq!(found("metadata[ratio]=0.5").await, 1);
    assert_eq!(found("metadata[rackNo]=12&metadata[row]=c").await, 1);
    assert_eq!(found("metadata[spare]=false").await, 0);
    assert_eq!(found("metadata[unknown]=null").await, 0);
}

#[tokio::test]
async fn the_living_and_the_dead_can_be_told_apart() {
    let w = World::start().await;
    let license = w
        .license()
        .policy("heartbeatCullStrategy", "KEEP_DEAD")
        .policy("heartbeatBasis", "FROM_FIRST_PING")
        .create()
        .await;
    let required = w
        .license()
        .policy("heartbeatCullStrategy", "KEEP_DEAD")
        .policy("requireHeartbeat", true)
        .policy("heartbeatBasis", "FROM_FIRST_PING")
        .create()
        .await;
    let idle = license.activate("never pinged").await.expect(201).id();
    let silent = required
        .activate("never pinged, but required")
        .await
        .expect(201)
        .id();
    let pinged = license.activate("pinged long ago").await.expect(201).id();
    let ping = format!("/machines/{pinged}/actions/ping");
    license.holder.post(&ping, json!({})).await.expect(200);
    let found = async |status: &str| {
        let answer = w
            .admin()
            .get(&format!("/machines?order=asc&status={status}"))
            .await;
        ids(&answer.expect(200))
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };

    w.advance(TimeDelta::seconds(600));
    assert_eq!(
        found("ALIVE").await,
        [idle.clone(), silent.clone(), pinged.clone()]
    );
    assert!(found("dead").await.is_empty());
    w.advance(TimeDelta::seconds(1));
    assert_eq!(found("alive").await, [idle]);
    assert_eq!(found("Dead").await, [silent, pinged]);
}

#[tokio::test]
async fn below_a_license_are_its_machines() {
    let w = World::start().await;
    let license = w.license().create().await;
    let other = w.license().create().await;
    let laptop = license.activate("laptop").await.expect(201).id();
    w.advance(TimeDelta::seconds(1));
    let desktop = license.activate("desktop").await.expect(201).id();
    other.activate("laptop").await.expect(201);
    let path = format!("/licenses/{}/machines", license.id);

    for caller in [&w.admin(), &license.holder] {
        let answer = caller.get(&path).await.expect(200);
        assert_eq!(ids(&answer), [desktop.as_str(), &laptop], "newest first");
        let answer = caller
            .get(&format!("{path}?fingerprint=laptop"))
            .await
            .expect(200);
        assert_eq!(ids(&answer), [laptop.as_str()]);
        let answer = caller
            .get(&format!("{path}?page[number]=2&page[size]=1"))
            .await
            .expect(200);
        assert_eq!(ids(&answer), [laptop.as_str()]);
    }
    other.holder.get(&path).await.expect(404);
}
