//! Making a field one of another type: its cells are read again as text, kept under a number of their own, and shown
//! in one change of the schema. Links are filled in a field of the trash, whose place the field then takes.

mod files;
mod made;
mod names;
mod withdraw;

use std::slice::Chunks;
use std::sync::Arc;

use changes::Since;
use clock::Ids;
use events::{Body, CellChange, RecordChange};
use fields::{ChoiceIn, Incoming, MAX_CHOICES, Reading, add_choice, is_whole};
use model::{
    BaseId, Caller, CellRef, CellValue, Field, FieldId, FieldKind, FieldNo, Kind, Ordinal, RecordId, Table, TableId,
    TableImage, Timestamp,
};
use rustc_hash::{FxHashMap, FxHashSet};
use schema::{Reader, unfit_views};
use serde_json::Value;
use tenancy::{Action, Permit};

use super::retyped::{Retyped, is_of};
use super::write::{MOST_LOADED, queue};
use super::{Records, find_table};
use crate::ask::find_field;
use crate::error::Error;
use crate::files::Files;
use crate::plan::{LinkWrite, Plan, choice_cell, previous};
use files::ToFetch;
use images::Mark;
use images::{BaseImage, View};
use names::Names;

/// Records of one change.
const STEP: usize = 2_000;
/// Cells that cannot be converted and are named.
const NAMED: usize = 20;
/// Characters of a cell that are told.
const SHOWN: usize = 100;
/// How often what others write meanwhile is followed.
const ROUNDS: usize = 100;
/// What is said to whoever loses against a change of the schema.
const SCHEMA: &str = "the schema was changed meanwhile, and nothing was done: ask again";
/// The beginning of the runs of conversions, which undo leaves alone.
pub(super) const RUN: &str = "convert-";

/// How the runs of conversions of a table or a field begin, and those that were written before they named it.
pub(super) fn runs(table: TableId, field: Option<FieldId>) -> [String; 2] {
    let named = field.map_or_else(|| format!("{RUN}{table}-"), |field| format!("{RUN}{table}-{field}-"));
    [named, format!("{RUN}rec")]
}

/// The type that a field shall have.
#[derive(Debug, Clone)]
pub struct NewType {
    /// Its API name, such as `number`.
    pub name: String,
    /// Its options.
    pub options: Option<Value>,
}

/// How a field is converted.
#[derive(Debug, Clone, Copy, Default)]
pub struct How {
    /// It is only told what would become of the cells.
    pub dry: bool,
    /// Values may be lost.
    pub loss: bool,
    /// Records are made for names that none has.
    pub make: bool,
}

/// What a conversion did, or would do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Converted {
    /// Cells that have a value after.
    pub kept: usize,
    /// Cells whose value, or some of it, cannot be of the new type.
    pub lost: usize,
    /// Records made for names that none had.
    pub made: usize,
    /// Views with filters that do not fit the new type.
    pub views: Vec<String>,
    /// What becomes of the fields that are made of it.
    pub fields: Vec<Reader>,
    /// The first of the lost ones, with their texts.
    pub examples: Vec<(RecordId, String)>,
    /// The change that showed it; none when nothing was written.
    pub change: Option<i64>,
}

impl Records {
    /// Makes a field one of another type. Nothing is done where values would be lost, unless `how` allows it.
    ///
    /// # Errors
    /// Those of [`schema::retyped`]; [`Error::Loss`] where values would be lost; [`Error::Meanwhile`] when somebody changes
    /// the schema, or the table so fast that the conversion cannot follow.
    pub async fn convert(
        &self,
        caller: &Caller,
        base: BaseId,
        place: (&str, &str),
        new: &NewType,
        how: How,
    ) -> Result<Converted, Error> {
        self.convert_held(caller, base, (place, None), new, how).await
    }

