//! Cases for every type and face. The makers here serve the tests of the other modules too.

mod options;
mod reading;
mod texting;

use model::{
    AiTextOptions, ButtonOptions, ChoiceId, CountOptions, CreatedOptions, Field, FieldId, FieldKind, FieldNo,
    FormulaOptions, FormulaType, LinkOptions, LookupOptions, PromptPart, RollupOptions, SelectOptions, TableNo,
    Watched,
};
use serde_json::{Value, json};

use crate::field_type::OptionsIn;
use crate::table::{all, by_name, of};

pub(crate) fn ids() -> impl FnMut() -> ChoiceId {
    let mut next = 0;
    move || {
        next += 1;
        ChoiceId::ordered(0, next)
    }
}

/// A kind from API options.
pub(crate) fn kind(name: &str, options: &Value) -> FieldKind {
    match by_name(name).unwrap().read_options(Some(options), None, &mut ids()) {
        Ok(OptionsIn::Kind(kind) | OptionsIn::Modified { kind, .. }) => kind,
        other => panic!("{name}: {other:?}"),
    }
}

pub(crate) fn multi(names: &[&str]) -> FieldKind {
    let choices: Vec<Value> = names.iter().map(|name| json!({ "name": name })).collect();
    kind("multipleSelects", &json!({ "choices": choices }))
}

pub(crate) fn single(names: &[&str]) -> FieldKind {
    let FieldKind::MultipleSelects(select) = multi(names) else { unreachable!() };
    FieldKind::SingleSelect(select)
}

pub(crate) fn date() -> FieldKind {
    kind("date", &json!({"dateFormat": {"name": "iso"}}))
}

pub(crate) fn date_time(zone: &str) -> FieldKind {
    let options = json!({"dateFormat": {"name": "us"}, "timeFormat": {"name": "12hour"}, "timeZone": zone});
    kind("dateTime", &options)
}

pub(crate) fn created(date_only: bool) -> FieldKind {
    FieldKind::CreatedTime(CreatedOptions { date_only, ..CreatedOptions::default() })
}

pub(crate) fn formula(result: FormulaType) -> FieldKind {
    FieldKind::Formula(FormulaOptions {
        formula: "1".to_owned(),
        references: Vec::new(),
        result,
        valid: true,
        watched: Vec::new(),
    })
}

/// A lookup of values of this type.
pub(crate) fn lookup(result: FieldKind) -> FieldKind {
    FieldKind::MultipleLookupValues(LookupOptions {
        link: "fldBBBBBBBBBBBBBB".parse().unwrap(),
        field: "fldCCCCCCCCCCCCCC".parse().unwrap(),
        result: Box::new(result),
    })
}

pub(crate) fn rollup(result: FormulaType, list: bool) -> FieldKind {
    let (link, field) = ("fldBBBBBBBBBBBBBB".parse().unwrap(), "fldCCCCCCCCCCCCCC".parse().unwrap());
    FieldKind::Rollup(RollupOptions { link, field, formula: Some("SUM(values)".to_owned()), result, list })
}

pub(crate) fn link() -> FieldKind {
    FieldKind::MultipleRecordLinks(LinkOptions {
        linked_table: "tblAAAAAAAAAAAAAA".parse().unwrap(),
        linked_table_no: TableNo(1),
        inverse: Some("fldBBBBBBBBBBBBBB".parse().unwrap()),
        relation: FieldNo(1),
        reversed: false,
        prefers_single: true,
        view: Some("viwAAAAAAAAAAAAAA".parse().unwrap()),
    })
}

pub(crate) fn field(kind: FieldKind) -> Field {
    let id: FieldId = "fldAAAAAAAAAAAAAA".parse().unwrap();
    Field::new(FieldNo(1), id, "F".to_owned(), None, kind)
}

/// A field of each type.
pub(crate) fn kinds() -> Vec<FieldKind> {
    vec![
        FieldKind::SingleLineText,
        FieldKind::MultilineText,
        FieldKind::RichText,
        FieldKind::Email,
        FieldKind::Url,
        FieldKind::PhoneNumber,
        kind("number", &json!({"precision": 2})),
        kind("percent", &json!({"precision": 1})),
        kind("currency", &json!({"precision": 2, "symbol": "$"})),
        kind("duration", &json!({"durationFormat": "h:mm"})),
        kind("rating", &json!({"icon": "star", "color": "yellowBright", "max": 5})),
        kind("checkbox", &json!({"icon": "check", "color": "greenBright"})),
        single(&["A", "B", "C, D"]),
        multi(&["A", "B", "C, D"]),
        date(),
        date_time("utc"),
        created(false),
        kind("lastModifiedTime", &json!({})),
        FieldKind::AutoNumber,
        kind("multipleAttachments", &json!({})),
        FieldKind::SingleCollaborator,
        FieldKind::MultipleCollaborators,
        FieldKind::CreatedBy,
        FieldKind::LastModifiedBy(Watched(vec!["fldBBBBBBBBBBBBBB".parse().unwrap()])),
        FieldKind::Barcode,
        FieldKind::Button(ButtonOptions {
            label: "Open".to_owned(),
            formula: "'https://example.org'".to_owned(),
            references: Vec::new(),
            watched: Vec::new(),
        }),
        FieldKind::AiText(AiTextOptions { prompt: vec![PromptPart::Text("Why?".to_owned())] }),
        FieldKind::ExternalSyncSource(SelectOptions { choices: Vec::new(), next: 1, removed: Vec::new() }),
        link(),
        FieldKind::Count(CountOptions { link: "fldBBBBBBBBBBBBBB".parse().unwrap(), link_no: FieldNo(2) }),
        lookup(FieldKind::SingleLineText),
        rollup(FormulaType::Number, false),
        formula(FormulaType::Number),
    ]
}

#[test]
fn the_table_has_every_type_once_under_its_name() {
    let kinds = kinds();
    assert_eq!(kinds.len(), all().len());
    for (kind, listed) in kinds.iter().zip(all()) {
        let name = serde_json::to_value(kind).unwrap()["type"].as_str().unwrap().to_owned();
        let this = of(kind);
        assert_eq!((this.name(), listed.name()), (name.as_str(), name.as_str()));
        assert_eq!(by_name(&name).unwrap().name(), name);
        assert_eq!(this.is_computed(), kind.is_computed(), "{name}");
        assert!(this.description().ends_with('.'), "{name}");
    }
    assert!(by_name("richtext").is_none(), "case counts");
}

#[test]
fn primary_fields() {
    let may: Vec<&str> = all().iter().filter(|each| each.can_be_primary()).map(|each| each.name()).collect();
    let expected = [
        "singleLineText",
        "multilineText",
        "email",
        "url",
        "phoneNumber",
        "number",
        "percent",
        "currency",
        "duration",
        "date",
        "dateTime",
        "autoNumber",
        "barcode",
        "formula",
    ];
    assert_eq!(may, expected);
}
