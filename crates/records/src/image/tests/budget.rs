//! Columns leave memory and come back; answers stay the same, or are refused.

use fields::Incoming;
use model::Kind;
use query::{Bucket, Function};
use testkit::on_every_database;

use super::*;
use crate::fixture::{WIDE, list, told};
use crate::ops::{AggregateQuery, How, ListQuery, NewType, SyncRows};

/// Everything that is asked, with its answer as text; a refusal for want of memory says so.
async fn answers(house: &House, records: &Records) -> Vec<String> {
    let mut out = Vec::new();
    let mut note = |question: &str, answer: Result<String, Error>| match answer {
        Ok(answer) => out.push(format!("{question}: {answer}")),
        Err(Error::ImageMemory { budget, .. }) => out.push(format!("refused under {budget}")),
        Err(other) => panic!("{question}: {other}"),
    };
    let lists: [(&str, ListQuery); 7] = [
        ("all", list("", &[])),
        ("filtered", list("{Points} > 0", &[])),
        ("by text", list("FIND('a', {Notes})", &[("Name", false)])),
        ("by links", list("{Label} != ''", &[("Project", false), ("Points", true)])),
        ("by formula", list("", &[("Label", true), ("No", false)])),
        (
            "tree",
            ListQuery {
                tree: Some(
                    json!({ "or": [{ "field": "Project", "op": "contains", "value": "2" }, { "field": "Urgent", "value": true }] }),
                ),
                ..list("", &[("Status", false)])
            },
        ),
        ("short", ListQuery { page_size: Some(3), ..list("", &[("Due", true)]) }),
    ];
    for (question, query) in lists {
        let page = records.list(&house.owner, house.base, "Tasks", &query).await;
        note(question, page.map(|page| format!("{:?} of {}", told(&page.found), page.total)));
    }
    let groups = AggregateQuery {
        by: vec![("Status".to_owned(), Bucket::Value)],
        aggregates: vec![None, Some((Function::Sum, "Points".to_owned())), Some((Function::Max, "Double".to_owned()))],
        ..AggregateQuery::default()
    };
    let grouped = records.aggregate(&house.owner, house.base, "Tasks", &groups).await;
    note("groups", grouped.map(|grouped| format!("{grouped:?}")));
    let linked = AggregateQuery { by: vec![("Project".to_owned(), Bucket::Value)], ..AggregateQuery::default() };
    let grouped = records.aggregate(&house.owner, house.base, "Tasks", &linked).await;
    note("by project", grouped.map(|grouped| format!("{grouped:?}")));
    let hits = records.search(&house.owner, house.base, None, "task", 5).await;
    note(
        "search",
        hits.map(|hits| format!("{:?}", hits.iter().map(|h| (told(&h.found), h.total)).collect::<Vec<_>>())),
    );
    let values = records.find_values(&house.owner, house.base, None, &["project".to_owned()], 50).await;
    let values = values.map(|found| {
        let mut told: Vec<String> = found.iter().map(|f| format!("{} {} {}", f.field, f.value, f.count)).collect();
        told.sort();
        format!("{told:?}")
    });
    note("values", values);
    let image = house.image(&house.records).await;
    for id in ids(&image, 1) {
        let found = records.get(&house.owner, house.base, "Tasks", &id).await;
        note("one", found.map(|found| format!("{:?}", told(&found))));
    }
    out
}

/// The picture as it is built, without the room that growing leaves.
async fn fresh(house: &House) -> std::sync::Arc<BaseImage> {
    house.image(&house.with_memory(WIDE)).await
}

/// The bytes of a picture without the columns that may leave.
fn bare(image: &BaseImage) -> usize {
    image.memory() - image.columns().filter(|(_, kind, _)| *kind != Kind::Links).map(|(.., bytes)| bytes).sum::<usize>()
}

#[test]
fn a_query_under_a_tight_budget_answers_as_under_a_wide_one_or_refuses() {
    each_history(16, 30, async |house, acts| {
        for act in &acts {
            carry_out(&house, &house.records, act).await;
        }
        let image = fresh(&house).await;
        let (least, all) = (bare(&image), image.memory());
        let wide = answers(&house, &house.records).await;
        for budget in [0, least, least + (all - least) / 4, least + (all - least) / 2, all, all * 2] {
            let tight = house.with_memory(budget);
            for (wide, tight) in wide.iter().zip(answers(&house, &tight).await) {
                assert!(*wide == tight || tight == format!("refused under {budget}"), "{tight}\ninstead of\n{wide}");
            }
            let records = house.image(&tight).await.records();
            // The way from ids to records is made when one is asked for: 20 bytes each, with room for twice as many.
            let least = least + records * 40;
            assert!(tight.images.memory() <= budget.max(least) + 256, "{} of {budget}", tight.images.memory());
        }
    });
}

