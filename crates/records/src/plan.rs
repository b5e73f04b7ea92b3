//! The write plan: from what a request says to what the change will say.
//!
//! Reading values needs only the schema and happens before the writer; everything that depends on rows (what a cell
//! held, which records exist, which choices and linked records are new) is decided on the private image.

mod files;
mod links;

use std::sync::Arc;

use clock::Ids;
use events::{Body, CellChange, RecordCells, RecordChange, SchemaChange};
use fields::{CellProblem, ChoiceIn, Incoming, LinkIn, Reading, split_names};
use images::record_cells;
use model::{
    CellValue, Choice, Field, FieldKind, FieldNo, Kind, Ordinal, RecordId, Schema, SelectOptions, Table, TableImage,
    TableNo, Timestamp,
};
use rustc_hash::FxHashSet;
use schema::closest;
use serde_json::{Map, Value};

use crate::error::Error;
pub(crate) use images::previous;
use images::{BaseImage, View};

pub(crate) use links::LinkWrite;
use links::Places;

/// The colours that new choices take in turn.
const PALETTE: [&str; 10] = [
    "blueLight2",
    "cyanLight2",
    "tealLight2",
    "greenLight2",
    "yellowLight2",
    "orangeLight2",
    "redLight2",
    "pinkLight2",
    "purpleLight2",
    "grayLight2",
];

/// Values read for one record, in the order given.
pub(crate) type Row = Vec<(Arc<Field>, Incoming)>;

/// Reads the `fields` object of one record against the schema, each field once.
pub(crate) fn read_row(table: &Table, cells: &Map<String, Value>, reading: &Reading, at: usize) -> Result<Row, Error> {
    let mut row = Row::with_capacity(cells.len());
    for (key, value) in cells {
        let field = table.field_exact(key).ok_or_else(|| unknown_field(table, key))?;
        let wrong = |(airtable_type, message): (&'static str, String)| Error::Cell {
            airtable_type,
            message,
            pointer: format!("/records/{at}/fields/{}", key.replace('~', "~0").replace('/', "~1")),
        };
        if *key != field.name && cells.contains_key(&field.name) {
            let message = format!("Field \"{}\" is named twice, also as \"{key}\": leave one of them out", field.name);
            return Err(wrong(("INVALID_REQUEST_UNKNOWN", message)));
        }
        // Another place tells what it computes, too.
        if reading.moved && field.kind.is_computed() {
            continue;
        }
        let read = fields::of(&field.kind).read(field, value, reading);
        row.push((Arc::clone(field), read.map_err(|problem| wrong((problem.code(), problem.to_string())))?));
    }
    Ok(row)
}

/// The error for a field name that does not exist, with the closest names.
pub fn unknown_field(table: &Table, name: &str) -> Error {
    let names = table.live_fields().map(|field| field.name.as_str());
    Error::UnknownField { name: name.chars().take(255).collect(), hint: closest(name, names) }
}

/// What one operation will write, growing as its records are decided.
pub(crate) struct Plan<'i> {
    image: &'i BaseImage,
    ids: &'i Ids,
    now: Timestamp,
    pub body: Body,
    /// Tables with choices added by this operation.
    tables: Vec<(Arc<Table>, Table)>,
    links: Vec<LinkWrite>,
    /// Records whose link cells are written otherwise.
    touched: Places,
}

impl<'i> Plan<'i> {
    pub fn new(image: &'i BaseImage, ids: &'i Ids, now: Timestamp) -> Self {
        Self {
            image,
            ids,
            now,
            body: Body::default(),
            tables: Vec::new(),
            links: Vec::new(),
            touched: Places::default(),
        }
    }

    /// The schema that it is decided by.
    pub fn schema(&self) -> &Schema {
        &self.image.schema
    }

    /// The records of a table as they were before.
    pub fn rows(&self, table: TableNo) -> Arc<TableImage> {
        self.image.table(table)
    }

