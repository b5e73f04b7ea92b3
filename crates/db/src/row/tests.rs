use crate::{Param, Type, params};

use super::*;

fn row(values: impl IntoIterator<Item = Value>) -> Row {
    Row(values.into_iter().collect())
}

/// Why a column cannot be read so.
fn refusal<'a, T: FromValue<'a>>(row: &'a Row) -> String {
    row.get::<T>(0).err().map_or_else(|| "it was read".to_owned(), |error| error.to_string())
}

#[test]
fn a_value_is_read_as_what_it_is() {
    let row = row(params![7_i64, 0.5, "text", true, vec![1_u8, 2]]);
    assert_eq!((row.get::<i64>(0).unwrap(), row.get::<u32>(0).unwrap(), row.get::<usize>(0).unwrap()), (7, 7, 7));
    assert_eq!((row.get::<f64>(0).unwrap(), row.get::<f64>(1).unwrap()), (7.0, 0.5));
    assert_eq!((row.get::<&str>(2).unwrap(), &*row.get::<Arc<str>>(2).unwrap()), ("text", "text"));
    assert!(row.get::<bool>(3).unwrap() && row.get::<bool>(0).unwrap());
    assert_eq!(row.get::<Vec<u8>>(4).unwrap(), [1, 2]);
    assert_eq!(row.get::<ValueRef<'_>>(2).unwrap(), ValueRef::Text("text"));
    assert_eq!(row.values().len(), 5);
}

#[test]
fn what_does_not_fit_says_what_is_there_and_what_was_asked_for() {
    let (number, text, negative, null) =
        (row(params![7_i64]), row(params!["x"]), row(params![-1_i64]), row(params![None::<i64>]));
    assert_eq!(refusal::<&str>(&number), "column 0 holds integer, not text");
    assert_eq!(refusal::<i64>(&text), "column 0 holds text, not an integer");
    assert_eq!(refusal::<u32>(&negative), "column 0 holds integer, not a small integer");
    assert_eq!(refusal::<usize>(&negative), "column 0 holds integer, not a size");
    assert_eq!(refusal::<bool>(&null), "column 0 holds null, not a bool");
    assert_eq!(refusal::<BaseId>(&text), "column 0 holds text, not BaseId");
    assert_eq!(refusal::<TableNo>(&text), "column 0 holds text, not TableNo");
    assert_eq!(refusal::<Option<f64>>(&text), "column 0 holds text, not a number");
    assert!(
        matches!(number.get::<i64>(3), Err(Error::Column { column: 3, found: "null", .. })),
        "there is no column 3"
    );
}

#[test]
fn an_absent_value_is_none_and_keeps_its_type() {
    let values = params![None::<i64>, None::<&str>, None::<BaseId>, Some(3_i64)];
    assert_eq!(values[0], Value::Null(Type::Int));
    assert_eq!(values[1], Value::Null(Type::Text));
    assert_eq!(values[2], Value::Null(Type::Text));
    let row = row(values);
    assert_eq!(row.get::<Option<i64>>(0).unwrap(), None);
    assert_eq!(row.get::<Option<String>>(1).unwrap(), None);
    assert_eq!(row.get::<Option<BaseId>>(2).unwrap(), None);
    assert_eq!(row.get::<Option<i64>>(3).unwrap(), Some(3));
}

#[test]
fn ids_and_numbers_go_in_and_come_out() {
    let (base, record): (BaseId, RecordId) = ("app00000000000001".parse().unwrap(), RecordId::ordered(5, 6));
    let row = row(params![base, record, TenantNo(1), TableNo(2), FieldNo(u32::MAX), Ordinal(4), Timestamp(-5)]);
    assert_eq!(row.get::<BaseId>(0).unwrap(), base);
    assert_eq!(row.get::<RecordId>(1).unwrap(), record);
    assert_eq!(row.get::<TenantNo>(2).unwrap(), TenantNo(1));
    assert_eq!(row.get::<TableNo>(3).unwrap(), TableNo(2));
    assert_eq!(row.get::<FieldNo>(4).unwrap(), FieldNo(u32::MAX));
    assert_eq!(row.get::<Ordinal>(5).unwrap(), Ordinal(4));
    assert_eq!(row.get::<Timestamp>(6).unwrap(), Timestamp(-5));
    assert_eq!(<BaseId as Param>::TYPE, Type::Text);
    assert!(row.get::<TableId>(0).is_err(), "a base is no table");
}
