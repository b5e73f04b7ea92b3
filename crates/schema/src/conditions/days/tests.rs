use std::sync::Arc;

use clock::Ids;
use model::{Condition, FieldKind, Table};
use query::{Filter, Operand, Term};
use serde_json::json;

use super::*;
use crate::conditions::{condition_filter, kept, read_condition};
use crate::fixture::draft_of;

/// A table with days, points in time of a zone, and points in time without one.
fn table() -> Table {
    let formats =
        |zone: &str| json!({ "dateFormat": { "name": "iso" }, "timeFormat": { "name": "24hour" }, "timeZone": zone });
    let fields = json!([
        { "name": "Name", "type": "singleLineText" },
        { "name": "Points", "type": "number", "options": { "precision": 1 } },
        { "name": "Status", "type": "singleSelect", "options": { "choices": [{ "name": "Open" }] } },
        { "name": "Due", "type": "date", "options": { "dateFormat": { "name": "iso" } } },
        { "name": "At", "type": "dateTime", "options": formats("America/New_York") },
        { "name": "Seen", "type": "dateTime", "options": formats("client") },
    ]);
    let ids = Ids::seeded(1);
    Table::clone(&draft_of(&ids, json!({ "name": "T", "fields": fields })).schema.tables[0])
}

fn time(text: &str) -> Timestamp {
    fields::guess::parse_iso_time(text, &TimeZone::UTC).unwrap()
}

/// The first moment and the first one after, as people write them in UTC.
fn told(table: &Table, now: &str, tree: &Value) -> Result<(String, String), String> {
    let links = |_: &Field, _: Op, _: &Value| -> Result<Filter, ConditionError> { panic!("there are no links") };
    let condition = read_condition(table, tree).map_err(|error| error.to_string())?;
    match condition_filter(table, &condition, time(now), &links) {
        Ok(Filter::Term(Term { value: Operand::Time(range), .. })) => {
            let short = |time: i64| Timestamp(time).iso().replace(":00.000Z", "").replace("T00:00", "");
            Ok((short(range.from), short(range.until)))
        }
        Ok(other) => panic!("{tree}: {other:?}"),
        Err(error) => Err(error.to_string()),
    }
}

#[test]
fn days_are_counted_from_today() {
    let table = table();
    // A Monday, the last day of a month before one of 29 days.
    let now = "2028-01-31T23:30:00Z";
    for (op, mode, first, after) in [
        ("=", "today", "2028-01-31", "2028-02-01"),
        ("<", "tomorrow", "2028-02-01", "2028-02-02"),
        (">=", "yesterday", "2028-01-30", "2028-01-31"),
        ("=", "oneWeekAgo", "2028-01-24", "2028-01-25"),
        ("=", "oneWeekFromNow", "2028-02-07", "2028-02-08"),
        ("=", "oneMonthAgo", "2027-12-31", "2028-01-01"),
        ("=", "oneMonthFromNow", "2028-02-29", "2028-03-01"),
        ("is_within", "pastWeek", "2028-01-24", "2028-02-01"),
        ("is_within", "nextWeek", "2028-01-31", "2028-02-08"),
        ("is_within", "pastMonth", "2027-12-31", "2028-02-01"),
        ("is_within", "nextMonth", "2028-01-31", "2028-03-01"),
        ("is_within", "pastYear", "2027-01-31", "2028-02-01"),
        ("is_within", "nextYear", "2028-01-31", "2029-02-01"),
        ("is_within", "thisCalendarWeek", "2028-01-31", "2028-02-07"),
        ("is_within", "thisCalendarMonth", "2028-01-01", "2028-02-01"),
        ("is_within", "thisCalendarYear", "2028-01-01", "2029-01-01"),
    ] {
        let expected = Ok((first.to_owned(), after.to_owned()));
        for value in [json!(mode), json!({ "mode": mode })] {
            assert_eq!(told(&table, now, &json!({ "field": "Due", "op": op, "value": value })), expected, "{mode}");
        }
    }
    for (op, mode, days, first, after) in [
        ("=", "daysAgo", 0, "2028-01-31", "2028-02-01"),
        ("=", "daysAgo", 31, "2027-12-31", "2028-01-01"),
        ("=", "daysFromNow", 29, "2028-02-29", "2028-03-01"),
        ("is_within", "pastNumberOfDays", 3, "2028-01-28", "2028-02-01"),
        ("is_within", "nextNumberOfDays", 1, "2028-01-31", "2028-02-02"),
        ("is_within", "nextNumberOfDays", 36_500, "2028-01-31", "2128-01-08"),
    ] {
        let tree = json!({ "field": "Due", "op": op, "value": { "mode": mode, "numberOfDays": days } });
        assert_eq!(told(&table, now, &tree), Ok((first.to_owned(), after.to_owned())), "{tree}");
    }
    // The day before, a Sunday, belongs to the week before, unless weeks begin on it.
    for (begins, first, after) in [("Monday", "2028-01-24", "2028-01-31"), ("Sunday", "2028-01-30", "2028-02-06")] {
        let value = json!({ "mode": "thisCalendarWeek", "startDayOfWeek": begins });
        let tree = json!({ "field": "Due", "op": "is_within", "value": value });
        assert_eq!(told(&table, "2028-01-30T12:00:00Z", &tree), Ok((first.to_owned(), after.to_owned())));
    }
}

