//! Files in cells: uploaded and fetched ones, their addresses, and what is refused.

use std::num::NonZeroU16;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use clock::Clock;
use hyper::header::{self, HeaderMap};
use hyper::{Method, Request};
use serde_json::{Value, json};
use testkit::{Engine, ForDatabase, on_every_database};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::app::{Near, TestApp};
use crate::clients::{run, setting};
use crate::webhooks::until;

/// A picture of 2 × 1 pixels.
const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAIAAAB7QOjdAAAADUlEQVR4nGM4IQcEJwAHIwIJ5FiIOQAAAABJRU5ErkJggg==";

/// A table with a field `Files`; answers base and field.
async fn table(app: &TestApp) -> (String, String) {
    let base = app.plans().await;
    let field = json!({ "name": "Files", "type": "multipleAttachments" });
    let made = app.ok(Method::POST, &format!("/v0/meta/bases/{base}/tables/Tasks/fields"), &field).await;
    assert_eq!(made["options"], json!({ "isReversed": false }));
    (base, made["id"].as_str().unwrap().to_owned())
}

async fn create(app: &TestApp, base: &str, files: Value) -> Value {
    app.ok(Method::POST, &format!("/v0/{base}/Tasks"), &json!({ "fields": { "Name": "a", "Files": files } })).await
}

fn record(made: &Value) -> &str {
    made["id"].as_str().unwrap()
}

async fn upload(app: &TestApp, base: &str, record: &str, filename: &str, kind: &str, file: &str) -> (u16, Value) {
    let body = json!({ "contentType": kind, "filename": filename, "file": file });
    app.call(Method::POST, &format!("/v0/{base}/{record}/Files/uploadAttachment"), &body).await
}

/// The files of a record.
async fn files(app: &TestApp, base: &str, record: &str) -> Value {
    app.get(&format!("/v0/{base}/Tasks/{record}")).await["fields"]["Files"].clone()
}

/// Follows an address without a token.
async fn read(app: &TestApp, url: &Value, headers: &[(&str, &str)]) -> (u16, HeaderMap, Vec<u8>) {
    let mut request = Request::get(url.as_str().unwrap());
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    app.fetch(request).await
}

