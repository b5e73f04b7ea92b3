use std::io::Write;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tracing::field::Empty;

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

#[test]
fn lines_tell_the_fields_of_their_span() {
    let sink = Sink::default();
    let writer = sink.clone();
    let config = Config { format: Format::Json, ..Config::default() };
    tracing::subscriber::with_default(subscriber(&config, false, move || writer.clone()).unwrap(), || {
        let (id, said) = ("a \"b\"\n", Some(1));
        let request = tracing::info_span!(
            "request",
            id,
            count = -2,
            tries = 3_u64,
            share = 0.5,
            done = true,
            ?said,
            route = Empty
        );
        request.record("route", "/v0/{base}");
        request.in_scope(|| tracing::info!("answered"));
        let bare = tracing::info_span!("bare", route = Empty, other = Empty);
        bare.in_scope(|| tracing::info!("begun"));
        bare.record("route", "/livez");
        bare.record("other", f64::NAN);
        bare.in_scope(|| tracing::info!("answered"));
    });
    let bytes = sink.0.lock().unwrap().clone();
    let spans = str::from_utf8(&bytes).unwrap().lines();
    let spans: Vec<Value> = spans.map(|line| serde_json::from_str::<Value>(line).unwrap()["span"].clone()).collect();
    let request = json!({
        "name": "request", "id": "a \"b\"\n", "count": -2, "tries": 3, "share": 0.5, "done": true, "said": "Some(1)",
        "route": "/v0/{base}",
    });
    let answered = json!({ "name": "bare", "route": "/livez", "other": null });
    assert_eq!(spans, [request, json!({ "name": "bare" }), answered]);
}

#[test]
fn a_level_that_is_none_is_named() {
    let config = Config { level: "info,=".to_owned(), ..Config::default() };
    let error = subscriber(&config, false, std::io::sink).err().unwrap();
    assert!(matches!(&error, LogError::Level { level, .. } if level == "info,="), "{error:?}");
}
