//! The SQL of the log.

use std::sync::Arc;

use db::{Db, Error as DbError, Row, RowRef, Tx, params};
use events::{Body, Change};
use model::{Actor, BaseNo, Door, TenantNo, Timestamp};

use crate::base::Head;
use crate::compact::{Kept, Old};
use crate::cursor::Lately;
use crate::error::Error;
use crate::linking;

/// The most changes read at a time.
const PAGE: i64 = 256;
/// The most bytes of bodies read at a time, except that one change is always read.
const PAGE_BYTES: usize = 16 << 20;

const HEAD: &str = "SELECT tenant, sequence, oldest, schema_revision, access_revision, changed, kept_since, removed
    FROM heads WHERE base = $1";
const HEAD_LOCKED: sql::Text = sql::row_lock!(
    "SELECT tenant, sequence, oldest, schema_revision, access_revision, changed, kept_since, removed
    FROM heads WHERE base = $1"
);
const CREATE: &str = "INSERT INTO heads (base, tenant, sequence, oldest, schema_revision, access_revision, changed)
    VALUES ($1, $2, 0, 1, 1, 1, $3)";
const MOVE: &str = "UPDATE heads SET sequence = $2, schema_revision = $3, access_revision = $4, changed = $5,
    oldest = $6, kept_since = $7, removed = $8 WHERE base = $1";
const APPEND: &str = "INSERT INTO changes (base, sequence, tenant, run, actor, door, time, body)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
const REWRITE: &str = "UPDATE changes SET body = $3 WHERE base = $1 AND sequence = $2";
const SINCE: &str = "SELECT sequence, run, actor, door, time, body FROM changes
    WHERE base = $1 AND sequence > $2 AND sequence <= $3 ORDER BY sequence LIMIT $4";
const RUN: &str = "SELECT sequence, run, actor, door, time, body FROM changes
    WHERE base = $1 AND run = $2 AND sequence > $3 ORDER BY sequence LIMIT $4";
const ENDS: &str = "SELECT sequence, run, actor, door, time, body FROM changes
    WHERE base = $1 AND sequence IN (SELECT MAX(sequence) FROM changes
        WHERE base = $1 AND run >= $2 AND run < $3 GROUP BY run) AND sequence < $4 ORDER BY sequence DESC LIMIT $5";
const NEWEST: &str = "SELECT sequence, run, actor, door, time, body FROM changes
    WHERE base = $1 AND sequence < $2 ORDER BY sequence DESC LIMIT $3";
const AT: &str = "SELECT sequence FROM changes WHERE base = $1 AND time <= $2 ORDER BY sequence DESC LIMIT 1";
const CURSOR: &str = "SELECT sequence FROM cursors WHERE base = $1 AND subscriber = $2";
const ADVANCE: &str = "INSERT INTO cursors (base, subscriber, sequence) VALUES ($1, $2, $3)
    ON CONFLICT (base, subscriber) DO UPDATE SET sequence = excluded.sequence
    WHERE cursors.sequence < excluded.sequence";
const ADVANCE_FROM: &str = "UPDATE cursors SET sequence = $4
    WHERE base = $1 AND subscriber = $2 AND sequence = $3 RETURNING sequence";
const FORGET: &str = "DELETE FROM cursors WHERE base = $1 AND subscriber = $2";
const FORGET_ALL: &str = "DELETE FROM cursors WHERE base = $1";
const FOLLOWED: &str = "SELECT h.tenant, h.base, h.sequence, h.changed FROM cursors c
    JOIN heads h ON h.base = c.base
    WHERE c.subscriber = $1 AND c.sequence < h.sequence AND h.removed = FALSE ORDER BY h.base LIMIT $2";
const LATELY: &str = "SELECT tenant, base, sequence, changed FROM heads
    WHERE changed >= $1 AND removed = FALSE ORDER BY changed LIMIT $2";
const BEHIND: &str = "SELECT h.tenant, h.base, h.sequence, h.changed FROM heads h
    LEFT JOIN cursors c ON c.base = h.base AND c.subscriber = $1
    WHERE h.sequence > 0 AND h.removed = FALSE AND (c.sequence IS NULL OR c.sequence < h.sequence) ORDER BY h.base LIMIT $2";

const OLDEST: &str = "SELECT sequence, time, CAST(OCTET_LENGTH(body) AS BIGINT) FROM changes
    WHERE base = $1 AND sequence >= $2 ORDER BY sequence LIMIT $3";
