//! Creates a file: its row, and the URL that its object is uploaded to.

use keystead_domain::access::{Action, Scope, Tie};
use keystead_domain::draft::Problems;
use keystead_domain::event::EventName;
use keystead_domain::release::artifact as rules;
use keystead_domain::words::{ArtifactStatus, FacetKind};
use keystead_domain::{At, Code, EnvironmentId, Refused, ReleaseId};
use keystead_store::artifacts::Loaded;
use keystead_store::entities::{Artifact, Release};
use keystead_store::{OnDuplicate, Tx, artifacts, facets, releases};
use serde_json::{Value, json};

use super::{NOUN, upload_url};
use crate::herald::Payload;
use crate::{Cx, Result};

/// What a file is said to be.
#[derive(Clone, Debug, Default)]
pub struct Claimed {
    /// Its name, unique in the release.
    pub filename: String,
    /// Its type.
    pub filetype: Option<String>,
    /// Its size in bytes.
    pub filesize: Option<i64>,
    /// What it runs on.
    pub platform: Option<String>,
    /// What processors it runs on.
    pub arch: Option<String>,
    /// Its signature.
    pub signature: Option<String>,
    /// Its checksum.
    pub checksum: Option<String>,
}

/// A file to be made.
#[derive(Clone, Debug)]
pub struct Draft {
    /// What it is said to be.
    pub claimed: Claimed,
    /// Free data: an object with keys in snake case.
    pub metadata: Option<Value>,
    /// The release that it is of.
    pub release: ReleaseId,
    /// Its environment: unsaid the release's, global, or this one.
    pub environment: Option<Option<EnvironmentId>>,
}

/// Creates a file, and says where its bytes are to be sent.
///
/// # Errors
/// 401, 403 by the access matrix, and 422 for the draft's problems.
pub async fn create(cx: &Cx, draft: Draft) -> Result<(Loaded, String)> {
    cx.bearer()?;
    let environment = draft.environment.unwrap_or(cx.environment.id());
    let release = releases::by_ids(&cx.db, &cx.existing(), [draft.release]).await?;
    let release = release.into_iter().next();
    let tie = Tie {
        environment,
        product: release.as_ref().map(|release| release.product_id),
        ..Tie::default()
    };
    cx.allow_create(Action::ArtifactCreate, &tie)?;
    let mut problems = Problems::none();
    if release.is_none() {
        problems.add(Code::ReleaseNotFound.at(At::Relationship("release".into())));
    }
    if release.as_ref().is_some_and(|release| {
        release.environment_id.is_some() && release.environment_id != environment
    }) {
        problems.add(Code::EnvironmentNotAllowed.at(At::Relationship("environment".into())));
    }
    let metadata = draft.metadata.clone().unwrap_or_else(|| json!({}));
    let claimed = judged(draft.claimed, &mut problems);
    problems.metadata(&metadata);
    problems.into_result()?;
    let release = release.ok_or_else(|| Refused::missing("release"))?;

    let tx = cx.begin().await?;
    let mut row = row(cx, claimed, &release);
    row.environment_id = environment;
    row.metadata = metadata;
    let artifact = insert(cx, &tx, row).await?;
    let loaded = Loaded { artifact, release };
    let event = cx.event(
        EventName::ArtifactCreated.as_str(),
        NOUN,
        loaded.artifact.id.0,
    );
    cx.tell(&tx, event, Payload::Artifact(&loaded)).await?;
    tx.commit().await?;
    let url = upload_url(cx, &loaded.artifact, false).await?;
    Ok((loaded, url))
}

/// What a file is said to be, as it will be stored.
pub(crate) fn judged(claimed: Claimed, problems: &mut Problems) -> Claimed {
    let claimed = Claimed {
        filetype: rules::filetype(claimed.filetype.as_deref()),
        platform: rules::key(claimed.platform.as_deref()),
        arch: rules::key(claimed.arch.as_deref()),
        ..claimed
    };
    rules::filename(&claimed.filename, claimed.filetype.as_deref(), problems);
    #[rustfmt::skip]
    let keys = [
        (&claimed.filetype, Code::FiletypeTooLong, "filetype"),
        (&claimed.platform, Code::PlatformTooLong, "platform"),
        (&claimed.arch,     Code::ArchTooLong,     "arch"),
    ];
    for (key, code, name) in keys {
        let short = key.as_ref().is_none_or(|key| key.chars().count() <= 255);
        problems.require(short, code, name);
    }
    let claims = rules::Claims {
        filesize: claimed.filesize,
        signature: claimed.signature.as_deref(),
        checksum: claimed.checksum.as_deref(),
    };
    rules::judge(claims, problems);
    claimed
}

/// A new file of a release, whose object is waited for.
pub(crate) fn row(cx: &Cx, claimed: Claimed, release: &Release) -> Artifact {
    Artifact {
        id: cx.ids.next(),
        account_id: cx.account(),
        environment_id: release.environment_id,
        release_id: release.id,
        filename: claimed.filename,
        filetype: claimed.filetype,
        filesize: claimed.filesize,
        platform: claimed.platform,
        arch: claimed.arch,
        signature: claimed.signature,
        checksum: claimed.checksum,
        status: ArtifactStatus::Waiting,
        metadata: json!({}),
        storage: Some(cx.storage.name().to_owned()),
        content_length: None,
        content_type: None,
        etag: None,
        created_at: cx.now,
        updated_at: cx.now,
    }
}

/// Stores a new file, and what it is the first to be told apart by.
pub(crate) async fn insert(cx: &Cx, tx: &Tx, row: Artifact) -> Result<Artifact> {
    let scope = Scope::system(cx.account());
    #[rustfmt::skip]
    let facets = [
        (FacetKind::Filetype, &row.filetype),
        (FacetKind::Platform, &row.platform),
        (FacetKind::Arch,     &row.arch),
    ];
    for (kind, key) in facets {
        if let Some(key) = key {
            facets::ensure(tx, &scope, kind, key, &cx.ids, cx.now).await?;
        }
    }
    let taken = Code::FilenameTaken.at(At::Attribute("filename".into()));
    Ok(artifacts::insert(tx, row).await.on_duplicate(taken)?)
}
