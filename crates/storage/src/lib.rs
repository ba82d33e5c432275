//! Where the files of releases lie: one trait, with a directory of this machine or a bucket behind
//! it.
//!
//! Objects are named by ids alone. What a client calls its file is in the database and in signed
//! URLs, and no path is made of it. See `docs/decisions/0090-artifact-storage.md`.

mod bucket;
mod local;
mod signed;

use std::fmt;
use std::io;
use std::ops::Range;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures::stream::BoxStream;
use uuid::Uuid;

pub use bucket::{Access, Bucket};
pub use local::{Local, Staged};
pub use signed::{Denied, Grant, encoded};

/// The bytes of an object, as they come.
pub type Bytestream = BoxStream<'static, io::Result<Bytes>>;

/// What a storage does.
pub type Result<T, E = StorageError> = std::result::Result<T, E>;

/// Where an object lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    /// The account it belongs to.
    pub account: Uuid,
    /// The release it is a file of.
    pub release: Uuid,
    /// The object itself: the artifact's id.
    pub object: Uuid,
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            account,
            release,
            object,
        } = self;
        write!(f, "{account}/{release}/{object}")
    }
}

/// What a storage knows of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// Its size, in bytes.
    pub size_bytes: u64,
    /// What changes with its bytes, without quotes.
    pub etag: Option<String>,
    /// The type that its maker said, where the storage keeps it.
    pub content_type: Option<String>,
    /// When it was written.
    pub modified_at: DateTime<Utc>,
}

/// An object that is being read.
pub struct Reading {
    /// What it is as a whole.
    pub object: Object,
    /// The bytes that were asked for.
    pub bytes: Bytestream,
}

/// What a signed URL is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// To download.
    Get,
    /// To upload.
    Put,
}

/// A URL that somebody is to be given.
#[derive(Clone, Copy, Debug)]
pub struct Errand<'a> {
    /// What it is for.
    pub verb: Verb,
    /// The object.
    pub key: Key,
    /// What the file is called: the URL ends in it.
    pub filename: &'a str,
    /// Whether an upload may replace an object that is there.
    pub replaces: bool,
    /// From when it is good.
    pub now: DateTime<Utc>,
    /// For how long.
    pub ttl: Duration,
}

/// Why a storage did not do it.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// More bytes came than may.
    #[error("the object is larger than {0} bytes")]
    TooLarge(u64),
    /// The bytes stopped coming.
    #[error("the upload broke off")]
    Interrupted(#[source] io::Error),
    /// The disk, or what stands for it.
    #[error("the storage failed")]
    Io(#[from] io::Error),
    /// Another storage's reason.
    #[error("the storage failed")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// A place for objects.
#[async_trait]
pub trait Storage: fmt::Debug + Send + Sync {
    /// What is noted of an object that lies here.
    fn name(&self) -> &'static str;

    /// An absolute URL that lets whoever has it do its errand, without other credentials.
    ///
    /// # Errors
    /// When the storage can't sign.
    async fn url(&self, errand: Errand<'_>) -> Result<String>;

    /// What is known of an object; nothing when there is none.
    ///
    /// # Errors
    /// When the storage can't be asked.
    async fn head(&self, key: Key) -> Result<Option<Object>>;

    /// An object's bytes, or a part of them; nothing when there is none.
    ///
    /// # Errors
    /// When the storage can't be read.
    async fn get(&self, key: Key, range: Option<Range<u64>>) -> Result<Option<Reading>>;

    /// Stores an object that the server itself makes. It is there as a whole or not at all.
    ///
    /// # Errors
    /// When it has more than `max_bytes`, its bytes break off, or the storage fails.
    async fn put(&self, key: Key, bytes: Bytestream, max_bytes: u64) -> Result<Object>;

    /// Removes an object, which need not be there.
    ///
    /// # Errors
    /// When the storage fails.
    async fn delete(&self, key: Key) -> Result<()>;

    /// Every object with the time it was written, in no order.
    ///
    /// # Errors
    /// When the storage can't be read.
    async fn list(&self) -> Result<BoxStream<'static, Result<(Key, DateTime<Utc>)>>>;

    /// Clears away what uploads left that broke off before an instant.
    ///
    /// # Errors
    /// When the storage fails.
    async fn tidy(&self, _before: DateTime<Utc>) -> Result<()> {
        Ok(())
    }

    /// The directory whose URLs this server answers itself, if it is one.
    fn local(&self) -> Option<&Local> {
        None
    }
}
