use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::{Request, Response};
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use axum::{Extension, Router};
use clock::Clock;
use model::{Actor, Caller, Door, TenantNo, Timestamp, TokenId, UserId};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::airtable::Strict;
use super::fair::{Bucket, Quota};
use super::windows::{Window, Windows};
use super::{RateConfig, RateLimits, limited};

#[test]
fn the_sixth_request_in_a_second_is_punished_for_thirty() {
    let cases: [(&[i64], &str); 7] = [
        (&[0, 1, 2, 3, 4], "yyyyy"),
        (&[0, 0, 0, 0, 0, 0], "yyyyyn"),
        // The window slides: the first is forgotten after a second, not at the next full one.
        (&[0, 900, 900, 900, 900, 999], "yyyyyn"),
        (&[0, 900, 900, 900, 900, 1_000, 1_001], "yyyyyyn"),
        // Refused requests do not prolong the penalty, and it ends to the millisecond.
        (&[0, 0, 0, 0, 0, 500, 15_000, 30_499, 30_500, 30_500, 30_500, 30_500, 30_500, 30_501], "yyyyynnnyyyyyn"),
        // A client that keeps to the limit never meets it.
        (&[0, 200, 400, 600, 800, 1_000, 1_200, 1_400, 1_600, 1_800, 2_000], "yyyyyyyyyyy"),
        // The clock is set back by an hour: nobody is locked out.
        (&[3_600_000, 3_600_000, 3_600_000, 3_600_000, 3_600_000, 3_600_000, 0, 0], "yyyyynyy"),
    ];
    for (times, expected) in cases {
        let mut window = <Strict>::default();
        let admitted: String =
            times.iter().map(|now| if window.admits(5, 1_000_000 + now) { 'y' } else { 'n' }).collect();
        assert_eq!(admitted, expected, "{times:?}");
    }
}

#[test]
fn a_window_may_be_as_long_as_it_needs() {
    let mut window = Strict::<300_000>::default();
    let admitted: Vec<bool> =
        [0, 1, 299_999, 329_998, 329_999, 600_000].map(|now| window.admits(2, 1_000_000 + now)).into();
    assert_eq!(admitted, [true, true, false, false, true, true]);
    assert!(!window.is_over(1_600_001) && window.is_over(1_900_000));
}

/// The rule written down plainly, with everything remembered.
fn naively(seen: &[(i64, bool)], now: i64) -> bool {
    let mut punished_since = None;
    for (at, admitted) in seen {
        if !admitted && punished_since.is_none_or(|since| at - since >= 30_000) {
            punished_since = Some(*at);
        }
    }
    if punished_since.is_some_and(|since| now - since < 30_000) {
        return false;
    }
    seen.iter().filter(|(at, admitted)| *admitted && now - at < 1_000).count() < 5
}

#[test]
fn the_window_does_what_the_rule_says() {
    let mut chance = 7u64;
    for _ in 0..200 {
        let (mut window, mut seen, mut now) = (<Strict>::default(), Vec::new(), 0);
        for _ in 0..120 {
            chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            now += match (chance >> 33) % 10 {
                0 => 29_990 + (chance >> 40) as i64 % 20,
                1..=3 => (chance >> 40) as i64 % 1_100,
                _ => (chance >> 40) as i64 % 300,
            };
            let admits = window.admits(5, now);
            assert_eq!(admits, naively(&seen, now), "{now}: {seen:?}");
            seen.push((now, admits));
        }
    }
}

#[test]
fn a_bucket_gives_its_share_and_fills_by_the_minute() {
    let quota = Quota::new(3).unwrap();
    let mut bucket = Bucket::default();
    let now = 1_000_000;
    let left = |share: super::fair::Share| (share.left, share.wait.map(|wait| wait.as_secs()), share.full_in.as_secs());
    assert_eq!(left(bucket.take(quota, now)), (2, None, 20));
    assert_eq!(left(bucket.take(quota, now)), (1, None, 40));
    assert_eq!(left(bucket.take(quota, now)), (0, None, 60));
    assert_eq!(left(bucket.take(quota, now)), (0, Some(20), 60));
    assert_eq!(left(bucket.take(quota, now + 15_000)), (0, Some(5), 45), "a refused request costs nothing");
    assert_eq!(left(bucket.take(quota, now + 20_000)), (0, None, 60));
    assert_eq!(left(bucket.take(quota, now + 600_000)), (2, None, 20));
    assert_eq!(left(bucket.take(quota, now - 600_000)), (2, None, 20), "the clock was set back");
    assert!(Quota::new(0).is_none());
    assert_eq!(Bucket::default().take(Quota::new(u32::MAX).unwrap(), now).wait, None);
}