    /// As [`Records::convert`]; with a number only as long as the field still has it.
    async fn convert_held(
        &self,
        caller: &Caller,
        base: BaseId,
        (place, held): ((&str, &str), Option<FieldNo>),
        new: &NewType,
        how: How,
    ) -> Result<Converted, Error> {
        let needed = [Action::EditSchema, Action::WriteRecords, Action::ReadRecords];
        let permit = self.schemas.permit(caller, needed, base).await?;
        let (scope, mut view) = self.view(caller, base).await?;
        let table = Arc::clone(find_table(caller, &view.image.schema, place.0)?);
        let field = Arc::clone(find_field(&table, place.1)?);
        if held.is_some_and(|no| no != field.no) {
            return Err(meanwhile(SCHEMA));
        }
        let now = self.clock.now();
        let wanted = (new.name.as_str(), new.options.as_ref());
        let only_airtable = self.schemas.has_formulas_of_airtable();
        let kind = schema::retyped(&view.image.schema, (table.no, &field), wanted, only_airtable, &self.ids, now)?;
        let with = (self.ids.clone(), self.files.clone());
        let start = Conversion::new((&table, &field), kind, with, now, view.image.sequence);
        let read = self
            .answer(&scope, &mut view, |view| {
                let rows = view.image.table(table.no);
                let mut conversion = start.clone();
                let link = conversion.target.kind.link();
                conversion.names = link.map(|link| Names::new(view, link, how.make)).transpose()?;
                let live = rows.live.ones().map(|ordinal| Ordinal(ordinal as u32));
                let cells = conversion.cells(view, &rows, live)?;
                Ok((conversion, cells))
            })
            .await?;
        let (conversion, cells) = read;
        let missing = conversion.names.as_ref().and_then(Names::missing);
        let (kept, made) = (conversion.kept, missing.map_or(0, |(_, _, names)| names.len()));
        let (lost, examples) = (conversion.lost, conversion.examples.clone());
        let views = unfit_views(&table, &conversion.target);
        let fields =
            schema::readers(&view.image.schema, (table.no, &field), conversion.target.kind.clone(), &self.ids, now);
        let mut done = Converted { kept, lost, made, views, fields, examples, change: None };
        if how.dry {
            return Ok(done);
        }
        let broken: Vec<Reader> = done.fields.iter().filter(|field| field.error.is_some()).cloned().collect();
        if (done.lost > 0 || !done.views.is_empty() || !broken.is_empty()) && !how.loss {
            let told = done.examples.iter().take(3).map(|(id, text)| format!("`{text}` of {id}"));
            let examples = told.collect::<Vec<_>>().join(", ");
            return Err(Error::Loss { count: done.lost, examples, views: done.views, fields: broken });
        }
        if let Some(missing) = missing {
            let place = (base, &*conversion.table, &*conversion.field);
            return self.make_and_convert(caller, place, missing, (new, how)).await;
        }
        let options = new.options.as_ref();
        done.change = Some(self.carry_out(caller, &permit, &view, (conversion, options), cells).await?);
        Ok(done)
    }

    /// Fills the cells under a new number, follows what others write meanwhile, and shows them.
    async fn carry_out(
        &self,
        caller: &Caller,
        permit: &Permit,
        view: &View,
        (conversion, options): (Conversion, Option<&Value>),
        cells: Vec<(Ordinal, CellValue)>,
    ) -> Result<i64, Error> {
        let (table, field) = (conversion.table.id, conversion.field.id);
        let run = format!("{RUN}{table}-{field}-{}", self.ids.record(self.clock.now()));
        let revision = view.image.schema.revision;
        let mut work = Work { conversion, options, steps: cells.chunks(STEP), revision, run, begun: false };
        let (mut rounds, mut wanted) = (0, Vec::new());
        while rounds <= ROUNDS {
            let follows = work.steps.len() == 0;
            match self.turn(caller, permit, view, &mut work).await {
                Ok(Turn { sequence, last: true }) => return Ok(sequence),
                Ok(_) => rounds += usize::from(follows),
                // The writer loads no columns.
                Err(Error::NotLoaded { columns }) if wanted.len() < MOST_LOADED => {
                    wanted.extend(columns);
                    self.images.with(permit.tenant(), permit.base_no(), &wanted, None).await?;
                }
                Err(error) => {
                    if work.begun {
                        self.withdraw(caller, permit, &work).await?;
                    }
                    return Err(error);
                }
            }
        }
        self.withdraw(caller, permit, &work).await?;
        Err(meanwhile("the table is changed faster than it can be converted; nothing was done: ask again later"))
    }

