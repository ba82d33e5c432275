//! Artifacts: the files of releases.

pub mod create;
pub mod delete;
pub mod download;
pub mod list;
pub mod process;
pub mod receive;
pub mod show;
pub mod sweep;
pub mod update;

pub use create::{Claimed, Draft, create};
pub use delete::{Clear, clear, delete};
pub use download::{Download, Wish, download, vanity};
pub use list::{list, list_of_release, of};
pub use process::{Process, process};
pub use receive::{Received, open, receive};
pub use show::{show, show_of_release};
pub use sweep::{sweep, tidy};
pub use update::{Change, Changeable, changeable, update};

use std::time::Duration;

use chrono::{DateTime, Utc};
use keystead_domain::EventId;
use keystead_domain::event::EventName;
use keystead_storage::{Errand, Key, Verb};
use keystead_store::artifacts::Loaded;
use keystead_store::entities::{Artifact, Event};

use crate::{App, Cx, Error, Result};

/// What events are about.
pub(crate) const NOUN: &str = "artifacts";

/// How long an upload's URL is good, and how long an object is waited for.
pub const UPLOAD_TTL: Duration = Duration::from_secs(3600);

/// How long a download's URL is good, unless somebody says otherwise.
pub const DOWNLOAD_TTL: Duration = Duration::from_secs(3600);

/// Where a file's object lies.
pub fn key(artifact: &Artifact) -> Key {
    Key {
        account: artifact.account_id.0,
        release: artifact.release_id.0,
        object: artifact.id.0,
    }
}

/// The URL that a file is uploaded to.
pub(crate) async fn upload_url(cx: &Cx, artifact: &Artifact, replaces: bool) -> Result<String> {
    let errand = Errand {
        verb: Verb::Put,
        key: key(artifact),
        filename: &artifact.filename,
        replaces,
        now: cx.now,
        ttl: UPLOAD_TTL,
    };
    cx.storage.url(errand).await.map_err(Error::failed)
}

/// An event that is nobody's doing, in the file's own environment.
fn event(app: &App, artifact: &Artifact, name: EventName, now: DateTime<Utc>) -> Event {
    Event {
        id: app.ids.next::<EventId>(),
        account_id: artifact.account_id,
        environment_id: artifact.environment_id,
        name: name.as_str().to_owned(),
        resource_type: NOUN.to_owned(),
        resource_id: artifact.id.0,
        bearer_type: None,
        bearer_id: None,
        request_id: None,
        metadata: None,
        created_at: now,
    }
}

/// The same file as it is now.
fn with(loaded: Loaded, artifact: Artifact) -> Loaded {
    Loaded { artifact, ..loaded }
}
