//! What an import is.

use std::sync::Arc;

use model::{Actor, BaseId, Caller, Door, FieldId, Origin, TableNo, TenantNo, Timestamp, TokenId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::csv::{Dialect, Overrides, Position, TableRange};
use crate::infer::{ColumnKind, ColumnPlan, DateOrder, TypeMode};
use crate::report::Report;

/// Which tables of a file are taken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Parts {
    /// The largest.
    #[default]
    Main,
    /// This one, from 1 in the order of the file.
    One(usize),
    /// Each, into a table of its own.
    All,
}

/// What an import shall do.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct Wanted {
    /// Name or id of the base.
    pub base: String,
    /// Name or id of the table; the second and later tables of a file get a number behind it.
    pub table: String,
    /// Makes the base, the table and fields that are missing.
    pub create: bool,
    /// Whether columns get types.
    pub types: TypeMode,
    /// Only reads the file and says what would be done.
    pub dry_run: bool,
    /// Keeps what does not fit as text, in fields of its own.
    pub keep_unfit: bool,
    /// Which tables of the file.
    pub parts: Parts,
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
    /// With which token it was asked for, and from where.
    #[serde(default)]
    pub token: Option<TokenId>,
    #[serde(default)]
    pub origin: Option<Origin>,
    /// Where its rows go, table by table; empty until that is known.
    #[serde(default)]
    pub targets: Vec<Target>,
}

/// Where the rows of one table of the file go.
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
    /// The field that keeps cells to the right of the last column.
    #[serde(default)]
    pub surplus: Option<FieldId>,
}

/// Where one column's cells go.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Column {
    /// The field.
    pub field: FieldId,
    /// How texts become values; by the field's own rules when absent.
    pub kind: Option<ColumnKind>,
    /// The order of days, where these rules leave it open or somebody says it.
    #[serde(default)]
    pub order: Option<DateOrder>,
    /// The field that keeps what does not fit.
    pub keep: Option<FieldId>,
}

/// How far an import has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Progress {
    /// Which of its targets is being written, from 0.
    pub target: usize,
    /// Where the next row of that begins; none before the first.
    pub position: Option<Position>,
    /// Rows written.
    pub rows: u64,
    /// Bytes of the file read.
    pub bytes: u64,
    /// The last change taken back while the import is being undone.
    pub undone: i64,
    /// Rows taken back.
    pub removed: u64,
    /// Rows that were left because they have changed since.
    pub left: u64,
}

/// What an import found and came to.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Outcome {
    /// How the file is written.
    pub dialect: Option<Dialect>,
    /// The tables of the file.
    pub parts: Vec<Part>,
    /// Why it failed.
    pub error: Option<String>,
}

impl Outcome {
    /// The first table that is taken.
    pub fn first(&self) -> Option<&Taken> {
        self.parts.iter().find_map(|part| part.taken.as_ref())
    }

    /// Rows of all tables that are taken.
    pub fn rows(&self) -> u64 {
        self.parts.iter().filter_map(|part| part.taken.as_ref()).map(|taken| taken.report.rows).sum()
    }
}

/// One table of the file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Part {
    /// Its number, from 1.
    pub number: usize,
    /// The line its first record begins in.
    pub line: u64,
    /// Its column names.
    pub names: Vec<String>,
    /// What becomes of it; none when it is left out.
    pub taken: Option<Taken>,
}

/// What becomes of one table of the file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Taken {
    /// The name or id of the table it goes to.
    pub table: String,
    /// The columns and their types.
    pub columns: Vec<ColumnPlan>,
    /// Doubts and problems.
    pub report: Report,
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
    /// Its rows are being taken back.
    Cancelling,
    /// Its rows were taken back.
    Cancelled,
}

impl State {
    const ALL: [(Self, &str); 7] = [
        (Self::Reading, "reading"),
        (Self::Writing, "writing"),
        (Self::Checked, "checked"),
        (Self::Done, "done"),
        (Self::Failed, "failed"),
        (Self::Cancelling, "cancelling"),
        (Self::Cancelled, "cancelled"),
    ];

    pub(crate) fn name(self) -> &'static str {
        Self::ALL.iter().find(|(state, _)| *state == self).map_or("failed", |(_, name)| name)
    }

    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, held)| *held == name).map(|(state, _)| *state)
    }

    /// True when nothing more will happen by itself.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Checked | Self::Done | Self::Failed | Self::Cancelled)
    }
}

/// What an import waits for while nobody works on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Waits {
    /// Its turn: the server that is asked has its file, and others to do first.
    Turn,
    /// Another server, with which its file lies, and which is busy or does not run.
    Server,
}

/// One import.
#[derive(Debug, Clone, PartialEq)]
pub struct Import {
    /// The tenant.
    pub tenant: TenantNo,
    /// Its id, which is also the run that its changes share.
    pub id: String,
    /// Who asked for it.
    pub owner: UserId,
    /// The SHA-256 of the file, in hexadecimal digits.
    pub fingerprint: String,
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
    pub(crate) fn caller(&self) -> Caller {
        let (request, origin) = (self.id.clone(), self.spec.origin.clone().map(Arc::new));
        let unlimited = Caller::unlimited(Actor::User(self.owner), self.tenant, Door::Import);
        Caller { request, token: self.spec.token, origin, ..unlimited }
    }
}

/// How a table follows files that are sent to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sync {
    /// Its id.
    pub id: String,
    /// The table.
    pub table: TableNo,
    /// What it is called.
    pub name: String,
    /// The field that tells records apart.
    pub key: FieldId,
    /// What becomes of records that a file does not have.
    pub missing: Missing,
    /// Who made it.
    pub owner: UserId,
    /// When.
    pub created: Timestamp,
}

/// What becomes of records that a file does not have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum Missing {
    /// They are deleted.
    #[default]
    Delete,
    /// They stay.
    Keep,
}

impl Missing {
    /// As it is stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::Delete => "delete",
            Self::Keep => "keep",
        }
    }

    /// What a stored name means.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Delete, Self::Keep].into_iter().find(|missing| missing.name() == name)
    }
}
