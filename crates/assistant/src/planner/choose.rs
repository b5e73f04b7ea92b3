//! Which field a question asks for.

#[cfg(test)]
mod tests;

use super::{
    book::{Field, Kind},
    conditions::{Draft, Mark},
    lexicon,
    mentions::FieldMention,
    text,
};

/// The word that opens the question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opener {
    Who,
    Where,
    When,
    /// "how old", "how tall": at the word after "how".
    How(usize),
    /// "what is the …"
    What(usize),
    /// "which driver …", "what year …": the noun follows.
    Which(usize),
    None,
}

/// What the words after "how" ask for.
const HOW: &[(&str, &[&str])] = &[
    ("old", &["age", "birth", "born"]),
    ("tall", &["height"]),
    ("high", &["height", "elevation"]),
    ("long", &["length", "duration", "time", "hour", "minute", "runtime"]),
    ("heavy", &["weight"]),
    ("far", &["distance"]),
    ("fast", &["speed"]),
    ("big", &["size", "area"]),
    ("large", &["size", "area"]),
    ("expensive", &["price", "cost"]),
    ("much", &["price", "cost", "budget", "amount", "fee", "salary", "revenue", "total"]),
];

pub fn opener(draft: &Draft<'_>) -> Opener {
    let reading = draft.reading;
    for at in 0..reading.words.len() {
        match reading.text(at) {
            "who" | "whom" => return Opener::Who,
            "where" => {
                let clause = at > 0
                    && reading.words.iter().take(at).any(|w| matches!(w.text.as_str(), "what" | "which" | "how"));
                let verb = ["is", "was", "are", "were", "did", "does", "do", "can", "will", "has", "have", "would"];
                if !clause && reading.is(at + 1, &verb) {
                    return Opener::Where;
                }
            }
            "when" if at == 0 && reading.is(1, &["was", "is", "did", "were", "will", "does", "do", "are", "has"]) => {
                return Opener::When;
            }
            "whose" => return Opener::Which(at + 1),
            "how" if HOW.iter().any(|(word, _)| reading.is(at + 1, &[word])) => return Opener::How(at + 1),
            "what" | "whats"
                if reading.is(at + 1, &["is", "was", "are", "were", "s", "the"]) || reading.is(at, &["whats"]) =>
            {
                return Opener::What(at + 1);
            }
            "what" | "which" | "wich" => return Opener::Which(at + 1),
            "name" | "list" | "give" | "show" | "tell" | "find" | "get" if at < 4 => return Opener::What(at + 1),
            _ => {}
        }
    }
    Opener::None
}

/// A field with how well it fits what is asked, and where it was said.
#[derive(Debug, Clone)]
pub struct Choice {
    pub field: usize,
    pub score: f32,
    pub said: Option<(usize, usize)>,
}

/// All fields, the best first.
pub fn ranked(draft: &Draft<'_>, opener: Opener) -> Vec<Choice> {
    let mut all: Vec<Choice> = (0..draft.table.fields.len()).map(|field| score(draft, opener, field)).collect();
    all.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.field.cmp(&b.field)));
    all
}

fn score(draft: &Draft<'_>, opener: Opener, field: usize) -> Choice {
    let said = best_mention(draft, opener, field);
    let mut score = said.map_or(0.0, |(value, _)| value);
    score += 0.5 * bag(draft, field) + hint(draft, opener, field);
    if draft.tested.contains(&field) {
        score -= 0.45;
    }
    Choice { field, score, said: said.map(|(_, m)| (m.start, m.end)) }
}

fn best_mention<'a>(draft: &Draft<'a>, opener: Opener, field: usize) -> Option<(f32, &'a FieldMention)> {
    draft
        .links
        .fields
        .iter()
        .filter(|m| {
            m.field == field && draft.marks.get(m.start..m.end).is_some_and(|s| s.iter().all(|k| *k == Mark::Free))
        })
        .map(|m| (mention_score(draft, opener, m), m))
        .max_by(|a, b| a.0.total_cmp(&b.0))
}

