//! The twin of the table of checks: how to break each row, and what the contract answers then.

mod limits;
mod scopes;

use super::*;
use chrono::TimeDelta;
use uuid::Uuid;

use crate::words::CheckInInterval;
use ValidationCode::*;

const PRODUCT: ProductId = ProductId(Uuid::from_u128(1));
const POLICY: PolicyId = PolicyId(Uuid::from_u128(2));
const OWNER: UserId = UserId(Uuid::from_u128(3));
const OTHER: UserId = UserId(Uuid::from_u128(4));
const SANDBOX: EnvironmentId = EnvironmentId(Uuid::from_u128(5));
const MACHINE: MachineId = MachineId(Uuid::from_u128(6));
const SPARE: MachineId = MachineId(Uuid::from_u128(7));
const PRODUCT_TEXT: &str = "00000000-0000-0000-0000-000000000001";
const OTHER_TEXT: &str = "00000000-0000-0000-0000-0000000000ff";

fn now() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(20_000)
}

fn machine(id: MachineId, heartbeat: HeartbeatStatus) -> Machine {
    Machine {
        id,
        owner: None,
        heartbeat,
    }
}

/// A good strict, floating license with one machine, and no scope.
fn good() -> Facts<'static> {
    Facts {
        now: now(),
        quick: false,
        license: License {
            environment: None,
            product: PRODUCT,
            policy: POLICY,
            owner: None,
            owner_banned: false,
            suspended: false,
            expiry: None,
            last_check_in: None,
        },
        policy: Rules {
            strict: true,
            floating: true,
            expiration: ExpirationStrategy::RestrictAccess,
            overage: OverageStrategy::NoOverage,
            machine_matching: MatchingStrategy::MatchAny,
            component_matching: MatchingStrategy::MatchAny,
            check_in: None,
            require_heartbeat: false,
            require: Requirements::default(),
        },
        limits: Limits::default(),
        tally: Tally {
            all_machines: 1,
            machines: 1,
            ..Tally::default()
        },
        asked: Asked::default(),
        found: Found::default(),
    }
}

fn expire(f: &mut Facts<'_>) {
    f.license.expiry = Some(now() - TimeDelta::days(1));
}

fn no_machines(f: &mut Facts<'_>) {
    (f.tally.all_machines, f.tally.machines) = (0, 0);
}

fn print(f: &mut Facts<'_>, heartbeat: HeartbeatStatus) {
    f.asked.fingerprint = Some("aa");
    f.found.machines = vec![machine(MACHINE, heartbeat)];
}

fn prints(f: &mut Facts<'_>, strategy: MatchingStrategy, alive: usize) {
    f.asked.fingerprints = Some(vec!["aa", "bb", "cc"]);
    f.policy.machine_matching = strategy;
    let ids = [MACHINE, SPARE, MachineId(Uuid::from_u128(8))];
    f.found.machines = ids
        .into_iter()
        .take(alive)
        .map(|id| machine(id, HeartbeatStatus::Alive))
        .collect();
}

fn parts(f: &mut Facts<'_>, strategy: MatchingStrategy, matching: usize) {
    print(f, HeartbeatStatus::Alive);
    f.asked.components = Some(vec!["cpu", "gpu", "tpm"]);
    f.policy.component_matching = strategy;
    f.found.components = matching;
}

fn named_machine(f: &mut Facts<'_>, heartbeat: HeartbeatStatus) {
    f.asked.machine = Some(OTHER_TEXT);
    f.found.machine = Some(machine(MACHINE, heartbeat));
}

fn asks_for(f: &mut Facts<'_>, user: UserId) {
    f.asked.user = Some(Some("ada@example.com"));
    f.found.user = Some(user);
}

