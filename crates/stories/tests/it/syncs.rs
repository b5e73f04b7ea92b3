//! Tables that follow CSV files.

use hyper::{Method, Request};
use serde_json::{Value, json};
use testkit::on_every_database;

use crate::app::TestApp;

/// Lets a table follow files; answers the address that they are sent to.
pub async fn follow(app: &TestApp, base: &str, table: &str, wanted: &Value) -> String {
    let (status, made) = app.call(Method::POST, &format!("/api/v1/bases/{base}/tables/{table}/syncs"), wanted).await;
    assert_eq!(status, 201, "{made}");
    format!("/v0/{base}/{table}/sync/{}", made["id"].as_str().unwrap())
}

pub async fn send(app: &TestApp, path: &str, file: &str) {
    let (status, answer) = app.upload(path, file.as_bytes().to_vec()).await;
    assert_eq!((status, &answer), (200, &json!({ "success": true })), "{file}");
}

/// The cells of all records in their order, and their ids.
pub async fn held(app: &TestApp, base: &str, table: &str) -> (Vec<Value>, Vec<Value>) {
    let answer = app.get(&format!("/v0/{base}/{table}")).await;
    let records = answer["records"].as_array().unwrap();
    let each = |part: &str| records.iter().map(|record| record[part].clone()).collect();
    (each("fields"), each("id"))
}

async fn changes(app: &TestApp, base: &str) -> Vec<Value> {
    app.get(&format!("/api/v1/bases/{base}/history?limit=100")).await["changes"].as_array().unwrap().clone()
}

async fn teams(app: &TestApp) -> String {
    let table = json!({ "name": "People", "fields": [
        { "name": "Mail", "type": "email" }, { "name": "Notes", "type": "multilineText" },
    ]});
    let body = json!({ "name": "Teams", "workspaceId": app.workspace().await, "tables": [table] });
    app.ok(Method::POST, "/v0/meta/bases", &body).await["id"].as_str().unwrap().to_owned()
}

#[on_every_database]
async fn a_table_becomes_what_the_file_says(app: TestApp) {
    let base = teams(&app).await;
    let path = follow(&app, &base, "People", &json!({ "name": "Staff", "keyField": "Mail" })).await;
    let first = "mail,Name,Age,Since,Team\nann@x.org,Ann,31,2020-01-02,Red\nbob@x.org,Bob,27,2021-03-04,Blue\n\
                 cid@x.org,Cid,N/A,2021-03-05,Red\ndan@x.org,Dan,44,,Blue\n";
    send(&app, &path, first).await;
    let (cells, ids) = held(&app, &base, "People").await;
    let ann = json!({ "Mail": "ann@x.org", "Name": "Ann", "Age": 31, "Since": "2020-01-02", "Team": "Red" });
    assert_eq!((cells.len(), &cells[0]), (4, &ann));
    assert_eq!((&cells[2]["Age"], &cells[3]["Since"]), (&Value::Null, &Value::Null));
    let tables = app.get(&format!("/v0/meta/bases/{base}/tables")).await;
    let types: Vec<&str> =
        tables["tables"][0]["fields"].as_array().unwrap().iter().map(|field| field["type"].as_str().unwrap()).collect();
    assert_eq!(types[..5], ["email", "multilineText", "singleLineText", "number", "date"]);

    // What people write in other fields stays; the same file once more changes nothing.
    let note = json!({ "fields": { "Notes": "likes tea" } });
    app.ok(Method::PATCH, &format!("/v0/{base}/People/{}", ids[0].as_str().unwrap()), &note).await;
    let before = changes(&app, &base).await;
    send(&app, &path, first).await;
    send(&app, &path, &first.replace('\n', "\r\n")).await;
    send(&app, &path, &format!("\u{feff}{first}")).await;
    assert_eq!(changes(&app, &base).await, before);

    // In another order, with one more, one less, one cell changed and one emptied: one change.
    let second = "Name,Mail,Age,Since,Team\nEve,eve@x.org,50,2022-01-01,Red\nBob,bob@x.org,28,2021-03-04,Blue\n\
                  Ann,ann@x.org,31,,Red\nDan,dan@x.org,44,,Green\n";
    send(&app, &path, second).await;
    let now = changes(&app, &base).await;
    assert_eq!((now.len(), &now[0]["door"]), (before.len() + 1, &json!("sync")), "{}", now[0]);
    let (cells, kept) = held(&app, &base, "People").await;
    let ann = json!({ "Mail": "ann@x.org", "Notes": "likes tea", "Name": "Ann", "Age": 31, "Team": "Red" });
    assert_eq!(cells[0], ann);
    assert_eq!((&cells[1]["Age"], &cells[2]["Team"], &cells[3]["Name"]), (&json!(28), &json!("Green"), &json!("Eve")));
    assert_eq!((&kept[0], &kept[1], &kept[2], kept.len()), (&ids[0], &ids[1], &ids[3], 4), "records are the same ones");

    // It can be taken back like any other change, and comes again with the next file.
    app.ok(Method::POST, &format!("/api/v1/bases/{base}/undo"), &Value::Null).await;
    assert_eq!(held(&app, &base, "People").await.0[2]["Name"], "Cid");
    send(&app, &path, second).await;
    assert_eq!(held(&app, &base, "People").await.0.len(), 4);

    // No rows: nobody is left.
    send(&app, &path, "Mail,Name\n").await;
    assert_eq!(held(&app, &base, "People").await.0.len(), 0);
}