#[test]
fn writes_under_a_tight_budget_are_never_refused_and_the_same() {
    each_history(16, 30, async |house, acts| {
        let tight = house.with_memory(if acts.len() % 2 == 0 { 0 } else { 6_000 });
        for (turn, act) in acts.iter().enumerate() {
            let names_links = matches!(act, Act::Create { project: Some(_), .. });
            // A link by name looks at all names, which may be too many.
            let records = if names_links || turn % 3 == 0 { &house.records } else { &tight };
            carry_out(&house, records, act).await;
        }
        let (_, stranger) = house.stranger();
        assert_eq!(dump(&*house.image(&house.records).await), dump(&*house.image(&stranger).await));
        let wide = answers(&house, &house.records).await;
        let fresh = answers(&house, &stranger).await;
        assert_eq!(wide, fresh);
    });
}

/// A base whose notes are by far the largest column.
async fn noted(house: &House, count: usize) -> Vec<String> {
    let mut made = Vec::new();
    for batch in 0..count.div_ceil(10) {
        let new: Vec<Value> = (batch * 10..count.min(batch * 10 + 10))
            .map(|n| json!({ "Name": format!("task {n}"), "Notes": "n".repeat(1_000), "Points": n, "Status": "Open" }))
            .collect();
        made.extend(house.create("Tasks", &new).await);
    }
    made
}

#[on_every_database]
async fn texts_leave_first_and_come_back_when_a_query_looks_at_them(house: House) {
    let made = noted(&house, 40).await;
    let image = fresh(&house).await;
    let table = image.schema.table("Tasks").unwrap().clone();
    let key = |name: &str| (table.no, table.field(name).unwrap().no);
    let budget = image.memory() - 1_000;
    let tight = house.with_memory(budget);
    let held = house.image(&tight).await;
    assert!(held.lacks(key("Notes")) && !held.lacks(key("Points")) && !held.lacks(key("Project")));
    // What the page needs is fetched, what the filter needs is loaded.
    let found = tight.get(&house.owner, house.base, "Tasks", &made[3]).await.unwrap();
    assert_eq!(told(&found)[0]["fields"]["Notes"].as_str().unwrap().len(), 1_000);
    assert!(house.image(&tight).await.lacks(key("Notes")));
    let page = tight.list(&house.owner, house.base, "Tasks", &list("LEN({Notes}) = 1000", &[])).await.unwrap();
    assert_eq!(page.total, 40);
    let held = tight.images.held(image.schema.base_no).unwrap();
    assert!(!held.lacks(key("Notes")), "it was loaded");
    // What is kept of the answer may be too much until the next one looks.
    house.image(&tight).await;
    assert!(tight.images.memory() <= budget);
}

#[on_every_database]
async fn what_was_used_longest_ago_leaves_before_what_was_used_just_now(house: House) {
    noted(&house, 40).await;
    let image = fresh(&house).await;
    let table = image.schema.table("Tasks").unwrap().clone();
    let key = |name: &str| (table.no, table.field(name).unwrap().no);
    let column = |name: &str| image.table(table.no).columns[&key(name).1].memory();
    // Room for one of the two.
    let rest: usize = column("Points") + column("Status");
    let tight = house.with_memory(bare(&image) + rest - 1);
    let sum = |name: &str| AggregateQuery {
        aggregates: vec![Some((Function::Filled, name.to_owned()))],
        ..AggregateQuery::default()
    };
    for (asked, gone) in [("Points", "Status"), ("Status", "Points"), ("Points", "Status")] {
        tight.aggregate(&house.owner, house.base, "Tasks", &sum(asked)).await.unwrap();
        let held = house.image(&tight).await;
        assert!(!held.lacks(key(asked)) && held.lacks(key(gone)), "{asked}");
    }
}

