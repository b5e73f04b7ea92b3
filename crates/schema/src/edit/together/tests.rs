use clock::Ids;
use model::Timestamp;
use serde_json::{Value, json};

use super::super::{Draft, NewTable};
use crate::error::Error;
use crate::fixture::empty;
use crate::wire::table_out;

/// What is made of tables, as it is told.
fn made(tables: &Value) -> Result<Value, Error> {
    let ids = Ids::seeded(1);
    let mut draft = Draft::new(empty(), (1, 1), &ids, Timestamp(0));
    let new: Vec<NewTable> = serde_json::from_value(tables.clone()).unwrap();
    let made = draft.add_tables(&new);
    made.map_err(|error| draft.placed(error))?;
    Ok(draft.schema.live_tables().map(|table| json!(table_out(&draft.schema, table, false))).collect())
}

fn text(name: &str) -> Value {
    json!({ "name": name, "type": "singleLineText" })
}

fn formula(name: &str, text: &str) -> Value {
    json!({ "name": name, "type": "formula", "options": { "formula": text } })
}

fn link((id, name): (&str, &str), to: &str, more: Value) -> Value {
    let mut link = json!({ "id": id, "name": name, "type": "multipleRecordLinks", "options": more });
    link["options"]["linkedTableId"] = json!(to);
    link
}

const A: &str = "tblA0000000000001";
const B: &str = "tblB0000000000001";

/// Two tables with these fields beside their first ones.
fn two(a: &[Value], b: &[Value]) -> Value {
    let fields = |own: &[Value]| [&[text("Name")], own].concat();
    json!([{ "id": A, "name": "A", "fields": fields(a) }, { "id": B, "name": "B", "fields": fields(b) }])
}

fn names(table: &Value) -> Vec<&str> {
    table["fields"].as_array().unwrap().iter().map(|field| field["name"].as_str().unwrap()).collect()
}

#[test]
fn fields_stand_as_given_and_are_made_after_what_they_need() {
    let through = json!({ "recordLinkFieldId": "Things", "fieldIdInLinkedTable": "four" });
    let a = [
        formula("Four", "{two} * 2"),
        formula("Two", "One + 1"),
        json!({ "name": "Asked", "type": "aiText", "options": { "prompt": ["about ", { "field": { "fieldId": "Two" } }] } }),
        json!({ "name": "Watched", "type": "lastModifiedTime", "options": { "referencedFieldIds": ["One"] } }),
        json!({ "name": "Press", "type": "button", "options": { "label": "x", "formula": "'http://' & {Count}" } }),
        json!({ "name": "Count", "type": "count", "options": { "recordLinkFieldId": "Others" } }),
        json!({ "name": "One", "type": "number", "options": { "precision": 0 } }),
        link(("fldOthers00000001", "Others"), B, json!({ "inverseName": "Things" })),
    ];
    let b = [json!({ "name": "All", "type": "multipleLookupValues", "options": through })];
    let all = made(&two(&a, &b));
    let told = all.as_ref().map_err(ToString::to_string);
    assert_eq!(
        told.clone().err().unwrap_or_default(),
        "/tables/1/fields/1: invalid options for `All`: `fieldIdInLinkedTable` names a field of the linked table `A`, and `four` does not exist there"
    );
    let b = [json!({ "name": "All", "type": "multipleLookupValues", "options": {
        "recordLinkFieldId": "Things", "fieldIdInLinkedTable": "Four" } })];
    let all = made(&two(&a, &b)).unwrap();
    assert_eq!(names(&all[0]), ["Name", "Four", "Two", "Asked", "Watched", "Press", "Count", "One", "Others"]);
    assert_eq!(names(&all[1]), ["Name", "All", "Things"]);
    assert_eq!(all[1]["fields"][1]["options"]["result"]["type"], "number");
}

