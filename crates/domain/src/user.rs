//! Users: their state, and what their attributes may be (identity reference §13, §17.2).

use chrono::{DateTime, TimeDelta, Utc};

use crate::draft::Problems;
use crate::refusal::{At, Code};
use crate::words::UserStatus;

/// How long a user counts as active after the last sign of life.
pub const ACTIVE_FOR: TimeDelta = TimeDelta::days(90);

/// Characters that a password has, from and to.
const PASSWORD: std::ops::RangeInclusive<usize> = 6..=72;

/// What is known of a user's life at an instant.
#[derive(Clone, Copy, Debug)]
pub struct Life {
    /// Whether the user is banned.
    pub banned: bool,
    /// When the user was created.
    pub created: DateTime<Utc>,
    /// Whether a license it owns or shares was created, validated, checked out or checked in
    /// within [`ACTIVE_FOR`].
    pub used_a_license: bool,
}

impl Life {
    /// The user's state: banned, or active through youth or use.
    pub fn status(self, now: DateTime<Utc>) -> UserStatus {
        if self.banned {
            UserStatus::Banned
        } else if self.created > now - ACTIVE_FOR || self.used_a_license {
            UserStatus::Active
        } else {
            UserStatus::Inactive
        }
    }
}

/// An address as it is stored and looked up.
pub fn normalised_email(email: &str) -> String {
    email.trim().to_lowercase()
}

/// Judges an address by its form alone: nobody asks the domain whether it exists.
pub fn judge_email(email: &str, problems: &mut Problems) {
    problems.short(email, Code::EmailTooLong, "email");
    let blank = |c: char| c.is_whitespace() || c.is_control();
    let well_formed = match email.split_once('@') {
        Some((local, domain)) => {
            !local.is_empty()
                && !domain.is_empty()
                && !domain.contains('@')
                && !domain.starts_with('.')
                && !domain.ends_with('.')
                && !email.contains(blank)
        }
        None => false,
    };
    if !well_formed {
        problems.add(Code::EmailInvalid.says("is invalid", At::Attribute("email".into())));
    }
}

/// Judges a user's names by their length; they may be blank.
pub fn judge_names(first: Option<&str>, last: Option<&str>, problems: &mut Problems) {
    problems.short(
        first.unwrap_or_default(),
        Code::FirstNameTooLong,
        "first_name",
    );
    problems.short(last.unwrap_or_default(), Code::LastNameTooLong, "last_name");
}

/// Judges a password by its length.
pub fn judge_password(password: &str, problems: &mut Problems) {
    let length = password.chars().count();
    problems.require(
        length >= *PASSWORD.start(),
        Code::PasswordTooShort,
        "password",
    );
    problems.require(length <= *PASSWORD.end(), Code::PasswordTooLong, "password");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first_code(judge: impl FnOnce(&mut Problems)) -> Option<Code> {
        let mut problems = Problems::none();
        judge(&mut problems);
        problems
            .into_result()
            .err()
            .and_then(|refused| refused.problems[0].code)
    }

    #[test]
    fn a_user_is_active_while_new_or_in_use_and_banned_before_all() {
        let now = DateTime::from_timestamp(1_767_225_600, 0).unwrap();
        let (new, old) = (now - ACTIVE_FOR + TimeDelta::seconds(1), now - ACTIVE_FOR);

        #[rustfmt::skip]
        let table = [
            // banned, created, used,  status
            (false,    new,     false, UserStatus::Active),
            (false,    old,     false, UserStatus::Inactive),
            (false,    old,     true,  UserStatus::Active),
            (true,     new,     true,  UserStatus::Banned),
        ];
        for (banned, created, used_a_license, status) in table {
            let life = Life {
                banned,
                created,
                used_a_license,
            };
            assert_eq!(life.status(now), status, "{life:?}");
        }
    }

    #[test]
    fn an_address_is_judged_by_its_form() {
        let long = format!("{}@example.com", "x".repeat(255));
        #[rustfmt::skip]
        let table = [
            ("ada@example.com",       None),
            ("admin@localhost",       None),
            ("a+b.c@sub.example.com", None),
            ("ada",                   Some(Code::EmailInvalid)),
            ("@example.com",          Some(Code::EmailInvalid)),
            ("ada@",                  Some(Code::EmailInvalid)),
            ("ada@example@com",       Some(Code::EmailInvalid)),
            ("ada b@example.com",     Some(Code::EmailInvalid)),
            ("ada@example.",          Some(Code::EmailInvalid)),
            ("",                      Some(Code::EmailInvalid)),
            (long.as_str(),           Some(Code::EmailTooLong)),
        ];
        for (email, expected) in table {
            assert_eq!(first_code(|p| judge_email(email, p)), expected, "{email:?}");
        }
        assert_eq!(normalised_email(" Ada@Example.COM "), "ada@example.com");
    }

    #[test]
    fn names_are_not_endless() {
        let (long, longest) = ("é".repeat(256), "é".repeat(255));
        let (long, longest) = (long.as_str(), longest.as_str());
        #[rustfmt::skip]
        let table = [
            (None,           None,        None),
            (Some(""),       Some(""),    None),
            (Some(longest),  None,        None),
            (Some(long),     None,        Some(Code::FirstNameTooLong)),
            (None,           Some(long),  Some(Code::LastNameTooLong)),
        ];
        for (first, last, expected) in table {
            assert_eq!(first_code(|p| judge_names(first, last, p)), expected);
        }
    }

    #[test]
    fn a_password_has_six_to_seventy_two_characters() {
        #[rustfmt::skip]
        let table = [
            (5,  Some(Code::PasswordTooShort)),
            (6,  None),
            (72, None),
            (73, Some(Code::PasswordTooLong)),
        ];
        for (length, expected) in table {
            let password = "é".repeat(length);
            assert_eq!(
                first_code(|p| judge_password(&password, p)),
                expected,
                "{length}"
            );
        }
    }
}
