//! Upserts, and cells as people see them.

use std::sync::Arc;

use hyper::Method;
use serde_json::{Value, json};
use testkit::on_every_database;
use tokio::task::JoinSet;

use crate::app::TestApp;

async fn upsert(app: &TestApp, tasks: &str, on: &[&str], records: Value) -> (u16, Value) {
    let body = json!({ "performUpsert": { "fieldsToMergeOn": on }, "records": records });
    app.call(Method::PATCH, tasks, &body).await
}

fn ids(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|id| id.as_str().unwrap()).collect()
}

#[on_every_database]
async fn what_matches_is_updated_and_the_rest_created(app: TestApp) {
    let base = app.plans().await;
    let tasks = format!("/v0/{base}/Tasks");
    let made = json!({ "records": [
        { "fields": { "Name": "Paint", "Points": 1, "Tags": ["a", "b"] } },
        { "fields": { "Name": "Nail", "Points": 2, "Status": "Open" } },
        { "fields": { "Name": "Saw", "Points": 2 } },
    ] });
    let made = app.ok(Method::POST, &tasks, &made).await;
    let id = |at: usize| made["records"][at]["id"].as_str().unwrap();

    let records = json!([
        { "fields": { "Name": "Nail", "Points": 5 } },
        { "fields": { "Name": "Glue" } },
        { "id": id(0), "fields": { "Points": 9 } },
        // Matches what this request has just created.
        { "fields": { "Name": "Glue", "Points": 4, "Status": "Done" } },
        // Blank matches nothing.
        { "fields": { "Name": null, "Points": 7 } },
        { "fields": { "Points": 8 } },
    ]);
    let (status, answer) = upsert(&app, &tasks, &["Name"], records).await;
    assert_eq!(status, 200, "{answer}");
    let written = answer["records"].as_array().unwrap();
    let at = |at: usize| written[at]["id"].as_str().unwrap();
    assert_eq!(at(0), id(1));
    assert_eq!(written[0]["fields"], json!({ "Name": "Nail", "Points": 5, "Status": "Open", "Double": 10, "No": 2 }));
    assert_eq!(written[2]["fields"]["Tags"], json!(["a", "b"]));
    assert_eq!(at(1), at(3), "both are the record as it is after");
    assert_eq!(written[3]["fields"], json!({ "Name": "Glue", "Points": 4, "Status": "Done", "Double": 8, "No": 4 }));
    assert_eq!(ids(&answer["createdRecords"]), [at(1), at(4), at(5)]);
    assert_eq!(ids(&answer["updatedRecords"]), [id(1), id(0)]);

    // Two fields, both must agree; lists of choices in any order; replacing empties the rest.
    let body = json!({ "performUpsert": { "fieldsToMergeOn": ["Points", "Tags"] }, "records": [
        { "fields": { "Points": 9, "Tags": ["b", "a"], "Due": "2026-01-02" } },
        { "fields": { "Points": 9, "Tags": ["a"] } },
    ] });
    let answer = app.ok(Method::PUT, &tasks, &body).await;
    assert_eq!((ids(&answer["updatedRecords"]), ids(&answer["createdRecords"]).len()), (vec![id(0)], 1));
    let replaced = &answer["records"][0]["fields"];
    assert_eq!(*replaced, json!({ "Points": 9, "Tags": ["b", "a"], "Due": "2026-01-02", "Double": 18, "No": 1 }));

    // Choices that are new with typecast are the same choice within a request.
    let body = json!({ "performUpsert": { "fieldsToMergeOn": ["Status"] }, "typecast": true, "records": [
        { "fields": { "Status": "Later", "Name": "one" } }, { "fields": { "Status": "Later", "Name": "two" } },
    ] });
    let answer = app.ok(Method::PATCH, &tasks, &body).await;
    assert_eq!(answer["records"][0], answer["records"][1]);
    assert_eq!(answer["records"][0]["fields"]["Name"], "two");
}

