//! The installation's own names: what belongs to it, and where people's browsers are sent.

use keystead_domain::words::Engine;

/// The hosts of an installation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hosts {
    /// The domain that every host of the installation is, or is below; no account's custom domain
    /// may be. None as long as nobody said what clients call the server.
    pub domain: Option<String>,
    /// The portal's origin, e.g. `https://portal.example.com`: browsers on it may use cookies.
    pub portal: Option<String>,
    /// Where identity providers send people back to, e.g. `https://auth.example.com/sso`.
    pub sso_callback: Option<String>,
}

impl Hosts {
    /// Whether a host, in lower case and without a port, is the installation's own.
    pub fn own(&self, host: &str) -> bool {
        let Some(domain) = &self.domain else {
            return false;
        };
        host.strip_suffix(domain.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    }

    /// The engine whose clients a host serves, in lower case and without a port:
    /// `pypi.pkg.example.com` of `example.com`.
    pub fn engine(&self, host: &str) -> Option<Engine> {
        let label = host
            .strip_suffix(self.domain.as_ref()?)?
            .strip_suffix(".pkg.")?;
        Engine::parse(label)
    }
}

/// A `Host` header as a name to look up: without its port, in lower case; nothing when it is an
/// address rather than a name.
pub fn name_of(host: &str) -> Option<String> {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let addressed = name.parse::<std::net::Ipv4Addr>().is_ok() || name.starts_with('[');
    (name.contains('.') && !addressed).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_below_the_domain_is_the_installations_own() {
        let hosts = Hosts {
            domain: Some("example.com".to_owned()),
            ..Hosts::default()
        };
        #[rustfmt::skip]
        let table = [
            ("example.com",          true),
            ("api.example.com",      true),
            ("badexample.com",       false),
            ("example.com.evil.net", false),
            ("licensing.acme.net",   false),
        ];
        for (host, own) in table {
            assert_eq!(hosts.own(host), own, "{host}");
        }
        assert!(!Hosts::default().own("example.com"));
    }

    #[test]
    fn engines_have_hosts_of_their_own() {
        let hosts = Hosts {
            domain: Some("example.com".to_owned()),
            ..Hosts::default()
        };
        #[rustfmt::skip]
        let table = [
            ("pypi.pkg.example.com",     Some(Engine::Pypi)),
            ("npm.pkg.example.com",      Some(Engine::Npm)),
            ("cargo.pkg.example.com",    None),
            ("pkg.example.com",          None),
            ("pypi.example.com",         None),
            ("a.pypi.pkg.example.com",   None),
            ("pypi.pkg.badexample.com",  None),
        ];
        for (host, engine) in table {
            assert_eq!(hosts.engine(host), engine, "{host}");
        }
        assert_eq!(Hosts::default().engine("pypi.pkg.example.com"), None);
    }

    #[test]
    fn a_host_is_a_name_without_its_port() {
        #[rustfmt::skip]
        let table = [
            ("Licensing.Acme.net:443", Some("licensing.acme.net")),
            ("licensing.acme.net.",    Some("licensing.acme.net")),
            ("127.0.0.1:6480",         None),
            ("[::1]:6480",             None),
            ("localhost:6480",         None),
            ("",                       None),
        ];
        for (header, name) in table {
            assert_eq!(name_of(header).as_deref(), name, "{header}");
        }
    }
}
