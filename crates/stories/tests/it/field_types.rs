//! Field types, each through the doors.

use hyper::Method;
use serde_json::{Value, json};
use testkit::on_every_database;

use crate::app::TestApp;

#[on_every_database]
async fn a_count_follows_its_links(app: TestApp) {
    let base = app.plans().await;
    let (projects, tasks) = (format!("/v0/{base}/Projects"), format!("/v0/{base}/Tasks"));
    let fields = format!("/v0/meta/bases/{base}/tables/Projects/fields");
    let count = json!({ "name": "How many", "type": "count", "options": { "recordLinkFieldId": "Tasks" } });
    let count = app.ok(Method::POST, &fields, &count).await;
    let tables = app.get(&format!("/v0/meta/bases/{base}/tables")).await;
    let link = &tables["tables"][1]["fields"][1]["id"];
    assert_eq!(count["options"], json!({ "isValid": true, "recordLinkFieldId": link }));
    let twice = json!({ "name": "Twice", "type": "formula", "options": { "formula": "{How many}*2" } });
    app.ok(Method::POST, &fields, &twice).await;

    let made = json!({ "records": [{ "fields": { "Title": "House" } }, { "fields": { "Title": "Boat" } }] });
    let made = app.ok(Method::POST, &projects, &made).await;
    assert_eq!(made["records"][0]["fields"], json!({ "Title": "House", "How many": 0, "Twice": 0 }));
    let house = &made["records"][0]["id"];
    let three: Vec<Value> =
        (0..3).map(|n| json!({ "fields": { "Name": n.to_string(), "Project": [house] } })).collect();
    let three = app.ok(Method::POST, &tasks, &json!({ "records": three })).await;
    let told = async |wanted: [i64; 2]| {
        let list = app.get(&format!("{projects}?sort[0][field]=How%20many&sort[0][direction]=desc")).await;
        let numbers = [0, 1].map(|at| list["records"][at]["fields"]["How many"].as_i64().unwrap());
        assert_eq!(numbers, wanted);
        assert_eq!(list["records"][0]["fields"]["Twice"], wanted[0] * 2);
    };
    told([3, 0]).await;
    let found = app.get(&format!("{projects}?filterByFormula=%7BHow%20many%7D%3D3&fields[]=Title")).await;
    assert_eq!(found["records"][0]["fields"], json!({ "Title": "House" }));
    app.ok(Method::DELETE, &format!("{tasks}/{}", three["records"][0]["id"].as_str().unwrap()), &Value::Null).await;
    told([2, 0]).await;
    let one = format!("{tasks}/{}", three["records"][1]["id"].as_str().unwrap());
    app.ok(Method::PATCH, &one, &json!({ "fields": { "Project": [made["records"][1]["id"]] } })).await;
    told([1, 1]).await;

    let written = json!({ "fields": { "How many": 7 } });
    let (status, answer) = app.call(Method::POST, &projects, &written).await;
    assert_eq!((status, answer["error"]["type"].as_str()), (422, Some("INVALID_VALUE_FOR_COLUMN")));
    let wrong = [
        (json!({ "recordLinkFieldId": "Title" }), "`Title` is of type `singleLineText`"),
        (json!({ "recordLinkFieldId": "fld00000000000000" }), "`fld00000000000000` does not exist in this table"),
        (json!({ "recordLinkFieldId": 7 }), "the id or the name of a link field of this table"),
        (json!({}), "recordLinkFieldId"),
        (json!({ "recordLinkFieldId": "Tasks", "colour": "red" }), "colour"),
    ];
    for (options, words) in wrong {
        let body = json!({ "name": "X", "type": "count", "options": options });
        let (status, answer) = app.call(Method::POST, &fields, &body).await;
        assert_eq!((status, answer["error"]["type"].as_str()), (422, Some("INVALID_FIELD_TYPE_OPTIONS_FOR_CREATE")));
        assert!(answer["error"]["message"].as_str().unwrap().contains(words), "{answer}");
    }
}

