//! The members of a group: who sees them.

use super::*;

#[tokio::test]
async fn an_owner_sees_the_members_and_a_member_does_not() {
    let w = World::start().await;
    let id = group(&w, json!({ "name": "Team A" })).await;
    let ada = w.user("ada@example.com").await;
    let bob = user_in(&w, &id, "bob@example.com").await;
    let license = w.license().owner(&bob).create().await;
    let machine = license.activate("laptop").await.expect(201).id();
    let owners = format!("/groups/{id}/owners");
    w.admin().post(&owners, users(&[&ada])).await.expect(200);
    let (owner, member) = (
        w.log_in("ada@example.com").await,
        w.log_in("bob@example.com").await,
    );

    for (below, inside) in [
        ("users", &bob),
        ("licenses", &license.id),
        ("machines", &machine),
    ] {
        let path = format!("/groups/{id}/{below}");
        assert_eq!(
            ids(&owner.get(&path).await.expect(200).body),
            [inside.as_str()],
            "{below}"
        );
        owner.get(&format!("{path}/{inside}")).await.expect(200);
        member.get(&path).await.expect(403);
        w.admin().get(&format!("{path}/{inside}")).await.expect(200);
    }
    owner
        .get(&format!("/groups/{id}/users/{ada}"))
        .await
        .expect(404);
    // Only below the group: elsewhere these are somebody else's.
    owner
        .get(&format!("/licenses/{}", license.id))
        .await
        .expect(404);
}

#[tokio::test]
async fn a_product_sees_its_own_customers_among_the_members() {
    let w = World::start().await;
    let id = group(&w, json!({ "name": "Team A" })).await;
    let product = w.product().await;
    let policy = w.policy().of(&product).create().await;
    let customer = user_in(&w, &id, "ada@example.com").await;
    user_in(&w, &id, "bob@example.com").await;
    w.license().of(&policy).owner(&customer).create().await;
    let vendor = w.bearer(&w.product_token(&product).await);

    let found = vendor.get(&format!("/groups/{id}/users")).await.expect(200);

    assert_eq!(ids(&found.body), [customer]);
}
