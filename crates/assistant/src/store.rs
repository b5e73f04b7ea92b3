//! Rows of conversations.

use db::{Db, Group, Row, Tx, params};
use model::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sql::Type;

use crate::error::Error;
use crate::model::{CostSummary, PendingWrite, SessionKey, StoredMessage, ToolUse};

const SESSION: &str = "SELECT revision, state, pending, base FROM conversation_sessions \
     WHERE tenant = $1 AND owner = $2 AND session = $3";
const RECENT: &str = "SELECT role, content FROM conversation_messages \
     WHERE tenant = $1 AND owner = $2 AND session = $3 ORDER BY sequence DESC LIMIT $4";
const HISTORY: &str = "SELECT sequence, role, content, thinking, tools_used, model, \
     input_tokens + output_tokens + thinking_tokens, cost, created_at FROM conversation_messages \
     WHERE tenant = $1 AND owner = $2 AND session = $3 ORDER BY sequence DESC LIMIT $4";
const CLAIM: &str = "UPDATE conversation_sessions SET pending = NULL, revision = revision + 1 \
     WHERE tenant = $1 AND owner = $2 AND session = $3 AND revision = $4 RETURNING revision";
/// A turn that began before another one ended keeps its messages, but neither its state nor its unconfirmed write.
const SAVE_SESSION: &str = "INSERT INTO conversation_sessions \
     (tenant, owner, session, base, title, status, revision, message_count, state, pending, created_at, updated_at) \
     VALUES ($1, $2, $3, $4, $5, 'active', 1, 2, $6, $7, $8, $8) \
     ON CONFLICT (tenant, owner, session) DO UPDATE SET \
     base = excluded.base, \
     message_count = conversation_sessions.message_count + 2, \
     state = CASE WHEN conversation_sessions.revision = $9 THEN excluded.state ELSE conversation_sessions.state END, \
     pending = CASE WHEN conversation_sessions.revision = $9 THEN excluded.pending ELSE NULL END, \
     revision = conversation_sessions.revision + 1, \
     updated_at = excluded.updated_at \
     RETURNING message_count";
const INSERT_MESSAGE: &str = "INSERT INTO conversation_messages \
     (tenant, owner, session, sequence, role, content, thinking, tools_used, model, \
     input_tokens, output_tokens, thinking_tokens, cost, millis, succeeded, created_at) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";
const INSERT_EXECUTION: &str = "INSERT INTO tool_executions \
     (tenant, owner, session, sequence, position, tool, input, output, millis, succeeded, created_at) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
const DELETE_SESSION: &str =
    "DELETE FROM conversation_sessions WHERE tenant = $1 AND owner = $2 AND session = $3 RETURNING session";
const DELETE_MESSAGES: &str = "DELETE FROM conversation_messages WHERE tenant = $1 AND owner = $2 AND session = $3";
const DELETE_EXECUTIONS: &str = "DELETE FROM tool_executions WHERE tenant = $1 AND owner = $2 AND session = $3";
const SUMMARY: &str = "SELECT COUNT(*), COUNT(*) FILTER (WHERE succeeded), \
     CAST(COALESCE(SUM(input_tokens + output_tokens + thinking_tokens), 0) AS BIGINT), \
     CAST(COALESCE(SUM(cost), 0) AS DOUBLE PRECISION), \
     COUNT(*) FILTER (WHERE cost IS NULL AND model IS NOT NULL), \
     CAST(COALESCE(AVG(millis), 0) AS DOUBLE PRECISION) \
     FROM conversation_messages WHERE tenant = $1 AND owner = $2 AND session = $3 AND role = 'assistant'";

/// Messages of a history at most, the newest.
const LONGEST_HISTORY: i64 = 500;

/// What is known of a session when a turn begins.
#[derive(Debug, Default)]
pub(crate) struct Session {
    /// 0 while it is not stored.
    pub revision: i64,
    pub state: Option<Value>,
    pub pending: Vec<PendingWrite>,
    pub base: Option<String>,
}

/// A finished turn.
#[derive(Debug)]
pub(crate) struct Turn<'a> {
    pub question: &'a str,
    pub answer: &'a str,
    pub base: Option<&'a str>,
    pub thinking: Option<&'a str>,
    pub tools_used: &'a [String],
    pub uses: &'a [ToolUse],
    pub model: Option<&'a str>,
    pub tokens: [u64; 3],
    pub cost: Option<f64>,
    pub succeeded: bool,
    pub state: Option<&'a Value>,
    pub pending: &'a [PendingWrite],
    pub began: Timestamp,
    pub ended: Timestamp,
}

pub(crate) async fn session(db: &Db, key: &SessionKey) -> Result<Session, Error> {
    let rows = db.read(SESSION, params![key.tenant, &key.owner, &key.session]).await?;
    let Some(row) = rows.first() else { return Ok(Session::default()) };
    let pending = read_json(row, 2)?.unwrap_or_default();
    Ok(Session { revision: row.get(0)?, state: read_json(row, 1)?, pending, base: row.get(3)? })
}

