//! A file as it is answered (distribution reference §2.7).

use keystead_domain::words::ArtifactStatus;
use keystead_store::artifacts::Loaded;
use poem_openapi::Object;
use serde::Serialize;

use crate::document::{AccountLink, EnvironmentLink, Link, Place, Rendered, Resource, ToOne};
use crate::fields::{Metadata, Nullable, OneOf, Time};
use crate::input::Nothing;
use crate::nouns::{Artifacts, Releases};

/// A file's attributes.
#[derive(Object, Serialize)]
pub struct ArtifactAttributes {
    /// Its name, unique in the release.
    filename: String,
    /// Its type: what its name ends in.
    filetype: Nullable<String>,
    /// Its size in bytes, as its maker says.
    filesize: Nullable<i64>,
    /// What it runs on.
    platform: Nullable<String>,
    /// What processors it runs on.
    arch: Nullable<String>,
    /// Its signature, as its maker says.
    signature: Nullable<String>,
    /// Its checksum, as its maker says.
    checksum: Nullable<String>,
    /// How far it has come.
    status: OneOf<ArtifactStatus>,
    /// Free data.
    metadata: Metadata,
    /// When it was created.
    created: Time,
    /// When it was last changed.
    updated: Time,
}

/// A file's relationships.
#[derive(Object, Serialize)]
pub struct ArtifactRelationships {
    /// The account.
    account: AccountLink,
    /// The environment; global when null.
    environment: EnvironmentLink,
    /// The release that it is of.
    release: ToOne<Releases>,
}

impl Rendered for Artifacts {
    const NAME: &'static str = "Artifact";
    type Attributes = ArtifactAttributes;
    type Relationships = ArtifactRelationships;
    type Meta = Nothing;
}

/// A file as it is answered.
pub fn resource(loaded: Loaded) -> Resource<Artifacts> {
    let artifact = loaded.artifact;
    let place = Place::of::<Artifacts>(artifact.account_id, artifact.id);
    let release = Place::of::<Releases>(artifact.account_id, artifact.release_id);
    let relationships = ArtifactRelationships {
        account: place.account_link(),
        environment: place.environment_link(artifact.environment_id),
        release: Place::to_one_at(release),
    };
    let link = Link::File {
        filename: artifact.filename.clone(),
        redirect: None,
    };
    let attributes = ArtifactAttributes {
        filename: artifact.filename,
        filetype: Nullable(artifact.filetype),
        filesize: Nullable(artifact.filesize),
        platform: Nullable(artifact.platform),
        arch: Nullable(artifact.arch),
        signature: Nullable(artifact.signature),
        checksum: Nullable(artifact.checksum),
        status: OneOf(artifact.status),
        metadata: artifact.metadata.into(),
        created: Time(artifact.created_at),
        updated: Time(artifact.updated_at),
    };
    Resource {
        link,
        ..Resource::new(place, attributes, relationships)
    }
}
