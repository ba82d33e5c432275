//! What clients send of a file (distribution reference §2.2).

use keystead_app::artifacts::{Change, Claimed, Draft};
use poem_openapi::Object;
use serde::Deserialize;

use crate::fields::{Link, Maybe, MaybeLink, Metadata};
use crate::input::{Create, Update};
use crate::nouns::{Artifacts, Environments, Releases};

/// What a new file is given.
#[derive(Debug, Object, Deserialize)]
pub struct NewArtifact {
    /// Its name, unique in the release, at most 255 characters.
    filename: String,
    /// Its type: what its name ends in.
    #[serde(default)]
    filetype: Maybe<String>,
    /// Its size in bytes, at most 5368709120.
    #[serde(default)]
    filesize: Maybe<i64>,
    /// What it runs on.
    #[serde(default)]
    platform: Maybe<String>,
    /// What processors it runs on.
    #[serde(default)]
    arch: Maybe<String>,
    /// Its signature, at most 4096 characters.
    #[serde(default)]
    signature: Maybe<String>,
    /// Its checksum, at most 4096 characters.
    #[serde(default)]
    checksum: Maybe<String>,
    /// Free data.
    metadata: Option<Metadata>,
}

/// What a new file is related to.
#[derive(Debug, Object, Deserialize)]
pub struct NewArtifactRelationships {
    /// The release that it is of.
    release: Link<Releases>,
    /// The environment; the request's when absent.
    #[serde(default)]
    environment: MaybeLink<Environments>,
}

/// The body of `POST /artifacts`.
pub type NewArtifactBody = Create<Artifacts, NewArtifact, NewArtifactRelationships>;

/// What of a file may be changed: null clears where there may be nothing, and what is absent stays.
#[derive(Debug, Default, Object, Deserialize)]
#[serde(default)]
pub struct ArtifactChange {
    /// Its size in bytes, at most 5368709120.
    filesize: Maybe<i64>,
    /// Its signature, at most 4096 characters.
    signature: Maybe<String>,
    /// Its checksum, at most 4096 characters.
    checksum: Maybe<String>,
    /// Free data, replaced as a whole.
    metadata: Option<Metadata>,
}

/// The body of `PATCH /artifacts/{artifact}`.
pub type ArtifactChangeBody = Update<Artifacts, ArtifactChange>;

/// What a body asks for, as the use case takes it.
pub fn draft(sent: NewArtifactBody) -> Draft {
    let new = sent.data.attributes;
    let relationships = sent.data.relationships;
    Draft {
        claimed: Claimed {
            filename: new.filename,
            filetype: new.filetype.value(),
            filesize: new.filesize.value(),
            platform: new.platform.value(),
            arch: new.arch.value(),
            signature: new.signature.value(),
            checksum: new.checksum.value(),
        },
        metadata: new.metadata.map(Into::into),
        release: relationships.release.id(),
        environment: relationships.environment.sent().change(),
    }
}

/// What a body changes, as the use case takes it.
pub fn change(sent: ArtifactChangeBody) -> Change {
    let change = sent.data.attributes;
    Change {
        filesize: change.filesize.change(),
        signature: change.signature.change(),
        checksum: change.checksum.change(),
        metadata: change.metadata.map(Into::into),
    }
}
