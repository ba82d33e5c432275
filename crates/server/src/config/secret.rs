//! URLs that may hold a password, shown without it.

use keystead_signing::Secret;

/// The URL with its password and query hidden; `***` when it isn't a URL.
pub fn redacted_url(secret: &Secret<String>) -> String {
    let Ok(mut url) = url::Url::parse(secret.expose()) else {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(url: &str) -> String {
        redacted_url(&Secret::new(url.to_owned()))
    }

    #[test]
    fn a_url_prints_without_its_password_and_query() {
        assert_eq!(
            shown("postgres://keystead:hunter2@db:5432/keystead?password=hunter2"),
            "postgres://keystead:***@db:5432/keystead?***"
        );
    }

    #[test]
    fn a_url_without_a_password_prints_whole() {
        assert_eq!(shown("redis://cache:6379/0"), "redis://cache:6379/0");
    }

    #[test]
    fn what_is_no_url_prints_not_at_all() {
        assert_eq!(shown("hunter2"), "***");
    }
}