    fn next_ordinal(&self, table: TableNo) -> Ordinal {
        let made = self.body.tables.iter().find(|t| t.table == table).map_or(0, |t| t.created.len());
        Ordinal((self.rows(table).len() + made) as u32)
    }

    /// Adds a new record and returns its place.
    pub fn create(&mut self, table: &Arc<Table>, row: Row, id: Option<RecordId>) -> Result<(RecordId, Ordinal), Error> {
        let ordinal = self.next_ordinal(table.no);
        let id = id.unwrap_or_else(|| self.ids.record(self.now));
        let mut cells = Vec::with_capacity(row.len());
        self.body.table(table.no).created.push(RecordCells { ordinal, id, previous: 0, cells: Vec::new() });
        for (field, incoming) in row {
            let value = self.value(table, &field, ordinal, incoming).inspect_err(|_| {
                // Nobody finds it by its id, and others may have it.
                self.body.table(table.no).created.retain(|record| record.ordinal != ordinal);
            })?;
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                cells.retain(|(no, _)| *no != field.no);
                cells.push((field.no, value));
            }
        }
        cells.sort_unstable_by_key(|(field, _)| *field);
        // From the end: it is the last one, unless it made others by linking to them.
        let record = self.body.table(table.no).created.iter_mut().rev().find(|record| record.ordinal == ordinal);
        if let Some(record) = record {
            record.cells = cells;
        }
        Ok((id, ordinal))
    }

    /// Refuses an id that a record of the base has or had.
    pub fn refuse_taken(&self, id: RecordId) -> Result<(), Error> {
        let had = |table: &Arc<Table>| self.rows(table.no).ids.find(id).is_some();
        let made = self.body.tables.iter().any(|change| change.created.iter().any(|record| record.id == id));
        if made || self.image.schema.tables.iter().any(had) {
            return Err(Error::Request {
                airtable_type: "INVALID_RECORDS",
                message: format!("the record id `{id}` is in use already, or was once"),
            });
        }
        Ok(())
    }

    /// Changes cells of an existing record; with `replace` every writable cell not named is cleared.
    pub fn update(&mut self, table: &Arc<Table>, ordinal: Ordinal, mut row: Row, replace: bool) -> Result<(), Error> {
        let rows = self.rows(table.no);
        if replace {
            for field in table.live_fields().filter(|field| !field.kind.is_computed()) {
                if row.iter().all(|(named, _)| named.id != field.id) {
                    row.push((Arc::clone(field), Incoming::Cell(CellValue::Empty)));
                }
            }
        }
        let mut cells: Vec<CellChange> = Vec::with_capacity(row.len());
        for (field, incoming) in row {
            let Some(after) = self.value(table, &field, ordinal, incoming)? else { continue };
            let before = rows.cell(field.no, ordinal);
            cells.retain(|change| change.field != field.no);
            cells.push(CellChange { field: field.no, before: before.to_value(), after });
        }
        let (id, previous) = (rows.ids.get(ordinal), previous(&rows, ordinal));
        let Some(id) = id else { return Ok(()) };
        let updated = &mut self.body.table(table.no).updated;
        match updated.iter_mut().find(|change| change.ordinal == ordinal) {
            Some(earlier) => merge(&mut earlier.cells, cells),
            None => updated.push(RecordChange { ordinal, id, previous, cells }),
        }
        Ok(())
    }

    /// Changes cells of a record that this plan creates; with `replace` every writable cell not named is cleared.
    pub fn amend(&mut self, table: &Arc<Table>, ordinal: Ordinal, row: Row, replace: bool) -> Result<(), Error> {
        let mut cells = Vec::with_capacity(row.len());
        let kept = |no: FieldNo| table.field_by_no(no).is_some_and(|field| field.kind.is_computed());
        if replace {
            let unnamed = |field: &&Arc<Field>| row.iter().all(|(named, _)| named.id != field.id);
            for field in table.live_fields().filter(|field| field.kind.link().is_some()).filter(unnamed) {
                self.set_links(table.no, field, ordinal, Vec::new());
            }
        }
        for (field, incoming) in row {
            if let Some(value) = self.value(table, &field, ordinal, incoming)? {
                cells.push((field.no, value));
            }
        }
        let created = &mut self.body.table(table.no).created;
        if let Some(record) = created.iter_mut().find(|record| record.ordinal == ordinal) {
            record.cells.retain(|(no, _)| !replace || kept(*no));
            record.cells.retain(|(no, _)| cells.iter().all(|(named, _)| named != no));
            record.cells.extend(cells.into_iter().filter(|(_, value)| !value.is_empty()));
            record.cells.sort_unstable_by_key(|(field, _)| *field);
        }
        Ok(())
    }

    /// What a record holds once this plan is carried out.
    pub fn cell(&self, table: TableNo, field: FieldNo, ordinal: Ordinal) -> CellValue {
        let planned = self.body.tables.iter().find(|change| change.table == table);
        let created = planned.and_then(|change| change.created.iter().find(|record| record.ordinal == ordinal));
        if let Some(record) = created {
            let held = record.cells.iter().find(|(no, _)| *no == field);
            return held.map_or(CellValue::Empty, |(_, value)| value.clone());
        }
        let updated = planned.and_then(|change| change.updated.iter().find(|record| record.ordinal == ordinal));
        let changed = updated.and_then(|record| record.cells.iter().find(|change| change.field == field));
        changed.map_or_else(|| self.rows(table).cell(field, ordinal).to_value(), |change| change.after.clone())
    }

    /// Deletes a record and unlinks it everywhere.
    pub fn delete(&mut self, table: &Arc<Table>, ordinal: Ordinal) {
        let rows = self.rows(table.no);
        let Some(id) = rows.ids.get(ordinal) else { return };
        let deleted = &mut self.body.table(table.no).deleted;
        if deleted.iter().any(|record| record.ordinal == ordinal) {
            return;
        }
        let cells = record_cells(&rows, ordinal);
        deleted.push(RecordCells { ordinal, id, previous: previous(&rows, ordinal), cells });
        for field in &table.fields {
            if let FieldKind::MultipleRecordLinks(_) = field.kind {
                self.links.push(LinkWrite {
                    table: table.no,
                    field: Arc::clone(field),
                    record: ordinal,
                    list: Vec::new(),
                });
            }
        }
    }

    /// The value to store; `None` for links, which are kept as pairs.
    fn value(
        &mut self,
        table: &Arc<Table>,
        field: &Arc<Field>,
        record: Ordinal,
        incoming: Incoming,
    ) -> Result<Option<CellValue>, Error> {
        match incoming {
            Incoming::Cell(_) if field.kind.link().is_some() => {
                self.set_links(table.no, field, record, Vec::new());
                Ok(None)
            }
            Incoming::Cell(value) => Ok(Some(value)),
            Incoming::Choices(choices) => Ok(Some(self.choices(table, field, choices))),
            Incoming::Links(links) => {
                let mut list = Vec::with_capacity(links.len());
                for link in links {
                    for link in self.one_by_one(field, link)? {
                        if let Some(ordinal) = self.link_target(field, link)?
                            && !list.contains(&ordinal)
                        {
                            list.push(ordinal);
                        }
                    }
                }
                self.set_links(table.no, field, record, list);
                Ok(None)
            }
            Incoming::Attachments(files) => {
                let held = self.cell(table.no, field.no, record);
                files::cell(field, &held, files, || self.ids.attachment(self.now)).map(Some)
            }
        }
    }

    /// Gives a link cell a list.
    pub fn write_links(&mut self, write: LinkWrite) {
        self.set_links(write.table, &write.field, write.record, write.list);
    }

    /// Says that pairs of this record, as far as the plan has any, are its own.
    pub fn touch(&mut self, table: TableNo, record: Ordinal) {
        self.touched.insert((table, record));
    }

    fn set_links(&mut self, table: TableNo, field: &Arc<Field>, record: Ordinal, list: Vec<Ordinal>) {
        self.links.retain(|link| link.record != record || link.field.id != field.id);
        self.links.push(LinkWrite { table, field: Arc::clone(field), record, list });
    }

    /// A text of names as one name where a record is called so, or could be, else the names between commas.
    fn one_by_one(&self, field: &Field, link: LinkIn) -> Result<Vec<LinkIn>, Error> {
        let (LinkIn::Names(text), Some(options)) = (&link, field.kind.link()) else { return Ok(vec![link]) };
        let Some(table) = self.image.schema.table_by_no(options.linked_table_no) else { return Ok(vec![link]) };
        let is_one = self.titled(table, text)?.is_some() || is_one_value(table, text);
        Ok(if is_one {
            vec![LinkIn::named(text)]
        } else {
            split_names(text).iter().map(|name| LinkIn::named(name)).collect()
        })
    }

    /// The record that is linked to; none where a text names none and no record can be given this name.
    fn link_target(&mut self, field: &Field, link: LinkIn) -> Result<Option<Ordinal>, Error> {
        let Some(options) = field.kind.link() else { return Err(Error::ImageGone) };
        match link {
            LinkIn::Id(id) => {
                let made = self.body.tables.iter().find(|t| t.table == options.linked_table_no);
                let made = made.and_then(|t| t.created.iter().find(|record| record.id == id)).map(|r| r.ordinal);
                let found = self.rows(options.linked_table_no).find(id).or(made);
                found.map(Some).ok_or_else(|| self.no_target(id))
            }
            LinkIn::Text(text) | LinkIn::Names(text) => self.link_by_text(options.linked_table_no, &text),
        }
    }

    fn no_target(&self, id: RecordId) -> Error {
        let tables = &self.image.schema.tables;
        match tables.iter().find(|table| self.image.table(table.no).find(id).is_some()) {
            None => Error::RowDoesNotExist { id: id.to_string() },
            Some(table) => Error::Request {
                airtable_type: "ROW_TABLE_DOES_NOT_MATCH_LINKED_TABLE",
                message: format!("Record ID {id} is of table {}, which the field does not link to", table.name),
            },
        }
    }

    /// The record with this name, or a new one with it; none where the primary field cannot hold it.
    fn link_by_text(&mut self, no: TableNo, text: &str) -> Result<Option<Ordinal>, Error> {
        let Some(table) = self.image.schema.table_by_no(no).cloned() else { return Err(Error::ImageGone) };
        if let Some(ordinal) = self.titled(&table, text)? {
            return Ok(Some(ordinal));
        }
        let Some(primary) = table.primary_field().cloned() else { return Err(Error::ImageGone) };
        let incoming = named_by(&primary, text.trim()).map_err(|problem| Error::Cell {
            airtable_type: problem.code(),
            message: problem.to_string(),
            pointer: String::new(),
        })?;
        if incoming == Incoming::EMPTY {
            return Ok(None);
        }
        Ok(Some(self.create(&table, vec![(primary, incoming)], None)?.1))
    }

    /// The first record whose primary field shows this text, else the first that shows it in other letters, small or large,
    /// else one of those that this plan makes.
    fn titled(&self, table: &Arc<Table>, text: &str) -> Result<Option<Ordinal>, Error> {
        // What is computed here may be of a change that never happens: it must not be kept.
        let mut image = self.image.clone();
        image.computed = Arc::default();
        let view = View::new(Arc::new(image), self.now);
        let rows = self.rows(table.no);
        let title = title_of(table, text);
        let (wanted, mut near) = (title.as_str(), None);
        for ordinal in rows.live.ones() {
            let ordinal = Ordinal(ordinal as u32);
            let title = view.title(table, &rows, ordinal)?;
            if title.trim() == wanted {
                return Ok(Some(ordinal));
            }
            near = near.or_else(|| fields::same_name(title.trim(), wanted).then_some(ordinal));
        }
        let Some(primary) = table.primary_field().filter(|_| near.is_none()) else { return Ok(near) };
        let made = self.body.tables.iter().find(|part| part.table == table.no);
        let mut made = made.into_iter().flat_map(|part| &part.created).filter(|record| {
            let held = record.cells.iter().find(|(no, _)| *no == primary.no);
            let mut title = String::new();
            if let Some((_, value)) = held {
                fields::plain_cell(&primary.kind, value.view(), &mut title);
            }
            fields::same_name(title.trim(), wanted)
        });
        Ok(made.next().map(|record| record.ordinal))
    }

    /// Choice numbers, new names added to the field.
    pub fn choices(&mut self, table: &Arc<Table>, field: &Field, choices: Vec<ChoiceIn>) -> CellValue {
        let mut numbers = Vec::with_capacity(choices.len());
        for choice in choices {
            let no = match choice {
                ChoiceIn::No(no) => no,
                ChoiceIn::New(name) => self.new_choice(table, field, name),
            };
            if !numbers.contains(&no) {
                numbers.push(no);
            }
        }
        choice_cell(&field.kind, numbers)
    }

    fn new_choice(&mut self, table: &Arc<Table>, field: &Field, name: String) -> u32 {
        let id = self.ids.choice(self.now);
        self.select_mut(table, field.no).map_or(0, |select| add_choice(select, id, name))
    }

    /// A select as it will be.
    fn select_mut(&mut self, table: &Arc<Table>, no: FieldNo) -> Option<&mut SelectOptions> {
        if !self.tables.iter().any(|(before, _)| before.no == table.no) {
            self.tables.push((Arc::clone(table), Table::clone(table)));
        }
        let draft = self.tables.iter_mut().find(|(before, _)| before.no == table.no);
        let held = draft.and_then(|(_, after)| after.fields.iter_mut().find(|held| held.no == no));
        match held.map(Arc::make_mut).map(|field| &mut field.kind) {
            Some(FieldKind::SingleSelect(select) | FieldKind::MultipleSelects(select)) => Some(select),
            _ => None,
        }
    }

    /// Brings back the choices that cells of the past hold and that were taken away since.
    pub fn revive_choices(&mut self) {
        let mut body = std::mem::take(&mut self.body);
        for part in &mut body.tables {
            let Some(table) = self.image.schema.table_by_no(part.table).cloned() else { continue };
            let removed = |field: &&Arc<Field>| field.kind.select().is_some_and(|select| !select.removed.is_empty());
            for field in table.fields.iter().filter(removed) {
                let updated = part.updated.iter_mut().flat_map(|record| &mut record.cells);
                let updated = updated.filter(|cell| cell.field == field.no).map(|cell| &mut cell.after);
                let restored = part.restored.iter_mut().flat_map(|record| &mut record.cells);
                let restored = restored.filter(|(no, _)| *no == field.no).map(|(_, value)| value);
                updated.chain(restored).for_each(|value| self.revive(&table, field, value));
            }
        }
        self.body = body;
    }

    fn revive(&mut self, table: &Arc<Table>, field: &Field, value: &mut CellValue) {
        let held = match value {
            CellValue::Choice(no) => vec![*no],
            CellValue::Choices(list) => list.clone(),
            _ => return,
        };
        let is_there = |no: &u32| field.kind.select().is_some_and(|select| select.by_no(*no).is_some());
        if held.iter().all(is_there) {
            return;
        }
        let Some(select) = self.select_mut(table, field.no) else { return };
        let mut numbers = Vec::with_capacity(held.len());
        for no in held {
            let no = select.revive(no);
            if !numbers.contains(&no) {
                numbers.push(no);
            }
        }
        *value = choice_cell(&field.kind, numbers);
    }

    /// Turns link cells into pairs and closes the plan.
    pub fn finish(mut self) -> Body {
        for (relation_table, delta) in links::deltas(self.image, &self.links, &self.body) {
            self.body.table(relation_table).links.push(delta);
        }
        links::place(self.image, &self.links, &mut self.body);
        let edited = self.edited();
        for (before, after) in self.tables {
            self.body.schema.push(SchemaChange::Table { before: Some(before), after: Arc::new(after) });
        }
        for table in &mut self.body.tables {
            for record in &mut table.updated {
                record.cells.retain(|cell| cell.before != cell.after);
            }
            let no = table.table;
            table.updated.retain(|record| !record.cells.is_empty() || edited.contains(&(no, record.ordinal)));
        }
        self.body.tables.retain(|table| !table.is_empty());
        self.body
    }

    /// The records that are changed by their link cells, all of them among those that are told as updated.
    fn edited(&mut self) -> Places {
        let mut written = std::mem::take(&mut self.touched);
        written.extend(self.links.iter().map(|write| (write.table, write.record)));
        if written.is_empty() {
            return written;
        }
        for part in &self.body.tables {
            for record in part.created.iter().chain(&part.deleted).chain(&part.restored) {
                written.remove(&(part.table, record.ordinal));
            }
        }
        let edited = links::edited(self.image, &self.body, &written);
        let mut untold: Vec<_> = edited.iter().copied().collect();
        for part in &self.body.tables {
            let told: FxHashSet<Ordinal> = part.updated.iter().map(|record| record.ordinal).collect();
            untold.retain(|(no, ordinal)| *no != part.table || !told.contains(ordinal));
        }
        untold.sort_unstable();
        for (no, ordinal) in untold {
            let rows = self.rows(no);
            let Some(id) = rows.ids.get(ordinal) else { continue };
            let previous = previous(&rows, ordinal);
            self.body.table(no).updated.push(RecordChange { ordinal, id, previous, cells: Vec::new() });
        }
        edited
    }
}

