//! Records: create, read, page, filter, sort, update, replace, delete, links.

use hyper::Method;
use serde_json::{Value, json};
use testkit::on_every_database;

use crate::app::TestApp;

async fn names(app: &TestApp, path: &str) -> Vec<String> {
    let answer = app.get(path).await;
    let list = answer["records"].as_array().unwrap();
    list.iter().map(|record| record["fields"]["Name"].as_str().unwrap_or("-").to_owned()).collect()
}

#[on_every_database]
async fn a_record_lives_through_create_update_replace_and_delete(app: TestApp) {
    let base = app.plans().await;
    let tasks = format!("/v0/{base}/Tasks");
    let fields = json!({ "Name": "Paint", "Points": 3.5, "Status": "Open", "Tags": ["b", "a"], "Due": "2026-01-02", "Urgent": true });
    let made = app.ok(Method::POST, &format!("{tasks}/?"), &json!({ "fields": fields })).await;
    let mut expected = fields.clone();
    expected["Double"] = json!(7);
    expected["No"] = json!(1);
    assert_eq!(made["fields"], expected);

    // Clients write a slash behind some addresses.
    let schema = format!("/v0/meta/bases/{base}/tables");
    for path in [tasks.as_str(), "/v0/meta/bases", "/v0/meta/whoami", schema.as_str()] {
        let plain = app.get(path).await;
        assert_eq!(app.get(&format!("{path}/")).await, plain);
        assert_eq!(app.get(&format!("{path}/?pageSize=100")).await, plain);
    }
    assert_eq!(app.call(Method::GET, "/v0/", &Value::Null).await.0, 404);

    let one = format!("{tasks}/{}", made["id"].as_str().unwrap());
    assert_eq!(app.get(&one).await, made);
    let changed = app.ok(Method::PATCH, &one, &json!({ "fields": { "Points": null, "Urgent": false } })).await;
    assert_eq!(
        changed["fields"],
        json!({ "Name": "Paint", "Status": "Open", "Tags": ["b", "a"], "Due": "2026-01-02", "Double": 0, "No": 1 })
    );
    let replaced = app.ok(Method::PUT, &one, &json!({ "fields": { "Name": "Nail" } })).await;
    assert_eq!(replaced["fields"], json!({ "Name": "Nail", "Double": 0, "No": 1 }));
    assert_eq!(replaced["createdTime"], made["createdTime"]);

    let deleted = app.ok(Method::DELETE, &one, &Value::Null).await;
    assert_eq!(deleted, json!({ "id": made["id"], "deleted": true }));
    assert_eq!(app.call(Method::GET, &one, &Value::Null).await, (404, json!({ "error": "NOT_FOUND" })));
    assert_eq!(app.call(Method::DELETE, &one, &Value::Null).await.0, 404);
}

