//! Making, changing and deleting views.

use std::collections::BTreeMap;

use fields::CHOICE_COLORS;
use model::{ColorRule, Coloring, Field, FieldId, Kind, Table, TableNo, View, ViewId, ViewKey, ViewType, WantedName};
use serde::{Deserialize, Deserializer, Serialize, de};
use serde_json::Value;
use utoipa::ToSchema;

use super::{Draft, free_name, not_in_trash, trashed_views};
use crate::closest::closest;
use crate::conditions::{ConditionError, held, kept};
use crate::error::Error;
use crate::names::valid_name;

/// Most views of a table.
pub(super) const VIEWS: usize = 250;
/// Most deleted views of a table that are kept.
const DELETED: usize = 100;
/// Most bytes of a view as it is stored.
const BYTES: usize = 64 << 10;
/// Most rules of colours.
const RULES: usize = 20;
/// Widths of columns.
const WIDTHS: std::ops::RangeInclusive<u16> = 40..=2_000;

/// What a view is to be; when one is changed, what is absent stays as it is and null takes away.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ViewPart {
    /// Name, unique in the table without regard to case.
    #[serde(default, deserialize_with = "some")]
    #[schema(nullable = false)]
    pub name: Option<String>,
    /// `grid` (the default), `form`, `calendar`, `gallery`, `kanban` or `timeline`; a view keeps its type.
    #[serde(default, rename = "type", deserialize_with = "some")]
    #[schema(value_type = Option<String>, nullable = false)]
    pub view_type: Option<ViewType>,
    /// What it is for.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub description: Option<Option<String>>,
    /// Which records it lists: `{"and": […]}`, `{"or": […]}`, `{"not": …}` or `{"field", "op", "value"}`. Dates are compared
    /// with `2026-03-01`, or with `today`, `{"mode": "daysAgo", "numberOfDays": 3, "timeZone": "Europe/Berlin"}` and the like;
    /// `is_within` takes `pastWeek`, `thisCalendarMonth` and the like.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Object>)]
    pub filter: Option<Option<Value>>,
    /// Its order, the first weighs most.
    #[serde(default, deserialize_with = "emptied")]
    pub sorts: Option<Vec<KeyIn>>,
    /// The fields that records are grouped by, at most four; they lead the order.
    #[serde(default, deserialize_with = "emptied")]
    pub groups: Option<Vec<KeyIn>>,
    /// How records are coloured.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<ColoringIn>)]
    pub color: Option<Option<ColoringIn>>,
    /// The fields that it does not show, by name or id.
    #[serde(default, deserialize_with = "emptied")]
    pub hidden_fields: Option<Vec<String>>,
    /// The order of its fields; those not named follow in the order of the table.
    #[serde(default, deserialize_with = "emptied")]
    pub field_order: Option<Vec<String>>,
    /// Widths of columns in pixels by field, 40 to 2000.
    #[serde(default, deserialize_with = "emptied")]
    #[schema(value_type = Option<Object>)]
    pub field_widths: Option<BTreeMap<String, u16>>,
    /// The date field at which a calendar or a timeline puts a record.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub start_field: Option<Option<String>>,
    /// The date field at which the record ends there.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub end_field: Option<Option<String>>,
    /// The single select whose choices are the stacks of a kanban.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub stack_field: Option<Option<String>>,
    /// The attachments on top of the cards of a gallery or a kanban.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub cover_field: Option<Option<String>>,
}

/// Tells null from what is absent.
#[expect(clippy::option_option, reason = "a request may leave a value as it is, or take it away")]
fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(from).map(Some)
}

/// Null is a list without anything.
fn emptied<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(from: D) -> Result<Option<T>, D::Error> {
    Option::<T>::deserialize(from).map(|given| Some(given.unwrap_or_default()))
}

/// Null is refused.
fn some<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<T>, D::Error> {
    T::deserialize(from).map(Some)
}

/// A key of a view's order.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ViewKeyIn)]
pub struct KeyIn {
    /// A field by name or id.
    pub field: String,
    /// `asc` (the default) or `desc`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub direction: Direction,
}

/// Smallest or greatest first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Smallest first.
    #[default]
    Asc,
    /// Greatest first.
    Desc,
}