/// The files of a record once none of them is waited for.
async fn settled(app: &TestApp, base: &str, record: &str) -> Value {
    let begun = Instant::now();
    loop {
        let held = files(app, base, record).await;
        let waits = |file: &Value| file["type"].is_null() && file["error"].is_null();
        if held.as_array().is_none_or(|held| !held.iter().any(waits)) {
            return held;
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "waited in vain: {held}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Serves files on loopback.
struct Library {
    url: String,
    serving: tokio::task::JoinHandle<()>,
}

impl Library {
    async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        #[expect(clippy::disallowed_methods, reason = "the story's own server")]
        let serving = tokio::spawn(async move {
            let mut busy = 1;
            loop {
                let (mut socket, _) = listener.accept().await.unwrap();
                let mut head = vec![0; 4096];
                let length = socket.read(&mut head).await.unwrap();
                let head = String::from_utf8_lossy(&head[..length]).into_owned();
                let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
                let (status, headers, body): (_, String, Vec<u8>) = match path.split('?').next().unwrap() {
                    "/notes.txt" => ("200 OK", "content-type: text/plain\r\n".into(), b"hello".to_vec()),
                    "/page.html" => ("200 OK", "content-type: text/html\r\n".into(), b"<script>1</script>".to_vec()),
                    "/p%20q.png" => ("200 OK", "content-type: image/jpeg\r\n".into(), decoded(PNG)),
                    "/moved" => ("302 Found", "location: /notes.txt\r\n".into(), Vec::new()),
                    "/round" => ("302 Found", "location: /round\r\n".into(), Vec::new()),
                    "/within" => ("302 Found", "location: http://169.254.169.254/latest\r\n".into(), Vec::new()),
                    "/huge" => ("200 OK", "content-type: video/mp4\r\nx-size: 1\r\n".into(), Vec::new()),
                    "/busy" if busy > 0 => {
                        busy -= 1;
                        ("503 Busy", "retry-after: 0\r\n".into(), Vec::new())
                    }
                    "/busy" => ("200 OK", String::new(), b"at last".to_vec()),
                    _ => ("404 Not Found", String::new(), b"no".to_vec()),
                };
                let length = if path == "/huge" { (1_u64 << 30) + 1 } else { body.len() as u64 };
                let head =
                    format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n{headers}\r\n");
                let _gone = socket.write_all(&[head.as_bytes(), &body].concat()).await;
            }
        });
        Self { url, serving }
    }

    fn at(&self, path: &str) -> Value {
        json!([{ "url": format!("{}{path}", self.url) }])
    }
}

impl Drop for Library {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// Base64 taken back; enough for a story's own pictures.
fn decoded(text: &str) -> Vec<u8> {
    let signs = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = Vec::new();
    for four in text.trim_end_matches('=').as_bytes().chunks(4) {
        let bits = four
            .iter()
            .fold(0_u32, |bits, sign| bits << 6 | signs.iter().position(|held| held == sign).unwrap() as u32)
            << (6 * (4 - four.len()));
        out.extend_from_slice(&bits.to_be_bytes()[1..four.len()]);
    }
    out
}

#[on_every_database]
async fn an_uploaded_file_is_read_at_its_address(app: TestApp) {
    let (base, field) = table(&app).await;
    let made = create(&app, &base, Value::Null).await;
    let in_lines = format!("{}\n{}\n", &PNG[..76], &PNG[76..]);
    let (status, answer) = upload(&app, &base, record(&made), "ü \"1\".png", "image/png", &in_lines).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!((&answer["id"], &answer["createdTime"]), (&made["id"], &made["createdTime"]));
    let told = &answer["fields"][&field];
    let file = &told[0];
    assert!(file["id"].as_str().unwrap().starts_with("att"), "{file}");
    let length = decoded(PNG).len();
    assert_eq!(
        (&file["filename"], &file["size"], &file["type"]),
        (&json!("ü \"1\".png"), &json!(length), &json!("image/png"))
    );
    assert_eq!((&file["width"], &file["height"]), (&json!(2), &json!(1)));
    for name in ["small", "large", "full"] {
        let thumbnail = &file["thumbnails"][name];
        assert_eq!((&thumbnail["width"], &thumbnail["height"]), (&json!(2), &json!(1)), "{name}");
        assert_eq!(read(&app, &thumbnail["url"], &[]).await.2, decoded(PNG));
    }
    assert_eq!(files(&app, &base, record(&made)).await, *told);

    let (status, headers, bytes) = read(&app, &file["url"], &[]).await;
    assert_eq!((status, bytes), (200, decoded(PNG)));
    let header = |name: &str| headers.get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
    assert_eq!(header("content-type"), "image/png");
    assert_eq!(header("content-length"), length.to_string());
    assert_eq!(header("content-disposition"), "inline; filename=\"_ _1_.png\"; filename*=UTF-8''%C3%BC%20%221%22.png");
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert!(header("content-security-policy").contains("sandbox"), "{headers:?}");
    assert_eq!((header("accept-ranges"), header("cache-control").contains("private")), ("bytes".to_owned(), true));

    let etag = header("etag");
    let (status, _, bytes) = read(&app, &file["url"], &[("if-none-match", &etag)]).await;
    assert_eq!((status, bytes.len()), (304, 0));
    for (range, expected, says) in [
        ("bytes=0-7", &decoded(PNG)[..8], format!("bytes 0-7/{length}")),
        ("bytes=-4", &decoded(PNG)[length - 4..], format!("bytes {}-{}/{length}", length - 4, length - 1)),
        ("bytes=60-9999", &decoded(PNG)[60..], format!("bytes 60-{}/{length}", length - 1)),
    ] {
        let (status, headers, bytes) = read(&app, &file["url"], &[("range", range), ("if-range", &etag)]).await;
        assert_eq!((status, bytes.as_slice()), (206, expected), "{range}");
        assert_eq!(headers[header::CONTENT_RANGE], says);
        let (status, _, bytes) = read(&app, &file["url"], &[("range", range), ("if-range", "\"other\"")]).await;
        assert_eq!((status, bytes), (200, decoded(PNG)), "{range}");
    }
    let (status, headers, _) = read(&app, &file["url"], &[("range", "bytes=9999-")]).await;
    assert_eq!((status, headers[header::CONTENT_RANGE].to_str().unwrap()), (416, format!("bytes */{length}").as_str()));

    let (_, answer) = upload(&app, &base, record(&made), "b.txt", "text/plain", "aGVsbG8").await;
    let names: Vec<_> = answer["fields"][&field].as_array().unwrap().iter().map(|file| &file["filename"]).collect();
    assert_eq!(names, ["ü \"1\".png", "b.txt"], "the new one comes last");
    let by_id = format!("/v0/{base}/{}/{field}/uploadAttachment", record(&made));
    let body = json!({ "contentType": "text/plain", "filename": "c.txt", "file": "" });
    assert_eq!(app.ok(Method::POST, &by_id, &body).await["fields"][&field][2]["size"], 0);
}

#[on_every_database]
async fn an_address_that_was_changed_leads_nowhere(app: TestApp) {
    let (base, field) = table(&app).await;
    let made = create(&app, &base, Value::Null).await;
    let (_, answer) = upload(&app, &base, record(&made), "a.txt", "text/plain", "aGVsbG8=").await;
    let url = answer["fields"][&field][0]["url"].as_str().unwrap().to_owned();
    let start = format!("{}/api/v1/attachments/", app.url());
    let (ticket, name) = url.strip_prefix(&start).unwrap().split_once('/').unwrap();
    assert_eq!(name, "a.txt");
    let (status, ..) = read(&app, &json!(format!("{start}{ticket}/other%2Fname")), &[]).await;
    assert_eq!(status, 200, "the name is for people");
    let turned: String = ticket.chars().rev().collect();
    for forged in [turned.as_str(), &ticket[1..], "nonsense", "..%2f..%2fsigning.key"] {
        let (status, _, body) = read(&app, &json!(format!("{start}{forged}/a.txt")), &[]).await;
        assert_eq!(status, 404, "{forged}");
        assert!(String::from_utf8_lossy(&body).contains("address-ended"), "{forged}");
    }
}

#[on_every_database]
async fn a_browser_runs_nothing_that_was_uploaded(app: TestApp) {
    let (base, field) = table(&app).await;
    let made = create(&app, &base, Value::Null).await;
    for (at, (name, kind)) in [
        ("a.html", "text/html"),
        ("a.svg", "image/svg+xml"),
        ("a.xhtml", "application/xhtml+xml"),
        ("a.js", "text/javascript"),
        ("a.html", "application/octet-stream"),
        ("../../a.png\r\n.html", "text/html; charset=utf-8"),
    ]
    .into_iter()
    .enumerate()
    {
        let name = name.replace(['\r', '\n'], "");
        let (status, answer) = upload(&app, &base, record(&made), &name, kind, "PHNjcmlwdD4xPC9zY3JpcHQ+").await;
        assert_eq!(status, 200, "{answer}");
        let (status, headers, _) = read(&app, &answer["fields"][&field][at]["url"], &[]).await;
        let disposition = headers[header::CONTENT_DISPOSITION].to_str().unwrap();
        assert!(status == 200 && disposition.starts_with("attachment; "), "{kind}: {disposition}");
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert!(headers["content-security-policy"].to_str().unwrap().contains("sandbox"));
    }
}

#[on_every_database]
async fn files_given_by_address_are_fetched(near: Near) {
    let app = near.0;
    let (base, _) = table(&app).await;
    let library = Library::open().await;
    let given = json!([
        { "url": format!("{}/p%20q.png?sig=1", library.url) },
        { "url": format!("{}/moved", library.url), "filename": "renamed.txt" },
        { "url": format!("{}/busy", library.url) },
    ]);
    let made = create(&app, &base, given.clone()).await;
    let told = made["fields"]["Files"].as_array().unwrap();
    for (file, (given, name)) in
        told.iter().zip(given.as_array().unwrap().iter().zip(["p q.png", "renamed.txt", "busy"]))
    {
        assert_eq!((&file["url"], &file["filename"]), (&given["url"], &json!(name)), "as it was given");
        assert!(file["size"].is_null() && file["id"].as_str().unwrap().starts_with("att"), "{file}");
    }
    let held = settled(&app, &base, record(&made)).await;
    for (file, told) in held.as_array().unwrap().iter().zip(told) {
        assert_eq!(file["id"], told["id"]);
    }
    assert_eq!((&held[0]["type"], &held[0]["width"]), (&json!("image/png"), &json!(2)), "{held}");
    assert_eq!((&held[1]["type"], &held[1]["size"]), (&json!("text/plain"), &json!(5)), "{held}");
    assert_eq!(held[2]["size"], 7, "asked again");
    assert_eq!(read(&app, &held[1]["url"], &[]).await.2, b"hello");

    for (path, says) in [
        ("/none", "answered 404"),
        ("/round", "more than 3 redirects"),
        ("/within", "is a cloud metadata address"),
        ("/huge", "larger than 1073741824 bytes"),
    ] {
        let made = create(&app, &base, library.at(path)).await;
        let held = settled(&app, &base, record(&made)).await;
        assert_eq!(held[0]["url"], library.at(path)[0]["url"], "{held}");
        assert!(held[0]["error"].as_str().is_some_and(|reason| reason.contains(says)), "{held}");
    }
    let made = create(&app, &base, library.at("/page.html")).await;
    let held = settled(&app, &base, record(&made)).await;
    let (_, headers, _) = read(&app, &held[0]["url"], &[]).await;
    assert!(headers[header::CONTENT_DISPOSITION].to_str().unwrap().starts_with("attachment"), "{held}");
}

#[on_every_database]
async fn a_list_of_files_replaces_the_cell(near: Near) {
    let app = near.0;
    let (base, _) = table(&app).await;
    let library = Library::open().await;
    let url = library.at("/notes.txt")[0]["url"].clone();
    let given =
        json!([{ "url": url, "filename": "1" }, { "url": url, "filename": "2" }, { "url": url, "filename": "3" }]);
    let made = create(&app, &base, given).await;
    let held = settled(&app, &base, record(&made)).await;
    let path = format!("/v0/{base}/Tasks/{}", record(&made));
    let write = async |files: Value| {
        app.ok(Method::PATCH, &path, &json!({ "fields": { "Files": files } })).await["fields"]["Files"].clone()
    };
    let kept = write(json!([{ "id": held[2]["id"] }, { "id": held[0]["id"], "filename": "first" }])).await;
    assert_eq!((&kept[0]["id"], &kept[1]["id"], &kept[2]), (&held[2]["id"], &held[0]["id"], &Value::Null));
    assert_eq!((&kept[0]["size"], &kept[1]["filename"]), (&json!(5), &json!("first")));
    let again = write(kept.clone()).await;
    assert_eq!(again, kept, "what was read can be written");
    let mixed = write(json!([{ "url": url }, { "id": held[2]["id"] }])).await;
    assert_eq!((&mixed[0]["url"], &mixed[1]["id"]), (&url, &held[2]["id"]));

    for (files, says) in [
        (json!([{ "id": held[1]["id"] }]), "holds no file `att"),
        (json!([{ "id": "att00000000000000" }]), "holds no file `att00000000000000`"),
        (json!([{ "filename": "a" }]), "it needs a `url`"),
        (json!([{ "url": "data:text/plain,hello" }]), "begins with `https://`"),
    ] {
        let (status, answer) = app.call(Method::PATCH, &path, &json!({ "fields": { "Files": files } })).await;
        assert_eq!((status, &answer["error"]["type"]), (422, &json!("INVALID_ATTACHMENT_OBJECT")), "{answer}");
        assert!(answer["error"]["message"].as_str().unwrap().contains(says), "{answer}");
    }
    let body = json!({ "fields": { "Files": [{ "id": held[2]["id"] }] } });
    let (status, answer) = app.call(Method::POST, &format!("/v0/{base}/Tasks"), &body).await;
    assert_eq!(
        (status, &answer["error"]["type"]),
        (422, &json!("INVALID_ATTACHMENT_OBJECT")),
        "a new record holds none"
    );
    let (status, answer) = app.call(Method::PATCH, &path, &json!({ "fields": { "Files": url } })).await;
    assert_eq!((status, &answer["error"]["type"]), (422, &json!("INVALID_VALUE_FOR_COLUMN")), "{answer}");
    let cast = json!({ "fields": { "Files": url }, "typecast": true });
    assert_eq!(app.ok(Method::PATCH, &path, &cast).await["fields"]["Files"][0]["filename"], "notes.txt");
    assert_eq!(write(json!([])).await, Value::Null);
}

#[on_every_database]
async fn a_fetched_file_can_be_taken_back_and_brought_back(near: Near) {
    let app = near.0;
    let (base, _) = table(&app).await;
    let library = Library::open().await;
    let made = create(&app, &base, Value::Null).await;
    let path = format!("/v0/{base}/Tasks/{}", record(&made));
    app.ok(Method::PATCH, &path, &json!({ "fields": { "Files": library.at("/notes.txt") } })).await;
    let held = settled(&app, &base, record(&made)).await;
    let undo = format!("/api/v1/bases/{base}/undo");
    let undone = app.ok(Method::POST, &undo, &json!({})).await;
    assert_eq!((files(&app, &base, record(&made)).await, &undone["skipped"]), (Value::Null, &json!(0)));
    let change = undone["change"].clone();
    app.ok(Method::POST, &undo, &json!({ "change": change })).await;
    let back = settled(&app, &base, record(&made)).await;
    assert_eq!((&back[0]["id"], &back[0]["size"]), (&held[0]["id"], &json!(5)));

    app.ok(Method::DELETE, &path, &Value::Null).await;
    app.ok(Method::POST, &undo, &json!({})).await;
    assert_eq!(settled(&app, &base, record(&made)).await[0]["id"], held[0]["id"], "restored with its record");

    let history = app.get(&format!("/api/v1/bases/{base}/history?record={}", record(&made))).await;
    let text = history.to_string();
    assert!(text.contains("\"by\":\"files\"") && text.contains("notes.txt"), "{text}");
    let told = history["changes"].as_array().unwrap().iter().find(|change| change["by"] == "files").unwrap();
    let after = &told["tables"][0]["updated"][0]["cells"][0]["after"];
    assert_eq!(read(&app, &after[0]["url"], &[]).await.2, b"hello");
}

#[on_every_database]
async fn formulas_lookups_and_people_see_files(near: Near) {
    let app = near.0;
    let (base, _) = table(&app).await;
    let library = Library::open().await;
    let fields = |table: &str| format!("/v0/meta/bases/{base}/tables/{table}/fields");
    let formula = json!({ "name": "Text", "type": "formula", "options": { "formula": "{Files} & ''" } });
    app.ok(Method::POST, &fields("Tasks"), &formula).await;
    let options = json!({ "recordLinkFieldId": "Tasks", "fieldIdInLinkedTable": "Files" });
    let lookup = json!({ "name": "All", "type": "multipleLookupValues", "options": options });
    app.ok(Method::POST, &fields("Projects"), &lookup).await;
    let made = create(&app, &base, library.at("/notes.txt")).await;
    create(&app, &base, Value::Null).await;
    let project = json!({ "fields": { "Title": "p", "Tasks": [made["id"]] } });
    app.ok(Method::POST, &format!("/v0/{base}/Projects"), &project).await;
    let held = settled(&app, &base, record(&made)).await;
    let text = format!("notes.txt ({})", held[0]["url"].as_str().unwrap());
    let told = app.get(&format!("/v0/{base}/Tasks/{}", record(&made))).await;
    assert_eq!(told["fields"]["Text"], text);
    let shown = app.get(&format!("/v0/{base}/Tasks?cellFormat=string&timeZone=UTC&userLocale=en")).await;
    assert_eq!(shown["records"][0]["fields"]["Files"], text);
    for (filter, count) in [("LEN({Files})>0", 1), ("NOT({Files})", 1), ("FIND('notes',{Files})", 1), ("{Files}=''", 1)]
    {
        let escaped = filter.bytes().fold(String::new(), |text, byte| text + &format!("%{byte:02x}"));
        let found = app.get(&format!("/v0/{base}/Tasks?filterByFormula={escaped}")).await;
        assert_eq!(found["records"].as_array().unwrap().len(), count, "{filter}");
    }
    let sorted = app.get(&format!("/v0/{base}/Tasks?sort[0][field]=Files&sort[0][direction]=desc")).await;
    assert_eq!(sorted["records"][0]["id"], made["id"]);
    let projects = app.get(&format!("/v0/{base}/Projects")).await;
    assert_eq!(projects["records"][0]["fields"]["All"], held);
    let (status, csv) = app.text(Method::GET, &format!("/api/v1/export?base={base}&table=Tasks")).await;
    assert!(status == 200 && csv.contains("notes.txt (http"), "{csv}");
}

#[on_every_database]
async fn a_webhook_tells_of_files_without_their_addresses(near: Near) {
    let app = near.0;
    let (base, field) = table(&app).await;
    let library = Library::open().await;
    let options =
        json!({ "filters": { "dataTypes": ["tableData"] }, "includes": { "includePreviousCellValues": true } });
    let body = json!({ "specification": { "options": options } });
    let hook = app.ok(Method::POST, &format!("/v0/bases/{base}/webhooks"), &body).await;
    let made = create(&app, &base, library.at("/notes.txt")).await;
    let held = settled(&app, &base, record(&made)).await;
    let payloads = app.get(&format!("/v0/bases/{base}/webhooks/{}/payloads", hook["id"].as_str().unwrap())).await;
    let tables = |at: usize| {
        let changed = payloads["payloads"][at]["changedTablesById"].as_object().unwrap();
        changed.values().next().unwrap().clone()
    };
    let created = &tables(0)["createdRecordsById"][record(&made)]["cellValuesByFieldId"][&field];
    let id = &held[0]["id"];
    let awaited = json!([{ "id": id, "filename": "notes.txt" }]);
    let changed = &tables(1)["changedRecordsById"][record(&made)];
    let before = &changed["previous"]["cellValuesByFieldId"][&field];
    assert_eq!((created, before), (&awaited, &awaited), "while it is fetched");
    let fetched = &changed["current"]["cellValuesByFieldId"][&field];
    assert_eq!(*fetched, json!([{ "id": id, "filename": "notes.txt", "size": 5, "type": "text/plain" }]));
    assert_eq!(payloads["payloads"][1]["actionMetadata"]["source"], "system");
}

/// Ways to write addresses that are not for the public.
const WITHIN: [&str; 50] = [
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "2130706433",
    "0x7f000001",
    "0x7f.0.0.1",
    "0177.0.0.1",
    "017700000001",
    "127.0.0.1.",
    "127.000.000.001",
    "0",
    "0.0.0.0",
    "localhost",
    "localhost.",
    "LOCALHOST",
    "a.localhost",
    "１２７.０.０.１",
    "127。0。0。1",
    "%31%32%37.0.0.1",
    "10.0.0.1",
    "0xa000001",
    "012.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.0.1",
    "3232235521",
    "100.64.0.1",
    "169.254.1.1",
    "169.254.169.254",
    "2852039166",
    "0xa9fea9fe",
    "0251.0376.0251.0376",
    "100.100.100.200",
    "224.0.0.1",
    "255.255.255.255",
    "198.18.0.1",
    "[::]",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::ffff:a9fe:a9fe]",
    "[::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "[fc00::1]",
    "[fd00:ec2::254]",
    "[fe80::1]",
    "[fec0::1]",
    "[ff02::1]",
];

#[on_every_database]
async fn a_file_of_the_house_is_taken_to_another_record(app: TestApp) {
    let (base, _) = table(&app).await;
    let made = create(&app, &base, Value::Null).await;
    upload(&app, &base, record(&made), "a.png", "image/png", PNG).await;
    let file = files(&app, &base, record(&made)).await[0].clone();

    // Nobody may call the address of this server, which is on the loopback: it knows the file without a call.
    let copy = create(&app, &base, json!([{ "url": file["url"] }])).await;
    let held = settled(&app, &base, record(&copy)).await;
    for part in ["filename", "size", "type", "width", "height"] {
        assert_eq!(held[0][part], file[part], "{held}");
    }
    assert_ne!(held[0]["id"], file["id"]);
    assert_eq!(read(&app, &held[0]["url"], &[]).await.2, decoded(PNG));

    let forged = file["url"].as_str().unwrap().replace("/attachments/", "/attachments/A");
    let path = format!("/v0/{base}/Tasks");
    let (status, answer) = app.call(Method::POST, &path, &json!({ "fields": { "Files": [{ "url": forged }] } })).await;
    assert!(status == 422 && answer.to_string().contains("loopback"), "{status} {answer}");
}

/// What one tenant may read, another cannot have by its address.
#[on_every_database]
async fn a_file_of_strangers_is_not_taken(app: TestApp) {
    let (base, _) = table(&app).await;
    let made = create(&app, &base, Value::Null).await;
    upload(&app, &base, record(&made), "a.png", "image/png", PNG).await;
    let file = files(&app, &base, record(&made)).await[0].clone();
    let stranger = app.stranger().await;
    let call = async |method, path: &str, body: &Value| app.call_as(&stranger, method, path, body).await;
    let workspaces = call(Method::GET, "/v0/meta/workspaces", &Value::Null).await.1;
    let fields =
        json!([{ "name": "Name", "type": "singleLineText" }, { "name": "Files", "type": "multipleAttachments" }]);
    let body = json!({ "name": "Theirs", "workspaceId": workspaces["workspaces"][0]["id"],
        "tables": [{ "name": "Tasks", "fields": fields }] });
    let (status, theirs) = call(Method::POST, "/v0/meta/bases", &body).await;
    assert_eq!(status, 200, "{theirs}");
    let body = json!({ "fields": { "Files": [{ "url": file["url"] }] } });
    let path = format!("/v0/{}/Tasks", theirs["id"].as_str().unwrap());
    let (status, answer) = call(Method::POST, &path, &body).await;
    assert!(status == 422 && answer.to_string().contains("loopback"), "{status} {answer}");
}

#[on_every_database]
async fn addresses_within_are_not_fetched(app: TestApp) {
    let (base, _) = table(&app).await;
    for host in WITHIN {
        let body = json!({ "fields": { "Files": [{ "url": format!("http://{host}/latest/meta-data?secret=1") }] } });
        let (status, answer) = app.call(Method::POST, &format!("/v0/{base}/Tasks"), &body).await;
        assert_eq!((status, &answer["error"]["type"]), (422, &json!("INVALID_ATTACHMENT_OBJECT")), "{host}: {answer}");
        let message = answer["error"]["message"].as_str().unwrap();
        assert!(message.contains("cannot be fetched") && !message.contains("secret"), "{host}: {message}");
    }
    for url in ["http://u:p@example.org/a", "http://u@127.0.0.1/a", "http://[::1/a", "http://999.1.1.1/a"] {
        let body = json!({ "fields": { "Files": [{ "url": url }] } });
        let (status, answer) = app.call(Method::POST, &format!("/v0/{base}/Tasks"), &body).await;
        assert_eq!(status, 422, "{url}: {answer}");
    }
    assert_eq!(app.get(&format!("/v0/{base}/Tasks")).await["records"], json!([]), "nothing was made");
}

#[on_every_database]
async fn wrong_uploads_are_refused(app: TestApp) {
    let (base, field) = table(&app).await;
    let made = create(&app, &base, Value::Null).await;
    let right = json!({ "contentType": "text/plain", "filename": "a.txt", "file": "aGVsbG8=" });
    let at = |record: &str, field: &str| format!("/v0/{base}/{record}/{field}/uploadAttachment");
    let own = at(record(&made), "Files");
    let with = |key: &str, value: Value| {
        let mut body = right.clone();
        body[key] = value;
        body
    };
    let none = "rec00000000000000";
    let large = "A".repeat((5 << 20) / 3 * 4 + 8);
    for (path, body, status, name) in [
        (own.clone(), json!({}), 422, "INVALID_REQUEST_UNKNOWN"),
        (own.clone(), with("file", json!(7)), 422, "INVALID_REQUEST_UNKNOWN"),
        (own.clone(), with("file", json!("not base64!")), 422, "INVALID_REQUEST_UNKNOWN"),
        (own.clone(), with("filename", json!("")), 422, "INVALID_REQUEST_UNKNOWN"),
        (own.clone(), with("filename", json!("a\nb")), 422, "INVALID_REQUEST_UNKNOWN"),
        (own.clone(), with("filename", json!("x".repeat(256))), 422, "INVALID_REQUEST_UNKNOWN"),
        (own.clone(), with("file", json!(large)), 413, "REQUEST_TOO_LARGE"),
        (own.clone(), with("file", json!("A".repeat(9 << 20))), 413, "REQUEST_TOO_LARGE"),
        (at(record(&made), "Nope"), right.clone(), 422, "UNKNOWN_FIELD_NAME"),
        (at(record(&made), "Name"), right.clone(), 422, "INVALID_ATTACHMENT_OBJECT"),
        (at(none, "Files"), right.clone(), 404, "NOT_FOUND"),
        (at("nonsense", "Files"), right.clone(), 404, "NOT_FOUND"),
        (own.replace(&base, "app00000000000000"), right.clone(), 403, "INVALID_PERMISSIONS_OR_MODEL_NOT_FOUND"),
        (own.replace(&base, "nonsense"), right.clone(), 403, "INVALID_PERMISSIONS_OR_MODEL_NOT_FOUND"),
    ] {
        let (got, answer) = app.call(Method::POST, &path, &body).await;
        let told = answer["error"]["type"].as_str().or(answer["error"].as_str()).unwrap_or_default();
        assert_eq!((got, told), (status, name), "{path}: {answer}");
    }
    assert_eq!(app.send(Method::POST, &own, Some(&app.token), "{".to_owned()).await.0, 400);
    assert_eq!(files(&app, &base, record(&made)).await, Value::Null, "nothing was kept");
    let fits = with("file", json!("A".repeat((5 << 20) / 3 * 4)));
    let kept = app.ok(Method::POST, &own, &fits).await;
    assert_eq!(kept["fields"][&field][0]["size"], (5 << 20) / 3 * 3);
}

#[on_every_database]
async fn only_those_who_may_write_upload(app: TestApp) {
    let (base, _) = table(&app).await;
    let made = create(&app, &base, Value::Null).await;
    let path = format!("/v0/{base}/{}/Files/uploadAttachment", record(&made));
    let body = json!({ "contentType": "text/plain", "filename": "a.txt", "file": "aGVsbG8=" }).to_string();
    let member = json!({ "email": "bob@example.org", "role": "commenter" });
    let reader = app.call(Method::POST, "/api/v1/users", &member).await.1["token"].as_str().unwrap().to_owned();
    let scopes = json!({ "name": "narrow", "scopes": ["data.records:read", "schema.bases:write"] });
    let narrow = app.call(Method::POST, "/api/v1/tokens", &scopes).await.1["token"].as_str().unwrap().to_owned();
    for token in [Some(reader.as_str()), Some(&narrow), Some(&app.stranger().await), None] {
        let (status, answer) = app.send(Method::POST, &path, token, body.clone()).await;
        assert_eq!(status, if token.is_some() { 403 } else { 401 }, "{answer}");
    }
    let scopes = json!({ "name": "writes", "scopes": ["data.records:write"] });
    let writes = app.call(Method::POST, "/api/v1/tokens", &scopes).await.1["token"].as_str().unwrap().to_owned();
    assert_eq!(app.send(Method::POST, &path, Some(&writes), body).await.0, 200);
}

#[on_every_database]
async fn pyairtable_keeps_attachments_unmodified(near: Near) {
    let mut command = Command::new(setting("AIRLOOM_PYTHON"));
    command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/clients/pyairtable_attachments.py"));
    run(&near.0, command).await;
}

/// A house that keeps changes and files that nothing names for a short time, and whose clock stands still until it is moved.
struct Swept {
    app: TestApp,
    clock: Clock,
    kept: tempfile::TempDir,
}

impl ForDatabase for Swept {
    async fn for_database(engine: Engine) -> Self {
        let kept = tempfile::tempdir().unwrap();
        let (app, clock) = TestApp::timed(engine, |settings| {
            settings.history.retention_days = NonZeroU16::new(1);
            settings.blob.sweep_days = NonZeroU16::new(1);
            settings.blob.url = Some(format!("file://{}", kept.path().display()));
        })
        .await;
        Self { app, clock, kept }
    }
}

/// What all files of a folder and those below it hold.
fn contents(folder: &Path) -> Vec<Vec<u8>> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { contents(&path) } else { vec![std::fs::read(&path).unwrap()] }).collect()
}

