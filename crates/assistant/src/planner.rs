//! The built-in way to answer: no model, no key, the same answer every time.
//!
//! A message is cut into words (`text`), the words are linked to tables, fields and cell values of the base
//! (`mentions`), conditions are placed (`conditions`), what is asked is decided (`asking`), and the resulting
//! `plan::Plan` is carried out through tools (`execute`) and worded (`wording`).
//!
//! Invariants: a word that tells something and was not understood lowers the sureness, and below `SURE` nothing is
//! answered; a write is never made before it was shown and confirmed.

mod amounts;
mod asking;
mod book;
mod choose;
mod conditions;
mod confirm;
mod cues;
mod dates;
mod decline;
mod desk;
mod execute;
mod followup;
mod lexicon;
mod linked;
mod mentions;
mod pick;
mod plan;
mod schema_questions;
mod suggestions;
mod text;
mod toolbox;
mod undo;
mod wording;
mod writes;

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod tests;

use model::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use self::{
    book::{Book, items, string},
    confirm::Consent,
    desk::Desk,
    execute::{Execution, Outcome},
    mentions::Reading,
    plan::Plan,
    writes::Write,
};

pub use self::{
    toolbox::{CallMade, ToolFailure, ToolFuture, Toolbox},
    writes::Pending,
};

/// Below this a question is not answered.
const SURE: f32 = 0.3;

/// Longest message that is read, in characters and in words.
const LONGEST: (usize, usize) = (2_000, 120);

/// Answers plain-language requests by calling tools.
#[derive(Debug, Clone, Copy, Default)]
pub struct Planner;

/// What a conversation remembers between messages. Serialisable, opaque.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Session {
    base: Option<String>,
    plan: Option<Plan>,
    /// Primary texts of the records of the last answer, when they were few.
    named: Vec<String>,
    pending: Option<Pending>,
    /// What was shown and neither confirmed nor refused before something else was asked.
    dropped: Option<String>,
    /// Writes of this conversation, the newest last.
    done: Vec<undo::Written>,
    /// Changes that took writes of this conversation back, the newest last.
    taken_back: Vec<undo::Written>,
}

/// An answer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Reply {
    /// One short sentence.
    pub text: String,
    /// The value asked for: a number, true or false, or a list of cells or groups.
    pub value: Option<Value>,
    pub records: Vec<RecordUsed>,
    pub calls: Vec<CallMade>,
    pub understood: bool,
    /// Requests that would work, given when this one did not.
    pub suggestions: Vec<String>,
    /// A write that was shown and waits for a yes.
    pub pending: Option<Pending>,
    /// The base that was named does not exist for the caller.
    pub no_such_base: bool,
}

/// A record an answer rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordUsed {
    pub table: String,
    pub id: String,
}

impl Planner {
    /// Answers one message. `base` is the base the conversation is about, when it is known; `now` gives "today" its
    /// meaning. A tool that fails becomes a reply that says so.
    pub async fn answer(
        &self,
        tools: &dyn Toolbox,
        session: &mut Session,
        base: Option<&str>,
        message: &str,
        now: Timestamp,
    ) -> Reply {
        let mut desk = Desk::new(tools);
        let mut reply = match respond(&mut desk, session, base, message, now).await {
            Ok(reply) => reply,
            Err(failure) => Reply { text: format!("That did not work: {failure}."), ..Reply::default() },
        };
        reply.calls = desk.calls;
        reply
    }
}

async fn respond(
    desk: &mut Desk<'_>,
    session: &mut Session,
    base: Option<&str>,
    message: &str,
    now: Timestamp,
) -> Result<Reply, ToolFailure> {
    if message.chars().nth(LONGEST.0).is_some() || message.split_whitespace().nth(LONGEST.1).is_some() {
        let text = format!("That is too long for me: please ask in at most {} words.", LONGEST.1);
        return Ok(Reply { text, ..Reply::default() });
    }
    if let Some(reply) = consented(desk, session, message).await? {
        return Ok(reply);
    }
    let base = match pick::base(desk, session, base, message, now).await? {
        Ok(base) => base,
        Err(reply) => return Ok(reply),
    };
    let book = match Book::read(desk, &base).await {
        Ok(book) => book,
        Err(failure) if failure.code == "not-found" => return Ok(Reply { no_such_base: true, ..pick::unknown(&base) }),
        Err(failure) => return Err(failure),
    };
    if session.base.as_ref() != Some(&base) {
        let (done, taken_back) = (std::mem::take(&mut session.done), std::mem::take(&mut session.taken_back));
        let dropped = session.dropped.take();
        *session = Session { base: Some(base), done, taken_back, dropped, ..Session::default() };
    }
    let reading = Reading::of(desk, &book, message, now).await?;
    if let Some(reply) = directly(desk, session, &book, &reading).await? {
        return Ok(reply);
    }
    question(desk, session, &book, &reading).await
}

/// A yes or no: to the write that waits, or to one that no longer does.
async fn consented(desk: &mut Desk<'_>, session: &mut Session, message: &str) -> Result<Option<Reply>, ToolFailure> {
    let consent = confirm::consent(message);
    let Some(pending) = session.pending.take() else {
        let dropped = session.dropped.take_if(|_| consent == Consent::Yes);
        return Ok(dropped.map(|shown| Reply {
            text: format!(
                "Nothing was changed: “{shown}” was dropped when something else was asked. Please say it again."
            ),
            ..Reply::default()
        }));
    };
    session.dropped = None;
    Ok(match consent {
        Consent::Yes => Some(make(desk, session, pending).await?),
        Consent::No => Some(said("Nothing was changed.".to_owned())),
        Consent::Unsure => {
            let text = format!("It waits for a plain yes or no: {}", pending.shown);
            session.pending = Some(pending.clone());
            Some(Reply { pending: Some(pending), ..said(text) })
        }
        Consent::Neither => {
            session.dropped = Some(pending.shown);
            None
        }
    })
}

