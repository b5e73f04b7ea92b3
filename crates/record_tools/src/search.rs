//! Tools that look over many records: search, aggregates, values.

use model::Caller;
use records::{AggregateOne, Error, GroupIn, GroupsIn, OrderIn, Records, aggregated};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use tools::{Tool, ToolError};

use super::{base, reads, text, wire};

/// Records of a search unless told otherwise, and at most.
const HITS: (usize, usize) = (20, 100);
/// Matches of words unless told otherwise, and at most.
const MATCHES: (usize, usize) = (500, 5_000);

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SearchIn {
    /// Name or id of the base.
    base: String,
    /// Name or id of a table; all tables when absent.
    #[serde(default)]
    table: Option<String>,
    /// What to look for, as part of a cell.
    text: String,
    /// Most records, up to 100; 20 when absent.
    #[serde(default)]
    limit: Option<usize>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct AggregateIn {
    /// Name or id of the base.
    base: String,
    /// Name or id of the table.
    table: String,
    /// Name or id of a view: only records that it lists.
    #[serde(default)]
    view: Option<String>,
    /// Filter tree, as for `list_records`.
    #[serde(default)]
    filter: Option<Value>,
    /// A formula that must be true.
    #[serde(default)]
    formula: Option<String>,
    /// Fields to group by; one group of all records when absent.
    #[serde(default)]
    group_by: Vec<GroupIn>,
    /// What to compute in each group; counts records when absent.
    #[serde(default)]
    aggregates: Vec<AggregateOne>,
    /// The order of the groups; by key when absent.
    #[serde(default)]
    sort: Option<OrderIn>,
    /// Most groups; 100 when absent.
    #[serde(default)]
    limit: Option<usize>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ValuesIn {
    /// Name or id of the base.
    base: String,
    /// Name or id of a table; all tables when absent.
    #[serde(default)]
    table: Option<String>,
    /// Words or phrases that may be values.
    words: Vec<String>,
    /// Most matches; 500 when absent.
    #[serde(default)]
    limit: Option<usize>,
}

pub(super) fn tools(records: &Records) -> Vec<Tool> {
    let own = || records.clone();
    let (search, aggregate, values) = (own(), own(), own());
    vec![
        reads(Tool::new(
            "search_records",
            "records.search",
            text(
                "Search records",
                "Finds records that hold a text in any cell, in one table or in all tables of a base.",
            ),
            move |caller, input: SearchIn| search_records(search.clone(), caller, input),
        )),
        reads(Tool::new(
            "aggregate",
            "records.aggregate",
            text(
                "Aggregate records",
                "Counts records and computes sum, avg, min, max, median or distinct over a field, in groups or over all. \
                 Use it instead of adding up listed records.",
            ),
            move |caller, input: AggregateIn| aggregate_records(aggregate.clone(), caller, input),
        )),
        reads(Tool::new(
            "find_values",
            "records.find_values",
            text(
                "Find values",
                "Tells in which fields words occur as values, how they are written there and how often. Use it to find out \
                 what a name in a question refers to.",
            ),
            move |caller, input: ValuesIn| find_values(values.clone(), caller, input),
        )),
    ]
}

async fn search_records(records: Records, caller: Caller, input: SearchIn) -> Result<Value, ToolError> {
    let base = base(&records, &caller, &input.base).await?;
    let limit = input.limit.unwrap_or(HITS.0).clamp(1, HITS.1);
    let hits = records.search(&caller, base, input.table.as_deref(), &input.text, limit).await?;
    let mut told = Vec::new();
    for hit in &hits {
        let rows = hit.found.view.image.table(hit.found.table.no);
        for (record, ordinal) in wire::records(&hit.found, None)?.into_iter().zip(&hit.found.ordinals) {
            let title = hit.found.view.title(&hit.found.table, &rows, *ordinal).map_err(Error::from)?;
            let (id, cells) = (record.get("id"), record.get("fields"));
            told.push(json!({ "table": hit.found.table.name, "id": id, "text": title, "fields": cells }));
        }
    }
    let total: usize = hits.iter().map(|hit| hit.total).sum();
    Ok(json!({ "records": told, "total": total }))
}

async fn aggregate_records(records: Records, caller: Caller, input: AggregateIn) -> Result<Value, ToolError> {
    let base = base(&records, &caller, &input.base).await?;
    let AggregateIn { table, filter, formula, view, group_by, aggregates, sort, limit, .. } = input;
    let wanted = GroupsIn { filter, formula, view, group_by, aggregates, sort, limit };
    Ok(aggregated(&records, &caller, base, &table, wanted).await?)
}

async fn find_values(records: Records, caller: Caller, input: ValuesIn) -> Result<Value, ToolError> {
    let base = base(&records, &caller, &input.base).await?;
    let limit = input.limit.unwrap_or(MATCHES.0).clamp(1, MATCHES.1);
    let found = records.find_values(&caller, base, input.table.as_deref(), &input.words, limit).await?;
    let matches: Vec<Value> = found
        .iter()
        .map(|found| {
            json!({
                "word": found.word, "table": found.table.name, "field": found.field, "value": found.value,
                "count": found.count, "exact": found.exact, "score": found.score,
            })
        })
        .collect();
    Ok(json!({ "matches": matches }))
}
