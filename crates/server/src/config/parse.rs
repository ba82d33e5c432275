//! Keys that are texts to be parsed, where empty text means "not set".

use std::fmt::Display;
use std::net::IpAddr;
use std::str::FromStr;

use ipnet::IpNet;
use keystead_signing::Secret;
use serde::de::{Deserialize, Deserializer, Error};

/// Reads a text that has to be there.
pub fn text<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: Display>,
{
    String::deserialize(deserializer)?
        .parse()
        .map_err(D::Error::custom)
}

/// Reads a text; `None` when it is empty, so that a compose file may pass a variable on whether it
/// has a value or not.
pub fn optional_text<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: Display>,
{
    let text = String::deserialize(deserializer)?;
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(D::Error::custom)
}

/// Reads a text that must not reach a log; `None` when it is empty.
pub fn optional_secret<'de, D>(deserializer: D) -> Result<Option<Secret<String>>, D::Error>
where
    D: Deserializer<'de>,
{
    let text = Secret::<String>::deserialize(deserializer)?;
    Ok((!text.expose().is_empty()).then_some(text))
}

/// Reads a list of addresses and networks: `10.0.0.1` or `10.0.0.0/8`.
pub fn networks<'de, D>(deserializer: D) -> Result<Vec<IpNet>, D::Error>
where
    D: Deserializer<'de>,
{
    let texts = Vec::<String>::deserialize(deserializer)?;
    let networks = texts.iter().map(|text| {
        let network = text.parse().or_else(|_| text.parse().map(IpAddr::into));
        network.map_err(|_| {
            D::Error::custom(format!(
                "{text:?} is no address and no network such as 10.0.0.0/8"
            ))
        })
    });
    networks.collect()
}
