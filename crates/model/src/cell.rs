//! Cell values and their stored form.
//!
//! A record's cells are one JSON object. A key is a letter for the kind of value and the field's short number,
//! so stored cells can be read without a schema: `{"s1":"Apollo","n2":12.5,"b3":1,"t4":1700000000000000,"c5":2,"m6":[1,3]}`.

use std::borrow::Cow;
use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::column::{Kind, ValueLists};
use crate::id::FieldNo;

/// The typed content of one cell. Link cells hold ordinals of the linked table and are stored as link rows.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum CellValue {
    /// Nothing.
    #[default]
    Empty,
    /// Text; never the empty text.
    Text(String),
    /// A number; finite when stored.
    Number(f64),
    /// A checked checkbox; `false` is [`CellValue::Empty`] when stored.
    Flag(bool),
    /// Microseconds since 1970 UTC; a date is midnight.
    Time(i64),
    /// The number of a choice of a single select, from 1.
    Choice(u32),
    /// The numbers of the choices of a multiple select, in the order written; never empty.
    Choices(Vec<u32>),
    /// The ordinals of linked records, in order; never empty.
    Links(Vec<u32>),
    /// The values of a lookup, in order; never empty and never stored.
    Values(Vec<CellValue>),
    /// The error of a computed field; never stored.
    Error(CellError),
}

/// Why a computed cell has no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CellError {
    /// `#ERROR!`: a wrong operand, an explicit `ERROR()`, a failed conversion.
    Failed,
    /// The step, size or time bound of a formula was passed.
    Bound,
}

impl CellValue {
    /// True for [`CellValue::Empty`].
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Empty)
    }

    /// The value as a borrowed [`CellRef`].
    pub fn view(&self) -> CellRef<'_> {
        match self {
            Self::Empty => CellRef::Empty,
            Self::Text(text) => CellRef::Text(text),
            Self::Number(number) => CellRef::Number(*number),
            Self::Flag(flag) => CellRef::Flag(*flag),
            Self::Time(time) => CellRef::Time(*time),
            Self::Choice(choice) => CellRef::Choice(*choice),
            Self::Choices(choices) => CellRef::Choices(choices),
            Self::Links(links) => CellRef::Links(links),
            Self::Values(values) => CellRef::Values(Items::Owned(values)),
            Self::Error(error) => CellRef::Error(*error),
        }
    }
}

/// A borrowed [`CellValue`], as columns hand them out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum CellRef<'a> {
    /// Nothing.
    Empty,
    /// Text.
    Text(&'a str),
    /// A number.
    Number(f64),
    /// A checkbox.
    Flag(bool),
    /// Microseconds since 1970 UTC.
    Time(i64),
    /// A choice number.
    Choice(u32),
    /// Choice numbers.
    Choices(&'a [u32]),
    /// Ordinals of linked records.
    Links(&'a [u32]),
    /// The values of a lookup.
    Values(Items<'a>),
    /// An error of a computed cell.
    Error(CellError),
}

impl CellRef<'_> {
    /// True for [`CellRef::Empty`].
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Empty)
    }

    /// The kind of column that holds it; none for nothing and for errors.
    pub fn kind(self) -> Option<Kind> {
        Some(match self {
            Self::Text(_) => Kind::Text,
            Self::Number(_) => Kind::Number,
            Self::Flag(_) => Kind::Flag,
            Self::Time(_) => Kind::Time,
            Self::Choice(_) => Kind::Choice,
            Self::Choices(_) => Kind::Choices,
            Self::Links(_) => Kind::Links,
            Self::Values(_) => Kind::Values,
            Self::Empty | Self::Error(_) => return None,
        })
    }

    /// An owned copy.
    pub fn to_value(self) -> CellValue {
        match self {
            Self::Empty => CellValue::Empty,
            Self::Text(text) => CellValue::Text(text.to_owned()),
            Self::Number(number) => CellValue::Number(number),
            Self::Flag(flag) => CellValue::Flag(flag),
            Self::Time(time) => CellValue::Time(time),
            Self::Choice(choice) => CellValue::Choice(choice),
            Self::Choices(choices) => CellValue::Choices(choices.to_vec()),
            Self::Links(links) => CellValue::Links(links.to_vec()),
            Self::Values(items) => CellValue::Values(items.iter().map(Self::to_value).collect()),
            Self::Error(error) => CellValue::Error(error),
        }
    }
}