/// Undo, questions about the schema, and writes.
async fn directly(
    desk: &mut Desk<'_>,
    session: &mut Session,
    book: &Book,
    reading: &Reading,
) -> Result<Option<Reply>, ToolFailure> {
    if let Some(back) = undo::asked(reading) {
        return undo::answer(desk, session, book, back).await.map(Some);
    }
    if is_greeting(reading) {
        let suggestions = suggestions::three(desk, book, None).await?;
        let text = "I answer questions about your records and change them when you ask.".to_owned();
        return Ok(Some(Reply { suggestions, ..said(text) }));
    }
    if let Some(write) = writes::read(desk, book, reading).await? {
        return Ok(Some(match write {
            Write::Refused(text, suggestions) => Reply { text, suggestions, ..Reply::default() },
            Write::Shown(pending) => {
                session.pending = Some(pending.clone());
                let text = format!("{} Shall I do it? Answer yes or no.", pending.shown);
                Reply { pending: Some(pending), ..said(text) }
            }
        }));
    }
    Ok(schema_questions::answer(reading, book).map(answered))
}

/// A question about records: a follow-up, or one that stands for itself.
async fn question(
    desk: &mut Desk<'_>,
    session: &mut Session,
    book: &Book,
    reading: &Reading,
) -> Result<Reply, ToolFailure> {
    let before = session.plan.as_ref().map(|plan| followup::Before { plan, named: &session.named });
    if let Some(plan) = before.and_then(|before| followup::follow(reading, book, before)) {
        return carry_out(desk, session, book, plan).await;
    }
    let found = asking::understand(reading, book);
    if before.is_some() && followup::hangs_on(reading) {
        return decline::reply(desk, book, Some(reading), found).await;
    }
    match found {
        Some(found) if found.sureness >= SURE => carry_out(desk, session, book, found.plan).await,
        found => match last_sentence(reading, book) {
            Some(plan) => carry_out(desk, session, book, plan).await,
            None => decline::reply(desk, book, Some(reading), found).await,
        },
    }
}

/// The last sentence alone, when those before it tell nothing about the records.
fn last_sentence(reading: &Reading, book: &Book) -> Option<Plan> {
    let begin = reading.sentence_start()?;
    if reading.tells_before(begin) {
        return None;
    }
    let found = asking::understand(&reading.from(begin), book)?;
    (found.sureness >= SURE).then_some(found.plan)
}

async fn carry_out(desk: &mut Desk<'_>, session: &mut Session, book: &Book, plan: Plan) -> Result<Reply, ToolFailure> {
    let Some(execution) = Execution::new(desk, book, &plan) else {
        return decline::reply(desk, book, None, None).await;
    };
    let outcome = execution.run().await?;
    session.named.clone_from(&outcome.named);
    session.plan = Some(plan);
    Ok(answered(outcome))
}

/// Carries out a write the person has confirmed.
async fn make(desk: &mut Desk<'_>, session: &mut Session, pending: Pending) -> Result<Reply, ToolFailure> {
    let mut arguments: Map<String, Value> = pending.arguments.as_object().cloned().unwrap_or_default();
    if !pending.confirm.is_empty() {
        arguments.insert("confirm".to_owned(), json!(pending.confirm));
    }
    let done = match desk.ask(&pending.tool, Value::Object(arguments)).await {
        Ok(done) => done,
        Err(failure) if failure.code == "confirmation" => {
            let text = format!("Nothing was changed: “{}” was shown too long ago. Please say it again.", pending.shown);
            return Ok(Reply { text, ..Reply::default() });
        }
        Err(failure) => return Err(failure),
    };
    undo::remember(session, &pending, &done);
    let back = if pending.tool == "undo" { "“Redo” does it again." } else { "“Undo” takes it back." };
    let records = items(&done, "records")
        .map(|r| RecordUsed {
            table: pending.table.clone(),
            id: r.as_str().map_or_else(|| string(r, "id"), str::to_owned),
        })
        .collect();
    Ok(Reply { records, ..said(format!("Done. {} {back}", pending.shown)) })
}

fn is_greeting(reading: &Reading) -> bool {
    let greets = |w: &text::Word| {
        lexicon::is_plain(&w.text) || matches!(w.text.as_str(), "good" | "morning" | "evening" | "afternoon" | "help")
    };
    let opens =
        reading.words.iter().any(|w| matches!(w.text.as_str(), "hi" | "hello" | "hey" | "help" | "thanks" | "thank"));
    let able = reading.message.to_lowercase().contains("what can you do");
    able || opens && reading.words.iter().all(greets)
}

fn said(text: String) -> Reply {
    Reply { text, understood: true, ..Reply::default() }
}

fn answered(outcome: Outcome) -> Reply {
    let records = outcome.records.into_iter().map(|(table, id)| RecordUsed { table, id }).collect();
    Reply { value: outcome.value, records, ..said(outcome.text) }
}
