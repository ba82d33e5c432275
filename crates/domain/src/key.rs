//! Pooled keys: what they may be (licensing reference §8.1). Whether one is taken is the
//! database's to say.

use crate::draft::Problems;
use crate::ids::reserved;
use crate::refusal::{At, Code};

/// Characters of a pooled key, at least.
const MIN_CHARS: usize = 8;
/// Characters of a pooled key, at most.
const MAX_CHARS: usize = 1024;

/// Judges a key that is to wait in a pool.
pub fn judge(key: &str, problems: &mut Problems) {
    let at = || At::Attribute("key".into());
    let chars = key.chars().count();
    if chars < MIN_CHARS {
        let detail = format!("is too short (minimum is {MIN_CHARS} characters)");
        problems.add(Code::KeyTooShort.says(detail, at()));
    }
    if chars > MAX_CHARS {
        let detail = format!("is too long (maximum is {MAX_CHARS} characters)");
        problems.add(Code::KeyTooLong.says(detail, at()));
    }
    problems.require(!reserved(key), Code::KeyNotAllowed, "key");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pooled_key_is_of_a_bearable_length_and_no_word_of_a_path() {
        let (long, longer) = ("é".repeat(MAX_CHARS), "é".repeat(MAX_CHARS + 1));
        #[rustfmt::skip]
        let table: [(&str, &[Code]); 6] = [
            ("POOL-001",      &[]),
            ("ééééééé",       &[Code::KeyTooShort]),
            ("actions",       &[Code::KeyTooShort, Code::KeyNotAllowed]),
            ("",              &[Code::KeyTooShort]),
            (&long,           &[]),
            (&longer,         &[Code::KeyTooLong]),
        ];
        for (key, expected) in table {
            let mut problems = Problems::none();
            judge(key, &mut problems);
            let told: Vec<_> = problems
                .into_result()
                .err()
                .map(|refused| refused.problems)
                .unwrap_or_default()
                .into_iter()
                .filter_map(|problem| problem.code)
                .collect();
            assert_eq!(told, expected, "{key:?}");
        }
    }
}
