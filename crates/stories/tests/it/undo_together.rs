//! Taking back what was done while others go on.

use std::sync::Arc;

use hyper::Method;
use serde_json::{Value, json};
use testkit::on_every_database;
use tokio::task::JoinSet;

use crate::app::{Near, TestApp};

async fn make(app: &TestApp, base: &str, table: &str, fields: Value) -> String {
    let made = app.ok(Method::POST, &format!("/v0/{base}/{table}"), &json!({ "fields": fields })).await;
    made["id"].as_str().unwrap().to_owned()
}

#[on_every_database]
async fn links_that_others_have_replaced_are_not_taken_back(app: TestApp) {
    let base = app.plans().await;
    let (_, ann) = app.person("ann", "editor").await;
    let mut projects = Vec::new();
    for title in ["X", "Y", "Z"] {
        projects.push(make(&app, &base, "Projects", json!({ "Title": title })).await);
    }
    let task = make(&app, &base, "Tasks", json!({ "Name": "t", "Project": [projects[2]] })).await;
    let path = format!("/v0/{base}/Tasks/{task}");
    let undo = format!("/api/v1/bases/{base}/undo");
    let link = |no: usize| json!({ "fields": { "Project": [projects[no]] } });
    let (status, told) = app.call_as(&ann, Method::PATCH, &path, &link(0)).await;
    assert_eq!(status, 200, "{told}");
    app.ok(Method::PATCH, &path, &link(1)).await;
    let (status, told) = app.call_as(&ann, Method::POST, &undo, &json!({})).await;
    assert_eq!(status, 409, "{told}");
    let wanted = format!("`Project` of {task} has changed; nothing was undone (send `force` to undo the rest)");
    assert_eq!(told["detail"], json!(wanted));
    assert_eq!(app.get(&path).await["fields"]["Project"], json!([projects[1]]));
}

/// What others have written over is told, and `force` goes past it.
#[on_every_database]
async fn a_change_of_which_nothing_is_left_is_passed_over(app: TestApp) {
    let base = app.plans().await;
    let (_, ann) = app.person("ann", "editor").await;
    let (undo, redo) = (format!("/api/v1/bases/{base}/undo"), format!("/api/v1/bases/{base}/redo"));
    let task = make(&app, &base, "Tasks", json!({ "Name": "t" })).await;
    let other = make(&app, &base, "Tasks", json!({ "Name": "u" })).await;
    let path = format!("/v0/{base}/Tasks/{task}");
    let points = |points: i64| json!({ "fields": { "Points": points } });
    app.ok(Method::PATCH, &path, &points(2)).await;
    let blocked = app.get(&format!("/api/v1/bases/{base}/history?limit=1")).await["changes"][0]["change"].clone();
    let blocked = blocked.as_i64().unwrap();
    let (status, told) = app.call_as(&ann, Method::PATCH, &path, &points(3)).await;
    assert_eq!(status, 200, "{told}");
    let left = format!(
        "`Points` of {task} has changed; nothing is left of change {blocked} to undo: send `force` without `change` to go on \
         with the one before it, or name another `change`"
    );
    for body in [json!({}), json!({ "change": blocked }), json!({ "change": blocked, "force": true })] {
        let (status, told) = app.call(Method::POST, &undo, &body).await;
        assert_eq!((status, &told["detail"]), (409, &json!(left)), "{body}");
    }
    let done = app.ok(Method::POST, &undo, &json!({ "force": true })).await;
    assert_eq!((&done["undone"], &done["records"]), (&json!(blocked - 1), &json!(1)), "{done}");
    assert_eq!(app.call(Method::GET, &format!("/v0/{base}/Tasks/{other}"), &Value::Null).await.0, 404);
    app.ok(Method::POST, &redo, &json!({})).await;
    app.ok(Method::POST, &undo, &json!({ "change": blocked - 1 })).await;

    // Somebody has deleted all that is left.
    let (status, told) = app.call_as(&ann, Method::DELETE, &path, &Value::Null).await;
    assert_eq!(status, 200, "{told}");
    let (status, told) = app.call(Method::POST, &undo, &json!({ "force": true })).await;
    assert_eq!((status, &told["detail"]), (422, &json!("there is no change of yours to undo")), "{told}");
    let last = app.get(&format!("/api/v1/bases/{base}/history?limit=1")).await["changes"][0]["change"].clone();
    for (change, words) in [
        (blocked - 1, "was taken back already, by change ".to_owned()),
        (blocked + 100, format!("there is no change {}: the last one is {last}", blocked + 100)),
        (0, "`change` is the number of a change, from 1, and not 0".to_owned()),
        (-3, "`change` is the number of a change, from 1, and not -3".to_owned()),
    ] {
        let (status, told) = app.call(Method::POST, &undo, &json!({ "change": change })).await;
        assert!(status == 422 && told["detail"].as_str().unwrap().contains(&words), "{change}: {told}");
    }
}

