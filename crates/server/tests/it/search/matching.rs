//! What a search finds.

use super::*;

async fn license(w: &World, attributes: Value) -> String {
    let policy = w.policy().create().await;
    let body = json!({ "data": {
        "type": "licenses",
        "attributes": attributes,
        "relationships": { "policy": { "data": { "type": "policies", "id": policy } } },
    } });
    w.admin().post("/licenses", body).await.expect(201).id()
}

#[tokio::test]
async fn a_part_of_a_text_is_found_whatever_its_case() {
    let w = World::start().await;
    let aurora = license(&w, json!({ "name": "Aurora 100%_Studio \"é\"" })).await;
    license(&w, json!({ "name": "Borealis 1000 Studio" })).await;

    #[rustfmt::skip]
    let table = [
        ("aurora",     true),
        ("RORA 1",     true),
        ("100%_s",     true),
        ("\"é\"",      true),
        ("auroras",    false),
        ("1%_",        false),
        ("'; --",      false),
        ("* OR name:", false),
    ];
    for (term, expected) in table {
        let ids = found(&w, "licenses", json!({ "name": term })).await;
        assert_eq!(ids.contains(&aurora), expected, "{term}");
        assert!(ids.len() <= 1, "{term}");
    }
}

#[tokio::test]
async fn a_key_is_found_as_a_whole_only() {
    let w = World::start().await;
    let id = license(&w, json!({ "key": "some-license-key" })).await;

    assert_eq!(
        found(&w, "licenses", json!({ "key": "some-license-key" })).await,
        [id]
    );
    assert!(
        found(&w, "licenses", json!({ "key": "some-license" }))
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn an_id_is_found_by_any_part() {
    let w = World::start().await;
    let id = license(&w, json!({})).await;

    for term in [&id[..], &id[4..20], &id.to_uppercase()[20..]] {
        assert!(
            found(&w, "licenses", json!({ "id": term }))
                .await
                .contains(&id),
            "{term}"
        );
    }
    assert!(
        found(&w, "license", json!({ "id": "fffffff" }))
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn members_of_free_data_are_found_when_contained() {
    let w = World::start().await;
    let id = license(
        &w,
        json!({ "metadata": {
        "customerId": "c-1842", "trial": true, "seats": 100, "ratio": 1.5, "none": null,
        "object": { "foo": "bar", "baz": "qux" }, "array": [1, 2, { "deep": "down" }],
    } }),
    )
    .await;
    license(
        &w,
        json!({ "metadata": { "customerId": "c-18420", "trial": "yes" } }),
    )
    .await;

    #[rustfmt::skip]
    let table = [
        (json!({ "customerId": "c-1842" }),            true),
        (json!({ "customer_id": "c-1842" }),           true),
        (json!({ "customerId": "c-184" }),             false),
        (json!({ "other": "c-1842" }),                 false),
        (json!({ "trial": "true" }),                   true),
        (json!({ "trial": true }),                     true),
        (json!({ "trial": false }),                    false),
        (json!({ "seats": "100" }),                    true),
        (json!({ "seats": 100 }),                      true),
        (json!({ "seats": 10 }),                       false),
        (json!({ "ratio": "1.5" }),                    true),
        (json!({ "none": "null" }),                    true),
        (json!({ "object": { "baz": "qux" } }),        true),
        (json!({ "object": { "baz": "bar" } }),        false),
        (json!({ "object": {} }),                      true),
        (json!({ "array": [2] }),                      true),
        (json!({ "array": [2, 1] }),                   true),
        (json!({ "array": [3] }),                      false),
        (json!({ "array": [{ "deep": "down" }] }),     true),
        (json!({ "seats": 100, "trial": false }),      false),
    ];
    for (members, expected) in table {
        let ids = found(&w, "licenses", json!({ "metadata": members })).await;
        assert_eq!(ids.contains(&id), expected, "{members}");
    }
}

#[tokio::test]
async fn what_records_are_tied_to_finds_them() {
    let w = World::start().await;
    let (ada, bob) = (
        w.user("ada@example.com").await,
        w.user("bob@example.com").await,
    );
    let product = w.product().await;
    let policy = w
        .policy()
        .of(&product)
        .with("name", "Premium #1")
        .create()
        .await;
    let mine = w.license().of(&policy).owner(&ada).create().await;
    let other = w.license().owner(&bob).create().await;
    let machine = mine.activate("laptop").await.expect(201).id();
    other.activate("desktop").await.expect(201);

    for term in ["ada@example", &ada, "ADA@"] {
        assert_eq!(
            found(&w, "licenses", json!({ "owner": term })).await,
            std::slice::from_ref(&mine.id),
            "{term}"
        );
        assert_eq!(
            found(&w, "licenses", json!({ "user": term })).await,
            std::slice::from_ref(&mine.id),
            "{term}"
        );
        assert_eq!(
            found(&w, "machines", json!({ "user": term })).await,
            std::slice::from_ref(&machine),
            "{term}"
        );
    }
    assert_eq!(
        found(&w, "licenses", json!({ "policy": "premium" })).await,
        std::slice::from_ref(&mine.id)
    );
    assert_eq!(
        found(&w, "machines", json!({ "policy": policy })).await,
        std::slice::from_ref(&machine)
    );
    assert_eq!(
        found(&w, "machines", json!({ "product": product })).await,
        std::slice::from_ref(&machine)
    );
    assert_eq!(
        found(&w, "machines", json!({ "license": mine.id })).await,
        std::slice::from_ref(&machine)
    );
    assert_eq!(
        found(&w, "policies", json!({ "product": product })).await,
        [policy]
    );
}

#[tokio::test]
async fn users_are_found_across_roles_and_by_both_names() {
    let w = World::start().await;
    let body = json!({ "data": { "type": "users", "attributes": {
        "email": "ada@example.com", "firstName": "Ada", "lastName": "King Byron",
    } } });
    let ada = w.admin().post("/users", body).await.expect(201).id();

    assert_eq!(
        found(&w, "users", json!({ "fullName": "ada king b" })).await,
        std::slice::from_ref(&ada)
    );
    assert_eq!(found(&w, "users", json!({ "name": "Ada" })).await, [ada]);
    assert!(
        found(&w, "users", json!({ "fullName": "Byron Ada" }))
            .await
            .is_empty()
    );
    let admins = found(&w, "users", json!({ "role": "admin" })).await;
    assert_eq!(admins.len(), 1);
    assert!(
        found(&w, "users", json!({ "lastName": null }))
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn one_term_is_enough_when_asked_so() {
    let w = World::start().await;
    let one = license(&w, json!({ "name": "Aurora" })).await;
    let two = license(&w, json!({ "name": "Borealis" })).await;
    let body = |op: &str| {
        json!({ "meta": { "type": "licenses", "op": op, "query": {
        "name": "aurora", "id": two,
    } } })
    };

    let any = w.admin().post("/search", body("or")).await.expect(200);
    assert_eq!(any.body["data"].as_array().unwrap().len(), 2);
    assert_eq!(any.at("/data/1/id"), one.as_str());
    let all = w.admin().post("/search", body("AND")).await.expect(200);
    assert_eq!(all.body["data"], json!([]));
    w.admin().post("/search", body("XOR")).await.expect(400);
}

#[tokio::test]
async fn what_changed_or_went_is_found_as_it_is_now() {
    let w = World::start().await;
    let id = license(&w, json!({ "name": "Aurora" })).await;
    let path = format!("/licenses/{id}");
    let change = json!({ "data": { "type": "licenses", "attributes": { "name": "Borealis" } } });

    w.admin().patch(&path, change).await.expect(200);
    assert!(
        found(&w, "licenses", json!({ "name": "aurora" }))
            .await
            .is_empty()
    );
    assert_eq!(
        found(&w, "licenses", json!({ "name": "boreal" })).await,
        [id]
    );

    // It goes with its product, by a foreign key.
    let products = found(&w, "products", json!({ "name": "editor" })).await;
    w.admin()
        .delete(&format!("/products/{}", products[0]))
        .await
        .expect(204);
    assert!(
        found(&w, "licenses", json!({ "name": "boreal" }))
            .await
            .is_empty()
    );
    license(&w, json!({ "name": "Borealis" })).await;
    assert_eq!(
        found(&w, "licenses", json!({ "name": "boreal" }))
            .await
            .len(),
        1
    );
}
