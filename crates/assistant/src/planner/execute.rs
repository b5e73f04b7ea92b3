//! Carries a plan out through the tools and puts the result into words.

mod special;
#[cfg(test)]
mod tests;

use serde_json::{Map, Value, json};

use super::{
    book::{Book, Table, items, string},
    desk::Desk,
    plan::{self, Ask, Condition, Groups, Op, Plan, Shown, Sort},
    toolbox::ToolFailure,
    wording,
};

/// What a plan came to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outcome {
    pub text: String,
    pub value: Option<Value>,
    /// Table and record id.
    pub records: Vec<(String, String)>,
    /// Primary texts of the records, when they are few.
    pub named: Vec<String>,
}

/// Most cells listed in an answer.
const PAGE: u64 = 100;
/// Most pages read for one answer.
const PAGES: usize = 10;

/// A plan being carried out.
pub struct Execution<'a, 'b> {
    pub desk: &'a mut Desk<'b>,
    pub book: &'a Book,
    pub plan: &'a Plan,
    table: &'a Table,
}

impl<'a, 'b> Execution<'a, 'b> {
    /// None when the plan's table is gone.
    pub fn new(desk: &'a mut Desk<'b>, book: &'a Book, plan: &'a Plan) -> Option<Self> {
        let table = book.tables.get(book.table_named(&plan.table)?)?;
        Some(Self { desk, book, plan, table })
    }

    /// # Errors
    /// Whatever a tool answers.
    pub async fn run(mut self) -> Result<Outcome, ToolFailure> {
        let filter = self.filter(&self.plan.conditions).await?;
        match &self.plan.ask {
            Ask::Count => self.count(filter).await,
            Ask::CountOf(field) => self.count_of(filter, field).await,
            Ask::CountKinds(field) => self.count_kinds(filter, field).await,
            Ask::CountParts(field) => self.count_parts(filter, field).await,
            Ask::Share => self.share(filter).await,
            Ask::Details => self.details(filter).await,
            Ask::Beside { by, after, all } => self.beside(filter, (by, *after, *all)).await,
            Ask::Exists => self.exists(filter).await,
            Ask::Confirm(checks) => self.confirm(filter, checks).await,
            Ask::Distinct(field) => self.distinct(filter, field).await,
            Ask::Choices(field) => self.choices(filter, field).await,
            Ask::Aggregate { op, field } => self.aggregate(filter, *op, field).await,
            Ask::Extreme { by, greatest, show } => self.extreme(filter, by, *greatest, show).await,
            Ask::Values(shown) => self.values(filter, shown).await,
            Ask::Records => self.records(filter).await,
            Ask::Groups(groups) => self.groups(filter, groups).await,
        }
    }

    /// All conditions as one filter; those over a link are looked up first.
    async fn filter(&mut self, conditions: &[Condition]) -> Result<Option<Value>, ToolFailure> {
        let mut filters = Vec::new();
        for condition in conditions {
            let condition = &self.dated(condition).await?;
            filters.push(match &condition.via {
                None => condition.filter(),
                Some(via) => {
                    let names = self.names_in(&via.table, condition).await?;
                    json!({ "field": via.link, "op": "has_any_of", "value": names })
                }
            });
        }
        Ok(plan::all(filters))
    }

    /// Primary texts of the records of another table that meet a condition.
    async fn names_in(&mut self, table: &str, condition: &Condition) -> Result<Vec<String>, ToolFailure> {
        let Some(other) = self.book.table_named(table).and_then(|t| self.book.tables.get(t)) else { return Ok(vec![]) };
        let primary = other.fields.get(other.primary).map(|f| f.name.clone()).unwrap_or_default();
        let arguments = json!({ "base": self.book.base, "table": table, "filter": condition.filter(), "fields": [primary], "limit": PAGE });
        let found = self.desk.ask("list_records", arguments).await?;
        if found.get("truncated").and_then(Value::as_bool) == Some(true) {
            let message = format!("more than {PAGE} records of `{table}` match, too many to follow their links");
            return Err(ToolFailure::new(message));
        }
        Ok(items(&found, "records").filter_map(|r| Some(wording::plain(r.get("fields")?.get(&primary)?))).collect())
    }

