//! The rules that a policy's attributes obey, each by itself and together.

use super::Terms;
use crate::range::{MAX_32, MAX_64, Number};
use crate::refusal::{At, Code, Problem};
use crate::words::{HeartbeatCullStrategy, HeartbeatResurrectionStrategy, OverageStrategy, Scheme};

/// Adds everything that is wrong with the terms.
pub(super) fn check(terms: &Terms, problems: &mut Vec<Problem>) {
    let one_too_long = terms.name.chars().count() > 255;
    problems.extend(one_too_long.then(|| Code::NameTooLong.at(attribute("name"))));
    keys(terms, problems);
    numbers(terms, problems);
    problems.extend(overage(terms));
    check_in(terms, problems);
    problems.extend(resurrection(terms));
}

fn attribute(name: &'static str) -> At {
    At::Attribute(name.into())
}

fn keys(terms: &Terms, problems: &mut Vec<Problem>) {
    if terms.use_pool && terms.encrypted {
        problems.push(Code::EncryptedNotSupported.at(attribute("encrypted")));
    }
    if terms.use_pool && terms.scheme.is_some() {
        problems.push(Code::SchemeNotSupported.at(attribute("scheme")));
    }
    match terms.scheme {
        Some(Scheme::LegacyEncrypt) if !terms.encrypted => {
            problems.push(Code::SchemeInvalid.at(attribute("scheme")));
        }
        Some(scheme) if terms.encrypted && scheme != Scheme::LegacyEncrypt => {
            problems.push(Code::SchemeNotAllowed.says(
                "unsupported encryption scheme \
                 (scheme must be LEGACY_ENCRYPT for legacy encrypted policies)",
                attribute("scheme"),
            ));
        }
        _ => {}
    }
}

fn numbers(terms: &Terms, problems: &mut Vec<Problem>) {
    let number = |name, value, code| Number { name, value, code };
    let duration = number("duration", terms.duration, Code::DurationInvalid);
    let machines = number("max_machines", terms.max_machines, Code::MaxMachinesInvalid);
    let processes = number(
        "max_processes",
        terms.max_processes,
        Code::MaxProcessesInvalid,
    );
    let users = number("max_users", terms.max_users, Code::MaxUsersInvalid);
    let cores = number("max_cores", terms.max_cores, Code::MaxCoresInvalid);
    let memory = number("max_memory", terms.max_memory, Code::MaxMemoryInvalid);
    let disk = number("max_disk", terms.max_disk, Code::MaxDiskInvalid);
    let uses = number("max_uses", terms.max_uses, Code::MaxUsesInvalid);
    let heartbeat = number(
        "heartbeat_duration",
        terms.heartbeat_duration,
        Code::HeartbeatDurationInvalid,
    );

    let checks = [
        duration.above(0),
        duration.unless(
            |v| v >= 86_400,
            || "must be greater than or equal to 86400 (1 day)".into(),
        ),
        duration.at_most(MAX_32),
        machines.at_least(0),
        machines.at_most(MAX_32),
        seats(machines, terms.floating),
        processes.above(0),
        processes.at_most(MAX_32),
        users.above(0),
        users.at_most(MAX_32),
        cores.at_least(1),
        cores.at_most(MAX_32),
        memory.at_least(1),
        memory.at_most(MAX_64),
        disk.at_least(1),
        disk.at_most(MAX_64),
        uses.at_least(0),
        uses.at_most(MAX_32),
        heartbeat.unless(
            |v| v >= 60,
            || "must be greater than or equal to 60 (1 minute)".into(),
        ),
        heartbeat.at_most(MAX_32),
    ];
    problems.extend(checks.into_iter().flatten());
}

/// A complaint if a number of machines doesn't suit a floating or node-locked policy.
fn seats(machines: Number, floating: bool) -> Option<Problem> {
    if floating {
        machines.unless(
            |value| value >= 1,
            || "must be greater than or equal to 1 for floating policy".into(),
        )
    } else {
        machines.unless(
            |value| value == 1,
            || "must be equal to 1 for non-floating policy".into(),
        )
    }
}

/// The first limit that the overage strategy can't be a whole multiple of.
fn overage(terms: &Terms) -> Option<Problem> {
    let strategy = terms.overage_strategy;
    let divisor = match strategy {
        OverageStrategy::Allow1_25xOverage => 4,
        OverageStrategy::Allow1_5xOverage => 2,
        OverageStrategy::Allow2xOverage
        | OverageStrategy::AlwaysAllowOverage
        | OverageStrategy::NoOverage => return None,
    };
    let refuse = |why: String| {
        let detail = format!("incompatible overage strategy (cannot use {strategy} {why})");
        Some(Code::OverageStrategyNotAllowed.says(detail, attribute("overage_strategy")))
    };
    if !terms.floating {
        return refuse("for node-locked policy".into());
    }
    let limits = [
        ("machines", terms.max_machines),
        ("cores", terms.max_cores),
        ("memory", terms.max_memory),
        ("disk", terms.max_disk),
        ("processes", terms.max_processes),
        ("users", terms.max_users),
    ];
    let (what, _) = limits
        .into_iter()
        .find(|(_, max)| max.unwrap_or(0) % divisor != 0)?;
    refuse(format!(
        "with a max {what} value not divisible by {divisor}"
    ))
}

fn check_in(terms: &Terms, problems: &mut Vec<Problem>) {
    if !terms.require_check_in {
        return;
    }
    if terms.check_in_interval.is_none() {
        problems.push(Code::CheckInIntervalNotAllowed.at(attribute("check_in_interval")));
    }
    if !terms
        .check_in_interval_count
        .is_some_and(|count| (1..=365).contains(&count))
    {
        problems
            .push(Code::CheckInIntervalCountNotAllowed.at(attribute("check_in_interval_count")));
    }
}

fn resurrection(terms: &Terms) -> Option<Problem> {
    let always =
        terms.heartbeat_resurrection_strategy == HeartbeatResurrectionStrategy::AlwaysRevive;
    let kept = terms.heartbeat_cull_strategy == HeartbeatCullStrategy::KeepDead;
    (always && !kept).then(|| {
        Code::HeartbeatCullStrategyNotAllowed.says(
            "incompatible heartbeat cull strategy \
             (must be KEEP_DEAD when resurrection strategy is ALWAYS_REVIVE)",
            attribute("heartbeat_cull_strategy"),
        )
    })
}
