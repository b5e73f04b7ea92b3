use serde_json::{Value, json};
use testkit::on_every_database;

use super::*;
use crate::fixture::House;
use crate::ops::Found;

fn write(found: &Found, shape: &Shape) -> Value {
    let mut out = Vec::new();
    found.write_all(shape, &mut out).unwrap();
    serde_json::from_slice(&out).unwrap()
}

async fn list(house: &House, table: &str) -> Found {
    house.records.list(&house.owner, house.base, table, &crate::ListQuery::default()).await.unwrap().found
}

#[on_every_database]
async fn a_record_is_told_without_what_is_empty(house: House) {
    let full = json!({ "Name": "a", "Notes": "two\nlines", "Points": 1.5, "Status": "Open", "Tags": ["b", "a"],
        "Due": "2026-02-03", "Urgent": true });
    house
        .create("Tasks", &[full.clone(), json!({}), json!({ "Points": 0, "Urgent": false, "Notes": "", "Tags": [] })])
        .await;
    let told = write(&list(&house, "Tasks").await, &Shape::default());
    let mut expected = full;
    expected["No"] = json!(1);
    expected["Double"] = json!(3);
    expected["Label"] = json!("a in ");
    assert_eq!(told[0]["fields"], expected);
    assert_eq!(told[1]["fields"], json!({ "No": 2, "Double": 0, "Label": " in " }));
    assert_eq!(told[2]["fields"], json!({ "Points": 0, "No": 3, "Double": 0, "Label": " in " }));
    assert_eq!(told[0]["createdTime"], "2026-01-01T00:00:00.000Z");
    assert!(told[0]["id"].as_str().unwrap().starts_with("rec"));
}

#[on_every_database]
async fn only_the_fields_asked_for_are_told_by_name_or_id(house: House) {
    let ids = house.create("Tasks", &[json!({ "Name": "a", "Points": 2, "Project": "P" })]).await;
    let found = list(&house, "Tasks").await;
    let table = Arc::clone(&found.table);
    let field = |name: &str| table.field(name).unwrap().id;
    let shape = |names: &[&str], by_id| Shape {
        fields: Some(names.iter().map(|name| field(name)).collect()),
        by_id,
        text: None,
    };
    assert_eq!(write(&found, &shape(&["Double", "Name"], false))[0]["fields"], json!({ "Name": "a", "Double": 4 }));
    assert_eq!(write(&found, &shape(&[], false))[0]["fields"], json!({}));
    let by_id = write(&found, &shape(&["Points"], true));
    assert_eq!(by_id[0]["fields"], json!({ (field("Points").to_string()): 2 }));
    assert_eq!(by_id[0]["id"], json!(ids[0]));
    let mut one = Vec::new();
    found.write_one(&shape(&["Label"], false), &mut one).unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&one).unwrap()["fields"], json!({ "Label": "a in P" }));
}

#[on_every_database]
async fn comments_are_counted_when_asked_for(house: House) {
    house.create("Tasks", &[json!({ "Name": "a" }), json!({}), json!({ "Name": "c" })]).await;
    let asked = async |query: crate::ListQuery| {
        let page = house.records.list(&house.owner, house.base, "Tasks", &query).await.unwrap();
        let Some(counts) = page.counts else { return write(&page.found, &Shape::default()) };
        let mut out = Vec::new();
        page.found.write_counted(&Shape::default(), &counts, &mut out).unwrap();
        serde_json::from_slice(&out).unwrap()
    };
    let counts =
        |told: &Value| told.as_array().unwrap().iter().map(|one| one["commentCount"].clone()).collect::<Vec<_>>();
    let plain = asked(crate::ListQuery::default()).await;
    assert_eq!(counts(&plain), [Value::Null, Value::Null, Value::Null]);
    let counting = |query| crate::ListQuery { comment_counts: true, ..query };
    let mut told = asked(counting(crate::ListQuery::default())).await;
    assert_eq!(counts(&told), [json!(0), json!(1), json!(2)]);
    for record in told.as_array_mut().unwrap() {
        record.as_object_mut().unwrap().remove("commentCount");
    }
    assert_eq!(told, plain, "and nothing else is told differently");
    let sorted = counting(crate::fixture::list("{Name} = 'c'", &[("Name", true)]));
    assert_eq!(counts(&asked(sorted).await), [json!(2)]);
    let nothing = counting(crate::fixture::list("{Name} = 'd'", &[]));
    assert_eq!(asked(nothing).await, json!([]));
}