    /// One change of a conversion, if there is one to make.
    async fn turn(&self, caller: &Caller, permit: &Permit, view: &View, work: &mut Work<'_>) -> Result<Turn, Error> {
        let mut tx = self.changes.begin(permit.tenant(), permit.base_no()).await?;
        let mut private = self.images.private(permit.tenant(), permit.base_no(), &mut tx).await?;
        let (now, head) = (self.clock.now(), tx.head().sequence);
        let revision = private.image.schema.revision;
        if revision != work.revision && !is_passing(&tx.changes_after(work.conversion.last).await?) {
            return Err(meanwhile(SCHEMA));
        }
        work.revision = revision;
        let conversion = &mut work.conversion;
        if !work.begun {
            conversion.no = Some(schema::take_field(&mut tx, permit).await?);
        }
        let links = !work.begun && conversion.names.is_some();
        if links {
            // The other side's.
            schema::take_field(&mut tx, permit).await?;
        }
        let mut steps = work.steps.clone();
        let step = if links { None } else { steps.next() };
        let (mut body, last, awaited) = private.read(|image| {
            if links {
                return Ok((conversion.begin(image, work.options, now)?, false, None));
            }
            conversion.step(&present(view, image), image, step, now)
        })?;
        let mark = Mark::new(head + 1, now, &caller.actor);
        queue(&mut tx, &mut private, (permit, self), &mark, &mut body).await?;
        if let Some((schema, files)) = awaited {
            self.files.queue(&mut tx, permit, &schema, &files)?;
        }
        work.steps = steps;
        if body.is_empty() {
            return Ok(Turn { sequence: head, last });
        }
        let sequence = self.append(caller, tx, private, (now, Some(work.run.clone())), body).await?;
        work.revision += i64::from(links);
        work.begun = true;
        conversion.own.insert(sequence);
        conversion.last = sequence;
        Ok(Turn { sequence, last })
    }
}

/// A conversion that is being carried out.
struct Work<'w> {
    conversion: Conversion,
    options: Option<&'w Value>,
    /// The cells that were read first and are not written yet.
    steps: Chunks<'w, (Ordinal, CellValue)>,
    /// That of the schema, as long as nobody else changes it.
    revision: i64,
    run: String,
    /// The number of its cells is taken for good.
    begun: bool,
}

/// What a turn came to.
struct Turn {
    sequence: i64,
    last: bool,
}

/// The picture that the writer has, to read cells from.
fn present(view: &View, image: &BaseImage) -> View {
    // What is computed here may be of a change that never happens: it must not be kept.
    let mut image = image.clone();
    image.computed = Arc::default();
    View { image: Arc::new(image), ..view.clone() }
}

/// True where other conversions have come and gone, to no end so far, and nobody else has changed the schema: they touch
/// the trash alone. Of two that began at once the first one to end wins, and the other one must not end both.
fn is_passing(since: &Since) -> bool {
    let Since::Changes(changes) = since else { return false };
    let mut changed = changes.iter().filter(|change| !change.body.schema.is_empty());
    changed.all(|change| is_of(change, RUN) && Retyped::of(change).is_none())
}

fn meanwhile(message: &str) -> Error {
    Error::Meanwhile { message: message.to_owned() }
}

fn busy(message: &str) -> Error {
    Error::Request { airtable_type: "INVALID_REQUEST_UNKNOWN", message: message.to_owned() }
}

