use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::http::HeaderMap;
use axum::routing::{get, post};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::{Limits, forwarded, serve};

/// Longer than anything below takes.
const PATIENCE: Duration = Duration::from_secs(10);

struct Server {
    address: SocketAddr,
    stop: CancellationToken,
    done: JoinHandle<std::io::Result<()>>,
}

impl Server {
    async fn start(limits: Limits) -> Self {
        let slow = || async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            "slow"
        };
        let router = Router::new()
            .route("/", get(|| async { "hello" }))
            .route("/slow", get(slow))
            .route("/stuck", get(std::future::pending::<&str>))
            .route("/echo", post(|body: String| async move { body }));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let tracker = tokio_util::task::TaskTracker::new();
        let done = tracker.spawn(serve(listener, router, limits, stop.clone()));
        Self { address, stop, done }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Sends one text and reads until the server closes.
    async fn exchange(&self, text: &str) -> String {
        let mut stream = self.connect().await;
        // The server may close before all was sent.
        let _ = stream.write_all(text.as_bytes()).await;
        rest(&mut stream).await
    }
}

async fn rest(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    // A reset after the answer is a close as well.
    let _ = timeout(PATIENCE, stream.read_to_end(&mut bytes)).await.expect("the server did not close");
    String::from_utf8_lossy(&bytes).into_owned()
}

async fn answer(stream: &mut TcpStream) -> String {
    let mut bytes = vec![0; 4_096];
    let length = timeout(PATIENCE, stream.read(&mut bytes)).await.expect("no answer").unwrap();
    String::from_utf8_lossy(&bytes[..length]).into_owned()
}

fn short() -> Limits {
    Limits { head_time: Duration::from_millis(100), idle_time: Duration::from_millis(400), ..Limits::default() }
}

const HELLO: &str = "GET / HTTP/1.1\r\nhost: a\r\n\r\n";

#[tokio::test]
async fn heads_have_bounds() {
    let server = Server::start(Limits::default()).await;
    let get =
        |target: &str, headers: &str| format!("GET {target} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n{headers}\r\n");
    let many = |count: usize| (0..count).fold(String::new(), |head, at| head + &format!("x-{at}: 1\r\n"));
    let query = |length: usize| format!("/?{}", "q".repeat(length));
    for (request, status) in [
        (get("/", ""), "200"),
        (get(&query(16_000), ""), "200"),
        (get(&query(21_000), ""), "414"),
        (get(&query(80_000), ""), "431"),
        (get("/", &many(90)), "200"),
        (get("/", &many(110)), "431"),
        (get("/", &format!("x-long: {}\r\n", "h".repeat(31_000))), "200"),
        (get("/", &format!("x-long: {}\r\n", "h".repeat(33_000))), "431"),
    ] {
        let answer = server.exchange(&request).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{status}: {answer:.200}");
    }
}

#[tokio::test]
async fn a_slow_head_is_cut_off_and_a_slow_handler_is_not() {
    let server = Server::start(short()).await;
    for head in ["", "G", "GET / HTTP/1.1\r\nhost: a\r\n"] {
        assert_eq!(server.exchange(head).await, "", "{head:?}");
    }
    let answer = server.exchange("GET /slow HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").await;
    assert!(answer.ends_with("slow"), "{answer}");
}

#[tokio::test]
async fn a_second_slow_head_is_cut_off_before_the_idle_time() {
    let limits = Limits { head_time: Duration::from_millis(100), idle_time: PATIENCE * 2, ..Limits::default() };
    let server = Server::start(limits).await;
    let mut stream = server.connect().await;
    stream.write_all(HELLO.as_bytes()).await.unwrap();
    assert!(answer(&mut stream).await.ends_with("hello"));
    stream.write_all(b"GET / HT").await.unwrap();
    assert_eq!(rest(&mut stream).await, "");
}

#[tokio::test]
async fn a_silent_connection_lives_for_the_idle_time() {
    let server = Server::start(short()).await;
    let mut stream = server.connect().await;
    stream.write_all(HELLO.as_bytes()).await.unwrap();
    assert!(answer(&mut stream).await.ends_with("hello"));
    // Longer than a head may take, shorter than the idle time.
    tokio::time::sleep(Duration::from_millis(200)).await;
    stream.write_all(HELLO.as_bytes()).await.unwrap();
    assert!(answer(&mut stream).await.ends_with("hello"));
    assert_eq!(rest(&mut stream).await, "");
}

