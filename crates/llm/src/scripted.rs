//! A provider for tests that says what it was told to.

use std::collections::VecDeque;

use futures_util::future::BoxFuture;
use parking_lot::Mutex;

use crate::error::Error;
use crate::estimate;
use crate::message::{Answer, Counted, Delta, Finish, Part, Request, Usage};
use crate::provider::{Provider, Sink};

/// Answers from a list, one for each request, and keeps the requests.
#[derive(Debug, Default)]
pub struct Scripted {
    answers: Mutex<VecDeque<Result<Answer, Error>>>,
    requests: Mutex<Vec<Request>>,
}

impl Scripted {
    /// A provider with these answers.
    pub fn new(answers: impl IntoIterator<Item = Result<Answer, Error>>) -> Self {
        Self { answers: Mutex::new(answers.into_iter().collect()), requests: Mutex::default() }
    }

    /// An answer of these parts with ten tokens in and five out.
    pub fn says(parts: Vec<Part>) -> Answer {
        let usage = Usage { input: 10, output: 5, counted_by: Counted::Provider, ..Usage::default() };
        Answer { model: "scripted".to_owned(), parts, usage, finish: Finish::Done }
    }

    /// What it was asked.
    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().clone()
    }

    fn next(&self, request: &Request) -> Result<Answer, Error> {
        self.requests.lock().push(request.clone());
        self.answers.lock().pop_front().unwrap_or(Err(Error::ScriptEnded))
    }
}

impl Provider for Scripted {
    fn name(&self) -> &'static str {
        "scripted"
    }

    fn default_model(&self) -> &'static str {
        "scripted"
    }

    fn answer<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Answer, Error>> {
        Box::pin(async move { self.next(request) })
    }

    fn stream<'a>(&'a self, request: &'a Request, sink: Sink<'a>) -> BoxFuture<'a, Result<Answer, Error>> {
        Box::pin(async move {
            let answer = self.next(request)?;
            for part in &answer.parts {
                match part {
                    Part::Text { text, .. } => {
                        for word in text.split_inclusive(' ') {
                            sink(Delta::Text(word.to_owned()));
                        }
                    }
                    Part::Thought { text, .. } => sink(Delta::Thought(text.clone())),
                    Part::Call { .. } | Part::Result { .. } => {}
                }
            }
            Ok(answer)
        })
    }

    fn count<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Usage> {
        Box::pin(async move { Usage { input: estimate::input(request), ..Usage::default() } })
    }
}
