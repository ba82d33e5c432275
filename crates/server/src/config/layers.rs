//! Where values come from: defaults, then the file, then the environment, then flags.

mod text;
mod unknown;

use std::collections::BTreeMap;
use std::path::PathBuf;

use figment::providers::{Format, Toml};
use figment::value::{Dict, Value};
use figment::{Figment, Provider};

use super::check::{Fault, faults};
use super::{Config, DEFAULTS};
use text::TextLayer;

pub use text::variable;

/// The file that is read when none is named, from the working or else the data directory.
const FILE_NAME: &str = "keystead.toml";

/// Everything a configuration is made from.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// The file named by `--config` or `KEYSTEAD_CONFIG`, which has to exist.
    pub file: Option<PathBuf>,
    /// The environment: name and value. Names that don't start with `KEYSTEAD_` are ignored.
    pub environment: Vec<(String, String)>,
    /// What flags say, weakest first.
    pub overrides: Vec<Override>,
    /// Where an unnamed file is looked for first. `None` looks for no file at all.
    pub working_dir: Option<PathBuf>,
}

/// A value given by a flag.
#[derive(Clone, Debug)]
pub struct Override {
    /// The dotted key, e.g. `http.listen`.
    pub key: String,
    /// The value as text.
    pub value: String,
    /// The flag as the user wrote it, for messages.
    pub flag: String,
}

/// A configuration and where it was read from.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The configuration, checked.
    pub config: Config,
    /// The file that was read, if there was one.
    pub file: Option<PathBuf>,
}

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The named file can't be read.
    #[error("can't read the configuration file {}: {error}", path.display())]
    File {
        /// The file that was named.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// Keys that don't exist, one line each.
    #[error("{}", .0.join("\n"))]
    Unknown(Vec<String>),
    /// A value of the wrong type or spelling.
    #[error("{0}")]
    Value(String),
    /// Values that break a rule.
    #[error("{}", .0.iter().map(|f| format!("`{}` {}", f.key, f.message)).collect::<Vec<_>>().join("\n"))]
    Rules(Vec<Fault>),
}

impl Sources {
    /// Reads and checks the configuration.
    ///
    /// # Errors
    /// When a source can't be read, names a key that doesn't exist, or has a value that can't be used.
    pub fn load(&self) -> Result<Loaded, ConfigError> {
        let known = known_keys();
        let environment = TextLayer::environment(&self.environment, &known);
        let flags = TextLayer::flags(&self.overrides, &known);
        let file = self.find_file(&environment, &flags)?;
        let file_layer = file.as_deref().map(Toml::file_exact);

        let mut strange = Vec::new();
        if let (Some(path), Some(layer)) = (&file, &file_layer) {
            let data = layer
                .data()
                .map_err(|error| ConfigError::Value(explain(error)))?;
            strange.extend(unknown::in_file(&data, path, &known));
        }
        strange.extend(environment.unknown(&known));
        strange.extend(flags.unknown(&known));
        if !strange.is_empty() {
            return Err(ConfigError::Unknown(strange));
        }

        let mut figment = Figment::from(Toml::string(DEFAULTS));
        if let Some(layer) = file_layer {
            figment = figment.merge(layer);
        }
        let config: Config = figment
            .merge(environment.checked()?)
            .merge(flags.checked()?)
            .extract()
            .map_err(|error| ConfigError::Value(explain(error)))?;

        let faults = faults(&config);
        if faults.is_empty() {
            Ok(Loaded { config, file })
        } else {
            Err(ConfigError::Rules(faults))
        }
    }

    fn find_file(
        &self,
        environment: &TextLayer,
        flags: &TextLayer,
    ) -> Result<Option<PathBuf>, ConfigError> {
        if let Some(path) = &self.file {
            let readable = std::fs::File::open(path);
            return match readable {
                Ok(_) => Ok(Some(path.clone())),
                Err(error) => Err(ConfigError::File {
                    path: path.clone(),
                    error,
                }),
            };
        }
        let Some(working_dir) = &self.working_dir else {
            return Ok(None);
        };
        let data_dir = [flags, environment]
            .iter()
            .find_map(|layer| layer.text("data_dir"))
            .map_or_else(|| Config::default().data_dir, PathBuf::from);
        let candidates = [
            working_dir.join(FILE_NAME),
            working_dir.join(data_dir).join(FILE_NAME),
        ];
        Ok(candidates.into_iter().find(|path| path.is_file()))
    }
}

/// Every key with its default, by its dotted name.
pub fn known_keys() -> BTreeMap<String, Value> {
    let defaults = Toml::string(DEFAULTS)
        .data()
        .expect("a test parses the embedded file");
    let mut keys = BTreeMap::new();
    for dict in defaults.into_values() {
        flatten("", dict, &mut keys);
    }
    keys
}

/// Adds every leaf of `dict` to `keys`, by its dotted name.
fn flatten(prefix: &str, dict: Dict, keys: &mut BTreeMap<String, Value>) {
    for (name, value) in dict {
        let key = if prefix.is_empty() {
            name
        } else {
            format!("{prefix}.{name}")
        };
        match value {
            Value::Dict(_, inner) => flatten(&key, inner, keys),
            leaf => {
                keys.insert(key, leaf);
            }
        }
    }
}

/// All that figment found, one line each, with the key and the source of the value.
fn explain(error: figment::Error) -> String {
    error
        .into_iter()
        .map(|error| error.to_string())
        .collect::<Vec<_>>()
        .join("\n")
}