#[on_every_database]
async fn what_nothing_names_any_more_is_removed(house: Swept) {
    let app = &house.app;
    let (base, _) = table(app).await;
    let (cleared, deleted) = (create(app, &base, Value::Null).await, create(app, &base, Value::Null).await);
    for (record, file) in [(record(&cleared), "b25l"), (record(&deleted), "dHdv")] {
        let (status, answer) = upload(app, &base, record, "a.txt", "text/plain", file).await;
        assert_eq!(status, 200, "{answer}");
    }
    let path = |made: &Value| format!("/v0/{base}/Tasks/{}", record(made));
    app.ok(Method::PATCH, &path(&cleared), &json!({ "fields": { "Files": [] } })).await;
    app.ok(Method::DELETE, &path(&deleted), &Value::Null).await;
    assert_eq!(contents(house.kept.path()).len(), 2);

    house.clock.advance(Duration::from_hours(24 * 40));
    let mut turns = 0;
    until(async || {
        // A step has its time before the clock goes on: two looks, and the log is cut in between.
        turns += 1;
        if turns % 25 == 0 {
            house.clock.advance(Duration::from_hours(5));
        }
        contents(house.kept.path()).len() == 1
    })
    .await;
    assert_eq!(contents(house.kept.path()), [b"two"], "what was deleted still names its file");
}

