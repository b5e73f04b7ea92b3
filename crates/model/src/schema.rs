//! The schema snapshot: an immutable picture of a base's tables, fields and views at one revision.

mod attachments;
mod computed;
mod links;
mod modified;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::column::Kind;
use crate::id::{BaseId, BaseNo, ChoiceId, FieldId, FieldNo, TableId, TableNo, ViewId};
use crate::name::WantedName;
use crate::time::Timestamp;
use crate::view::View;

pub use attachments::AttachmentOptions;
pub use computed::{
    AiTextOptions, ButtonOptions, CountOptions, FormulaOptions, FormulaType, LookupOptions, PromptPart, RollupOptions,
};
pub use links::LinkOptions;
pub use modified::{Keeper, ModifiedOptions, Watched};

/// A base's schema at one revision. Deleted tables and fields stay listed with their mark until retention ends.
#[derive(Debug, Clone)]
pub struct Schema {
    /// The base's number.
    pub base_no: BaseNo,
    /// The base's id.
    pub base: BaseId,
    /// The base's name.
    pub name: String,
    /// Grows by one with every schema change.
    pub revision: i64,
    /// The tables in their order, deleted ones included.
    pub tables: Vec<Arc<Table>>,
}

impl Schema {
    /// The tables that are not deleted.
    pub fn live_tables(&self) -> impl Iterator<Item = &Arc<Table>> {
        self.tables.iter().filter(|table| !table.deleted)
    }

    /// The table with this number, deleted or not.
    pub fn table_by_no(&self, no: TableNo) -> Option<&Arc<Table>> {
        self.tables.iter().find(|table| table.no == no)
    }

    /// The live table with this id, or with this name (exactly, else without regard to case and form).
    pub fn table(&self, id_or_name: &str) -> Option<&Arc<Table>> {
        if let Ok(id) = id_or_name.parse::<TableId>()
            && let Some(table) = self.live_tables().find(|table| table.id == id)
        {
            return Some(table);
        }
        self.live_tables().find(|table| table.name == id_or_name).or_else(|| {
            let wanted = WantedName::new(id_or_name)?;
            self.live_tables().find(|table| wanted.is_same(&table.name))
        })
    }

    /// The live table that holds this field.
    pub fn table_of(&self, field: FieldId) -> Option<&Arc<Table>> {
        self.live_tables().find(|table| table.live_fields().any(|f| f.id == field))
    }
}

/// A table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Table {
    /// Number, unique in the base.
    pub no: TableNo,
    /// Id.
    pub id: TableId,
    /// Name, unique in the base without regard to case.
    pub name: String,
    /// Description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The primary field: the first one.
    pub primary: FieldId,
    /// The fields in their order, deleted ones included.
    pub fields: Vec<Arc<Field>>,
    /// The views in their order, deleted ones included.
    pub views: Vec<View>,
    /// Deleted and not yet gone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deleted: bool,
    /// When it was deleted, if that was noted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted_at: Option<Timestamp>,
    /// Gone from the trash for good: its name and the numbers of its fields are left.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub removed: bool,
}

impl Table {
    /// What is left of it when it is removed from the trash for good.
    #[must_use]
    pub fn remains(&self) -> Self {
        let fields = self.fields.iter().map(|field| Arc::new(field.remains())).collect();
        Self { description: None, fields, views: Vec::new(), deleted: true, removed: true, ..self.clone() }
    }

    /// The same table, or an older picture of it, without what is removed by now; none where it holds nothing of that.
    pub fn without_removed(&self, now: &Self) -> Option<Self> {
        if now.removed {
            return (!self.removed).then(|| self.remains());
        }
        let gone = |field: &Field| now.fields.iter().any(|held| held.removed && held.had(field)) && !field.removed;
        if !self.fields.iter().any(|field| gone(field)) {
            return None;
        }
        let mut table = self.clone();
        for field in table.fields.iter_mut().filter(|field| gone(field)) {
            *field = Arc::new(field.remains());
        }
        Some(table)
    }

    /// The fields that are not deleted.
    pub fn live_fields(&self) -> impl Iterator<Item = &Arc<Field>> {
        self.fields.iter().filter(|field| !field.deleted)
    }

    /// The live field with this id, or with exactly this name, or with this name without regard to case.
    pub fn field(&self, id_or_name: &str) -> Option<&Arc<Field>> {
        self.field_written(id_or_name).or_else(|| {
            let wanted = WantedName::new(id_or_name)?;
            let alike = self.live_fields().find(|field| wanted.reads_as(&field.name));
            alike.or_else(|| self.live_fields().find(|field| wanted.is_same(&field.name)))
        })
    }

