//! CSV files in and out.

use hyper::Method;
use serde_json::{Value, json};
use testkit::on_every_database;

use crate::app::TestApp;

/// Uploads a file and waits for the import's end.
async fn import(app: &TestApp, query: &str, file: Vec<u8>) -> Value {
    let begun = app.upload(&format!("/api/v1/imports?{query}"), file).await;
    assert_eq!(begun.0, 202, "{}", begun.1);
    let path = format!("/api/v1/imports/{}", begun.1["id"].as_str().unwrap());
    let (_, events) = app.text(Method::GET, &format!("{path}/events")).await;
    assert!(events.contains("event: done"), "{events}");
    app.get(&path).await
}

async fn base_of(app: &TestApp, name: &str) -> String {
    let bases = app.get("/v0/meta/bases").await;
    let found = bases["bases"].as_array().unwrap().iter().find(|base| base["name"] == name).unwrap();
    found["id"].as_str().unwrap().to_owned()
}

#[on_every_database]
async fn a_file_becomes_a_table_with_types_and_a_report(app: TestApp) {
    let file = "\u{FEFF}Name;Amount;Due;Paid\r\nAnn;1.234,50 €;03.04.2026;yes\r\nBob;17,00 €;15.04.2026;no\r\nCid;n/a;16.04.2026;yes\r\n";
    let query = "base=Books&table=Invoices&create=true&keepUnfit=true";
    let done = import(&app, query, file.as_bytes().to_vec()).await;
    assert_eq!((&done["state"], &done["rows"]), (&json!("done"), &json!(3)), "{done}");
    assert_eq!(done["dialect"]["delimiter"], ";");
    assert_eq!(done["report"]["totals"]["placeholder"], 1, "{done}");
    let base = base_of(&app, "Books").await;
    let records = app.get(&format!("/v0/{base}/Invoices")).await["records"].as_array().unwrap().clone();
    let ann = json!({ "Name": "Ann", "Amount": 1234.5, "Due": "2026-04-03", "Paid": true });
    assert_eq!(records[0]["fields"], ann);
    assert_eq!(records[2]["fields"]["Amount (as text)"], "n/a");
    let answer = json!({ "message": "what is the total amount?", "session_id": "s", "base_id": base });
    assert_eq!(app.ok(Method::POST, "/chat", &answer).await["value"], 1251.5);
}

#[on_every_database]
async fn text_comes_out_as_it_went_in(app: TestApp) {
    let file = "Name,Note\r\n\"a, b\",\"two\nlines\"\r\n=1+1,\" spaced \"\r\n007,\"say \"\"hi\"\"\"\r\n";
    let done = import(&app, "base=T&table=T&create=true&types=text", file.as_bytes().to_vec()).await;
    assert_eq!(done["state"], "done", "{done}");
    let (_, out) = app.text(Method::GET, "/api/v1/export?base=T&table=T").await;
    assert_eq!(out, file);
    let (_, safe) = app.text(Method::GET, "/api/v1/export?base=T&table=T&spreadsheetSafe=true").await;
    assert!(safe.contains("\"'=1+1\""), "{safe}");
}

#[on_every_database]
async fn rows_go_into_a_table_that_is_there(app: TestApp) {
    let base = app.plans().await;
    let file = "name,POINTS,status,project\nPaint,3,Open,House\nMow,x,New,Garden\n";
    let done = import(&app, &format!("base={base}&table=Tasks"), file.as_bytes().to_vec()).await;
    assert_eq!(done["state"], "done", "{done}");
    let records = app.get(&format!("/v0/{base}/Tasks")).await["records"].as_array().unwrap().clone();
    assert_eq!(records.len(), 2);
    assert_eq!((&records[0]["fields"]["Points"], &records[0]["fields"]["Status"]), (&json!(3), &json!("Open")));
    let (status, _) = app.text(Method::GET, &format!("/api/v1/export?base={base}&table=Nope")).await;
    assert_eq!(status, 404);
    let done = import(&app, &format!("base={base}&table=Tasks"), b"Nope\n1\n".to_vec()).await;
    assert_eq!(done["state"], "failed");
    assert!(done["error"].as_str().unwrap().contains("no field `Nope`"), "{done}");
}

#[on_every_database]
async fn files_nobody_can_love_are_read_or_refused_with_the_reason(app: TestApp) {
    let (status, answer) = app.upload("/api/v1/imports?base=B&table=T&create=true", Vec::new()).await;
    assert_eq!((status, &answer["code"]), (422, &json!("empty-file")), "{answer}");
    let (status, answer) = app.upload("/api/v1/imports?table=T", b"a\n1\n".to_vec()).await;
    assert_eq!(status, 422, "{answer}");
    let dry = |name: &str| format!("base=B&table={name}&create=true&dryRun=true");
    let ragged = format!("a,b,c\n{}4,5\n6,7,8,9\n", "1,2,3\n".repeat(20));
    let ragged = import(&app, &dry("Ragged"), ragged.as_bytes().to_vec()).await;
    assert_eq!((&ragged["state"], &ragged["totalRows"]), (&json!("checked"), &json!(22)), "{ragged}");
    assert_eq!(
        (&ragged["report"]["totals"]["short"], &ragged["report"]["totals"]["surplus"]),
        (&json!(1), &json!(1)),
        "{ragged}"
    );
    let nul = import(&app, &dry("Nul"), b"a,b\n1,x\0y\n2,z\n".to_vec()).await;
    assert_eq!(nul["report"]["totals"]["nul"], 1, "{nul}");
    let latin =
        import(&app, "base=L&table=L&create=true", b"Name,City\nJos\xe9,M\xfcnchen\nAnn,K\xf6ln\n".to_vec()).await;
    assert_eq!(latin["state"], "done", "{latin}");
    let base = base_of(&app, "L").await;
    let records = app.get(&format!("/v0/{base}/L")).await;
    assert_eq!(records["records"][0]["fields"], json!({ "Name": "José", "City": "München" }));
    assert!(app.get("/v0/meta/bases").await["bases"].as_array().unwrap().iter().all(|base| base["name"] != "B"));
}