#[on_every_database]
async fn lists_are_filtered_sorted_and_paged(app: TestApp) {
    let base = app.plans().await;
    let tasks = format!("/v0/{base}/Tasks");
    for batch in 0..3 {
        let records: Vec<Value> = (0..10)
            .map(|i| batch * 10 + i)
            .map(|n| json!({ "fields": { "Name": format!("t{n}"), "Points": n % 7, "Status": if n % 2 == 0 { "Open" } else { "Done" } } }))
            .collect();
        app.ok(Method::POST, &tasks, &json!({ "records": records })).await;
    }
    let filtered = names(&app, &format!("{tasks}?filterByFormula=AND(%7BStatus%7D%3D'Open'%2C%20Points%3E4)&sort%5B0%5D%5Bfield%5D=Points&sort%5B0%5D%5Bdirection%5D=desc&sort[1][field]=Name")).await;
    assert_eq!(filtered, ["t6", "t20", "t12", "t26"]);

    let mut seen = Vec::new();
    let mut offset = String::new();
    let mut sizes = Vec::new();
    loop {
        let page = app.get(&format!("{tasks}?pageSize=10&maxRecords=25&offset={offset}")).await;
        let list = page["records"].as_array().unwrap();
        sizes.push(list.len());
        seen.extend(list.iter().map(|record| record["fields"]["Name"].as_str().unwrap().to_owned()));
        // What others write meanwhile does not move the pages.
        app.ok(Method::POST, &tasks, &json!({ "fields": { "Name": "late" } })).await;
        match page["offset"].as_str() {
            Some(next) => offset = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(sizes, [10, 10, 5]);
    assert_eq!(seen, (0..25).map(|n| format!("t{n}")).collect::<Vec<_>>());

    let posted = app
        .ok(
            Method::POST,
            &format!("{tasks}/listRecords"),
            &json!({ "filterByFormula": "FIND('t2', Name)", "fields": ["Name"], "maxRecords": 2, "method": "post" }),
        )
        .await;
    let fields: Vec<&Value> = posted["records"].as_array().unwrap().iter().map(|record| &record["fields"]).collect();
    assert_eq!(fields, [&json!({ "Name": "t2" }), &json!({ "Name": "t20" })]);
}

/// Longer than what is ordered for a first page.
#[on_every_database]
async fn a_long_list_is_read_to_its_end_while_others_write(app: TestApp) {
    let base = app.plans().await;
    let tasks = format!("/v0/{base}/Tasks");
    let mut wanted: Vec<(i64, String)> = Vec::new();
    let mut ids: Vec<String> = Vec::new();
    for batch in 0..124 {
        let numbers = (0..10).map(|i| batch * 10 + i);
        wanted.extend(numbers.clone().map(|n| (n * 7_919 % 1_009, format!("t{n:04}"))));
        let records: Vec<Value> =
            numbers.map(|n| json!({ "fields": { "Name": format!("t{n:04}"), "Points": n * 7_919 % 1_009 } })).collect();
        let made = app.ok(Method::POST, &tasks, &json!({ "records": records })).await;
        ids.extend(made["records"].as_array().unwrap().iter().map(|record| record["id"].as_str().unwrap().to_owned()));
    }
    // What comes last in the order goes, what comes last of the rest changes.
    wanted.sort_by(|one, other| other.0.cmp(&one.0).then_with(|| one.1.cmp(&other.1)));
    let mut wanted: Vec<String> = wanted.into_iter().map(|(_, name)| name).collect();
    let gone = wanted.pop().unwrap();
    let changed = wanted.last().unwrap().clone();
    let id = |name: &str| ids[name[1..].parse::<usize>().unwrap()].clone();
    let (mut seen, mut offset) = (Vec::new(), String::new());
    let sort = "sort[0][field]=Points&sort[0][direction]=desc&sort[1][field]=Name";
    loop {
        let page = app.get(&format!("{tasks}?{sort}{offset}")).await;
        let records = page["records"].as_array().unwrap();
        seen.extend(records.iter().map(|record| record["fields"]["Name"].as_str().unwrap().to_owned()));
        if seen.len() == 200 {
            app.ok(Method::DELETE, &format!("{tasks}/{}", id(&gone)), &Value::Null).await;
            app.ok(Method::PATCH, &format!("{tasks}/{}", id(&changed)), &json!({ "fields": { "Points": 5_000 } }))
                .await;
            app.ok(Method::POST, &tasks, &json!({ "fields": { "Name": "late", "Points": 5_000 } })).await;
        }
        match page["offset"].as_str() {
            Some(next) => offset = format!("&offset={next}"),
            None => break,
        }
    }
    assert_eq!(seen, wanted);
    let first = names(&app, &format!("{tasks}?{sort}&pageSize=2&filterByFormula=Points%3E1000&maxRecords=2")).await;
    assert_eq!(first, ["late".to_owned(), changed], "a new list sees what was written meanwhile");
}

/// Formula columns that were read once are read again after each kind of write.
#[on_every_database]
async fn formulas_follow_every_write(app: TestApp) {
    let base = app.plans().await;
    let tasks = format!("/v0/{base}/Tasks");
    let made = app
        .ok(
            Method::POST,
            &tasks,
            &json!({ "records": [
        { "fields": { "Name": "a", "Points": 1 } }, { "fields": { "Name": "b", "Points": 2 } },
    ] }),
        )
        .await;
    let path = format!("{tasks}?sort[0][field]=Double&sort[1][field]=Name&filterByFormula=Double%3E1");
    assert_eq!(names(&app, &path).await, ["a", "b"]);
    let one = format!("{tasks}/{}", made["records"][0]["id"].as_str().unwrap());
    app.ok(Method::PATCH, &one, &json!({ "fields": { "Points": 9 } })).await;
    assert_eq!(names(&app, &path).await, ["b", "a"]);
    app.ok(Method::POST, &tasks, &json!({ "fields": { "Name": "c", "Points": 5 } })).await;
    assert_eq!(names(&app, &path).await, ["b", "c", "a"]);
    app.ok(Method::PATCH, &one, &json!({ "fields": { "Points": null } })).await;
    assert_eq!(names(&app, &path).await, ["b", "c"]);
    app.ok(Method::DELETE, &one, &Value::Null).await;
    assert_eq!(names(&app, &format!("{tasks}?filterByFormula=Double%3D0")).await, [""; 0]);
}

#[on_every_database]
async fn links_are_seen_from_both_sides(app: TestApp) {
    let base = app.plans().await;
    let project =
        app.ok(Method::POST, &format!("/v0/{base}/Projects"), &json!({ "fields": { "Title": "Apollo" } })).await;
    let tasks = format!("/v0/{base}/Tasks");
    let task =
        app.ok(Method::POST, &tasks, &json!({ "fields": { "Name": "Launch", "Project": [project["id"]] } })).await;
    let other = json!({ "fields": { "Name": "Land", "Project": "Gemini" }, "typecast": true });
    let cast = app.ok(Method::POST, &tasks, &other).await;
    let projects = app.get(&format!("/v0/{base}/Projects?sort[0][field]=Title")).await;
    assert_eq!(
        projects["records"].as_array().unwrap().iter().map(|r| r["fields"].clone()).collect::<Vec<_>>(),
        [json!({ "Title": "Apollo", "Tasks": [task["id"]] }), json!({ "Title": "Gemini", "Tasks": [cast["id"]] })]
    );
    let of_apollo = names(&app, &format!("{tasks}?filterByFormula=Project%3D'Apollo'")).await;
    assert_eq!(of_apollo, ["Launch"]);
    app.ok(Method::DELETE, &format!("{tasks}/{}", task["id"].as_str().unwrap()), &Value::Null).await;
    let apollo = app.get(&format!("/v0/{base}/Projects/{}", project["id"].as_str().unwrap())).await;
    assert_eq!(apollo["fields"], json!({ "Title": "Apollo" }));
}

#[on_every_database]
async fn concurrent_writers_lose_nothing(app: TestApp) {
    let app = std::sync::Arc::new(app);
    let base = app.plans().await;
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..8 {
        let (app, path) = (std::sync::Arc::clone(&app), format!("/v0/{base}/Tasks"));
        writers.spawn(async move {
            for turn in 0..10 {
                let fields = json!({ "fields": { "Name": format!("{writer}-{turn}"), "Status": format!("S{writer}") }, "typecast": true });
                app.ok(Method::POST, &path, &fields).await;
            }
        });
    }
    writers.join_all().await;
    let page = app.get(&format!("/v0/{base}/Tasks")).await;
    let records = page["records"].as_array().unwrap();
    let mut names: Vec<&str> = records.iter().map(|record| record["fields"]["Name"].as_str().unwrap()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), 80);
    let numbers: Vec<i64> = records.iter().map(|record| record["fields"]["No"].as_i64().unwrap()).collect();
    assert_eq!(numbers, (1..=80).collect::<Vec<_>>());
}

#[on_every_database]
async fn groups_tell_errors_and_infinite_numbers_as_cells_do(app: TestApp) {
    let base = app.plans().await;
    let fields = format!("/v0/meta/bases/{base}/tables/Tasks/fields");
    let ratio = json!({ "name": "Ratio", "type": "formula", "options": { "formula": "1/{Points}" } });
    app.ok(Method::POST, &fields, &ratio).await;
    let broken =
        json!({ "name": "Broken", "type": "formula", "options": { "formula": "IF({Points}, 'fine', ERROR())" } });
    app.ok(Method::POST, &fields, &broken).await;
    let records = [1, 0].map(|points| json!({ "fields": { "Name": "t", "Points": points } }));
    app.ok(Method::POST, &format!("/v0/{base}/Tasks"), &json!({ "records": records })).await;
    let aggregate = format!("/api/v1/bases/{base}/tables/Tasks/aggregate");
    let infinite = json!({ "specialValue": "Infinity" });
    for (field, keys) in [("Ratio", json!([1, infinite])), ("Broken", json!([{ "error": "#ERROR!" }, "fine"]))] {
        let told = app.ok(Method::POST, &aggregate, &json!({ "groupBy": [field] })).await;
        let found: Value = told["groups"].as_array().unwrap().iter().map(|group| group["key"][0].clone()).collect();
        assert_eq!(found, keys, "{field}");
    }
    let asked = json!({ "aggregates": [{ "op": "sum", "field": "Ratio" }, { "op": "max", "field": "Ratio" }] });
    let told = app.ok(Method::POST, &aggregate, &asked).await;
    assert_eq!(told["groups"][0]["values"], json!([infinite, infinite]));
}

#[on_every_database]
async fn days_of_groups_are_those_of_the_zone_of_their_field(app: TestApp) {
    let zoned = |name, zone| {
        let options = json!({ "timeZone": zone, "dateFormat": { "name": "iso" }, "timeFormat": { "name": "24hour" } });
        json!({ "name": name, "type": "dateTime", "options": options })
    };
    let name = json!({ "name": "Name", "type": "singleLineText" });
    let table = json!({ "name": "T", "fields": [name, zoned("Here", "Europe/Berlin"), zoned("Utc", "utc")] });
    let body = json!({ "name": "Times", "workspaceId": app.workspace().await, "tables": [table] });
    let made = app.ok(Method::POST, "/v0/meta/bases", &body).await;
    let base = made["id"].as_str().unwrap();
    // 31 March 2024 has 23 hours in Berlin, from 23:00 to 22:00 of UTC.
    let times = [
        "2024-03-30T22:59:59.000Z",
        "2024-03-30T23:00:00.000Z",
        "2024-03-31T21:59:00.000Z",
        "2024-03-31T22:00:00.000Z",
    ];
    let records = times.map(|time| json!({ "fields": { "Name": time, "Here": time, "Utc": time } }));
    app.ok(Method::POST, &format!("/v0/{base}/T"), &json!({ "records": records })).await;
    let aggregate = format!("/api/v1/bases/{base}/tables/T/aggregate");
    for (field, bucket, wanted) in [
        (
            "Here",
            "day",
            json!([["2024-03-29T23:00:00.000Z", 1], ["2024-03-30T23:00:00.000Z", 2], ["2024-03-31T22:00:00.000Z", 1]]),
        ),
        ("Utc", "day", json!([["2024-03-30T00:00:00.000Z", 2], ["2024-03-31T00:00:00.000Z", 2]])),
        ("Here", "week", json!([["2024-03-24T23:00:00.000Z", 3], ["2024-03-31T22:00:00.000Z", 1]])),
        ("Here", "month", json!([["2024-02-29T23:00:00.000Z", 3], ["2024-03-31T22:00:00.000Z", 1]])),
        ("Utc", "month", json!([["2024-03-01T00:00:00.000Z", 4]])),
    ] {
        let told =
            app.ok(Method::POST, &aggregate, &json!({ "groupBy": [{ "field": field, "bucket": bucket }] })).await;
        let groups = told["groups"].as_array().unwrap();
        let told: Vec<_> = groups.iter().map(|group| json!([group["key"][0], group["values"][0]])).collect();
        assert_eq!(json!(told), wanted, "{field} by {bucket}");
    }
}

#[on_every_database]
async fn records_are_counted_and_summed_in_groups(app: TestApp) {
    let base = app.plans().await;
    let new: Vec<_> = [("a", 1, "Open"), ("b", 2, "Done"), ("c", 4, "Open")]
        .map(|(name, points, status)| json!({ "fields": { "Name": name, "Points": points, "Status": status } }))
        .into();
    app.ok(Method::POST, &format!("/v0/{base}/Tasks"), &json!({ "records": new })).await;
    let aggregate = format!("/api/v1/bases/{base}/tables/Tasks/aggregate");
    let told = app.ok(Method::POST, &aggregate, &Value::Null).await;
    assert_eq!(told, json!({ "groups": [{ "key": [], "values": [3] }], "total_groups": 1, "matched": 3 }));
    let asked = json!({
        "groupBy": ["Status"], "aggregates": [{ "op": "sum", "field": "Points" }, { "op": "count" }],
        "filter": { "field": "Points", "op": ">", "value": 1 }, "sort": { "by": 0, "direction": "desc" },
    });
    let told = app.ok(Method::POST, &aggregate, &asked).await;
    let groups = json!([{ "key": ["Open"], "values": [4, 1] }, { "key": ["Done"], "values": [2, 1] }]);
    assert_eq!(told, json!({ "groups": groups, "total_groups": 2, "matched": 2 }));
    let means = ["avg", "mean"].map(|op| json!({ "op": op, "field": "Points" }));
    let told = app.ok(Method::POST, &aggregate, &json!({ "aggregates": means })).await;
    assert_eq!(told["groups"][0]["values"][0], told["groups"][0]["values"][1]);
    assert!(told["groups"][0]["values"][1].as_f64().is_some_and(|mean| (mean - 7.0 / 3.0).abs() < 1e-9), "{told}");
    for (body, words) in [
        (json!({ "aggregates": [{ "op": "sum" }] }), "needs a `field`"),
        (json!({ "aggregates": [{ "op": "sum", "field": "Name" }] }), "`Name` is of type"),
        (json!({ "groupby": ["Name"] }), "groupby"),
        (json!({ "groupBy": [{ "field": "Due" }] }), "`bucket` is missing; this is the name of a field, or"),
        (
            json!({ "groupBy": [{ "field": "Due", "bucket": "decade" }] }),
            "must be one of `year`, `quarter`, `month`, `week`, `day`, not `decade`",
        ),
        (json!({ "groupBy": [{ "name": "Due" }] }), "there is no `name` here"),
        (json!({ "groupBy": [7] }), "must be the name of a field, or `{\"field\", \"bucket\"}` with the bucket `year`"),
        (json!({ "groupBy": [["Due", "day"]] }), "must be the name of a field, or"),
        (json!({ "sort": { "by": 3 } }), "`sort.by`"),
        (json!({ "sort": { "by": "x" } }), "`sort.by` is the number of an aggregate, 0 to 0, or `key`"),
        (json!({ "sort": { "by": true } }), "`sort.by`"),
    ] {
        let (status, answer) = app.call(Method::POST, &aggregate, &body).await;
        assert_eq!(status, 422, "{answer}");
        assert!(answer["detail"].as_str().unwrap().contains(words), "{answer}");
    }
}

#[on_every_database]
async fn a_flag_is_true_or_false_and_nothing_else(app: TestApp) {
    let base = app.plans().await;
    let tasks = format!("/v0/{base}/Tasks");
    let field = app.get(&format!("/v0/meta/bases/{base}/tables")).await["tables"][0]["fields"][0]["id"].clone();
    let one = json!({ "fields": { "Name": "a" } });
    let made = app.ok(Method::POST, &tasks, &one).await["id"].as_str().unwrap().to_owned();
    let new_field = json!({ "name": "More", "type": "singleLineText" });
    let doors = |value: &str| {
        let by_id = format!("returnFieldsByFieldId={value}");
        let keep = format!("keepIds={value}");
        [
            (Method::GET, format!("{tasks}?{by_id}"), Value::Null),
            (Method::GET, format!("{tasks}/{made}?{by_id}"), Value::Null),
            (Method::POST, format!("{tasks}/listRecords?{by_id}"), Value::Null),
            (Method::PATCH, format!("{tasks}/{made}?{by_id}"), one.clone()),
            (Method::POST, format!("{tasks}?{keep}"), json!({ "records": [one] })),
            (Method::POST, format!("/v0/meta/bases/{base}/tables/Tasks/fields?{keep}"), new_field.clone()),
            (Method::POST, format!("/api/v1/bases/{base}/tables/Tasks/records:bulk?typecast={value}"), Value::Null),
            (Method::POST, format!("/api/v1/bases/{base}/tables/Tasks/records:bulk?replace={value}"), Value::Null),
            (Method::GET, format!("/api/v1/export?base={base}&table=Tasks&spreadsheetSafe={value}"), Value::Null),
        ]
    };
    for value in ["maybe", "yes", "TRUE", "2", "-1", "on"] {
        for (method, path, body) in doors(value) {
            let (status, answer) = app.call(method, &path, &body).await;
            let said = answer["error"]["message"].as_str().or_else(|| answer["detail"].as_str()).unwrap_or_default();
            let right = format!("is `true` or `false`, or `1` or `0`, not `{value}`");
            assert!(status == 422 && said.contains(&right), "{path}: {status} {answer}");
        }
    }
    for (value, key) in [("1", field.as_str().unwrap()), ("True", field.as_str().unwrap()), ("0", "Name"), ("", "Name")]
    {
        for (method, path, body) in doors(value).into_iter().take(4) {
            let answer = app.ok(method, &path, &body).await;
            let record = answer.pointer("/records/0").unwrap_or(&answer);
            assert_eq!(record["fields"][key], "a", "{path}: {answer}");
        }
    }
}
