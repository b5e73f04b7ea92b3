//! Gemini's `generateContent`.

mod failure;
mod read;
mod wire;

use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use futures_util::future::BoxFuture;
use outbound::{Call, Events, Outbound, Trust};
use parking_lot::Mutex;
use serde_json::Value;

use crate::error::Error;
use crate::estimate;
use crate::message::{Answer, Counted, Request, Usage};
use crate::provider::{Provider, Sink};
use crate::retry::Patience;

const BASE: &str = "https://generativelanguage.googleapis.com";
const DEFAULT_MODEL: &str = "gemini-flash-latest";
/// Tried in this order when a model is gone.
const FALLBACKS: [&str; 4] = [DEFAULT_MODEL, "gemini-3.6-flash", "gemini-3.5-flash", "gemini-flash-lite-latest"];
const TIME_LIMIT: Duration = Duration::from_mins(2);

/// Gemini.
#[derive(Debug)]
pub struct Gemini {
    outbound: Outbound,
    key: Key,
    base: String,
    model: String,
    /// Models that the provider said it does not have.
    gone: Mutex<BTreeSet<String>>,
}

/// A secret that no debug text shows.
#[derive(Clone)]
pub(crate) struct Key(pub(crate) String);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

/// What is left to try for one request.
struct Plan {
    asked: String,
    models: VecDeque<String>,
    patience: Patience,
}

impl Plan {
    fn model(&self) -> Result<String, Error> {
        self.models.front().cloned().ok_or_else(|| Error::ModelNotFound { model: self.asked.clone() })
    }
}

impl Gemini {
    /// With a key, at another address and with another default model when given.
    pub fn new(outbound: Outbound, key: &str, base: Option<&str>, model: Option<&str>) -> Self {
        Self {
            outbound,
            key: Key(key.to_owned()),
            base: base.unwrap_or(BASE).trim_end_matches('/').to_owned(),
            model: bare(model.unwrap_or(DEFAULT_MODEL)).to_owned(),
            gone: Mutex::default(),
        }
    }

    /// The models to try for a request, the ones known to be gone left out.
    fn models(&self, request: &Request) -> Vec<String> {
        let first = if request.model.is_empty() { &*self.model } else { bare(&request.model) };
        let gone = self.gone.lock();
        let mut models: Vec<String> = Vec::new();
        for model in std::iter::once(first).chain(FALLBACKS) {
            if !gone.contains(model) && !models.iter().any(|known| known == model) {
                models.push(model.to_owned());
            }
        }
        models
    }

    fn call(&self, model: &str, method: &str, body: &Value) -> Call {
        self.outbound
            .post(&format!("{}/v1beta/models/{model}:{method}", self.base))
            .trust(Trust::Operator)
            .secret_header("x-goog-api-key", &self.key.0)
            .time_limit(TIME_LIMIT)
            .json(body)
    }

    /// What to do after a failure: the next model, the same one again, or nothing.
    async fn recover(&self, error: Error, plan: &mut Plan) -> Result<(), Error> {
        let Error::ModelNotFound { model } = error else { return plan.patience.bear(error).await };
        tracing::warn!(model, "the provider does not have the model any more");
        self.gone.lock().insert(model);
        plan.models.pop_front();
        plan.patience = Patience::default();
        Ok(())
    }

    fn plan(&self, request: &Request) -> Plan {
        let asked = if request.model.is_empty() { &self.model } else { &request.model };
        Plan { asked: asked.clone(), models: self.models(request).into(), patience: Patience::default() }
    }

    async fn whole(&self, request: &Request) -> Result<Answer, Error> {
        let mut plan = self.plan(request);
        loop {
            let model = plan.model()?;
            match self.once(request, &model).await {
                Ok(answer) => return Ok(answer),
                Err(error) => self.recover(error, &mut plan).await?,
            }
        }
    }

    async fn once(&self, request: &Request, model: &str) -> Result<Answer, Error> {
        let body = wire::request(request, model);
        let reply = self.call(model, "generateContent", &body).send().await;
        let reply = reply.map_err(|error| failure::read(model, error))?;
        let mut answer = read::Reader::new(model);
        answer.take(&reply.body, &mut |_| {})?;
        answer.finish(request)
    }

    /// Tries again only until the stream has begun.
    async fn open(&self, request: &Request) -> Result<(String, Events), Error> {
        let mut plan = self.plan(request);
        loop {
            let model = plan.model()?;
            let body = wire::request(request, &model);
            match self.call(&model, "streamGenerateContent?alt=sse", &body).events().await {
                Ok(events) => return Ok((model, events)),
                Err(error) => self.recover(failure::read(&model, error), &mut plan).await?,
            }
        }
    }

    async fn streamed(&self, request: &Request, sink: Sink<'_>) -> Result<Answer, Error> {
        let (model, mut events) = self.open(request).await?;
        let mut answer = read::Reader::new(&model);
        while let Some(event) = events.next().await.map_err(Error::Unreachable)? {
            answer.take(event.data.as_bytes(), sink)?;
        }
        answer.finish(request)
    }

    /// The provider's count, once.
    async fn counted(&self, request: &Request) -> Option<u64> {
        let model = self.models(request).into_iter().next()?;
        let body = wire::count(request, &model);
        let reply: Value = self.call(&model, "countTokens", &body).fetch().await.ok()?;
        reply.get("totalTokens")?.as_u64()
    }
}

impl Provider for Gemini {
    fn name(&self) -> &'static str {
        "gemini"
    }

    fn default_model(&self) -> &str {
        &self.model
    }

    fn answer<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Answer, Error>> {
        Box::pin(self.whole(request))
    }

    fn stream<'a>(&'a self, request: &'a Request, sink: Sink<'a>) -> BoxFuture<'a, Result<Answer, Error>> {
        Box::pin(self.streamed(request, sink))
    }

    fn count<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Usage> {
        Box::pin(async move {
            match self.counted(request).await {
                Some(input) => Usage { input, counted_by: Counted::Provider, ..Usage::default() },
                None => Usage { input: estimate::input(request), ..Usage::default() },
            }
        })
    }
}

fn bare(model: &str) -> &str {
    model.strip_prefix("models/").unwrap_or(model)
}

#[cfg(test)]
mod tests;
