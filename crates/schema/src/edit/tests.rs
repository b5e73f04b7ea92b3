use std::collections::BTreeSet;

use model::FormulaType;
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::fixture::empty;
use crate::needs::needs;

fn field(value: Value) -> NewField {
    serde_json::from_value(value).unwrap()
}

fn text(name: &str) -> NewField {
    field(json!({ "name": name, "type": "singleLineText" }))
}

fn formula_field(name: &str, formula: &str) -> NewField {
    field(json!({ "name": name, "type": "formula", "options": { "formula": formula } }))
}

fn table(name: &str, fields: Vec<NewField>) -> NewTable {
    NewTable { id: None, name: name.to_owned(), description: None, fields, primary_field_id: None, views: None }
}

/// A draft with tables `A` (Name, Points, Double) and `B` (Title).
fn draft(ids: &Ids) -> Draft<'_> {
    let mut draft = Draft::new(empty(), (1, 1), ids, Timestamp(0));
    let points = field(json!({ "name": "Points", "type": "number", "options": { "precision": 0 } }));
    let fields = vec![text("Name"), points, formula_field("Double", "{Points} * 2")];
    draft.add_tables(&[table("A", fields), table("B", vec![text("Title")])]).unwrap();
    draft
}

fn link(name: &str, to: TableId, inverse: Option<&str>) -> NewField {
    let mut options = json!({ "linkedTableId": to });
    if let Some(inverse) = inverse {
        options["inverseName"] = json!(inverse);
    }
    field(json!({ "name": name, "type": "multipleRecordLinks", "options": options }))
}

fn names(draft: &Draft<'_>, table: usize) -> Vec<String> {
    draft.schema.tables[table].fields.iter().map(|field| field.name.clone()).collect()
}

#[test]
fn new_tables_get_numbers_a_primary_field_and_a_view() {
    let ids = Ids::seeded(1);
    let draft = draft(&ids);
    let numbers: Vec<u32> = draft.schema.tables.iter().map(|table| table.no.0).collect();
    assert_eq!(numbers, [1, 2]);
    let fields: Vec<u32> = draft.schema.tables.iter().flat_map(|table| table.fields.iter().map(|f| f.no.0)).collect();
    assert_eq!(fields, [1, 2, 3, 4], "numbers are of the base, not of the table");
    for table in &draft.schema.tables {
        assert_eq!(table.primary, table.fields[0].id);
        assert_eq!(table.views[0].name, "Grid view");
    }
    assert_eq!(draft.changes().filter(|(before, _)| before.is_none()).count(), 2);
}

#[test]
fn names_of_tables_are_tidied_and_unique() {
    let ids = Ids::seeded(1);
    let long = "x".repeat(256);
    for (name, fits) in [
        ("C", true),
        (" C ", true),
        ("a", false),
        ("A ", false),
        ("", false),
        ("  ", false),
        ("n\0l", false),
        (&long, false),
        (&long[..255], true),
    ] {
        let mut draft = draft(&ids);
        let made = draft.add_tables(&[table(name, vec![text("x")])]);
        assert_eq!(made.is_ok(), fits, "{name}");
        if fits {
            assert_eq!(draft.schema.tables[2].name, name.trim());
        } else {
            let unseen = name.contains('\0') || name.len() > 255;
            assert!(matches!(made, Err(Error::Invalid { .. })) == unseen, "{name}");
            assert!(matches!(made, Err(Error::TableName { .. })) != unseen, "{name}");
        }
    }
    let mut draft = draft(&ids);
    let no = TableNo(1);
    draft.rename_table(no, Some("a"), None).unwrap();
    assert!(matches!(draft.rename_table(no, Some("b"), None), Err(Error::TableName { .. })));
    draft.rename_table(no, None, Some("described")).unwrap();
    assert_eq!(draft.schema.tables[0].description.as_deref(), Some("described"));
    draft.rename_table(no, None, Some("")).unwrap();
    assert_eq!(draft.schema.tables[0].description, None);
}