#[on_every_database]
async fn a_query_that_does_not_fit_is_refused_with_the_settings_name(house: House) {
    let made = noted(&house, 40).await;
    let tight = house.with_memory(1_000);
    let refused = tight.list(&house.owner, house.base, "Tasks", &list("{Notes} = 'x'", &[])).await;
    let error = refused.err().unwrap();
    assert!(matches!(error, Error::ImageMemory { budget: 1_000, .. }), "{error}");
    assert!(error.to_string().contains("records.image_memory"), "{error}");
    // Pages and writes go on.
    let page = tight.list(&house.owner, house.base, "Tasks", &list("", &[])).await.unwrap();
    assert_eq!(page.total, 40);
    let fields = cells(json!({ "Points": 7 }));
    let update = UpdateRecord { id: made[5].clone(), fields };
    let written = tight.update(&house.owner, house.base, "Tasks", &[update], (false, false)).await.unwrap();
    let record = &told(&written.found)[0]["fields"];
    assert_eq!((record["Points"].as_i64(), record["Notes"].as_str().unwrap().len()), (Some(7), 1_000));
    let (_, stranger) = house.stranger();
    let stored = stranger.get(&house.owner, house.base, "Tasks", &made[5]).await.unwrap();
    assert_eq!(told(&stored)[0]["fields"], *record, "nothing was lost from the row");
}

#[on_every_database]
async fn a_column_that_comes_back_has_what_was_written_meanwhile(house: House) {
    let made = noted(&house, 20).await;
    let image = fresh(&house).await;
    let tight = house.with_memory(image.memory() - 1_000);
    house.image(&tight).await;
    for (turn, id) in made.iter().enumerate().take(5) {
        let update = UpdateRecord { id: id.clone(), fields: cells(json!({ "Notes": format!("new {turn}") })) };
        tight.update(&house.owner, house.base, "Tasks", &[update], (false, false)).await.unwrap();
    }
    let query = list("FIND('new', {Notes})", &[("Notes", true)]);
    let page = tight.list(&house.owner, house.base, "Tasks", &query).await.unwrap();
    let notes: Vec<&str> = page.found.ids().iter().map(|_| "").collect();
    assert_eq!(notes.len(), 5);
    assert_eq!(told(&page.found)[0]["fields"]["Notes"], "new 4");
}

#[on_every_database]
async fn a_link_by_name_waits_for_the_names_and_makes_no_second_record(house: House) {
    house.create("Projects", &[json!({ "Title": "Apollo" }), json!({ "Title": "Gemini" })]).await;
    let image = house.image(&house.records).await;
    let projects = image.schema.table("Projects").unwrap().clone();
    let title = (projects.no, projects.primary_field().unwrap().no);
    let tight = house.with_memory(WIDE);
    house.image(&tight).await;
    tight.images.drop_column(image.schema.base_no, title);
    let new = [cells(json!({ "Name": "Dock", "Project": "Gemini" }))];
    let written = tight.create(&house.owner, house.base, "Tasks", &new, true).await.unwrap();
    assert_eq!(told(&written.found)[0]["fields"]["Label"], "Dock in Gemini");
    assert_eq!(ids(&*house.image(&house.records).await, 0).len(), 2);
}

#[on_every_database]
async fn other_bases_leave_before_a_query_is_refused(house: House) {
    noted(&house, 40).await;
    let workspace = house.access.workspaces(&house.owner).await.unwrap()[0].id;
    let table =
        crate::fixture::table(&json!({ "name": "Log", "fields": [{ "name": "Line", "type": "singleLineText" }] }));
    let new = schema::NewBase { id: None, name: "Other".to_owned(), workspace, tables: vec![table] };
    let other = house.schemas.create_base(&house.owner, new).await.unwrap().base;
    let lines: Vec<_> = (0..10).map(|n| cells(json!({ "Line": format!("{n}").repeat(900) }))).collect();
    house.records.create(&house.owner, other, "Log", &lines, false).await.unwrap();
    let of = async |records: &Records, base| records.view(&house.owner, base).await.unwrap().1.image;
    let wide = house.with_memory(WIDE);
    let (first, second) = (of(&wide, house.base).await, of(&wide, other).await);
    let tight = house.with_memory(first.memory() + second.memory() - 1);
    of(&tight, house.base).await;
    let held = of(&tight, other).await;
    assert!(held.is_whole() && tight.images.memory() < first.memory() + second.memory());
    let page = tight.list(&house.owner, other, "Log", &list("", &[("Line", true)])).await.unwrap();
    assert_eq!(page.total, 10);
    assert!(!of(&tight, house.base).await.is_whole());
}