#[test]
fn a_day_is_one_of_a_time_zone() {
    let table = table();
    let today = |field: &str, now: &str, zone: Value| {
        let mut value = json!({ "mode": "today" });
        if !zone.is_null() {
            value["timeZone"] = zone;
        }
        told(&table, now, &json!({ "field": field, "op": "=", "value": value })).unwrap()
    };
    let between = |first: &str, after: &str| (first.to_owned(), after.to_owned());
    let evening = "2026-03-08T03:00:00Z";
    // Still the seventh in New York; the field of days has it as UTC days all the same.
    assert_eq!(today("At", evening, Value::Null), between("2026-03-07T05:00", "2026-03-08T05:00"));
    assert_eq!(today("Due", evening, json!("America/New_York")), between("2026-03-07", "2026-03-08"));
    assert_eq!(today("Due", evening, Value::Null), between("2026-03-08", "2026-03-09"));
    assert_eq!(today("Seen", evening, Value::Null), between("2026-03-08", "2026-03-09"));
    assert_eq!(today("At", evening, json!("Asia/Tokyo")), between("2026-03-07T15:00", "2026-03-08T15:00"));
    // The clocks go forward: a day of 23 hours, and one of 25.
    assert_eq!(today("At", "2026-03-08T12:00:00Z", Value::Null), between("2026-03-08T05:00", "2026-03-09T04:00"));
    assert_eq!(today("At", "2026-11-01T12:00:00Z", Value::Null), between("2026-11-01T04:00", "2026-11-02T05:00"));
    // In Santiago midnight itself is skipped.
    let santiago = today("Seen", "2026-09-06T12:00:00Z", json!("America/Santiago"));
    assert_eq!(santiago, between("2026-09-06T04:00", "2026-09-07T03:00"));
}

#[test]
fn a_day_that_is_named_is_one_of_the_fields_time_zone() {
    let table = table();
    for (field, value, first, after) in [
        ("At", "2026-11-28", "2026-11-28T05:00", "2026-11-29T05:00"),
        ("At", "2026-03-08", "2026-03-08T05:00", "2026-03-09T04:00"),
        ("Seen", "2026-11-28", "2026-11-28", "2026-11-29"),
        ("Due", "2026-11-28", "2026-11-28", "2026-11-29"),
    ] {
        let tree = json!({ "field": field, "op": "=", "value": value });
        assert_eq!(told(&table, "2026-01-01T00:00:00Z", &tree), Ok((first.to_owned(), after.to_owned())), "{tree}");
    }
}

