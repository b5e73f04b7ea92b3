//! Why a write is not made, with the requests that would be.

use serde_json::{Value, json};

use super::Write;
use crate::planner::{
    book::{Book, Kind, Table, items},
    desk::Desk,
    execute, lexicon,
    mentions::{Reading, ValueMention},
    toolbox::ToolFailure,
    wording,
};

/// Most records that are offered instead.
const OFFERED: usize = 3;

/// Most names that are compared to find those.
const LOOKED_AT: usize = 50;

/// Why a write is not made.
#[derive(Debug, Clone, PartialEq)]
pub enum Refusal {
    Why(String),
    /// Words `start..end` are no record's name and no condition.
    Unfound {
        start: usize,
        end: usize,
    },
}

impl Refusal {
    pub fn why(why: impl Into<String>) -> Self {
        Self::Why(why.into())
    }

    pub fn unfound(start: usize, end: usize) -> Self {
        Self::Unfound { start, end }
    }

    /// Says why, and what could be typed instead when records are called nearly so.
    pub async fn told(self, desk: &mut Desk<'_>, book: &Book, reading: &Reading) -> Result<Write, ToolFailure> {
        let (start, end) = match self {
            Self::Why(why) => return Ok(Write::refused(why)),
            Self::Unfound { start, end } => trimmed(reading, start, end),
        };
        if start >= end {
            return Ok(Write::refused("I could not tell which records are meant, so nothing was changed."));
        }
        let said = reading.slice(start, end).to_owned();
        let near = near(desk, book, reading, start, end).await?;
        let why = format!("I found no record called “{said}”, so nothing was changed.");
        let instead: Vec<String> = near.iter().map(|name| reading.message.replace(&said, name)).collect();
        Ok(match near.as_slice() {
            [] => Write::refused(why),
            [one] => Write::Refused(format!("{why} There is {one}."), instead),
            _ => Write::Refused(format!("{why} There are {}.", wording::series(&near, OFFERED)), instead),
        })
    }
}

impl From<String> for Refusal {
    fn from(why: String) -> Self {
        Self::Why(why)
    }
}

/// The words without small ones and names of tables at their edges.
fn trimmed(reading: &Reading, mut start: usize, mut end: usize) -> (usize, usize) {
    let small = |at: usize| {
        let word = reading.words.get(at);
        let named = reading.tables.iter().any(|m| m.start == at && m.end == at + 1 && m.quality > 0.8);
        word.is_none_or(|w| !w.quoted && !w.capital && (lexicon::is_plain(&w.text) || named))
    };
    while start < end && small(start) {
        start += 1;
    }
    while start < end && small(end - 1) {
        end -= 1;
    }
    (start, end)
}

/// Names of records that look like the words: written almost so, or holding the first telling word.
async fn near(
    desk: &mut Desk<'_>,
    book: &Book,
    reading: &Reading,
    start: usize,
    end: usize,
) -> Result<Vec<String>, ToolFailure> {
    let alike: Vec<&ValueMention> = book
        .tables
        .iter()
        .zip(&reading.links)
        .flat_map(|(table, links)| links.values.iter().filter(|v| v.field == table.primary))
        .filter(|v| v.start >= start && v.end <= end && !v.exact)
        .collect();
    let mut names: Vec<String> = alike.iter().filter_map(|v| v.value.as_str()).map(str::to_owned).collect();
    let telling = |w: &&crate::planner::text::Word| !lexicon::is_plain(&w.text) && w.text.chars().count() > 2;
    let span = reading.words.get(start..end).unwrap_or_default();
    if let Some(word) = span.iter().find(telling).filter(|w| w.number.is_none()) {
        for table in &book.tables {
            names.extend(holding(desk, book, table, &word.text).await?);
        }
    }
    let said = reading.slice(start, end).to_lowercase();
    let likeness = |name: &String| strsim::normalized_levenshtein(&name.to_lowercase(), &said);
    names.sort_by(|a, b| likeness(b).total_cmp(&likeness(a)).then(a.cmp(b)));
    names.dedup();
    names.truncate(OFFERED);
    Ok(names)
}

async fn holding(desk: &mut Desk<'_>, book: &Book, table: &Table, word: &str) -> Result<Vec<String>, ToolFailure> {
    let Some(primary) = table.fields.get(table.primary).filter(|f| f.kind == Kind::Text) else { return Ok(vec![]) };
    let filter = json!({ "field": primary.name, "op": "contains", "value": word });
    let arguments = json!({ "base": book.base, "table": table.name, "filter": filter, "fields": [primary.name], "limit": LOOKED_AT });
    let found = desk.ask("list_records", arguments).await?;
    let names = items(&found, "records").map(|record| execute::cell(record, &primary.name));
    Ok(names.filter(|name| *name != Value::Null).map(|name| wording::plain(&name)).collect())
}
