//! Imports go one way: which crate may depend on which of ours, and on which big libraries.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use super::Fault;
use crate::workspace;

/// What one crate of ours may name in its manifest.
struct Rule {
    name: &'static str,
    /// Crates of ours, without the `keystead-`.
    ours: &'static [&'static str],
    /// Of the guarded libraries.
    libraries: &'static [&'static str],
}

const ANY: &[&str] = &["*"];

#[rustfmt::skip]
const RULES: &[Rule] = &[
    Rule { name: "domain",      ours: &[],                                  libraries: &[] },
    Rule { name: "signing",     ours: &[],                                  libraries: &[] },
    Rule { name: "formats",     ours: &[],                                  libraries: &[] },
    Rule { name: "migrations",  ours: &[],                                  libraries: &["sea-orm", "sea-orm-migration"] },
    Rule { name: "store",       ours: &["domain", "migrations"],            libraries: &["sea-orm", "sea-orm-migration", "sqlx", "tokio"] },
    Rule { name: "jobs",        ours: &["domain", "store"],                 libraries: &["apalis", "redis", "tokio"] },
    Rule { name: "storage",     ours: &["signing"],                         libraries: &["tokio"] },
    Rule { name: "app",         ours: &["domain", "formats", "signing", "storage", "store", "jobs"], libraries: &["tokio"] },
    Rule { name: "api",         ours: &["app", "domain", "signing", "storage", "store"], libraries: &["poem", "poem-openapi", "tokio"] },
    Rule { name: "console",     ours: &["app", "domain", "store"],          libraries: &["poem", "tokio"] },
    Rule { name: "server",      ours: ANY,                                  libraries: ANY },
    Rule { name: "testkit",     ours: ANY,                                  libraries: ANY },
    Rule { name: "conformance", ours: ANY,                                  libraries: ANY },
];

/// Libraries that shape the crate that has them. A name stands for its family: `apalis` for
/// `apalis-redis` too, unless the longer name is listed by itself.
const GUARDED: &[&str] = &[
    "apalis",
    "axum",
    "clap",
    "figment",
    "hyper",
    "poem",
    "poem-openapi",
    "redis",
    "reqwest",
    "sea-orm",
    "sea-orm-migration",
    "sea-query",
    "sqlx",
    "tokio",
];

/// Mappings that another crate switches on by a feature: the dependency has to be optional.
const BEHIND_A_FEATURE: &[(&str, &str)] = &[("domain", "sea-orm")];

/// Never in what ships.
const TESTS_ONLY: &[&str] = &["testkit", "conformance"];

/// Tests may also have these.
const FOR_TESTS: &[&str] = &["testkit", "migrations"];
const LIBRARIES_FOR_TESTS: &[&str] = &["sea-orm", "tokio"];

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Manifest {
    package: Package,
    #[serde(default)]
    dependencies: BTreeMap<String, toml::Value>,
    #[serde(default)]
    build_dependencies: BTreeMap<String, toml::Value>,
    #[serde(default)]
    dev_dependencies: BTreeMap<String, toml::Value>,
    #[serde(default)]
    target: BTreeMap<String, toml::Value>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
}

/// Every arrow that points the wrong way.
pub fn check() -> Result<Vec<Fault>> {
    let mut faults = Vec::new();
    let mut manifests: Vec<_> = fs::read_dir(workspace::root().join("crates"))?
        .map(|entry| Ok(entry?.path().join("Cargo.toml")))
        .collect::<Result<_>>()?;
    manifests.push(workspace::root().join("migrations/Cargo.toml"));
    manifests.sort();

    for path in manifests.iter().filter(|path| path.is_file()) {
        let file = workspace::relative(path);
        let manifest: Manifest = toml::from_str(&fs::read_to_string(path)?)
            .with_context(|| format!("cannot understand {file}"))?;
        if !manifest.target.is_empty() {
            bail!("{file} has dependencies per target, which this check does not read");
        }
        faults.extend(wrong(&manifest).into_iter().map(|message| Fault {
            check: "imports",
            file: file.clone(),
            line: 0,
            message,
            weight: 1,
        }));
    }
    Ok(faults)
}

