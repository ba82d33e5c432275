//! Licenses: names, pooled keys, uses, and what can't be done to them twice.
//!
//! Licensing reference §3.2, §6, §8.1.

use crate::range::Text;
use crate::refusal::{At, Code, Kind, Problem, Refused};
use crate::term::NotRenewable;

/// What is wrong with a license's name; it may be blank.
pub fn check_name(name: &str) -> Option<Problem> {
    Text {
        name: "name",
        value: name,
    }
    .at_most(1024, Code::NameTooLong)
}

/// What is wrong with a key for a policy's pool.
pub fn check_pooled_key(key: &str) -> Vec<Problem> {
    let text = Text {
        name: "key",
        value: key,
    };
    [
        text.at_least(8, Code::KeyTooShort),
        text.at_most(1024, Code::KeyTooLong),
        text.unreserved(Code::KeyNotAllowed),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A change of a license's uses. An amount below zero acts in reverse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Usage {
    /// More uses.
    Increment(i64),
    /// Fewer uses.
    Decrement(i64),
}

/// The uses of a license after a change. No overage is tolerated; a maximum of 0 is none.
///
/// # Errors
/// 400 when the number doesn't fit 32 bits, 422 when it exceeds the maximum or falls below zero.
pub fn spend(uses: i64, usage: Usage, max: Option<i64>) -> Result<i64, Problem> {
    let (after, member) = match usage {
        Usage::Increment(amount) => (uses.checked_add(amount), "increment"),
        Usage::Decrement(amount) => (uses.checked_sub(amount), "decrement"),
    };
    let after = after
        .filter(|after| i32::try_from(*after).is_ok())
        .ok_or_else(|| {
            Problem::new(Kind::BadRequest, "integer is too large").at(At::Meta(member.into()))
        })?;
    let at = || At::Attribute("uses".into());
    if let Some(max) = max.filter(|&max| max != 0 && after > max) {
        let detail = format!("usage exceeds maximum allowed for license ({max})");
        return Err(Code::UsesLimitExceeded.says(detail, at()));
    }
    if after < 0 {
        return Err(Code::UsesInvalid.at(at()));
    }
    Ok(after)
}

/// Whether a license can be suspended.
///
/// # Errors
/// When it is.
pub fn suspend(suspended: bool) -> Result<(), Refused> {
    if suspended {
        Err(about_suspension("is already suspended"))
    } else {
        Ok(())
    }
}

/// Whether a license can be reinstated.
///
/// # Errors
/// When it isn't suspended.
pub fn reinstate(suspended: bool) -> Result<(), Refused> {
    if suspended {
        Ok(())
    } else {
        Err(about_suspension("is not suspended"))
    }
}

fn about_suspension(detail: &'static str) -> Refused {
    Problem::new(Kind::UnprocessableEntity, detail)
        .at(At::Attribute("suspended".into()))
        .into()
}

/// Whether a license can check in.
///
/// # Errors
/// When its policy doesn't ask for it.
pub fn check_in(required: bool) -> Result<(), Refused> {
    if required {
        return Ok(());
    }
    let detail = "cannot be checked in because the policy does not require it";
    Err(Problem::new(Kind::UnprocessableEntity, detail).into())
}

impl From<NotRenewable> for Refused {
    fn from(reason: NotRenewable) -> Self {
        Problem::new(Kind::UnprocessableEntity, reason.to_string()).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAX_32: i64 = i32::MAX as i64;

    fn told(problems: Vec<Problem>) -> Vec<(&'static str, String)> {
        problems
            .into_iter()
            .map(|problem| (problem.code.unwrap().as_str(), problem.detail.into_owned()))
            .collect()
    }

    #[test]
    fn pooled_keys_are_longer_than_others_at_least() {
        assert_eq!(check_pooled_key("12345678"), []);
        assert_eq!(check_pooled_key(&"x".repeat(1024)), []);
        assert_eq!(
            told(check_pooled_key("1234567")),
            [(
                "KEY_TOO_SHORT",
                "is too short (minimum is 8 characters)".into()
            )]
        );
        assert_eq!(
            told(check_pooled_key(&"x".repeat(1025))),
            [(
                "KEY_TOO_LONG",
                "is too long (maximum is 1024 characters)".into()
            )]
        );
        assert!(
            told(check_pooled_key("actions"))
                .iter()
                .any(|(c, _)| *c == "KEY_NOT_ALLOWED")
        );
    }

    #[test]
    fn names_may_be_blank_but_not_endless() {
        assert_eq!(check_name(""), None);
        assert_eq!(check_name(&"x".repeat(1024)), None);
        assert_eq!(
            check_name(&"x".repeat(1025)).unwrap().detail,
            "is too long (maximum is 1024 characters)"
        );
    }

    #[test]
    fn uses_stay_between_zero_and_the_maximum() {
        use Usage::{Decrement, Increment};

        let exceeds = Err("usage exceeds maximum allowed for license (5)");
        let below = Err("must be greater than or equal to 0");
        let large = Err("integer is too large");
        #[rustfmt::skip]
        let table = [
            // uses, change,              max,      after
            (0,      Increment(1),        None,     Ok(1)),
            (4,      Increment(1),        Some(5),  Ok(5)),
            (4,      Increment(2),        Some(5),  exceeds),
            (4,      Increment(2),        Some(0),  Ok(6)),
            (4,      Increment(-4),       Some(5),  Ok(0)),
            (4,      Increment(-5),       Some(5),  below),
            (4,      Decrement(4),        Some(5),  Ok(0)),
            (4,      Decrement(5),        None,     below),
            (4,      Decrement(-2),       Some(5),  exceeds),
            (9,      Decrement(1),        Some(5),  exceeds),
            (1,      Increment(MAX_32),   None,     large),
            (1,      Increment(i64::MAX), None,     large),
            (0,      Decrement(i64::MIN), None,     large),
            (0,      Increment(MAX_32),   None,     Ok(MAX_32)),
        ];
        for (uses, usage, max, after) in table {
            let result = spend(uses, usage, max);
            let told = result
                .as_ref()
                .map(|uses| *uses)
                .map_err(|p| p.detail.as_ref());
            assert_eq!(told, after, "{uses} {usage:?} {max:?}");
        }
        let large = spend(0, Decrement(MAX_32 + 2), None).unwrap_err();
        assert_eq!(large.kind, Kind::BadRequest);
        assert_eq!(large.at, At::Meta("decrement".into()));
    }

    #[test]
    fn what_is_so_already_is_refused() {
        assert!(suspend(false).is_ok() && reinstate(true).is_ok() && check_in(true).is_ok());
        for (refused, detail, at) in [
            (
                suspend(true),
                "is already suspended",
                At::Attribute("suspended".into()),
            ),
            (
                reinstate(false),
                "is not suspended",
                At::Attribute("suspended".into()),
            ),
            (
                check_in(false),
                "cannot be checked in because the policy does not require it",
                At::Nowhere,
            ),
            (
                Err(NotRenewable::NoDuration.into()),
                "cannot be renewed because the policy does not have a duration",
                At::Nowhere,
            ),
        ] {
            let problem = &refused.unwrap_err().problems[0];
            assert_eq!(problem.kind, Kind::UnprocessableEntity);
            assert_eq!((problem.detail.as_ref(), &problem.at), (detail, &at));
            assert_eq!(problem.code, None);
        }
    }
}
