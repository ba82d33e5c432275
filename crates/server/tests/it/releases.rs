//! Releases, their files and packages, as clients see them.

mod access;
mod list;
mod show;
mod told_apart;
mod upgrade;
mod write;

use chrono::{DateTime, Utc};
use keystead_domain::access::Scope;
use keystead_domain::release::Semver;
use keystead_domain::words::{ArtifactStatus, FacetKind, ReleaseChannel, ReleaseStatus};
use keystead_domain::{AccountId, ApiVersion, ArtifactId, PackageId};
use keystead_store::entities::{Artifact, Constraint, Package, Release};
use keystead_store::{artifacts, constraints, facets, packages, releases};
use keystead_testkit::{Answer, World};
use serde_json::json;

/// What stands on a vendor's shelf: put there behind the API's back.
pub struct Shelf<'a> {
    w: &'a World,
    product: String,
}

impl<'a> Shelf<'a> {
    /// The shelf of a new product that is distributed like this.
    pub async fn of(w: &'a World, strategy: &str) -> Self {
        let body = json!({ "data": {
            "type": "products",
            "attributes": { "name": "Aurora", "distributionStrategy": strategy },
        } });
        let product = w.admin().post("/products", body).await.expect(201).id();
        Self { w, product }
    }

    /// The product's id.
    pub fn product(&self) -> &str {
        &self.product
    }

    fn account(&self) -> AccountId {
        let shown = self.w.account();
        AccountId(shown.parse().expect("the account's id"))
    }

    /// A package with an engine, or without.
    pub async fn package(&self, key: &str, engine: Option<&str>) -> PackageId {
        let app = self.w.app();
        let (scope, now) = (Scope::system(self.account()), self.w.now());
        let tx = app.db.begin().await.expect("a transaction");
        if let Some(engine) = engine {
            facets::ensure(&tx, &scope, FacetKind::Engine, engine, &app.ids, now)
                .await
                .expect("an engine");
        }
        let row = Package {
            id: app.ids.next(),
            account_id: self.account(),
            environment_id: None,
            product_id: self.product.parse().expect("an id"),
            name: key.to_owned(),
            key: key.to_owned(),
            engine: engine.map(str::to_owned),
            metadata: json!({}),
            created_at: now,
            updated_at: now,
        };
        let package = packages::insert(&tx, row).await.expect("a package");
        tx.commit().await.expect("a commit");
        package.id
    }

    /// A published release with one file.
    pub async fn release(&self, version: &str) -> Release {
        self.put(version, |_| ()).await
    }

    /// A release with one file, and what is different about it.
    pub async fn put(&self, version: &str, change: impl FnOnce(&mut Release)) -> Release {
        let app = self.w.app();
        let (scope, now) = (Scope::system(self.account()), self.w.now());
        let mut row = self.row(version, now);
        change(&mut row);

        let tx = app.db.begin().await.expect("a transaction");
        for (kind, key) in [
            (FacetKind::Channel, row.channel.as_str()),
            (FacetKind::Platform, "linux"),
            (FacetKind::Arch, "x64"),
            (FacetKind::Filetype, "zip"),
        ] {
            facets::ensure(&tx, &scope, kind, key, &app.ids, now)
                .await
                .expect("a facet");
        }
        let release = releases::insert(&tx, row).await.expect("a release");
        let file = self.artifact(&release, "aurora.zip", None);
        artifacts::insert(&tx, file).await.expect("a file");
        tx.commit().await.expect("a commit");
        release
    }

    /// Another file of a release, with a checksum.
    pub async fn file(&self, release: &Release, filename: &str, checksum: &str) -> ArtifactId {
        let tx = self.w.app().db.begin().await.expect("a transaction");
        let file = self.artifact(release, filename, Some(checksum));
        let file = artifacts::insert(&tx, file).await.expect("a file");
        tx.commit().await.expect("a commit");
        file.id
    }

    fn artifact(&self, release: &Release, filename: &str, checksum: Option<&str>) -> Artifact {
        Artifact {
            id: self.w.app().ids.next(),
            account_id: self.account(),
            environment_id: None,
            release_id: release.id,
            filename: filename.to_owned(),
            filetype: Some("zip".to_owned()),
            filesize: Some(42),
            platform: Some("linux".to_owned()),
            arch: Some("x64".to_owned()),
            signature: None,
            checksum: checksum.map(str::to_owned),
            status: ArtifactStatus::Uploaded,
            metadata: json!({}),
            storage: None,
            content_length: None,
            content_type: None,
            etag: None,
            created_at: self.w.now(),
            updated_at: self.w.now(),
        }
    }

    fn row(&self, version: &str, now: DateTime<Utc>) -> Release {
        let parsed = Semver::parse(version).expect("a version");
        let channel = match &parsed.prerelease {
            Some(tag) => tag.split('.').next().and_then(ReleaseChannel::parse),
            None => Some(ReleaseChannel::Stable),
        };
        Release {
            id: self.w.app().ids.next(),
            account_id: self.account(),
            environment_id: None,
            product_id: self.product.parse().expect("an id"),
            package_id: None,
            name: None,
            description: None,
            channel: channel.expect("a channel"),
            status: ReleaseStatus::Published,
            tag: None,
            version: parsed.to_string(),
            version_major: parsed.major,
            version_minor: parsed.minor,
            version_patch: parsed.patch,
            pre_word: parsed.pre().word,
            pre_num: parsed.pre().num,
            build_word: parsed.build_tag().word,
            build_num: parsed.build_tag().num,
            api_version: ApiVersion::LATEST,
            metadata: json!({}),
            backdated_at: None,
            yanked_at: None,
            created_at: now,
            updated_at: now,
        }
    }

    /// Makes a release ask for an entitlement.
    pub async fn constrain(&self, release: &Release, entitlement: &str) {
        let app = self.w.app();
        let row = Constraint {
            id: app.ids.next(),
            account_id: self.account(),
            environment_id: None,
            release_id: release.id,
            entitlement_id: entitlement.parse().expect("an id"),
            created_at: self.w.now(),
            updated_at: self.w.now(),
        };
        let tx = app.db.begin().await.expect("a transaction");
        constraints::insert(&tx, &[row])
            .await
            .expect("a constraint");
        tx.commit().await.expect("a commit");
    }

    /// A policy of the product, with one attribute.
    pub async fn policy(&self, name: &str, value: &str) -> String {
        let policy = self.w.policy().of(&self.product);
        policy.with(name, value).create().await
    }
}

/// The versions of a list of releases, in its order.
fn versions(list: &Answer) -> Vec<&str> {
    let rows = list.at("/data").as_array().expect("a list");
    rows.iter()
        .map(|row| row["attributes"]["version"].as_str().expect("a version"))
        .collect()
}

/// The keys of a list of facets or packages, in order of the alphabet.
fn keys(list: &Answer) -> Vec<&str> {
    let rows = list.at("/data").as_array().expect("a list");
    let mut keys: Vec<&str> = rows
        .iter()
        .map(|row| row["attributes"]["key"].as_str().expect("a key"))
        .collect();
    keys.sort_unstable();
    keys
}
