//! Where words occur among the values of a base.

use std::sync::Arc;

use model::{BaseId, Caller, CellValue, Kind, Table};
use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::{Value, json};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::aggregate::cell;
use super::{Records, find_table};
use crate::ask::Columns;
use crate::error::Error;
use images::View;

/// Most words of one call.
pub const WORDS: usize = 1_000;
/// Longest word, in characters; longer ones match nothing.
const LONGEST: usize = 255;
/// Most different values of a field that are looked at, the most frequent first.
const VALUES: usize = 50_000;
/// Most values of a field that are looked at for words written wrongly.
const FUZZY: usize = 5_000;
/// Most matches of a word in one field that are not the whole value.
const PARTS: usize = 5;
/// Most words of a phrase that is looked for as written wrongly.
const SLIPPED: usize = 6;
/// Comparisons of a phrase with values before others get their turn.
const TURN: usize = 5_000;
/// Least likeness of a word written wrongly: one slip in five letters.
const LIKENESS: f64 = 0.8;

/// A value that a word names.
#[derive(Debug, Clone, PartialEq)]
pub struct ValueMatch {
    /// The word as given.
    pub word: String,
    /// Table.
    pub table: Arc<Table>,
    /// Field name.
    pub field: String,
    /// The value.
    pub value: Value,
    /// How many records have it.
    pub count: usize,
    /// The word is the whole value, letter case, accents and punctuation aside.
    pub exact: bool,
    /// From 0 to 1; 1 for the whole value.
    pub score: f64,
}

impl Records {
    /// Finds the values that words name, best first: whole values, values that contain the words, and for words found
    /// nowhere, values written almost so. Texts and choices are looked at.
    ///
    /// # Errors
    /// [`Error::TableNotFound`]; [`Error::Filter`] for more than [`WORDS`] words.
    pub async fn find_values(
        &self,
        caller: &Caller,
        base: BaseId,
        table: Option<&str>,
        words: &[String],
        limit: usize,
    ) -> Result<Vec<ValueMatch>, Error> {
        if words.len() > WORDS {
            return Err(Error::Filter { reason: format!("at most {WORDS} words, not {}", words.len()) });
        }
        let (scope, mut view) = self.view(caller, base).await?;
        let tables: Vec<Arc<Table>> = match table {
            Some(name) => vec![Arc::clone(find_table(caller, &view.image.schema, name)?)],
            None => view.image.schema.live_tables().cloned().collect(),
        };
        let asked = Asked::new(words);
        let mut found = Vec::new();
        let mut held = Vec::new();
        for table in &tables {
            for field in table.live_fields() {
                if matches!(field.kind.column(), Kind::Text | Kind::Choice | Kind::Choices) {
                    held.push(self.answer(&scope, &mut view, |view| Held::read(view, table, &field.name)).await?);
                }
            }
        }
        for values in &held {
            values.look_up(&asked, &mut found);
        }
        let named: FxHashSet<&str> = found.iter().map(|found: &ValueMatch| found.word.as_str()).collect();
        let known: Vec<bool> = words.iter().map(|word| named.contains(word.as_str())).collect();
        let mut compared = 0;
        for (word, _) in asked.words.iter().zip(known).filter(|(_, known)| !known) {
            for values in &held {
                values.look_alike(word, &mut found);
                compared += values.values.len().min(FUZZY);
                if compared >= TURN {
                    compared = 0;
                    tokio::task::yield_now().await;
                }
            }
        }
        found.sort_by(|one, other| other.score.total_cmp(&one.score).then(other.count.cmp(&one.count)));
        found.truncate(limit);
        Ok(found)
    }
}

/// The words asked for, folded.
struct Asked {
    /// As given, and folded.
    words: Vec<(String, String)>,
    whole: FxHashMap<String, Vec<usize>>,
    /// By first word of a phrase: the phrases.
    first: FxHashMap<String, Vec<usize>>,
}

impl Asked {
    fn new(words: &[String]) -> Self {
        let words: Vec<(String, String)> = words
            .iter()
            .map(|w| (w.clone(), if w.chars().count() > LONGEST { String::new() } else { fold(w) }))
            .collect();
        let (mut whole, mut first) = (FxHashMap::<String, Vec<usize>>::default(), FxHashMap::<_, Vec<_>>::default());
        for (at, (_, folded)) in words.iter().enumerate().filter(|(_, (_, folded))| !folded.is_empty()) {
            whole.entry(folded.clone()).or_default().push(at);
            // A letter alone is in too many values to tell anything.
            if folded.chars().count() > 2 {
                let head = folded.split(' ').next().unwrap_or_default();
                first.entry(head.to_owned()).or_default().push(at);
            }
        }
        Self { words, whole, first }
    }
}