/// What gives records their colour.
#[derive(Debug, Clone, ToSchema)]
#[serde(tag = "by", rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = ViewColoringIn)]
pub enum ColoringIn {
    /// The choice in a select field.
    Field {
        /// The field by name or id.
        field: String,
    },
    /// The first rule that a record matches.
    Conditions {
        /// The rules.
        rules: Vec<ColorRuleIn>,
    },
}

impl<'de> Deserialize<'de> for ColoringIn {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        enum By {
            Field,
            Conditions,
        }

        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct PartsIn {
            by: By,
            field: Option<String>,
            rules: Option<Vec<ColorRuleIn>>,
        }

        match PartsIn::deserialize(from)? {
            PartsIn { by: By::Field, field: Some(field), rules: None } => Ok(Self::Field { field }),
            PartsIn { by: By::Conditions, field: None, rules: Some(rules) } => Ok(Self::Conditions { rules }),
            PartsIn { by: By::Field, .. } => Err(de::Error::custom("colours by field have a `field` and no `rules`")),
            PartsIn { by: By::Conditions, .. } => {
                Err(de::Error::custom("colours by conditions have `rules` and no `field`"))
            }
        }
    }
}

/// Which records have a colour.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ViewColorRuleIn)]
pub struct ColorRuleIn {
    /// The colour, one of those of choices, such as `redBright`.
    pub color: String,
    /// Which records, written as a view's `filter`.
    #[schema(value_type = Object)]
    pub filter: Value,
}

fn wrong<T>(at: &str, reason: impl Into<String>) -> Result<T, Error> {
    Err(Error::View { at: at.to_owned(), reason: reason.into() })
}

impl Draft<'_> {
    /// Adds a view.
    pub fn add_view(&mut self, no: TableNo, part: &ViewPart) -> Result<ViewId, Error> {
        let Some(name) = &part.name else { return wrong("/name", "a view needs a `name`") };
        let view = View::new(self.ids.view(self.now), name.clone(), part.view_type.unwrap_or(ViewType::Grid));
        self.room_for_view(no)?;
        self.put_view(no, view, part)
    }

    /// Changes a view.
    pub fn update_view(&mut self, no: TableNo, id: ViewId, part: &ViewPart) -> Result<ViewId, Error> {
        let Some(view) = self.live_view(no, id).cloned() else { return Err(view_not_found(&id.to_string())) };
        if part.view_type.is_some_and(|wanted| wanted != view.view_type) {
            let reason = format!("a view keeps its type, here `{}`: make another view", view.view_type.name());
            return wrong("/type", reason);
        }
        self.put_view(no, view, part)
    }

    /// Adds a view that is as another one but for its name.
    pub fn duplicate_view(&mut self, no: TableNo, id: ViewId, name: Option<&str>) -> Result<ViewId, Error> {
        let Some(view) = self.live_view(no, id).cloned() else { return Err(view_not_found(&id.to_string())) };
        self.room_for_view(no)?;
        let name = match name {
            Some(name) => name.to_owned(),
            None => self.free_view_name(no, &format!("{} copy", view.name)),
        };
        let copy = View { id: self.ids.view(self.now), ..view };
        self.put_view(no, copy, &ViewPart { name: Some(name), ..ViewPart::default() })
    }

    /// Moves a view to the trash.
    pub fn delete_view(&mut self, no: TableNo, id: ViewId) -> Result<(), Error> {
        if self.schema.table_by_no(no).is_some_and(|table| table.live_views().count() < 2) {
            let reason = "a table keeps at least one view: make another one first".to_owned();
            return Err(Error::Invalid { reason });
        }
        let now = self.now;
        let Some(table) = self.table_mut(no) else { return Ok(()) };
        let Some(at) = table.views.iter().position(|view| view.id == id) else { return Ok(()) };
        // Those deleted last stand at the end.
        let view = table.views.remove(at);
        table.views.push(View { deleted: true, deleted_at: Some(now), ..view });
        if table.views.iter().filter(|view| view.deleted).count() > DELETED
            && let Some(oldest) = table.views.iter().position(|view| view.deleted)
        {
            table.views.remove(oldest);
        }
        Ok(())
    }

    /// Brings a deleted view back.
    pub fn restore_view(&mut self, id: ViewId) -> Result<TableNo, Error> {
        let found = trashed_views(&self.schema).into_iter().find(|(_, view)| view.id == id);
        let (table, view) = found.ok_or_else(|| not_in_trash(&id.to_string()))?;
        let no = table.no;
        self.room_for_view(no)?;
        let name = self.free_view_name(no, &view.name);
        let view = self.table_mut(no).and_then(|table| table.views.iter_mut().find(|view| view.id == id));
        if let Some(view) = view {
            (view.deleted, view.deleted_at, view.name) = (false, None, name);
        }
        Ok(no)
    }

    fn live_view(&self, no: TableNo, id: ViewId) -> Option<&View> {
        self.schema.table_by_no(no)?.live_views().find(|view| view.id == id)
    }

    fn room_for_view(&self, no: TableNo) -> Result<(), Error> {
        let count = self.schema.table_by_no(no).map_or(0, |table| table.live_views().count());
        if count < VIEWS { Ok(()) } else { Err(Error::TooMany { what: "the number of views", bound: VIEWS }) }
    }

    fn view_name(&self, no: TableNo, name: &str, except: ViewId) -> Result<String, Error> {
        let table = self.schema.table_by_no(no);
        name_beside(name, table.into_iter().flat_map(|table| table.live_views()).filter(|view| view.id != except))
    }

    fn free_view_name(&self, no: TableNo, wanted: &str) -> String {
        free_name(wanted, |name| {
            let (Some(table), Some(wanted)) = (self.schema.table_by_no(no), WantedName::new(name)) else { return true };
            !table.live_views().any(|view| wanted.is_same(&view.name))
        })
    }

    /// Writes a view as it is with the part that becomes different.
    fn put_view(&mut self, no: TableNo, mut view: View, part: &ViewPart) -> Result<ViewId, Error> {
        let Some(table) = self.schema.table_by_no(no).cloned() else {
            return Err(Error::TableNotFound { name: no.to_string() });
        };
        if let Some(name) = &part.name {
            view.name = self.view_name(no, name, view.id)?;
        }
        part.put_on(&table, &mut view)?;
        let id = view.id;
        let Some(table) = self.table_mut(no) else { return Ok(id) };
        match table.views.iter_mut().find(|held| held.id == id) {
            Some(held) => *held = view,
            None => table.views.push(view),
        }
        Ok(id)
    }
}