#[on_every_database]
async fn a_record_that_others_have_linked_stays(app: TestApp) {
    let base = app.plans().await;
    let (_, ann) = app.person("ann", "editor").await;
    let new = json!({ "fields": { "Title": "House" } });
    let (status, made) = app.call_as(&ann, Method::POST, &format!("/v0/{base}/Projects"), &new).await;
    assert_eq!(status, 200, "{made}");
    let task = make(&app, &base, "Tasks", json!({ "Name": "t", "Project": [made["id"]] })).await;
    let undo = format!("/api/v1/bases/{base}/undo");
    let (status, told) = app.call_as(&ann, Method::POST, &undo, &json!({})).await;
    assert_eq!(status, 409, "{told}");
    let told = told["detail"].as_str().unwrap();
    assert!(told.starts_with(&format!("`Tasks` of {} has changed;", made["id"].as_str().unwrap())), "{told}");
    // Without the link it is as it was made.
    app.ok(Method::DELETE, &format!("/v0/{base}/Tasks/{task}"), &Value::Null).await;
    let (status, told) = app.call_as(&ann, Method::POST, &undo, &json!({})).await;
    assert_eq!(status, 200, "{told}");
    assert_eq!(app.get(&format!("/v0/{base}/Projects")).await["records"], json!([]));
}

#[on_every_database]
async fn undos_at_once_take_back_one_change_each(app: TestApp) {
    let app = Arc::new(app);
    let base = app.plans().await;
    for name in 0..6 {
        make(&app, &base, "Tasks", json!({ "Name": format!("{name}") })).await;
    }
    for (path, left) in [("undo", 2), ("redo", 6)] {
        let path = format!("/api/v1/bases/{base}/{path}");
        let mut answers = JoinSet::new();
        for _ in 0..4 {
            let (app, path) = (Arc::clone(&app), path.clone());
            answers.spawn(async move { app.ok(Method::POST, &path, &Value::Null).await });
        }
        answers.join_all().await;
        let page = app.get(&format!("/v0/{base}/Tasks")).await;
        assert_eq!(page["records"].as_array().unwrap().len(), left);
    }
}

#[on_every_database]
async fn a_record_that_was_changed_before_it_was_deleted_again_stays_deleted(app: Near) {
    let app = &app.0;
    let base = app.plans().await;
    let (_, ann) = app.person("ann", "editor").await;
    let task = make(app, &base, "Tasks", json!({ "Name": "old", "Points": 1 })).await;
    let (path, undo) = (format!("/v0/{base}/Tasks/{task}"), format!("/api/v1/bases/{base}/undo"));
    let head = async || {
        let page = app.get(&format!("/api/v1/bases/{base}/history?limit=1")).await;
        page["changes"][0]["change"].as_i64().unwrap()
    };
    let made = head().await;
    let (status, told) = app.call_as(&ann, Method::DELETE, &path, &Value::Null).await;
    assert_eq!(status, 200, "{told}");
    let back = json!({ "at": made, "table": "Tasks", "record": task });
    app.ok(Method::POST, &format!("/api/v1/bases/{base}/restore"), &back).await;
    app.ok(Method::PATCH, &path, &json!({ "fields": { "Name": null, "Status": "Open" } })).await;
    app.ok(Method::DELETE, &path, &Value::Null).await;
    let (status, told) = app.call_as(&ann, Method::POST, &undo, &json!({})).await;
    assert_eq!(status, 409, "{told}");
    assert!(told["detail"].as_str().unwrap().starts_with(&format!("{task} has changed;")), "{told}");

    // Whoever deleted it last brings it back as it was then, in memory as in the database.
    app.ok(Method::POST, &undo, &json!({})).await;
    let cells = app.get(&path).await["fields"].clone();
    assert_eq!((&cells["Name"], &cells["Points"], &cells["Status"]), (&Value::Null, &json!(1), &json!("Open")));
    if app.is_shared() {
        assert_eq!(app.neighbour().await.get(&path).await["fields"], cells);
    }
    // And it can be deleted and brought back again and again.
    for (door, status) in [("redo", 404), ("undo", 200), ("redo", 404), ("undo", 200)] {
        app.ok(Method::POST, &format!("/api/v1/bases/{base}/{door}"), &json!({})).await;
        let found = app.call(Method::GET, &path, &Value::Null).await;
        assert_eq!(found.0, status, "{door}: {}", found.1);
    }
    assert_eq!(app.get(&path).await["fields"], cells);
}