/// A field on its way to another type.
#[derive(Clone)]
struct Conversion {
    table: Arc<Table>,
    field: Arc<Field>,
    /// The field as it will be, but for its number; its choices grow as cells are read.
    target: Field,
    /// The number that its cells have.
    no: Option<FieldNo>,
    ids: Ids,
    fetching: Files,
    now: Timestamp,
    /// What texts have become; only for choices, and with the record for files.
    known: FxHashMap<String, CellValue>,
    /// What records are called; only for links.
    names: Option<Names>,
    /// How many files are named.
    files: usize,
    kept: usize,
    lost: usize,
    examples: Vec<(RecordId, String)>,
    /// The change after which cells were read first.
    start: i64,
    /// The conversion's own changes, and the last of them.
    own: FxHashSet<i64>,
    last: i64,
}

impl Conversion {
    fn new(
        (table, field): (&Arc<Table>, &Arc<Field>),
        kind: FieldKind,
        (ids, fetching): (Ids, Files),
        now: Timestamp,
        start: i64,
    ) -> Self {
        Self {
            table: Arc::clone(table),
            target: Field { kind, ..Field::clone(field) },
            field: Arc::clone(field),
            no: None,
            ids,
            fetching,
            now,
            known: FxHashMap::default(),
            names: None,
            files: 0,
            kept: 0,
            lost: 0,
            examples: Vec::new(),
            start,
            own: FxHashSet::default(),
            last: start,
        }
    }

    /// The next cells as a change, with the last ones the field's new type; whether it is the last, and the files that are
    /// to be fetched after it.
    fn step(
        &mut self,
        present: &View,
        image: &BaseImage,
        cells: Option<&[(Ordinal, CellValue)]>,
        now: Timestamp,
    ) -> Result<(Body, bool, Option<ToFetch>), Error> {
        if let Some(cells) = cells {
            let cells = self.fresh(present, cells)?;
            return Ok((self.body(image, cells), false, None));
        }
        let mut late = self.late(present)?;
        let last = late.len() <= STEP;
        late.truncate(STEP);
        let mut body = self.body(image, late);
        if !last {
            return Ok((body, false, None));
        }
        let kind = (self.no.unwrap_or(self.target.no), self.target.kind.clone());
        body.schema = schema::retype(&image.schema, (self.table.no, self.target.id), kind, &self.ids, now);
        let awaited = self.awaited(image, &body);
        Ok((body, true, awaited))
    }

    /// Cells of records, read again where somebody has written since they were read first.
    fn fresh(&mut self, view: &View, cells: &[(Ordinal, CellValue)]) -> Result<Vec<(Ordinal, CellValue)>, Error> {
        let rows = view.image.table(self.table.no);
        let live = cells.iter().filter(|(ordinal, _)| rows.is_live(*ordinal));
        let (stale, mut kept): (Vec<_>, Vec<_>) = live.cloned().partition(|(at, _)| self.is_stale(&rows, *at));
        kept.extend(self.cells(view, &rows, stale.into_iter().map(|(ordinal, _)| ordinal))?);
        Ok(kept)
    }

    /// Links and the names of what they lead to become others without a change of the record.
    fn is_stale(&self, rows: &TableImage, ordinal: Ordinal) -> bool {
        if self.names.is_some() || self.field.kind.link().is_some() {
            return true;
        }
        match rows.changed.cell(ordinal.0 as usize) {
            CellRef::Time(changed) => changed > self.start && !self.own.contains(&changed),
            _ => false,
        }
    }

