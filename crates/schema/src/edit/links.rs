//! Link fields and their other sides.

use std::sync::Arc;

use model::{FieldId, FieldKind, FieldNo, LinkOptions, Table, TableId, TableNo, ViewId, WantedName};

use super::Draft;
use crate::error::Error;
use crate::names::valid_name;

/// Views that are named where another one was asked for.
const NAMED: usize = 10;

impl Draft<'_> {
    /// Adds a link field, and its other side unless it links its table to itself.
    pub(super) fn add_link(
        &mut self,
        no: TableNo,
        (id, inverse): (FieldId, FieldId),
        (name, description): (String, Option<String>),
        linked: TableId,
        (prefers_single, view): (bool, Option<String>),
        inverse_name: Option<String>,
    ) -> Result<FieldId, Error> {
        let (link, inverse_name) = self.link(no, &name, linked, (prefers_single, view), inverse_name)?;
        let relation = FieldNo(self.next_field);
        let target = link.linked_table_no;
        let inverse = (target != no).then_some(inverse);
        let forward = LinkOptions { inverse, relation, ..link };
        self.push_field(no, id, name, description, FieldKind::MultipleRecordLinks(forward));
        if let (Some(inverse), Some(source)) = (inverse, self.schema.table_by_no(no).cloned()) {
            let free = self.free_field_name(target, &inverse_name);
            let back = LinkOptions {
                linked_table: source.id,
                linked_table_no: no,
                inverse: Some(id),
                relation,
                reversed: true,
                prefers_single: false,
                view: None,
            };
            self.push_field(target, inverse, free, None, FieldKind::MultipleRecordLinks(back));
        }
        Ok(id)
    }

    /// A link field without its other side and its number, and what the other side is called if nothing has that name.
    pub(super) fn link(
        &self,
        no: TableNo,
        name: &str,
        linked: TableId,
        (prefers_single, view): (bool, Option<String>),
        inverse_name: Option<String>,
    ) -> Result<(LinkOptions, String), Error> {
        let target = self.linked_table(name, linked)?;
        let view = offered(name, &target, view.as_deref(), None)?;
        let inverse_name = match inverse_name {
            Some(given) => {
                let given = valid_name("field", &given)?;
                refuse_taken_side((no, name), &target, &given)?;
                given
            }
            None => self.schema.table_by_no(no).map(|table| table.name.clone()).unwrap_or_default(),
        };
        let options = LinkOptions {
            linked_table: linked,
            linked_table_no: target.no,
            inverse: None,
            relation: FieldNo(0),
            reversed: false,
            prefers_single,
            view,
        };
        Ok((options, inverse_name))
    }

    /// The table that a link leads to.
    pub(super) fn linked_table(&self, name: &str, linked: TableId) -> Result<Arc<Table>, Error> {
        let found = self.schema.live_tables().find(|table| table.id == linked).cloned();
        found.ok_or_else(|| Error::Options {
            field: name.to_owned(),
            reason: format!("linked table `{linked}` does not exist in this base"),
        })
    }
}

/// Refuses a name for the other side that another field there has.
fn refuse_taken_side((no, name): (TableNo, &str), target: &Table, wanted: &str) -> Result<(), Error> {
    if target.no == no {
        // A table that links to itself has one side only.
        return Ok(());
    }
    let Some(name_of_side) = WantedName::new(wanted) else { return Ok(()) };
    let held = target.live_fields().find(|field| name_of_side.is_same(&field.name));
    let Some(held) = held else { return Ok(()) };
    let reason = format!(
        "`inverseName` must be a name that is free in the table `{}`, and the field `{}` ({}) has this one",
        target.name, held.name, held.id
    );
    Err(Error::Options { field: name.to_owned(), reason })
}

/// The view whose records a link offers, by id or name. The one that it has may be in the trash.
pub(super) fn offered(
    name: &str,
    linked: &Table,
    given: Option<&str>,
    held: Option<ViewId>,
) -> Result<Option<ViewId>, Error> {
    let Some(given) = given else { return Ok(None) };
    let kept = held.filter(|held| held.to_string() == given);
    let found = kept.or_else(|| linked.view(given).map(|view| view.id));
    found.map(Some).ok_or_else(|| {
        let views = linked.live_views().take(NAMED).map(|view| format!("`{}` ({})", view.name, view.id));
        let (views, given) = (views.collect::<Vec<_>>().join(", "), given.chars().take(64).collect::<String>());
        let reason = format!(
            "`viewIdForRecordSelection` names a view of the linked table `{}`, and `{given}` is none; there are {views}",
            linked.name
        );
        Error::Options { field: name.to_owned(), reason }
    })
}
