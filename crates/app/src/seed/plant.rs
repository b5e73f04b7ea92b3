//! Makes what a seed describes, through the doors that everybody uses. Errors name the place in the file by pointer.

use std::collections::{HashMap, HashSet};

use anyhow::{Context, anyhow, bail};
use axum::http::Method;
use clock::{Clock, Ids};
use model::FieldId;
use serde_json::{Map, Value, json};

use super::{Seed, SeedBase, SeedField, SeedRecord, SeedTable};
use crate::catalog::House;
use crate::inside::Inside;

/// The fields that a field of the last change watches; of computed fields it is only told.
const WATCHED: &str = "referencedFieldIds";
/// The view whose records a link offers.
const OFFERED: &str = "viewIdForRecordSelection";
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
        planting.fields().await?;
        planting.records().await?;
    }
    Ok(())
}

/// A base that is being made.
struct Planting<'a> {
    inside: &'a Inside,
    /// For fields of which only parts have ids.
    source: &'a (Clock, Ids),
    seed: &'a SeedBase,
    /// Where the base stands in the file.
    at: String,
    base: String,
    /// The ids of the tables that were made, in the order of the file.
    tables: Vec<String>,
    /// The ids of the fields that were made, by table and name.
    made: HashMap<(usize, &'a str), String>,
    /// The ids of the records that were made, by table and the id or the primary text that the file has for them.
    records: HashMap<(usize, &'a str), String>,
}

/// A record to write.
struct Row {
    /// Its place in the table's list.
    at: usize,
    id: Option<String>,
    cells: Map<String, Value>,
}

impl<'a> Planting<'a> {
    /// Makes the base and its tables, each with its primary field alone.
    async fn begin(
        (inside, source): (&'a Inside, &'a (Clock, Ids)),
        seed: &'a SeedBase,
        at: String,
        workspace: &str,
    ) -> anyhow::Result<Self> {
        let (tables, made, records) = (Vec::new(), HashMap::new(), HashMap::new());
        let mut planting = Self { inside, source, seed, at, base: String::new(), tables, made, records };
        if seed.tables.is_empty() {
            bail!("{}/tables: a base needs a table", planting.at);
        }
        for (no, table) in seed.tables.iter().enumerate() {
            let at = planting.table_at(no);
            let primary = table.primary().and_then(|place| table.fields.get(place));
            let primary = primary.with_context(|| format!("{at}: the table has no primary field"))?;
            let field = planting.described(primary, primary.options.clone());
            let body = json!({ "id": table.id, "name": table.name, "description": table.description, "fields": [field],
                "views": table.views });
            let answer = planting.make_table(no, body, workspace).await.context(at)?;
            planting.tables.push(text_at(&answer, "/id")?);
            planting.made.insert((no, primary.name.as_str()), text_at(&answer, "/fields/0/id")?);
        }
        Ok(planting)
    }

    /// The first table is made with the base.
    async fn make_table(&mut self, no: usize, body: Value, workspace: &str) -> anyhow::Result<Value> {
        if no > 0 {
            let path = format!("/v0/meta/bases/{}/tables?keepIds=true", self.base);
            return self.inside.call(Method::POST, &path, &body).await;
        }
        let body = json!({ "id": self.seed.id, "name": self.seed.name, "workspaceId": workspace, "tables": [body] });
        let answer = self.inside.call(Method::POST, "/v0/meta/bases?keepIds=true", &body).await?;
        self.base = text_at(&answer, "/id")?;
        answer.pointer("/tables/0").cloned().context("the base was made without its table")
    }

    /// Makes the other fields. One that needs another is made after it, whatever the order of the file; links come last,
    /// because their other sides must not take the names of fields of the file.
    async fn fields(&mut self) -> anyhow::Result<()> {
        let mut left = self.beside_the_primary();
        left.sort_by_key(|(_, _, field)| field.is_link());
        self.refuse_twins(&left)?;
        while !left.is_empty() {
            let before = left.len();
            let (mut waiting, mut problem) = (Vec::new(), None::<(bool, anyhow::Error)>);
            for (no, place, field) in left {
                if let Err(error) = self.field(no, field).await {
                    // Where a link is wrong, what looks through it is only a consequence.
                    if problem.as_ref().is_none_or(|(of_link, _)| field.is_link() && !of_link) {
                        let at = format!("{}/fields/{place}", self.table_at(no));
                        problem = Some((field.is_link(), error.context(at)));
                    }
                    waiting.push((no, place, field));
                }
            }
            left = waiting;
            if let Some((_, problem)) = problem.filter(|_| left.len() == before) {
                return Err(problem);
            }
        }
        Ok(())
    }

    /// Every field that was not made with its table, with the places of both.
    fn beside_the_primary(&self) -> Vec<(usize, usize, &'a SeedField)> {
        let mut all = Vec::new();
        for (no, table) in self.seed.tables.iter().enumerate() {
            let fields = table.fields.iter().enumerate().filter(|(place, _)| table.primary() != Some(*place));
            all.extend(fields.map(|(place, field)| (no, place, field)));
        }
        all
    }

    /// The doors would say so too, but a field of a taken name would count as made.
    fn refuse_twins(&self, fields: &[(usize, usize, &SeedField)]) -> anyhow::Result<()> {
        let mut seen: HashSet<(usize, &str)> = self.made.keys().copied().collect();
        for (no, place, field) in fields {
            if !seen.insert((*no, field.name.as_str())) {
                bail!("{}/fields/{place}: there are two fields `{}`", self.table_at(*no), field.name);
            }
        }
        Ok(())
    }

    async fn field(&mut self, no: usize, field: &'a SeedField) -> anyhow::Result<()> {
        if self.made.contains_key(&(no, field.name.as_str())) {
            // The other side of a link that was made.
            return self.offer(no, field).await;
        }
        let mut options = field.options.as_ref().map(|options| self.translated(options)).transpose()?;
        let watches = field.r#type.starts_with("lastModified");
        if let Some(watched) = field.options.as_ref().and_then(|given| given.get(WATCHED)).filter(|_| watches) {
            let watched = self.translated(watched)?;
            options.as_mut().and_then(Value::as_object_mut).map(|map| map.insert(WATCHED.to_owned(), watched));
        }
        let mut other_side = None;
        if let Some(options) = options.as_mut().and_then(Value::as_object_mut).filter(|_| field.is_link()) {
            let linked = self.linked(field)?;
            other_side = self.other_side(linked, field);
            options.remove("isReversed");
            if self.offered(linked, field).is_none() {
                options.remove(OFFERED);
            }
            options.insert("linkedTableId".to_owned(), json!(self.tables.get(linked)));
            let named = options.remove("inverseLinkFieldId");
            // The other side need not be described to keep its id.
            let mut kept = named.filter(|id| id.as_str().is_some_and(|id| id.parse::<FieldId>().is_ok()));
            if let Some((no, name)) = other_side {
                options.insert("inverseName".to_owned(), json!(name));
                kept = self.seed.tables.get(no).and_then(|table| table.field(name)?.id.clone()).map(Value::String);
            }
            options.extend(kept.map(|id| ("inverseLinkFieldId".to_owned(), id)));
        }
        let table = self.tables.get(no).context("the table was not made")?;
        let path = format!("/v0/meta/bases/{}/tables/{table}/fields?keepIds=true", self.base);
        let answer = self.inside.call(Method::POST, &path, &self.described(field, options)).await?;
        self.made.insert((no, field.name.as_str()), text_at(&answer, "/id")?);
        if let Some(other_side) = other_side {
            self.made.insert(other_side, text_at(&answer, "/options/inverseLinkFieldId")?);
        }
        Ok(())
    }

    /// The view whose records a link offers; one that the file does not describe was not made.
    fn offered(&self, linked: usize, field: &'a SeedField) -> Option<&'a str> {
        field.option(OFFERED).filter(|view| self.seed.tables.get(linked).is_some_and(|table| table.has_view(view)))
    }

    /// Lets a link that was made offer the records of a view.
    async fn offer(&self, no: usize, field: &'a SeedField) -> anyhow::Result<()> {
        if !field.is_link() {
            return Ok(());
        }
        let Some(view) = self.offered(self.linked(field)?, field) else { return Ok(()) };
        let (table, id) = (self.tables.get(no), self.made.get(&(no, field.name.as_str())));
        let (table, id) = table.zip(id).context("the field was not made")?;
        let path = format!("/v0/meta/bases/{}/tables/{table}/fields/{id}", self.base);
        self.inside.call(Method::PATCH, &path, &json!({ "options": { OFFERED: view } })).await.map(drop)
    }

    /// Which table a link leads to.
    fn linked(&self, field: &SeedField) -> anyhow::Result<usize> {
        let wanted =
            field.option("linkedTableId").context("`options.linkedTableId` must be the id or the name of a table")?;
        let place = self.seed.tables.iter().position(|table| table.is_called(wanted));
        place.with_context(|| format!("`options.linkedTableId`: there is no table `{wanted}`"))
    }

    /// The field of the file that is the other side of a link.
    fn other_side(&self, linked: usize, field: &SeedField) -> Option<(usize, &'a str)> {
        let other = self.seed.tables.get(linked)?.field(field.option("inverseLinkFieldId")?)?;
        (!std::ptr::eq(other, field)).then_some((linked, other.name.as_str()))
    }

    /// Options with the ids of what was made; those of the file may stand alone or in formulas.
    fn translated(&self, value: &Value) -> anyhow::Result<Value> {
        Ok(match value {
            Value::String(text) => Value::String(self.translated_text(text)?),
            Value::Array(items) => items.iter().map(|item| self.translated(item)).collect::<anyhow::Result<_>>()?,
            Value::Object(map) => {
                let translated = |(key, value): (&String, &Value)| Ok((key.clone(), self.translated_at(key, value)?));
                Value::Object(map.iter().map(translated).collect::<anyhow::Result<_>>()?)
            }
            other => other.clone(),
        })
    }

    fn translated_at(&self, key: &str, value: &Value) -> anyhow::Result<Value> {
        // They name what is made later, or what nobody reads.
        let is_told_only = ["inverseLinkFieldId", "linkedTableId", "result", WATCHED].contains(&key);
        if is_told_only { Ok(value.clone()) } else { self.translated(value) }
    }

    fn translated_text(&self, text: &str) -> anyhow::Result<String> {
        let mut out = text.to_owned();
        for (no, table) in self.seed.tables.iter().enumerate() {
            for field in &table.fields {
                let Some(id) = field.id.as_deref().filter(|id| id.starts_with("fld") && out.contains(id)) else {
                    continue;
                };
                let made = self.made.get(&(no, field.name.as_str()));
                out =
                    out.replace(id, made.with_context(|| format!("it needs `{}`, which cannot be made", field.name))?);
            }
        }
        Ok(out)
    }

    /// Makes the records, and then the links between them.
    async fn records(&mut self) -> anyhow::Result<()> {
        let mut linking = Vec::new();
        for (no, table) in self.seed.tables.iter().enumerate() {
            let mut rows = Vec::new();
            for (at, record) in table.records.iter().enumerate() {
                rows.push(Row { at, id: record.id.clone(), cells: self.cells(no, at, record)? });
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
                rows.push(Row { at, id: Some(id), cells });
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
            Some(id) => json!({ "id": id, "fields": row.cells }),
        });
        let body = json!({ "records": rows.collect::<Vec<_>>() });
        let table = self.tables.get(no).context("the table was not made")?;
        let path = format!("/v0/{}/{table}{}", self.base, if keeps { "?keepIds=true" } else { "" });
        let answer = self.inside.call(method.clone(), &path, &body).await?;
        let written = answer.get("records").and_then(Value::as_array).context("no records came back")?;
        written.iter().map(|record| text_at(record, "/id")).collect()
    }

    fn table_at(&self, no: usize) -> String {
        format!("{}/tables/{no}", self.at)
    }

    /// A field as the doors want it. They keep the ids of its parts where it has one itself.
    fn described(&self, field: &SeedField, options: Option<Value>) -> Value {
        let (clock, ids) = self.source;
        let id = field.id.clone().unwrap_or_else(|| ids.field(clock.now()).to_string());
        let mut described = json!({ "id": id, "name": field.name, "type": field.r#type });
        let parts = [("description", field.description.clone().map(Value::String)), ("options", options)];
        for (key, value) in parts.into_iter().filter_map(|(key, value)| Some((key, value?))) {
            if let Some(map) = described.as_object_mut() {
                map.insert(key.to_owned(), value);
            }
        }
        described
    }
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
