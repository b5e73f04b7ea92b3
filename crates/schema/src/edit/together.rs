//! Tables that are made together: their fields may name each other in whatever order they stand.

use std::collections::BTreeSet;

use fields::{OptionsIn, PromptIn};
use model::{FieldId, FieldKind, FieldNo, LinkOptions, TableId, TableNo, folded_name};
use rustc_hash::FxHashMap;

use super::{Draft, NewField, NewTable, TABLES, described, read_options, taken};
use crate::error::Error;

/// A field that is to be made.
#[derive(Clone, Copy)]
struct Pending<'n> {
    /// The places of its table and of itself in the request.
    spot: (usize, usize),
    table: TableNo,
    is_primary: bool,
    new: &'n NewField,
}

/// The fields to be made by what they are called: by id or name, and without regard to case and form.
#[derive(Default)]
struct Called {
    exactly: FxHashMap<(TableNo, String), usize>,
    nearly: FxHashMap<(TableNo, String), usize>,
    primary: FxHashMap<TableNo, usize>,
}

impl Called {
    fn new(pending: &[Pending<'_>]) -> Self {
        let mut called = Self::default();
        for (at, Pending { table, is_primary, new, .. }) in pending.iter().enumerate() {
            let name = new.name.trim();
            called.nearly.insert((*table, folded_name(name)), at);
            for text in [Some(name), new.id.as_deref()].into_iter().flatten() {
                called.exactly.insert((*table, text.to_owned()), at);
            }
            if *is_primary {
                called.primary.insert(*table, at);
            }
        }
        called
    }

    fn find(&self, table: TableNo, text: &str) -> Option<usize> {
        let exactly = self.exactly.get(&(table, text.to_owned()));
        exactly.or_else(|| self.nearly.get(&(table, folded_name(text)))).copied()
    }
}

impl Draft<'_> {
    /// Adds tables with their fields, each field after those that it needs. Fields stand as they do in the request; other
    /// sides of links that it does not list come after.
    pub fn add_tables(&mut self, new: &[NewTable]) -> Result<Vec<TableNo>, Error> {
        self.reviving(|draft| draft.add_tables_as(new))
    }

    fn add_tables_as(&mut self, new: &[NewTable]) -> Result<Vec<TableNo>, Error> {
        if self.schema.live_tables().count() + new.len() > TABLES {
            return Err(Error::TooMany { what: "the number of tables", bound: TABLES });
        }
        let mut numbers = Vec::with_capacity(new.len());
        for (place, table) in new.iter().enumerate() {
            self.at = format!("/tables/{place}");
            numbers.push(self.add_table(table)?);
        }
        let all = pending(new, &numbers);
        self.reserved = all.iter().map(|field| (field.table, folded_name(field.new.name.trim()))).collect();
        let (links, others) = all.into_iter().partition::<Vec<_>, _>(|field| field.new.is_link());
        let mut places = self.add_links(&links)?;
        for field in self.in_turn(&others)? {
            places.insert(self.add_pending(field)?, field.spot.1);
        }
        self.reserved.clear();
        for no in &numbers {
            if let Some(table) = self.table_mut(*no) {
                table.fields.sort_by_key(|field| places.get(&field.id).copied().unwrap_or(usize::MAX));
            }
        }
        Ok(numbers)
    }

    /// Why something of a base cannot be made, with its place in the request.
    pub fn placed(&self, error: Error) -> Error {
        Error::Placed { at: self.at.clone(), error: Box::new(error) }
    }

    fn stand_at(&mut self, field: Pending<'_>) {
        let (table, place) = field.spot;
        self.at = format!("/tables/{table}/fields/{place}");
    }

    fn add_pending(&mut self, field: Pending<'_>) -> Result<FieldId, Error> {
        self.stand_at(field);
        let id = self.pending_id(field)?;
        self.add_field_as(field.table, id, field.new)
    }

    /// The id that was given; that of a primary field without one was made with its table.
    fn pending_id(&self, field: Pending<'_>) -> Result<FieldId, Error> {
        let held = self.schema.table_by_no(field.table).filter(|_| field.is_primary && field.new.id.is_none());
        held.map_or_else(|| self.field_id(field.new.id.as_deref()), |table| Ok(table.primary))
    }

