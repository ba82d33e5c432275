//! `/engines/{engine}/…`: packages, served to the clients of each engine in their own words
//! (distribution reference §9). See `docs/decisions/0110-engines.md`.

mod cached;
mod elsewhere;
mod gone;
mod npm;
mod page;
mod pypi;
mod raw;
mod rubygems;
mod tauri;
mod urls;

use keystead_domain::words::Engine;
use poem::http::Method;

pub use self::cached::{Cached, Html, Json, Kind, Octets, Text};
pub use self::elsewhere::Elsewhere;
pub use self::gone::Gone;
pub use self::npm::NpmApi;
pub use self::page::Page;
pub use self::pypi::PypiApi;
pub use self::raw::RawApi;
pub use self::rubygems::RubygemsApi;
pub use self::tauri::TauriApi;
pub use self::urls::Urls;

use crate::negotiate::Answers;

/// The engine whose clients a path relative to the account is for, and what they ask it.
fn below(path: &str) -> Option<(Engine, &str)> {
    let (engine, rest) = path.strip_prefix("/engines/")?.split_once('/')?;
    Some((Engine::parse(engine)?, rest))
}

/// Whether a path relative to the account is for an engine's clients.
pub fn serves(path: &str) -> bool {
    below(path).is_some()
}

/// What a path relative to the account answers to an engine's clients.
pub fn answers(path: &str) -> Option<Answers> {
    // Clients that look before they ask accept what they will read then.
    if path == "/engines/rubygems" {
        return Some(Answers::Files);
    }
    let (engine, rest) = below(path)?;
    match engine {
        Engine::Pypi => Some(Answers::Only(&pypi::SPOKEN)),
        Engine::Raw => Some(Answers::Files),
        Engine::Tauri => Some(Answers::Only(&tauri::SPOKEN)),
        Engine::Npm => Some(npm::answers(rest)),
        Engine::Rubygems => Some(rubygems::answers(rest)),
        Engine::Oci => None,
    }
}

/// Where a name begins that a path relative to the account ends in, whatever slashes are in it.
pub fn name_in(path: &str) -> Option<usize> {
    let (engine, rest) = below(path)?;
    let at = match engine {
        Engine::Raw => raw::name_in(rest),
        Engine::Npm => npm::name_in(rest),
        _ => None,
    }?;
    Some(path.len() - rest.len() + at)
}

/// Whether a path relative to the account answers alike whatever is sent to it.
pub fn ignores_body(path: &str) -> bool {
    below(path).is_some_and(|(engine, rest)| engine == Engine::Npm && npm::is_service(rest))
}

/// Where it is answered whether an engine is served, for clients that look before they ask: the path
/// itself is about the engine.
pub fn probe(method: &Method, path: &str) -> Option<&'static str> {
    (method == Method::HEAD && path == "/engines/rubygems").then_some("/engines/rubygems/-/probe")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_for_an_engines_clients_or_about_the_engine() {
        #[rustfmt::skip]
        let table = [
            ("/engines",                 false),
            ("/engines/pypi",            false),
            ("/engines/pypi/simple",     true),
            ("/engines/npm/@a/b",        true),
            ("/engines/cargo/x",         false),
            ("/products/x/engines/pypi", false),
        ];
        for (path, expected) in table {
            assert_eq!(serves(path), expected, "{path}");
        }
    }

    #[test]
    fn a_files_name_is_all_that_follows_its_release() {
        #[rustfmt::skip]
        let table = [
            ("/engines/raw/fernweh/1.0.0/a.sh",          Some("a.sh")),
            ("/engines/raw/fernweh/1.0.0/a/b.sh",        Some("a/b.sh")),
            ("/engines/raw/fernweh/@cli/1.0.0/a/b.sh",   Some("a/b.sh")),
            ("/engines/raw/fernweh/%40cli/1.0.0/b.sh",   Some("b.sh")),
            ("/engines/raw/fernweh/@cli/1.0.0",          None),
            ("/engines/raw/fernweh/1.0.0",               None),
            ("/engines/pypi/simple/x",                   None),
            ("/engines/npm/fernweh",                     None),
            ("/engines/npm/@fernweh/sdk",                Some("@fernweh/sdk")),
            ("/engines/npm/%40fernweh/sdk",              Some("%40fernweh/sdk")),
            ("/engines/npm/-/npm/v1/security/audits",    Some("v1/security/audits")),
        ];
        for (path, name) in table {
            assert_eq!(name_in(path).map(|at| &path[at..]), name, "{path}");
        }
    }
}
