use std::time::Duration;

use clock::Clock;
use model::{ShareId, Timestamp};

use super::Visits;
use crate::error::{ApiError as _, Kind};
use crate::rate::RateConfig;
use crate::serve::Peer;

fn visits(of_visitor: u32, of_link: u32) -> (Visits, Clock) {
    let clock = Clock::fixed(Timestamp::from_date(2026, 1, 1));
    let config = RateConfig { visits_per_minute: of_visitor, link_visits_per_minute: of_link, ..RateConfig::default() };
    (Visits::new(&config, clock.clone()), clock)
}

fn peer(address: &str) -> Peer {
    Peer(address.parse().unwrap())
}

#[test]
fn each_visitor_has_a_share_of_its_own() {
    let (visits, clock) = visits(2, 0);
    let (ann, bob) = (peer("192.0.2.1:1000"), peer("192.0.2.2:1000"));
    assert!(visits.by(ann).is_ok() && visits.by(peer("192.0.2.1:2000")).is_ok(), "whatever the port");
    let refused = visits.by(ann).unwrap_err();
    assert_eq!((refused.kind(), refused.retry_after()), (Kind::Limited, Some(Duration::from_secs(30))));
    assert!(refused.to_string().contains("more than 2 requests a minute by this visitor"), "{refused}");
    assert!(visits.by(peer("[::ffff:192.0.2.1]:1000")).is_err(), "the same address in other words");
    assert!(visits.by(bob).is_ok());
    clock.advance(Duration::from_secs(30));
    assert!(visits.by(ann).is_ok() && visits.by(ann).is_err());
}

#[test]
fn a_network_of_the_newer_kind_is_one_visitor() {
    let (visits, _) = visits(1, 0);
    assert!(visits.by(peer("[2001:db8:0:1::1]:1000")).is_ok());
    assert!(visits.by(peer("[2001:db8:0:1:ffff::2]:1000")).is_err());
    assert!(visits.by(peer("[2001:db8:0:2::1]:1000")).is_ok());
}

#[test]
fn a_link_has_a_share_and_zero_is_any_number() {
    let (visits, _) = visits(0, 1);
    let (one, other): (ShareId, ShareId) = ("shr00000000000001".parse().unwrap(), "shr00000000000002".parse().unwrap());
    assert!(visits.to(one).is_ok());
    assert!(visits.to(one).unwrap_err().to_string().contains("to this link"));
    assert!(visits.to(other).is_ok());
    assert!((0..1_000).all(|_| visits.by(peer("192.0.2.1:1000")).is_ok()));
}
