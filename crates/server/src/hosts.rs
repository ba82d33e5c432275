//! The installation's own names, from its configuration.

use keystead_app::Hosts;
use url::{Host, Url};

use crate::config::Config;

/// The names of an installation.
///
/// Unsaid, the domain is the public host without its first label (`api.example.com` is of
/// `example.com`), and people are sent back to the public URL.
pub fn hosts(config: &Config) -> Hosts {
    let public = config.http.public_url.as_ref();
    let domain = config
        .http
        .domain
        .clone()
        .or_else(|| public.and_then(domain_of));
    let portal = config.portal.origin.as_ref();
    let portal = portal.map(|url| url.origin().ascii_serialization());
    let callback = config.sso.callback_url.as_ref().map(Url::to_string);
    let sso_callback = callback.or_else(|| public.map(|url| format!("{}/sso", trimmed(url))));
    Hosts {
        domain,
        portal,
        sso_callback,
    }
}

/// The domain that a public URL's host belongs to; an address belongs to none.
fn domain_of(url: &Url) -> Option<String> {
    let Some(Host::Domain(name)) = url.host() else {
        return None;
    };
    match name.split_once('.') {
        Some((_, parent)) if parent.contains('.') => Some(parent.to_owned()),
        _ => Some(name.to_owned()),
    }
}

fn trimmed(url: &Url) -> &str {
    url.as_str().trim_end_matches('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(public_url: &str, change: impl FnOnce(&mut Config)) -> Hosts {
        let mut config = Config::default();
        config.http.public_url = Some(public_url.parse().unwrap());
        change(&mut config);
        hosts(&config)
    }

    #[test]
    fn names_follow_from_the_public_url() {
        let told = of("https://api.example.com/", |_| {});
        assert_eq!(told.domain.as_deref(), Some("example.com"));
        assert_eq!(
            told.sso_callback.as_deref(),
            Some("https://api.example.com/sso")
        );

        let short = of("https://example.com", |_| {});
        assert_eq!(short.domain.as_deref(), Some("example.com"));

        let address = of("http://192.0.2.1:6480", |_| {});
        assert_eq!((address.domain, address.portal), (None, None));
        assert_eq!(hosts(&Config::default()), Hosts::default());
    }

    #[test]
    fn names_that_are_said_win() {
        let told = of("https://keystead.example.com", |config| {
            config.http.domain = Some("keystead.example.com".to_owned());
            config.portal.origin = Some("https://my.example.com".parse().unwrap());
            config.sso.callback_url = Some("https://login.example.com/sso".parse().unwrap());
        });

        assert_eq!(told.domain.as_deref(), Some("keystead.example.com"));
        assert_eq!(told.portal.as_deref(), Some("https://my.example.com"));
        assert_eq!(
            told.sso_callback.as_deref(),
            Some("https://login.example.com/sso")
        );
    }
}
