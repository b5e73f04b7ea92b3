//! Links the words of a message to tables, fields and cell values of a base.

mod phrases;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use model::Timestamp;
use serde_json::{Value, json};

use super::{
    amounts::{self, Amount},
    book::{Book, Field, Kind, Table, items, string},
    dates,
    desk::Desk,
    lexicon,
    text::{self, Word},
    toolbox::ToolFailure,
};

use phrases::Phrase;

/// A message with everything its words may mean.
#[derive(Debug)]
pub struct Reading {
    pub message: String,
    pub words: Vec<Word>,
    pub now: Timestamp,
    pub amounts: Vec<Amount>,
    pub dates: Vec<dates::Mention>,
    /// Days in figures that may be read two ways.
    pub unclear_days: Vec<dates::Unclear>,
    pub tables: Vec<TableMention>,
    /// One per table of the book.
    pub links: Vec<Links>,
}

/// What the words may mean inside one table.
#[derive(Debug, Clone, Default)]
pub struct Links {
    pub fields: Vec<FieldMention>,
    pub values: Vec<ValueMention>,
}

#[derive(Debug, Clone)]
pub struct TableMention {
    pub start: usize,
    pub end: usize,
    pub table: usize,
    pub quality: f32,
}

#[derive(Debug, Clone)]
pub struct FieldMention {
    pub start: usize,
    pub end: usize,
    pub field: usize,
    /// Share of the field's name that was said.
    pub quality: f32,
    /// A wider mention of another field says these words better.
    pub dominated: bool,
}

#[derive(Debug, Clone)]
pub struct ValueMention {
    pub start: usize,
    pub end: usize,
    pub field: usize,
    pub value: Value,
    pub exact: bool,
    pub score: f32,
    pub count: u64,
}

/// How surely another form of a word is a whole value.
const OTHER_FORM: f32 = 0.93;

impl Reading {
    /// Reads `message` against `book`, looking its phrases up among the cell values.
    ///
    /// # Errors
    /// When the value look-up fails.
    pub async fn of(desk: &mut Desk<'_>, book: &Book, message: &str, now: Timestamp) -> Result<Self, ToolFailure> {
        let mut reading = Self::without_values(book, message, now);
        let phrases = phrases::of(message, &reading.words);
        reading.add_choices(book, &phrases);
        if !phrases.is_empty() {
            let mut asked: Vec<&str> = phrases.iter().map(|p| p.text.as_str()).collect();
            asked.sort_unstable();
            asked.dedup();
            let found = desk.ask("find_values", json!({ "base": book.base, "words": asked })).await?;
            reading.add_values(book, &phrases, &found);
        }
        Ok(reading)
    }

    /// The reading by names alone.
    pub fn without_values(book: &Book, message: &str, now: Timestamp) -> Self {
        let words = text::words(message);
        let links =
            book.tables.iter().map(|t| Links { fields: field_mentions(&words, book, &t.fields), values: vec![] });
        let mut links: Vec<Links> = links.collect();
        leave_whole_names(&mut links);
        Self {
            amounts: amounts::amounts(&words),
            dates: dates::mentions(&words, message, now),
            unclear_days: dates::unclear(&words, message),
            tables: table_mentions(&words, book),
            links,
            message: message.to_owned(),
            words,
            now,
        }
    }

    /// Select choices count as values even when no record has them.
    fn add_choices(&mut self, book: &Book, phrases: &[Phrase]) {
        let mut said: HashMap<String, Vec<&Phrase>> = HashMap::new();
        for phrase in phrases.iter().filter(|p| !p.other_form) {
            said.entry(squeeze(&phrase.text)).or_default().push(phrase);
        }
        for (links, table) in self.links.iter_mut().zip(&book.tables) {
            for (at, field) in table.fields.iter().enumerate() {
                for choice in &field.choices {
                    let folded = squeeze(choice);
                    let form =
                        |w: &&Word| w.text != folded && w.stem == text::stem(&folded) && !lexicon::is_plain(&w.text);
                    let forms = self.words.iter().enumerate().filter(|(_, w)| form(w)).map(|(start, _)| ValueMention {
                        start,
                        end: start + 1,
                        field: at,
                        value: json!(choice),
                        exact: false,
                        score: OTHER_FORM,
                        count: 0,
                    });
                    links.values.extend(forms);
                    let hits = said.get(&folded).into_iter().flatten();
                    links.values.extend(hits.map(|p| ValueMention {
                        start: p.start,
                        end: p.end,
                        field: at,
                        value: json!(choice),
                        exact: true,
                        score: 1.0,
                        count: 0,
                    }));
                }
            }
        }
    }

