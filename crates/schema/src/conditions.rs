//! Conditions on records: read from the trees that views and tools send, and made into filters.

mod days;

use model::{ChoiceId, Comparison, Condition, Field, FieldId, Kind, Table, Timestamp};
use query::{Filter, Op, Operand, QueryError, Term};
use serde_json::Value;

use crate::closest::closest;

/// Most values of a list.
const MAX_LIST: usize = 1_000;

/// Every operator with its name.
const OPS: [(&str, Op); 17] = [
    ("=", Op::Equal),
    ("!=", Op::NotEqual),
    ("<", Op::Less),
    ("<=", Op::LessOrEqual),
    (">", Op::Greater),
    (">=", Op::GreaterOrEqual),
    ("is_within", Op::IsWithin),
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

/// Why a condition cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConditionError {
    /// It names a field that the table has not.
    #[error("there is no field `{name}` in this table{hint}")]
    UnknownField {
        /// What it names.
        name: String,
        /// The closest names, as a clause.
        hint: String,
        /// Where in the tree, as a JSON pointer.
        at: String,
    },
    /// It asks what cannot be asked.
    #[error("{reason}")]
    Wrong {
        /// What is wrong and what would be right.
        reason: String,
        /// Where in the tree, as a JSON pointer.
        at: String,
    },
}

fn wrong(at: &str, reason: impl Into<String>) -> ConditionError {
    ConditionError::Wrong { reason: reason.into(), at: at.to_owned() }
}

/// The condition that a tree says: `{"and": […]}`, `{"or": […]}`, `{"not": …}` or `{"field", "op", "value"}`. Fields are
/// named by name or id.
///
/// # Errors
/// [`ConditionError`] with the place.
pub fn read_condition(table: &Table, tree: &Value) -> Result<Condition, ConditionError> {
    read(&|name| table.field(name).map(|field| field.id), table, (tree, ""), query::MAX_DEPTH)
}

/// As [`read_condition`], and fields that are in the trash may be named by their ids.
pub(crate) fn read_kept(table: &Table, tree: &Value) -> Result<Condition, ConditionError> {
    let trashed = |name: &str| held(table, name.parse().ok()?);
    let find = |name: &str| table.field(name).map(AsRef::as_ref).or_else(|| trashed(name)).map(|field| field.id);
    read(&find, table, (tree, ""), query::MAX_DEPTH)
}

/// The field with this id, in the trash or not.
pub(crate) fn held(table: &Table, id: FieldId) -> Option<&Field> {
    table.fields.iter().find(|field| field.id == id).map(AsRef::as_ref)
}

fn read(
    find: &dyn Fn(&str) -> Option<FieldId>,
    table: &Table,
    (tree, at): (&Value, &str),
    depth: usize,
) -> Result<Condition, ConditionError> {
    let depth = depth.checked_sub(1).ok_or_else(|| wrong(at, "the filter nests too deeply"))?;
    let Value::Object(node) = tree else { return Err(shape(tree, at)) };
    let all = |parts: &Value, key: &str| {
        let Value::Array(parts) = parts else { return Err(shape(tree, at)) };
        let part = |(index, part)| read(find, table, (part, &format!("{at}/{key}/{index}")), depth);
        parts.iter().enumerate().map(part).collect::<Result<Vec<_>, _>>()
    };
    match (node.get("and"), node.get("or"), node.get("not"), node.get("field")) {
        (Some(parts), None, None, None) => Ok(Condition::And { and: all(parts, "and")? }),
        (None, Some(parts), None, None) => Ok(Condition::Or { or: all(parts, "or")? }),
        (None, None, Some(part), None) => {
            Ok(Condition::Not { not: Box::new(read(find, table, (part, &format!("{at}/not")), depth)?) })
        }
        (None, None, None, Some(Value::String(name))) => {
            let field = find(name).ok_or_else(|| unknown(table, name, at))?;
            let op = node.get("op").and_then(Value::as_str).unwrap_or("=");
            operator(op, at)?;
            let value = node.get("value").cloned().unwrap_or_default();
            Ok(Condition::Test(Comparison { field, op: op.to_owned(), value }))
        }
        _ => Err(shape(tree, at)),
    }
}

fn unknown(table: &Table, name: &str, at: &str) -> ConditionError {
    let hint = closest(name, table.live_fields().map(|field| field.name.as_str()));
    ConditionError::UnknownField { name: name.chars().take(255).collect(), hint, at: format!("{at}/field") }
}