    /// Links come first: they need no other field. Two that are the sides of each other are made as one. Answers the places
    /// of those made.
    fn add_links(&mut self, links: &[Pending<'_>]) -> Result<FxHashMap<FieldId, usize>, Error> {
        let mut places = FxHashMap::default();
        let sides = self.other_sides(links);
        for (at, (link, side)) in links.iter().zip(sides).enumerate() {
            match side.and_then(|side| Some((side, *links.get(side)?))) {
                // They were made together.
                Some((side, _)) if side < at => {}
                Some((_, other)) => {
                    let ids = self.add_pair([*link, other])?;
                    places.extend(ids.into_iter().zip([link.spot.1, other.spot.1]));
                }
                None => {
                    places.insert(self.add_pending(*link)?, link.spot.1);
                }
            }
        }
        Ok(places)
    }

    /// For each link the one that is its other side: one names the other, which leads back and names none or this one.
    fn other_sides(&self, links: &[Pending<'_>]) -> Vec<Option<usize>> {
        let called = Called::new(links);
        let tables: FxHashMap<TableId, TableNo> = self.schema.live_tables().map(|table| (table.id, table.no)).collect();
        let ends = links.iter().map(|link| {
            let to = tables.get(&link.new.option("linkedTableId")?.parse().ok()?).copied()?;
            let inverse = link.new.option("inverseLinkFieldId").filter(|_| link.new.id.is_some());
            Some((to, inverse.map(|inverse| called.find(to, inverse))))
        });
        let ends: Vec<_> = ends.collect();
        let mut sides = vec![None; links.len()];
        for (at, link) in links.iter().enumerate() {
            let Some(Some((to, Some(Some(other))))) = ends.get(at).copied() else { continue };
            let Some(Some((back, named))) = ends.get(other).copied() else { continue };
            let is_free = [at, other].iter().all(|side| sides.get(*side) == Some(&None));
            if to != link.table && back == link.table && is_free && named.is_none_or(|named| named == Some(at)) {
                for (side, other) in [(at, other), (other, at)] {
                    sides.get_mut(side).into_iter().for_each(|held| *held = Some(other));
                }
            }
        }
        sides
    }

    /// Adds both sides of a link, each as it is described.
    fn add_pair(&mut self, sides: [Pending<'_>; 2]) -> Result<[FieldId; 2], Error> {
        let [one, other] = sides;
        self.stand_at(one);
        let ids = [self.pending_id(one)?, self.pending_id(other)?];
        if ids[0] == ids[1] {
            return Err(taken(&ids[0].to_string()));
        }
        let is_reversed = one.new.options.as_ref().is_some_and(|options| options["isReversed"] == true);
        let relation = FieldNo(self.next_field);
        for (side, (id, inverse), reversed) in
            [(one, (ids[0], ids[1]), is_reversed), (other, (ids[1], ids[0]), !is_reversed)]
        {
            self.stand_at(side);
            let (no, new) = (side.table, side.new);
            let name = self.new_field_name(no, new)?;
            let description = described(new.description.as_deref())?;
            let options = read_options(&name, &new.field_type, new.options.as_ref(), None, self.ids, self.now)?;
            let OptionsIn::Link { linked_table, prefers_single, view, .. } = options else { continue };
            let (link, _) = self.link(no, &name, linked_table, (prefers_single, view), None)?;
            let link = LinkOptions { inverse: Some(inverse), relation, reversed, ..link };
            self.push_field(no, id, name, description, FieldKind::MultipleRecordLinks(link));
        }
        Ok(ids)
    }

    /// Fields in an order in which each comes after those that it needs, and as far as that allows in their own.
    fn in_turn<'n>(&mut self, fields: &[Pending<'n>]) -> Result<Vec<Pending<'n>>, Error> {
        let called = Called::new(fields);
        let needs: Vec<Vec<usize>> = fields.iter().map(|field| self.pending_needs(*field, &called)).collect();
        let mut needed_by: Vec<Vec<usize>> = vec![Vec::new(); fields.len()];
        for (at, needs) in needs.iter().enumerate() {
            for need in needs {
                needed_by.get_mut(*need).into_iter().for_each(|by| by.push(at));
            }
        }
        let mut waiting: Vec<usize> = needs.iter().map(Vec::len).collect();
        let mut ready: BTreeSet<usize> = (0..fields.len()).filter(|at| waiting.get(*at) == Some(&0)).collect();
        let mut order = Vec::with_capacity(fields.len());
        while let Some(next) = ready.pop_first() {
            order.extend(fields.get(next).copied());
            for at in needed_by.get(next).into_iter().flatten() {
                let Some(left) = waiting.get_mut(*at) else { continue };
                *left -= 1;
                if *left == 0 {
                    ready.insert(*at);
                }
            }
        }
        let is_waiting = |at: usize| waiting.get(at).is_some_and(|left| *left > 0);
        match (0..fields.len()).find(|at| is_waiting(*at)) {
            None => Ok(order),
            Some(first) => {
                Err(self.circle(fields, first, |at| needs.get(at)?.iter().copied().find(|need| is_waiting(*need))))
            }
        }
    }

