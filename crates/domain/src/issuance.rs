//! Issuance: what a new license's key and own limits may be.
//!
//! Licensing reference §3.2, §3.4. Whether a key is taken is the database's to say.

use crate::refusal::{At, Code, Problem};
use crate::term::Limits;
use crate::words::Scheme;

/// Characters in a key, or in the text that a key is made of, at most.
const MAX_KEY_CHARS: usize = 16_384;
/// Characters in a key that no scheme signs, at least.
const MIN_PLAIN_KEY_CHARS: usize = 6;
/// Names that paths have other uses for.
const RESERVED: [&str; 2] = ["actions", "action"];

/// What is wrong with a key that a client gives.
pub fn key_problems(key: &str, scheme: Option<Scheme>) -> Vec<Problem> {
    let at = || At::Attribute("key".into());
    let chars = key.chars().count();
    let mut problems = Vec::new();
    if scheme == Some(Scheme::LegacyEncrypt) {
        problems.push(Code::KeyNotSupported.at(at()));
    }
    if scheme.is_none() && chars < MIN_PLAIN_KEY_CHARS {
        problems.push(Code::KeyTooShort.at(at()));
    }
    if chars > MAX_KEY_CHARS {
        problems.push(Code::KeyTooLong.at(at()));
    }
    if RESERVED.contains(&key) {
        problems.push(Code::KeyNotAllowed.at(at()));
    }
    problems
}

/// The greatest number of things that are counted one by one.
const MAX_COUNT: i64 = i32::MAX as i64;

/// What is wrong with a license's own limits, under a policy that is floating or not. A limit of
/// 0 counts as none and is never wrong.
pub fn override_problems(overrides: &Limits, floating: bool) -> Vec<Problem> {
    #[rustfmt::skip]
    let table = [
        // code,                    attribute,       limit,               least, most
        (Code::MaxMachinesInvalid,  "max_machines",  overrides.machines,  1,     MAX_COUNT),
        (Code::MaxProcessesInvalid, "max_processes", overrides.processes, 0,     MAX_COUNT),
        (Code::MaxUsersInvalid,     "max_users",     overrides.users,     0,     MAX_COUNT),
        (Code::MaxCoresInvalid,     "max_cores",     overrides.cores,     1,     MAX_COUNT),
        (Code::MaxMemoryInvalid,    "max_memory",    overrides.memory,    1,     i64::MAX),
        (Code::MaxDiskInvalid,      "max_disk",      overrides.disk,      1,     i64::MAX),
        (Code::MaxUsesInvalid,      "max_uses",      overrides.uses,      0,     MAX_COUNT),
    ];
    let mut problems = Vec::new();
    for (code, attribute, limit, least, most) in table {
        let Some(limit) = limit.filter(|limit| *limit != 0) else {
            continue;
        };
        let machines = attribute == "max_machines";
        let at = At::Attribute(attribute.into());
        if machines && limit < 0 {
            problems.push(code.says("must be greater than or equal to 0", at));
        } else if limit < least {
            problems.push(code.says(format!("must be greater than or equal to {least}"), at));
        } else if limit > most {
            problems.push(code.says(format!("must be less than or equal to {most}"), at));
        } else if machines && !floating && limit != 1 {
            problems.push(code.says("must be equal to 1 for non-floating policy", at));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(problems: Vec<Problem>) -> Vec<Code> {
        problems
            .into_iter()
            .filter_map(|problem| problem.code)
            .collect()
    }

    #[test]
    fn a_key_is_judged_by_its_length_and_what_paths_have_other_uses_for() {
        let signed = Some(Scheme::Ed25519Sign);
        let legacy = Some(Scheme::LegacyEncrypt);
        let long = "é".repeat(MAX_KEY_CHARS);
        let longer = "é".repeat(MAX_KEY_CHARS + 1);
        #[rustfmt::skip]
        let table = [
            ("sesame",          None,   vec![]),
            ("sésam",           None,   vec![Code::KeyTooShort]),
            ("s",               signed, vec![]),
            (long.as_str(),     None,   vec![]),
            (longer.as_str(),   None,   vec![Code::KeyTooLong]),
            (longer.as_str(),   signed, vec![Code::KeyTooLong]),
            ("actions",         None,   vec![Code::KeyNotAllowed]),
            ("action",          signed, vec![Code::KeyNotAllowed]),
            ("sesame",          legacy, vec![Code::KeyNotSupported]),
        ];
        for (key, scheme, expected) in table {
            assert_eq!(
                codes(key_problems(key, scheme)),
                expected,
                "{key:.10} {scheme:?}"
            );
        }
    }

    #[test]
    fn a_limit_of_its_own_keeps_to_its_range_and_zero_is_none() {
        fn set(change: fn(&mut Limits, i64), limit: i64) -> Limits {
            let mut limits = Limits::default();
            change(&mut limits, limit);
            limits
        }
        type Change = fn(&mut Limits, i64);
        let machines: Change = |limits, limit| limits.machines = Some(limit);
        let users: Change = |limits, limit| limits.users = Some(limit);
        let memory: Change = |limits, limit| limits.memory = Some(limit);
        let cores: Change = |limits, limit| limits.cores = Some(limit);
        #[rustfmt::skip]
        let table: [(Change, i64, bool, Option<&str>); 14] = [
            // limit                      floating
            (machines, 0,                 false, None),
            (machines, 1,                 false, None),
            (machines, 2,                 false, Some("must be equal to 1 for non-floating policy")),
            (machines, 2,                 true,  None),
            (machines, -1,                true,  Some("must be greater than or equal to 0")),
            (machines, MAX_COUNT,         true,  None),
            (machines, MAX_COUNT + 1,     true,  Some("must be less than or equal to 2147483647")),
            (users,    -1,                true,  Some("must be greater than or equal to 0")),
            (users,    MAX_COUNT + 1,     true,  Some("must be less than or equal to 2147483647")),
            (cores,    -1,                true,  Some("must be greater than or equal to 1")),
            (cores,    0,                 true,  None),
            (cores,    MAX_COUNT,         true,  None),
            (memory,   -1,                true,  Some("must be greater than or equal to 1")),
            (memory,   i64::MAX,          true,  None),
        ];
        for (change, limit, floating, expected) in table {
            let problems = override_problems(&set(change, limit), floating);
            let details: Vec<_> = problems
                .iter()
                .map(|problem| problem.detail.as_ref())
                .collect();
            assert_eq!(
                details,
                expected.into_iter().collect::<Vec<_>>(),
                "{limit} {floating}"
            );
        }
    }
}