type Break = fn(&mut Facts<'static>);

/// Per row of [`CHECKS`]: the code, whether the license is valid, the detail, and how to get there.
#[rustfmt::skip]
const BREAKS: &[(ValidationCode, bool, &str, Break)] = &[
    (Banned,                   false, "is banned",               |f| f.license.owner_banned = true),
    (Suspended,                false, "is suspended",            |f| f.license.suspended = true),
    (Expired,                  false, "is expired",              |f| { expire(f); f.policy.expiration = ExpirationStrategy::RevokeAccess }),
    (Overdue,                  false, "is overdue for check in", |f| {
        f.policy.check_in = Some(Interval { unit: CheckInInterval::Day, count: 2 });
        f.license.last_check_in = Some(now() - TimeDelta::days(3));
    }),

    (EnvironmentScopeMismatch, false, "environment scope does not match", |f| f.asked.environment = Some(Some("sandbox"))),
    (EnvironmentScopeRequired, false, "environment scope is required",    |f| f.policy.require.environment = true),
    (ProductScopeMismatch,     false, "product scope does not match",     |f| f.asked.product = Some(OTHER_TEXT)),
    (ProductScopeRequired,     false, "product scope is required",        |f| f.policy.require.product = true),
    (PolicyScopeMismatch,      false, "policy scope does not match",      |f| f.asked.policy = Some("pro")),
    (PolicyScopeRequired,      false, "policy scope is required",         |f| f.policy.require.policy = true),
    (UserScopeMismatch,        false, "user scope does not match",        |f| { f.asked.user = Some(Some("eve@example.com")); f.found.user = None }),
    (UserScopeRequired,        false, "user scope is required",           |f| f.policy.require.user = true),
    (EntitlementsScopeEmpty,   false, "entitlements scope is empty",      |f| f.asked.entitlements = Some(vec![])),
    (EntitlementsMissing,      false, "is missing one or more required entitlements", |f| { f.asked.entitlements = Some(vec!["A", "B"]); f.found.entitlements = 1 }),

    (NoMachine,                false, "machine is not activated (has no associated machine)",  |f| { named_machine(f, HeartbeatStatus::Alive); no_machines(f); f.policy.floating = false }),
    (NoMachines,               false, "machine is not activated (has no associated machines)", |f| { named_machine(f, HeartbeatStatus::Alive); no_machines(f) }),
    (MachineScopeMismatch,     false, "machine is not activated (does not match any associated machines)", |f| { f.asked.machine = Some("not a uuid"); f.found.machine = None }),
    (UserScopeMismatch,        false, "user scope does not match (does not match associated machine owner)", |f| {
        asks_for(f, OWNER);
        named_machine(f, HeartbeatStatus::Alive);
        f.found.machine.as_mut().unwrap().owner = Some(OTHER);
    }),
    (HeartbeatNotStarted,      false, "machine heartbeat is required", |f| { named_machine(f, HeartbeatStatus::NotStarted); f.policy.require_heartbeat = true }),
    (HeartbeatDead,            false, "machine heartbeat is dead",     |f| named_machine(f, HeartbeatStatus::Dead)),
    (MachineScopeRequired,     false, "machine scope is required",     |f| f.policy.require.machine = true),

    (FingerprintScopeEmpty,    false, "fingerprint scope is empty", |f| f.asked.fingerprints = Some(vec![])),
    (NoMachine,                false, "fingerprint is not activated (has no associated machine)",  |f| { print(f, HeartbeatStatus::Alive); no_machines(f); f.policy.floating = false }),
    (NoMachines,               false, "fingerprint is not activated (has no associated machines)", |f| { print(f, HeartbeatStatus::Alive); no_machines(f) }),
    (HeartbeatDead,            false, "machine heartbeat is dead", |f| print(f, HeartbeatStatus::Dead)),
    (FingerprintScopeMismatch, false, "one or more fingerprint is not activated (does not match enough associated machines)",     |f| prints(f, MatchingStrategy::MatchMost, 1)),
    (FingerprintScopeMismatch, false, "one or more fingerprint is not activated (does not match at least 2 associated machines)", |f| prints(f, MatchingStrategy::MatchTwo, 1)),
    (FingerprintScopeMismatch, false, "one or more fingerprint is not activated (does not match all associated machines)",        |f| prints(f, MatchingStrategy::MatchAll, 2)),
    (FingerprintScopeMismatch, false, "one or more fingerprint is not activated (does not match any associated machines)",        |f| prints(f, MatchingStrategy::MatchAny, 0)),
    (FingerprintScopeMismatch, false, "fingerprint is not activated (does not match any associated machines)", |f| { f.asked.fingerprint = Some("aa"); f.found.machines = vec![] }),
    (UserScopeMismatch,        false, "user scope does not match (does not match associated machine owners)", |f| {
        asks_for(f, OWNER);
        print(f, HeartbeatStatus::Alive);
        f.found.machines[0].owner = Some(OTHER);
    }),
    (HeartbeatNotStarted,      false, "machine heartbeat is required", |f| { print(f, HeartbeatStatus::NotStarted); f.policy.require_heartbeat = true }),
    (FingerprintScopeRequired, false, "fingerprint scope is required", |f| f.policy.require.fingerprint = true),

    (FingerprintScopeRequired, false, "fingerprint scope is required when using the components scope", |f| f.asked.components = Some(vec!["cpu"])),
    (ComponentsScopeEmpty,     false, "components scope is empty", |f| { print(f, HeartbeatStatus::Alive); f.asked.components = Some(vec![]) }),
    (ComponentsScopeMismatch,  false, "one or more component is not activated (does not match enough associated components)",     |f| parts(f, MatchingStrategy::MatchMost, 1)),
    (ComponentsScopeMismatch,  false, "one or more component is not activated (does not match at least 2 associated components)", |f| parts(f, MatchingStrategy::MatchTwo, 1)),
    (ComponentsScopeMismatch,  false, "one or more component is not activated (does not match all associated components)",        |f| parts(f, MatchingStrategy::MatchAll, 2)),
    (ComponentsScopeMismatch,  false, "one or more component is not activated (does not match any associated components)",        |f| parts(f, MatchingStrategy::MatchAny, 0)),
    (ComponentsScopeRequired,  false, "components scope is required", |f| f.policy.require.components = true),

    (ChecksumScopeMismatch,    false, "checksum scope is not valid (does not match any accessible artifacts)", |f| f.asked.checksum = Some("e3b0")),
    (ChecksumScopeRequired,    false, "checksum scope is required", |f| f.policy.require.checksum = true),
    (VersionScopeMismatch,     false, "version scope is not valid (does not match any accessible releases)",   |f| f.asked.version = Some("1.0.0")),
    (VersionScopeRequired,     false, "version scope is required",  |f| f.policy.require.version = true),

    (TooManyUsers,             false, "has too many associated users",           |f| { f.limits.users = Some(2); f.tally.users = 3 }),
    (Expired,                  false, "is expired",                              |f| { expire(f); f.policy.strict = false }),
    (Valid,                    true,  "is valid",                                |f| f.policy.strict = false),
    (NoMachine,                false, "must have exactly 1 associated machine",  |f| { f.policy.floating = false; no_machines(f) }),
    (TooManyMachines,          false, "has too many associated machines",        |f| { f.policy.floating = false; (f.tally.all_machines, f.tally.machines) = (2, 2) }),
    (NoMachines,               false, "must have at least 1 associated machine", |f| { f.policy.floating = true; no_machines(f) }),
    (TooManyMachines,          false, "has too many associated machines",        |f| { f.limits.machines = Some(3); (f.tally.all_machines, f.tally.machines) = (4, 4) }),
    (TooManyCores,             false, "has too many associated machine cores",   |f| { f.limits.cores = Some(8); f.tally.cores = 9 }),
    (TooMuchMemory,            false, "has too much associated machine memory",  |f| { f.limits.memory = Some(8); f.tally.memory = 9 }),
    (TooMuchDisk,              false, "has too much associated machine disk",    |f| { f.limits.disk = Some(8); f.tally.disk = 9 }),
    (TooManyProcesses,         false, "has too many associated processes",       |f| f.tally.processes = Some(Processes { count: 5, max: Some(4) })),
    (Expired,                  false, "is expired",                              expire),
    (Valid,                    true,  "is valid",                                |_| {}),
];

#[track_caller]
fn expect(facts: &Facts<'_>, row: usize) {
    let (code, valid, detail, _) = BREAKS[row];
    let verdict = validate(facts);
    assert_eq!(
        (verdict.code, verdict.valid, verdict.detail),
        (code, valid, detail),
        "row {row}"
    );
}

#[test]
fn each_break_alone_gives_its_answer() {
    assert_eq!(BREAKS.len(), CHECKS.len());
    for (row, (_, _, _, hurt)) in BREAKS.iter().enumerate() {
        let mut facts = good();
        hurt(&mut facts);
        expect(&facts, row);
    }
}

#[test]
fn of_two_breaks_the_earlier_one_is_the_answer() {
    let mut compatible = 0;
    for (earlier, (.., first)) in BREAKS.iter().enumerate() {
        for (later, (.., second)) in BREAKS.iter().enumerate().skip(earlier + 1) {
            for order in [[first, second], [second, first]] {
                let mut facts = good();
                order.into_iter().for_each(|hurt| hurt(&mut facts));
                // Two breaks that undo each other, or together are a third case, say nothing.
                let both = (CHECKS[earlier].holds)(&facts) && (CHECKS[later].holds)(&facts);
                let third = CHECKS[..earlier].iter().any(|check| (check.holds)(&facts));
                if both && !third {
                    compatible += 1;
                    expect(&facts, earlier);
                }
            }
        }
    }
    assert!(
        compatible > 2_000,
        "only {compatible} of the pairs were compatible"
    );
}

#[test]
fn a_quick_validation_skips_what_is_about_scopes_and_nothing_else() {
    for (row, (.., hurt)) in BREAKS.iter().enumerate() {
        let mut facts = good();
        hurt(&mut facts);
        facts.quick = true;
        if CHECKS[row].of_scope() {
            assert_ne!(validate(&facts).detail, BREAKS[row].2, "row {row}");
        } else {
            expect(&facts, row);
        }
    }
    let of_scope = CHECKS.iter().filter(|check| check.of_scope()).count();
    assert_eq!(of_scope, 40);
}

#[test]
fn every_code_of_the_contract_is_an_answer() {
    let answered: Vec<_> = CHECKS
        .iter()
        .map(|check| check.code)
        .chain([NotFound])
        .collect();

    assert_eq!(ValidationCode::ALL.len(), 38);
    assert!(
        ValidationCode::ALL
            .iter()
            .all(|code| answered.contains(code))
    );
    let Verdict {
        code,
        valid,
        detail,
        ..
    } = Verdict::NOT_FOUND;
    assert_eq!((code, valid, detail), (NotFound, false, "does not exist"));
}

#[test]
fn steps_ascend() {
    assert!(CHECKS.windows(2).all(|pair| pair[0].step <= pair[1].step));
}
