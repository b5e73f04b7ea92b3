use std::time::Duration;

use super::Metrics;
use crate::{Exchange, Request, UNMATCHED};

#[test]
fn requests_are_counted_by_route_and_status_only() {
    let (recorder, metrics) = Metrics::recorder().unwrap();
    metrics::with_local_recorder(&recorder, || {
        for (method, route, status) in [
            ("GET", Some("/v0/{base}/{table}"), 200),
            ("GET", Some("/v0/{base}/{table}"), 200),
            ("POST", Some("/v0/{base}/{table}"), 422),
            ("BREW", None, 404),
        ] {
            let method = Request::new(String::new(), method).method();
            Exchange { method, route, status, took: Duration::from_millis(3) }.record();
        }
    });
    let text = metrics.render();
    let line = |labels: &str, count: u32| {
        let line = format!("http_requests{{{labels}}} {count}");
        assert!(text.contains(&line), "no `{line}` in\n{text}");
    };
    line(r#"method="GET",route="/v0/{base}/{table}",status="200""#, 2);
    line(r#"method="POST",route="/v0/{base}/{table}",status="422""#, 1);
    line(&format!(r#"method="other",route="{UNMATCHED}",status="404""#), 1);
    assert!(
        text.contains(r#"http_request_seconds_bucket{method="GET",route="/v0/{base}/{table}",le="0.005"} 2"#),
        "{text}"
    );
    assert!(
        text.contains(r#"http_request_seconds_bucket{method="GET",route="/v0/{base}/{table}",le="0.0025"} 0"#),
        "{text}"
    );
}