#[test]
fn names_of_fields_are_tidied_and_unique_in_their_table() {
    let ids = Ids::seeded(1);
    let long = "é".repeat(256);
    for (name, fits) in [
        ("More", true),
        (" More", true),
        ("Title", true),
        ("name", false),
        ("POINTS", false),
        ("", false),
        ("a\0", false),
        ("a\u{202E}b", false),
        ("two\nlines", false),
        (&long, false),
    ] {
        let mut draft = draft(&ids);
        let made = draft.add_field(TableNo(1), &text(name));
        assert_eq!(made.is_ok(), fits, "{name}");
        let unseen = name.contains(['\0', '\n', '\u{202E}']) || name.len() > 255;
        assert!(fits || unseen == matches!(made, Err(Error::Invalid { .. })), "{name}");
        assert!(fits || unseen != matches!(made, Err(Error::FieldName { .. })), "{name}");
    }
}

#[test]
fn names_of_old_in_another_form_are_found_in_both() {
    let ids = Ids::seeded(1);
    let mut draft = draft(&ids);
    let (composed, apart) = ("\u{C9}tat", "E\u{301}tat");
    let mut old = (*draft.schema.tables[0]).clone();
    old.name = apart.to_owned();
    old.views[0].name = apart.to_owned();
    Arc::make_mut(&mut old.fields[1]).name = apart.to_owned();
    let id = old.fields[1].id;
    draft.schema.tables[0] = Arc::new(old);
    for name in [composed, apart] {
        let table = draft.schema.table(name).unwrap();
        assert_eq!((table.field_exact(name).unwrap().id, table.field(&name.to_lowercase()).unwrap().id), (id, id));
        assert_eq!(table.field_exact(&name.to_lowercase()).map(|field| field.id), None);
        assert_eq!(table.view(name).unwrap().id, table.views[0].id);
        assert!(matches!(draft.add_field(TableNo(1), &text(name)), Err(Error::FieldName { .. })), "{name}");
    }
    // Where both were made once, each is found as it is written.
    let mut both = (*draft.schema.tables[0]).clone();
    Arc::make_mut(&mut both.fields[0]).name = composed.to_owned();
    assert_eq!((both.field(apart).unwrap().id, both.field(composed).unwrap().id), (id, both.fields[0].id));
}

#[test]
fn a_table_needs_a_field_that_can_be_primary() {
    let ids = Ids::seeded(1);
    let mut draft = draft(&ids);
    assert!(matches!(draft.add_tables(&[table("C", vec![])]), Err(Error::Invalid { .. })));
    let check = field(json!({ "name": "x", "type": "checkbox", "options": { "icon": "check", "color": "redBright" } }));
    let made = draft.add_tables(&[table("D", vec![check])]);
    assert!(matches!(made, Err(Error::Primary { field_type: "checkbox" })));
}

#[test]
fn unknown_types_are_answered_with_those_there_are() {
    let ids = Ids::seeded(1);
    let mut draft = draft(&ids);
    let made = draft.add_field(TableNo(1), &field(json!({ "name": "x", "type": "colour" })));
    let Err(Error::FieldType { name, known }) = made else { unreachable!() };
    assert_eq!(name, "colour");
    assert!(known.contains("singleLineText") && known.contains("formula"), "{known}");
    let made = draft.add_field(TableNo(1), &field(json!({ "name": "x", "type": "number" })));
    assert!(matches!(made, Err(Error::Options { ref field, .. }) if field == "x"));
}

#[test]
fn a_link_has_two_sides_that_know_each_other() {
    let ids = Ids::seeded(1);
    // The wanted name of the other side; the one it gets.
    for (wanted, got) in [(None, "A"), (Some("Parts"), "Parts"), (Some("A"), "A")] {
        let mut draft = draft(&ids);
        let to = draft.schema.tables[1].id;
        let id = draft.add_field(TableNo(1), &link("To B", to, wanted)).unwrap();
        assert_eq!(names(&draft, 1), ["Title", got]);
        let forward = draft.schema.tables[0].field_by_id(id).unwrap();
        let back = &draft.schema.tables[1].fields[1];
        let (forward_link, back_link) = (forward.kind.link().unwrap(), back.kind.link().unwrap());
        assert_eq!((forward_link.inverse, back_link.inverse), (Some(back.id), Some(id)));
        assert_eq!((forward_link.relation, back_link.relation), (forward.no, forward.no));
        assert_eq!((forward_link.reversed, back_link.reversed), (false, true));
        assert_eq!(back_link.linked_table_no, TableNo(1));
        assert_eq!(draft.touched.len(), 2);
    }
}

