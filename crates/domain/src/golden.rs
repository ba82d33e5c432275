//! Golden files: closed lists as text, so that a change of the contract is a diff to review.

/// Compares `text` with `golden/<name>`, or writes it there when `KEYSTEAD_UPDATE_GOLDEN` is set.
#[expect(
    clippy::disallowed_methods,
    reason = "a switch of the test run, not configuration"
)]
pub fn check(name: &str, text: &str) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("golden")
        .join(name);
    if std::env::var("KEYSTEAD_UPDATE_GOLDEN").is_ok_and(|value| value == "1") {
        std::fs::write(&path, text).unwrap();
        return;
    }

    let golden = std::fs::read_to_string(&path).unwrap_or_default();

    for (line, (was, is)) in (1..).zip(golden.lines().zip(text.lines())) {
        assert_eq!(
            was, is,
            "golden/{name}:{line}; KEYSTEAD_UPDATE_GOLDEN=1 accepts the change"
        );
    }
    assert!(
        golden == text,
        "golden/{name} is longer or shorter; KEYSTEAD_UPDATE_GOLDEN=1 accepts"
    );
}
