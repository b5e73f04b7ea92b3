//! A base of the shape of a real one, made by chance: whatever is written, every computed cell is what a naive
//! evaluator makes of the stored ones, on the way, after a restart and in an image that is built anew.

mod naive;
mod renamed;

use std::time::Duration;

use model::{BaseId, Ordinal, Timestamp};
use serde_json::{Value, json};
use testkit::{Chance, on_every_database};

use crate::fixture::{House, cells, told};
use crate::ops::{Found, Records, UpdateRecord};
use naive::{Base, Field, Form, Kind, Roll, Rows};

/// Tables, fields of all kinds, and how many of them are links (both sides), formulas, lookups and rollups: those of
/// the predecessor's base.
const TABLES: usize = 34;
const FIELDS: usize = 539;
const LINKED: usize = 29;
const LINKS: usize = 88;
const FORMULAS: usize = 67;
const LOOKUPS: usize = 54;
const ROLLUPS: usize = 12;
/// Records of one write.
const BATCH: usize = 10;

/// Plain fields for every table; every record has a name, a number and a text.
fn tables(chance: &mut Chance) -> Base {
    let plain = FIELDS - LINKS - FORMULAS - LOOKUPS - ROLLUPS;
    let mut base = Base { tables: vec![Vec::new(); TABLES], now: Timestamp(0) };
    for at in 0..plain {
        let table = &mut base.tables[at % TABLES];
        let kind = match table.len() {
            0 => Kind::Text,
            1 => Kind::Number,
            2 => Kind::Text,
            _ => {
                [Kind::Number, Kind::Text, Kind::Flag, Kind::Day, Kind::Select, Kind::Choices][chance.below(6)].clone()
            }
        };
        table.push(Field { name: format!("f{}", table.len()), kind });
    }
    base
}

async fn add(house: &House, base: BaseId, table: usize, body: Value) {
    let field = serde_json::from_value(body).unwrap();
    house.schemas.create_field(&house.owner, base, &format!("T{table}"), &field).await.unwrap();
}

async fn make(house: &House, chance: &mut Chance) -> (BaseId, Base) {
    let mut plan = tables(chance);
    plan.now = house.test.clock.now();
    let described = plan.tables.iter().enumerate().map(|(at, fields)| {
        let fields: Vec<Value> = fields.iter().map(Field::body).collect();
        serde_json::from_value(json!({ "name": format!("T{at}"), "fields": fields })).unwrap()
    });
    let workspace = house.schemas.default_workspace(&house.owner).await.unwrap();
    let new = schema::NewBase { id: None, name: "Generated".to_owned(), workspace, tables: described.collect() };
    let made = house.schemas.create_base(&house.owner, new).await.unwrap();
    let base = made.base;
    for at in 0..LINKS / 2 {
        // Each of the linked tables has one, the others are by chance.
        let from = if at < LINKED { at } else { chance.below(LINKED) };
        let to = (from + 1 + chance.below(LINKED - 1)) % LINKED;
        let [there, back] = [&from, &to].map(|table| format!("l{}", plan.tables[*table].len()));
        let id = made.tables[to].id;
        let options = json!({ "linkedTableId": id, "inverseName": back });
        add(house, base, from, json!({ "name": there, "type": "multipleRecordLinks", "options": options })).await;
        plan.tables[from].push(Field { name: there, kind: Kind::Link { table: to } });
        plan.tables[to].push(Field { name: back, kind: Kind::Link { table: from } });
    }
    let mut left = [FORMULAS, LOOKUPS, ROLLUPS];
    while left.iter().any(|left| *left > 0) {
        let sort = chance.below(3);
        let table = if sort == 0 { chance.below(TABLES) } else { chance.below(LINKED) };
        if left[sort] == 0 {
            continue;
        }
        let kind = match sort {
            0 => formula(&plan, table, chance),
            _ => look(&plan, table, sort == 2, chance),
        };
        let Some(kind) = kind else { continue };
        let field = Field { name: format!("c{}", plan.tables[table].len()), kind };
        add(house, base, table, plan.computed_body(table, &field)).await;
        plan.tables[table].push(field);
        left[sort] -= 1;
    }
    assert_eq!(plan.tables.iter().map(Vec::len).sum::<usize>(), FIELDS);
    (base, plan)
}