fn mention_score(draft: &Draft<'_>, opener: Opener, mention: &FieldMention) -> f32 {
    let width = (mention.end - mention.start) as f32;
    let mut score = mention.quality.min(1.0) + 0.22 * (width - 1.0).min(3.0) * mention.quality;
    if let Opener::What(at) | Opener::Which(at) | Opener::How(at) = opener {
        let small = |i: usize| {
            draft.reading.words.get(i).is_some_and(|w| lexicon::is_plain(&w.text) || super::cues::is_cue_word(&w.text))
        };
        if mention.start >= at && (at..mention.start).all(small) {
            score += (mention.quality + 0.55).min(1.1);
        }
    }
    // Of "home team" and "team colour" the first is a team.
    if says_head(draft, mention) {
        score += 0.06;
    }
    // Later mentions are rather part of a description.
    score - 0.01 * mention.start as f32
}

/// Whether the last telling word of the field's name was said.
fn says_head(draft: &Draft<'_>, mention: &FieldMention) -> bool {
    let Some(field) = draft.table.fields.get(mention.field) else { return false };
    let head = field.words.iter().zip(&field.weights).rfind(|(_, weight)| **weight > 0.5).map(|(word, _)| word);
    let said = draft.reading.words.get(mention.start..mention.end).unwrap_or_default();
    head.is_some_and(|head| said.iter().any(|word| text::alike(word, head) > 0.6))
}

/// Share of the name's telling words that stand anywhere among the free words.
fn bag(draft: &Draft<'_>, field: usize) -> f32 {
    let Some(entry) = draft.table.fields.get(field) else { return 0.0 };
    let (mut sum, mut total) = (0.0, 0.0_f32);
    for (word, weight) in entry.words.iter().zip(&entry.weights) {
        let holders = draft.table.fields.iter().filter(|f| f.words.iter().any(|w| w.stem == word.stem)).count();
        let weight = weight / holders.max(1) as f32;
        total += weight;
        let best = draft
            .reading
            .words
            .iter()
            .zip(&draft.marks)
            .filter(|(said, mark)| **mark == Mark::Free && !lexicon::is_plain(&said.text))
            .map(|(said, _)| text::alike(said, word))
            .fold(0.0_f32, f32::max);
        sum += best * weight;
    }
    if total > 0.0 { sum / total } else { 0.0 }
}

fn is_person(field: &Field) -> bool {
    lexicon::hinted(&field.stems(), lexicon::PERSONS) && field.kind != Kind::Date && !field.kind.is_number()
}

/// Whether the field is just a name, and persons stand in another one.
fn only_a_name(draft: &Draft<'_>, field: usize) -> bool {
    let other = |(at, other): (usize, &Field)| at != field && is_person(other) && !other.stems().contains(&"name");
    let own = draft.table.fields.get(field).is_some_and(|f| f.stems() == ["name"]);
    own && draft.table.fields.iter().enumerate().any(other)
}

fn hint(draft: &Draft<'_>, opener: Opener, field: usize) -> f32 {
    let Some(entry) = draft.table.fields.get(field) else { return 0.0 };
    let stems = entry.stems();
    let fits = match opener {
        Opener::Who => is_person(entry) && !(field == draft.table.primary && only_a_name(draft, field)),
        Opener::Where => lexicon::hinted(&stems, lexicon::PLACES),
        Opener::When if draft.table.fields.iter().any(|f| f.kind == Kind::Date) => entry.kind == Kind::Date,
        Opener::When => lexicon::hinted(&stems, lexicon::TIMES),
        Opener::How(at) => {
            HOW.iter().any(|(word, hints)| draft.reading.is(at, &[word]) && lexicon::hinted(&stems, hints))
        }
        _ => false,
    };
    match opener {
        Opener::Where | Opener::When if fits => 0.9,
        _ if fits => 0.6,
        _ => 0.0,
    }
}
