//! Buckets, on the S3 server of the Python package `moto`.
//!
//! `AIRLOOM_PYTHON` names the interpreter that has it; the test command sets it.
#![expect(clippy::unwrap_used, clippy::panic, reason = "an integration test")]

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use blob::{Blobs, Digest, Error, Settings};
use bytes::Bytes;
use futures_util::TryStreamExt as _;

/// A running server, stopped when dropped.
struct Server {
    child: Child,
    port: u16,
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to stop.
        let _gone = self.child.kill();
        let _status = self.child.wait();
    }
}

impl Server {
    fn start() -> Self {
        let python = std::env::var_os("AIRLOOM_PYTHON").unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let child = Command::new(python)
            .args(["-m", "moto.server", "-H", "127.0.0.1", "-p", &port.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let server = Self { child, port };
        for _ in 0..600 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return server;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("the server did not start");
    }

    /// A request as clients of S3 send it, without a signature: this server does not ask for one.
    fn call(&self, method: &str, path: &str) -> String {
        let mut socket = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let head = format!("{method} {path} HTTP/1.0\r\nhost: 127.0.0.1\r\ncontent-length: 0\r\n\r\n");
        socket.write_all(head.as_bytes()).unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).unwrap();
        answer
    }

    fn bucket(&self, url: &str) -> Blobs {
        let settings = Settings {
            url: Some(url.to_owned()),
            endpoint: Some(format!("http://127.0.0.1:{}/", self.port)),
            access_key: Some("tests".to_owned()),
            secret_key: Some("not very secret".to_owned()),
            ..Settings::default()
        };
        Blobs::open(&settings, std::path::Path::new("/nowhere")).unwrap()
    }
}

#[tokio::test]
async fn a_bucket_keeps_objects() {
    let server = Server::start();
    assert!(server.call("PUT", "/house").contains(" 200 "), "the bucket could not be made");
    let blobs = server.bucket("s3://house/files/");

    assert!(blobs.get("1/ab/none").await.unwrap().is_none());
    assert_eq!(blobs.size("1/ab/none").await.unwrap(), None);
    blobs.put("1/ab/small", Bytes::from_static(b"0123456789")).await.unwrap();
    assert_eq!(blobs.get("1/ab/small").await.unwrap().unwrap(), "0123456789");
    for (range, bytes) in [(0..3, "012"), (8..50, "89")] {
        let opened = blobs.open_range("1/ab/small", Some(range)).await.unwrap().unwrap();
        assert_eq!(opened.size, 10);
        let read: Vec<Bytes> = opened.bytes.try_collect().await.unwrap();
        assert_eq!(read.concat(), bytes.as_bytes());
    }
    assert!(server.call("GET", "/house?list-type=2").contains("<Key>files/1/ab/small</Key>"), "under the prefix");

    // In several pieces.
    let pattern: Vec<u8> = (0..5_000_000_u32).flat_map(u32::to_le_bytes).collect();
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(&pattern).unwrap();
    blobs.put_file("1/cd/large", file.reopen().unwrap()).await.unwrap();
    assert_eq!(blobs.size("1/cd/large").await.unwrap(), Some(20_000_000));
    let whole = blobs.get("1/cd/large").await.unwrap().unwrap();
    assert_eq!(Digest::of(&whole), Digest::of(&pattern));
    let opened = blobs.open_range("1/cd/large", Some(8_388_600..8_388_616)).await.unwrap().unwrap();
    let read: Vec<Bytes> = opened.bytes.try_collect().await.unwrap();
    assert_eq!(read.concat(), pattern[8_388_600..8_388_616]);

    assert!(server.call("PUT", "/house/elsewhere").contains(" 200 "), "an object of somebody else");
    let mut listed: Vec<_> = blobs.list().try_collect().await.unwrap();
    listed.sort();
    assert_eq!(listed, [("1/ab/small".to_owned(), 10), ("1/cd/large".to_owned(), 20_000_000)]);
    let whole = server.bucket("s3://house").list().try_collect::<Vec<_>>().await.unwrap();
    assert!(whole.contains(&("files/1/ab/small".to_owned(), 10)) && whole.len() == 3, "{whole:?}");

    blobs.delete("1/ab/small").await.unwrap();
    blobs.delete("1/ab/small").await.unwrap();
    assert!(blobs.get("1/ab/small").await.unwrap().is_none());
}

#[tokio::test]
async fn a_bucket_that_is_not_there_says_so() {
    let server = Server::start();
    let blobs = server.bucket("s3://nowhere");
    let failed = blobs.put("1/ab/small", Bytes::from_static(b"1")).await.unwrap_err();
    assert!(matches!(failed, Error::Store(_)), "{failed}");
}
