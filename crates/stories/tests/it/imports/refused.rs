//! Imports that are refused before they begin, and what people are told of others.

use hyper::Method;
use serde_json::{Value, json};
use testkit::on_every_database;

use super::import;
use crate::app::TestApp;
use crate::served::{Served, airloom};

#[on_every_database]
async fn what_cannot_be_done_is_refused_at_once(app: TestApp) {
    let base = app.plans().await;
    let file = b"Name,Points\nPaint,3\n".to_vec();
    for (query, says) in [
        ("table=Tasks&headerRow=0", "from 1, or `none`"),
        ("table=Tasks&headerRow=3", "`headerRow` is 3, but the file has 2 lines"),
        ("table=Tasks&delimiter=abc", "one or two characters"),
        ("table=Tasks&delimiter=", "`delimiter` is empty"),
        ("table=Tasks&encoding=klingon", "none is called `klingon`"),
        ("table=Tasks&part=0", "not `0`"),
        ("table=Tasks&keepUnfit=perhaps", "`true` or `false`"),
        ("table=Nope", "there is no table `Nope`"),
        ("table=a%01b&create=true", "no characters that nobody sees"),
    ] {
        let (status, answer) = app.upload(&format!("/api/v1/imports?base={base}&{query}"), file.clone()).await;
        assert_eq!(status, 422, "{query}: {answer}");
        assert!(answer["detail"].as_str().unwrap().contains(says), "{query}: {answer}");
    }
    let (status, answer) = app.upload("/api/v1/imports?base=New%0Aer&table=T&create=true", file).await;
    assert_eq!(status, 422, "{answer}");
    let export = format!("/api/v1/export?base={base}&table=Tasks&spreadsheetSafe=perhaps");
    let (status, answer) = app.call(Method::GET, &export, &Value::Null).await;
    assert_eq!((status, &answer["code"]), (422, &json!("import")), "{answer}");
}

#[on_every_database]
async fn the_fields_of_a_table_find_the_header_of_its_file(app: TestApp) {
    let base = app.plans().await;
    let file = b"STATUS,name,Project\nNew,abc,House\nOld,def,Garden\n".to_vec();
    let done = import(&app, &format!("base={base}&table=Tasks"), file).await;
    assert_eq!((&done["state"], &done["rows"]), (&json!("done"), &json!(2)), "{done}");
    let records = app.get(&format!("/v0/{base}/Tasks")).await["records"].as_array().unwrap().clone();
    assert_eq!(records[0]["fields"]["Name"], "abc");
}

#[on_every_database]
async fn the_same_file_twice_is_doubtful(app: TestApp) {
    let said = |import: &Value| import["doubts"].to_string().contains("was imported into this table before");
    let file = b"Name,Points\nPaint,3\nMow,4\n".to_vec();
    let query = |table: &str| format!("base=Twice&table={table}&create=true");
    for (table, twice) in [("T", false), ("Other", false), ("T", true)] {
        let done = import(&app, &query(table), file.clone()).await;
        assert_eq!((&done["state"], said(&done)), (&json!("done"), twice), "{table}: {done}");
    }
    let dry = import(&app, &format!("{}&dryRun=true", query("T")), file.clone()).await;
    assert!(said(&dry), "{dry}");
    for import in app.get(&fingerprinted(&app, &file).await).await["imports"].as_array().unwrap() {
        let path = format!("/api/v1/imports/{}", import["id"].as_str().unwrap());
        if import["state"] == "done" {
            assert_eq!(app.call(Method::DELETE, &path, &Value::Null).await.0, 202);
            app.text(Method::GET, &format!("{path}/events")).await;
        }
    }
    let again = import(&app, &query("T"), file).await;
    assert!(!said(&again), "what was taken back is not there: {again}");
}

/// Where the imports of a file are listed.
async fn fingerprinted(app: &TestApp, file: &[u8]) -> String {
    let dry = import(app, "base=Any&table=T&create=true&dryRun=true", file.to_vec()).await;
    format!("/api/v1/imports?fingerprint={}", dry["fingerprint"].as_str().unwrap())
}

#[on_every_database]
async fn what_is_dropped_is_said_and_can_be_kept(app: TestApp) {
    let base = app.plans().await;
    let file = b"Name,Points\nPaint,3\nMow,x\n".to_vec();
    let dropped = import(&app, &format!("base={base}&table=Tasks"), file.clone()).await;
    let doubts = dropped["doubts"].to_string();
    assert!(doubts.contains("column `Points`: 1 cell did not fit and was left out; `--keep-unfit`"), "{doubts}");
    let kept = import(&app, &format!("base={base}&table=Tasks&keepUnfit=true"), file).await;
    assert!(!kept["doubts"].to_string().contains("left out"), "{kept}");
}

#[test]
fn the_command_names_every_line_it_leaves_out_and_refuses_wrong_options() {
    let folder = tempfile::tempdir().unwrap();
    let (data, file) = (folder.path().join("data"), folder.path().join("rows.csv"));
    std::fs::write(&file, "Report\n\nname,city,age\nann,rome,31\nbob,oslo,27\ncid,bern,35\nEve\n* provisional\n")
        .unwrap();
    let server = Served::start(&data);
    let (data, file) = (data.to_str().unwrap(), file.to_str().unwrap());
    let command = ["import", "csv", file, "--base", "B", "--table", "T", "--create", "--data", data];
    for (options, says) in [
        (["--header-row", "0"], "from 1, or `none`"),
        (["--header-row", "99"], "the file has 8 lines"),
        (["--delimiter", "abc"], "one or two characters"),
        (["--delimiter", ""], "`delimiter` is empty"),
        (["--encoding", "klingon"], "none is called `klingon`"),
        (["--part", "0"], "not `0`"),
    ] {
        let output = airloom(&[&command[..], &options].concat());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(1) && said.contains(says), "{options:?}: {said}");
    }
    let output = airloom(&command);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let lines =
        ["left out: line 1: Report", "left out: line 8: * provisional", "problem: row 4 (line 7): too few cells: 1"];
    for line in lines {
        assert!(said.lines().any(|told| told == line), "{said}{}", String::from_utf8_lossy(&output.stderr));
    }
    assert!(said.ends_with("done: 4 rows written, 4 rows read, 1 problem\n"), "{said}");
    drop(server);
}