#[on_every_database]
async fn kept_results_leave_before_columns(house: House) {
    noted(&house, 40).await;
    let query = ListQuery { page_size: Some(5), ..list("{Double} > 0", &[("Name", false)]) };
    let image = fresh(&house).await;
    let tight = house.with_memory(image.memory() + 100);
    let page = tight.list(&house.owner, house.base, "Tasks", &query).await.unwrap();
    // Kept: the order of the list and the column of the formula, too much together.
    assert!(tight.images.memory() > image.memory() + 100);
    house.update("Tasks", &page.found.ids()[0].to_string(), json!({ "Points": 3 })).await;
    let held = house.image(&tight).await;
    assert!(held.is_whole());
    assert!(tight.images.memory() <= held.memory() + 100, "{} of {}", tight.images.memory(), held.memory());
    // The next page is there all the same.
    let next = ListQuery { offset: page.offset, ..query };
    assert_eq!(tight.list(&house.owner, house.base, "Tasks", &next).await.unwrap().found.ids().len(), 5);
}

#[on_every_database]
async fn a_table_follows_rows_whatever_is_in_memory(house: House) {
    let made = noted(&house, 40).await;
    let image = fresh(&house).await;
    let table = image.schema.table("Tasks").unwrap().clone();
    let fields: Vec<_> = ["Name", "Points"].map(|name| table.field(name).unwrap().clone()).into();
    let wanted = |from: usize, more: usize| SyncRows {
        fields: fields.clone(),
        key: 0,
        rows: (from..from + 20)
            .map(|n| [CellValue::Text(format!("task {n}")), CellValue::Number((n + more) as f64)])
            .map(|row| row.map(Incoming::Cell).into())
            .collect(),
        removes: true,
    };
    let tight = house.with_memory(image.memory() - 1_000);
    for (gone, from, more) in [("Notes", 15, 0), ("Name", 15, 1), ("Points", 25, 1)] {
        house.image(&tight).await;
        tight.images.drop_column(image.schema.base_no, (table.no, table.field(gone).unwrap().no));
        let before = house.image(&tight).await.sequence;
        for _ in 0..2 {
            tight.sync(&house.owner, (house.base, "Tasks"), &wanted(from, more)).await.unwrap();
        }
        let (_, stranger) = house.stranger();
        assert_eq!(house.image(&stranger).await.sequence, before + 1, "without {gone}, and once more nothing");
        let page = stranger.list(&house.owner, house.base, "Tasks", &list("", &[("Points", false)])).await.unwrap();
        let records = told(&page.found);
        assert_eq!(records.len(), 20);
        for (n, record) in (from..).zip(&records) {
            let fields = &record["fields"];
            assert_eq!(
                (&fields["Name"], fields["Points"].as_u64()),
                (&json!(format!("task {n}")), Some((n + more) as u64))
            );
            // The same records, with what no row has a cell for.
            assert_eq!(made.get(n).is_some_and(|id| record["id"] == **id), n < 35);
            assert_eq!(fields["Notes"].as_str().map_or(0, str::len), if n < 35 { 1_000 } else { 0 });
        }
    }
}

#[on_every_database]
async fn texts_become_links_whatever_is_in_memory(house: House) {
    house.create("Projects", &[json!({ "Title": "Apollo" }), json!({ "Title": "Gemini" })]).await;
    let new: Vec<Value> = (0..10).map(|n| json!({ "Notes": if n % 2 == 0 { "Apollo" } else { "Gemini" } })).collect();
    house.create("Tasks", &new).await;
    let image = house.image(&house.records).await;
    let projects = image.schema.table("Projects").unwrap().clone();
    let tasks = image.schema.table("Tasks").unwrap().clone();
    let notes = (tasks.no, tasks.field("Notes").unwrap().no);
    let tight = house.with_memory(WIDE);
    let options = json!({ "linkedTableId": projects.id, "inverseName": "Noted" });
    let new = NewType { name: "multipleRecordLinks".to_owned(), options: Some(options) };
    // The texts leave memory again and again, but less often than a conversion asks for them.
    let leaving = async {
        let mut left = 0;
        loop {
            if house.image(&tight).await.is_whole() && left < 40 {
                tight.images.drop_column(image.schema.base_no, notes);
                left += 1;
            }
            tokio::task::yield_now().await;
        }
    };
    let done = tokio::select! {
        done = tight.convert(&house.owner, house.base, ("Tasks", "Notes"), &new, How::default()) => done.unwrap(),
        () = leaving => unreachable!(),
    };
    assert_eq!((done.kept, done.lost), (10, 0));
    let noted = house.records.list(&house.owner, house.base, "Projects", &list("", &[])).await.unwrap();
    let noted: Vec<usize> =
        told(&noted.found).iter().map(|project| project["fields"]["Noted"].as_array().unwrap().len()).collect();
    assert_eq!(noted, [5, 5]);
}