    /// The live field with this id or exactly this name, in whatever form of Unicode.
    pub fn field_exact(&self, id_or_name: &str) -> Option<&Arc<Field>> {
        self.field_written(id_or_name).or_else(|| {
            let wanted = WantedName::new(id_or_name)?;
            self.live_fields().find(|field| wanted.reads_as(&field.name))
        })
    }

    /// The live field with this id or just this name.
    fn field_written(&self, id_or_name: &str) -> Option<&Arc<Field>> {
        let id = id_or_name.parse::<FieldId>().ok();
        let named = || self.live_fields().find(|field| field.name == id_or_name);
        id.and_then(|id| self.field_by_id(id)).or_else(named)
    }

    /// The live field with this id.
    pub fn field_by_id(&self, id: FieldId) -> Option<&Arc<Field>> {
        self.live_fields().find(|field| field.id == id)
    }

    /// The field with this number, deleted or not.
    pub fn field_by_no(&self, no: FieldNo) -> Option<&Arc<Field>> {
        self.fields.iter().find(|field| field.no == no)
    }

    /// The field that was removed for good and had this number.
    pub fn removed_field(&self, no: FieldNo) -> Option<&Arc<Field>> {
        self.fields.iter().find(|field| field.removed && field.numbers().any(|held| held == no))
    }

    /// The primary field.
    pub fn primary_field(&self) -> Option<&Arc<Field>> {
        self.field_by_id(self.primary)
    }

    /// The views that are not deleted.
    pub fn live_views(&self) -> impl Iterator<Item = &View> {
        self.views.iter().filter(|view| !view.deleted)
    }

    /// The live view with this id or name, in whatever form of Unicode.
    pub fn view(&self, id_or_name: &str) -> Option<&View> {
        let id = id_or_name.parse::<ViewId>().ok();
        self.live_views()
            .find(|view| Some(view.id) == id)
            .or_else(|| self.live_views().find(|view| view.name == id_or_name))
            .or_else(|| {
                let wanted = WantedName::new(id_or_name)?;
                self.live_views().find(|view| wanted.reads_as(&view.name))
            })
    }
}

/// A field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// Short number: one field and one kind of value.
    pub no: FieldNo,
    /// Id.
    pub id: FieldId,
    /// Name, unique in the table without regard to case.
    pub name: String,
    /// Description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Type and options.
    #[serde(flatten)]
    pub kind: FieldKind,
    /// Deleted and not yet gone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deleted: bool,
    /// When it was deleted, if that was noted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted_at: Option<Timestamp>,
    /// Gone from the trash for good: its name and its numbers are left.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub removed: bool,
    /// Numbers under which it had cells when it was of another type; of what is removed also that of its links.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub was: Vec<FieldNo>,
}

impl Field {
    /// A field that is there.
    pub fn new(no: FieldNo, id: FieldId, name: String, description: Option<String>, kind: FieldKind) -> Self {
        Self { no, id, name, description, kind, deleted: false, deleted_at: None, removed: false, was: Vec::new() }
    }

    /// What is left of it when it is removed from the trash for good.
    #[must_use]
    pub fn remains(&self) -> Self {
        let mut was = self.was.clone();
        was.extend(self.kind.link().map(|link| link.relation).filter(|relation| *relation != self.no));
        let kind = FieldKind::SingleLineText;
        Self { description: None, kind, deleted: true, removed: true, was, ..self.clone() }
    }

    /// True for itself, and for what had cells or links under one of its numbers before.
    fn had(&self, other: &Self) -> bool {
        self.id == other.id || self.numbers().any(|no| no == other.no)
    }

    /// Every number that it has or had.
    pub fn numbers(&self) -> impl Iterator<Item = FieldNo> + '_ {
        std::iter::once(self.no).chain(self.was.iter().copied())
    }
}

