//! Equality with one of many constants: one look-up a row.

use model::{Bits, SelectOptions};

use crate::call::Call;
use crate::check::Shape;
use crate::eval::{Context, Lanes};
use crate::expr::{Comparison, Expr, Op, Set, Subject};
use crate::input::read;
use crate::lane::{Lane, Values};
use crate::mask::Mask;
use crate::text::Text;
use crate::value::Scalar;

/// So many comparisons with a field are worth a set.
const MANY: usize = 8;

/// 1 where the subject is equal to a text of the set.
pub(crate) fn among<'b>(cx: &Context<'b>, subject: &Subject, set: &Set, rows: &Mask) -> Lanes<'b> {
    let mut found = Mask::default();
    let Subject::Slot(slot, shape) = subject else {
        let start = cx.batch.rows.start;
        let is_in = |row: &usize| (cx.batch.ids)(start + row).is_some_and(|id| set.ids.contains(&id));
        rows.rows().filter(is_in).for_each(|row| found.set(row));
        return Ok(Lane::flags(found, Mask::default()));
    };
    let lanes = [read(cx, *slot, *shape, rows)?];
    let extent = Call { cx, arguments: &[], rows }.extent(&lanes);
    let [lane] = &lanes;
    if let Values::Choices(choices, select) = &lane.values
        && !set.texts.contains("")
    {
        let wanted = numbers(select, set);
        found = Mask::pack(choices, |choice| wanted.get(choice as usize)).and(&extent.rows);
    } else {
        let mut text = Text::new(lane);
        extent.rows.rows().filter(|row| set.texts.contains(text.at(*row))).for_each(|row| found.set(row));
    }
    Ok(extent.finish(Lane::flags(found, Mask::default())))
}

fn numbers(select: &SelectOptions, set: &Set) -> Bits {
    let mut wanted = Bits::default();
    for choice in select.choices.iter().filter(|choice| set.texts.contains(choice.name.as_str())) {
        wanted.set(choice.no as usize, true);
    }
    wanted
}

/// A comparison of the record's id with a constant, as a set of one.
pub(crate) fn record_is(expr: Expr) -> Expr {
    let Expr::Chain(first, rest) = &expr else { return expr };
    let [(Op::Compare(Comparison::Equal), second)] = rest.as_slice() else { return expr };
    let is_id = |expr: &Expr| matches!(expr, Expr::Call(function, _) if function.name == "RECORD_ID");
    let text = match (&**first, second) {
        (Expr::Constant(Scalar::Text(text)), id) | (id, Expr::Constant(Scalar::Text(text))) if is_id(id) => text,
        _ => return expr,
    };
    Expr::Among(Subject::Record, one(text))
}

fn one(text: &str) -> Set {
    let mut set = Set::default();
    set.add(text);
    set
}

/// The text that a field is compared with as a text: one beside a date is read as a date.
fn field_is(expr: &Expr) -> Option<(Subject, &str)> {
    let Expr::Chain(first, rest) = expr else { return None };
    let [(Op::Compare(Comparison::Equal), second)] = rest.as_slice() else { return None };
    match (&**first, second) {
        (Expr::Constant(Scalar::Text(text)), Expr::Slot(slot, shape))
        | (Expr::Slot(slot, shape), Expr::Constant(Scalar::Text(text)))
            if !matches!(shape, Shape::Date | Shape::DateTime) =>
        {
            Some((Subject::Slot(*slot, *shape), text))
        }
        _ => None,
    }
}

/// The alternatives with many comparisons of one thing made into one look-up.
pub(crate) fn gather(alternatives: Vec<Expr>) -> Vec<Expr> {
    let mut sets: Vec<(Subject, usize, Set)> = Vec::new();
    let mut add = |subject: Subject, texts: &mut dyn Iterator<Item = &str>| {
        let known = sets.iter().position(|(held, ..)| *held == subject);
        let at = known.unwrap_or_else(|| {
            sets.push((subject, 0, Set::default()));
            sets.len() - 1
        });
        if let Some((_, count, set)) = sets.get_mut(at) {
            texts.for_each(|text| set.add(text));
            *count += 1;
        }
    };
    for part in &alternatives {
        match (part, field_is(part)) {
            (Expr::Among(subject, set), _) => add(*subject, &mut set.texts.iter().map(AsRef::as_ref)),
            (_, Some((subject, text))) => add(subject, &mut std::iter::once(text)),
            _ => {}
        }
    }
    sets.retain(|(_, count, _)| *count >= MANY);
    let is_gathered = |part: &Expr| {
        let subject = match part {
            Expr::Among(subject, _) => Some(*subject),
            part => field_is(part).map(|(subject, _)| subject),
        };
        subject.is_some_and(|subject| sets.iter().any(|(held, ..)| *held == subject))
    };
    let mut kept: Vec<Expr> = alternatives.into_iter().filter(|part| !is_gathered(part)).collect();
    kept.extend(sets.into_iter().map(|(subject, _, set)| Expr::Among(subject, set)));
    kept
}