/// The values of a cell that holds several, borrowed.
#[derive(Debug, Clone, Copy)]
pub enum Items<'a> {
    /// Of a cell that stands alone.
    Owned(&'a [CellValue]),
    /// Of a cell of a column.
    Held(&'a ValueLists, usize),
}

impl<'a> Items<'a> {
    /// How many there are.
    pub fn len(self) -> usize {
        match self {
            Self::Owned(values) => values.len(),
            Self::Held(lists, row) => lists.range(row).len(),
        }
    }

    /// True when there is none.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The values in order.
    pub fn iter(self) -> impl Iterator<Item = CellRef<'a>> {
        (0..self.len()).map(move |index| match self {
            Self::Owned(values) => values.get(index).map_or(CellRef::Empty, CellValue::view),
            Self::Held(lists, row) => lists.item(lists.range(row).start + index),
        })
    }
}

impl PartialEq for Items<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

/// Stored cells could not be read.
#[derive(Debug, thiserror::Error)]
#[error("stored cells are malformed")]
pub struct CellsError(#[from] serde_json::Error);

/// Appends the stored form of `cells` to `out`. Empty cells, links and errors are left out.
pub fn encode_cells<'a>(cells: impl IntoIterator<Item = (FieldNo, CellRef<'a>)>, out: &mut Vec<u8>) {
    out.push(b'{');
    let start = out.len();
    for (field, cell) in cells {
        let before = out.len();
        if before > start {
            out.push(b',');
        }
        if !encode_cell(field, cell, out) {
            out.truncate(before);
        }
    }
    out.push(b'}');
}

/// Appends one `"key":value` pair; answers false and appends nothing for what is not stored.
pub fn encode_cell(field: FieldNo, cell: CellRef<'_>, out: &mut Vec<u8>) -> bool {
    let letter = match cell {
        CellRef::Empty | CellRef::Links(_) | CellRef::Values(_) | CellRef::Error(_) | CellRef::Flag(false) => {
            return false;
        }
        CellRef::Text(_) => b's',
        CellRef::Number(_) => b'n',
        CellRef::Flag(true) => b'b',
        CellRef::Time(_) => b't',
        CellRef::Choice(_) => b'c',
        CellRef::Choices(_) => b'm',
    };
    out.extend_from_slice(&[b'"', letter]);
    out.extend_from_slice(itoa::Buffer::new().format(field.0).as_bytes());
    out.extend_from_slice(b"\":");
    match cell {
        CellRef::Text(text) => write_json_string(text, out),
        CellRef::Number(number) => write_number(number, out),
        CellRef::Time(time) => out.extend_from_slice(itoa::Buffer::new().format(time).as_bytes()),
        CellRef::Choice(choice) => out.extend_from_slice(itoa::Buffer::new().format(choice).as_bytes()),
        CellRef::Choices(choices) => {
            out.push(b'[');
            for (index, choice) in choices.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                out.extend_from_slice(itoa::Buffer::new().format(*choice).as_bytes());
            }
            out.push(b']');
        }
        _ => out.push(b'1'),
    }
    true
}

fn write_number(number: f64, out: &mut Vec<u8>) {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if number.fract() == 0.0 && number.abs() < EXACT {
        out.extend_from_slice(itoa::Buffer::new().format(number as i64).as_bytes());
    } else {
        out.extend_from_slice(zmij::Buffer::new().format(number).as_bytes());
    }
}