#[tokio::test]
async fn connections_wait_for_a_slot() {
    let server = Server::start(Limits { connections: 1, ..Limits::default() }).await;
    let mut first = server.connect().await;
    first.write_all(HELLO.as_bytes()).await.unwrap();
    answer(&mut first).await;
    let mut second = server.connect().await;
    second.write_all(HELLO.as_bytes()).await.unwrap();
    let mut byte = [0];
    assert!(timeout(Duration::from_millis(100), second.read(&mut byte)).await.is_err(), "served beside the first");
    drop(first);
    assert!(answer(&mut second).await.ends_with("hello"));
}

#[tokio::test]
async fn stopping_finishes_open_requests_and_drops_stuck_ones() {
    for (path, ends_with) in [("/slow", "slow"), ("/stuck", "")] {
        let server = Server::start(Limits { drain: Duration::from_secs(1), ..Limits::default() }).await;
        let mut open = server.connect().await;
        open.write_all(format!("GET {path} HTTP/1.1\r\nhost: a\r\n\r\n").as_bytes()).await.unwrap();
        let mut idle = server.connect().await;
        idle.write_all(HELLO.as_bytes()).await.unwrap();
        answer(&mut idle).await;
        server.stop.cancel();
        assert_eq!(rest(&mut idle).await, "", "an idle connection outlived the stop");
        let answer = rest(&mut open).await;
        assert!(answer.ends_with(ends_with) && answer.is_empty() == ends_with.is_empty(), "{path}: {answer}");
        timeout(PATIENCE, server.done).await.expect("did not end").unwrap().unwrap();
        assert!(TcpStream::connect(server.address).await.is_err(), "still listening");
    }
}

#[tokio::test]
async fn http2_is_spoken_on_the_same_port() {
    let server = Server::start(Limits::default()).await;
    let mut stream = server.connect().await;
    stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").await.unwrap();
    let mut head = [0; 9];
    timeout(PATIENCE, stream.read_exact(&mut head)).await.expect("no settings").unwrap();
    assert_eq!(head[3], 4, "the first frame is not SETTINGS");
    let mut settings = vec![0; usize::from(head[1]) << 8 | usize::from(head[2])];
    stream.read_exact(&mut settings).await.unwrap();
    let value = |id: u8| {
        let found = settings.chunks(6).find(|setting| setting[..2] == [0, id]);
        found.map(|setting| u32::from_be_bytes([setting[2], setting[3], setting[4], setting[5]]))
    };
    assert_eq!((value(3), value(6)), (Some(100), Some(32 * 1_024)), "streams and header list");
}

#[test]
fn proxies_are_believed_as_far_as_there_are_any() {
    for (lines, proxies, expected) in [
        (vec!["192.0.2.1"], 0, None),
        (vec!["192.0.2.1"], 1, Some("192.0.2.1:0")),
        (vec!["10.9.9.9, 192.0.2.1"], 1, Some("192.0.2.1:0")),
        (vec!["10.9.9.9", "192.0.2.1 ,198.51.100.7"], 2, Some("192.0.2.1:0")),
        (vec!["192.0.2.1:4711"], 1, Some("192.0.2.1:4711")),
        (vec!["2001:db8::1"], 1, Some("[2001:db8::1]:0")),
        (vec!["[2001:db8::1]"], 1, Some("[2001:db8::1]:0")),
        (vec!["[2001:db8::1]:80"], 1, Some("[2001:db8::1]:80")),
        (vec!["192.0.2.1"], 2, None),
        (vec!["192.0.2.1, unknown"], 1, None),
        (vec![], 1, None),
    ] {
        let mut headers = HeaderMap::new();
        for line in &lines {
            headers.append("x-forwarded-for", line.parse().unwrap());
        }
        let expected: Option<SocketAddr> = expected.map(|address| address.parse().unwrap());
        assert_eq!(forwarded(&headers, proxies), expected, "{lines:?} {proxies}");
    }
}
