//! Programs of others' making that tests run.

/// The Python whose pip tests use: `KEYSTEAD_TEST_PYTHON` says which, else it is whichever there is.
pub fn python() -> String {
    std::env::var("KEYSTEAD_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned())
}
