//! Objects as files of a directory: `<account>/<release>/<object>`, and `.incoming` for what is on
//! its way.
//!
//! An upload is written aside and synced, then takes its name by a rename, and the directory is
//! synced: after a crash there is the whole object or none.

use std::io::{self, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use chrono::{DateTime, Utc};
use futures::stream::{self, BoxStream};
use futures::{StreamExt, TryStreamExt};
use keystead_signing::digest::Sha256;
use keystead_signing::url::UrlKey;
use keystead_signing::{Entropy, SystemEntropy};
use tokio::fs::{self, File};
use tokio::io::{AsyncReadExt, AsyncSeekExt, AsyncWriteExt};
use uuid::Uuid;

use crate::signed::{self, Denied, Grant};
use crate::{Bytestream, Errand, Key, Object, Reading, Result, Storage, StorageError, Verb};

/// Bytes read at once.
const CHUNK: usize = 64 * 1024;

/// Where uploads are written before they are whole.
const INCOMING: &str = ".incoming";

/// A directory of objects, and the URLs to them that this server answers.
#[derive(Debug)]
pub struct Local {
    root: PathBuf,
    base: String,
    signer: UrlKey,
}

/// An upload that is whole and has no name yet. Dropped without one, it is gone.
#[derive(Debug)]
pub struct Staged {
    path: PathBuf,
    /// What it is.
    pub object: Object,
}

impl Drop for Staged {
    fn drop(&mut self) {
        // One that was kept is no longer there. What can't be removed is cleared away by a sweep.
        let _ = std::fs::remove_file(&self.path);
    }
}

impl Local {
    /// The objects in `root`, which need not be there yet; their URLs begin with `base`.
    pub fn new(root: PathBuf, base: &str, signer: UrlKey) -> Self {
        Self {
            root,
            base: base.trim_end_matches('/').to_owned(),
            signer,
        }
    }

    /// What a URL of ours allows: its path below the base, percent-decoded, and its query.
    ///
    /// # Errors
    /// When it was changed, or its time is over.
    pub fn granted(
        &self,
        verb: Verb,
        path: &str,
        query: &dyn Fn(&str) -> Option<String>,
        now: DateTime<Utc>,
    ) -> Result<Grant, Denied> {
        signed::verify(&self.signer, verb, path, query, now)
    }

    fn path(&self, key: Key) -> PathBuf {
        self.root.join(key.to_string())
    }

    /// Writes an upload aside.
    ///
    /// # Errors
    /// When it is too large, breaks off, or can't be written: then nothing is left of it.
    pub async fn stage(&self, mut bytes: Bytestream, max_bytes: u64) -> Result<Staged> {
        let incoming = self.root.join(INCOMING);
        fs::create_dir_all(&incoming).await?;
        // Any name will do that nobody else takes at the same time.
        let mut name = [0; 16];
        SystemEntropy.fill(&mut name);
        let path = incoming.join(Uuid::from_bytes(name).to_string());
        let mut file = File::options()
            .write(true)
            .create_new(true)
            .open(&path)
            .await?;
        // From here on, leaving early removes the file.
        let mut staged = Staged {
            path,
            object: Object {
                size_bytes: 0,
                etag: None,
                content_type: None,
                modified_at: DateTime::UNIX_EPOCH,
            },
        };
        let mut digest = Sha256::new();
        while let Some(chunk) = bytes.next().await {
            let chunk = chunk.map_err(StorageError::Interrupted)?;
            staged.object.size_bytes += chunk.len() as u64;
            if staged.object.size_bytes > max_bytes {
                return Err(StorageError::TooLarge(max_bytes));
            }
            digest.update(&chunk);
            file.write_all(&chunk).await?;
        }
        file.flush().await?;
        file.sync_all().await?;
        staged.object.etag = Some(digest.finish_hex());
        staged.object.modified_at = file.metadata().await?.modified()?.into();
        Ok(staged)
    }

    /// Gives an upload its name, replacing what had it.
    ///
    /// # Errors
    /// When it can't be renamed: then the object is as it was before.
    pub async fn keep(&self, staged: &Staged, key: Key) -> Result<()> {
        let path = self.path(key);
        let release = path.parent().unwrap_or(&self.root).to_owned();
        fs::create_dir_all(&release).await?;
        fs::rename(&staged.path, &path).await?;
        // Names are on the disk when their directories are: the release's, and those that may be
        // new with it.
        let account = release.parent().unwrap_or(&self.root).to_owned();
        for directory in [release, account, self.root.clone()] {
            File::open(directory).await?.sync_all().await?;
        }
        Ok(())
    }

    async fn open(&self, key: Key) -> Result<Option<(File, Object)>> {
        let file = match File::open(self.path(key)).await {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let metadata = file.metadata().await?;
        let object = Object {
            size_bytes: metadata.len(),
            etag: None,
            content_type: None,
            modified_at: metadata.modified()?.into(),
        };
        Ok(Some((file, object)))
    }
}

#[async_trait]
impl Storage for Local {
    fn name(&self) -> &'static str {
        "local"
    }

    async fn url(&self, errand: Errand<'_>) -> Result<String> {
        Ok(format!(
            "{}/{}",
            self.base,
            signed::url(&self.signer, &errand)
        ))
    }

    async fn head(&self, key: Key) -> Result<Option<Object>> {
        Ok(self.open(key).await?.map(|(_, object)| object))
    }

    async fn get(&self, key: Key, range: Option<Range<u64>>) -> Result<Option<Reading>> {
        let Some((mut file, object)) = self.open(key).await? else {
            return Ok(None);
        };
        let range = range.unwrap_or(0..object.size_bytes);
        if range.start > 0 {
            file.seek(SeekFrom::Start(range.start)).await?;
        }
        let left = range.end.saturating_sub(range.start);
        let bytes = stream::try_unfold((file, left), |(file, left)| read(file, left)).boxed();
        Ok(Some(Reading { object, bytes }))
    }

    async fn put(&self, key: Key, bytes: Bytestream, max_bytes: u64) -> Result<Object> {
        let staged = self.stage(bytes, max_bytes).await?;
        self.keep(&staged, key).await?;
        Ok(staged.object.clone())
    }

    async fn delete(&self, key: Key) -> Result<()> {
        let path = self.path(key);
        match fs::remove_file(&path).await {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error.into()),
        }
        // The last object takes its directories with it; those that hold others stay.
        for directory in path.ancestors().skip(1).take(2) {
            if fs::remove_dir(directory).await.is_err() {
                break;
            }
        }
        Ok(())
    }

    async fn list(&self) -> Result<BoxStream<'static, Result<(Key, DateTime<Utc>)>>> {
        let accounts = directories(self.root.clone()).await?;
        let found =
            stream::iter(accounts)
                .then(|(account, path)| async move {
                    let releases = directories(path).await?;
                    Ok::<_, StorageError>(stream::iter(releases).map(move |(release, path)| {
                        Ok::<_, StorageError>((account, release, path))
                    }))
                })
                .try_flatten()
                .and_then(|(account, release, path)| async move {
                    let objects = files(&path).await?;
                    Ok(stream::iter(objects).map(move |(object, modified)| {
                        let key = Key {
                            account,
                            release,
                            object,
                        };
                        Ok::<_, StorageError>((key, modified))
                    }))
                })
                .try_flatten();
        Ok(found.boxed())
    }

    async fn tidy(&self, before: DateTime<Utc>) -> Result<()> {
        for (name, modified) in files(&self.root.join(INCOMING)).await? {
            if modified < before {
                let path = self.root.join(INCOMING).join(name.to_string());
                tracing::debug!(%name, "an upload that broke off is cleared away");
                fs::remove_file(path).await?;
            }
        }
        Ok(())
    }

    fn local(&self) -> Option<&Local> {
        Some(self)
    }
}