    fn base_arguments(&self, filter: Option<&Value>) -> Map<String, Value> {
        let mut arguments = Map::new();
        arguments.insert("base".to_owned(), json!(self.book.base));
        arguments.insert("table".to_owned(), json!(self.plan.table));
        if let Some(filter) = filter {
            arguments.insert("filter".to_owned(), filter.clone());
        }
        arguments
    }

    async fn list(
        &mut self,
        filter: Option<&Value>,
        fields: &[String],
        sort: Option<&Sort>,
        limit: u64,
    ) -> Result<Value, ToolFailure> {
        let mut arguments = self.base_arguments(filter);
        if let Some(sort) = sort {
            let direction = if sort.descending { "desc" } else { "asc" };
            arguments.insert("sort".to_owned(), json!([{ "field": sort.field, "direction": direction }]));
        }
        arguments.insert("fields".to_owned(), json!(fields));
        arguments.insert("limit".to_owned(), json!(limit));
        self.desk.ask("list_records", Value::Object(arguments)).await
    }

    /// Every page of a list, up to a bound; the total and whether all came.
    async fn list_all(&mut self, filter: Option<&Value>, fields: &[String]) -> Result<(Vec<Value>, u64), ToolFailure> {
        let mut found =
            self.list(filter, fields, self.plan.sort.as_ref(), self.plan.limit.unwrap_or(PAGE).min(PAGE)).await?;
        let total = total(&found);
        let mut all: Vec<Value> = items(&found, "records").cloned().collect();
        let wanted = self.plan.limit.unwrap_or(u64::MAX);
        for _ in 1..PAGES {
            let Some(cursor) = found.get("next_cursor").filter(|c| c.is_string()).cloned() else { break };
            if all.len() as u64 >= wanted.min(total) {
                break;
            }
            let mut arguments = self.base_arguments(filter);
            if let Some(sort) = &self.plan.sort {
                let direction = if sort.descending { "desc" } else { "asc" };
                arguments.insert("sort".to_owned(), json!([{ "field": sort.field, "direction": direction }]));
            }
            arguments.insert("fields".to_owned(), json!(fields));
            arguments.insert("limit".to_owned(), json!(PAGE));
            arguments.insert("cursor".to_owned(), cursor);
            found = self.desk.ask("list_records", Value::Object(arguments)).await?;
            all.extend(items(&found, "records").cloned());
        }
        all.truncate(usize::try_from(wanted).unwrap_or(usize::MAX));
        Ok((all, total))
    }

    fn primary(&self) -> String {
        self.table.fields.get(self.table.primary).map(|f| f.name.clone()).unwrap_or_default()
    }

    fn references(&self, records: &[Value]) -> Vec<(String, String)> {
        records.iter().map(|r| (self.plan.table.clone(), string(r, "id"))).collect()
    }

    /// What the records are called, for a follow-up to speak of them.
    fn named(&self, records: &[Value]) -> Vec<String> {
        const FEW: usize = 20;
        let primary = self.primary();
        if records.len() > FEW {
            return vec![];
        }
        records.iter().map(|r| cell(r, &primary)).filter(|c| !c.is_null()).map(|c| wording::plain(&c)).collect()
    }

    fn conditions(&self) -> String {
        wording::conditions(&self.plan.conditions)
    }

    async fn count(&mut self, filter: Option<Value>) -> Result<Outcome, ToolFailure> {
        let primary = self.primary();
        let found = self.list(filter.as_ref(), &[primary], None, 20).await?;
        let total = total(&found);
        let records: Vec<Value> = items(&found, "records").cloned().collect();
        let text = wording::counted(total, self.table, &self.conditions());
        let records = if filter.is_some() { self.references(&records) } else { vec![] };
        Ok(Outcome { text, value: Some(json!(total)), records, ..Outcome::default() })
    }