#[on_every_database]
async fn records_that_are_missing_may_stay(app: TestApp) {
    let base = app.plans().await;
    let rows = [json!({ "Name": "a" }), json!({ "Name": "a", "Points": 9 }), json!({ "Points": 3 })];
    let rows: Vec<Value> = rows.into_iter().map(|fields| json!({ "fields": fields })).collect();
    app.ok(Method::POST, &format!("/v0/{base}/Tasks"), &json!({ "records": rows })).await;
    let keeps = json!({ "name": "Points", "keyField": "Name", "missing": "keep" });
    let path = follow(&app, &base, "Tasks", &keeps).await;
    let file = "Name,Points,Status,Tags,Due,Urgent\na,1,Open,\"a, b\",2026-01-02,true\nb,2.5,Late,,,false\n";
    send(&app, &path, file).await;
    let points = async || -> Vec<Value> {
        held(&app, &base, "Tasks").await.0.iter().map(|cells| cells["Points"].clone()).collect()
    };
    assert_eq!(points().await, [1.0, 9.0, 3.0, 2.5], "the oldest of two with the same key");
    let (cells, _) = held(&app, &base, "Tasks").await;
    assert_eq!((&cells[0]["Tags"], &cells[0]["Urgent"]), (&json!(["a", "b"]), &json!(true)));
    assert_eq!(
        (&cells[0]["Double"], &cells[3]["Status"], &cells[3]["Urgent"]),
        (&json!(2), &json!("Late"), &Value::Null)
    );
    let before = changes(&app, &base).await.len();
    send(&app, &path, file).await;
    assert_eq!(changes(&app, &base).await.len(), before, "choices and boxes are the same too");
    // The same table by another sync, which deletes.
    let path = follow(&app, &base, "Tasks", &json!({ "name": "All", "keyField": "Name" })).await;
    send(&app, &path, "Name\nb\n").await;
    assert_eq!(points().await, [2.5]);
}

