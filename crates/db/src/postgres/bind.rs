//! Values and errors of PostgreSQL.

use std::error::Error as StdError;

use bytes::BytesMut;
use sql::{Value, ValueRef};
use tokio_postgres::error::{DbError, SqlState};
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

use crate::Error;

type Failure = Box<dyn StdError + Sync + Send>;

/// A value to bind.
#[derive(Debug)]
pub(super) struct Bound<'a>(pub(super) &'a Value);

/// The type under which a value is sent; JSON takes that of its column.
pub(super) const fn parameter_type(value: &Value) -> Type {
    match value.kind() {
        sql::Type::Int => Type::INT8,
        sql::Type::Float => Type::FLOAT8,
        sql::Type::Text => Type::TEXT,
        sql::Type::Json => Type::UNKNOWN,
        sql::Type::Bool => Type::BOOL,
        sql::Type::Bytes => Type::BYTEA,
    }
}

impl ToSql for Bound<'_> {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Failure> {
        match self.0.as_ref() {
            ValueRef::Null => Ok(IsNull::Yes),
            ValueRef::Int(value) => value.to_sql(kind, out),
            ValueRef::Float(value) => value.to_sql(kind, out),
            ValueRef::Text(value) => {
                if *kind == Type::JSONB {
                    // The version of the format, which comes before the text.
                    out.extend_from_slice(&[1]);
                }
                value.to_sql(kind, out)
            }
            ValueRef::Bool(value) => value.to_sql(kind, out),
            ValueRef::Bytes(value) => value.to_sql(kind, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// A column of any type, as it was sent.
struct Raw<'a>(Option<&'a [u8]>);

impl<'a> FromSql<'a> for Raw<'a> {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Failure> {
        Ok(Self(Some(raw)))
    }

    fn from_sql_null(_: &Type) -> Result<Self, Failure> {
        Ok(Self(None))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

/// Column `column` of a row.
pub(crate) fn value(row: &tokio_postgres::Row, column: usize) -> Result<ValueRef<'_>, Error> {
    let Raw(raw) = row.try_get(column).map_err(Error::internal)?;
    let kind = row.columns().get(column).map_or(&Type::UNKNOWN, tokio_postgres::Column::type_);
    raw.map_or(Ok(ValueRef::Null), |raw| decode(kind, raw).map_err(Error::internal))
}

fn decode<'a>(kind: &Type, raw: &'a [u8]) -> Result<ValueRef<'a>, Failure> {
    Ok(match *kind {
        Type::INT8 => ValueRef::Int(i64::from_sql(kind, raw)?),
        Type::INT4 => ValueRef::Int(i64::from(i32::from_sql(kind, raw)?)),
        Type::INT2 => ValueRef::Int(i64::from(i16::from_sql(kind, raw)?)),
        Type::FLOAT8 => ValueRef::Float(f64::from_sql(kind, raw)?),
        Type::FLOAT4 => ValueRef::Float(f64::from(f32::from_sql(kind, raw)?)),
        Type::BOOL => ValueRef::Bool(bool::from_sql(kind, raw)?),
        Type::BYTEA => ValueRef::Bytes(raw),
        Type::JSONB => ValueRef::Text(std::str::from_utf8(raw.get(1..).unwrap_or_default())?),
        Type::TEXT | Type::VARCHAR | Type::NAME | Type::JSON | Type::BPCHAR | Type::UNKNOWN => {
            ValueRef::Text(std::str::from_utf8(raw)?)
        }
        Type::VOID => ValueRef::Null,
        _ => return Err(format!("a column of type `{kind}` must be cast").into()),
    })
}

/// What an error of PostgreSQL means.
pub(super) fn error(error: tokio_postgres::Error) -> Error {
    let Some(refusal) = error.as_db_error() else {
        let broken = error.is_closed() || error.source().is_some_and(<dyn StdError>::is::<std::io::Error>);
        return if broken { Error::unavailable(error) } else { Error::internal(error) };
    };
    let code = refusal.code();
    // Classes: 08 connection, 40 rolled back (serialization, deadlock), 53 resources, 55 lock not available,
    // 57 shutdown or cancelled.
    match code.code().get(..2) {
        Some("23") => Error::Conflict { constraint: constraint(refusal) },
        Some("08" | "40" | "53" | "55" | "57") => Error::unavailable(error),
        _ => Error::internal(error),
    }
}

/// While connecting, whatever fails makes the server unavailable.
pub(super) fn connection_error(error: tokio_postgres::Error) -> Error {
    Error::unavailable(error)
}

/// Names a unique constraint by its columns, as SQLite does.
fn constraint(refusal: &DbError) -> String {
    let name = refusal.constraint().or(refusal.column()).unwrap_or_default();
    if *refusal.code() == SqlState::FOREIGN_KEY_VIOLATION {
        return "foreign key".to_owned();
    }
    if *refusal.code() == SqlState::NOT_NULL_VIOLATION {
        return format!("{}.{name}", refusal.table().unwrap_or_default());
    }
    let columns = refusal.detail().and_then(|detail| detail.strip_prefix("Key (")?.split_once(")=(")).map(|(c, _)| c);
    match (columns, refusal.table()) {
        (Some(columns), _) if columns.contains('(') => format!("index '{name}'"),
        (Some(columns), Some(table)) => {
            columns.split(", ").map(|column| format!("{table}.{column}")).collect::<Vec<_>>().join(", ")
        }
        _ => name.to_owned(),
    }
}
