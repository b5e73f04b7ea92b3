//! Values that are given for fields.

use fields::MAX_TEXT;
use fields::guess::{parse_iso_day, parse_iso_time};
use formula::Shape;
use jiff::tz::TimeZone;
use model::{Bits, CellValue, Chunk, ComputedChunk, FieldNo, FormulaType, Kind, Table, reads_alike, same_name};
use serde_json::{Map, Value};

use crate::error::Error;
use crate::names::Rolled;

/// Most values.
pub(crate) const VALUES: usize = 1_000;
/// Most values of a list.
const ITEMS: usize = 10_000;

/// By the number of the field, or by name in the order given.
#[derive(Default)]
pub(crate) struct Given(Vec<(String, FieldNo, Shape, ComputedChunk)>);

impl Given {
    /// Reads values for fields of a table, for the values of a rollup, or for names where there is neither.
    ///
    /// # Errors
    /// [`Error::Records`] for a field that is not there; [`Error::Given`] when a field cannot have the value.
    pub fn read(place: Option<(&Table, Option<Rolled<'_>>)>, values: &Map<String, Value>) -> Result<Self, Error> {
        if values.len() > VALUES {
            return Err(Error::Given { reason: format!("`context` has at most {VALUES} values") });
        }
        let mut out = Vec::new();
        for (index, (name, value)) in values.iter().enumerate() {
            let shown: String = name.chars().take(255).collect();
            let wrong = |reason: String| Error::Given { reason: format!("`{shown}` of `context` {reason}") };
            let (no, shape) = match place {
                Some((_, Some(rolled))) => {
                    let only = || wrong("is given to a rollup, which reads `values` and nothing else".to_owned());
                    rolled.reference(name).map(|values| (values.no, values.shape)).ok_or_else(only)?
                }
                Some((table, None)) => {
                    let reference =
                        schema::reference(table, name).ok_or_else(|| records::unknown_field(table, name))?;
                    (reference.no, plain(reference.shape))
                }
                None => (FieldNo(index as u32), shape_of(value).map_err(wrong)?),
            };
            let cell = cell(shape, value).map_err(wrong)?;
            let mut values = Chunk::new(kind(shape));
            values.set(0, cell.view());
            out.push((name.clone(), no, shape, ComputedChunk { values, errors: Bits::default() }));
        }
        Ok(Self(out))
    }

    /// How the value for a field looks.
    pub fn shape(&self, no: FieldNo) -> Option<Shape> {
        self.0.iter().find(|(_, held, ..)| *held == no).map(|(_, _, shape, _)| *shape)
    }

    pub fn value(&self, no: FieldNo) -> Option<&ComputedChunk> {
        self.0.iter().find(|(_, held, ..)| *held == no).map(|(.., value)| value)
    }

    /// What a name stands for, which may be written in other letters, as names of fields are.
    pub fn named(&self, name: &str) -> Option<(FieldNo, Shape)> {
        let found = self.0.iter().find(|(held, ..)| reads_alike(held, name));
        let (_, no, shape, _) = found.or_else(|| self.0.iter().find(|(held, ..)| same_name(held, name)))?;
        Some((*no, *shape))
    }
}

/// Choices are given as texts.
fn plain(shape: Shape) -> Shape {
    match shape {
        Shape::Choice | Shape::Choices => Shape::Text,
        shape => shape,
    }
}

fn kind(shape: Shape) -> Kind {
    match shape {
        Shape::Number => Kind::Number,
        Shape::Flag => Kind::Flag,
        Shape::Date | Shape::DateTime => Kind::Time,
        Shape::List(_) | Shape::Places(_) => Kind::Values,
        Shape::Text | Shape::Choice | Shape::Choices => Kind::Text,
    }
}

/// What a value is that stands for no field.
fn shape_of(value: &Value) -> Result<Shape, String> {
    Ok(match value {
        Value::Number(_) => Shape::Number,
        Value::Bool(_) => Shape::Flag,
        Value::Null | Value::String(_) => Shape::Text,
        Value::Array(items) if items.iter().any(|item| item.is_array() || item.is_object()) => {
            return Err("takes a list of numbers, of texts, or of true and false".to_owned());
        }
        Value::Array(items) => Shape::List(match items.iter().find(|item| !item.is_null()) {
            Some(Value::Number(_)) => FormulaType::Number,
            Some(Value::Bool(_)) => FormulaType::Flag,
            _ => FormulaType::Text,
        }),
        Value::Object(_) => {
            return Err("is an object, and a value is a text, a number, true, false or a list".to_owned());
        }
    })
}

fn cell(shape: Shape, value: &Value) -> Result<CellValue, String> {
    let item = match shape {
        _ if value.is_null() => return Ok(CellValue::Empty),
        Shape::Number => FormulaType::Number,
        Shape::Flag => FormulaType::Flag,
        Shape::Date => FormulaType::Date,
        Shape::DateTime => FormulaType::DateTime,
        Shape::Text | Shape::Choice | Shape::Choices => FormulaType::Text,
        Shape::List(item) | Shape::Places(item) => {
            let items = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
            if items.len() > ITEMS {
                return Err(format!("has at most {ITEMS} values"));
            }
            let listed =
                |value| one(item, value).map_err(|told| told.replacen("takes ", "takes a list, each value ", 1));
            return items.iter().map(listed).collect::<Result<_, _>>().map(CellValue::Values);
        }
    };
    match value {
        // Several choices, and the names of links.
        Value::Array(items) if item == FormulaType::Text => {
            let texts = items.iter().map(|item| item.as_str().ok_or("takes a text or a list of texts"));
            one(item, &Value::String(texts.collect::<Result<Vec<_>, _>>()?.join(", ")))
        }
        value => one(item, value),
    }
}

fn one(wanted: FormulaType, value: &Value) -> Result<CellValue, String> {
    let text = value.as_str();
    let found = match wanted {
        _ if value.is_null() => Some(CellValue::Empty),
        FormulaType::Number => value.as_f64().map(CellValue::Number),
        FormulaType::Flag => value.as_bool().map(|flag| if flag { CellValue::Flag(true) } else { CellValue::Empty }),
        FormulaType::Text => text.map(|text| CellValue::Text(text.to_owned())),
        FormulaType::Date => text.and_then(parse_iso_day).map(|day| CellValue::Time(day.0)),
        FormulaType::DateTime => {
            text.and_then(|text| parse_iso_time(text, &TimeZone::UTC)).map(|time| CellValue::Time(time.0))
        }
    };
    match found {
        Some(CellValue::Text(text)) if text.chars().nth(MAX_TEXT).is_some() => {
            Err(format!("is a text of more than {MAX_TEXT} characters"))
        }
        Some(found) => Ok(found),
        None => Err(match wanted {
            FormulaType::Number => "takes a number".to_owned(),
            FormulaType::Flag => "takes true or false".to_owned(),
            FormulaType::Text => "takes a text".to_owned(),
            FormulaType::Date => "takes a day such as \"2026-03-01\"".to_owned(),
            FormulaType::DateTime => "takes a time such as \"2026-03-01T09:30:00.000Z\"".to_owned(),
        }),
    }
}