    /// "How many wins" over a field of text: numbers kept as text are the answer, other text is counted.
    async fn count_of(&mut self, filter: Option<Value>, field: &str) -> Result<Outcome, ToolFailure> {
        let found = self.list(filter.as_ref(), &unique([self.primary(), field.to_owned()]), None, 20).await?;
        let records: Vec<Value> = items(&found, "records").cloned().collect();
        let is_number = |r: &Value| cell(r, field).as_str().is_some_and(|t| t.trim().parse::<f64>().is_ok());
        if !records.is_empty() && records.len() as u64 == total(&found) && records.iter().all(is_number) {
            return self.values(filter, &[Shown::own(field)]).await;
        }
        let total = total(&found);
        let text = wording::counted(total, self.table, &self.conditions());
        Ok(Outcome { text, value: Some(json!(total)), records: self.references(&records), named: self.named(&records) })
    }

    /// "How many countries" of a table with several records for each country.
    async fn count_kinds(&mut self, filter: Option<Value>, field: &str) -> Result<Outcome, ToolFailure> {
        let mut arguments = self.base_arguments(filter.as_ref());
        arguments.insert("aggregates".to_owned(), json!([{ "op": "distinct", "field": field }]));
        let found = self.desk.ask("aggregate", Value::Object(arguments)).await?;
        let (kinds, records) = (first_value(&found), found.get("matched").cloned().unwrap_or_default());
        if kinds.as_u64() == records.as_u64() {
            return self.count(filter).await;
        }
        let text = format!(
            "There are {} different values of {field} in {} records{}.",
            wording::plain(&kinds),
            wording::plain(&records),
            self.conditions()
        );
        Ok(Outcome { text, value: Some(kinds), ..Outcome::default() })
    }

    async fn exists(&mut self, filter: Option<Value>) -> Result<Outcome, ToolFailure> {
        let mut outcome = self.count(filter).await?;
        let any = outcome.value.as_ref().and_then(Value::as_u64).unwrap_or(0) > 0;
        outcome.text = format!("{}: {}", if any { "Yes" } else { "No" }, wording::lower_first(&outcome.text));
        outcome.value = Some(json!(any));
        Ok(outcome)
    }

    async fn confirm(&mut self, filter: Option<Value>, checks: &[Condition]) -> Result<Outcome, ToolFailure> {
        let fields: Vec<String> =
            std::iter::once(self.primary()).chain(checks.iter().map(|c| c.field.clone())).collect();
        let all = self.list(filter.as_ref(), &fields, None, PAGE).await?;
        let check = self.filter(checks).await?;
        let both = plan::all(filter.into_iter().chain(check).collect());
        let met = self.list(both.as_ref(), &fields, None, PAGE).await?;
        let (total_all, total_met) = (total(&all), total(&met));
        let records: Vec<Value> = items(&all, "records").cloned().collect();
        let answer = total_all > 0 && total_met == total_all;
        let text = match (total_all, total_met) {
            (0, _) => format!("I found no {}{}.", self.table.noun(1), self.conditions()),
            (1, _) => {
                let cells = records.first().map(|r| wording::cells(self.table, r, &fields)).unwrap_or_default();
                format!("{}: {cells}.", if answer { "Yes" } else { "No" })
            }
            _ => format!("{}: {total_met} of {total_all} are.", if answer { "Yes" } else { "No" }),
        };
        let value = (total_all > 0).then(|| json!(answer));
        Ok(Outcome { text, value, records: self.references(&records), named: self.named(&records) })
    }

    async fn distinct(&mut self, filter: Option<Value>, field: &str) -> Result<Outcome, ToolFailure> {
        let mut arguments = self.base_arguments(filter.as_ref());
        arguments.insert("aggregates".to_owned(), json!([{ "op": "distinct", "field": field }]));
        let found = self.desk.ask("aggregate", Value::Object(arguments)).await?;
        let value = first_value(&found);
        let text = format!("There are {} different values of {field}{}.", wording::plain(&value), self.conditions());
        Ok(Outcome { text, value: Some(value), ..Outcome::default() })
    }

