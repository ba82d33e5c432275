//! How many processes may run, where they are counted.

use futures::future::join_all;

use super::*;

#[tokio::test]
async fn processes_are_counted_where_the_policy_says() {
    let w = World::start().await;
    #[rustfmt::skip]
    let table = [
        // leasing,      same machine, other machine
        ("PER_MACHINE",  [201, 422,    201], "machine"),
        ("PER_LICENSE",  [201, 422,    422], "license"),
        ("PER_USER",     [201, 422,    422], "user"),
    ];
    for (leasing, statuses, whose) in table {
        let license = w
            .license()
            .policy("processLeasingStrategy", leasing)
            .policy("maxProcesses", 1)
            .create()
            .await;
        let laptop = machine(&license, "laptop").await;
        let desktop = machine(&license, "desktop").await;

        let places = [(&laptop, "1"), (&laptop, "2"), (&desktop, "3")];
        for ((machine, pid), status) in places.into_iter().zip(statuses) {
            let answer = spawn(&license.holder, machine, pid).await;
            assert_eq!(answer.status, status, "{leasing} {pid}: {}", answer.text);
            if status == 422 {
                let detail = format!("process count has exceeded maximum allowed for {whose} (1)");
                assert_eq!(answer.detail(), detail);
                assert_eq!(answer.code(), "MACHINE_PROCESS_LIMIT_EXCEEDED");
                assert_eq!(answer.pointer(), "/data");
            }
        }
    }
}

#[tokio::test]
async fn overage_is_tolerated_as_the_policy_says() {
    let w = World::start().await;
    for (strategy, fit) in [
        ("NO_OVERAGE", 2),
        ("ALLOW_1_5X_OVERAGE", 3),
        ("ALLOW_2X_OVERAGE", 4),
        ("ALWAYS_ALLOW_OVERAGE", 6),
    ] {
        let license = w
            .license()
            .policy("overageStrategy", strategy)
            .policy("maxProcesses", 2)
            .create()
            .await;
        let laptop = machine(&license, "laptop").await;

        let mut started = 0;
        for pid in 0..6 {
            started += u32::from(
                spawn(&license.holder, &laptop, &pid.to_string())
                    .await
                    .created(),
            );
        }

        assert_eq!(started, fit, "{strategy}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn thirty_two_that_want_five_places_get_five() {
    let w = World::start().await;
    for leasing in ["PER_MACHINE", "PER_LICENSE"] {
        let license = w
            .license()
            .policy("processLeasingStrategy", leasing)
            .policy("maxProcesses", 5)
            .create()
            .await;
        let laptop = machine(&license, "laptop").await;

        let pids: Vec<String> = (0..32).map(|pid| pid.to_string()).collect();
        let racing = pids.iter().map(|pid| spawn(&license.holder, &laptop, pid));
        let answers = join_all(racing).await;

        assert_eq!(
            answers.iter().filter(|answer| answer.created()).count(),
            5,
            "{leasing}"
        );
        assert!(
            answers
                .iter()
                .all(|answer| matches!(answer.status, 201 | 422))
        );
    }
}

#[tokio::test]
async fn a_validation_counts_processes_of_a_strict_policy() {
    let w = World::start().await;
    let scope = |text: &str| json!({ "fingerprint": text });
    #[rustfmt::skip]
    let table = [
        // leasing,      overage,                scope,              valid, code
        ("PER_MACHINE",  "NO_OVERAGE",           scope("laptop"),    false, "TOO_MANY_PROCESSES"),
        ("PER_MACHINE",  "NO_OVERAGE",           scope("desktop"),   true,  "VALID"),
        ("PER_MACHINE",  "NO_OVERAGE",           json!({}),          true,  "VALID"),
        ("PER_LICENSE",  "NO_OVERAGE",           json!({}),          false, "TOO_MANY_PROCESSES"),
        ("PER_LICENSE",  "ALWAYS_ALLOW_OVERAGE", json!({}),          true,  "TOO_MANY_PROCESSES"),
        ("PER_USER",     "NO_OVERAGE",           json!({}),          false, "TOO_MANY_PROCESSES"),
    ];
    for (leasing, overage, scope, valid, code) in table {
        let license = w
            .license()
            .policy("strict", true)
            .policy("processLeasingStrategy", leasing)
            .policy("overageStrategy", overage)
            .policy("maxProcesses", 2)
            .create()
            .await;
        let laptop = machine(&license, "laptop").await;
        machine(&license, "desktop").await;
        for pid in ["1", "2"] {
            spawn(&license.holder, &laptop, pid).await.expect(201);
        }
        // The vendor sells less from now on.
        let change = json!({ "data": { "type": "licenses", "attributes": { "maxProcesses": 1 } } });
        w.admin()
            .patch(&format!("/licenses/{}", license.id), change)
            .await
            .expect(200);
        let ask = json!({ "meta": { "key": license.key, "scope": scope } });

        let answer = w
            .anyone()
            .post("/licenses/actions/validate-key", ask)
            .await
            .expect(200);

        let found = (answer.at("/meta/valid"), answer.at("/meta/code"));
        assert_eq!(
            found,
            (&json!(valid), &json!(code)),
            "{leasing} {overage} {scope}"
        );
    }
}
