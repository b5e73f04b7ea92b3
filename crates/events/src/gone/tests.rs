use std::sync::Arc;

use model::{
    BaseId, BaseNo, CellValue, Field, FieldId, FieldKind, FieldNo, LinkOptions, Ordinal, RecordId, Schema, Table,
    TableId, TableNo,
};

use super::Gone;
use crate::{Body, CellChange, LinkDelta, RecordCells, RecordChange, SchemaChange};

fn text(no: u32) -> Field {
    let kind = FieldKind::MultilineText;
    Field::new(FieldNo(no), FieldId::ordered(0, u64::from(no)), format!("f{no}"), Some("secret".to_owned()), kind)
}

/// The other side of the relation 7.
fn link(no: u32) -> Field {
    let linked_table = TableId::ordered(0, 2);
    let kind = FieldKind::MultipleRecordLinks(LinkOptions {
        linked_table,
        linked_table_no: TableNo(2),
        inverse: None,
        relation: FieldNo(7),
        reversed: true,
        prefers_single: false,
        view: None,
    });
    Field { kind, ..text(no) }
}

fn table(no: u32, fields: Vec<Field>) -> Table {
    Table {
        no: TableNo(no),
        id: TableId::ordered(0, u64::from(no)),
        name: format!("t{no}"),
        description: Some("secret".to_owned()),
        primary: fields[0].id,
        fields: fields.into_iter().map(Arc::new).collect(),
        views: Vec::new(),
        deleted: false,
        deleted_at: None,
        removed: false,
    }
}

fn gone(tables: Vec<Table>) -> Gone {
    let (base_no, base) = (BaseNo(1), BaseId::ordered(0, 1));
    let tables = tables.into_iter().map(Arc::new).collect();
    Gone::of(&Schema { base_no, base, name: "b".to_owned(), revision: 9, tables })
}

/// The first table has lost the field 2, which was the field 5 once, and its links 3; the second one is gone as a whole.
fn reduced() -> (Table, Gone) {
    let whole = table(1, vec![text(1), Field { was: vec![FieldNo(5)], ..text(2) }, link(3)]);
    let mut now = whole.clone();
    for at in [1, 2] {
        now.fields[at] = Arc::new(whole.fields[at].remains());
    }
    let gone = gone(vec![now, table(2, vec![text(6)]).remains(), table(3, vec![text(8)])]);
    (whole, gone)
}

fn record(cells: &[u32]) -> RecordCells {
    let cells = cells.iter().map(|no| (FieldNo(*no), CellValue::Text("v".into()))).collect();
    RecordCells { ordinal: Ordinal(0), id: RecordId::ordered(0, 1), previous: 0, cells }
}

fn pair(relation: u32) -> LinkDelta {
    LinkDelta { relation: FieldNo(relation), from: Ordinal(0), to: Ordinal(1), added: true, places: None }
}

#[test]
fn what_is_gone_is_told_by_its_numbers() {
    let (_, gone) = reduced();
    assert_eq!(gone.tables.iter().copied().collect::<Vec<_>>(), [TableNo(2)]);
    assert_eq!(gone.numbers.iter().map(|no| no.0).collect::<Vec<_>>(), [2, 3, 5, 6, 7]);
    assert_eq!(gone.reduced().collect::<Vec<_>>(), [TableNo(1)]);
}

#[test]
fn a_change_tells_nothing_of_what_is_gone_and_keeps_the_rest() {
    let (whole, gone) = reduced();
    let mut body = Body::default();
    let renamed = Table { name: "other".to_owned(), ..whole.clone() };
    body.schema.push(SchemaChange::Table { before: Some(Arc::new(whole)), after: Arc::new(renamed) });
    body.schema.push(SchemaChange::Table { before: None, after: Arc::new(table(2, vec![text(6)])) });
    let part = body.table(TableNo(1));
    part.created.push(record(&[1, 2, 5]));
    let cell = |no: u32| CellChange { field: FieldNo(no), before: CellValue::Empty, after: CellValue::Number(1.0) };
    let cells = vec![cell(1), cell(2)];
    part.updated.push(RecordChange { ordinal: Ordinal(1), id: RecordId::ordered(0, 2), previous: 3, cells });
    part.links.extend([pair(7), pair(9)]);
    body.table(TableNo(2)).deleted.push(record(&[6]));
    assert!(gone.strip(&mut body));

    let SchemaChange::Table { before: Some(before), after } = &body.schema[0] else { panic!("{body:?}") };
    assert_eq!((after.name.as_str(), after.fields[0].removed, after.fields[1].removed), ("other", false, true));
    assert!(before.fields[2].removed && before.fields[2].kind.link().is_none());
    let SchemaChange::Table { after, .. } = &body.schema[1] else { panic!("{body:?}") };
    assert!(after.removed && after.description.is_none());
    let part = body.tables[0].clone();
    assert_eq!(part.created, [record(&[1])]);
    let told: Vec<_> = part.updated[0].cells.iter().map(|cell| (cell.field.0, cell.after.clone())).collect();
    assert_eq!(told, [(1, CellValue::Number(1.0))]);
    assert_eq!(body.stripped.iter().map(|no| no.0).collect::<Vec<_>>(), [2, 5, 7], "their numbers are left");
    assert_eq!(part.links, [pair(9)]);
    assert_eq!((body.tables[1].table, body.tables[1].is_empty()), (TableNo(2), true), "and the number of the table");
    let stored = Body::decode(&body.encode()).unwrap();
    assert_eq!(stored, body);
    assert!(!gone.strip(&mut body), "once is enough");
}

#[test]
fn a_change_of_other_things_stays_as_it_is() {
    let (_, gone) = reduced();
    let mut body = Body::default();
    body.table(TableNo(3)).created.push(record(&[8]));
    body.schema.push(SchemaChange::BaseName { before: "a".to_owned(), after: "b".to_owned() });
    let before = body.clone();
    assert!(!gone.strip(&mut body));
    assert_eq!(body, before);
}
