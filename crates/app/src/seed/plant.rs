//! Makes what a seed describes, through the doors that everybody uses. Errors name the place in the file by pointer.

use std::collections::HashMap;

use anyhow::{Context, anyhow, bail};
use axum::http::Method;
use clock::{Clock, Ids};
use model::FieldId;
use serde_json::{Map, Value, json};

use super::{Seed, SeedBase, SeedField, SeedRecord, SeedTable};
use crate::catalog::House;
use crate::inside::Inside;

/// The view whose records a link offers.
const OFFERED: &str = "viewIdForRecordSelection";
/// The field that shows a link from its other side.
const OTHER_SIDE: &str = "inverseLinkFieldId";
/// Records of one request.
const BATCH: usize = 10;

/// Makes every base of the seed.
///
/// # Errors
/// Where something cannot be made: ``/bases/0/tables/1/fields/2: …``.
pub(crate) async fn plant(house: &House, seed: &Seed) -> anyhow::Result<()> {
    let inside = Inside::new(house).await?;
    let source = (Clock::system(), Ids::system());
    let workspaces = inside.call(Method::GET, "/v0/meta/workspaces", &Value::Null).await?;
    let workspace = text_at(&workspaces, "/workspaces/0/id")?;
    for (at, base) in seed.bases.iter().enumerate() {
        let at = format!("/bases/{at}");
        let mut planting = Planting::begin((&inside, &source), base, at, &workspace).await?;
        planting.records().await?;
    }
    Ok(())
}

/// A base that is being made.
struct Planting<'a> {
    inside: &'a Inside,
    seed: &'a SeedBase,
    /// Where the base stands in the file.
    at: String,
    base: String,
    /// The ids of tables and of their fields, in the order of the file.
    tables: Vec<(String, Vec<String>)>,
    /// The ids of the records that were made, by table and the id or the primary text that the file has for them.
    records: HashMap<(usize, &'a str), String>,
}

/// A record to write.
struct Row {
    /// Its place in the table's list.
    at: usize,
    id: Option<String>,
    created: Value,
    cells: Map<String, Value>,
}

