//! Layers whose values are text: the environment and flags. The default's type says how to read each.
//!
//! figment's own environment provider guesses: a password of digits would become a number.

use std::collections::BTreeMap;

use figment::value::{Dict, Map, Num, Tag, Value};
use figment::{Error, Metadata, Profile, Provider};

use super::{ConfigError, Override, unknown};

const PREFIX: &str = "KEYSTEAD_";

/// Read by the program itself; they are no keys.
const RESERVED: &[&str] = &["KEYSTEAD_CONFIG", "KEYSTEAD_MASTER_KEY"];

/// What tests tell each other.
const RESERVED_FOR_TESTS: &str = "KEYSTEAD_TEST_";

/// Texts by key.
pub struct TextLayer {
    name: &'static str,
    entries: Vec<Entry>,
}

struct Entry {
    key: String,
    /// What the user wrote: the variable, or the flag.
    origin: String,
    text: String,
    /// The default, which has the type that the text is read as; none for an unknown key.
    default: Option<Value>,
}

impl TextLayer {
    /// The variables that are keys. Those that Kubernetes makes for services are left out.
    pub fn environment(variables: &[(String, String)], known: &BTreeMap<String, Value>) -> Self {
        let entries = variables
            .iter()
            .filter(|(name, value)| {
                !RESERVED.contains(&name.as_str())
                    && !name.starts_with(RESERVED_FOR_TESTS)
                    && !made_by_kubernetes(name, value)
            })
            .filter_map(|(name, value)| {
                let key = name
                    .strip_prefix(PREFIX)?
                    .to_ascii_lowercase()
                    .replace("__", ".");
                Some(Entry {
                    default: known.get(&key).cloned(),
                    key,
                    origin: name.clone(),
                    text: value.clone(),
                })
            })
            .collect();
        Self {
            name: "the environment",
            entries,
        }
    }

    /// What flags say.
    pub fn flags(overrides: &[Override], known: &BTreeMap<String, Value>) -> Self {
        let entries = overrides
            .iter()
            .map(|flag| Entry {
                key: flag.key.clone(),
                origin: flag.flag.clone(),
                text: flag.value.clone(),
                default: known.get(&flag.key).cloned(),
            })
            .collect();
        Self {
            name: "flags",
            entries,
        }
    }

    /// The text given for a key.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.entries
            .iter()
            .rev()
            .find(|entry| entry.key == key)
            .map(|entry| entry.text.as_str())
    }

    /// A line for each key that doesn't exist.
    pub fn unknown(&self, known: &BTreeMap<String, Value>) -> Vec<String> {
        self.entries
            .iter()
            .filter(|entry| entry.default.is_none())
            .map(|entry| {
                let spell: fn(&str) -> String = if entry.origin.starts_with(PREFIX) {
                    |key| variable(key)
                } else {
                    |key| format!("`{key}`")
                };
                unknown::line(&entry.origin, self.name, &entry.key, spell, known)
            })
            .collect()
    }

    /// The layer itself, when every text can be read as its key's type.
    ///
    /// # Errors
    /// When one can't, naming the variable or flag.
    pub fn checked(&self) -> Result<&Self, ConfigError> {
        for entry in &self.entries {
            entry.value()?;
        }
        Ok(self)
    }
}

/// The environment variable of a key.
pub fn variable(key: &str) -> String {
    format!("{PREFIX}{}", key.replace('.', "__").to_ascii_uppercase())
}