const REMOVE: &str = "DELETE FROM changes WHERE base = $1 AND sequence <= $2";
const SLOWEST: &str = "SELECT MIN(sequence) FROM cursors WHERE base = $1";
const KEPT_BASES: &str = "SELECT tenant, base FROM heads
    WHERE base > $1 AND oldest <= sequence AND removed = FALSE ORDER BY base LIMIT $2";
const HEADS: &str = "SELECT tenant, base, sequence FROM heads
    WHERE base > $1 AND removed = FALSE ORDER BY base LIMIT $2";
const BODIES: &str = "SELECT sequence, body FROM changes WHERE base = $1 AND sequence > $2 AND sequence <= $3
    ORDER BY sequence LIMIT $4";
const KEPT: &str = "SELECT CAST(COALESCE(SUM(sequence - oldest + 1), 0) AS BIGINT), COALESCE(MAX(kept_since), 0)
    FROM heads WHERE removed = FALSE";

/// Every text, so that a test can show each to both databases.
#[cfg(test)]
pub(crate) fn texts(dialect: db::Dialect) -> Vec<&'static str> {
    let cursors = [CURSOR, ADVANCE, ADVANCE_FROM, FORGET, FORGET_ALL, FOLLOWED, LATELY, BEHIND];
    let log = [HEAD, HEAD_LOCKED.on(dialect), CREATE, MOVE, APPEND, REWRITE, SINCE, RUN, ENDS, NEWEST, AT];
    let compaction = [OLDEST, REMOVE, SLOWEST, KEPT_BASES, KEPT];
    log.into_iter().chain(cursors).chain(compaction).chain([HEADS, BODIES]).chain(linking::TEXTS).collect()
}

/// The last change up to a time.
pub(crate) async fn sequence_at(db: &Db, base: BaseNo, time: Timestamp) -> Result<Option<i64>, Error> {
    let rows = db.read(AT, params![base, time]).await?;
    Ok(rows.first().map(|row| row.get(0)).transpose()?)
}

pub(crate) fn create_head(tx: &mut Tx, tenant: TenantNo, base: BaseNo, now: Timestamp) {
    tx.queue(CREATE, params![base, tenant, now]);
}

pub(crate) async fn head(db: &Db, base: BaseNo) -> Result<Head, Error> {
    one_head(&db.read(HEAD, params![base]).await?, base)
}

/// The head, held until the transaction ends.
pub(crate) async fn head_locked(tx: &mut Tx, base: BaseNo) -> Result<Head, Error> {
    one_head(&tx.query(HEAD_LOCKED.on(tx.dialect()), params![base]).await?, base)
}

fn one_head(rows: &[Row], base: BaseNo) -> Result<Head, Error> {
    let row = rows.first().ok_or(Error::NoBase { base })?;
    Ok(Head {
        tenant: row.get(0)?,
        sequence: row.get(1)?,
        oldest: row.get(2)?,
        schema_revision: row.get(3)?,
        access_revision: row.get(4)?,
        changed: row.get(5)?,
        kept_since: row.get(6)?,
        removed: row.get(7)?,
    })
}

pub(crate) fn move_head(tx: &mut Tx, base: BaseNo, head: &Head) {
    let (revisions, oldest) = ((head.schema_revision, head.access_revision), head.oldest);
    tx.queue(
        MOVE,
        params![base, head.sequence, revisions.0, revisions.1, head.changed, oldest, head.kept_since, head.removed],
    );
}

/// Appends a change and returns how many bytes its body takes.
pub(crate) fn append(tx: &mut Tx, base: BaseNo, tenant: TenantNo, change: &Change, body: String) -> usize {
    let bytes = body.len();
    tx.queue(
        APPEND,
        params![
            base,
            change.sequence,
            tenant,
            change.run.clone(),
            actor_text(&change.actor),
            door_name(change.door),
            change.time,
            db::Value::Json(body),
        ],
    );
    linking::note(tx, base, change);
    bytes
}

/// Gives a change another body.
pub(crate) fn rewrite(tx: &mut Tx, base: BaseNo, sequence: i64, body: String) {
    tx.queue(REWRITE, params![base, sequence, db::Value::Json(body)]);
}