#[test]
fn windows_stay_within_their_bound_and_the_oldest_leave() {
    let quota = Quota::new(100).unwrap();
    let mut windows: Windows<usize, Bucket> = Windows::bounded(100);
    for key in 0..1_000 {
        let now = 1_000_000 + key as i64;
        windows.window(key, now).take(quota, now);
        assert!(windows.len() <= 100);
    }
    let newest = windows.window(999, 1_001_000);
    assert_eq!(newest.take(quota, 1_001_000).left, 98, "it was kept");
    // All in one moment.
    for key in 1_000..2_000 {
        windows.window(key, 1_001_000).take(quota, 1_001_000);
        assert!((50..=100).contains(&windows.len()));
    }
    assert!(<Strict>::default().is_over(0) && Bucket::default().is_over(0));
}

const TOKENS: [&str; 2] = ["pat00000000000001", "pat00000000000002"];

fn caller(tenant: i64, user: &str, token: &str) -> Caller {
    let mut caller = Caller::unlimited(Actor::User(user.parse::<UserId>().unwrap()), TenantNo(tenant), Door::PublicApi);
    caller.token = Some(token.parse::<TokenId>().unwrap());
    caller
}

/// Doors behind limits, as the house has them.
struct Doors {
    limits: RateLimits,
    clock: Clock,
}

impl Doors {
    fn new(airtable: bool, requests_per_minute: u32) -> Self {
        let clock = Clock::fixed(Timestamp::from_date(2026, 1, 1));
        Self {
            limits: RateLimits::new(
                &RateConfig { airtable, requests_per_minute, ..RateConfig::default() },
                clock.clone(),
            ),
            clock,
        }
    }

    async fn get(&self, caller: &Caller, path: &str) -> Response<Body> {
        let answer = || async { "here" };
        let router = Router::new()
            .route("/v0/{base}/{table}", get(answer))
            .route("/v0/meta/whoami", get(answer))
            .route("/api/v1/bases/{base}/history", get(answer))
            .route_layer(from_fn_with_state(self.limits.clone(), limited))
            .layer(Extension(caller.clone()));
        router.oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap()
    }

    /// The statuses of so many requests.
    async fn burst(&self, caller: &Caller, path: &str, count: usize) -> Vec<u16> {
        let mut statuses = Vec::new();
        for _ in 0..count {
            statuses.push(self.get(caller, path).await.status().as_u16());
        }
        statuses
    }
}

async fn json_of(response: Response<Body>) -> Value {
    serde_json::from_slice(&to_bytes(response.into_body(), 10_000).await.unwrap()).unwrap()
}

fn header<'r>(response: &'r Response<Body>, name: &str) -> Option<&'r str> {
    response.headers().get(name).map(|value| value.to_str().unwrap())
}

const BASES: [&str; 2] = ["/v0/app00000000000001/T", "/v0/app00000000000002/T"];