#[test]
fn a_name_for_the_other_side_that_a_field_there_has_is_refused() {
    let ids = Ids::seeded(1);
    let mut draft = draft(&ids);
    let (own, to) = (draft.schema.tables[0].id, draft.schema.tables[1].id);
    for wanted in ["Title", " title "] {
        let refused = draft.add_field(TableNo(1), &link("To B", to, Some(wanted)));
        assert!(matches!(refused, Err(Error::Options { reason, .. }) if reason.contains("the field `Title` (fld")));
    }
    assert_eq!((names(&draft, 0).len(), names(&draft, 1).len()), (3, 1));
    // A link to its own table has no other side that could be called so.
    draft.add_field(TableNo(1), &link("Parent", own, Some("Points"))).unwrap();
}

#[test]
fn a_second_link_between_the_tables_gets_a_free_name() {
    let ids = Ids::seeded(1);
    let mut draft = draft(&ids);
    let to = draft.schema.tables[1].id;
    for name in ["x", "y", "z"] {
        draft.add_field(TableNo(1), &link(name, to, None)).unwrap();
    }
    assert_eq!(names(&draft, 1), ["Title", "A", "A 2", "A 3"]);
}

#[test]
fn a_link_to_its_own_table_has_one_side_and_one_to_nowhere_is_refused() {
    let ids = Ids::seeded(1);
    let mut draft = draft(&ids);
    let own = draft.schema.tables[0].id;
    draft.add_field(TableNo(1), &link("Parent", own, None)).unwrap();
    assert_eq!(names(&draft, 0), ["Name", "Points", "Double", "Parent"]);
    assert_eq!(draft.schema.tables[0].fields[3].kind.link().unwrap().inverse, None);
    let nowhere: TableId = "tbl00000000000000".parse().unwrap();
    assert!(matches!(draft.add_field(TableNo(1), &link("x", nowhere, None)), Err(Error::Options { .. })));
}

#[test]
fn a_link_keeps_its_table_but_may_prefer_a_single_record() {
    let ids = Ids::seeded(1);
    let mut draft = draft(&ids);
    let (own, to) = (draft.schema.tables[0].id, draft.schema.tables[1].id);
    let id = draft.add_field(TableNo(1), &link("To B", to, None)).unwrap();
    let single = json!({ "linkedTableId": to, "prefersSingleRecordLink": true });
    draft.update_field(TableNo(1), id, None, None, Some(&single)).unwrap();
    assert!(draft.schema.tables[0].field_by_id(id).unwrap().kind.link().unwrap().prefers_single);
    let moved = json!({ "linkedTableId": own });
    let refused = draft.update_field(TableNo(1), id, None, None, Some(&moved));
    assert!(matches!(refused, Err(Error::Options { .. })));
}

#[test]
fn numbers_are_reserved_for_both_sides_of_links() {
    let to: TableId = "tbl00000000000000".parse().unwrap();
    let cases: [(Vec<NewField>, u32); 4] = [
        (vec![], 0),
        (vec![text("a")], 1),
        (vec![link("l", to, None)], 2),
        (vec![text("a"), link("l", to, None), formula_field("f", "1")], 4),
    ];
    for (fields, needed) in cases {
        assert_eq!(numbers_needed(&fields), needed, "{fields:?}");
    }
}

