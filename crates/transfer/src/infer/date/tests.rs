use fields::guess::{parse_any_day, parse_any_time};
use jiff::tz::TimeZone;
use model::Timestamp;
use proptest::prelude::*;

use super::{DateOrder, Moment, parse};

use DateOrder::{Dmy, Mdy, Ymd};

fn micros(year: i64, month: i64, day: i64) -> i64 {
    Timestamp::from_date(year, month, day).0
}

fn read(text: &str, order: DateOrder) -> Option<i64> {
    parse(text, order).map(|moment| moment.micros)
}

const MINUTE: i64 = 60_000_000;

#[test]
fn dates_are_read_in_their_order() {
    let (second_of_march, third_of_february) = (micros(2021, 3, 2), micros(2021, 2, 3));
    let cases = [
        ("2021-03-02", Dmy, Some(second_of_march)),
        ("2021/03/02", Mdy, Some(second_of_march)),
        ("2021.3.2", Ymd, Some(second_of_march)),
        ("02.03.2021", Dmy, Some(second_of_march)),
        ("02.03.2021", Mdy, Some(third_of_february)),
        ("02.03.2021", Ymd, None),
        ("2/3/21", Dmy, Some(second_of_march)),
        ("2/3/21", Mdy, Some(third_of_february)),
        ("21/03/02", Ymd, Some(second_of_march)),
        ("2 March 2021", Mdy, Some(second_of_march)),
        ("2nd March 2021", Mdy, Some(second_of_march)),
        ("March 2, 2021", Dmy, Some(second_of_march)),
        ("Mar 2 2021", Dmy, Some(second_of_march)),
        ("02-MAR-2021", Mdy, Some(second_of_march)),
        ("Tue, 2 Mar 2021", Dmy, Some(second_of_march)),
        ("Tuesday 2 March 2021", Dmy, Some(second_of_march)),
        ("2 Sept 2021", Dmy, Some(micros(2021, 9, 2))),
        ("1 may 2021", Dmy, Some(micros(2021, 5, 1))),
    ];
    for (text, order, expected) in cases {
        assert_eq!(read(text, order), expected, "{text} as {order}");
    }
}

#[test]
fn two_digits_of_a_year_are_1969_to_2068() {
    for (text, year) in [("01.01.00", 2000), ("01.01.68", 2068), ("01.01.69", 1969), ("01.01.99", 1999)] {
        let moment = parse(text, Dmy).unwrap();
        assert_eq!((moment.micros, moment.short_year), (micros(year, 1, 1), true), "{text}");
    }
}

#[test]
fn other_texts_are_no_dates() {
    let cases = [
        "",
        "2021",
        "2021-13-01",
        "2021-02-30",
        "2021-00-10",
        "31.04.2021",
        "32.01.2021",
        "1.2.3.4",
        "12-05",
        "10:30",
        "2021-03",
        "March 2021",
        "2 Marz 2021",
        "2021-03-02x",
        "2021-03-02T",
        "2021-03-02 25:00",
        "2021-03-02 10:61",
        "2021-03-02 10:30:61",
        "2021-03-02 13:00 pm",
        "2021-03-02 0:30 am",
        "202-1-3-2",
        "12345-01-02",
        "1/2-2021",
        "2021--03-02",
        "gamma0@example.com",
        "https://example.com/2021/03/02",
        "555-123-4567",
        "192.168.1.10",
        "a very long text that holds 2021-03-02 in it",
    ];
    for text in cases {
        for order in DateOrder::ALL {
            assert_eq!(read(text, order), None, "{text} as {order}");
        }
    }
    assert_eq!(read("29.02.2021", Dmy), None);
    assert_eq!(read("29.02.2024", Dmy), Some(micros(2024, 2, 29)));
}

