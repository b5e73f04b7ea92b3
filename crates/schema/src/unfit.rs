//! Views whose filters do not outlive another type of a field.

use std::sync::Arc;

use model::{ChoiceId, Comparison, Condition, Field, Table};
use serde_json::Value;

use crate::conditions::holding;

/// Views with conditions that fit the field as it is, and not as it will be.
pub fn unfit_views(table: &Table, target: &Field) -> Vec<String> {
    let mut after = Table::clone(table);
    for field in after.fields.iter_mut().filter(|field| field.id == target.id) {
        *field = Arc::new(target.clone());
    }
    // One that fits again is no loss.
    let fits = |condition: &Condition| {
        let (now, then) = (holding(table, condition), holding(&after, condition));
        let kept = then.as_ref().map(comparisons).unwrap_or_default();
        let lost = now.as_ref().map(comparisons).unwrap_or_default().into_iter().any(|one| !kept.contains(&one));
        !(lost || target.kind.select().is_none() && names_choices(condition, target))
    };
    let views = table.live_views().filter(|view| view.filter.as_ref().is_some_and(|filter| !fits(filter)));
    views.map(|view| view.name.clone()).collect()
}

/// The comparisons of a condition.
fn comparisons(condition: &Condition) -> Vec<&Comparison> {
    match condition {
        Condition::And { and: parts } | Condition::Or { or: parts } => parts.iter().flat_map(comparisons).collect(),
        Condition::Not { not } => comparisons(not),
        Condition::Test(test) => vec![test],
    }
}

/// True where a comparison with the field names a choice by its id.
fn names_choices(condition: &Condition, field: &Field) -> bool {
    let is_choice = |value: &Value| value.as_str().is_some_and(|text| text.parse::<ChoiceId>().is_ok());
    comparisons(condition)
        .into_iter()
        .filter(|test| test.field == field.id)
        .any(|test| is_choice(&test.value) || test.value.as_array().is_some_and(|list| list.iter().any(is_choice)))
}
