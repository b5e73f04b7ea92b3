//! `chat/completions`, as `OpenAI` and many others speak it.

mod failure;
mod read;
mod wire;

use std::time::Duration;

use futures_util::future::BoxFuture;
use outbound::{Call, Events, Outbound, Trust};

use crate::error::Error;
use crate::estimate;
use crate::gemini::Key;
use crate::message::{Answer, Request, Usage};
use crate::provider::{Provider, Sink};
use crate::retry::Patience;

const BASE: &str = "https://api.openai.com/v1";
const DEFAULT_MODEL: &str = "gpt-5.6-luna";
const TIME_LIMIT: Duration = Duration::from_mins(2);

/// An OpenAI-compatible endpoint.
#[derive(Debug)]
pub struct OpenAi {
    outbound: Outbound,
    key: Option<Key>,
    base: String,
    model: String,
}

impl OpenAi {
    /// With a key where the endpoint wants one, at another address and with another default model when given.
    pub fn new(outbound: Outbound, key: Option<&str>, base: Option<&str>, model: Option<&str>) -> Self {
        Self {
            outbound,
            key: key.map(|key| Key(key.to_owned())),
            base: base.unwrap_or(BASE).trim_end_matches('/').to_owned(),
            model: model.unwrap_or(DEFAULT_MODEL).to_owned(),
        }
    }

    fn model<'a>(&'a self, request: &'a Request) -> &'a str {
        if request.model.is_empty() { &self.model } else { &request.model }
    }

    fn call(&self, request: &Request, streams: bool) -> Call {
        let body = wire::request(request, self.model(request), streams);
        let call = self.outbound.post(&format!("{}/chat/completions", self.base)).trust(Trust::Operator);
        let call = call.time_limit(TIME_LIMIT).json(&body);
        match &self.key {
            Some(key) => call.bearer(&key.0),
            None => call,
        }
    }

    async fn whole(&self, request: &Request) -> Result<Answer, Error> {
        let mut patience = Patience::default();
        loop {
            match self.call(request, false).send().await {
                Ok(reply) => return read::whole(self.model(request), request, &reply.body),
                Err(error) => patience.bear(failure::read(self.model(request), error)).await?,
            }
        }
    }

    /// Tries again only until the stream has begun.
    async fn open(&self, request: &Request) -> Result<Events, Error> {
        let mut patience = Patience::default();
        loop {
            match self.call(request, true).events().await {
                Ok(events) => return Ok(events),
                Err(error) => patience.bear(failure::read(self.model(request), error)).await?,
            }
        }
    }

    async fn streamed(&self, request: &Request, sink: Sink<'_>) -> Result<Answer, Error> {
        let mut events = self.open(request).await?;
        let mut reader = read::Reader::new(self.model(request));
        while let Some(event) = events.next().await.map_err(Error::Unreachable)? {
            if event.data.trim() == "[DONE]" {
                break;
            }
            reader.take(event.data.as_bytes(), sink)?;
        }
        reader.finish(request)
    }
}

impl Provider for OpenAi {
    fn name(&self) -> &'static str {
        "openai"
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

    /// There is no route for it, so an estimate.
    fn count<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Usage> {
        Box::pin(async move { Usage { input: estimate::input(request), ..Usage::default() } })
    }
}

#[cfg(test)]
mod tests;
