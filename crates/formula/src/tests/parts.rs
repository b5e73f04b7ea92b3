//! The parts that the evaluator is made of: masks, numbers as text, rounding, times.

use std::collections::BTreeSet;

use datetime::{Unit, parse_time};
use model::{Bits, Timestamp};
use proptest::prelude::*;

use crate::decimal::{multiple, round_to};
use crate::functions::counted;
use crate::mask::Mask;

fn shown(number: f64) -> String {
    let mut out = String::new();
    model::push_number(number, &mut out);
    out
}

fn mask(rows: &BTreeSet<usize>) -> Mask {
    let mut mask = Mask::default();
    for row in rows {
        mask.set(*row);
    }
    mask
}

fn rows() -> impl Strategy<Value = BTreeSet<usize>> {
    prop::collection::btree_set(0usize..300, 0..60)
}

fn half_up(scaled: f64, noise: f64) -> f64 {
    (scaled + 0.5 + noise).floor()
}

proptest! {
    #[test]
    fn masks_are_sets(one in rows(), other in rows()) {
        let list = |mask: &Mask| mask.rows().collect::<BTreeSet<_>>();
        let (left, right) = (mask(&one), mask(&other));
        prop_assert_eq!(list(&left), one.clone());
        prop_assert_eq!((left.count(), left.is_empty()), (one.len(), one.is_empty()));
        prop_assert_eq!(list(&left.and(&right)), &one & &other);
        prop_assert_eq!(list(&left.without(&right)), &one - &other);
        prop_assert_eq!(left.covers(&right), other.is_subset(&one));
        prop_assert!(left.covers(&left.and(&right)));
        let (mut both, mut odd) = (left.clone(), left.clone());
        both.add(&right);
        odd.flip(&right);
        prop_assert_eq!(list(&both), &one | &other);
        prop_assert_eq!(list(&odd), &one ^ &other);
        prop_assert!((0..300).all(|row| left.get(row) == one.contains(&row)));
    }

    #[test]
    fn masks_are_cut_out_of_columns(held in rows(), start in 0usize..320, n in 0usize..300) {
        let mut bits = Bits::default();
        for row in &held {
            bits.set(*row, true);
        }
        let cut: BTreeSet<usize> = held.iter().filter(|row| **row >= start && **row < start + n).map(|row| row - start).collect();
        let rest: BTreeSet<usize> = (0..n).filter(|row| !cut.contains(row)).collect();
        prop_assert_eq!(Mask::slice(&bits, start, n).rows().collect::<BTreeSet<_>>(), cut);
        prop_assert_eq!(Mask::unset(&bits, start, n).rows().collect::<BTreeSet<_>>(), rest);
        prop_assert_eq!(Mask::all(n).count(), n);
    }

    #[test]
    fn masks_say_which_values_pass(values in prop::collection::vec(0u8..4, 0..200)) {
        let packed = Mask::pack(&values, |value| value == 2);
        let pairs = Mask::pack_pairs(&values, &values, |left, right| left == right && left == 2);
        prop_assert!(values.iter().enumerate().all(|(row, value)| packed.get(row) == (*value == 2)));
        prop_assert_eq!(packed.rows().collect::<Vec<_>>(), pairs.rows().collect::<Vec<_>>());
    }

    /// The text reads back as the number, and no shorter one does.
    #[test]
    fn numbers_are_shown_in_full_and_no_longer(number in prop_oneof![
        any::<f64>().prop_filter("finite", |number| number.is_finite()),
        (-10_000_000i64..10_000_000).prop_map(|hundredths| hundredths as f64 / 100.0),
        (-1_000_000i64..1_000_000).prop_map(|thousandths| thousandths as f64 / 1_000.0),
        -1e3..1e3,
    ]) {
        let text = shown(number);
        prop_assert_eq!(text.parse::<f64>(), Ok(number));
        prop_assert!(!text.ends_with(".0") && !text.starts_with('.'), "{}", text);
        let digits = |text: &str| text.split(['e', 'E']).next().unwrap_or_default().trim_matches(['-', '0', '.']).replace('.', "").trim_matches('0').len();
        prop_assert_eq!(digits(&text), digits(&format!("{number:e}")));
    }

    #[test]
    fn thousandths_are_rounded_as_on_paper(thousandths in -2_000_000i64..2_000_000, places in 0u32..3) {
        let number = thousandths as f64 / 1_000.0;
        let unit = 10i64.pow(3 - places);
        // Half a unit more, and what is left over is cut off downwards.
        let wanted = (thousandths + unit / 2).div_euclid(unit) as f64 / 10f64.powi(places as i32);
        prop_assert_eq!(round_to(number, 10f64.powi(places as i32), half_up), wanted);
        prop_assert_eq!(round_to(number * 3.0 / 3.0, 10f64.powi(places as i32), half_up), wanted);
    }

    #[test]
    fn multiples_are_whole_and_near(hundredths in -100_000i64..100_000, step in 1i64..500) {
        let (number, size) = (hundredths as f64 / 100.0, step as f64 / 100.0);
        let down = multiple(number, size, |quotient, noise| (quotient + noise).floor());
        let up = multiple(number, size, |quotient, noise| (quotient - noise).ceil());
        prop_assert_eq!(down, (hundredths.div_euclid(step) * step) as f64 / 100.0);
        prop_assert_eq!(up, (-(-hundredths).div_euclid(step) * step) as f64 / 100.0);
    }

    #[test]
    fn times_are_read_as_they_are_written(millis in -3_218_000_000_000_000i64..3_093_000_000_000_000) {
        let time = Timestamp::from_millis(millis);
        let (iso, (year, month, day), (hour, minute, second, _)) = (time.iso(), time.date(), time.clock());
        prop_assert_eq!(parse_time(&iso), Some(time));
        prop_assert_eq!(parse_time(iso.split('T').next().unwrap()), Some(time.day()));
        if year > 99 {
            let seconds = Timestamp(time.0.div_euclid(1_000_000) * 1_000_000);
            let half = if hour < 12 { "AM" } else { "PM" };
            let text = format!("{month}/{day}/{year} {}:{minute}:{second} {half}", (hour + 11) % 12 + 1);
            prop_assert_eq!(parse_time(&text), Some(seconds));
        }
    }

    /// Whole months or years and the days beside them lead from one day to the other.
    #[test]
    fn what_is_beside_whole_months_and_years_leads_to_the_end(start in -40_000i64..40_000, days in 0i64..5_000) {
        let [start, end] = [start, start + days].map(|day| day * 86_400_000_000);
        let between = |name: &str| counted(name).unwrap().between(start, end);
        let after = |months: i64, days: &str| Unit::named("days").add(Unit::Months(1).add(start, months as f64).unwrap(), between(days) as f64);
        prop_assert_eq!(after(between("M"), "MD"), Some(end));
        prop_assert_eq!(after(12 * between("y"), "yd"), Some(end));
        prop_assert_eq!(between("ym"), between("M") - 12 * between("Y"));
        prop_assert!((0..31).contains(&between("MD")) && (0..12).contains(&between("YM")) && (0..366).contains(&between("YD")));
        prop_assert!(["MD", "YM", "YD"].iter().all(|unit| counted(unit).unwrap().between(end, start) == -between(unit)));
    }

    #[test]
    fn units_lead_there_and_back(days in -40_000i64..40_000, count in -500i64..500) {
        let time = days * 86_400_000_000;
        for name in ["ms", "seconds", "minutes", "hours", "days", "weeks", "months", "quarters", "years"] {
            let unit = Unit::named(name);
            let there = unit.add(time, count as f64).unwrap();
            let early = Timestamp(time).date().2 <= 28;
            if early || matches!(unit, Unit::Micros(_)) {
                prop_assert_eq!(unit.between(there, time), count, "{}", name);
                prop_assert_eq!(unit.between(time, there), -count, "{}", name);
                prop_assert_eq!(unit.index(there) - unit.index(time), count, "{}", name);
            }
            prop_assert_eq!(unit.index(time), unit.index(unit.add(time, 0.0).unwrap()));
        }
    }
}

