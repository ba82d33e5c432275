//! A storage that says what scenarios want it to say: every object is there, or none is, or it
//! doesn't answer.

use std::io;
use std::ops::Range;
use std::sync::Mutex;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use futures::StreamExt;
use futures::stream::{self, BoxStream};
use keystead_storage::{
    Bytestream, Errand, Key, Object, Reading, Result, Storage, StorageError, encoded,
};

/// The host of signed URLs, as scenarios have it.
const BASE: &str = "https://s3.aws.test/artifacts";

/// How the storage behaves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mood {
    /// Every object is there.
    #[default]
    Fine,
    /// No object is there.
    Empty,
    /// It doesn't answer.
    Silent,
}

/// The storage of a scenario.
#[derive(Debug, Default)]
pub struct Shelf(Mutex<Mood>);

impl Shelf {
    /// Makes it behave like this from now on.
    pub fn turn(&self, mood: Mood) {
        *self
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner) = mood;
    }

    fn ask(&self) -> Result<Mood> {
        match *self
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
        {
            Mood::Silent => Err(StorageError::Io(io::ErrorKind::TimedOut.into())),
            mood => Ok(mood),
        }
    }
}

#[async_trait]
impl Storage for Shelf {
    fn name(&self) -> &'static str {
        "shelf"
    }

    async fn url(&self, errand: Errand<'_>) -> Result<String> {
        let Key {
            account, release, ..
        } = errand.key;
        let filename = encoded(errand.filename);
        Ok(format!("{BASE}/{account}/{release}/{filename}"))
    }

    async fn head(&self, _key: Key) -> Result<Option<Object>> {
        let there = self.ask()? == Mood::Fine;
        Ok(there.then_some(Object {
            size_bytes: 0,
            etag: None,
            content_type: None,
            modified_at: DateTime::UNIX_EPOCH,
        }))
    }

    async fn get(&self, key: Key, _range: Option<Range<u64>>) -> Result<Option<Reading>> {
        let object = self.head(key).await?;
        Ok(object.map(|object| Reading {
            object,
            bytes: stream::empty().boxed(),
        }))
    }

    async fn put(&self, key: Key, _bytes: Bytestream, _max_bytes: u64) -> Result<Object> {
        let object = self.head(key).await?;
        object.ok_or(StorageError::Io(io::ErrorKind::NotFound.into()))
    }

    async fn delete(&self, _key: Key) -> Result<()> {
        self.ask().map(|_| ())
    }

    async fn list(&self) -> Result<BoxStream<'static, Result<(Key, DateTime<Utc>)>>> {
        Ok(stream::empty().boxed())
    }
}
