use serde_json::{Value, json};
use testkit::on_every_database;

use crate::fixture::{House, data, spec};

/// What payloads tell of one table, each by itself.
fn parts(payloads: &[Value], table: &str) -> Vec<Value> {
    payloads.iter().map(|payload| payload["changedTablesById"][table].clone()).collect()
}

#[on_every_database]
async fn records_are_told_with_the_cells_that_they_have(house: House) {
    let tasks = house.table("Tasks").await;
    let hook = house.hook(data()).await;
    let row = json!({ "Name": "Nail", "Points": 2, "Status": "Open", "Tags": ["b", "a"] });
    let ids = house.create("Tasks", &[row, json!({ "Name": "Saw" })]).await;
    house.update("Tasks", &ids[0], json!({ "Points": null, "Status": "Done" })).await;
    house.delete("Tasks", &ids[1..]).await;
    let payloads = house.payloads(&hook).await;
    let numbers: Vec<_> = payloads.iter().map(|payload| payload["baseTransactionNumber"].as_i64().unwrap()).collect();
    assert_eq!(numbers, [numbers[0], numbers[0] + 1, numbers[0] + 2], "one write, one payload");
    let first = &payloads[0];
    assert_eq!((&first["payloadFormat"], &first["timestamp"]), (&json!("v0"), &json!("2026-01-01T00:00:00.000Z")));
    assert_eq!(first["actionMetadata"]["source"], "publicApi");
    let user = &first["actionMetadata"]["sourceMetadata"]["user"];
    assert_eq!((&user["email"], &user["permissionLevel"]), (&json!("ann@example.org"), &json!("create")), "{user}");

    let told = parts(&payloads, &tasks);
    let schema = house.schema().await;
    let table = schema.table("Tasks").unwrap();
    let id = |name: &str| table.field(name).unwrap().id.to_string();
    let choice = |field: &str, name: &str| {
        let select = table.field(field).unwrap().kind.select().unwrap();
        let choice = select.choices.iter().find(|choice| choice.name == name).unwrap();
        let mut told = json!({ "id": choice.id, "name": name });
        if let Some(color) = &choice.color {
            told["color"] = json!(color);
        }
        told
    };
    let created = &told[0]["createdRecordsById"];
    let cells = json!({
        id("Name"): "Nail", id("Points"): 2, id("Status"): choice("Status", "Open"),
        id("Tags"): [choice("Tags", "b"), choice("Tags", "a")], id("Double"): 4,
    });
    assert_eq!(created[&ids[0]], json!({ "createdTime": "2026-01-01T00:00:00.000Z", "cellValuesByFieldId": cells }));
    assert_eq!(created[&ids[1]]["cellValuesByFieldId"][id("Name")], "Saw");
    assert!(created[&ids[1]]["cellValuesByFieldId"][id("Status")].is_null(), "empty cells are absent");
    let current = json!({ id("Points"): null, id("Status"): choice("Status", "Done"), id("Double"): 0 });
    assert_eq!(
        told[1],
        json!({ "changedRecordsById": { &ids[0]: { "current": { "cellValuesByFieldId": current } } } })
    );
    assert_eq!(told[2], json!({ "destroyedRecordIds": [ids[1]] }));
}

