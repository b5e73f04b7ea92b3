//! Views: ways to look at a table. They name fields and choices by id, so that renaming breaks nothing, and keep what
//! they say of a field while it is in the trash.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::id::{FieldId, ViewId};
use crate::schema::{Field, Table};
use crate::time::Timestamp;

/// A view.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct View {
    /// Id.
    pub id: ViewId,
    /// Name, unique in the table without regard to case.
    pub name: String,
    /// What it is drawn as.
    #[serde(rename = "type")]
    pub view_type: ViewType,
    /// Description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Which records it lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<Condition>,
    /// Its order, the first weighs most.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sorts: Vec<ViewKey>,
    /// The fields that records are grouped by; they lead the order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<ViewKey>,
    /// How records are coloured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub color: Option<Coloring>,
    /// Fields that it does not show.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hidden: Vec<FieldId>,
    /// The order of fields; those not named follow in the order of the table.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub order: Vec<FieldId>,
    /// Widths of columns in pixels.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub widths: BTreeMap<FieldId, u16>,
    /// Where a calendar or a timeline puts a record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<FieldId>,
    /// Where the record ends there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<FieldId>,
    /// The select field whose choices are the stacks of a kanban.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stack: Option<FieldId>,
    /// The field of attachments on top of a card.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cover: Option<FieldId>,
    /// Deleted and not yet gone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deleted: bool,
    /// When it was deleted, if that was noted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted_at: Option<Timestamp>,
}

impl View {
    /// A view that lists every record and shows every field.
    pub fn new(id: ViewId, name: impl Into<String>, view_type: ViewType) -> Self {
        Self {
            id,
            name: name.into(),
            view_type,
            description: None,
            filter: None,
            sorts: Vec::new(),
            groups: Vec::new(),
            color: None,
            hidden: Vec::new(),
            order: Vec::new(),
            widths: BTreeMap::new(),
            start: None,
            end: None,
            stack: None,
            cover: None,
            deleted: false,
            deleted_at: None,
        }
    }

    /// The fields that it shows, in its order. The primary field leads a grid.
    pub fn shown<'t>(&self, table: &'t Table) -> Vec<&'t Arc<Field>> {
        let place = |field: &Field| {
            let leads = field.id == table.primary && self.view_type == ViewType::Grid;
            (!leads, self.order.iter().position(|id| *id == field.id).unwrap_or(usize::MAX))
        };
        let mut shown: Vec<&Arc<Field>> =
            table.live_fields().filter(|field| !self.hidden.contains(&field.id)).collect();
        shown.sort_by_cached_key(|field| place(field));
        shown
    }

    /// The keys of its order over fields that are not deleted: groups lead, then the sorts, each field once.
    pub fn keys<'t>(&self, table: &'t Table) -> Vec<(&'t Arc<Field>, bool)> {
        let mut keys: Vec<(&Arc<Field>, bool)> = Vec::new();
        for key in self.groups.iter().chain(&self.sorts) {
            if let Some(field) = table.field_by_id(key.field)
                && !keys.iter().any(|(held, _)| held.id == field.id)
            {
                keys.push((field, key.descending));
            }
        }
        keys
    }
}

/// How a view is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ViewType {
    /// Rows and columns.
    Grid,
    /// Asks for a record.
    Form,
    /// Records by day.
    Calendar,
    /// Cards.
    Gallery,
    /// Cards in stacks.
    Kanban,
    /// Records as spans of time.
    Timeline,
}

impl ViewType {
    /// Every type.
    pub const ALL: [Self; 6] = [Self::Grid, Self::Form, Self::Calendar, Self::Gallery, Self::Kanban, Self::Timeline];

    /// Its API name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Grid => "grid",
            Self::Form => "form",
            Self::Calendar => "calendar",
            Self::Gallery => "gallery",
            Self::Kanban => "kanban",
            Self::Timeline => "timeline",
        }
    }
}

/// A key of a view's order or groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ViewKey {
    /// The field.
    pub field: FieldId,
    /// Greatest first.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub descending: bool,
}

/// Which records are wanted: a tree of comparisons, written as tools write it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Condition {
    /// All of these.
    And {
        /// The parts.
        and: Vec<Condition>,
    },
    /// One of these.
    Or {
        /// The parts.
        or: Vec<Condition>,
    },
    /// The opposite.
    Not {
        /// Of what.
        not: Box<Condition>,
    },
    /// A field's cell is compared.
    Test(Comparison),
}

impl Condition {
    /// The fields that it looks at.
    pub fn fields(&self) -> Vec<FieldId> {
        match self {
            Self::And { and: parts } | Self::Or { or: parts } => parts.iter().flat_map(Self::fields).collect(),
            Self::Not { not } => not.fields(),
            Self::Test(test) => vec![test.field],
        }
    }
}

/// A comparison of a field's cell with a value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// The field.
    pub field: FieldId,
    /// The operator's name, such as `contains`.
    pub op: String,
    /// What the cell is compared with; null for the operators that need nothing.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub value: Value,
}

/// What gives records of a view their colour.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "camelCase")]
pub enum Coloring {
    /// The choice in a select field.
    Field {
        /// The field.
        field: FieldId,
    },
    /// The first rule that a record matches.
    Conditions {
        /// The rules.
        rules: Vec<ColorRule>,
    },
}

/// Which records have a colour.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ColorRule {
    /// The colour, such as `redBright`.
    pub color: String,
    /// Which records.
    pub filter: Condition,
}
