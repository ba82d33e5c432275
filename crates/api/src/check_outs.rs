//! Check-outs on the wire: what is asked of a file, and the file as a download (licensing §7.1,
//! machines §4.1).

use keystead_app::check_outs::Ask;
use poem_openapi::payload::Binary;
use poem_openapi::{ApiResponse, Object};
use serde::Deserialize;

use crate::fields::Maybe;
use crate::input::Meta;

/// What is asked of a file in the query.
#[derive(Debug, Default, Object, Deserialize)]
#[serde(default)]
pub struct CheckOutParameters {
    /// Whether it shall be encrypted; an algorithm says so itself.
    encrypt: Option<bool>,
    /// How it shall be encoded and signed, e.g. `aes-256-gcm+ed25519`.
    algorithm: Option<String>,
    /// How many seconds it shall be good for, at least 3600; for ever when empty.
    ttl: Maybe<i64>,
    /// What it shall hold besides, with commas between.
    include: Option<String>,
}

/// What is asked of a file in the body.
#[derive(Debug, Default, Object, Deserialize)]
#[serde(default)]
pub struct CheckOutMeta {
    /// Whether it shall be encrypted; an algorithm says so itself.
    encrypt: Option<bool>,
    /// How it shall be encoded and signed, e.g. `aes-256-gcm+ed25519`.
    algorithm: Option<String>,
    /// How many seconds it shall be good for, at least 3600; for ever when null.
    ttl: Maybe<i64>,
    /// What it shall hold besides.
    include: Option<Vec<String>>,
}

/// The body of a check-out, which may be left out.
pub type CheckOutBody = Meta<Option<CheckOutMeta>>;

/// What query and body ask for together; the body wins, member by member.
///
/// `alias` is an older name of something that may be included.
pub fn ask(query: CheckOutParameters, meta: Option<CheckOutMeta>, alias: (&str, &str)) -> Ask {
    let meta = meta.unwrap_or_default();
    let ttl = match meta.ttl.is_sent() {
        true => meta.ttl,
        false => query.ttl,
    };
    let listed = || {
        let text = query.include.as_deref().unwrap_or_default();
        let names = text
            .split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty());
        names.map(str::to_owned).collect()
    };
    let algorithm = meta.algorithm.or(query.algorithm);
    Ask {
        encrypt: meta.encrypt.or(query.encrypt).unwrap_or_default(),
        algorithm: algorithm.filter(|text| !text.trim().is_empty()),
        ttl: ttl.change(),
        include: once(meta.include.unwrap_or_else(listed), alias),
    }
}

/// Each name once, in order; an alias last, under its name.
fn once(given: Vec<String>, (alias, name): (&str, &str)) -> Vec<String> {
    let aliased = given.iter().any(|given| given == alias);
    let mut names = Vec::new();
    let plain = given.into_iter().filter(|given| given != alias);
    for name in plain.chain(aliased.then(|| name.to_owned())) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// A file to be saved.
#[derive(ApiResponse)]
pub enum Download {
    /// The file.
    #[oai(status = 200, content_type = "application/octet-stream")]
    File(
        Binary<Vec<u8>>,
        /// Under which name to save it.
        #[oai(header = "content-disposition")]
        String,
    ),
}

impl Download {
    /// A file under a name that needs no quoting.
    pub fn of(text: String, name: &str) -> Self {
        Self::File(
            Binary(text.into_bytes()),
            format!("attachment; filename=\"{name}\""),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(given: &[&str]) -> Vec<String> {
        given.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn names_come_once_and_an_alias_last() {
        let alias = ("user", "owner");
        #[rustfmt::skip]
        let table: &[(&[&str], &[&str])] = &[
            (&["users", "policy", "users"], &["users", "policy"]),
            (&["user", "policy"],           &["policy", "owner"]),
            (&["owner", "user", "policy"],  &["owner", "policy"]),
            (&[],                           &[]),
        ];
        for (given, kept) in table {
            assert_eq!(once(names(given), alias), names(kept), "{given:?}");
        }
    }

    #[test]
    fn the_body_wins_member_by_member() {
        let query = CheckOutParameters {
            encrypt: Some(true),
            algorithm: Some(" ".to_owned()),
            ttl: Maybe::Value(3600),
            include: Some("policy,,product".to_owned()),
        };
        let meta = CheckOutMeta {
            ttl: Maybe::Null,
            ..CheckOutMeta::default()
        };

        let asked = ask(query, Some(meta), ("user", "owner"));

        assert_eq!(
            asked,
            Ask {
                encrypt: true,
                algorithm: None,
                ttl: Some(None),
                include: names(&["policy", "product"]),
            }
        );
    }
}