#[on_every_database]
async fn what_cannot_be_taken_is_said_and_changes_nothing(app: TestApp) {
    let base = app.plans().await;
    let path = follow(&app, &base, "Tasks", &json!({ "name": "Tasks", "keyField": "Name" })).await;
    send(&app, &path, "Name,Points\na,1\nb,2\n").await;
    let before = (changes(&app, &base).await, held(&app, &base, "Tasks").await);
    let wide: Vec<String> = (0..501).map(|n| format!("c{n}")).collect();
    let wide = wide.join(",");
    let long: String = (0..10_001).fold("Name\n".to_owned(), |text, n| format!("{text}{n}\n"));
    let cases: [(&[u8], &str); 17] = [
        (b"", "the file is empty"),
        (b"{\"records\": []}", "the first row has a quote"),
        (b"Title,Points\na,1\n", "the first row names `Title`, `Points`"),
        (b"Name,Points,New\na,1,x\na,2,y\n", "rows 1 and 2 have the same key in `Name`"),
        (b"Name,Points,New\na,1,x\n,2,y\n", "row 2 has nothing in the key `Name`"),
        (b"Name,New\na,x\nb,\"y\n", "row 2 (line 3) has a quote that nothing closes"),
        (b"Name,New\na,x\nb,y,z\n", "row 2 (line 3) has 3 cells, but the first row names 2 columns"),
        (b"Name,New\na,x\nb\n", "row 2 (line 3) has 1 cells"),
        (b"Name,New,new\na,x,y\n", "two columns are called `new`"),
        (b"Name,,New\na,x,y\n", "column 2 has no name"),
        (
            b"Name,Points,New\na,1,x\nb,many,y\n",
            "row 2 (line 3), column `Points`: `many` does not fit, since it is of another kind than its column; the field `Points` is of the type number",
        ),
        (b"Name,Double,New\na,1,x\n", "field `Double` is computed"),
        (b"Name,Project,New\na,House,x\n", "field `Project` of type `multipleRecordLinks` cannot follow a file"),
        (b"Name,New\nM\xfcller,x\n", "not UTF-8 (line 2)"),
        (b"\xff\xfeN\0a\0m\0e\0\n\0", "not UTF-8 (line 1)"),
        (wide.as_bytes(), "501 columns, and 500 are the most"),
        (long.as_bytes(), "more than 10000 rows"),
    ];
    for (file, said) in cases {
        let (status, answer) = app.upload(&path, file.to_vec()).await;
        let message = answer["error"]["message"].as_str().unwrap();
        assert_eq!((status, &answer["error"]["type"]), (422, &json!("INVALID_REQUEST_UNKNOWN")), "{said}: {answer}");
        assert!(message.contains(said), "{message:?} does not say {said:?}");
    }
    let (status, answer) = app.upload(&path, vec![b'x'; (2 << 20) + 1]).await;
    assert_eq!((status, &answer["error"]["type"]), (413, &json!("REQUEST_TOO_LARGE")));
    let after = (changes(&app, &base).await, held(&app, &base, "Tasks").await);
    assert_eq!(after, before, "neither fields nor records were made");
    send(&app, &path, "Name,Points\na,1\nb,2\n").await;
}

#[on_every_database]
async fn a_file_in_another_encoding_is_refused_by_its_word(app: TestApp) {
    let base = app.plans().await;
    let path = follow(&app, &base, "Tasks", &json!({ "name": "Tasks", "keyField": "Name" })).await;
    let told = [
        ("text/csv; charset=utf-8", 422, "the file is empty"),
        ("text/csv; header=present; Charset=\"UTF8\"", 422, "the file is empty"),
        ("text/csv; charset=iso-8859-1", 422, "the content type says `iso-8859-1`: send the file in UTF-8"),
    ];
    for (content_type, expected, said) in told {
        let request = Request::post(format!("{}{path}", app.url())).header("content-type", content_type);
        let (status, _, body) = app.fetch(request.header("authorization", format!("Bearer {}", app.token))).await;
        let text = String::from_utf8(body).unwrap();
        assert!(status == expected && text.contains(said), "{content_type}: {status} {text}");
    }
}

