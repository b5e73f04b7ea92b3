//! What can go wrong with schemas.

use crate::names::no_name;
use tenancy::Denied;
use web::{Fault, Kind};

/// Why something cannot have a name that another has, or none at all.
fn taken(what: &str, name: &str, place: &str) -> String {
    if name.is_empty() { no_name(what) } else { format!("a {what} named `{name}` exists already{place}") }
}

/// Why a schema operation failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The caller may not, or the base does not exist for them.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// No base of this id or name that the caller may see.
    #[error("base `{name}` does not exist, or you may not see it")]
    BaseNotFound {
        /// What was asked for.
        name: String,
    },
    /// No such table in the base.
    #[error("table `{name}` does not exist in this base")]
    TableNotFound {
        /// What was asked for.
        name: String,
    },
    /// No such field in the table.
    #[error("field `{name}` does not exist in table `{table}`")]
    FieldNotFound {
        /// What was asked for.
        name: String,
        /// The table's name.
        table: String,
    },
    /// Another table has the name, or it is empty.
    #[error("{}", taken("table", name, ""))]
    TableName {
        /// The name.
        name: String,
    },
    /// Another field has the name, or it is empty.
    #[error("{}", taken("field", name, ""))]
    FieldName {
        /// The name.
        name: String,
    },
    /// No field type has this name.
    #[error("`{name}` is not a field type; the types are: {known}")]
    FieldType {
        /// What was given.
        name: String,
        /// The names that exist.
        known: String,
    },
    /// The first field of a table cannot be of this type.
    #[error("a field of type `{field_type}` cannot be the first field of a table")]
    Primary {
        /// The type.
        field_type: &'static str,
    },
    /// The options do not fit the type.
    #[error("invalid options for `{field}`: {reason}")]
    Options {
        /// The field's name.
        field: String,
        /// What is wrong and what would be right.
        reason: String,
    },
    /// The formula cannot be used.
    #[error("invalid formula in `{field}`: {reason}")]
    Formula {
        /// The field's name.
        field: String,
        /// What is wrong.
        reason: String,
    },
    /// The formula needs itself.
    #[error("field `{field}` would need itself: {path}")]
    Cycle {
        /// The field's name.
        field: String,
        /// The names along the way.
        path: String,
    },
    /// No such view in the base.
    #[error("view `{name}` does not exist in this base{hint}")]
    ViewNotFound {
        /// What was asked for.
        name: String,
        /// The closest names, as a clause.
        hint: String,
    },
    /// Another view of the table has the name, or it is empty.
    #[error("{}", taken("view", name, " in this table"))]
    ViewName {
        /// The name.
        name: String,
    },
    /// A view cannot be so.
    #[error("{at}: {reason}")]
    View {
        /// Where in the request, as a JSON pointer.
        at: String,
        /// What is wrong and what would be right.
        reason: String,
    },
    /// Something of a base cannot be made.
    #[error("{at}: {error}")]
    Placed {
        /// Where in the request, as a JSON pointer.
        at: String,
        /// Why.
        error: Box<Error>,
    },
    /// Nothing in the trash has this id.
    #[error(
        "there is nothing called `{id}` in the trash of this base: give the id of a table, a field or a view from the list"
    )]
    NotInTrash {
        /// What was asked for.
        id: String,
    },
    /// A bound was passed.
    #[error("{what} would be more than {bound}")]
    TooMany {
        /// What there would be too much of.
        what: &'static str,
        /// The bound.
        bound: usize,
    },
    /// The body misses something.
    #[error("{reason}")]
    Invalid {
        /// What is wrong and what would be right.
        reason: String,
    },
    /// A stored definition could not be read.
    #[error("stored schema is malformed")]
    Stored(#[from] serde_json::Error),
    /// The change log failed.
    #[error(transparent)]
    Changes(#[from] changes::Error),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl web::ApiError for Error {
    fn kind(&self) -> Kind {
        match self {
            Self::Denied(denied) => denied.kind(),
            Self::Placed { error, .. } => error.kind(),
            Self::BaseNotFound { .. } | Self::TableNotFound { .. } | Self::FieldNotFound { .. } => Kind::NotFound,
            Self::ViewNotFound { .. } | Self::NotInTrash { .. } => Kind::NotFound,
            Self::Stored(_) => Kind::Internal,
            Self::Changes(changes::Error::NoBase { .. }) => Kind::NotFound,
            Self::Changes(changes::Error::Db(error)) | Self::Db(error) => web::database_kind(error),
            Self::Changes(_) => Kind::Internal,
            _ => Kind::Invalid,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Denied(denied) => denied.code(),
            Self::Placed { error, .. } => error.code(),
            Self::BaseNotFound { .. } => Denied::NotFound.code(),
            Self::TableNotFound { .. } => "table-not-found",
            Self::FieldNotFound { .. } => "field-not-found",
            Self::TableName { .. } => "table-name",
            Self::FieldName { .. } => "field-name",
            Self::FieldType { .. } => "field-type",
            Self::Primary { .. } => "primary-field",
            Self::Options { .. } => "field-options",
            Self::Formula { .. } => "formula",
            Self::Cycle { .. } => "formula-cycle",
            Self::ViewNotFound { .. } => "view-not-found",
            Self::ViewName { .. } => "view-name",
            Self::View { .. } => "view",
            Self::NotInTrash { .. } => "not-in-trash",
            Self::TooMany { .. } => "too-many",
            Self::Invalid { .. } => "invalid",
            Self::Stored(_) => "internal",
            Self::Changes(changes::Error::Db(error)) | Self::Db(error) => web::database_kind(error).code(),
            Self::Changes(_) => "internal",
        }
    }

    fn airtable_type(&self) -> Option<&'static str> {
        Some(match self {
            Self::Denied(denied) => return denied.airtable_type(),
            Self::Placed { error, .. } => return error.airtable_type(),
            Self::BaseNotFound { .. }
            | Self::TableNotFound { .. }
            | Self::FieldNotFound { .. }
            | Self::ViewNotFound { .. }
            | Self::NotInTrash { .. } => "INVALID_PERMISSIONS_OR_MODEL_NOT_FOUND",
            Self::TableName { .. } => "DUPLICATE_TABLE_NAME",
            Self::FieldName { .. } => "DUPLICATE_OR_EMPTY_FIELD_NAME",
            Self::FieldType { .. } | Self::Primary { .. } => "UNSUPPORTED_FIELD_TYPE_FOR_CREATE",
            Self::Options { .. } | Self::Formula { .. } | Self::Cycle { .. } => "INVALID_FIELD_TYPE_OPTIONS_FOR_CREATE",
            Self::ViewName { .. } | Self::View { .. } | Self::TooMany { .. } | Self::Invalid { .. } => {
                "INVALID_REQUEST_UNKNOWN"
            }
            Self::Stored(_) | Self::Changes(_) | Self::Db(_) => return None,
        })
    }

    fn faults(&self) -> Vec<Fault> {
        match self {
            Self::View { at, reason } => vec![Fault { pointer: at.clone(), detail: reason.clone() }],
            _ => Vec::new(),
        }
    }
}