/// The different values of one field.
struct Held {
    table: Arc<Table>,
    field: String,
    values: Vec<(Value, String, usize)>,
}

impl Held {
    fn read(view: &View, table: &Arc<Table>, name: &str) -> Result<Self, Error> {
        let rows = view.image.table(table.no);
        let Some(field) = table.field_exact(name) else { return Err(Error::ImageGone) };
        let columns = Columns::read(view, table, &rows, std::slice::from_ref(field), false)?;
        let counted = query::values(&columns.source(), &rows.live, field.no, VALUES)?;
        let values = counted.into_iter().map(|counted| {
            let value = match &counted.value {
                CellValue::Text(text) => json!(text),
                other => cell(view, field, other)?,
            };
            let folded = fold(value.as_str().unwrap_or_default());
            Ok((value, folded, counted.count))
        });
        Ok(Self { table: Arc::clone(table), field: field.name.clone(), values: values.collect::<Result<_, Error>>()? })
    }

    fn found(&self, word: &str, at: usize, score: f64) -> Option<ValueMatch> {
        let (value, _, count) = self.values.get(at)?;
        Some(ValueMatch {
            word: word.to_owned(),
            table: Arc::clone(&self.table),
            field: self.field.clone(),
            value: value.clone(),
            count: *count,
            exact: score >= 1.0,
            score,
        })
    }

    /// Words that are a whole value, or whole words of one.
    fn look_up(&self, asked: &Asked, out: &mut Vec<ValueMatch>) {
        let mut parts: FxHashMap<usize, Vec<(f64, usize)>> = FxHashMap::default();
        for (at, (_, folded, _)) in self.values.iter().enumerate() {
            for word in asked.whole.get(folded).into_iter().flatten() {
                out.extend(asked.words.get(*word).and_then(|(word, _)| self.found(word, at, 1.0)));
            }
            let starts = std::iter::once(0).chain(folded.match_indices(' ').map(|(at, _)| at + 1));
            for rest in starts.filter_map(|start| folded.get(start..)) {
                let head = rest.split(' ').next().unwrap_or_default();
                for word in asked.first.get(head).into_iter().flatten() {
                    let Some((_, phrase)) = asked.words.get(*word) else { continue };
                    let ends =
                        rest.strip_prefix(phrase.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
                    if ends && phrase.len() < folded.len() {
                        let share = phrase.len() as f64 / folded.len() as f64;
                        parts.entry(*word).or_default().push((0.4 + 0.5 * share, at));
                    }
                }
            }
        }
        for (word, mut best) in parts {
            best.sort_by(|one, other| other.0.total_cmp(&one.0));
            best.dedup_by_key(|(_, at)| *at);
            best.truncate(PARTS);
            let word = asked.words.get(word).map(|(word, _)| word.as_str()).unwrap_or_default();
            out.extend(best.into_iter().filter_map(|(score, at)| self.found(word, at, score)));
        }
    }

    /// Values that are the word with a slip (Damerau, 1964).
    fn look_alike(&self, (word, folded): &(String, String), out: &mut Vec<ValueMatch>) {
        let length = folded.chars().count();
        if length < 4 || folded.split(' ').count() > SLIPPED {
            return;
        }
        for (at, (_, held, _)) in self.values.iter().enumerate().take(FUZZY) {
            if held.len().abs_diff(folded.len()) > length / 4 + 1 || !numbers(held).eq(numbers(folded)) {
                continue;
            }
            let likeness = strsim::normalized_damerau_levenshtein(held, folded);
            if likeness >= LIKENESS {
                out.extend(self.found(word, at, likeness * 0.9));
            }
        }
    }
}

/// The words that count rather than name, which are never written almost so: Apollo 9 is not Apollo 99.
fn numbers(folded: &str) -> impl Iterator<Item = &str> {
    let counts = |(at, word): (usize, &str)| word.bytes().any(|byte| byte.is_ascii_digit()) || at > 0 && is_roman(word);
    folded.split(' ').enumerate().filter(move |(at, word)| counts((*at, word))).map(|(_, word)| word)
}

fn is_roman(word: &str) -> bool {
    word.len() <= 5 && word.bytes().all(|byte| matches!(byte, b'i' | b'v' | b'x'))
}

/// Lower case without accents; anything but letters and digits is one blank.
fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut blank = false;
    let mut push = |c: char| {
        if c.is_alphanumeric() {
            if blank && !out.is_empty() {
                out.push(' ');
            }
            blank = false;
            out.extend(c.to_lowercase());
        } else {
            blank = true;
        }
    };
    if text.is_ascii() {
        text.chars().for_each(&mut push);
    } else {
        text.nfkd().filter(|c| !is_combining_mark(*c)).for_each(&mut push);
    }
    out
}
