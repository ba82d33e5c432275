//! What clients send of a release (distribution reference §1.2).

use keystead_app::artifacts::{self, Claimed};
use keystead_app::releases::{Change, Draft};
use keystead_domain::EntitlementId;
use keystead_domain::words::{NewReleaseStatus, ReleaseChannel, ReleaseStatus};
use poem_openapi::Object;
use serde::Deserialize;

use crate::fields::{Is, Link, Maybe, MaybeLink, Metadata, OneOf, Time};
use crate::input::{Create, Sent, Update};
use crate::nouns::{Constraints, Entitlements, Environments, Packages, Products, Releases};

/// What a new release is given.
#[derive(Debug, Object, Deserialize)]
pub struct NewRelease {
    /// Its name, at most 255 characters.
    #[serde(default)]
    name: Maybe<String>,
    /// What there is to say of it, at most 16384 characters.
    #[serde(default)]
    description: Maybe<String>,
    /// How finished it is.
    channel: OneOf<ReleaseChannel>,
    /// Whether it is published at once; `DRAFT` when absent.
    status: Option<OneOf<NewReleaseStatus>>,
    /// A name to look it up by, unique in its product or package, at most 255 characters.
    #[serde(default)]
    tag: Maybe<String>,
    /// Its version, unique in its product or package.
    version: String,
    /// When it is to count as created, for licenses that expired: in the past.
    #[serde(default)]
    backdated: Maybe<Time>,
    /// Free data.
    metadata: Option<Metadata>,
}

/// What a new release is related to.
#[derive(Debug, Object, Deserialize)]
pub struct NewReleaseRelationships {
    /// The product that it is a version of.
    product: Link<Products>,
    /// The package that it is in.
    #[serde(default)]
    package: MaybeLink<Packages>,
    /// The entitlements that it asks for, at most 20.
    constraints: Option<NewConstraints>,
    /// The environment; the request's when absent.
    #[serde(default)]
    environment: MaybeLink<Environments>,
}

/// The entitlements that a new release asks for.
#[derive(Debug, Object, Deserialize)]
pub struct NewConstraints {
    /// One for each entitlement.
    data: Vec<NewConstraint>,
}

impl NewConstraints {
    /// The entitlements that are asked for.
    pub fn entitlements(&self) -> Vec<EntitlementId> {
        let entitlement = |asked: &NewConstraint| asked.relationships.entitlement.id();
        self.data.iter().map(entitlement).collect()
    }
}

/// A demand for an entitlement.
#[derive(Debug, Object, Deserialize)]
pub struct NewConstraint {
    /// The type of the demand.
    #[serde(rename = "type")]
    #[oai(rename = "type")]
    kind: Is<Constraints>,
    /// What is asked for.
    relationships: NewConstraintRelationships,
}

/// What a demand is for.
#[derive(Debug, Object, Deserialize)]
pub struct NewConstraintRelationships {
    /// The entitlement.
    entitlement: Link<Entitlements>,
}

/// What a new release is given in API 1.0, in which it is its file.
#[derive(Debug, Object, Deserialize)]
pub struct OldNewRelease {
    #[serde(default)]
    name: Maybe<String>,
    #[serde(default)]
    description: Maybe<String>,
    channel: OneOf<ReleaseChannel>,
    status: Option<OneOf<NewReleaseStatus>>,
    #[serde(default)]
    tag: Maybe<String>,
    version: String,
    #[serde(default)]
    backdated: Maybe<Time>,
    metadata: Option<Metadata>,
    filename: String,
    #[serde(default)]
    filetype: Maybe<String>,
    #[serde(default)]
    filesize: Maybe<i64>,
    #[serde(default)]
    platform: Maybe<String>,
    #[serde(default)]
    signature: Maybe<String>,
    #[serde(default)]
    checksum: Maybe<String>,
}

/// The body of `POST /releases` in API 1.0.
pub type OldReleaseBody = Create<Releases, OldNewRelease, NewReleaseRelationships>;