    async fn choices(&mut self, filter: Option<Value>, field: &str) -> Result<Outcome, ToolFailure> {
        let mut arguments = self.base_arguments(filter.as_ref());
        arguments.insert("group_by".to_owned(), json!([field]));
        arguments.insert("aggregates".to_owned(), json!([{ "op": "count" }]));
        arguments.insert("limit".to_owned(), json!(PAGE));
        let found = self.desk.ask("aggregate", Value::Object(arguments)).await?;
        let keys: Vec<Value> = items(&found, "groups").map(key).filter(|k| !k.is_null()).collect();
        let groups = found.get("total_groups").and_then(Value::as_u64).unwrap_or(keys.len() as u64);
        let shown = wording::series(&keys.iter().map(wording::plain).collect::<Vec<_>>(), 20);
        let text = match groups {
            0 => format!("{field} is empty everywhere."),
            1 => format!("{field} has one value: {shown}."),
            _ => format!(
                "{field} has {} different values: {shown}.",
                keys.len().max(usize::try_from(groups).unwrap_or(0)).min(keys.len().max(1))
            ),
        };
        Ok(Outcome { text, value: Some(Value::Array(keys)), ..Outcome::default() })
    }

    async fn aggregate(&mut self, filter: Option<Value>, op: Op, field: &str) -> Result<Outcome, ToolFailure> {
        let mut arguments = self.base_arguments(filter.as_ref());
        let held = json!({ "op": "count", "field": field });
        arguments.insert("aggregates".to_owned(), json!([{ "op": op.name(), "field": field }, held]));
        let found = self.desk.ask("aggregate", Value::Object(arguments)).await?;
        let matched = found.get("matched").and_then(Value::as_u64).unwrap_or(0);
        let held = items(&found, "groups").next().and_then(|g| items(g, "values").nth(1)?.as_u64());
        let matched = held.unwrap_or(matched);
        let value = first_value(&found);
        let none = matched == 0 || value.is_null();
        let text = if none {
            format!("There is no {field} to take the {} of{}.", wording::op(op), self.conditions())
        } else {
            let shown = wording::value(self.table, field, &value);
            let over = format!("{matched} {}", self.table.noun(matched));
            format!("The {} {field}{} is {shown} (over {over}).", wording::op(op), self.conditions())
        };
        let mut records = Vec::new();
        if filter.is_some() && !none {
            let listed = self.list(filter.as_ref(), &[self.primary()], None, 20).await?;
            records = self.references(&items(&listed, "records").cloned().collect::<Vec<_>>());
        }
        Ok(Outcome { text, value: (!none).then_some(value), records, ..Outcome::default() })
    }

    async fn extreme(
        &mut self,
        filter: Option<Value>,
        by: &str,
        greatest: bool,
        show: &[Shown],
    ) -> Result<Outcome, ToolFailure> {
        let present = json!({ "field": by, "op": "is_not_empty" });
        let filter = plan::all(filter.into_iter().chain([present]).collect());
        let shown = show.first().map_or_else(|| self.primary(), |s| s.field.clone());
        let fields = unique([self.primary(), shown.clone(), by.to_owned()]);
        let sort = Sort { field: by.to_owned(), descending: greatest };
        let most = if self.plan.skip > 0 { PAGE } else { self.plan.limit.unwrap_or(20).min(PAGE) };
        let found = self.list(filter.as_ref(), &fields, Some(&sort), most).await?;
        let mut records: Vec<Value> = items(&found, "records").cloned().collect();
        for _ in 0..self.plan.skip {
            let better = records.first().map(|r| cell(r, by));
            records.retain(|r| Some(cell(r, by)) != better);
        }
        let best = records.first().map(|r| cell(r, by)).unwrap_or_default();
        if self.plan.limit.is_none() {
            records.retain(|r| cell(r, by) == best);
        }
        let cells: Vec<Value> = records.iter().map(|r| cell(r, &shown)).collect();
        let rank = wording::rank(greatest, self.plan.skip);
        let text = wording::extreme(self.table, &records, &shown, (by, &rank), &self.conditions());
        let value = (!records.is_empty()).then(|| Value::Array(flat(cells)));
        Ok(Outcome { text, value, records: self.references(&records), named: self.named(&records) })
    }