#[on_every_database]
async fn links_are_told_on_both_sides_with_names(house: House) {
    let (tasks, projects) = (house.table("Tasks").await, house.table("Projects").await);
    let made = house.create("Projects", &[json!({ "Title": "Roof" }), json!({ "Title": "Wall" })]).await;
    let specification = json!({ "options": { "filters": { "dataTypes": ["tableData"] },
        "includes": { "includePreviousCellValues": true } } });
    let hook = house.hook(specification).await;
    let task = house.create("Tasks", &[json!({ "Name": "Nail", "Project": [made[0]] })]).await.remove(0);
    house.update("Tasks", &task, json!({ "Project": [made[1]] })).await;
    house.delete("Projects", &made[1..]).await;
    let payloads = house.payloads(&hook).await;
    let (link, roof, wall) = (
        house.field("Project").await,
        json!({ "id": made[0], "name": "Roof" }),
        json!({ "id": made[1], "name": "Wall" }),
    );
    let schema = house.schema().await;
    let back = schema.table("Projects").unwrap().live_fields().last().unwrap().id.to_string();
    let nail = json!({ "id": task, "name": "Nail" });
    let changed = |before: Value, after: Value, field: &str| {
        json!({ "current": { "cellValuesByFieldId": { field: after } },
            "previous": { "cellValuesByFieldId": { field: before } } })
    };
    let told = parts(&payloads, &tasks);
    assert_eq!(told[0]["createdRecordsById"][&task]["cellValuesByFieldId"][&link], json!([roof]));
    assert_eq!(told[1]["changedRecordsById"][&task], changed(json!([roof]), json!([wall]), &link));
    assert_eq!(told[2]["changedRecordsById"][&task], changed(json!([wall]), Value::Null, &link));
    let told = parts(&payloads, &projects);
    assert_eq!(told[0]["changedRecordsById"][&made[0]], changed(Value::Null, json!([nail]), &back));
    assert_eq!(told[1]["changedRecordsById"][&made[1]], changed(Value::Null, json!([nail]), &back));
    assert_eq!(told[2], json!({ "destroyedRecordIds": [made[1]] }), "{told:?}");
}

/// Filters, and how many payloads they leave of: a task made, its points and name changed, a project made, the task
/// deleted.
#[on_every_database]
async fn filters_leave_out_what_is_not_wanted(house: House) {
    let (tasks, points) = (house.table("Tasks").await, house.field("Points").await);
    let view = house.schema().await.table("Tasks").unwrap().views[0].id.to_string();
    let with = |more: Value| {
        let mut filters = json!({ "dataTypes": ["tableData"] });
        filters.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        spec(filters)
    };
    let cases = [
        (data(), 5),
        (spec(json!({ "dataTypes": ["tableFields", "tableMetadata"] })), 0),
        (with(json!({ "recordChangeScope": tasks })), 4),
        (with(json!({ "recordChangeScope": view })), 4),
        (with(json!({ "changeTypes": ["add"] })), 2),
        (with(json!({ "changeTypes": ["update", "remove"] })), 3),
        (with(json!({ "changeTypes": [] })), 5),
        (with(json!({ "fromSources": ["publicApi"] })), 5),
        (with(json!({ "fromSources": ["client", "automation"] })), 0),
        (with(json!({ "watchDataInFieldIds": [points] })), 3),
    ];
    let mut hooks = Vec::new();
    for (specification, count) in cases {
        hooks.push((house.hook(specification.clone()).await, specification, count));
    }
    let task = house.create("Tasks", &[json!({ "Name": "Nail", "Points": 1 })]).await.remove(0);
    house.update("Tasks", &task, json!({ "Points": 2 })).await;
    house.update("Tasks", &task, json!({ "Name": "Saw" })).await;
    house.create("Projects", &[json!({ "Title": "Roof" })]).await;
    house.delete("Tasks", std::slice::from_ref(&task)).await;
    for (hook, specification, count) in &hooks {
        assert_eq!(house.payloads(hook).await.len(), *count, "{specification}");
    }
    let viewed = house.payloads(&hooks[3].0).await;
    assert!(viewed[0]["changedTablesById"][&tasks]["changedViewsById"][&view]["createdRecordsById"][&task].is_object());
    let watched = house.payloads(&hooks[9].0).await;
    let current = &watched[1]["changedTablesById"][&tasks]["changedRecordsById"][&task]["current"];
    assert_eq!(current["cellValuesByFieldId"], json!({ points: 2 }), "the formula is not watched");
}

