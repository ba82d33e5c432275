//! URLs that this server signs and answers itself: whoever has one may do what it says.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use keystead_signing::url::UrlKey;
use uuid::Uuid;

use crate::{Errand, Key, Verb};

/// What a signed URL allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// What may be done.
    pub verb: Verb,
    /// To which object.
    pub key: Key,
    /// What the file is called.
    pub filename: String,
    /// Whether an upload may replace an object that is there.
    pub replaces: bool,
}

/// Why a signed URL allows nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denied {
    /// It is no URL of ours, or it was changed.
    Invalid,
    /// Its time is over.
    Expired,
}

/// A path with everything percent-encoded that isn't unreserved; slashes stay.
pub fn encoded(path: &str) -> String {
    let mut text = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                text.push(char::from(byte));
            }
            _ => write!(text, "%{byte:02X}").unwrap_or_default(),
        }
    }
    text
}

/// Everything that a URL says, in one spelling: what is signed.
fn message(grant: &Grant, expires: i64) -> String {
    let verb = match grant.verb {
        Verb::Get => "GET",
        Verb::Put => "PUT",
    };
    let Grant {
        key,
        filename,
        replaces,
        ..
    } = grant;
    format!("{verb}\n{key}\n{expires}\n{replaces}\n{filename}")
}

/// The path with query of an errand, below the base of the storage's URLs.
pub(crate) fn url(signer: &UrlKey, errand: &Errand<'_>) -> String {
    let ttl = i64::try_from(errand.ttl.as_secs()).unwrap_or(i64::MAX);
    let expires = errand.now.timestamp().saturating_add(ttl);
    let grant = Grant {
        verb: errand.verb,
        key: errand.key,
        filename: errand.filename.to_owned(),
        replaces: errand.replaces,
    };
    let signature = signer.sign(message(&grant, expires).as_bytes());
    let Key {
        account,
        release,
        object,
    } = errand.key;
    let filename = encoded(errand.filename);
    let replaces = if errand.replaces { "&replace=1" } else { "" };
    format!(
        "{account}/{release}/{filename}?object={object}&expires={expires}{replaces}\
         &signature={signature}"
    )
}

/// What a path below the base, percent-decoded, and the members of its query allow at an instant.
pub(crate) fn verify(
    signer: &UrlKey,
    verb: Verb,
    path: &str,
    query: &dyn Fn(&str) -> Option<String>,
    now: DateTime<Utc>,
) -> Result<Grant, Denied> {
    let read = || {
        let mut segments = path.splitn(3, '/');
        let account: Uuid = segments.next()?.parse().ok()?;
        let release: Uuid = segments.next()?.parse().ok()?;
        let filename = segments.next()?.to_owned();
        let object: Uuid = query("object")?.parse().ok()?;
        let expires: i64 = query("expires")?.parse().ok()?;
        let grant = Grant {
            verb,
            key: Key {
                account,
                release,
                object,
            },
            filename,
            replaces: query("replace").is_some(),
        };
        let signature = query("signature")?;
        let genuine = signer.verify(message(&grant, expires).as_bytes(), &signature);
        genuine.then_some((grant, expires))
    };
    match read() {
        None => Err(Denied::Invalid),
        Some((_, expires)) if now.timestamp() >= expires => Err(Denied::Expired),
        Some((grant, _)) => Ok(grant),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::time::Duration;

    use keystead_signing::{MasterKey, SystemEntropy};

    use super::*;

    const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

    fn signer() -> UrlKey {
        UrlKey::of(&MasterKey::generate(&mut SystemEntropy))
    }

    fn errand(verb: Verb) -> Errand<'static> {
        Errand {
            verb,
            key: Key {
                account: Uuid::from_u128(1),
                release: Uuid::from_u128(2),
                object: Uuid::from_u128(3),
            },
            filename: "a/App.zip",
            replaces: false,
            now: NOW,
            ttl: Duration::from_secs(60),
        }
    }

    fn judge(signer: &UrlKey, verb: Verb, url: &str, after: i64) -> Result<Grant, Denied> {
        let (path, query) = url.split_once('?').unwrap();
        let query: HashMap<&str, &str> = query
            .split('&')
            .map(|pair| pair.split_once('=').unwrap())
            .collect();
        let member = |name: &str| query.get(name).map(|value| (*value).to_owned());
        verify(
            signer,
            verb,
            path,
            &member,
            NOW + chrono::TimeDelta::seconds(after),
        )
    }

    #[test]
    fn a_url_is_good_for_what_it_says_and_as_long_as_it_says() {
        let signer = signer();
        let url = url(&signer, &errand(Verb::Get));

        let grant = judge(&signer, Verb::Get, &url, 59).unwrap();
        assert_eq!(
            (grant.key, grant.filename.as_str()),
            (errand(Verb::Get).key, "a/App.zip")
        );
        assert_eq!(judge(&signer, Verb::Put, &url, 0), Err(Denied::Invalid));
        assert_eq!(judge(&signer, Verb::Get, &url, 60), Err(Denied::Expired));
        assert_eq!(
            judge(&self::signer(), Verb::Get, &url, 0),
            Err(Denied::Invalid)
        );
    }

    #[test]
    fn no_part_of_a_url_may_be_changed() {
        let signer = signer();
        let good = url(&signer, &errand(Verb::Put));
        let other = Uuid::from_u128(9).to_string();
        #[rustfmt::skip]
        let changed = [
            good.replace("App.zip", "App.exe"),
            good.replace(&Uuid::from_u128(1).to_string(), &other),
            good.replace(&Uuid::from_u128(2).to_string(), &other),
            good.replace(&Uuid::from_u128(3).to_string(), &other),
            good.replace("expires=60", "expires=6000"),
            good.replace("&signature", "&replace=1&signature"),
            good.replace("signature=", "signature=x"),
        ];
        for url in changed {
            assert_eq!(
                judge(&signer, Verb::Put, &url, 0),
                Err(Denied::Invalid),
                "{url}"
            );
        }
    }

    #[test]
    fn what_a_path_cannot_hold_is_encoded() {
        assert_eq!(encoded("a b/ä?#%.zip"), "a%20b/%C3%A4%3F%23%25.zip");
    }
}
