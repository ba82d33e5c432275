//! Words that have no place in some or all of the code.

use super::{Fault, Source};

/// Something that may be written in these places only.
struct Rule {
    check: &'static str,
    word: &'static str,
    /// Beginnings of the paths where the word is at home.
    home: &'static [&'static str],
    /// Whether comments may speak of it.
    allowed_in_comments: bool,
    message: &'static str,
}

/// Put together from halves, so that this file doesn't break its own rules.
#[rustfmt::skip]
const RULES: &[Rule] = &[
    rule("unfinished", concat!("to", "do!("),              &[], "finish it, or leave it out"),
    rule("unfinished", concat!("unimple", "mented!("),     &[], "finish it, or leave it out"),
    rule("skipped",    concat!("#[ig", "nore"),            &[], "a test that never runs proves nothing"),
    Rule { allowed_in_comments: false, ..rule("unfinished", concat!("FIX", "ME"), &[], "finish it, or file an issue") },
    rule("clock",      concat!("Utc::", "now()"),          &["crates/server/", "crates/testkit/", "xtask/"], "take `cx.now`: only the server reads the clock"),
    rule("dialect",    concat!("Database", "Backend::"),   DIALECT, "differences between databases live in the store's dialect module"),
    rule("dialect",    concat!("Db", "Backend::"),         DIALECT, "differences between databases live in the store's dialect module"),
];

const DIALECT: &[&str] = &["crates/store/src/dialect", "migrations/"];

const fn rule(
    check: &'static str,
    word: &'static str,
    home: &'static [&'static str],
    message: &'static str,
) -> Rule {
    Rule {
        check,
        word,
        home,
        allowed_in_comments: true,
        message,
    }
}

/// Every line that has a word it may not have.
pub fn check(source: &Source) -> Vec<Fault> {
    let rules: Vec<&Rule> = RULES
        .iter()
        .filter(|rule| !rule.home.iter().any(|home| source.file.starts_with(home)))
        .collect();

    let mut faults = Vec::new();
    for (index, line) in source.text.lines().enumerate() {
        for rule in &rules {
            let seen = if rule.allowed_in_comments {
                code(line)
            } else {
                line
            };
            if seen.contains(rule.word) {
                faults.push(Fault {
                    check: rule.check,
                    file: source.file.clone(),
                    line: index + 1,
                    message: format!("`{}`: {}", rule.word, rule.message),
                    weight: 1,
                });
            }
        }
    }
    faults
}

/// The line without its comment. A `//` inside a string cuts too much, which no rule minds.
fn code(line: &str) -> &str {
    line.split_once("//").map_or(line, |(code, _)| code)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checks(file: &str, text: &str) -> Vec<(&'static str, usize)> {
        let source = Source {
            file: file.to_owned(),
            text: text.to_owned(),
        };
        check(&source)
            .into_iter()
            .map(|fault| (fault.check, fault.line))
            .collect()
    }

    #[test]
    fn every_word_is_found_where_it_is_not_at_home() {
        for rule in RULES {
            let text = format!("//! A.\nlet a = {};\n", rule.word);

            assert_eq!(
                checks("crates/app/src/a.rs", &text),
                [(rule.check, 2)],
                "{}",
                rule.word
            );
            for home in rule.home {
                assert_eq!(checks(&format!("{home}a.rs"), &text), [], "{}", rule.word);
            }
        }
    }

    #[test]
    fn comments_may_speak_of_what_code_may_not_do() {
        let text = format!("// never {}\n", concat!("Utc::", "now()"));

        assert_eq!(checks("crates/app/src/a.rs", &text), []);
    }

    #[test]
    fn unfinished_work_is_found_in_comments() {
        let text = format!("// {} later\n", concat!("FIX", "ME"));

        assert_eq!(checks("crates/app/src/a.rs", &text), [("unfinished", 1)]);
    }
}