/// What of a release may be changed in API 1.0.
#[derive(Debug, Default, Object, Deserialize)]
#[serde(default)]
pub struct OldReleaseChange {
    name: Maybe<String>,
    description: Maybe<String>,
    tag: Maybe<String>,
    backdated: Maybe<Time>,
    metadata: Option<Metadata>,
    filesize: Maybe<i64>,
    signature: Maybe<String>,
    checksum: Maybe<String>,
}

/// The body of `PATCH /releases/{release}` in API 1.0.
pub type OldReleaseChangeBody = Update<Releases, OldReleaseChange>;

/// The body of `POST /releases`.
pub type NewReleaseBody = Create<Releases, NewRelease, NewReleaseRelationships>;

/// What of a release may be changed: null clears where there may be nothing, and what is absent
/// stays.
#[derive(Debug, Default, Object, Deserialize)]
#[serde(default)]
pub struct ReleaseChange {
    /// Its name, at most 255 characters.
    name: Maybe<String>,
    /// What there is to say of it, at most 16384 characters.
    description: Maybe<String>,
    /// A name to look it up by, unique in its product or package, at most 255 characters.
    tag: Maybe<String>,
    /// When it is to count as created, for licenses that expired: in the past.
    backdated: Maybe<Time>,
    /// Free data, replaced as a whole.
    metadata: Option<Metadata>,
}

/// The body of `PATCH /releases/{release}`.
pub type ReleaseChangeBody = Update<Releases, ReleaseChange>;

/// What a body asks for, as the use case takes it.
pub fn draft(sent: NewReleaseBody) -> Draft {
    let new = sent.data.attributes;
    let relationships = sent.data.relationships;
    let asked = relationships.constraints.map(|asked| asked.entitlements());
    Draft {
        name: new.name.value(),
        description: new.description.value(),
        channel: new.channel.0,
        status: new.status.map(|word| match word.0 {
            NewReleaseStatus::Draft => ReleaseStatus::Draft,
            NewReleaseStatus::Published => ReleaseStatus::Published,
        }),
        tag: new.tag.value(),
        version: new.version,
        backdated_at: new.backdated.value().map(|time| time.0),
        metadata: new.metadata.map(Into::into),
        product: relationships.product.id(),
        package: relationships.package.id(),
        constraints: asked.unwrap_or_default(),
        environment: relationships.environment.sent().change(),
        file: None,
    }
}

/// What a body of API 1.0 asks for: a release and its file.
pub fn old_draft(sent: OldReleaseBody) -> Draft {
    let new = sent.data.attributes;
    let file = Claimed {
        filename: new.filename,
        filetype: new.filetype.value(),
        filesize: new.filesize.value(),
        platform: new.platform.value(),
        arch: None,
        signature: new.signature.value(),
        checksum: new.checksum.value(),
    };
    let attributes = NewRelease {
        name: new.name,
        description: new.description,
        channel: new.channel,
        status: new.status,
        tag: new.tag,
        version: new.version,
        backdated: new.backdated,
        metadata: new.metadata,
    };
    let sent = NewReleaseBody {
        meta: sent.meta,
        data: Sent {
            kind: sent.data.kind,
            id: sent.data.id,
            attributes,
            relationships: sent.data.relationships,
        },
    };
    Draft {
        file: Some(file),
        ..draft(sent)
    }
}

/// What a body of API 1.0 changes: a release, and its file.
pub fn old_change(sent: OldReleaseChangeBody) -> Change {
    let change = sent.data.attributes;
    Change {
        name: change.name.change(),
        description: change.description.change(),
        tag: change.tag.change(),
        backdated_at: change.backdated.map(|time| time.0).change(),
        metadata: change.metadata.map(Into::into),
        file: artifacts::Change {
            filesize: change.filesize.change(),
            signature: change.signature.change(),
            checksum: change.checksum.change(),
            metadata: None,
        },
    }
}

/// What a body changes, as the use case takes it.
pub fn change(sent: ReleaseChangeBody) -> Change {
    let change = sent.data.attributes;
    Change {
        name: change.name.change(),
        description: change.description.change(),
        tag: change.tag.change(),
        backdated_at: change.backdated.map(|time| time.0).change(),
        metadata: change.metadata.map(Into::into),
        file: artifacts::Change::default(),
    }
}
