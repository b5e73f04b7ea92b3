use model::{Choice, FieldKind, FormulaType};
use serde_json::{Value, json};

use super::{formula, ids, kind, kinds, link, multi};
use crate::field_type::{OptionsIn, PromptIn, RollupIn};
use crate::kinds::add_choice;
use crate::table::{by_name, of};

fn refused(name: &str, options: Option<&Value>) -> String {
    let error = by_name(name).unwrap().read_options(options, None, &mut ids()).unwrap_err();
    assert_eq!(error.code(), "INVALID_FIELD_TYPE_OPTIONS_FOR_CREATE");
    error.to_string()
}

#[test]
fn what_is_answered_can_be_given_back() {
    for kind in kinds() {
        let field_type = of(&kind);
        let answered = field_type.write_options(&kind);
        match field_type.read_options(answered.as_ref(), Some(&kind), &mut ids()).unwrap() {
            OptionsIn::Kind(read) => assert_eq!(read, kind),
            OptionsIn::Modified { watched, .. } => {
                let expected: Vec<String> = kind.watched_fields().map(|id| id.to_string()).collect();
                assert_eq!(watched, expected);
            }
            OptionsIn::Link { linked_table, prefers_single, view, inverse_name } => {
                assert_eq!(view.as_deref(), Some("viwAAAAAAAAAAAAAA"));
                assert_eq!(linked_table, kind.link().unwrap().linked_table);
                assert!(prefers_single && inverse_name.is_none());
            }
            OptionsIn::Formula { text } => assert_eq!(text, "1"),
            OptionsIn::Count { link } => assert_eq!(link, "fldBBBBBBBBBBBBBB"),
            OptionsIn::Button { label, text } => {
                assert_eq!((label.as_str(), text.as_str()), ("Open", "'https://example.org'"));
            }
            OptionsIn::AiText { prompt } => assert_eq!(prompt, [PromptIn::Text("Why?".to_owned())]),
            OptionsIn::Lookup { link, field } => {
                assert_eq!((link.as_str(), field.as_str()), ("fldBBBBBBBBBBBBBB", "fldCCCCCCCCCCCCCC"));
            }
            OptionsIn::Rollup { link, field, by } => {
                assert_eq!((link.as_str(), field.as_str()), ("fldBBBBBBBBBBBBBB", "fldCCCCCCCCCCCCCC"));
                assert_eq!(by, RollupIn::Formula("SUM(values)".to_owned()));
            }
        }
        // Nothing given keeps everything.
        assert!(field_type.read_options(None, Some(&kind), &mut ids()).is_ok(), "{kind:?}");
    }
}

#[test]
fn a_rollup_without_a_formula_says_what_comes_out() {
    for (result, told) in [
        (json!({ "type": "number", "options": { "precision": 2 } }), FormulaType::Number),
        (json!({ "type": "currency", "options": { "precision": 2, "symbol": "€" } }), FormulaType::Number),
        (json!({ "type": "checkbox" }), FormulaType::Number),
        (json!({ "type": "date" }), FormulaType::Date),
        (json!({ "type": "dateTime" }), FormulaType::DateTime),
        (json!({ "type": "multipleSelects" }), FormulaType::Text),
        (json!("number"), FormulaType::Text),
        (Value::Null, FormulaType::Text),
    ] {
        let options = json!({ "recordLinkFieldId": "L", "fieldIdInLinkedTable": "F", "result": result });
        let read = by_name("rollup").unwrap().read_options(Some(&options), None, &mut ids()).unwrap();
        let by = RollupIn::Untold(told);
        assert_eq!(read, OptionsIn::Rollup { link: "L".to_owned(), field: "F".to_owned(), by }, "{options}");
    }
}

#[test]
fn options_in_the_form_that_clients_parse() {
    let computed_time = json!({"type": "dateTime", "options": {
        "dateFormat": {"name": "local", "format": "l"},
        "timeFormat": {"name": "12hour", "format": "h:mma"},
        "timeZone": "client",
    }});
    let european = json!({"dateFormat": {"name": "european", "format": "D/M/YYYY"}});
    let in_berlin = json!({
        "dateFormat": {"name": "us", "format": "M/D/YYYY"},
        "timeFormat": {"name": "12hour", "format": "h:mma"},
        "timeZone": "Europe/Berlin",
    });
    let linked = json!({
        "linkedTableId": "tblAAAAAAAAAAAAAA",
        "isReversed": false,
        "prefersSingleRecordLink": true,
        "inverseLinkFieldId": "fldBBBBBBBBBBBBBB",
        "viewIdForRecordSelection": "viwAAAAAAAAAAAAAA",
    });
    let text = json!({"type": "singleLineText"});
    for (kind, expected) in [
        (FieldKind::Email, None),
        (FieldKind::AutoNumber, None),
        (kind("number", &json!({"precision": 2})), Some(json!({"precision": 2}))),
        (kind("date", &json!({"dateFormat": {"name": "european"}})), Some(european)),
        (super::date_time("europe/berlin"), Some(in_berlin)),
        (super::created(false), Some(json!({"result": computed_time}))),
        (
            kind("lastModifiedTime", &json!({})),
            Some(json!({"isValid": true, "referencedFieldIds": [], "result": computed_time})),
        ),
        (link(), Some(linked)),
        (
            formula(FormulaType::Text),
            Some(json!({"formula": "1", "isValid": true, "referencedFieldIds": [], "result": text})),
        ),
    ] {
        assert_eq!(of(&kind).write_options(&kind), expected);
    }
}

