//! Rules about a file as a whole: its size, its first line, its name.

use super::{Fault, Source};

/// Lines, above which a file asks to be two unless it's a list.
const LONG_LINES: usize = 500;

/// Names that say nothing about what is inside.
const EMPTY_NAMES: &[&str] = &[
    "utils", "util", "common", "types", "helpers", "helper", "misc",
];

/// A module says what is in it; a list that is included into one can't use `//!`.
const OPENINGS: &[&str] = &["//!", "// Included by `"];

/// The rules a file breaks.
pub fn check(source: &Source) -> Vec<Fault> {
    let fault = |check, weight, message| Fault {
        check,
        file: source.file.clone(),
        line: 0,
        message,
        weight,
    };
    let mut faults = Vec::new();

    let lines = source.text.lines().count();
    if lines > LONG_LINES {
        faults.push(fault(
            "long-file",
            lines,
            format!("{lines} lines, more than {LONG_LINES}: cut it along the noun"),
        ));
    }
    if !OPENINGS
        .iter()
        .any(|opening| source.text.starts_with(opening))
    {
        faults.push(fault(
            "header",
            1,
            "does not open with `//!` and what is here".to_owned(),
        ));
    }
    let mut parts: Vec<&str> = source.file.trim_end_matches(".rs").split('/').collect();
    if parts.last() == Some(&"mod") {
        faults.push(fault(
            "mod-rs",
            1,
            "is a mod.rs: put `name.rs` beside `name/`".to_owned(),
        ));
        parts.pop();
    }
    if let Some(name) = parts.iter().find(|part| EMPTY_NAMES.contains(part)) {
        faults.push(fault(
            "empty-name",
            1,
            format!("`{name}` says nothing: find the noun, or put the code where it is used"),
        ));
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checks(file: &str, text: &str) -> Vec<&'static str> {
        let source = Source {
            file: file.to_owned(),
            text: text.to_owned(),
        };
        check(&source)
            .into_iter()
            .map(|fault| fault.check)
            .collect()
    }

    #[test]
    fn each_rule_finds_its_sinner() {
        let long = format!("//! A.\n{}", "\n".repeat(LONG_LINES));

        assert_eq!(checks("crates/a/src/b.rs", "//! A.\n"), Vec::<&str>::new());
        assert_eq!(checks("crates/a/src/b.rs", &long), ["long-file"]);
        assert_eq!(checks("crates/a/src/b.rs", "use c;\n"), ["header"]);
        assert_eq!(
            checks("crates/a/src/b.rs", "// Included by `c.rs`.\n"),
            Vec::<&str>::new()
        );
        assert_eq!(checks("crates/a/src/b/mod.rs", "//! A.\n"), ["mod-rs"]);
        assert_eq!(checks("crates/a/src/utils.rs", "//! A.\n"), ["empty-name"]);
        assert_eq!(
            checks("crates/a/src/common/b.rs", "//! A.\n"),
            ["empty-name"]
        );
    }
}