    fn add_values(&mut self, book: &Book, phrases: &[Phrase], found: &Value) {
        let mut spans: HashMap<&str, Vec<&Phrase>> = HashMap::new();
        for phrase in phrases {
            spans.entry(&phrase.text).or_default().push(phrase);
        }
        for hit in items(found, "matches") {
            let Some(table) = book.table_named(&string(hit, "table")) else { continue };
            let name = string(hit, "field");
            let Some(field) = book.tables.get(table).and_then(|t| t.field_named(&name)) else { continue };
            let exact = hit.get("exact").and_then(Value::as_bool).unwrap_or(false);
            let score = hit.get("score").and_then(Value::as_f64).unwrap_or(0.5) as f32;
            for phrase in spans.get(string(hit, "word").as_str()).into_iter().flatten() {
                let value = hit.get("value").cloned().unwrap_or_default();
                if !exact && (phrase.other_form || !holds_numbers(&value, &phrase.text)) {
                    continue;
                }
                let mention = ValueMention {
                    start: phrase.start,
                    end: phrase.end,
                    field,
                    value,
                    exact: exact && !phrase.other_form,
                    score: if exact && phrase.other_form { OTHER_FORM } else { score },
                    count: hit.get("count").and_then(Value::as_u64).unwrap_or(1),
                };
                self.add_linked(book, table, &mention);
                if let Some(links) = self.links.get_mut(table) {
                    push_value(&mut links.values, mention);
                }
            }
        }
    }

    /// A primary value is also a value of every link to its table.
    fn add_linked(&mut self, book: &Book, table: usize, mention: &ValueMention) {
        if book.tables.get(table).is_none_or(|t| t.primary != mention.field) {
            return;
        }
        for (links, other) in self.links.iter_mut().zip(&book.tables) {
            for (at, field) in other.fields.iter().enumerate() {
                if field.kind == Kind::Link && book.linked(field) == Some(table) {
                    push_value(&mut links.values, ValueMention { field: at, ..mention.clone() });
                }
            }
        }
    }

    /// Whether all is in capitals, so that a capital tells nothing.
    pub fn shouts(&self) -> bool {
        !self.message.chars().any(char::is_lowercase)
    }

    /// Where the last sentence begins, when there are several.
    pub fn sentence_start(&self) -> Option<usize> {
        let ends = |w: &Word| {
            let rest = self.message.get(w.end..).unwrap_or_default();
            rest.starts_with(['.', '!', '?', ';']) && rest.chars().nth(1).is_none_or(char::is_whitespace)
        };
        let last = self.words.len().checked_sub(1)?;
        self.words.iter().take(last).rposition(ends).map(|at| at + 1)
    }

    /// Whether words before `begin` say anything that may restrict the records.
    pub fn tells_before(&self, begin: usize) -> bool {
        let value = |v: &ValueMention| {
            v.exact && v.start < begin && !lexicon::is_neutral(self.text(v.start), self.text(v.start))
        };
        let before = |m: &FieldMention| m.end <= begin && m.quality >= 0.8;
        let asks = self.words.get(begin).is_some_and(|w| self.message.get(..w.start).unwrap_or_default().contains('?'));
        let cut = Self { words: self.words.iter().take(begin).cloned().collect(), ..self.bare() };
        asks || super::cues::Cues::of(&cut).any()
            || self.links.iter().any(|l| l.values.iter().any(value) || l.fields.iter().any(before))
            || self.amounts.iter().any(|a| a.start < begin)
            || self.dates.iter().any(|d| d.start < begin)
    }

    /// The reading with only those values that were said as they are written.
    pub fn exactly(&self) -> Self {
        let mut exact = self.from(0);
        exact.links.iter_mut().for_each(|links| links.values.retain(|v| v.exact));
        exact
    }

