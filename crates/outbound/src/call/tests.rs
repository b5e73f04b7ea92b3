use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::*;
use crate::address::AddressClass;

/// A server on loopback that answers one connection after another with the given texts and returns what it was sent.
async fn server(answers: Vec<String>) -> (String, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    #[expect(clippy::disallowed_methods, reason = "a test server has no lifecycle")]
    let task = tokio::spawn(async move {
        let mut requests = Vec::new();
        for answer in answers {
            let (mut socket, _) = listener.accept().await.unwrap();
            requests.push(read_request(&mut socket).await);
            // A client that has read enough closes early.
            let _closed = socket.write_all(answer.as_bytes()).await;
        }
        requests
    });
    (format!("http://{address}"), task)
}

async fn read_request(socket: &mut tokio::net::TcpStream) -> String {
    let mut bytes = vec![0; 16 << 10];
    let length = socket.read(&mut bytes).await.unwrap();
    String::from_utf8_lossy(&bytes[..length]).to_lowercase()
}

fn answer(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n{headers}\r\n{body}", body.len())
}

fn outbound() -> Outbound {
    Outbound::new(Policy { allow_private: true }).unwrap()
}

#[tokio::test]
async fn hostile_urls_are_refused_before_anything_is_sent() {
    let hosts = [
        "127.0.0.1",
        "127.1",
        "127.0.1",
        "2130706433",
        "0x7f000001",
        "0x7f.0.0.1",
        "0177.0.0.1",
        "017700000001",
        "127.0.0.1.",
        "127.000.000.001",
        "0",
        "0.0.0.0",
        "localhost",
        "localhost.",
        "LOCALHOST",
        "１２７.０.０.１",
        "127。0。0。1",
        "%31%32%37.0.0.1",
        "10.0.0.1",
        "0xa000001",
        "172.16.0.1",
        "192.168.0.1",
        "3232235521",
        "100.64.0.1",
        "169.254.1.1",
        "169.254.169.254",
        "2852039166",
        "0xa9fea9fe",
        "169.254.43518",
        "0251.0376.0251.0376",
        "100.100.100.200",
        "224.0.0.1",
        "255.255.255.255",
        "198.18.0.1",
        "203.0.113.1",
        "[::]",
        "[::1]",
        "[0:0:0:0:0:0:0:1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::ffff:a9fe:a9fe]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[2001:0:0:0:0:0:80ff:fffe]",
        "[fc00::1]",
        "[fd00:ec2::254]",
        "[fe80::1]",
        "[fec0::1]",
        "[ff02::1]",
        "[2001:db8::1]",
        "[100::1]",
    ];
    let guarded = Outbound::new(Policy::default()).unwrap();
    for host in hosts {
        let error = guarded.get(&format!("http://{host}/latest/meta-data")).send().await.unwrap_err();
        assert!(matches!(error, Error::Refused(Refusal::Address { .. })), "{host}: {error}");
    }
}

#[tokio::test]
async fn urls_that_are_no_web_addresses_are_refused() {
    let cases = [
        ("file:///etc/passwd", Refusal::Scheme("file".to_owned())),
        ("gopher://example.com/", Refusal::Scheme("gopher".to_owned())),
        ("ftp://example.com/", Refusal::Scheme("ftp".to_owned())),
        ("javascript:alert(1)", Refusal::Scheme("javascript".to_owned())),
        ("http://good.example@127.0.0.1/", Refusal::Credentials),
        ("http://user:pass@example.com/", Refusal::Credentials),
        ("//example.com/", Refusal::NotAUrl),
        ("http://", Refusal::NotAUrl),
        ("http://[::1/", Refusal::NotAUrl),
        ("http://999.1.1.1/", Refusal::NotAUrl),
    ];
    let guarded = Outbound::new(Policy::default()).unwrap();
    for (url, wanted) in cases {
        let error = guarded.get(url).send().await.unwrap_err();
        assert!(matches!(&error, Error::Refused(refusal) if *refusal == wanted), "{url}: {error}");
    }
}

#[test]
fn a_url_can_be_checked_before_anybody_calls_it() {
    let strict = Outbound::new(Policy::default()).unwrap();
    for fine in ["https://example.org/hook", "http://example.org:8080/?a=b"] {
        assert_eq!(strict.check(fine), Ok(()), "{fine}");
    }
    for wrong in ["", "example.org", "ftp://example.org", "http://u:p@example.org", "http://127.0.0.1", "http://10.1"] {
        assert!(strict.check(wrong).is_err(), "{wrong}");
    }
    assert_eq!(outbound().check("http://127.0.0.1:9/"), Ok(()));
    assert!(outbound().check("http://169.254.169.254/").is_err(), "metadata is never called");
}

