//! The limit of writing: the rows that the server wrote (records, their changes, the head), written again into an
//! empty file of the same schema, by plain transactions with the same sync.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags, params_from_iter};

const SETTINGS: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = ON;
    PRAGMA journal_size_limit = 67108864;
    PRAGMA cache_size = -8192;
    PRAGMA wal_autocheckpoint = 8000;
";
const TABLES: &str =
    "SELECT sql FROM sqlite_schema WHERE tbl_name IN ('records', 'changes', 'heads') AND sql IS NOT NULL";
const RECORDS: &str = "SELECT * FROM records WHERE base = $1 AND sequence > $2 ORDER BY sequence, ordinal";
const CHANGES: &str = "SELECT * FROM changes WHERE base = $1 AND sequence > $2 ORDER BY sequence";
const HEAD: &str = "SELECT * FROM heads WHERE base = $1";
const UPDATE_RECORD: &str = "UPDATE records SET modified_at = $5, modified_by = $6, sequence = $7, cells = $8
    WHERE tenant = $1 AND base = $2 AND tbl = $3 AND ordinal = $4";
const MOVE_HEAD: &str = "UPDATE heads SET sequence = $2, changed = $3 WHERE base = $1";

/// Columns of `records`.
const RECORD: Columns = Columns { ordinal: 3, sequence: 9 };

struct Columns {
    ordinal: usize,
    sequence: usize,
}

type Row = Vec<Value>;

/// What one change of the server wrote.
struct Written {
    change: Row,
    records: Vec<Row>,
}

/// What the server wrote to one base.
pub struct Rows {
    schema: Vec<String>,
    head: Row,
    changes: Vec<Written>,
    insert_record: String,
}

impl Rows {
    /// Reads what was written to a base after a change, from the server's file.
    pub fn read(data: &Path, base: &str, after: i64) -> Result<Self> {
        let file = Connection::open_with_flags(data.join("airloom.db"), OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let base: i64 = file.query_row("SELECT base FROM bases WHERE id = $1", [base], |row| row.get(0))?;
        let mut schema = file.prepare(TABLES)?;
        let schema = schema.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        let head = rows(&file, HEAD, &[base])?.pop().context("the base has no head")?;
        let mut records = rows(&file, RECORDS, &[base, after])?.into_iter().peekable();
        let mut changes = Vec::new();
        for change in rows(&file, CHANGES, &[base, after])? {
            let sequence = change.get(1).cloned();
            let mut own = Vec::new();
            while let Some(record) = records.next_if(|record| record.get(RECORD.sequence) == sequence.as_ref()) {
                own.push(record);
            }
            if !own.is_empty() {
                changes.push(Written { change, records: own });
            }
        }
        let record = changes.iter().flat_map(|written: &Written| &written.records).next();
        let insert_record = insert("records", record.context("nothing was written")?);
        Ok(Self { schema, head, changes, insert_record })
    }

    /// How many records.
    pub fn records(&self) -> usize {
        self.changes.iter().map(|written| written.records.len()).sum()
    }

    fn open(&self, path: &Path) -> Result<Connection> {
        let file = Connection::open(path)?;
        file.execute_batch(SETTINGS)?;
        for sql in &self.schema {
            file.execute_batch(sql)?;
        }
        file.execute(&insert("heads", &self.head), params_from_iter(&self.head))?;
        Ok(file)
    }

    /// Writes every change in a transaction of its own; the time of each.
    pub fn write(&self, folder: &Path) -> Result<Vec<Duration>> {
        let folder = tempfile::tempdir_in(folder)?;
        let mut file = self.open(&folder.path().join("raw.db"))?;
        self.changes.iter().map(|written| timed(|| self.insert(&mut file, written))).collect()
    }

    fn insert(&self, file: &mut Connection, written: &Written) -> Result<()> {
        let tx = file.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        {
            let mut insert = tx.prepare_cached(&self.insert_record)?;
            for record in &written.records {
                insert.execute(params_from_iter(record))?;
            }
        }
        self.log(&tx, &written.change)?;
        Ok(tx.commit()?)
    }

    fn log(&self, tx: &Connection, change: &Row) -> Result<()> {
        tx.prepare_cached(&insert("changes", change))?.execute(params_from_iter(change))?;
        let head = [self.head.first(), change.get(1), change.get(6)].map(|value| value.cloned().unwrap_or(Value::Null));
        tx.prepare_cached(MOVE_HEAD)?.execute(params_from_iter(head))?;
        Ok(())
    }

    /// Writes the rows of updated records again, each in a transaction of its own, over rows that are there.
    pub fn update(&self, folder: &Path) -> Result<Vec<Duration>> {
        let folder = tempfile::tempdir_in(folder)?;
        let mut file = self.open(&folder.path().join("raw.db"))?;
        let mut ordinals = std::collections::HashSet::new();
        for record in self.changes.iter().flat_map(|written| &written.records) {
            if ordinals.insert(format!("{:?}", record.get(RECORD.ordinal))) {
                file.execute(&self.insert_record, params_from_iter(record))?;
            }
        }
        self.changes.iter().map(|written| timed(|| self.change(&mut file, written))).collect()
    }

    fn change(&self, file: &mut Connection, written: &Written) -> Result<()> {
        let tx = file.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        for record in &written.records {
            let values = [0, 1, 2, 3, 7, 8, 9, 11].map(|index| record.get(index).cloned().unwrap_or(Value::Null));
            tx.prepare_cached(UPDATE_RECORD)?.execute(params_from_iter(values))?;
        }
        self.log(&tx, &written.change)?;
        Ok(tx.commit()?)
    }
}

/// Puts a row of all columns into a table, however many those are by now.
fn insert(table: &str, row: &Row) -> String {
    let places: Vec<String> = (1..=row.len()).map(|place| format!("${place}")).collect();
    format!("INSERT INTO {table} VALUES ({})", places.join(", "))
}

fn timed(work: impl FnOnce() -> Result<()>) -> Result<Duration> {
    let began = Instant::now();
    work()?;
    Ok(began.elapsed())
}

fn rows(file: &Connection, sql: &str, params: &[i64]) -> Result<Vec<Row>> {
    let mut statement = file.prepare(sql)?;
    let width = statement.column_count();
    let read = statement.query_map(params_from_iter(params), |row| (0..width).map(|index| row.get(index)).collect())?;
    Ok(read.collect::<Result<_, _>>()?)
}