#[test]
fn a_formula_is_kept_with_ids_and_survives_renaming() {
    let ids = Ids::seeded(1);
    let mut draft = draft(&ids);
    let points = draft.schema.tables[0].fields[1].id;
    let FieldKind::Formula(before) = draft.schema.tables[0].fields[2].kind.clone() else { unreachable!() };
    assert!(before.formula.contains(&points.to_string()), "{}", before.formula);
    assert_eq!(before.references, [points]);
    draft.update_field(TableNo(1), points, Some("Score"), None, None).unwrap();
    let FieldKind::Formula(after) = &draft.schema.tables[0].fields[2].kind else { unreachable!() };
    assert_eq!(*after, before);
}

#[test]
fn formulas_that_cannot_be_used_say_why() {
    let ids = Ids::seeded(1);
    for (formula, part) in [("{Nope} + 1", "Nope"), ("1 +", ""), ("NOSUCH(1)", "NOSUCH"), ("{Points", "")] {
        let mut draft = draft(&ids);
        let made = draft.add_field(TableNo(1), &formula_field("F", formula));
        let Err(Error::Formula { field, reason }) = made else { unreachable!("{formula}: {made:?}") };
        assert!(
            field == "F" && reason.to_lowercase().contains(&part.to_lowercase()) && !reason.is_empty(),
            "{formula}: {reason}"
        );
    }
}

#[test]
fn a_circle_of_formulas_is_refused_with_the_way_around() {
    let ids = Ids::seeded(1);
    let mut draft = draft(&ids);
    let double = draft.schema.tables[0].fields[2].id;
    draft.add_field(TableNo(1), &formula_field("Four", "{Double} * 2")).unwrap();
    draft.add_field(TableNo(1), &formula_field("Eight", "{Four} * 2")).unwrap();
    for (formula, path) in [("{Double}", "Double → Double"), ("{Eight} + {Points}", "Double → Eight → Four → Double")]
    {
        let options = json!({ "formula": formula });
        let refused = draft.update_field(TableNo(1), double, None, None, Some(&options));
        assert!(matches!(&refused, Err(Error::Cycle { path: told, .. }) if told == path), "{refused:?}");
    }
    // Of a long way the middle is left out.
    draft.add_field(TableNo(1), &formula_field("F1", "{Double}")).unwrap();
    for at in 2..12 {
        draft.add_field(TableNo(1), &formula_field(&format!("F{at}"), &format!("{{F{}}}", at - 1))).unwrap();
    }
    let refused = draft.update_field(TableNo(1), double, None, None, Some(&json!({ "formula": "{F11}" })));
    let path = "Double → F11 → F10 → F9 → F8 → (3 more) → F4 → F3 → F2 → F1 → Double";
    assert!(matches!(&refused, Err(Error::Cycle { path: told, .. }) if told == path), "{refused:?}");
    draft.update_field(TableNo(1), double, None, None, Some(&json!({ "formula": "{Points} * 3" }))).unwrap();
}

fn looking(name: &str, through: &str, at: &str, formula: Option<&str>) -> NewField {
    let kind = if formula.is_some() { "rollup" } else { "multipleLookupValues" };
    let mut options = json!({ "recordLinkFieldId": through, "fieldIdInLinkedTable": at });
    if let Some(formula) = formula {
        options["formula"] = json!(formula);
    }
    field(json!({ "name": name, "type": kind, "options": options }))
}

/// A draft in which `A` is linked to `B` (`Home`, and `Things` back).
fn linked(ids: &Ids) -> Draft<'_> {
    let mut draft = draft(ids);
    let other = draft.schema.tables[1].id;
    draft.add_field(TableNo(1), &link("Home", other, Some("Things"))).unwrap();
    draft
}