    /// The message without any words.
    fn bare(&self) -> Self {
        Self {
            message: self.message.clone(),
            words: vec![],
            now: self.now,
            amounts: vec![],
            dates: vec![],
            unclear_days: vec![],
            tables: vec![],
            links: vec![],
        }
    }

    /// The reading of the words from `begin` on.
    pub fn from(&self, begin: usize) -> Self {
        let links = self.links.iter().map(|l| Links {
            fields: l
                .fields
                .iter()
                .filter(|m| m.start >= begin)
                .map(|m| FieldMention { start: m.start - begin, end: m.end - begin, ..m.clone() })
                .collect(),
            values: l
                .values
                .iter()
                .filter(|m| m.start >= begin)
                .map(|m| ValueMention { start: m.start - begin, end: m.end - begin, ..m.clone() })
                .collect(),
        });
        let tables = self.tables.iter().filter(|m| m.start >= begin);
        let words: Vec<Word> = self.words.iter().skip(begin).cloned().collect();
        Self {
            amounts: amounts::amounts(&words),
            dates: dates::mentions(&words, &self.message, self.now),
            unclear_days: dates::unclear(&words, &self.message),
            tables: tables.map(|m| TableMention { start: m.start - begin, end: m.end - begin, ..m.clone() }).collect(),
            links: links.collect(),
            message: self.message.clone(),
            words,
            now: self.now,
        }
    }

    pub fn text(&self, at: usize) -> &str {
        self.words.get(at).map_or("", |w| w.text.as_str())
    }

    pub fn is(&self, at: usize, any: &[&str]) -> bool {
        self.words.get(at).is_some_and(|w| any.contains(&w.text.as_str()))
    }

    /// The message's own text for words `start..end`.
    pub fn slice(&self, start: usize, end: usize) -> &str {
        let from = self.words.get(start).map_or(0, |w| w.start);
        let to = end.checked_sub(1).and_then(|at| self.words.get(at)).map_or(from, |w| w.end);
        self.message.get(from..to).unwrap_or_default()
    }
}

/// Whether every number of the words is in the value: Apollo 9 is not nearly Apollo 99.
fn holds_numbers(value: &Value, said: &str) -> bool {
    let held = squeeze(value.as_str().unwrap_or_default());
    let counts = |word: &&str| word.bytes().any(|b| b.is_ascii_digit());
    squeeze(said).split(' ').filter(counts).all(|number| held.split(' ').any(|word| word == number))
}

/// Words that are another table's field by their whole name are no part of a field here.
fn leave_whole_names(links: &mut [Links]) {
    let whole: Vec<(usize, usize, usize)> = links
        .iter()
        .enumerate()
        .flat_map(|(table, l)| l.fields.iter().filter(|m| m.quality > 0.95).map(move |m| (table, m.start, m.end)))
        .collect();
    for (table, own) in links.iter_mut().enumerate() {
        let other =
            |m: &FieldMention| whole.iter().any(|(t, start, end)| *t != table && *start == m.start && *end == m.end);
        own.fields.retain(|m| m.quality > 0.6 || !other(m));
    }
}

fn push_value(values: &mut Vec<ValueMention>, mention: ValueMention) {
    let same = |v: &ValueMention| {
        v.start == mention.start && v.end == mention.end && v.field == mention.field && v.value == mention.value
    };
    match values.iter_mut().find(|v| same(v)) {
        Some(known) => known.count = known.count.max(mention.count),
        None => values.push(mention),
    }
}

/// Letters and digits only, words set apart by one space.
pub fn squeeze(text: &str) -> String {
    let folded = text::fold(text);
    let parts: Vec<&str> = folded.split(|c: char| !c.is_alphanumeric()).filter(|p| !p.is_empty()).collect();
    parts.join(" ")
}

fn table_mentions(words: &[Word], book: &Book) -> Vec<TableMention> {
    let mut out = Vec::new();
    for (table, entry) in book.tables.iter().enumerate() {
        for start in 0..words.len() {
            let Some((end, quality)) = best_of(run(words, start, &entry.words, None), compound(words, start, entry))
            else {
                continue;
            };
            if quality >= 0.5 {
                out.push(TableMention { start, end, table, quality });
            }
        }
    }
    out
}

