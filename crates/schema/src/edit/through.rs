//! Fields that are computed through links: lookups and rollups, and what computed fields come out as.

use std::sync::Arc;

use fields::RollupIn;
use formula::{Diagnostic, Program};
use model::{
    CountOptions, Field, FieldId, FieldKind, FormulaOptions, FormulaType, LinkOptions, LookupOptions, RollupOptions,
    SelectOptions, Table, TableNo,
};

use super::{Draft, FIELDS, reference};
use crate::diagnosis::{self, Nameable, Rules, Times, summary};
use crate::dialect::formula_of;
use crate::error::Error;
use crate::needs::{Place, field_at, looked_at, needs};

/// The most lookups that follow each other: what a cell holds may grow with each by as many times as it has links.
const HOPS: usize = 5;
/// The most fields of a circle that are told.
const WAY: usize = 10;

impl Draft<'_> {
    /// A link field of a table, by id or name, and the table that it leads to.
    pub(super) fn link_field(&self, no: TableNo, name: &str, link: &str) -> Result<(Arc<Field>, Arc<Table>), Error> {
        let field = self.schema.table_by_no(no).and_then(|table| table.field_exact(link));
        let options = field.and_then(|field| field.kind.link());
        let linked = options.and_then(|link| self.schema.live_tables().find(|table| table.no == link.linked_table_no));
        if let (Some(field), Some(linked)) = (field, linked) {
            return Ok((Arc::clone(field), Arc::clone(linked)));
        }
        let found = field.map_or("does not exist in this table".to_owned(), |field| {
            format!("is of type `{}`", fields::of(&field.kind).name())
        });
        let link: String = link.chars().take(64).collect();
        let reason = format!("`recordLinkFieldId` names a link field, and `{link}` {found}");
        Err(Error::Options { field: name.to_owned(), reason })
    }

    /// The link field and the field of the linked table.
    fn through(&self, no: TableNo, name: &str, (link, field): (&str, &str)) -> Result<(FieldId, Place), Error> {
        let (link, linked) = self.link_field(no, name, link)?;
        let Some(found) = linked.field_exact(field) else {
            let field: String = field.chars().take(64).collect();
            let reason = format!(
                "`fieldIdInLinkedTable` names a field of the linked table `{}`, and `{field}` does not exist there",
                linked.name
            );
            return Err(Error::Options { field: name.to_owned(), reason });
        };
        Ok((link.id, (linked.no, found.id)))
    }

    /// Shows the values of a field of linked records.
    pub(super) fn lookup(
        &self,
        no: TableNo,
        name: &str,
        own: Option<FieldId>,
        named: (&str, &str),
    ) -> Result<FieldKind, Error> {
        let (link, looked) = self.through(no, name, named)?;
        self.refuse_cycle(name, own.map(|own| (no, own)), vec![looked])?;
        if self.hops(looked, &mut Vec::new()) >= HOPS {
            let reason = format!(
                "it would look through {HOPS} lookups, which is the most that may follow each other; a rollup brings the values of one down"
            );
            return Err(Error::Options { field: name.to_owned(), reason });
        }
        let result =
            field_at(&self.schema, looked).map_or(FieldKind::SingleLineText, |(_, field)| value_type(&field.kind));
        Ok(FieldKind::MultipleLookupValues(LookupOptions { link, field: looked.1, result: Box::new(result) }))
    }

    /// Brings the values of a field of linked records down by a formula.
    pub(super) fn rollup(
        &self,
        no: TableNo,
        name: &str,
        own: Option<FieldId>,
        named: (&str, &str),
        by: &RollupIn,
    ) -> Result<FieldKind, Error> {
        let (link, looked) = self.through(no, name, named)?;
        let text =
            by.formula().map_err(|error| Error::Options { field: name.to_owned(), reason: error.to_string() })?;
        self.refuse_cycle(name, own.map(|own| (no, own)), vec![looked])?;
        let looked_at = field_at(&self.schema, looked).map(|(_, field)| field);
        let program = formula::compile_new_rollup(text, &|word| rollup_reference(looked_at?, word));
        let program = self.usable((name, own), text, program, Nameable::Values)?;
        let (result, list) = (program.result(), program.is_list());
        Ok(FieldKind::Rollup(RollupOptions { link, field: looked.1, formula: Some(text.to_owned()), result, list }))
    }

    /// A rollup of which an import tells what comes out and not how: it is not computed until somebody gives its formula.
    pub(super) fn untold_rollup(
        &self,
        no: TableNo,
        name: &str,
        named: (&str, &str),
        result: FormulaType,
    ) -> Result<FieldKind, Error> {
        let (link, (_, field)) = self.through(no, name, named)?;
        Ok(FieldKind::Rollup(RollupOptions { link, field, formula: None, result, list: false }))
    }

    /// A formula that may be kept. One that is kept already may have functions of ours, whatever the house takes now.
    pub(super) fn usable(
        &self,
        (name, own): (&str, Option<FieldId>),
        text: &str,
        compiled: Result<Program, Vec<Diagnostic>>,
        nameable: Nameable<'_>,
    ) -> Result<Program, Error> {
        let written = compiled.as_ref().map_or_else(|_| text.to_owned(), Program::canonical);
        let mut fields = self.schema.tables.iter().flat_map(|table| &table.fields);
        let is_held = own
            .and_then(|own| fields.find(|field| field.id == own))
            .and_then(|held| formula_of(&held.kind))
            .is_some_and(|held| held == text || held == written);
        let rules = Rules { times: Times::Kept, only_airtable: self.only_airtable && !is_held };
        diagnosis::usable(text, compiled, nameable, rules)
            .map_err(|problems| Error::Formula { field: name.to_owned(), reason: summary(&problems) })
    }

    /// How many lookups follow each other from this field on. Each field is looked at once.
    fn hops(&self, place: Place, known: &mut Vec<(Place, usize)>) -> usize {
        if let Some((_, hops)) = known.iter().find(|(held, _)| *held == place) {
            return *hops;
        }
        let Some((table, field)) = field_at(&self.schema, place) else { return 0 };
        let further =
            needs(&self.schema, table, field).into_iter().map(|need| self.hops(need, known)).max().unwrap_or(0);
        let hops = match field.kind {
            FieldKind::MultipleLookupValues(_) => further + 1,
            FieldKind::Rollup(_) => 0,
            _ => further,
        };
        known.push((place, hops));
        hops
    }

    /// Refuses a field that would need itself.
    pub(super) fn refuse_cycle(&self, name: &str, own: Option<Place>, needs: Vec<Place>) -> Result<(), Error> {
        let Some(own) = own else { return Ok(()) };
        let Some(places) = self.path_to(own, &needs, &mut Vec::new()) else { return Ok(()) };
        let named = |place: &Place| Some((place.0, field_at(&self.schema, *place)?.1.name.as_str()));
        let way: Vec<(TableNo, &str)> =
            std::iter::once((own.0, name)).chain(places.iter().rev().filter_map(named)).collect();
        Err(Error::Cycle { field: name.to_owned(), path: self.told_way(&way) })
    }

    /// The fields on the way from these to `goal`, that one first, if there is a way. Each field is looked at once.
    fn path_to(&self, goal: Place, from: &[Place], seen: &mut Vec<Place>) -> Option<Vec<Place>> {
        for place in from {
            let Some((table, field)) = field_at(&self.schema, *place) else { continue };
            if *place == goal {
                return Some(vec![goal]);
            }
            if seen.contains(place) {
                continue;
            }
            seen.push(*place);
            if let Some(mut path) = self.path_to(goal, &needs(&self.schema, table, field), seen) {
                path.push(*place);
                return Some(path);
            }
        }
        None
    }

    /// Fields each of which needs the next, with their tables where these are others than that of the first. Of a long way the middle is
    /// left out.
    pub(super) fn told_way(&self, fields: &[(TableNo, &str)]) -> String {
        let own = fields.first().map(|(no, _)| *no);
        let told = |(no, name): &(TableNo, &str)| match self.schema.table_by_no(*no).filter(|_| Some(*no) != own) {
            Some(table) => format!("{name} of `{}`", table.name),
            None => (*name).to_owned(),
        };
        let mut names: Vec<String> = fields.iter().map(told).collect();
        if let Some(left_out) = names.len().checked_sub(WAY).filter(|left_out| *left_out > 0) {
            names.splice(WAY / 2..WAY / 2 + left_out, [format!("({left_out} more)")]);
        }
        names.join(" → ")
    }

    /// Gives computed fields over a field that became of another type their new type, and so on upwards.
    pub(super) fn settle_results(&mut self) {
        for _ in 0..FIELDS {
            let stale = self.schema.live_tables().find_map(|table| {
                let fields = table.live_fields();
                let mut stale = fields.filter_map(|field| Some((table.no, field.id, self.settled(table, field)?)));
                stale.next()
            });
            let Some((no, id, kind)) = stale else { return };
            let field = self.table_mut(no).and_then(|table| table.fields.iter_mut().find(|field| field.id == id));
            if let Some(field) = field.map(Arc::make_mut) {
                field.kind = kind;
            }
        }
    }

    /// What a computed field is now, when that is something else than it says.
    pub(super) fn settled(&self, table: &Table, field: &Field) -> Option<FieldKind> {
        let looked = || field_at(&self.schema, looked_at(table, field)?);
        let kind = match &field.kind {
            FieldKind::Formula(options) => {
                let program = formula::compile(&options.formula, &|name| reference(table, name)).ok()?;
                FieldKind::Formula(FormulaOptions { result: program.result(), ..options.clone() })
            }
            FieldKind::Count(options) => {
                let link = table.field_by_id(options.link).filter(|link| link.kind.link().is_some())?;
                FieldKind::Count(CountOptions { link_no: link.no, ..options.clone() })
            }
            FieldKind::MultipleLookupValues(options) => {
                let result = Box::new(value_type(&looked()?.1.kind));
                FieldKind::MultipleLookupValues(LookupOptions { result, ..options.clone() })
            }
            FieldKind::Rollup(options) => {
                let (text, looked) = (options.formula.as_deref()?, looked()?.1);
                let program = formula::compile_rollup(text, &|word| rollup_reference(looked, word)).ok()?;
                let (result, list) = (program.result(), program.is_list());
                FieldKind::Rollup(RollupOptions { result, list, ..options.clone() })
            }
            _ => return None,
        };
        (kind != field.kind).then_some(kind)
    }
}

/// What `values` is in a rollup over this field; a rollup's formula knows no other field.
pub fn rollup_reference(field: &Field, word: &str) -> Option<formula::Reference> {
    let shape = formula::Shape::List(fields::item_type(&field.kind));
    let reference = formula::Reference { field: field.id, no: field.no, shape };
    word.eq_ignore_ascii_case("values").then_some(reference)
}

/// The type of a value that a lookup of a field of this type shows.
fn value_type(kind: &FieldKind) -> FieldKind {
    let named = || SelectOptions { choices: Vec::new(), next: 0, removed: Vec::new() };
    match kind {
        FieldKind::SingleSelect(_) => FieldKind::SingleSelect(named()),
        FieldKind::MultipleSelects(_) => FieldKind::MultipleSelects(named()),
        FieldKind::MultipleRecordLinks(link) => {
            FieldKind::MultipleRecordLinks(LinkOptions { view: None, ..link.clone() })
        }
        kind => kind.item().clone(),
    }
}
