//! Server-sent events: a splitter for the byte stream and the stream of a call.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::timeout;

use crate::error::Error;

/// One message of an event stream.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Event {
    /// The event's name; empty when the stream gave none.
    pub name: String,
    /// The lines of data, joined by line feeds.
    pub data: String,
}

/// A line or an event of the stream is longer than the splitter's limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Overlong;

/// Splits bytes into events, however the bytes were cut on the way.
///
/// Lines end in CR, LF or CRLF; a line is decoded only when it is whole, so a character cut in two by the network
/// survives; an unfinished event at the end of the stream is dropped, as the specification says.
#[derive(Debug)]
pub struct Splitter {
    line: Vec<u8>,
    event: Event,
    has_data: bool,
    after_cr: bool,
    at_start: bool,
    limit: usize,
    ready: VecDeque<Event>,
}

impl Splitter {
    /// A splitter that refuses lines, and the data of one event, above `limit` bytes.
    pub fn new(limit: usize) -> Self {
        Self {
            line: Vec::new(),
            event: Event::default(),
            has_data: false,
            after_cr: false,
            at_start: true,
            limit,
            ready: VecDeque::new(),
        }
    }

    /// Takes the next bytes; false once a line or an event is too long.
    pub fn push(&mut self, bytes: &[u8]) -> bool {
        self.take(bytes).is_ok()
    }

    /// The next whole event.
    pub fn next_event(&mut self) -> Option<Event> {
        self.ready.pop_front()
    }

    fn take(&mut self, mut bytes: &[u8]) -> Result<(), Overlong> {
        while let Some(&first) = bytes.first() {
            if self.after_cr && first == b'\n' {
                self.after_cr = false;
                bytes = bytes.get(1..).unwrap_or_default();
                continue;
            }
            self.after_cr = false;
            let end = bytes.iter().position(|&byte| byte == b'\n' || byte == b'\r');
            let (part, rest) = bytes.split_at(end.unwrap_or(bytes.len()));
            if self.line.len() + part.len() > self.limit {
                return Err(Overlong);
            }
            self.line.extend_from_slice(part);
            if let Some((&ending, after)) = rest.split_first() {
                self.after_cr = ending == b'\r';
                self.end_line()?;
                bytes = after;
            } else {
                bytes = rest;
            }
        }
        Ok(())
    }

    fn end_line(&mut self) -> Result<(), Overlong> {
        let bytes = std::mem::take(&mut self.line);
        let text = String::from_utf8_lossy(&bytes);
        let line = if std::mem::take(&mut self.at_start) { text.trim_start_matches('\u{feff}') } else { &text };
        if line.is_empty() {
            self.end_event();
            return Ok(());
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "data" => self.add_data(value),
            "event" => {
                value.clone_into(&mut self.event.name);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn add_data(&mut self, value: &str) -> Result<(), Overlong> {
        if self.event.data.len() + value.len() >= self.limit {
            return Err(Overlong);
        }
        if std::mem::replace(&mut self.has_data, true) {
            self.event.data.push('\n');
        }
        self.event.data.push_str(value);
        Ok(())
    }

    fn end_event(&mut self) {
        let event = std::mem::take(&mut self.event);
        if std::mem::take(&mut self.has_data) {
            self.ready.push_back(event);
        }
    }
}

/// The event stream that answers a call.
#[derive(Debug)]
pub struct Events {
    host: String,
    response: reqwest::Response,
    splitter: Splitter,
    idle: Duration,
    size_limit: usize,
    seen: usize,
}

impl Events {
    pub(crate) fn new(host: String, response: reqwest::Response, idle: Duration, size_limit: usize) -> Self {
        Self { host, response, splitter: Splitter::new(size_limit.min(LINE_LIMIT)), idle, size_limit, seen: 0 }
    }

    /// The next event; `None` at the end of the stream.
    ///
    /// # Errors
    /// [`Error::Timeout`] when nothing comes for the call's time limit, [`Error::TooLarge`] past the size limit or
    /// for an overlong line, [`Error::Transport`] when the connection breaks.
    pub async fn next(&mut self) -> Result<Option<Event>, Error> {
        loop {
            if let Some(event) = self.splitter.next_event() {
                return Ok(Some(event));
            }
            let chunk = timeout(self.idle, self.response.chunk())
                .await
                .map_err(|_| Error::Timeout { host: self.host.clone(), limit: self.idle })?
                .map_err(|error| crate::call::transport(&self.host, &error))?;
            let Some(chunk) = chunk else { return Ok(None) };
            self.seen += chunk.len();
            if self.seen > self.size_limit || !self.splitter.push(&chunk) {
                return Err(Error::TooLarge { host: self.host.clone(), limit: self.size_limit });
            }
        }
    }
}

/// Longest line of an event stream: a model's whole answer may stand in one.
const LINE_LIMIT: usize = 4 << 20;

#[cfg(test)]
mod tests;
