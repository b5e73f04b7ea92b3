//! Taking a file.

use std::fmt::Write;

use aws_lc_rs::digest::{Context, SHA256};
use bytes::Bytes;
use db::Group;
use futures_util::{Stream, StreamExt};
use model::Caller;
use tokio::io::AsyncWriteExt;

use super::{MAX_FILE, RUN, Transfers};
use crate::error::Error;
use crate::model::{Import, Outcome, Progress, Spec, State, Wanted};
use crate::store;

/// How much is put together before it is written.
const PIECE: usize = 256 << 10;

impl Transfers {
    /// Takes a file and queues its import. An import of the same file with the same wishes that did not come to its end
    /// goes on instead.
    ///
    /// # Errors
    /// [`Error::Denied`], [`Error::Request`], [`Error::TooLarge`]; [`Error::File`] when it cannot be kept.
    pub async fn import<E>(
        &self,
        caller: &Caller,
        wanted: Wanted,
        file: impl Stream<Item = Result<Bytes, E>> + Unpin,
    ) -> Result<Import, Error> {
        let Some(owner) = caller.user() else {
            return Err(Error::Request { reason: "only people import".to_owned() });
        };
        if wanted.base.trim().is_empty() || wanted.table.trim().is_empty() {
            return Err(Error::Request { reason: "name the `base` and the `table` to import into".to_owned() });
        }
        self.admit(caller, &wanted).await?;
        let id = format!("imp{}", self.parts.ids.record(self.parts.clock.now()).body());
        let kept = async {
            let kept = self.keep(&id, file).await?;
            self.reaches(&id, &wanted).await?;
            Ok(kept)
        };
        let (bytes, fingerprint) = match kept.await {
            Ok(kept) => kept,
            Err(error) => {
                self.discard(&id).await;
                return Err(error);
            }
        };
        if let Some(begun) = self.begun(caller, &wanted, &fingerprint).await? {
            return self.resume(begun, &id).await;
        }
        let import = Import {
            tenant: caller.tenant,
            id,
            owner,
            fingerprint,
            state: State::Reading,
            spec: Spec {
                wanted,
                bytes,
                token: caller.token,
                origin: caller.origin.as_deref().cloned(),
                targets: Vec::new(),
            },
            progress: Progress::default(),
            outcome: Outcome::default(),
        };
        let mut tx = self.parts.db.begin(Group::House).await?;
        store::insert(&mut tx, &import, self.parts.clock.now())?;
        self.enqueue(&mut tx, RUN, &import);
        tx.commit().await?;
        Ok(import)
    }

    /// The newest import of this file with these wishes, if it stopped half way.
    async fn begun(&self, caller: &Caller, wanted: &Wanted, fingerprint: &str) -> Result<Option<Import>, Error> {
        let newest = self.of_file(caller, fingerprint).await?.into_iter().find(|import| import.spec.wanted == *wanted);
        Ok(newest.filter(|import| match import.state {
            State::Reading | State::Writing => true,
            State::Failed => !import.spec.targets.is_empty(),
            State::Checked | State::Done | State::Cancelling | State::Cancelled => false,
        }))
    }

    /// Lets an import go on with the file that was uploaded again as `upload`.
    async fn resume(&self, mut import: Import, upload: &str) -> Result<Import, Error> {
        // The one kept before may be gone, or on the disk of another process.
        tokio::fs::rename(self.file(upload), self.file(&import.id)).await?;
        let from = import.state;
        if from == State::Failed {
            import.state = State::Writing;
            import.outcome.error = None;
        }
        let mut tx = self.parts.db.begin(Group::House).await?;
        if !store::change(&mut tx, &import, from).await? {
            drop(tx);
            return self.find(&import.caller(), &import.id).await;
        }
        self.enqueue(&mut tx, RUN, &import);
        tx.commit().await?;
        Ok(import)
    }

    /// Writes an upload to disk as it comes; answers its bytes and its fingerprint.
    async fn keep<E>(
        &self,
        id: &str,
        mut frames: impl Stream<Item = Result<Bytes, E>> + Unpin,
    ) -> Result<(u64, String), Error> {
        tokio::fs::create_dir_all(&self.parts.folder).await?;
        let mut out = tokio::io::BufWriter::with_capacity(PIECE, tokio::fs::File::create(self.file(id)).await?);
        // The file is digested beside being received.
        let (pieces, mut received) = tokio::sync::mpsc::channel::<Bytes>(32);
        let digest = tokio::task::spawn_blocking(move || {
            let mut digest = Context::new(&SHA256);
            while let Some(piece) = received.blocking_recv() {
                digest.update(&piece);
            }
            digest.finish()
        });
        let mut bytes = 0;
        while let Some(frame) = frames.next().await {
            let frame = frame.map_err(|_| Error::Request { reason: "the upload ended too early".to_owned() })?;
            bytes += frame.len() as u64;
            if bytes > MAX_FILE {
                return Err(Error::TooLarge { limit: MAX_FILE });
            }
            out.write_all(&frame).await?;
            // It is taken until this end is dropped.
            let _ = pieces.send(frame).await;
        }
        out.flush().await?;
        out.get_ref().sync_data().await?;
        if bytes == 0 {
            return Err(Error::Empty);
        }
        drop(pieces);
        let mut fingerprint = String::with_capacity(64);
        for byte in digest.await.map_err(|_| Error::Broken)?.as_ref() {
            // Writing to a string cannot fail.
            let _ = write!(fingerprint, "{byte:02x}");
        }
        Ok((bytes, fingerprint))
    }
}