fn operator(name: &str, at: &str) -> Result<Op, ConditionError> {
    OPS.iter().find(|(held, _)| *held == name).map(|(_, op)| *op).ok_or_else(|| {
        let names: Vec<&str> = OPS.iter().map(|(name, _)| *name).collect();
        let given: String = name.chars().take(64).collect();
        wrong(&format!("{at}/op"), format!("there is no filter operator `{given}`; there are {}", names.join(", ")))
    })
}

/// What a value of a link field means: the records with such a text.
type Links<'l, E> = &'l dyn Fn(&Field, Op, &Value) -> Result<Filter, E>;

/// What values mean that say it by something else.
struct Meaning<'l, E> {
    /// For days that are told by how far they are from today.
    now: Timestamp,
    links: Links<'l, E>,
}

/// The filter that a condition says at this time.
///
/// # Errors
/// [`ConditionError`] where a value does not fit its field; those of `links`.
pub fn condition_filter<E: From<ConditionError>>(
    table: &Table,
    condition: &Condition,
    now: Timestamp,
    links: Links<'_, E>,
) -> Result<Filter, E> {
    filter_at(table, condition, "", &Meaning { now, links })
}

fn filter_at<E: From<ConditionError>>(
    table: &Table,
    condition: &Condition,
    at: &str,
    means: &Meaning<'_, E>,
) -> Result<Filter, E> {
    let all = |parts: &[Condition], key: &str| {
        let part = |(index, part)| filter_at(table, part, &format!("{at}/{key}/{index}"), means);
        parts.iter().enumerate().map(part).collect::<Result<Vec<_>, _>>()
    };
    match condition {
        Condition::And { and } => all(and, "and").map(Filter::And),
        Condition::Or { or } => all(or, "or").map(Filter::Or),
        Condition::Not { not } => Ok(Filter::Not(Box::new(filter_at(table, not, &format!("{at}/not"), means)?))),
        Condition::Test(test) => {
            let field = held(table, test.field).ok_or_else(|| unknown(table, &test.field.to_string(), at))?;
            let filter = compared(field, test, at, means)?;
            // A list of values is bounded with the rest of the filter.
            match query::check(&filter, |_| Some(field.kind.column())) {
                Err(QueryError::Mismatch { asked, .. }) => Err(not_allowed(field, asked, at).into()),
                _ => Ok(filter),
            }
        }
    }
}

fn not_allowed(field: &Field, asked: &str, at: &str) -> ConditionError {
    let kind = fields::of(&field.kind).name();
    wrong(&format!("{at}/op"), format!("field `{}` is of type {kind} and does not allow `{asked}`", field.name))
}

fn compared<E: From<ConditionError>>(
    field: &Field,
    test: &Comparison,
    at: &str,
    means: &Meaning<'_, E>,
) -> Result<Filter, E> {
    let op = operator(&test.op, at)?;
    if op == Op::IsWithin && field.kind.column() != Kind::Time {
        return Err(not_allowed(field, op.name(), at).into());
    }
    if matches!(op, Op::IsEmpty | Op::IsNotEmpty) {
        return Ok(Filter::Term(Term { field: field.no, op, value: Operand::None }));
    }
    let at = &format!("{at}/value");
    if let Some(positive) = opposite(op) {
        return Ok(Filter::Not(Box::new(matched(field, positive, &test.value, at, means)?)));
    }
    matched(field, op, &test.value, at, means)
}

