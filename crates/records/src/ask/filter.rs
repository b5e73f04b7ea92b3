//! Filter trees as tools send them, read against a table.

use model::{Field, Kind, Ordinal, Table};
use query::{Filter, Op, Operand, Term, TimeRange};
use serde_json::Value;

use super::field;
use crate::error::Error;
use crate::image::View;

/// Most values of a list.
const MAX_LIST: usize = 1_000;
/// One day in microseconds.
const DAY: i64 = 86_400_000_000;

/// Every operator with its name.
const OPS: [(&str, Op); 16] = [
    ("=", Op::Equal),
    ("!=", Op::NotEqual),
    ("<", Op::Less),
    ("<=", Op::LessOrEqual),
    (">", Op::Greater),
    (">=", Op::GreaterOrEqual),
    ("contains", Op::Contains),
    ("not_contains", Op::NotContains),
    ("starts_with", Op::StartsWith),
    ("ends_with", Op::EndsWith),
    ("is_empty", Op::IsEmpty),
    ("is_not_empty", Op::IsNotEmpty),
    ("is_any_of", Op::IsAnyOf),
    ("is_none_of", Op::IsNoneOf),
    ("has_any_of", Op::HasAnyOf),
    ("has_all_of", Op::HasAllOf),
];

/// Reads the trees of one table.
pub(super) struct Tree<'v> {
    pub view: &'v View,
    pub table: &'v Table,
}

impl Tree<'_> {
    /// The filter that a tree says: `{"and": […]}`, `{"or": […]}`, `{"not": …}` or `{"field", "op", "value"}`.
    pub fn read(&self, tree: &Value) -> Result<Filter, Error> {
        self.node(tree, query::MAX_DEPTH)
    }

    fn node(&self, tree: &Value, depth: usize) -> Result<Filter, Error> {
        let depth = depth.checked_sub(1).ok_or_else(|| wrong("the filter nests too deeply"))?;
        let Value::Object(node) = tree else { return Err(shape(tree)) };
        let all = |parts: &Value| {
            let Value::Array(parts) = parts else { return Err(shape(tree)) };
            parts.iter().map(|part| self.node(part, depth)).collect::<Result<Vec<_>, _>>()
        };
        match (node.get("and"), node.get("or"), node.get("not"), node.get("field")) {
            (Some(parts), None, None, None) => all(parts).map(Filter::And),
            (None, Some(parts), None, None) => all(parts).map(Filter::Or),
            (None, None, Some(part), None) => Ok(Filter::Not(Box::new(self.node(part, depth)?))),
            (None, None, None, Some(Value::String(name))) => {
                let op = node.get("op").and_then(Value::as_str).unwrap_or("=");
                self.term(name, op, node.get("value").unwrap_or(&Value::Null))
            }
            _ => Err(shape(tree)),
        }
    }

    fn term(&self, name: &str, op: &str, value: &Value) -> Result<Filter, Error> {
        let field = field(self.table, name)?;
        let names: Vec<&str> = OPS.iter().map(|(name, _)| *name).collect();
        let found = OPS.iter().find(|(name, _)| *name == op).map(|(_, op)| *op);
        let op = found.ok_or_else(|| {
            let given: String = op.chars().take(64).collect();
            wrong(format!("there is no filter operator `{given}`; there are {}", names.join(", ")))
        })?;
        let term = |op, value| Filter::Term(Term { field: field.no, op, value });
        if matches!(op, Op::IsEmpty | Op::IsNotEmpty) {
            return Ok(term(op, Operand::None));
        }
        if let Some(positive) = opposite(op) {
            return Ok(Filter::Not(Box::new(self.positive(field, positive, value)?)));
        }
        self.positive(field, op, value)
    }

    /// A comparison that blanks do not match.
    fn positive(&self, field: &Field, op: Op, value: &Value) -> Result<Filter, Error> {
        match field.kind.column() {
            Kind::Links => self.links(field, op, value),
            Kind::Choice | Kind::Choices => choices(field, op, value),
            _ => each(value, op, |op, value| single(field, op, value)),
        }
    }

    /// Links are compared by the texts of the linked records.
    fn links(&self, field: &Field, op: Op, value: &Value) -> Result<Filter, Error> {
        each(value, op, |op, value| {
            let Some(options) = field.kind.link() else { return Err(misfit(field, op, value)) };
            let Some(other) = self.view.image.schema.table_by_no(options.linked_table_no) else {
                return Ok(Filter::Or(Vec::new()));
            };
            let rows = self.view.image.table(options.linked_table_no);
            let wanted = plain(value).to_lowercase();
            let mut found = Vec::new();
            for ordinal in rows.live.ones().map(|ordinal| Ordinal(ordinal as u32)) {
                let by_id = rows.ids.get(ordinal).is_some_and(|id| Some(&*id.to_string()) == value.as_str());
                if by_id || compares(op, &self.view.title(other, &rows, ordinal)?.to_lowercase(), &wanted) {
                    found.push(ordinal.0);
                }
            }
            Ok(Filter::Term(Term { field: field.no, op: Op::HasAnyOf, value: Operand::Links(found) }))
        })
    }
}

