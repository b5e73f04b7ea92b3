//! Fetching files from where they are.

use std::time::{Duration, Instant};

use blob::Digest;
use fields::{Content, Kept};
use futures_util::TryStreamExt as _;
use jobs::{Job, Outcome};
use model::{Caller, TenantNo};
use outbound::{Error as CallError, Pieces};
use records::Ticket;
use tokio::fs::File;
use tokio::io::{AsyncSeekExt as _, AsyncWriteExt as _};
use web::{ApiError as _, Kind};

use super::keep::{NewFile, Source};
use super::{Attachments, Fetching, own};
use crate::error::Error;
use crate::media;

/// Most bytes of a file that is fetched.
pub const MAX_FETCH: u64 = 1 << 30;
/// How long a server may be silent.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long a file may take as a whole.
const TIME: Duration = Duration::from_hours(1);
/// Redirects that are followed.
const REDIRECTS: u8 = 3;
/// How often it is tried where it may work later.
const TRIES: i64 = 6;
/// The longest wait that a server may ask for.
const LONGEST_WAIT: Duration = Duration::from_mins(10);
/// Bytes that tell what kind of file it is.
const BEGINNING: usize = 8 << 10;
/// Why the house changes cells.
const REASON: &str = "files";

/// What came of a call.
enum Fetched {
    Kept(Kept),
    /// It may work later.
    Passing {
        reason: String,
        after: Option<Duration>,
    },
    /// It will not.
    Failed(String),
}

impl Attachments {
    /// Fetches the file of a job, if somebody still waits for it.
    pub(crate) async fn fetch(&self, job: Job) -> Outcome {
        match self.attempt(&job).await {
            Ok(outcome) => outcome,
            // The base, the table, the record or the field went meanwhile.
            Err(Error::Records(error)) if is_gone(&error) => Outcome::Ok,
            Err(Error::Stored) => Outcome::Fail { reason: Error::Stored.to_string() },
            Err(error) => {
                tracing::warn!(file = job.key, error = telemetry::chain(&error), "a file could not be kept");
                Outcome::Retry { after: None, reason: error.to_string() }
            }
        }
    }

    async fn attempt(&self, job: &Job) -> Result<Outcome, Error> {
        let fetching: Fetching = serde_json::from_str(&job.payload).map_err(|_| Error::Stored)?;
        let caller = Caller::system(fetching.tenant, REASON);
        let Some(url) = self.parts.records.awaited(&caller, &fetching.awaited).await? else { return Ok(Outcome::Ok) };
        let content = match self.get(fetching.tenant, &url).await? {
            Fetched::Kept(kept) => Content::Kept(kept),
            Fetched::Passing { reason, after } if job.attempt < TRIES => return Ok(Outcome::Retry { after, reason }),
            Fetched::Passing { reason, .. } | Fetched::Failed(reason) => {
                tracing::info!(file = job.key, reason, "a file could not be fetched");
                Content::Failed { url, reason }
            }
        };
        self.parts.records.settle(&caller, &fetching.awaited, &content).await?;
        Ok(Outcome::Ok)
    }

    async fn get(&self, tenant: TenantNo, url: &str) -> Result<Fetched, Error> {
        if let Some(ticket) = own(&self.parts.addresses, tenant, url, &self.parts.clock) {
            return self.copy(tenant, ticket).await;
        }
        match self.parts.outbound.get(url).follow(REDIRECTS).time_limit(PATIENCE).pieces().await {
            Ok(pieces) => self.receive(tenant, pieces).await,
            Err(error) => Ok(missed(&error)),
        }
    }

    /// Keeps a file of the house once more: what is named anew is kept by the month in which it is.
    async fn copy(&self, tenant: TenantNo, ticket: Ticket) -> Result<Fetched, Error> {
        let Some(mut opened) = self.parts.blobs.open_range(&ticket.key, None).await? else {
            return Ok(Fetched::Failed("the file is no longer there".to_owned()));
        };
        let (mut file, mut digest) = (self.temporary().await?, Digest::default());
        while let Some(piece) = opened.bytes.try_next().await? {
            digest.update(&piece);
            file.write_all(&piece).await?;
        }
        let (size, digest) = (opened.size, digest.finish());
        let source = Source::Disk(rewound(file).await?);
        Ok(Fetched::Kept(self.keep(tenant, NewFile { source, size, digest, media_type: ticket.media_type }).await?))
    }

    /// A file on the disk of this machine that is gone when nobody has it open.
    async fn temporary(&self) -> Result<File, Error> {
        tokio::fs::create_dir_all(&self.parts.folder).await?;
        Ok(File::from_std(tempfile::tempfile_in(&self.parts.folder)?))
    }

    /// Takes a file to the disk of this machine, then to where files are kept.
    async fn receive(&self, tenant: TenantNo, mut pieces: Pieces) -> Result<Fetched, Error> {
        let header = |name: &str| pieces.headers().get(name)?.to_str().ok().map(str::to_owned);
        let declared = header("content-type");
        let too_large = || Fetched::Failed(format!("the file is larger than {MAX_FETCH} bytes"));
        if header("content-length").and_then(|length| length.parse::<u64>().ok()).is_some_and(|size| size > MAX_FETCH) {
            return Ok(too_large());
        }
        let mut file = self.temporary().await?;
        let (mut digest, mut size, mut beginning) = (Digest::default(), 0, Vec::new());
        let begun = Instant::now();
        loop {
            let piece = match pieces.next().await {
                Ok(Some(piece)) => piece,
                Ok(None) => break,
                Err(error) => return Ok(missed(&error)),
            };
            size += piece.len() as u64;
            if size > MAX_FETCH {
                return Ok(too_large());
            }
            if begun.elapsed() > TIME {
                return Ok(Fetched::Failed(format!("the file took longer than {} minutes", TIME.as_secs() / 60)));
            }
            digest.update(&piece);
            let room = BEGINNING.saturating_sub(beginning.len()).min(piece.len());
            beginning.extend_from_slice(piece.get(..room).unwrap_or_default());
            file.write_all(&piece).await?;
        }
        let media_type = media::of(declared.as_deref(), &beginning);
        let source = Source::Disk(rewound(file).await?);
        let kept = self.keep(tenant, NewFile { source, size, digest: digest.finish(), media_type }).await?;
        Ok(Fetched::Kept(kept))
    }
}

/// A written file, to be read from its beginning.
async fn rewound(mut file: File) -> std::io::Result<std::fs::File> {
    file.flush().await?;
    file.rewind().await?;
    Ok(file.into_std().await)
}

fn missed(error: &CallError) -> Fetched {
    let reason = error.to_string();
    if !error.is_passing() {
        return Fetched::Failed(reason);
    }
    let after = match error {
        CallError::Status { retry_after, .. } => retry_after.map(|after| after.min(LONGEST_WAIT)),
        _ => None,
    };
    Fetched::Passing { reason, after }
}

fn is_gone(error: &records::Error) -> bool {
    error.kind() == Kind::NotFound || matches!(error, records::Error::UnknownField { .. })
}

#[cfg(test)]
mod tests;
