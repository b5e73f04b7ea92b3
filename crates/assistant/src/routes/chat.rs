//! `POST /chat` and its streaming form.

use std::convert::Infallible;
use std::pin::Pin;

use axum::extract::{Request, State};
use axum::response::sse::{Event as SseEvent, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use futures_util::stream::{Stream, unfold};
use model::Caller;
use tokio::sync::mpsc::UnboundedReceiver;
use web::{ApiError, Asked, Failure, Kind};

use super::{body, fail};
use crate::error::Error;
use crate::events::{Event, Sink};
use crate::model::{ChatIn, ChatOut};
use crate::ops::Assistant;

/// Takes one turn of a conversation.
#[utoipa::path(
    post, path = "/chat", operation_id = "assistant.chat", tag = "assistant", request_body = ChatIn,
    responses(
        (status = 200, description = "The answer", body = ChatOut),
        (status = 404, description = "There is no such base"),
        (status = 409, description = "The session was changed meanwhile"),
        (status = 422, description = "The message is empty or too long"),
        (status = 429, description = "The model provider's limit is reached"),
        (status = 503, description = "The model provider does not answer"),
    )
)]
pub(super) async fn chat(
    State(assistant): State<Assistant>,
    Extension(caller): Extension<Caller>,
    request: Request,
) -> Result<Json<ChatOut>, Failure> {
    let asked: ChatIn = body(request).await?;
    let out = assistant.chat(&caller, asked, &Sink::default()).await;
    out.map(Json).map_err(|error| fail(&error))
}

/// Takes one turn and tells what happens as server-sent events: `delta`, `tool_call`, `tool_result`, and at the end
/// `done` with the whole answer or `error`.
#[utoipa::path(
    post, path = "/chat/stream", operation_id = "assistant.chat_stream", tag = "assistant", request_body = ChatIn,
    responses((status = 200, description = "Events", content_type = "text/event-stream", body = String))
)]
pub(super) async fn chat_stream(
    State(assistant): State<Assistant>,
    Extension(caller): Extension<Caller>,
    request: Request,
) -> Result<Response, Failure> {
    let asked: ChatIn = body(request).await?;
    let (sink, events) = Sink::channel();
    let turn = Box::pin(Asked::carried(async move { end(assistant.chat(&caller, asked, &sink).await) }));
    let stream = Sse::new(stream(turn, events)).keep_alive(KeepAlive::default());
    // Proxies must not gather the events.
    Ok(([("x-accel-buffering", "no")], stream).into_response())
}

type Turn = Pin<Box<dyn Future<Output = Event> + Send>>;

/// The turn runs inside the stream: a listener who leaves ends it.
struct Running {
    turn: Option<Turn>,
    events: UnboundedReceiver<Event>,
    last: Option<Event>,
}

fn stream(turn: Turn, events: UnboundedReceiver<Event>) -> impl Stream<Item = Result<SseEvent, Infallible>> {
    unfold(Running { turn: Some(turn), events, last: None }, |mut running| async move {
        let event = running.next().await?;
        Some((Ok(encode(&event)), running))
    })
}

impl Running {
    /// Events come before the end of the turn that told them.
    async fn next(&mut self) -> Option<Event> {
        while let Some(turn) = &mut self.turn {
            tokio::select! {
                biased;
                Some(event) = self.events.recv() => return Some(event),
                ended = turn => {
                    self.last = Some(ended);
                    self.turn = None;
                }
            }
        }
        match self.events.try_recv() {
            Ok(event) => Some(event),
            Err(_) => self.last.take(),
        }
    }
}

fn end(ended: Result<ChatOut, Error>) -> Event {
    match ended {
        Ok(out) => Event::Done(Box::new(out)),
        Err(error) if error.kind() == Kind::Internal => {
            tracing::error!(error = telemetry::chain(&error), code = error.code(), "a turn failed: {error}");
            Event::Error { code: error.code(), message: "something failed on our side".to_owned() }
        }
        Err(error) => Event::Error { code: error.code(), message: error.to_string() },
    }
}

fn encode(event: &Event) -> SseEvent {
    let data = serde_json::to_string(event).unwrap_or_else(|_| "{}".to_owned());
    SseEvent::default().event(event.name()).data(data)
}