/// The newest messages, oldest first: role and text.
pub(crate) async fn recent(db: &Db, key: &SessionKey, count: u32) -> Result<Vec<(String, String)>, Error> {
    let rows = db.read(RECENT, params![key.tenant, &key.owner, &key.session, i64::from(count)]).await?;
    rows.iter().rev().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

pub(crate) async fn history(db: &Db, key: &SessionKey) -> Result<Vec<StoredMessage>, Error> {
    let rows = db.read(HISTORY, params![key.tenant, &key.owner, &key.session, LONGEST_HISTORY]).await?;
    rows.iter().rev().map(message).collect()
}

fn message(row: &Row) -> Result<StoredMessage, Error> {
    let at: Timestamp = row.get(8)?;
    Ok(StoredMessage {
        sequence: row.get(0)?,
        role: row.get(1)?,
        content: row.get(2)?,
        thinking: row.get(3)?,
        tools_used: read_json(row, 4)?.unwrap_or_default(),
        model: row.get(5)?,
        token_count: row.get(6)?,
        cost: row.get(7)?,
        timestamp: at.iso(),
    })
}

/// Takes what waits for an answer for this turn alone; false when another turn was faster.
pub(crate) async fn claim(db: &Db, key: &SessionKey, revision: i64) -> Result<bool, Error> {
    let mut tx = db.begin(Group::House).await?;
    let rows = tx.query(CLAIM, params![key.tenant, &key.owner, &key.session, revision]).await?;
    tx.commit().await?;
    Ok(!rows.is_empty())
}

/// Keeps a turn: the session, both messages and the calls of tools.
pub(crate) async fn save(db: &Db, key: &SessionKey, revision: i64, turn: &Turn<'_>) -> Result<(), Error> {
    let mut tx = db.begin(Group::House).await?;
    let title: String = turn.question.chars().take(80).collect();
    let pending = if turn.pending.is_empty() { sql::Value::Null(Type::Json) } else { json(&turn.pending)? };
    let state = turn.state.map_or(Ok(sql::Value::Null(Type::Json)), json)?;
    let values =
        params![key.tenant, &key.owner, &key.session, turn.base, clean(&title), state, pending, turn.ended, revision];
    let rows = tx.query(SAVE_SESSION, values).await?;
    let count: i64 = rows.first().map_or(Ok(2), |row| row.get(0))?;
    insert_question(&mut tx, key, count - 1, turn)?;
    insert_answer(&mut tx, key, count, turn)?;
    for (position, made) in turn.uses.iter().enumerate() {
        insert_execution(&mut tx, key, (count, position as i64), made, turn.ended)?;
    }
    Ok(tx.commit().await?)
}

fn insert_question(tx: &mut Tx, key: &SessionKey, sequence: i64, turn: &Turn<'_>) -> Result<(), Error> {
    let none: Option<&str> = None;
    let values = params![
        key.tenant,
        &key.owner,
        &key.session,
        sequence,
        "user",
        clean(turn.question),
        none,
        json(&[(); 0])?,
        none,
        0_i64,
        0_i64,
        0_i64,
        None::<f64>,
        0_i64,
        true,
        turn.began
    ];
    tx.queue(INSERT_MESSAGE, values);
    Ok(())
}

fn insert_answer(tx: &mut Tx, key: &SessionKey, sequence: i64, turn: &Turn<'_>) -> Result<(), Error> {
    let [input, output, thinking] = turn.tokens.map(|tokens| tokens as i64);
    let millis = turn.ended.millis() - turn.began.millis();
    let values = params![
        key.tenant,
        &key.owner,
        &key.session,
        sequence,
        "assistant",
        clean(turn.answer),
        turn.thinking.map(clean),
        json(&turn.tools_used)?,
        turn.model,
        input,
        output,
        thinking,
        turn.cost,
        millis,
        turn.succeeded,
        turn.ended
    ];
    tx.queue(INSERT_MESSAGE, values);
    Ok(())
}

fn insert_execution(
    tx: &mut Tx,
    key: &SessionKey,
    (sequence, position): (i64, i64),
    made: &ToolUse,
    at: Timestamp,
) -> Result<(), Error> {
    let values = params![
        key.tenant,
        &key.owner,
        &key.session,
        sequence,
        position,
        clean(&made.tool),
        json(&made.arguments)?,
        json(&made.result)?,
        made.millis,
        made.success,
        at
    ];
    tx.queue(INSERT_EXECUTION, values);
    Ok(())
}

/// Deletes a conversation; false when there was none.
pub(crate) async fn delete(db: &Db, key: &SessionKey) -> Result<bool, Error> {
    let mut tx = db.begin(Group::House).await?;
    let found = tx.query(DELETE_SESSION, params![key.tenant, &key.owner, &key.session]).await?;
    tx.queue(DELETE_MESSAGES, params![key.tenant, &key.owner, &key.session]);
    tx.queue(DELETE_EXECUTIONS, params![key.tenant, &key.owner, &key.session]);
    tx.commit().await?;
    Ok(!found.is_empty())
}

pub(crate) async fn summary(db: &Db, key: &SessionKey) -> Result<CostSummary, Error> {
    let rows = db.read(SUMMARY, params![key.tenant, &key.owner, &key.session]).await?;
    let row = rows.first().filter(|row| row.get::<i64>(0).is_ok_and(|turns| turns > 0));
    let row = row.ok_or_else(|| Error::SessionNotFound { session: key.session.clone() })?;
    Ok(CostSummary {
        session_id: key.session.clone(),
        total_calls: row.get(0)?,
        successful_calls: row.get(1)?,
        total_tokens: row.get(2)?,
        total_cost: row.get(3)?,
        unpriced_calls: row.get(4)?,
        avg_response_time_ms: row.get(5)?,
        budget_status: "no_budget".to_owned(),
    })
}

/// One of the two databases keeps no NUL in a text.
fn clean(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

fn json<T: Serialize + ?Sized>(value: &T) -> Result<sql::Value, Error> {
    Ok(sql::Value::Json(serde_json::to_string(value).map_err(Error::Stored)?))
}

fn read_json<T: DeserializeOwned>(row: &Row, column: usize) -> Result<Option<T>, Error> {
    let text: Option<String> = row.get(column)?;
    text.map(|text| serde_json::from_str(&text).map_err(Error::Stored)).transpose()
}

#[cfg(test)]
mod tests;
