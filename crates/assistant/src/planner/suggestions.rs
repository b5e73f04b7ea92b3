//! Requests that would work on a base, for when one did not.

#[cfg(test)]
mod tests;

use serde_json::json;

use super::{
    book::{Book, Field, Kind, Table, items},
    desk::Desk,
    execute,
    toolbox::ToolFailure,
    wording,
};

/// Three requests that work on the table, or on the fullest one.
///
/// # Errors
/// When the table cannot be read.
pub async fn three(desk: &mut Desk<'_>, book: &Book, table: Option<usize>) -> Result<Vec<String>, ToolFailure> {
    let fullest = || book.tables.iter().max_by_key(|t| t.record_count);
    let Some(table) = table.and_then(|t| book.tables.get(t)).or_else(fullest) else {
        return Ok(vec!["What tables are there?".to_owned()]);
    };
    let noun = table.noun(2);
    let mut out = vec![format!("How many {noun} are there?")];
    if let Some(lookup) = lookup(desk, book, table).await? {
        out.push(lookup);
    }
    let grouped = table.fields.iter().find(|f| matches!(f.kind, Kind::Select | Kind::Link | Kind::MultiSelect));
    let measured = table.fields.iter().enumerate().find(|(at, f)| *at != table.primary && f.kind.is_number());
    out.extend(grouped.map(|f| format!("Number of {noun} by {}", f.name)));
    out.extend(measured.map(|(_, f)| format!("What is the average {} of {noun}?", f.name)));
    out.push(format!("What fields does {} have?", table.name));
    out.push("What tables are there?".to_owned());
    out.truncate(3);
    Ok(out)
}

/// "What is the budget of Apollo?" with a record that is there.
async fn lookup(desk: &mut Desk<'_>, book: &Book, table: &Table) -> Result<Option<String>, ToolFailure> {
    let Some(primary) = table.fields.get(table.primary).filter(|f| f.kind == Kind::Text) else { return Ok(None) };
    let asked = |f: &&Field| f.name != primary.name && f.kind != Kind::Checkbox;
    let Some(field) = table.fields.iter().find(asked) else { return Ok(None) };
    let arguments = json!({ "base": book.base, "table": table.name, "fields": [primary.name], "limit": 1 });
    let found = desk.ask("list_records", arguments).await?;
    let name = items(&found, "records").next().map(|r| execute::cell(r, &primary.name));
    let name = name.filter(|n| !n.is_null()).map(|n| wording::plain(&n));
    Ok(name.filter(|n| n.chars().count() < 60).map(|n| format!("What is the {} of {n}?", field.name)))
}
