//! A client that keeps its connection: one request, one answer, nothing more than measuring needs.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use anyhow::{Context, Result, ensure};

/// A connection.
pub struct Client {
    stream: TcpStream,
    chunk: Vec<u8>,
    buffer: Vec<u8>,
}

impl Client {
    pub fn connect(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, chunk: vec![0; 64 * 1_024], buffer: Vec::with_capacity(64 * 1_024) })
    }

    /// Sends a request as it is and returns the body of its answer, which must have status 200 or 202.
    pub fn send(&mut self, request: &[u8]) -> Result<&[u8]> {
        self.stream.write_all(request)?;
        self.buffer.clear();
        let (mut head, mut wanted) = (0, usize::MAX);
        while self.buffer.len() < wanted {
            let read = self.stream.read(&mut self.chunk)?;
            ensure!(read > 0, "the server closed the connection");
            self.buffer.extend_from_slice(self.chunk.get(..read).unwrap_or_default());
            if head == 0
                && let Some(end) = find(&self.buffer, b"\r\n\r\n")
            {
                head = end + 4;
                wanted = head + length(self.buffer.get(..head).unwrap_or_default())?;
            }
        }
        let body = self.buffer.get(head..wanted).unwrap_or_default();
        let status = self.buffer.get(9..12).unwrap_or_default();
        ensure!(status == b"200" || status == b"202", "{}", String::from_utf8_lossy(&self.buffer));
        Ok(body)
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

fn length(head: &[u8]) -> Result<usize> {
    let head = std::str::from_utf8(head)?;
    let line = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse())
    });
    Ok(line.context("the answer has no length")??)
}

/// The bytes of a request.
pub fn request(method: &str, path: &str, token: &str, body: &str) -> Vec<u8> {
    request_as(&format!("authorization: Bearer {token}"), method, path, body)
}

/// The same, by who is named in a header.
pub fn request_as(header: &str, method: &str, path: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: localhost\r\n{header}\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n"
    );
    [head.as_bytes(), body.as_bytes()].concat()
}