#[on_every_database]
async fn names_and_texts_are_escaped(house: House) {
    let name = "a \"quoted\" \\ name of one line 🙂";
    let field = serde_json::from_value(json!({ "name": name, "type": "multilineText" })).unwrap();
    house.schemas.create_field(&house.owner, house.base, "Tasks", &field).await.unwrap();
    let text = "\u{1}\t\"\\/\u{7f}\u{2028}🙂é";
    house.create("Tasks", &[json!({ name: text })]).await;
    let told = write(&list(&house, "Tasks").await, &Shape::default());
    assert_eq!(told[0]["fields"][name], text);
}

#[on_every_database]
async fn few_and_many_records_are_computed_alike(house: House) {
    let new: Vec<Value> =
        (0..40).map(|n| json!({ "Name": format!("t{n}"), "Points": n, "Project": format!("P{}", n % 3) })).collect();
    for part in new.chunks(10) {
        house.create("Tasks", part).await;
    }
    let all = list(&house, "Tasks").await;
    assert!(all.ordinals.len() > FEW);
    let told = write(&all, &Shape::default());
    for (at, ordinal) in all.ordinals.iter().enumerate() {
        let one = Found { view: all.view.clone(), table: Arc::clone(&all.table), ordinals: vec![*ordinal] };
        assert_eq!(write(&one, &Shape::default())[0], told[at]);
        assert_eq!(told[at]["fields"]["Label"], format!("t{at} in P{}", at % 3));
    }
}

#[on_every_database]
async fn links_to_what_is_gone_are_not_told(house: House) {
    house.create("Tasks", &[json!({ "Name": "a", "Project": ["P", "Q"] })]).await;
    let projects = list(&house, "Projects").await;
    let ids: Vec<String> = projects.ids().iter().map(ToString::to_string).collect();
    let before = write(&list(&house, "Tasks").await, &Shape::default());
    assert_eq!(before[0]["fields"]["Project"], json!(ids));
    house.delete("Projects", &ids).await;
    let after = write(&list(&house, "Tasks").await, &Shape::default());
    assert_eq!(after[0]["fields"].get("Project"), None);
}

#[on_every_database]
async fn cells_that_take_too_long_are_errors_and_the_rest_is_told(house: House) {
    let new: Vec<Value> = (0..20).map(|n| json!({ "Name": format!("t{n}"), "Points": n })).collect();
    for part in new.chunks(10) {
        house.create("Tasks", part).await;
    }
    let error = json!({ "error": "#ERROR!" });
    for few in [true, false] {
        let mut late = list(&house, "Tasks").await;
        if few {
            late.ordinals.truncate(2);
        }
        let in_time =
            Found { view: late.view.clone(), table: Arc::clone(&late.table), ordinals: late.ordinals.clone() };
        late.view.until = Some(Instant::now());
        let told = write(&late, &Shape::default());
        let fields = &told[1]["fields"];
        assert_eq!((&fields["Name"], &fields["Points"]), (&json!("t1"), &json!(1)));
        assert_eq!((&fields["Double"], &fields["Label"]), (&error, &error));
        // Nothing is kept of it.
        let fields = write(&in_time, &Shape::default())[1]["fields"].clone();
        assert_eq!((&fields["Double"], &fields["Label"]), (&json!(2), &json!("t1 in ")));
    }
}