/// A name as the primary field of a record reads it.
fn named_by(primary: &Field, name: &str) -> Result<Incoming, CellProblem> {
    let reading = Reading { typecast: true, ..Reading::default() };
    fields::of(&primary.kind).read(primary, &Value::String(name.to_owned()), &reading)
}

/// A name as the primary field shows it: an amount of money without its sign.
fn title_of(table: &Table, name: &str) -> String {
    let mut title = String::new();
    if let Some(primary) = table.primary_field().filter(|primary| primary.kind.column() != Kind::Text)
        && let Ok(Incoming::Cell(value)) = named_by(primary, name.trim())
    {
        fields::plain_cell(&primary.kind, value.view(), &mut title);
    }
    if title.is_empty() { name.trim().to_owned() } else { title }
}

/// True for a text with commas that is one value of a primary field which holds no texts, such as `$1,234.50`. Names in a
/// list have a blank behind the comma.
fn is_one_value(table: &Table, text: &str) -> bool {
    let primary = table.primary_field().filter(|primary| primary.kind.column() != Kind::Text);
    let read = primary.filter(|_| !text.contains(", ")).map(|primary| named_by(primary, text));
    matches!(read, Some(Ok(incoming)) if incoming != Incoming::EMPTY)
}

/// The cell of a select that holds these choices.
pub(crate) fn choice_cell(kind: &FieldKind, numbers: Vec<u32>) -> CellValue {
    match (kind, numbers.first()) {
        (_, None) => CellValue::Empty,
        (FieldKind::SingleSelect(_), Some(no)) => CellValue::Choice(*no),
        _ => CellValue::Choices(numbers),
    }
}

/// A record named once more: each cell keeps what it held before the operation and takes the last value.
fn merge(cells: &mut Vec<CellChange>, more: Vec<CellChange>) {
    for change in more {
        match cells.iter_mut().find(|held| held.field == change.field) {
            Some(held) => held.after = change.after,
            None => cells.push(change),
        }
    }
}

fn add_choice(select: &mut SelectOptions, id: model::ChoiceId, name: String) -> u32 {
    if let Some(choice) = select.choices.iter().find(|choice| choice.name == name) {
        return choice.no;
    }
    let no = select.next.max(1);
    select.next = no + 1;
    let color = PALETTE.get((no as usize - 1) % PALETTE.len()).map(|color| (*color).to_owned());
    select.choices.push(Choice { no, id, name, color });
    no
}

#[cfg(test)]
mod tests;
