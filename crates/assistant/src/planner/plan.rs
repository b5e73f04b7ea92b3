//! What a question comes to: conditions on one table and what is asked of the records that meet them.

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A question understood.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    pub table: String,
    pub conditions: Vec<Condition>,
    pub ask: Ask,
    pub sort: Option<Sort>,
    pub limit: Option<u64>,
    /// How many better ones an extreme passes over.
    #[serde(default)]
    pub skip: u64,
}

/// One test of a record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Condition {
    pub field: String,
    pub test: Test,
    /// The link of the plan's table that leads to `field` in another table.
    pub via: Option<Via>,
    pub negated: bool,
}

/// A step over one link.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Via {
    pub link: String,
    pub table: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Test {
    /// One comparison by a filter operator.
    Is {
        op: String,
        value: Value,
    },
    /// A half-open range of ISO dates.
    Within {
        from: Option<String>,
        until: Option<String>,
    },
    /// A month, or one day of it, of any year; the spans of the years there are come before it is carried out.
    Yearly {
        month: i64,
        day: Option<i64>,
        spans: Vec<(String, String)>,
    },
    /// One of several half-open ranges of ISO dates.
    Among(Vec<(String, String)>),
    /// From the first up to and with the second number.
    Between(f64, f64),
    Empty,
}

/// What is wanted of the records that meet the conditions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Ask {
    Count,
    /// How many, where a field was named: its numbers when it holds any, else the records are counted.
    CountOf(String),
    /// How many of what the table and this field are called: its different values, where some stand in several records.
    CountKinds(String),
    /// How many links or choices the records have.
    CountParts(String),
    /// Which part of all records, in percent.
    Share,
    /// All cells of a record.
    Details,
    /// The records that follow or precede the one that is named, by this field.
    Beside {
        by: String,
        after: bool,
        all: bool,
    },
    /// Whether any record meets the conditions.
    Exists,
    /// Whether the records named by the conditions also meet these.
    Confirm(Vec<Condition>),
    /// How many different values.
    Distinct(String),
    /// The different values themselves.
    Choices(String),
    Aggregate {
        op: Op,
        field: String,
    },
    /// The records where `by` is greatest or least, and of them `show`.
    Extreme {
        by: String,
        greatest: bool,
        show: Vec<Shown>,
    },
    /// The cells of these fields.
    Values(Vec<Shown>),
    /// The records themselves.
    Records,
    Groups(Groups),
}

/// A field to show, in the plan's table or over one link.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shown {
    pub field: String,
    pub via: Option<Via>,
}

impl Shown {
    pub fn own(field: &str) -> Self {
        Self { field: field.to_owned(), via: None }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Op {
    Count,
    Sum,
    Avg,
    Min,
    Max,
    Median,
}

impl Op {
    pub fn name(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Sum => "sum",
            Self::Avg => "avg",
            Self::Min => "min",
            Self::Max => "max",
            Self::Median => "median",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Groups {
    pub by: String,
    /// For dates: year, month, week or day.
    pub bucket: Option<String>,
    pub op: Op,
    /// What is aggregated; none for a count.
    pub field: Option<String>,
    /// Only the greatest (or least) group is asked for.
    pub pick: Option<Pick>,
    /// Only groups beyond this number are asked for.
    pub having: Option<(String, f64)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pick {
    pub greatest: bool,
    pub count: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sort {
    pub field: String,
    pub descending: bool,
}

impl Condition {
    pub fn is(field: &str, op: &str, value: Value) -> Self {
        let test = Test::Is { op: op.to_owned(), value };
        Self { field: field.to_owned(), test, via: None, negated: false }
    }

    pub fn new(field: &str, test: Test) -> Self {
        Self { field: field.to_owned(), test, via: None, negated: false }
    }

    /// The filter tree of this condition, as if it stood in its own table.
    pub fn filter(&self) -> Value {
        let field = &self.field;
        let leaf = |op: &str, value: &Value| json!({ "field": field, "op": op, "value": value });
        let positive = match &self.test {
            Test::Is { op, value } => match (op.as_str(), self.negated) {
                ("=", true) => return leaf("!=", value),
                ("is_any_of", true) => return leaf("is_none_of", value),
                (op, _) => leaf(op, value),
            },
            Test::Within { from, until } => {
                let from = from.as_ref().map(|day| leaf(">=", &json!(day)));
                let until = until.as_ref().map(|day| leaf("<", &json!(day)));
                all(from.into_iter().chain(until).collect()).unwrap_or(Value::Null)
            }
            Test::Yearly { spans, .. } | Test::Among(spans) => {
                let span = |(from, until): &(String, String)| json!({ "and": [leaf(">=", &json!(from)), leaf("<", &json!(until))] });
                json!({ "or": spans.iter().map(span).collect::<Vec<_>>() })
            }
            Test::Between(low, high) => {
                all(vec![leaf(">=", &number(*low)), leaf("<=", &number(*high))]).unwrap_or(Value::Null)
            }
            Test::Empty => {
                return json!({ "field": field, "op": if self.negated { "is_not_empty" } else { "is_empty" } });
            }
        };
        if self.negated { json!({ "not": positive }) } else { positive }
    }
}

/// All of the filters, as one tree; none when there are none.
pub fn all(mut filters: Vec<Value>) -> Option<Value> {
    match filters.len() {
        0 => None,
        1 => filters.pop(),
        _ => Some(json!({ "and": filters })),
    }
}

/// A whole number without a decimal point.
pub fn number(value: f64) -> Value {
    if value.fract() == 0.0 && value.abs() < 9e15 { json!(value as i64) } else { json!(value) }
}
