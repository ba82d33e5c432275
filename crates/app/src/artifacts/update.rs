//! Changes what a file is said to be.

use keystead_domain::ArtifactId;
use keystead_domain::access::{Action, Scope};
use keystead_domain::draft::Problems;
use keystead_domain::event::EventName;
use keystead_domain::release::artifact as rules;
use keystead_store::artifacts::{self, Filter, Loaded};
use keystead_store::entities::Artifact;
use serde_json::Value;

use super::show::find;
use super::{NOUN, with};
use crate::herald::Payload;
use crate::{Cx, Result};

/// What to change of a file: an absent attribute stays, and the inner none clears.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// Its size in bytes.
    pub filesize: Option<Option<i64>>,
    /// Its signature.
    pub signature: Option<Option<String>>,
    /// Its checksum.
    pub checksum: Option<Option<String>>,
    /// Free data, replaced as a whole: an object with keys in snake case.
    pub metadata: Option<Value>,
}

impl Change {
    /// Whether nothing is to be changed.
    pub fn is_empty(&self) -> bool {
        self.filesize.is_none()
            && self.signature.is_none()
            && self.checksum.is_none()
            && self.metadata.is_none()
    }
}

/// A file that the bearer may change.
#[derive(Debug)]
pub struct Changeable(Loaded);

impl Changeable {
    /// Which it is.
    pub fn id(&self) -> ArtifactId {
        self.0.artifact.id
    }
}

/// The file with this id or name, if the bearer may change it: asked before the body is read.
///
/// # Errors
/// 401, 404 when the bearer doesn't see it, 403 by the access matrix.
pub async fn changeable(cx: &Cx, name: &str, filter: &Filter) -> Result<Changeable> {
    cx.bearer()?;
    let found = find(cx, name, filter, Action::ArtifactUpdate).await?;
    Ok(Changeable(found))
}

/// Changes a file.
///
/// # Errors
/// 422 for the problems of what it would become, 404 when it is gone by now.
pub async fn update(cx: &Cx, file: Changeable, change: Change) -> Result<Loaded> {
    let tx = cx.begin().await?;
    let scope = Scope::system(cx.account());
    let mut artifact = artifacts::lock(&tx, &scope, file.id()).await?;
    let mut problems = Problems::none();
    apply(cx, &mut artifact, change, &mut problems);
    problems.into_result()?;
    let artifact = artifacts::update(&tx, artifact).await?;
    let file = with(file.0, artifact);
    let event = cx.event(
        EventName::ArtifactUpdated.as_str(),
        NOUN,
        file.artifact.id.0,
    );
    cx.tell(&tx, event, Payload::Artifact(&file)).await?;
    tx.commit().await?;
    Ok(file)
}

/// The file as it would become, judged.
pub(crate) fn apply(cx: &Cx, artifact: &mut Artifact, change: Change, problems: &mut Problems) {
    artifact.filesize = change.filesize.unwrap_or(artifact.filesize);
    if let Some(signature) = change.signature {
        artifact.signature = signature;
    }
    if let Some(checksum) = change.checksum {
        artifact.checksum = checksum;
    }
    if let Some(metadata) = change.metadata {
        problems.metadata(&metadata);
        artifact.metadata = metadata;
    }
    artifact.updated_at = cx.now;
    let claims = rules::Claims {
        filesize: artifact.filesize,
        signature: artifact.signature.as_deref(),
        checksum: artifact.checksum.as_deref(),
    };
    rules::judge(claims, problems);
}
