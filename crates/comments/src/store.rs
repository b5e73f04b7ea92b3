//! Rows of comments and reactions.

use db::{Db, Row, Tx, params};
use model::{CommentId, Ordinal, TableNo, Timestamp, UserId};
use records::{Counted, Place};
use sql::Value;
use tenancy::{Permit, Scope};

use crate::emoji::Emoji;
use crate::error::Error;
use crate::model::{Comment, Reaction};

const INSERT: &str = "INSERT INTO comments \
     (tenant, base, tbl, ordinal, id, parent, author, created_at, updated_at, text, mentions) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
const LIST: &str = "SELECT id, parent, author, created_at, updated_at, text, mentions FROM comments \
     WHERE tenant = $1 AND base = $2 AND tbl = $3 AND ordinal = $4 AND id < $5 ORDER BY id DESC LIMIT $6";
const FIND: sql::Text = sql::row_lock!(
    "SELECT id, parent, author, created_at, updated_at, text, mentions FROM comments \
     WHERE tenant = $1 AND base = $2 AND tbl = $3 AND ordinal = $4 AND id = $5"
);
const UPDATE: &str = "UPDATE comments SET text = $6, mentions = $7, updated_at = $8 \
     WHERE tenant = $1 AND base = $2 AND tbl = $3 AND ordinal = $4 AND id = $5";
const DELETE: &str = "DELETE FROM comments WHERE tenant = $1 AND base = $2 AND tbl = $3 AND ordinal = $4 AND id = $5";
const COUNTS: &str = sql::among!(
    "SELECT ordinal, COUNT(*) FROM comments WHERE ordinal IN ",
    " AND tenant = $101 AND base = $102 AND tbl = $103 GROUP BY ordinal"
);
const REACTIONS: &str = "SELECT comment, member, emoji FROM comment_reactions \
     WHERE tenant = $1 AND base = $2 AND tbl = $3 AND ordinal = $4 AND comment >= $5 AND comment <= $6 \
     ORDER BY comment, created_at, member, emoji";
const COUNT_REACTIONS: &str = "SELECT COUNT(*) FROM comment_reactions \
     WHERE tenant = $1 AND base = $2 AND tbl = $3 AND ordinal = $4 AND comment = $5";
const REACT: &str = "INSERT INTO comment_reactions (tenant, base, tbl, ordinal, comment, member, emoji, created_at) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
     ON CONFLICT (tenant, base, tbl, ordinal, comment, member, emoji) DO NOTHING";
const TAKE_BACK: &str = "DELETE FROM comment_reactions \
     WHERE tenant = $1 AND base = $2 AND tbl = $3 AND ordinal = $4 AND comment = $5 AND member = $6 AND emoji = $7";
const DELETE_REACTIONS: &str = "DELETE FROM comment_reactions \
     WHERE tenant = $1 AND base = $2 AND tbl = $3 AND ordinal = $4 AND comment = $5";

/// What removes the comments on records of a table that was removed, by [`sql::part_rows!`].
pub const TABLE_ROWS: [&str; 2] = [
    sql::part_rows!("comment_reactions", "tbl", "ordinal, comment, member, emoji"),
    sql::part_rows!("comments", "tbl", "ordinal, id"),
];

/// What removes the rows of a base that was removed, by [`sql::base_rows!`].
pub const BASE_ROWS: [&str; 2] = [
    sql::base_rows!("comment_reactions", "tbl, ordinal, comment, member, emoji"),
    sql::base_rows!("comments", "tbl, ordinal, id"),
];

/// Every text, so that a test can show each to both databases.
#[cfg(test)]
pub(crate) fn texts(dialect: db::Dialect) -> [&'static str; 11] {
    [
        INSERT,
        LIST,
        FIND.on(dialect),
        UPDATE,
        DELETE,
        COUNTS,
        REACTIONS,
        COUNT_REACTIONS,
        REACT,
        TAKE_BACK,
        DELETE_REACTIONS,
    ]
}

/// Greater than every id of a comment.
const PAST: &str = "con";

/// The values with which every statement begins.
fn key(permit: &Permit, place: Place) -> Vec<Value> {
    params![permit.tenant(), permit.base_no(), place.table, place.ordinal].into()
}

fn read_key(scope: &Scope, place: Place) -> Vec<Value> {
    params![scope.tenant(), scope.base_no(), place.table, place.ordinal].into()
}

fn json(mentions: &[UserId]) -> Result<Value, Error> {
    serde_json::to_string(mentions).map(Value::Json).map_err(|_| Error::Stored)
}