/// The oldest changes from a number on; their bodies are not read.
pub(crate) async fn oldest(db: &Db, base: BaseNo, from: i64, limit: i64) -> Result<Vec<Old>, Error> {
    let rows = db.read(OLDEST, params![base, from, limit]).await?;
    rows.iter().map(|row| Ok(Old { sequence: row.get(0)?, time: row.get(1)?, bytes: row.get(2)? })).collect()
}

pub(crate) fn remove_until(tx: &mut Tx, base: BaseNo, last: i64) {
    tx.queue(REMOVE, params![base, last]);
    linking::remove_until(tx, base, last);
}

/// Where the cursor stands that has read least of a base.
pub(crate) async fn slowest(db: &Db, base: BaseNo) -> Result<Option<i64>, Error> {
    let rows = db.read(SLOWEST, params![base]).await?;
    Ok(rows.first().map(|row| row.get(0)).transpose()?.flatten())
}

pub(crate) async fn kept_bases(db: &Db, after: BaseNo, limit: i64) -> Result<Vec<(TenantNo, BaseNo)>, Error> {
    let rows = db.read(KEPT_BASES, params![after, limit]).await?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

pub(crate) async fn heads(db: &Db, after: BaseNo, limit: i64) -> Result<Vec<(TenantNo, BaseNo, i64)>, Error> {
    let rows = db.read(HEADS, params![after, limit]).await?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).collect()
}

/// Streams the texts of a page of changes after a number up to and with another.
pub(crate) async fn bodies<S: Send + 'static>(
    db: &Db,
    base: BaseNo,
    (after, until): (i64, i64),
    state: S,
    add: impl Fn(&mut S, i64, &str) + Send + 'static,
) -> Result<S, Error> {
    let read = move |state: &mut S, row: &RowRef<'_>| {
        add(state, row.get(0)?, row.get(1)?);
        Ok(())
    };
    Ok(db.each(BODIES, params![base, after, until, PAGE], state, read).await?)
}

pub(crate) async fn kept(db: &Db) -> Result<Kept, Error> {
    let rows = db.read(KEPT, []).await?;
    let Some(row) = rows.first() else { return Ok(Kept { changes: 0, since: Timestamp(0) }) };
    Ok(Kept { changes: row.get(0)?, since: row.get(1)? })
}

/// Changes with the size of their bodies.
pub(crate) type Sized = Vec<(Arc<Change>, usize)>;

/// The changes after `sequence` up to and with `until`; as many as are read at a time.
pub(crate) async fn since(db: &Db, base: BaseNo, sequence: i64, until: i64) -> Result<Sized, Error> {
    page(db, base, SINCE, params![base, sequence, until, PAGE]).await
}

/// The same inside a transaction, which sees what is not yet committed.
pub(crate) async fn since_within(tx: &mut Tx, base: BaseNo, sequence: i64, until: i64) -> Result<Sized, Error> {
    let rows = tx.query(SINCE, params![base, sequence, until, PAGE]).await?;
    rows.iter().map(|row| stored(base, |column| row.values().get(column).map(db::Value::as_ref))).collect()
}

pub(crate) async fn run(db: &Db, base: BaseNo, run: &str, after: i64) -> Result<Sized, Error> {
    page(db, base, RUN, params![base, run, after, PAGE]).await
}

pub(crate) async fn ends(db: &Db, base: BaseNo, runs: &str, before: i64) -> Result<Sized, Error> {
    // Behind every text that begins so: texts are compared by their bytes.
    let behind = format!("{runs}{}", char::MAX);
    page(db, base, ENDS, params![base, runs, behind.as_str(), before, PAGE]).await
}

pub(crate) async fn newest(db: &Db, base: BaseNo, before: i64, limit: i64) -> Result<Sized, Error> {
    page(db, base, NEWEST, params![base, before, limit.min(PAGE)]).await
}

async fn page(
    db: &Db,
    base: BaseNo,
    sql: &'static str,
    params: impl IntoIterator<Item = db::Value>,
) -> Result<Sized, Error> {
    let state = (Ok(Sized::new()), 0_usize);
    let (changes, _) = db
        .each(sql, params, state, move |(changes, bytes), row| {
            if *bytes <= PAGE_BYTES
                && let Ok(kept) = changes
            {
                match streamed(base, row) {
                    Ok(change) => {
                        *bytes += change.1;
                        kept.push(change);
                    }
                    Err(error) => *changes = Err(error),
                }
            }
            Ok(())
        })
        .await?;
    changes
}

fn streamed(base: BaseNo, row: &RowRef<'_>) -> Result<(Arc<Change>, usize), Error> {
    stored(base, |column| row.value(column).ok())
}

