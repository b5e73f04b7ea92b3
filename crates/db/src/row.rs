//! Rows: owned, or borrowed from the database while it streams.

use std::sync::Arc;

use model::{
    BaseId, BaseNo, ChoiceId, CommentId, FieldId, FieldNo, Ordinal, RecordId, TableId, TableNo, TenantId, TenantNo,
    Timestamp, TokenId, UserId, ViewId, WebhookId, WorkspaceId,
};
use sql::{Value, ValueRef};

use crate::Error;
use crate::postgres;

/// A row of a result.
#[derive(Debug, Clone, PartialEq)]
pub struct Row(pub(crate) Vec<Value>);

impl Row {
    /// Column `column`, from 0.
    pub fn get<'a, T: FromValue<'a>>(&'a self, column: usize) -> Result<T, Error> {
        convert(column, self.0.get(column).map_or(ValueRef::Null, Value::as_ref))
    }

    /// The values.
    pub fn values(&self) -> &[Value] {
        &self.0
    }
}

/// A row that the database still holds; text and bytes are borrowed from it.
pub struct RowRef<'a>(Source<'a>);

enum Source<'a> {
    Sqlite(&'a rusqlite::Row<'a>),
    Postgres(&'a tokio_postgres::Row),
}

impl<'a> RowRef<'a> {
    pub(crate) const fn sqlite(row: &'a rusqlite::Row<'a>) -> Self {
        Self(Source::Sqlite(row))
    }

    pub(crate) const fn postgres(row: &'a tokio_postgres::Row) -> Self {
        Self(Source::Postgres(row))
    }

    /// Column `column`, from 0.
    pub fn get<T: FromValue<'a>>(&self, column: usize) -> Result<T, Error> {
        convert(column, self.value(column)?)
    }

    /// Column `column`, whatever it holds.
    pub fn value(&self, column: usize) -> Result<ValueRef<'a>, Error> {
        match &self.0 {
            Source::Sqlite(row) => sqlite_value(row, column),
            Source::Postgres(row) => postgres::value(row, column),
        }
    }

    pub(crate) fn to_row(&self) -> Result<Row, Error> {
        let columns = match &self.0 {
            Source::Sqlite(row) => row.as_ref().column_count(),
            Source::Postgres(row) => row.len(),
        };
        (0..columns).map(|column| Ok(self.value(column)?.to_value())).collect::<Result<_, Error>>().map(Row)
    }
}

fn sqlite_value<'a>(row: &'a rusqlite::Row<'a>, column: usize) -> Result<ValueRef<'a>, Error> {
    use rusqlite::types::ValueRef as Stored;
    Ok(match row.get_ref(column).map_err(Error::internal)? {
        Stored::Null => ValueRef::Null,
        Stored::Integer(value) => ValueRef::Int(value),
        Stored::Real(value) => ValueRef::Float(value),
        Stored::Text(bytes) => ValueRef::Text(std::str::from_utf8(bytes).map_err(|e| Error::decode("text", e))?),
        Stored::Blob(bytes) => ValueRef::Bytes(bytes),
    })
}

fn convert<'a, T: FromValue<'a>>(column: usize, value: ValueRef<'a>) -> Result<T, Error> {
    T::from_value(value).ok_or(Error::Column { column, expected: T::NAME, found: value.name() })
}

/// A Rust type that a column can be read as.
pub trait FromValue<'a>: Sized {
    /// What it is called in messages.
    const NAME: &'static str;

    /// The value, if it is of this type.
    fn from_value(value: ValueRef<'a>) -> Option<Self>;
}

impl<'a> FromValue<'a> for ValueRef<'a> {
    const NAME: &'static str = "anything";

    fn from_value(value: ValueRef<'a>) -> Option<Self> {
        Some(value)
    }
}

impl<'a, T: FromValue<'a>> FromValue<'a> for Option<T> {
    const NAME: &'static str = T::NAME;

    fn from_value(value: ValueRef<'a>) -> Option<Self> {
        if value == ValueRef::Null { Some(None) } else { T::from_value(value).map(Some) }
    }
}

macro_rules! plain {
    ($($rust:ty as $name:literal: $($pattern:pat => $value:expr),+;)*) => {$(
        impl<'a> FromValue<'a> for $rust {
            const NAME: &'static str = $name;

            fn from_value(value: ValueRef<'a>) -> Option<Self> {
                match value {
                    $($pattern => $value,)+
                    _ => None,
                }
            }
        }
    )*};
}

plain! {
    i64 as "an integer": ValueRef::Int(value) => Some(value);
    u32 as "a small integer": ValueRef::Int(value) => value.try_into().ok();
    usize as "a size": ValueRef::Int(value) => value.try_into().ok();
    f64 as "a number": ValueRef::Float(value) => Some(value), ValueRef::Int(value) => Some(value as Self);
    bool as "a bool": ValueRef::Bool(value) => Some(value), ValueRef::Int(value) => Some(value != 0);
    &'a str as "text": ValueRef::Text(value) => Some(value);
    String as "text": ValueRef::Text(value) => Some(value.to_owned());
    Arc<str> as "text": ValueRef::Text(value) => Some(value.into());
    &'a [u8] as "bytes": ValueRef::Bytes(value) => Some(value);
    Vec<u8> as "bytes": ValueRef::Bytes(value) => Some(value.to_vec());
}

macro_rules! numbers {
    ($($rust:ident),*) => {$(
        impl<'a> FromValue<'a> for $rust {
            const NAME: &'static str = stringify!($rust);

            fn from_value(value: ValueRef<'a>) -> Option<Self> {
                FromValue::from_value(value).map($rust)
            }
        }
    )*};
}

macro_rules! ids {
    ($($rust:ident),*) => {$(
        impl<'a> FromValue<'a> for $rust {
            const NAME: &'static str = stringify!($rust);

            fn from_value(value: ValueRef<'a>) -> Option<Self> {
                <&str>::from_value(value)?.parse().ok()
            }
        }
    )*};
}

numbers!(TenantNo, BaseNo, TableNo, FieldNo, Ordinal, Timestamp);
ids!(
    BaseId,
    TableId,
    FieldId,
    ViewId,
    RecordId,
    ChoiceId,
    CommentId,
    UserId,
    WorkspaceId,
    TenantId,
    TokenId,
    WebhookId
);

#[cfg(test)]
mod tests;
