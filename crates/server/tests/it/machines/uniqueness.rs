//! Where a fingerprint must be unique.

use super::*;

#[tokio::test]
async fn a_fingerprint_is_unique_as_far_as_the_policy_says() {
    let w = World::start().await;
    #[rustfmt::skip]
    let table = [
        // strategy,            same policy, same product, same account
        ("UNIQUE_PER_LICENSE", [false, false, false]),
        ("UNIQUE_PER_POLICY",  [true,  false, false]),
        ("UNIQUE_PER_PRODUCT", [true,  true,  false]),
        ("UNIQUE_PER_ACCOUNT", [true,  true,  true]),
    ];
    for (strategy, taken) in table {
        let product = w.product().await;
        let policy = async |product: &str| {
            w.policy()
                .of(product)
                .with("machineUniquenessStrategy", strategy)
                .create()
                .await
        };
        let near = policy(&product).await;
        let beside = policy(&product).await;
        let far = policy(&w.product().await).await;
        let fingerprint = format!("laptop of {strategy}");
        let first = w.license().of(&near).create().await;
        first.activate(&fingerprint).await.expect(201);

        let answer = first.activate(&fingerprint).await.expect(422);
        assert_eq!(
            answer.detail(),
            "has already been taken",
            "{strategy}, the same license"
        );
        for (policy, taken) in [near, beside, far].iter().zip(taken) {
            let license = w.license().of(policy).create().await;
            let answer = license.activate(&fingerprint).await;
            if !taken {
                answer.expect(201);
                continue;
            }
            let scope = strategy.trim_start_matches("UNIQUE_PER_").to_lowercase();
            assert_eq!(answer.code(), "FINGERPRINT_TAKEN", "{strategy}");
            assert_eq!(answer.pointer(), "/data/attributes/fingerprint");
            assert_eq!(
                answer.detail(),
                format!("has already been taken for this {scope}"),
                "{strategy}"
            );
        }
    }
}

#[tokio::test]
async fn a_client_that_activates_twice_hears_so_even_when_no_seat_is_left() {
    let w = World::start().await;
    let license = w.license().max_machines(1).create().await;
    license.activate("laptop").await.expect(201);

    let answer = license.activate("laptop").await.expect(422);

    assert_eq!(
        codes(&answer),
        ["FINGERPRINT_TAKEN", "MACHINE_LIMIT_EXCEEDED"]
    );
}

#[tokio::test]
async fn a_fingerprint_is_no_other_machines_id() {
    let w = World::start().await;
    let license = w.license().create().await;
    let laptop = license.activate("laptop").await.expect(201).id();

    let answer = license.activate(&laptop.to_uppercase()).await.expect(422);

    assert_eq!(answer.code(), "FINGERPRINT_CONFLICT");
    license
        .activate("0b7f0a0e-5d3c-4a0b-8f1f-0c1e7a3a4b10")
        .await
        .expect(201);
}