#[on_every_database]
async fn rich_text_ends_with_a_line_end(app: TestApp) {
    let base = app.plans().await;
    let fields = format!("/v0/meta/bases/{base}/tables/Tasks/fields");
    let made = app.ok(Method::POST, &fields, &json!({ "name": "Story", "type": "richText" })).await;
    assert_eq!((made["type"].as_str(), made.get("options")), (Some("richText"), None));
    let tasks = format!("/v0/{base}/Tasks");
    for (written, read) in [("**bold**", "**bold**\n"), ("# Head\n\ntext\n", "# Head\n\ntext\n")] {
        let record = app.ok(Method::POST, &tasks, &json!({ "fields": { "Story": written } })).await;
        assert_eq!(record["fields"]["Story"], read);
    }
    let none = app.ok(Method::POST, &tasks, &json!({ "fields": { "Story": "" } })).await;
    assert_eq!(none["fields"].get("Story"), None);
    let found = app.get(&format!("{tasks}?filterByFormula=FIND('bold'%2C%20Story)&fields[]=Story")).await;
    assert_eq!(found["records"].as_array().unwrap().len(), 1);
    let (status, _) = app.call(Method::POST, &tasks, &json!({ "fields": { "Story": 5 } })).await;
    assert_eq!(status, 422);
    // A record is named by plain words.
    let primary = json!({ "name": "Notes", "fields": [{ "name": "Body", "type": "richText" }] });
    let (status, answer) = app.call(Method::POST, &format!("/v0/meta/bases/{base}/tables"), &primary).await;
    assert_eq!(status, 422, "{answer}");
}

#[on_every_database]
async fn people_are_assigned_and_remembered(app: TestApp) {
    let base = app.plans().await;
    let fields = format!("/v0/meta/bases/{base}/tables/Tasks/fields");
    for (name, kind) in [
        ("Lead", "singleCollaborator"),
        ("Team", "multipleCollaborators"),
        ("Made by", "createdBy"),
        ("Changed by", "lastModifiedBy"),
    ] {
        let made = app.ok(Method::POST, &fields, &json!({ "name": name, "type": kind })).await;
        assert_eq!((made["type"].as_str(), made.get("options")), (Some(kind), None));
    }
    let hello = json!({ "name": "Hello", "type": "formula", "options": { "formula": "'Hello ' & {Lead}" } });
    app.ok(Method::POST, &fields, &hello).await;
    let whoami = app.get("/v0/meta/whoami").await;
    let owner = whoami["id"].as_str().unwrap().to_owned();
    let new = json!({ "email": "bo@example.org", "name": "Bo", "role": "editor" });
    let (_, bo) = app.call(Method::POST, "/api/v1/users", &new).await;
    let bo = bo["id"].as_str().unwrap_or_else(|| panic!("{bo}")).to_owned();

    let tasks = format!("/v0/{base}/Tasks");
    let body = json!({ "fields": { "Name": "Dig", "Lead": { "email": "bo@example.org" }, "Team": [{ "id": owner }, { "id": bo }] } });
    let made = app.ok(Method::POST, &tasks, &body).await;
    let told = json!({ "id": bo, "email": "bo@example.org", "name": "Bo" });
    assert_eq!(made["fields"]["Lead"], told);
    assert_eq!(made["fields"]["Team"][1], told);
    assert_eq!(made["fields"]["Made by"]["id"], json!(owner));
    assert_eq!(made["fields"]["Changed by"], made["fields"]["Made by"]);
    assert_eq!(made["fields"]["Hello"], "Hello Bo");
    let name = made["fields"]["Made by"]["name"].as_str().unwrap().to_owned();
    let list = app.get(&format!("{tasks}?cellFormat=string&timeZone=UTC&userLocale=en-us")).await;
    assert_eq!(list["records"][0]["fields"]["Team"], format!("{name}, Bo"));
    for (filter, count) in [("Lead%3D'Bo'", 1), ("FIND('Bo'%2CTeam)", 1), ("%7BMade%20by%7D%3D'Bo'", 0)] {
        let found = app.get(&format!("{tasks}?filterByFormula={filter}")).await;
        assert_eq!(found["records"].as_array().unwrap().len(), count, "{filter}");
    }

    // Somebody else changes it.
    let id = made["id"].as_str().unwrap();
    let new = json!({ "email": "cy@example.org", "name": "Cy", "role": "editor" });
    let (_, token) = app.call(Method::POST, "/api/v1/users", &new).await;
    let token = token["token"].as_str().unwrap_or_else(|| panic!("{token}"));
    let patch = json!({ "fields": { "Lead": null } });
    let (status, changed) = app.send(Method::PATCH, &format!("{tasks}/{id}"), Some(token), patch.to_string()).await;
    assert_eq!(status, 200, "{changed}");
    assert_eq!(changed["fields"]["Changed by"]["name"], "Cy");
    assert_eq!(changed["fields"]["Made by"]["id"], json!(owner));
    assert_eq!(changed["fields"].get("Lead"), None);

    // A lookup of people shows people.
    let looked = json!({ "name": "Teams", "type": "multipleLookupValues",
        "options": { "recordLinkFieldId": "Tasks", "fieldIdInLinkedTable": "Team" } });
    app.ok(Method::POST, &format!("/v0/meta/bases/{base}/tables/Projects/fields"), &looked).await;
    let project = json!({ "fields": { "Title": "House", "Tasks": [id] } });
    let project = app.ok(Method::POST, &format!("/v0/{base}/Projects"), &project).await;
    assert_eq!(project["fields"]["Teams"][1], told);

    for (value, kind) in [
        (json!({ "email": "nobody@example.org" }), "INVALID_VALUE_FOR_COLUMN"),
        (json!({ "id": "usr00000000000000" }), "INVALID_VALUE_FOR_COLUMN"),
        (json!(5), "INVALID_VALUE_FOR_COLUMN"),
    ] {
        let (status, answer) = app.call(Method::POST, &tasks, &json!({ "fields": { "Lead": value } })).await;
        assert_eq!((status, answer["error"]["type"].as_str()), (422, Some(kind)), "{answer}");
    }
}