#[tokio::test]
async fn airtables_limits_are_those_of_a_base_and_of_a_user() {
    let doors = Doors::new(true, 1);
    let (ann, bob) = (caller(1, "usr00000000000001", TOKENS[0]), caller(1, "usr00000000000002", TOKENS[1]));
    assert_eq!(doors.burst(&ann, BASES[0], 5).await, [200; 5]);
    let refused = doors.get(&bob, BASES[0]).await;
    assert_eq!((refused.status().as_u16(), header(&refused, "retry-after")), (429, None));
    assert_eq!((header(&refused, "ratelimit"), header(&refused, "ratelimit-policy")), (None, None));
    let exact = json!({ "errors": [{
        "error": "RATE_LIMIT_REACHED", "message": "Rate limit exceeded. Please try again later",
    }] });
    assert_eq!(json_of(refused).await, exact);
    assert_eq!(doors.burst(&ann, BASES[1], 2).await, [200; 2], "another base is another window");
    let stranger = caller(2, "usr00000000000003", TOKENS[1]);
    assert_eq!(doors.burst(&stranger, BASES[0], 5).await, [200; 5], "nobody uses up the window of another tenant");
    doors.clock.advance(Duration::from_millis(29_999));
    assert_eq!(doors.burst(&ann, BASES[0], 1).await, [429]);
    doors.clock.advance(Duration::from_millis(1));
    assert_eq!(doors.burst(&ann, BASES[0], 5).await, [200; 5]);

    let doors = Doors::new(true, 0);
    assert_eq!(doors.burst(&ann, "/v0/meta/whoami", 50).await, [200; 50]);
    let other_token = caller(1, "usr00000000000001", TOKENS[1]);
    assert_eq!(doors.burst(&other_token, BASES[0], 1).await, [429], "all tokens of a user count together");
    assert_eq!(doors.burst(&bob, BASES[0], 1).await, [200]);
    doors.clock.advance(Duration::from_secs(30));
    assert_eq!(doors.burst(&ann, BASES[0], 1).await, [200]);
}

#[tokio::test]
async fn a_fair_share_is_told_and_kept() {
    let doors = Doors::new(false, 2);
    let ann = caller(1, "usr00000000000001", TOKENS[0]);
    let answered = doors.get(&ann, BASES[0]).await;
    assert_eq!(header(&answered, "ratelimit-policy"), Some("\"fair-use\";q=2;w=60"));
    assert_eq!(header(&answered, "ratelimit"), Some("\"fair-use\";r=1;t=30"));
    assert_eq!(doors.burst(&ann, BASES[0], 1).await, [200]);
    let refused = doors.get(&ann, BASES[0]).await;
    assert_eq!((refused.status().as_u16(), header(&refused, "retry-after")), (429, Some("30")));
    assert_eq!(header(&refused, "ratelimit"), Some("\"fair-use\";r=0;t=60"));
    assert_eq!(json_of(refused).await["errors"][0]["error"], "RATE_LIMIT_REACHED");
    let elsewhere = doors.burst(&ann, "/api/v1/bases/app00000000000001/history", 1).await;
    assert_eq!(elsewhere, [429], "the base is the same one at every door");
    let refused = doors.get(&ann, "/api/v1/bases/app00000000000001/history").await;
    assert_eq!(header(&refused, "content-type"), Some("application/problem+json"));
    let problem = json_of(refused).await;
    assert_eq!((&problem["code"], &problem["status"]), (&json!("quota-exceeded"), &json!(429)), "{problem}");
    let phone = caller(1, "usr00000000000001", TOKENS[1]);
    assert_eq!(doors.burst(&phone, BASES[0], 1).await, [200], "another token has its own share");
    assert_eq!(doors.burst(&ann, "/v0/meta/whoami", 3).await, [200, 200, 429], "requests without a base have one too");
    doors.clock.advance(Duration::from_secs(30));
    assert_eq!(doors.burst(&ann, BASES[0], 2).await, [200, 429]);
}

#[tokio::test]
async fn what_is_off_says_nothing_and_airtables_limits_end_at_its_door() {
    let ann = caller(1, "usr00000000000001", TOKENS[0]);
    let doors = Doors::new(false, 0);
    let answered = doors.get(&ann, BASES[0]).await;
    assert_eq!((header(&answered, "ratelimit"), header(&answered, "ratelimit-policy")), (None, None));
    assert_eq!(doors.burst(&ann, BASES[0], 100).await, [200; 100]);
    let doors = Doors::new(true, 7);
    let ours = doors.burst(&ann, "/api/v1/bases/app00000000000001/history", 8).await;
    assert_eq!(ours, [200, 200, 200, 200, 200, 200, 200, 429]);
    // What cannot be an id is no base: it makes no window of its own.
    assert_eq!(doors.burst(&ann, "/v0/nonsense/T", 9).await, [200; 9]);
}
