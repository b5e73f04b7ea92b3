//! The picture of a base that questions are read against: its tables and fields, their names as words.

#[cfg(test)]
mod tests;

use serde_json::{Value, json};

use super::{
    desk::Desk,
    text::{self, Word},
    toolbox::ToolFailure,
};

/// A base with everything describable about it.
#[derive(Debug, Clone, Default)]
pub struct Book {
    pub base: String,
    pub tables: Vec<Table>,
}

#[derive(Debug, Clone)]
pub struct Table {
    pub id: String,
    pub name: String,
    pub words: Vec<Word>,
    pub record_count: u64,
    /// Index of the primary field.
    pub primary: usize,
    pub fields: Vec<Field>,
}

#[derive(Debug, Clone)]
pub struct Field {
    pub name: String,
    pub words: Vec<Word>,
    /// How much each word of the name counts when matching.
    pub weights: Vec<f32>,
    pub kind: Kind,
    pub choices: Vec<String>,
    pub linked_table: Option<String>,
    pub symbol: Option<String>,
    /// Decimals that are shown.
    pub precision: Option<usize>,
}

/// What matters of a field's type to a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    Number,
    Percent,
    Duration,
    Date,
    Checkbox,
    Select,
    MultiSelect,
    Link,
}

impl Kind {
    fn parse(type_name: &str, options: &Value) -> Self {
        match type_name {
            "number" | "currency" | "rating" | "autoNumber" | "count" => Self::Number,
            "percent" => Self::Percent,
            "duration" => Self::Duration,
            "date" | "dateTime" | "createdTime" | "lastModifiedTime" => Self::Date,
            "checkbox" => Self::Checkbox,
            "singleSelect" => Self::Select,
            "multipleSelects" => Self::MultiSelect,
            "multipleRecordLinks" => Self::Link,
            "formula" | "rollup" | "multipleLookupValues" => Self::of_formula(options),
            _ => Self::Text,
        }
    }

    fn of_formula(options: &Value) -> Self {
        let result = options.get("result").map(|r| r.get("type").unwrap_or(r));
        match result.and_then(Value::as_str) {
            Some("checkbox" | "boolean") => Self::Checkbox,
            Some("date" | "dateTime") => Self::Date,
            Some("number" | "currency") => Self::Number,
            Some("percent") => Self::Percent,
            Some("duration") => Self::Duration,
            _ => Self::Text,
        }
    }

    pub fn is_number(self) -> bool {
        matches!(self, Self::Number | Self::Percent | Self::Duration)
    }

    /// Whether a cell holds a list.
    pub fn is_list(self) -> bool {
        matches!(self, Self::MultiSelect | Self::Link)
    }
}

impl Book {
    /// Reads the schema of `base` through the tools.
    ///
    /// # Errors
    /// Whatever the tools answer, such as an unknown base.
    pub async fn read(desk: &mut Desk<'_>, base: &str) -> Result<Self, ToolFailure> {
        let listed = desk.ask("list_tables", json!({ "base": base })).await?;
        let mut tables = Vec::new();
        for entry in items(&listed, "tables") {
            let id = string(entry, "id");
            let described = desk.ask("describe_table", json!({ "base": base, "table": id })).await?;
            tables.push(Table::parse(&described));
        }
        Ok(Self { base: base.to_owned(), tables })
    }

    pub fn table_named(&self, name: &str) -> Option<usize> {
        self.tables.iter().position(|t| t.id == name || t.name.eq_ignore_ascii_case(name))
    }

    pub fn field(&self, table: usize, field: usize) -> Option<&Field> {
        self.tables.get(table)?.fields.get(field)
    }

    /// The table a link field points to.
    pub fn linked(&self, field: &Field) -> Option<usize> {
        self.table_named(field.linked_table.as_deref()?)
    }
}

