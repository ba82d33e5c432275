//! `/engines/{engine}/…`: packages, served to the clients of each engine in their own words
//! (distribution reference §9). See `docs/decisions/0110-engines.md`.

mod cached;
mod elsewhere;
mod page;
mod pypi;
mod raw;
mod tauri;
mod urls;

use keystead_domain::words::Engine;

pub use self::cached::{Cached, Html, Kind};
pub use self::elsewhere::Elsewhere;
pub use self::page::Page;
pub use self::pypi::PypiApi;
pub use self::raw::RawApi;
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
    let (engine, _) = below(path)?;
    match engine {
        Engine::Pypi => Some(Answers::Only(&pypi::SPOKEN)),
        Engine::Raw => Some(Answers::Files),
        Engine::Tauri => Some(Answers::Only(&tauri::SPOKEN)),
        Engine::Rubygems | Engine::Npm | Engine::Oci => None,
    }
}

/// Where a name begins that a path relative to the account ends in, whatever slashes are in it.
pub fn name_in(path: &str) -> Option<usize> {
    let (engine, rest) = below(path)?;
    let at = match engine {
        Engine::Raw => raw::name_in(rest),
        _ => None,
    }?;
    Some(path.len() - rest.len() + at)
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
        ];
        for (path, name) in table {
            assert_eq!(name_in(path).map(|at| &path[at..]), name, "{path}");
        }
    }
}