#[on_every_database]
async fn only_who_may_change_tables_sets_up_and_sends(app: TestApp) {
    let base = app.plans().await;
    let wanted = json!({ "name": "Tasks", "keyField": "Name" });
    let path = follow(&app, &base, "Tasks", &wanted).await;
    let setup = format!("/api/v1/bases/{base}/tables/Tasks/syncs");
    let editor = app.person("bob", "editor").await.1;
    let file = "Name\npaint\n".to_owned();
    let sent = app.send(Method::POST, &path, Some(&editor), file.clone()).await;
    assert_eq!((sent.0, &sent.1["error"]["type"]), (403, &json!("INVALID_PERMISSIONS")));
    assert_eq!(app.send(Method::POST, &setup, Some(&editor), wanted.to_string()).await.0, 403);
    let listed = app.send(Method::GET, &setup, Some(&editor), String::new()).await;
    assert_eq!((listed.0, listed.1["syncs"].as_array().unwrap().len()), (200, 1), "{}", listed.1);
    for scopes in [json!(["data.records:write"]), json!(["schema.bases:write"])] {
        let (_, token) = app.call(Method::POST, "/api/v1/tokens", &json!({ "name": "half", "scopes": scopes })).await;
        let sent = app.send(Method::POST, &path, token["token"].as_str(), file.clone()).await;
        assert_eq!(sent.0, 403, "{scopes} is not enough: {}", sent.1);
    }
    let scopes = json!(["data.records:write", "schema.bases:write"]);
    let (_, token) = app.call(Method::POST, "/api/v1/tokens", &json!({ "name": "sync", "scopes": scopes })).await;
    let sent = app.send(Method::POST, &path, token["token"].as_str(), file.clone()).await;
    assert_eq!(sent, (200, json!({ "success": true })), "these two are enough");
    let stranger = app.stranger().await;
    assert_eq!(app.send(Method::POST, &path, Some(&stranger), file).await.0, 403);
}

#[on_every_database]
async fn syncs_are_listed_checked_and_ended(app: TestApp) {
    let base = app.plans().await;
    let setup = format!("/api/v1/bases/{base}/tables/Tasks/syncs");
    let refused = [
        (json!({ "keyField": "Name" }), 422, "name"),
        (json!({ "name": "", "keyField": "Name" }), 422, "a sync needs a name of 1 to 255 characters"),
        (json!({ "name": "x", "keyField": "Nope" }), 404, "field `Nope` does not exist in table `Tasks`"),
        (json!({ "name": "x", "keyField": "Double" }), 422, "of type `formula` cannot be the key"),
        (json!({ "name": "x", "keyField": "Project" }), 422, "of type `multipleRecordLinks` cannot be the key"),
        (json!({ "name": "x", "keyField": "Tags" }), 422, "of type `multipleSelects` cannot be the key"),
        (json!({ "name": "x", "keyField": "Name", "missing": "hide" }), 422, "hide"),
        (json!({ "name": "x", "keyField": "Name", "more": 1 }), 422, "more"),
    ];
    for (wanted, status, said) in refused {
        let (got, answer) = app.call(Method::POST, &setup, &wanted).await;
        assert!(got == status && answer["detail"].as_str().unwrap().contains(said), "{wanted}: {answer}");
    }
    let path = follow(&app, &base, "Tasks", &json!({ "name": "Tasks", "keyField": "Name", "missing": "keep" })).await;
    let listed = app.get(&setup).await;
    let sync = &listed["syncs"][0];
    assert_eq!((&sync["name"], &sync["missing"]), (&json!("Tasks"), &json!("keep")), "{listed}");
    assert!(
        sync["tableId"].as_str().unwrap().starts_with("tbl") && sync["keyFieldId"].as_str().unwrap().starts_with("fld")
    );
    // It is of its table only.
    let id = sync["id"].as_str().unwrap();
    let elsewhere = format!("/v0/{base}/Projects/sync/{id}");
    let (status, answer) = app.upload(&elsewhere, b"Title\nx\n".to_vec()).await;
    assert_eq!(status, 404, "{answer}");
    assert_eq!(
        app.call(Method::DELETE, &format!("/api/v1/bases/{base}/tables/Projects/syncs/{id}"), &Value::Null).await.0,
        404
    );
    // The table goes by its id too.
    send(&app, &format!("/v0/{base}/{}/sync/{id}", sync["tableId"].as_str().unwrap()), "Name\na\n").await;
    app.ok(Method::DELETE, &format!("{setup}/{id}"), &Value::Null).await;
    let (status, answer) = app.upload(&path, b"Name\na\n".to_vec()).await;
    assert_eq!((status, &answer["error"]["type"]), (404, &json!("NOT_FOUND")), "{answer}");
    assert_eq!(app.call(Method::DELETE, &format!("{setup}/{id}"), &Value::Null).await.0, 404);
    for n in 0..20 {
        follow(&app, &base, "Tasks", &json!({ "name": format!("{n}"), "keyField": "Name" })).await;
    }
    let (status, answer) = app.call(Method::POST, &setup, &json!({ "name": "x", "keyField": "Name" })).await;
    assert!(status == 422 && answer["detail"].as_str().unwrap().contains("has 20 syncs already"), "{answer}");
}

