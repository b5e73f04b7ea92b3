//! Messages that go on from the one before: "and by owner?", "only the open ones", "sort by date", "show them".

#[cfg(test)]
mod tests;

use serde_json::Value;

use super::{
    amounts::Bound,
    asking,
    book::Book,
    cues::Cues,
    mentions::Reading,
    plan::{Ask, Condition, Groups, Op, Pick, Plan, Shown, Test, number},
};

/// How a message leans on the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lean {
    /// "and …", "what about …", "only …", "by …", "sort by …"
    Opens,
    /// "them", "those", "it", "its"
    Points,
    None,
}

/// What is remembered of the answer before.
#[derive(Debug, Clone, Copy)]
pub struct Before<'a> {
    pub plan: &'a Plan,
    /// Primary texts of the records of that answer, when they were few.
    pub named: &'a [String],
}

/// The plan a follow-up comes to; none when the message stands for itself.
pub fn follow(reading: &Reading, book: &Book, before: Before<'_>) -> Option<Plan> {
    let lean = lean(reading);
    if lean == Lean::None || turns_over(reading, before.plan) {
        return None;
    }
    let table = book.table_named(&before.plan.table)?;
    let names_other = reading.tables.iter().any(|m| m.table != table && m.quality > 0.9)
        && !reading.tables.iter().any(|m| m.table == table && m.quality > 0.9);
    if names_other && lean == Lean::Opens && is_whole(reading) {
        return None;
    }
    if let Some(plan) = other_bound(reading, before.plan) {
        return Some(plan);
    }
    let new = asking::within(reading, book, table);
    let mut plan = before.plan.clone();
    let mut changed = false;
    if points_at_records(reading) && !before.named.is_empty() && is_single(&before.plan.ask) {
        plan.conditions = vec![named_condition(book, table, before.named)?];
        plan.ask = Ask::Records;
        plan.limit = None;
    }
    if let Some(count) = first_few(reading) {
        return limited(plan, count);
    }
    if let Some(op) = other_op(reading, &plan.ask) {
        plan.ask = op;
        return Some(plan);
    }
    let Some(new) = new else { return bare(reading, plan) };
    if !new.unexplained.is_empty() && !tells_nothing_more(reading, lean, &new) {
        return None;
    }
    if !new.plan.conditions.is_empty() {
        merge(&mut plan.conditions, &new.plan.conditions);
        changed = true;
    }
    if let Some(sort) = new.plan.sort {
        plan.sort = Some(sort);
        if !matches!(plan.ask, Ask::Values(_) | Ask::Records) {
            plan.ask = Ask::Records;
        }
        return Some(plan);
    }
    if let Some(ask) = next_ask(reading, &plan, new.plan.ask, changed) {
        plan.skip = new.plan.skip;
        plan.limit = new.plan.limit.or(plan.limit.filter(|_| matches!(ask, Ask::Extreme { .. })));
        plan.ask = ask;
        return Some(plan);
    }
    if changed { Some(plan) } else { bare(reading, plan) }
}

/// "and how many did?" after those that did not.
fn turns_over(reading: &Reading, before: &Plan) -> bool {
    let verbs = ["did", "do", "does", "are", "were", "have", "is", "was"];
    let ends = reading.words.last().is_some_and(|w| verbs.contains(&w.text.as_str()));
    let plain = (0..reading.words.len()).all(|at| super::lexicon::is_plain(reading.text(at)));
    let negated = |c: &Condition| c.negated || matches!(&c.test, Test::Is { value: Value::Bool(false), .. });
    ends && plain && before.conditions.iter().any(negated)
}

/// "and less than 300?": the number that was compared before is compared again.
fn other_bound(reading: &Reading, before: &Plan) -> Option<Plan> {
    let [amount] = reading.amounts.as_slice() else { return None };
    let op = match amount.bound {
        Bound::More => ">",
        Bound::AtLeast => ">=",
        Bound::Less => "<",
        Bound::AtMost => "<=",
        _ => return None,
    };
    let rest = (0..reading.words.len()).filter(|at| *at < amount.start || *at >= amount.end);
    if amount.percent || !rest.into_iter().all(|at| super::lexicon::is_plain(reading.text(at))) {
        return None;
    }
    let compared = |c: &&Condition| {
        c.via.is_none() && matches!(&c.test, Test::Is { op, .. } if matches!(op.as_str(), ">" | ">=" | "<" | "<="))
    };
    let mut known = before.conditions.iter().filter(compared);
    let field = known.next()?.field.clone();
    if known.any(|c| c.field != field) {
        return None;
    }
    let mut plan = before.clone();
    let same_side =
        |c: &Condition| matches!(&c.test, Test::Is { op: known, .. } if known.starts_with(op.get(..1).unwrap_or(op)));
    plan.conditions.retain(|c| c.field != field || !same_side(c));
    plan.conditions.push(Condition::is(&field, op, number(amount.value)));
    Some(plan)
}

