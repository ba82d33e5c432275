//! What a scope asks for, what is found of it, and what is remembered.

use super::*;

#[test]
fn scopes_that_match_pass() {
    let mut facts = good();
    facts.license.environment = Some(SANDBOX);
    facts.license.owner = Some(OWNER);
    facts.policy.require_heartbeat = true;
    facts.asked = Asked {
        environment: Some(Some("sandbox")),
        product: Some(PRODUCT_TEXT),
        policy: Some("00000000000000000000000000000002"),
        user: Some(Some("ada@example.com")),
        entitlements: Some(vec!["A"]),
        machine: Some(OTHER_TEXT),
        fingerprint: Some("aa"),
        fingerprints: None,
        components: Some(vec!["cpu"]),
        checksum: Some("e3b0"),
        version: Some("1.0.0"),
    };
    let owned = Machine {
        owner: Some(OWNER),
        ..machine(MACHINE, HeartbeatStatus::Alive)
    };
    facts.found = Found {
        environment_code: Some("sandbox"),
        user: Some(OWNER),
        entitlements: 1,
        machine: Some(owned),
        machines: vec![owned],
        components: 1,
        checksum: true,
        version: true,
    };

    assert_eq!(validate(&facts).code, Valid);

    let id = SANDBOX.to_string();
    let mut by_id = facts.clone();
    by_id.asked.environment = Some(Some(&id));
    assert_eq!(validate(&by_id).code, Valid);
}

#[test]
fn null_asks_for_no_environment_and_no_owner() {
    let mut facts = good();
    facts.asked.environment = Some(None);
    facts.asked.user = Some(None);
    assert_eq!(validate(&facts).code, Valid);

    facts.license.owner = Some(OWNER);
    assert_eq!(validate(&facts).code, UserScopeMismatch);

    facts.license.environment = Some(SANDBOX);
    assert_eq!(validate(&facts).code, EnvironmentScopeMismatch);
}

#[test]
fn fingerprints_match_as_the_strategy_says() {
    use MatchingStrategy::*;

    #[rustfmt::skip]
    let table = [
        // strategy, asked, alive, passes
        (MatchAny,   3,     1,     true),
        (MatchTwo,   3,     2,     true),
        (MatchTwo,   2,     1,     false),
        (MatchMost,  3,     2,     true),
        (MatchMost,  4,     2,     true),
        (MatchMost,  5,     2,     false),
        (MatchAll,   3,     3,     true),
        (MatchAll,   1,     1,     true),
        (MatchTwo,   1,     1,     true),
    ];
    for (strategy, asked, alive, passes) in table {
        let mut facts = good();
        facts.policy.machine_matching = strategy;
        facts.asked.fingerprints = Some(["a", "b", "c", "d", "e"][..asked].to_vec());
        facts.found.machines = (0..alive)
            .map(|id| machine(MachineId(Uuid::from_u128(id)), HeartbeatStatus::NotStarted))
            .collect();
        assert_eq!(
            validate(&facts).code == Valid,
            passes,
            "{strategy} {alive} of {asked}"
        );
    }
}

#[test]
fn components_match_as_the_strategy_says_even_a_single_one() {
    use MatchingStrategy::*;

    #[rustfmt::skip]
    let table = [
        // strategy, asked, matching, passes
        (MatchAny,   1,     1,        true),
        (MatchTwo,   1,     1,        false),
        (MatchTwo,   3,     2,        true),
        (MatchMost,  1,     1,        true),
        (MatchMost,  3,     2,        true),
        (MatchMost,  3,     1,        false),
        (MatchAll,   2,     2,        true),
        (MatchAll,   2,     1,        false),
    ];
    for (strategy, asked, matching, passes) in table {
        let mut facts = good();
        parts(&mut facts, strategy, matching);
        facts.asked.components = Some(["cpu", "gpu", "tpm"][..asked].to_vec());
        assert_eq!(
            validate(&facts).code == Valid,
            passes,
            "{strategy} {matching} of {asked}"
        );
    }
}

