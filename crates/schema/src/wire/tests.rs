use std::sync::Arc;

use model::{BaseNo, FieldKind, FormulaOptions, FormulaType, NumberOptions, TableNo, View, ViewType};
use serde_json::json;

use super::*;

fn table_json(schema: &Schema, table: &Table, visible: bool) -> Value {
    serde_json::to_value(table_out(schema, table, visible)).unwrap()
}

fn field_json(schema: &Schema, field: &Field) -> Value {
    serde_json::to_value(field_out(schema, field.id)).unwrap()
}

fn field(no: u32, id: &str, name: &str, kind: FieldKind) -> Arc<Field> {
    let id = id.parse().unwrap();
    Arc::new(Field::new(model::FieldNo(no), id, name.to_owned(), None, kind))
}

fn schema() -> Schema {
    let formula = FormulaOptions {
        formula: "{fld00000000000002}*2".to_owned(),
        references: vec!["fld00000000000002".parse().unwrap()],
        result: FormulaType::Number,
        valid: true,
        watched: Vec::new(),
    };
    let mut gone = Field::clone(&field(4, "fld00000000000004", "Gone", FieldKind::Email));
    gone.deleted = true;
    let table = Table {
        no: TableNo(1),
        id: "tbl00000000000001".parse().unwrap(),
        name: "T".to_owned(),
        description: Some("told".to_owned()),
        primary: "fld00000000000001".parse().unwrap(),
        fields: vec![
            field(1, "fld00000000000001", "Name", FieldKind::SingleLineText),
            field(2, "fld00000000000002", "N", FieldKind::Number(NumberOptions { precision: 1 })),
            field(3, "fld00000000000003", "F", FieldKind::Formula(formula)),
            Arc::new(gone),
        ],
        views: vec![View::new("viw00000000000001".parse().unwrap(), "Grid", ViewType::Grid)],
        deleted: false,
        deleted_at: None,
        removed: false,
    };
    let base = "app00000000000001".parse().unwrap();
    Schema { base_no: BaseNo(1), base, name: "B".to_owned(), revision: 1, tables: vec![Arc::new(table)] }
}

#[test]
fn a_table_is_told_as_the_meta_api_does_without_what_is_deleted() {
    let schema = schema();
    let told = table_json(&schema, &schema.tables[0], true);
    assert_eq!(told["id"], "tbl00000000000001");
    assert_eq!(told["description"], "told");
    assert_eq!(told["primaryFieldId"], "fld00000000000001");
    let names: Vec<&Value> = told["fields"].as_array().unwrap().iter().map(|field| &field["name"]).collect();
    assert_eq!(names, ["Name", "N", "F"]);
    assert_eq!(told["fields"][0], json!({ "id": "fld00000000000001", "name": "Name", "type": "singleLineText" }));
    assert_eq!(told["fields"][1]["options"], json!({ "precision": 1 }));
    let visible = json!(["fld00000000000001", "fld00000000000002", "fld00000000000003"]);
    assert_eq!(
        told["views"],
        json!([{ "id": "viw00000000000001", "name": "Grid", "type": "grid", "visibleFieldIds": visible }])
    );
    assert!(table_json(&schema, &schema.tables[0], false)["views"][0].get("visibleFieldIds").is_none());
}

#[test]
fn a_formula_over_a_deleted_field_is_not_valid() {
    let mut schema = schema();
    let formula = Arc::clone(&schema.tables[0].fields[2]);
    assert_eq!(field_json(&schema, &formula)["options"]["isValid"], true);
    let table = Arc::make_mut(&mut schema.tables[0]);
    Arc::make_mut(&mut table.fields[1]).deleted = true;
    let options = field_json(&schema, &formula)["options"].clone();
    assert_eq!(options["isValid"], false);
    let reason = "the field `N` was deleted: bring it back, or name another (at character 1 of the formula)";
    assert_eq!(options["error"], reason);
}

#[test]
fn a_definition_reads_back_as_it_is_stored() {
    let schema = schema();
    let text = serde_json::to_string(&schema.tables[0]).unwrap();
    assert_eq!(serde_json::from_str::<Table>(&text).unwrap(), *schema.tables[0]);
}