/// The next bytes of a file of which so many are left to read.
async fn read(mut file: File, left: u64) -> io::Result<Option<(Bytes, (File, u64))>> {
    if left == 0 {
        return Ok(None);
    }
    let most = usize::try_from(left).unwrap_or(CHUNK).min(CHUNK);
    let mut chunk = BytesMut::with_capacity(most);
    let read = (&mut file).take(most as u64).read_buf(&mut chunk).await?;
    if read == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(Some((chunk.freeze(), (file, left - read as u64))))
}

/// The directories in a directory that are named by ids.
async fn directories(path: PathBuf) -> Result<Vec<(Uuid, PathBuf)>> {
    let mut found = Vec::new();
    each(&path, |id, entry, is_file| {
        if !is_file {
            found.push((id, entry));
        }
    })
    .await?;
    Ok(found)
}

/// The files in a directory that are named by ids, and when they were written.
async fn files(path: &Path) -> Result<Vec<(Uuid, DateTime<Utc>)>> {
    let mut paths = Vec::new();
    each(path, |id, entry, is_file| {
        if is_file {
            paths.push((id, entry));
        }
    })
    .await?;
    let mut found = Vec::new();
    for (id, path) in paths {
        // One that goes meanwhile is no longer there to be told of.
        if let Ok(metadata) = fs::metadata(path).await {
            found.push((id, metadata.modified()?.into()));
        }
    }
    Ok(found)
}