/// A table with a field `Files` that is a text still, and a record for each of these.
async fn texts(app: &TestApp, texts: &[String]) -> (String, Vec<Value>) {
    let base = app.plans().await;
    let field = json!({ "name": "Files", "type": "multilineText" });
    app.ok(Method::POST, &format!("/v0/meta/bases/{base}/tables/Tasks/fields"), &field).await;
    let records: Vec<Value> = texts.iter().map(|text| json!({ "fields": { "Files": text } })).collect();
    let made = app.ok(Method::POST, &format!("/v0/{base}/Tasks"), &json!({ "records": records })).await;
    (base, made["records"].as_array().unwrap().clone())
}

async fn convert(app: &TestApp, base: &str, more: &Value) -> (u16, Value) {
    let mut body = json!({ "type": "multipleAttachments" });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    app.call(Method::POST, &format!("/api/v1/bases/{base}/tables/Tasks/fields/Files/convert"), &body).await
}

#[on_every_database]
async fn addresses_in_texts_become_files(app: Near) {
    let app = app.0;
    let library = Library::open().await;
    let at = |path: &str| format!("{}{path}", library.url);
    let (notes, page, gone) = (at("/notes.txt"), at("/page.html"), at("/nothing"));
    let cells = [
        format!(" {notes}\n"),
        format!("{notes}, {page} {notes},{page}"),
        gone.clone(),
        format!("see {notes}"),
        "no address".to_owned(),
        "ftp://example.org/x".to_owned(),
        " ".to_owned(),
    ];
    let (base, records) = texts(&app, &cells).await;
    let (status, told) = convert(&app, &base, &json!({ "dryRun": true })).await;
    assert_eq!((status, &told["converted"], &told["lost"]), (200, &json!(3), &json!(3)), "{told}");
    let named: Vec<&Value> = told["examples"].as_array().unwrap().iter().map(|lost| &lost["value"]).collect();
    assert_eq!(named, [&cells[3], &cells[4], &cells[5]]);
    let (status, refused) = convert(&app, &base, &json!({})).await;
    assert!(status == 409 && refused["detail"].as_str().unwrap().contains("3 cells"), "{refused}");
    assert_eq!(files(&app, &base, record(&records[0])).await, cells[0], "nothing was done");
    let (status, done) = convert(&app, &base, &json!({ "allowLoss": true })).await;
    assert_eq!((status, &done["converted"], &done["lost"]), (200, &json!(3), &json!(3)), "{done}");
    let first = settled(&app, &base, record(&records[0])).await;
    assert_eq!(
        (&first[0]["filename"], &first[0]["type"], &first[0]["size"]),
        (&json!("notes.txt"), &json!("text/plain"), &json!(5))
    );
    assert_eq!(read(&app, &first[0]["url"], &[]).await.2, b"hello");
    let several = settled(&app, &base, record(&records[1])).await;
    let names: Vec<&Value> = several.as_array().unwrap().iter().map(|file| &file["filename"]).collect();
    assert_eq!(names, ["notes.txt", "page.html", "notes.txt", "page.html"]);
    let missed = settled(&app, &base, record(&records[2])).await;
    assert_eq!((&missed[0]["url"], missed[0]["error"].is_null()), (&json!(gone), false), "{missed}");
    for lost in &records[3..] {
        assert_eq!(files(&app, &base, record(lost)).await, Value::Null);
    }
    // They are files like any others.
    let (status, _) = upload(&app, &base, record(&records[0]), "b.txt", "text/plain", "aGVsbG8=").await;
    assert_eq!((status, files(&app, &base, record(&records[0])).await.as_array().unwrap().len()), (200, 2));
}

