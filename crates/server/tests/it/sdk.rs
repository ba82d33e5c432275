//! The published Rust SDK, unmodified, with its own verification of signatures.

use keygen_rs::config::{KeygenConfig, set_config};
use keygen_rs::errors::Error;
use keystead_testkit::World;

#[tokio::test]
async fn the_published_sdk_activates_validates_pings_and_deactivates() {
    let w = World::start().await;
    let product = w.product().await;
    let policy = w
        .policy()
        .of(&product)
        .with("strict", true)
        .with("requireFingerprintScope", true)
        .with("heartbeatDuration", 600)
        .create()
        .await;
    let license = w.license().of(&policy).max_machines(1).create().await;
    let public_key = w.public_key();
    // The SDK compares the answer's date with its own clock.
    w.catch_up();
    let config = KeygenConfig {
        api_url: w.base().to_owned(),
        account: w.account().to_owned(),
        product,
        license_key: Some(license.key.clone()),
        public_key: Some(public_key),
        verify_keygen_signature: Some(true),
        ..KeygenConfig::default()
    };
    set_config(config.clone()).unwrap();
    let fingerprint = "4d:71:55:f3".to_owned();
    let fingerprints = std::slice::from_ref(&fingerprint);

    let refused = keygen_rs::validate(fingerprints, &[]).await.unwrap_err();
    let Error::LicenseNotActivated { license: found, .. } = refused else {
        panic!("not activated, but {refused:?}");
    };
    let machine = found
        .activate(&fingerprint, &[])
        .await
        .unwrap()
        .with_config(config.clone());
    assert_eq!(machine.fingerprint, fingerprint);

    let valid = keygen_rs::validate(fingerprints, &[])
        .await
        .unwrap()
        .with_config(config);
    assert_eq!(valid.key, license.key);

    let pinged = machine.ping().await.unwrap();
    assert_eq!(pinged.id, machine.id);
    assert!(
        format!("{:?}", pinged.heartbeat_status)
            .to_uppercase()
            .contains("ALIVE")
    );

    let machines = valid.machines(None).await.unwrap();
    assert_eq!(machines.len(), 1);

    machine.deactivate().await.unwrap();
    let refused = keygen_rs::validate(fingerprints, &[]).await.unwrap_err();
    assert!(
        matches!(refused, Error::LicenseNotActivated { .. }),
        "{refused:?}"
    );
}

#[tokio::test]
async fn the_published_sdk_refuses_answers_signed_by_another_account() {
    let w = World::start().await;
    let license = w.license().create().await;
    w.catch_up();
    set_config(KeygenConfig {
        api_url: w.base().to_owned(),
        account: w.account().to_owned(),
        product: String::new(),
        license_key: Some(license.key),
        // Any other valid point: the base point of the curve.
        public_key: Some(
            "5866666666666666666666666666666666666666666666666666666666666666".to_owned(),
        ),
        verify_keygen_signature: Some(true),
        ..KeygenConfig::default()
    })
    .unwrap();

    assert!(
        keygen_rs::validate(&["4d:71".to_owned()], &[])
            .await
            .is_err()
    );
}
