//! Activation: what is stored, and what is refused.

use chrono::TimeDelta;

use super::*;

#[tokio::test]
async fn an_activation_answers_the_whole_machine() {
    let w = World::start().await;
    let license = w
        .license()
        .policy("requireHeartbeat", true)
        .policy("maxProcesses", 4)
        .create()
        .await;
    let attributes = json!({
        "fingerprint": "9f:3c:aa:01",
        "cores": 8,
        "memory": 17_179_869_184_i64,
        "disk": i64::MAX,
        "ip": "203.0.113.9",
        "hostname": "edge-04",
        "platform": "linux",
        "name": "Edge 04",
        "metadata": { "rackNo": 12 },
    });

    let answer = license
        .holder
        .post("/machines", machine(&license, attributes))
        .await
        .expect(201);

    let at = |name: &str| answer.at(&format!("/data/attributes/{name}")).clone();
    let now = "2026-01-01T00:00:00.000Z";
    let location = format!("/machines/{}", answer.id());
    assert!(answer.header("location").ends_with(&location));
    assert_eq!(at("fingerprint"), "9f:3c:aa:01");
    assert_eq!(at("disk"), i64::MAX);
    assert_eq!(at("metadata"), json!({ "rackNo": 12 }));
    assert_eq!(at("requireHeartbeat"), true);
    assert_eq!(at("heartbeatStatus"), "ALIVE");
    assert_eq!(at("heartbeatDuration"), 600);
    assert_eq!(at("lastHeartbeat"), now);
    assert_eq!(at("nextHeartbeat"), "2026-01-01T00:10:00.000Z");
    assert_eq!(at("maxProcesses"), 4);
    assert_eq!(at("lastCheckOut"), Value::Null);
    assert_eq!((at("created"), at("updated")), (json!(now), json!(now)));
    assert_eq!(
        answer.at("/data/relationships/license/data/id"),
        license.id.as_str()
    );
    assert_eq!(answer.at("/data/relationships/owner/data"), &Value::Null);
    assert_eq!(tally(&w, &license).await, [1, 8, 17_179_869_184, i64::MAX]);
    assert_eq!(told(&w, EventName::MachineCreated).await, 1);
    let shown = w
        .admin()
        .get(&format!("/machines/{}", answer.id()))
        .await
        .expect(200);
    assert_eq!(shown.body["data"], answer.body["data"]);
}

#[tokio::test]
async fn an_activation_is_a_handful_of_statements() {
    let w = World::start().await;
    let license = w.license().max_machines(5).create().await;
    let holder = BearerId::License(license.id.parse().unwrap());
    let cx = request(&w, Role::License, holder).await;
    let draft = keystead_app::machines::Draft {
        id: None,
        license: license.id.parse().unwrap(),
        owner: None,
        group: None,
        environment: None,
        fingerprint: "laptop".to_owned(),
        name: None,
        ip: None,
        hostname: None,
        platform: None,
        cores: None,
        memory: None,
        disk: None,
        metadata: None,
        parts: Vec::new(),
    };

    w.app().settle().await;
    let before = w.app().db.statements();
    keystead_app::machines::activate(&cx, draft).await.unwrap();

    // BEGIN, the license with its policy, the seat, the machine, its heart, the event, who listens,
    // COMMIT. Where a `WITH` may write: the license, and everything else.
    let expected = if w.app().db.dialect().writes_within_with() {
        2
    } else {
        8
    };
    assert_eq!(w.app().db.statements() - before, expected);
}