#[test]
fn numbers_are_shown_as_browsers_show_them() {
    for (number, text) in [
        (0.0, "0"),
        (-0.0, "0"),
        (1.0, "1"),
        (-1.0, "-1"),
        (0.1 + 0.2, "0.30000000000000004"),
        (12.3, "12.3"),
        (-0.01, "-0.01"),
        (1e15, "1000000000000000"),
        (-1e15, "-1000000000000000"),
        (8_000_000_000_000_058.0 / 8.0, "1000000000000007.2"),
        (-8_000_000_000_000_062.0 / 8.0, "-1000000000000007.8"),
        (123_456_789_012_345_680.0, "123456789012345680"),
        (1e20, "100000000000000000000"),
        (1e21, "1e+21"),
        (1.5e300, "1.5e+300"),
        (1e-6, "0.000001"),
        (1.5e-6, "0.0000015"),
        (1e-7, "1e-7"),
        (-2.5e-9, "-2.5e-9"),
        (f64::NAN, "NaN"),
        (f64::INFINITY, "Infinity"),
        (f64::NEG_INFINITY, "-Infinity"),
        (0.001, "0.001"),
        (0.000_999, "0.000999"),
        (99_999_999_999_999.99, "99999999999999.98"),
    ] {
        assert_eq!(shown(number), text);
    }
}

/// Some of it `moment` reads somehow; what it reads rightly stands in `oracles/moment.txt`.
#[test]
fn what_is_no_time_is_refused() {
    for text in [
        "",
        " ",
        "1/2",
        "1, 2, 3",
        "2 29 2024",
        "2/29-2024",
        "12.5",
        "100.5",
        "2024/2",
        "2/30/2024",
        "Feb 29",
        "Feb 32",
        "12",
        "Monday, February 29, 2024",
        "foo 2024-02-29",
        "2024-02-29T10:00Zulu",
        "2024-00-10",
        "a-b-c",
        "--",
        "2024-02-29-01",
        "4294967296-01-01",
        "-2024-02-29",
        "+012345-060",
        "2024-02T10:00",
        "1.9:30",
        "Thu, 29 Feb 2024 10:00:00 +9900",
        "2/29/2024 10:60",
        "2/29/2024 10:00 GMT-99:00",
        "2/29/2024 10:00 EST EST",
        "2/29/2024 10:00 (EST)",
        "2/29/2024 10:00 10:00",
        "Feb Mar 29 2024",
        "2024-02-29.",
        "+099999-12-31T23:59-01:00",
        "99999999999999999999-01-01",
        "2024-02-29T10:00+0299999999999999999",
    ] {
        assert_eq!(parse_time(text), None, "{text:?}");
    }
}