impl Table {
    fn parse(described: &Value) -> Self {
        let primary_name = string(described, "primary_field");
        let fields: Vec<Field> = items(described, "fields").map(Field::parse).collect();
        let by_id = items(described, "fields").position(|f| string(f, "id") == primary_name);
        let primary = fields.iter().position(|f| f.name == primary_name).or(by_id).unwrap_or(0);
        let name = string(described, "name");
        Self {
            id: string(described, "id"),
            words: text::words(&name),
            name,
            record_count: described.get("record_count").and_then(Value::as_u64).unwrap_or(0),
            primary,
            fields,
        }
    }

    pub fn field_named(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|f| f.name == name).or_else(|| {
            let folded = text::fold(name);
            self.fields.iter().position(|f| text::fold(&f.name) == folded)
        })
    }

    /// The name for `count` records: `1 task`, `3 tasks`.
    pub fn noun(&self, count: u64) -> String {
        let lower = self.name.to_lowercase();
        if !is_plural(&lower) {
            return format!("{} in {}", if count == 1 { "record" } else { "records" }, self.name);
        }
        if count != 1 {
            return lower;
        }
        let mut parts: Vec<String> = lower.split(' ').map(str::to_owned).collect();
        if let Some(last) = parts.last_mut() {
            *last = text::stem(last);
        }
        parts.join(" ")
    }
}

/// Whether a name is the plural of what its records are.
fn is_plural(lower: &str) -> bool {
    let last = lower.rsplit(' ').next().unwrap_or(lower);
    matches!(last, "data" | "staff" | "personnel" | "equipment" | "inventory") || text::stem(last) != last
}

impl Field {
    fn parse(entry: &Value) -> Self {
        let null = Value::Null;
        let options = entry.get("options").unwrap_or(&null);
        let name = string(entry, "name");
        let (words, weights) = name_words(&name);
        let text_of = |key: &str| options.get(key).and_then(Value::as_str).map(str::to_owned);
        Self {
            kind: Kind::parse(&string(entry, "type"), options),
            choices: items(options, "choices").filter_map(choice_name).collect(),
            linked_table: text_of("linked_table"),
            symbol: text_of("symbol"),
            precision: options.get("precision").and_then(Value::as_u64).and_then(|p| usize::try_from(p.min(10)).ok()),
            name,
            words,
            weights,
        }
    }

    /// Stems of the name's words, for hints.
    pub fn stems(&self) -> Vec<&str> {
        self.words.iter().map(|w| w.stem.as_str()).collect()
    }
}

/// Words of a field name; small words and what stands in brackets count less.
fn name_words(name: &str) -> (Vec<Word>, Vec<f32>) {
    let bracket = name.find('(').filter(|at| *at > 0).unwrap_or(name.len());
    let spaced: String = split_camel(name);
    let words = text::words(&spaced);
    let bracket = spaced.find('(').filter(|at| *at > 0).unwrap_or(spaced.len()).max(bracket.min(spaced.len()));
    let weights = words
        .iter()
        .map(|w| match () {
            () if w.start >= bracket => 0.25,
            () if matches!(w.text.as_str(), "of" | "the" | "a" | "in" | "for" | "and" | "to" | "by" | "at") => 0.2,
            () => 1.0,
        })
        .collect();
    (words, weights)
}

/// `unit_price` and `unitPrice` as separate words.
fn split_camel(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    let mut previous = ' ';
    for c in name.chars() {
        if c == '_' {
            out.push(' ');
        } else {
            if previous.is_lowercase() && c.is_uppercase() {
                out.push(' ');
            }
            out.push(c);
        }
        previous = c;
    }
    out
}

fn choice_name(choice: &Value) -> Option<String> {
    choice.as_str().or_else(|| choice.get("name").and_then(Value::as_str)).map(str::to_owned)
}

/// The entries of the list under `key`, none when absent.
pub fn items<'v>(value: &'v Value, key: &str) -> impl Iterator<Item = &'v Value> {
    value.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default().iter()
}

/// The text under `key`, empty when absent.
pub fn string(value: &Value, key: &str) -> String {
    value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}