fn formula(plan: &Base, table: usize, chance: &mut Chance) -> Option<Kind> {
    let pick = |wanted: &dyn Fn(&Kind) -> bool, chance: &mut Chance| {
        let fields = &plan.tables[table];
        let fitting: Vec<usize> = (0..fields.len()).filter(|at| wanted(&fields[*at].kind)).collect();
        chance.of(&fitting).copied()
    };
    let number = |chance: &mut Chance| pick(&Kind::is_number, chance);
    let text = |chance: &mut Chance| pick(&|kind| matches!(kind, Kind::Text | Kind::Select), chance);
    let list = |chance: &mut Chance| pick(&|kind| matches!(kind, Kind::Lookup { .. }), chance);
    let link = |chance: &mut Chance| pick(&|kind| matches!(kind, Kind::Link { .. }), chance);
    let day = |chance: &mut Chance| pick(&|kind| matches!(kind, Kind::Day), chance);
    Some(Kind::Formula(match chance.below(11) {
        0 => Form::Twice(number(chance)?),
        1 => Form::Label(text(chance)?, number(chance)?),
        2 => Form::Size(number(chance)?),
        3 => Form::Sum(number(chance)?, number(chance)?),
        4 => Form::Length(text(chance)?),
        5 => Form::Total(list(chance)?, number(chance)?),
        6 => Form::Joined(list(chance)?),
        7 => Form::Names(link(chance)?),
        8 => Form::Late(day(chance)?),
        9 => Form::Aged(number(chance)?),
        _ => Form::Flat(list(chance)?),
    }))
}

fn look(plan: &Base, table: usize, rollup: bool, chance: &mut Chance) -> Option<Kind> {
    let fields = &plan.tables[table];
    let links: Vec<usize> = (0..fields.len()).filter(|at| matches!(fields[*at].kind, Kind::Link { .. })).collect();
    let link = *chance.of(&links)?;
    let Kind::Link { table: other } = fields[link].kind else { return None };
    // What is computed is worth looking at more often than it is there.
    let computed: Vec<usize> =
        (0..plan.tables[other].len()).filter(|at| plan.tables[other][*at].kind.is_computed()).collect();
    let any = chance.below(plan.tables[other].len());
    let target = if chance.below(2) == 0 { chance.of(&computed).copied().unwrap_or(any) } else { any };
    let kind = &plan.tables[other][target].kind;
    if !rollup {
        return Some(Kind::Lookup { link, target });
    }
    let roll = match chance.below(6) {
        0 => Roll::Sum,
        1 => Roll::Filled,
        2 => Roll::All,
        3 => Roll::Joined,
        4 if kind.is_number() => Roll::Most,
        5 if matches!(kind, Kind::Flag) => Roll::Every,
        _ => Roll::Unique,
    };
    Some(Kind::Rollup { link, target, roll })
}

/// A stored cell by chance; links lead to some of these records.
fn cell(kind: &Kind, rows: &[Vec<String>], chance: &mut Chance) -> Value {
    if chance.below(6) == 0 {
        return Value::Null;
    }
    match kind {
        Kind::Number => json!(chance.below(400) as f64 / 2.0 - 50.0),
        Kind::Text => json!(["", "a", "Zoë", "two words", "5", "x, y"][chance.below(6)]),
        Kind::Flag => json!(chance.below(2) == 0),
        Kind::Day => {
            json!(format!("20{:02}-{:02}-{:02}", chance.below(40), 1 + chance.below(12), 1 + chance.below(28)))
        }
        Kind::Select => json!(["red", "green", "blue"][chance.below(3)]),
        Kind::Choices => json!(["p", "q", "r"].into_iter().filter(|_| chance.below(2) == 0).collect::<Vec<_>>()),
        Kind::Link { table } => {
            let mut ids: Vec<&String> = Vec::new();
            for _ in 0..chance.below(4) {
                if let Some(id) = chance.of(&rows[*table]).filter(|id| !ids.contains(id)) {
                    ids.push(id);
                }
            }
            json!(ids)
        }
        _ => Value::Null,
    }
}

async fn fill(house: &House, base: BaseId, plan: &Base, records: usize, chance: &mut Chance) -> Vec<Vec<String>> {
    let mut ids = vec![Vec::new(); TABLES];
    let each = records / TABLES;
    for table in 0..TABLES {
        for from in (0..each).step_by(100) {
            let new: Vec<_> = (from..each.min(from + 100))
                .map(|_| {
                    let fields = plan.tables[table].iter().filter(|field| !field.kind.is_computed());
                    // Half of the links come with the records, the other half by edits.
                    let fields = fields.map(|field| (field.name.clone(), cell(&field.kind, &ids, chance)));
                    fields.filter(|(_, value)| !value.is_null()).collect()
                })
                .collect();
            let written = house.records.create(&house.owner, base, &format!("T{table}"), &new, true).await.unwrap();
            ids[table].extend(written.found.ids().iter().map(ToString::to_string));
        }
    }
    ids
}

