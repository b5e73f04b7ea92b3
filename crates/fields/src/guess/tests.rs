use jiff::tz::TimeZone;
use model::Timestamp;

use super::*;

#[test]
fn numbers() {
    use DecimalStyle::{Comma, Point};
    for (text, style, expected) in [
        ("1,234.5", Point, Some(1234.5)),
        ("1.234,5", Comma, Some(1234.5)),
        ("1.234,5", Point, None),
        ("1,234.5", Comma, None),
        (" 12 ", Point, Some(12.0)),
        ("-3", Point, Some(-3.0)),
        ("\u{2212}3", Point, Some(-3.0)),
        ("+.5", Point, Some(0.5)),
        ("5.", Point, Some(5.0)),
        ("2e5", Point, Some(2e5)),
        ("2.5E-3", Point, Some(0.0025)),
        ("(12.50)", Point, Some(-12.5)),
        ("1 234 567", Point, Some(1_234_567.0)),
        ("1\u{202f}234,5", Comma, Some(1234.5)),
        ("1'234'567.8", Point, Some(1_234_567.8)),
        ("12,34,567", Point, Some(1_234_567.0)),
        ("1,23", Point, None),
        ("1234,567", Point, None),
        ("1,234,56", Point, None),
        ("1,234 567", Point, None),
        ("1.2.3", Point, None),
        ("--3", Point, None),
        ("-(3)", Point, None),
        ("", Point, None),
        ("-", Point, None),
        (".", Point, None),
        ("e5", Point, None),
        ("1e", Point, None),
        ("1e999", Point, None),
        ("inf", Point, None),
        ("NaN", Point, None),
        ("0x10", Point, None),
        ("12 km", Point, None),
    ] {
        assert_eq!(parse_number(text, style), expected, "{text} {style:?}");
    }
}

#[test]
fn percentages() {
    for (text, expected) in [
        ("45%", Some(0.45)),
        ("12.3 %", Some(0.123)),
        ("-5%", Some(-0.05)),
        ("0.5", Some(0.5)),
        ("%", None),
        ("a%", None),
    ] {
        assert_eq!(parse_percent(text, DecimalStyle::Point), expected, "{text}");
    }
}

#[test]
fn amounts() {
    for (text, symbol, expected) in [
        ("$3", "$", Some(3.0)),
        ("-$1,234.50", "$", Some(-1234.5)),
        ("$-5", "$", Some(-5.0)),
        ("($5.25)", "$", Some(-5.25)),
        ("12 \u{20ac}", "$", Some(12.0)),
        ("DM 7", "DM", Some(7.0)),
        ("1.50", "\u{a3}", Some(1.5)),
        ("CHF 20", "", Some(20.0)),
        ("$", "$", None),
        ("5 apples", "$", None),
        ("+$5", "$", Some(5.0)),
        ("--5", "$", None),
        ("-$-5", "$", None),
        ("-(5)", "$", None),
    ] {
        assert_eq!(parse_currency(text, symbol, DecimalStyle::Point), expected, "{text}");
    }
    for (text, expected) in [("45%", Some(0.45)), ("$45", Some(45.0)), ("45", Some(45.0)), ("$45%", None)] {
        assert_eq!(parse_amount(text, "", DecimalStyle::Point), expected, "{text}");
    }
    assert_eq!(currency_sign("-\u{20ac}5"), Some("\u{20ac}"));
    assert_eq!(currency_sign("(US$ 5)"), Some("US$"));
    assert_eq!(currency_sign("5"), None);
}

#[test]
fn durations() {
    for (text, format, expected) in [
        ("1:30", "h:mm", Some(5_400.0)),
        ("1:30", "h:mm:ss", Some(90.0)),
        ("1:30:05.5", "h:mm:ss.S", Some(5_405.5)),
        ("-0:45", "h:mm", Some(-2_700.0)),
        ("100:00", "h:mm", Some(360_000.0)),
        ("90", "h:mm", Some(90.0)),
        ("1h 30m", "h:mm", Some(5_400.0)),
        ("2 hours, 5 sec", "h:mm", Some(7_205.0)),
        ("1.5h", "h:mm", Some(5_400.0)),
        ("1:75", "h:mm", None),
        ("1:2:3:4", "h:mm", None),
        (":30", "h:mm", None),
        ("--5", "h:mm", None),
        ("5 apples", "h:mm", None),
        ("", "h:mm", None),
    ] {
        assert_eq!(parse_duration(text, format), expected, "{text} {format}");
    }
}

