use model::{BaseNo, NumberOptions, Schema};
use serde_json::json;

use super::*;

fn field(no: u32, name: &str, kind: FieldKind) -> Arc<Field> {
    let id = format!("fld{no:014}").parse().unwrap();
    Arc::new(Field::new(FieldNo(no), id, name.to_owned(), None, kind))
}

/// A table of a name, a number and a select.
fn table() -> Arc<Table> {
    let select = SelectOptions { choices: Vec::new(), next: 1, removed: Vec::new() };
    let fields = vec![
        field(1, "Name", FieldKind::SingleLineText),
        field(2, "A/B~C", FieldKind::Number(NumberOptions { precision: 0 })),
        field(3, "Status", FieldKind::SingleSelect(select)),
        field(4, "No", FieldKind::AutoNumber),
    ];
    let id = "tbl00000000000001".parse().unwrap();
    let primary = fields[0].id;
    Arc::new(Table {
        no: TableNo(1),
        id,
        name: "T".to_owned(),
        description: None,
        primary,
        fields,
        views: vec![],
        deleted: false,
        deleted_at: None,
        removed: false,
    })
}

fn image(table: &Arc<Table>) -> BaseImage {
    let base = "app00000000000001".parse().unwrap();
    let schema =
        Schema { base_no: BaseNo(1), base, name: "B".to_owned(), revision: 1, tables: vec![Arc::clone(table)] };
    BaseImage::new(0, Arc::new(schema))
}

fn read(table: &Table, cells: Value, typecast: bool) -> Result<Row, Error> {
    let Value::Object(cells) = cells else { unreachable!() };
    read_row(table, &cells, &Reading { typecast, ..Reading::default() }, 3)
}

#[test]
fn a_wrong_cell_is_named_by_a_pointer_with_its_escapes() {
    let table = table();
    let wrong = read(&table, json!({ "A/B~C": "x" }), false).err().unwrap();
    assert!(matches!(wrong, Error::Cell { ref pointer, .. } if pointer == "/records/3/fields/A~1B~0C"), "{wrong:?}");
    let unknown = read(&table, json!({ "name": "x" }), false).err().unwrap();
    assert!(matches!(unknown, Error::UnknownField { ref name, .. } if name == "name"), "names are told apart by case");
    assert_eq!(read(&table, json!({ "fld00000000000001": "x", "Status": null }), false).unwrap().len(), 2);
}

#[test]
fn records_of_a_plan_get_the_next_ordinals_and_their_cells_in_order() {
    let (table, ids) = (table(), Ids::seeded(1));
    let image = image(&table);
    let mut plan = Plan::new(&image, &ids, Timestamp(0));
    for (at, name) in ["a", "b", "c"].into_iter().enumerate() {
        let row = read(&table, json!({ "A/B~C": at, "Name": name }), false).unwrap();
        let (_, ordinal) = plan.create(&table, row, None).unwrap();
        assert_eq!(ordinal, Ordinal(at as u32));
    }
    let body = plan.finish();
    let created = &body.tables[0].created;
    let cells: Vec<Vec<u32>> = created.iter().map(|record| record.cells.iter().map(|(no, _)| no.0).collect()).collect();
    assert_eq!(cells, vec![vec![1, 2]; 3]);
    assert!(created.windows(2).all(|pair| pair[0].id != pair[1].id));
}

#[test]
fn the_last_value_of_a_field_named_twice_counts() {
    let (table, ids) = (table(), Ids::seeded(1));
    let image = image(&table);
    let mut plan = Plan::new(&image, &ids, Timestamp(0));
    let mut row = read(&table, json!({ "Name": "first" }), false).unwrap();
    row.extend(read(&table, json!({ "fld00000000000001": "second" }), false).unwrap());
    plan.create(&table, row, None).unwrap();
    let body = plan.finish();
    let name = body.tables[0].created[0].cells.iter().find(|(no, _)| no.0 == 1).unwrap();
    assert_eq!(name.1, CellValue::Text("second".to_owned()));
}

#[test]
fn a_plan_of_nothing_is_an_empty_body() {
    let (table, ids) = (table(), Ids::seeded(1));
    let image = image(&table);
    let plan = Plan::new(&image, &ids, Timestamp(0));
    assert!(plan.finish().is_empty());
    let mut plan = Plan::new(&image, &ids, Timestamp(0));
    plan.delete(&table, Ordinal(5));
    plan.update(&table, Ordinal(5), read(&table, json!({ "Name": "x" }), false).unwrap(), false).unwrap();
    assert!(plan.finish().is_empty(), "there is no such record");
}

#[test]
fn new_choices_take_numbers_and_colours_in_turn() {
    let ids = Ids::seeded(1);
    let mut select = SelectOptions { choices: Vec::new(), next: 0, removed: Vec::new() };
    let numbers: Vec<u32> =
        (0..12).map(|n| add_choice(&mut select, ids.choice(Timestamp(0)), format!("c{n}"))).collect();
    assert_eq!(numbers, (1..=12).collect::<Vec<_>>());
    assert_eq!(add_choice(&mut select, ids.choice(Timestamp(0)), "c3".to_owned()), 4, "there already");
    assert_eq!((select.choices.len(), select.next), (12, 13));
    let colours: Vec<&str> = select.choices.iter().map(|choice| choice.color.as_deref().unwrap()).collect();
    assert_eq!((colours[0], colours[9], colours[10]), (PALETTE[0], PALETTE[9], PALETTE[0]));
}

#[test]
fn what_merges_keeps_the_first_before_and_the_last_after() {
    let change = |no, before: &str, after: &str| CellChange {
        field: FieldNo(no),
        before: CellValue::Text(before.to_owned()),
        after: CellValue::Text(after.to_owned()),
    };
    let mut cells = vec![change(1, "a", "b"), change(2, "x", "y")];
    merge(&mut cells, vec![change(1, "a", "c"), change(3, "m", "n")]);
    assert_eq!(cells, [change(1, "a", "c"), change(2, "x", "y"), change(3, "m", "n")]);
}