#[tokio::test]
async fn the_operator_may_name_a_local_server() {
    let (url, task) = server(vec![answer("200 OK", "", "{\"ok\":true}")]).await;
    let guarded = Outbound::new(Policy::default()).unwrap();
    let value: serde_json::Value = guarded.get(&url).trust(Trust::Operator).fetch().await.unwrap();
    assert_eq!(value, serde_json::json!({"ok": true}));
    assert!(task.await.unwrap()[0].starts_with("get / http/1.1"));
    let error = guarded.get(&url).send().await.unwrap_err();
    assert!(matches!(error, Error::Refused(Refusal::Address { class: AddressClass::Loopback, .. })));
}

#[tokio::test]
async fn a_failed_status_keeps_its_body_and_wait_but_no_secret() {
    let body = "{\"error\":\"key sk-very-secret is wrong\"}";
    let (url, _task) = server(vec![answer("429 Too Many Requests", "retry-after: 7\r\n", body)]).await;
    let error = outbound().get(&format!("{url}/x?key=hidden")).bearer("sk-very-secret").send().await.unwrap_err();
    let Error::Status { status, body, retry_after, .. } = &error else { panic!("{error}") };
    assert_eq!((*status, *retry_after), (429, Some(Duration::from_secs(7))));
    assert_eq!(body, "{\"error\":\"key *** is wrong\"}");
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains("sk-very-secret") && !shown.contains("hidden"), "{shown}");
    assert!(error.is_passing());
}

#[test]
fn a_call_shows_no_secret() {
    let call = outbound().get("http://example.com/").bearer("sk-very-secret");
    assert!(!format!("{call:?}").contains("sk-very-secret"));
}

#[tokio::test]
async fn an_answer_above_the_limit_is_cut() {
    let (url, _task) = server(vec![answer("200 OK", "", &"x".repeat(5_000)), answer("200 OK", "", "1234")]).await;
    let error = outbound().get(&url).size_limit(4_999).send().await.unwrap_err();
    assert!(matches!(error, Error::TooLarge { limit: 4_999, .. }), "{error}");
    let reply = outbound().get(&url).size_limit(4).send().await.unwrap();
    assert_eq!(reply.body, "1234");
}

#[tokio::test]
async fn silence_ends_at_the_time_limit() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let limit = Duration::from_millis(50);
    let error = outbound().get(&url).time_limit(limit).send().await.unwrap_err();
    assert!(matches!(error, Error::Timeout { limit: shown, .. } if shown == limit), "{error}");
}

#[tokio::test]
async fn nobody_listening_is_a_transport_error() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/p?token=hidden", listener.local_addr().unwrap());
    drop(listener);
    let error = outbound().get(&url).send().await.unwrap_err();
    assert!(matches!(error, Error::Transport { .. }), "{error}");
    assert!(!format!("{error:?}").contains("hidden"));
}

#[tokio::test]
async fn redirects_are_followed_only_when_asked_for() {
    let there = answer("302 Found", "location: /next\r\n", "");
    let (url, _task) = server(vec![there.clone()]).await;
    let error = outbound().get(&url).send().await.unwrap_err();
    assert!(matches!(error, Error::Status { status: 302, .. }), "{error}");
    let (url, task) = server(vec![there.clone(), answer("200 OK", "", "end")]).await;
    let reply = outbound().post(&url).bearer("s3cret").body("text/plain", "hello").follow(1).send().await.unwrap();
    assert_eq!(reply.body, "end");
    let requests = task.await.unwrap();
    assert!(requests[1].starts_with("get /next") && requests[1].contains("bearer s3cret"), "{}", requests[1]);
    assert!(!requests[1].contains("hello"));
    let (url, _task) = server(vec![there; 9]).await;
    let error = outbound().get(&url).follow(9).send().await.unwrap_err();
    assert!(matches!(error, Error::Refused(Refusal::Redirects(3))), "{error}");
}

#[tokio::test]
async fn a_redirect_to_another_host_takes_no_secret_and_is_checked() {
    let (other, seen) = server(vec![answer("200 OK", "", "other")]).await;
    let (url, _task) = server(vec![answer("307 Moved", &format!("location: {other}/x\r\n"), "")]).await;
    let reply = outbound().get(&url).bearer("s3cret").header("x-plain", "1").follow(3).send().await.unwrap();
    assert_eq!(reply.body, "other");
    let request = seen.await.unwrap().remove(0);
    assert!(!request.contains("s3cret") && request.contains("x-plain: 1"), "{request}");
    for target in ["http://169.254.169.254/", "file:///etc/passwd", "http://user@x.example/"] {
        let (url, _task) = server(vec![answer("302 Found", &format!("location: {target}\r\n"), "")]).await;
        let error = outbound().get(&url).follow(3).send().await.unwrap_err();
        assert!(matches!(error, Error::Refused(_)), "{target}: {error}");
    }
}

