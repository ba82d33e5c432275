//! Components, as clients see them.

use keystead_testkit::{Answer, Caller, License, World};
use serde_json::{Value, json};

fn body(machine: &str, attributes: Value) -> Value {
    json!({ "data": {
        "type": "components",
        "attributes": attributes,
        "relationships": { "machine": { "data": { "type": "machines", "id": machine } } },
    } })
}

async fn add(caller: &Caller, machine: &str, fingerprint: &str) -> Answer {
    let attributes = json!({ "fingerprint": fingerprint, "name": "MOBO" });
    caller.post("/components", body(machine, attributes)).await
}

async fn machine(license: &License, fingerprint: &str) -> String {
    license.activate(fingerprint).await.expect(201).id()
}

fn ids(answer: &Answer) -> Vec<&str> {
    let rows = answer.at("/data").as_array().map_or(&[][..], Vec::as_slice);
    rows.iter().filter_map(|row| row["id"].as_str()).collect()
}

#[tokio::test]
async fn a_component_is_added_shown_changed_and_removed() {
    let w = World::start().await;
    let license = w.license().create().await;
    let laptop = machine(&license, "laptop").await;
    let attributes =
        json!({ "fingerprint": "E31E", "name": "MOBO", "metadata": { "make": "Acme" } });

    let made = w
        .admin()
        .post("/components", body(&laptop, attributes))
        .await
        .expect(201);
    let path = format!("/components/{}", made.id());
    let change = json!({ "data": { "type": "components", "attributes": { "name": "CPU" } } });
    let changed = w.admin().patch(&path, change).await.expect(200);
    let listed = w.admin().get("/components").await.expect(200);
    let of_machine = w
        .admin()
        .get(&format!("/machines/laptop/components/{}", made.id()))
        .await;
    w.admin().delete(&path).await.expect(204);
    let gone = w.admin().get(&path).await.expect(404);

    let attribute = |name: &str| made.at(&format!("/data/attributes/{name}"));
    assert_eq!(
        (attribute("fingerprint"), attribute("name")),
        (&json!("E31E"), &json!("MOBO"))
    );
    assert_eq!(attribute("metadata"), &json!({ "make": "Acme" }));
    let linked = |name: &str| made.at(&format!("/data/relationships/{name}/data/id"));
    assert_eq!(
        (linked("machine"), linked("license")),
        (&json!(laptop), &json!(license.id))
    );
    assert_eq!(changed.at("/data/attributes/name"), "CPU");
    assert_eq!(
        (ids(&listed), of_machine.status),
        (vec![made.id().as_str()], 200)
    );
    let detail = format!(
        "The requested machine component '{}' was not found",
        made.id()
    );
    assert_eq!(gone.detail(), detail);
}

