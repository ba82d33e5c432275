//! Files as they are planned: what is made when nobody says, and what is refused, in order.

use super::*;

const OFFERS: &[Offer] = &[("policy", Permission::PolicyRead)];

fn now() -> DateTime<Utc> {
    "2022-10-16T14:52:48Z".parse().unwrap()
}

fn planned(ask: Ask) -> Result<Plan, String> {
    plan(ask, OFFERS, None, now()).map_err(|refused| refused.to_string())
}

#[test]
fn a_file_is_good_for_a_calendar_month_unless_somebody_says_otherwise() {
    #[rustfmt::skip]
    let table = [
        (None,                    Some("2022-11-16T14:52:48Z")),
        (Some(None),              None),
        (Some(Some(3_600)),       Some("2022-10-16T15:52:48Z")),
        (Some(Some(86_400)),      Some("2022-10-17T14:52:48Z")),
        (Some(Some(189_341_712)), Some("2028-10-16T14:52:48Z")),
    ];
    for (ttl, expiry) in table {
        let ask = Ask {
            ttl,
            ..Ask::default()
        };

        let plan = planned(ask).unwrap();

        assert_eq!(
            plan.expiry,
            expiry.map(|text| text.parse().unwrap()),
            "{ttl:?}"
        );
        assert_eq!(plan.issued, now());
    }
}

#[test]
fn the_algorithm_follows_the_scheme_of_the_key_unless_somebody_says_otherwise() {
    use words::Scheme as S;
    #[rustfmt::skip]
    let table = [
        (None,                            "ed25519"),
        (Some(S::LegacyEncrypt),          "ed25519"),
        (Some(S::Ed25519Sign),            "ed25519"),
        (Some(S::EcdsaP256Sign),          "ecdsa-p256"),
        (Some(S::Rsa2048Pkcs1Sign),       "rsa-sha256"),
        (Some(S::Rsa2048Pkcs1SignV2),     "rsa-sha256"),
        (Some(S::Rsa2048Pkcs1Encrypt),    "rsa-sha256"),
        (Some(S::Rsa2048JwtRs256),        "rsa-sha256"),
        (Some(S::Rsa2048Pkcs1PssSign),    "rsa-pss-sha256"),
        (Some(S::Rsa2048Pkcs1PssSignV2),  "rsa-pss-sha256"),
    ];
    for (scheme, signing) in table {
        for (encrypt, encoding) in [(false, "base64"), (true, "aes-256-gcm")] {
            let ask = Ask {
                encrypt,
                ..Ask::default()
            };

            let plan = plan(ask, OFFERS, scheme, now()).unwrap();

            assert_eq!(plan.algorithm.to_string(), format!("{encoding}+{signing}"));
        }
    }
    let said = Ask {
        encrypt: true,
        algorithm: Some("base64+rsa-sha256".to_owned()),
        ..Ask::default()
    };
    assert_eq!(
        planned(said).unwrap().algorithm.to_string(),
        "base64+rsa-sha256"
    );
}

#[test]
fn of_two_faults_the_first_in_order_is_told() {
    let include = |ask: &mut Ask| ask.include = vec!["policy".to_owned(), "machines".to_owned()];
    let ttl = |ask: &mut Ask| ask.ttl = Some(Some(3_599));
    let encoding = |ask: &mut Ask| ask.algorithm = Some("rot13+md5".to_owned());
    let signing = |ask: &mut Ask| ask.algorithm = Some("base64+md5".to_owned());
    type Break = fn(&mut Ask);
    let breaks: [(Break, &str); 4] = [
        (include, "invalid includes"),
        (ttl, "must be greater than or equal to 3600 (1 hour)"),
        (encoding, "invalid encoding algorithm"),
        (signing, "invalid signing algorithm"),
    ];
    for (n, (earlier, detail)) in breaks.iter().enumerate() {
        let mut alone = Ask::default();
        earlier(&mut alone);
        assert_eq!(planned(alone), Err((*detail).to_owned()));
        for (later, _) in &breaks[n + 1..] {
            let mut both = Ask::default();
            later(&mut both);
            // The two faults of an algorithm can't be in one text but in that order.
            earlier(&mut both);
            assert_eq!(planned(both), Err((*detail).to_owned()));
        }
    }
}

#[test]
fn a_file_for_longer_than_the_calendar_is_refused() {
    let ask = Ask {
        ttl: Some(Some(i64::MAX)),
        ..Ask::default()
    };

    assert_eq!(planned(ask), Err("is too large".to_owned()));
}
