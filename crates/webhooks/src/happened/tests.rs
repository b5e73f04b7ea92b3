use std::collections::{BTreeMap, BTreeSet};

use clock::Ids;
use model::{FieldId, FieldKind, Ordinal, Table};
use serde_json::{Map, Value, json};
use testkit::on_every_database;

use crate::cells;
use crate::fixture::{House, data, spec};

/// What a client knows of the records of a table who only ever heard what a webhook told.
type Known = BTreeMap<String, Map<String, Value>>;

/// Takes in what a payload tells of a table or a view; links aside, whose names are told only with the links.
fn learn(known: &mut Known, told: &Value, table: &Table) {
    let cells = |part: &Value| {
        let mut cells = part["cellValuesByFieldId"].as_object().unwrap().clone();
        cells.retain(|field, _| !is_link(table, field));
        cells.values_mut().for_each(in_order);
        cells
    };
    for (id, row) in told["createdRecordsById"].as_object().into_iter().flatten() {
        assert!(known.insert(id.clone(), cells(row)).is_none(), "{id} is told to be new twice");
    }
    for (id, row) in told["changedRecordsById"].as_object().into_iter().flatten() {
        let held = known.get_mut(id).unwrap_or_else(|| panic!("{id} changed and was never told"));
        let previous = cells(&row["previous"]);
        for (field, value) in cells(&row["current"]) {
            assert_eq!(previous[&field], held.remove(&field).unwrap_or_default(), "what {field} of {id} held before");
            if !value.is_null() {
                held.insert(field, value);
            }
        }
    }
    for id in told["destroyedRecordIds"].as_array().into_iter().flatten() {
        assert!(known.remove(id.as_str().unwrap()).is_some(), "{id} is gone and was never told");
    }
}

/// A picture that was walked back to does not know in which order links were made.
fn in_order(value: &mut Value) {
    if let Some(linked) = value.get_mut("linkedRecordIds").and_then(Value::as_array_mut) {
        linked.sort_unstable_by_key(ToString::to_string);
    }
}

/// Somebody who writes at random, always the same for a seed.
struct Writer {
    chance: Ids,
    tasks: Vec<String>,
    projects: Vec<String>,
}

impl Writer {
    fn below(&self, end: usize) -> usize {
        (self.chance.chance() % end as u64) as usize
    }

    fn task(&self) -> Value {
        let linked = self.below(self.projects.len() + 1);
        let project: Vec<&String> = self.projects.get(linked).into_iter().collect();
        let points = [json!(null), json!(1), json!(2), json!(3)][self.below(4)].clone();
        let name = ["a", "b", "c"][self.below(3)];
        json!({ "Name": name, "Points": points, "Project": project })
    }

    async fn write(&mut self, house: &House) {
        let title = ["roof", "wall", "door"][self.below(3)];
        let title = json!({ "Title": title });
        let (task, project) = (self.below(self.tasks.len().max(1)), self.below(self.projects.len().max(1)));
        match self.below(8) {
            0 => self.tasks.extend(house.create("Tasks", &[self.task(), self.task()]).await),
            1 => self.projects.extend(house.create("Projects", &[title]).await),
            2 if self.tasks.len() > 4 => house.delete("Tasks", &[self.tasks.remove(task)]).await,
            3 if self.projects.len() > 2 => house.delete("Projects", &[self.projects.remove(project)]).await,
            4 if !self.projects.is_empty() => house.update("Projects", &self.projects[project], title).await,
            _ if !self.tasks.is_empty() => house.update("Tasks", &self.tasks[task], self.task()).await,
            _ => {}
        }
    }
}

async fn add_field(house: &House, table: &str, name: &str, kind: &str, options: Value) {
    let field = serde_json::from_value(json!({ "name": name, "type": kind, "options": options })).unwrap();
    house.schemas.create_field(&house.owner, house.base, table, &field).await.unwrap();
}

/// Fields that look through links, over two tables and back.
async fn looking(house: &House) {
    let schema = house.schema().await;
    let back = schema.table("Projects").unwrap().live_fields().last().unwrap().name.clone();
    let through = |link: &str, at: &str| json!({ "recordLinkFieldId": link, "fieldIdInLinkedTable": at });
    let mut sum = through(&back, "Points");
    sum["formula"] = json!("SUM(values)");
    add_field(house, "Projects", "Sum", "rollup", sum).await;
    add_field(house, "Projects", "How many", "count", json!({ "recordLinkFieldId": back })).await;
    add_field(house, "Projects", "Names", "multipleLookupValues", through(&back, "Name")).await;
    add_field(house, "Tasks", "Of all", "multipleLookupValues", through("Project", "Sum")).await;
    add_field(house, "Tasks", "Label", "formula", json!({ "formula": "{Project}&'/'&{Of all}" })).await;
}