#[on_every_database]
async fn a_name_is_of_one_sync_of_a_table_only(app: TestApp) {
    let base = app.plans().await;
    let wanted = |name: &str| json!({ "name": name, "keyField": "Name" });
    let path = follow(&app, &base, "Tasks", &wanted("Nightly")).await;
    let setup = format!("/api/v1/bases/{base}/tables/Tasks/syncs");
    for name in ["Nightly", "nightly"] {
        let (status, answer) = app.call(Method::POST, &setup, &wanted(name)).await;
        let said = format!("table `Tasks` has a sync `{name}` already: choose another name");
        assert!(status == 422 && answer["detail"].as_str().unwrap().contains(&said), "{answer}");
    }
    // Another table may have one, and so may this one once it is gone.
    follow(&app, &base, "Projects", &json!({ "name": "Nightly", "keyField": "Title" })).await;
    let id = path.rsplit('/').next().unwrap();
    app.ok(Method::DELETE, &format!("{setup}/{id}"), &Value::Null).await;
    follow(&app, &base, "Tasks", &wanted("Nightly")).await;
}

#[on_every_database]
async fn a_key_that_became_another_type_is_named(app: TestApp) {
    let base = app.plans().await;
    let fields = format!("/v0/meta/bases/{base}/tables/Tasks/fields");
    app.ok(Method::POST, &fields, &json!({ "name": "Code", "type": "singleLineText" })).await;
    let path = follow(&app, &base, "Tasks", &json!({ "name": "Codes", "keyField": "Code" })).await;
    send(&app, &path, "Code,Name\nx,a\ny,b\n").await;
    let convert = async |new: Value| {
        app.ok(Method::POST, &format!("/api/v1/bases/{base}/tables/Tasks/fields/Code/convert"), &new).await
    };
    let icon = json!({ "icon": "check", "color": "redBright" });
    for (kind, options) in [
        ("multipleSelects", json!({ "choices": [] })),
        ("checkbox", icon),
        ("multipleCollaborators", Value::Null),
        ("formula", json!({ "formula": "{Name}" })),
    ] {
        let mut new = json!({ "type": kind, "allowLoss": true });
        if !options.is_null() {
            new["options"] = options;
        }
        convert(new).await;
        let before = changes(&app, &base).await;
        let (status, answer) = app.upload(&path, b"Code,Name,New\nx,a,1\nz,c,2\n".to_vec()).await;
        let message = answer["error"]["message"].as_str().unwrap();
        for said in [&format!("field `Code` of type `{kind}` cannot be the key"), "`singleLineText`", "`number`"] {
            assert!(status == 422 && message.contains(said), "{message}");
        }
        assert_eq!(changes(&app, &base).await, before, "nothing is made");
    }
    convert(json!({ "type": "singleLineText" })).await;
    send(&app, &path, "Code,Name\na,a\nb,b\n").await;
}

