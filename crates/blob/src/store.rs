//! The handle, over either kind of store.

use std::fs::File;
use std::future::ready;
use std::ops::Range;
use std::path::Path as Folder;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::BoxStream;
use futures_util::{StreamExt as _, TryStreamExt as _};
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{
    ClientOptions, GetOptions, GetRange, ObjectStore, ObjectStoreExt as _, RetryConfig, WriteMultipart,
};
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};

use crate::error::Error;
use crate::settings::{Place, Settings};

/// Larger objects go up in pieces of this many bytes; S3 takes none below 5 MiB.
const PIECE: usize = 8 << 20;
/// How many pieces are on their way at a time.
const AHEAD: usize = 2;
/// How long a server may be silent, and how long a failing call is repeated.
const PATIENCE: Duration = Duration::from_secs(30);

/// Objects by key. Copies are the same one.
#[derive(Debug, Clone)]
pub struct Blobs {
    store: Arc<dyn ObjectStore>,
    prefix: String,
}

/// An object being read.
pub struct Opened {
    /// Bytes of the whole object.
    pub size: u64,
    /// Which of them come.
    pub range: Range<u64>,
    /// They.
    pub bytes: BoxStream<'static, Result<Bytes, Error>>,
}

impl Blobs {
    /// The store that the settings name; without one, files in `folder`.
    ///
    /// # Errors
    /// [`Error::Settings`] for what cannot be a place, [`Error::File`] when a folder cannot be made.
    pub fn open(settings: &Settings, folder: &Folder) -> Result<Self, Error> {
        match settings.place()? {
            None => Self::folder(folder),
            Some(Place::Folder(folder)) => Self::folder(Folder::new(folder)),
            Some(Place::Bucket { name, prefix }) => Self::bucket(settings, name, prefix),
        }
    }

    /// Files in a folder, which is made when it is not there.
    ///
    /// # Errors
    /// [`Error::File`] when it cannot be made.
    pub fn folder(folder: &Folder) -> Result<Self, Error> {
        std::fs::create_dir_all(folder)?;
        let store = LocalFileSystem::new_with_prefix(folder)?.with_fsync(true);
        Ok(Self { store: Arc::new(store), prefix: String::new() })
    }

    fn bucket(settings: &Settings, name: &str, prefix: &str) -> Result<Self, Error> {
        let needed = |key: &'static str, value: &Option<String>| {
            let reason = "is needed for a bucket".to_owned();
            value.clone().ok_or(Error::Settings { key, reason })
        };
        // The operator has chosen the address, and a server next door may do without TLS.
        let client = ClientOptions::new().with_allow_http(true).with_timeout(PATIENCE).with_connect_timeout(PATIENCE);
        let retry = RetryConfig { max_retries: 3, retry_timeout: PATIENCE, ..RetryConfig::default() };
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(name)
            .with_region(settings.region.as_deref().unwrap_or("us-east-1"))
            .with_access_key_id(needed("access_key", &settings.access_key)?)
            .with_secret_access_key(needed("secret_key", &settings.secret_key)?)
            .with_client_options(client)
            .with_retry(retry);
        if let Some(endpoint) = &settings.endpoint {
            builder = builder.with_endpoint(endpoint.trim_end_matches('/'));
        }
        let prefix = prefix.trim_matches('/');
        let prefix = if prefix.is_empty() { String::new() } else { format!("{prefix}/") };
        Ok(Self { store: Arc::new(builder.build()?), prefix })
    }

    fn path(&self, key: &str) -> Result<Path, Error> {
        let plain = |part: &str| {
            let known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
            !part.is_empty() && !part.starts_with('.') && part.bytes().all(known)
        };
        let wrong = || Error::Key { key: key.chars().take(200).collect() };
        if !key.split('/').all(plain) {
            return Err(wrong());
        }
        Path::parse(format!("{}{key}", self.prefix)).map_err(|_| wrong())
    }

    /// Keeps bytes under a key, in place of what is there.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn put(&self, key: &str, bytes: Bytes) -> Result<(), Error> {
        self.store.put(&self.path(key)?, bytes.into()).await?;
        Ok(())
    }

    /// Keeps the contents of a file of this machine, from its beginning.
    ///
    /// # Errors
    /// [`Error::Store`]; [`Error::File`] when it cannot be read.
    pub async fn put_file(&self, key: &str, file: File) -> Result<(), Error> {
        let path = self.path(key)?;
        let mut source = tokio::fs::File::from_std(file);
        source.rewind().await?;
        if source.metadata().await?.len() <= PIECE as u64 {
            let mut bytes = Vec::new();
            source.read_to_end(&mut bytes).await?;
            return self.put(key, bytes.into()).await;
        }
        let mut upload = WriteMultipart::new_with_chunk_size(self.store.put_multipart(&path).await?, PIECE);
        match fill(&mut upload, source).await {
            Ok(()) => upload.finish().await.map(drop)?,
            Err(error) => {
                upload.abort().await?;
                return Err(error);
            }
        }
        Ok(())
    }

    /// Opens an object, or the bytes of it from `range`, as far as it has them; none when there is no such object, or
    /// none of those bytes.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn open_range(&self, key: &str, range: Option<Range<u64>>) -> Result<Option<Opened>, Error> {
        let options = GetOptions { range: range.map(GetRange::Bounded), ..GetOptions::default() };
        match self.store.get_opts(&self.path(key)?, options).await {
            Ok(found) => {
                let (size, range) = (found.meta.size, found.range.clone());
                Ok(Some(Opened { size, range, bytes: found.into_stream().map_err(Error::from).boxed() }))
            }
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The whole object in memory; none when it is not there.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn get(&self, key: &str) -> Result<Option<Bytes>, Error> {
        let Some(Opened { size, mut bytes, .. }) = self.open_range(key, None).await? else { return Ok(None) };
        let mut whole = Vec::with_capacity(usize::try_from(size).unwrap_or_default());
        while let Some(piece) = bytes.try_next().await? {
            whole.extend_from_slice(&piece);
        }
        Ok(Some(whole.into()))
    }

    /// Bytes of an object; none when it is not there.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn size(&self, key: &str) -> Result<Option<u64>, Error> {
        match self.store.head(&self.path(key)?).await {
            Ok(found) => Ok(Some(found.size)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The keys of all objects and their bytes, in no order. What else lies there is passed by.
    pub fn list(&self) -> BoxStream<'static, Result<(String, u64), Error>> {
        let prefix = self.prefix.clone();
        let below = Path::from(prefix.as_str());
        let key = move |location: &Path| location.as_ref().strip_prefix(prefix.as_str()).map(str::to_owned);
        let found = self.store.list(Some(&below)).map_err(Error::from);
        found.try_filter_map(move |meta| ready(Ok(key(&meta.location).map(|key| (key, meta.size))))).boxed()
    }

    /// Removes an object; it does no harm when it is not there.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn delete(&self, key: &str) -> Result<(), Error> {
        match self.store.delete(&self.path(key)?).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

/// Sends a file piece by piece, a few of which are on their way at a time.
async fn fill(upload: &mut WriteMultipart, mut source: tokio::fs::File) -> Result<(), Error> {
    let mut piece = vec![0; 256 << 10];
    loop {
        let read = source.read(&mut piece).await?;
        if read == 0 {
            return Ok(());
        }
        upload.wait_for_capacity(AHEAD).await?;
        upload.write(piece.get(..read).unwrap_or_default());
    }
}

#[cfg(test)]
mod tests;
