//! Short plain sentences for answers.

#[cfg(test)]
mod tests;

use serde_json::Value;

use super::{
    book::{Field, Kind, Table},
    dates,
    execute::cell,
    plan::{Condition, Groups, Op, Test},
};

/// A value as plain text.
pub fn plain(value: &Value) -> String {
    match value {
        Value::Null => "empty".to_owned(),
        Value::String(text) => text.clone(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Number(number) => number_text(number.as_f64().unwrap_or(0.0)),
        Value::Array(parts) => parts.iter().map(plain).collect::<Vec<_>>().join(", "),
        Value::Object(map) => match map.get("text").or_else(|| map.get("name")) {
            Some(text) => plain(text),
            None => value.to_string(),
        },
    }
}

/// A number without needless decimals, thousands set apart from 10,000 on.
fn number_text(number: f64) -> String {
    let rounded = (number * 1e6).round() / 1e6;
    let text = format!("{rounded}");
    let (whole, rest) = text.split_once('.').map_or((text.as_str(), None), |(w, r)| (w, Some(r)));
    let digits = whole.trim_start_matches('-');
    let grouped = if digits.len() > 4 { thousands(digits) } else { digits.to_owned() };
    let sign = if whole.starts_with('-') { "-" } else { "" };
    rest.map_or_else(|| format!("{sign}{grouped}"), |rest| format!("{sign}{grouped}.{rest}"))
}

fn thousands(digits: &str) -> String {
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A cell's value as its field shows it.
pub fn value(table: &Table, field: &str, value: &Value) -> String {
    let entry = table.field_named(field).and_then(|f| table.fields.get(f));
    match (entry, value.as_f64()) {
        (Some(field), Some(number)) if field.kind == Kind::Percent => format!("{}%", number_text(number * 100.0)),
        (Some(field), Some(number)) if field.stems().contains(&"year") => format!("{number}"),
        (Some(field), Some(number)) if field.symbol.is_some() => money(field, number),
        _ => plain(value),
    }
}

/// An amount of money with as many decimals as the field shows.
fn money(field: &Field, number: f64) -> String {
    let symbol = field.symbol.as_deref().unwrap_or_default();
    let Some(precision) = field.precision else { return format!("{symbol}{}", number_text(number)) };
    let text = format!("{:.precision$}", number.abs());
    let (whole, rest) = text.split_once('.').map_or((text.as_str(), String::new()), |(w, r)| (w, format!(".{r}")));
    let sign = if number < 0.0 { "-" } else { "" };
    format!("{sign}{symbol}{}{rest}", thousands(whole))
}

/// "a, b and c", cut after `most`.
pub fn series(parts: &[String], most: usize) -> String {
    let shown: Vec<&str> = parts.iter().take(most).map(String::as_str).collect();
    let more = parts.len() - shown.len();
    match (shown.split_last(), more) {
        (None, _) => String::new(),
        (Some((last, [])), 0) => (*last).to_owned(),
        (Some((last, before)), 0) => format!("{} and {last}", before.join(", ")),
        (_, more) => format!("{} and {more} more", shown.join(", ")),
    }
}

pub fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

/// " where A is b and C is more than 3", empty without conditions.
pub fn conditions(all: &[Condition]) -> String {
    if all.is_empty() {
        return String::new();
    }
    let parts: Vec<String> = all.iter().map(condition).collect();
    format!(" where {}", parts.join(" and "))
}

pub fn condition(condition: &Condition) -> String {
    let name = match &condition.via {
        Some(via) => format!("{} of {}", condition.field, via.link),
        None => condition.field.clone(),
    };
    let not = if condition.negated { "not " } else { "" };
    match &condition.test {
        Test::Empty if condition.negated => format!("{name} is not empty"),
        Test::Empty => format!("{name} is empty"),
        Test::Between(low, high) => format!("{name} is {not}between {} and {}", number_text(*low), number_text(*high)),
        Test::Yearly { month, day, .. } => {
            let day = day.map(|day| format!("{day} ")).unwrap_or_default();
            format!("{name} is {not}in {day}{} of any year", dates::month_name(*month))
        }
        Test::Among(spans) => {
            let told: Vec<String> = spans.iter().map(|(from, until)| span(Some(from), Some(until))).collect();
            format!("{name} is {not}{}", told.join(" or "))
        }
        Test::Within { from, until } => format!("{name} is {not}{}", span(from.as_deref(), until.as_deref())),
        Test::Is { op, value } => {
            let verb = match op.as_str() {
                ">" => "is more than",
                ">=" => "is at least",
                "<" => "is less than",
                "<=" => "is at most",
                "contains" => "contains",
                "starts_with" => "starts with",
                "ends_with" => "ends with",
                "is_none_of" => "is none of",
                _ => "is",
            };
            let shown = match value {
                Value::Array(parts) => {
                    let joint = if op == "has_all_of" { " and " } else { " or " };
                    parts.iter().map(plain).collect::<Vec<_>>().join(joint)
                }
                Value::Bool(true) => return format!("{name} is {not}checked"),
                Value::Bool(false) => return format!("{name} is not checked"),
                single => single.as_f64().map_or_else(|| plain(single), |n| format!("{n}")),
            };
            format!("{name} {verb} {not}{shown}")
        }
    }
}

fn span(from: Option<&str>, until: Option<&str>) -> String {
    match (from, until) {
        (Some(from), Some(until)) => format!("from {from} and before {until}"),
        (Some(from), None) => format!("{from} or later"),
        (None, Some(until)) => format!("before {until}"),
        (None, None) => "set".to_owned(),
    }
}

pub fn op(op: Op) -> &'static str {
    match op {
        Op::Count => "number of",
        Op::Sum => "total",
        Op::Avg => "average",
        Op::Min => "lowest",
        Op::Max => "highest",
        Op::Median => "median",
    }
}

pub fn counted(total: u64, table: &Table, conditions: &str) -> String {
    let verb = if total == 1 { "is" } else { "are" };
    format!("There {verb} {} {}{conditions}.", number_text(total as f64), table.noun(total))
}

/// The cells of one record: "Apollo, Status: Done".
pub fn cells(table: &Table, record: &Value, fields: &[String]) -> String {
    let mut parts = Vec::new();
    for (at, field) in fields.iter().enumerate() {
        let held = cell(record, field);
        let shown = match (&held, table.field_named(field).and_then(|f| table.fields.get(f)).map(|f| f.kind)) {
            (Value::Null, Some(Kind::Checkbox)) => "no".to_owned(),
            _ => value(table, field, &held),
        };
        parts.push(if at == 0 { shown } else { format!("{field}: {shown}") });
    }
    parts.join(", ")
}

/// "highest", "second lowest".
pub fn rank(greatest: bool, skip: u64) -> String {
    const ORDINALS: [&str; 6] = ["", "second ", "third ", "fourth ", "fifth ", "sixth "];
    let ordinal = usize::try_from(skip).ok().and_then(|at| ORDINALS.get(at)).copied().unwrap_or_default();
    format!("{ordinal}{}", if greatest { "highest" } else { "lowest" })
}

pub fn extreme(table: &Table, records: &[Value], shown: &str, (by, rank): (&str, &str), conditions: &str) -> String {
    if records.is_empty() {
        return format!("No {} has a {by}{conditions}.", table.noun(1));
    }
    let named: Vec<String> = records
        .iter()
        .map(|r| format!("{} ({})", value(table, shown, &cell(r, shown)), value(table, by, &cell(r, by))))
        .collect();
    format!("The {rank} {by}{conditions}: {}.", series(&named, 20))
}

/// The asked cells of the records found.
pub fn looked_up(table: &Table, records: &[Value], total: u64, names: &[String], conditions: &str) -> String {
    let asked = names.join(" and ");
    match records {
        [] => format!("I found no {}{conditions}.", table.noun(1)),
        [one] => {
            let shown: Vec<String> = names.iter().map(|n| value(table, n, &cell(one, n))).collect();
            let verb = if names.len() == 1 { "is" } else { "are" };
            format!("The {asked}{conditions} {verb} {}.", series(&shown, 10))
        }
        many => {
            let primary = table.fields.get(table.primary).map(|f| f.name.clone()).unwrap_or_default();
            let rows: Vec<String> = many
                .iter()
                .map(|r| {
                    let shown: Vec<String> = names.iter().map(|n| value(table, n, &cell(r, n))).collect();
                    if names.contains(&primary) {
                        shown.join(", ")
                    } else {
                        format!("{} ({})", shown.join(", "), plain(&cell(r, &primary)))
                    }
                })
                .collect();
            format!("The {asked} of {total} {}{conditions}: {}.", table.noun(total), series(&rows, 20))
        }
    }
}

pub fn groups(table: &Table, groups: &Groups, rows: &[(Value, Value)], conditions: &str) -> String {
    let what = match &groups.field {
        Some(field) => format!("{} {field}", op(groups.op)),
        None => format!("number of {}", table.noun(2)),
    };
    let shown = |v: &Value| groups.field.as_ref().map_or_else(|| plain(v), |f| value(table, f, v));
    let bucket = groups.bucket.as_deref();
    let parts: Vec<String> = rows.iter().map(|(k, v)| format!("{} {}", label(k, bucket), shown(v))).collect();
    if rows.is_empty() {
        return format!("No {}{conditions} to group by {}.", table.noun(2), groups.by);
    }
    let text = series(&parts, 30);
    format!("The {what} by {}{conditions}: {text}.", groups.by)
}

fn label(key: &Value, bucket: Option<&str>) -> String {
    match key {
        Value::String(day) if bucket == Some("year") => format!("{}:", day.get(..4).unwrap_or(day)),
        Value::String(day) if bucket == Some("month") => format!("{}:", day.get(..7).unwrap_or(day)),
        Value::Null => "(empty)".to_owned(),
        Value::Number(number) => number.as_f64().map_or_else(|| number.to_string(), |n| format!("{n}")),
        key => plain(key),
    }
}