/// A field's type with its options. In JSON the type's API name stands under `type`, the options under `options`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "options", rename_all = "camelCase")]
pub enum FieldKind {
    /// One line of text.
    SingleLineText,
    /// Text of several lines.
    MultilineText,
    /// Text of several lines in Markdown.
    RichText,
    /// E-mail address.
    Email,
    /// Web address.
    Url,
    /// Phone number.
    PhoneNumber,
    /// Number.
    Number(NumberOptions),
    /// Percent; 0.5 is 50 %.
    Percent(NumberOptions),
    /// Amount of money.
    Currency(CurrencyOptions),
    /// Seconds.
    Duration(DurationOptions),
    /// 1 to max.
    Rating(RatingOptions),
    /// Checked or not.
    Checkbox(CheckboxOptions),
    /// At most one choice.
    SingleSelect(SelectOptions),
    /// Several choices.
    MultipleSelects(SelectOptions),
    /// Day.
    Date(DateOptions),
    /// Point in time.
    DateTime(DateTimeOptions),
    /// When the record was created.
    CreatedTime(CreatedOptions),
    /// When a cell of the record was last changed by somebody.
    LastModifiedTime(ModifiedOptions),
    /// 1, 2, 3 … in creation order.
    AutoNumber,
    /// Records of another table (or the same).
    MultipleRecordLinks(LinkOptions),
    /// Files.
    MultipleAttachments(AttachmentOptions),
    /// A person, by id.
    SingleCollaborator,
    /// Several people, by id.
    MultipleCollaborators,
    /// Who made the record.
    CreatedBy,
    /// Who last changed a cell of the record.
    LastModifiedBy(Watched),
    /// The text of a barcode, and what kind it is.
    Barcode,
    /// A label and an address.
    Button(ButtonOptions),
    /// Text that a model writes.
    AiText(AiTextOptions),
    /// Where a record was synced from.
    ExternalSyncSource(SelectOptions),
    /// How many records a link cell holds.
    Count(CountOptions),
    /// What a field of linked records holds.
    MultipleLookupValues(LookupOptions),
    /// What a field of linked records holds, brought down to one value or to a list.
    Rollup(RollupOptions),
    /// Computed from other fields.
    Formula(FormulaOptions),
}

impl FieldKind {
    /// What kind of value its column holds: a formula's by its result, and of what shows several values what they are
    /// ordered and filtered by.
    pub fn column(&self) -> Kind {
        match self {
            Self::SingleLineText
            | Self::MultilineText
            | Self::RichText
            | Self::Email
            | Self::Url
            | Self::PhoneNumber
            | Self::MultipleAttachments(_)
            | Self::SingleCollaborator
            | Self::MultipleCollaborators
            | Self::CreatedBy
            | Self::LastModifiedBy(_)
            | Self::Barcode
            | Self::Button(_)
            | Self::AiText(_) => Kind::Text,
            Self::Number(_)
            | Self::Percent(_)
            | Self::Currency(_)
            | Self::Duration(_)
            | Self::Rating(_)
            | Self::AutoNumber
            | Self::Count(_) => Kind::Number,
            Self::Checkbox(_) => Kind::Flag,
            Self::SingleSelect(_) | Self::ExternalSyncSource(_) => Kind::Choice,
            Self::MultipleSelects(_) => Kind::Choices,
            Self::Date(_) | Self::DateTime(_) | Self::CreatedTime(_) | Self::LastModifiedTime(_) => Kind::Time,
            Self::MultipleRecordLinks(_) => Kind::Links,
            Self::MultipleLookupValues(lookup) => match lookup.result.column() {
                Kind::Choice | Kind::Choices | Kind::Links | Kind::Values => Kind::Text,
                kind => kind,
            },
            Self::Rollup(rollup) => rollup.result.column(),
            Self::Formula(formula) => formula.result.column(),
        }
    }

    /// True when a cell shows a list of values.
    pub fn is_list(&self) -> bool {
        match self {
            Self::MultipleLookupValues(_) => true,
            Self::Rollup(rollup) => rollup.list,
            _ => false,
        }
    }

    /// The type of each value of a list; of other cells their own.
    pub fn item(&self) -> &Self {
        if let Self::MultipleLookupValues(lookup) = self { &lookup.result } else { self }
    }

    /// The link field and the field of the linked table that a lookup or a rollup looks through.
    pub fn looks_through(&self) -> Option<(FieldId, FieldId)> {
        match self {
            Self::MultipleLookupValues(lookup) => Some((lookup.link, lookup.field)),
            Self::Rollup(rollup) => Some((rollup.link, rollup.field)),
            _ => None,
        }
    }

    /// True when nobody can write the cell.
    pub fn is_computed(&self) -> bool {
        matches!(
            self,
            Self::CreatedTime(_)
                | Self::LastModifiedTime(_)
                | Self::CreatedBy
                | Self::LastModifiedBy(_)
                | Self::ExternalSyncSource(_)
                | Self::AiText(_)
        ) || self.is_derived()
    }

    /// True for what is evaluated, and but for the times of watched fields never stored.
    pub fn is_derived(&self) -> bool {
        match self {
            Self::Formula(_)
            | Self::AutoNumber
            | Self::Count(_)
            | Self::MultipleLookupValues(_)
            | Self::Rollup(_)
            | Self::Button(_) => true,
            Self::LastModifiedTime(options) => !options.watched.0.is_empty(),
            _ => false,
        }
    }