pub(crate) fn insert(tx: &mut Tx, permit: &Permit, place: Place, comment: &Comment) -> Result<(), Error> {
    let mut values = key(permit, place);
    values.extend(params![comment.id, comment.parent, comment.author, comment.created, comment.updated, &comment.text]);
    values.push(json(&comment.mentions)?);
    tx.queue(INSERT, values);
    Ok(())
}

/// The newest comments of a record that are older than `before`, without their reactions.
pub(crate) async fn list(
    db: &Db,
    scope: &Scope,
    place: Place,
    before: Option<CommentId>,
    most: usize,
) -> Result<Vec<Comment>, Error> {
    let mut values = read_key(scope, place);
    values.push(before.map_or_else(|| PAST.to_owned(), |id| id.to_string()).into());
    values.push((most as i64).into());
    db.read(LIST, values).await?.iter().map(read).collect()
}

/// A comment, held until the transaction ends, without its reactions.
pub(crate) async fn find(tx: &mut Tx, permit: &Permit, place: Place, id: CommentId) -> Result<Option<Comment>, Error> {
    let mut values = key(permit, place);
    values.extend(params![id]);
    let rows = tx.query(FIND.on(tx.dialect()), values).await?;
    rows.first().map(read).transpose()
}

/// Writes the text of a comment.
pub(crate) fn update(tx: &mut Tx, permit: &Permit, place: Place, comment: &Comment) -> Result<(), Error> {
    let mut values = key(permit, place);
    values.extend(params![comment.id, &comment.text]);
    values.push(json(&comment.mentions)?);
    values.extend(params![comment.updated]);
    tx.queue(UPDATE, values);
    Ok(())
}

/// Deletes a comment with its reactions.
pub(crate) fn delete(tx: &mut Tx, permit: &Permit, place: Place, id: CommentId) {
    for text in [DELETE_REACTIONS, DELETE] {
        let mut values = key(permit, place);
        values.extend(params![id]);
        tx.queue(text, values);
    }
}

/// How many comments each of these records has; those without any are left out.
pub(crate) async fn counts(db: &Db, scope: &Scope, table: TableNo, ordinals: &[Ordinal]) -> Result<Counted, db::Error> {
    let ordinals: Vec<Value> = ordinals.iter().map(|ordinal| Value::Int(i64::from(ordinal.0))).collect();
    let mut counted = Counted::default();
    for mut values in sql::among(&ordinals) {
        values.extend(params![scope.tenant(), scope.base_no(), table]);
        for row in db.read(COUNTS, values).await? {
            counted.insert(row.get(0)?, row.get(1)?);
        }
    }
    Ok(counted)
}

/// The reactions to the comments of a record from one id to another, the oldest of each first.
pub(crate) async fn reactions(
    db: &Db,
    scope: &Scope,
    place: Place,
    (from, to): (CommentId, CommentId),
) -> Result<Vec<(CommentId, Reaction)>, Error> {
    let mut values = read_key(scope, place);
    values.extend(params![from, to]);
    let rows = db.read(REACTIONS, values).await?;
    rows.iter()
        .map(|row| {
            let emoji = Emoji::parse(row.get(2)?).ok_or(Error::Stored)?;
            Ok((row.get(0)?, Reaction { emoji, user: row.get(1)? }))
        })
        .collect()
}

/// Puts a reaction on a comment and answers how many it has then.
pub(crate) async fn react(
    tx: &mut Tx,
    permit: &Permit,
    place: Place,
    id: CommentId,
    reaction: &Reaction,
    now: Timestamp,
) -> Result<usize, Error> {
    let mut values = key(permit, place);
    values.extend(params![id, reaction.user, reaction.emoji.as_str(), now]);
    tx.queue(REACT, values);
    let mut values = key(permit, place);
    values.extend(params![id]);
    let rows = tx.query(COUNT_REACTIONS, values).await?;
    Ok(rows.first().ok_or(Error::Stored)?.get(0)?)
}

pub(crate) fn take_back(tx: &mut Tx, permit: &Permit, place: Place, id: CommentId, reaction: &Reaction) {
    let mut values = key(permit, place);
    values.extend(params![id, reaction.user, reaction.emoji.as_str()]);
    tx.queue(TAKE_BACK, values);
}

fn read(row: &Row) -> Result<Comment, Error> {
    Ok(Comment {
        id: row.get(0)?,
        parent: row.get(1)?,
        author: row.get(2)?,
        created: row.get(3)?,
        updated: row.get(4)?,
        text: row.get(5)?,
        mentions: serde_json::from_str(row.get(6)?).map_err(|_| Error::Stored)?,
        reactions: Vec::new(),
    })
}

#[cfg(test)]
mod tests;