#[test]
fn the_sides_of_a_link_are_made_as_one_when_both_are_given() {
    let (forth, back) = ("fldForth000000001", "fldBack0000000001");
    let sides = [json!({ "inverseLinkFieldId": back }), json!({ "inverseLinkFieldId": forth })];
    let reversed = |options: &Value, is: bool, single: bool| {
        let mut options = options.clone();
        (options["isReversed"], options["prefersSingleRecordLink"]) = (json!(is), json!(single));
        options
    };
    for (one, other) in [
        (sides[0].clone(), sides[1].clone()),
        (sides[0].clone(), json!({})),
        (json!({}), sides[1].clone()),
        (reversed(&sides[0], false, true), reversed(&sides[1], true, false)),
        (reversed(&sides[0], true, false), reversed(&sides[1], false, true)),
    ] {
        let (a, b) = ([link((forth, "B"), B, one.clone())], [link((back, "A"), A, other.clone())]);
        let all = made(&two(&a, &b)).unwrap();
        assert_eq!((names(&all[0]), names(&all[1])), (vec!["Name", "B"], vec!["Name", "A"]));
        let [one_made, other_made] = [0, 1].map(|table: usize| &all[table]["fields"][1]);
        assert_eq!((&one_made["options"]["inverseLinkFieldId"], &one_made["id"]), (&json!(back), &json!(forth)));
        assert_eq!((&other_made["options"]["inverseLinkFieldId"], &other_made["id"]), (&json!(forth), &json!(back)));
        assert_ne!(one_made["options"]["isReversed"], other_made["options"]["isReversed"]);
        for (given, made) in [(&one, one_made), (&other, other_made)] {
            for key in ["isReversed", "prefersSingleRecordLink"] {
                assert!(given.get(key).is_none_or(|given| *given == made["options"][key]), "{key}: {made}");
            }
        }
    }
}

#[test]
fn other_sides_that_are_not_given_take_no_name_that_is() {
    let a = [link(("fldForth000000001", "Link"), B, json!({ "inverseLinkFieldId": "fldBack0000000001" }))];
    let all = made(&two(&a, &[text("A"), text("a 2")])).unwrap();
    assert_eq!(names(&all[1]), ["Name", "A", "a 2", "A 3"]);
    assert_eq!(all[1]["fields"][3]["id"], "fldBack0000000001");
}

#[test]
fn what_cannot_be_made_is_named_with_its_place() {
    let (forth, back) = ("fldForth000000001", "fldBack0000000001");
    let named = |inverse: &str| json!({ "inverseLinkFieldId": inverse });
    let seen = |name: &str, link: &str, at: &str| {
        let options = json!({ "recordLinkFieldId": link, "fieldIdInLinkedTable": at });
        json!({ "name": name, "type": "multipleLookupValues", "options": options })
    };
    for (a, b, said) in [
        (
            vec![formula("F", "{G}"), formula("G", "{H}"), formula("H", "{G}")],
            vec![],
            "/tables/0/fields/2: field `G` would need itself: G → H → G",
        ),
        (
            vec![link((forth, "L"), B, json!({ "inverseName": "M" })), seen("Seen", "L", "X")],
            vec![seen("X", "M", "Seen")],
            "/tables/0/fields/2: field `Seen` would need itself: Seen → X of `B` → Seen",
        ),
        (vec![formula("F", "{F} + 1")], vec![], "/tables/0/fields/1: field `F` would need itself: F → F"),
        (vec![], vec![formula("F", "{Nope}")], "/tables/1/fields/1: invalid formula in `F`"),
        (vec![text("x"), text("X")], vec![], "/tables/0/fields/2: a field named `X` exists already"),
        (
            vec![link((forth, "L"), B, named(back)), link(("fldOther000000001", "M"), B, named(back))],
            vec![link((back, "N"), A, named(forth))],
            "/tables/0/fields/2: the id `fldBack0000000001` is in use already",
        ),
        (vec![link((forth, "L"), B, named(forth))], vec![], "/tables/0/fields/1: the id `fldForth000000001` is in use"),
        (
            vec![link((forth, "L"), B, named(forth))],
            vec![link((forth, "N"), A, named(forth))],
            "/tables/0/fields/1: the id `fldForth000000001` is in use",
        ),
    ] {
        let error = made(&two(&a, &b)).unwrap_err().to_string();
        assert!(error.starts_with(said), "{error} should begin with {said}");
    }
}

#[test]
fn any_field_that_can_be_is_the_primary_one() {
    let (id, email) = ("fldMail0000000001", json!({ "id": "fldMail0000000001", "name": "Mail", "type": "email" }));
    let check = json!({ "name": "Done", "type": "checkbox", "options": { "icon": "check", "color": "redBright" } });
    let table = |primary: &str| json!([{ "name": "T", "primaryFieldId": primary, "fields": [check, email] }]);
    for primary in [id, "Mail"] {
        let all = made(&table(primary)).unwrap();
        assert_eq!((&all[0]["primaryFieldId"], names(&all[0])), (&json!(id), vec!["Done", "Mail"]));
    }
    for (primary, said) in [("Done", "of type `checkbox` cannot be the first"), ("Nope", "not `Nope`")] {
        let error = made(&table(primary)).unwrap_err().to_string();
        assert!(error.starts_with("/tables/0: ") && error.contains(said), "{error}");
    }
}
