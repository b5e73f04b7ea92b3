//! One turn of a conversation.

use model::{Caller, Timestamp};

use super::answer::Answer;
use super::confirm::{Reaction, carry_out, reaction};
use super::toolbox::Toolbox;
use super::{Assistant, built_in, model_turn};
use crate::error::Error;
use crate::events::Sink;
use crate::model::{ChatIn, ChatOut, SessionKey, ToolUse, TurnCost};
use crate::store::{self, Session};

/// What a driver is asked.
pub(super) struct Asked<'a> {
    pub message: &'a str,
    pub base: Option<&'a str>,
    /// The base was named with this message, not only remembered.
    pub names_base: bool,
    pub thinking_budget: Option<i64>,
    /// Role and text of the messages before, oldest first.
    pub earlier: Vec<(String, String)>,
    pub session: &'a Session,
    pub now: Timestamp,
}

impl Assistant {
    /// Takes one turn: answers a question, shows a write, or carries out a write that the message confirms.
    ///
    /// What happens on the way is told to `sink`; the answer is returned, not told.
    ///
    /// # Errors
    /// [`Error::EmptyMessage`], [`Error::MessageTooLong`], [`Error::SessionName`] for the input,
    /// [`Error::SessionBusy`] when the same confirmation came twice, [`Error::Model`] when the provider fails.
    pub async fn chat(&self, caller: &Caller, asked: ChatIn, sink: &Sink) -> Result<ChatOut, Error> {
        let message = self.checked(&asked.message)?;
        let key = SessionKey::new(caller, &asked.session_id)?;
        let session = store::session(&self.0.db, &key).await?;
        let base = asked.base_id.as_deref().or(session.base.as_deref());
        let began = self.0.clock.now();
        let toolbox = Toolbox::new(self, caller, sink);
        let question = Asked {
            message,
            base,
            names_base: asked.base_id.is_some(),
            thinking_budget: asked.thinking_budget,
            earlier: store::recent(&self.0.db, &key, self.0.config.context_messages).await?,
            session: &session,
            now: began,
        };
        let (answer, revision) = self.answer(&key, &question, &toolbox, sink).await?;
        let out = out(&key, &answer, toolbox.into_uses(), self.0.clock.now());
        self.keep(&key, revision, (&question, &answer, &out)).await?;
        Ok(out)
    }

    fn checked<'a>(&self, message: &'a str) -> Result<&'a str, Error> {
        let limit = self.0.config.message_bytes;
        match message.trim() {
            "" => Err(Error::EmptyMessage),
            message if message.len() > limit => Err(Error::MessageTooLong { limit }),
            message => Ok(message),
        }
    }

    /// The answer, and the revision of the session that it was made for.
    async fn answer(
        &self,
        key: &SessionKey,
        asked: &Asked<'_>,
        toolbox: &Toolbox<'_>,
        sink: &Sink,
    ) -> Result<(Answer, i64), Error> {
        let revision = asked.session.revision;
        let reaction = reaction(asked.message);
        if reaction == Reaction::Neither || revision == 0 {
            return Ok((self.driven(asked, toolbox, sink).await?, revision));
        }
        // Whatever waits for this yes or no, shown by either driver, is answered once.
        if !store::claim(&self.0.db, key, revision).await? {
            return Err(Error::SessionBusy { session: key.session.clone() });
        }
        if asked.session.pending.is_empty() {
            return Ok((self.driven(asked, toolbox, sink).await?, revision + 1));
        }
        let mut answer = match reaction {
            Reaction::Yes => carry_out(toolbox, asked.session.pending.clone()).await,
            _ => Answer::text("Cancelled; nothing was changed."),
        };
        answer.state.clone_from(&asked.session.state);
        sink.text(answer.text.clone());
        Ok((answer, revision + 1))
    }

    async fn driven(&self, asked: &Asked<'_>, toolbox: &Toolbox<'_>, sink: &Sink) -> Result<Answer, Error> {
        match &self.0.provider {
            Some(provider) => model_turn::drive(self, &**provider, toolbox, sink, asked).await,
            None => built_in::drive(toolbox, sink, asked).await,
        }
    }

    async fn keep(
        &self,
        key: &SessionKey,
        revision: i64,
        (asked, answer, out): (&Asked<'_>, &Answer, &ChatOut),
    ) -> Result<(), Error> {
        let usage = answer.billed.as_ref().map(|billed| billed.usage).unwrap_or_default();
        let turn = store::Turn {
            question: asked.message,
            answer: &answer.text,
            base: asked.base,
            thinking: answer.thinking.as_deref(),
            tools_used: &out.tools_used,
            uses: &out.tool_calls,
            model: answer.billed.as_ref().map(|billed| &*billed.model),
            tokens: [usage.input, usage.output, usage.thinking],
            cost: answer.billed.as_ref().and_then(|billed| billed.cost).map(|cost| cost.total()),
            succeeded: answer.succeeded,
            state: answer.state.as_ref(),
            pending: &answer.pending,
            began: asked.now,
            ended: self.0.clock.now(),
        };
        store::save(&self.0.db, key, revision, &turn).await
    }
}

fn out(key: &SessionKey, answer: &Answer, uses: Vec<ToolUse>, now: Timestamp) -> ChatOut {
    let mut tools_used: Vec<String> = Vec::new();
    for made in &uses {
        if !tools_used.contains(&made.tool) {
            tools_used.push(made.tool.clone());
        }
    }
    let billed = answer.billed.as_ref();
    ChatOut {
        response: answer.text.clone(),
        thinking_process: answer.thinking.clone(),
        tools_used,
        session_id: key.session.clone(),
        timestamp: now.iso(),
        cost_info: billed.map(|it| TurnCost::new(&it.model, &it.usage, it.cost, answer.warnings.clone())),
        tool_calls: uses,
        value: answer.value.clone(),
        records: answer.records.clone(),
        suggestions: answer.suggestions.clone(),
        awaits_confirmation: answer.awaits || !answer.pending.is_empty(),
    }
}

#[cfg(test)]
mod tests;
