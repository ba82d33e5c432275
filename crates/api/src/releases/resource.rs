//! A release as it is answered (distribution reference §1.8).

use keystead_domain::release::Semver;
use keystead_domain::words::{ReleaseChannel, ReleaseStatus};
use keystead_store::entities::Release;
use poem_openapi::Object;
use serde::Serialize;

use crate::document::{AccountLink, EnvironmentLink, Place, Rendered, Resource, ToMany, ToOne};
use crate::fields::{Metadata, Nullable, OneOf, Time};
use crate::input::Nothing;
use crate::nouns::{Packages, Products, Releases};

/// A release's attributes.
#[derive(Object, Serialize)]
pub struct ReleaseAttributes {
    /// Its name.
    name: Nullable<String>,
    /// What there is to say of it.
    description: Nullable<String>,
    /// How finished it is.
    channel: OneOf<ReleaseChannel>,
    /// What may be done with it.
    status: OneOf<ReleaseStatus>,
    /// A name to look it up by, beside id and version.
    tag: Nullable<String>,
    /// Its version.
    version: String,
    /// The parts of its version.
    semver: SemverParts,
    /// Free data.
    metadata: Metadata,
    /// When it was created.
    created: Time,
    /// When it was last changed.
    updated: Time,
    /// When it is to count as created, for licenses that expired.
    backdated: Nullable<Time>,
    /// When it was last yanked.
    yanked: Nullable<Time>,
}

/// The parts of a version.
#[derive(Object, Serialize)]
pub struct SemverParts {
    /// The first number.
    major: i64,
    /// The second number.
    minor: i64,
    /// The third number.
    patch: i64,
    /// What follows the first dash.
    prerelease: Nullable<String>,
    /// What follows the plus sign.
    build: Nullable<String>,
}

/// The step from a release to the one that comes after it.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "ReleaseSteps")]
pub struct Steps {
    /// The version that somebody has.
    pub current: String,
    /// The version that comes after it.
    pub next: String,
}

/// A release's relationships.
#[derive(Object, Serialize)]
pub struct ReleaseRelationships {
    /// The account.
    account: AccountLink,
    /// The environment; global when null.
    environment: EnvironmentLink,
    /// The product that it is a version of.
    product: ToOne<Products>,
    /// The package that it is in, if any.
    package: ToOne<Packages>,
    /// The entitlements that a license must hold to have it.
    entitlements: ToMany,
    /// What asks for these entitlements.
    constraints: ToMany,
    /// Its files.
    artifacts: ToMany,
    /// The release that comes after it.
    upgrade: ToMany,
}

impl Rendered for Releases {
    const NAME: &'static str = "Release";
    type Attributes = ReleaseAttributes;
    type Relationships = ReleaseRelationships;
    type Meta = Nothing;
}

/// A release as it is answered.
pub fn resource(release: Release) -> Resource<Releases> {
    let place = Place::of::<Releases>(release.account_id, release.id);
    let relationships = ReleaseRelationships {
        account: place.account_link(),
        environment: place.environment_link(release.environment_id),
        product: place.to_one("product", Some(release.product_id)),
        package: place.to_one("package", release.package_id),
        entitlements: place.to_many("entitlements"),
        constraints: place.to_many("constraints"),
        artifacts: place.to_many("artifacts"),
        upgrade: place.to_many("upgrade"),
    };
    let semver = Semver::parse(&release.version);
    let (prerelease, build) = semver.map_or((None, None), |it| (it.prerelease, it.build));
    let attributes = ReleaseAttributes {
        name: Nullable(release.name),
        description: Nullable(release.description),
        channel: OneOf(release.channel),
        status: OneOf(release.status),
        tag: Nullable(release.tag),
        version: release.version,
        semver: SemverParts {
            major: release.version_major,
            minor: release.version_minor,
            patch: release.version_patch,
            prerelease: Nullable(prerelease),
            build: Nullable(build),
        },
        metadata: release.metadata.into(),
        created: Time(release.created_at),
        updated: Time(release.updated_at),
        backdated: Nullable(release.backdated_at.map(Time)),
        yanked: Nullable(release.yanked_at.map(Time)),
    };
    Resource::new(place, attributes, relationships)
}