/// Appends `text` as a JSON string with quotes.
pub fn write_json_string(text: &str, out: &mut Vec<u8>) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    out.push(b'"');
    let bytes = text.as_bytes();
    let mut start = 0;
    for (index, &byte) in bytes.iter().enumerate() {
        if byte >= 0x20 && byte != b'"' && byte != b'\\' {
            continue;
        }
        out.extend_from_slice(bytes.get(start..index).unwrap_or_default());
        start = index + 1;
        match byte {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            _ => {
                out.extend_from_slice(b"\\u00");
                for nibble in [byte >> 4, byte & 15] {
                    out.push(HEX.get(nibble as usize).copied().unwrap_or(b'0'));
                }
            }
        }
    }
    out.extend_from_slice(bytes.get(start..).unwrap_or_default());
    out.push(b'"');
}

/// Reads stored cells and hands each to `sink`; texts are borrowed from `json` where they hold no escape.
///
/// # Errors
/// [`CellsError`] when `json` is not an object of the stored form.
pub fn decode_cells(json: &str, mut sink: impl FnMut(FieldNo, CellRef<'_>)) -> Result<(), CellsError> {
    let mut deserializer = serde_json::Deserializer::from_str(json);
    deserializer.deserialize_map(CellsVisitor { sink: &mut sink, lists: Vec::new() })?;
    Ok(())
}

struct CellsVisitor<'s, F> {
    sink: &'s mut F,
    lists: Vec<u32>,
}

impl<'de, F: FnMut(FieldNo, CellRef<'_>)> Visitor<'de> for CellsVisitor<'_, F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of stored cells")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some((letter, field)) = map.next_key_seed(Key)? {
            match letter {
                b's' => {
                    let text = map.next_value_seed(Text)?;
                    (self.sink)(field, CellRef::Text(&text));
                }
                b'n' => (self.sink)(field, CellRef::Number(map.next_value()?)),
                b'b' => {
                    map.next_value::<de::IgnoredAny>()?;
                    (self.sink)(field, CellRef::Flag(true));
                }
                b't' => (self.sink)(field, CellRef::Time(map.next_value()?)),
                b'c' => (self.sink)(field, CellRef::Choice(map.next_value()?)),
                b'm' => {
                    self.lists.clear();
                    map.next_value_seed(Numbers(&mut self.lists))?;
                    (self.sink)(field, CellRef::Choices(&self.lists));
                }
                _ => return Err(de::Error::custom("unknown kind of cell")),
            }
        }
        Ok(())
    }
}

struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = (u8, FieldNo);
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Key {
    type Value = (u8, FieldNo);
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a letter and a field number")
    }
    fn visit_str<E: de::Error>(self, key: &str) -> Result<Self::Value, E> {
        let mut bytes = key.bytes();
        let letter = bytes.next().ok_or_else(|| E::custom("empty key"))?;
        let number = read_number(bytes).ok_or_else(|| E::custom("not a field number"))?;
        Ok((letter, FieldNo(number)))
    }
}

fn read_number(digits: std::str::Bytes<'_>) -> Option<u32> {
    let mut value = 0u32;
    let mut any = false;
    for byte in digits {
        let digit = byte.checked_sub(b'0').filter(|d| *d < 10)?;
        value = value.checked_mul(10)?.checked_add(u32::from(digit))?;
        any = true;
    }
    any.then_some(value)
}

struct Text;

impl<'de> DeserializeSeed<'de> for Text {
    type Value = Cow<'de, str>;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Text {
    type Value = Cow<'de, str>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }
    fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(text))
    }
    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text.to_owned()))
    }
}

struct Numbers<'a>(&'a mut Vec<u32>);

impl<'de> DeserializeSeed<'de> for Numbers<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Numbers<'_> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of choice numbers")
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while let Some(number) = seq.next_element()? {
            self.0.push(number);
        }
        Ok(())
    }
}