#[on_every_database]
async fn an_upsert_is_a_patch_or_a_put(app: TestApp) {
    let base = app.plans().await;
    let tasks = format!("/v0/{base}/Tasks");
    let body =
        json!({ "performUpsert": { "fieldsToMergeOn": ["Name"] }, "records": [{ "fields": { "Name": "Saw" } }] });
    let (status, refused) = app.call(Method::POST, &tasks, &body).await;
    assert_eq!((status, &refused["error"]["type"]), (422, &json!("INVALID_REQUEST_UNKNOWN")));
    assert!(refused["error"]["message"].as_str().unwrap().contains("`PATCH` and `PUT`"), "{refused}");
    assert_eq!(app.get(&tasks).await["records"], json!([]));
}

#[on_every_database]
async fn an_upsert_that_cannot_be_decided_writes_nothing(app: TestApp) {
    let base = app.plans().await;
    let tasks = format!("/v0/{base}/Tasks");
    let twice = json!({ "records": [{ "fields": { "Name": "Saw" } }, { "fields": { "Name": "Saw" } }] });
    app.ok(Method::POST, &tasks, &twice).await;
    let before = app.get(&tasks).await;
    let one = json!([{ "fields": { "Name": "New" } }, { "fields": { "Name": "Saw" } }]);
    let (status, answer) = upsert(&app, &tasks, &["Name"], one.clone()).await;
    assert_eq!((status, answer["error"]["type"].as_str()), (422, Some("INVALID_REQUEST_UNKNOWN")));
    assert!(answer["error"]["message"].as_str().unwrap().starts_with("2 records match in \"Name\""), "{answer}");
    let cases = [
        (&[][..], "INVALID_REQUEST_UNKNOWN", "`fieldsToMergeOn` names 1 to 3 fields; 0 were given"),
        (&["Name", "Points", "Status", "Due"], "INVALID_REQUEST_UNKNOWN", "1 to 3 fields; 4 were given"),
        (&["Nam"], "UNKNOWN_FIELD_NAME", "Unknown field name: \"Nam\""),
        (&["Double"], "INVALID_REQUEST_UNKNOWN", "field \"Double\" cannot be merged on: it is of type `formula`"),
    ];
    for (on, code, words) in cases {
        let (status, answer) = upsert(&app, &tasks, on, one.clone()).await;
        assert_eq!((status, answer["error"]["type"].as_str()), (422, Some(code)), "{answer}");
        assert!(answer["error"]["message"].as_str().unwrap().contains(words), "{answer}");
    }
    let missing = json!([{ "id": "rec00000000000000", "fields": {} }]);
    assert_eq!(upsert(&app, &tasks, &["Name"], missing).await.1["error"]["type"], "ROW_DOES_NOT_EXIST");
    assert_eq!(upsert(&app, &tasks, &["Name"], json!([{ "id": "x" }])).await.1["error"]["type"], "INVALID_RECORDS");
    let eleven: Vec<Value> = (0..11).map(|n| json!({ "fields": { "Name": n.to_string() } })).collect();
    assert_eq!(upsert(&app, &tasks, &["Name"], json!(eleven)).await.1["error"]["type"], "INVALID_RECORDS");
    for wrong in [json!("Name"), json!({}), json!({ "fieldsToMergeOn": "Name" })] {
        let body = json!({ "performUpsert": wrong, "records": one });
        assert_eq!(app.call(Method::PATCH, &tasks, &body).await.0, 422);
    }
    assert_eq!(app.get(&tasks).await, before);
}

/// Each looks before the others have written, and must see their records all the same.
#[on_every_database]
async fn racing_upserts_make_one_record_of_a_key(app: TestApp) {
    let base = app.plans().await;
    let tasks = format!("/v0/{base}/Tasks");
    let app = Arc::new(app);
    for round in 0..5 {
        let mut racing = JoinSet::new();
        for racer in 0..8 {
            let records: Vec<Value> = (0..10)
                .map(|n| (n + racer) % 10)
                .map(|n| json!({ "fields": { "Name": format!("key {round} {n}"), "Points": racer } }))
                .collect();
            let (app, tasks) = (Arc::clone(&app), tasks.clone());
            racing.spawn(async move { upsert(&app, &tasks, &["Name"], json!(records)).await });
        }
        let answers = racing.join_all().await;
        assert!(answers.iter().all(|(status, _)| *status == 200), "{answers:?}");
        let created: usize = answers.iter().map(|(_, answer)| ids(&answer["createdRecords"]).len()).sum();
        assert_eq!(created, 10, "each key was created once");
    }
    let all = app.get(&format!("{tasks}?pageSize=100")).await;
    assert_eq!(all["records"].as_array().unwrap().len(), 50);
}

