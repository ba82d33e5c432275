//! Releases, their files, packages and constraints, and what they are told apart by.

use keystead_domain::release::Semver;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::{Order, account, create, environment, nothing, parent, row, store};
use crate::fault::{Outcome, broken};
use crate::nouns::Row;
use crate::world::{World, id};

/// A platform, arch, channel, file type or engine: the one that is there, or a new one.
pub(super) async fn facet(w: &mut World, kind: &str, mut order: Order) -> Outcome<Uuid> {
    let account = account(&order)?;
    let named = KEYS
        .iter()
        .filter(|(of, ..)| *of == kind)
        .find(|(_, name, _)| order.has(name));
    let key = match (order.attributes.get("key").and_then(Json::as_str), named) {
        (Some(key), _) => key.to_owned(),
        (None, Some((_, _, key))) => (*key).to_owned(),
        (None, None) => default_key(w, kind, account).await?,
    };
    let (_, known) = w.records(&format!("release_{kind}"), Some(account)).await?;
    if let Some(known) = known.iter().find(|row| row["key"] == key.as_str()) {
        return id(known);
    }
    order.attributes.insert("key".to_owned(), key.into());
    store(w, &format!("release_{kind}"), Row::new(), order).await
}

/// What traits say of a facet's key: (kind, trait, key).
#[rustfmt::skip]
const KEYS: &[(&str, &str, &str)] = &[
    ("channel", "stable",   "stable"),
    ("channel", "rc",       "rc"),
    ("channel", "beta",     "beta"),
    ("channel", "alpha",    "alpha"),
    ("channel", "dev",      "dev"),
    ("engine",  "pypi",     "pypi"),
    ("engine",  "tauri",    "tauri"),
    ("engine",  "raw",      "raw"),
    ("engine",  "rubygems", "rubygems"),
    ("engine",  "npm",      "npm"),
    ("engine",  "oci",      "oci"),
];

/// The keys that records without one take in turn.
async fn default_key(w: &World, kind: &str, account: Uuid) -> Outcome<String> {
    let keys: &[&str] = match kind {
        "platform" => &["darwin", "linux", "windows"],
        "arch" => &["386", "amd64", "arm", "arm64", "mips", "mips64", "s390x"],
        "channel" => &["stable", "rc", "beta", "alpha", "dev"],
        "filetype" => &["dmg", "exe", "zip", "tar.gz", "appimage"],
        _ => &["pypi", "tauri", "raw"],
    };
    let (_, known) = w.records(&format!("release_{kind}"), Some(account)).await?;
    let free = keys
        .iter()
        .find(|key| known.iter().all(|row| row["key"] != **key));
    Ok((*free.unwrap_or(&keys[0])).to_owned())
}

/// Makes sure that there is a facet of this kind with a record's key.
async fn used(w: &mut World, kind: &str, account: Uuid, key: &Json) -> Outcome {
    if let Some(key) = key.as_str() {
        let order = Order::of(account).with("key", key);
        create(w, &format!("release_{kind}"), order).await?;
    }
    Ok(())
}

/// The product of an order; a new one is distributed as the traits say.
async fn product(w: &mut World, order: &Order) -> Outcome<Row> {
    let mut wanted = order.clone();
    let strategies = ["licensed", "open", "closed"];
    let said = strategies.iter().any(|name| order.has(name));
    if order.id("product_id").is_none() && said {
        let mut product = Order::of(account(order)?);
        product.traits = order.traits.clone();
        product.traits.retain(|name| {
            strategies.contains(&name.as_str()) || super::TRAVELLING.contains(&name.as_str())
        });
        if let Some(environment) = order.attributes.get("environment_id") {
            product = product.in_environment(environment);
        }
        let product = create(w, "product", product).await?;
        wanted = wanted.with("product_id", product.to_string());
    }
    parent(w, "product", "product_id", &wanted).await
}

/// An engine that a record names by key or id, or by a trait.
async fn engine(w: &mut World, order: &mut Order) -> Outcome<Json> {
    let account = account(order)?;
    let named = order.take("engine_id").or(order.take("release_engine_id"));
    if let Some(engine) = named.as_ref().and_then(Json::as_str) {
        let engine = engine.parse().or_else(broken)?;
        let engine = w.by_id("engine", engine).await?.unwrap_or_default();
        return Ok(engine["key"].clone());
    }
    let by_trait = KEYS
        .iter()
        .find(|(kind, name, _)| *kind == "engine" && order.has(name))
        .map(|(.., key)| Json::from(*key));
    let key = order.take("engine").or(by_trait).unwrap_or(Json::Null);
    used(w, "engine", account, &key).await?;
    Ok(key)
}

