//! Many at once: the database settles it.

use std::collections::BTreeMap;

use futures::future::join_all;

use super::*;

/// How often each status was answered.
fn outcomes(answers: &[Answer]) -> BTreeMap<u16, usize> {
    let mut counts = BTreeMap::new();
    for answer in answers {
        *counts.entry(answer.status).or_default() += 1;
    }
    counts
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixty_four_that_want_five_seats_get_five() {
    let w = World::start().await;
    let license = w.license().max_machines(5).create().await;

    let names: Vec<String> = (0..64).map(|n| format!("machine-{n}")).collect();
    let answers = join_all(names.iter().map(|name| license.activate(name))).await;

    assert_eq!(outcomes(&answers), BTreeMap::from([(201, 5), (422, 59)]));
    let refused = answers.iter().filter(|answer| answer.status == 422);
    assert!(
        refused
            .into_iter()
            .all(|answer| answer.code() == "MACHINE_LIMIT_EXCEEDED")
    );
    assert_eq!(tally(&w, &license).await[0], 5);
    assert_eq!(told(&w, EventName::MachineCreated).await, 5);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixteen_that_want_the_same_fingerprint_are_one() {
    let w = World::start().await;
    let license = w.license().create().await;

    let answers = join_all((0..16).map(|_| license.activate("laptop"))).await;

    assert_eq!(outcomes(&answers), BTreeMap::from([(201, 1), (422, 15)]));
    assert_eq!(tally(&w, &license).await[0], 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixteen_licenses_that_want_one_fingerprint_of_their_policy_are_one() {
    let w = World::start().await;
    let policy = w
        .policy()
        .with("machineUniquenessStrategy", "UNIQUE_PER_POLICY")
        .create()
        .await;
    let mut licenses = Vec::new();
    for _ in 0..16 {
        licenses.push(w.license().of(&policy).create().await);
    }

    let answers = join_all(licenses.iter().map(|license| license.activate("laptop"))).await;

    assert_eq!(outcomes(&answers), BTreeMap::from([(201, 1), (422, 15)]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_token_for_three_activations_does_three() {
    let w = World::start().await;
    let license = w.license().create().await;
    let app = token(
        &w,
        &license,
        tokens::Draft {
            max_activations: Some(3),
            ..tokens::Draft::default()
        },
    )
    .await;

    let bodies = (0..12).map(|n| machine(&license, json!({ "fingerprint": format!("{n}") })));
    let answers = join_all(bodies.map(|body| app.post("/machines", body))).await;

    assert_eq!(outcomes(&answers), BTreeMap::from([(201, 3), (422, 9)]));
    assert_eq!(tally(&w, &license).await[0], 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn activations_deactivations_and_pings_at_once_leave_a_true_tally() {
    let w = World::start().await;
    let license = w.license().policy("requireHeartbeat", true).create().await;
    let leaving: Vec<String> = (0..12).map(|n| format!("leaving-{n}")).collect();
    for name in &leaving {
        license.activate(name).await.expect(201);
    }

    let come = async {
        let names: Vec<String> = (0..12).map(|n| format!("coming-{n}")).collect();
        join_all(names.iter().map(|name| license.activate(name))).await
    };
    let paths: Vec<String> = leaving
        .iter()
        .map(|name| format!("/machines/{name}"))
        .collect();
    let go = join_all(paths.iter().map(|path| license.holder.delete(path)));
    let pings: Vec<String> = paths
        .iter()
        .map(|path| format!("{path}/actions/ping"))
        .collect();
    let beat = join_all(
        pings
            .iter()
            .map(|path| license.holder.post(path, json!({}))),
    );
    let (come, go, beat) = tokio::join!(come, go, beat);

    assert!(come.iter().all(Answer::created));
    assert!(go.iter().all(|answer| answer.status == 204));
    assert!(
        beat.iter().all(|answer| matches!(answer.status, 200 | 404)),
        "{beat:?}"
    );
    assert_eq!(tally(&w, &license).await[0], 12);
}
