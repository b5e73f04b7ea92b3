//! CSV files in and out.

mod program;
mod refused;

use hyper::Method;
use serde_json::{Value, json};
use testkit::on_every_database;

use crate::app::TestApp;

/// Uploads a file and waits for the import's end.
pub async fn import(app: &TestApp, query: &str, file: Vec<u8>) -> Value {
    let begun = app.upload(&format!("/api/v1/imports?{query}"), file).await;
    assert_eq!(begun.0, 202, "{}", begun.1);
    let path = format!("/api/v1/imports/{}", begun.1["id"].as_str().unwrap());
    let (_, events) = app.text(Method::GET, &format!("{path}/events")).await;
    assert!(events.contains("event: done"), "{events}");
    app.get(&path).await
}

/// A file's lines, one after the other.
fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).fold(String::new(), |text, row| text + &line(row))
}

pub async fn base_of(app: &TestApp, name: &str) -> String {
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

/// `Mow` has `x` points: a number field cannot hold it, and it must be named or kept, not dropped.
#[on_every_database]
async fn what_a_field_that_is_there_cannot_hold_is_named_and_kept(app: TestApp) {
    let base = app.plans().await;
    let file = b"Name,Points\nPaint,3\nMow,x\n".to_vec();
    let told = import(&app, &format!("base={base}&table=Tasks"), file.clone()).await;
    let problem = &told["report"]["problems"][0];
    assert_eq!(
        (&problem["kind"], &problem["row"], &problem["column"]),
        (&json!("unfit"), &json!(2), &json!(2)),
        "{told}"
    );
    let kept = import(&app, &format!("base={base}&table=Tasks&keepUnfit=true"), file).await;
    assert_eq!(kept["state"], "done", "{kept}");
    let records = app.get(&format!("/v0/{base}/Tasks")).await["records"].as_array().unwrap().clone();
    assert_eq!(records.len(), 4);
    assert_eq!(records[3]["fields"]["Points (as text)"], "x");
}

#[on_every_database]
async fn every_table_of_a_file_can_be_taken(app: TestApp) {
    let file =
        "id,name,age\n1,ann,31\n2,bob,27\n3,cid,35\n4,dan,50\n\ncity,land\nrome,italy\noslo,norway\nbonn,germany\n";
    let part = |found: &Value, at: usize| found["parts"][at].clone();
    let dry = import(&app, "base=F&table=T&create=true&dryRun=true", file.as_bytes().to_vec()).await;
    assert_eq!(
        (&part(&dry, 0)["names"], &part(&dry, 1)["names"]),
        (&json!(["id", "name", "age"]), &json!(["city", "land"]))
    );
    assert_eq!((&part(&dry, 0)["rows"], &part(&dry, 1)["rows"]), (&json!(4), &Value::Null), "{dry}");
    let second = import(&app, "base=F&table=Cities&create=true&part=2", file.as_bytes().to_vec()).await;
    assert_eq!((&second["state"], &second["rows"]), (&json!("done"), &json!(3)), "{second}");
    let all = import(&app, "base=F&table=All&create=true&part=all", file.as_bytes().to_vec()).await;
    assert_eq!((&all["state"], &all["rows"], &all["totalRows"]), (&json!("done"), &json!(7), &json!(7)), "{all}");
    let (_, first) = app.text(Method::GET, "/api/v1/export?base=F&table=All").await;
    assert_eq!(first, "id,name,age\r\n1,ann,31\r\n2,bob,27\r\n3,cid,35\r\n4,dan,50\r\n");
    let (_, other) = app.text(Method::GET, "/api/v1/export?base=F&table=All%202").await;
    assert_eq!(other, "city,land\r\nrome,italy\r\noslo,norway\r\nbonn,germany\r\n");
    let none = import(&app, "base=F&table=T&create=true&part=3", file.as_bytes().to_vec()).await;
    assert!(none["error"].as_str().unwrap().contains("the file holds 2 tables"), "{none}");
}

#[on_every_database]
async fn what_was_detected_can_be_overruled(app: TestApp) {
    let file = "made by hand\nd;'n'\n01/02/2021;'5'\n03/04/2021;'6'\n".as_bytes().to_vec();
    let told = "delimiter=%3B&quote=%27&encoding=latin1&headerRow=2&dateOrder=dmy";
    let dry = import(&app, &format!("base=O&table=T&create=true&dryRun=true&{told}"), file.clone()).await;
    assert_eq!((&dry["dialect"]["quote"], &dry["dialect"]["encoding"]), (&json!("'"), &json!("windows-1252")), "{dry}");
    assert_eq!(dry["columns"][0]["kind"], json!({ "kind": "date", "order": "dmy" }), "{dry}");
    assert_eq!(dry["columns"][1]["name"], "n");
    assert!(dry["doubts"].as_array().unwrap().iter().all(|doubt| !doubt.as_str().unwrap().contains("order")), "{dry}");
    for (query, says) in [
        ("quote=ab", "one ASCII character"),
        ("part=x", "`part`"),
        ("dateOrder=ydm", "`dateOrder`"),
        ("types=some", "`types`"),
    ] {
        let (status, answer) = app.upload(&format!("/api/v1/imports?base=O&table=T&{query}"), file.clone()).await;
        assert_eq!(status, 422, "{answer}");
        assert!(answer["detail"].as_str().unwrap().contains(says), "{answer}");
    }
}

#[on_every_database]
async fn a_cancelled_import_leaves_only_what_others_have_changed(app: TestApp) {
    let rows: String = lines(2_500, |row| format!("name {row},{row}\n"));
    let file = format!("name,amount\n{rows}").into_bytes();
    let done = import(&app, "base=C&table=T&create=true", file.clone()).await;
    assert_eq!((&done["state"], &done["rows"]), (&json!("done"), &json!(2_500)), "{done}");
    let path = format!("/v0/{}/T", base_of(&app, "C").await);
    let record = app.get(&format!("{path}?maxRecords=1")).await["records"][0]["id"].as_str().unwrap().to_owned();
    let change = json!({ "fields": { "amount": -1 } });
    app.ok(Method::PATCH, &format!("{path}/{record}"), &change).await;
    let own = format!("/api/v1/imports/{}", done["id"].as_str().unwrap());
    assert_eq!(app.call(Method::DELETE, &own, &Value::Null).await.0, 202);
    let (_, events) = app.text(Method::GET, &format!("{own}/events")).await;
    assert!(events.contains("event: done"), "{events}");
    let ended = app.get(&own).await;
    assert_eq!(
        (&ended["state"], &ended["removed"], &ended["left"]),
        (&json!("cancelled"), &json!(2_499), &json!(1)),
        "{ended}"
    );
    let left = app.get(&path).await["records"].as_array().unwrap().clone();
    assert_eq!((left.len(), &left[0]["fields"]["amount"]), (1, &json!(-1)));
    let (status, answer) = app.call(Method::DELETE, &own, &Value::Null).await;
    assert_eq!((status, &answer["code"]), (409, &json!("import-over")), "{answer}");
    let again = import(&app, "base=C&table=T&create=true", file).await;
    assert_ne!(again["id"], done["id"], "what was cancelled is not gone on with");
    assert_eq!(again["rows"], 2_500);
}

/// Two servers on one database take imports from one queue: each is carried out once.
#[tokio::test]
async fn two_servers_share_imports_and_never_work_on_the_same_one() {
    let one = <TestApp as testkit::ForDatabase>::for_database(testkit::Engine::Postgres).await;
    let other = one.neighbour().await;
    let mut begun = Vec::new();
    for number in 0..6 {
        let rows: String = lines(1_500, |row| format!("{number}-{row},{row}\n"));
        let file = format!("name,amount\n{rows}").into_bytes();
        let server = if number % 2 == 0 { &one } else { &other };
        let query = format!("/api/v1/imports?base=S{number}&table=T&create=true");
        let (status, answer) = server.upload(&query, file).await;
        assert_eq!(status, 202, "{answer}");
        begun.push(format!("/api/v1/imports/{}", answer["id"].as_str().unwrap()));
    }
    for (number, path) in begun.iter().enumerate() {
        // Each server tells about what the other one does.
        let server = if number % 2 == 0 { &other } else { &one };
        let (_, events) = server.text(Method::GET, &format!("{path}/events")).await;
        assert!(events.contains("event: done"), "{events}");
        let done = server.get(path).await;
        assert_eq!((&done["state"], &done["rows"]), (&json!("done"), &json!(1_500)), "{done}");
        let (_, out) = server.text(Method::GET, &format!("/api/v1/export?base=S{number}&table=T")).await;
        let rows: String = lines(1_500, |row| format!("{number}-{row},{row}\r\n"));
        assert_eq!(out, format!("name,amount\r\n{rows}"), "every row once and in order");
    }
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
    let wide: Vec<String> = (0..1_001).map(|column| format!("name{column}")).collect();
    let cells: Vec<String> = (0..1_001).map(|column| column.to_string()).collect();
    let file = format!("{}\n{}\n{}\n", wide.join(","), cells.join(","), cells.join(","));
    let wide = import(&app, &dry("Wide"), file.into_bytes()).await;
    assert_eq!(wide["columns"].as_array().unwrap().len(), 1_000);
    assert!(
        wide["doubts"].as_array().unwrap().iter().any(|doubt| doubt.as_str().unwrap().contains("1001")),
        "{}",
        wide["doubts"]
    );
    assert_eq!(wide["report"]["totals"]["surplus"], 2);
    let header = import(&app, &dry("Header"), b"Name,City\n".to_vec()).await;
    assert_eq!((&header["state"], &header["totalRows"]), (&json!("checked"), &json!(0)), "{header}");
    assert_eq!((&header["columns"][0]["name"], &header["columns"][1]["name"]), (&json!("Name"), &json!("City")));
    let blank = import(&app, &dry("Blank"), b"\n \n".to_vec()).await;
    assert_eq!(blank["error"], "the file is empty: there is nothing to import", "{blank}");
    let wrong = b"Name,City\nJos\xe9,M\xfcnchen\nAnn,K\xf6ln\n".to_vec();
    let wrong = import(&app, &format!("{}&encoding=utf-8", dry("Wrong")), wrong).await;
    assert_eq!(wrong["report"]["totals"]["malformed"], 2, "{wrong}");
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

#[on_every_database]
async fn a_cell_of_more_than_a_hundred_thousand_characters_is_cut_and_named(app: TestApp) {
    let file = format!("Name,Note\nann,{}\nbob,short\n", "ü".repeat(100_005)).into_bytes();
    let done = import(&app, "base=L&table=T&create=true", file).await;
    assert_eq!((&done["state"], &done["rows"]), (&json!("done"), &json!(2)), "{done}");
    let problem = &done["report"]["problems"][0];
    assert_eq!(
        (&problem["kind"], &problem["row"], &problem["column"]),
        (&json!("tooLong"), &json!(1), &json!(2)),
        "{problem}"
    );
    let records = app.get(&format!("/v0/{}/T", base_of(&app, "L").await)).await;
    assert_eq!(records["records"][0]["fields"]["Note"].as_str().unwrap().chars().count(), 100_000);
    assert_eq!(records["records"][1]["fields"]["Note"], "short");
}

#[on_every_database]
async fn cells_beside_the_last_column_are_kept_when_asked(app: TestApp) {
    let file = format!("a,b\n{}1,2,3,4\n", "x,y\n".repeat(10)).into_bytes();
    let done = import(&app, "base=S&table=T&create=true&keepUnfit=true", file).await;
    assert_eq!(done["report"]["problems"][0]["text"], "3 | 4", "{done}");
    let (_, out) = app.text(Method::GET, "/api/v1/export?base=S&table=T").await;
    assert!(out.starts_with("a,b,Surplus cells (as text)\r\nx,y,\r\n"), "{out}");
    assert!(out.ends_with("1,2,3 | 4\r\n"), "{out}");
}

/// Texts with everything that is special to CSV, spreadsheets or databases, but NUL.
fn odd_texts(seed: u64) -> Vec<Vec<String>> {
    const PIECES: [&str; 22] = [
        "a",
        "Zoë",
        "漢字",
        "🦀",
        " ",
        "  ",
        ",",
        ";",
        "\t",
        "\"",
        "\"\"",
        "'",
        "\\",
        "\n",
        "\r\n",
        "=1+1",
        "-5",
        "007",
        "1.50",
        "true",
        "N/A",
        "2021-01-02",
    ];
    let mut state = seed;
    let mut next = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    let mut cell = || (0..next(5)).map(|_| PIECES[next(PIECES.len())]).collect::<String>();
    (0..60).map(|_| (0..4).map(|_| cell()).collect()).collect()
}

/// As RFC 4180 has it.
fn to_csv(rows: &[Vec<String>]) -> String {
    let quoted = |cell: &String| format!("\"{}\"", cell.replace('"', "\"\""));
    rows.iter().map(|row| row.iter().map(quoted).collect::<Vec<_>>().join(",") + "\r\n").collect()
}

/// Back from it, character by character.
fn from_csv(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell) = (Vec::new(), Vec::new(), String::new());
    let (mut inside, mut chars) = (false, text.chars().peekable());
    while let Some(c) = chars.next() {
        match (inside, c) {
            (true, '"') if chars.next_if_eq(&'"').is_some() => cell.push('"'),
            (_, '"') => inside = !inside,
            (false, ',') => row.push(std::mem::take(&mut cell)),
            (false, '\r') if chars.next_if_eq(&'\n').is_some() => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            (_, c) => cell.push(c),
        }
    }
    rows
}

#[on_every_database]
async fn odd_texts_come_out_as_they_went_in(app: TestApp) {
    for seed in 0..8 {
        let mut rows = odd_texts(seed);
        rows.insert(0, ["one", "two", "three", "four"].map(str::to_owned).to_vec());
        let told = "types=text&delimiter=%2C&quote=%22&headerRow=1";
        let query = format!("base=Odd&table=T{seed}&create=true&{told}");
        let done = import(&app, &query, to_csv(&rows).into_bytes()).await;
        assert_eq!((&done["state"], &done["report"]["problems"]), (&json!("done"), &json!([])), "{done}");
        let (_, out) = app.text(Method::GET, &format!("/api/v1/export?base=Odd&table=T{seed}")).await;
        assert_eq!(from_csv(&out), rows, "seed {seed}");
        let (_, safe) =
            app.text(Method::GET, &format!("/api/v1/export?base=Odd&table=T{seed}&spreadsheetSafe=true")).await;
        let armed = |cell: &String| cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
        assert!(!from_csv(&safe).iter().flatten().any(armed), "seed {seed}");
    }
}