pub(super) async fn package(w: &mut World, mut order: Order) -> Outcome<Uuid> {
    let product = product(w, &order).await?;
    let environment = environment(w, &order, Some(&product)).await?;
    let engine = engine(w, &mut order).await?;
    let unique = w.dice.hex(8);
    let defaults = row(json!({
        "environment_id": environment,
        "product_id": product["id"],
        "name": format!("Package {unique}"),
        "key": format!("package_{unique}"),
        "engine": engine,
        "metadata": nothing(),
    }));
    store(w, "release_package", defaults, order).await
}

/// The columns that a version is ordered by.
pub(super) fn ordered_by(version: &str) -> Row {
    let Some(version) = Semver::parse(version) else {
        return Row::new();
    };
    let (pre, build) = (version.pre(), version.build_tag());
    row(json!({
        "version_major": version.major,
        "version_minor": version.minor,
        "version_patch": version.patch,
        "pre_word": pre.word,
        "pre_num": pre.num,
        "build_word": build.word,
        "build_num": build.num,
    }))
}

pub(super) async fn release(w: &mut World, mut order: Order) -> Outcome<Uuid> {
    let account = account(&order)?;
    // A package brings its product along.
    let package = ["package_id", "release_package_id"]
        .iter()
        .find_map(|column| order.id(column));
    if let (Some(package), None) = (package, order.id("product_id")) {
        let package = w.by_id("package", package).await?.unwrap_or_default();
        order = order.with("product_id", package["product_id"].clone());
    }
    let product = product(w, &order).await?;
    let environment = environment(w, &order, Some(&product)).await?;
    let package = new_package(w, &order, package, &product, &environment).await?;
    let channel = channel(w, &mut order).await?;
    let version = match order.attributes.get("version").and_then(Json::as_str) {
        Some(said) => said.to_owned(),
        None => {
            let number = |w: &mut World| w.dice.roll(20);
            let core = format!("{}.{}.{}", number(w), number(w), number(w));
            let stamp = w.stamp().timestamp_micros();
            match channel.as_str() {
                "stable" => format!("{core}+build.{stamp}"),
                channel => format!("{core}-{channel}+build.{stamp}"),
            }
        }
    };
    // A prerelease is on the channel that its version names, whatever else was said.
    let channel = match Semver::parse(&version).and_then(|version| version.prerelease) {
        Some(prerelease) => prerelease
            .split(['-', '.'])
            .next()
            .unwrap_or_default()
            .to_owned(),
        None => channel,
    };
    used(w, "channel", account, &channel.clone().into()).await?;
    let now = w.time.now();
    let status = [
        ("draft", "DRAFT"),
        ("published", "PUBLISHED"),
        ("yanked", "YANKED"),
    ];
    let status = status
        .into_iter()
        .find(|(name, _)| order.has(name))
        .map_or("PUBLISHED", |(_, status)| status);
    let months = |count| crate::time::Span::of(count, "month").and_then(|span| span.before(now));
    let backdated = order.has("backdated").then(|| months(2)).flatten();
    let created = order.has("created_last_year").then(|| months(12)).flatten();
    let mut defaults = row(json!({
        "environment_id": environment,
        "product_id": product["id"],
        "package_id": package,
        "name": "Release",
        "channel": channel,
        "status": status,
        "version": version,
        "api_version": "1.8",
        "metadata": nothing(),
        "backdated_at": backdated.map(|at| at.to_rfc3339()),
        "yanked_at": order.has("yanked").then(|| now.to_rfc3339()),
        "created_at": created.map(|at| at.to_rfc3339()),
    }));
    defaults.extend(ordered_by(&version));
    let entitlements = order.take("entitlements");
    let constrained = order.has("constrained") || order.has("with_constraints");
    let id = store(w, "release", defaults, order).await?;
    let codes: Vec<String> = match (entitlements, constrained) {
        (Some(Json::String(codes)), _) => codes
            .split([',', ' ', '[', ']', '"'])
            .filter(|code| !code.is_empty())
            .map(str::to_owned)
            .collect(),
        (_, true) => ["ALPHA", "BRAVO", "ZULU"].map(str::to_owned).into(),
        _ => Vec::new(),
    };
    for code in codes {
        let base = Order::of(account).in_environment(&environment);
        let entitlement = create(w, "entitlement", base.clone().with("code", code)).await?;
        let wanted = base
            .with("release_id", id.to_string())
            .with("entitlement_id", entitlement.to_string());
        create(w, "release_entitlement_constraint", wanted).await?;
    }
    Ok(id)
}

