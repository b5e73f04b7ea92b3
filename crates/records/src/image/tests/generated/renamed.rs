//! Whatever fields are called: cells, views and what is stored of formulas stay as they are.

use model::{Field as Held, FieldKind, RecordId};

use super::*;
use crate::ops::ListQuery;

/// Names that a formula could take for something else.
const NAMES: [&str; 8] = ["NOW", "SUM(", "{a} \\}", "\"it's\"", "Zoë ✓", "values", "1 + 1", "fld00000000000000"];

/// Views of tables that have formulas: filtered by a number, in the order of a formula. With their tables.
async fn views(house: &House, base: BaseId, plan: &Base) -> Vec<(usize, String)> {
    let mut views = Vec::new();
    for (table, fields) in plan.tables.iter().enumerate() {
        let computed = fields.iter().filter(|field| matches!(field.kind, Kind::Formula(_)));
        for (at, field) in computed.enumerate() {
            let part = json!({ "name": format!("v{at}"), "sorts": [{ "field": field.name, "direction": "desc" }],
                "filter": { "field": "f1", "op": "<", "value": 90 }, "hiddenFields": ["f2"] });
            let part = serde_json::from_value(part).unwrap();
            let made = house.schemas.create_view(&house.owner, base, &format!("T{table}"), &part).await.unwrap();
            views.push((table, made.1.to_string()));
        }
    }
    views
}

async fn listed(house: &House, base: BaseId, views: &[(usize, String)]) -> Vec<Vec<RecordId>> {
    let mut lists = Vec::new();
    for (table, view) in views {
        let query = ListQuery { view: Some(view.clone()), ..ListQuery::default() };
        let page = house.records.list(&house.owner, base, &format!("T{table}"), &query).await.unwrap();
        lists.push(page.found.ids());
    }
    lists
}

/// The cells of all records by the places of their fields.
fn by_place(plan: &Base, rows: &[Rows]) -> Vec<Vec<Option<Value>>> {
    let tables = plan.tables.iter().zip(rows);
    let cells = |fields: &[Field], rows: &Rows| -> Vec<Vec<Option<Value>>> {
        rows.values().map(|row| fields.iter().map(|field| row.get(&field.name).cloned()).collect()).collect()
    };
    tables.flat_map(|(fields, rows)| cells(fields, rows)).collect()
}

async fn kinds(house: &House, base: BaseId) -> Vec<FieldKind> {
    let (_, view) = house.records.view(&house.owner, base).await.unwrap();
    let fields = view.image.schema.tables.iter().flat_map(|table| &table.fields);
    fields.map(|field: &std::sync::Arc<Held>| field.kind.clone()).collect()
}

#[on_every_database]
async fn renaming_fields_changes_no_value(house: House) {
    let mut chance = Chance(0xface);
    let (base, mut plan) = make(&house, &mut chance).await;
    let mut ids = fill(&house, base, &plan, 2_000, &mut chance).await;
    let views = views(&house, base, &plan).await;
    assert!(views.len() > FORMULAS / 2);
    for round in 0..3 {
        let rows = read(&house, &house.records, base).await;
        let before = (by_place(&plan, &rows), listed(&house, base, &views).await, kinds(&house, base).await);
        assert!(before.1.iter().flatten().count() > views.len());
        for turn in 0..60 {
            let table = chance.below(TABLES);
            let at = chance.below(plan.tables[table].len());
            let name = format!("{} {round} {turn}", NAMES[chance.below(NAMES.len())]);
            let old = std::mem::replace(&mut plan.tables[table][at].name, name.clone());
            let (table, name) = (format!("T{table}"), Some(name.as_str()));
            house.schemas.update_field(&house.owner, base, (&table, &old), name, None, None).await.unwrap();
        }
        let rows = read(&house, &house.records, base).await;
        let after = (by_place(&plan, &rows), listed(&house, base, &views).await, kinds(&house, base).await);
        assert!(before == after, "round {round}");
        // What is computed next is right, too, here and where nothing was computed before.
        edit(&house, base, &plan, &mut ids, &mut chance).await;
        let rows = read(&house, &house.records, base).await;
        check(&plan, &rows, "renamed and edited");
        let (_, stranger) = house.stranger();
        assert_eq!(read(&house, &stranger, base).await, rows);
    }
}
