//! Objects in a bucket that speaks S3. Clients upload to it and download from it themselves: the
//! server signs URLs, looks, and clears away.

use std::ops::Range;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt};
use keystead_signing::Secret;
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::path::Path;
use object_store::signer::{Method, SignedUrlOptions, Signer};
use object_store::{
    Attribute, GetOptions, GetRange, ObjectMeta, ObjectStore, ObjectStoreExt, WriteMultipart,
};

use crate::signed::encoded;
use crate::{Bytestream, Errand, Key, Object, Reading, Result, Storage, StorageError, Verb};

/// What stands before every object's name.
const PREFIX: &str = "artifacts";

/// Parts of one object that are sent at the same time.
const PARTS: usize = 4;

/// How a bucket is reached.
#[derive(Clone, Debug)]
pub struct Access {
    /// The bucket's name.
    pub bucket: String,
    /// Its region.
    pub region: String,
    /// Where it is, when it isn't at Amazon's.
    pub endpoint: Option<String>,
    /// The key's id and its secret; what the machine is given by its surroundings when absent.
    pub credentials: Option<(String, Secret<String>)>,
    /// Whether the bucket is the first part of paths, and not of the host's name.
    pub path_style: bool,
}

/// Objects in a bucket.
#[derive(Debug)]
pub struct Bucket {
    store: Arc<dyn ObjectStore>,
    signer: Arc<dyn Signer>,
}

impl Bucket {
    /// The bucket that is reached like this. Nothing is asked of it yet.
    ///
    /// # Errors
    /// When the access makes no sense.
    pub fn new(access: &Access) -> Result<Self> {
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(&access.bucket)
            .with_region(&access.region)
            .with_virtual_hosted_style_request(!access.path_style);
        if let Some(endpoint) = &access.endpoint {
            builder = builder
                .with_endpoint(endpoint)
                .with_allow_http(endpoint.starts_with("http://"));
        }
        if let Some((id, secret)) = &access.credentials {
            builder = builder
                .with_access_key_id(id)
                .with_secret_access_key(secret.expose());
        }
        let bucket: Arc<AmazonS3> = Arc::new(builder.build().map_err(failed)?);
        Ok(Self {
            store: bucket.clone(),
            signer: bucket,
        })
    }
}

fn path(key: Key) -> Path {
    Path::from(format!("{PREFIX}/{key}"))
}

/// The key of an object's name; none for what is no object of ours.
fn key(path: &Path) -> Option<Key> {
    let mut parts = path.as_ref().strip_prefix(PREFIX)?.split('/').skip(1);
    let mut id = || parts.next()?.parse().ok();
    let key = Key {
        account: id()?,
        release: id()?,
        object: id()?,
    };
    parts.next().is_none().then_some(key)
}

fn object(meta: &ObjectMeta, content_type: Option<String>) -> Object {
    Object {
        size_bytes: meta.size,
        etag: meta
            .e_tag
            .as_ref()
            .map(|etag| etag.trim_matches('"').to_owned()),
        content_type,
        modified_at: meta.last_modified,
    }
}

fn failed(error: object_store::Error) -> StorageError {
    StorageError::Failed(Box::new(error))
}