/// The package of a release: named, or a new one when a trait speaks of it.
async fn new_package(
    w: &mut World,
    order: &Order,
    named: Option<Uuid>,
    product: &Row,
    environment: &Json,
) -> Outcome<Json> {
    if let Some(named) = named {
        return Ok(named.to_string().into());
    }
    let engines = ["pypi", "tauri", "raw", "rubygems", "npm", "oci"];
    let traits: Vec<String> = order
        .traits
        .iter()
        .filter(|name| engines.contains(&name.as_str()))
        .cloned()
        .collect();
    if traits.is_empty() && !order.has("packaged") {
        return Ok(Json::Null);
    }
    let package = Order {
        traits,
        ..Order::of(account(order)?)
    };
    let package = package
        .with("product_id", product["id"].clone())
        .in_environment(environment);
    Ok(create(w, "release_package", package)
        .await?
        .to_string()
        .into())
}

/// The channel of a release: by key or id, by trait, or stable.
async fn channel(w: &mut World, order: &mut Order) -> Outcome<String> {
    let named = order
        .take("channel_id")
        .or(order.take("release_channel_id"))
        .and_then(|id| id.as_str()?.parse().ok());
    if let Some(named) = named {
        let channel = w.by_id("channel", named).await?.unwrap_or_default();
        return Ok(channel["key"].as_str().unwrap_or_default().to_owned());
    }
    let by_trait = KEYS
        .iter()
        .find(|(kind, name, _)| *kind == "channel" && order.has(name))
        // The suite's own trait for stable releases makes betas of them.
        .map(|(.., key)| if *key == "stable" { "beta" } else { *key });
    let said = order.take("channel");
    let said = said.as_ref().and_then(Json::as_str).or(by_trait);
    Ok(said.unwrap_or("stable").to_owned())
}

/// What traits say of a file: (trait, column, value).
#[rustfmt::skip]
const OF_FILE: &[(&str, &str, &str)] = &[
    ("darwin",     "platform", "darwin"),
    ("linux",      "platform", "linux"),
    ("win32",      "platform", "win32"),
    ("arm64",      "arch",     "arm64"),
    ("amd64",      "arch",     "amd64"),
    ("x86",        "arch",     "x86"),
    ("waiting",    "status",   "WAITING"),
    ("processing", "status",   "PROCESSING"),
    ("uploaded",   "status",   "UPLOADED"),
    ("failed",     "status",   "FAILED"),
    ("yanked",     "status",   "YANKED"),
];

pub(super) async fn artifact(w: &mut World, mut order: Order) -> Outcome<Uuid> {
    let account = account(&order)?;
    if order.id("release_id").is_none() {
        let strategies = ["licensed", "open", "closed"];
        let mut release = Order::of(account);
        release.traits = order.traits.clone();
        release.traits.retain(|name| {
            strategies.contains(&name.as_str()) || super::TRAVELLING.contains(&name.as_str())
        });
        if let Some(environment) = order.attributes.get("environment_id") {
            release = release.in_environment(environment);
        }
        let release = create(w, "release", release).await?;
        order = order.with("release_id", release.to_string());
    }
    let release = parent(w, "release", "release_id", &order).await?;
    let environment = environment(w, &order, Some(&release)).await?;
    let unique = w.dice.hex(12);
    let version = release["version"].as_str().unwrap_or_default();
    let filetype = match order.attributes.get("filetype") {
        Some(said) => said.clone(),
        None => "dmg".into(),
    };
    let ending = filetype.as_str().unwrap_or("bin");
    let mut defaults = row(json!({
        "environment_id": environment,
        "release_id": release["id"],
        "filename": format!("App-{version}+{unique}.{ending}"),
        "filesize": w.dice.roll(1 << 30),
        "filetype": "dmg",
        "platform": "darwin",
        "arch": "amd64",
        "status": "UPLOADED",
        "metadata": nothing(),
    }));
    for (name, column, value) in OF_FILE {
        if order.has(name) {
            defaults.insert((*column).to_owned(), (*value).into());
        }
    }
    let id = store(w, "release_artifact", defaults, order).await?;
    let made = w.by_id("release_artifact", id).await?.unwrap_or_default();
    for kind in ["platform", "arch", "filetype"] {
        used(w, kind, account, &made[kind]).await?;
    }
    Ok(id)
}

pub(super) async fn constraint(w: &mut World, order: Order) -> Outcome<Uuid> {
    let release = parent(w, "release", "release_id", &order).await?;
    let environment = environment(w, &order, Some(&release)).await?;
    let order = order.in_environment(&environment);
    let entitlement = parent(w, "entitlement", "entitlement_id", &order).await?;
    let (_, known) = w
        .records("release_entitlement_constraint", order.account)
        .await?;
    let same = known.iter().find(|row| {
        row["release_id"] == release["id"] && row["entitlement_id"] == entitlement["id"]
    });
    if let Some(same) = same {
        return id(same);
    }
    let defaults = row(json!({
        "release_id": release["id"],
        "entitlement_id": entitlement["id"],
    }));
    store(w, "release_entitlement_constraint", defaults, order).await
}