#[on_every_database]
async fn barcodes_and_buttons(app: TestApp) {
    let base = app.plans().await;
    let fields = format!("/v0/meta/bases/{base}/tables/Tasks/fields");
    app.ok(Method::POST, &fields, &json!({ "name": "Code", "type": "barcode" })).await;
    let options = json!({ "label": "Look", "formula": "'https://example.org/?q=' & {Name}" });
    let made = app.ok(Method::POST, &fields, &json!({ "name": "Page", "type": "button", "options": options })).await;
    assert_eq!(made["options"]["label"], "Look");
    let tasks = format!("/v0/{base}/Tasks");
    let body = json!({ "fields": { "Name": "Dig", "Code": { "text": "4006381333931", "type": "ean13" } } });
    let made = app.ok(Method::POST, &tasks, &body).await;
    assert_eq!(made["fields"]["Code"], json!({ "text": "4006381333931", "type": "ean13" }));
    assert_eq!(made["fields"]["Page"], json!({ "label": "Look", "url": "https://example.org/?q=Dig" }));
    let found = app.get(&format!("{tasks}?filterByFormula=Code%3D'4006381333931'&fields[]=Code")).await;
    assert_eq!(found["records"].as_array().unwrap().len(), 1);
    let list = app.get(&format!("{tasks}?cellFormat=string&timeZone=UTC&userLocale=en-us")).await;
    assert_eq!(list["records"][0]["fields"]["Code"], "4006381333931");
    assert_eq!(list["records"][0]["fields"]["Page"], "Look");
    let (status, answer) = app.call(Method::POST, &tasks, &json!({ "fields": { "Code": "4006381333931" } })).await;
    assert_eq!((status, answer["error"]["type"].as_str()), (422, Some("INVALID_VALUE_FOR_COLUMN")));
    let cast = json!({ "fields": { "Code": "12" }, "typecast": true });
    assert_eq!(app.ok(Method::POST, &tasks, &cast).await["fields"]["Code"], json!({ "text": "12" }));
    let wrong = json!({ "name": "X", "type": "button", "options": { "formula": "{Nope}" } });
    let (status, answer) = app.call(Method::POST, &fields, &wrong).await;
    assert_eq!(status, 422);
    assert!(answer["error"]["message"].as_str().unwrap().contains("nope"), "{answer}");
}