    /// Tells of fields that need each other, from one that needs them.
    fn circle(&mut self, fields: &[Pending<'_>], first: usize, need: impl Fn(usize) -> Option<usize>) -> Error {
        let mut way = vec![first];
        while let Some(next) = way.last().and_then(|last| need(*last)) {
            let seen = way.iter().position(|at| *at == next);
            way.push(next);
            if let Some(seen) = seen {
                way.drain(..seen);
                break;
            }
        }
        let way: Vec<_> = way.iter().filter_map(|at| fields.get(*at)).collect();
        way.first().into_iter().for_each(|field| self.stand_at(**field));
        let way: Vec<(TableNo, &str)> = way.iter().map(|field| (field.table, field.new.name.trim())).collect();
        let field = way.first().map_or("", |(_, name)| *name).to_owned();
        Error::Cycle { field, path: self.told_way(&way) }
    }

    /// Which of the fields to be made a field needs; links are there already.
    fn pending_needs(&self, field: Pending<'_>, called: &Called) -> Vec<usize> {
        let (no, new) = (field.table, field.new);
        let options = read_options(&new.name, &new.field_type, new.options.as_ref(), None, self.ids, self.now);
        let of_table = |names: Vec<String>| names.into_iter().map(|name| (no, name)).collect();
        let named: Vec<(TableNo, String)> = match options {
            Ok(OptionsIn::Formula { text } | OptionsIn::Button { text, .. }) => of_table(formula::names(&text)),
            Ok(OptionsIn::Modified { watched, .. }) => of_table(watched),
            Ok(OptionsIn::AiText { prompt }) => {
                let field = |part| if let PromptIn::Field(name) = part { Some(name) } else { None };
                of_table(prompt.into_iter().filter_map(field).collect())
            }
            Ok(OptionsIn::Lookup { link, field } | OptionsIn::Rollup { link, field, .. }) => {
                let linked = self.link_field(no, &new.name, &link).ok();
                linked.map(|(_, table)| (table.no, field)).into_iter().collect()
            }
            // What is wrong with options is told when the field is made.
            Ok(OptionsIn::Count { .. } | OptionsIn::Link { .. } | OptionsIn::Kind(_)) | Err(_) => Vec::new(),
        };
        let need = |(no, name): (TableNo, String)| {
            // A link shows the names of the linked records.
            let link = || self.schema.table_by_no(no)?.field(&name)?.kind.link();
            called.find(no, &name).or_else(|| called.primary.get(&link()?.linked_table_no).copied())
        };
        named.into_iter().filter_map(need).collect()
    }
}

/// All fields of tables that are made together.
fn pending<'n>(new: &'n [NewTable], numbers: &[TableNo]) -> Vec<Pending<'n>> {
    let mut all = Vec::new();
    for (place, (of, table)) in new.iter().zip(numbers).enumerate() {
        let primary = of.primary();
        let fields = of.fields.iter().enumerate();
        let fields =
            fields.map(|(at, new)| Pending { spot: (place, at), table: *table, is_primary: primary == Some(at), new });
        all.extend(fields.filter(|field| field.is_primary || !field.new.is_left_out()));
    }
    all
}

#[cfg(test)]
mod tests;