impl Entry {
    fn value(&self) -> Result<Value, ConfigError> {
        let (value, wanted) = match &self.default {
            Some(Value::Num(_, Num::F64(_))) => (
                self.text.parse::<f64>().ok().map(Value::from),
                "a number, such as 0.5",
            ),
            Some(Value::Num(..)) => (
                self.text.parse::<i64>().ok().map(Value::from),
                "a whole number, such as 10",
            ),
            Some(Value::Bool(..)) => (
                self.text.parse::<bool>().ok().map(Value::from),
                "true or false",
            ),
            Some(Value::Array(..)) => {
                let items = self
                    .text
                    .split(',')
                    .map(str::trim)
                    .filter(|item| !item.is_empty());
                (Some(Value::from(items.collect::<Vec<_>>())), "a list")
            }
            _ => (Some(Value::from(self.text.as_str())), "text"),
        };
        value.ok_or_else(|| {
            ConfigError::Value(format!(
                "{} is {:?}, but has to be {wanted}",
                self.origin, self.text
            ))
        })
    }
}

impl Provider for TextLayer {
    fn metadata(&self) -> Metadata {
        let written: BTreeMap<String, String> = self
            .entries
            .iter()
            .map(|entry| (entry.key.clone(), entry.origin.clone()))
            .collect();
        Metadata::named(self.name).interpolater(move |_, path| {
            let key = path.join(".");
            written.get(&key).cloned().unwrap_or(key)
        })
    }

    fn data(&self) -> Result<Map<Profile, Dict>, Error> {
        let mut dict = Dict::new();
        for entry in &self.entries {
            let value = entry
                .value()
                .map_err(|error| Error::from(error.to_string()))?;
            put(&mut dict, &entry.key, value);
        }
        Ok(Profile::Default.collect(dict))
    }
}

/// Sets the value of a dotted key, making the tables on the way.
fn put(dict: &mut Dict, key: &str, value: Value) {
    match key.split_once('.') {
        None => {
            dict.insert(key.to_owned(), value);
        }
        Some((table, rest)) => {
            let inner = dict
                .entry(table.to_owned())
                .or_insert_with(|| Value::Dict(Tag::Default, Dict::new()));
            if let Value::Dict(_, inner) = inner {
                put(inner, rest, value);
            }
        }
    }
}

/// Kubernetes gives every pod variables for the services beside it: a service called `keystead`
/// makes `KEYSTEAD_PORT=tcp://…` and `KEYSTEAD_SERVICE_HOST`, which nobody wrote.
fn made_by_kubernetes(name: &str, value: &str) -> bool {
    let address = ["tcp://", "udp://", "sctp://"]
        .iter()
        .any(|scheme| value.starts_with(scheme));
    name.ends_with("_SERVICE_HOST")
        || name.contains("_SERVICE_PORT")
        || (name.ends_with("_PORT") && address)
        || ["_TCP", "_UDP", "_SCTP"].iter().any(|protocol| {
            name.split_once("_PORT_").is_some_and(|(_, port)| {
                port.find(protocol)
                    .is_some_and(|at| port[..at].parse::<u16>().is_ok())
            })
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_of_kubernetes_services_are_no_keys() {
        for (name, value) in [
            ("KEYSTEAD_SERVICE_HOST", "10.0.0.1"),
            ("KEYSTEAD_SERVICE_PORT", "6480"),
            ("KEYSTEAD_SERVICE_PORT_HTTP", "6480"),
            ("KEYSTEAD_PORT", "tcp://10.0.0.1:6480"),
            ("KEYSTEAD_PORT_6480_TCP", "tcp://10.0.0.1:6480"),
            ("KEYSTEAD_PORT_6480_TCP_PROTO", "tcp"),
            ("KEYSTEAD_DB_PORT_5432_TCP_ADDR", "10.0.0.2"),
        ] {
            assert!(made_by_kubernetes(name, value), "{name}");
        }
        assert!(!made_by_kubernetes("KEYSTEAD_PORT", "6480"));
        assert!(!made_by_kubernetes(
            "KEYSTEAD_HTTP__LISTEN",
            "127.0.0.1:6480"
        ));
    }

    #[test]
    fn a_key_and_its_variable_name_each_other() {
        assert_eq!(
            variable("http.max_body_bytes"),
            "KEYSTEAD_HTTP__MAX_BODY_BYTES"
        );
    }
}
