//! How commands reach a store: the server that runs on its files, one that was named, or the files themselves.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail};
use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{Method, Request, header};
use clock::{Clock, Ids};
use futures_util::StreamExt;
use outbound::{Call, Outbound, Policy, Trust};
use runtime::Lifecycle;
use serde_json::Value;
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use crate::catalog::House;
use crate::run_file::Running;
use crate::settings::Settings;

/// Largest answer that is taken.
const LARGEST: usize = 64 << 20;
/// How long work in the background may take to stop.
const DRAIN: Duration = Duration::from_secs(10);
/// How long a server on this machine may take to accept a connection.
const GREETING: Duration = Duration::from_secs(2);
/// A turn with a model may take long.
const PATIENCE: Duration = Duration::from_mins(10);

/// Where requests of a command go.
pub enum Server {
    /// Over HTTP.
    Remote(Remote),
    /// Into doors of this process, as the owner.
    Local(Box<Local>),
}

/// A server elsewhere.
pub struct Remote {
    url: String,
    token: String,
    client: Outbound,
}

/// The files, opened and locked.
pub struct Local {
    house: House,
    doors: Router,
    /// Whose doors they are; the owner's without.
    token: Option<String>,
    lifecycle: Lifecycle,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The body.
    pub body: Bytes,
}

impl Server {
    /// The server at `url`, else the one that holds the files of the data directory, else the files. The caller is
    /// whose `token` it is; without one, the owner of the files.
    ///
    /// # Errors
    /// When the store is locked by a server that cannot be found, or cannot be opened.
    pub async fn find(settings: &Settings, url: Option<String>, token: Option<String>) -> anyhow::Result<Self> {
        if let Some(url) = url {
            return remote(
                url,
                token.context("--server needs a personal access token: give --token or AIRLOOM_TOKEN")?,
            );
        }
        if settings.database.url.is_none()
            && let Some(running) = Running::find(&settings.server.data)
            && process_exists(running.pid)
            && listens(running.address).await
        {
            return remote(format!("http://{}", running.address), token.unwrap_or(running.token));
        }
        Self::open(settings, token).await
    }

    async fn open(settings: &Settings, token: Option<String>) -> anyhow::Result<Self> {
        if settings.database.url.is_none() && !settings.server.data.join("airloom.db").exists() {
            bail!(
                "there is no store in `{}`: start `airloom serve` there once, or give --data or --server",
                settings.server.data.display()
            );
        }
        let built = House::build(settings, (Clock::system(), Ids::system()), None, CancellationToken::new()).await;
        let mut house = built?;
        let doors = if token.is_some() { house.router.clone() } else { house.as_owner().await? };
        let lifecycle = Lifecycle::new();
        for hand in std::mem::take(&mut house.hands) {
            hand.start(&lifecycle);
        }
        Ok(Self::Local(Box::new(Local { house, doors, token, lifecycle })))
    }

