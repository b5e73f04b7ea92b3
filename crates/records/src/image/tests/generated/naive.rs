//! Computed cells one at a time, from the stored cells as clients read them: slow, and nothing of the engine.

use std::collections::BTreeMap;

use model::Timestamp;
use serde_json::{Map, Value, json};

/// The records of a table by id: what clients read.
pub(super) type Rows = BTreeMap<String, Map<String, Value>>;

#[derive(Debug, Clone)]
pub(super) struct Base {
    pub tables: Vec<Vec<Field>>,
    /// When it is looked at.
    pub now: Timestamp,
}

#[derive(Debug, Clone)]
pub(super) struct Field {
    pub name: String,
    pub kind: Kind,
}

/// Fields are named by their place in the table.
#[derive(Debug, Clone)]
pub(super) enum Kind {
    Number,
    Text,
    Flag,
    Day,
    Select,
    Choices,
    Link { table: usize },
    Lookup { link: usize, target: usize },
    Rollup { link: usize, target: usize, roll: Roll },
    Formula(Form),
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Roll {
    Sum,
    Filled,
    All,
    Joined,
    Most,
    Every,
    Unique,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Form {
    Twice(usize),
    Label(usize, usize),
    Size(usize),
    Sum(usize, usize),
    Length(usize),
    Total(usize, usize),
    Joined(usize),
    Names(usize),
    Flat(usize),
    Late(usize),
    Aged(usize),
}

/// The value of a cell.
#[derive(Debug, Clone, PartialEq)]
enum Cell {
    Blank,
    Number(f64),
    Text(String),
    Flag,
    Day(String),
    List(Vec<Cell>),
    /// The linked records, and the table that they are in.
    Links(usize, Vec<String>),
}

use Cell::{Blank, Day, Flag, Links, List, Number, Text};

impl Cell {
    fn text(&self) -> String {
        match self {
            Blank | Links(..) => String::new(),
            // There is no `-0`.
            Number(number) => (number + 0.0).to_string(),
            Flag => "1".to_owned(),
            Text(text) | Day(text) => text.clone(),
            List(cells) => cells.iter().map(Self::text).collect::<Vec<_>>().join(", "),
        }
    }

    fn number(&self) -> f64 {
        match self {
            Blank => 0.0,
            Number(number) => *number,
            Flag => 1.0,
            _ => f64::NAN,
        }
    }

    fn json(&self) -> Value {
        match self {
            Blank => Value::Null,
            Number(number) if number.is_nan() => json!({ "specialValue": "NaN" }),
            Number(number) if number.fract() == 0.0 => json!(*number as i64),
            Number(number) => json!(number),
            Text(text) | Day(text) if text.is_empty() => Value::Null,
            Text(text) | Day(text) => json!(text),
            Flag => json!(true),
            List(cells) if cells.is_empty() => Value::Null,
            List(cells) => cells.iter().map(Self::json).collect(),
            Links(_, ids) if ids.is_empty() => Value::Null,
            Links(_, ids) => json!(ids),
        }
    }
}

impl Kind {
    pub fn is_computed(&self) -> bool {
        matches!(self, Self::Lookup { .. } | Self::Rollup { .. } | Self::Formula(_))
    }

    /// True for fields of which each cell is a number or blank.
    pub fn is_number(&self) -> bool {
        match self {
            Self::Number => true,
            Self::Rollup { roll, .. } => matches!(roll, Roll::Sum | Roll::Filled | Roll::All | Roll::Most),
            Self::Formula(form) => {
                matches!(form, Form::Twice(_) | Form::Sum(..) | Form::Length(_) | Form::Total(..) | Form::Aged(_))
            }
            _ => false,
        }
    }
}

impl Field {
    /// How a plain field is made.
    pub fn body(&self) -> Value {
        let choices = |names: [&str; 3]| json!({ "choices": names.map(|name| json!({ "name": name })) });
        let (name, options) = match self.kind {
            Kind::Number => ("number", json!({ "precision": 1 })),
            Kind::Flag => ("checkbox", json!({ "icon": "check", "color": "redBright" })),
            Kind::Day => ("date", json!({ "dateFormat": { "name": "iso" } })),
            Kind::Select => ("singleSelect", choices(["red", "green", "blue"])),
            Kind::Choices => ("multipleSelects", choices(["p", "q", "r"])),
            _ => ("singleLineText", Value::Null),
        };
        json!({ "name": self.name, "type": name, "options": options })
    }
}

impl Base {
    /// How a computed field is made.
    pub fn computed_body(&self, table: usize, field: &Field) -> Value {
        let name = |at: &usize| self.tables[table][*at].name.clone();
        let through = |link: usize, target: usize| {
            let Kind::Link { table: other } = self.tables[table][link].kind else { unreachable!() };
            json!({ "recordLinkFieldId": name(&link), "fieldIdInLinkedTable": self.tables[other][target].name })
        };
        let (kind, options) = match &field.kind {
            Kind::Lookup { link, target } => ("multipleLookupValues", through(*link, *target)),
            Kind::Rollup { link, target, roll } => {
                let mut options = through(*link, *target);
                options["formula"] = json!(match roll {
                    Roll::Sum => "SUM(values)",
                    Roll::Filled => "COUNTA(values)",
                    Roll::All => "COUNTALL(values)",
                    Roll::Joined => "ARRAYJOIN(values, '; ')",
                    Roll::Most => "MAX(values)",
                    Roll::Every => "AND(values)",
                    Roll::Unique => "ARRAYUNIQUE(values)",
                });
                ("rollup", options)
            }
            Kind::Formula(form) => {
                let text = match form {
                    Form::Twice(a) => format!("{{{}}}*2", name(a)),
                    Form::Label(a, b) => format!("{{{}}}&' '&{{{}}}", name(a), name(b)),
                    Form::Size(a) => format!("IF({{{}}}>50, 'big', 'small')", name(a)),
                    Form::Sum(a, b) => format!("{{{}}}+{{{}}}", name(a), name(b)),
                    Form::Length(a) => format!("LEN({{{}}})", name(a)),
                    Form::Total(a, b) => format!("SUM({{{}}}, {{{}}})", name(a), name(b)),
                    Form::Joined(a) => format!("ARRAYJOIN({{{}}}, '/')", name(a)),
                    Form::Names(a) => format!("{{{}}}&'!'", name(a)),
                    Form::Flat(a) => format!("'<'&{{{}}}&'>'", name(a)),
                    Form::Late(a) => format!("IF({{{0}}}, IF({{{0}}}<TODAY(), 'late', 'in time'))", name(a)),
                    Form::Aged(a) => format!("{{{}}}+DATETIME_DIFF(NOW(), '2026-01-01', 'minutes')", name(a)),
                };
                ("formula", json!({ "formula": text }))
            }
            other => unreachable!("{other:?}"),
        };
        json!({ "name": field.name, "type": kind, "options": options })
    }

    /// What clients should read in a cell.
    pub fn json(&self, rows: &[Rows], record: (usize, &str), field: usize) -> Value {
        match self.cell(rows, record, field) {
            // Lookups of links show ids.
            List(cells) => {
                let plain = cells.into_iter().flat_map(|cell| match cell {
                    Links(_, ids) => ids.into_iter().map(Text).collect(),
                    cell => vec![cell],
                });
                List(plain.collect()).json()
            }
            cell => cell.json(),
        }
    }

    fn cell(&self, rows: &[Rows], (table, id): (usize, &str), field: usize) -> Cell {
        let field = &self.tables[table][field];
        let stored = || rows[table][id].get(&field.name).cloned().unwrap_or_default();
        match (&field.kind, stored()) {
            (Kind::Lookup { link, target }, _) => self.values(rows, (table, id), *link, *target, false),
            (Kind::Rollup { link, target, roll }, _) => {
                let mut values = self.named(rows, self.values(rows, (table, id), *link, *target, true));
                if let (Roll::Unique, Kind::Link { table: other }) = (roll, &self.tables[table][*link].kind)
                    && let Kind::Flag = self.tables[*other][*target].kind
                {
                    // A list of checkboxes has 1 and 0, as formulas have it.
                    values.iter_mut().filter(|cell| **cell == Blank).for_each(|cell| *cell = Number(0.0));
                }
                rolled(*roll, &values)
            }
            (Kind::Formula(form), _) => self.formula(rows, (table, id), *form),
            (_, Value::Null) if matches!(field.kind, Kind::Link { .. }) => Blank,
            (_, Value::Null) => Blank,
            (Kind::Number, value) => Number(value.as_f64().unwrap()),
            (Kind::Flag, _) => Flag,
            (Kind::Day, value) => Day(value.as_str().unwrap().to_owned()),
            (Kind::Choices, value) => {
                List(value.as_array().unwrap().iter().map(|name| Text(name.as_str().unwrap().to_owned())).collect())
            }
            (Kind::Link { table }, value) => {
                let ids = value.as_array().unwrap().iter().map(|id| id.as_str().unwrap().to_owned());
                Links(*table, ids.collect())
            }
            (_, value) => Text(value.as_str().unwrap().to_owned()),
        }
    }

    /// The values of a field of linked records.
    fn values(&self, rows: &[Rows], record: (usize, &str), link: usize, target: usize, blanks: bool) -> Cell {
        let Links(other, ids) = self.cell(rows, record, link) else { return List(Vec::new()) };
        let is_lookup = matches!(self.tables[other][target].kind, Kind::Lookup { .. });
        let mut all = Vec::new();
        for id in ids {
            let mut cell = self.cell(rows, (other, &id), target);
            if blanks && is_lookup {
                cell = List(self.filled(rows, cell));
            }
            match cell {
                List(cells) if blanks && cells.is_empty() => all.push(Blank),
                List(cells) => all.extend(cells.into_iter().filter(|cell| blanks || *cell != Blank)),
                Blank if !blanks => {}
                Text(text) if text.is_empty() => all.extend(blanks.then_some(Blank)),
                cell => all.push(cell),
            }
        }
        List(all)
    }

    /// Linked records by their names; of a list the values one by one.
    fn named(&self, rows: &[Rows], cell: Cell) -> Vec<Cell> {
        match cell {
            Links(table, ids) => ids.iter().map(|id| Text(self.cell(rows, (table, id), 0).text())).collect(),
            List(cells) => cells.into_iter().flat_map(|cell| self.named(rows, cell)).collect(),
            cell => vec![cell],
        }
    }

    /// What a lookup holds: links by name, and no names that are empty.
    fn filled(&self, rows: &[Rows], cell: Cell) -> Vec<Cell> {
        self.named(rows, cell).into_iter().filter(|value| !value.text().is_empty()).collect()
    }

    fn formula(&self, rows: &[Rows], record: (usize, &str), form: Form) -> Cell {
        let cell = |at: usize| self.cell(rows, record, at);
        let list = |at: usize| self.filled(rows, cell(at));
        let join = |values: &[Cell], between: &str| values.iter().map(Cell::text).collect::<Vec<_>>().join(between);
        match form {
            Form::Twice(a) => Number(cell(a).number() * 2.0),
            Form::Label(a, b) => Text(format!("{} {}", cell(a).text(), cell(b).text())),
            Form::Size(a) => Text(if cell(a).number() > 50.0 { "big" } else { "small" }.to_owned()),
            Form::Sum(a, b) => Number(cell(a).number() + cell(b).number()),
            Form::Length(a) => Number(cell(a).text().chars().count() as f64),
            Form::Total(a, b) => {
                let numbers = list(a).into_iter().chain([cell(b)]).filter(|c| matches!(c, Number(_) | Flag));
                Number(numbers.map(|cell| cell.number()).sum())
            }
            Form::Joined(a) => Text(join(&list(a), "/")),
            Form::Names(a) => {
                let Links(table, ids) = cell(a) else { return Text("!".to_owned()) };
                let names: Vec<Cell> = ids.iter().map(|id| Text(self.cell(rows, (table, id), 0).text())).collect();
                Text(format!("{}!", join(&names, ", ")))
            }
            Form::Flat(a) => Text(format!("<{}>", join(&list(a), ", "))),
            Form::Late(a) => match cell(a) {
                Day(day) => Text(if day.as_str() < &self.now.iso()[..10] { "late" } else { "in time" }.to_owned()),
                _ => Blank,
            },
            Form::Aged(a) => {
                let minutes = (self.now.0 - Timestamp::from_date(2026, 1, 1).0) / 60_000_000;
                Number(cell(a).number() + (minutes / 5 * 5) as f64)
            }
        }
    }
}

fn rolled(roll: Roll, values: &[Cell]) -> Cell {
    let blank = |cell: &Cell| cell.text().is_empty();
    let numbers = || values.iter().filter(|cell| matches!(cell, Number(_) | Flag)).map(Cell::number);
    match roll {
        Roll::Sum => Number(numbers().sum()),
        Roll::Filled => Number(values.iter().filter(|cell| !blank(cell)).count() as f64),
        Roll::All => Number(values.len() as f64),
        Roll::Joined => Text(values.iter().map(Cell::text).collect::<Vec<_>>().join("; ")),
        Roll::Most => Number(numbers().reduce(f64::max).unwrap_or(0.0)),
        Roll::Every => Number(f64::from(u8::from(values.iter().all(|cell| cell.number() != 0.0)))),
        Roll::Unique => {
            let mut seen: Vec<Cell> = Vec::new();
            for cell in values {
                let cell = if *cell == Flag { Number(1.0) } else { cell.clone() };
                if !seen.iter().any(|held| *held == cell || blank(held) && blank(&cell)) {
                    seen.push(cell);
                }
            }
            List(seen.into_iter().map(|cell| if blank(&cell) { Blank } else { cell }).collect())
        }
    }
}