#[tokio::test]
async fn who_subscribed_is_told_of_an_activation() {
    let w = World::start().await;
    let license = w.license().max_machines(1).create().await;
    w.admin()
        .post(
            "/webhook-endpoints",
            json!({ "data": { "type": "webhook-endpoints", "attributes": {
                "url": "https://example.com/hook", "subscriptions": ["machine.created"],
            } } }),
        )
        .await
        .expect(201);

    let machine = license.activate("laptop").await.expect(201);

    let sent = w.admin().get("/webhook-events").await.expect(200);
    let events: Vec<_> = sent.body["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|sent| sent["attributes"]["payload"].as_str().unwrap())
        .collect();
    assert_eq!(events.len(), 1);
    assert!(events[0].contains(&machine.id()), "{}", events[0]);
}

#[tokio::test]
async fn seats_bend_as_far_as_the_overage_strategy_says() {
    let w = World::start().await;
    #[rustfmt::skip]
    let table = [
        // strategy,              floating, seats, last that fits
        ("NO_OVERAGE",           true,  5, 5),
        ("ALLOW_1_25X_OVERAGE",  true,  4, 5),
        ("ALLOW_1_5X_OVERAGE",   true,  4, 6),
        ("ALLOW_2X_OVERAGE",     true,  5, 10),
        ("ALLOW_2X_OVERAGE",     false, 1, 2),
        ("NO_OVERAGE",           false, 1, 1),
        ("ALWAYS_ALLOW_OVERAGE", true,  1, 12),
    ];
    for (strategy, floating, seats, last) in table {
        let license = w
            .license()
            .policy("floating", floating)
            .policy("maxMachines", seats)
            .policy("overageStrategy", strategy)
            .create()
            .await;
        for n in 1..=last {
            license.activate(&format!("machine-{n}")).await.expect(201);
        }
        if strategy == "ALWAYS_ALLOW_OVERAGE" {
            continue;
        }
        let answer = license.activate("one too many").await.expect(422);
        assert_eq!(
            answer.code(),
            "MACHINE_LIMIT_EXCEEDED",
            "{strategy} of {seats}"
        );
        assert_eq!(answer.pointer(), "/data");
        assert_eq!(
            answer.detail(),
            format!("machine count has exceeded maximum allowed for license ({seats})")
        );
        assert_eq!(tally(&w, &license).await[0], last);
    }
}

#[tokio::test]
async fn the_first_machine_always_finds_a_seat() {
    let w = World::start().await;
    let license = w.license().max_machines(1).create().await;
    // A limit of none at all can't be set any more; older rows may have one.
    let db = &w.app().db;
    db.execute_unprepared("UPDATE licenses SET max_machines = NULL")
        .await
        .unwrap();
    db.execute_unprepared("UPDATE policies SET max_machines = 0")
        .await
        .unwrap();

    license.activate("laptop").await.expect(201);

    assert_eq!(
        license.activate("desktop").await.code(),
        "MACHINE_LIMIT_EXCEEDED"
    );
}

#[tokio::test]
async fn cores_memory_and_disk_have_limits_of_their_own() {
    let w = World::start().await;
    #[rustfmt::skip]
    let table = [
        ("cores",  "maxCores",  "MACHINE_CORE_LIMIT_EXCEEDED",   "machine core count"),
        ("memory", "maxMemory", "MACHINE_MEMORY_LIMIT_EXCEEDED", "machine memory"),
        ("disk",   "maxDisk",   "MACHINE_DISK_LIMIT_EXCEEDED",   "machine disk"),
    ];
    for (name, max, code, what) in table {
        let license = w.license().with(max, 8).create().await;
        let activate = async |fingerprint: &str, size: i64| {
            let attributes = json!({ "fingerprint": fingerprint, name: size });
            license
                .holder
                .post("/machines", machine(&license, attributes))
                .await
        };

        assert_eq!(
            activate("first", 9).await.code(),
            code,
            "also the first one"
        );
        activate("first", 5).await.expect(201);
        let answer = activate("second", 4).await.expect(422);
        assert_eq!(answer.code(), code);
        assert_eq!(
            answer.detail(),
            format!("{what} has exceeded maximum allowed for license (8)")
        );
        activate("second", 3).await.expect(201);
        license.activate("of no size").await.expect(201);
    }
}

#[tokio::test]
async fn leased_per_user_every_owner_has_a_bucket() {
    let w = World::start().await;
    let ann = w.user("ann@acme.example").await;
    let license = w
        .license()
        .policy("machineLeasingStrategy", "PER_USER")
        .max_machines(2)
        .owner(&ann)
        .create()
        .await;
    let activate = async |body: Value| w.admin().post("/machines", body).await;

    activate(owned(&license, "a1", &ann)).await.expect(201);
    activate(owned(&license, "a2", &ann)).await.expect(201);
    let answer = activate(owned(&license, "a3", &ann)).await.expect(422);
    assert_eq!(
        answer.detail(),
        "machine count has exceeded maximum allowed for user (2)"
    );
    activate(machine(&license, json!({ "fingerprint": "n1" })))
        .await
        .expect(201);
    activate(machine(&license, json!({ "fingerprint": "n2" })))
        .await
        .expect(201);
    let answer = activate(machine(&license, json!({ "fingerprint": "n3" }))).await;
    assert_eq!(answer.code(), "MACHINE_LIMIT_EXCEEDED");
    assert_eq!(tally(&w, &license).await[0], 4);
}

#[tokio::test]
async fn everything_wrong_with_a_draft_is_told_at_once() {
    let w = World::start().await;
    let license = w.license().create().await;
    let mut body = machine(
        &license,
        json!({ "fingerprint": "actions", "cores": 0, "name": "x".repeat(256) }),
    );
    body["data"]["relationships"]["owner"] =
        json!({ "data": { "type": "users", "id": "0b7f0a0e-5d3c-4a0b-8f1f-0c1e7a3a4b10" } });

    let answer = w.admin().post("/machines", body).await.expect(422);

    assert_eq!(
        codes(&answer),
        [
            "FINGERPRINT_NOT_ALLOWED",
            "NAME_TOO_LONG",
            "CORES_INVALID",
            "OWNER_NOT_FOUND"
        ]
    );
    assert_eq!(
        answer.at("/errors/3/source/pointer"),
        "/data/relationships/owner"
    );
    assert_eq!(tally(&w, &license).await[0], 0);
    assert_eq!(told(&w, EventName::MachineCreated).await, 0);
}

#[tokio::test]
async fn a_license_that_is_unknown_is_a_problem_to_staff_and_out_of_reach_to_others() {
    let w = World::start().await;
    let license = w.license().create().await;
    let other = w.license().create().await;
    let mut body = machine(&license, json!({ "fingerprint": "laptop" }));
    body["data"]["relationships"]["license"]["data"]["id"] =
        "0b7f0a0e-5d3c-4a0b-8f1f-0c1e7a3a4b10".into();

    let answer = w.admin().post("/machines", body.clone()).await.expect(422);
    assert_eq!(
        (answer.code(), answer.detail()),
        ("LICENSE_NOT_FOUND", "must exist")
    );
    license
        .holder
        .post("/machines", body.clone())
        .await
        .expect(403);
    w.anyone().post("/machines", body).await.expect(401);
    let foreign = machine(&license, json!({ "fingerprint": "laptop" }));
    other.holder.post("/machines", foreign).await.expect(403);
}

#[tokio::test]
async fn an_owner_must_hold_the_license() {
    let w = World::start().await;
    let ann = w.user("ann@acme.example").await;
    let bob = w.user("bob@acme.example").await;
    let eve = w.user("eve@acme.example").await;
    let license = w
        .license()
        .with("protected", false)
        .owner(&ann)
        .create()
        .await;
    crate::users::attach(&w, &license.id, &bob).await;
    let caller = w.log_in("bob@acme.example").await;

    w.admin()
        .post("/machines", owned(&license, "a", &ann))
        .await
        .expect(201);
    caller
        .post("/machines", owned(&license, "b", &bob))
        .await
        .expect(201);
    let answer = w
        .admin()
        .post("/machines", owned(&license, "c", &eve))
        .await
        .expect(422);
    assert_eq!(
        (answer.code(), answer.detail()),
        ("OWNER_INVALID", "must be a valid license user")
    );
    let unowned = machine(&license, json!({ "fingerprint": "d" }));
    caller.post("/machines", unowned).await.expect(403);
    caller
        .post("/machines", owned(&license, "e", &ann))
        .await
        .expect(403);
}

#[tokio::test]
async fn a_full_group_takes_no_more_machines() {
    let w = World::start().await;
    let office = group(&w, 1).await;
    let license = w.license().create().await;
    let activate = async |fingerprint: &str| {
        let mut body = machine(&license, json!({ "fingerprint": fingerprint }));
        body["data"]["relationships"]["group"] =
            json!({ "data": { "type": "groups", "id": office } });
        w.admin().post("/machines", body).await
    };

    let answer = activate("laptop").await.expect(201);
    assert_eq!(
        answer.at("/data/relationships/group/data/id"),
        office.as_str()
    );
    let answer = activate("desktop").await.expect(422);

    assert_eq!(answer.code(), "GROUP_MACHINE_LIMIT_EXCEEDED");
    assert_eq!(answer.pointer(), "/data/relationships/group");
    assert_eq!(
        answer.detail(),
        "machine count has exceeded maximum allowed by current group (1)"
    );
}

#[tokio::test]
async fn an_id_may_be_chosen_once() {
    let w = World::start().await;
    let license = w.license().create().await;
    let chosen = "0b7f0a0e-5d3c-4a0b-8f1f-0c1e7a3a4b10";
    let activate = async |fingerprint: &str| {
        let mut body = machine(&license, json!({ "fingerprint": fingerprint }));
        body["data"]["id"] = chosen.into();
        w.admin().post("/machines", body).await
    };

    assert_eq!(activate("laptop").await.expect(201).id(), chosen);
    let answer = activate("desktop").await.expect(422);

    assert_eq!(
        (answer.code(), answer.pointer()),
        ("ID_CONFLICT", "/data/id")
    );
    assert_eq!(answer.detail(), "must not conflict with another machine");
    assert_eq!(tally(&w, &license).await[0], 1);
}

#[tokio::test]
async fn the_first_activation_may_start_the_licenses_term() {
    let w = World::start().await;
    let license = w
        .license()
        .policy("duration", 86_400)
        .policy("expirationBasis", "FROM_FIRST_ACTIVATION")
        .create()
        .await;
    assert_eq!(stored(&w, &license).await.expiry, None);

    license.activate("laptop").await.expect(201);
    let expiry = w.now() + TimeDelta::days(1);
    assert_eq!(stored(&w, &license).await.expiry, Some(expiry));

    w.advance(TimeDelta::hours(1));
    license.activate("desktop").await.expect(201);
    assert_eq!(stored(&w, &license).await.expiry, Some(expiry));
}

#[tokio::test]
async fn a_token_activates_as_often_as_it_may() {
    let w = World::start().await;
    let license = w.license().create().await;
    let app = token(
        &w,
        &license,
        tokens::Draft {
            max_activations: Some(1),
            ..tokens::Draft::default()
        },
    )
    .await;
    let body = |fingerprint: &str| machine(&license, json!({ "fingerprint": fingerprint }));

    app.post("/machines", body("actions")).await.expect(422);
    app.post("/machines", body("laptop")).await.expect(201);
    let answer = app.post("/machines", body("desktop")).await.expect(422);

    assert_eq!(answer.code(), "ACTIVATIONS_LIMIT_EXCEEDED");
    assert_eq!(answer.detail(), "exceeds maximum allowed (1)");
    assert_eq!(answer.pointer(), "/data/attributes/activations");
    assert_eq!(tally(&w, &license).await[0], 1);
    license.activate("desktop").await.expect(201);
}
