use super::{Dialect, Text};

#[test]
fn type_words_become_types() {
    let cases = [
        ("id {id_text}", "id TEXT", "id TEXT COLLATE \"C\""),
        ("a {json}, b {blob})", "a TEXT, b BLOB)", "a TEXT, b BYTEA)"),
        ("){clustered};", ")WITHOUT ROWID;", ");"),
        ("n BIGINT", "n BIGINT", "n BIGINT"),
    ];
    for (text, sqlite, postgres) in cases {
        assert_eq!(Dialect::Sqlite.migration(text).as_deref(), Ok(sqlite));
        assert_eq!(Dialect::Postgres.migration(text).as_deref(), Ok(postgres));
    }
}

#[test]
fn an_unknown_word_is_named() {
    for text in ["a {jsonb}", "a {jsonb"] {
        let error = Dialect::Sqlite.migration(text).unwrap_err();
        assert_eq!(error.to_string(), "`{jsonb}` is not a type word");
    }
}

#[test]
fn locks_exist_on_postgres_only() {
    const HELD: Text = crate::row_lock!("SELECT 1 FROM t");
    const TAKEN: Text = crate::skip_locked!("DELETE FROM t WHERE id IN (SELECT id FROM t", ")");
    assert_eq!(HELD.on(Dialect::Sqlite), "SELECT 1 FROM t");
    assert_eq!(HELD.on(Dialect::Postgres), "SELECT 1 FROM t FOR UPDATE");
    assert_eq!(TAKEN.on(Dialect::Sqlite), "DELETE FROM t WHERE id IN (SELECT id FROM t)");
    assert_eq!(TAKEN.on(Dialect::Postgres), "DELETE FROM t WHERE id IN (SELECT id FROM t FOR UPDATE SKIP LOCKED)");
}