#[test]
fn days() {
    use DateOrder::{DayFirst, MonthFirst, YearFirst};
    let day = |year, month, day| Some(Timestamp::from_date(year, month, day));
    for (text, order, expected) in [
        ("2024-02-29", MonthFirst, day(2024, 2, 29)),
        ("2023-02-29", MonthFirst, None),
        ("2024/1/5", DayFirst, day(2024, 1, 5)),
        ("1/5/2024", MonthFirst, day(2024, 1, 5)),
        ("1/5/2024", DayFirst, day(2024, 5, 1)),
        ("13/5/2024", MonthFirst, None),
        ("31.12.24", DayFirst, day(2024, 12, 31)),
        ("31. 12. 1999", DayFirst, day(1999, 12, 31)),
        ("24-12-31", YearFirst, day(2024, 12, 31)),
        ("2/17/69", MonthFirst, day(1969, 2, 17)),
        ("2/17/68", MonthFirst, day(2068, 2, 17)),
        ("Jan 5, 2020", MonthFirst, day(2020, 1, 5)),
        ("January 5th, 2020", DayFirst, day(2020, 1, 5)),
        ("5-Sep-20", MonthFirst, day(2020, 9, 5)),
        ("05SEPT2020", MonthFirst, day(2020, 9, 5)),
        ("Wed, 22nd January 2020", MonthFirst, day(2020, 1, 22)),
        ("2020 March 3", MonthFirst, day(2020, 3, 3)),
        ("1/5-2024", MonthFirst, None),
        ("1//5/2024", MonthFirst, None),
        ("1/5/2024/", MonthFirst, None),
        ("-1/5/2024", MonthFirst, None),
        ("1/5", MonthFirst, None),
        ("May 2024", MonthFirst, None),
        ("1/5/2024 x", MonthFirst, None),
        ("1/5/124", MonthFirst, None),
        ("20240105", MonthFirst, None),
        ("12.50", DayFirst, None),
        ("May May 5 2020", MonthFirst, None),
        ("", MonthFirst, None),
        ("Monday", MonthFirst, None),
    ] {
        assert_eq!(parse_date(text, order), expected, "{text} {order:?}");
    }
}

#[test]
fn points_in_time() {
    let berlin = TimeZone::get("Europe/Berlin").unwrap();
    for (text, expected) in [
        ("2024-01-15T10:30:00.123Z", Some("2024-01-15T10:30:00.123Z")),
        ("2024-01-15T10:30:00.123987+02:00", Some("2024-01-15T08:30:00.123Z")),
        ("2024-01-15T10:30-0530", Some("2024-01-15T16:00:00.000Z")),
        ("2024-01-15 10:30", Some("2024-01-15T09:30:00.000Z")),
        ("2024-07-15", Some("2024-07-14T22:00:00.000Z")),
        // A time that the change of clocks skips, and one that comes twice.
        ("2024-03-31T02:30:00", Some("2024-03-31T01:30:00.000Z")),
        ("2024-10-27T02:30:00", Some("2024-10-27T00:30:00.000Z")),
        ("1/15/2024 3:04 pm", Some("2024-01-15T14:04:00.000Z")),
        ("1/15/2024, 12:00:05am UTC", Some("2024-01-15T00:00:05.000Z")),
        ("Jan 15, 2024 9:05", Some("2024-01-15T08:05:00.000Z")),
        ("1/15/2024 3pm", Some("2024-01-15T14:00:00.000Z")),
        ("Jan 15, 2024, 12 a.m.", Some("2024-01-14T23:00:00.000Z")),
        ("1/15/2024 15", None),
        ("1/15/2024 15 pm", None),
        ("3pm", None),
        ("Mon Jan 15 2024 10:00:00 GMT+0100 (Central European Time)", Some("2024-01-15T09:00:00.000Z")),
        ("2024-01-15T24:00:00Z", Some("2024-01-16T00:00:00.000Z")),
        ("2024-01-15T24:01:00Z", None),
        ("2024-01-15T10:60:00Z", None),
        ("1/15/2024 13:00 pm", None),
        ("10:30", None),
        ("2024-01-15T", None),
        ("0000-01-01T00:00:00+01:00", None),
    ] {
        let found = parse_datetime(text, DateOrder::MonthFirst, &berlin).map(Timestamp::iso);
        assert_eq!(found.as_deref(), expected, "{text}");
    }
}

