//! Whether a message leans on the one before, and how.

use serde_json::Value;

use crate::planner::{
    cues::Cues,
    lexicon,
    mentions::Reading,
    plan::{Condition, Plan, Test},
};

/// How a message leans on the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lean {
    /// "and …", "what about …", "only …", "by …", "sort by …"
    Opens,
    /// "them", "those", "it", "its"
    Points,
    None,
}

/// "and how many did?" after those that did not.
pub fn turns_over(reading: &Reading, before: &Plan) -> bool {
    let verbs = ["did", "do", "does", "are", "were", "have", "is", "was"];
    let ends = reading.words.last().is_some_and(|w| verbs.contains(&w.text.as_str()));
    let plain = (0..reading.words.len()).all(|at| lexicon::is_plain(reading.text(at)));
    let negated = |c: &Condition| c.negated || matches!(&c.test, Test::Is { value: Value::Bool(false), .. });
    ends && plain && before.conditions.iter().any(negated)
}

/// Whether a message only makes sense after another one.
pub fn hangs_on(reading: &Reading) -> bool {
    reading.is(0, &["and", "but", "or"]) && reading.words.len() <= 5 && !reading.tables.iter().any(|m| m.quality > 0.9)
}

/// "the first 3", "top 2": nothing but how many.
pub fn first_few(reading: &Reading) -> Option<(u64, bool)> {
    let cues = Cues::of(reading);
    let [only] = cues.superlatives.as_slice() else { return None };
    let word = reading.words.get(only.start..only.end)?.iter().find(|w| w.number.is_none())?.text.as_str();
    let small = |at: usize| {
        (only.start..only.end).contains(&at) || lexicon::is_plain(reading.text(at)) || reading.text(at) == "result"
    };
    let bare =
        (0..reading.words.len()).all(small) && !reading.words.iter().any(|w| matches!(w.text.as_str(), "by" | "when"));
    (bare && matches!(word, "first" | "top" | "last" | "bottom"))
        .then_some(only.count.map(|count| (count, matches!(word, "first" | "top"))))
        .flatten()
}

pub fn lean(reading: &Reading) -> Lean {
    let text = |at: usize| reading.text(at);
    let opens = match (text(0), text(1)) {
        ("and" | "only" | "just" | "also" | "but" | "now" | "by" | "per" | "then" | "or" | "instead" | "same", _) => {
            true
        }
        ("what" | "how", "about") => true,
        ("sort" | "order" | "group", _) => true,
        ("which" | "what", "ones" | "of") => true,
        ("how", "many") => reading.words.len() <= 3 && reading.tables.is_empty(),
        ("for" | "in", "each") => true,
        _ => false,
    };
    if opens || shows_a_field(reading) || ranks_only(reading) || first_few(reading).is_some() {
        return Lean::Opens;
    }
    let points = reading
        .words
        .iter()
        .any(|w| matches!(w.text.as_str(), "them" | "those" | "these" | "they" | "it" | "its" | "their" | "ones"));
    if points { Lean::Points } else { Lean::None }
}

/// "show the crew": a field, no table and no value.
fn shows_a_field(reading: &Reading) -> bool {
    let at = match (reading.text(0), reading.text(1)) {
        ("show" | "give", "the" | "their" | "its") => 2,
        ("show" | "give", "me") if reading.is(2, &["the", "their", "its"]) => 3,
        _ => return false,
    };
    let to_the_end =
        |m: &crate::planner::mentions::FieldMention| m.start == at && m.end == reading.words.len() && m.quality > 0.9;
    let cues = Cues::of(reading);
    reading.links.iter().any(|l| l.fields.iter().any(to_the_end)) && !cues.any()
}

/// "which was the longest?": no table and no value, only what is ranked.
fn ranks_only(reading: &Reading) -> bool {
    let asks = reading.is(0, &["which", "what", "who", "whose"])
        && (reading.is(1, &["was", "is", "were", "are", "has", "had"]) || reading.is(1, &["one", "ones"]));
    let value = |v: &crate::planner::mentions::ValueMention| {
        v.exact && !lexicon::is_neutral(reading.text(v.start), reading.text(v.start))
    };
    let names = reading.links.iter().flat_map(|l| &l.values).any(value)
        || reading.tables.iter().any(|m| m.quality > 0.8)
        || !reading.dates.is_empty();
    let bare = reading.is(0, &["the"]) && reading.words.len() <= 4;
    (asks || bare) && !names && reading.words.len() <= 7 && !Cues::of(reading).superlatives.is_empty()
}