#[on_every_database]
async fn a_link_to_a_record_that_others_deleted_is_not_left_out_without_a_word(app: TestApp) {
    let base = app.plans().await;
    let undo = format!("/api/v1/bases/{base}/undo");
    let house = make(&app, &base, "Projects", json!({ "Title": "House" })).await;
    let task = make(&app, &base, "Tasks", json!({ "Name": "t", "Points": 1, "Project": [house] })).await;
    let path = format!("/v0/{base}/Tasks/{task}");
    app.ok(Method::PATCH, &path, &json!({ "fields": { "Project": [], "Points": 2 } })).await;
    let page = app.get(&format!("/api/v1/bases/{base}/history?limit=1")).await;
    let change = page["changes"][0]["change"].clone();
    app.ok(Method::DELETE, &format!("/v0/{base}/Projects/{house}"), &Value::Null).await;
    let (status, told) = app.call(Method::POST, &undo, &json!({ "change": change })).await;
    let wanted = format!("{house} was deleted; nothing was undone (send `force` to undo the rest)");
    assert_eq!((status, &told["detail"]), (409, &json!(wanted)), "{told}");
    let told = app.ok(Method::POST, &undo, &json!({ "change": change, "force": true })).await;
    assert_eq!(told["skipped"], 1, "{told}");
    assert_eq!(app.get(&path).await["fields"]["Points"], 1);
    // In the order in which they were done all comes back.
    app.ok(Method::POST, &format!("/api/v1/bases/{base}/redo"), &json!({})).await;
    app.ok(Method::POST, &undo, &json!({})).await;
    app.ok(Method::POST, &undo, &json!({ "change": change })).await;
    assert_eq!(app.get(&path).await["fields"]["Project"], json!([house]));
}

#[on_every_database]
async fn an_undo_of_a_restore_brings_lists_back_in_their_order(app: TestApp) {
    let base = app.plans().await;
    let mut tasks = Vec::new();
    for name in ["a", "c", "d"] {
        tasks.push(make(&app, &base, "Tasks", json!({ "Name": name })).await);
    }
    let house = json!({ "Title": "House", "Tasks": [tasks[1], tasks[0], tasks[2]] });
    let house = make(&app, &base, "Projects", house).await;
    let path = format!("/v0/{base}/Projects/{house}");
    let page = app.get(&format!("/api/v1/bases/{base}/history?limit=1")).await;
    let then = page["changes"][0]["change"].clone();
    app.ok(Method::DELETE, &format!("/v0/{base}/Tasks/{}", tasks[1]), &Value::Null).await;
    make(&app, &base, "Tasks", json!({ "Name": "b", "Project": [house] })).await;
    let before = app.get(&path).await["fields"]["Tasks"].clone();
    app.ok(Method::POST, &format!("/api/v1/bases/{base}/restore"), &json!({ "at": then })).await;
    assert_eq!(app.get(&path).await["fields"]["Tasks"], json!([tasks[1], tasks[0], tasks[2]]));
    app.ok(Method::POST, &format!("/api/v1/bases/{base}/undo"), &json!({})).await;
    assert_eq!(app.get(&path).await["fields"]["Tasks"], before);
}

#[on_every_database]
async fn who_changed_a_record_last_comes_back_as_it_went(app: Near) {
    let app = &app.0;
    let base = app.plans().await;
    let (_, ann) = app.person("ann", "editor").await;
    for (name, kind) in [("When", "lastModifiedTime"), ("Who", "lastModifiedBy")] {
        let options = json!({ "referencedFieldIds": ["Points"] });
        let field = json!({ "name": name, "type": kind, "options": options });
        app.ok(Method::POST, &format!("/v0/meta/bases/{base}/tables/Tasks/fields"), &field).await;
    }
    let task = make(app, &base, "Tasks", json!({ "Name": "t", "Points": 1 })).await;
    let (path, undo) = (format!("/v0/{base}/Tasks/{task}"), format!("/api/v1/bases/{base}/undo"));
    app.ok(Method::PATCH, &path, &json!({ "fields": { "Name": "u" } })).await;
    let head = async || {
        let page = app.get(&format!("/api/v1/bases/{base}/history?limit=1")).await;
        page["changes"][0]["change"].as_i64().unwrap()
    };
    let whole = head().await;
    app.ok(Method::DELETE, &path, &Value::Null).await;
    let deleted = head().await;
    let back = json!({ "at": whole, "table": "Tasks", "record": task });
    app.ok(Method::POST, &format!("/api/v1/bases/{base}/restore"), &back).await;
    for points in [2, 1] {
        let fields = json!({ "fields": { "Points": points } });
        let (status, told) = app.call_as(&ann, Method::PATCH, &path, &fields).await;
        assert_eq!(status, 200, "{told}");
    }
    let before = app.get(&path).await["fields"].clone();
    app.ok(Method::DELETE, &path, &Value::Null).await;
    app.ok(Method::POST, &undo, &json!({ "change": deleted })).await;
    assert_eq!(app.get(&path).await["fields"], before);
    if app.is_shared() {
        assert_eq!(app.neighbour().await.get(&path).await["fields"], before);
    }
}
