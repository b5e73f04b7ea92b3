//! What the fields of people have in common. A cell holds user ids, joined with commas; names are those of today.

use model::{CellValue, Field, People, Person, UserId};
use serde_json::{Map, Value, json};

use crate::field_type::{Incoming, Reading};
use crate::list::split_names;
use crate::problem::CellProblem;

/// Most people of a cell.
pub(super) const MOST: usize = 1_000;

/// `{"id"}` or `{"email"}`, or a list of such; also the bare id or address. With typecast names too, and those whom
/// nobody knows are left out.
pub(super) fn read(field: &Field, value: &Value, cx: &Reading, most: usize) -> Result<Incoming, CellProblem> {
    let names: Vec<Value>;
    let asked = match value {
        Value::Array(items) => items.as_slice(),
        Value::String(text) if cx.typecast && most > 1 => {
            names = split_names(text).into_iter().map(Value::String).collect();
            names.as_slice()
        }
        item => std::slice::from_ref(item),
    };
    let mut ids: Vec<String> = Vec::with_capacity(asked.len());
    for item in asked {
        let id = match found(field, item, cx) {
            Ok(person) => person.id.to_string(),
            Err(CellProblem::UnknownPerson { .. }) if cx.typecast => continue,
            Err(problem) => return Err(problem),
        };
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    if ids.len() > most {
        return Err(CellProblem::TooManyPeople { field: field.name.clone(), count: ids.len(), most });
    }
    Ok(if ids.is_empty() { Incoming::EMPTY } else { Incoming::Cell(CellValue::Text(ids.join(","))) })
}

fn found<'p>(field: &Field, value: &Value, cx: &'p Reading) -> Result<&'p Person, CellProblem> {
    let text = |part: &Map<String, Value>, key: &str| part.get(key).and_then(Value::as_str).map(str::to_owned);
    let (id, other) = match value {
        Value::Object(part) => (text(part, "id"), text(part, "email")),
        Value::String(text) if text.parse::<UserId>().is_ok() => (Some(text.clone()), None),
        Value::String(text) => (None, Some(text.clone())),
        _ => return Err(CellProblem::rejected(field)),
    };
    let by_id = |id: &String| cx.people.get(id.parse().ok()?).filter(|person| person.member);
    let found = match (&id, &other) {
        (Some(id), None) => by_id(id),
        (Some(id), Some(email)) => by_id(id).or_else(|| cx.people.by_email(email).filter(|_| cx.moved)),
        (None, Some(email)) => {
            let named = || if cx.typecast { cx.people.by_name(email) } else { None };
            cx.people.by_email(email).or_else(named)
        }
        (None, None) => return Err(CellProblem::rejected(field)),
    };
    let asked = id.or(other).unwrap_or_default();
    found.ok_or_else(|| CellProblem::unknown_person(field, &asked))
}

/// Appends the names of people, joined with `, `; of one who is not known the id.
pub fn push_names(ids: &[UserId], people: &People, out: &mut String) {
    for (index, id) in ids.iter().enumerate() {
        out.push_str(if index == 0 { "" } else { ", " });
        match people.get(*id) {
            Some(person) => out.push_str(&person.name),
            None => out.push_str(&id.to_string()),
        }
    }
}

/// The read form of a person; of one who is not known the id.
pub fn person(id: UserId, people: &People) -> Value {
    match people.get(id) {
        Some(person) => json!({ "id": id, "email": person.email, "name": person.name }),
        None => json!({ "id": id }),
    }
}