#[on_every_database]
async fn payloads_hold_as_much_as_is_included(house: House) {
    let (name, points, double) = (house.field("Name").await, house.field("Points").await, house.field("Double").await);
    let tasks = house.table("Tasks").await;
    let including = |includes: Value| {
        let filters = json!({ "dataTypes": ["tableData"], "watchDataInFieldIds": [points] });
        json!({ "options": { "filters": filters, "includes": includes } })
    };
    let all = including(json!({ "includeCellValuesInFieldIds": "all", "includePreviousCellValues": true }));
    let some = including(json!({ "includeCellValuesInFieldIds": [name] }));
    let task = house.create("Tasks", &[json!({ "Name": "Nail", "Points": 1 })]).await.remove(0);
    let (all, some) = (house.hook(all).await, house.hook(some).await);
    house.update("Tasks", &task, json!({ "Points": 3 })).await;
    let told = |payloads: Vec<Value>| payloads[0]["changedTablesById"][&tasks]["changedRecordsById"][&task].clone();
    let cells = |cells: Value| json!({ "cellValuesByFieldId": cells });
    let whole = json!({
        "current": cells(json!({ &points: 3, &double: 6 })), "previous": cells(json!({ &points: 1, &double: 2 })),
        "unchanged": cells(json!({ &name: "Nail" })),
    });
    assert_eq!(told(house.payloads(&all).await), whole);
    let part = json!({ "current": cells(json!({ &points: 3 })), "unchanged": cells(json!({ &name: "Nail" })) });
    assert_eq!(told(house.payloads(&some).await), part);
}

#[on_every_database]
async fn tables_and_fields_are_told(house: House) {
    let every = ["tableData", "tableFields", "tableMetadata"];
    let includes = json!({ "includePreviousFieldDefinitions": true });
    let hook = house.hook(json!({ "options": { "filters": { "dataTypes": every }, "includes": includes } })).await;
    let narrow = house.hook(spec(json!({ "dataTypes": ["tableFields"], "changeTypes": ["update"] }))).await;
    let (owner, base) = (&house.owner, house.base);
    let notes = serde_json::from_value(json!({ "name": "Notes", "description": "what else",
        "fields": [{ "name": "Text", "type": "multilineText" }] }));
    house.schemas.create_table(owner, base, &notes.unwrap()).await.unwrap();
    house.schemas.update_table(owner, base, "Tasks", Some("Jobs"), None).await.unwrap();
    let field = serde_json::from_value(json!({ "name": "Due", "type": "singleLineText" })).unwrap();
    house.schemas.create_field(owner, base, "Jobs", &field).await.unwrap();
    house.schemas.update_field(owner, base, ("Jobs", "Due"), Some("Until"), None, None).await.unwrap();
    let payloads = house.payloads(&hook).await;
    assert_eq!(payloads.len(), 4, "{payloads:?}");
    let schema = house.schema().await;
    let (jobs, notes) = (schema.table("Jobs").unwrap(), schema.table("Notes").unwrap());
    let (text, until) = (notes.fields[0].id.to_string(), jobs.field("Until").unwrap().id.to_string());
    let made = json!({ "metadata": { "name": "Notes", "description": "what else" },
        "fieldsById": { text: { "name": "Text", "type": "multilineText" } }, "recordsById": {} });
    assert_eq!(payloads[0]["createdTablesById"], json!({ notes.id.to_string(): made }));
    let told = parts(&payloads, &jobs.id.to_string());
    let named = |name: &str| json!({ "name": name, "description": null });
    assert_eq!(told[1], json!({ "changedMetadata": { "current": named("Jobs"), "previous": named("Tasks") } }));
    let definition = |name: &str| json!({ "name": name, "type": "singleLineText" });
    assert_eq!(told[2], json!({ "createdFieldsById": { &until: definition("Due") } }));
    let both = json!({ "current": definition("Until"), "previous": definition("Due") });
    assert_eq!(told[3], json!({ "changedFieldsById": { &until: both } }));
    let only = house.payloads(&narrow).await;
    assert_eq!(only.len(), 1);
    assert!(only[0]["changedTablesById"][jobs.id.to_string()]["changedFieldsById"][&until]["previous"].is_null());
}