#[test]
fn what_is_no_day_is_refused_with_what_would_be() {
    let table = table();
    let with = |value: Value| json!({ "field": "Due", "op": "=", "value": value });
    let within = |value: Value| json!({ "field": "Due", "op": "is_within", "value": value });
    for (tree, says) in [
        (with(json!("pastWeek")), "`=` has no days named `pastWeek`: there are today, tomorrow, yesterday"),
        (with(json!("todya")), "cannot be compared: the field holds dates, written 2026-03-01 or"),
        (with(json!({ "mode": "todya" })), "no days named `todya`"),
        (with(json!({ "mode": 1 })), "no days named ``"),
        (with(json!({})), "no days named ``"),
        (
            with(json!({ "mode": "today", "zone": "UTC" })),
            "`zone` is nothing that days have: they have mode, numberOfDays",
        ),
        (with(json!({ "mode": "daysAgo" })), "`daysAgo` needs a whole number from 0 to 36500, not nothing"),
        (with(json!({ "mode": "daysAgo", "numberOfDays": -1 })), "not -1"),
        (with(json!({ "mode": "daysAgo", "numberOfDays": 1.5 })), "not 1.5"),
        (with(json!({ "mode": "daysAgo", "numberOfDays": 36_501 })), "not 36501"),
        (with(json!({ "mode": "today", "numberOfDays": 1 })), "`today` has no number of days"),
        (with(json!({ "mode": "today", "timeZone": "Mars" })), "`Europe/Berlin`, not \"Mars\""),
        (with(json!({ "mode": "today", "timeZone": 1 })), "`Europe/Berlin`, not 1"),
        (within(json!("today")), "`is within` has no days named `today`: there are pastWeek"),
        (
            within(json!({ "mode": "thisCalendarWeek", "startDayOfWeek": "Friday" })),
            "`Monday` or `Sunday`, not \"Friday\"",
        ),
        (within(json!("2026-03-01")), "cannot be compared: the field holds dates"),
        (within(json!(3)), "cannot be compared: the field holds dates"),
        (within(Value::Null), "`value` is missing: `is within` compares `Due` with one"),
        (
            json!({ "field": "Name", "op": "=" }),
            "`value` is missing: `=` compares `Name` with one; for blanks there is",
        ),
        (json!({ "field": "Due", "op": "contains", "value": "today" }), "does not allow `contains`"),
        (json!({ "field": "Points", "op": "is_within", "value": "pastWeek" }), "does not allow `is within`"),
        (json!({ "field": "Name", "op": "is_within", "value": "pastWeek" }), "does not allow `is within`"),
        (json!({ "field": "Status", "op": "is_within", "value": "Open" }), "does not allow `is within`"),
    ] {
        let error = told(&table, "2026-03-01T00:00:00Z", &tree).expect_err(&tree.to_string());
        assert!(error.contains(says), "{tree}: {error}");
        assert!(kept(&table, &tree).is_err(), "{tree} is not kept either");
    }
    let name = json!({ "field": "Name", "op": "=", "value": "today" });
    assert!(kept(&table, &name).is_ok(), "in a text it is a word");
}

#[test]
fn what_is_kept_stays_as_it_was_told() {
    let mut table = table();
    let value = json!({ "mode": "daysFromNow", "numberOfDays": 3, "timeZone": "Europe/Berlin" });
    let condition = kept(&table, &json!({ "field": "Due", "op": "<=", "value": value })).unwrap();
    let Condition::Test(test) = &condition else { panic!("{condition:?}") };
    assert_eq!(test.value, value);
    assert!(crate::holding(&table, &condition).is_some());
    // A field that becomes one of texts has no days any more.
    let due = table.fields.iter_mut().find(|field| field.name == "Due").unwrap();
    Arc::make_mut(due).kind = FieldKind::SingleLineText;
    assert!(crate::holding(&table, &condition).is_none());
}