#[tokio::test]
async fn a_fingerprint_is_unique_where_the_policy_says() {
    let w = World::start().await;
    #[rustfmt::skip]
    let table = [
        // strategy,              same machine, license, policy, product, account
        ("UNIQUE_PER_MACHINE",  [422, 201, 201, 201, 201], ""),
        ("UNIQUE_PER_LICENSE",  [422, 422, 201, 201, 201], " for this license"),
        ("UNIQUE_PER_POLICY",   [422, 422, 422, 201, 201], " for this policy"),
        ("UNIQUE_PER_PRODUCT",  [422, 422, 422, 422, 201], " for this product"),
        ("UNIQUE_PER_ACCOUNT",  [422, 422, 422, 422, 422], " for this account"),
    ];
    for (strategy, statuses, scope) in table {
        let product = w.product().await;
        let strict = || w.policy().with("componentUniquenessStrategy", strategy);
        let policy = strict().of(&product).create().await;
        let license = w.license().of(&policy).create().await;
        let sibling = w.license().of(&policy).create().await;
        let cousin = w
            .license()
            .of(&strict().of(&product).create().await)
            .create()
            .await;
        let stranger = w.license().of(&strict().create().await).create().await;
        let first = machine(&license, "first").await;
        let others = [
            first.clone(),
            machine(&license, "second").await,
            machine(&sibling, "third").await,
            machine(&cousin, "fourth").await,
            machine(&stranger, "fifth").await,
        ];
        let print = format!("print-{strategy}");
        add(&w.admin(), &first, &print).await.expect(201);

        for (n, (machine, status)) in others.iter().zip(statuses).enumerate() {
            let answer = add(&w.admin(), machine, &print).await;
            assert_eq!(answer.status, status, "{strategy} {n}: {}", answer.text);
            if status == 422 {
                let scope = if n == 0 { "" } else { scope };
                assert_eq!(answer.code(), "FINGERPRINT_TAKEN");
                assert_eq!(answer.detail(), format!("has already been taken{scope}"));
                assert_eq!(answer.pointer(), "/data/attributes/fingerprint");
            } else {
                // It must not stand in the next one's way.
                let path = format!("/components/{}", answer.id());
                w.admin().delete(&path).await.expect(204);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixteen_that_want_the_same_fingerprint_of_an_account_are_one() {
    let w = World::start().await;
    let policy = w
        .policy()
        .with("componentUniquenessStrategy", "UNIQUE_PER_ACCOUNT")
        .create()
        .await;
    let mut machines = Vec::new();
    for _ in 0..16 {
        let license = w.license().of(&policy).create().await;
        machines.push(machine(&license, "laptop").await);
    }
    let admin = w.admin();

    let racing = machines.iter().map(|machine| add(&admin, machine, "E31E"));
    let answers = futures::future::join_all(racing).await;

    assert_eq!(answers.iter().filter(|answer| answer.created()).count(), 1);
    assert!(
        answers
            .iter()
            .all(|answer| matches!(answer.status, 201 | 422))
    );
}

#[tokio::test]
async fn what_is_wrong_with_a_component_is_told() {
    let w = World::start().await;
    let license = w.license().create().await;
    let laptop = machine(&license, "laptop").await;
    let long = "x".repeat(4097);
    let nowhere = "0b7f0a0e-5d3c-4a0b-8f1f-0c1e7a3a4b10";
    #[rustfmt::skip]
    let table = [
        (&*laptop, json!({ "name": "a" }),                           400, "", "/data/attributes/fingerprint"),
        (&*laptop, json!({ "fingerprint": "", "name": "a" }),        400, "", "/data/attributes/fingerprint"),
        (&*laptop, json!({ "fingerprint": "a" }),                    400, "", "/data/attributes/name"),
        (&*laptop, json!({ "fingerprint": "actions", "name": "a" }), 422, "FINGERPRINT_NOT_ALLOWED", "/data/attributes/fingerprint"),
        (&*laptop, json!({ "fingerprint": long, "name": "a" }),      422, "FINGERPRINT_TOO_LONG", "/data/attributes/fingerprint"),
        (nowhere,  json!({ "fingerprint": "a", "name": "a" }),       422, "MACHINE_NOT_FOUND", "/data/relationships/machine"),
    ];

    for (machine, attributes, status, code, pointer) in table {
        let answer = w
            .admin()
            .post("/components", body(machine, attributes.clone()))
            .await;
        let found = (answer.status, answer.code(), answer.pointer());
        assert_eq!(found, (status, code, pointer), "{}", answer.text);
    }
}

#[tokio::test]
async fn a_license_adds_to_its_own_machines_only() {
    let w = World::start().await;
    let (mine, other) = (w.license().create().await, w.license().create().await);
    let (laptop, theirs) = (
        machine(&mine, "laptop").await,
        machine(&other, "desktop").await,
    );
    let change =
        |attributes: Value| json!({ "data": { "type": "components", "attributes": attributes } });

    let made = add(&mine.holder, &laptop, "E31E").await.expect(201);
    let foreign = add(&mine.holder, &theirs, "E31E").await.expect(403);
    let path = format!("/components/{}", made.id());
    let named = mine
        .holder
        .patch(&path, change(json!({ "name": "CPU" })))
        .await;
    let described = mine
        .holder
        .patch(&path, change(json!({ "metadata": {} })))
        .await;
    let unseen = other.holder.get(&path).await;

    assert_eq!((foreign.status, named.status), (403, 200));
    assert_eq!(
        (described.status, described.pointer()),
        (400, "/data/attributes/metadata")
    );
    assert_eq!(unseen.status, 404);
}

#[tokio::test]
async fn lists_are_narrowed() {
    let w = World::start().await;
    let (a, b) = (w.license().create().await, w.license().create().await);
    let (laptop, desktop) = (machine(&a, "laptop").await, machine(&b, "desktop").await);
    let one = add(&w.admin(), &laptop, "E31E").await.expect(201).id();
    let two = add(&w.admin(), &desktop, "E31E").await.expect(201).id();
    #[rustfmt::skip]
    let table = [
        (String::new(),                    vec![&*two, &*one]),
        (format!("?machine={laptop}"),     vec![&*one]),
        (format!("?license={}", b.id),     vec![&*two]),
        ("?machine=laptop".to_owned(),     vec![]),
        ("?user=ann@acme.example".into(),  vec![]),
    ];

    for (query, expected) in table {
        let answer = w
            .admin()
            .get(&format!("/components{query}"))
            .await
            .expect(200);
        assert_eq!(ids(&answer), expected, "{query}");
    }
    assert_eq!(ids(&a.holder.get("/components").await.expect(200)), [one]);
}

#[tokio::test]
async fn a_validation_counts_the_components_of_the_named_machine() {
    let w = World::start().await;
    #[rustfmt::skip]
    let table = [
        // strategy,    components asked for,   code
        ("MATCH_ANY",  json!(["a", "x"]),       "VALID"),
        ("MATCH_ANY",  json!(["x"]),            "COMPONENTS_SCOPE_MISMATCH"),
        ("MATCH_TWO",  json!(["a", "b", "x"]),  "VALID"),
        ("MATCH_TWO",  json!(["a"]),            "COMPONENTS_SCOPE_MISMATCH"),
        ("MATCH_MOST", json!(["a", "b", "x"]),  "VALID"),
        ("MATCH_MOST", json!(["a", "x", "y"]),  "COMPONENTS_SCOPE_MISMATCH"),
        ("MATCH_ALL",  json!(["a", "b", "b"]),  "VALID"),
        ("MATCH_ALL",  json!(["a", "b", "x"]),  "COMPONENTS_SCOPE_MISMATCH"),
        ("MATCH_ALL",  json!([]),               "COMPONENTS_SCOPE_EMPTY"),
    ];
    for (strategy, components, code) in table {
        let license = w
            .license()
            .policy("componentMatchingStrategy", strategy)
            .create()
            .await;
        let laptop = machine(&license, "laptop").await;
        let desktop = machine(&license, "desktop").await;
        for print in ["a", "b"] {
            add(&license.holder, &laptop, print).await.expect(201);
        }
        add(&license.holder, &desktop, "x").await.expect(201);
        let scope = json!({ "fingerprint": "laptop", "components": components });
        let ask = json!({ "meta": { "key": license.key, "scope": scope } });

        let answer = w
            .anyone()
            .post("/licenses/actions/validate-key", ask)
            .await
            .expect(200);

        assert_eq!(answer.at("/meta/code"), code, "{strategy} {components}");
    }
}