impl<'a> Planting<'a> {
    /// Makes the base with all its tables.
    async fn begin(
        (inside, source): (&'a Inside, &(Clock, Ids)),
        seed: &'a SeedBase,
        at: String,
        workspace: &str,
    ) -> anyhow::Result<Self> {
        if seed.tables.is_empty() {
            bail!("{at}/tables: a base needs a table");
        }
        let tables = seed.tables.iter().map(|table| ids(table, source)).collect();
        let mut planting = Self { inside, seed, at, base: String::new(), tables, records: HashMap::new() };
        let tables = (0..seed.tables.len()).map(|no| planting.table(no)).collect::<anyhow::Result<Vec<_>>>()?;
        let body = json!({ "id": seed.id, "name": seed.name, "workspaceId": workspace, "tables": tables });
        let answer = inside.call(Method::POST, "/v0/meta/bases?keepIds=true", &body).await;
        // What is wrong with a table or a field is said with its place in the base.
        let answer = answer.map_err(|error| match error.to_string() {
            placed if placed.starts_with('/') => anyhow!("{}{placed}", planting.at),
            said => anyhow!("{}: {said}", planting.at),
        })?;
        planting.base = text_at(&answer, "/id")?;
        Ok(planting)
    }

    /// A table as the door wants it: everything in it has an id.
    fn table(&self, no: usize) -> anyhow::Result<Value> {
        let at = self.table_at(no);
        let (table, (id, ids)) = self.seed.tables.get(no).zip(self.tables.get(no)).context("there is no such table")?;
        let primary = table.primary().and_then(|place| ids.get(place));
        let primary = primary.with_context(|| format!("{at}: the table has no primary field"))?;
        let fields = table.fields.iter().zip(ids).enumerate().map(|(place, (field, id))| {
            let options = self.options(field).with_context(|| format!("{at}/fields/{place}"))?;
            Ok(json!({ "id": id, "name": field.name, "type": field.r#type, "description": field.description,
                "options": options }))
        });
        let fields = fields.collect::<anyhow::Result<Vec<_>>>()?;
        Ok(json!({ "id": id, "name": table.name, "description": table.description, "primaryFieldId": primary,
            "fields": fields, "views": table.views }))
    }

    /// The options of a field; a link may name its table and its other side by name.
    fn options(&self, field: &'a SeedField) -> anyhow::Result<Option<Value>> {
        let mut options = field.options.clone();
        let Some(map) = options.as_mut().and_then(Value::as_object_mut).filter(|_| field.is_link()) else {
            return Ok(options);
        };
        let linked = self.linked(field)?;
        if self.offered(linked, field).is_none() {
            map.remove(OFFERED);
        }
        let named = map.remove(OTHER_SIDE).filter(|id| id.as_str().is_some_and(|id| id.parse::<FieldId>().is_ok()));
        // The other side need not be described to keep its id.
        let other = self.other_side(linked, field).map(|id| json!(id)).or(named);
        map.extend(other.map(|id| (OTHER_SIDE.to_owned(), id)));
        map.insert("linkedTableId".to_owned(), json!(self.table_id(linked)?));
        Ok(options)
    }

    fn table_id(&self, no: usize) -> anyhow::Result<&str> {
        self.tables.get(no).map(|(id, _)| id.as_str()).context("there is no such table")
    }

    /// The view whose records a link offers; one that the file does not describe was not made.
    fn offered(&self, linked: usize, field: &'a SeedField) -> Option<&'a str> {
        field.option(OFFERED).filter(|view| self.seed.tables.get(linked).is_some_and(|table| table.has_view(view)))
    }

    /// Which table a link leads to.
    fn linked(&self, field: &SeedField) -> anyhow::Result<usize> {
        let wanted =
            field.option("linkedTableId").context("`options.linkedTableId` must be the id or the name of a table")?;
        let place = self.seed.tables.iter().position(|table| table.is_called(wanted));
        place.with_context(|| format!("`options.linkedTableId`: there is no table `{wanted}`"))
    }

    /// The id of the field of the file that is the other side of a link.
    fn other_side(&self, linked: usize, field: &SeedField) -> Option<&str> {
        let named = field.option(OTHER_SIDE)?;
        let place = self.seed.tables.get(linked)?.fields.iter().position(|other| other.is_called(named))?;
        self.tables.get(linked)?.1.get(place).map(String::as_str)
    }

    /// Makes the records, and then the links between them.
    async fn records(&mut self) -> anyhow::Result<()> {
        let mut linking = Vec::new();
        for (no, table) in self.seed.tables.iter().enumerate() {
            let mut rows = Vec::new();
            for (at, record) in table.records.iter().enumerate() {
                let (id, created) = (record.id.clone(), record.created_time.clone());
                rows.push(Row { at, id, created, cells: self.cells(no, at, record)? });
            }
            let ids = self.write(&Method::POST, no, &rows).await?;
            for (record, id) in table.records.iter().zip(&ids) {
                if let Some(name) = primary_text(table, record) {
                    self.records.entry((no, name)).or_insert_with(|| id.clone());
                }
            }
            for (record, id) in table.records.iter().zip(&ids) {
                if let Some(own) = record.id.as_deref() {
                    self.records.insert((no, own), id.clone());
                }
            }
            linking.push(ids);
        }
        for (no, ids) in linking.into_iter().enumerate() {
            let rows = self.links(no, ids)?;
            self.write(&Method::PATCH, no, &rows).await?;
        }
        Ok(())
    }

    /// The cells of a record but for links and what is computed.
    fn cells(&self, no: usize, at: usize, record: &SeedRecord) -> anyhow::Result<Map<String, Value>> {
        let mut cells = Map::new();
        for (field, value) in self.fields_of(no, at, record)? {
            let is_computed = fields::by_name(&field.r#type).is_some_and(fields::FieldType::is_computed);
            if !field.is_link() && !is_computed {
                cells.insert(field.name.clone(), value.clone());
            }
        }
        Ok(cells)
    }

    /// The cells of a record with their fields.
    fn fields_of<'r>(
        &self,
        no: usize,
        at: usize,
        record: &'r SeedRecord,
    ) -> anyhow::Result<Vec<(&'a SeedField, &'r Value)>> {
        let table = self.seed.tables.get(no).context("the table was not made")?;
        let field = |name: &String| {
            let missing =
                || anyhow!("{}/records/{at}: there is no field `{name}` in `{}`", self.table_at(no), table.name);
            table.field(name).ok_or_else(missing)
        };
        record.fields.iter().map(|(name, value)| Ok((field(name)?, value))).collect()
    }

    /// The rows of a table that have links, by the ids of all rows.
    fn links(&self, no: usize, ids: Vec<String>) -> anyhow::Result<Vec<Row>> {
        let records = self.seed.tables.get(no).map(|table| table.records.as_slice()).unwrap_or_default();
        let mut rows = Vec::new();
        for ((at, record), id) in records.iter().enumerate().zip(ids) {
            let mut cells = Map::new();
            for (field, value) in self.fields_of(no, at, record)?.into_iter().filter(|(field, _)| field.is_link()) {
                let at = || format!("{}/records/{at}/fields/{}", self.table_at(no), field.name);
                cells.insert(field.name.clone(), self.linked_records(field, value).with_context(at)?);
            }
            if !cells.is_empty() {
                rows.push(Row { at, id: Some(id), created: Value::Null, cells });
            }
        }
        Ok(rows)
    }

    fn linked_records(&self, field: &SeedField, value: &Value) -> anyhow::Result<Value> {
        let linked = self.linked(field)?;
        let listed = match value {
            Value::Null => &[][..],
            Value::Array(items) => items,
            one => std::slice::from_ref(one),
        };
        let id = |item: &Value| {
            let named = item.as_str().or_else(|| item.get("id")?.as_str());
            let named = named.context("a link is a list of ids or names of records")?;
            let made = self.records.get(&(linked, named));
            made.cloned()
                .map(Value::String)
                .with_context(|| format!("no record there has the id or the name `{named}`"))
        };
        listed.iter().map(id).collect()
    }

    /// Writes rows in batches; of a batch that is refused, the first row at fault is found and named.
    async fn write(&self, method: &Method, no: usize, rows: &[Row]) -> anyhow::Result<Vec<String>> {
        let mut ids = Vec::with_capacity(rows.len());
        // Of the records of a request all keep their ids, or none.
        let alike = rows.chunk_by(|one, next| one.id.is_some() == next.id.is_some());
        for batch in alike.flat_map(|rows| rows.chunks(BATCH)) {
            match self.write_batch(method, no, batch).await {
                Ok(written) => ids.extend(written),
                Err(_) => {
                    for row in batch {
                        let at = || format!("{}/records/{}", self.table_at(no), row.at);
                        let written = self.write_batch(method, no, std::slice::from_ref(row)).await;
                        ids.extend(written.with_context(at)?);
                    }
                }
            }
        }
        Ok(ids)
    }

    async fn write_batch(&self, method: &Method, no: usize, rows: &[Row]) -> anyhow::Result<Vec<String>> {
        let keeps = *method == Method::POST && rows.iter().any(|row| row.id.is_some());
        let rows = rows.iter().map(|row| match &row.id {
            None => json!({ "fields": row.cells }),
            Some(id) => json!({ "id": id, "createdTime": row.created, "fields": row.cells }),
        });
        let body = json!({ "records": rows.collect::<Vec<_>>() });
        let table = self.table_id(no)?;
        let path = format!("/v0/{}/{table}{}", self.base, if keeps { "?keepIds=true" } else { "" });
        let answer = self.inside.call(method.clone(), &path, &body).await?;
        let written = answer.get("records").and_then(Value::as_array).context("no records came back")?;
        written.iter().map(|record| text_at(record, "/id")).collect()
    }

    fn table_at(&self, no: usize) -> String {
        format!("{}/tables/{no}", self.at)
    }
}

/// The ids of a table and of its fields: those of the file, or new ones.
fn ids(table: &SeedTable, (clock, ids): &(Clock, Ids)) -> (String, Vec<String>) {
    let now = clock.now();
    let fields = table.fields.iter();
    let fields = fields.map(|field| field.id.clone().unwrap_or_else(|| ids.field(now).to_string()));
    (table.id.clone().unwrap_or_else(|| ids.table(now).to_string()), fields.collect())
}

/// What a record is called, where its primary field holds text.
fn primary_text<'r>(table: &SeedTable, record: &'r SeedRecord) -> Option<&'r str> {
    let primary = table.fields.get(table.primary()?)?;
    let named = record.fields.iter().find(|(name, _)| primary.is_called(name));
    named.and_then(|(_, value)| value.as_str())
}

fn text_at(answer: &Value, pointer: &str) -> anyhow::Result<String> {
    let text = answer.pointer(pointer).and_then(Value::as_str);
    text.map(str::to_owned).with_context(|| format!("the answer has no `{pointer}`"))
}