    /// The cells that others have made different meanwhile.
    fn late(&mut self, view: &View) -> Result<Vec<(Ordinal, CellValue)>, Error> {
        let rows = view.image.table(self.table.no);
        let live = rows.live.ones().map(|ordinal| Ordinal(ordinal as u32));
        let stale: Vec<Ordinal> = live.filter(|ordinal| self.is_stale(&rows, *ordinal)).collect();
        let mut cells: FxHashMap<Ordinal, CellValue> =
            self.cells(view, &rows, stale.iter().copied())?.into_iter().collect();
        let no = self.no.unwrap_or(self.target.no);
        let now = stale.into_iter().map(|ordinal| (ordinal, cells.remove(&ordinal).unwrap_or_default()));
        Ok(now.filter(|(ordinal, value)| rows.cell(no, *ordinal) != value.view()).collect())
    }

    /// The change after which links can be filled.
    fn begin(&self, image: &BaseImage, options: Option<&Value>, now: Timestamp) -> Result<Body, Error> {
        let (place, no) = ((self.table.no, &*self.field), self.no.unwrap_or(self.target.no));
        let schema = schema::link_in_trash(&image.schema, place, options, no, &self.ids, now)?;
        Ok(Body { schema, ..Body::default() })
    }

    /// Cells as a change under the field's number.
    fn body(&self, image: &BaseImage, cells: Vec<(Ordinal, CellValue)>) -> Body {
        let rows = image.table(self.table.no);
        let no = self.no.unwrap_or(self.target.no);
        let table = image.schema.table_by_no(self.table.no);
        if let (Some(_), Some(field)) = (&self.names, table.and_then(|table| table.field_by_no(no))) {
            let mut plan = Plan::new(image, &self.ids, self.now);
            for (record, value) in cells {
                let list = if let CellValue::Links(list) = value { list } else { Vec::new() };
                let list = list.into_iter().map(Ordinal).collect();
                plan.write_links(LinkWrite { table: self.table.no, field: Arc::clone(field), record, list });
            }
            return plan.finish();
        }
        let mut body = Body::default();
        for (ordinal, after) in cells {
            let Some(id) = rows.ids.get(ordinal) else { continue };
            let cells = vec![CellChange { field: no, before: rows.cell(no, ordinal).to_value(), after }];
            let previous = previous(&rows, ordinal);
            body.table(self.table.no).updated.push(RecordChange { ordinal, id, previous, cells });
        }
        body
    }

    /// The cells of these records as they are after, empty ones left out.
    fn cells(
        &mut self,
        view: &View,
        rows: &TableImage,
        ordinals: impl Iterator<Item = Ordinal>,
    ) -> Result<Vec<(Ordinal, CellValue)>, Error> {
        let reading = Reading { typecast: true, people: Arc::clone(&view.people), ..Reading::default() };
        let (mut cells, mut text) = (Vec::new(), String::new());
        if let Some(names) = &mut self.names {
            names.renew(view, self.last)?;
        }
        for ordinal in ordinals {
            if self.field.kind.select().is_some() {
                view.image.need(self.table.no, [self.field.no])?;
                if let Some(value) = self.same_choices(rows.cell(self.field.no, ordinal)) {
                    self.kept += 1;
                    cells.push((ordinal, value));
                    continue;
                }
            }
            text.clear();
            if let (true, CellRef::Text(held)) = (self.field.kind.is_files(), rows.cell(self.field.no, ordinal)) {
                text = fields::attachment_names(held);
            } else {
                view.plain_cell(&self.table, rows, &self.field, ordinal, &mut text)?;
            }
            if let FieldKind::Date(_) = self.target.kind {
                fields::show_local(&self.field.kind, &mut text);
            }
            if text.trim().is_empty() && self.names.is_some() || text.is_empty() {
                continue;
            }
            let (value, whole) = if let Some(names) = &mut self.names {
                names.links(&text, view)
            } else {
                let files = self.target.kind.is_files();
                let value = if files { self.files_of(ordinal, &text)? } else { self.value(&text, &reading)? };
                let whole = if value.is_empty() {
                    // A box may be left unticked, but no rating is 0.
                    matches!(self.target.kind, FieldKind::Checkbox(_))
                        && fields::of(&self.target.kind).says_nothing(&text)
                } else {
                    self.is_tick_of_number() || is_whole(&self.target.kind, &text, &value)
                };
                (value, whole)
            };
            self.kept += usize::from(!value.is_empty() || self.names.is_some() && whole);
            if !value.is_empty() {
                cells.push((ordinal, value));
            }
            let whole = whole && !self.loses_kind(rows.cell(self.field.no, ordinal));
            if !whole && !text.trim().is_empty() {
                self.lost += 1;
                if self.examples.len() < NAMED {
                    let shown: String = text.chars().take(SHOWN).collect();
                    self.examples.extend(rows.ids.get(ordinal).map(|id| (id, shown)));
                }
            }
        }
        Ok(cells)
    }

