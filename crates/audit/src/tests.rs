//! Writing and reading the trail, and what a change of a schema is in it.

use std::sync::Arc;
use std::time::Duration;

use db::Group;
use events::{Body, SchemaChange};
use model::{Actor, Caller, Door, Field, FieldKind, FieldNo, Origin, Table, TableNo, TenantNo, View, ViewType};
use serde_json::{Value, json};
use testkit::{TestDb, on_every_database};

use crate::store::STATEMENTS;
use crate::{Entry, MIGRATIONS, Noted, Order, Wanted, list, note, note_schema};

const TENANT: TenantNo = TenantNo(1);

async fn migrated(test: TestDb) -> TestDb {
    test.migrated(&[&MIGRATIONS]).await
}

async fn all(test: &TestDb, wanted: &Wanted, order: Order, size: usize) -> Vec<Noted> {
    list(&test.db, TENANT, (wanted, order), |_| true, size).await.unwrap()
}

/// Notes entries `t0`, `t1` … of one millisecond each.
async fn noted(test: &TestDb, count: usize) {
    for no in 0..count {
        let caller = Caller::system(if no % 7 == 3 { TenantNo(2) } else { TENANT }, "a test");
        let mut tx = test.db.begin(Group::House).await.unwrap();
        let entry = Entry::new("tables.create", "table", format!("t{no}"));
        note(&mut tx, &test.ids, (&caller, test.clock.now()), entry);
        tx.commit().await.unwrap();
        test.clock.advance(Duration::from_millis(1));
    }
}

fn subjects(noted: &[Noted]) -> Vec<&str> {
    noted.iter().map(|noted| noted.entry.subject.id.as_str()).collect()
}

#[on_every_database]
async fn every_statement_is_understood(test: TestDb) {
    let test = migrated(test).await;
    for statement in STATEMENTS {
        test.db.check(statement).await.unwrap_or_else(|error| panic!("{statement}: {error:?}"));
    }
}

#[on_every_database]
async fn an_entry_is_read_as_it_was_noted(test: TestDb) {
    let test = migrated(test).await;
    let now = test.clock.now();
    let (user, token, base) = (test.ids.user(now), test.ids.token(now), test.ids.base(now));
    let origin = Origin { address: "192.0.2.7".parse().unwrap(), agent: "a \"client\"\n1".to_owned() };
    let caller = Caller {
        token: Some(token),
        request: "r1".to_owned(),
        origin: Some(Arc::new(origin.clone())),
        ..Caller::unlimited(Actor::User(user), TENANT, Door::PublicApi)
    };
    let entry = Entry::new("bases.create", "base", base).in_base(base).with("name", "Plans");
    let mut tx = test.db.begin(Group::House).await.unwrap();
    note(&mut tx, &test.ids, (&caller, now), entry.clone());
    tx.commit().await.unwrap();
    let read = all(&test, &Wanted::default(), Order::Newest, 10).await;
    assert_eq!(read.len(), 1);
    assert_eq!((&read[0].entry, read[0].time, read[0].by.token), (&entry, now, Some(token)));
    assert_eq!((&read[0].by.origin, read[0].by.user(), &*read[0].by.request), (&Some(origin), Some(user), "r1"));
}

#[on_every_database]
async fn what_is_not_committed_is_not_in_the_trail(test: TestDb) {
    let test = migrated(test).await;
    let mut tx = test.db.begin(Group::House).await.unwrap();
    let caller = Caller::system(TENANT, "a test");
    note(&mut tx, &test.ids, (&caller, test.clock.now()), Entry::new("tables.create", "table", "t"));
    drop(tx);
    assert_eq!(all(&test, &Wanted::default(), Order::Oldest, 10).await, []);
}

#[on_every_database]
async fn entries_are_read_from_either_end_between_any_two(test: TestDb) {
    let test = migrated(test).await;
    let began = test.clock.now();
    noted(&test, 10).await;
    let every = all(&test, &Wanted::default(), Order::Oldest, 100).await;
    assert_eq!(subjects(&every), ["t0", "t1", "t2", "t4", "t5", "t6", "t7", "t8", "t9"]);
    let newest = all(&test, &Wanted::default(), Order::Newest, 3).await;
    assert_eq!(subjects(&newest), ["t9", "t8", "t7"]);
    let after = Wanted { after: Some(every[2].id), ..Wanted::default() };
    assert_eq!(subjects(&all(&test, &after, Order::Oldest, 2).await), ["t4", "t5"]);
    let before = Wanted { before: Some(every[2].id), ..Wanted::default() };
    assert_eq!(subjects(&all(&test, &before, Order::Newest, 9).await), ["t1", "t0"]);
    // The first and the last millisecond are among them.
    let at = |millis: i64| Some(model::Timestamp(began.0 + millis * 1_000));
    let timed = Wanted { from: at(2), until: at(5), ..Wanted::default() };
    assert_eq!(subjects(&all(&test, &timed, Order::Oldest, 9).await), ["t2", "t4", "t5"]);
    let both = Wanted { after: Some(every[2].id), ..timed };
    assert_eq!(subjects(&all(&test, &both, Order::Oldest, 9).await), ["t4", "t5"]);
}

