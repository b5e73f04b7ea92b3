//! What fields of the last change told in the past.

use super::*;

/// What is told of the tasks, by every way to ask.
struct Told {
    /// The change after which it was told.
    at: i64,
    records: Value,
    found: Vec<Value>,
}

impl Plans {
    /// Asks on this server, of now or of a moment of the past: for all, in the order of the last change, and for those changed
    /// in the first five minutes and by the owner.
    async fn ask(&self, app: &TestApp, at: &str) -> (Value, Vec<Value>) {
        let tasks = format!("/v0/{}/Tasks?{at}", self.base);
        let records = app.get(&tasks).await["records"].clone();
        let mut found = Vec::new();
        for query in [
            "sort[0][field]=Changed&sort[0][direction]=desc",
            "filterByFormula=IS_BEFORE(LAST_MODIFIED_TIME()%2C'2026-01-01T00:05:00Z')",
            "filterByFormula=FIND('bo'%2C%20%7BChanged%20by%7D)",
        ] {
            found.push(app.get(&format!("{tasks}&{query}")).await["records"].clone());
        }
        (records, found)
    }

    async fn tell(&self) -> Told {
        let history = self.app.get(&format!("/api/v1/bases/{}/history?limit=1", self.base)).await;
        let (records, found) = self.ask(&self.app, "").await;
        Told { at: history["changes"][0]["change"].as_i64().unwrap(), records, found }
    }
}

#[on_every_database]
async fn the_last_change_of_a_record_is_told_as_it_was(plans: Plans) {
    let app = &plans.app;
    plans.watch("Tasks", "Changed", "lastModifiedTime", json!([])).await;
    plans.watch("Tasks", "Changed by", "lastModifiedBy", json!([])).await;
    plans.watch("Tasks", "Scored", "lastModifiedTime", json!(["Points"])).await;
    plans.watch("Projects", "Filled", "lastModifiedTime", json!(["Tasks"])).await;
    let said = json!({ "formula": "DATETIME_FORMAT(LAST_MODIFIED_TIME(), 'HH:mm')" });
    app.ok(Method::POST, &plans.fields("Tasks"), &json!({ "name": "Said", "type": "formula", "options": said })).await;
    let (_, bo) = app.person("bo", "editor").await;
    let house = plans.create("Projects", json!({ "Title": "House" })).await;
    let one = plans.create("Tasks", json!({ "Name": "one", "Points": 1 })).await;
    plans.later();
    let two = plans.create("Tasks", json!({ "Name": "two", "Status": "Open" })).await;

    let path = format!("/v0/{}/Tasks/{one}", plans.base);
    let mut told = vec![plans.tell().await];
    for step in 0..9 {
        plans.later();
        match step {
            0 => drop(plans.write("Tasks", &one, json!({ "Name": "older" })).await),
            1 => {
                let body = json!({ "fields": { "Points": 2 } }).to_string();
                assert_eq!(app.send(Method::PATCH, &path, Some(&bo), body).await.0, 200);
            }
            2 => drop(plans.write("Projects", &house, json!({ "Tasks": [one, two] })).await),
            3 => drop(plans.write("Tasks", &two, json!({ "Points": 5, "Project": [] })).await),
            4 => drop(app.ok(Method::DELETE, &path, &Value::Null).await),
            5 => drop(plans.post("undo", json!({})).await),
            6 => drop(plans.write("Tasks", &one, json!({ "Name": "newest" })).await),
            7 => drop(plans.post("restore", json!({ "at": told[1].at, "table": "Tasks" })).await),
            _ => drop(plans.post("tables/Tasks/fields/Status/convert", json!({ "type": "singleLineText" })).await),
        }
        told.push(plans.tell().await);
    }
    let distinct: std::collections::BTreeSet<String> = told.iter().map(|told| told.records.to_string()).collect();
    assert!(distinct.len() + 1 >= told.len(), "all but the undone deletion are seen");

    let neighbour = if app.is_shared() { Some(app.neighbour().await) } else { None };
    for app in neighbour.iter().chain([app]) {
        for then in &told {
            let (records, found) = plans.ask(app, &format!("at={}", then.at)).await;
            assert_eq!(records, then.records, "at {}", then.at);
            assert_eq!(found, then.found, "at {}", then.at);
        }
    }
}
