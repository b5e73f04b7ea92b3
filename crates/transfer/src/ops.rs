//! The handle and its operations.

mod fields;
mod work;

use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use clock::{Clock, Ids};
use db::{Db, Group};
use futures_util::{Stream, StreamExt};
use model::{Actor, BaseId, Caller, Door, FieldId, Scope, TenantNo, UserId};
use parking_lot::Mutex;
use records::{Export, Records};
use schema::Schemas;
use serde::{Deserialize, Serialize};
use tenancy::Denied;
use tokio::io::AsyncWriteExt;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio_util::sync::CancellationToken;

use crate::csv::{Dialect, Overrides, Position, TableRange};
use crate::error::Error;
use crate::infer::{ColumnKind, ColumnPlan, TypeMode};
use crate::report::Report;
use crate::store;

/// Largest file, in bytes.
pub const MAX_FILE: u64 = 4 << 30;

/// What an import shall do.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct Wanted {
    /// Name or id of the base.
    pub base: String,
    /// Name or id of the table.
    pub table: String,
    /// Makes the base, the table and fields that are missing.
    pub create: bool,
    /// Whether columns get types.
    pub types: TypeMode,
    /// Only reads the file and says what would be done.
    pub dry_run: bool,
    /// Keeps cells that do not fit as text, in a field of their own.
    pub keep_unfit: bool,
    /// What somebody says about the file.
    pub overrides: Overrides,
}

/// An import, with what was found out so far.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Spec {
    /// What was asked for.
    pub wanted: Wanted,
    /// Bytes of the file.
    pub bytes: u64,
    /// Where its rows go; none until that is known.
    pub target: Option<Target>,
}

/// Where rows go.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Target {
    /// The base.
    pub base: BaseId,
    /// The table's id.
    pub table: String,
    /// How the file is written.
    pub dialect: Dialect,
    /// Which part of it is the table.
    pub range: TableRange,
    /// The columns in their order.
    pub columns: Vec<Column>,
}

/// Where one column's cells go.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Column {
    /// The field.
    pub field: FieldId,
    /// How texts become values; by the field's own rules when absent.
    pub kind: Option<ColumnKind>,
    /// The field that keeps what does not fit.
    pub keep: Option<FieldId>,
}

/// How far an import has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Progress {
    /// Where the next row begins; none before the first.
    pub position: Option<Position>,
    /// Rows written.
    pub rows: u64,
    /// Bytes of the file read.
    pub bytes: u64,
}

/// What an import found and came to.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Outcome {
    /// How the file is written.
    pub dialect: Option<Dialect>,
    /// The columns and their types.
    pub columns: Vec<ColumnPlan>,
    /// Doubts and problems.
    pub report: Report,
    /// Why it failed.
    pub error: Option<String>,
}

/// Where an import stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// The file is being read through.
    Reading,
    /// Rows are being written.
    Writing,
    /// It was a dry run, and is over.
    Checked,
    /// Every row is written.
    Done,
    /// It cannot go on.
    Failed,
}

impl State {
    const ALL: [(Self, &str); 5] = [
        (Self::Reading, "reading"),
        (Self::Writing, "writing"),
        (Self::Checked, "checked"),
        (Self::Done, "done"),
        (Self::Failed, "failed"),
    ];

    pub(crate) fn name(self) -> &'static str {
        Self::ALL.iter().find(|(state, _)| *state == self).map_or("failed", |(_, name)| name)
    }

    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, held)| *held == name).map(|(state, _)| *state)
    }

    /// True when nothing more will happen.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Checked | Self::Done | Self::Failed)
    }
}

/// One import.
#[derive(Debug, Clone, PartialEq)]
pub struct Import {
    /// The tenant.
    pub tenant: TenantNo,
    /// Its id.
    pub id: String,
    /// Who asked for it.
    pub owner: UserId,
    /// Where it stands.
    pub state: State,
    /// What it shall do.
    pub spec: Spec,
    /// How far it has come.
    pub progress: Progress,
    /// What it found.
    pub outcome: Outcome,
}

impl Import {
    /// The person who asked for it, as who it writes.
    fn caller(&self) -> Caller {
        Caller {
            actor: Actor::User(self.owner),
            tenant: self.tenant,
            token: None,
            scopes: Scope::ALL.to_vec(),
            door: Door::Import,
            request: self.id.clone(),
        }
    }
}

/// What the handle is made of.
pub struct Parts {
    /// Where imports are kept.
    pub db: Db,
    /// Bases, tables and fields.
    pub schemas: Schemas,
    /// Records.
    pub records: Records,
    /// The time.
    pub clock: Clock,
    /// Ids.
    pub ids: Ids,
    /// The folder for uploaded files.
    pub folder: PathBuf,
}