/// A name of a view that no other one has.
pub(super) fn name_beside<'v>(name: &str, mut others: impl Iterator<Item = &'v View>) -> Result<String, Error> {
    let name = name.trim();
    let is_held = WantedName::new(name).is_some_and(|wanted| others.any(|view| wanted.is_same(&view.name)));
    if name.is_empty() || is_held {
        return Err(Error::ViewName { name: name.chars().take(64).collect() });
    }
    valid_name("view", name)
}

fn view_not_found(name: &str) -> Error {
    Error::ViewNotFound { name: name.chars().take(64).collect(), hint: String::new() }
}

impl ViewPart {
    fn put_on(&self, table: &Table, view: &mut View) -> Result<(), Error> {
        if let Some(description) = &self.description {
            view.description = description.clone().filter(|text| !text.is_empty());
        }
        if let Some(filter) = &self.filter {
            let tree = filter.as_ref().filter(|tree| !tree.as_object().is_some_and(serde_json::Map::is_empty));
            view.filter = tree.map(|tree| condition(table, tree, "/filter")).transpose()?;
        }
        if let Some(sorts) = &self.sorts {
            view.sorts = keys(table, sorts, "/sorts")?;
        }
        if let Some(groups) = &self.groups {
            view.groups = keys(table, groups, "/groups")?;
        }
        if let Some(color) = &self.color {
            view.color = color.as_ref().map(|color| coloring(table, color)).transpose()?;
        }
        if let Some(hidden) = &self.hidden_fields {
            view.hidden = hiding(table, named(table, hidden, "/hiddenFields")?, &view.hidden);
        }
        if let Some(order) = &self.field_order {
            view.order = named(table, order, "/fieldOrder")?;
        }
        if let Some(widths) = &self.field_widths {
            view.widths = widths.iter().map(|(name, width)| column(table, name, *width)).collect::<Result<_, _>>()?;
        }
        self.put_places(table, view)?;
        check(table, view)
    }

