//! The limit of reading: a route that sends bytes it was given, on the same HTTP library, in a process of its own.

use std::convert::Infallible;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::SocketAddr;
use std::process::{Child, Command, ExitCode, Stdio};

use anyhow::{Context, Result};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;

/// The word by which this program starts itself as that server.
pub const COMMAND: &str = "raw-http";

/// The server, until dropped.
pub struct Raw {
    child: Child,
    pub address: SocketAddr,
}

impl Raw {
    /// Starts it with the bytes that it will send.
    pub fn start(body: &[u8]) -> Result<Self> {
        let mut child =
            Command::new(std::env::current_exe()?).arg(COMMAND).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut stdin = child.stdin.take().context("the server has no input")?;
        stdin.write_all(body)?;
        drop(stdin);
        let mut line = String::new();
        BufReader::new(child.stdout.take().context("the server has no output")?).read_line(&mut line)?;
        Ok(Self { address: line.trim().parse()?, child })
    }

    /// The number of its process.
    pub fn process(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        // It is only stopped here, and nothing depends on how it ends.
        let _gone = self.child.kill();
        let _status = self.child.wait();
    }
}

/// Serves what standard input holds until it is killed.
pub fn serve() -> ExitCode {
    match listen() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("load: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn listen() -> Result<()> {
    let mut body = Vec::new();
    std::io::stdin().read_to_end(&mut body)?;
    let body = Bytes::from(body);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async move {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        println!("{}", listener.local_addr()?);
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            let body = body.clone();
            let answer = service_fn(move |_: Request<Incoming>| {
                let body = Full::new(body.clone());
                async move {
                    let answer = Response::builder().header("content-type", "application/json").body(body);
                    Ok::<_, Infallible>(answer.unwrap_or_default())
                }
            });
            let connection = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), answer);
            #[expect(clippy::disallowed_methods, reason = "this server ends with its process")]
            tokio::spawn(connection);
        }
    })
}
