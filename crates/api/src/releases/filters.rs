//! Which releases are wanted (distribution reference §1.6).

use keystead_app::releases::Asked;
use keystead_domain::version::ApiVersion;
use keystead_store::releases::{FileFilter, Filter, Named};
use poem_openapi::Object;
use serde::Deserialize;
use serde_json::Value;

use crate::query::Query;

/// Which releases are wanted. What is no id where one is needed matches nothing.
#[derive(Debug, Default, Object, Deserialize)]
#[serde(default)]
pub struct ReleaseFilters {
    /// Of the product with this id.
    product: Option<String>,
    /// In the package with this id or key; when empty, in none.
    package: Option<String>,
    /// Of packages with the engine that has this id or key; when empty, with none.
    engine: Option<String>,
    /// On the channel with this id or key, or on one that is more finished.
    channel: Option<String>,
    /// In this state, in letters of any case.
    status: Option<String>,
    /// Whether it was yanked.
    yanked: Option<String>,
    /// Asking for no entitlements but those with these codes.
    entitlements: Option<Vec<String>>,
    /// The same.
    constraints: Option<Vec<String>>,
    /// In API 1.0 only: with this version.
    version: Option<String>,
    /// In API 1.0 only: with a file for the platform with this id or key.
    platform: Option<String>,
    /// In API 1.0 only: with a file for the arch with this id or key.
    arch: Option<String>,
    /// In API 1.0 only: with a file of the type with this id or key.
    filetype: Option<String>,
}

/// Which of a product's releases are wanted.
#[derive(Debug, Default, Object, Deserialize)]
#[serde(default)]
pub struct ProductReleaseFilters {
    /// In the package with this id or key; when empty, in none.
    package: Option<String>,
    /// Of packages with the engine that has this id or key; when empty, with none.
    engine: Option<String>,
    /// On the channel with this id or key, or on one that is more finished.
    channel: Option<String>,
    /// In this state, in letters of any case.
    status: Option<String>,
    /// Whether it was yanked.
    yanked: Option<String>,
    /// Asking for no entitlements but those with these codes.
    entitlements: Option<Vec<String>>,
    /// The same.
    constraints: Option<Vec<String>>,
}

/// Which upgrade is wanted.
#[derive(Debug, Default, Object, Deserialize)]
#[serde(default)]
pub struct UpgradeFilters {
    /// Of the product with this id, to tell releases of the same version apart.
    product: Option<String>,
    /// In the package with this id or key; when empty, in none.
    package: Option<String>,
    /// On the channel with this id or key, or on one that is more finished; the release's own when
    /// absent.
    channel: Option<String>,
    /// Which versions will do, e.g. `1.4`: the last number is the least, those before it are exact.
    constraint: Option<String>,
}

impl UpgradeFilters {
    /// What is asked for, also by being empty.
    pub fn asked(self, query: &Query) -> Asked {
        Asked {
            product: self.product,
            package: named(query, "package", self.package),
            channel: self.channel,
            constraint: self.constraint,
        }
    }
}

impl ReleaseFilters {
    /// The filter, with what is asked for by being empty.
    pub fn filter(self, query: &Query, version: ApiVersion) -> Filter {
        let old = version == ApiVersion::V1_0;
        let yanked = match (query.get("yanked"), self.yanked.as_deref()) {
            (_, Some("true" | "1")) => Some(true),
            (Some(Value::String(_)), _) => Some(false),
            _ => None,
        };
        Filter {
            product: self.product,
            package: named(query, "package", self.package),
            engine: named(query, "engine", self.engine),
            channel: self.channel,
            status: self.status,
            yanked,
            entitlements: self.entitlements.or(self.constraints),
            version: self.version.filter(|_| old),
            file: FileFilter {
                platform: self.platform.filter(|_| old),
                arch: self.arch.filter(|_| old),
                filetype: self.filetype.filter(|_| old),
                uploaded: false,
            },
        }
    }
}

impl ProductReleaseFilters {
    /// The filter, with what is asked for by being empty.
    pub fn filter(self, query: &Query, version: ApiVersion) -> Filter {
        let all = ReleaseFilters {
            product: None,
            package: self.package,
            engine: self.engine,
            channel: self.channel,
            status: self.status,
            yanked: self.yanked,
            entitlements: self.entitlements,
            constraints: self.constraints,
            ..ReleaseFilters::default()
        };
        all.filter(query, version)
    }
}

/// What a parameter names; sent empty, it asks for none of it.
pub fn named(query: &Query, parameter: &str, name: Option<String>) -> Option<Named> {
    match (name, query.get(parameter)) {
        (Some(name), _) => Some(Named::Is(name)),
        (None, Some(Value::String(text))) if text.trim().is_empty() => Some(Named::None),
        (None, _) => None,
    }
}
