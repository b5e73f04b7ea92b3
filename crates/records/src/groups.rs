//! Groups and what is computed in each, as doors and tools take and tell them.

use std::fmt;

use model::{BaseId, Caller};
use query::{Bucket, Function};
use schemars::JsonSchema;
use serde::de::{self, MapAccess, Visitor, value::MapAccessDeserializer};
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::error::Error;
use crate::ops::{AggregateQuery, Records};

/// Groups of an answer unless told otherwise.
const GROUPS: usize = 100;

/// What is to be computed.
#[derive(Deserialize, Default, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct GroupsIn {
    /// A filter tree: `{"and": […]}`, `{"or": […]}`, `{"not": …}` or `{"field", "op", "value"}`.
    #[serde(default)]
    pub filter: Option<Value>,
    /// A formula that must be true.
    #[serde(default)]
    pub formula: Option<String>,
    /// Only the records of this view, by name or id.
    #[serde(default)]
    pub view: Option<String>,
    /// Fields to group by; one group of all records when absent.
    #[serde(default)]
    pub group_by: Vec<GroupIn>,
    /// What to compute in each group; counts records when absent.
    #[serde(default)]
    pub aggregates: Vec<AggregateOne>,
    /// The order of the groups; by key when absent.
    #[serde(default)]
    pub sort: Option<OrderIn>,
    /// Most groups; 100 when absent.
    #[serde(default)]
    pub limit: Option<usize>,
}

#[derive(JsonSchema, ToSchema)]
#[serde(untagged)]
pub enum GroupIn {
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
                let BucketIn { field, bucket } =
                    BucketIn::deserialize(MapAccessDeserializer::new(map)).map_err(|error| {
                        de::Error::custom(format_args!("{}; this is {GROUP}", web::plain_words(&error.to_string())))
                    })?;
                Ok(GroupIn::Bucket { field, bucket })
            }
        }

        input.deserialize_any(Either)
    }
}

#[derive(Deserialize, JsonSchema, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Span {
    Year,
    Quarter,
    Month,
    Week,
    Day,
}

#[derive(Deserialize, JsonSchema, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AggregateOne {
    /// What to compute; `count` without a field counts records, with one its cells that are not empty. `mean` is `avg`.
    op: Compute,
    /// Field name.
    #[serde(default)]
    field: Option<String>,
}

#[derive(Clone, Copy, Deserialize, JsonSchema, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Compute {
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
pub struct OrderIn {
    /// `key`, or the number of an aggregate, from 0.
    #[serde(default)]
    by: Value,
    /// `asc` or `desc`.
    #[serde(default)]
    direction: Direction,
}

/// Smallest or greatest first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Smallest first.
    #[default]
    Asc,
    /// Greatest first.
    Desc,
}

/// Groups with their keys and values.
///
/// # Errors
/// As [`Records::aggregate`], and [`Error::Filter`] for what nothing can be computed from.
pub async fn aggregated(
    records: &Records,
    caller: &Caller,
    base: BaseId,
    table: &str,
    input: GroupsIn,
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
    let by_key = order.is_none_or(|order| order.by.is_null() || order.by == "key");
    let number = order.and_then(|order| order.by.as_u64()).map(|number| number as usize);
    if !by_key && number.is_none_or(|number| number >= aggregates.len()) {
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
