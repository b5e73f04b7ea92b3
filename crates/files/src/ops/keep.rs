//! Keeping a file: its bytes, and pictures that stand for it.

use std::fs::File;
use std::io::{Read as _, Seek as _};
use std::time::Duration;

use bytes::Bytes;
use fields::Kept;
use model::TenantNo;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::Attachments;
use super::sweep::month;
use crate::error::Error;
use crate::picture::{self, Picture};

/// The largest file that is looked at as a picture.
const PICTURE: u64 = 64 << 20;
/// How long somebody waits for smaller pictures.
const TIME: Duration = Duration::from_secs(10);

/// Where the bytes of a new file are.
pub(super) enum Source {
    Memory(Bytes),
    /// On the disk of this machine.
    Disk(File),
}

/// A file that is to be kept.
pub(super) struct NewFile {
    pub source: Source,
    pub size: u64,
    /// What its bytes come to.
    pub digest: String,
    pub media_type: String,
}

impl Attachments {
    /// Keeps a file and what stands for it. The same bytes are kept once in a tenant and a month: what was kept in months
    /// that are over is named by what names it already, and by nothing new.
    pub(super) async fn keep(&self, tenant: TenantNo, file: NewFile) -> Result<Kept, Error> {
        let NewFile { source, size, digest, media_type } = file;
        let key =
            format!("{tenant}/{}/{}/{digest}", month(self.parts.clock.now()), digest.get(..2).unwrap_or_default());
        let mut kept = Kept { key, size, media_type, pixels: None, rendered: false };
        if picture::is_known(&kept.media_type) && size <= PICTURE {
            let picture = self.rendered(&source, &kept).await?;
            kept.pixels = picture.pixels;
            kept.rendered = picture.renditions.is_some();
            for (key, bytes) in picture.renditions.unwrap_or_default() {
                self.parts.blobs.put(&key, bytes).await?;
            }
        }
        if self.parts.blobs.size(&kept.key).await? != Some(size) {
            match source {
                Source::Memory(bytes) => self.parts.blobs.put(&kept.key, bytes).await?,
                Source::Disk(file) => self.parts.blobs.put_file(&kept.key, file).await?,
            }
        }
        Ok(kept)
    }

    /// Looks at a picture aside; one that takes too long has no smaller ones.
    async fn rendered(&self, source: &Source, kept: &Kept) -> Result<Picture, Error> {
        let read: Box<dyn FnOnce() -> std::io::Result<Bytes> + Send> = match source {
            Source::Memory(bytes) => {
                let bytes = bytes.clone();
                Box::new(move || Ok(bytes))
            }
            Source::Disk(file) => {
                let mut file = file.try_clone()?;
                Box::new(move || {
                    let mut bytes = Vec::new();
                    file.rewind()?;
                    file.read_to_end(&mut bytes)?;
                    Ok(bytes.into())
                })
            }
        };
        let Ok(turn) = self.rendering.clone().acquire_owned().await else { return Ok(Picture::default()) };
        let kept = kept.clone();
        let work = spawn_blocking(move || {
            // The next one waits until this one is over, whether or not somebody waits for it.
            let _turn = turn;
            read().map(|bytes| picture::render(&bytes, &kept))
        });
        match timeout(TIME, work).await {
            Ok(Ok(picture)) => Ok(picture?),
            // A picture that a decoder stumbles over is a file like others.
            Ok(Err(_)) | Err(_) => Ok(Picture::default()),
        }
    }
}
