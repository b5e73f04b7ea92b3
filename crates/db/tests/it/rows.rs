use db::{Dialect, Error, Group, Type, Value, params};
use testkit::{TestDb, on_every_database};

use crate::groups::ITEMS;

const EVERYTHING: &str = "INSERT INTO things (a, b, c, d, e, f) VALUES ($1, $2, $3, $4, $5, $6)";

async fn things(test: TestDb) -> TestDb {
    test.migrated(&[&[db::Migration {
        name: "things",
        sql: "CREATE TABLE things (a BIGINT, b DOUBLE PRECISION, c {id_text}, d {json}, e BOOLEAN, f {blob})",
    }]])
    .await
}

#[on_every_database]
async fn every_type_comes_back_as_it_went(test: TestDb) {
    let test = things(test).await;
    let values = [
        Value::Int(i64::MAX),
        Value::Float(0.1),
        Value::Text("naïve 'text' 🙂".to_owned()),
        Value::Json(r#"{"a":[1,null]}"#.to_owned()),
        Value::Bool(true),
        Value::Bytes(vec![0, 255, 7]),
    ];
    let mut tx = test.db.begin(Group::House).await.unwrap();
    tx.queue(EVERYTHING, values);
    tx.commit().await.unwrap();
    let rows = test.db.read("SELECT a, b, c, d, e, f FROM things", []).await.unwrap();
    let row = rows.first().unwrap();
    assert_eq!(row.get::<i64>(0).unwrap(), i64::MAX);
    assert_eq!(row.get::<f64>(1).unwrap().to_bits(), 0.1_f64.to_bits());
    assert_eq!(row.get::<&str>(2).unwrap(), "naïve 'text' 🙂");
    assert_eq!(row.get::<&str>(3).unwrap(), r#"{"a":[1,null]}"#);
    assert!(row.get::<bool>(4).unwrap());
    assert_eq!(row.get::<&[u8]>(5).unwrap(), [0, 255, 7]);
}

#[on_every_database]
async fn every_type_can_be_null(test: TestDb) {
    let test = things(test).await;
    let nulls = [Type::Int, Type::Float, Type::Text, Type::Json, Type::Bool, Type::Bytes].map(Value::Null);
    let mut tx = test.db.begin(Group::House).await.unwrap();
    tx.queue(EVERYTHING, nulls);
    tx.commit().await.unwrap();
    let sql = "SELECT a FROM things WHERE a IS NOT DISTINCT FROM $1 AND c IS NOT DISTINCT FROM $2";
    let rows = test.db.read(sql, params![None::<i64>, None::<String>]).await.unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].get::<Option<i64>>(0).unwrap(), None);
    let error = rows[0].get::<i64>(0).unwrap_err();
    assert_eq!(error.to_string(), "column 0 holds null, not an integer");
}

#[on_every_database]
async fn parameters_are_bound_by_their_number(test: TestDb) {
    let sql = "SELECT $2 || $1 || $2";
    let rows = test.db.read(sql, params!["a", "b"]).await.unwrap();
    assert_eq!(rows[0].get::<&str>(0).unwrap(), "bab");
    assert!(matches!(test.db.read(sql, params!["a"]).await, Err(Error::Internal { .. })));
}

#[on_every_database]
async fn a_statement_for_many_rows_has_its_own_values_and_shared_ones(test: TestDb) {
    const PUT: &str = "INSERT INTO things (a, c, d, b) VALUES ($3, $1, $4, $2)";
    let test = things(test).await;
    let own = |names: &[&str]| -> Vec<Value> {
        names.iter().flat_map(|name| [Value::from((*name).to_owned()), Value::Float(0.5)]).collect()
    };
    let shared = |number: i64, text: &str| vec![Value::Int(number), Value::Json(text.to_owned())];
    let mut tx = test.db.begin(Group::House).await.unwrap();
    tx.queue_each(PUT, (2, own(&["one", "two"])), shared(1, "\"x\""));
    // The same statement again, with other values that are shared, and alone.
    tx.queue_each(PUT, (2, own(&["three"])), shared(2, "[]"));
    tx.queue(PUT, [own(&["four"]), shared(3, "{}")].concat());
    tx.queue("INSERT INTO things (c) VALUES ($1)", params!["five"]);
    tx.queue_each(PUT, (2, own(&["six", "seven"])), shared(4, "null"));
    tx.commit().await.unwrap();
    let rows = test.db.read("SELECT a, b, c, d FROM things WHERE b = $1", params![0.5]).await.unwrap();
    let mut found: Vec<(i64, &str, &str)> =
        rows.iter().map(|row| (row.get(0).unwrap(), row.get(2).unwrap(), row.get(3).unwrap())).collect();
    found.sort_unstable();
    let expected = [
        (1, "one", "\"x\""),
        (1, "two", "\"x\""),
        (2, "three", "[]"),
        (3, "four", "{}"),
        (4, "seven", "null"),
        (4, "six", "null"),
    ];
    assert_eq!(found, expected);
    for (own_values, shared_values) in
        [(own(&["no"]), vec![]), (own(&["no"]), [shared(1, "1"), shared(1, "1")].concat())]
    {
        let mut tx = test.db.begin(Group::House).await.unwrap();
        tx.queue_each(PUT, (2, own(&["yes"])), shared(5, "1"));
        tx.queue_each(PUT, (2, own_values), shared_values);
        assert!(matches!(tx.commit().await, Err(Error::Internal { .. })));
    }
    let rows = test.db.read("SELECT a FROM things WHERE a = 5", []).await.unwrap();
    assert!(rows.is_empty(), "a batch with wrong counts leaves nothing");
}

