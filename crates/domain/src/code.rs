//! Codes and slugs: names that people give to records and look them up by, beside ids.

use crate::draft::Problems;
use crate::ids::{id_shaped, reserved};
use crate::refusal::{At, Code};

/// Judges a code: short, not reserved, and not to be mistaken for an id. That it is unique is for
/// the database to say.
pub fn judge(code: &str, problems: &mut Problems) {
    problems.short(code, Code::CodeTooLong, "code");
    let word = code.to_ascii_lowercase();
    problems.require(!reserved(&word), Code::CodeNotAllowed, "code");
    problems.require(id_shaped(code).is_none(), Code::CodeInvalid, "code");
}

/// Judges the slug of an account. That it is unique is for the database to say.
pub fn judge_slug(slug: &str, problems: &mut Problems) {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let mut bytes = slug.bytes();
    let formed = slug.len() >= 2
        && bytes.next().is_some_and(plain)
        && bytes.all(|byte| plain(byte) || byte == b'-');
    let bare: String = slug.chars().filter(|&c| c != '-').collect();

    problems.short(slug, Code::SlugTooLong, "slug");
    problems.require(formed, Code::SlugInvalid, "slug");
    problems.require(!reserved(slug), Code::SlugNotAllowed, "slug");
    if id_shaped(&bare).is_some() {
        let at = At::Attribute("slug".into());
        problems.add(Code::SlugNotAllowed.says("cannot resemble a UUID", at));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_short_and_neither_reserved_nor_an_id() {
        let long = "x".repeat(256);
        #[rustfmt::skip]
        let table = [
            ("aurora",                                 None),
            ("Aurora 2.0",                             None),
            ("actionable",                             None),
            ("actions",                                Some(Code::CodeNotAllowed)),
            ("Action",                                 Some(Code::CodeNotAllowed)),
            ("5f6c1a52-6f5e-4a0c-9d4e-2f1f7a0f3b11",   Some(Code::CodeInvalid)),
            ("5F6C1A526F5E4A0C9D4E2F1F7A0F3B11",       Some(Code::CodeInvalid)),
            (long.as_str(),                            Some(Code::CodeTooLong)),
        ];
        for (code, expected) in table {
            let mut problems = Problems::none();
            judge(code, &mut problems);
            let told = problems
                .into_result()
                .err()
                .and_then(|refused| refused.problems[0].code);
            assert_eq!(told, expected, "{code:?}");
        }
    }

    #[test]
    fn a_slug_is_a_word_in_lower_case() {
        let long = "x".repeat(256);
        #[rustfmt::skip]
        let table = [
            ("acme",                                   None),
            ("acme-2",                                 None),
            ("3d",                                     None),
            ("Acme",                                   Some(Code::SlugInvalid)),
            ("-acme",                                  Some(Code::SlugInvalid)),
            ("a_b",                                    Some(Code::SlugInvalid)),
            ("a",                                      Some(Code::SlugInvalid)),
            ("",                                       Some(Code::SlugInvalid)),
            ("actions",                                Some(Code::SlugNotAllowed)),
            ("5f6c1a52-6f5e4a0c9d4e-2f1f7a0f-3b11",    Some(Code::SlugNotAllowed)),
            (long.as_str(),                            Some(Code::SlugTooLong)),
        ];
        for (slug, expected) in table {
            let mut problems = Problems::none();
            judge_slug(slug, &mut problems);
            let told = problems
                .into_result()
                .err()
                .and_then(|refused| refused.problems[0].code);
            assert_eq!(told, expected, "{slug:?}");
        }
    }
}