    /// Where records stand in the view.
    fn put_places(&self, table: &Table, view: &mut View) -> Result<(), Error> {
        for (place, wanted) in
            PLACES.iter().zip([&self.start_field, &self.end_field, &self.stack_field, &self.cover_field])
        {
            let Some(wanted) = wanted else { continue };
            let at = format!("/{}", place.key);
            let field = wanted.as_ref().map(|name| field(table, name, &at)).transpose()?;
            if let Some(field) = field
                && !(place.takes)(field)
            {
                let kind = fields::of(&field.kind).name();
                return wrong(&at, format!("this is {}, and `{}` is of type {kind}", place.what, field.name));
            }
            *(place.of)(view) = field.map(|field| field.id);
        }
        Ok(())
    }
}

/// Hidden fields with those of the trash, which may come back: a view that hides fields goes on hiding those, and one that
/// begins to hides them all.
fn hiding(table: &Table, named: Vec<FieldId>, before: &[FieldId]) -> Vec<FieldId> {
    if named.is_empty() {
        return named;
    }
    let deleted = table.fields.iter().filter(|field| field.deleted).map(|field| field.id);
    let kept = deleted.filter(|id| before.is_empty() || before.contains(id));
    named.into_iter().chain(kept).collect()
}

/// A field by which a kind of view places its records.
struct ViewPlace {
    key: &'static str,
    what: &'static str,
    takes: fn(&Field) -> bool,
    of: fn(&mut View) -> &mut Option<FieldId>,
    /// The types that have it, and whether they need it.
    types: &'static [(ViewType, bool)],
}

const PLACES: [ViewPlace; 4] = [
    ViewPlace {
        key: "startField",
        what: "a field of dates",
        takes: |field| field.kind.column() == Kind::Time && !field.kind.is_list(),
        of: |view| &mut view.start,
        types: &[(ViewType::Calendar, true), (ViewType::Timeline, true)],
    },
    ViewPlace {
        key: "endField",
        what: "a field of dates",
        takes: |field| field.kind.column() == Kind::Time && !field.kind.is_list(),
        of: |view| &mut view.end,
        types: &[(ViewType::Calendar, false), (ViewType::Timeline, true)],
    },
    ViewPlace {
        key: "stackField",
        what: "a single select",
        takes: |field| field.kind.column() == Kind::Choice,
        of: |view| &mut view.stack,
        types: &[(ViewType::Kanban, true)],
    },
    ViewPlace {
        key: "coverField",
        what: "a field of attachments",
        takes: |field| fields::of(&field.kind).name() == "multipleAttachments",
        of: |view| &mut view.cover,
        types: &[(ViewType::Gallery, false), (ViewType::Kanban, false)],
    },
];

/// The view without the fields that it hides or places records by and that are in the trash, or of another type by now.
pub(crate) fn placed(table: &Table, view: &View) -> View {
    let mut placed = view.clone();
    placed.hidden.retain(|id| table.field_by_id(*id).is_some());
    for place in &PLACES {
        let held = (place.of)(&mut placed);
        *held = held.filter(|id| table.field_by_id(*id).is_some_and(|field| (place.takes)(field)));
    }
    placed
}

/// What must hold of a view as a whole.
fn check(table: &Table, view: &mut View) -> Result<(), Error> {
    let of = view.view_type;
    for place in &PLACES {
        let (at, held) = (format!("/{}", place.key), (place.of)(view).is_some());
        let takes = place.types.iter().find(|(held, _)| *held == of);
        if held && takes.is_none() {
            let types: Vec<String> = place.types.iter().map(|(of, _)| format!("`{}`", of.name())).collect();
            return wrong(&at, format!("only views of type {} have it, not `{}`", types.join(" and "), of.name()));
        }
        if !held && takes.is_some_and(|(_, needed)| *needed) {
            return wrong(&at, format!("a view of type `{}` needs it: {}", of.name(), place.what));
        }
    }
    if of == ViewType::Form {
        let lists = [
            (view.filter.is_some(), "filter"),
            (!view.sorts.is_empty(), "sorts"),
            (!view.groups.is_empty(), "groups"),
            (view.color.is_some(), "color"),
        ];
        if let Some((_, key)) = lists.iter().find(|(held, _)| *held) {
            return wrong(&format!("/{key}"), "a form asks for records and lists none, so it has no such thing");
        }
    } else if view.hidden.contains(&table.primary) {
        return wrong("/hiddenFields", "the primary field names the records, so only forms can hide it");
    }
    if view.groups.len() > query::MAX_GROUP_KEYS {
        return wrong("/groups", format!("a view groups by at most {} fields", query::MAX_GROUP_KEYS));
    }
    if view.groups.len() + view.sorts.len() > query::MAX_SORT_KEYS {
        let most = query::MAX_SORT_KEYS;
        return wrong("/sorts", format!("`sorts` and `groups` name at most {most} fields together"));
    }
    let bytes = serde_json::to_string(view)?.len();
    if bytes > BYTES {
        return wrong("", format!("a view takes at most {BYTES} bytes, and this one takes {bytes}"));
    }
    Ok(())
}