#[on_every_database]
async fn rows_stream_with_borrowed_text(test: TestDb) {
    let test = test.migrated(&[ITEMS]).await;
    let mut tx = test.db.begin(Group::House).await.unwrap();
    for id in 0..2_000 {
        tx.queue("INSERT INTO items (id, name) VALUES ($1, $2)", params![id, format!("item {id}")]);
    }
    tx.commit().await.unwrap();
    let (count, bytes) = test
        .db
        .each("SELECT id, name FROM items WHERE id >= $1 ORDER BY id", params![500], (0, 0), |state, row| {
            let name: &str = row.get(1)?;
            state.0 += 1;
            state.1 += name.len();
            Ok(())
        })
        .await
        .unwrap();
    assert_eq!((count, bytes), (1_500, 500 * 8 + 1_000 * 9));
}

#[on_every_database]
async fn an_error_of_the_function_ends_the_stream(test: TestDb) {
    let result = test.db.each("SELECT 1", [], (), |(), row| row.get::<&str>(0).map(drop)).await;
    assert!(matches!(result, Err(Error::Column { column: 0, .. })));
    assert_eq!(test.db.read("SELECT 1", []).await.unwrap().len(), 1);
}

const PEOPLE: &[db::Migration] = &[
    db::Migration { name: "1_bosses", sql: "CREATE TABLE bosses (id BIGINT NOT NULL PRIMARY KEY)" },
    db::Migration {
        name: "2_people",
        sql: "CREATE TABLE people (tenant BIGINT NOT NULL, email TEXT NOT NULL, nick TEXT,
                boss BIGINT REFERENCES bosses(id),
                UNIQUE (tenant, email), CONSTRAINT short CHECK (LENGTH(email) < 9));
              CREATE UNIQUE INDEX people_nick ON people (LOWER(nick));",
    },
];

#[on_every_database]
async fn conflicts_name_the_constraint_alike(test: TestDb) {
    let test = test.migrated(&[PEOPLE]).await;
    let (nobody, nothing) = (None::<i64>, None::<&str>);
    let cases = [
        (params![1, "ann", "A", nobody], None),
        (params![1, "ann", "B", nobody], Some("people.tenant, people.email")),
        (params![2, "ann", "a", nobody], Some("index 'people_nick'")),
        (params![1, "too long a text", nothing, nobody], Some("short")),
        (params![1, nothing, nothing, nobody], Some("people.email")),
        (params![1, "bob", nothing, 9], Some("foreign key")),
    ];
    for (values, expected) in cases {
        let mut tx = test.db.begin(Group::House).await.unwrap();
        tx.queue("INSERT INTO people (tenant, email, nick, boss) VALUES ($1, $2, $3, $4)", values);
        match (tx.commit().await, expected) {
            (Ok(()), None) => {}
            (Err(Error::Conflict { constraint }), Some(expected)) => assert_eq!(constraint, expected),
            (other, _) => panic!("{other:?}"),
        }
    }
}

#[on_every_database]
async fn a_statement_can_be_checked(test: TestDb) {
    test.db.check("SELECT $1 || 'a'").await.unwrap();
    assert!(test.db.check("SELECT FROM FROM").await.is_err());
    let expected = matches!(test.target, db::Target::Sqlite { .. });
    assert_eq!(test.db.dialect() == Dialect::Sqlite, expected);
}