/// A change out of its row: sequence, run, actor, door, time, body.
fn stored<'a>(base: BaseNo, column: impl Fn(usize) -> Option<db::ValueRef<'a>>) -> Result<(Arc<Change>, usize), Error> {
    use db::FromValue;
    let int = |index| column(index).and_then(i64::from_value);
    let text = |index| column(index).and_then(<&str>::from_value);
    let sequence = int(0).unwrap_or_default();
    let unreadable = |source: db::Cause| Error::Unreadable { base, sequence, source };
    let missing = |column, expected| unreadable(Arc::new(DbError::Column { column, expected, found: "another value" }));
    let body = text(5).ok_or_else(|| missing(5, "a body"))?;
    let change = Change {
        sequence,
        run: text(1).map(str::to_owned),
        actor: text(2).and_then(actor).ok_or_else(|| missing(2, "an actor"))?,
        door: text(3).and_then(door).ok_or_else(|| missing(3, "a door"))?,
        time: int(4).map(Timestamp).ok_or_else(|| missing(4, "a time"))?,
        body: Body::decode(body).map_err(|error| unreadable(Arc::new(error)))?,
    };
    Ok((Arc::new(change), body.len()))
}

pub(crate) async fn cursor(db: &Db, base: BaseNo, subscriber: &str) -> Result<Option<i64>, Error> {
    let rows = db.read(CURSOR, params![base, subscriber]).await?;
    Ok(rows.first().map(|row| row.get(0)).transpose()?)
}

pub(crate) fn advance(tx: &mut Tx, base: BaseNo, subscriber: &str, sequence: i64) {
    tx.queue(ADVANCE, params![base, subscriber, sequence]);
}

/// False when the cursor stands elsewhere.
pub(crate) async fn advance_from(
    tx: &mut Tx,
    base: BaseNo,
    subscriber: &str,
    (from, to): (i64, i64),
) -> Result<bool, Error> {
    Ok(!tx.query(ADVANCE_FROM, params![base, subscriber, from, to]).await?.is_empty())
}

pub(crate) fn forget(tx: &mut Tx, base: BaseNo, subscriber: &str) {
    tx.queue(FORGET, params![base, subscriber]);
}

pub(crate) fn forget_all(tx: &mut Tx, base: BaseNo) {
    tx.queue(FORGET_ALL, params![base]);
}

pub(crate) async fn followed(db: &Db, subscriber: &str, limit: i64) -> Result<Vec<Lately>, Error> {
    db.read(FOLLOWED, params![subscriber, limit]).await?.iter().map(lately_row).collect()
}

pub(crate) async fn lately(db: &Db, from: Timestamp, limit: i64) -> Result<Vec<Lately>, Error> {
    db.read(LATELY, params![from, limit]).await?.iter().map(lately_row).collect()
}

pub(crate) async fn behind(db: &Db, subscriber: &str, limit: i64) -> Result<Vec<Lately>, Error> {
    db.read(BEHIND, params![subscriber, limit]).await?.iter().map(lately_row).collect()
}

fn lately_row(row: &Row) -> Result<Lately, Error> {
    Ok(Lately { tenant: row.get(0)?, base: row.get(1)?, sequence: row.get(2)?, changed: row.get(3)? })
}

/// Before the reason of an actor that is the house itself.
const SYSTEM: &str = "system:";

fn actor_text(actor: &Actor) -> String {
    match actor {
        Actor::User(user) => user.to_string(),
        Actor::System(reason) => format!("{SYSTEM}{reason}"),
    }
}

fn actor(text: &str) -> Option<Actor> {
    match text.strip_prefix(SYSTEM) {
        Some(reason) => Some(Actor::System(reason.to_owned())),
        None => text.parse().ok().map(Actor::User),
    }
}

const DOORS: [(Door, &str); 6] = [
    (Door::PublicApi, "publicApi"),
    (Door::Tool, "tool"),
    (Door::Import, "import"),
    (Door::Sync, "sync"),
    (Door::Cli, "cli"),
    (Door::System, "system"),
];

fn door_name(door: Door) -> &'static str {
    DOORS.iter().find(|(known, _)| *known == door).map_or("system", |(_, name)| name)
}

fn door(text: &str) -> Option<Door> {
    DOORS.iter().find(|(_, name)| *name == text).map(|(door, _)| *door)
}

#[cfg(test)]
mod tests;
