//! Text that must not reach a log: it prints as `***`.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

/// A password, or a URL that may hold one.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, for the one place that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The text with the password and query of a URL hidden; `***` when it isn't a URL.
    pub fn redacted_url(&self) -> String {
        let Ok(mut url) = url::Url::parse(&self.0) else {
            return "***".to_owned();
        };
        // Refused only by URLs that can't have a password.
        if url.password().is_some() && url.set_password(Some("***")).is_err() {
            return "***".to_owned();
        }
        if url.query().is_some() {
            url.set_query(Some("***"));
        }
        url.to_string()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl FromStr for Secret {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self::new(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_never_prints_itself() {
        assert_eq!(format!("{:?}", Secret::new("hunter2")), "***");
    }

    #[test]
    fn a_url_prints_without_its_password_and_query() {
        let url = Secret::new("postgres://keystead:hunter2@db:5432/keystead?password=hunter2");

        assert_eq!(
            url.redacted_url(),
            "postgres://keystead:***@db:5432/keystead?***"
        );
    }

    #[test]
    fn a_url_without_a_password_prints_whole() {
        assert_eq!(
            Secret::new("redis://cache:6379/0").redacted_url(),
            "redis://cache:6379/0"
        );
    }

    #[test]
    fn what_is_no_url_prints_not_at_all() {
        assert_eq!(Secret::new("hunter2").redacted_url(), "***");
    }
}