#[test]
fn a_formula_that_lost_a_field_has_no_result() {
    let FieldKind::Formula(mut options) = formula(FormulaType::Date) else { unreachable!() };
    options.valid = false;
    let written = by_name("formula").unwrap().write_options(&FieldKind::Formula(options)).unwrap();
    assert_eq!((&written["isValid"], &written["result"]), (&json!(false), &Value::Null));
}

#[test]
fn missing_options_are_named() {
    let no_zone = json!({"dateFormat": {"name": "iso"}, "timeFormat": {"name": "24hour"}});
    for (name, options, expected) in [
        (
            "number",
            None,
            "Failed schema validation: <Field>.options is missing: it must be an object with `precision`, a whole number from 0 to 8",
        ),
        ("number", Some(json!({})), "<Field>.options.precision is missing"),
        ("currency", Some(json!({"precision": 2})), "<Field>.options.symbol is missing"),
        ("checkbox", Some(json!({"icon": "check"})), "options.color is missing: it must be one of `yellowBright`"),
        (
            "rating",
            Some(json!({"icon": "star", "color": "redBright"})),
            "options.max is missing: it must be a whole number from 1 to 10",
        ),
        ("duration", None, "one of `h:mm`, `h:mm:ss`"),
        ("singleSelect", None, "<Field>.options is missing"),
        ("singleSelect", Some(json!({"choices": [{}]})), "<Field>.options.choices[0].name is missing"),
        ("date", Some(json!({})), "options.dateFormat is missing: it must be an object whose `name` is one of `local`"),
        ("date", Some(json!({"dateFormat": {}})), "<Field>.options.dateFormat.name is missing"),
        ("dateTime", Some(no_zone), "<Field>.options.timeZone is missing"),
        ("multipleRecordLinks", None, "with `linkedTableId`"),
        ("formula", Some(json!({"isValid": true})), "<Field>.options.formula is missing"),
    ] {
        let message = refused(name, options.as_ref());
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn wrong_options_are_told_with_what_is_right() {
    let with_zone = json!({"dateFormat": {"name": "iso"}, "timeFormat": {"name": "24hour"}, "timeZone": "Mars/Base"});
    for (name, options, expected) in [
        ("singleLineText", json!({"a": 1}), "<Field>.options.a is not known here: this type has no options"),
        ("singleLineText", json!("x"), "<Field>.options must be an object, not `x`"),
        ("number", json!({"precision": 9}), "options.precision must be a whole number from 0 to 8, not `9`"),
        ("number", json!({"precision": 1.5}), "not `1.5`"),
        ("number", json!({"precision": -1}), "not `-1`"),
        ("number", json!({"precision": "2"}), "a whole number from 0 to 8, not the text `2`"),
        ("percent", json!({"precision": 256}), "not `256`"),
        ("currency", json!({"precision": 8, "symbol": "$"}), "from 0 to 7"),
        ("currency", json!({"precision": 2, "symbol": "a very long currency"}), "options.symbol must be"),
        ("number", json!({"precision": 1, "style": "x"}), "options.style is not known here: there are `precision`"),
        ("rating", json!({"icon": "smile", "color": "redBright", "max": 5}), "options.icon must be one of `star`"),
        ("rating", json!({"icon": "star", "color": "redBright", "max": 11}), "from 1 to 10, not `11`"),
        ("checkbox", json!({"icon": "check", "color": "redLight2"}), "options.color must be one of"),
        ("duration", json!({"durationFormat": "mm:ss"}), "not `mm:ss`"),
        ("date", json!({"dateFormat": {"name": "uk"}}), "options.dateFormat.name must be one of `local`"),
        ("date", json!({"dateFormat": {"name": "iso", "format": "L"}}), "`YYYY-MM-DD`, the format of `iso`, not `L`"),
        ("dateTime", with_zone, "options.timeZone must be `utc`, `client` or an IANA time zone"),
        ("multipleRecordLinks", json!({"linkedTableId": "recAAAAAAAAAAAAAA"}), "the id of a table"),
        (
            "multipleRecordLinks",
            json!({"linkedTableId": "tblAAAAAAAAAAAAAA", "viewIdForRecordSelection": 5}),
            "the id or the name of a view",
        ),
        ("formula", json!({"formula": " "}), "the formula's text"),
        (
            "lastModifiedTime",
            json!({"referencedFieldIds": "Name"}),
            "referencedFieldIds must be a list of at most 1000",
        ),
        ("lastModifiedTime", json!({"referencedFieldIds": [5]}), "ids or names of fields of this table"),
        ("lastModifiedTime", json!({"referencedFieldIds": vec!["Name"; 1_001]}), "a list of at most 1000"),
        ("lastModifiedBy", json!({"watched": []}), "there are `isValid`, `error`, `referencedFieldIds`"),
        ("createdTime", json!({"result": {"type": "number"}}), "options.result.type must be one of `date`, `dateTime`"),
    ] {
        let message = refused(name, Some(&options));
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn wrong_choices_are_told_with_their_place() {
    for (choices, expected) in [
        (json!("A, B"), "options.choices must be a list"),
        (json!(["A"]), "options.choices[0] must be an object"),
        (json!([{"name": "A"}, {"name": "A"}]), "names `A` twice"),
        (json!([{"name": "  "}]), "choices[0].name must be a text of 1 to 1000"),
        (json!([{"name": "A\u{0}"}]), "without U+0000"),
        (json!([{"name": "A"}, {"name": "B", "color": "blue"}]), "choices[1].color must be one of `blueLight2`"),
        (json!([{"name": "A", "id": "x"}]), "choices[0].id must be"),
        (json!(vec![json!({}); 10_001]), "a list of at most 10000 choices, not `10001`"),
    ] {
        let message = refused("singleSelect", Some(&json!({ "choices": choices })));
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn new_choices_take_numbers_and_colours_in_turn() {
    let FieldKind::MultipleSelects(mut select) = multi(&["A", "B"]) else { unreachable!() };
    assert_eq!(add_choice(&mut select, "C", ids()()), 3);
    let all: Vec<_> = select.choices.iter().map(|c| (c.no, c.name.as_str(), c.color.as_deref().unwrap())).collect();
    assert_eq!(all, [(1, "A", "blueLight2"), (2, "B", "cyanLight2"), (3, "C", "tealLight2")]);
    assert_eq!(select.next, 4);
}

#[test]
fn choices_keep_their_number_by_id_or_name() {
    let old = multi(&["A", "B", "C"]);
    let id_of = |no| old.select().unwrap().by_no(no).unwrap().id.to_string();
    let update = |choices: Value| {
        let mut ids = || "selZZZZZZZZZZZZZZ".parse().unwrap();
        let given = json!({ "choices": choices });
        match by_name("multipleSelects").unwrap().read_options(Some(&given), Some(&old), &mut ids) {
            Ok(OptionsIn::Kind(kind)) => {
                let select = kind.select().unwrap().clone();
                let named = |list: &[Choice]| list.iter().map(|c| (c.no, c.name.clone())).collect::<Vec<_>>();
                Ok((named(&select.choices), select.next, named(&select.removed)))
            }
            other => Err(other.unwrap_err().to_string()),
        }
    };
    let named = |pairs: &[(u32, &str)]| pairs.iter().map(|(no, name)| (*no, (*name).to_owned())).collect::<Vec<_>>();
    // Renamed and moved, one dropped, one new: the dropped number is not used again.
    let given = json!([{"id": id_of(2), "name": "B2"}, {"name": "New"}, {"name": "A", "color": "redDark1"}]);
    assert_eq!(update(given), Ok((named(&[(2, "B2"), (4, "New"), (1, "A")]), 5, named(&[(3, "C")]))));
    // Two names change places.
    let given = json!([{"id": id_of(1), "name": "B"}, {"id": id_of(2), "name": "A"}, {"id": id_of(3)}]);
    assert_eq!(update(given), Ok((named(&[(1, "B"), (2, "A"), (3, "C")]), 4, Vec::new())));
    let unknown = update(json!([{"id": "selYYYYYYYYYYYYYY", "name": "A"}])).unwrap_err();
    assert!(unknown.contains("no choice `selYYYYYYYYYYYYYY`"), "{unknown}");
}

#[test]
fn links_take_what_the_schema_needs() {
    let given = json!({"linkedTableId": "tblAAAAAAAAAAAAAA", "inverseName": "Back", "isReversed": false});
    let read = by_name("multipleRecordLinks").unwrap().read_options(Some(&given), None, &mut ids()).unwrap();
    let OptionsIn::Link { linked_table, prefers_single, inverse_name, .. } = read else { panic!("{read:?}") };
    assert_eq!(linked_table.to_string(), "tblAAAAAAAAAAAAAA");
    assert_eq!((prefers_single, inverse_name.as_deref()), (false, Some("Back")));
}