async fn each(path: &Path, mut with: impl FnMut(Uuid, PathBuf, bool)) -> Result<()> {
    let mut entries = match fs::read_dir(path).await {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    while let Some(entry) = entries.next_entry().await? {
        let id = entry
            .file_name()
            .to_str()
            .and_then(|name| name.parse().ok());
        if let Some(id) = id {
            with(id, entry.path(), entry.file_type().await?.is_file());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use keystead_signing::MasterKey;

    use super::*;

    fn local(root: &Path) -> Local {
        let signer = UrlKey::of(&MasterKey::generate(&mut SystemEntropy));
        Local::new(root.to_owned(), "http://localhost/objects/", signer)
    }

    fn key(object: u128) -> Key {
        Key {
            account: Uuid::from_u128(1),
            release: Uuid::from_u128(2),
            object: Uuid::from_u128(object),
        }
    }

    fn bytes(chunks: &[&'static str]) -> Bytestream {
        let chunks: Vec<_> = chunks.iter().map(|chunk| Ok(Bytes::from(*chunk))).collect();
        stream::iter(chunks).boxed()
    }

    async fn text(local: &Local, range: Option<Range<u64>>) -> Option<String> {
        let reading = local.get(key(3), range).await.unwrap()?;
        let chunks: Vec<Bytes> = reading.bytes.try_collect().await.unwrap();
        Some(String::from_utf8(chunks.concat()).unwrap())
    }

    fn left_over(root: &Path) -> usize {
        std::fs::read_dir(root.join(INCOMING)).map_or(0, Iterator::count)
    }

    #[tokio::test]
    async fn an_object_is_read_as_it_was_written_or_in_part() {
        let root = tempfile::tempdir().unwrap();
        let local = local(root.path());

        let object = local.put(key(3), bytes(&["hello ", "world"]), 11).await;

        assert_eq!(object.unwrap().size_bytes, 11);
        assert_eq!(text(&local, None).await.as_deref(), Some("hello world"));
        assert_eq!(text(&local, Some(4..7)).await.as_deref(), Some("o w"));
        assert_eq!(left_over(root.path()), 0);
    }

    #[tokio::test]
    async fn an_upload_that_breaks_off_or_is_too_large_leaves_nothing() {
        let root = tempfile::tempdir().unwrap();
        let local = local(root.path());
        let broken: Bytestream = stream::iter([
            Ok(Bytes::from("hel")),
            Err(io::ErrorKind::ConnectionReset.into()),
        ])
        .boxed();

        let broken = local.put(key(3), broken, 100).await;
        let large = local.put(key(3), bytes(&["hello ", "world"]), 10).await;

        assert!(matches!(broken, Err(StorageError::Interrupted(_))));
        assert!(matches!(large, Err(StorageError::TooLarge(10))));
        assert_eq!(text(&local, None).await, None);
        assert_eq!(left_over(root.path()), 0);
    }

    #[tokio::test]
    async fn what_is_there_is_listed_and_what_is_deleted_leaves_no_directory() {
        let root = tempfile::tempdir().unwrap();
        let local = local(root.path());
        for object in [3, 4] {
            local.put(key(object), bytes(&["x"]), 1).await.unwrap();
        }

        let listed: Vec<_> = local.list().await.unwrap().try_collect().await.unwrap();
        for object in [3, 4, 5] {
            local.delete(key(object)).await.unwrap();
        }

        let mut keys: Vec<Key> = listed.into_iter().map(|(key, _)| key).collect();
        keys.sort_by_key(|key| key.object);
        assert_eq!(keys, [key(3), key(4)]);
        assert!(!root.path().join(Uuid::from_u128(1).to_string()).exists());
    }

    #[tokio::test]
    #[expect(clippy::mem_forget, reason = "a crash runs no destructor")]
    async fn what_a_crash_left_behind_is_cleared_away_when_it_is_old() {
        let root = tempfile::tempdir().unwrap();
        let local = local(root.path());
        std::mem::forget(local.stage(bytes(&["x"]), 1).await.unwrap());

        local.tidy(DateTime::UNIX_EPOCH).await.unwrap();
        assert_eq!(left_over(root.path()), 1);
        local.tidy(DateTime::<Utc>::MAX_UTC).await.unwrap();
        assert_eq!(left_over(root.path()), 0);
    }
}
