//! What people read about an import.

use serde_json::Value;
use transfer::{ProblemKind, counted};

/// Problems that are shown one by one.
const SHOWN: usize = 10;
/// Text of a cell or line that is shown, in characters.
const EXCERPT: usize = 60;

/// The beginning of a text, in one line.
fn excerpt(text: &str) -> String {
    let escaped = text.trim_end_matches('…').escape_debug().to_string();
    if escaped.chars().count() <= EXCERPT && !text.ends_with('…') {
        return escaped;
    }
    let beginning: String = escaped.chars().take(EXCERPT).collect();
    format!("{beginning}…")
}

fn number(value: &Value, key: &str) -> u64 {
    value.get(key).and_then(Value::as_u64).unwrap_or_default()
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn list<'v>(outcome: &'v Value, pointer: &str) -> &'v [Value] {
    outcome.pointer(pointer).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// The outcome of an import, line by line.
pub(super) fn lines(outcome: &Value, dry_run: bool) -> Vec<String> {
    let mut lines = Vec::new();
    if dry_run {
        lines.push(format!("dialect: {}", outcome.pointer("/dialect").cloned().unwrap_or_default()));
        lines.extend(list(outcome, "/columns").iter().map(column));
    }
    let parts = list(outcome, "/parts");
    lines.extend(parts.iter().filter(|_| parts.len() > 1).map(part));
    lines.extend(list(outcome, "/doubts").iter().map(|doubt| format!("doubt: {}", doubt.as_str().unwrap_or_default())));
    lines.extend(notes(outcome));
    lines.extend(list(outcome, "/report/problems").iter().take(SHOWN).map(problem));
    let totals = outcome.pointer("/report/totals").and_then(Value::as_object);
    let total: u64 = totals.into_iter().flat_map(|totals| totals.values()).filter_map(Value::as_u64).sum();
    if total > SHOWN as u64 {
        let more = counted(total - SHOWN as u64, "more problem");
        lines.push(format!("and {more}; --json shows the first of them with their places"));
    }
    lines.push(last(outcome, total));
    lines
}

fn last(outcome: &Value, problems: u64) -> String {
    let state = text(outcome, "state");
    let written = match state {
        "checked" => "nothing was written".to_owned(),
        "cancelled" => format!(
            "{} taken back, {} left because they have changed since",
            counted(number(outcome, "removed"), "row"),
            number(outcome, "left")
        ),
        _ => format!("{} written", counted(number(outcome, "rows"), "row")),
    };
    let read = counted(number(outcome, "totalRows"), "row");
    format!("{state}: {written}, {read} read, {}", counted(problems, "problem"))
}

/// What would become of a column.
fn column(column: &Value) -> String {
    let kind = column.pointer("/kind/kind").and_then(Value::as_str).unwrap_or_default();
    let filled = counted(number(column, "filled"), "cell");
    format!("field: {} ({kind}), {filled} filled, unfit: {}", excerpt(text(column, "name")), number(column, "unfit"))
}

/// Each line outside the tables.
fn notes(outcome: &Value) -> Vec<String> {
    let notes = list(outcome, "/report/notes");
    let note = |note: &Value| format!("left out: line {}: {}", number(note, "line"), excerpt(text(note, "text")));
    notes.iter().map(note).collect()
}

/// A table of a file that holds several.
fn part(part: &Value) -> String {
    let names: Vec<String> = list(part, "/names").iter().filter_map(Value::as_str).map(excerpt).collect();
    let place = match part.get("table").and_then(Value::as_str) {
        Some(table) => format!("{} to table `{table}`", counted(number(part, "rows"), "row")),
        None => "left out".to_owned(),
    };
    format!("table {} (line {}): {}; {place}", number(part, "number"), number(part, "line"), names.join(", "))
}

/// A problem in words: where, what, and the text it is about.
fn problem(problem: &Value) -> String {
    let column = match number(problem, "column") {
        0 => String::new(),
        column => format!(", column {column}"),
    };
    let kind = problem.get("kind").cloned().unwrap_or_default();
    let what = serde_json::from_value::<ProblemKind>(kind)
        .map_or_else(|_| text(problem, "kind").to_owned(), |kind| kind.to_string());
    let (row, line) = (number(problem, "row"), number(problem, "line"));
    format!("problem: row {row} (line {line}){column}: {what}: {}", excerpt(text(problem, "text")))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::lines;

    fn outcome(count: usize, notes: &[(u64, &str)]) -> Value {
        let problem = json!({ "kind": "unfit", "row": 2, "line": 3, "column": 4, "text": "x".repeat(200) });
        let notes: Vec<Value> = notes.iter().map(|(line, text)| json!({ "line": line, "text": text })).collect();
        json!({
            "state": "done", "rows": 1, "totalRows": 1, "doubts": ["a doubt"],
            "report": { "notes": notes, "problems": vec![problem; count], "totals": { "unfit": count } },
        })
    }

    #[test]
    fn every_line_that_was_left_out_is_named() {
        let told = lines(&outcome(0, &[(1, "Report\tof the year"), (9, &"long ".repeat(40))]), false);
        let long = "long ".repeat(12);
        let expected =
            ["doubt: a doubt", "left out: line 1: Report\\tof the year", &format!("left out: line 9: {long}…")];
        assert_eq!(told.get(..3), Some(expected.map(str::to_owned).as_slice()));
        assert_eq!(told.last().map(String::as_str), Some("done: 1 row written, 1 row read, 0 problems"));
    }

    #[test]
    fn problems_are_short_and_in_words() {
        let told = lines(&outcome(1, &[]), false);
        let problem = format!("problem: row 2 (line 3), column 4: does not fit its column: {}…", "x".repeat(60));
        assert_eq!(told.get(1), Some(&problem));
        assert_eq!(told.last().map(String::as_str), Some("done: 1 row written, 1 row read, 1 problem"));
        let told = lines(&outcome(11, &[]), false);
        assert!(told.iter().any(|line| line.starts_with("and 1 more problem; ")), "{told:?}");
    }
}
