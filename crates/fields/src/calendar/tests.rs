use jiff::tz::TimeZone;
use model::Timestamp;
use proptest::prelude::*;

use super::{date_format, from_local, push_day, push_time_of_day, time_format, to_local, zone_of};
use crate::guess::parse_iso_time;

const MINUTE: i64 = 60_000_000;

fn at(year: i64, month: i64, day: i64, hour: i64, minute: i64) -> Timestamp {
    Timestamp(Timestamp::from_date(year, month, day).0 + (hour * 60 + minute) * MINUTE)
}

fn zone(name: &str) -> TimeZone {
    zone_of(name, &TimeZone::UTC)
}

#[test]
fn formats_are_known_by_name() {
    for (name, format) in
        [("local", "l"), ("friendly", "LL"), ("us", "M/D/YYYY"), ("european", "D/M/YYYY"), ("iso", "YYYY-MM-DD")]
    {
        assert_eq!(date_format(name).unwrap().format, format);
    }
    assert_eq!(time_format("12hour").unwrap().format, "h:mma");
    assert_eq!(time_format("24hour").unwrap().format, "HH:mm");
    assert!(date_format("ISO").is_none() && time_format("").is_none());
}

#[test]
fn days_are_shown_as_their_format_and_place_say() {
    let day = Timestamp::from_date(2024, 2, 9);
    for (format, locale, expected) in [
        ("iso", "en", "2024-02-09"),
        ("us", "de", "2/9/2024"),
        ("european", "en", "9/2/2024"),
        ("friendly", "en", "February 9, 2024"),
        ("friendly", "en-US", "February 9, 2024"),
        ("friendly", "en-GB", "9 February 2024"),
        ("local", "", "2/9/2024"),
        ("local", "en_US", "2/9/2024"),
        ("local", "en-GB", "9/2/2024"),
        ("local", "en-CA", "2024-2-9"),
        ("local", "fr", "9/2/2024"),
        ("local", "de-AT", "9.2.2024"),
        ("local", "nl", "9-2-2024"),
        ("local", "ja", "2024/2/9"),
        ("local", "hu", "2024.2.9"),
        ("local", "sv", "2024-2-9"),
    ] {
        let mut out = String::new();
        push_day(&date_format(format).unwrap(), day, locale, &mut out);
        assert_eq!(out, expected, "{format} in {locale}");
    }
}

#[test]
fn times_of_day_are_shown_by_either_clock() {
    for (hour, minute, twelve, twenty_four) in [
        (0, 0, "12:00am", "00:00"),
        (0, 5, "12:05am", "00:05"),
        (9, 30, "9:30am", "09:30"),
        (12, 0, "12:00pm", "12:00"),
        (13, 1, "1:01pm", "13:01"),
        (23, 59, "11:59pm", "23:59"),
    ] {
        let time = at(1969, 7, 20, hour, minute);
        for (format, expected) in [("12hour", twelve), ("24hour", twenty_four)] {
            let mut out = String::new();
            push_time_of_day(&time_format(format).unwrap(), time, &mut out);
            assert_eq!(out, expected);
        }
    }
}

/// On 2024-03-31 the clocks of Berlin went from 2:00 to 3:00, on 2024-10-27 from 3:00 back to 2:00.
#[test]
fn clock_changes_neither_lose_nor_invent_a_time() {
    let berlin = zone("Europe/Berlin");
    let there = |local: Timestamp| from_local(&berlin, local).unwrap();
    assert_eq!(there(at(2024, 3, 31, 1, 59)), at(2024, 3, 31, 0, 59));
    assert_eq!(there(at(2024, 3, 31, 2, 30)), at(2024, 3, 31, 1, 30), "a skipped time is moved by the gap");
    assert_eq!(there(at(2024, 3, 31, 3, 30)), at(2024, 3, 31, 1, 30));
    assert_eq!(there(at(2024, 10, 27, 2, 30)), at(2024, 10, 27, 0, 30), "of a time that comes twice the first");
    assert_eq!(to_local(&berlin, at(2024, 10, 27, 0, 30)), at(2024, 10, 27, 2, 30));
    assert_eq!(to_local(&berlin, at(2024, 10, 27, 1, 30)), at(2024, 10, 27, 2, 30));
}

#[test]
fn zones_fall_back_to_what_is_known() {
    let tokyo = zone("Asia/Tokyo");
    assert_eq!(zone_of("utc", &tokyo), TimeZone::UTC);
    assert_eq!(zone_of("client", &tokyo), tokyo);
    assert_eq!(zone_of("Nowhere/Land", &tokyo), TimeZone::UTC);
    assert_eq!(from_local(&tokyo, Timestamp::from_date(99_999, 1, 1)), None, "no calendar goes so far");
    let far = Timestamp(i64::MAX);
    assert_eq!(to_local(&tokyo, far), far);
}

proptest! {
    #[test]
    fn what_a_clock_shows_leads_back(minutes in -20_000_000i64..40_000_000, name in prop::sample::select(&["Asia/Tokyo", "Asia/Kolkata", "America/Phoenix", "utc"][..])) {
        let (zone, time) = (zone(name), Timestamp(minutes * MINUTE));
        // Zones without clock changes since 1970: every time of theirs comes once.
        if time.0 > Timestamp::from_date(1970, 1, 2).0 {
            prop_assert_eq!(from_local(&zone, to_local(&zone, time)), Some(time));
        }
    }
}

#[test]
fn clocks_run_on_to_the_end_of_the_last_year() {
    for (zone, time, shown) in [
        ("America/New_York", "9999-12-31T05:00:00.000Z", "9999-12-31T00:00:00.000Z"),
        ("America/New_York", "9999-12-31T04:30:00.000Z", "9999-12-30T23:30:00.000Z"),
        ("Asia/Tokyo", "9999-12-30T23:30:00.000Z", "9999-12-31T08:30:00.000Z"),
        ("Asia/Tokyo", "9999-12-31T14:59:00.000Z", "9999-12-31T23:59:00.000Z"),
    ] {
        let zone = TimeZone::get(zone).unwrap();
        let time = parse_iso_time(time, &TimeZone::UTC).unwrap();
        assert_eq!(to_local(&zone, time).iso(), shown);
        assert_eq!(from_local(&zone, to_local(&zone, time)), Some(time));
    }
}
