//! A machine, by id or fingerprint, and what it belongs to.

use super::*;

#[tokio::test]
async fn a_machine_is_shown_by_id_and_by_fingerprint_to_those_who_see_it() {
    let w = World::start().await;
    let ann = w.user("ann@acme.example").await;
    let bob = w.user("bob@acme.example").await;
    w.user("eve@acme.example").await;
    let product = w.product().await;
    let policy = w.policy().of(&product).create().await;
    let license = w.license().of(&policy).owner(&ann).create().await;
    let other = w.license().create().await;
    crate::users::attach(&w, &license.id, &bob).await;
    let laptop = license.activate("4d:71.a").await.expect(201).id();
    let vendor = w.bearer(&w.product_token(&product).await);
    let foreign = w.bearer(&w.product_token(&w.product().await).await);
    let (ann, bob, eve) = (
        w.log_in("ann@acme.example").await,
        w.log_in("bob@acme.example").await,
        w.log_in("eve@acme.example").await,
    );

    for caller in [&w.admin(), &license.holder, &vendor, &ann, &bob] {
        for segment in [laptop.as_str(), &laptop.replace('-', ""), "4d:71.a"] {
            let answer = caller
                .get(&format!("/machines/{segment}"))
                .await
                .expect(200);
            assert_eq!(answer.id(), laptop, "{segment}");
        }
    }
    for caller in [&other.holder, &foreign, &eve] {
        let answer = caller.get(&format!("/machines/{laptop}")).await.expect(404);
        assert_eq!(
            answer.detail(),
            format!("The requested machine '{laptop}' was not found")
        );
    }
    w.admin().get("/machines/4d:71.a%0A").await.expect(404);
    w.anyone()
        .get(&format!("/machines/{laptop}"))
        .await
        .expect(401);
}

#[tokio::test]
async fn of_machines_with_one_fingerprint_the_oldest_in_sight_is_meant() {
    let w = World::start().await;
    let older = w.license().create().await;
    let newer = w.license().create().await;
    let first = older.activate("laptop").await.expect(201).id();
    w.advance(chrono::TimeDelta::seconds(1));
    let second = newer.activate("laptop").await.expect(201).id();

    assert_eq!(w.admin().get("/machines/laptop").await.id(), first);
    assert_eq!(newer.holder.get("/machines/laptop").await.id(), second);
}

#[tokio::test]
async fn a_machine_leads_to_what_it_belongs_to() {
    let w = World::start().await;
    let ann = w.user("ann@acme.example").await;
    let product = w.product().await;
    let policy = w.policy().of(&product).create().await;
    let license = w.license().of(&policy).owner(&ann).create().await;
    let mine = w
        .admin()
        .post("/machines", owned(&license, "a", &ann))
        .await
        .expect(201)
        .id();
    let nobodys = license.activate("b").await.expect(201).id();
    let of = async |machine: &str, name: &str| {
        w.admin().get(&format!("/machines/{machine}/{name}")).await
    };

    assert_eq!(of(&mine, "product").await.expect(200).id(), product);
    assert_eq!(of(&mine, "license").await.expect(200).id(), license.id);
    assert_eq!(of(&mine, "owner").await.expect(200).id(), ann);
    assert_eq!(
        of(&nobodys, "owner").await.expect(200).body,
        json!({ "data": null })
    );
    assert_eq!(
        of(&nobodys, "user").await.expect(200).id(),
        ann,
        "the license's owner"
    );
    license
        .holder
        .get(&format!("/machines/{mine}/product"))
        .await
        .expect(403);
    assert_eq!(
        license
            .holder
            .get(&format!("/machines/{mine}/license"))
            .await
            .expect(200)
            .id(),
        license.id
    );
}