async fn edit(house: &House, base: BaseId, plan: &Base, ids: &mut [Vec<String>], chance: &mut Chance) {
    let table = chance.below(TABLES);
    let name = format!("T{table}");
    if chance.below(20) == 0 {
        if ids[table].len() > BATCH {
            let at = chance.below(ids[table].len());
            let id = ids[table].swap_remove(at);
            house.records.delete(&house.owner, base, &name, &[id]).await.unwrap();
        }
        let [title, number] = [0, 1].map(|at| plan.tables[table][at].name.clone());
        let new = [cells(json!({ title: "new", number: 7 }))];
        let made = house.records.create(&house.owner, base, &name, &new, true).await.unwrap();
        ids[table].push(made.found.ids()[0].to_string());
        return;
    }
    let mut updates: Vec<UpdateRecord> = Vec::new();
    for _ in 0..BATCH {
        let Some(id) = chance.of(&ids[table]).filter(|id| updates.iter().all(|update| update.id != **id)) else {
            continue;
        };
        let stored: Vec<&Field> = plan.tables[table].iter().filter(|field| !field.kind.is_computed()).collect();
        let Some(field) = chance.of(&stored) else { continue };
        let fields = [(field.name.clone(), cell(&field.kind, ids, chance))].into_iter().collect();
        updates.push(UpdateRecord { id: id.clone(), fields });
    }
    house.records.update(&house.owner, base, &name, &updates, (true, false)).await.unwrap();
}

/// All records as a client reads them.
async fn read(house: &House, records: &Records, base: BaseId) -> Vec<Rows> {
    let (_, view) = records.view(&house.owner, base).await.unwrap();
    let tables = view.image.schema.tables.clone();
    let each = tables.into_iter().map(|table| {
        let live = view.image.table(table.no).live.ones().map(|ordinal| Ordinal(ordinal as u32)).collect();
        let found = Found { view: view.clone(), table, ordinals: live };
        let rows = told(&found)
            .into_iter()
            .map(|record| (record["id"].as_str().unwrap().to_owned(), record["fields"].as_object().unwrap().clone()));
        rows.collect()
    });
    each.collect()
}

fn check(plan: &Base, rows: &[Rows], when: &str) -> usize {
    let mut computed = 0;
    for (table, fields) in plan.tables.iter().enumerate() {
        for id in rows[table].keys() {
            for (at, field) in fields.iter().enumerate().filter(|(_, field)| field.kind.is_computed()) {
                let told = rows[table][id].get(&field.name).cloned().unwrap_or_default();
                let expected = plan.json(rows, (table, id), at);
                assert_eq!(told, expected, "{when}: T{table}.{} of {id}, {:?}", field.name, field.kind);
                computed += usize::from(!expected.is_null());
            }
        }
    }
    computed
}

async fn history(house: &House, seed: u64, (records, edits): (usize, usize)) {
    let mut chance = Chance(seed);
    let (base, mut plan) = make(house, &mut chance).await;
    let mut ids = fill(house, base, &plan, records, &mut chance).await;
    let filled = check(&plan, &read(house, &house.records, base).await, "filled");
    assert!(filled > records, "only {filled} computed cells have values");
    let writes = edits / BATCH;
    for write in 0..writes {
        edit(house, base, &plan, &mut ids, &mut chance).await;
        // Within a tick, into the next one, or by days.
        house.test.clock.advance(Duration::from_secs([1, 20, 400, 30_000][chance.below(4)]));
        plan.now = house.test.clock.now();
        // Sometimes a few changes and sometimes many lie between two looks.
        if write % (writes / 10).max(1) < 3 {
            check(&plan, &read(house, &house.records, base).await, &format!("after write {write}"));
        }
    }
    let last = read(house, &house.records, base).await;
    check(&plan, &last, "at the end");
    let (_, stranger) = house.stranger();
    assert_eq!(read(house, &stranger, base).await, last, "another process reads the same");
}

#[on_every_database]
async fn every_computed_cell_is_what_a_naive_evaluator_says(house: House) {
    if std::env::var_os("AIRLOOM_TEST_LONG").is_none() {
        return history(&house, 0x5eed, (20_000, 10_000)).await;
    }
    for seed in [0x5eed, 1, 2] {
        let began = std::time::Instant::now();
        history(&house, seed, (200_000, 10_000)).await;
        println!("seed {seed}: 200,000 records and 10,000 edits in {} s", began.elapsed().as_secs());
    }
}