#[on_every_database]
async fn a_page_is_filled_by_what_fits_however_far_it_lies_apart(test: TestDb) {
    let test = migrated(test).await;
    let caller = Caller::system(TENANT, "a test");
    let mut tx = test.db.begin(Group::House).await.unwrap();
    for no in 0..1_200 {
        let entry = Entry::new("tables.create", "table", no);
        note(&mut tx, &test.ids, (&caller, test.clock.now()), entry);
        test.clock.advance(Duration::from_millis(1));
    }
    tx.commit().await.unwrap();
    let fits = |noted: &Noted| matches!(&*noted.entry.subject.id, "3" | "700" | "1100" | "1199");
    for (order, expected) in [(Order::Oldest, ["3", "700", "1100"]), (Order::Newest, ["1199", "1100", "700"])] {
        let found = list(&test.db, TENANT, (&Wanted::default(), order), fits, 3).await.unwrap();
        assert_eq!(subjects(&found), expected);
    }
}

fn field(test: &TestDb, no: u32, name: &str, kind: FieldKind) -> Arc<Field> {
    let id = test.ids.field(test.clock.now());
    Arc::new(Field::new(FieldNo(no), id, name.to_owned(), None, kind))
}

/// What a change of a table from one state to another is in the trail.
async fn told(test: &TestDb, before: Option<&Table>, after: &Table) -> Vec<(String, Value)> {
    let base = test.ids.base(test.clock.now());
    let change = SchemaChange::Table { before: before.cloned().map(Arc::new), after: Arc::new(after.clone()) };
    let body = Body { schema: vec![change], ..Body::default() };
    let from = test.clock.now();
    let mut tx = test.db.begin(Group::House).await.unwrap();
    note_schema(&mut tx, &test.ids, (&Caller::system(TENANT, "a test"), from), base, &body);
    tx.commit().await.unwrap();
    test.clock.advance(Duration::from_millis(1));
    let wanted = Wanted { from: Some(from), ..Wanted::default() };
    let found = all(test, &wanted, Order::Oldest, 100).await;
    assert!(found.iter().all(|noted| noted.entry.base == Some(base)));
    found.into_iter().map(|noted| (noted.entry.action.into_owned(), Value::Object(noted.entry.payload))).collect()
}

#[on_every_database]
async fn a_changed_table_is_an_entry_for_each_part_that_became_another(test: TestDb) {
    let test = migrated(test).await;
    let now = test.clock.now();
    let name = field(&test, 1, "Name", FieldKind::SingleLineText);
    let note = field(&test, 2, "Note", FieldKind::SingleLineText);
    let id = test.ids.table(now);
    let made = Table {
        no: TableNo(1),
        id,
        name: "Tasks".to_owned(),
        description: None,
        primary: name.id,
        fields: vec![Arc::clone(&name), Arc::clone(&note)],
        views: vec![View::new(test.ids.view(now), "Grid", ViewType::Grid)],
        deleted: false,
        deleted_at: None,
        removed: false,
    };
    let entry = |action: &str, payload: Value| (action.to_owned(), payload);
    assert_eq!(told(&test, None, &made).await, [entry("tables.create", json!({ "name": "Tasks" }))]);
    assert_eq!(told(&test, Some(&made), &made).await, []);

    let mut edited = Table { name: "Jobs".to_owned(), ..made.clone() };
    let kind = FieldKind::MultilineText;
    edited.fields[1] = Arc::new(Field { name: "Notes".to_owned(), kind, ..(*note).clone() });
    edited.fields.push(field(&test, 3, "Done", FieldKind::Email));
    edited.views[0].hidden.push(note.id);
    let at = id.to_string();
    let expected = [
        entry("tables.update", json!({ "name": "Jobs", "previousName": "Tasks", "changed": ["name"] })),
        entry(
            "fields.update",
            json!({
                "name": "Notes", "previousName": "Note", "type": "multilineText", "previousType": "singleLineText",
                "changed": ["name", "type"], "tableId": at,
            }),
        ),
        entry("fields.create", json!({ "name": "Done", "type": "email", "tableId": at })),
        entry("views.update", json!({ "name": "Grid", "type": "grid", "changed": ["hidden"], "tableId": at })),
    ];
    assert_eq!(told(&test, Some(&made), &edited).await, expected);

    let mut gone = edited.clone();
    gone.fields[2] = Arc::new(Field { deleted: true, ..(*gone.fields[2]).clone() });
    let payload = json!({ "name": "Done", "type": "email", "tableId": at });
    assert_eq!(told(&test, Some(&edited), &gone).await, [entry("fields.delete", payload.clone())]);
    assert_eq!(told(&test, Some(&gone), &edited).await, [entry("fields.restore", payload)]);
    let away = Table { deleted: true, ..edited.clone() };
    let payload = json!({ "name": "Jobs" });
    assert_eq!(told(&test, Some(&edited), &away).await, [entry("tables.delete", payload.clone())]);
    assert_eq!(told(&test, Some(&away), &edited).await, [entry("tables.restore", payload)]);
}