#[on_every_database]
async fn a_quote_that_does_not_belong_is_shown(app: TestApp) {
    let base = app.plans().await;
    let path = follow(&app, &base, "Tasks", &json!({ "name": "Tasks", "keyField": "Name" })).await;
    for (file, said) in [
        (
            "Name,Size\na,3\nb,5\" pipe\n",
            "row 2 (line 3) has a quote in the middle of a cell in column 2 (line 3, character 4): put the whole cell into \
             quotes and double those within, as `\"5\"\" pipe\"`",
        ),
        (
            "Name,Size\n\"a\nb\",\"5\" pipe\"\n",
            "row 1 (line 2) has a quote in the middle of a cell in column 2 (line 3, character 6): double it if it is of the cell",
        ),
        (
            "Name,Size\na,\"3\nb,4\n",
            "row 1 (line 2) has a quote that nothing closes in column 2 (line 2, character 3): close it at the end of the cell",
        ),
        (
            "Name,Si\"ze\na,3\n",
            "the first row has a quote in the middle of a cell in column 2 (line 1, character 8): put the whole cell",
        ),
    ] {
        let (status, answer) = app.upload(&path, file.as_bytes().to_vec()).await;
        let message = answer["error"]["message"].as_str().unwrap();
        assert!(status == 422 && message.contains(said), "{message}");
    }
    send(&app, &path, "Name,Size\na,3\nb,\"5\"\" pipe\"\n").await;
}

#[on_every_database]
async fn what_is_in_the_trash_is_not_written(app: TestApp) {
    let base = teams(&app).await;
    let path = follow(&app, &base, "People", &json!({ "name": "Staff", "keyField": "Mail" })).await;
    let file = "Mail,Age\nann@x.org,31\n";
    send(&app, &path, file).await;
    let fields = format!("/v0/meta/bases/{base}/tables/People/fields");
    // A column whose field is in the trash gets another field.
    app.ok(Method::DELETE, &format!("{fields}/Age"), &Value::Null).await;
    send(&app, &path, file).await;
    assert_eq!(held(&app, &base, "People").await.0, [json!({ "Mail": "ann@x.org", "Age": 31 })]);
    // A key in the trash, while another field has its name.
    app.ok(Method::POST, &fields, &json!({ "name": "Other", "type": "singleLineText" })).await;
    let sync = follow(&app, &base, "People", &json!({ "name": "Other", "keyField": "Other" })).await;
    let gone = app.ok(Method::DELETE, &format!("{fields}/Other"), &Value::Null).await;
    let (status, answer) = app.upload(&sync, b"Other\nx\n".to_vec()).await;
    assert!(
        status == 422 && answer["error"]["message"].as_str().unwrap().contains("was deleted: restore it"),
        "{answer}"
    );
    let restore = async |id: &Value| {
        app.ok(Method::POST, &format!("/api/v1/bases/{base}/trash/{}/restore", id.as_str().unwrap()), &Value::Null)
            .await
    };
    restore(&gone["id"]).await;
    send(&app, &sync, "Other\nx\n").await;
    // A table in the trash.
    let body = json!({ "name": "Rest", "fields": [{ "name": "N", "type": "singleLineText" }] });
    app.ok(Method::POST, &format!("/v0/meta/bases/{base}/tables"), &body).await;
    let gone = app.ok(Method::DELETE, &format!("/v0/meta/bases/{base}/tables/People"), &Value::Null).await;
    let (status, answer) = app.upload(&sync, b"Other\ny\n".to_vec()).await;
    let model = json!("INVALID_PERMISSIONS_OR_MODEL_NOT_FOUND");
    assert_eq!((status, &answer["error"]["type"]), (403, &model), "{answer}");
    restore(&gone["id"]).await;
    send(&app, &sync, "Other\ny\n").await;
    assert_eq!(held(&app, &base, "People").await.0, [json!({ "Other": "y" })]);
}