/// A client under a policy that knows some names.
fn knowing(policy: Policy, names: &[(&str, &[&[&str]])]) -> (Outbound, resolve::tests::Names) {
    let gate = Gate::new(policy, Trust::Nobody);
    let known = gate.names.clone();
    for (name, answers) in names {
        known.put(name, answers);
    }
    let guarded = client(gate).unwrap();
    (Outbound { guarded, ..Outbound::new(policy).unwrap() }, known)
}

#[tokio::test]
async fn names_that_lead_within_are_refused() {
    let names: [(&str, &[&[&str]]); 9] = [
        ("loopback.example", &[&["127.0.0.1"]]),
        ("private.example", &[&["10.1.2.3"]]),
        ("metadata.example", &[&["169.254.169.254"]]),
        ("six.example", &[&["::1"]]),
        ("mapped.example", &[&["::ffff:10.0.0.1"]]),
        ("local.example", &[&["fd12::1"]]),
        ("nowhere.example", &[&["0.0.0.0"]]),
        ("mixed.example", &[&["93.184.216.34", "192.168.1.1"]]),
        ("translated.example", &[&["64:ff9b::a9fe:a9fe"]]),
    ];
    let (guarded, _) = knowing(Policy::default(), &names);
    for (name, _) in names {
        let error = guarded.get(&format!("http://{name}:1/")).send().await.unwrap_err();
        assert!(matches!(error, Error::Refused(Refusal::Address { .. })), "{name}: {error}");
    }
}

#[tokio::test]
async fn a_name_is_looked_up_once_and_the_call_goes_to_what_was_checked() {
    let (url, task) = server(vec![answer("200 OK", "", "here")]).await;
    let port = url.rsplit(':').next().unwrap();
    // Whoever asks again is told another address, as one who rebinds a name would.
    let (near, names) =
        knowing(Policy { allow_private: true }, &[("moving.example", &[&["127.0.0.1"], &["169.254.169.254"]])]);
    let reply = near.get(&format!("http://moving.example:{port}/")).send().await.unwrap();
    assert_eq!((reply.body.as_ref(), names.asked("moving.example")), (&b"here"[..], 1));
    assert!(task.await.unwrap()[0].contains("host: moving.example"));
    let error = near.get(&format!("http://moving.example:{port}/")).send().await.unwrap_err();
    assert!(matches!(error, Error::Refused(Refusal::Address { class: AddressClass::Metadata, .. })), "{error}");
}

#[tokio::test]
async fn a_redirect_to_a_name_that_leads_within_is_refused() {
    let (url, _task) = server(vec![answer("302 Found", "location: http://metadata.example/latest\r\n", "")]).await;
    let port = url.rsplit(':').next().unwrap();
    let names: [(&str, &[&[&str]]); 2] =
        [("outside.example", &[&["127.0.0.1"]]), ("metadata.example", &[&["169.254.169.254"]])];
    let (near, names) = knowing(Policy { allow_private: true }, &names);
    let error = near.get(&format!("http://outside.example:{port}/")).follow(3).send().await.unwrap_err();
    assert!(matches!(error, Error::Refused(Refusal::Address { class: AddressClass::Metadata, .. })), "{error}");
    assert_eq!(names.asked("metadata.example"), 1);
}

#[tokio::test]
async fn events_arrive_one_by_one() {
    let body = "data: {\"n\":1}\n\nevent: done\ndata: [DONE]\n\n";
    let (url, _task) = server(vec![answer("200 OK", "content-type: text/event-stream\r\n", body)]).await;
    let mut events = outbound().post(&url).json(&serde_json::json!({"q": 1})).events().await.unwrap();
    assert_eq!(events.next().await.unwrap().unwrap().data, "{\"n\":1}");
    assert_eq!(events.next().await.unwrap().unwrap().name, "done");
    assert!(events.next().await.unwrap().is_none());
}

#[tokio::test]
async fn a_header_that_cannot_be_sent_is_named() {
    let error = outbound().get("http://127.0.0.1/").secret_header("x-key", "a\nb").send().await.unwrap_err();
    assert!(matches!(&error, Error::Refused(Refusal::Header(name)) if name == "x-key"), "{error}");
}
