//! `pypi.pkg.example.com/acme/simple` is routed as `/v1/accounts/acme/engines/pypi/simple`: clients of
//! packages are given a host instead of a long path.

use keystead_domain::words::Engine;

/// What every host answers alike: the API itself, what signed URLs lead to, and its description.
const EVERYWHERE: &[&str] = &["/v1", "/objects", "/docs"];

/// The long form of a path on an engine's host; none when the path is the same on every host. With
/// many accounts, its first segment names one.
pub fn long(engine: Engine, path: &str, multi_account: bool) -> Option<String> {
    let shared = EVERYWHERE.iter().any(|prefix| {
        path.strip_prefix(prefix)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    });
    if shared {
        return None;
    }
    let rest = path.trim_start_matches('/');
    if !multi_account {
        return Some(format!("/v1/engines/{engine}/{rest}"));
    }
    let (account, rest) = rest.split_once('/').unwrap_or((rest, ""));
    Some(format!("/v1/accounts/{account}/engines/{engine}/{rest}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hosts_short_paths_stand_for_long_ones() {
        #[rustfmt::skip]
        let table = [
            ("/acme/simple/",       true,  Some("/v1/accounts/acme/engines/pypi/simple/")),
            ("/acme",               true,  Some("/v1/accounts/acme/engines/pypi/")),
            ("/simple/fern%2Fweh",  false, Some("/v1/engines/pypi/simple/fern%2Fweh")),
            ("/",                   false, Some("/v1/engines/pypi/")),
            ("/v1/accounts/acme/artifacts/x", true,  None),
            ("/v1/artifacts/x",     false, None),
            ("/objects/a/b",        true,  None),
            ("/v1x/simple",         true,  Some("/v1/accounts/v1x/engines/pypi/simple")),
        ];
        for (path, multi_account, expected) in table {
            let long = long(Engine::Pypi, path, multi_account);
            assert_eq!(long.as_deref(), expected, "{path}");
        }
    }
}
