//! Which uploaded files are looked into, and how large they may be (distribution reference §8).

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use crate::words::Engine;

/// What a file is taken for when it is looked into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// What `npm pack` makes.
    Npm,
    /// What `gem build` makes.
    Gem,
}

/// What a file of a package of this engine is looked into as; none when it is a file like others.
pub fn format(engine: Option<Engine>, filetype: Option<&str>) -> Option<Format> {
    match (engine?, filetype?) {
        (Engine::Npm, "tgz") => Some(Format::Npm),
        (Engine::Rubygems, "gem") => Some(Format::Gem),
        _ => None,
    }
}

impl Format {
    /// How many bytes a file may have.
    pub fn sizes(self) -> RangeInclusive<u64> {
        const MOST: u64 = 32 * 1024 * 1024;
        match self {
            Self::Npm => 28..=MOST,
            Self::Gem => 5..=MOST,
        }
    }
}

/// How many bytes of a file's manifest are kept.
pub const MANIFEST_SIZES: RangeInclusive<u64> = 5..=5 * 1024 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_looked_into_by_engine_and_type() {
        #[rustfmt::skip]
        let table = [
            (Some(Engine::Npm),      Some("tgz"),    Some(Format::Npm)),
            (Some(Engine::Npm),      Some("tar.gz"), None),
            (Some(Engine::Npm),      Some("tar"),    None),
            (Some(Engine::Npm),      None,           None),
            (Some(Engine::Rubygems), Some("gem"),    Some(Format::Gem)),
            (Some(Engine::Rubygems), Some("tgz"),    None),
            (Some(Engine::Pypi),     Some("tgz"),    None),
            (Some(Engine::Raw),      Some("gem"),    None),
            (None,                   Some("gem"),    None),
        ];
        for (engine, filetype, expected) in table {
            assert_eq!(
                format(engine, filetype),
                expected,
                "{engine:?} {filetype:?}"
            );
        }
    }
}