#[test]
fn a_circle_through_links_is_refused_with_the_way_around() {
    let ids = Ids::seeded(1);
    let mut draft = linked(&ids);
    draft.add_field(TableNo(2), &looking("Total", "Things", "Double", Some("SUM(values)"))).unwrap();
    draft.add_field(TableNo(1), &looking("Of home", "Home", "Total", None)).unwrap();
    let double = draft.schema.tables[0].fields[2].id;
    let refused = |draft: &mut Draft<'_>, id, formula: &str| {
        let told = draft.update_field(TableNo(1), id, None, None, Some(&json!({ "formula": formula })));
        let Err(Error::Cycle { path, .. }) = told else { panic!("{told:?}") };
        path
    };
    assert_eq!(refused(&mut draft, double, "SUM({Of home})"), "Double → Of home → Total of `B` → Double");
    // A link shows the names of its records.
    draft.add_field(TableNo(2), &formula_field("Named", "{Things} & '!'")).unwrap();
    draft.add_tables(&[table("C", vec![formula_field("Title", "1")])]).unwrap();
    let third = draft.schema.tables[2].id;
    draft.add_field(TableNo(1), &link("Third", third, Some("Back"))).unwrap();
    draft.add_field(TableNo(1), &formula_field("Seen", "{Third}")).unwrap();
    let title = draft.schema.tables[2].primary;
    draft.add_field(TableNo(3), &looking("Looked", "Back", "Seen", None)).unwrap();
    let told = draft.update_field(TableNo(3), title, None, None, Some(&json!({ "formula": "{Looked} & 1" })));
    assert!(
        matches!(&told, Err(Error::Cycle { path, .. }) if path == "Title → Looked → Seen of `A` → Title"),
        "{told:?}"
    );
}

#[test]
fn a_field_that_looks_through_a_link_follows_the_type_of_what_it_looks_at() {
    let ids = Ids::seeded(1);
    let mut draft = linked(&ids);
    let double = draft.schema.tables[0].fields[2].id;
    draft.add_field(TableNo(2), &looking("Doubles", "Things", "Double", None)).unwrap();
    draft.add_field(TableNo(2), &looking("Each once", "Things", "Double", Some("ARRAYUNIQUE(values)"))).unwrap();
    draft.add_field(TableNo(2), &formula_field("Sum", "SUM({Doubles})")).unwrap();
    let result = |draft: &Draft<'_>| {
        let kinds = draft.schema.tables[1].fields.iter().map(|field| field.kind.clone());
        let found: Vec<FormulaType> = kinds
            .filter_map(|kind| match kind {
                FieldKind::MultipleLookupValues(lookup) => Some(fields::item_type(&lookup.result)),
                FieldKind::Rollup(rollup) if rollup.list => Some(rollup.result),
                _ => None,
            })
            .collect();
        found
    };
    assert_eq!(result(&draft), [FormulaType::Number; 2]);
    draft.update_field(TableNo(1), double, None, None, Some(&json!({ "formula": "'a'" }))).unwrap();
    assert_eq!(result(&draft), [FormulaType::Text; 2]);
}

#[test]
fn looking_through_what_is_not_there_says_what_would_be_right() {
    let ids = Ids::seeded(1);
    let mut draft = linked(&ids);
    for (made, words) in [
        (looking("L", "Name", "Title", None), "`Name` is of type `singleLineText`"),
        (looking("L", "Nowhere", "Title", None), "`Nowhere` does not exist in this table"),
        (looking("L", "Home", "Points", None), "field of the linked table `B`, and `Points` does not exist there"),
        (looking("L", "Home", "Title", Some("SUM({Title})")), "Unknown field names: title"),
        (looking("L", "Home", "Title", Some("SUMM(values)")), "did you mean SUM?"),
        (looking("L", "Home", "Title", Some(" ")), "a formula over `values`"),
    ] {
        let told = draft.add_field(TableNo(1), &made).unwrap_err().to_string();
        assert!(told.contains(words), "{told}");
    }
}

#[test]
fn a_formula_that_becomes_a_text_takes_along_those_over_it() {
    let ids = Ids::seeded(1);
    let mut draft = draft(&ids);
    let double = draft.schema.tables[0].fields[2].id;
    draft.add_field(TableNo(1), &formula_field("Same", "{Double}")).unwrap();
    draft.add_field(TableNo(1), &formula_field("Again", "{Same}")).unwrap();
    let results = |draft: &Draft<'_>| -> Vec<FormulaType> {
        let kinds = draft.schema.tables[0].fields.iter().map(|field| field.kind.clone());
        kinds
            .filter_map(|kind| if let FieldKind::Formula(formula) = kind { Some(formula.result) } else { None })
            .collect()
    };
    assert_eq!(results(&draft), [FormulaType::Number; 3]);
    draft.update_field(TableNo(1), double, None, None, Some(&json!({ "formula": "{Name} & '!'" }))).unwrap();
    assert_eq!(results(&draft), [FormulaType::Text; 3]);
}

