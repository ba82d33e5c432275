//! Hands out where a file may be had (distribution reference §2.5).

use std::time::Duration;

use keystead_domain::access::{Action, BearerId, Role, Scope, Viewer};
use keystead_domain::event::EventName;
use keystead_domain::term::{self, CalendarDuration};
use keystead_domain::words::{ArtifactStatus, ExpirationBasis, ReleaseStatus};
use keystead_domain::{ApiVersion, At, Kind, Problem};
use keystead_storage::{Errand, Key, Verb};
use keystead_store::artifacts::{self, Filter, Loaded};
use keystead_store::{Tx, licenses};
use uuid::Uuid;

use super::show::find;
use super::{DOWNLOAD_TTL, NOUN, key};
use crate::herald::Payload;
use crate::{Cx, Error, Result};

/// What a client wants of a file.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    /// Whether it wants to have the file, and not only to know of it.
    pub download: bool,
    /// How long the URL is to be good, as it was sent.
    pub ttl: Option<String>,
}

/// A file, and where it may be had for a while.
#[derive(Clone, Debug)]
pub struct Download {
    /// The file.
    pub file: Loaded,
    /// The URL; none when there is nothing to be had, or nobody wanted it.
    pub url: Option<String>,
}

/// The seconds that a URL may be good for, and how they are told.
const MOST: i64 = 604_800;
const TOO_LONG: &str = "must be less than or equal to 604800 (1 week)";

/// Where a file that was found may be had.
///
/// # Errors
/// 403 by the access matrix, 400 for a time to live that can't be.
pub async fn download(cx: &Cx, file: Loaded, wish: &Wish) -> Result<Download> {
    let key = key(&file.artifact);
    let filename = file.artifact.filename.clone();
    hand_out(cx, file, wish, key, &filename).await
}

/// A file under the name in its URL: another file of its release when the name is that one's, so
/// that what refers to its neighbours finds them. A name that is nobody's leads nowhere.
///
/// # Errors
/// 404 when the bearer doesn't see the file; else as [`download`].
pub async fn vanity(cx: &Cx, id: &str, name: &str, wish: &Wish) -> Result<Download> {
    let file = find(cx, id, &Filter::default(), Action::ArtifactShow).await?;
    let filter = Filter {
        release: Some(file.release.id.to_string()),
        status: Some(ArtifactStatus::Uploaded.as_str().to_owned()),
        ..Filter::default()
    };
    let named = artifacts::find(&cx.db, &cx.scope(), cx.now, name, &filter).await;
    let key = match named {
        Ok(named) if named.peek().artifact.filename == name => key(&named.peek().artifact),
        Ok(_) | Err(keystead_store::Error::Refused(_)) => Key {
            object: Uuid::nil(),
            ..key(&file.artifact)
        },
        Err(failed) => return Err(failed.into()),
    };
    hand_out(cx, file, wish, key, name).await
}

async fn hand_out(
    cx: &Cx,
    file: Loaded,
    wish: &Wish,
    key: Key,
    filename: &str,
) -> Result<Download> {
    let ttl = ttl(cx, wish.ttl.as_deref())?;
    let there = file.artifact.status == ArtifactStatus::Uploaded
        && file.release.status != ReleaseStatus::Yanked;
    if !wish.download || !there {
        return Ok(Download { file, url: None });
    }
    let file = cx.allow(Action::ArtifactDownload, cx.scope().seen(file))?;
    let url = url(cx, key, filename, ttl).await?;

    let tx = cx.begin().await?;
    let event = cx.event(
        EventName::ArtifactDownloaded.as_str(),
        NOUN,
        file.artifact.id.0,
    );
    cx.tell(&tx, event, Payload::Artifact(&file)).await?;
    let name = EventName::ReleaseDownloaded.as_str();
    let event = cx.event(name, crate::releases::NOUN, file.release.id.0);
    cx.tell(&tx, event, Payload::Release(&file.release)).await?;
    begin_term(cx, &tx).await?;
    tx.commit().await?;
    let url = Some(url);
    Ok(Download { file, url })
}

/// A URL to an object.
pub(crate) async fn url(cx: &Cx, key: Key, filename: &str, ttl: Duration) -> Result<String> {
    let errand = Errand {
        verb: Verb::Get,
        key,
        filename,
        replaces: false,
        now: cx.now,
        ttl,
    };
    cx.storage.url(errand).await.map_err(Error::failed)
}

/// How long a URL is to be good: vendors may say it, customers get the usual.
pub(crate) fn ttl(cx: &Cx, asked: Option<&str>) -> Result<Duration> {
    let Some(asked) = asked else {
        return Ok(DOWNLOAD_TTL);
    };
    let refuse = |detail: &'static str| -> crate::Error {
        Problem::new(Kind::BadRequest, detail)
            .at(At::Parameter("ttl".into()))
            .into()
    };
    let Ok(seconds) = asked.trim().parse::<i64>() else {
        return Err(refuse("must be an integer"));
    };
    let vendor = cx
        .bearer
        .as_ref()
        .is_some_and(|bearer| !matches!(bearer.role, Role::User | Role::License | Role::ReadOnly));
    let (least, too_short) = match cx.version {
        ApiVersion::V1_0 => (60, "must be greater than or equal to 60 (1 minute)"),
        _ => (1, "must be greater than or equal to 1"),
    };
    if !vendor && cx.version != ApiVersion::V1_0 {
        return Ok(DOWNLOAD_TTL);
    }
    match seconds {
        seconds if seconds < least => Err(refuse(too_short)),
        seconds if seconds > MOST => Err(refuse(TOO_LONG)),
        _ if !vendor => Ok(DOWNLOAD_TTL),
        seconds => Ok(Duration::from_secs(seconds.unsigned_abs())),
    }
}

/// A license whose term begins with its first download has its first download now.
pub(crate) async fn begin_term(cx: &Cx, tx: &Tx) -> Result<()> {
    let (Viewer::License(id), Some(BearerId::License(_))) = (
        cx.scope().viewer(),
        cx.bearer.as_ref().map(|bearer| bearer.id),
    ) else {
        return Ok(());
    };
    let scope = Scope::system(cx.account());
    let seen = licenses::lock(tx, &scope, id).await?;
    let loaded = seen.peek();
    let start = term::start(
        loaded.license.expiry,
        loaded.policy.expiration_basis,
        ExpirationBasis::FromFirstDownload,
        loaded
            .policy
            .duration
            .and_then(CalendarDuration::from_seconds),
        cx.now,
    );
    if let Some(start) = start {
        let mut license = loaded.license.clone();
        license.expiry = Some(start);
        licenses::update(tx, license).await?;
    }
    Ok(())
}