/// The operator whose opposite this one is.
fn opposite(op: Op) -> Option<Op> {
    Some(match op {
        Op::NotEqual => Op::Equal,
        Op::NotContains => Op::Contains,
        Op::IsNoneOf => Op::IsAnyOf,
        _ => return None,
    })
}

/// Opens a list of values: one of them, or all of them, must match.
fn each(value: &Value, op: Op, one: impl Fn(Op, &Value) -> Result<Filter, Error>) -> Result<Filter, Error> {
    let inner = if matches!(op, Op::IsAnyOf | Op::HasAnyOf | Op::HasAllOf) { Op::Equal } else { op };
    let values = std::slice::from_ref(value);
    let values = value.as_array().map_or(values, Vec::as_slice);
    if values.len() > MAX_LIST {
        return Err(wrong(format!("a filter may compare with at most {MAX_LIST} values")));
    }
    let mut parts = values.iter().map(|value| one(inner, value)).collect::<Result<Vec<_>, _>>()?;
    match (op, parts.len()) {
        (_, 1) => Ok(parts.remove(0)),
        (Op::HasAllOf, _) => Ok(Filter::And(parts)),
        _ => Ok(Filter::Or(parts)),
    }
}

fn single(field: &Field, op: Op, value: &Value) -> Result<Filter, Error> {
    let operand = match field.kind.column() {
        Kind::Number => number(value).map(Operand::Number),
        Kind::Flag => flag(value).map(Operand::Flag),
        Kind::Time => time(value).map(Operand::Time),
        _ if value.is_null() => None,
        _ => Some(Operand::Text(plain(value))),
    };
    let value = operand.ok_or_else(|| misfit(field, op, value))?;
    Ok(Filter::Term(Term { field: field.no, op, value }))
}

/// Choices by their names.
fn choices(field: &Field, op: Op, value: &Value) -> Result<Filter, Error> {
    let is_list = field.kind.column() == Kind::Choices;
    each(value, op, |inner, value| {
        let Some(select) = field.kind.select() else { return Err(misfit(field, op, value)) };
        let wanted = plain(value).to_lowercase();
        let fits = |name: &str| compares(inner, &name.to_lowercase(), &wanted);
        let numbers = select.choices.iter().filter(|choice| fits(&choice.name)).map(|choice| choice.no).collect();
        let op = if is_list { Op::HasAnyOf } else { Op::IsAnyOf };
        Ok(Filter::Term(Term { field: field.no, op, value: Operand::Choices(numbers) }))
    })
}

/// Compares two texts that are folded already.
fn compares(op: Op, held: &str, wanted: &str) -> bool {
    match op {
        Op::Contains => held.contains(wanted),
        Op::StartsWith => held.starts_with(wanted),
        Op::EndsWith => held.ends_with(wanted),
        Op::Less => held < wanted,
        Op::LessOrEqual => held <= wanted,
        Op::Greater => held > wanted,
        Op::GreaterOrEqual => held >= wanted,
        _ => held == wanted,
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), |text| text.trim().to_owned())
}

fn number(value: &Value) -> Option<f64> {
    let text = || value.as_str().and_then(|text| text.trim().replace(',', "").parse().ok());
    value.as_f64().or_else(text).filter(|number: &f64| number.is_finite())
}

fn flag(value: &Value) -> Option<bool> {
    value.as_bool().or_else(|| fields::guess::parse_checkbox(value.as_str()?))
}

/// A day, `2026-03-01`, or a moment, `2026-03-01T09:00:00Z`.
fn time(value: &Value) -> Option<TimeRange> {
    let text = value.as_str()?.trim();
    if let Some(day) = fields::guess::parse_iso_day(text) {
        return Some(TimeRange { from: day.0, until: day.0 + DAY });
    }
    fields::guess::parse_iso_time(text, &jiff::tz::TimeZone::UTC).map(|time| TimeRange::at(time.0))
}

fn misfit(field: &Field, op: Op, value: &Value) -> Error {
    let holds = match field.kind.column() {
        Kind::Number => "numbers",
        Kind::Flag => "true and false",
        Kind::Time => "dates, written 2026-03-01 or 2026-03-01T09:00:00Z",
        _ => "other values",
    };
    let given: String = value.to_string().chars().take(100).collect();
    wrong(format!("`{}` {} {given} cannot be compared: the field holds {holds}", field.name, op.name()))
}

fn shape(tree: &Value) -> Error {
    let given: String = tree.to_string().chars().take(100).collect();
    wrong(format!(
        "a filter is {{\"and\": […]}}, {{\"or\": […]}}, {{\"not\": …}} or {{\"field\", \"op\", \"value\"}}, not {given}"
    ))
}

fn wrong(reason: impl Into<String>) -> Error {
    Error::Filter { reason: reason.into() }
}
