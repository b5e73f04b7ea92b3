//! What can go wrong with records.

use model::Timestamp;
use schema::Reader;
use tenancy::Denied;
use web::Kind;

/// Why a record operation failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The caller may not, or the base does not exist for them.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The schema failed.
    #[error(transparent)]
    Schema(#[from] schema::Error),
    /// No such table in the base.
    #[error("table `{name}` does not exist in this base{hint}")]
    TableNotFound {
        /// What was asked for.
        name: String,
        /// The closest names, as a clause.
        hint: String,
    },
    /// No such field in the table.
    #[error("Unknown field name: \"{name}\"")]
    UnknownField {
        /// What was asked for.
        name: String,
        /// The closest names, as a clause.
        hint: String,
    },
    /// No such record in the table.
    #[error("record `{id}` does not exist in this table")]
    RecordNotFound {
        /// What was asked for.
        id: String,
    },
    /// A record of a batch does not exist.
    #[error("Record ID {id} does not exist in this table")]
    RowDoesNotExist {
        /// What was asked for.
        id: String,
    },
    /// Records of a request cannot be written.
    #[error("{}", wrong.first().map_or_else(String::new, |(_, error)| error.to_string()))]
    Lines {
        /// Their places in the request, in order, and why each cannot.
        wrong: Vec<(usize, Error)>,
    },
    /// A cell cannot take the value.
    #[error("{message}")]
    Cell {
        /// Airtable's name for it.
        airtable_type: &'static str,
        /// What is wrong and what would be right.
        message: String,
        /// Where in the request, as a JSON pointer.
        pointer: String,
    },
    /// The body is not of the form asked for.
    #[error("{message}")]
    Request {
        /// Airtable's name for it.
        airtable_type: &'static str,
        /// What is wrong and what would be right.
        message: String,
    },
    /// No such view in the table.
    #[error("View {name} not found{hint}")]
    ViewNotFound {
        /// What was asked for.
        name: String,
        /// The closest names, as a clause.
        hint: String,
    },
    /// The filter is not a formula that can be used.
    #[error("The formula for filtering records is invalid: {reason}")]
    Formula {
        /// What is wrong and where.
        reason: String,
    },
    /// The filter tree of a tool cannot be used.
    #[error("{reason}")]
    Filter {
        /// What is wrong and what would be right.
        reason: String,
    },
    /// What a write would do was not shown before, or something else was.
    #[error("{reason}")]
    Confirmation {
        /// What to do.
        reason: String,
    },
    /// The cursor is not one of ours.
    #[error("The value of offset {offset} is invalid")]
    Offset {
        /// What was given.
        offset: String,
    },
    /// The cursor's sequence is out of reach.
    #[error("the list that this offset continues is no longer available; start again from the first page")]
    IteratorGone,
    /// The log no longer reaches back that far.
    #[error(
        "older than retention: the oldest change kept is {oldest}, and the base can be read as it was since {}",
        kept_since.iso()
    )]
    TooOld {
        /// The oldest sequence kept.
        oldest: i64,
        /// Since when the base can be read as it was.
        kept_since: Timestamp,
    },
    /// A change cannot be taken back because cells have changed since.
    #[error("{}nothing was undone (send `force` to undo the rest)", first_of(conflicts, *count, "; "))]
    Conflicts {
        /// How many.
        count: usize,
        /// The first of them.
        conflicts: Vec<String>,
    },
    /// A change cannot be taken back because fields that it wrote are of another type since.
    #[error("{reason}")]
    Converted {
        /// Which, since when, and where their values are.
        reason: String,
    },
    /// Values cannot be of the type that a field shall have.
    #[error(
        "{}; nothing was done (send `allowLoss` to convert all the same, as far as each can be)",
        lost(*count, examples, (views, fields))
    )]
    Loss {
        /// How many.
        count: usize,
        /// The first of them.
        examples: String,
        /// Views whose filters do not fit.
        views: Vec<String>,
        /// Fields made of it that could not be computed, with the reason of the first.
        fields: Vec<Reader>,
    },
    /// Others changed what a longer piece of work stands on, and nothing of it is left.
    #[error("{message}")]
    Meanwhile {
        /// What they changed.
        message: String,
    },
    /// Nothing was undone that could be done again.
    #[error("there is no undone change to do again")]
    NothingToRedo,
    /// There is nothing to undo.
    #[error("{reason}")]
    NothingToUndo {
        /// What there is instead.
        reason: String,
    },
    /// The change was taken back before.
    #[error("change {change} was taken back already, by change {by}; undo that one to do it again")]
    TakenBack {
        /// The change.
        change: i64,
        /// The one that took it back.
        by: i64,
    },
    /// All that a change did has changed since.
    #[error("{}nothing is left of change {change} to undo{advice}", first_of(conflicts, *count, "; "))]
    NothingLeft {
        /// The change.
        change: i64,
        /// How many cells and records.
        count: usize,
        /// The first of them.
        conflicts: Vec<String>,
        /// How to go on.
        advice: &'static str,
    },
    /// The columns that a query looks at do not fit into the memory for images.
    #[error("the query needs {needed} bytes in memory and `records.image_memory` allows {budget}")]
    ImageMemory {
        /// Bytes needed, as far as was counted.
        needed: usize,
        /// Bytes allowed.
        budget: usize,
    },
    /// A query looks at columns that are not in memory; it is asked again when they are.
    #[error("columns that a query needs are not in memory")]
    NotLoaded {
        /// Which.
        columns: Vec<(model::TableNo, model::FieldNo)>,
    },
    /// A stored record is damaged.
    #[error("the stored cells of record number {ordinal} are malformed")]
    Unreadable {
        /// Its ordinal.
        ordinal: i64,
        /// How.
        source: model::CellsError,
    },
    /// The image was dropped while an operation used it.
    #[error("the base's image was dropped meanwhile; try again")]
    ImageGone,
    /// Formulas refer to each other too deeply.
    #[error("formulas and links refer to each other more than 128 deep")]
    TooDeep,
    /// A query takes too long.
    #[error("{}", slow(field.as_deref()))]
    TooSlow {
        /// The name of the field that was being computed, if it was one and not the formula that was sent.
        field: Option<String>,
    },
    /// The values of a field take too much memory.
    #[error(
        "the values of `{field}` take too much memory to be looked at together; ask for a formula of it that comes to less, such as `LEFT`, or `SUM`"
    )]
    TooManyValues {
        /// The name of the field.
        field: String,
    },
    /// A change would give more links a place in their lists than a change can.
    #[error(
        "more than {most} links would get another place in their lists at once; change fewer records, or let new links come last"
    )]
    TooManyPlaces {
        /// How many it may.
        most: usize,
    },
    /// The query is too large.
    #[error(transparent)]
    Query(#[from] query::QueryError),
    /// The change log failed.
    #[error(transparent)]
    Changes(#[from] changes::Error),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl Error {
    /// Of several records that cannot be written, why the first one cannot.
    pub(crate) fn first(self) -> Self {
        match self {
            Self::Lines { wrong } => wrong.into_iter().next().map_or(Self::ImageGone, |(_, error)| error),
            error => error,
        }
    }

    /// True for what is wrong with one record of a request.
    pub(crate) const fn is_of_record(&self) -> bool {
        matches!(
            self,
            Self::Cell { .. } | Self::UnknownField { .. } | Self::RowDoesNotExist { .. } | Self::Request { .. }
        )
    }

    /// What is said where nobody named a change.
    pub(crate) fn nothing_to_undo() -> Self {
        Self::NothingToUndo { reason: "there is no change of yours to undo".to_owned() }
    }

    /// What is said of changes before the oldest one that is kept.
    pub(crate) const fn too_old(head: &changes::Head) -> Self {
        Self::TooOld { oldest: head.oldest, kept_since: head.kept_since }
    }
}

/// What takes too long, and what would not.
fn slow(field: Option<&str>) -> String {
    let what = field.map_or_else(|| "the formula that was sent".to_owned(), |name| format!("the field `{name}`"));
    format!(
        "the answer takes longer than 10 s, of which the last went by on {what}; ask for fewer records, or with a formula that makes \
         shorter texts, searches them by patterns that repeat less, and looks at fewer values for each record"
    )
}

impl From<images::Error> for Error {
    fn from(error: images::Error) -> Self {
        use images::Error as From;
        match error {
            From::Schema(error) => Self::Schema(error),
            From::Formula { reason } => Self::Formula { reason },
            From::TooOld { oldest, kept_since } => Self::TooOld { oldest, kept_since },
            From::ImageMemory { needed, budget } => Self::ImageMemory { needed, budget },
            From::NotLoaded { columns } => Self::NotLoaded { columns },
            From::Unreadable { ordinal, source } => Self::Unreadable { ordinal, source },
            From::ImageGone => Self::ImageGone,
            From::TooDeep => Self::TooDeep,
            From::TooSlow { field } => Self::TooSlow { field },
            From::TooManyValues { field } => Self::TooManyValues { field },
            From::TooManyPlaces { most } => Self::TooManyPlaces { most },
            From::Changes(error) => Self::Changes(error),
            From::Db(error) => Self::Db(error),
        }
    }
}

/// What a conversion would lose.
fn lost(count: usize, examples: &str, (views, fields): (&[String], &[Reader])) -> String {
    const TOLD: usize = 3;
    let mut told = Vec::new();
    if count > 0 {
        let cells = if count == 1 { "cell" } else { "cells" };
        told.push(format!("{count} {cells} cannot be of the new type, {examples}"));
    }
    if !views.is_empty() {
        let names: Vec<String> = views.iter().map(|name| format!("`{name}`")).collect();
        told.push(format!("the filter of {} does not fit the new type and would no longer hold", names.join(", ")));
    }
    if let Some(reason) = fields.first().and_then(|field| field.error.as_ref()) {
        let mut names: Vec<String> =
            fields.iter().take(TOLD).map(|field| format!("`{}` of `{}`", field.field, field.table)).collect();
        names.extend((fields.len() > TOLD).then(|| format!("{} more fields", fields.len() - TOLD)));
        told.push(format!("{} could not be computed any more: {reason}", names.join(", ")));
    }
    told.join(", and ")
}

/// The first conflicts, and how many there are besides, with `behind` if there are any.
fn first_of(conflicts: &[String], count: usize, behind: &str) -> String {
    const TOLD: usize = 3;
    let mut told = conflicts.get(..TOLD).unwrap_or(conflicts).join("; ");
    if count > TOLD {
        told = format!("{told}; and {} more cells or records have changed since", count - TOLD);
    }
    if !told.is_empty() {
        told.push_str(behind);
    }
    told
}

impl From<schema::ConditionError> for Error {
    fn from(error: schema::ConditionError) -> Self {
        match error {
            schema::ConditionError::UnknownField { name, hint, .. } => Self::UnknownField { name, hint },
            schema::ConditionError::Wrong { reason, at } if at.is_empty() => Self::Filter { reason },
            schema::ConditionError::Wrong { reason, at } => Self::Filter { reason: format!("{reason} (at `{at}`)") },
        }
    }
}

impl web::ApiError for Error {
    fn kind(&self) -> Kind {
        match self {
            Self::Denied(error) => error.kind(),
            Self::Schema(error) => error.kind(),
            Self::Changes(changes::Error::NoBase { .. }) => Kind::NotFound,
            Self::Changes(changes::Error::Db(error)) | Self::Db(error) => web::database_kind(error),
            Self::Changes(_) | Self::Unreadable { .. } => Kind::Internal,
            Self::TableNotFound { .. } | Self::RecordNotFound { .. } => Kind::NotFound,
            Self::Conflicts { .. } | Self::Converted { .. } | Self::Loss { .. } => Kind::Conflict,
            Self::NothingLeft { .. } => Kind::Conflict,
            Self::Confirmation { .. } | Self::Meanwhile { .. } => Kind::Conflict,
            Self::ImageMemory { .. } | Self::ImageGone | Self::NotLoaded { .. } => Kind::Unavailable,
            _ => Kind::Invalid,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Denied(error) => error.code(),
            Self::Schema(error) => error.code(),
            Self::Changes(changes::Error::Db(error)) | Self::Db(error) => web::database_kind(error).code(),
            Self::Changes(_) | Self::Unreadable { .. } => "internal",
            Self::TableNotFound { .. } => "table-not-found",
            Self::UnknownField { .. } => "unknown-field",
            Self::Lines { .. } => "lines",
            Self::RecordNotFound { .. } | Self::RowDoesNotExist { .. } => "record-not-found",
            Self::Cell { .. } => "cell",
            Self::Request { .. } => "request",
            Self::ViewNotFound { .. } => "view-not-found",
            Self::Formula { .. } => "formula",
            Self::Filter { .. } => "filter",
            Self::Confirmation { .. } => "confirmation",
            Self::Offset { .. } => "offset",
            Self::IteratorGone => "iterator-gone",
            Self::TooOld { .. } => "too-old",
            Self::Conflicts { .. } => "conflicts",
            Self::Converted { .. } => "converted",
            Self::Loss { .. } => "loss",
            Self::Meanwhile { .. } => "meanwhile",
            Self::NothingToUndo { .. } | Self::TakenBack { .. } => "nothing-to-undo",
            Self::NothingLeft { .. } => "nothing-left",
            Self::NothingToRedo => "nothing-to-redo",
            Self::ImageMemory { .. } | Self::ImageGone | Self::NotLoaded { .. } => "image-memory",
            Self::TooDeep => "too-deep",
            Self::TooSlow { .. } => "too-slow",
            Self::TooManyValues { .. } => "too-many-values",
            Self::TooManyPlaces { .. } => "too-many-links",
            Self::Query(_) => "query",
        }
    }

    fn is_retryable(&self) -> bool {
        matches!(self, Self::Meanwhile { .. }) || self.kind().is_retryable()
    }

    fn airtable_type(&self) -> Option<&'static str> {
        Some(match self {
            Self::Denied(error) => return error.airtable_type(),
            Self::Schema(error) => return error.airtable_type(),
            Self::Cell { airtable_type, .. } | Self::Request { airtable_type, .. } => airtable_type,
            Self::TableNotFound { .. } => "INVALID_PERMISSIONS_OR_MODEL_NOT_FOUND",
            Self::UnknownField { .. } => "UNKNOWN_FIELD_NAME",
            Self::RecordNotFound { .. } => "NOT_FOUND",
            Self::RowDoesNotExist { .. } => "ROW_DOES_NOT_EXIST",
            Self::ViewNotFound { name, .. } if name.parse::<model::ViewId>().is_ok() => "VIEW_ID_NOT_FOUND",
            Self::ViewNotFound { .. } => "VIEW_NAME_NOT_FOUND",
            Self::Formula { .. } => "INVALID_FILTER_BY_FORMULA",
            Self::Offset { .. } => "INVALID_OFFSET_VALUE",
            Self::IteratorGone => "LIST_RECORDS_ITERATOR_NOT_AVAILABLE",
            Self::Changes(_) | Self::Db(_) | Self::Unreadable { .. } => return None,
            Self::ImageMemory { .. } | Self::ImageGone | Self::NotLoaded { .. } => return None,
            _ => "INVALID_REQUEST_UNKNOWN",
        })
    }
}

#[cfg(test)]
mod tests;
