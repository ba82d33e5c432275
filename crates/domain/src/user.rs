//! Users: e-mail addresses, passwords, names and status (identity reference §13, §17.2).

use chrono::{DateTime, TimeDelta, Utc};

use crate::range::Text;
use crate::refusal::{At, Code, Problem};
use crate::words::UserStatus;

/// An address as it is stored and compared: trimmed, in lower case.
pub fn normalise_email(email: &str) -> String {
    email.trim().to_lowercase()
}

/// What is wrong with a normalised address. No name server is asked; the database decides whether
/// it is taken.
pub fn check_email(email: &str) -> Vec<Problem> {
    let text = Text {
        name: "email",
        value: email,
    };
    [
        text.at_most(255, Code::EmailTooLong),
        (!looks_like_email(email)).then(|| Code::EmailInvalid.says("is invalid", text.place())),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Whether a text has the shape of an address: something, an @, and the name of a host, which
/// need not have a dot.
pub fn looks_like_email(text: &str) -> bool {
    let Some((local, host)) = text.rsplit_once('@') else {
        return false;
    };
    let printable = |c: char| !c.is_whitespace() && !c.is_control();
    let label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    !local.is_empty()
        && !local.contains('@')
        && local.chars().all(printable)
        && host.split('.').all(label)
}

/// What is wrong with a new password.
pub fn check_password(password: &str) -> Vec<Problem> {
    let text = Text {
        name: "password",
        value: password,
    };
    [
        text.at_least(6, Code::PasswordTooShort),
        text.at_most(72, Code::PasswordTooLong),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// What is wrong with a user's names.
pub fn check_names(first: Option<&str>, last: Option<&str>) -> Vec<Problem> {
    let check = |name, value: Option<&str>, code| {
        value.and_then(|value| Text { name, value }.at_most(255, code))
    };
    [
        check("first_name", first, Code::FirstNameTooLong),
        check("last_name", last, Code::LastNameTooLong),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The same problems inside a list of new admins, at the one with this index.
pub fn of_admin(index: usize, problems: Vec<Problem>) -> Vec<Problem> {
    let inside = |problem: Problem| match &problem.at {
        At::Attribute(name) => {
            let path = format!("data/relationships/admins/data/{index}/attributes/{name}");
            problem.at(At::Path(path))
        }
        _ => problem,
    };
    problems.into_iter().map(inside).collect()
}

/// What a user is.
///
/// `stirred` is the last time that a license the user owns or shares was made, validated, checked
/// out or checked in.
pub fn status(
    banned: bool,
    created: DateTime<Utc>,
    stirred: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> UserStatus {
    let since = now - TimeDelta::days(90);
    if banned {
        UserStatus::Banned
    } else if created > since || stirred.is_some_and(|stirred| stirred > since) {
        UserStatus::Active
    } else {
        UserStatus::Inactive
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_stored_trimmed_in_lower_case() {
        assert_eq!(normalise_email("  Ada@Example.COM\n"), "ada@example.com");
    }

    #[test]
    fn addresses_have_one_shape() {
        #[rustfmt::skip]
        let table = [
            ("ada@example.com",          true),
            ("ada.byron+x@mail.example", true),
            ("admin@localhost",          true),
            ("ада@пример.рф",            true),
            ("o'hara@example.com",       true),
            ("ada",                      false),
            ("@example.com",             false),
            ("ada@",                     false),
            ("ada@example..com",         false),
            ("ada@-example.com",         false),
            ("ada@exa mple.com",         false),
            ("a da@example.com",         false),
            ("ada@@example.com",         false),
            ("ada\0@example.com",        false),
            ("",                         false),
        ];
        for (email, valid) in table {
            assert_eq!(check_email(email).is_empty(), valid, "{email:?}");
        }
        let problem = &check_email("ada")[0];
        assert_eq!(
            (problem.code, problem.detail.as_ref()),
            (Some(Code::EmailInvalid), "is invalid")
        );
        let long = format!("{}@example.com", "a".repeat(250));
        assert_eq!(check_email(&long)[0].code, Some(Code::EmailTooLong));
    }

    #[test]
    fn passwords_have_six_to_seventy_two_characters() {
        #[rustfmt::skip]
        let table = [
            ("12345".to_owned(),  Some("is too short (minimum is 6 characters)")),
            ("123456".to_owned(), None),
            ("é".repeat(72),      None),
            ("é".repeat(73),      Some("is too long (maximum is 72 characters)")),
        ];
        for (password, detail) in table {
            let problems = check_password(&password);
            assert_eq!(
                problems.first().map(|problem| problem.detail.as_ref()),
                detail
            );
        }
    }

    #[test]
    fn names_are_not_endless() {
        let long = "x".repeat(256);

        let codes: Vec<_> = check_names(Some(&long), Some(&long))
            .into_iter()
            .map(|problem| problem.code.unwrap())
            .collect();

        assert_eq!(codes, [Code::FirstNameTooLong, Code::LastNameTooLong]);
        assert_eq!(check_names(Some(""), None), []);
    }

    #[test]
    fn problems_of_an_admin_point_into_the_list() {
        let problems = of_admin(2, check_password("short"));

        assert_eq!(
            problems[0].at,
            At::Path("data/relationships/admins/data/2/attributes/password".into())
        );
    }

    #[test]
    fn users_are_active_while_they_or_their_licenses_stir() {
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
        let old = now - TimeDelta::days(91);
        let recent = now - TimeDelta::days(89);

        #[rustfmt::skip]
        let table = [
            // banned, created, stirred,       status
            (true,     recent,  Some(recent),  UserStatus::Banned),
            (false,    recent,  None,          UserStatus::Active),
            (false,    old,     Some(recent),  UserStatus::Active),
            (false,    old,     Some(old),     UserStatus::Inactive),
            (false,    old,     None,          UserStatus::Inactive),
        ];
        for (banned, created, stirred, expected) in table {
            assert_eq!(status(banned, created, stirred, now), expected);
        }
    }
}