/// Brings tables in and out. Cheap to clone.
#[derive(Clone)]
pub struct Transfers {
    pub(crate) parts: Arc<Parts>,
    queue: UnboundedSender<Import>,
    waiting: Arc<Mutex<Option<UnboundedReceiver<Import>>>>,
}

impl Transfers {
    /// Makes the handle.
    pub fn new(parts: Parts) -> Self {
        let (queue, waiting) = unbounded_channel();
        Self { parts: Arc::new(parts), queue, waiting: Arc::new(Mutex::new(Some(waiting))) }
    }

    fn file(&self, id: &str) -> PathBuf {
        self.parts.folder.join(format!("{id}.csv"))
    }

    /// Takes a file and queues its import.
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
        let bytes = match self.keep(&id, file).await {
            Ok(bytes) => bytes,
            Err(error) => {
                self.discard(&id).await;
                return Err(error);
            }
        };
        let import = Import {
            tenant: caller.tenant,
            id,
            owner,
            state: State::Reading,
            spec: Spec { wanted, bytes, target: None },
            progress: Progress::default(),
            outcome: Outcome::default(),
        };
        let mut tx = self.parts.db.begin(Group::House).await?;
        store::insert(&mut tx, &import, self.parts.clock.now())?;
        tx.commit().await?;
        // Nobody listens when this process does no work in the background; another one, or the next start, does it.
        let _ = self.queue.send(import.clone());
        Ok(import)
    }

    /// Refuses what the token is not for and a base that is not there, before the file is taken. The import itself runs
    /// as the person, whose role counts then.
    async fn admit(&self, caller: &Caller, wanted: &Wanted) -> Result<(), Error> {
        let mut needed = vec![Scope::SchemaRead, Scope::RecordsRead];
        needed.extend((!wanted.dry_run).then_some(Scope::RecordsWrite));
        needed.extend((!wanted.dry_run && wanted.create).then_some(Scope::SchemaWrite));
        if let Some(scope) = needed.into_iter().find(|scope| !caller.has(*scope)) {
            return Err(Error::from(Denied::Scope { scope: scope.name() }));
        }
        if !wanted.create {
            self.parts.schemas.find_base(caller, &wanted.base).await?;
        }
        Ok(())
    }

    /// Writes an upload to disk as it comes; answers its bytes.
    async fn keep<E>(&self, id: &str, mut frames: impl Stream<Item = Result<Bytes, E>> + Unpin) -> Result<u64, Error> {
        tokio::fs::create_dir_all(&self.parts.folder).await?;
        let mut out = tokio::io::BufWriter::new(tokio::fs::File::create(self.file(id)).await?);
        let mut bytes = 0;
        while let Some(frame) = frames.next().await {
            let frame = frame.map_err(|_| Error::Request { reason: "the upload ended too early".to_owned() })?;
            bytes += frame.len() as u64;
            if bytes > MAX_FILE {
                return Err(Error::TooLarge { limit: MAX_FILE });
            }
            out.write_all(&frame).await?;
        }
        out.flush().await?;
        out.get_ref().sync_data().await?;
        if bytes == 0 { Err(Error::Empty) } else { Ok(bytes) }
    }

    async fn discard(&self, id: &str) {
        // It may never have been made.
        let _ = tokio::fs::remove_file(self.file(id)).await;
    }

    /// The import of this id, if the caller asked for it.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn find(&self, caller: &Caller, id: &str) -> Result<Import, Error> {
        let found = store::find(&self.parts.db, caller.tenant, id).await?;
        found
            .filter(|import| Some(import.owner) == caller.user())
            .ok_or_else(|| Error::NotFound { id: id.chars().take(64).collect() })
    }

    /// A table to read out.
    ///
    /// # Errors
    /// [`Error::Denied`]; [`Error::Records`] when there is no such table or view.
    pub async fn export(&self, caller: &Caller, base: &str, table: &str, view: Option<&str>) -> Result<Export, Error> {
        let base = match base.parse() {
            Ok(id) => id,
            Err(_) => self.parts.schemas.find_base(caller, base).await?.id,
        };
        Ok(self.parts.records.export(caller, base, table, view).await?)
    }

    /// Works on imports, those left from an earlier run first, until `drain`.
    pub(crate) async fn work(self, drain: CancellationToken) {
        let Some(mut waiting) = self.waiting.lock().take() else { return };
        let left = store::unfinished(&self.parts.db).await.unwrap_or_else(|error| {
            tracing::error!(%error, "imports of an earlier run cannot be read");
            Vec::new()
        });
        for import in left {
            self.run(import, &drain).await;
        }
        while let Some(Some(import)) = drain.run_until_cancelled(waiting.recv()).await {
            self.run(import, &drain).await;
        }
    }
}