#[test]
fn choices_keep_their_numbers_when_options_change() {
    let ids = Ids::seeded(1);
    let mut draft = draft(&ids);
    let select =
        json!({ "name": "S", "type": "singleSelect", "options": { "choices": [{ "name": "a" }, { "name": "b" }] } });
    let id = draft.add_field(TableNo(1), &field(select)).unwrap();
    let choices = |draft: &Draft<'_>| -> Vec<(String, u32)> {
        let kind = &draft.schema.tables[0].field_by_id(id).unwrap().kind;
        kind.select().unwrap().choices.iter().map(|choice| (choice.name.clone(), choice.no)).collect()
    };
    let b = draft.schema.tables[0].field_by_id(id).unwrap().kind.select().unwrap().choices[1].id;
    let options = json!({ "choices": [{ "name": "new" }, { "id": b, "name": "renamed" }, { "name": "a" }] });
    draft.update_field(TableNo(1), id, None, None, Some(&options)).unwrap();
    let told = |name: &str, no| (name.to_owned(), no);
    assert_eq!(choices(&draft), [told("new", 3), told("renamed", 2), told("a", 1)]);
}

#[test]
fn bounds_of_tables_and_fields_hold() {
    let ids = Ids::seeded(1);
    let mut draft = Draft::new(empty(), (1, 1), &ids, Timestamp(0));
    let many: Vec<NewTable> = (0..=TABLES).map(|n| table(&format!("t{n}"), vec![text("x")])).collect();
    assert!(matches!(draft.add_tables(&many), Err(Error::TooMany { bound: TABLES, .. })));
    draft.add_tables(&[table("wide", (0..FIELDS).map(|n| text(&format!("f{n}"))).collect())]).unwrap();
    assert!(matches!(draft.add_field(TableNo(1), &text("more")), Err(Error::TooMany { bound: FIELDS, .. })));
}

#[test]
fn a_reference_is_found_by_id_by_name_and_without_regard_to_case() {
    let ids = Ids::seeded(1);
    let draft = draft(&ids);
    let table = &draft.schema.tables[0];
    let points = &table.fields[1];
    for name in [points.id.to_string().as_str(), "Points", "points"] {
        assert_eq!(reference(table, name).map(|reference| reference.no), Some(points.no), "{name}");
    }
    assert!(reference(table, "Title").is_none());
}

/// What somebody does to a schema.
#[derive(Debug, Clone)]
enum Edit {
    Table(u8),
    Text { table: u8, name: u8 },
    Link { table: u8, to: u8, name: u8 },
    Formula { table: u8, name: u8, of: u8, text: bool },
    Look { table: u8, name: u8, link: u8, at: u8, rollup: bool },
    Rename { table: u8, field: u8, name: u8 },
    Reformulate { table: u8, field: u8, of: u8 },
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let (a, b, c) = (any::<u8>(), 0..12u8, any::<u8>());
    let edit = prop_oneof![
        1 => (0..12u8).prop_map(Edit::Table),
        3 => (a, b.clone()).prop_map(|(table, name)| Edit::Text { table, name }),
        2 => (a, c, b.clone()).prop_map(|(table, to, name)| Edit::Link { table, to, name }),
        3 => (a, b.clone(), c, any::<bool>())
            .prop_map(|(table, name, of, text)| Edit::Formula { table, name, of, text }),
        3 => (a, b.clone(), c, c, any::<bool>())
            .prop_map(|(table, name, link, at, rollup)| Edit::Look { table, name, link, at, rollup }),
        2 => (a, c, b.clone()).prop_map(|(table, field, name)| Edit::Rename { table, field, name }),
        2 => (a, c, c).prop_map(|(table, field, of)| Edit::Reformulate { table, field, of }),
    ];
    prop::collection::vec(edit, 1..40)
}

