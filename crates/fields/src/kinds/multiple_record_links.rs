//! `multipleRecordLinks`.

use model::{CellRef, ChoiceId, Field, FieldKind, RecordId, TableId, ViewId};
use serde_json::{Map, Value, json};

use super::textual;
use crate::field_type::{FieldType, Incoming, LinkIn, OptionsIn, Reading, Texting};
use crate::list::split_names;
use crate::options::Options;
use crate::problem::{CellProblem, OptionsError};

const VIEW: &str = "viewIdForRecordSelection";
const KEYS: [&str; 6] = [
    "linkedTableId",
    "prefersSingleRecordLink",
    "inverseName",
    VIEW,
    // Answered by the API, given back by clients that copy a schema, and not read.
    "isReversed",
    "inverseLinkFieldId",
];

pub(crate) struct MultipleRecordLinks;

impl FieldType for MultipleRecordLinks {
    fn name(&self) -> &'static str {
        "multipleRecordLinks"
    }

    fn description(&self) -> &'static str {
        "Records of another table, or of the same; the other table shows the link from its side."
    }

    fn read_options(
        &self,
        given: Option<&Value>,
        old: Option<&FieldKind>,
        _ids: &mut dyn FnMut() -> ChoiceId,
    ) -> Result<OptionsIn, OptionsError> {
        let old = old.and_then(FieldKind::link);
        let options = Options::new(given)?;
        options.only(&KEYS)?;
        Ok(OptionsIn::Link {
            linked_table: read_table(&options, old.map(|old| old.linked_table))?,
            prefers_single: options.flag("prefersSingleRecordLink", old.is_some_and(|old| old.prefers_single))?,
            view: read_view(&options, given, old.and_then(|old| old.view))?,
            inverse_name: read_inverse_name(&options)?,
        })
    }

    fn write_options(&self, kind: &FieldKind) -> Option<Value> {
        let link = kind.link()?;
        let mut out = Map::new();
        out.insert("linkedTableId".to_owned(), json!(link.linked_table));
        out.insert("isReversed".to_owned(), json!(link.reversed));
        out.insert("prefersSingleRecordLink".to_owned(), json!(link.prefers_single));
        if let Some(inverse) = link.inverse {
            out.insert("inverseLinkFieldId".to_owned(), json!(inverse));
        }
        if let Some(view) = link.view {
            out.insert(VIEW.to_owned(), json!(view));
        }
        Some(Value::Object(out))
    }

    fn read_present(&self, field: &Field, value: &Value, cx: &Reading) -> Result<Incoming, CellProblem> {
        let found = match value {
            Value::Array(items) => items.iter().map(|item| read_item(field, item, cx)).collect::<Result<_, _>>()?,
            Value::String(text) if cx.typecast => read_texts(field, text)?,
            Value::String(text) if text.parse::<RecordId>().is_err() => return Err(CellProblem::not_a_record(value)),
            _ => return Err(CellProblem::rejected(field)),
        };
        let mut links: Vec<LinkIn> = Vec::with_capacity(found.len());
        let mut seen = std::collections::HashSet::with_capacity(found.len());
        for link in found.into_iter().flatten() {
            if seen.insert(link.clone()) {
                links.push(link);
            }
        }
        Ok(if links.is_empty() { Incoming::EMPTY } else { Incoming::Links(links) })
    }

    fn text(&self, _kind: &FieldKind, _cell: CellRef<'_>, _cx: &Texting, _out: &mut String) {}
}

/// One item of a list: an id, an object with an id, and with typecast the text of a primary field.
fn read_item(field: &Field, item: &Value, cx: &Reading) -> Result<Option<LinkIn>, CellProblem> {
    let id = item.as_str().or_else(|| item.get("id").and_then(Value::as_str));
    if let Some(Ok(id)) = id.map(str::parse::<RecordId>) {
        return Ok(Some(LinkIn::Id(id)));
    }
    match item {
        Value::String(_) | Value::Number(_) | Value::Bool(_) if cx.typecast => {
            by_text(field, textual::to_text(item).trim())
        }
        _ => Err(CellProblem::not_a_record(item)),
    }
}

/// A text is one name or several: which, is told by the names that there are.
fn read_texts(field: &Field, text: &str) -> Result<Vec<Option<LinkIn>>, CellProblem> {
    textual::check(field, text, textual::MAX_TEXT)?;
    let text = text.trim();
    match split_names(text).as_slice() {
        [] => Ok(Vec::new()),
        [name] if name == text => Ok(vec![Some(LinkIn::named(name))]),
        _ => Ok(vec![Some(LinkIn::Names(text.to_owned()))]),
    }
}

fn by_text(field: &Field, text: &str) -> Result<Option<LinkIn>, CellProblem> {
    textual::check(field, text, textual::MAX_TEXT)?;
    Ok(if text.is_empty() { None } else { Some(LinkIn::Text(text.to_owned())) })
}

fn read_table(options: &Options<'_>, old: Option<TableId>) -> Result<TableId, OptionsError> {
    const EXPECTED: &str = "the id of a table of this base (`tbl` and 14 letters or digits)";
    let Some(value) = options.get("linkedTableId") else {
        return old.ok_or_else(|| options.missing("linkedTableId", EXPECTED));
    };
    let id = value.as_str().and_then(|text| text.parse().ok());
    id.ok_or_else(|| options.wrong("linkedTableId", EXPECTED, value))
}

/// The view that is kept, another one, or with `null` none.
fn read_view(
    options: &Options<'_>,
    given: Option<&Value>,
    old: Option<ViewId>,
) -> Result<Option<String>, OptionsError> {
    match given.and_then(|given| given.get(VIEW)) {
        None => Ok(old.map(|view| view.to_string())),
        Some(Value::Null) => Ok(None),
        Some(Value::String(named)) => Ok(Some(named.clone())),
        Some(other) => Err(options.wrong(VIEW, "the id or the name of a view of the linked table", other)),
    }
}

fn read_inverse_name(options: &Options<'_>) -> Result<Option<String>, OptionsError> {
    let Some(value) = options.get("inverseName") else { return Ok(None) };
    let name = value.as_str().filter(|name| !name.trim().is_empty());
    name.map(|name| Some(name.to_owned()))
        .ok_or_else(|| options.wrong("inverseName", "the name for the field on the other side", value))
}