fn wrong(manifest: &Manifest) -> Vec<String> {
    let name = ours(&manifest.package.name).unwrap_or(&manifest.package.name);
    let Some(rule) = RULES.iter().find(|rule| rule.name == name) else {
        return vec![format!(
            "`{name}` has no row in the table of imports: say what it may depend on"
        )];
    };
    let shipped = manifest
        .dependencies
        .iter()
        .filter(|(it, value)| !is_behind_a_feature(name, it, value))
        .chain(&manifest.build_dependencies)
        .map(|(it, _)| it)
        .filter(|it| !rule.allows(it, &[], &[]) || is_for_tests(name, it));
    let tested = manifest.dev_dependencies.keys();
    let tested = tested.filter(|it| !rule.allows(it, FOR_TESTS, LIBRARIES_FOR_TESTS));

    shipped
        .chain(tested)
        .map(|dependency| format!("`{name}` may not depend on `{dependency}`: imports go one way"))
        .collect()
}

impl Rule {
    fn allows(&self, dependency: &str, also_ours: &[&str], also_libraries: &[&str]) -> bool {
        let listed = |list: &[&str], name: &str| list.contains(&"*") || list.contains(&name);
        match (ours(dependency), guarded(dependency)) {
            (Some(name), _) => listed(self.ours, name) || also_ours.contains(&name),
            (None, Some(name)) => listed(self.libraries, name) || also_libraries.contains(&name),
            (None, None) => true,
        }
    }
}

fn is_behind_a_feature(name: &str, dependency: &str, value: &toml::Value) -> bool {
    let optional = value.get("optional").and_then(toml::Value::as_bool) == Some(true);
    optional && BEHIND_A_FEATURE.contains(&(name, dependency))
}

fn is_for_tests(name: &str, dependency: &str) -> bool {
    !TESTS_ONLY.contains(&name) && ours(dependency).is_some_and(|it| TESTS_ONLY.contains(&it))
}

fn ours(package: &str) -> Option<&str> {
    package.strip_prefix("keystead-")
}

/// The longest guarded name that the dependency's family goes by.
fn guarded(dependency: &str) -> Option<&'static str> {
    GUARDED
        .iter()
        .filter(|name| {
            dependency
                .strip_prefix(**name)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        })
        .max_by_key(|name| name.len())
        .copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn breaches(manifest: &str) -> usize {
        wrong(&toml::from_str(manifest).unwrap()).len()
    }

    #[test]
    fn arrows_that_point_back_are_found() {
        #[rustfmt::skip]
        let manifests = [
            (0, "package.name = 'keystead-store'\ndependencies = { keystead-domain = {}, sea-orm = {}, serde = {} }"),
            (1, "package.name = 'keystead-store'\ndependencies = { keystead-app = {} }"),
            (1, "package.name = 'keystead-domain'\ndependencies = { tokio-util = {} }"),
            (1, "package.name = 'keystead-domain'\ndependencies = { sea-orm = {} }"),
            (0, "package.name = 'keystead-domain'\ndependencies = { sea-orm = { optional = true } }"),
            (1, "package.name = 'keystead-api'\ndependencies = { sea-orm = { optional = true } }"),
            (1, "package.name = 'keystead-api'\ndependencies = { sea-orm = {} }"),
            (1, "package.name = 'keystead-app'\nbuild-dependencies = { poem = {} }"),
            (0, "package.name = 'keystead-jobs'\ndependencies = { apalis-redis = {} }"),
            (0, "package.name = 'keystead-server'\ndependencies = { poem = {}, keystead-app = {} }"),
            (1, "package.name = 'keystead-server'\ndependencies = { keystead-testkit = {} }"),
            (0, "package.name = 'keystead-server'\ndev-dependencies = { keystead-testkit = {} }"),
            (1, "package.name = 'keystead-store'\ndev-dependencies = { keystead-server = {} }"),
            (1, "package.name = 'keystead-newcomer'"),
        ];

        for (expected, manifest) in manifests {
            assert_eq!(breaches(manifest), expected, "{manifest}");
        }
    }
}