    /// Nothing but a barcode has a kind of barcode.
    fn loses_kind(&self, cell: CellRef<'_>) -> bool {
        let CellRef::Text(held) = cell else { return false };
        self.field.kind == FieldKind::Barcode && fields::barcode_kind(held).is_some()
    }

    /// A cell of the choices that it held, where both types have choices. Several become one by their text.
    fn same_choices(&mut self, cell: CellRef<'_>) -> Option<CellValue> {
        let (FieldKind::SingleSelect(select) | FieldKind::MultipleSelects(select)) = &mut self.target.kind else {
            return None;
        };
        let held = match cell {
            CellRef::Choice(no) => vec![no],
            CellRef::Choices(list) => list.to_vec(),
            _ => return None,
        };
        // Those that the new options leave out are needed again.
        let numbers: Vec<u32> = held.into_iter().map(|no| select.revive(no)).collect();
        let several = numbers.len() > 1 && matches!(self.target.kind, FieldKind::SingleSelect(_));
        (!several).then(|| choice_cell(&self.target.kind, numbers))
    }

    /// True where each cell that has a value is a box that is ticked, and becomes 1.
    fn is_tick_of_number(&self) -> bool {
        matches!(self.field.kind, FieldKind::Checkbox(_)) && self.target.kind.column() == Kind::Number
    }

    /// A text as a cell of the new type; empty where it cannot be one.
    fn value(&mut self, text: &str, reading: &Reading) -> Result<CellValue, Error> {
        let text = if self.target.kind.select().is_some() { text.trim() } else { text };
        if let Some(known) = self.known.get(text) {
            return Ok(known.clone());
        }
        let given = if self.is_tick_of_number() { Value::Bool(true) } else { Value::String(text.to_owned()) };
        match fields::of(&self.target.kind).read(&self.target, &given, reading) {
            Ok(Incoming::Cell(value)) => Ok(value),
            Ok(Incoming::Choices(choices)) => {
                let value = self.chosen(choices)?;
                self.known.insert(text.to_owned(), value.clone());
                Ok(value)
            }
            // These are read elsewhere.
            Ok(Incoming::Links(_) | Incoming::Attachments(_)) | Err(_) => Ok(CellValue::Empty),
        }
    }

    /// Choices by number, new ones added to the field.
    fn chosen(&mut self, choices: Vec<ChoiceIn>) -> Result<CellValue, Error> {
        let mut numbers = Vec::with_capacity(choices.len());
        for choice in choices {
            let no = match (choice, &mut self.target.kind) {
                (ChoiceIn::No(no), _) => no,
                (ChoiceIn::New(name), FieldKind::SingleSelect(select) | FieldKind::MultipleSelects(select)) => {
                    if select.choices.len() >= MAX_CHOICES {
                        return Err(busy(&format!(
                            "`{}` has more than {MAX_CHOICES} different values, and a select has no more choices",
                            self.field.name
                        )));
                    }
                    add_choice(select, &name, self.ids.choice(self.now))
                }
                (ChoiceIn::New(_), _) => continue,
            };
            if !numbers.contains(&no) {
                numbers.push(no);
            }
        }
        Ok(choice_cell(&self.target.kind, numbers))
    }
}