/// "strikes" for a table of birdstrikes.
fn compound(words: &[Word], start: usize, table: &Table) -> Run {
    let said = words.get(start).filter(|w| w.stem.len() >= 5 && !lexicon::is_known(&w.text))?;
    let [name] = table.words.as_slice() else { return None };
    let ends = name.stem.len() >= said.stem.len() + 3 && name.stem.ends_with(said.stem.as_str());
    ends.then_some((start + 1, 0.85))
}

fn field_mentions(words: &[Word], book: &Book, fields: &[Field]) -> Vec<FieldMention> {
    let mut out = Vec::new();
    for start in 0..words.len() {
        for (field, entry) in fields.iter().enumerate() {
            let own = run(words, start, &entry.words, Some(&entry.weights));
            if let Some((end, quality)) = best_of(own, linked_name(words, book, entry, start)) {
                out.push(FieldMention { start, end, field, quality, dominated: false });
            }
        }
    }
    let all = out.clone();
    for mention in &mut out {
        mention.dominated = all.iter().any(|m| {
            let clearer = m.quality >= mention.quality + 0.1 || m.quality > 0.95;
            let wider = m.end - m.start > mention.end - mention.start && clearer;
            let named = m.start == mention.start && m.end == mention.end && m.quality > 0.95 && mention.quality < 0.75;
            m.field != mention.field && m.start <= mention.start && m.end >= mention.end && (wider || named)
        });
    }
    out
}

type Run = Option<(usize, f32)>;

fn best_of(one: Run, other: Run) -> Run {
    [one, other].into_iter().flatten().max_by(|a, b| a.1.total_cmp(&b.1))
}

/// A link is also called what the records it leads to are called.
fn linked_name(words: &[Word], book: &Book, field: &Field, start: usize) -> Run {
    let table = book.linked(field).and_then(|table| book.tables.get(table))?;
    let (end, quality) = run(words, start, &table.words, None)?;
    (quality > 0.9).then_some((end, 0.9 * quality))
}

/// The longest run of words from `start` that says words of `name`; small words may stand between.
fn run(words: &[Word], start: usize, name: &[Word], weights: Option<&[f32]>) -> Option<(usize, f32)> {
    let weight = |at: usize| weights.map_or(1.0, |w| w.get(at).copied().unwrap_or(1.0));
    let total: f32 = (0..name.len()).map(weight).sum();
    let mut taken = vec![false; name.len()];
    let (mut end, mut sum, mut at, mut gap) = (start, 0.0, start, 0);
    while let Some(word) = words.get(at) {
        let best = (0..name.len())
            .filter(|n| !taken.get(*n).copied().unwrap_or(true))
            .filter_map(|n| Some((n, name_match(word, name.get(n)?))))
            .filter(|(_, likeness)| *likeness > 0.0)
            .max_by(|a, b| a.1.total_cmp(&b.1));
        match best {
            // After a gap only a word that tells something continues the name.
            Some((n, _)) if gap > 0 && weight(n) < 0.5 => break,
            Some((n, likeness)) => {
                if let Some(slot) = taken.get_mut(n) {
                    *slot = true;
                }
                sum += likeness * weight(n);
                end = at + 1;
                gap = 0;
            }
            None if end > start
                && gap < 2
                && matches!(word.text.as_str(), "of" | "the" | "in" | "a" | "and" | "for" | "per" | "on") =>
            {
                gap += 1;
            }
            None => break,
        }
        if words.get(at).is_some_and(|w| w.stop) && end == at + 1 && !taken.iter().all(|t| *t) && name.len() < 3 {
            break;
        }
        at += 1;
    }
    let first_counts = words.get(start).is_some_and(|w| !is_small(&w.text) || name.iter().any(|n| n.text == w.text));
    (end > start && first_counts && sum > 0.0).then(|| (end, sum / total.max(0.01)))
}

fn name_match(word: &Word, name: &Word) -> f32 {
    if is_small(&word.text) && word.text != name.text {
        return 0.0;
    }
    text::alike(word, name)
}

fn is_small(text: &str) -> bool {
    lexicon::is_plain(text)
        && !matches!(
            text,
            "name" | "one" | "done" | "own" | "who" | "when" | "where" | "state" | "kind" | "used" | "made"
        )
}