    /// The options of a select field.
    pub fn select(&self) -> Option<&SelectOptions> {
        match self {
            Self::SingleSelect(select) | Self::MultipleSelects(select) | Self::ExternalSyncSource(select) => {
                Some(select)
            }
            _ => None,
        }
    }

    /// True when the cell names people.
    pub fn is_people(&self) -> bool {
        matches!(
            self,
            Self::SingleCollaborator | Self::MultipleCollaborators | Self::CreatedBy | Self::LastModifiedBy(_)
        )
    }

    /// True when queries and formulas see another text than the cell holds: the names of people and files, a barcode
    /// without its kind, what a model wrote without what it was asked.
    pub fn is_shown(&self) -> bool {
        self.is_people() || matches!(self, Self::Barcode | Self::MultipleAttachments(_) | Self::AiText(_))
    }

    /// True when nobody can write the cell but what it holds belongs to the record: a copy of it has it too.
    pub fn is_generated(&self) -> bool {
        matches!(self, Self::AiText(_))
    }

    /// True when queries and formulas see what is evaluated, be it from the cell's own text.
    pub fn is_evaluated(&self) -> bool {
        self.is_derived() || self.is_shown()
    }

    /// The options of a link field.
    pub fn link(&self) -> Option<&LinkOptions> {
        if let Self::MultipleRecordLinks(link) = self { Some(link) } else { None }
    }
}

/// Options of number and percent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NumberOptions {
    /// Decimal places shown, 0 to 8.
    pub precision: u8,
}

/// Options of currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CurrencyOptions {
    /// Decimal places shown, 0 to 7.
    pub precision: u8,
    /// The sign in front.
    pub symbol: String,
}

/// Options of duration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DurationOptions {
    /// `h:mm`, `h:mm:ss`, `h:mm:ss.S`, `h:mm:ss.SS` or `h:mm:ss.SSS`.
    pub duration_format: String,
}

/// Options of rating.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RatingOptions {
    /// `star`, `heart`, `thumbsUp`, `flag` or `dot`.
    pub icon: String,
    /// One of the ten bright colours.
    pub color: String,
    /// 1 to 10.
    pub max: u8,
}

/// Options of checkbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckboxOptions {
    /// `check`, `xCheckbox`, `star`, `heart`, `thumbsUp`, `flag` or `dot`.
    pub icon: String,
    /// One of the ten bright colours.
    pub color: String,
}

/// Options of both selects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SelectOptions {
    /// The choices in their order.
    pub choices: Vec<Choice>,
    /// The number for the next choice; numbers are never used again.
    pub next: u32,
    /// Choices that were taken away, the oldest first: cells of the past hold their numbers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub removed: Vec<Choice>,
}

impl SelectOptions {
    /// The choice with this number.
    pub fn by_no(&self, no: u32) -> Option<&Choice> {
        // Numbers follow the order unless choices were moved or removed.
        self.choices
            .get(no.wrapping_sub(1) as usize)
            .filter(|choice| choice.no == no)
            .or_else(|| self.choices.iter().find(|choice| choice.no == no))
    }

    /// Brings a choice back that was taken away. Answers its number: that of the choice which has its name by now, if one
    /// does.
    pub fn revive(&mut self, no: u32) -> u32 {
        let Some(at) = self.removed.iter().position(|choice| choice.no == no) else { return no };
        let name = self.removed.get(at).map(|choice| &choice.name);
        if let Some(held) = self.choices.iter().find(|held| Some(&held.name) == name) {
            return held.no;
        }
        self.choices.push(self.removed.remove(at));
        no
    }
}

/// A choice of a select.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// Number inside the field, from 1: what cells hold.
    pub no: u32,
    /// Id.
    pub id: ChoiceId,
    /// Name.
    pub name: String,
    /// Colour such as `blueLight2`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub color: Option<String>,
}

/// How a date is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DateFormat {
    /// `local`, `friendly`, `us`, `european` or `iso`.
    pub name: String,
    /// The moment format that belongs to the name.
    pub format: String,
}

/// How a time of day is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeFormat {
    /// `12hour` or `24hour`.
    pub name: String,
    /// The moment format that belongs to the name.
    pub format: String,
}

/// Options of date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DateOptions {
    /// How it is shown.
    pub date_format: DateFormat,
}

/// Options of date-time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DateTimeOptions {
    /// How the day is shown.
    pub date_format: DateFormat,
    /// How the time is shown.
    pub time_format: TimeFormat,
    /// `utc`, `client` or an IANA name.
    pub time_zone: String,
}

/// Options of created time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "camelCase")]
pub struct CreatedOptions {
    /// Show only the day.
    #[serde(default)]
    pub date_only: bool,
    /// How it is shown; as clients are used to where it is not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown: Option<DateTimeOptions>,
}
