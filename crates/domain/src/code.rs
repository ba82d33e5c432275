//! Codes: names that people give to records and look them up by, beside ids.

use crate::draft::Problems;
use crate::refusal::Code;

/// Words that paths use themselves.
const RESERVED: &[&str] = &["action", "actions"];

/// Judges a code: short, not reserved, and not to be mistaken for an id. That it is unique is for
/// the database to say.
pub fn judge(code: &str, problems: &mut Problems) {
    problems.short(code, Code::CodeTooLong, "code");
    let reserved = RESERVED.iter().any(|word| code.eq_ignore_ascii_case(word));
    problems.require(!reserved, Code::CodeNotAllowed, "code");
    problems.require(
        uuid::Uuid::parse_str(code).is_err(),
        Code::CodeInvalid,
        "code",
    );
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
}
