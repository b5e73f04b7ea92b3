use std::time::Duration;

use model::Timestamp;

use super::Clock;

#[test]
fn a_fixed_clock_moves_only_when_told_and_with_its_copies() {
    let clock = Clock::fixed(Timestamp(1_500));
    let copy = clock.clone();
    assert_eq!(clock.now(), Timestamp(1_000));
    copy.advance(Duration::from_secs(2));
    assert_eq!(clock.now(), Timestamp(2_001_000));
}

#[test]
fn the_system_clock_tells_whole_milliseconds() {
    let now = Clock::system().now();
    assert_eq!(now.0 % 1_000, 0);
    assert!(now > Timestamp::from_date(2020, 1, 1));
}
