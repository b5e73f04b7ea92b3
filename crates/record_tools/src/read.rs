//! Tools that look at bases, tables and records.

use model::{Caller, Field, FieldKind, Schema, Table};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tools::{Tool, ToolError};

use super::{base, reads, text, wire};
use records::{Direction, Error, ListQuery, PAGE, Records, Sort, find_table};

/// Records of a list unless told otherwise.
const USUAL: usize = 20;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Nothing {}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct BaseIn {
    /// Name or id of the base.
    base: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct TableIn {
    /// Name or id of the base.
    base: String,
    /// Name or id of the table.
    table: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RecordIn {
    /// Name or id of the base.
    base: String,
    /// Name or id of the table.
    table: String,
    /// Id of the record, `rec…`.
    record: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ListIn {
    /// Name or id of the base.
    base: String,
    /// Name or id of the table.
    table: String,
    /// Name or id of a view: only records that it lists, in its order unless `sort` is given.
    #[serde(default)]
    view: Option<String>,
    /// Filter tree: `{"and": […]}`, `{"or": […]}`, `{"not": …}` or `{"field", "op", "value"}` with op one of
    /// `= != < <= > >= contains not_contains starts_with ends_with is_empty is_not_empty is_any_of is_none_of
    /// has_any_of has_all_of is_within`. Text is compared without regard to case, linked records by their text, dates with
    /// 2026-03-01 or with `today`, `yesterday`, `tomorrow`, `oneWeekAgo`, `{"mode": "daysFromNow", "numberOfDays": 3}`;
    /// `is_within` takes `pastWeek`, `nextMonth`, `thisCalendarYear`, `{"mode": "pastNumberOfDays", "numberOfDays": 3}`.
    #[serde(default)]
    filter: Option<Value>,
    /// A formula that must be true, as an alternative to or beside the filter: `AND({Done}, {Price} > 10)`.
    #[serde(default)]
    formula: Option<String>,
    /// Sort keys, the first weighs most.
    #[serde(default)]
    sort: Vec<SortIn>,
    /// Names of the fields to return; all when absent.
    #[serde(default)]
    fields: Vec<String>,
    /// Records per page, 1 to 100; 20 when absent.
    #[serde(default)]
    limit: Option<usize>,
    /// `next_cursor` of the page before.
    #[serde(default)]
    cursor: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SortIn {
    /// Field name.
    field: String,
    /// `asc` or `desc`.
    #[serde(default)]
    direction: Direction,
}

pub(super) fn tools(records: &Records) -> Vec<Tool> {
    let own = || records.clone();
    let (bases, tables, table, list, get) = (own(), own(), own(), own(), own());
    vec![
        reads(Tool::new(
            "list_bases",
            "bases.list",
            text(
                "List bases",
                "Lists the bases you may see, with your permission in each. Call it first when no base is known.",
            ),
            move |caller, _: Nothing| list_bases(bases.clone(), caller),
        )),
        reads(Tool::new(
            "list_tables",
            "tables.list",
            text("List tables", "Lists the tables of a base with their number of records and their primary field."),
            move |caller, input: BaseIn| list_tables(tables.clone(), caller, input),
        )),
        reads(Tool::new(
            "describe_table",
            "tables.describe",
            text(
                "Describe a table",
                "Tells the fields of a table: name, type, choices, linked table. Call it before filtering or writing.",
            ),
            move |caller, input: TableIn| describe_table(table.clone(), caller, input),
        )),
        reads(Tool::new(
            "list_records",
            "records.list",
            text(
                "List records",
                "Lists records of a table, filtered and sorted, a page at a time. `total` is the number of all that match.",
            ),
            move |caller, input: ListIn| list_records(list.clone(), caller, input),
        )),
        reads(Tool::new(
            "get_record",
            "records.get",
            text("Get a record", "Returns one record by its id."),
            move |caller, input: RecordIn| get_record(get.clone(), caller, input),
        )),
    ]
}

async fn list_bases(records: Records, caller: Caller) -> Result<Value, ToolError> {
    let bases = records.schemas().list_bases(&caller).await.map_err(Error::from)?;
    let bases: Vec<Value> =
        bases.iter().map(|base| json!({ "id": base.id, "name": base.name, "permission": base.role })).collect();
    Ok(json!({ "bases": bases }))
}

async fn list_tables(records: Records, caller: Caller, input: BaseIn) -> Result<Value, ToolError> {
    let base = base(&records, &caller, &input.base).await?;
    let (_, view) = records.view(&caller, base).await?;
    let tables: Vec<Value> = view
        .image
        .schema
        .live_tables()
        .map(|table| {
            json!({
                "id": table.id, "name": table.name, "record_count": view.image.table(table.no).live.count(),
                "primary_field": table.primary_field().map(|field| &field.name),
            })
        })
        .collect();
    Ok(json!({ "tables": tables }))
}

async fn describe_table(records: Records, caller: Caller, input: TableIn) -> Result<Value, ToolError> {
    let base = base(&records, &caller, &input.base).await?;
    let (_, view) = records.view(&caller, base).await?;
    let schema = &view.image.schema;
    let table = find_table(&caller, schema, &input.table)?;
    Ok(json!({
        "id": table.id, "name": table.name, "record_count": view.image.table(table.no).live.count(),
        "primary_field": table.primary_field().map(|field| &field.name),
        "fields": table.live_fields().map(|field| described(schema, table, field)).collect::<Vec<_>>(),
        "views": table.live_views().map(|view| json!({ "name": view.name, "type": view.view_type })).collect::<Vec<_>>(),
    }))
}

fn described(schema: &Schema, table: &Table, field: &Field) -> Value {
    let mut options = Map::new();
    if let Some(select) = field.kind.select() {
        options.insert("choices".to_owned(), select.choices.iter().map(|choice| json!(choice.name)).collect());
    }
    match &field.kind {
        FieldKind::MultipleRecordLinks(link) => {
            let table: Option<&std::sync::Arc<Table>> = schema.table_by_no(link.linked_table_no);
            options.insert("linked_table".to_owned(), json!(table.map(|table| &table.name)));
        }
        kind => {
            if let Some((link, looked)) = kind.looks_through() {
                let looked = schema.table_of(looked).and_then(|table| table.field_by_id(looked));
                options.insert("link_field".to_owned(), json!(table.field_by_id(link).map(|link| &link.name)));
                options.insert("field_in_linked_table".to_owned(), json!(looked.map(|looked| &looked.name)));
            }
            if let Some(Value::Object(all)) = fields::of(kind).write_options(kind) {
                options
                    .extend(all.into_iter().filter(|(key, _)| {
                        ["symbol", "precision", "formula", "result", "max"].contains(&key.as_str())
                    }));
            }
        }
    }
    let mut out = json!({ "id": field.id, "name": field.name, "type": fields::of(&field.kind).name() });
    if let Value::Object(out) = &mut out {
        if !options.is_empty() {
            out.insert("options".to_owned(), Value::Object(options));
        }
        if let Some(description) = &field.description {
            out.insert("description".to_owned(), json!(description));
        }
    }
    out
}

async fn list_records(records: Records, caller: Caller, input: ListIn) -> Result<Value, ToolError> {
    let base = base(&records, &caller, &input.base).await?;
    let sort = input.sort.into_iter();
    let query = ListQuery {
        filter: input.formula,
        tree: input.filter,
        view: input.view,
        sort: sort.map(|key| Sort { field: key.field, descending: key.direction == Direction::Desc }).collect(),
        page_size: Some(input.limit.unwrap_or(USUAL).clamp(1, PAGE)),
        offset: input.cursor,
        ..ListQuery::default()
    };
    let page = records.list(&caller, base, &input.table, &query).await?;
    let told = wire::records(&page.found, wire::chosen(&page.found, &input.fields)?)?;
    let returned = told.len();
    let mut out = json!({
        "records": told, "total": page.total, "returned": returned, "truncated": page.offset.is_some(),
    });
    if let (Value::Object(out), Some(offset)) = (&mut out, page.offset) {
        out.insert("next_cursor".to_owned(), json!(offset));
    }
    Ok(out)
}

async fn get_record(records: Records, caller: Caller, input: RecordIn) -> Result<Value, ToolError> {
    let base = base(&records, &caller, &input.base).await?;
    let found = records.get(&caller, base, &input.table, &input.record).await?;
    Ok(wire::records(&found, None)?.pop().unwrap_or_default())
}