    async fn values(&mut self, filter: Option<Value>, shown: &[Shown]) -> Result<Outcome, ToolFailure> {
        if let [Shown { field, via: Some(via) }] = shown {
            return self.values_beyond(filter, field, via).await;
        }
        let names: Vec<String> = shown.iter().map(|s| s.field.clone()).collect();
        let fields = unique(std::iter::once(self.primary()).chain(names.iter().cloned()));
        let (records, total) = self.list_all(filter.as_ref(), &fields).await?;
        let value = match names.as_slice() {
            [one] => flat(records.iter().map(|r| cell(r, one)).collect()),
            _ => {
                records.iter().map(|r| Value::Object(names.iter().map(|n| (n.clone(), cell(r, n))).collect())).collect()
            }
        };
        let text = wording::looked_up(self.table, &records, total, &names, &self.conditions());
        let value = (!value.is_empty()).then_some(Value::Array(value));
        Ok(Outcome { text, value, records: self.references(&records), named: self.named(&records) })
    }

    /// The asked field stands in the table a link leads to.
    async fn values_beyond(
        &mut self,
        filter: Option<Value>,
        field: &str,
        via: &plan::Via,
    ) -> Result<Outcome, ToolFailure> {
        let (records, _) = self.list_all(filter.as_ref(), &[self.primary(), via.link.clone()]).await?;
        let mut references = self.references(&records);
        let mut linked: Vec<String> = Vec::new();
        for record in &records {
            let ids = cell(record, &via.link);
            let ids = ids.as_array().cloned().unwrap_or_default();
            linked.extend(ids.iter().map(|l| string(l, "id")).filter(|id| !id.is_empty()));
        }
        linked.sort_unstable();
        linked.dedup();
        if linked.len() > 20 {
            return Err(ToolFailure::new(format!(
                "{} records are linked, too many to look up one by one",
                linked.len()
            )));
        }
        let mut cells = Vec::new();
        for id in linked {
            let arguments = json!({ "base": self.book.base, "table": via.table, "record": id });
            let record = self.desk.ask("get_record", arguments).await?;
            cells.push(cell(&record, field));
            references.push((via.table.clone(), id));
        }
        let cells = flat(cells);
        let text = if cells.as_slice().is_empty() {
            format!("There is no {field}{}.", self.conditions())
        } else {
            let other = self.book.table_named(&via.table).and_then(|t| self.book.tables.get(t));
            let shown: Vec<String> = cells
                .iter()
                .map(|c| other.map_or_else(|| wording::plain(c), |t| wording::value(t, field, c)))
                .collect();
            format!("The {field} of the {}{} is {}.", via.link, self.conditions(), wording::series(&shown, 10))
        };
        let value = (!cells.is_empty()).then_some(Value::Array(cells));
        Ok(Outcome { text, value, records: references, ..Outcome::default() })
    }

    async fn records(&mut self, filter: Option<Value>) -> Result<Outcome, ToolFailure> {
        let tested = self.plan.conditions.iter().filter(|c| c.via.is_none()).map(|c| c.field.clone());
        let sorted = self.plan.sort.iter().map(|s| s.field.clone());
        let primary = self.primary();
        let fields = unique(std::iter::once(primary.clone()).chain(tested).chain(sorted));
        let (records, total) = self.list_all(filter.as_ref(), &fields).await?;
        let cells: Vec<Value> = records.iter().map(|r| cell(r, &primary)).collect();
        let names: Vec<String> = cells.iter().map(wording::plain).collect();
        let noun = self.table.noun(total);
        let text = match total {
            0 => format!("No {noun}{}.", self.conditions()),
            _ if (names.len() as u64) < total.min(self.plan.limit.unwrap_or(0) + 1) => {
                format!("{} of {total} {noun}{}: {}.", names.len(), self.conditions(), wording::series(&names, 20))
            }
            _ => format!("{total} {noun}{}: {}.", self.conditions(), wording::series(&names, 20)),
        };
        Ok(Outcome {
            text,
            value: Some(Value::Array(flat(cells))),
            records: self.references(&records),
            named: self.named(&records),
        })
    }