/// A comparison that blanks do not match.
fn matched<E: From<ConditionError>>(
    field: &Field,
    op: Op,
    value: &Value,
    at: &str,
    means: &Meaning<'_, E>,
) -> Result<Filter, E> {
    match field.kind.column() {
        Kind::Links => each(value, op, at, |op, value| (means.links)(field, op, value)),
        Kind::Choices if op == Op::Equal && value.is_array() => Ok(exactly(field, value, at)?),
        Kind::Choice | Kind::Choices => Ok(choices(field, op, value, at)?),
        _ => Ok(each(value, op, at, |op, value| single(field, op, value, (at, means.now)))?),
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
fn each<E: From<ConditionError>>(
    value: &Value,
    op: Op,
    at: &str,
    one: impl Fn(Op, &Value) -> Result<Filter, E>,
) -> Result<Filter, E> {
    let inner = if matches!(op, Op::IsAnyOf | Op::HasAnyOf | Op::HasAllOf) { Op::Equal } else { op };
    let values = std::slice::from_ref(value);
    let values = value.as_array().map_or(values, Vec::as_slice);
    if values.len() > MAX_LIST {
        return Err(wrong(at, format!("a filter may compare with at most {MAX_LIST} values")).into());
    }
    let mut parts = values.iter().map(|value| one(inner, value)).collect::<Result<Vec<_>, _>>()?;
    match (op, parts.len()) {
        (_, 1) => Ok(parts.remove(0)),
        (Op::HasAllOf, _) => Ok(Filter::And(parts)),
        _ => Ok(Filter::Or(parts)),
    }
}

fn single(field: &Field, op: Op, value: &Value, (at, now): (&str, Timestamp)) -> Result<Filter, ConditionError> {
    let operand = match field.kind.column() {
        Kind::Number => number(value).map(Operand::Number),
        Kind::Flag => flag(value).map(Operand::Flag),
        Kind::Time => match days::relative(field, op, value, (at, now))? {
            None if op == Op::IsWithin => None,
            range => range.or_else(|| days::told(field, value)).map(Operand::Time),
        },
        _ if value.is_null() => None,
        _ => Some(Operand::Text(plain(value))),
    };
    let value = operand.ok_or_else(|| misfit(field, op, value, at))?;
    Ok(Filter::Term(Term { field: field.no, op, value }))
}

/// Choices by their names or ids.
fn choices(field: &Field, op: Op, value: &Value, at: &str) -> Result<Filter, ConditionError> {
    let is_list = field.kind.column() == Kind::Choices;
    each(value, op, at, |inner, value| {
        let Some(select) = field.kind.select() else { return Err(misfit(field, op, value, at)) };
        let id = if inner == Op::Equal { choice_id(value) } else { None };
        let wanted = plain(value).to_lowercase();
        let fits =
            |choice: &model::Choice| Some(choice.id) == id || compares(inner, &choice.name.to_lowercase(), &wanted);
        let numbers = select.choices.iter().filter(|choice| fits(choice)).map(|choice| choice.no).collect();
        let op = if is_list { Op::HasAnyOf } else { Op::IsAnyOf };
        Ok(Filter::Term(Term { field: field.no, op, value: Operand::Choices(numbers) }))
    })
}

/// The list that has all of these choices and no other; none has what is no choice.
fn exactly(field: &Field, value: &Value, at: &str) -> Result<Filter, ConditionError> {
    let values = value.as_array().map(Vec::as_slice).unwrap_or_default();
    if values.len() > MAX_LIST {
        return Err(wrong(at, format!("a filter may compare with at most {MAX_LIST} values")));
    }
    let choices = field.kind.select().map(|select| select.choices.as_slice()).unwrap_or_default();
    let number = |value: &Value| {
        let (id, wanted) = (choice_id(value), plain(value));
        let exact = choices.iter().find(|choice| Some(choice.id) == id || choice.name == wanted);
        let folded = || choices.iter().find(|choice| choice.name.to_lowercase() == wanted.to_lowercase());
        exact.or_else(folded).map(|choice| choice.no)
    };
    let (op, numbers) = match values.iter().map(number).collect::<Option<Vec<u32>>>() {
        Some(mut numbers) => {
            numbers.sort_unstable();
            numbers.dedup();
            (Op::Equal, numbers)
        }
        None => (Op::HasAnyOf, Vec::new()),
    };
    Ok(Filter::Term(Term { field: field.no, op, value: Operand::Choices(numbers) }))
}

fn choice_id(value: &Value) -> Option<ChoiceId> {
    value.as_str()?.parse().ok()
}

/// Compares two texts that are folded already.
pub fn compares(op: Op, held: &str, wanted: &str) -> bool {
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

/// A value as text.
pub fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), |text| text.trim().to_owned())
}

fn number(value: &Value) -> Option<f64> {
    let text = || value.as_str().and_then(|text| text.trim().replace(',', "").parse().ok());
    value.as_f64().or_else(text).filter(|number: &f64| number.is_finite())
}

fn flag(value: &Value) -> Option<bool> {
    value.as_bool().or_else(|| fields::guess::parse_checkbox(value.as_str()?))
}

fn misfit(field: &Field, op: Op, value: &Value, at: &str) -> ConditionError {
    let holds = match field.kind.column() {
        Kind::Number => "numbers",
        Kind::Flag => "true and false",
        Kind::Time => "dates, written 2026-03-01 or 2026-03-01T09:00:00Z, or told as `today` or {\"mode\": …}",
        _ => "other values",
    };
    if value.is_null() {
        let (op, name) = (op.name(), &field.name);
        let reason = format!("`value` is missing: `{op}` compares `{name}` with one; for blanks there is `is_empty`");
        return wrong(at, reason);
    }
    let given: String = value.to_string().chars().take(100).collect();
    wrong(at, format!("`{}` {} {given} cannot be compared: the field holds {holds}", field.name, op.name()))
}

