//! Comments on records: written, mentioned, answered, counted; by whom, and by nobody else.

use hyper::Method;
use serde_json::{Value, json};
use testkit::on_every_database;

use crate::app::TestApp;

/// A base of tasks with one record, and addresses in it.
struct Scene {
    base: String,
    record: String,
    /// The record's comments.
    comments: String,
}

impl Scene {
    async fn new(app: &TestApp) -> Self {
        let base = app.plans().await;
        let record = create(app, &base, "Tasks", &json!({ "Name": "Paint" })).await;
        let comments = format!("/v0/{base}/Tasks/{record}/comments");
        Self { base, record, comments }
    }

    fn reaction(&self, comment: &Value, emoji: &str) -> String {
        let (base, record, comment) = (&self.base, &self.record, comment["id"].as_str().unwrap());
        format!("/api/v1/bases/{base}/tables/Tasks/records/{record}/comments/{comment}/reactions/{emoji}")
    }

    fn comment(&self, comment: &Value) -> String {
        format!("{}/{}", self.comments, comment["id"].as_str().unwrap())
    }
}

async fn create(app: &TestApp, base: &str, table: &str, fields: &Value) -> String {
    let made = app.ok(Method::POST, &format!("/v0/{base}/{table}"), &json!({ "fields": fields })).await;
    made["id"].as_str().unwrap().to_owned()
}

async fn say(app: &TestApp, scene: &Scene, text: &str) -> Value {
    app.ok(Method::POST, &scene.comments, &json!({ "text": text })).await
}

fn texts(page: &Value) -> Vec<&str> {
    page["comments"].as_array().unwrap().iter().map(|comment| comment["text"].as_str().unwrap()).collect()
}

fn error_type(answer: &Value) -> &str {
    answer["error"]["type"].as_str().or_else(|| answer["error"].as_str()).unwrap_or("-")
}

#[on_every_database]
async fn a_comment_lives_through_create_list_update_and_delete(app: TestApp) {
    let scene = Scene::new(&app).await;
    let who = app.get("/v0/meta/whoami").await;
    assert_eq!(app.get(&scene.comments).await, json!({ "comments": [], "offset": null }));
    let made = say(&app, &scene, "looks good").await;
    let expected = json!({
        "id": made["id"], "text": "looks good", "createdTime": made["createdTime"], "lastUpdatedTime": null,
        "author": { "id": who["id"], "email": who["email"], "name": "owner" }, "reactions": [],
    });
    assert_eq!(made, expected);
    assert!(made["id"].as_str().unwrap().starts_with("com"));
    assert!(made["createdTime"].as_str().unwrap().ends_with('Z'));
    assert_eq!(app.get(&scene.comments).await, json!({ "comments": [made], "offset": null }));

    let changed = app.ok(Method::PATCH, &scene.comment(&made), &json!({ "text": "looks bad" })).await;
    assert_eq!((&changed["text"], &changed["createdTime"]), (&json!("looks bad"), &made["createdTime"]));
    assert!(changed["lastUpdatedTime"].is_string());
    let reply = app.ok(Method::POST, &scene.comments, &json!({ "text": "why?", "parentCommentId": made["id"] })).await;
    assert_eq!(reply["parentCommentId"], made["id"]);
    // The table by its id is the same one.
    let tables = app.get(&format!("/v0/meta/bases/{}/tables", scene.base)).await;
    let by_id = scene.comments.replace("Tasks", tables["tables"][0]["id"].as_str().unwrap());
    assert_eq!(app.get(&by_id).await["comments"], json!([reply, changed]));

    let deleted = app.ok(Method::DELETE, &scene.comment(&made), &Value::Null).await;
    assert_eq!(deleted, json!({ "id": made["id"], "deleted": true }));
    assert_eq!(texts(&app.get(&scene.comments).await), ["why?"]);
    let again = app.call(Method::DELETE, &scene.comment(&made), &Value::Null).await;
    assert_eq!(again, (404, json!({ "error": "NOT_FOUND" })));
}