#[test]
fn partly_dead_fingerprints_do_not_match_but_are_not_dead() {
    let mut facts = good();
    prints(&mut facts, MatchingStrategy::MatchAll, 3);
    facts.found.machines[0].heartbeat = HeartbeatStatus::Dead;

    assert_eq!(validate(&facts).code, FingerprintScopeMismatch);

    facts
        .found
        .machines
        .iter_mut()
        .for_each(|m| m.heartbeat = HeartbeatStatus::Dead);
    assert_eq!(validate(&facts).code, HeartbeatDead);
}

#[test]
fn one_fingerprint_wins_over_several_and_components_need_it() {
    let mut facts = good();
    print(&mut facts, HeartbeatStatus::Alive);
    facts.asked.fingerprints = Some(vec!["bb", "cc"]);
    facts.policy.machine_matching = MatchingStrategy::MatchAll;
    assert_eq!(validate(&facts).code, Valid);

    facts.asked.fingerprint = None;
    facts.asked.components = Some(vec!["cpu"]);
    facts.policy.machine_matching = MatchingStrategy::MatchAny;
    assert_eq!(validate(&facts).code, FingerprintScopeRequired);
}

#[test]
fn ownerless_machines_suit_every_user() {
    let mut facts = good();
    asks_for(&mut facts, OWNER);
    print(&mut facts, HeartbeatStatus::Alive);
    named_machine(&mut facts, HeartbeatStatus::Alive);

    assert_eq!(validate(&facts).code, Valid);
}

#[test]
fn machines_and_processes_are_counted_in_the_bucket_of_their_lease() {
    let mut facts = good();
    named_machine(&mut facts, HeartbeatStatus::Alive);
    let by_id = facts.clone();
    facts.asked.fingerprints = Some(vec!["aa", "bb"]);
    facts.found.machines = vec![
        machine(MACHINE, HeartbeatStatus::Dead),
        machine(SPARE, HeartbeatStatus::Alive),
    ];
    let user = Some(OWNER);
    let bucket = |strategy, facts: &Facts<'_>| process_bucket(strategy, &facts.asked, &facts.found);
    use ProcessLeasingStrategy::*;

    assert_eq!(
        bucket(PerMachine, &facts),
        Some(ProcessBucket::Machine(SPARE))
    );
    assert_eq!(
        bucket(PerMachine, &by_id),
        Some(ProcessBucket::Machine(MACHINE))
    );
    assert_eq!(bucket(PerMachine, &good()), None);
    assert_eq!(bucket(PerLicense, &good()), Some(ProcessBucket::License));
    assert_eq!(bucket(PerUser, &good()), Some(ProcessBucket::Owner(None)));
    facts.found.user = user;
    assert_eq!(bucket(PerUser, &facts), Some(ProcessBucket::Owner(user)));

    assert_eq!(
        machine_bucket(MachineLeasingStrategy::PerLicense, user),
        MachineBucket::License
    );
    assert_eq!(
        machine_bucket(MachineLeasingStrategy::PerUser, user),
        MachineBucket::Owner(user)
    );
    assert_eq!(
        machine_bucket(MachineLeasingStrategy::PerUser, None),
        MachineBucket::Owner(None)
    );
}

#[test]
fn a_checksum_or_version_that_passed_is_remembered_whatever_came_after() {
    let mut facts = good();
    facts.asked.checksum = Some("e3b0");
    facts.asked.version = Some("1.0.0");
    facts.found.checksum = true;
    let verdict = validate(&facts);
    assert_eq!(verdict.code, VersionScopeMismatch);
    assert!(verdict.passed_checksum(&facts));
    assert!(!verdict.passed_version(&facts));

    facts.found.version = true;
    facts.limits.users = Some(0);
    facts.tally.users = 1;
    let verdict = validate(&facts);
    assert_eq!(verdict.code, TooManyUsers);
    assert!(verdict.passed_checksum(&facts) && verdict.passed_version(&facts));

    facts.license.suspended = true;
    assert!(!validate(&facts).passed_checksum(&facts));

    assert!(
        !validate(&good()).passed_version(&good()),
        "nothing was asked"
    );
}

#[test]
fn strings_are_counted_once() {
    let given = ["a", "b", "a"].map(String::from);

    assert_eq!(distinct(&given), ["a", "b"]);
}
