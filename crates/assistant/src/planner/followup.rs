//! Messages that go on from the one before: "and by owner?", "only the open ones", "sort by date", "show them".

#[cfg(test)]
mod tests;

use super::{
    asking,
    book::Book,
    cues::Cues,
    mentions::Reading,
    plan::{Ask, Condition, Groups, Op, Plan, Shown},
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
    if lean == Lean::None {
        return None;
    }
    let table = book.table_named(&before.plan.table)?;
    let names_other = reading.tables.iter().any(|m| m.table != table && m.quality > 0.9)
        && !reading.tables.iter().any(|m| m.table == table && m.quality > 0.9);
    if names_other && lean == Lean::Opens && is_whole(reading) {
        return None;
    }
    let new = asking::within(reading, book, table);
    let mut plan = before.plan.clone();
    let mut changed = false;
    if points_at_records(reading) && !before.named.is_empty() && is_single(&before.plan.ask) {
        plan.conditions = vec![named_condition(book, table, before.named)?];
        plan.ask = Ask::Records;
        plan.limit = None;
    }
    if let Some(op) = other_op(reading, &plan.ask) {
        plan.ask = op;
        return Some(plan);
    }
    let Some(new) = new else { return bare(reading, plan) };
    if !new.unexplained.is_empty() {
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
        plan.limit = new.plan.limit.or(plan.limit.filter(|_| matches!(ask, Ask::Extreme { .. })));
        plan.ask = ask;
        return Some(plan);
    }
    if changed { Some(plan) } else { bare(reading, plan) }
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
    if opens {
        return Lean::Opens;
    }
    let points = reading
        .words
        .iter()
        .any(|w| matches!(w.text.as_str(), "them" | "those" | "these" | "they" | "it" | "its" | "their" | "ones"));
    if points { Lean::Points } else { Lean::None }
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