#[test]
fn times_and_zones_are_read() {
    let day = micros(2021, 3, 2);
    let cases = [
        ("2021-03-02T10:30", 630 * MINUTE, false),
        ("2021-03-02 10:30:15", 630 * MINUTE + 15_000_000, false),
        ("2021-03-02 10:30:15.25", 630 * MINUTE + 15_250_000, false),
        ("2021-03-02T10:30:00Z", 630 * MINUTE, true),
        ("2021-03-02T10:30:00+02:00", 510 * MINUTE, true),
        ("2021-03-02T10:30:00-0530", 960 * MINUTE, true),
        ("2021-03-02T10:30+02", 510 * MINUTE, true),
        ("2021-03-02 10:30 UTC", 630 * MINUTE, true),
        ("2021-03-02 12:05 am", 5 * MINUTE, false),
        ("2021-03-02 12:05 pm", 725 * MINUTE, false),
        ("2021-03-02 1 PM", 780 * MINUTE, false),
        ("March 2, 2021, 10:30", 630 * MINUTE, false),
    ];
    for (text, after, zoned) in cases {
        let found = parse(text, Dmy).map(|Moment { micros, has_time, zoned, .. }| (micros, has_time, zoned));
        assert_eq!(found, Some((day + after, true, zoned)), "{text}");
    }
}

#[test]
fn what_leaves_no_choice_is_certain() {
    let cases = [("2021-03-02", true), ("2 Mar 2021", true), ("02.03.2021", false), ("31.12.2021", false)];
    for (text, certain) in cases {
        assert_eq!(parse(text, Dmy).map(|moment| moment.certain), Some(certain), "{text}");
    }
}

proptest! {
    #[test]
    fn every_day_is_read_in_every_spelling(year in 1970_i64..2069, month in 1_i64..=12, day in 1_i64..=28) {
        let expected = Some(micros(year, month, day));
        prop_assert_eq!(read(&format!("{year}-{month:02}-{day:02}"), Dmy), expected);
        prop_assert_eq!(read(&format!("{day}.{month}.{year}"), Dmy), expected);
        prop_assert_eq!(read(&format!("{month:02}/{day:02}/{year}"), Mdy), expected);
        prop_assert_eq!(read(&format!("{:02}-{month:02}-{day:02}", year % 100), Ymd), expected);
    }

    /// A column that becomes a field, and the same cells once the field is there.
    #[test]
    fn a_field_that_is_told_the_order_reads_the_same(
        (year, month, day) in (1970_i64..2069, 1_i64..=12, 1_i64..=31),
        (hour, minute) in (0_i64..24, 0_i64..60),
        spelling in 0..9_usize,
        clock in 0..8_usize,
    ) {
        let (short, half) = (year % 100, (hour + 11) % 12 + 1);
        let name = ["Jan", "feb", "March", "Apr", "May", "JUNE", "Jul", "Aug", "Sept", "Oct", "Nov", "December"]
            [month as usize - 1];
        let text = match spelling {
            0 => format!("{year}-{month:02}-{day:02}"),
            1 => format!("{day}.{month}.{year}"),
            2 => format!("{month:02}/{day:02}/{year}"),
            3 => format!("{short:02}-{month:02}-{day:02}"),
            4 => format!("{day}. {month}. {short:02}"),
            5 => format!("{name} {day}, {year}"),
            6 => format!("Tue, {day}th {name} {year}"),
            7 => format!("{day}-{name}-{short:02}"),
            _ => format!("{year}/{month}/{day}"),
        };
        let m = if hour < 12 { "am" } else { "PM" };
        let text = text + &match clock {
            0 => String::new(),
            1 => format!(" {hour}:{minute:02}"),
            2 => format!("T{hour:02}:{minute:02}:07.125987Z"),
            3 => format!(", {half}:{minute:02} {m}"),
            4 => format!(" {half} {m}"),
            5 => format!(" {half}{m}"),
            6 => format!(" {hour:02}:{minute:02}:07+05:30"),
            _ => format!(" {hour:02}:{minute:02} UTC"),
        };
        for order in DateOrder::ALL {
            if let Some(moment) = parse(&text, order) {
                let told = parse_any_time(&text, order.told(), &TimeZone::UTC);
                prop_assert_eq!(told.map(|time| time.0), Some(moment.micros), "{} as {}", text, order);
                if !moment.has_time {
                    let told = parse_any_day(&text, order.told());
                    prop_assert_eq!(told.map(|time| time.0), Some(moment.micros), "{} as {}", text, order);
                }
            }
        }
    }

    #[test]
    fn no_text_breaks_the_reader(text in "\\PC{0,45}") {
        for order in DateOrder::ALL {
            let _ = parse(&text, order);
        }
    }
}