    /// Sends a request and waits for the whole answer.
    ///
    /// # Errors
    /// When the server cannot be reached. An answer that says no is an answer.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Bytes,
    ) -> anyhow::Result<Answer> {
        match self {
            Self::Remote(remote) => remote.send(method, path, headers, body).await,
            Self::Local(local) => {
                let mut request = Request::builder().method(method).uri(path).header(header::HOST, "localhost");
                if let Some(token) = &local.token {
                    request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
                }
                for (name, value) in headers {
                    request = request.header(*name, *value);
                }
                let response = local.doors.clone().oneshot(request.body(Body::from(body))?).await?;
                let status = response.status().as_u16();
                Ok(Answer { status, body: to_bytes(response.into_body(), LARGEST).await? })
            }
        }
    }

    /// Sends a file, piece by piece; `told` hears how many bytes each piece has.
    ///
    /// # Errors
    /// When the file cannot be read or the server cannot be reached. An answer that says no is an answer.
    pub async fn upload(
        &self,
        path: &str,
        file: tokio::fs::File,
        told: impl Fn(usize) + Send + 'static,
    ) -> anyhow::Result<Answer> {
        let source = tokio_util::io::InspectReader::new(file, move |piece: &[u8]| told(piece.len()));
        match self {
            Self::Remote(remote) => remote.finish(remote.call(Method::POST, path).upload("text/csv", source)).await,
            Self::Local(local) => {
                let stream = tokio_util::io::ReaderStream::with_capacity(source, 256 << 10);
                let request = Request::post(path).header(header::HOST, "localhost").body(Body::from_stream(stream))?;
                let response = local.doors.clone().oneshot(request).await?;
                let status = response.status().as_u16();
                Ok(Answer { status, body: to_bytes(response.into_body(), LARGEST).await? })
            }
        }
    }

    /// Reads an answer piece by piece, however large it is; answers its bytes.
    ///
    /// # Errors
    /// What the server says when it says no, and what `take` says.
    pub async fn download(
        &self,
        path: &str,
        mut take: impl FnMut(&[u8]) -> std::io::Result<()> + Send,
    ) -> anyhow::Result<u64> {
        let mut bytes = 0;
        match self {
            Self::Remote(remote) => {
                let call = remote.call(Method::GET, path).time_limit(PATIENCE);
                let mut pieces = match call.pieces().await {
                    Ok(pieces) => pieces,
                    Err(error) => return Err(remote.refused(error)?.json().err().context("the server said no")?),
                };
                while let Some(piece) = pieces.next().await? {
                    bytes += piece.len() as u64;
                    take(&piece)?;
                }
            }
            Self::Local(local) => {
                let request = Request::get(path).header(header::HOST, "localhost").body(Body::empty())?;
                let response = local.doors.clone().oneshot(request).await?;
                let status = response.status().as_u16();
                if status >= 400 {
                    Answer { status, body: to_bytes(response.into_body(), LARGEST).await? }.json()?;
                    bail!("the server answered {status}");
                }
                let mut pieces = response.into_body().into_data_stream();
                while let Some(piece) = pieces.next().await {
                    let piece = piece?;
                    bytes += piece.len() as u64;
                    take(&piece)?;
                }
            }
        }
        Ok(bytes)
    }

    /// Sends JSON and reads JSON.
    ///
    /// # Errors
    /// As [`Server::send`], and what the server says when it says no.
    pub async fn json(&self, method: Method, path: &str, body: Option<&Value>) -> anyhow::Result<Value> {
        let bytes = body.map(|body| Bytes::from(body.to_string())).unwrap_or_default();
        self.send(method, path, &[("content-type", "application/json")], bytes).await?.json()
    }

    /// Gives the files back.
    pub async fn close(self) {
        if let Self::Local(local) = self {
            local.lifecycle.shutdown(DRAIN, std::future::pending::<()>()).await;
            local.house.db().clone().close().await;
        }
    }
}

impl Answer {
    /// The body as JSON, or the error that it tells.
    ///
    /// # Errors
    /// What the server says when it says no.
    pub fn json(&self) -> anyhow::Result<Value> {
        let body: Value = if self.body.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&self.body).context("the server's answer is not JSON")?
        };
        if self.status < 400 {
            return Ok(body);
        }
        let told = body.get("detail").or_else(|| body.pointer("/error/message")).and_then(Value::as_str);
        match told {
            Some(told) => bail!("{told}"),
            None => bail!("the server answered {}", self.status),
        }
    }
}

impl Remote {
    fn call(&self, method: Method, path: &str) -> Call {
        let url = format!("{}{path}", self.url.trim_end_matches('/'));
        self.client.call(method, &url).trust(Trust::Operator).bearer(&self.token)
    }

    async fn send(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Bytes) -> anyhow::Result<Answer> {
        let media = headers.iter().find(|(name, _)| *name == "content-type").map_or("application/json", |(_, v)| v);
        let mut call = self.call(method, path);
        for (name, value) in headers.iter().filter(|(name, _)| *name != "content-type") {
            call = call.header(name, value);
        }
        self.finish(call.body(media, body)).await
    }

    async fn finish(&self, call: Call) -> anyhow::Result<Answer> {
        match call.time_limit(PATIENCE).size_limit(LARGEST).send().await {
            Ok(reply) => Ok(Answer { status: reply.status.as_u16(), body: reply.body }),
            Err(error) => self.refused(error),
        }
    }

    /// The answer that says no, unless there was none.
    fn refused(&self, error: outbound::Error) -> anyhow::Result<Answer> {
        match error {
            outbound::Error::Status { status, body, .. } => Ok(Answer { status, body: body.into() }),
            error => Err(error).with_context(|| format!("cannot reach the server at {}", self.url)),
        }
    }
}

fn remote(url: String, token: String) -> anyhow::Result<Server> {
    let client = Outbound::new(Policy { allow_private: true })?;
    Ok(Server::Remote(Remote { url, token, client }))
}

/// A killed server leaves its file behind, and its number to another process.
async fn listens(address: SocketAddr) -> bool {
    let connected = tokio::time::timeout(GREETING, TcpStream::connect(address)).await;
    matches!(connected, Ok(Ok(_)))
}

fn process_exists(pid: u32) -> bool {
    Path::new(&format!("/proc/{pid}")).exists()
}

#[cfg(test)]
mod tests;