#[on_every_database]
async fn of_two_files_at_once_one_comes_after_the_other(app: TestApp) {
    let base = teams(&app).await;
    let path = follow(&app, &base, "People", &json!({ "name": "Staff", "keyField": "Mail" })).await;
    let neighbour = if app.is_shared() { Some(app.neighbour().await) } else { None };
    let other = neighbour.as_ref().unwrap_or(&app);
    for round in 0..4 {
        // Both need the same new fields, of types that may not be the same.
        let file = |whose: &str, from: usize, value: &str| -> String {
            let head = format!("Mail,Whose,Of {round}\n");
            (from..from + 300).fold(head, |text, n| format!("{text}u{n}@x.org,{whose},{value}\n"))
        };
        let (mine, theirs) =
            (file("mine", round, "7"), file("theirs", round + 150, if round % 2 == 0 { "7" } else { "seven" }));
        let (one, two) = tokio::join!(app.upload(&path, mine.into_bytes()), other.upload(&path, theirs.into_bytes()),);
        let ok = (200, json!({ "success": true }));
        let refused = |answer: &(u16, Value)| answer.0 == 422 && answer.1.to_string().contains("does not fit");
        assert!(one == ok || two == ok, "{one:?} {two:?}");
        assert!((one == ok || refused(&one)) && (two == ok || refused(&two)), "{one:?} {two:?}");
        let (mut cells, mut offset) = (Vec::new(), String::new());
        loop {
            let page = app.get(&format!("/v0/{base}/People?offset={offset}")).await;
            cells.extend(page["records"].as_array().unwrap().iter().map(|record| record["fields"].clone()));
            let Some(next) = page["offset"].as_str() else { break };
            next.clone_into(&mut offset);
        }
        assert_eq!(cells.len(), 300);
        assert!(cells.iter().all(|held| held["Whose"] == cells[0]["Whose"]), "a mixture of both: {cells:?}");
        let tables = app.get(&format!("/v0/meta/bases/{base}/tables")).await;
        let fields = tables["tables"][0]["fields"].as_array().unwrap();
        assert_eq!(fields.iter().filter(|field| field["name"] == format!("Of {round}")).count(), 1);
    }
}

#[on_every_database]
async fn webhooks_know_what_came_by_a_sync(app: TestApp) {
    let base = teams(&app).await;
    let path = follow(&app, &base, "People", &json!({ "name": "Staff", "keyField": "Mail" })).await;
    let mut hooks = Vec::new();
    for source in ["sync", "publicApi"] {
        let filters = json!({ "dataTypes": ["tableData", "tableFields"], "fromSources": [source] });
        let body = json!({ "specification": { "options": { "filters": filters } } });
        let made = app.ok(Method::POST, &format!("/v0/bases/{base}/webhooks"), &body).await;
        hooks.push(made["id"].as_str().unwrap().to_owned());
    }
    send(&app, &path, "Mail,Age\nann@x.org,31\n").await;
    let mut told = Vec::new();
    for hook in hooks {
        let page = app.get(&format!("/v0/bases/{base}/webhooks/{hook}/payloads")).await;
        told.push(page["payloads"].as_array().unwrap().clone());
    }
    assert_eq!((told[0].len(), told[1].len()), (2, 0), "{told:?}");
    assert!(told[0].iter().all(|payload| payload["actionMetadata"]["source"] == "sync"), "{told:?}");
}

#[on_every_database]
async fn the_largest_file_is_one_change(app: TestApp) {
    let base = teams(&app).await;
    let path = follow(&app, &base, "People", &json!({ "name": "Staff", "keyField": "Mail" })).await;
    let file = |age: usize, from: usize| -> String {
        let head = "Mail,Name,Age\n".to_owned();
        (from..from + 10_000).fold(head, |text, n| format!("{text}user{n}@x.org,Person {n},{}\n", n % 90 + age))
    };
    send(&app, &path, &file(1, 0)).await;
    let before = changes(&app, &base).await.len();
    // Half of the records leave, the others become a year older.
    send(&app, &path, &file(2, 5_000)).await;
    let now = changes(&app, &base).await;
    let table = &now[0]["tables"][0];
    assert_eq!(now.len(), before + 1);
    for part in ["created", "updated", "deleted"] {
        assert_eq!(table[part].as_array().map(Vec::len), Some(5_000), "{part}");
    }
}
