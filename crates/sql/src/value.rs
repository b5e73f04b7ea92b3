//! What statements bind and what rows hold.

use std::sync::Arc;

/// The type of a value, needed for nulls: PostgreSQL refuses an untyped one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Type {
    /// 64-bit integer.
    Int,
    /// 64-bit floating point number.
    Float,
    /// Text.
    Text,
    /// JSON text.
    Json,
    /// True or false; SQLite keeps 1 and 0.
    Bool,
    /// Bytes.
    Bytes,
}

/// A value to bind.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Nothing, of a type.
    Null(Type),
    /// 64-bit integer; times are microseconds.
    Int(i64),
    /// 64-bit floating point number.
    Float(f64),
    /// Text.
    Text(String),
    /// Text that somebody else holds too.
    Shared(Arc<str>),
    /// JSON text.
    Json(String),
    /// True or false.
    Bool(bool),
    /// Bytes.
    Bytes(Vec<u8>),
}

impl Value {
    /// The type under which the value is bound.
    pub const fn kind(&self) -> Type {
        match self {
            Self::Null(kind) => *kind,
            Self::Int(_) => Type::Int,
            Self::Float(_) => Type::Float,
            Self::Text(_) | Self::Shared(_) => Type::Text,
            Self::Json(_) => Type::Json,
            Self::Bool(_) => Type::Bool,
            Self::Bytes(_) => Type::Bytes,
        }
    }

    /// The value, borrowed; JSON is text.
    pub fn as_ref(&self) -> ValueRef<'_> {
        match self {
            Self::Null(_) => ValueRef::Null,
            Self::Int(value) => ValueRef::Int(*value),
            Self::Float(value) => ValueRef::Float(*value),
            Self::Text(value) | Self::Json(value) => ValueRef::Text(value),
            Self::Shared(value) => ValueRef::Text(value),
            Self::Bool(value) => ValueRef::Bool(*value),
            Self::Bytes(value) => ValueRef::Bytes(value),
        }
    }
}

/// A value of a row, borrowed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ValueRef<'a> {
    /// Nothing.
    Null,
    /// An integer, and on SQLite also a bool.
    Int(i64),
    /// A floating point number.
    Float(f64),
    /// Text, also JSON.
    Text(&'a str),
    /// True or false; on SQLite an integer.
    Bool(bool),
    /// Bytes.
    Bytes(&'a [u8]),
}

impl ValueRef<'_> {
    /// The owned value; a null becomes a null of type text.
    pub fn to_value(self) -> Value {
        match self {
            Self::Null => Value::Null(Type::Text),
            Self::Int(value) => Value::Int(value),
            Self::Float(value) => Value::Float(value),
            Self::Text(value) => Value::Text(value.to_owned()),
            Self::Bool(value) => Value::Bool(value),
            Self::Bytes(value) => Value::Bytes(value.to_vec()),
        }
    }

    /// What it holds, for messages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Int(_) => "integer",
            Self::Float(_) => "float",
            Self::Text(_) => "text",
            Self::Bool(_) => "bool",
            Self::Bytes(_) => "bytes",
        }
    }
}

/// A Rust type whose absence can be bound, because its SQL type is known.
pub trait Typed: Into<Value> {
    /// The SQL type.
    const TYPE: Type;
}

impl<T: Typed> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null(T::TYPE), Into::into)
    }
}

macro_rules! typed {
    ($($rust:ty => $kind:ident: $value:ident => $make:expr;)*) => {$(
        impl From<$rust> for Value {
            fn from($value: $rust) -> Self {
                $make
            }
        }
        impl Typed for $rust {
            const TYPE: Type = Type::$kind;
        }
    )*};
}

typed! {
    i64 => Int: value => Self::Int(value);
    i32 => Int: value => Self::Int(i64::from(value));
    u32 => Int: value => Self::Int(i64::from(value));
    f64 => Float: value => Self::Float(value);
    bool => Bool: value => Self::Bool(value);
    String => Text: value => Self::Text(value);
    &str => Text: value => Self::Text(value.to_owned());
    &String => Text: value => Self::Text(value.clone());
    Arc<str> => Text: value => Self::Shared(value);
    Vec<u8> => Bytes: value => Self::Bytes(value);
    &[u8] => Bytes: value => Self::Bytes(value.to_vec());
}
