//! Which fields count for the time and the author of the last change, and how times are shown.

use std::slice;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{DateTimeOptions, Field, FieldKind, Table};
use crate::id::{FieldId, FieldNo};

impl FieldKind {
    /// True for the time and the author of the last change.
    pub fn is_modified(&self) -> bool {
        matches!(self, Self::LastModifiedTime(_) | Self::LastModifiedBy(_))
    }

    /// True for cells that a change writes down by itself, of which history and undo tell nothing.
    pub fn is_noted(&self) -> bool {
        self.is_modified() || !self.watched().is_empty()
    }

    /// The formats and the zone in which a field shows points in time, where it says so.
    pub fn shown(&self) -> Option<&DateTimeOptions> {
        match self {
            Self::DateTime(options) => Some(options),
            Self::CreatedTime(options) => options.shown.as_ref(),
            Self::LastModifiedTime(options) => options.shown.as_ref(),
            _ => None,
        }
    }

    /// The lists of fields that a field of the last change watches, none when it watches every field; or a formula, by
    /// `LAST_MODIFIED_TIME`.
    pub fn watched(&self) -> &[Watched] {
        match self {
            Self::LastModifiedTime(ModifiedOptions { watched, .. }) | Self::LastModifiedBy(watched) => {
                if watched.is_empty() { &[] } else { slice::from_ref(watched) }
            }
            Self::Formula(options) => &options.watched,
            Self::Button(options) => &options.watched,
            _ => &[],
        }
    }

    /// The fields of all of these lists, list by list.
    pub fn watched_fields(&self) -> impl Iterator<Item = FieldId> {
        self.watched().iter().flat_map(|list| list.0.iter().copied())
    }
}

impl Table {
    /// What knows when one of just these fields was last changed: the fields that watch them, as a last modified time or a formula
    /// does, `first` before others, and those in the trash last.
    pub fn keepers_of(&self, fields: &[FieldId], first: Option<FieldNo>) -> Vec<Keeper> {
        let is_time = |field: &&Arc<Field>| !field.removed && !matches!(field.kind, FieldKind::LastModifiedBy(_));
        let keeps = |field: &Field| {
            let list = field.kind.watched().iter().position(|list| list.are(fields))?;
            Some(Keeper { field: field.no, list })
        };
        let mut times: Vec<&Arc<Field>> = self.fields.iter().filter(is_time).collect();
        times.sort_by_key(|field| (Some(field.no) != first, field.deleted));
        times.into_iter().filter_map(|field| keeps(field)).collect()
    }
}

/// A list of fields that a field watches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keeper {
    /// The field that watches them.
    pub field: FieldNo,
    /// The place of the list among those that it watches.
    pub list: usize,
}

/// Options of last modified time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "camelCase")]
pub struct ModifiedOptions {
    /// Show only the day.
    #[serde(default)]
    pub date_only: bool,
    /// How it is shown; as clients are used to where it is not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown: Option<DateTimeOptions>,
    /// The fields that count.
    #[serde(default, skip_serializing_if = "Watched::is_empty")]
    pub watched: Watched,
}

/// The fields of the same table whose changes count, deleted ones included; none: those of every field do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
// Last modified by had no options once.
#[serde(from = "Option<Vec<FieldId>>")]
pub struct Watched(pub Vec<FieldId>);

impl Watched {
    /// True when every field counts.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// True for just these fields, in whatever order; each is named once.
    pub fn are(&self, fields: &[FieldId]) -> bool {
        self.0.len() == fields.len() && self.0.iter().all(|field| fields.contains(field))
    }
}

impl From<Option<Vec<FieldId>>> for Watched {
    fn from(ids: Option<Vec<FieldId>>) -> Self {
        Self(ids.unwrap_or_default())
    }
}