    async fn groups(&mut self, filter: Option<Value>, groups: &Groups) -> Result<Outcome, ToolFailure> {
        let mut arguments = self.base_arguments(filter.as_ref());
        let by = match &groups.bucket {
            Some(bucket) => json!({ "field": groups.by, "bucket": bucket }),
            None => json!(groups.by),
        };
        arguments.insert("group_by".to_owned(), json!([by]));
        let aggregate = match &groups.field {
            Some(field) => json!({ "op": groups.op.name(), "field": field }),
            None => json!({ "op": "count" }),
        };
        arguments.insert("aggregates".to_owned(), json!([aggregate]));
        let sort = match (&groups.pick, &groups.bucket) {
            (Some(pick), _) => json!({ "by": 0, "direction": if pick.greatest { "desc" } else { "asc" } }),
            (None, Some(_)) => json!({ "by": "key", "direction": "asc" }),
            (None, None) => json!({ "by": 0, "direction": "desc" }),
        };
        arguments.insert("sort".to_owned(), sort);
        arguments.insert("limit".to_owned(), json!(PAGE));
        let found = self.desk.ask("aggregate", Value::Object(arguments)).await?;
        Ok(self.grouped(groups, &found))
    }

    fn grouped(&self, groups: &Groups, found: &Value) -> Outcome {
        let mut rows: Vec<(Value, Value)> = items(found, "groups").map(|g| (key(g), group_value(g))).collect();
        if let Some((op, bound)) = &groups.having {
            let meets = |v: &Value| {
                v.as_f64().is_some_and(|v| match op.as_str() {
                    ">" => v > *bound,
                    ">=" => v >= *bound,
                    "<" => v < *bound,
                    "<=" => v <= *bound,
                    _ => (v - bound).abs() < 1e-9,
                })
            };
            rows.retain(|(k, v)| !k.is_null() && meets(v));
        }
        if let Some(pick) = groups.pick {
            rows.retain(|(key, _)| !key.is_null());
            let edge = rows.first().map(|(_, v)| v.clone());
            match pick.count {
                1 => rows.retain(|(_, v)| Some(v) == edge.as_ref()),
                count => rows.truncate(usize::try_from(count).unwrap_or(usize::MAX)),
            }
        }
        let text = wording::groups(self.table, groups, &rows, &self.conditions());
        let keys_only = groups.pick.is_some() || groups.having.is_some();
        let value =
            rows.iter().map(|(k, v)| if keys_only { k.clone() } else { json!({ "key": k, "value": v }) }).collect();
        Outcome { text, value: Some(Value::Array(value)), ..Outcome::default() }
    }
}

fn total(found: &Value) -> u64 {
    let returned = items(found, "records").count() as u64;
    found.get("total").and_then(Value::as_u64).unwrap_or(returned)
}

fn first_value(found: &Value) -> Value {
    items(found, "groups").next().map(group_value).unwrap_or_default()
}

fn group_value(group: &Value) -> Value {
    items(group, "values").next().cloned().unwrap_or_default()
}

fn key(group: &Value) -> Value {
    let key = items(group, "key").next().cloned().unwrap_or_default();
    match &key {
        Value::Object(link) => link.get("text").cloned().unwrap_or(key),
        Value::String(text) if text.is_empty() => Value::Null,
        _ => key,
    }
}

/// One cell of a record, null when empty.
pub fn cell(record: &Value, field: &str) -> Value {
    record.get("fields").and_then(|f| f.get(field)).cloned().unwrap_or_default()
}

/// Cells without the empty ones; lists opened, links as their text.
fn flat(cells: Vec<Value>) -> Vec<Value> {
    let mut out = Vec::with_capacity(cells.len());
    for cell in cells {
        match cell {
            Value::Null => {}
            Value::Array(parts) => out.extend(flat(parts)),
            Value::Object(mut link) if link.contains_key("text") => out.extend(link.remove("text")),
            other => out.push(other),
        }
    }
    out
}

fn unique(names: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for name in names {
        if !out.contains(&name) {
            out.push(name);
        }
    }
    out
}
