//! Which fields count for the time and the author of the last change, and how times are shown.

use serde::{Deserialize, Serialize};

use std::sync::Arc;

use super::{DateTimeOptions, Field, FieldKind, Table};
use crate::id::FieldId;

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

    /// The fields that a field of the last change watches, none when it watches every field; or a formula, by
    /// `LAST_MODIFIED_TIME`.
    pub fn watched(&self) -> &[FieldId] {
        match self {
            Self::LastModifiedTime(ModifiedOptions { watched, .. }) | Self::LastModifiedBy(watched) => &watched.0,
            Self::Formula(options) => &options.watched.0,
            _ => &[],
        }
    }
}

impl Table {
    /// The field that knows when one of just these fields was last changed: it watches them, as a last modified time or a formula
    /// does.
    pub fn keeper_of(&self, fields: &[FieldId]) -> Option<&Arc<Field>> {
        let keeps = |kind: &FieldKind| {
            let (watched, is_time) = (kind.watched(), !matches!(kind, FieldKind::LastModifiedBy(_)));
            is_time && watched.len() == fields.len() && watched.iter().all(|field| fields.contains(field))
        };
        self.live_fields().find(|field| !fields.is_empty() && keeps(&field.kind))
    }
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
}

impl From<Option<Vec<FieldId>>> for Watched {
    fn from(ids: Option<Vec<FieldId>>) -> Self {
        Self(ids.unwrap_or_default())
    }
}
