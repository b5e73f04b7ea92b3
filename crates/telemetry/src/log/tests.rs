use std::io::Write;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Waker};

use serde_json::{Value, json};

use crate::Request;

use super::{Config, Format, LogError, subscriber};

#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn written(config: &Config, terminal: bool) -> String {
    let sink = Sink::default();
    let writer = sink.clone();
    let subscriber = subscriber(config, terminal, move || writer.clone()).unwrap();
    tracing::subscriber::with_default(subscriber, || {
        tracing::info!(table = "tasks", "created");
        tracing::debug!("not written");
    });
    let bytes = sink.0.lock().unwrap().clone();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn lines_are_json_unless_somebody_looks() {
    let auto = Config::default();
    let text = Config { format: Format::Text, ..Config::default() };
    let json = Config { format: Format::Json, ..Config::default() };
    for (config, terminal, is_json) in
        [(&auto, false, true), (&auto, true, false), (&text, false, false), (&json, true, true)]
    {
        let line = written(config, terminal);
        assert_eq!(line.starts_with('{'), is_json, "{config:?} {terminal} {line}");
        assert_eq!(line.lines().count(), 1, "{line}");
        assert!(line.contains("created") && line.contains("tasks"), "{line}");
    }
}

/// Logs outside of a request, before its route is known, and once it is.
fn requested(config: &Config, terminal: bool) -> String {
    let sink = Sink::default();
    let writer = sink.clone();
    let subscriber = subscriber(config, terminal, move || writer.clone()).unwrap();
    let request = Request::new("one-7".to_owned(), "GET");
    let answer = request.clone().answer(async {
        tracing::info!(table = "tasks", "came");
        Request::tell_route("/v0/{base}/{table}");
        Request::tell_route("/v0/other");
        tracing::info!("answered");
    });
    tracing::subscriber::with_default(subscriber, || {
        assert!(pin!(answer).poll(&mut Context::from_waker(Waker::noop())).is_ready());
        Request::tell_route("/nobody/asks");
        tracing::info!("over");
    });
    assert_eq!((request.method(), request.route()), ("GET", Some("/v0/{base}/{table}")));
    let bytes = sink.0.lock().unwrap().clone();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn lines_tell_the_request_that_they_were_logged_in() {
    let written = requested(&Config { format: Format::Json, ..Config::default() }, false);
    let lines = written.lines().map(|line| serde_json::from_str(line).unwrap());
    let [came, answered, over]: [Value; 3] = lines.collect::<Vec<_>>().try_into().unwrap();
    assert_eq!((&came["message"], &came["table"]), (&json!("came"), &json!("tasks")));
    assert_eq!(came["request"], json!({ "id": "one-7", "method": "GET" }));
    assert_eq!(answered["request"], json!({ "id": "one-7", "method": "GET", "route": "/v0/{base}/{table}" }));
    assert_eq!((&over["message"], over.get("request")), (&json!("over"), None));
    for terminal in [false, true] {
        let written = requested(&Config { format: Format::Text, ..Config::default() }, terminal);
        let [came, answered, over] = written.lines().collect::<Vec<_>>().try_into().unwrap();
        assert!(came.ends_with(" request=one-7 method=GET"), "{came}");
        assert!(answered.ends_with("answered request=one-7 method=GET route=/v0/{base}/{table}"), "{answered}");
        assert!(over.ends_with("over"), "{over}");
        for line in [came, answered, over] {
            assert_eq!(line.contains('\u{1b}'), terminal, "{line}");
        }
    }
}

#[test]
fn a_level_that_is_none_is_named() {
    let config = Config { level: "info,=".to_owned(), ..Config::default() };
    let error = subscriber(&config, false, std::io::sink).err().unwrap();
    assert!(matches!(&error, LogError::Level { level, .. } if level == "info,="), "{error:?}");
}