#[test]
fn iso_is_strict() {
    for text in
        ["1/15/2024", " 2024-01-15", "2024-1-15", "2024-01-15T1:00", "2024-01-15T10:00 pm", "2024-01-15T10:00+1"]
    {
        assert_eq!(parse_iso_time(text, &TimeZone::UTC), None, "{text}");
    }
    assert_eq!(parse_iso_day("2024-01-15T00:00:00.000Z"), None);
    assert_eq!(parse_iso_day("2024-01-15"), Some(Timestamp::from_date(2024, 1, 15)));
    assert_eq!(parse_iso_day("２024-01-15"), None);
}

#[test]
fn a_day_is_read_in_the_order_that_is_wanted_else_in_the_one_that_fits() {
    use DateOrder::{DayFirst, MonthFirst, YearFirst};
    let day = Some(Timestamp::from_date(2024, 12, 31));
    for text in ["31/12/2024", "12/31/2024", "2024-12-31T23:59:00-05:00", "31.12.2024 23:15", "31 Dec 2024 11 pm"] {
        for order in [MonthFirst, DayFirst, YearFirst] {
            assert_eq!(parse_any_day(text, order), day, "{text} {order:?}");
        }
    }
    let days = [(MonthFirst, (2003, 1, 2)), (DayFirst, (2003, 2, 1)), (YearFirst, (2001, 2, 3))];
    for (order, (year, month, day)) in days {
        let found = parse_any_day("01-02-03", order);
        assert_eq!(found, Some(Timestamp::from_date(year, month, day)), "{order:?}");
        let found = parse_any_time("01-02-03 9am", order, &TimeZone::UTC);
        assert_eq!(found.map(Timestamp::day), Some(Timestamp::from_date(year, month, day)), "{order:?}");
    }
}

#[test]
fn checkboxes() {
    for (text, expected) in [
        ("TRUE", Some(true)),
        (" yes ", Some(true)),
        ("1", Some(true)),
        ("checked", Some(true)),
        ("\u{2713}", Some(true)),
        ("No", Some(false)),
        ("0", Some(false)),
        ("unchecked", Some(false)),
        ("", None),
        ("maybe", None),
    ] {
        assert_eq!(parse_checkbox(text), expected, "{text}");
    }
}

#[test]
fn contacts() {
    for (text, email, url, phone) in [
        ("ann@example.com", true, false, false),
        ("a.b+c@sub.example.org", true, false, false),
        ("ann@localhost", false, false, false),
        ("ann@@example.com", false, false, false),
        ("a b@example.com", false, false, false),
        ("@example.com", false, false, false),
        ("https://example.com/a?b=c#d", false, true, false),
        ("http://localhost:8080", false, true, false),
        ("HTTPS://EXAMPLE.COM", false, true, false),
        ("www.example.com", false, true, false),
        ("mailto:ann@example.com", false, true, false),
        ("https://", false, false, false),
        ("javascript://x.y", false, false, false),
        ("https://a b.com", false, false, false),
        ("example.com", false, false, false),
        ("+49 30 123456", false, false, true),
        ("+491701234567", false, false, true),
        ("(555) 123-4567", false, false, true),
        ("555-123-4567", false, false, true),
        ("5551234567", false, false, false),
        ("1,234,567", false, false, false),
        ("12345.678", false, false, false),
        ("2024-01-15", false, false, false),
        ("1/15/2024", false, false, false),
        ("+1 +2 3456789", false, false, false),
        ("12-34", false, false, false),
    ] {
        assert_eq!((is_email(text), is_url(text), is_phone(text)), (email, url, phone), "{text}");
    }
}
