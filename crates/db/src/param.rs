//! What may be bound.

use std::sync::Arc;

use model::{
    BaseId, BaseNo, ChoiceId, CommentId, FieldId, FieldNo, Ordinal, RecordId, TableId, TableNo, TenantId, TenantNo,
    Timestamp, TokenId, UserId, ViewId, WebhookId, WorkspaceId,
};
use sql::{Type, Value};

/// A Rust value that a statement can bind; see [`params!`](crate::params).
pub trait Param {
    /// Its SQL type, which a null needs too.
    const TYPE: Type;

    /// The value to bind.
    fn into_value(self) -> Value;
}

impl<T: Param> Param for Option<T> {
    const TYPE: Type = T::TYPE;

    fn into_value(self) -> Value {
        self.map_or(Value::Null(T::TYPE), T::into_value)
    }
}

macro_rules! plain {
    ($($rust:ty),*) => {$(
        impl Param for $rust {
            const TYPE: Type = <$rust as sql::Typed>::TYPE;

            fn into_value(self) -> Value {
                self.into()
            }
        }
    )*};
}

macro_rules! numbers {
    ($($rust:ident),*) => {$(
        impl Param for $rust {
            const TYPE: Type = Type::Int;

            fn into_value(self) -> Value {
                Value::Int(i64::from(self.0))
            }
        }
    )*};
}

macro_rules! ids {
    ($($rust:ident),*) => {$(
        impl Param for $rust {
            const TYPE: Type = Type::Text;

            fn into_value(self) -> Value {
                Value::Text(self.to_string())
            }
        }
    )*};
}

plain!(i64, i32, u32, f64, bool, String, &str, &String, Arc<str>, Vec<u8>, &[u8]);
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

impl Param for Value {
    /// A value knows its own type; the null of an `Option<Value>` is text.
    const TYPE: Type = Type::Text;

    fn into_value(self) -> Value {
        self
    }
}

/// The values of a statement: `params![base, sequence, name]`, each a [`Param`](crate::Param).
#[macro_export]
macro_rules! params {
    ($($value:expr),* $(,)?) => {
        [$($crate::Param::into_value($value)),*]
    };
}