#[on_every_database]
async fn addresses_that_nobody_may_call_make_no_files(app: TestApp) {
    let cells = ["https://example.org/a.txt", "http://10.0.0.7/secret"].map(str::to_owned);
    let (base, records) = texts(&app, &cells).await;
    let (status, told) = convert(&app, &base, &json!({ "dryRun": true })).await;
    assert_eq!((status, &told["converted"], &told["lost"]), (200, &json!(1), &json!(1)), "{told}");
    assert_eq!(told["examples"][0]["value"], cells[1]);
    let history = format!("/api/v1/bases/{base}/history");
    let before = app.get(&history).await;
    let (status, refused) = convert(&app, &base, &json!({})).await;
    assert!(status == 409 && refused["detail"].as_str().unwrap().contains("10.0.0.7"), "{status} {refused}");
    assert_eq!(files(&app, &base, record(&records[0])).await, cells[0], "nothing was done");
    assert_eq!(app.get(&history).await, before, "not in the log either");
    let (status, done) = convert(&app, &base, &json!({ "allowLoss": true })).await;
    assert_eq!((status, &done["converted"], &done["lost"]), (200, &json!(1), &json!(1)), "{done}");
    assert_eq!(files(&app, &base, record(&records[1])).await, Value::Null);
    // So many are not fetched at a time.
    let (base, _) = texts(&app, &[" ".to_owned()]).await;
    let many = vec!["https://example.org/a.txt"; 500].join(" ");
    let lines: String = (0..21).map(|_| json!({ "fields": { "Files": many } }).to_string() + "\n").collect();
    let bulk = format!("/api/v1/bases/{base}/tables/Tasks/records:bulk");
    assert_eq!(app.raw(Method::POST, &bulk, lines).await.0, 200);
    let (status, refused) = convert(&app, &base, &json!({ "dryRun": true })).await;
    assert!(status == 422 && refused["detail"].as_str().unwrap().contains("more than 10000 files"), "{refused}");
}
