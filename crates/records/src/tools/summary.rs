//! Tools that look over many records: search, aggregates, values.

use std::fmt;

use model::{BaseId, Caller};
use query::{Bucket, Function};
use schemars::JsonSchema;
use serde::de::{self, MapAccess, Visitor, value::MapAccessDeserializer};
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};
use tools::{Tool, ToolError};
use utoipa::ToSchema;

use super::read::Direction;
use super::{base, reads, text, wire};
use crate::error::Error;
use crate::ops::{AggregateQuery, Records};

/// Groups of an answer unless told otherwise.
const GROUPS: usize = 100;
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

/// What is computed, as the door for it takes it.
#[derive(Deserialize, Default, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Wanted {
    /// A filter tree: `{"and": […]}`, `{"or": […]}`, `{"not": …}` or `{"field", "op", "value"}`.
    #[serde(default)]
    filter: Option<Value>,
    /// A formula that must be true.
    #[serde(default)]
    formula: Option<String>,
    /// Only the records of this view, by name or id.
    #[serde(default)]
    view: Option<String>,
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

#[derive(JsonSchema, ToSchema)]
#[serde(untagged)]
enum GroupIn {
    /// A field's values.
    Field(String),
    /// A field's values, those of one span together.
    Bucket {
        /// Field name.
        field: String,
        /// For dates: `year`, `quarter`, `month`, `week` or `day`.
        bucket: Span,
    },
}

/// What a group is, for who has written something else.
const GROUP: &str =
    "the name of a field, or `{\"field\", \"bucket\"}` with the bucket `year`, `quarter`, `month`, `week` or `day`";

impl<'de> Deserialize<'de> for GroupIn {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct BucketIn {
            field: String,
            bucket: Span,
        }

        struct Either;

        impl<'de> Visitor<'de> for Either {
            type Value = GroupIn;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str(GROUP)
            }

            fn visit_str<E: de::Error>(self, field: &str) -> Result<GroupIn, E> {
                Ok(GroupIn::Field(field.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<GroupIn, A::Error> {
                let BucketIn { field, bucket } = BucketIn::deserialize(MapAccessDeserializer::new(map))
                    .map_err(|error| de::Error::custom(format_args!("{error}; expected {GROUP}")))?;
                Ok(GroupIn::Bucket { field, bucket })
            }
        }

        input.deserialize_any(Either)
    }
}

#[derive(Deserialize, JsonSchema, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Span {
    Year,
    Quarter,
    Month,
    Week,
    Day,
}

#[derive(Deserialize, JsonSchema, ToSchema)]
#[serde(deny_unknown_fields)]
struct AggregateOne {
    /// What to compute; `count` without a field counts records, with one its cells that are not empty.
    op: Compute,
    /// Field name.
    #[serde(default)]
    field: Option<String>,
}

#[derive(Clone, Copy, Deserialize, JsonSchema, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Compute {
    Count,
    Sum,
    #[serde(alias = "mean")]
    Avg,
    Min,
    Max,
    Median,
    Distinct,
}

#[derive(Deserialize, JsonSchema, ToSchema)]
#[serde(deny_unknown_fields)]
struct OrderIn {
    /// `key`, or the number of an aggregate, from 0.
    #[serde(default)]
    by: Value,
    /// `asc` or `desc`.
    #[serde(default)]
    direction: Direction,
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
    let wanted = Wanted { filter, formula, view, group_by, aggregates, sort, limit };
    Ok(aggregated(&records, &caller, base, &table, wanted).await?)
}

/// Groups with their keys and values.
pub(crate) async fn aggregated(
    records: &Records,
    caller: &Caller,
    base: BaseId,
    table: &str,
    input: Wanted,
) -> Result<Value, Error> {
    let by = input.group_by.into_iter().map(|group| match group {
        GroupIn::Field(field) => (field, Bucket::Value),
        GroupIn::Bucket { field, bucket } => (field, span(&bucket)),
    });
    let mut aggregates = input.aggregates.into_iter().map(asked).collect::<Result<Vec<_>, _>>()?;
    if aggregates.is_empty() {
        aggregates.push(None);
    }
    let order = input.sort.as_ref();
    let descending = order.is_some_and(|order| order.direction == Direction::Desc);
    let number = order.and_then(|order| order.by.as_u64()).map(|number| number as usize);
    if number.is_some_and(|number| number >= aggregates.len()) {
        let reason = format!("`sort.by` is the number of an aggregate, 0 to {}, or `key`", aggregates.len() - 1);
        return Err(Error::Filter { reason });
    }
    let query = AggregateQuery {
        view: input.view,
        tree: input.filter,
        formula: input.formula,
        by: by.collect(),
        aggregates,
        sort: number.map(|number| (number, descending)),
        keys_descending: descending,
        limit: Some(input.limit.unwrap_or(GROUPS)),
    };
    let answer = records.aggregate(caller, base, table, &query).await?;
    let groups: Vec<Value> =
        answer.groups.into_iter().map(|group| json!({ "key": group.key, "values": group.values })).collect();
    Ok(json!({ "groups": groups, "total_groups": answer.total, "matched": answer.matched }))
}

fn asked(one: AggregateOne) -> Result<Option<(Function, String)>, Error> {
    let function = match one.op {
        Compute::Count => Function::Filled,
        Compute::Sum => Function::Sum,
        Compute::Avg => Function::Average,
        Compute::Min => Function::Min,
        Compute::Max => Function::Max,
        Compute::Median => Function::Median,
        Compute::Distinct => Function::Distinct,
    };
    match (one.op, one.field) {
        (Compute::Count, None) => Ok(None),
        (_, Some(field)) => Ok(Some((function, field))),
        (_, None) => Err(Error::Filter { reason: "every aggregate but `count` needs a `field`".to_owned() }),
    }
}

fn span(span: &Span) -> Bucket {
    match span {
        Span::Year => Bucket::Year,
        Span::Quarter => Bucket::Quarter,
        Span::Month => Bucket::Month,
        Span::Week => Bucket::Week,
        Span::Day => Bucket::Day,
    }
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