#[on_every_database]
async fn cells_are_told_as_people_see_them(app: TestApp) {
    let base = app.plans().await;
    let tasks = format!("/v0/{base}/Tasks");
    let fields = json!({ "Name": "Paint", "Points": 3.5, "Status": "Open", "Tags": ["b", "a"], "Due": "2026-01-02", "Urgent": true });
    let made = app.ok(Method::POST, &tasks, &json!({ "fields": fields })).await;
    let shown = app.get(&format!("{tasks}?cellFormat=string&timeZone=utc&userLocale=en-ie")).await;
    let shown = &shown["records"][0]["fields"];
    assert!(shown.as_object().unwrap().values().all(Value::is_string), "{shown}");
    for (name, text) in [("Name", "Paint"), ("Status", "Open"), ("Tags", "b, a"), ("Urgent", "checked"), ("No", "1")] {
        assert_eq!(shown[name], text);
    }
    // The other doors say the same.
    let one = format!("{tasks}/{}?cellFormat=string&timeZone=UTC&userLocale=en-IE", made["id"].as_str().unwrap());
    assert_eq!(app.get(&one).await["fields"], *shown);
    let body = json!({ "cellFormat": "string", "timeZone": "Europe/Paris", "userLocale": "fr" });
    let posted = app.ok(Method::POST, &format!("{tasks}/listRecords"), &body).await;
    assert_eq!(posted["records"][0]["fields"]["Name"], "Paint");
    // Some clients leave the two in the address.
    let address = format!("{tasks}/listRecords?timeZone=utc&userLocale=en-ie");
    let posted = app.ok(Method::POST, &address, &json!({ "cellFormat": "string" })).await;
    assert_eq!(posted["records"][0]["fields"], *shown);
    let counted =
        app.get(&format!("{tasks}?cellFormat=string&timeZone=utc&userLocale=en&recordMetadata[]=commentCount")).await;
    assert_eq!((&counted["records"][0]["commentCount"], &counted["records"][0]["fields"]), (&json!(0), shown));
    // With `json` they mean nothing.
    let plain = app.get(&format!("{tasks}?cellFormat=json&timeZone=utc&userLocale=en-ie")).await;
    assert_eq!(plain["records"][0], made);
    let wrong = [
        ("cellFormat=string", "both `timeZone` and `userLocale` must be given"),
        ("cellFormat=string&timeZone=utc", "both `timeZone` and `userLocale` must be given"),
        ("cellFormat=text", "`cellFormat` is `json` or `string`"),
        ("cellFormat=string&timeZone=Mars/Olympus&userLocale=en", "not `Mars/Olympus`"),
        ("cellFormat=string&timeZone=utc&userLocale=%3Cb%3E", "not `<b>`"),
        (
            "cellFormat=string&timeZone=utc&userLocale=klingon",
            "`userLocale` is a locale or a language such as `en-gb` or `de`, not `klingon`",
        ),
        ("cellFormat=string&timeZone=utc&userLocale=xx-DE", "not `xx-DE`"),
    ];
    for locale in ["zh", "ja-JP", "en_US", "DE", "pt-br", "es-CL", "sr-Cyrl-RS"] {
        app.get(&format!("{tasks}?cellFormat=string&timeZone=utc&userLocale={locale}")).await;
    }
    for (query, words) in wrong {
        let (status, answer) = app.call(Method::GET, &format!("{tasks}?{query}"), &Value::Null).await;
        assert_eq!((status, answer["error"]["type"].as_str()), (422, Some("INVALID_REQUEST_UNKNOWN")));
        assert!(answer["error"]["message"].as_str().unwrap().contains(words), "{answer}");
    }
}