fn shape(tree: &Value, at: &str) -> ConditionError {
    let given: String = tree.to_string().chars().take(100).collect();
    wrong(
        at,
        format!(
            "a filter is {{\"and\": […]}}, {{\"or\": […]}}, {{\"not\": …}} or {{\"field\", \"op\", \"value\"}}, not {given}"
        ),
    )
}

/// The filter of a condition that is only looked at: nobody knows which records a link's value means.
fn looked_at(table: &Table, condition: &Condition) -> Result<Filter, ConditionError> {
    let any = |field: &Field, _: Op, _: &Value| {
        Ok(Filter::Term(Term { field: field.no, op: Op::HasAnyOf, value: Operand::Links(Vec::new()) }))
    };
    // Whether it fits does not depend on the day.
    condition_filter(table, condition, Timestamp(0), &any)
}

/// What of a kept condition still holds: comparisons of fields that are in the trash, or became such that the value no
/// longer fits, are left out, and groups of which nothing is left.
pub fn holding(table: &Table, condition: &Condition) -> Option<Condition> {
    let all = |parts: &[Condition]| -> Option<Vec<Condition>> {
        let parts: Vec<Condition> = parts.iter().filter_map(|part| holding(table, part)).collect();
        if parts.is_empty() { None } else { Some(parts) }
    };
    match condition {
        Condition::And { and } => all(and).map(|and| Condition::And { and }),
        Condition::Or { or } => all(or).map(|or| Condition::Or { or }),
        Condition::Not { not } => holding(table, not).map(|not| Condition::Not { not: Box::new(not) }),
        Condition::Test(test) => {
            table.field_by_id(test.field)?;
            looked_at(table, condition).ok().map(|_| condition.clone())
        }
    }
}

/// The condition as it is kept: checked, and choices by their ids, so that renaming them breaks nothing.
pub(crate) fn kept(table: &Table, tree: &Value) -> Result<Condition, ConditionError> {
    let mut condition = read_kept(table, tree)?;
    name_choices(table, &mut condition, "")?;
    let filter = looked_at(table, &condition)?;
    let kind = |no| table.field_by_no(no).map(|field| field.kind.column());
    query::check(&filter, kind).map_err(|error| wrong("", error.to_string()))?;
    Ok(condition)
}

fn name_choices(table: &Table, condition: &mut Condition, at: &str) -> Result<(), ConditionError> {
    let all = |parts: &mut [Condition], key: &str| {
        let mut parts = parts.iter_mut().enumerate();
        parts.try_for_each(|(index, part)| name_choices(table, part, &format!("{at}/{key}/{index}")))
    };
    match condition {
        Condition::And { and } => all(and, "and"),
        Condition::Or { or } => all(or, "or"),
        Condition::Not { not } => name_choices(table, not, &format!("{at}/not")),
        Condition::Test(test) => {
            let Some(field) = held(table, test.field) else { return Ok(()) };
            let named =
                matches!(test.op.as_str(), "=" | "!=" | "is_any_of" | "is_none_of" | "has_any_of" | "has_all_of");
            match field.kind.select() {
                Some(select) if named => {
                    let values = match &mut test.value {
                        Value::Array(values) => values.as_mut_slice(),
                        value => std::slice::from_mut(value),
                    };
                    values.iter_mut().try_for_each(|value| name_choice((field, select), value, at))
                }
                _ => Ok(()),
            }
        }
    }
}

fn name_choice(
    (field, select): (&Field, &model::SelectOptions),
    value: &mut Value,
    at: &str,
) -> Result<(), ConditionError> {
    let (id, wanted) = (choice_id(value), plain(value).to_lowercase());
    let held = |choice: &&model::Choice| Some(choice.id) == id || choice.name.to_lowercase() == wanted;
    let Some(choice) = select.choices.iter().find(held) else {
        let hint = closest(&wanted, select.choices.iter().map(|choice| choice.name.as_str()));
        let given: String = plain(value).chars().take(64).collect();
        return Err(wrong(&format!("{at}/value"), format!("`{}` has no choice `{given}`{hint}", field.name)));
    };
    *value = Value::String(choice.id.to_string());
    Ok(())
}

#[cfg(test)]
mod tests;