/// A field by name or id; one in the trash by id.
fn field<'t>(table: &'t Table, name: &str, at: &str) -> Result<&'t Field, Error> {
    let trashed = || held(table, name.parse().ok()?);
    table.field(name).map(AsRef::as_ref).or_else(trashed).ok_or_else(|| {
        let hint = closest(name, table.live_fields().map(|field| field.name.as_str()));
        let name: String = name.chars().take(64).collect();
        Error::View { at: at.to_owned(), reason: format!("there is no field `{name}` in `{}`{hint}", table.name) }
    })
}

fn named(table: &Table, names: &[String], at: &str) -> Result<Vec<FieldId>, Error> {
    let mut ids: Vec<FieldId> = Vec::with_capacity(names.len());
    for (index, name) in names.iter().enumerate() {
        let id = field(table, name, &format!("{at}/{index}"))?.id;
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    Ok(ids)
}

fn column(table: &Table, name: &str, width: u16) -> Result<(FieldId, u16), Error> {
    let at = format!("/fieldWidths/{}", name.replace('~', "~0").replace('/', "~1"));
    let field = field(table, name, &at)?;
    if !WIDTHS.contains(&width) {
        return wrong(&at, format!("a width is from {} to {} pixels, not {width}", WIDTHS.start(), WIDTHS.end()));
    }
    Ok((field.id, width))
}

fn keys(table: &Table, given: &[KeyIn], at: &str) -> Result<Vec<ViewKey>, Error> {
    let mut keys: Vec<ViewKey> = Vec::with_capacity(given.len());
    for (index, key) in given.iter().enumerate() {
        let at = format!("{at}/{index}/field");
        let field = field(table, &key.field, &at)?;
        if keys.iter().any(|held| held.field == field.id) {
            return wrong(&at, format!("`{}` is named twice", field.name));
        }
        keys.push(ViewKey { field: field.id, descending: key.direction == Direction::Desc });
    }
    Ok(keys)
}

fn coloring(table: &Table, given: &ColoringIn) -> Result<Coloring, Error> {
    match given {
        ColoringIn::Field { field: name } => {
            let field = field(table, name, "/color/field")?;
            if field.kind.column() != Kind::Choice {
                let kind = fields::of(&field.kind).name();
                let reason = format!("colours come from a single select, and `{}` is of type {kind}", field.name);
                return wrong("/color/field", reason);
            }
            Ok(Coloring::Field { field: field.id })
        }
        ColoringIn::Conditions { rules } if rules.len() > RULES => {
            wrong("/color/rules", format!("a view has at most {RULES} rules of colours"))
        }
        ColoringIn::Conditions { rules } => {
            let rules = rules.iter().enumerate().map(|(index, rule)| {
                let at = format!("/color/rules/{index}");
                if !CHOICE_COLORS.contains(&rule.color.as_str()) {
                    let hint = closest(&rule.color, CHOICE_COLORS.into_iter());
                    let given: String = rule.color.chars().take(64).collect();
                    return wrong(&format!("{at}/color"), format!("there is no colour `{given}`{hint}"));
                }
                let filter = condition(table, &rule.filter, &format!("{at}/filter"))?;
                Ok(ColorRule { color: rule.color.clone(), filter })
            });
            Ok(Coloring::Conditions { rules: rules.collect::<Result<_, _>>()? })
        }
    }
}

fn condition(table: &Table, tree: &Value, at: &str) -> Result<model::Condition, Error> {
    kept(table, tree).map_err(|error| {
        let reason = error.to_string();
        let (ConditionError::UnknownField { at: inner, .. } | ConditionError::Wrong { at: inner, .. }) = error;
        Error::View { at: format!("{at}{inner}"), reason }
    })
}

#[cfg(test)]
mod tests;
