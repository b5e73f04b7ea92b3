//! Messages that go on from the one before: "and by owner?", "only the open ones", "sort by date", "show them".

mod lean;
#[cfg(test)]
mod tests;

use super::{
    amounts::Bound,
    asking,
    book::Book,
    cues::Cues,
    mentions::Reading,
    plan::{Ask, Condition, Groups, Op, Pick, Plan, Shown, Test, number},
};

pub use lean::hangs_on;
use lean::{Lean, first_few, lean, turns_over};

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
    if let Some(plan) = best_group(reading, &plan) {
        return Some(plan);
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

/// "which is the highest?" of groups.
fn best_group(reading: &Reading, plan: &Plan) -> Option<Plan> {
    let Ask::Groups(groups) = &plan.ask else { return None };
    let [superlative] = Cues::of(reading).superlatives.try_into().ok()?;
    let small = |at: usize| super::lexicon::is_plain(reading.text(at)) || super::cues::is_cue_word(reading.text(at));
    let asks = reading.is(0, &["which", "what", "who"]) && (0..reading.words.len()).all(small);
    if !asks || superlative.of_time || !superlative.hints.is_empty() || superlative.skip > 0 {
        return None;
    }
    let pick = Some(Pick { greatest: superlative.greatest, count: superlative.count.unwrap_or(1) });
    Some(Plan { ask: Ask::Groups(Groups { pick, ..groups.clone() }), ..plan.clone() })
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