/// Whether a message only makes sense after another one.
pub fn hangs_on(reading: &Reading) -> bool {
    reading.is(0, &["and", "but", "or"]) && reading.words.len() <= 5 && !reading.tables.iter().any(|m| m.quality > 0.9)
}

/// "the first 3", "top 2": nothing but how many.
fn first_few(reading: &Reading) -> Option<(u64, bool)> {
    let cues = Cues::of(reading);
    let [only] = cues.superlatives.as_slice() else { return None };
    let word = reading.words.get(only.start..only.end)?.iter().find(|w| w.number.is_none())?.text.as_str();
    let small = |at: usize| {
        (only.start..only.end).contains(&at)
            || super::lexicon::is_plain(reading.text(at))
            || reading.text(at) == "result"
    };
    let bare =
        (0..reading.words.len()).all(small) && !reading.words.iter().any(|w| matches!(w.text.as_str(), "by" | "when"));
    (bare && matches!(word, "first" | "top" | "last" | "bottom"))
        .then_some(only.count.map(|count| (count, matches!(word, "first" | "top"))))
        .flatten()
}

/// The same answer cut to a few; from the other end when it is sorted.
fn limited(mut plan: Plan, (count, from_start): (u64, bool)) -> Option<Plan> {
    match &mut plan.ask {
        Ask::Groups(groups) => {
            let pick = Pick { greatest: from_start, count };
            plan.ask = Ask::Groups(Groups { pick: Some(pick), ..groups.clone() });
        }
        Ask::Extreme { .. } if from_start => plan.limit = Some(count),
        Ask::Records | Ask::Values(_) => match (&mut plan.sort, from_start) {
            (_, true) => plan.limit = Some(count),
            (Some(sort), false) => {
                sort.descending = !sort.descending;
                plan.limit = Some(count);
            }
            (None, false) => return None,
        },
        _ => return None,
    }
    Some(plan)
}

/// "who flew them?": one verb besides what asks for a field of the same records.
fn tells_nothing_more(reading: &Reading, lean: Lean, new: &asking::Understanding) -> bool {
    let [word] = new.unexplained.as_slice() else { return false };
    let verb = reading.words.iter().any(|w| w.text == *word && !w.capital && !w.quoted && w.number.is_none());
    let asks = reading.is(0, &["who", "where", "when"]) && reading.words.len() <= 4;
    lean == Lean::Points && verb && asks && matches!(new.plan.ask, Ask::Values(_) | Ask::Choices(_))
}

/// "and the average?" after a sum, nothing else said.
fn other_op(reading: &Reading, before: &Ask) -> Option<Ask> {
    let cues = Cues::of(reading);
    let extreme = cues.superlatives.first().map(|s| if s.greatest { Op::Max } else { Op::Min });
    let op = cues.op.map(|(op, _)| op).or(extreme)?;
    let plain =
        |w: &super::text::Word| super::lexicon::is_neutral(&w.stem, &w.text) || super::cues::is_cue_word(&w.text);
    if !reading.words.iter().all(plain) {
        return None;
    }
    match before {
        Ask::Aggregate { field, .. } => Some(Ask::Aggregate { op, field: field.clone() }),
        Ask::Groups(groups) if groups.field.is_some() => Some(Ask::Groups(Groups { op, ..groups.clone() })),
        _ => None,
    }
}

/// "it", "its" speak of the records found, not of the conditions.
fn points_at_records(reading: &Reading) -> bool {
    reading.words.iter().any(|w| {
        matches!(
            w.text.as_str(),
            "it" | "its" | "he" | "she" | "his" | "her" | "their" | "they" | "them" | "that" | "those" | "ones"
        )
    })
}

/// Asks whose answer is a few records that the conditions alone do not name.
fn is_single(ask: &Ask) -> bool {
    matches!(ask, Ask::Extreme { .. })
}