/// Nothing, where there is nothing.
fn found<T>(result: object_store::Result<T>) -> Result<Option<T>> {
    match result {
        Ok(found) => Ok(Some(found)),
        Err(object_store::Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(failed(error)),
    }
}

#[async_trait]
impl Storage for Bucket {
    fn name(&self) -> &'static str {
        "s3"
    }

    async fn url(&self, errand: Errand<'_>) -> Result<String> {
        let (method, options) = match errand.verb {
            Verb::Put => (Method::PUT, SignedUrlOptions::new()),
            Verb::Get => {
                // The object is named by ids, so the bucket tells what the file is called.
                let name = errand.filename.rsplit('/').next().unwrap_or_default();
                let disposition = format!("attachment; filename*=UTF-8''{}", encoded(name));
                let query = [("response-content-disposition", disposition)];
                (Method::GET, SignedUrlOptions::new().with_query(query))
            }
        };
        let path = path(errand.key);
        let signed = self
            .signer
            .signed_url_opts(method, &path, errand.ttl, &options);
        Ok(signed.await.map_err(failed)?.to_string())
    }

    async fn head(&self, key: Key) -> Result<Option<Object>> {
        let options = GetOptions {
            head: true,
            ..GetOptions::default()
        };
        let result = found(self.store.get_opts(&path(key), options).await)?;
        Ok(result.map(|result| {
            let kind = result.attributes.get(&Attribute::ContentType);
            object(&result.meta, kind.map(|kind| kind.to_string()))
        }))
    }

    async fn get(&self, key: Key, range: Option<Range<u64>>) -> Result<Option<Reading>> {
        let options = GetOptions {
            range: range.map(GetRange::Bounded),
            ..GetOptions::default()
        };
        let result = found(self.store.get_opts(&path(key), options).await)?;
        Ok(result.map(|result| Reading {
            object: object(&result.meta, None),
            bytes: result.into_stream().map_err(std::io::Error::other).boxed(),
        }))
    }

    async fn put(&self, key: Key, mut bytes: Bytestream, max_bytes: u64) -> Result<Object> {
        let path = path(key);
        let upload = self.store.put_multipart(&path).await.map_err(failed)?;
        let mut upload = WriteMultipart::new(upload);
        let mut size = 0;
        // The object is there when the upload is finished, and not before.
        let broken = loop {
            match bytes.next().await {
                None => break None,
                Some(Err(error)) => break Some(StorageError::Interrupted(error)),
                Some(Ok(chunk)) => {
                    size += chunk.len() as u64;
                    if size > max_bytes {
                        break Some(StorageError::TooLarge(max_bytes));
                    }
                    upload.wait_for_capacity(PARTS).await.map_err(failed)?;
                    upload.put(chunk);
                }
            }
        };
        if let Some(broken) = broken {
            if let Err(error) = upload.abort().await {
                tracing::warn!(%error, "an upload that broke off can't be given up");
            }
            return Err(broken);
        }
        upload.finish().await.map_err(failed)?;
        let meta = self.store.head(&path).await.map_err(failed)?;
        Ok(object(&meta, None))
    }

    async fn delete(&self, key: Key) -> Result<()> {
        found(self.store.delete(&path(key)).await).map(|_| ())
    }

    async fn list(&self) -> Result<BoxStream<'static, Result<(Key, DateTime<Utc>)>>> {
        let objects = self.store.list(Some(&Path::from(PREFIX)));
        let known = objects.map_err(failed).try_filter_map(async |meta| {
            Ok(key(&meta.location).map(|key| (key, meta.last_modified)))
        });
        Ok(known.boxed())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bytes::Bytes;
    use futures::stream;
    use object_store::memory::InMemory;
    use uuid::Uuid;

    use super::*;

    fn access() -> Access {
        Access {
            bucket: "files".to_owned(),
            region: "eu-central-1".to_owned(),
            endpoint: Some("https://objects.example".to_owned()),
            credentials: Some(("id".to_owned(), Secret::new("secret".to_owned()))),
            path_style: true,
        }
    }

    fn bucket() -> Bucket {
        Bucket {
            store: Arc::new(InMemory::new()),
            ..Bucket::new(&access()).unwrap()
        }
    }

    fn key_of(object: u128) -> Key {
        Key {
            account: Uuid::from_u128(1),
            release: Uuid::from_u128(2),
            object: Uuid::from_u128(object),
        }
    }

    fn bytes(text: &'static str) -> Bytestream {
        stream::iter([Ok(Bytes::from(text))]).boxed()
    }

    #[tokio::test]
    async fn urls_name_the_bucket_the_object_and_the_file() {
        let url = bucket()
            .url(Errand {
                verb: Verb::Get,
                key: key_of(3),
                filename: "dir/Aurora 1.zip",
                replaces: false,
                now: DateTime::UNIX_EPOCH,
                ttl: Duration::from_secs(60),
            })
            .await
            .unwrap();

        let object = format!("https://objects.example/files/artifacts/{}?", key_of(3));
        assert!(url.starts_with(&object), "{url}");
        assert!(url.contains("X-Amz-Expires=60"), "{url}");
        assert!(url.contains("Aurora"), "{url}");
    }

    #[tokio::test]
    async fn objects_are_as_they_are_in_a_directory() {
        let bucket = bucket();

        let large = bucket.put(key_of(3), bytes("hello"), 4).await;
        assert!(matches!(large, Err(StorageError::TooLarge(4))));
        assert_eq!(bucket.head(key_of(3)).await.unwrap(), None);
        bucket.put(key_of(3), bytes("hello"), 5).await.unwrap();
        let part = bucket.get(key_of(3), Some(1..3)).await.unwrap().unwrap();
        let part: Vec<Bytes> = part.bytes.try_collect().await.unwrap();
        assert_eq!(part.concat(), b"el");
        let head = bucket.head(key_of(3)).await.unwrap();
        assert_eq!(head.map(|object| object.size_bytes), Some(5));
        let listed: Vec<_> = bucket.list().await.unwrap().try_collect().await.unwrap();
        assert_eq!(listed[0].0, key_of(3));
        bucket.delete(key_of(3)).await.unwrap();
        bucket.delete(key_of(3)).await.unwrap();
        assert!(bucket.get(key_of(3), None).await.unwrap().is_none());
    }
}