#[on_every_database]
async fn times_of_a_record_are_shown_as_their_field_says(app: TestApp) {
    let base = app.plans().await;
    let fields = format!("/v0/meta/bases/{base}/tables/Tasks/fields");
    let day = json!({ "type": "date", "options": { "dateFormat": { "name": "iso", "format": "YYYY-MM-DD" } } });
    let made = json!({ "name": "Day", "type": "createdTime", "options": { "result": day } });
    assert_eq!(app.ok(Method::POST, &fields, &made).await["options"]["result"], day);
    let usual = app.ok(Method::POST, &fields, &json!({ "name": "Seen", "type": "lastModifiedTime" })).await;
    assert_eq!(usual["options"]["result"]["options"]["dateFormat"]["name"], "local");
    let formats =
        json!({ "dateFormat": { "name": "european" }, "timeFormat": { "name": "24hour" }, "timeZone": "Asia/Kolkata" });
    let part = json!({ "options": { "result": { "type": "dateTime", "options": formats } } });
    let seen = app.ok(Method::PATCH, &format!("{fields}/Seen"), &part).await;
    let shown = &seen["options"]["result"]["options"];
    assert_eq!(
        (&shown["dateFormat"]["format"], &shown["timeFormat"]["format"], &shown["timeZone"]),
        (&json!("D/M/YYYY"), &json!("HH:mm"), &json!("Asia/Kolkata"))
    );
    // What is not said stays as it was.
    let part =
        json!({ "options": { "result": { "type": "dateTime", "options": { "dateFormat": { "name": "iso" } } } } });
    let seen = app.ok(Method::PATCH, &format!("{fields}/Seen"), &part).await;
    assert_eq!(seen["options"]["result"]["options"]["timeZone"], "Asia/Kolkata");

    let tasks = format!("/v0/{base}/Tasks");
    let record = app.ok(Method::POST, &tasks, &json!({ "fields": { "Name": "Dig" } })).await;
    let created = record["createdTime"].as_str().unwrap();
    let list = app.get(&format!("{tasks}?cellFormat=string&timeZone=UTC&userLocale=en-us")).await;
    let cells = &list["records"][0]["fields"];
    assert_eq!(cells["Day"], created[..10]);
    let time = record["fields"]["Seen"].as_str().unwrap();
    let minutes = |text: &str| text[..2].parse::<u32>().unwrap() * 60 + text[3..5].parse::<u32>().unwrap();
    let seen = cells["Seen"].as_str().unwrap();
    assert_eq!(minutes(&seen[11..]), (minutes(&time[11..]) + 330) % 1440, "{seen} is {time} in Kolkata");
    let wrong = json!({ "options": { "result": { "type": "date", "options": { "dateFormat": { "name": "odd" } } } } });
    assert_eq!(app.call(Method::PATCH, &format!("{fields}/Day"), &wrong).await.0, 422);
}

#[on_every_database]
async fn large_numbers_are_written_in_digits(app: TestApp) {
    let base = app.plans().await;
    let tasks = format!("/v0/{base}/Tasks");
    let body = json!({ "fields": { "Name": 1e16, "Points": 1e16 }, "typecast": true });
    let record = app.ok(Method::POST, &tasks, &body).await;
    assert_eq!(record["fields"]["Name"], "10000000000000000");
    let (_, text) = app.text(Method::GET, &tasks).await;
    assert!(text.contains("\"Points\":10000000000000000,"), "{text}");
    let convert = format!("/api/v1/bases/{base}/tables/Tasks/fields/Points/convert");
    app.ok(Method::POST, &convert, &json!({ "type": "singleLineText" })).await;
    assert_eq!(app.get(&tasks).await["records"][0]["fields"]["Points"], "10000000000000000");
}
