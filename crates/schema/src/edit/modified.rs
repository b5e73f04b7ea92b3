//! Fields of the last change that watch some fields.

use model::{Field, FieldId, FieldKind, ModifiedOptions, TableNo, Watched};

use super::Draft;
use crate::error::Error;

impl Draft<'_> {
    /// The time or the author of the last change of these fields; none: of any field. What `old` watches may be in the
    /// trash, and of a list that stays as it is some may be computed by now.
    pub(super) fn modified(
        &self,
        no: TableNo,
        name: &str,
        old: Option<&Field>,
        (kind, named): (FieldKind, &[String]),
    ) -> Result<FieldKind, Error> {
        let held: Vec<FieldId> = old.into_iter().flat_map(|old| old.kind.watched_fields()).collect();
        let table = self.schema.table_by_no(no);
        let is_same = named.iter().map(|named| named.parse().ok()).eq(held.iter().map(|id| Some(*id)));
        let is_kept = |id: &FieldId| {
            held.contains(id) && (is_same || table.is_some_and(|table| table.field_by_id(*id).is_none()))
        };
        let mut watched: Vec<FieldId> = Vec::with_capacity(named.len());
        for named in named {
            let kept = named.parse().ok().filter(is_kept);
            let id = kept.map_or_else(|| self.watchable(no, name, named), Ok)?;
            if !watched.contains(&id) {
                watched.push(id);
            }
        }
        let watched = Watched(watched);
        Ok(match kind {
            FieldKind::LastModifiedTime(options) => FieldKind::LastModifiedTime(ModifiedOptions { watched, ..options }),
            FieldKind::LastModifiedBy(_) => FieldKind::LastModifiedBy(watched),
            other => other,
        })
    }

    /// A field that people write, by id or name.
    fn watchable(&self, no: TableNo, name: &str, named: &str) -> Result<FieldId, Error> {
        let found = self.schema.table_by_no(no).and_then(|table| table.field_exact(named));
        let problem = match found {
            Some(field) if !field.kind.is_computed() => return Ok(field.id),
            Some(field) => format!("is of type `{}`, which nobody writes", fields::of(&field.kind).name()),
            None => "does not exist in this table".to_owned(),
        };
        let named: String = named.chars().take(64).collect();
        let reason =
            format!("`referencedFieldIds` names fields of this table that people write, and `{named}` {problem}");
        Err(Error::Options { field: name.to_owned(), reason })
    }
}

/// True where both watch the same fields, list by list.
pub(super) fn same_watched(one: &FieldKind, other: &FieldKind) -> bool {
    let (one, other) = (one.watched(), other.watched());
    one.len() == other.len() && one.iter().zip(other).all(|(one, other)| one.are(&other.0))
}