fn carry_out(draft: &mut Draft<'_>, edit: &Edit) -> Result<(), Error> {
    let table = |at: u8| draft.schema.tables[at as usize % draft.schema.tables.len()].clone();
    let field = |table: &Table, at: u8| table.fields[at as usize % table.fields.len()].clone();
    match edit {
        Edit::Table(name) => draft.add_tables(&[self::table(&format!("T{name}"), vec![text("Name")])]).map(drop),
        Edit::Text { table: at, name } => draft.add_field(table(*at).no, &text(&format!("F{name}"))).map(drop),
        Edit::Link { table: at, to, name } => {
            draft.add_field(table(*at).no, &link(&format!("F{name}"), table(*to).id, None)).map(drop)
        }
        Edit::Formula { table: at, name, of, text } => {
            let table = table(*at);
            let formula = format!("{{{}}}{}", field(&table, *of).name, if *text { " & '!'" } else { "" });
            draft.add_field(table.no, &formula_field(&format!("F{name}"), &formula)).map(drop)
        }
        Edit::Look { table: at, name, link, at: looked, rollup } => {
            let table = table(*at);
            let links: Vec<_> = table.fields.iter().filter_map(|field| Some((field.id, field.kind.link()?))).collect();
            let Some((link, options)) = links.get(*link as usize % links.len().max(1)) else { return Ok(()) };
            let other = draft.schema.table_by_no(options.linked_table_no).unwrap();
            let (through, at) = (link.to_string(), field(other, *looked).id.to_string());
            let made = looking(&format!("F{name}"), &through, &at, rollup.then_some("ARRAYUNIQUE(values)"));
            draft.add_field(table.no, &made).map(drop)
        }
        Edit::Rename { table: at, field: of, name } => {
            let table = table(*at);
            draft.update_field(table.no, field(&table, *of).id, Some(&format!("F{name}")), None, None)
        }
        Edit::Reformulate { table: at, field: own, of } => {
            let table = table(*at);
            let options = json!({ "formula": format!("{{{}}}", field(&table, *of).id) });
            let own = field(&table, *own);
            if !own.kind.is_derived() {
                return Ok(());
            }
            draft.update_field(table.no, own.id, None, None, Some(&options))
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn whatever_is_edited_the_schema_stays_sound(edits in edits()) {
        let ids = Ids::seeded(1);
        let mut draft = draft(&ids);
        for edit in &edits {
            let before = draft.schema.tables.clone();
            if carry_out(&mut draft, edit).is_err() {
                // Operations throw a failed draft away; here it goes on from before.
                draft.schema.tables = before;
            }
        }
        let (mut numbers, mut ids) = (BTreeSet::new(), BTreeSet::new());
        for table in &draft.schema.tables {
            let mut names = BTreeSet::new();
            prop_assert!(table.primary_field().is_some());
            for field in &table.fields {
                prop_assert!(numbers.insert(field.no) && ids.insert(field.id), "{} is there twice", field.no);
                prop_assert!(names.insert(field.name.to_lowercase()), "`{}` is there twice", field.name);
                if let FieldKind::Formula(formula) = &field.kind {
                    let program = formula::compile(&formula.formula, &|name| reference(table, name));
                    let program = program.map_err(|_| TestCaseError::fail(format!("`{}` is broken", field.name)))?;
                    prop_assert_eq!(program.result(), formula.result, "{}", &field.name);
                }
                let needs = needs(&draft.schema, table, field);
                let circle = draft.refuse_cycle(&field.name, Some((table.no, field.id)), needs);
                prop_assert!(circle.is_ok(), "{:?}", circle);
                prop_assert!(draft.settled(table, field).is_none(), "`{}` is of another type by now", field.name);
                if let Some(link) = field.kind.link() {
                    let other = draft.schema.table_by_no(link.linked_table_no).unwrap();
                    if let Some(inverse) = link.inverse {
                        let inverse = other.field_by_id(inverse).unwrap().kind.link().unwrap();
                        prop_assert_eq!((inverse.inverse, inverse.relation), (Some(field.id), link.relation));
                    }
                }
            }
        }
    }
}
