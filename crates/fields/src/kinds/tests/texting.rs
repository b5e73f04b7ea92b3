use jiff::tz::TimeZone;
use model::{CellRef, FieldKind, FormulaType, Timestamp};
use serde_json::json;

use super::{created, date, formula, kind, link, multi, single};
use crate::field_type::Texting;
use crate::plain::plain_cell;
use crate::table::text_cell;

fn text(kind: &FieldKind, cell: CellRef<'_>, cx: &Texting) -> String {
    let mut out = String::new();
    text_cell(kind, cell, cx, &mut out);
    out
}

#[test]
fn numbers_with_fixed_decimals() {
    let number = |precision: u8| kind("number", &json!({ "precision": precision }));
    let percent = |precision: u8| kind("percent", &json!({ "precision": precision }));
    let money = |symbol: &str| kind("currency", &json!({"precision": 2, "symbol": symbol}));
    for (kind, value, expected) in [
        (number(0), 2.5, "3"),
        (number(0), -2.5, "-3"),
        (number(2), 1.0, "1.00"),
        (number(2), -0.001, "0.00"),
        (number(1), 0.25, "0.3"),
        (number(0), 1e20, "100000000000000000000"),
        (percent(1), 0.123, "12.3%"),
        (percent(0), 0.285, "29%"),
        (percent(0), -1.0, "-100%"),
        (money("$"), 1.5, "$1.50"),
        (money("$"), -1.5, "-$1.50"),
        (money("\u{20ac}"), -0.001, "\u{20ac}0.00"),
        (FieldKind::AutoNumber, 12.0, "12"),
        (formula(FormulaType::Number), 0.1, "0.1"),
        (formula(FormulaType::Number), f64::NEG_INFINITY, "-Infinity"),
    ] {
        assert_eq!(text(&kind, CellRef::Number(value), &Texting::default()), expected, "{kind:?} {value}");
    }
}

#[test]
fn durations_in_their_format() {
    for (format, seconds, expected) in [
        ("h:mm", 5_400.0, "1:30"),
        ("h:mm", -90.0, "-0:02"),
        ("h:mm", 0.0, "0:00"),
        ("h:mm", -0.4, "0:00"),
        ("h:mm:ss", 3_661.0, "1:01:01"),
        ("h:mm:ss", 59.6, "0:01:00"),
        ("h:mm:ss.S", 1.25, "0:00:01.3"),
        ("h:mm:ss.SSS", 360_000.007, "100:00:00.007"),
    ] {
        let kind = kind("duration", &json!({ "durationFormat": format }));
        assert_eq!(text(&kind, CellRef::Number(seconds), &Texting::default()), expected, "{format} {seconds}");
        // However large, it is shown.
        assert!(!text(&kind, CellRef::Number(f64::MAX), &Texting::default()).is_empty());
    }
}

#[test]
fn days_in_their_format_and_locale() {
    let day = CellRef::Time(Timestamp::from_date(2024, 3, 7).0);
    for (name, locale, expected) in [
        ("iso", "en-us", "2024-03-07"),
        ("us", "de", "3/7/2024"),
        ("european", "en-us", "7/3/2024"),
        ("friendly", "EN-us", "March 7, 2024"),
        ("friendly", "en-gb", "7 March 2024"),
        ("local", "en", "3/7/2024"),
        ("local", "en-ie", "7/3/2024"),
        ("local", "de-at", "7.3.2024"),
        ("local", "ja", "2024/3/7"),
        ("local", "nl", "7-3-2024"),
        ("local", "sv", "2024-3-7"),
    ] {
        let kind = kind("date", &json!({"dateFormat": {"name": name}}));
        // A day is the same in every zone.
        let cx = Texting { locale: locale.to_owned(), time_zone: TimeZone::get("Pacific/Auckland").unwrap() };
        assert_eq!(text(&kind, day, &cx), expected, "{name} {locale}");
    }
}

#[test]
fn points_in_time_in_the_zone_of_the_field_or_the_client() {
    let cx = Texting { time_zone: TimeZone::get("America/New_York").unwrap(), ..Texting::default() };
    let time = CellRef::Time(Timestamp::from_date(2024, 7, 1).0 + 30 * 60_000_000);
    let with = |zone: &str, clock: &str| {
        let options = json!({"dateFormat": {"name": "iso"}, "timeFormat": {"name": clock}, "timeZone": zone});
        kind("dateTime", &options)
    };
    for (kind, expected) in [
        (with("utc", "12hour"), "2024-07-01 12:30am"),
        (with("utc", "24hour"), "2024-07-01 00:30"),
        (with("client", "12hour"), "2024-06-30 8:30pm"),
        (with("Europe/Berlin", "24hour"), "2024-07-01 02:30"),
        (created(false), "6/30/2024 8:30pm"),
        (created(true), "7/1/2024"),
        (formula(FormulaType::DateTime), "2024-07-01 00:30"),
        (formula(FormulaType::Date), "2024-07-01"),
    ] {
        assert_eq!(text(&kind, time, &cx), expected, "{kind:?}");
    }
}

#[test]
fn text_and_plain_of_the_others() {
    let checkbox = kind("checkbox", &json!({"icon": "check", "color": "redBright"}));
    let rating = kind("rating", &json!({"icon": "dot", "color": "redBright", "max": 3}));
    let day = CellRef::Time(Timestamp::from_date(2024, 3, 7).0);
    for (kind, cell, seen, plain) in [
        (FieldKind::Url, CellRef::Text("https://a.b"), "https://a.b", "https://a.b"),
        (checkbox.clone(), CellRef::Flag(true), "checked", "true"),
        (checkbox, CellRef::Flag(false), "", ""),
        (single(&["A, B"]), CellRef::Choice(1), "A, B", "A, B"),
        (multi(&["A", "B, C"]), CellRef::Choices(&[2, 9, 1]), "\"B, C\", A", "\"B, C\", A"),
        (kind("number", &json!({"precision": 1})), CellRef::Number(1.25), "1.3", "1.25"),
        (kind("percent", &json!({"precision": 0})), CellRef::Number(0.5), "50%", "0.5"),
        (kind("duration", &json!({"durationFormat": "h:mm"})), CellRef::Number(90.0), "0:02", "90"),
        (rating, CellRef::Number(3.0), "3", "3"),
        (date(), day, "2024-03-07", "2024-03-07"),
        (created(false), day, "3/7/2024 12:00am", "2024-03-07T00:00:00.000Z"),
        (link(), CellRef::Links(&[1]), "", ""),
        (date(), CellRef::Empty, "", ""),
    ] {
        assert_eq!(text(&kind, cell, &Texting::default()), seen, "{kind:?}");
        let mut out = String::new();
        plain_cell(&kind, cell, &mut out);
        assert_eq!(out, plain, "{kind:?}");
    }
}