#[on_every_database]
async fn members_are_mentioned_and_told_by_name(app: TestApp) {
    let scene = Scene::new(&app).await;
    let (bob, _) = app.person("bob", "editor").await;
    let made = say(&app, &scene, "@[bob@example.org], ask @[eve@example.org] or @[usr00000000000000]").await;
    assert_eq!(made["text"], format!("@[{bob}], ask @[eve@example.org] or @[usr00000000000000]"));
    let told = json!({ "type": "user", "id": bob, "displayName": "bob", "name": "bob", "email": "bob@example.org" });
    assert_eq!(made["mentioned"], json!({ (bob.clone()): told }));
    assert_eq!(app.get(&scene.comments).await["comments"][0], made);
    let changed = app.ok(Method::PATCH, &scene.comment(&made), &json!({ "text": "never mind" })).await;
    assert_eq!(changed.get("mentioned"), None);
    let changed = app.ok(Method::PATCH, &scene.comment(&made), &json!({ "text": format!("@[{bob}]") })).await;
    assert_eq!(changed["mentioned"][&bob]["displayName"], "bob");
}

#[on_every_database]
async fn pages_hold_still_while_others_write(app: TestApp) {
    let scene = Scene::new(&app).await;
    for n in 0..25 {
        say(&app, &scene, &format!("c{n}")).await;
    }
    let (mut seen, mut sizes, mut offset) = (Vec::new(), Vec::new(), String::new());
    loop {
        let page = app.get(&format!("{}?pageSize=10&offset={offset}", scene.comments)).await;
        sizes.push(page["comments"].as_array().unwrap().len());
        seen.extend(texts(&page).into_iter().map(str::to_owned));
        say(&app, &scene, "late").await;
        if sizes.len() == 1 {
            // The first that was told, and the one at which the cursor stands.
            for n in [0, 9] {
                app.ok(Method::DELETE, &scene.comment(&page["comments"][n]), &Value::Null).await;
            }
        }
        match page["offset"].as_str() {
            Some(next) => offset = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(sizes, [10, 10, 5]);
    assert_eq!(seen, (0..25).rev().map(|n| format!("c{n}")).collect::<Vec<_>>());
    assert_eq!(app.get(&scene.comments).await["comments"].as_array().unwrap().len(), 26);
}

#[on_every_database]
async fn reactions_are_shown_as_airtable_shows_them(app: TestApp) {
    let scene = Scene::new(&app).await;
    let made = say(&app, &scene, "done").await;
    let (bob, token) = app.person("bob", "commenter").await;
    let told = app.ok(Method::PUT, &scene.reaction(&made, "%F0%9F%91%8D"), &Value::Null).await;
    let who = &made["author"];
    let owners = json!({
        "emoji": { "unicodeCharacter": "1f44d" },
        "reactingUser": { "userId": who["id"], "email": who["email"], "name": who["name"] },
    });
    assert_eq!(told["reactions"], json!([owners]));
    let bobs = json!({
        "emoji": { "unicodeCharacter": "2764-fe0f" },
        "reactingUser": { "userId": bob, "email": "bob@example.org", "name": "bob" },
    });
    let path = scene.reaction(&made, "2764-fe0f");
    let (status, told) = app.send(Method::PUT, &path, Some(&token), String::new()).await;
    assert_eq!((status, &told["reactions"]), (200, &json!([owners, bobs])));
    assert_eq!(app.get(&scene.comments).await["comments"][0]["reactions"], json!([owners, bobs]));
    // Nobody takes back what another has put there.
    assert_eq!(app.ok(Method::DELETE, &path, &Value::Null).await["reactions"], json!([owners, bobs]));
    let (_, told) = app.send(Method::DELETE, &path, Some(&token), String::new()).await;
    assert_eq!(told["reactions"], json!([owners]));
    for (emoji, expected) in [("x", "emoji"), ("1f44d-1f44d", "emoji")] {
        let (status, answer) = app.call(Method::PUT, &scene.reaction(&made, emoji), &Value::Null).await;
        assert_eq!((status, &answer["code"]), (422, &json!(expected)), "{emoji}");
    }
    let nothing = scene.reaction(&json!({ "id": "com00000000000000" }), "1f44d");
    let (status, answer) = app.call(Method::PUT, &nothing, &Value::Null).await;
    assert_eq!((status, &answer["code"]), (404, &json!("comment-not-found")));
}

/// Method, path, body; status and error type.
type Case = (Method, String, String, u16, &'static str);

const MODEL: &str = "INVALID_PERMISSIONS_OR_MODEL_NOT_FOUND";
const UNKNOWN: &str = "INVALID_REQUEST_UNKNOWN";

fn wrong(scene: &Scene, made: &Value, elsewhere: &str) -> Vec<Case> {
    let (base, comments, one) = (&scene.base, &scene.comments, scene.comment(made));
    let get = |path: String, status, name| (Method::GET, path, String::new(), status, name);
    let post = |body: Value, status, name| (Method::POST, comments.clone(), body.to_string(), status, name);
    let text = json!({ "text": "hello" }).to_string();
    vec![
        get(format!("/v0/app00000000000000/Tasks/{}/comments", scene.record), 403, MODEL),
        get(format!("/v0/nonsense/Tasks/{}/comments", scene.record), 403, MODEL),
        get(format!("/v0/{base}/Nope/{}/comments", scene.record), 403, MODEL),
        get(format!("/v0/{base}/Projects/{}/comments", scene.record), 404, "NOT_FOUND"),
        get(format!("/v0/{base}/Tasks/{elsewhere}/comments"), 404, "NOT_FOUND"),
        get(format!("/v0/{base}/Tasks/rec00000000000000/comments"), 404, "NOT_FOUND"),
        get(format!("/v0/{base}/Tasks/nonsense/comments"), 404, "NOT_FOUND"),
        get(format!("{comments}?pageSize=0"), 422, UNKNOWN),
        get(format!("{comments}?pageSize=101"), 422, UNKNOWN),
        get(format!("{comments}?pageSize=many"), 422, UNKNOWN),
        get(format!("{comments}?offset=nonsense"), 422, "INVALID_OFFSET_VALUE"),
        post(json!({}), 422, UNKNOWN),
        post(json!({ "text": null }), 422, UNKNOWN),
        post(json!({ "text": 5 }), 422, UNKNOWN),
        post(json!({ "text": "" }), 422, UNKNOWN),
        post(json!({ "text": " \n" }), 422, UNKNOWN),
        post(json!({ "text": "a\u{0}b" }), 422, UNKNOWN),
        post(json!({ "text": "x".repeat(10_001) }), 422, UNKNOWN),
        post(json!({ "text": "x", "parentCommentId": "com00000000000000" }), 422, UNKNOWN),
        post(json!({ "text": "x", "parentCommentId": "nonsense" }), 422, UNKNOWN),
        post(json!({ "text": "x", "parentCommentId": 7 }), 422, UNKNOWN),
        (Method::POST, comments.clone(), "{\"text\":".into(), 400, "INVALID_JSON"),
        (Method::POST, comments.clone(), "[".repeat(100), 400, "INVALID_JSON"),
        (Method::POST, comments.clone(), " ".repeat(3 << 20), 413, "REQUEST_TOO_LARGE"),
        (Method::PATCH, one.clone(), "{}".into(), 422, UNKNOWN),
        (Method::PATCH, one, json!({ "text": " " }).to_string(), 422, UNKNOWN),
        (Method::PATCH, format!("{comments}/com00000000000000"), text.clone(), 404, "NOT_FOUND"),
        (Method::PATCH, format!("{comments}/nonsense"), text, 404, "NOT_FOUND"),
        (Method::DELETE, format!("{comments}/com00000000000000"), String::new(), 404, "NOT_FOUND"),
        (Method::DELETE, comments.clone(), String::new(), 405, UNKNOWN),
        get(format!("/v0/{base}/Tasks?recordMetadata[]=nonsense"), 422, UNKNOWN),
        get(format!("/v0/{base}/Tasks?recordMetadata[]=commentCount&recordMetadata[]=x"), 422, UNKNOWN),
    ]
}

#[on_every_database]
async fn wrong_requests_are_refused_and_change_nothing(app: TestApp) {
    let scene = Scene::new(&app).await;
    let made = say(&app, &scene, "here").await;
    let other = app.plans().await;
    let elsewhere = create(&app, &other, "Tasks", &json!({ "Name": "of another base" })).await;
    let mut found = Vec::new();
    for (method, path, body, status, name) in wrong(&scene, &made, &elsewhere) {
        let shown: String = format!("{method} {path} {body}").chars().take(160).collect();
        let (got, answer) = app.send(method, &path, Some(&app.token), body).await;
        if (got, error_type(&answer)) != (status, name) {
            found.push(format!("{shown}: {got} {answer}, not {status} {name}"));
        }
    }
    let list = format!("/v0/{}/Tasks/listRecords", scene.base);
    for metadata in [json!(["nonsense"]), json!("commentCount"), json!([1])] {
        let (got, answer) = app.call(Method::POST, &list, &json!({ "recordMetadata": metadata })).await;
        if got != 422 {
            found.push(format!("{metadata}: {got} {answer}"));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    assert_eq!(app.get(&scene.comments).await, json!({ "comments": [made], "offset": null }));
}

#[on_every_database]
async fn roles_and_scopes_decide_who_may(app: TestApp) {
    let scene = Scene::new(&app).await;
    let made = say(&app, &scene, "here").await;
    let body = json!({ "text": "me too" }).to_string();
    let role = "INVALID_PERMISSIONS";
    for (name, says, changes, deletes) in [
        ("readOnly", 403, 403, 403),
        ("commenter", 200, 403, 403),
        ("editor", 200, 403, 403),
        ("creator", 200, 403, 200),
        ("owner", 200, 403, 200),
    ] {
        let (_, token) = app.person(name, name).await;
        let send = async |method: Method, path: &str, body: &str| {
            let (status, answer) = app.send(method, path, Some(&token), body.to_owned()).await;
            assert!(status == 200 || error_type(&answer) == role, "{name}: {answer}");
            status
        };
        assert_eq!(send(Method::GET, &scene.comments, "").await, 200, "{name}");
        assert_eq!(send(Method::POST, &scene.comments, &body).await, says, "{name}");
        assert_eq!(send(Method::PATCH, &scene.comment(&made), &body).await, changes, "{name}");
        let other = say(&app, &scene, "to be deleted").await;
        assert_eq!(send(Method::DELETE, &scene.comment(&other), "").await, deletes, "{name}");
    }
    let narrow = |scopes: Value| json!({ "name": "narrow", "scopes": scopes });
    for (scopes, reads, writes) in [
        (json!(["data.records:read", "data.records:write", "schema.bases:read"]), 403, 403),
        (json!(["data.recordComments:read"]), 200, 403),
        (json!(["data.recordComments:write"]), 403, 200),
    ] {
        let (_, token) = app.call(Method::POST, "/api/v1/tokens", &narrow(scopes.clone())).await;
        let token = token["token"].as_str().unwrap();
        let (status, _) = app.send(Method::GET, &scene.comments, Some(token), String::new()).await;
        assert_eq!(status, reads, "{scopes}");
        let (status, _) = app.send(Method::POST, &scene.comments, Some(token), body.clone()).await;
        assert_eq!(status, writes, "{scopes}");
    }
}

#[on_every_database]
async fn another_tenants_comments_are_as_if_they_were_not(app: TestApp) {
    let scene = Scene::new(&app).await;
    let made = say(&app, &scene, "ours").await;
    let stranger = app.stranger().await;
    let body = json!({ "text": "theirs" }).to_string();
    let none = |path: &str| path.replace(&scene.base, "app00000000000000");
    for (method, path) in [
        (Method::GET, scene.comments.clone()),
        (Method::POST, scene.comments.clone()),
        (Method::PATCH, scene.comment(&made)),
        (Method::DELETE, scene.comment(&made)),
        (Method::PUT, scene.reaction(&made, "1f44d")),
        (Method::DELETE, scene.reaction(&made, "1f44d")),
    ] {
        let (status, mut answer) = app.send(method.clone(), &path, Some(&stranger), body.clone()).await;
        let (other, mut nothing) = app.send(method.clone(), &none(&path), Some(&stranger), body.clone()).await;
        for answer in [&mut answer, &mut nothing] {
            answer.as_object_mut().unwrap().remove("instance");
        }
        assert_eq!((status, &answer), (other, &nothing), "{method} {path}");
        assert_eq!(status, if path.starts_with("/v0/") { 403 } else { 404 });
    }
    assert_eq!(app.get(&scene.comments).await["comments"], json!([made]));
}

#[on_every_database]
async fn comments_go_and_come_back_with_their_record(app: TestApp) {
    let scene = Scene::new(&app).await;
    let made = say(&app, &scene, "still here").await;
    let record = format!("/v0/{}/Tasks/{}", scene.base, scene.record);
    app.ok(Method::DELETE, &record, &Value::Null).await;
    let gone = (404, json!({ "error": "NOT_FOUND" }));
    assert_eq!(app.call(Method::GET, &scene.comments, &Value::Null).await, gone);
    assert_eq!(app.call(Method::POST, &scene.comments, &json!({ "text": "hello?" })).await, gone);
    assert_eq!(app.call(Method::DELETE, &scene.comment(&made), &Value::Null).await, gone);
    app.ok(Method::POST, &format!("/api/v1/bases/{}/undo", scene.base), &Value::Null).await;
    assert_eq!(app.get(&scene.comments).await["comments"], json!([made]));
}

#[on_every_database]
async fn lists_tell_the_number_of_comments_when_asked(app: TestApp) {
    let scene = Scene::new(&app).await;
    let other = create(&app, &scene.base, "Tasks", &json!({ "Name": "Mow" })).await;
    let start = say(&app, &scene, "a").await;
    app.ok(Method::POST, &scene.comments, &json!({ "text": "b", "parentCommentId": start["id"] })).await;
    let tasks = format!("/v0/{}/Tasks", scene.base);
    let counts = |page: &Value| -> Vec<(String, Value)> {
        let records = page["records"].as_array().unwrap().iter();
        records.map(|one| (one["id"].as_str().unwrap().to_owned(), one["commentCount"].clone())).collect()
    };
    let expected = vec![(scene.record.clone(), json!(2)), (other.clone(), json!(0))];
    for encoded in [
        "recordMetadata[]=commentCount",
        "recordMetadata%5B%5D=commentCount",
        "recordMetadata%5B0%5D=commentCount",
        "recordMetadata=commentCount",
    ] {
        assert_eq!(counts(&app.get(&format!("{tasks}?{encoded}")).await), expected, "{encoded}");
    }
    let sorted = "recordMetadata[]=commentCount&sort[0][field]=Name&fields[]=Name&pageSize=1";
    let page = app.get(&format!("{tasks}?{sorted}")).await;
    assert_eq!(counts(&page), [(other.clone(), json!(0))]);
    let next = page["offset"].as_str().unwrap();
    let page = app.get(&format!("{tasks}?{sorted}&offset={next}")).await;
    assert_eq!(counts(&page), [(scene.record.clone(), json!(2))]);
    let list = format!("{tasks}/listRecords");
    let posted = app.ok(Method::POST, &list, &json!({ "recordMetadata": ["commentCount"] })).await;
    assert_eq!(counts(&posted), expected);
    for plain in [
        app.get(&tasks).await,
        app.get(&format!("{tasks}?recordMetadata[]=")).await,
        app.ok(Method::POST, &list, &json!({ "recordMetadata": [] })).await,
    ] {
        assert!(counts(&plain).iter().all(|(_, count)| count.is_null()), "{plain}");
    }
    say(&app, &scene, "c").await;
    let again = app.get(&format!("{tasks}?recordMetadata[]=commentCount&maxRecords=1")).await;
    assert_eq!(counts(&again), [(scene.record.clone(), json!(3))], "a page that is kept does not keep the number");
}

#[on_every_database]
async fn models_read_and_write_comments_by_tools(app: TestApp) {
    let scene = Scene::new(&app).await;
    let (bob, bobs) = app.person("bob", "commenter").await;
    let (_, rays) = app.person("ray", "readOnly").await;
    let tool = async |token: &str, name: &str, more: Value| {
        let mut arguments = json!({ "base": "Plans", "table": "Tasks", "record": scene.record });
        arguments.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let body = json!({ "tool_name": name, "arguments": arguments }).to_string();
        app.send(Method::POST, "/execute-tool", Some(token), body).await
    };
    let text = json!({ "text": "@[bob@example.org], please look" });
    let dry = json!({ "text": "@[bob@example.org], please look", "dry_run": true });
    let (_, shown) = tool(&app.token, "add_comment", dry).await;
    assert_eq!(shown["result"]["preview"][0]["after"]["text"], format!("@[{bob}], please look"), "{shown}");
    assert_eq!(app.get(&scene.comments).await["comments"], json!([]));
    let (status, made) = tool(&app.token, "add_comment", text.clone()).await;
    assert_eq!(status, 200, "{made}");
    let reply = json!({ "text": "done", "reply_to": made["result"]["comment"]["id"] });
    assert_eq!(tool(&bobs, "add_comment", reply).await.0, 200);
    assert_eq!(tool(&rays, "add_comment", text).await.0, 403);
    let (_, listed) = tool(&rays, "list_comments", json!({})).await;
    let comments = listed["result"]["comments"].as_array().unwrap();
    let names: Vec<_> = comments.iter().map(|comment| comment["author"]["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["bob", "owner"]);
    assert_eq!(comments[0]["reply_to"], comments[1]["id"]);
}
