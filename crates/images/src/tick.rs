//! The time that formulas are told. It goes in ticks, so that what is computed of it is kept in between, and all who
//! read within one tick are told the same.

use model::Timestamp;

/// Microseconds of a tick. Days have a whole number of them, so a tick begins with each day.
const TICK: i64 = 300 * 1_000_000;

/// The beginning of the tick that a time is in: what `NOW()` is then.
pub fn tick(now: Timestamp) -> Timestamp {
    Timestamp(now.0.div_euclid(TICK) * TICK)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tick_is_five_minutes_and_none_reaches_into_the_next_day() {
        let day = Timestamp::from_date(2026, 3, 1).0;
        for (after, begun) in [(0, 0), (299_999_999, 0), (300_000_000, 300_000_000), (-1, -300_000_000)] {
            assert_eq!(tick(Timestamp(day + after)), Timestamp(day + begun));
        }
        assert_eq!(tick(Timestamp(-1)), Timestamp(-300_000_000));
    }
}