fn named_condition(book: &Book, table: usize, named: &[String]) -> Option<Condition> {
    let entry = book.tables.get(table)?;
    let primary = &entry.fields.get(entry.primary)?.name;
    Some(match named {
        [one] => Condition::is(primary, "=", one.as_str().into()),
        many => Condition::is(primary, "is_any_of", many.to_vec().into()),
    })
}

/// "what about the number of tasks by owner" says everything itself.
fn is_whole(reading: &Reading) -> bool {
    reading.words.len() > 5
}

fn lean(reading: &Reading) -> Lean {
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
        |m: &super::mentions::FieldMention| m.start == at && m.end == reading.words.len() && m.quality > 0.9;
    let cues = Cues::of(reading);
    reading.links.iter().any(|l| l.fields.iter().any(to_the_end)) && !cues.any()
}

/// "which was the longest?": no table and no value, only what is ranked.
fn ranks_only(reading: &Reading) -> bool {
    let asks = reading.is(0, &["which", "what", "who", "whose"])
        && (reading.is(1, &["was", "is", "were", "are", "has", "had"]) || reading.is(1, &["one", "ones"]));
    let value = |v: &super::mentions::ValueMention| {
        v.exact && !super::lexicon::is_neutral(reading.text(v.start), reading.text(v.start))
    };
    let names = reading.links.iter().flat_map(|l| &l.values).any(value)
        || reading.tables.iter().any(|m| m.quality > 0.8)
        || !reading.dates.is_empty();
    let bare = reading.is(0, &["the"]) && reading.words.len() <= 4;
    (asks || bare) && !names && reading.words.len() <= 7 && !Cues::of(reading).superlatives.is_empty()
}

/// New conditions replace those on the same field.
fn merge(old: &mut Vec<Condition>, new: &[Condition]) {
    old.retain(|known| !new.iter().any(|n| n.field == known.field && n.via == known.via));
    old.extend(new.iter().cloned());
}

/// What is asked now; none when it stays what it was.
fn next_ask(reading: &Reading, plan: &Plan, new: Ask, changed: bool) -> Option<Ask> {
    let says = |any: &[&str]| reading.words.iter().any(|w| any.contains(&w.text.as_str()));
    match new {
        Ask::Groups(groups) => Some(Ask::Groups(with_measure(groups, &plan.ask))),
        Ask::Aggregate { .. } | Ask::Extreme { .. } | Ask::Distinct(_) | Ask::Confirm(_) => Some(new),
        Ask::Count | Ask::CountOf(_) if says(&["many", "count", "number"]) => Some(Ask::Count),
        Ask::Choices(field) => Some(regroup(plan, field, reading)),
        Ask::Values(_) => Some(new),
        Ask::Records if says(&["show", "list", "which", "who", "display", "name", "see"]) => Some(Ask::Records),
        Ask::Exists if !changed => None,
        _ => None,
    }
}

/// "and by owner?" keeps what was measured before.
fn with_measure(groups: Groups, before: &Ask) -> Groups {
    if groups.field.is_some() || groups.op != Op::Count {
        return groups;
    }
    match before {
        Ask::Aggregate { op, field } => Groups { op: *op, field: Some(field.clone()), ..groups },
        Ask::Groups(old) => Groups { op: old.op, field: old.field.clone(), ..groups },
        _ => groups,
    }
}

/// "and the owner?" after a lookup asks for the cells of the same records.
fn regroup(plan: &Plan, field: String, reading: &Reading) -> Ask {
    let grouped = reading.words.iter().any(|w| matches!(w.text.as_str(), "by" | "per" | "each"));
    match &plan.ask {
        Ask::Groups(old) if grouped => Ask::Groups(Groups { by: field, bucket: None, ..old.clone() }),
        _ => Ask::Values(vec![Shown::own(&field)]),
    }
}

/// "show them", "how many?", "which ones?"
fn bare(reading: &Reading, mut plan: Plan) -> Option<Plan> {
    let says = |any: &[&str]| reading.words.iter().any(|w| any.contains(&w.text.as_str()));
    let others = reading.words.iter().any(|w| !super::lexicon::is_neutral(&w.stem, &w.text));
    if others {
        return None;
    }
    if says(&["many", "count"]) {
        plan.ask = Ask::Count;
        return Some(plan);
    }
    let shows = says(&["show", "list", "which", "who", "what", "display", "see", "name", "give"]);
    if shows && says(&["them", "those", "these", "they", "ones", "it"]) {
        plan.ask = Ask::Records;
        return Some(plan);
    }
    None
}
