//! Questions about the base itself: its tables, fields and choices.

#[cfg(test)]
mod tests;

use serde_json::{Value, json};

use super::{
    book::{Book, Kind, Table},
    execute::Outcome,
    mentions::Reading,
    wording,
};

/// The answer to a question about the schema; none when it is about records.
pub fn answer(reading: &Reading, book: &Book) -> Option<Outcome> {
    let says = |any: &[&str]| reading.words.iter().any(|w| any.contains(&w.stem.as_str()));
    let counts = says(&["many"]) || reading.message.to_lowercase().contains("number of");
    let named = named_table(reading).or(only_table(book)).and_then(|at| book.tables.get(at));
    if says(&["field", "column", "attribute"]) || reading.is(0, &["describe"]) && named.is_some() {
        return Some(fields(named?, counts, reading));
    }
    if says(&["table", "sheet", "schema"]) && !mentions_values(reading) && about_tables(reading) {
        return Some(tables(book, counts));
    }
    if says(&["option", "choice"]) {
        return choices(reading, book);
    }
    None
}

fn named_table(reading: &Reading) -> Option<usize> {
    let best = reading.tables.iter().max_by(|a, b| a.quality.total_cmp(&b.quality));
    best.map(|m| m.table)
}

fn only_table(book: &Book) -> Option<usize> {
    (book.tables.len() == 1).then_some(0)
}

fn mentions_values(reading: &Reading) -> bool {
    let strong = |v: &super::mentions::ValueMention| {
        v.exact && reading.words.get(v.start).is_some_and(|w| w.capital && v.start > 0)
    };
    reading.links.iter().flat_map(|l| &l.values).any(strong)
}

/// "what tables are there", "list the tables": few words besides.
fn about_tables(reading: &Reading) -> bool {
    let others = reading.words.iter().filter(|w| {
        !super::lexicon::is_neutral(&w.stem, &w.text)
            && !matches!(w.stem.as_str(), "schema" | "table" | "sheet" | "available")
    });
    let plural = reading.words.iter().any(|w| w.text == "tables");
    others.count() == 0 && (plural || reading.tables.iter().all(|m| m.quality < 0.9))
}

fn tables(book: &Book, counts: bool) -> Outcome {
    let names: Vec<String> = book.tables.iter().map(|t| format!("{} ({} records)", t.name, t.record_count)).collect();
    let text = match names.len() {
        1 => format!("There is 1 table: {}.", wording::series(&names, 1)),
        n => format!("There are {n} tables: {}.", wording::series(&names, 50)),
    };
    let value = if counts { json!(book.tables.len()) } else { book.tables.iter().map(|t| json!(t.name)).collect() };
    Outcome { text, value: Some(value), ..Outcome::default() }
}

fn fields(table: &Table, counts: bool, reading: &Reading) -> Outcome {
    let wanted = |f: &&super::book::Field| match wanted_kind(reading) {
        Some(kind) => kind(f.kind),
        None => true,
    };
    let shown: Vec<_> = table.fields.iter().filter(wanted).collect();
    let names: Vec<String> = shown.iter().map(|f| format!("{} ({})", f.name, kind_name(f.kind))).collect();
    let count = match names.len() {
        1 => "1 field".to_owned(),
        n => format!("{n} fields"),
    };
    let text = format!("{} has {count}: {}.", table.name, wording::series(&names, 60));
    let value = if counts { json!(names.len()) } else { shown.iter().map(|f| json!(f.name)).collect::<Value>() };
    Outcome { text, value: Some(value), ..Outcome::default() }
}

/// "which date fields", "number columns".
fn wanted_kind(reading: &Reading) -> Option<fn(Kind) -> bool> {
    let at = reading.words.iter().position(|w| matches!(w.stem.as_str(), "field" | "column"))?;
    match reading.text(at.checked_sub(1)?) {
        "date" => Some(|k| k == Kind::Date),
        "numeric" => Some(Kind::is_number),
        "link" | "linked" => Some(|k| k == Kind::Link),
        "select" => Some(|k| matches!(k, Kind::Select | Kind::MultiSelect)),
        "checkbox" => Some(|k| k == Kind::Checkbox),
        _ => None,
    }
}

fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "text",
        Kind::Number => "number",
        Kind::Percent => "percent",
        Kind::Duration => "duration",
        Kind::Date => "date",
        Kind::Checkbox => "checkbox",
        Kind::Select => "select",
        Kind::MultiSelect => "multiple select",
        Kind::Link => "link",
    }
}

/// "what are the options of Status?"
fn choices(reading: &Reading, book: &Book) -> Option<Outcome> {
    let named = named_table(reading);
    let mut best: Option<(f32, &super::book::Field)> = None;
    for (at, (links, table)) in reading.links.iter().zip(&book.tables).enumerate() {
        for mention in &links.fields {
            let Some(field) = table.fields.get(mention.field).filter(|f| !f.choices.is_empty()) else { continue };
            let score = mention.quality + if named == Some(at) { 0.5 } else { 0.0 };
            if best.is_none_or(|(known, _)| score > known) {
                best = Some((score, field));
            }
        }
    }
    let (_, field) = best?;
    let text = format!("{} has {} choices: {}.", field.name, field.choices.len(), wording::series(&field.choices, 50));
    Some(Outcome { text, value: Some(json!(field.choices)), ..Outcome::default() })
}
