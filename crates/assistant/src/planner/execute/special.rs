//! Answers that take more than one look: parts of a list, shares, neighbours in time, whole records.

use serde_json::{Value, json};

use super::{Execution, Outcome, PAGE, cell, flat, items, total, unique};
use crate::planner::{
    dates,
    plan::{self, Condition, Sort, Test},
    toolbox::ToolFailure,
    wording,
};

/// Most records that are told with all their cells.
const DETAILED: u64 = 3;
/// Most years a month is looked for in.
const YEARS: i64 = 300;

impl Execution<'_, '_> {
    /// A month of any year as the spans of the years that the field holds.
    pub(super) async fn dated(&mut self, condition: &Condition) -> Result<Condition, ToolFailure> {
        let Test::Yearly { month, day, .. } = condition.test else { return Ok(condition.clone()) };
        let table = condition.via.as_ref().map_or(&self.plan.table, |via| &via.table);
        let edges = json!([{ "op": "min", "field": condition.field }, { "op": "max", "field": condition.field }]);
        let arguments = json!({ "base": self.book.base, "table": table, "aggregates": edges });
        let found = self.desk.ask("aggregate", arguments).await?;
        let held = items(&found, "groups").next().map(|group| items(group, "values").cloned().collect::<Vec<_>>());
        let year = |at: usize| held.as_ref()?.get(at)?.as_str()?.get(..4)?.parse::<i64>().ok();
        let years = year(0).zip(year(1)).map_or(1..=1, |(first, last)| first.max(last - YEARS)..=last);
        let spans = dates::each_year(month, day, years);
        Ok(Condition { test: Test::Yearly { month, day, spans }, ..condition.clone() })
    }

    /// How many links or choices the records have, each counted once.
    pub(super) async fn count_parts(&mut self, filter: Option<Value>, field: &str) -> Result<Outcome, ToolFailure> {
        let fields = unique([self.primary(), field.to_owned()]);
        let (records, total) = self.list_all(filter.as_ref(), &fields).await?;
        if total == 0 {
            return Ok(Outcome {
                text: format!("I found no {}{}.", self.table.noun(1), self.conditions()),
                ..Outcome::default()
            });
        }
        let mut parts: Vec<String> = Vec::new();
        for part in flat(records.iter().map(|r| cell(r, field)).collect()).iter().map(wording::plain) {
            if !parts.contains(&part) {
                parts.push(part);
            }
        }
        let shown = if parts.is_empty() { String::new() } else { format!(": {}", wording::series(&parts, 20)) };
        let whose = match self.named(&records).as_slice() {
            [one] => one.clone(),
            _ => format!("{total} {}{}", self.table.noun(total), self.conditions()),
        };
        let text = format!("{field} of {whose}: {}{shown}.", parts.len());
        let (references, named) = (self.references(&records), self.named(&records));
        Ok(Outcome { text, value: Some(json!(parts.len())), records: references, named })
    }

    /// Which part of all records meets the conditions.
    pub(super) async fn share(&mut self, filter: Option<Value>) -> Result<Outcome, ToolFailure> {
        let primary = [self.primary()];
        let all = total(&self.list(None, &primary, None, 1).await?);
        let met = total(&self.list(filter.as_ref(), &primary, None, 1).await?);
        if all == 0 {
            return Ok(Outcome { text: format!("There are no {}.", self.table.noun(2)), ..Outcome::default() });
        }
        let percent = (10_000.0 * met as f64 / all as f64).round() / 100.0;
        let text = format!("{percent}% of the {}{}: {met} of {all}.", self.table.noun(2), self.conditions());
        Ok(Outcome { text, value: Some(plan::number(percent)), ..Outcome::default() })
    }

    /// Everything the records hold.
    pub(super) async fn details(&mut self, filter: Option<Value>) -> Result<Outcome, ToolFailure> {
        let fields: Vec<String> = self.table.fields.iter().map(|f| f.name.clone()).collect();
        let fields = unique(std::iter::once(self.primary()).chain(fields));
        let found = self.list(filter.as_ref(), &fields, None, DETAILED).await?;
        if total(&found) > DETAILED {
            return self.records(filter).await;
        }
        let records: Vec<Value> = items(&found, "records").cloned().collect();
        let told: Vec<String> = records
            .iter()
            .map(|record| {
                let filled: Vec<String> = fields.iter().filter(|f| !cell(record, f).is_null()).cloned().collect();
                wording::cells(self.table, record, &filled)
            })
            .collect();
        let text = match told.as_slice() {
            [] => format!("I found no {}{}.", self.table.noun(1), self.conditions()),
            all => format!("{}.", all.join("; ")),
        };
        let value = records.iter().map(|record| record.get("fields").cloned().unwrap_or_default()).collect();
        Ok(Outcome {
            text,
            value: (!records.is_empty()).then_some(Value::Array(value)),
            records: self.references(&records),
            named: self.named(&records),
        })
    }

    /// The record that comes right after or before the one that is named, or all of them.
    pub(super) async fn beside(
        &mut self,
        filter: Option<Value>,
        (by, after, all): (&str, bool, bool),
    ) -> Result<Outcome, ToolFailure> {
        let fields = unique([self.primary(), by.to_owned()]);
        let found = self.list(filter.as_ref(), &fields, None, 2).await?;
        let anchors: Vec<Value> = items(&found, "records").cloned().collect();
        let held = match anchors.as_slice() {
            [one] => cell(one, by),
            _ => Value::Null,
        };
        if held.is_null() {
            let text = format!("I found no {} with one {by}{}.", self.table.noun(1), self.conditions());
            return Ok(Outcome { text, ..Outcome::default() });
        }
        let beyond = json!({ "field": by, "op": if after { ">" } else { "<" }, "value": held });
        let sort = Sort { field: by.to_owned(), descending: !after };
        let found = self.list(Some(&beyond), &fields, Some(&sort), PAGE).await?;
        let mut records: Vec<Value> = items(&found, "records").cloned().collect();
        if !all {
            let first = records.first().map(|r| cell(r, by));
            records.retain(|r| Some(cell(r, by)) == first);
        }
        let name = self.named(&anchors).join("");
        let order = if after { "after" } else { "before" };
        let shown: Vec<String> = records
            .iter()
            .map(|r| {
                format!(
                    "{} ({})",
                    wording::plain(&cell(r, &self.primary())),
                    wording::value(self.table, by, &cell(r, by))
                )
            })
            .collect();
        let text = match records.len() as u64 {
            0 => format!("No {} comes {order} {name} by {by}.", self.table.noun(1)),
            n => format!("The {} {order} {name} by {by}: {}.", self.table.noun(n), wording::series(&shown, 20)),
        };
        let value = flat(records.iter().map(|r| cell(r, &self.primary())).collect());
        Ok(Outcome {
            text,
            value: Some(Value::Array(value)),
            records: self.references(&records),
            named: self.named(&records),
        })
    }
}