/// What there is: the cells of records, links aside.
async fn present(house: &House, table: &str, view: Option<&str>) -> Known {
    let scope = house.webhooks.parts.access.scope(&house.owner, house.base).await.unwrap();
    let head = house.webhooks.parts.changes.head(scope.base_no()).await.unwrap().sequence;
    let mut picture = house.records.picture(&scope, head).await.unwrap();
    let read = house.records.look(&scope, &mut picture, |seen| {
        let table = seen.schema().table(table).unwrap().clone();
        let filter = view.and_then(|view| table.view(view).unwrap().filter.as_ref());
        let mut known = Known::new();
        for ordinal in seen.members(&table, filter, None)?.ones().map(|at| Ordinal(at as u32)) {
            let mut held = Map::new();
            for field in table.live_fields().filter(|field| field.kind.link().is_none()) {
                let mut value = cells::of(seen, &table, field, ordinal)?;
                in_order(&mut value);
                if !value.is_null() {
                    held.insert(field.id.to_string(), value);
                }
            }
            known.insert(seen.id(table.no, ordinal).unwrap().to_string(), held);
        }
        Ok(known)
    });
    read.await.unwrap()
}

fn is_link(table: &Table, id: &str) -> bool {
    id.parse::<FieldId>().is_ok_and(|id| {
        table.field_by_id(id).is_some_and(|field| matches!(field.kind, FieldKind::MultipleRecordLinks(_)))
    })
}

#[on_every_database]
async fn who_hears_every_payload_knows_what_there_is(house: House) {
    looking(&house).await;
    let including = |mut specification: Value| {
        specification["options"]["includes"] = json!({ "includePreviousCellValues": true });
        specification
    };
    let all = house.hook(including(data())).await;
    let mut views = Vec::new();
    for (name, filter) in [
        ("computed", json!({ "field": "Of all", "op": ">", "value": 3 })),
        (
            "either",
            json!({ "or": [{ "field": "Label", "op": "contains", "value": "roof" }, { "not": { "field": "Points", "op": "<", "value": 3 } }] }),
        ),
        ("linked", json!({ "field": "Project", "op": "=", "value": "wall" })),
        ("all", Value::Null),
    ] {
        let view = serde_json::from_value(json!({ "name": name, "filter": filter })).unwrap();
        let (table, id) = house.schemas.create_view(&house.owner, house.base, "Tasks", &view).await.unwrap();
        let scope = json!({ "dataTypes": ["tableData"], "recordChangeScope": id });
        views.push((house.hook(including(spec(scope))).await, name, id, table.id.to_string()));
    }
    let mut writer = Writer { chance: Ids::seeded(7), tasks: Vec::new(), projects: Vec::new() };
    let mut moved = BTreeSet::new();
    for round in 0..12 {
        // The first time each change is followed by itself, later many at once.
        for _ in 0..20 {
            writer.write(&house).await;
            if round == 0 {
                house.webhooks.catch_up((model::TenantNo(1), model::BaseNo(1))).await.unwrap();
            }
        }
        let schema = house.schema().await;
        for name in ["Tasks", "Projects"] {
            let table = schema.table(name).unwrap();
            let known =
                heard(&house, &all, table, |payload| payload["changedTablesById"][table.id.to_string()].clone());
            assert_eq!(known.await.0, present(&house, name, None).await, "{name}, round {round}");
        }
        for (hook, name, id, table) in &views {
            let of_view =
                |payload: &Value| payload["changedTablesById"][table]["changedViewsById"][id.to_string()].clone();
            let (known, left) = heard(&house, hook, schema.table("Tasks").unwrap(), of_view).await;
            assert_eq!(known, present(&house, "Tasks", Some(name)).await, "view {name}, round {round}");
            moved.extend((left > 5).then_some(*name));
        }
    }
    assert_eq!(moved.len(), views.len(), "records left every view");
}

/// What somebody knows who heard all, and how many records were told to be gone.
async fn heard(house: &House, hook: &str, table: &Table, part: impl Fn(&Value) -> Value) -> (Known, usize) {
    let (mut known, mut left, mut cursor) = (Known::new(), 0, 1);
    loop {
        let page = house.webhooks.list_payloads(&house.owner, house.base, hook, Some(cursor), None).await.unwrap();
        for text in &page.payloads {
            let told = part(&serde_json::from_str(text).unwrap());
            left += told["destroyedRecordIds"].as_array().map_or(0, Vec::len);
            learn(&mut known, &told, table);
        }
        cursor = page.cursor;
        if !page.more {
            break;
        }
    }
    (known, left)
}
