//! Values and errors of SQLite.

use rusqlite::types::{ToSql, ToSqlOutput, ValueRef as Stored};
use rusqlite::{ErrorCode, Statement, ffi};
use sql::{Value, ValueRef};

use crate::Error;

struct Bound<'a>(&'a Value);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self.0.as_ref() {
            ValueRef::Null => Stored::Null,
            ValueRef::Int(value) => Stored::Integer(value),
            ValueRef::Float(value) => Stored::Real(value),
            ValueRef::Text(value) => Stored::Text(value.as_bytes()),
            ValueRef::Bool(value) => Stored::Integer(i64::from(value)),
            ValueRef::Bytes(value) => Stored::Blob(value),
        }))
    }
}

/// The number `n` of each parameter `$n`: SQLite numbers them in the order in which they appear.
pub(super) fn places(statement: &Statement<'_>) -> Vec<usize> {
    (1..=statement.parameter_count())
        .map(|index| statement.parameter_name(index).and_then(|name| name.get(1..)?.parse().ok()).unwrap_or(index))
        .collect()
}

/// Binds values, and those behind them, to the parameters whose numbers are `places`.
pub(super) fn bind(
    statement: &mut Statement<'_>,
    places: &[usize],
    (values, shared): (&[Value], &[Value]),
) -> Result<(), Error> {
    let count = values.len() + shared.len();
    if places.iter().copied().max().unwrap_or(0) != count {
        return Err(Error::internal(rusqlite::Error::InvalidParameterCount(count, places.len())));
    }
    bind_from(statement, places, values.len(), shared)?;
    rebind(statement, places, values)
}

/// Binds the first values again; those behind them stay as they are.
pub(super) fn rebind(statement: &mut Statement<'_>, places: &[usize], values: &[Value]) -> Result<(), Error> {
    bind_from(statement, places, 0, values)
}

/// Binds values to the parameters whose numbers follow `before`.
fn bind_from(statement: &mut Statement<'_>, places: &[usize], before: usize, values: &[Value]) -> Result<(), Error> {
    for (index, place) in places.iter().enumerate() {
        if let Some(value) = place.checked_sub(before + 1).and_then(|place| values.get(place)) {
            statement.raw_bind_parameter(index + 1, Bound(value)).map_err(error)?;
        }
    }
    Ok(())
}

/// What an error of SQLite means.
pub(super) fn error(error: rusqlite::Error) -> Error {
    let rusqlite::Error::SqliteFailure(failure, message) = &error else {
        return Error::internal(error);
    };
    match failure.code {
        ErrorCode::ConstraintViolation => {
            Error::Conflict { constraint: constraint(*failure, message.as_deref().unwrap_or_default()) }
        }
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::DiskFull | ErrorCode::OutOfMemory => {
            Error::unavailable(error)
        }
        _ => Error::internal(error),
    }
}

/// `UNIQUE constraint failed: users.tenant, users.email` names the constraint after the colon.
fn constraint(failure: ffi::Error, message: &str) -> String {
    match message.split_once(": ") {
        Some((_, name)) => name.to_owned(),
        None if failure.extended_code == ffi::SQLITE_CONSTRAINT_FOREIGNKEY => "foreign key".to_owned(),
        None => message.to_owned(),
    }
}

/// True when the disk or the file can no longer be trusted with a write.
pub(super) fn is_broken(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::SystemIoFailure | ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)
    )
}
